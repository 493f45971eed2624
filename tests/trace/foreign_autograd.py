"""A small scalar autograd that is not ours, and functions of every shape that use it.

The recorder is tested on it. Its lines are looked up by the marks in the comments.
"""

import math
from itertools import pairwise


class Scalar:
    def __init__(self, data, _children=(), _local_grads=()):
        self.data = data
        self.grad = 0
        self._children = _children
        self._local_grads = _local_grads

    def __add__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other):
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data * other.data, (self, other), (other.data, self.data))

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def tanh(self):
        t = math.tanh(self.data)
        return Scalar(t, (self,), (1 - t * t,))

    def exp(self):
        e = math.exp(self.data)
        return Scalar(e, (self,), (e,))

    def log(self):
        return Scalar(math.log(self.data), (self,), (1 / self.data,))

    def __pow__(self, exponent):
        slope = exponent * self.data ** (exponent - 1)
        return Scalar(self.data**exponent, (self,), (slope,))

    def __truediv__(self, other):
        return self * other**-1

    def ratio(self, other):
        return Scalar(self.data / other.data, (self, other), (1 / other.data, 0))

    def logs(self, *others):
        return [math.log(number.data) for number in (self, *others)]

    def squared(self):
        return self * self

    def shifted(self, by):
        return self + by

    @property
    def doubled(self):
        return self + self

    @classmethod
    def one(cls):
        return cls(1.0)

    def cubed(self):
        factors = [self for _ in range(2)]
        return sum(factor * self for factor in factors[:1]) * self

    def backward(self):
        order, visited = [], set()

        def build(node):
            if node not in visited:
                visited.add(node)
                for child in node._children:
                    build(child)
                order.append(node)

        build(self)
        self.grad = 1
        for node in reversed(order):
            for child, local in zip(node._children, node._local_grads):  # noqa: B905
                child.grad += local * node.grad


def plus_one(x):
    return x + 1


def scaled(x, by):
    product = x * by
    return product.tanh()


def in_a_list(numbers):
    return [number * 2 for number in numbers]  # list


def in_a_generator_expression(numbers):
    return sum(number * number for number in numbers)  # genexpr


def nested_comprehensions(rows):
    return [[plus_one(cell) for cell in row] for row in rows]


def neighbours(numbers):
    for left, right in pairwise(numbers):
        pair = left + right  # yield
        yield scaled(pair, 3)


def from_a_generator(numbers):
    out = []
    for pair_sum in neighbours(numbers):
        out.append(plus_one(pair_sum))
    return out


def power(x, n):
    if n == 0:
        return Scalar.one()
    return x * power(x, n - 1)  # recursion


def rounds(x, n):
    for _ in range(n):
        x = plus_one(plus_one(x))  # twice
    return x


def by_name(x):
    first = scaled(x, 2)
    second = scaled(first, 3)
    return second - first


def with_inner_function(x):
    def inner(y):
        return y.squared() + x  # inner

    return inner(inner(x))


def with_lambda(x):
    twice = lambda y: y.doubled  # noqa: E731
    return twice(twice(x))


def chained(x):
    return (
        x.shifted(1)  # chain 1
        .squared()  # chain 2
        .tanh()  # chain 3
    )


def while_large(x):
    rounds_left = 2
    while rounds_left:
        x = plus_one(x)
        rounds_left -= 1
    return x


def everything(x, y):
    numbers = [x, y, x.doubled]
    listed = in_a_list(numbers)
    total = in_a_generator_expression(listed)
    (cells,) = nested_comprehensions([[x, y]])
    pairs = from_a_generator([*listed, *cells])
    raised = power(total, 3)
    looped = rounds(raised, 2)
    named = by_name(looped)
    inner = with_inner_function(named)
    anonymous = with_lambda(inner)
    chain = chained(anonymous)
    dropped = while_large(chain)  # noqa: F841
    cube = chain.cubed()
    return sum([cube, *pairs])
