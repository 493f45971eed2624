"""``b = a + a; c = b + b``: the smallest graph in which the order of backward matters.

Both orders are really run, on `Value` objects, and every addition is written down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from explorer.debug import numbers
from microgpt import Value
from microgpt.value import topological_order

DATA = 3.0


@dataclass(frozen=True)
class ToyStep:
    """One ``child.grad += local_grad * consumer.grad``.

    Attributes
    ----------
    consumer, child : str
    edge : int
        0 or 1: which of the two edges between them.
    local_grad, consumer_grad : float
    before, after : float
        The child's gradient.
    note : str
        What happens here, in a sentence.
    """

    consumer: str
    child: str
    edge: int
    local_grad: float
    consumer_grad: float
    before: float
    after: float
    note: str


@dataclass(frozen=True)
class ToyRun:
    """One backward pass over the toy.

    Attributes
    ----------
    data : dict of str to float
        Of each node.
    steps : tuple of ToyStep
    grads : tuple of dict of str to float
        The gradients before the first step, and after each one.
    """

    data: dict[str, float]
    steps: tuple[ToyStep, ...]
    grads: tuple[dict[str, float], ...]


def right_order(root: Value) -> Iterator[tuple[Value, Value, float]]:
    """Yield consumer, child and local gradient of each addition as backward() does them."""
    for node in reversed(topological_order(root)):
        for child, local_grad in zip(node._children, node._local_grads, strict=True):
            yield node, child, local_grad


def eager_order(root: Value) -> Iterator[tuple[Value, Value, float]]:
    """Yield them as they come if each node passes on as soon as it has received anything."""
    seen = {root}
    stack = [(root, iter(zip(root._children, root._local_grads, strict=True)))]
    while stack:
        node, edges = stack[-1]
        edge = next(edges, None)
        if edge is None:
            stack.pop()
            continue
        child, local_grad = edge
        yield node, child, local_grad
        if child not in seen:
            seen.add(child)
            stack.append((child, iter(zip(child._children, child._local_grads, strict=True))))


def run_toy(order: Callable[[Value], Iterator[tuple[Value, Value, float]]]) -> ToyRun:
    """Compute ``b = a + a; c = b + b`` and its gradients in an order.

    Parameters
    ----------
    order : callable
        `right_order` or `eager_order`.
    """
    a = Value(DATA)
    b = a + a
    c = b + b
    values = {"a": a, "b": b, "c": c}
    names = {value: name for name, value in values.items()}
    missing = {a: 2, b: 2, c: 0}  # contributions
    passed_on: dict[Value, float] = {}
    c.grad = 1
    grads, steps = [_grads(values)], []
    for node, child, local_grad in order(c):
        before = child.grad
        child.grad += local_grad * node.grad
        passed_on[node] = node.grad
        missing[child] -= 1
        consumer, name = names[node], names[child]
        note = f"{consumer} passes on {numbers.short(node.grad)}"
        if missing[node]:
            note += " now, although its second contribution is still missing."
        elif child in passed_on:
            given = numbers.short(passed_on[child])
            note += f", too late: {name} has already passed on {given}."
        elif missing[child]:
            note += f": the first of the two contributions to {name}."
        else:
            note += f": now both contributions to {name} are in."
        steps.append(
            ToyStep(
                consumer=consumer,
                child=name,
                edge=1 - missing[child],
                local_grad=local_grad,
                consumer_grad=node.grad,
                before=before,
                after=child.grad,
                note=note,
            )
        )
        grads.append(_grads(values))
    return ToyRun({name: value.data for name, value in values.items()}, tuple(steps), tuple(grads))


def _grads(values: dict[str, Value]) -> dict[str, float]:
    return {name: value.grad for name, value in values.items()}
