"""What stands around a node, and the folding of sums."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.layout.neighbourhood import CHILDREN, CONSUMERS, FoldedGraph, Neighbourhood
from explorer.trace.build import build_trace
from explorer.trace.record import record
from explorer.trace.trace import Trace
from microgpt import Value


@pytest.fixture(scope="module")
def graph(emma: Trace) -> FoldedGraph:
    return FoldedGraph(emma)


def children(trace: Trace, node: int) -> list[int]:
    return [int(trace.child[edge]) for edge in trace.edges(node)]


def consumers(trace: Trace, node: int) -> set[int]:
    edges = np.flatnonzero(trace.child == node)
    return set((np.searchsorted(trace.child_pointer, edges, side="right") - 1).tolist())


def nodes_of(trace: Trace, op: str) -> list[int]:
    return np.flatnonzero(trace.op == trace.op_names.index(op)).tolist()


def sum_chain(trace: Trace, total: int) -> list[int]:
    """Return the additions of a sum by walking down its first children."""
    chain = [total]
    while True:
        first = children(trace, chain[-1])[0]
        same = trace.site[first] == trace.site[total] and trace.scope[first] == trace.scope[total]
        if trace.op_name(first) != "add" or len(consumers(trace, first)) != 1 or not same:
            return chain[::-1]
        chain.append(first)


@pytest.fixture(scope="module")
def total(emma: Trace) -> int:
    """The sum below a rectified unit: a dot product of 16 terms."""
    (total,) = children(emma, nodes_of(emma, "relu")[70])
    return total


def test_one_hop_without_folds_is_children_and_consumers(emma: Trace, graph: FoldedGraph) -> None:
    for node in (5, emma.leaves, *nodes_of(emma, "exp")[::40], *nodes_of(emma, "mul")[::4001]):
        around = graph.around(node, 1, folds=False)
        assert around.nodes[0] == node
        assert set(around.nodes[around.hops == -1].tolist()) == set(children(emma, node))
        assert set(around.nodes[around.hops == 1].tolist()) == consumers(emma, node)
        assert around.left_out == 0


def test_every_edge_between_cards_is_there_once(emma: Trace, graph: FoldedGraph) -> None:
    around = graph.around(nodes_of(emma, "exp")[-1], 3, folds=False)
    shown = set(around.nodes.tolist())
    expected = [
        (child, node) for node in around.nodes.tolist() for child in children(emma, node)
        if child in shown
    ]  # fmt: skip
    drawn = zip(around.nodes[around.child], around.nodes[around.consumer], strict=True)
    assert sorted((int(a), int(b)) for a, b in drawn) == sorted(expected)
    np.testing.assert_array_equal(emma.child[around.edges], around.nodes[around.child])


def test_a_square_has_two_edges_to_one_child(emma: Trace, graph: FoldedGraph) -> None:
    square = next(
        n for n in nodes_of(emma, "mul") if len(children(emma, n)) == 2 != len({*children(emma, n)})
    )
    around = graph.around(square, 1)
    to_it = around.consumer == 0
    assert to_it.sum() == 2
    assert len(set(around.child[to_it].tolist())) == 1


def test_a_sum_is_one_card_with_its_summands(emma: Trace, graph: FoldedGraph, total: int) -> None:
    chain = sum_chain(emma, total)
    assert len(chain) == 16
    around = graph.around(total, 1)
    assert around.summands[0] == 16
    assert around.sums[0] == total
    inputs = {c for link in chain for c in children(emma, link)} - set(chain)
    assert set(around.nodes[around.hops == -1].tolist()) == inputs
    assert len(inputs) == 17  # the 0 that sum() starts from is among them


def test_a_sum_opens_into_its_additions(emma: Trace, graph: FoldedGraph, total: int) -> None:
    chain = sum_chain(emma, total)
    around = graph.around(total, 1, opened=frozenset([total]))
    assert set(chain) <= set(around.nodes.tolist())
    assert around.summands[0] == 0
    assert around.sums[0] == total
    assert around.nodes[0] == total
    assert around.card_of(chain[3]) == around.nodes.tolist().index(chain[3])


def test_what_comes_after_a_sum_is_not_part_of_it(
    emma: Trace, graph: FoldedGraph, total: int
) -> None:
    (residual,) = (n for n in consumers(emma, sum_chain(emma, total)[-1]))
    assert graph.card_of(residual) == residual or emma.op_name(residual) == "add"
    for node in nodes_of(emma, "add")[::977]:
        top = graph.card_of(node)
        assert emma.site[top] == emma.site[node]
        assert emma.scope[top] == emma.scope[node]


def test_a_running_sum_stands_for_what_it_has_added(
    emma: Trace, graph: FoldedGraph, total: int
) -> None:
    chain = sum_chain(emma, total)
    around = graph.around(chain[5], 1)
    assert around.nodes[0] == chain[5]
    assert around.summands[0] == 6
    after = around.nodes[around.hops == 1].tolist()
    assert after == [total]
    assert around.summands[around.nodes.tolist().index(total)] == 11  # the rest, and it
    assert around.card_of(chain[2]) == 0
    assert around.card_of(chain[9]) == around.nodes.tolist().index(total)


def test_neighbours_are_those_of_the_card(emma: Trace, graph: FoldedGraph, total: int) -> None:
    around = graph.around(total, 1)
    for way in (CHILDREN, CONSUMERS):
        expected = set(around.nodes[around.hops == way].tolist())
        assert set(graph.neighbours(total, way)) == expected
    assert graph.neighbours(total, CHILDREN, folds=False) == children(emma, total)


def connected(around: Neighbourhood) -> bool:
    reached, pairs = {0}, list(zip(around.child.tolist(), around.consumer.tolist(), strict=True))
    while True:
        more = {b for a, b in pairs if a in reached} | {a for a, b in pairs if b in reached}
        if more <= reached:
            return len(reached) == len(around)
        reached |= more


@pytest.mark.parametrize("limit", [1, 7, 60, 300])
def test_the_nearest_cards_stay_within_the_limit(
    emma: Trace, graph: FoldedGraph, limit: int
) -> None:
    node = nodes_of(emma, "relu")[70]
    whole = graph.around(node, 4, limit=100_000)
    around = graph.around(node, 4, limit=limit)
    assert len(around) <= limit
    assert len(around) + around.left_out == len(whole)
    np.testing.assert_array_equal(around.nodes, whole.nodes[: len(around)])
    assert (np.diff(np.abs(around.hops)) >= 0).all()
    assert connected(around)


def test_more_hops_only_add_cards(emma: Trace, graph: FoldedGraph) -> None:
    node = nodes_of(emma, "exp")[3]
    cards = [set(graph.around(node, hops, limit=100_000).nodes.tolist()) for hops in (1, 2, 3, 4)]
    assert cards[0] < cards[1] < cards[2] < cards[3]


def test_additions_on_another_line_are_not_part_of_a_sum() -> None:
    def added() -> Value:
        terms = [Value(float(i)) for i in range(1, 5)]
        total = sum(terms, Value(0.5))
        shifted = total + Value(8.0)
        return shifted + Value(9.0)

    recording = record(added, Value)
    recording.result.backward()
    trace = build_trace(recording, recording.result, {})
    graph = FoldedGraph(trace)
    additions = nodes_of(trace, "add")
    assert len(additions) == 6
    total = additions[3]
    assert [graph.card_of(node) for node in additions] == [total] * 4 + additions[4:]
    around = graph.around(trace.loss, 2)
    assert around.summands.tolist().count(5) == 1  # of four numbers and the start, which is not 0
    assert (around.summands > 0).sum() == 1


def test_a_foreign_graph_without_additions_has_no_sums(emma: Trace) -> None:
    trace = replace(emma, op_names=tuple(name.upper() for name in emma.op_names))
    graph = FoldedGraph(trace)
    node = nodes_of(emma, "add")[50]
    assert graph.card_of(node) == node


def test_some_cards_alone_keep_the_edges_between_them(graph: FoldedGraph, total: int) -> None:
    whole = graph.around(total, 2)
    kept = np.arange(len(whole)) % 3 != 1
    some = whole.only(kept)
    assert some.nodes.tolist() == whole.nodes[kept].tolist()
    assert some.nodes[0] == total
    assert some.left_out == whole.left_out + len(whole) - len(some)
    drawn = zip(some.nodes[some.child], some.nodes[some.consumer], some.edges, strict=True)
    both = kept[whole.child] & kept[whole.consumer]
    ends = zip(
        whole.nodes[whole.child[both]],
        whole.nodes[whole.consumer[both]],
        whole.edges[both],
        strict=True,
    )
    assert list(drawn) == list(ends)
