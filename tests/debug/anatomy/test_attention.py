"""Attention at moments of a pass: matrices, steps, the cache, and their tables."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.debug import numbers
from explorer.debug.anatomy.attention import (
    Quantity,
    cache_grids,
    cache_table,
    held,
    letters,
    pair_facts,
    pair_words,
    pairs_table,
    size_of,
    square,
    steps_table,
)
from explorer.debug.anatomy.attention_steps import (
    Part,
    arithmetic,
    cell_title,
    operands,
    part_formula,
    part_nodes,
)
from explorer.debug.anatomy.grid import CellState
from explorer.debug.anatomy.parts import Anatomy
from explorer.debug.anatomy.reading import Place, Reading
from explorer.trace.timeline import Timeline

PLACE = Place(position=3, layer=0, head=1)
LIMITS = (1.0, 1.0)


@pytest.fixture(scope="module")
def anatomy(emma_timeline: Timeline) -> Anatomy:
    return Anatomy(emma_timeline.trace)


@pytest.fixture(scope="module")
def whole(emma_timeline: Timeline, anatomy: Anatomy) -> Reading:
    """All gradients are in, and no parameter is updated yet."""
    return Reading(emma_timeline, emma_timeline.backward_end, anatomy)


def reading_at(whole: Reading, cursor: int) -> Reading:
    return Reading(whole.timeline, cursor, whole.anatomy)


def test_positions_are_named_by_what_they_read(whole: Reading) -> None:
    assert letters(whole) == ("BOS", "e", "m", "m", "a")


@pytest.mark.parametrize("quantity", Quantity)
def test_matrices_hold_what_the_pass_computed(whole: Reading, quantity: Quantity) -> None:
    trace = whole.timeline.trace
    for head in whole.anatomy.attention[0]:
        seen = np.tri(5, dtype=bool)
        data = square(whole, head, quantity, of_gradient=False, limit=2.0)
        grad = square(whole, head, quantity, of_gradient=True, limit=2.0)
        nodes = quantity.nodes(head)
        np.testing.assert_array_equal(data.values[seen], trace.data[nodes[seen]])
        np.testing.assert_array_equal(grad.values[seen], trace.grad[nodes[seen]])
        assert data.title == f"head {head.number}"
        assert data.rows == data.columns == letters(whole)
        assert (data.limit, grad.limit) == (2.0, 2.0)
        assert data.is_share == (quantity is Quantity.WEIGHT)
        assert not grad.is_share


# The cache


def test_the_cache_holds_a_position_when_its_last_value_is_computed(whole: Reading) -> None:
    keys, values = whole.anatomy.linear(0, "k"), whole.anatomy.linear(0, "v")
    assert held(reading_at(whole, 0), 0) == 0
    assert held(whole, 0) == 5
    for position in range(5):
        last = int(max(keys[position].max(), values[position].max()))
        complete = whole.timeline.computed_after(last)
        assert held(reading_at(whole, complete - 1), 0) == position
        assert held(reading_at(whole, complete), 0) == position + 1


def test_what_the_cache_does_not_hold_is_empty(whole: Reading) -> None:
    values = whole.anatomy.linear(0, "v")
    moment = whole.timeline.computed_after(int(values[2, 5]))  # all keys, and some values
    for grid, name in zip(cache_grids(reading_at(whole, moment), PLACE, LIMITS), "kv", strict=True):
        expected = whole.timeline.trace.data[whole.anatomy.linear(0, name)]
        np.testing.assert_array_equal(grid.values[:2], expected[:2])
        assert (grid.states[:2] == CellState.KNOWN).all()
        assert (grid.states[2:] == CellState.NOT_COMPUTED).all()
        assert np.isnan(grid.values[2:]).all()


def test_what_comes_after_the_place_is_faint(whole: Reading) -> None:
    for grid in cache_grids(whole, PLACE, LIMITS):
        assert grid.faint is not None
        assert grid.faint.all(axis=1).tolist() == [False, False, False, False, True]
        assert not grid.faint[:4].any()
        assert (grid.states == CellState.KNOWN).all()


# Words


def test_a_pair_is_told_in_words_and_numbers(whole: Reading) -> None:
    trace, head = whole.timeline.trace, whole.anatomy.attention[0][1]
    facts = pair_facts(whole, head, 3, 1)
    assert [label for label, _, _ in facts] == ["dot product", "score", "weight"]
    for (_, data, grad), quantity in zip(facts, Quantity, strict=True):
        node = int(quantity.nodes(head)[3, 1])
        assert data == numbers.short(float(trace.data[node]), 5)
        assert grad == numbers.short(float(trace.grad[node]), 5)
    assert pair_words(whole, 3, 1) == "m (position 3) looks at e (position 1)"
    assert pair_words(whole, 3, 3) == "m (position 3) looks at itself"


def test_what_is_not_known_is_not_told(whole: Reading) -> None:
    head = whole.anatomy.attention[0][1]
    facts = pair_facts(reading_at(whole, 0), head, 3, 1)
    assert {data for _, data, _ in facts} == {"not computed yet"}
    assert {grad for _, _, grad in facts} == {"–"}
    facts = pair_facts(reading_at(whole, whole.timeline.forward_end), head, 3, 1)
    assert {grad for _, _, grad in facts} == {"not reached yet"}
    events = whole.timeline.ledger(int(head.weights[3, 1])).event
    facts = pair_facts(reading_at(whole, int(events[0])), head, 3, 1)
    assert facts[2][2].endswith(" (partial)")


# Steps


def test_the_parts_of_a_head_at_a_position(whole: Reading) -> None:
    head = whole.anatomy.attention[0][1]
    shapes = {part: part_nodes(head, 3, part).shape for part in Part}
    one, number, vector = (1, 4), (4, 1), (4, 4)
    assert list(shapes.values()) == [
        one, vector, number, number, number, vector, vector, one,
    ]  # fmt: skip
    np.testing.assert_array_equal(part_nodes(head, 3, Part.SCORE)[:, 0], head.scores[3, :4])
    np.testing.assert_array_equal(part_nodes(head, 3, Part.QUERY)[0], head.queries[3])
    np.testing.assert_array_equal(part_nodes(head, 3, Part.WEIGHTED), head.weighted[3, :4])
    assert part_formula(Part.SCORE, size_of(head)) == "q · k / √4"


def computed_by(text: str) -> float:
    """Return what a sum of products comes to."""
    terms = text.removeprefix("= ").replace(numbers.MINUS, "-").split(" + ")
    return sum(float(a) * float(b) for a, b in (term.split(" × ") for term in terms))


@pytest.mark.parametrize("part", [Part.DOT, Part.WEIGHTED, Part.GATHERED])
def test_sums_of_products_are_written_out(whole: Reading, part: Part) -> None:
    nodes = part_nodes(whole.anatomy.attention[0][1], 3, part)
    for row, column in np.ndindex(*nodes.shape):
        text = arithmetic(whole, PLACE, part, row, column)
        value = whole.timeline.trace.data[nodes[row, column]]
        assert computed_by(text) == pytest.approx(value, abs=0.02 * abs(value) + 2e-5)


def test_scores_and_weights_say_what_they_are_made_of(whole: Reading) -> None:
    data, head = whole.timeline.trace.data, whole.anatomy.attention[0][1]
    dot = numbers.short(float(data[head.dots[3, 2]]), 3)
    score = numbers.short(float(data[head.scores[3, 2]]), 3)
    assert arithmetic(whole, PLACE, Part.SCORE, 2, 0) == f"= {dot} / √4"
    assert arithmetic(whole, PLACE, Part.WEIGHT, 2, 0) == f"= e^{score} / Σ e^score"


def test_long_sums_are_shortened(whole: Reading) -> None:
    last = Place(position=4, layer=0, head=1)
    text = arithmetic(whole, last, Part.GATHERED, 0, 0)
    assert text.count("×") == 4
    assert " + … + " in text


def test_what_comes_from_outside_or_is_not_computed_has_no_arithmetic(whole: Reading) -> None:
    for part in (Part.QUERY, Part.KEY, Part.VALUE):
        assert arithmetic(whole, PLACE, part, 0, 0) == ""
    for part in Part:
        assert arithmetic(reading_at(whole, 0), PLACE, part, 0, 0) == ""


@pytest.mark.parametrize(
    ("part", "title"),
    [
        (Part.QUERY, "query [2] of m (position 3)"),
        (Part.KEY, "key [2] of BOS (position 0)"),
        (Part.SCORE, "score for BOS (position 0)"),
        (Part.WEIGHTED, "weight × value [2] of BOS (position 0)"),
        (Part.GATHERED, "head 1 gives on [2] at m (position 3)"),
    ],
)
def test_every_number_has_a_name(whole: Reading, part: Part, title: str) -> None:
    assert cell_title(whole, PLACE, part, 0, 2) == title


@pytest.mark.parametrize("part", Part)
def test_operands_are_what_the_number_depends_on(whole: Reading, part: Part) -> None:
    """Of two numbers of the head, one is computed from the other if the trace has edges there."""
    trace, head = whole.timeline.trace, whole.anatomy.attention[0][1]
    nodes = {each: part_nodes(head, 3, each) for each in Part}
    row, column = nodes[part].shape[0] - 1, nodes[part].shape[1] - 1
    stop = {int(node) for each in range(part) for node in nodes[Part(each)].flat}
    found, waiting = set(), [int(nodes[part][row, column])]
    while waiting:
        for edge in trace.edges(waiting.pop()):
            child = int(trace.child[edge])
            if child in stop:
                found.add(child)
            elif trace.scope[child] >= head.scopes[3]:  # within the head
                waiting.append(child)
    told = {
        int(node)
        for block in operands(part, row, column, 4, 4)
        for node in nodes[block.part][
            block.row : block.row + block.rows, block.column : block.column + block.columns
        ].flat
    }
    assert told == found


# Tables


def test_the_table_of_pairs_has_every_number(whole: Reading) -> None:
    table = pairs_table(whole, 0)
    assert len(table.rows) == 4 * 15
    trace = whole.timeline.trace
    for row in table.rows:
        told = dict(zip(table.columns, row, strict=True))
        head = whole.anatomy.attention[0][int(str(told["head"]))]
        pair = int(str(told["position"])), int(str(told["looks at position"]))
        assert told["letter"] == letters(whole)[pair[0]]
        for quantity in Quantity:
            node = quantity.nodes(head)[pair]
            assert told[quantity.value] == trace.data[node]
            assert told[f"gradient of {quantity.value}"] == trace.grad[node]


def test_the_table_of_steps_ends_with_the_sum(whole: Reading) -> None:
    data, head = whole.timeline.trace.data, whole.anatomy.attention[0][1]
    table = steps_table(whole, PLACE)
    assert [row[0] for row in table.rows] == ["query", "key", "key", "key", "key", "sum"]
    assert {len(row) for row in table.rows} == {len(table.columns)}
    assert list(table.rows[0][3:7]) == data[head.queries[3]].tolist()
    assert list(table.rows[3][1:3]) == [2, "m"]
    assert table.rows[3][table.columns.index("score")] == data[head.scores[3, 2]]
    assert list(table.rows[-1][-4:]) == data[head.gathered[3]].tolist()


def test_the_table_of_the_cache_has_a_row_for_each_position_that_is_held(whole: Reading) -> None:
    data, keys = whole.timeline.trace.data, whole.anatomy.linear(0, "k")
    table = cache_table(whole, 0)
    assert [row[1] for row in table.rows] == ["BOS", "e", "m", "m", "a"]
    assert list(table.rows[3][2:18]) == data[keys[3]].tolist()
    assert cache_table(reading_at(whole, 0), 0).rows == ()


def test_tables_leave_out_what_is_not_known(whole: Reading) -> None:
    text = pairs_table(reading_at(whole, 0), 0).as_csv()
    assert text.splitlines()[1] == "0,0,0,BOS,0,BOS,,,,,,"
