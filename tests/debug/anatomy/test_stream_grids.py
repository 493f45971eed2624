"""The stream of a position as grids: what is in which cell, and when."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.debug import numbers
from explorer.debug.anatomy.grid import CellState
from explorer.debug.anatomy.parts import NONE, Anatomy
from explorer.debug.anatomy.quantity import Quantity, node_words
from explorer.debug.anatomy.reading import Reading
from explorer.debug.anatomy.stream import Stream, StreamNumbers
from explorer.debug.anatomy.stream_grids import Limits, Part, StreamPicture
from explorer.debug.anatomy.stream_words import cell_facts, cell_rule, cell_title
from explorer.debug.anatomy.unit_grids import Row, UnitPicture
from explorer.debug.anatomy.units import Units
from explorer.trace.passes import record_pass, untrained
from explorer.trace.timeline import Timeline
from microgpt import Config


@pytest.fixture(scope="module")
def emma() -> Timeline:
    return Timeline(record_pass(untrained(Config(n_layer=2, n_embd=8, n_head=2)), "emma"))


def picture(
    timeline: Timeline, cursor: int, position: int = 2, quantity: Quantity = Quantity.DATA
) -> StreamPicture:
    anatomy = Anatomy(timeline.trace)
    found = StreamNumbers(Stream(anatomy), Reading(timeline, cursor, anatomy))
    return StreamPicture(found, position, quantity, Limits())


def units(timeline: Timeline, cursor: int, quantity: Quantity = Quantity.DATA) -> UnitPicture:
    anatomy = Anatomy(timeline.trace)
    return UnitPicture(Units(anatomy.mlps[1], Reading(timeline, cursor, anatomy)), 2, quantity)


def test_rows_are_stages_and_columns_their_numbers(emma: Timeline) -> None:
    shown = picture(emma, emma.forward_end)
    assert (shown.read, shown.target) == ("m", "m")
    grids = shown.grids()
    stages = shown.numbers.stream.stages
    assert grids[Part.STAGES].shape == (len(stages), 8)
    for row, stage in enumerate(stages):
        assert grids[Part.STAGES].rows[row] == stage.title
        data = emma.trace.data[stage.nodes[2]]
        np.testing.assert_array_equal(grids[Part.STAGES].values[row], data)
    assert grids[Part.LOGITS].columns[:3] == ("a", "b", "c")
    logits = emma.trace.data[shown.numbers.reading.anatomy.logits[2]]
    np.testing.assert_array_equal(grids[Part.LOGITS].values[0], logits)
    assert grids[Part.OVERVIEW].columns == ("BOS", "e", "m", "m", "a")
    np.testing.assert_array_equal(grids[Part.NORM].values[:, 0], grids[Part.OVERVIEW].values[:, 2])


def test_only_addends_have_shares_and_parts(emma: Timeline) -> None:
    shown = picture(emma, emma.forward_end)
    stream = shown.numbers.stream
    titles = [stage.title for stage in stream.stages]
    grids = shown.grids()
    for part, first in ((Part.SHARE, []), (Part.LOGIT_PART, ["normalised"])):
        there = [titles[row] for row in range(len(titles)) if grids[part].is_there(row, 0)]
        assert there == first + 2 * ["attention adds", "MLP adds"]
    parts = grids[Part.LOGIT_PART].values[grids[Part.LOGIT_PART].states == CellState.KNOWN]
    assert parts.sum() == pytest.approx(shown.target_logit())


def test_nothing_is_told_of_what_is_not_computed(emma: Timeline) -> None:
    shown = picture(emma, 0)
    grids = shown.grids()
    assert (grids[Part.STAGES].states[2:] == CellState.NOT_COMPUTED).all()
    assert np.isnan(grids[Part.STAGES].values[2:]).all()
    assert (grids[Part.LOGITS].states == CellState.NOT_COMPUTED).all()
    assert np.isnan(grids[Part.LOGIT_PART].values).all()
    assert shown.target_logit() is None


def test_gradients_have_norms_when_they_are_complete(emma: Timeline) -> None:
    before = picture(emma, emma.forward_end, quantity=Quantity.GRADIENT)
    assert (before.grids()[Part.STAGES].states == CellState.NOT_REACHED).all()
    assert np.isnan(before.norms).all()
    after = picture(emma, emma.backward_end, quantity=Quantity.GRADIENT)
    grids = after.grids()
    stages = after.numbers.stream.stages
    gradients = emma.trace.grad[stages[-1].nodes[2]]
    np.testing.assert_array_equal(grids[Part.STAGES].values[-1], gradients)
    assert grids[Part.NORM].values[-1, 0] == pytest.approx(np.linalg.norm(gradients))
    for part in (Part.SHARE, Part.LOGIT_PART):  # they are of data
        assert (grids[part].states == CellState.NOT_THERE).all()


def test_partial_gradients_have_no_norm(emma: Timeline) -> None:
    stage = Anatomy(emma.trace).stages[-1]
    node = int(stage.nodes[2, 0])
    first = int(emma.ledger(node).event[0])
    shown = picture(emma, first, quantity=Quantity.GRADIENT)
    assert shown.grids()[Part.STAGES].states[-1, 0] == CellState.PARTIAL
    assert np.isnan(shown.norms[-1, 2])


def test_a_failed_pass_has_the_stages_that_it_reached() -> None:
    subject = untrained(Config())
    for row in subject.model.state_dict["layer0.attn_wv"]:
        row[0].data = float("inf")
    timeline = Timeline(record_pass(subject, "emma"))
    shown = picture(timeline, timeline.end, 0)
    states = shown.grids()[Part.STAGES].states
    assert (states[:5] == CellState.KNOWN).all()
    assert (states[5:] == CellState.NOT_THERE).all()
    assert shown.target_logit() is None
    assert len(shown.table().rows) == len(states)


def test_the_table_has_a_row_a_stage(emma: Timeline) -> None:
    shown = picture(emma, emma.forward_end)
    table = shown.table()
    assert table.columns == ("stage", "layer", *map(str, range(8)), "norm", "share", "logit part")
    assert [row[:2] for row in table.rows[:2]] == [
        ("token embedding", None),
        ("position embedding", None),
    ]
    last = shown.numbers.stream.stages[-1]
    assert table.rows[-1][2:10] == tuple(emma.trace.data[last.nodes[2]].tolist())


def test_units_stand_before_and_after_the_relu(emma: Timeline) -> None:
    shown = units(emma, emma.forward_end)
    grids, mlp = shown.grids(), shown.units.mlp
    np.testing.assert_array_equal(grids[Row.BEFORE].values[0], emma.trace.data[mlp.hidden[2]])
    np.testing.assert_array_equal(grids[Row.AFTER].values[0], emma.trace.data[mlp.rectified[2]])
    np.testing.assert_array_equal(grids[Row.ALL].values, emma.trace.data[mlp.rectified])
    assert grids[Row.ALL].rows == ("0 BOS", "1 e", "2 m", "3 m", "4 a")
    for grid in grids:
        assert grid.faint is not None
        np.testing.assert_array_equal(grid.faint[0], shown.units.dead)


def test_gradients_of_all_positions_are_those_that_went_through(emma: Timeline) -> None:
    shown = units(emma, emma.backward_end, Quantity.GRADIENT)
    all_of_them = shown.grids()[Row.ALL]
    np.testing.assert_array_equal(all_of_them.nodes, shown.units.mlp.hidden)
    assert not all_of_them.values[shown.units.off].any()


def test_states_of_units_in_words(emma: Timeline) -> None:
    shown = units(emma, emma.forward_end)
    off, dead = shown.units.off[2], shown.units.dead
    words = [shown.state(2, unit) for unit in range(len(dead))]
    assert set(np.array(words)[dead]) == {"dead: off at every position"}
    assert set(np.array(words)[off & ~dead]) == {"off"}
    assert set(np.array(words)[~off]) == {"on"}
    assert [row[3] for row in shown.table().rows] == words
    assert units(emma, 0).state(2, 0) == "not computed yet"
    nearly = emma.computed_after(int(shown.units.mlp.rectified[2, -1]))
    assert "off at every position so far" in {
        units(emma, nearly).state(2, unit) for unit in range(len(dead))
    }


def test_words_about_a_node(emma: Timeline) -> None:
    anatomy = Anatomy(emma.trace)
    node = int(anatomy.stages[-1].nodes[2, 0])
    assert node != NONE
    assert node_words(Reading(emma, 0, anatomy), node) == ("not computed yet", "not reached yet")
    data, grad = node_words(Reading(emma, emma.forward_end, anatomy), node)
    assert (data[0] in "−0123456789", grad) == (True, "not reached yet")
    first = int(emma.ledger(node).event[0])
    assert node_words(Reading(emma, first, anatomy), node)[1].endswith("(partial)")


def test_words_about_a_cell(emma: Timeline) -> None:
    shown = picture(emma, emma.forward_end)
    grids = shown.grids()
    row = grids[Part.STAGES].rows.index("MLP adds")
    assert cell_title(shown, Part.STAGES, row, 3) == "MLP adds, layer 0, number 3, position 2, m"
    assert cell_title(shown, Part.OVERVIEW, 0, 4) == "token embedding, position 4, a"
    assert cell_title(shown, Part.LOGITS, 0, 1) == "logit of b, position 2, m"
    assert cell_rule(shown, Part.STAGES, row) == ""
    before = "norm of what is added ÷ norm of the stream before it (after attention)"
    assert cell_rule(shown, Part.SHARE, row) == before
    share, cosine = cell_facts(shown, Part.SHARE, row, 0)
    assert share == ("share", numbers.short(float(shown.numbers.shares[row, 2]), 5))
    assert cosine[0] == "cosine of the two"
    norm = numbers.short(float(shown.norms[row, 2]), 5)
    assert cell_facts(shown, Part.NORM, row, 0) == [("norm", norm)]
    assert cell_facts(shown, Part.OVERVIEW, row, 2) == [("norm", norm)]
    part = numbers.short(float(shown.numbers.logit_parts[row, 2]), 5)
    assert cell_facts(shown, Part.LOGIT_PART, row, 0) == [("part of the logit", part)]
    assert "row m of lm_head" in cell_rule(shown, Part.LOGIT_PART, row)
    assert cell_facts(picture(emma, 0), Part.NORM, row, 0) == [("norm", "not known yet")]
