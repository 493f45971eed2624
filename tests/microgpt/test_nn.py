"""The building blocks, against formulas on plain numbers."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from microgpt import nn
from microgpt.value import Value

NUMBERS = st.lists(st.floats(-20, 20), min_size=1, max_size=12)


def values(numbers: list[float]) -> list[Value]:
    return [Value(number) for number in numbers]


def data(vector: list[Value]) -> list[float]:
    return [value.data for value in vector]


@given(NUMBERS)
def test_softmax_is_exponentials_over_their_sum(logits: list[float]) -> None:
    exps = [math.exp(logit - max(logits)) for logit in logits]
    probabilities = data(nn.softmax(values(logits)))
    total = 0.0
    for e in exps:
        total += e
    assert probabilities == [e * total**-1 for e in exps]
    assert abs(math.fsum(probabilities) - 1) <= len(logits) * 2**-52


def test_softmax_of_large_logits_does_not_overflow() -> None:
    assert data(nn.softmax(values([1000.0, 1000.0, -1000.0]))) == [0.5, 0.5, 0.0]


@given(NUMBERS)
def test_rmsnorm_divides_by_the_root_of_the_mean_square(x: list[float]) -> None:
    total = 0.0
    for xi in x:
        total += xi * xi
    scale = (total * len(x) ** -1 + 1e-5) ** -0.5
    assert data(nn.rmsnorm(values(x))) == [xi * scale for xi in x]


def test_rmsnorm_of_zeros_is_zeros() -> None:
    assert data(nn.rmsnorm(values([0.0, 0.0]))) == [0.0, 0.0]


def test_linear_has_one_output_a_row() -> None:
    weights = [values([1.0, 2.0]), values([3.0, 4.0]), values([5.0, 6.0])]
    assert data(nn.linear(values([10.0, 1.0]), weights)) == [12.0, 34.0, 56.0]


def test_product_puts_the_weight_first() -> None:
    weights, x = values([2.0]), values([3.0])
    total = nn.linear(x, [weights])[0]
    product = total._children[0]
    assert product._children == (weights[0], x[0])


def test_dot_adds_from_left_to_right() -> None:
    assert nn.dot(values([1e16, 1.0, -1e16]), values([1.0, 1.0, 1.0])).data == 0.0
    assert nn.dot(values([1e16, -1e16, 1.0]), values([1.0, 1.0, 1.0])).data == 1.0


def test_cross_entropy_is_minus_log_of_the_target() -> None:
    loss = nn.cross_entropy(values([0.25, 0.75]), 1)
    assert loss.data == -math.log(0.75)


def test_cross_entropy_after_softmax_pulls_towards_the_target() -> None:
    logits = values([0.5, -1.0, 2.0])
    probabilities = nn.softmax(logits)
    nn.cross_entropy(probabilities, 1).backward()
    for i, (logit, probability) in enumerate(zip(logits, probabilities, strict=True)):
        assert math.isclose(logit.grad, probability.data - (i == 1), abs_tol=1e-12)


def test_mean_is_one_over_count_times_sum() -> None:
    assert nn.mean(values([1.0, 2.0, 4.0])).data == (1 / 3) * 7.0


def test_residual_adds_element_by_element() -> None:
    assert data(nn.residual(values([1.0, 2.0]), values([10.0, 20.0]))) == [11.0, 22.0]
