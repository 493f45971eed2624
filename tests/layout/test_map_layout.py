"""The map: its invariants on passes of many shapes, checked for all nodes and boxes at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.layout.map_layout import MapLayout, layout_map
from explorer.trace.build import build_trace
from explorer.trace.passes import Subject, record_pass, untrained
from explorer.trace.record import record
from explorer.trace.trace import Trace
from microgpt import Config

Ints = npt.NDArray[np.int32]
LONGEST = "maximilianabcde"  # 15 letters: 16 positions, all that the model has


class Scalar:
    """A node class that is not the model's."""

    def __init__(self, data: float, children: tuple[Any, ...] = (), grads: tuple[Any, ...] = ()):
        self.data = data
        self.grad = 0.0
        self._children = children
        self._local_grads = grads

    def __add__(self, other: Any) -> Scalar:
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data + other.data, (self, other), (1, 1))

    __radd__ = __add__

    def __mul__(self, other: Any) -> Scalar:
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data * other.data, (self, other), (other.data, self.data))

    def tanh(self) -> Scalar:
        t = math.tanh(self.data)
        return Scalar(t, (self,), (1 - t * t,))

    def backward(self) -> None:
        order: list[Scalar] = []
        seen: set[Scalar] = set()

        def visit(node: Scalar) -> None:
            if node not in seen:
                seen.add(node)
                for child in node._children:
                    visit(child)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for child, local_grad in zip(node._children, node._local_grads, strict=True):
                child.grad += local_grad * node.grad


def neuron(weights: list[Scalar], inputs: list[Scalar]) -> Scalar:
    return sum((w * x for w, x in zip(weights, inputs, strict=True)), Scalar(0.0)).tanh()


def network(layers: list[list[list[Scalar]]], inputs: list[Scalar]) -> Scalar:
    x = inputs
    for layer in layers:
        x = [neuron(weights, x) for weights in layer]
    return (x[0] + x[1]) * x[1]


def foreign_trace() -> Trace:
    def matrix(rows: int, columns: int) -> list[list[Scalar]]:
        return [[Scalar(0.1 * (r - c)) for c in range(columns)] for r in range(rows)]

    layers = [matrix(6, 3), matrix(2, 6)]
    inputs = [Scalar(x) for x in (0.5, -1.0, 2.0)]
    recording = record(lambda: network(layers, inputs), Scalar)
    recording.result.backward()
    return build_trace(recording, recording.result, {"hidden": layers[0], "out": layers[1]})


def without_parameters() -> Trace:
    """A pass whose leaves are all unnamed."""
    x = Scalar(3.0)
    recording = record(lambda: (x * x + 1.0).tanh(), Scalar)
    recording.result.backward()
    return build_trace(recording, recording.result, {})


def single_node() -> Trace:
    recording = record(lambda: Scalar(3.0), Scalar)
    recording.result.backward()
    return build_trace(recording, recording.result, {})


@dataclass(frozen=True, eq=False)
class Map:
    """A trace with its layout, and what the tests ask of both."""

    trace: Trace
    layout: MapLayout

    @cached_property
    def parent(self) -> Ints:
        return np.array([scope.parent for scope in self.trace.scopes], np.int32)

    @cached_property
    def depth(self) -> Ints:
        depth = np.zeros(len(self.parent), np.int32)
        for scope, parent in enumerate(self.parent[1:].tolist(), start=1):
            depth[scope] = depth[parent] + 1
        return depth

    @cached_property
    def owner(self) -> npt.NDArray[np.int32]:
        """For each depth, the scope of that depth whose box covers a cell, or -1."""
        height, width = self.layout.grid.shape
        owner = np.full((self.depth.max() + 1, height, width), -1, np.int32)
        for scope, (left, top, w, h) in enumerate(self.layout.box.tolist()):
            owner[self.depth[scope], top : top + h, left : left + w] = scope
        return owner

    def ancestors(self, depth: int) -> Ints:
        """Return for each scope the one around it at a depth, -1 if it is not that deep."""
        found = np.where(self.depth == depth, np.arange(len(self.depth)), -1)
        for scope, parent in enumerate(self.parent[1:].tolist(), start=1):
            if self.depth[scope] > depth:
                found[scope] = found[parent]
        return found.astype(np.int32)

    def kind_paths(self) -> list[str]:
        """Return for each scope the names on its path, without numbers."""
        paths = [""]
        for scope in self.trace.scopes[1:]:
            paths.append(f"{paths[scope.parent]}/{scope.name}")
        return paths

    def column(self, scope: int) -> dict[str, list[int]]:
        """Return for all scopes of a column: place within it, size, header and label's width."""
        left, top = self.layout.box[scope, :2].tolist()
        paths: dict[int, str] = {scope: ""}
        found = {}
        for i in range(scope + 1, self.trace.scopes[scope].stop):
            paths[i] = f"{paths[int(self.parent[i])]}/{self.trace.scopes[i].title}"
            box = self.layout.box[i] - [left, top, 0, 0]
            found[paths[i]] = [
                *box.tolist(),
                int(self.layout.header[i]),
                int(self.layout.label_width[i]),
            ]
        return found


