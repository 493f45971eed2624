"""The arrangement of the nodes of one scope."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.layout.cells import ROW_LIMIT, SPINE, CellBlock, arrange_cells
from explorer.trace.build import build_trace
from explorer.trace.record import record
from microgpt import Value

Pairs = list[tuple[int, int]]


def arrange(count: int, edges: Pairs, constants: tuple[int, ...] = ()) -> CellBlock:
    """Arrange nodes; edges are pairs of consumer and child."""
    is_constant = np.zeros(count, bool)
    is_constant[list(constants)] = True
    return arrange_cells(count, np.array(edges, np.int32).reshape(-1, 2), is_constant)


def cells(block: CellBlock) -> list[tuple[int, int]]:
    return list(zip(block.x.tolist(), block.y.tolist(), strict=True))


def running_sum(length: int) -> tuple[int, Pairs, tuple[int, ...], list[int], list[int]]:
    """What sum() of products makes: product, 0, sum, product, sum, product, sum, ..."""
    products, sums = [0], [2]
    edges = [(2, 0), (2, 1)]
    for node in range(3, 3 + 2 * (length - 1), 2):
        edges += [(node + 1, sums[-1]), (node + 1, node)]
        products.append(node)
        sums.append(node + 1)
    return 2 * length + 1, edges, (1,), products, sums


def is_sound(block: CellBlock, count: int) -> bool:
    """Return whether each node has a cell of its own, within the block."""
    x, y = block.x, block.y
    return bool(
        len(x) == len(y) == count
        and len(set(cells(block))) == count
        and (x >= 0).all()
        and (y >= 0).all()
        and block.width == x.max() + 1
        and block.height == y.max() + 1
    )


@given(st.integers(SPINE - 1, 3 * ROW_LIMIT))
def test_a_dot_product_is_a_comb(length: int) -> None:
    count, edges, constants, products, sums = running_sum(length)
    block = arrange(count, edges, constants)
    assert (block.width, block.height) == (length + 1, 2)
    assert block.x[sums].tolist() == list(range(1, length + 1))
    assert set(block.y[sums].tolist()) == {1}
    assert block.x[products].tolist() == block.x[sums].tolist()
    assert set(block.y[products].tolist()) == {0}
    assert cells(block)[1] == (0, 1)  # the 0 that sum() starts from


def test_a_recorded_dot_product_is_a_comb() -> None:
    n = 16
    leaves = [[Value(float(i)) for i in range(n)] for _ in range(2)]
    recording = record(lambda: sum(a * b for a, b in zip(*leaves, strict=True)), Value)
    recording.result.backward()
    trace = build_trace(recording, recording.result, {"x": leaves})
    edges = [
        (consumer - trace.leaves, int(trace.child[edge]) - trace.leaves)
        for consumer in range(trace.leaves, trace.nodes)
        for edge in trace.edges(consumer)
        if trace.child[edge] >= trace.leaves
    ]
    constants = np.flatnonzero(np.diff(trace.child_pointer)[trace.leaves :] == 0)
    block = arrange(trace.created, edges, tuple(constants.tolist()))
    assert (block.width, block.height) == (n + 1, 2)


def test_what_feeds_a_product_stands_above_it() -> None:
    count, edges, constants, products, _ = running_sum(6)
    edges = [*edges, (products[3], count)]
    block = arrange(count + 1, edges, constants)
    assert block.x[count] == block.x[products[3]]
    assert block.y[count] < block.y[products[3]]
    assert is_sound(block, count + 1)


def test_a_short_sum_runs_downwards() -> None:
    count, edges, constants, *_ = running_sum(SPINE - 2)
    block = arrange(count, edges, constants)
    assert block.height == SPINE - 1
    assert is_sound(block, count)


@pytest.mark.parametrize(
    ("count", "size"),
    [
        (1, (1, 1)),
        (16, (16, 1)),
        (ROW_LIMIT, (ROW_LIMIT, 1)),
        (ROW_LIMIT + 1, (ROW_LIMIT, 2)),
        (100, (ROW_LIMIT, 2)),
        (2 * ROW_LIMIT, (ROW_LIMIT, 2)),
    ],
)
def test_an_operation_on_a_vector_is_a_row_that_wraps(count: int, size: tuple[int, int]) -> None:
    block = arrange(count, [])
    assert (block.width, block.height) == size
    assert cells(block) == [(i % ROW_LIMIT, i // ROW_LIMIT) for i in range(count)]


def test_chains_stand_beside_each_other_and_run_downwards() -> None:
    """As (logit - peak).exp() does for each letter: -peak, the difference, its exponential."""
    chains = 27
    edges = [(3 * i + step + 1, 3 * i + step) for i in range(chains) for step in range(2)]
    block = arrange(3 * chains, edges)
    assert (block.width, block.height) == (chains, 3)
    assert cells(block) == [(i, step) for i in range(chains) for step in range(3)]


def test_wide_blocks_below_each_other_do_not_touch() -> None:
    count, edges, constants, *_ = running_sum(40)
    twice = edges + [(a + count, b + count) for a, b in edges]
    block = arrange(2 * count, twice, (constants[0], constants[0] + count))
    assert (block.width, block.height) == (41, 4)
    assert is_sound(block, 2 * count)


def test_one_child_twice_is_one_place() -> None:
    assert cells(arrange(2, [(1, 0), (1, 0)])) == [(0, 0), (0, 1)]


def test_the_longest_chain_lies_along_x_even_without_a_constant() -> None:
    block = arrange(SPINE, [(i + 1, i) for i in range(SPINE - 1)])
    assert cells(block) == [(i, 0) for i in range(SPINE)]


@st.composite
def graphs(draw: st.DrawFn, one_end: bool = True) -> tuple[int, Pairs, tuple[int, ...]]:
    """Return a graph in which children are older than their consumers, sparse or dense.

    With `one_end`, each of its components has a single node that no other uses.
    """
    count = draw(st.integers(1, 90))
    chance = random.Random(draw(st.integers(0, 10**6)))
    reach = draw(st.sampled_from([1, 3, 10, 90]))
    extra = draw(st.integers(0, count))
    root = list(range(count))
    edges = []
    for node in reversed(range(count - 1)):
        if chance.random() < 0.9:
            consumer = chance.randint(node + 1, min(node + reach, count - 1))
            root[node] = root[consumer]
            edges.append((consumer, node))
    for _ in range(extra):
        child, consumer = sorted(chance.choices(range(count), k=2))
        same_end = root[child] == root[consumer] and root[child] != child
        if child < consumer and (same_end or not one_end):
            edges.append((consumer, child))
    childless = set(range(count)) - {consumer for consumer, _ in edges}
    return count, edges, tuple(n for n in sorted(childless) if chance.random() < 0.5)


@given(graphs())
def test_no_two_nodes_share_a_cell(graph: tuple[int, Pairs, tuple[int, ...]]) -> None:
    assert is_sound(arrange(*graph), graph[0])


@given(graphs(one_end=False))
def test_no_two_nodes_share_a_cell_in_graphs_with_several_ends(
    graph: tuple[int, Pairs, tuple[int, ...]],
) -> None:
    assert is_sound(arrange(*graph), graph[0])


def test_a_chain_with_a_side_result_is_arranged() -> None:
    chain = [(i + 1, i) for i in range(SPINE - 1)]
    assert is_sound(arrange(SPINE + 1, [*chain, (SPINE, 0)]), SPINE + 1)


@given(graphs())
def test_the_same_graph_is_arranged_in_the_same_way(
    graph: tuple[int, Pairs, tuple[int, ...]],
) -> None:
    first, again = arrange(*graph), arrange(*graph)
    assert cells(first) == cells(again)
    assert (first.width, first.height) == (again.width, again.height)
