"""Units of the perceptron: on, off, and off everywhere."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.debug.anatomy.parts import Anatomy
from explorer.debug.anatomy.reading import Reading
from explorer.debug.anatomy.units import Units
from explorer.trace.passes import record_pass, untrained
from explorer.trace.timeline import Timeline
from microgpt import Config


@pytest.fixture(scope="module")
def emma() -> Timeline:
    return Timeline(record_pass(untrained(Config(n_layer=2, n_embd=8, n_head=2)), "emma"))


def units_at(timeline: Timeline, cursor: int, layer: int = 0) -> Units:
    anatomy = Anatomy(timeline.trace)
    return Units(anatomy.mlps[layer], Reading(timeline, cursor, anatomy))


@pytest.mark.parametrize("layer", [0, 1])
def test_units_are_off_where_nothing_comes_out(emma: Timeline, layer: int) -> None:
    units = units_at(emma, emma.end, layer)
    hidden = emma.trace.data[units.mlp.hidden]
    np.testing.assert_array_equal(units.off, hidden <= 0)
    np.testing.assert_array_equal(units.dead, (hidden <= 0).all(axis=0))
    assert units.dead.any()
    assert not units.dead.all()
    assert units.on_at(2) == int((hidden[2] > 0).sum())


def test_dead_units_let_no_gradient_through(emma: Timeline) -> None:
    units = units_at(emma, emma.end)
    gradients = emma.trace.grad[units.mlp.hidden]
    assert not gradients[:, units.dead].any()
    assert gradients[:, ~units.dead].any(axis=0).all()


def test_so_far_only_whole_positions_count(emma: Timeline) -> None:
    rectified = Anatomy(emma.trace).mlps[0].rectified
    middle = emma.computed_after(int(rectified[2, 10]))
    units = units_at(emma, middle)
    hidden = emma.trace.data[units.mlp.hidden]
    assert units.seen == 2
    assert not units.is_complete
    assert units.on_at(2) is None
    assert not units.off[2, 11:].any()
    np.testing.assert_array_equal(units.dead, (hidden[:2] <= 0).all(axis=0))
    dead = int(units.dead.sum())
    assert units.count(2) == f"11 of 32 computed here, {dead} off at all 2 positions so far"
    on = int((hidden[0] > 0).sum())
    assert units.count(0) == f"{on} of 32 on here, {dead} off at all 2 positions so far"


def test_before_the_first_position_nothing_is_dead(emma: Timeline) -> None:
    units = units_at(emma, 0)
    assert not units.dead.any()
    assert units.count(0) == "0 of 32 computed here"


def test_a_whole_name_is_counted(emma: Timeline) -> None:
    units = units_at(emma, emma.forward_end)
    hidden = emma.trace.data[units.mlp.hidden]
    on, dead = int((hidden[4] > 0).sum()), int((hidden <= 0).all(axis=0).sum())
    assert units.count(4) == f"{on} of 32 on here, {dead} dead in this name (off at every position)"


def test_one_position_is_one() -> None:
    timeline = Timeline(record_pass(untrained(Config()), "a"))
    rectified = Anatomy(timeline.trace).mlps[0].rectified
    units = units_at(timeline, timeline.computed_after(int(rectified[0, -1])))
    assert units.count(0).endswith("off at all 1 position so far")
