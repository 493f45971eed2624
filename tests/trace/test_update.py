"""Adam's update, number by number, and what a file may hold of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace
from explorer.trace.update import COLUMNS, AdamStep, Update, read_update


@pytest.fixture
def update(emma: Trace) -> Update:
    assert emma.update is not None
    return emma.update


def test_every_parameter_has_the_numbers_that_adam_computes(emma: Trace, update: Update) -> None:
    step = update.settings
    for node in range(len(update)):
        data, grad = float(emma.data[node]), float(emma.grad[node])
        m = step.beta1 * float(update.m_before[node]) + (1 - step.beta1) * grad
        v = step.beta2 * float(update.v_before[node]) + (1 - step.beta2) * grad**2
        m_hat, v_hat = m / (1 - step.beta1**step.step), v / (1 - step.beta2**step.step)
        after = data - step.learning_rate * m_hat / (v_hat**0.5 + step.epsilon)
        one = update.of(node, data, grad)
        assert (one.m, one.v, one.m_hat, one.v_hat, one.after) == (m, v, m_hat, v_hat, after)
        assert one.before - one.change == one.after
        assert one.is_consistent


@pytest.mark.parametrize("field", ["m", "v", "after", "before", "grad"])
def test_a_last_bit_that_is_another_is_noticed(emma: Trace, update: Update, field: str) -> None:
    # A parameter whose gradient is large enough that each number depends on each other.
    node = int(np.argmax(np.abs(emma.grad[: len(update)])))
    one = update.of(node, float(emma.data[node]), float(emma.grad[node]))
    other = float(np.nextafter(getattr(one, field), 1e9))
    assert not replace(one, **{field: other}).is_consistent or field == "grad"
    assert not replace(one, **{field: 2 * other + 1}).is_consistent


def test_columns_can_not_be_changed(update: Update) -> None:
    for name in COLUMNS:
        with pytest.raises(ValueError, match="read-only"):
            getattr(update, name)[0] = 1.0


def test_what_is_written_is_read(update: Update) -> None:
    again = read_update(update.texts(), update.arrays())
    assert again.settings == update.settings
    for name in COLUMNS:
        assert getattr(again, name).tobytes() == getattr(update, name).tobytes()


@pytest.mark.parametrize(
    "damage",
    [
        lambda texts, arrays: arrays.pop("update_m"),
        lambda texts, arrays: arrays.update(update_v=np.zeros(3)),
        lambda texts, arrays: arrays.update({name: np.zeros((2, 2)) for name in arrays}),
        lambda texts, arrays: arrays.update(update_data=np.array(["x"] * 4192)),
        lambda texts, arrays: texts.pop("beta1"),
        lambda texts, arrays: texts.update(gamma=1),
    ],
)
def test_what_does_not_fit_is_refused(update: Update, damage) -> None:
    texts, arrays = update.texts(), update.arrays()
    damage(texts, arrays)
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_update(texts, arrays)


def test_corrections_are_those_of_the_step() -> None:
    settings = AdamStep(3, 0.01, 0.5, 0.75, 1e-8)
    assert (settings.m_correction, settings.v_correction) == (1 - 0.125, 1 - 0.421875)


def test_gradients_are_set_back_one_parameter_after_the_other(emma_timeline: Timeline) -> None:
    t, trace = emma_timeline, emma_timeline.trace
    for updated in (0, 1, 700, 4192):
        cursor = t.backward_end + updated
        grad, data = t.grad_at(cursor), t.data_at(cursor)
        assert not grad[:updated].any()
        assert grad[updated:].tobytes() == trace.grad[updated:].tobytes()
        assert data[:updated].tobytes() == trace.update.data[:updated].tobytes()
        assert data[updated:].tobytes() == trace.data[updated:].tobytes()
        assert t.update_at(cursor, updated) is None
        if updated:
            assert t.update_at(cursor, updated - 1).after == data[updated - 1]
