"""Searches that follow edges: what they find, when, and how it is said."""

from __future__ import annotations

import numpy as np
import pytest
from graphs import graph

from explorer.debug import numbers
from explorer.debug.cones import ancestors, between, descendants
from explorer.debug.numbers import THIN_SPACE
from explorer.debug.paths import strongest_path
from explorer.debug.roles import node_label
from explorer.debug.search import SearchIndex
from explorer.debug.search_terms import SearchError
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace

PARAMETER = 4 * 16 + 3  # wte[4][3]
LATER = 13_000  # computed from it


@pytest.fixture(scope="session")
def index(emma_timeline: Timeline) -> SearchIndex:
    return SearchIndex(emma_timeline)


def found(index: SearchIndex, query: str, cursor: int | None = None) -> list[int]:
    return index.search(query).at(index.timeline.end if cursor is None else cursor).tolist()


def words(index: SearchIndex, query: str, cursor: int | None = None) -> str:
    return index.search(query).words_at(index.timeline.end if cursor is None else cursor)


def those(mask: np.ndarray, without: int | None = None) -> list[int]:
    return [node for node in np.flatnonzero(mask).tolist() if node != without]


def test_ancestors_and_descendants_without_the_node_itself(index: SearchIndex, emma: Trace) -> None:
    assert found(index, "ancestors:20000") == those(ancestors(emma, 20_000), 20_000)
    assert found(index, "descendants:20000") == those(descendants(emma, 20_000), 20_000)
    assert found(index, "ancestors:0") == found(index, f"descendants:{emma.loss}") == []
    assert found(index, "ancestors:20000 op:mul") == [
        node for node in found(index, "ancestors:20000") if emma.op_name(node) == "mul"
    ]


def test_nodes_between_two_in_any_order(index: SearchIndex, emma: Trace) -> None:
    expected = those(between(emma, PARAMETER, LATER))
    assert len(expected) > 2
    assert found(index, f"between:{PARAMETER},13000") == expected
    assert found(index, f"between:13000,{PARAMETER}") == expected
    assert found(index, "between:13000,13000") == [LATER]
    assert found(index, "between:0,1") == []
    both = set(found(index, "descendants:67")) & set(found(index, "ancestors:13000"))
    assert set(expected) == both | {PARAMETER, LATER}


def test_the_strongest_path_is_walked_from_its_start_to_the_loss(
    index: SearchIndex, emma: Trace
) -> None:
    path = strongest_path(emma, PARAMETER, emma.loss)
    assert path is not None
    search = index.search("path:wte[4][3]")
    end = index.timeline.end
    assert search.at(end).tolist() == search.path_at(end).tolist() == path.nodes.tolist()
    assert found(index, f"path:{emma.loss},{PARAMETER}") == path.nodes.tolist()
    inner = strongest_path(emma, PARAMETER, LATER)
    assert inner is not None
    assert found(index, f"path:{PARAMETER},13000") == inner.nodes.tolist()


def test_other_terms_take_from_what_is_found_but_not_from_the_path(
    index: SearchIndex, emma: Trace
) -> None:
    whole, some = index.search("path:wte[4][3]"), index.search("op:mul path:wte[4][3]")
    end = index.timeline.end
    muls = [node for node in whole.at(end).tolist() if emma.op_name(node) == "mul"]
    assert some.at(end).tolist() == muls
    assert some.path_at(end).tolist() == whole.at(end).tolist()
    assert len(index.search("op:mul").path_at(end)) == 0


@pytest.mark.parametrize(
    "typed", ["wte[4][3]", "WTE[4][3]", "67", f"0{THIN_SPACE}067", "67,loss", "LOSS,67"]
)
def test_nodes_are_named_by_number_name_or_as_the_loss(index: SearchIndex, typed: str) -> None:
    assert found(index, f"path:{typed}") == found(index, "path:wte[4][3]")


def test_the_end_of_a_name_that_is_the_only_one_will_do(index: SearchIndex, emma: Trace) -> None:
    matrix = next(m for m in emma.parameters if m.name.endswith(".attn_wq"))
    node = matrix.start + 5 * matrix.columns + 2
    expected = found(index, f"descendants:{node}")
    for name in (matrix.name, "attn_wq"):
        assert found(index, f"descendants:{name}[5][2]") == expected