def made(trace: Trace) -> Map:
    return Map(trace, layout_map(trace))


def shape(name: str, **config: int) -> Callable[[], Trace]:
    return lambda: record_pass(untrained(Config(**config)), name)


def cut_off(matrix: str, row: int, number: float) -> Callable[[], Trace]:
    """Return what makes a pass that fails, for there is such a number among its parameters."""

    def run() -> Trace:
        subject = untrained(Config())
        subject.model.state_dict[matrix][row][0].data = number
        trace = record_pass(subject, "emma")
        assert trace.failure is not None
        return trace

    return run


SHAPES: dict[str, Callable[[], Trace]] = {
    "one letter": shape("a"),
    "emma": shape("emma"),
    "fifteen letters": shape(LONGEST),
    "two layers, two heads, four positions": shape(
        "maximilian", n_layer=2, n_embd=8, n_head=2, block_size=4
    ),
    "one position": shape("emma", n_embd=4, n_head=1, block_size=1),
    "smallest": shape("emma", n_embd=1, n_head=1, block_size=3),
    "wide": shape("a", n_embd=48, n_head=2, block_size=2),
    "foreign": foreign_trace,
    "without parameters": without_parameters,
    "single node": single_node,
    "cut off at the first node": cut_off("wpe", 0, math.nan),
    "cut off in the first position": cut_off("layer0.attn_wq", 0, math.inf),
    "cut off in the third position": cut_off("wpe", 2, math.nan),
    "cut off in backward": cut_off("lm_head", 3, math.inf),
}
ODD = ("foreign", "without parameters", "single node")
MODELS = [name for name in SHAPES if name not in ODD and not name.startswith("cut off")]


@pytest.fixture(scope="module", params=SHAPES)
def any_map(request: pytest.FixtureRequest) -> Map:
    """A map of every shape."""
    return made(SHAPES[request.param]())


@pytest.fixture(scope="module", params=MODELS)
def model_map(request: pytest.FixtureRequest) -> Map:
    """A map of every shape of our model."""
    return made(SHAPES[request.param]())


@pytest.fixture(scope="module")
def emma_map(emma: Trace) -> Map:
    return made(emma)


def test_every_node_has_a_cell_of_its_own(any_map: Map) -> None:
    layout, nodes = any_map.layout, any_map.trace.nodes
    assert (layout.grid[layout.y, layout.x] == np.arange(nodes)).all()
    assert np.count_nonzero(layout.grid >= 0) == nodes
    assert layout.x.min() >= 0
    assert layout.y.min() >= 0


def test_the_whole_map_is_the_box_of_the_pass(any_map: Map) -> None:
    layout = any_map.layout
    assert layout.box[0].tolist() == [0, 0, layout.width, layout.height]
    assert layout.grid.shape == (layout.height, layout.width)


def test_boxes_lie_inside_their_parents_below_the_header(any_map: Map) -> None:
    box, parent = any_map.layout.box[1:], any_map.parent[1:]
    outer, header = any_map.layout.box[parent], any_map.layout.header[parent]
    assert (box[:, 2:] >= 1).all()
    assert (box[:, 0] >= outer[:, 0]).all()
    assert (box[:, 1] >= outer[:, 1] + header).all()
    assert (box[:, 0] + box[:, 2] <= outer[:, 0] + outer[:, 2]).all()
    assert (box[:, 1] + box[:, 3] <= outer[:, 1] + outer[:, 3]).all()


def test_boxes_of_one_depth_never_overlap(any_map: Map) -> None:
    left, top, width, height = any_map.layout.box.T
    for depth in range(any_map.depth.max() + 1):
        at = any_map.depth == depth
        rows, columns = any_map.layout.grid.shape
        corners = np.zeros((rows + 1, columns + 1), np.int32)
        np.add.at(corners, (top[at], left[at]), 1)
        np.add.at(corners, (top[at] + height[at], left[at]), -1)
        np.add.at(corners, (top[at], left[at] + width[at]), -1)
        np.add.at(corners, (top[at] + height[at], left[at] + width[at]), 1)
        assert corners.cumsum(axis=0).cumsum(axis=1).max() <= 1


