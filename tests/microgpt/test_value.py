"""`Value`: every operation, the order of backward(), and what it leaves behind."""

from __future__ import annotations

import gc
import math
import operator
import weakref
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microgpt.value import Value, topological_order

POSITIVE = st.floats(0.1, 5)
NOT_ZERO = st.one_of(POSITIVE, st.floats(-5, -0.1))

UNARY: dict[str, tuple[Callable[[Value], Value], Callable[[float], float], st.SearchStrategy]] = {
    "-x": (lambda x: -x, lambda x: -x, NOT_ZERO),
    "x + 3": (lambda x: x + 3, lambda x: x + 3, NOT_ZERO),
    "3 + x": (lambda x: 3 + x, lambda x: x + 3, NOT_ZERO),
    "x - 3": (lambda x: x - 3, lambda x: x + -3, NOT_ZERO),
    "3 - x": (lambda x: 3 - x, lambda x: -x + 3, NOT_ZERO),
    "x * 3": (lambda x: x * 3, lambda x: x * 3, NOT_ZERO),
    "3 * x": (lambda x: 3 * x, lambda x: x * 3, NOT_ZERO),
    "x / 3": (lambda x: x / 3, lambda x: x * 3**-1, NOT_ZERO),
    "3 / x": (lambda x: 3 / x, lambda x: x**-1 * 3, NOT_ZERO),
    "x ** 2": (lambda x: x**2, lambda x: x**2, NOT_ZERO),
    "x ** 3": (lambda x: x**3, lambda x: x**3, NOT_ZERO),
    "x ** -1": (lambda x: x**-1, lambda x: x**-1, NOT_ZERO),
    "x ** 0.5": (lambda x: x**0.5, lambda x: x**0.5, POSITIVE),
    "x ** -0.5": (lambda x: x**-0.5, lambda x: x**-0.5, POSITIVE),
    "log": (Value.log, math.log, POSITIVE),
    "exp": (Value.exp, math.exp, NOT_ZERO),
    "relu": (Value.relu, lambda x: max(0.0, x), NOT_ZERO),
    "sum of ints and x": (lambda x: sum([x, x, x]), lambda x: x + x + x, NOT_ZERO),
}
BINARY: dict[str, tuple[Callable, Callable[[float, float], float]]] = {
    "x + y": (operator.add, operator.add),
    "x - y": (operator.sub, lambda x, y: x + y * -1),
    "x * y": (operator.mul, operator.mul),
    "x / y": (operator.truediv, lambda x, y: x * y**-1),
}


def central_difference(function: Callable[[float], float], x: float) -> float:
    h = 1e-5
    return (function(x + h) - function(x - h)) / (2 * h)


def close(gradient: float, difference: float) -> bool:
    return math.isclose(gradient, difference, rel_tol=1e-5, abs_tol=1e-7)


@pytest.mark.parametrize("name", UNARY)
@given(data=st.data())
def test_operation_on_one_value(name: str, data: st.DataObject) -> None:
    on_value, on_float, domain = UNARY[name]
    x = Value(data.draw(domain))
    result = on_value(x)
    result.backward()
    assert result.data == on_float(x.data)
    assert close(x.grad, central_difference(lambda number: on_value(Value(number)).data, x.data))


@pytest.mark.parametrize("name", BINARY)
@given(x=NOT_ZERO, y=NOT_ZERO)
def test_operation_on_two_values(name: str, x: float, y: float) -> None:
    on_value, on_float = BINARY[name]
    a, b = Value(x), Value(y)
    result = on_value(a, b)
    result.backward()
    assert result.data == on_float(x, y)
    assert close(a.grad, central_difference(lambda n: on_value(Value(n), Value(y)).data, x))
    assert close(b.grad, central_difference(lambda n: on_value(Value(x), Value(n)).data, y))


@given(x=POSITIVE, y=POSITIVE, z=NOT_ZERO)
def test_gradients_through_an_expression_of_all_operations(x: float, y: float, z: float) -> None:
    def expression(a: Value, b: Value, c: Value) -> Value:
        inner = (a * b + 1).log() - c / b
        return (inner * inner + 0.5) ** -0.5 + (c - a).relu() * 2 + (1 - b).exp() / (3 + a) - c

    if abs(z - x) < 0.01:  # the corner of relu has no derivative
        return
    at = [x, y, z]
    values = [Value(number) for number in at]
    expression(*values).backward()
    for i, value in enumerate(values):

        def along(number: float, i: int = i) -> float:
            return expression(*(Value(n) for n in [*at[:i], number, *at[i + 1 :]])).data

        difference = central_difference(along, at[i])
        assert math.isclose(value.grad, difference, rel_tol=1e-4, abs_tol=1e-5)


