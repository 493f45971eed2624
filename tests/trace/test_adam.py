"""Adam on arrays has the bits of Adam on Values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.trace import adam
from explorer.trace.adam import AdamSettings, adam_update, power
from explorer.trace.passes import digest
from microgpt import Adam, Value

NUMBERS = st.floats(-1e100, 1e100)


@settings(max_examples=30)
@given(
    seed=st.integers(0, 1000),
    scale=st.sampled_from([0.0, 1e-12, 1e-3, 1.0, 1e5]),
    chosen=st.builds(
        AdamSettings,
        learning_rate=st.floats(1e-4, 1.0),
        beta1=st.floats(0.1, 0.95),
        beta2=st.floats(0.1, 0.999),
    ),
)
def test_every_bit_agrees_over_several_steps(seed: int, scale: float, chosen: AdamSettings) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=200)
    m, v = np.zeros(200), np.zeros(200)
    values = [Value(number) for number in x.tolist()]
    optimizer = Adam(values, chosen.learning_rate, chosen.beta1, chosen.beta2, chosen.epsilon)
    for done in range(4):
        grad = rng.normal(size=200) * scale
        grad[::5] = 0.0
        for value, g in zip(values, grad.tolist(), strict=True):
            value.grad = g
        update = adam_update(x, m, v, grad, done, 10, chosen)
        assert optimizer.update(10) == update.learning_rate
        x, m, v = update.parameters, update.m, update.v
    assert digest(x) == digest(np.array([value.data for value in values]))
    assert digest(m) == digest(np.array(optimizer.m))
    assert digest(v) == digest(np.array(optimizer.v))


def test_an_update_shows_its_corrections() -> None:
    start, grad = np.array([1.0, 2.0]), np.array([0.5, -0.5])
    update = adam_update(start, start * 0, start * 0, grad, 0, 100, AdamSettings())
    assert update.learning_rate == 0.01
    assert update.m_hat == pytest.approx(grad)  # the first mean is the gradient itself
    assert update.v_hat == pytest.approx(grad**2)
    assert update.parameters == pytest.approx(start - 0.01 * np.sign(grad))
    assert start.tolist() == [1.0, 2.0]


@given(st.lists(NUMBERS, min_size=1), st.sampled_from([2, 3]))
def test_powers_are_pythons(numbers: list[float], exponent: int) -> None:
    assert power(np.array(numbers), exponent).tolist() == [x**exponent for x in numbers]


def test_powers_are_pythons_on_a_machine_with_another_pow(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(1).uniform(0, 1, 5000)
    monkeypatch.setattr(np, "float_power", lambda x, n: np.nextafter(x**n, 2))
    adam._float_power_is_pythons.cache_clear()
    try:
        assert power(x, 0.5).tolist() == [number**0.5 for number in x.tolist()]
    finally:
        adam._float_power_is_pythons.cache_clear()


def test_a_square_that_is_too_large_fails_as_in_python() -> None:
    with pytest.raises(OverflowError):
        power(np.array([1.0, 1e200]), 2)
