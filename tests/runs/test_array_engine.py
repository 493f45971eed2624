"""The engine on arrays, with the scalar model as what computes its passes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from tiny_runs import NAMES, TINY, bits, trained

from explorer.runs.array_engine import ArrayEngine
from explorer.runs.engine import ScalarEngine, final_samples, samples_on_the_way, start
from microgpt.train import backpropagate


class ScalarPass:
    def __init__(self) -> None:
        self.model = start(TINY, NAMES.documents).model

    def __call__(self, parameters: np.ndarray, tokens: Sequence[int]) -> tuple[float, np.ndarray]:
        values = self.model.parameters()
        for value, data in zip(values, parameters.tolist(), strict=True):
            value.data, value.grad = data, 0
        loss = backpropagate(self.model, list(tokens))
        return loss, np.array([value.grad for value in values], np.float64)


def engine() -> ArrayEngine:
    return ArrayEngine("replay", TINY, NAMES.documents, ScalarPass())


def test_steps_and_states_are_those_of_the_scalar_engine() -> None:
    ours, scalar = engine(), ScalarEngine(TINY, NAMES.documents)
    assert bits(ours.state()) == bits(scalar.state())
    for step in range(1, TINY.steps + 1):
        assert ours.step() == scalar.step()
        assert bits(ours.state()) == bits(scalar.state())
        assert ours.gradient.tobytes() == scalar.gradient.tobytes()
        assert samples_on_the_way(ours, TINY, step) == samples_on_the_way(scalar, TINY, step)
    assert final_samples(ours, 0.5) == final_samples(scalar, 0.5)
    with pytest.raises(ValueError, match="all 20 steps are done"):
        ours.step()


def test_notices_come_from_what_computes() -> None:
    notices = ["careful"]
    ours = ArrayEngine("replay", TINY, NAMES.documents, ScalarPass(), notices)
    assert ours.notices is notices
    assert engine().notices == []


def test_restored_engine_goes_on_with_the_same_bits() -> None:
    ours = engine()
    ours.restore(trained(TINY, 9).state())
    for _ in range(TINY.steps - 9):
        ours.step()
    assert bits(ours.state()) == bits(trained(TINY).state())