def test_every_node_lies_in_the_boxes_of_its_scopes_and_in_no_other(any_map: Map) -> None:
    trace, layout = any_map.trace, any_map.layout
    for depth in range(any_map.depth.max() + 1):
        expected = any_map.ancestors(depth)[trace.scope]
        assert (any_map.owner[depth, layout.y, layout.x] == expected).all()


def test_every_node_lies_below_the_headers_of_its_scopes(any_map: Map) -> None:
    trace, layout = any_map.trace, any_map.layout
    below = layout.box[:, 1] + layout.header
    for depth in range(any_map.depth.max() + 1):
        around = any_map.ancestors(depth)[trace.scope]
        inside = around >= 0
        assert (layout.y[inside] >= below[around[inside]]).all()


def test_labels_stay_within_the_map_and_leave_other_boxes_alone(any_map: Map) -> None:
    """A label may leave its box, but only where nothing of the scope around it stands."""
    layout = any_map.layout
    for scope in np.flatnonzero(layout.header[1:]) + 1:
        left, top = layout.box[scope, :2].tolist()
        right, bottom = left + int(layout.label_width[scope]), top + int(layout.header[scope])
        outer = layout.box[any_map.parent[scope]]
        assert left < right <= outer[0] + outer[2]
        beside = any_map.owner[any_map.depth[scope], top:bottom, left:right]
        assert set(np.unique(beside).tolist()) <= {-1, int(scope)}
        assert (layout.grid[top:bottom, left:right] == -1).all()


def test_scopes_of_one_kind_have_one_size(any_map: Map) -> None:
    sizes: dict[str, set[tuple[int, ...]]] = {}
    for path, box, header in zip(
        any_map.kind_paths(), any_map.layout.box.tolist(), any_map.layout.header, strict=True
    ):
        sizes.setdefault(path, set()).add((*box[2:], int(header)))
    assert {path: found for path, found in sizes.items() if len(found) > 1} == {}


def test_blocks_of_one_kind_stand_at_the_same_place_in_every_column(model_map: Map) -> None:
    positions = model_map.trace.position_scope.tolist()
    tops = set(model_map.layout.box[positions, 1].tolist())
    assert len(tops) == 1
    columns = [model_map.column(scope) for scope in positions]
    last = columns[-1]
    for column in columns:
        assert column == {path: last[path] for path in column}


def test_the_nodes_of_a_position_stand_as_those_of_the_next(model_map: Map) -> None:
    """All but those of the heads, which have more to look back on."""
    trace, layout = model_map.trace, model_map.layout
    heads = np.array(["/head" in path for path in model_map.kind_paths()])
    seen = []
    for scope in trace.position_scope.tolist():
        inside = (trace.scope >= scope) & (trace.scope < trace.scopes[scope].stop)
        nodes = inside & ~heads[trace.scope]
        left, top = layout.box[scope, :2]
        seen.append((layout.x[nodes] - left, layout.y[nodes] - top))
    assert len(seen[0][0]) > 100
    assert all(np.array_equal(found, seen[0]) for found in seen)


def test_columns_run_from_left_to_right(model_map: Map) -> None:
    box = model_map.layout.box[model_map.trace.position_scope]
    assert (box[:-1, 0] + box[:-1, 2] < box[1:, 0]).all()


def test_parameters_stand_at_the_left(model_map: Map) -> None:
    trace, box = model_map.trace, model_map.layout.box
    parameters = next(i for i, s in enumerate(trace.scopes) if s.name == "parameters")
    others = [i for i in np.flatnonzero(model_map.parent == 0).tolist() if i != parameters]
    assert box[parameters, 0] + box[parameters, 2] < box[others, 0].min()


@pytest.mark.parametrize("name", [*MODELS, "foreign"])
def test_parameters_stand_as_matrices(name: str) -> None:
    found = made(SHAPES[name]())
    layout = found.layout
    assert found.trace.parameters
    for matrix in found.trace.parameters:
        x = layout.x[matrix.start : matrix.stop].reshape(matrix.rows, matrix.columns)
        y = layout.y[matrix.start : matrix.stop].reshape(matrix.rows, matrix.columns)
        assert (x - x[0, 0] == np.arange(matrix.columns)).all()
        assert (y - y[0, 0] == np.arange(matrix.rows)[:, np.newaxis]).all()


