"""Formulas that are typed: what is arithmetic is read, and all else refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.trace.expression import LONGEST, ExpressionError, parse_formula


def test_operations_come_in_the_order_of_python() -> None:
    formula = parse_formula("c = a*b\nL = c/2 - exp(-a)**3", ["a", "b"])
    assert [(o.operator, o.operands, o.line, o.text) for o in formula.operations] == [
        ("*", ("a", "b"), 1, "c"),
        ("/", ("#0", 2), 2, "c/2"),
        ("negative", ("a",), 2, "-a"),
        ("exp", ("#2",), 2, "exp(-a)"),
        ("**", ("#3", 3), 2, "exp(-a)**3"),
        ("-", ("#1", "#4"), 2, "L"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "computes something"),
        ("L = a +", "not a complete formula"),
        ("L = a*b + a\x00", "not a complete formula"),
        ("a*b", "a name, = and a formula"),
        ("L: int = a", "a name, = and a formula"),
        ("L = x = a*a", "a name, = and a formula"),
        ("import os", "a name, = and a formula"),
        ("L += a", "a name, = and a formula"),
        ("L = a", "should be computed"),
        ("L = 3", "should be computed"),
        ("L = 2*3", "write the result itself"),
        ("L = exp(2)", "write the result itself"),
        ("L = 2**a", "An exponent"),
        ("L = a**b", "An exponent"),
        ("L = c*a", "“c” has no number"),
        ("a = b*b", "has a meaning already"),
        ("exp = b*b", "has a meaning already"),
        ("L = a*a\nL = b*b", "has a meaning already"),
        ("L = a*a\nK = b*b\nM = L", "computes something"),
        ("λ = a*a", "can't be the name"),
        ("L = a*1e300", "too large"),
        ("L = a*True", "made of names"),
        ("L = a*'x'", "made of names"),
        ("L = a if b else a", "made of names"),
        ("L = a.data", "made of names"),
        ("L = __import__('os')", "made of names"),
        ("L = exp(a, b)", "made of names"),
        ("L = (lambda: a)()", "made of names"),
        ("L = [a][0]", "made of names"),
        ("L = a @ b", "made of names"),
        ("L = (c := a)*a", "made of names"),
        ("L = " + "-" * 200 + "a", "nested too deep"),
        ("L = a" + "+a" * LONGEST, "at most"),
    ],
)
def test_all_else_is_refused(text: str, words: str) -> None:
    with pytest.raises(ExpressionError, match=words.replace("*", r"\*")):
        parse_formula(text, ["a", "b"])


@pytest.mark.parametrize("name", ["", "1a", "a b", "exp", "é", "a.b", "#1"])
def test_leaves_have_plain_names(name: str) -> None:
    with pytest.raises(ExpressionError, match="can't be the name"):
        parse_formula("L = a*a", ["a", name])


@given(st.text(max_size=60) | st.text("ab+-*/()=L \n0.19e", max_size=60))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    try:
        formula = parse_formula(text, ["a", "b"])
    except ExpressionError as error:
        complaint = str(error)
    else:
        complaint = "." if formula.operations else ""
    assert complaint.endswith(".")
