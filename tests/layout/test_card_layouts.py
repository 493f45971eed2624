"""Cards have places of their own in every layout; edges go where they should."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.layout import card_layouts
from explorer.layout.card_edges import LabelSpots, along, draw_curves
from explorer.layout.card_layouts import CardLayout, place_cards, refusal, separated
from explorer.layout.layered import columns, layered, non_decreasing
from explorer.layout.neighbourhood import FoldedGraph, Neighbourhood
from explorer.trace.trace import Trace


@pytest.fixture(scope="module")
def graph(emma: Trace) -> FoldedGraph:
    return FoldedGraph(emma)


def sizes(around: Neighbourhood) -> np.ndarray:
    size = np.tile((186.0, 50.0), (len(around), 1))
    size[0] = 244, 120
    return size


def nodes_of(trace: Trace, op: str) -> list[int]:
    return np.flatnonzero(trace.op == trace.op_names.index(op)).tolist()


def overlaps(middle: np.ndarray, size: np.ndarray) -> int:
    first, second = np.triu_indices(len(middle), 1)
    apart = np.abs(middle[first] - middle[second])
    return int((apart < (size[first] + size[second]) / 2 - 1e-6).all(axis=1).sum())


def examples(trace: Trace, graph: FoldedGraph) -> list[Neighbourhood]:
    squares = next(n for n in nodes_of(trace, "mul") if len({*trace.child[trace.edges(n)]}) == 1)
    return [
        graph.around(trace.loss, 4),
        graph.around(5, 3),
        graph.around(squares, 2),
        graph.around(nodes_of(trace, "exp")[-1], 2),
        graph.around(nodes_of(trace, "pow")[7], 3),
        graph.around(nodes_of(trace, "relu")[70], 4),
        graph.around(int(trace.probabilities[1, 3]), 4),
        graph.around(nodes_of(trace, "constant")[0], 1),
    ]


@pytest.mark.parametrize("layout", CardLayout)
def test_no_card_covers_another(emma: Trace, graph: FoldedGraph, layout: CardLayout) -> None:
    for around in examples(emma, graph):
        placement = place_cards(layout, around, sizes(around))
        assert np.isfinite(placement.middle).all()
        assert overlaps(placement.middle, sizes(around)) == 0
        np.testing.assert_array_equal(placement.middle[0], (0, 0))


@pytest.mark.parametrize("layout", CardLayout)
def test_the_same_neighbourhood_is_always_placed_the_same(
    emma: Trace, graph: FoldedGraph, layout: CardLayout
) -> None:
    around = graph.around(nodes_of(emma, "exp")[4], 2)
    first, second = (place_cards(layout, around, sizes(around)).middle for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_edges_of_columns_go_from_left_to_right(emma: Trace, graph: FoldedGraph) -> None:
    for around in examples(emma, graph):
        column = columns(around)
        assert column[0] == 0
        assert (column[around.child] < column[around.consumer]).all()
        assert (np.sign(column[1:]) == np.sign(around.hops[1:])).all()
        x = layered(around, sizes(around)).middle[:, 0]
        assert (x[around.child] < x[around.consumer]).all()


def test_edges_of_columns_pass_below_no_card(emma: Trace, graph: FoldedGraph) -> None:
    for around in examples(emma, graph):
        size = sizes(around)
        placement = layered(around, size)
        curves = draw_curves(around, placement, size)
        for points in placement.through.values():
            inside = (np.abs(points[:, np.newaxis] - placement.middle) < size / 2).all(axis=-1)
            assert not inside.any()
        assert curves.is_last.sum() == len(around.edges)


@pytest.mark.parametrize("layout", CardLayout)
def test_curves_join_the_borders_of_their_cards(
    emma: Trace, graph: FoldedGraph, layout: CardLayout
) -> None:
    for around in examples(emma, graph)[:5]:
        size = sizes(around)
        placement = place_cards(layout, around, size)
        curves = draw_curves(around, placement, size)
        first = np.r_[True, curves.edge[1:] != curves.edge[:-1]]
        for points, card in (
            (curves.points[first, 0], around.child),
            (curves.points[curves.is_last, 3], around.consumer),
        ):
            share = (np.abs(points - placement.middle[card]) / (size[card] / 2)).max(axis=1)
            np.testing.assert_allclose(share, 1)


@pytest.mark.parametrize("layout", [CardLayout.LAYERED, CardLayout.SPRING])
def test_two_edges_to_one_child_are_told_apart(
    emma: Trace, graph: FoldedGraph, layout: CardLayout
) -> None:
    square = next(n for n in nodes_of(emma, "mul") if len({*emma.child[emma.edges(n)]}) == 1)
    around = graph.around(square, 1)
    size = sizes(around)
    curves = draw_curves(around, place_cards(layout, around, size), size)
    first, second = np.flatnonzero(around.consumer == 0)
    middles = along(curves.points[[first, second]], np.array([0.5]))[:, 0]
    assert np.hypot(*(middles[0] - middles[1])) > 10


def test_texts_of_edges_cover_neither_cards_nor_each_other(emma: Trace, graph: FoldedGraph) -> None:
    for around in examples(emma, graph):
        size = sizes(around)
        placement = layered(around, size)
        curves = draw_curves(around, placement, size)
        label = np.tile((80.0, 20.0), (len(around.edges), 1))
        places = LabelSpots(around, curves, placement.middle, size).places(label)
        at_centre = (around.child == 0) | (around.consumer == 0)
        assert not np.isnan(places[at_centre]).any()
        shown = ~np.isnan(places[:, 0])
        together = np.concatenate([placement.middle, places[shown]])
        assert overlaps(together, np.concatenate([size, label[shown]])) == 0


def test_a_layout_that_takes_too_long_is_refused_with_the_reason(
    emma: Trace, graph: FoldedGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [refusal(layout, 300) for layout in CardLayout] == [""] * len(CardLayout)
    reason = refusal(CardLayout.SPRING, 1000)
    assert reason.startswith("Spring would take about 4.8 s for 1000 cards")
    monkeypatch.setattr(card_layouts, "MOST_SECONDS", 1e-9)
    around = graph.around(5, 2)
    with pytest.raises(ValueError, match="Spring would take about"):
        place_cards(CardLayout.SPRING, around, sizes(around))


def test_kamada_kawai_draws_distances_of_the_graph(emma: Trace, graph: FoldedGraph) -> None:
    """A path is drawn as a straight line, its nodes one apart."""
    around = graph.around(5, 2)
    assert around.hops.tolist() == sorted(around.hops.tolist(), key=abs)
    points = card_layouts._kamada_kawai(around)
    chain = [0, int(np.flatnonzero(around.hops == 1)[0]), int(np.flatnonzero(around.hops == 2)[0])]
    steps = np.hypot(*np.diff(points[chain], axis=0).T)
    np.testing.assert_allclose(steps, 1, atol=0.25)


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30))
def test_non_decreasing_is_the_nearest_that_does_not_fall(values: list[float]) -> None:
    given_values = np.array(values)
    found = non_decreasing(given_values)
    assert (np.diff(found) >= -1e-9).all()
    assert found.mean() == pytest.approx(given_values.mean(), abs=1e-6)
    if (np.diff(given_values) >= 0).all():
        np.testing.assert_allclose(found, given_values)


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=2, max_size=25))
def test_cards_can_be_separated_from_any_start(points: list[tuple[int, int]]) -> None:
    start = np.array(points, float)
    size = np.tile((186.0, 50.0), (len(points), 1))
    assert overlaps(separated(start, size), size) == 0
