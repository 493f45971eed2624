"""Training by replay: the bits of the scalar engine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tiny_runs import NAMES, TINY, bits

from explorer.runs.engine import ScalarEngine, final_samples
from explorer.runs.replay_engine import replay_engine
from explorer.runs.settings import RunSettings


@pytest.mark.parametrize("settings", [TINY, replace(TINY, n_layer=2, block_size=9, beta1=0.5)])
def test_every_step_has_the_bits_of_the_scalar_engine(settings: RunSettings) -> None:
    ours = replay_engine(settings, NAMES.documents)
    scalar = ScalarEngine(settings, NAMES.documents)
    for _ in range(settings.steps):
        assert ours.step() == scalar.step()
        assert bits(ours.state()) == bits(scalar.state())
    assert final_samples(ours, 0.5) == final_samples(scalar, 0.5)
    assert ours.notices == []
    assert ours.name == "replay"