def test_what_is_needed_stands_above_what_needs_it(emma_map: Map) -> None:
    trace, box = emma_map.trace, emma_map.layout.box
    scope = int(trace.position_scope[2])
    top: dict[str, int] = {}
    for i in range(scope, trace.scopes[scope].stop):
        top.setdefault(trace.scopes[i].name, int(box[i, 1]))
    order = ["embed", "attention", "q", "head", "out", "mlp", "fc1", "relu", "fc2", "lm_head"]
    for above, below in pairwise([*order, "cross_entropy"]):
        assert top[above] < top[below] or (above, below) in {("attention", "q"), ("mlp", "fc1")}


def test_queries_keys_and_values_stand_beside_or_above_each_other_but_above_the_heads(
    emma_map: Map,
) -> None:
    trace, box = emma_map.trace, emma_map.layout.box
    bottom = {s.name: int(box[i, 1] + box[i, 3]) for i, s in enumerate(trace.scopes)}
    top = {s.name: int(box[i, 1]) for i, s in enumerate(trace.scopes)}
    assert max(bottom[name] for name in "qkv") <= top["head"]


@pytest.mark.parametrize(("one", "other"), [("emma", "anna"), ("a", "z"), (LONGEST, "a" * 15)])
def test_names_of_one_length_have_one_map(subject: Subject, one: str, other: str) -> None:
    first, second = (layout_map(record_pass(subject, name)) for name in (one, other))
    for column in ("x", "y", "box", "header", "label_width", "grid"):
        assert np.array_equal(getattr(first, column), getattr(second, column))


def test_the_same_pass_is_laid_out_in_the_same_way(emma: Trace, emma_map: Map) -> None:
    again = layout_map(emma)
    for column in ("x", "y", "box", "header", "label_width", "grid"):
        assert np.array_equal(getattr(emma_map.layout, column), getattr(again, column))


def test_a_longer_name_only_adds_columns(subject: Subject, emma_map: Map) -> None:
    """The parameters stay where they are."""
    longer = layout_map(record_pass(subject, "emmas"))
    leaves = subject.model.config.n_embd * 27
    assert np.array_equal(longer.x[:leaves], emma_map.layout.x[:leaves])
    assert longer.width > emma_map.layout.width


@given(st.floats(0, 0.999), st.floats(0, 0.999), st.data())
def test_the_node_at_a_point_is_the_one_whose_cell_holds_it(
    emma_map: Map, right: float, down: float, data: st.DataObject
) -> None:
    layout = emma_map.layout
    node = data.draw(st.integers(0, emma_map.trace.nodes - 1))
    assert layout.node_at(float(layout.x[node]) + right, float(layout.y[node]) + down) == node


def test_there_is_no_node_in_an_empty_cell(emma_map: Map) -> None:
    layout = emma_map.layout
    y, x = (int(i[0]) for i in np.nonzero(layout.grid < 0))
    assert layout.node_at(x + 0.5, y + 0.5) is None


def test_there_is_no_node_outside_of_the_map(emma_map: Map) -> None:
    layout = emma_map.layout
    x, y = float(layout.x[0]), float(layout.y[0])
    for point in (
        (-0.5, y), (x, -0.5), (layout.width, y), (x, layout.height), (x - layout.width, y),
        (math.inf, y), (x, -math.inf), (math.nan, y),
    ):  # fmt: skip
        assert layout.node_at(*point) is None


def chain_with_side_results() -> Trace:
    """A recurrence, one statement, of which each step also has a result that is not used."""

    def function() -> Scalar:
        state, output = Scalar(1.0), None
        for _ in range(5):
            state, output = state + state, state.tanh()
        assert output is not None
        return state

    recording = record(function, Scalar)
    recording.result.backward()
    return build_trace(recording, recording.result, {})


def test_a_recurrence_with_results_on_the_side_is_laid_out() -> None:
    found = made(chain_with_side_results())
    assert np.count_nonzero(found.layout.grid >= 0) == found.trace.nodes


def test_the_innermost_scope_that_fills_a_part_is_found(model_map: Map) -> None:
    layout = model_map.layout
    for scope in np.flatnonzero(layout.framed)[1::7].tolist():
        left, top, width, height = map(float, layout.box[scope])
        assert layout.filling_scope((left, top), (left + width, top + height), 1.0) == scope
        beside = (left, top), (left + 2 * width, top + height)
        assert layout.filling_scope(*beside, 0.6) != scope
    assert layout.filling_scope((-20.0, 0.0), (-10.0, 10.0), 0.4) == 0