def test_relu_passes_no_gradient_at_zero_and_below() -> None:
    for number in (0.0, -0.0, -3.0):
        x = Value(number)
        result = x.relu()
        result.backward()
        assert (result.data, x.grad) == (0, 0.0)


def test_product_plus_factor_has_the_gradients_of_the_lecture() -> None:
    a, b = Value(2.0), Value(3.0)
    loss = a * b + a
    loss.backward()
    assert (loss.data, a.grad, b.grad) == (8.0, 4.0, 2.0)


def test_square_as_a_product_has_two_edges_to_one_child() -> None:
    x = Value(3.0)
    square = x * x
    square.backward()
    assert square._children == (x, x)
    assert x.grad == 6.0


def test_shared_node_accumulates_the_gradients_of_all_its_consumers() -> None:
    x = Value(2.0)
    shared = x * 5
    loss = shared * 3 + shared * 4 + shared
    loss.backward()
    assert shared.grad == 8.0
    assert x.grad == 40.0


def test_gradients_of_parameters_accumulate_over_two_backward_passes() -> None:
    x = Value(2.0)
    (x * 3).backward()
    (x * 4).backward()
    assert x.grad == 7.0


def test_root_has_gradient_one() -> None:
    root = Value(2.0)
    root.backward()
    assert root.grad == 1


@pytest.mark.parametrize("operation", [Value.log, lambda x: x**-1, lambda x: 1 / x])
def test_operation_without_a_result_raises(operation: Callable[[Value], Value]) -> None:
    with pytest.raises((ValueError, ZeroDivisionError)):
        operation(Value(0.0))


def test_exponential_of_a_large_number_raises() -> None:
    with pytest.raises(OverflowError):
        Value(1000.0).exp()


def published_order(root: Value) -> list[Value]:
    order, visited = [], set()

    def build(node: Value) -> None:
        if node not in visited:
            visited.add(node)
            for child in node._children:
                build(child)
            order.append(node)

    build(root)
    return order


def published_gradients(root: Value) -> list[float]:
    order = published_order(root)
    grad = {id(node): 0.0 for node in order}
    grad[id(root)] = 1
    for node in reversed(order):
        for child, local_grad in zip(node._children, node._local_grads, strict=True):
            grad[id(child)] += local_grad * grad[id(node)]
    return [grad[id(node)] for node in order]


@st.composite
def graphs(draw: st.DrawFn) -> Value:
    """A node over a random graph; each node has up to three children, some of them twice."""
    nodes = [Value(0.0)]
    for _ in range(draw(st.integers(0, 40))):
        children = tuple(draw(st.lists(st.sampled_from(nodes), max_size=3)))
        slopes = tuple(draw(st.floats(-3, 3, width=32)) / 3 for _ in children)
        nodes.append(Value(0.0, children, slopes))
    return nodes[-1]


@given(graphs())
def test_topological_order_is_that_of_the_published_recursion(root: Value) -> None:
    expected = published_order(root)
    assert [id(node) for node in topological_order(root)] == [id(node) for node in expected]


@given(graphs())
def test_gradients_have_the_bits_of_the_published_backward(root: Value) -> None:
    order = published_order(root)
    expected = published_gradients(root)
    root.backward()
    assert [node.grad for node in order] == expected


def test_chain_of_50000_nodes_is_differentiated_and_freed() -> None:
    x = node = Value(1.0)
    for _ in range(50_000):
        node = node * 1.0001
    node.backward()
    assert len(topological_order(node)) == 100_001
    assert math.isclose(x.grad, 1.0001**50_000, rel_tol=1e-9)
    del node


class Watched(Value):
    """A Value that can be watched dying."""

    __slots__ = ("__weakref__",)


def test_graph_dies_by_reference_counts_alone() -> None:
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        x = Value(0.5)
        inner = Watched(0.25, (x, x), (0.5, 0.5))
        loss = (inner * 3 + x).exp() / inner
        loss.backward()
        watched = weakref.ref(inner)
        del inner, loss
        assert watched() is None
    finally:
        if was_enabled:
            gc.enable()


def test_repr_shows_data_and_gradient() -> None:
    x = Value(2.5)
    assert repr(x) == "Value(data=2.5, grad=0)"
    (x * 2).backward()
    assert repr(x) == "Value(data=2.5, grad=2)"