@pytest.mark.parametrize("typed", ["99999999", "wte[99][0]", "te[0][0]", "wte[5]", "-1", "²", "x"])
def test_a_node_that_does_not_exist_is_told(index: SearchIndex, emma: Trace, typed: str) -> None:
    with pytest.raises(SearchError) as raised:
        index.search(f"op:exp between:4,{typed}")
    assert str(raised.value) == (
        f"“{typed}” in “between:4,{typed}” is no node of this pass; there are 0 to "
        f"{numbers.count(emma.nodes - 1)}, names of parameters such as wte[0][0], and loss."
    )


@pytest.mark.parametrize("query", ["ancestors:loss", "descendants:67", "between:67,30000"])
def test_nodes_are_found_as_they_are_computed(index: SearchIndex, query: str) -> None:
    for cursor in (0, 5000, LATER, index.timeline.end):
        computed = index.timeline.moment(cursor).computed
        assert found(index, query, cursor) == [n for n in found(index, query) if n < computed]


def test_no_path_is_known_before_its_goal_is_computed(index: SearchIndex) -> None:
    for query, goal in (("path:67", index.timeline.trace.loss), ("path:67,13000", LATER)):
        search = index.search(query)
        known = index.timeline.computed_after(goal)
        assert len(search.at(known)) == len(search.path_at(known)) > 1
        assert len(search.at(known - 1)) == len(search.path_at(known - 1)) == 0


def test_the_words_of_a_path_tell_what_is_known_and_no_more(
    index: SearchIndex, emma: Trace
) -> None:
    path = strongest_path(emma, PARAMETER, emma.loss)
    assert path is not None
    timeline = index.timeline
    plain = "the strongest path from wte[4][3] to the loss"
    product = f"{plain}: {len(path.nodes)} nodes, product {numbers.short(path.product)}"
    share = (
        f"{product}, {100 * path.product / emma.grad[PARAMETER]:.0f}{THIN_SPACE}% of its gradient"
    )
    final = int(timeline.ledger(PARAMETER).event[-1])
    assert words(index, "path:67", timeline.forward_end - 1) == plain
    assert words(index, "path:67", timeline.forward_end) == product
    assert words(index, "path:67", final - 1) == product
    assert words(index, "path:67", final).startswith(share)
    inner = strongest_path(emma, PARAMETER, LATER)
    assert inner is not None
    assert words(index, "path:67,13000").endswith(f"product {numbers.short(inner.product)}")


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ([[], [(0, 0.3)], [(0, 0.7), (1, 1.0)]], "2 nodes, product 0.7, 70 % of its gradient"),
        (
            [[], [(0, -0.5)], [(0, 1.5), (1, 1.0)]],
            "2 nodes, product 1.5, 150 % of its gradient (the other paths take from it)",
        ),
        (
            [[], [(0, -2.0)], [(0, 1.5), (0, 1.0), (1, 1.0)]],
            "3 nodes, product −2, −400 % of its gradient (the other paths outweigh it)",
        ),
        ([[], [(0, -1.0)], [(0, 1.0), (1, 1.0)]], "2 nodes, product 1"),
        ([[], [(0, 0.0)], [(1, 1.0)]], "3 nodes, product 0 like every other path"),
        ([[], [(0, float("nan"))]], "2 nodes, product NaN"),
    ],
)
def test_how_a_path_stands_to_the_others(
    nodes: list[list[tuple[int, float]]], expected: str
) -> None:
    index = SearchIndex(Timeline(graph(nodes)))
    start = node_label(index.timeline.trace, 0)
    said = words(index, "path:0").replace(THIN_SPACE, " ")
    assert said == f"the strongest path from {start} to the loss: {expected}"


def test_the_words_name_nodes_as_the_inspector_does(index: SearchIndex, emma: Trace) -> None:
    label = node_label(emma, LATER)
    assert words(index, "ancestors:13000") == f"what {label} was computed from"
    assert words(index, "descendants:67 op:mul") == (
        "what was computed from wte[4][3], operation mul"
    )
    assert words(index, "between:13000,67") == f"all paths from wte[4][3] to {label}"
    assert words(index, "path:loss") == (
        "the strongest path from the loss to the loss: 1 node, product 1"
    )


@pytest.mark.parametrize("query", ["between:0,1", "path:0,1"])
def test_that_there_is_no_path_is_said(index: SearchIndex, query: str) -> None:
    assert found(index, query) == []
    assert words(index, query) == "no path leads from wte[0][0] to wte[0][1]"
