"""Like neighbourhoods stand alike, and nothing else is taken for one of them."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.layout import arrangement
from explorer.layout.arrangement import Arranger
from explorer.layout.card_edges import draw_curves
from explorer.layout.card_layouts import CardLayout, place_cards
from explorer.layout.neighbourhood import FoldedGraph, Neighbourhood
from explorer.trace.trace import Trace

CARD, CENTRE = (186.0, 50.0), (244.0, 120.0)


@pytest.fixture(scope="module")
def graph(emma: Trace) -> FoldedGraph:
    return FoldedGraph(emma)


@pytest.fixture
def arranger() -> Arranger:
    return Arranger(CARD, CENTRE)


@pytest.fixture(scope="module")
def walked(emma: Trace, graph: FoldedGraph) -> list[Neighbourhood]:
    """Neighbourhoods of nodes in succession, and of some from all over the pass."""
    nodes = [*range(emma.loss - 60, emma.loss + 1), *range(0, emma.nodes, emma.nodes // 60)]
    return [graph.around(node, 2) for node in nodes]


def test_places_are_those_of_the_neighbourhood_alone(
    arranger: Arranger, walked: list[Neighbourhood]
) -> None:
    for around in walked:
        found = arranger.arrange(around, CardLayout.LAYERED)
        size = np.tile(CARD, (len(around), 1))
        size[0] = CENTRE
        placement = place_cards(CardLayout.LAYERED, around, size)
        np.testing.assert_array_equal(found.middle, placement.middle)
        np.testing.assert_array_equal(found.size, size)
        curves = draw_curves(around, placement, size)
        np.testing.assert_array_equal(found.curves.points, curves.points)
        np.testing.assert_array_equal(found.curves.edge, curves.edge)


def test_steps_through_a_product_of_vectors_are_arranged_once(
    arranger: Arranger, graph: FoldedGraph, emma: Trace
) -> None:
    products = np.flatnonzero(emma.op == emma.op_names.index("mul"))[:40].tolist()
    found = {id(arranger.arrange(graph.around(node, 1), CardLayout.LAYERED)) for node in products}
    assert len(found) < len(products) / 3


def test_layouts_are_told_apart(arranger: Arranger, walked: list[Neighbourhood]) -> None:
    around = max(walked, key=len)
    first, second = (
        arranger.arrange(around, layout) for layout in (CardLayout.LAYERED, CardLayout.BFS)
    )
    assert first is not second
    assert not np.array_equal(first.middle, second.middle)
    assert arranger.arrange(around, CardLayout.LAYERED) is first


def test_the_one_not_needed_for_longest_is_forgotten(
    arranger: Arranger, walked: list[Neighbourhood], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrangement, "KEPT", 2)
    one, two, three = list({around.structure: around for around in walked}.values())[:3]
    first = arranger.arrange(one, CardLayout.LAYERED)
    second = arranger.arrange(two, CardLayout.LAYERED)
    assert arranger.arrange(one, CardLayout.LAYERED) is first
    arranger.arrange(three, CardLayout.LAYERED)
    assert arranger.arrange(one, CardLayout.LAYERED) is first
    assert arranger.arrange(two, CardLayout.LAYERED) is not second


def test_paths_go_along_the_curves(arranger: Arranger, walked: list[Neighbourhood]) -> None:
    found = arranger.arrange(max(walked, key=len), CardLayout.LAYERED)
    np.testing.assert_allclose(found.paths[:, 0], found.curves.points[:, 0])
    np.testing.assert_allclose(found.paths[:, -1], found.curves.points[:, 3])
