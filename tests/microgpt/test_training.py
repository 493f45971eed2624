"""Adam, and training as a generator."""

from __future__ import annotations

import gc
import random
from collections.abc import Iterator
from dataclasses import FrozenInstanceError

import pytest

from microgpt import GPT, Adam, Config, Tokenizer, Value, train
from microgpt.train import collector_paused

DOCUMENTS = ["ab", "b", "abba"]


@pytest.fixture(autouse=True)
def collector_as_before() -> Iterator[None]:
    was_enabled = gc.isenabled()
    yield
    gc.enable() if was_enabled else gc.disable()


def fresh() -> tuple[GPT, Adam, Tokenizer]:
    tokenizer = Tokenizer(DOCUMENTS)
    config = Config(n_layer=1, n_embd=4, n_head=2, block_size=3)
    model = GPT(config, tokenizer.vocab_size, random.Random(3))
    return model, Adam(model.parameters()), tokenizer


def state(model: GPT, adam: Adam) -> tuple:
    return [p.data for p in model.parameters()], adam.m, adam.v, adam.steps_done


def test_adam_does_the_published_arithmetic() -> None:
    parameters = [Value(0.5), Value(-1.0)]
    adam = Adam(parameters)
    data, m, v = [0.5, -1.0], [0.0, 0.0], [0.0, 0.0]
    for step, grads in enumerate([(0.3, -0.7), (0.1, 0.0), (1e-9, 5.0)]):
        for p, grad in zip(parameters, grads, strict=True):
            p.grad = grad
        rate = adam.update(10)
        assert rate == 0.01 * (1 - step / 10)
        for i, grad in enumerate(grads):
            m[i] = 0.85 * m[i] + (1 - 0.85) * grad
            v[i] = 0.99 * v[i] + (1 - 0.99) * grad**2
            m_hat = m[i] / (1 - 0.85 ** (step + 1))
            v_hat = v[i] / (1 - 0.99 ** (step + 1))
            data[i] -= rate * m_hat / (v_hat**0.5 + 1e-8)
        assert [p.data for p in parameters] == data
        assert (adam.m, adam.v, adam.steps_done) == (m, v, step + 1)
        assert [p.grad for p in parameters] == [0, 0]


def test_adam_squares_with_the_power_operator() -> None:
    rng = random.Random(1)
    parameters = [Value(0.0) for _ in range(20_000)]
    grads = [rng.gauss(0, 0.1) for _ in parameters]
    if all(grad**2 == grad * grad for grad in grads):
        pytest.skip("on this machine a power has the bits of a product")
    for p, grad in zip(parameters, grads, strict=True):
        p.grad = grad
    adam = Adam(parameters)
    adam.update(10)
    assert adam.v == [(1 - 0.99) * grad**2 for grad in grads]


def test_adam_takes_its_numbers_from_the_constructor() -> None:
    parameter = Value(1.0)
    parameter.grad = 2.0
    adam = Adam([parameter], learning_rate=0.5, beta1=0.5, beta2=0.25, epsilon=1.0)
    assert adam.update(4) == 0.5
    assert (adam.m, adam.v) == ([1.0], [3.0])
    assert parameter.data == 1.0 - 0.5 * 2.0 / (2.0 + 1.0)


def test_parameter_without_gradient_stays() -> None:
    parameter = Value(1.0)
    Adam([parameter]).update(10)
    assert parameter.data == 1.0


def test_training_lowers_the_loss() -> None:
    model, adam, tokenizer = fresh()
    steps = list(train(model, adam, ["abba"], tokenizer, 60))
    assert steps[-1].loss < steps[0].loss / 2


def test_documents_come_in_turn_and_from_the_start_again() -> None:
    steps = list(train(*fresh()[:2], DOCUMENTS, fresh()[2], 5))
    assert [s.step for s in steps] == [1, 2, 3, 4, 5]
    assert [s.document for s in steps] == ["ab", "b", "abba", "ab", "b"]
    assert [s.positions for s in steps] == [3, 2, 3, 3, 2]


def test_training_resumes_from_steps_done_with_the_same_bits() -> None:
    model, adam, tokenizer = fresh()
    whole = list(train(model, adam, DOCUMENTS, tokenizer, 7))

    again, other_adam, tokenizer = fresh()
    interrupted = train(again, other_adam, DOCUMENTS, tokenizer, 7)
    parts = [next(interrupted) for _ in range(4)]
    interrupted.close()
    parts += train(again, other_adam, DOCUMENTS, tokenizer, 7)
    assert parts == whole
    assert state(again, other_adam) == state(model, adam)


def test_finished_training_yields_nothing_more() -> None:
    model, adam, tokenizer = fresh()
    list(train(model, adam, DOCUMENTS, tokenizer, 2))
    before = state(model, adam)
    assert list(train(model, adam, DOCUMENTS, tokenizer, 2)) == []
    assert state(model, adam) == before


def test_zero_steps_change_nothing() -> None:
    model, adam, tokenizer = fresh()
    assert list(train(model, adam, DOCUMENTS, tokenizer, 0)) == []
    assert adam.steps_done == 0


def test_event_is_frozen() -> None:
    step = next(train(*fresh()[:2], DOCUMENTS, fresh()[2], 1))
    with pytest.raises(FrozenInstanceError):
        step.loss = 0.0


def test_unknown_letter_in_a_document_raises_and_leaves_the_collector_on() -> None:
    gc.enable()
    model, adam, tokenizer = fresh()
    with pytest.raises(ValueError, match="no token for 'z'"):
        list(train(model, adam, ["ab", "z"], tokenizer, 5))
    assert adam.steps_done == 1
    assert gc.isenabled()


def test_collector_is_off_during_a_step_and_as_before_after_it() -> None:
    seen = []

    class Spy(Adam):
        def update(self, total_steps: int) -> float:
            seen.append(gc.isenabled())
            return super().update(total_steps)

    model, _, tokenizer = fresh()
    gc.enable()
    for _ in train(model, Spy(model.parameters()), DOCUMENTS, tokenizer, 1):
        assert gc.isenabled()
    gc.disable()
    for _ in train(model, Spy(model.parameters()), DOCUMENTS, tokenizer, 1):
        assert not gc.isenabled()
    assert not gc.isenabled()
    assert seen == [False, False]


def test_collector_is_on_again_after_an_exception() -> None:
    gc.enable()
    with pytest.raises(ZeroDivisionError), collector_paused():
        1 / gc.isenabled()
    assert gc.isenabled()


def test_finished_steps_leave_no_values_behind_without_the_collector() -> None:
    def values_alive() -> int:
        return sum(type(o) is Value for o in gc.get_objects())

    gc.collect()
    gc.disable()
    model, adam, tokenizer = fresh()
    before = values_alive()
    for _ in train(model, adam, DOCUMENTS, tokenizer, 3):
        assert values_alive() == before
