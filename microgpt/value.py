"""Scalar automatic differentiation: a number that remembers how it was made."""

from __future__ import annotations

import math


class Value:
    """One scalar of the computation, a node of the graph.

    Parameters
    ----------
    data : float
        The number.
    children : tuple of Value
        The inputs that it was made from; empty for parameters and constants.
    local_grads : tuple of float
        d(self)/d(child) for each child, known as soon as the node is made.

    Attributes
    ----------
    grad : float
        d(loss)/d(self), filled in by `backward` of the loss.
    """

    __slots__ = ("_children", "_local_grads", "data", "grad")

    def __init__(
        self,
        data: float,
        children: tuple[Value, ...] = (),
        local_grads: tuple[float, ...] = (),
    ) -> None:
        self.data = data
        self.grad: float = 0
        self._children = children
        self._local_grads = local_grads

    def __add__(self, other: Value | float) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other: Value | float) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, exponent: float) -> Value:
        return Value(self.data**exponent, (self,), (exponent * self.data ** (exponent - 1),))

    def log(self) -> Value:
        """Natural logarithm; the local gradient is 1/x."""
        return Value(math.log(self.data), (self,), (1 / self.data,))

    def exp(self) -> Value:
        """Exponential function, its own derivative."""
        return Value(math.exp(self.data), (self,), (math.exp(self.data),))

    def relu(self) -> Value:
        """Rectified linear unit: x where x > 0, else 0; the local gradient is 1 or 0."""
        return Value(max(0, self.data), (self,), (float(self.data > 0),))

    def __neg__(self) -> Value:
        return self * -1

    def __radd__(self, other: float) -> Value:
        return self + other

    def __sub__(self, other: Value | float) -> Value:
        return self + (-other)

    def __rsub__(self, other: float) -> Value:
        return other + (-self)

    def __rmul__(self, other: float) -> Value:
        return self * other

    def __truediv__(self, other: Value | float) -> Value:
        return self * other**-1

    def __rtruediv__(self, other: float) -> Value:
        return other * self**-1

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"

    def backward(self) -> None:
        """Add d(self)/d(node) to the `grad` of every node that `self` was made from.

        The chain rule, node by node: every consumer of a node comes before the node itself,
        so that its gradient is complete when it is passed on.
        """
        self.grad = 1
        for node in reversed(topological_order(self)):
            for child, local_grad in zip(node._children, node._local_grads):
                child.grad += local_grad * node.grad


def topological_order(root: Value) -> list[Value]:
    """Return all nodes that `root` depends on, each after its children, `root` last.

    Depth first, children from left to right. A stack of its own, not Python's: deep models
    overflow that one, and a recursive inner function would hold on to the graph.
    """
    order = []
    visited = {root}
    stack = [(root, iter(root._children))]
    while stack:
        node, children = stack[-1]
        for child in children:
            if child not in visited:
                visited.add(child)
                stack.append((child, iter(child._children)))
                break
        else:
            order.append(node)
            stack.pop()
    return order
