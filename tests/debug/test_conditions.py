"""Conditions: what holds, event by event against a literal account; and what is refused where."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.conditions import (
    DEEPEST,
    FUNCTIONS,
    LONGEST,
    NUMBERS,
    WORDS,
    Condition,
    ConditionError,
    parse_condition,
)
from explorer.debug.events import PHASES

F = np.float64
ORACLE = {
    "F": F,
    "isnan": np.isnan,
    "isinf": np.isinf,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "min": np.minimum,
    "max": np.maximum,
}


@pytest.fixture(params=["small", "whole"])
def account(request: pytest.FixtureRequest):
    return request.getfixturevalue(request.param)


def test_every_column_is_the_literal_one_at_every_event(account) -> None:
    assert len(account.events) == len(account.literal)
    for name in NUMBERS:
        column = np.asarray(account.events.column(name), np.float64)
        expected = np.array([event[name] for event in account.literal])
        assert column.tobytes() == expected.tobytes(), name
    for name in WORDS:
        assert account.events.column(name).text().tolist() == [e[name] for e in account.literal]


class Piece(NamedTuple):
    """A piece of a condition as it is typed, and as Python's own evaluation has it."""

    text: str
    oracle: str


def joined(form: str, *pieces: Piece) -> Piece:
    return Piece(
        form.format(*(piece.text for piece in pieces)),
        form.format(*(piece.oracle for piece in pieces)),
    )


constants = st.one_of(
    st.sampled_from([0.0, 1.0, 2.0, 0.1, -1.0, 1e-3, 40.0, 1e300]),
    st.integers(0, 20_000).map(float),
    st.floats(-3, 3),
).map(lambda number: Piece(repr(number), f"F({number!r})"))
names = st.sampled_from(list(NUMBERS)).map(lambda name: Piece(name, name))


def larger_numbers(inner: st.SearchStrategy[Piece]) -> st.SearchStrategy[Piece]:
    signs = st.sampled_from(["+", "-", "*", "/", "//", "%", "**"])
    return st.one_of(
        st.builds(lambda sign, a, b: joined(f"({{}} {sign} {{}})", a, b), signs, inner, inner),
        st.builds(lambda a: joined("(-{})", a), inner),
        st.builds(lambda a: joined("(+{})", a), inner),
        st.builds(
            lambda name, a: joined(f"{name}({{}})", a),
            st.sampled_from(["abs", "sqrt", "exp", "log"]),
            inner,
        ),
        st.builds(
            lambda name, a, b: joined(f"{name}({{}}, {{}})", a, b),
            st.sampled_from(["min", "max"]),
            inner,
            inner,
        ),
    )


numbers_ = st.recursive(st.one_of(names, names, constants), larger_numbers, max_leaves=5)
words = st.one_of(
    st.sampled_from(list(WORDS)).map(lambda name: Piece(name, name)),
    st.sampled_from(["mul", "add", "tanh", "relu", "parameter", "softmax", "backward", "x", ""])
    .map(repr)
    .map(lambda text: Piece(text, text)),
)
compared = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
comparisons = st.one_of(
    st.builds(lambda a, sign, b: joined(f"{{}} {sign} {{}}", a, b), numbers_, compared, numbers_),
    st.builds(
        lambda a, one, b, other, c: joined(f"{{}} {one} {{}} {other} {{}}", a, b, c),
        numbers_, compared, numbers_, compared, numbers_,
    ),
    st.builds(
        lambda a, sign, b: joined(f"{{}} {sign} {{}}", a, b),
        words, st.sampled_from(["==", "!="]), words,
    ),
    st.builds(
        lambda name, a: joined(f"{name}({{}})", a), st.sampled_from(["isnan", "isinf"]), numbers_
    ),
    st.sampled_from(["True", "False"]).map(lambda text: Piece(text, text)),
)  # fmt: skip


def larger_truths(inner: st.SearchStrategy[Piece]) -> st.SearchStrategy[Piece]:
    return st.one_of(
        st.builds(
            lambda sign, a, b: joined(f"({{}} {sign} {{}})", a, b),
            st.sampled_from(["and", "or"]),
            inner,
            inner,
        ),
        st.builds(lambda a, b: joined("({}) == ({})", a, b), inner, inner),
        st.builds(lambda a: joined("(not {})", a), inner),
    )


conditions = st.recursive(comparisons, larger_truths, max_leaves=4).filter(
    lambda piece: len(piece.text) <= LONGEST
)


def oracle(piece: Piece, event: dict[str, Any]) -> bool:
    with np.errstate(all="ignore"):
        return bool(eval(piece.oracle, {**ORACLE, "abs": np.abs}, event))


@given(piece=conditions)
def test_a_condition_holds_where_python_says_so(small, whole, piece: Piece) -> None:
    condition = parse_condition(piece.text)
    for account in (small, whole):
        holds = condition.holds(account.events)
        assert holds.shape == (len(account.literal),)
        assert holds.dtype == bool
        expected = [oracle(piece, account.literal[at]) for at in account.looked_at]
        assert holds[account.looked_at].tolist() == expected, piece.text


@pytest.mark.parametrize(
    "text",
    [
        "node * node * node == node ** 3",  # larger than 32 bits
        "fan_out > 0 or isnan(node % fan_out) and isinf(node // fan_out)",
        "node / 0 > 1e300 or node == 0",
        "isnan(node % 0)",
        "isinf(1 / 0) and isnan(0 / 0) and isinf(log(0)) and isnan(sqrt(-1))",
        "min(node, event) <= max(node, event)",
        "phase == 'forward' or phase == 'backward' or phase == 'update'",
        "op == op and function == function and not op != op",
        '"a" == "a"',
        "'a' 'b' == 'ab'",
        "(data > 0) == (data > 0)",
        "0x10 == 1_6 == 16",
        "True",
        "not False",
        "  data == data  ",
        "data ==\ndata",
    ],
)
def test_what_holds_always(whole, text: str) -> None:
    assert parse_condition(text).holds(whole.events).all()


@pytest.mark.parametrize("text", ["False", "1 == 2", "data != data", "op == 'nothing'"])
def test_what_never_holds(whole, text: str) -> None:
    assert not parse_condition(text).holds(whole.events).any()


def test_phases_are_words_of_their_own(whole) -> None:
    timeline = whole.events.timeline
    counts = [parse_condition(f"phase == '{p}'").holds(whole.events).sum() for p in PHASES]
    assert counts == [
        timeline.forward_end,
        timeline.backward_end - timeline.forward_end,
        timeline.end - timeline.backward_end,
    ]


REFUSED = [
    # text, what is pointed at, what the sentence says
    ("", "", "Type a condition"),
    ("   ", "   ", "Type a condition"),
    ("data", "data", "compares something"),
    ("1", "1", "compares something"),
    ("op", "op", "compares something"),
    ("'mul'", "'mul'", "compares something"),
    ("grad > 0 and data", "data", "should be true or false, not a number"),
    ("not data", "data", "should be true or false"),
    ("data + (grad > 0) > 1", "grad > 0", "should be a number, not true or false"),
    ("-op == 1", "op", "should be a number, not a word"),
    ("data > 0 > 'a'", "'a'", "A number can't be compared with a word"),
    ("op == 1", "1", "A word can't be compared with a number"),
    ("op < 'mul'", "op < 'mul'", "Words are only compared with == and !="),
    (
        "(data > 0) < (grad > 0)",
        "(data > 0) < (grad > 0)",
        "Things that are true or false are only",
    ),
    ("data is 1", "data is 1", "Compare with"),
    ("op in 'mul'", "op in 'mul'", "Compare with"),
    ("op not in ('a',)", "op not in ('a',)", "Compare with"),
    ("grads > 0", "grads", "“grads” is not known here"),
    ("grad.real > 0", "grad.real", "can't stand"),
    ("().__class__ == 1", "().__class__", "can't stand"),
    ("data[0] > 0", "data[0]", "can't stand"),
    ("(lambda: 1)() > 0", "(lambda: 1)()", "can't stand"),
    ("(x := 3) > 0", "x := 3", "can't stand"),
    ("[x for x in data] == 1", "[x for x in data]", "can't stand"),
    ("{1} == {1}", "{1}", "can't stand"),
    ("(1, 2) == (1, 2)", "(1, 2)", "can't stand"),
    ("any(data > 0 for x in op)", "any(data > 0 for x in op)", "There is no “any”"),
    ("open('x') == 1", "open('x')", "There is no “open”"),
    ("__import__('os') == 1", "__import__('os')", "There is no “__import__”"),
    ("abs(x=1) > 0", "abs(x=1)", "can't stand"),
    ("abs(*data) > 0", "*data", "can't stand"),
    ("min(1, 2, **data) > 0", "min(1, 2, **data)", "can't stand"),
    ("abs() > 0", "abs()", "abs() takes one number"),
    ("max(1) > 0", "max(1)", "max() takes 2 numbers"),
    ("abs.real(1) > 0", "abs.real(1)", "can't stand"),
    ("abs > 0", "abs", "not known here"),
    ("abs(op) > 0", "op", "should be a number, not a word"),
    ("isnan(data > 0)", "data > 0", "should be a number"),
    ("f'{data}' == op", "f'{data}'", "can't stand"),
    ("b'mul' == op", "b'mul'", "can't stand"),
    ("None == 1", "None", "can't stand"),
    ("... == 1", "...", "can't stand"),
    ("data > 1j", "1j", "can't stand"),
    ("data if grad > 0 else 1", "data if grad > 0 else 1", "can't stand"),
    ("data @ data > 0", "data @ data", "can't stand"),
    ("node << 1 > 0", "node << 1", "can't stand"),
    ("node & 1 == 0", "node & 1 == 0", ""),
    ("~node > 0", "~node", "can't stand"),
    ("data > 1e301", "1e301", "too large"),
    ("data > 1e999", "1e999", "too large"),
    ("data > " + "9" * 350, "9" * 350, "too large"),
    ("data > 0x" + "f" * 350, "0x" + "f" * 350, "too large"),
    ("é > 0", "é", "“é” is not known here"),
    ("'ééé' == op and 名 > 0", "名", "“名” is not known here"),
    ("'𝄞😀' == op and grade > 0", "grade", "“grade” is not known here"),
    ("   grade > 0", "grade", "“grade” is not known here"),
    ("data >\n grade", "grade", "“grade” is not known here"),
]


@pytest.mark.parametrize(("text", "place", "words_"), REFUSED)
def test_all_else_is_refused_with_the_place_and_a_sentence(
    text: str, place: str, words_: str
) -> None:
    with pytest.raises(ConditionError) as caught:
        parse_condition(text)
    error = caught.value
    assert words_ in str(error)
    if place:
        assert text[error.start : error.stop] == place or text.find("&") > 0
    assert_one_sentence(error)


def read(text: str) -> Condition | None:
    """Return the condition, or None if it is refused as it should be."""
    try:
        return parse_condition(text)
    except ConditionError as error:
        refusal = error
    assert_one_sentence(refusal)
    assert refusal.start <= len(text)
    return None


def assert_one_sentence(error: ConditionError) -> None:
    message = str(error)
    assert message.endswith(".")
    assert message[0].isupper() or message[0] in "“" or message.partition("(")[0] in FUNCTIONS
    assert "\n" not in message
    assert 0 <= error.start < error.stop


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("data >", 6),
        ("data > )", 7),
        ("data >> > 0", 8),
        ("data > 0 0", 9),
        ("data = 0", 5),
        ("data > 0; grad", 8),
        ("'é' == op and data >", 20),
        ("'名名' == op and )", 15),
        ("  data > )", 9),
        ("data > 0 # zero", 9),
        ("data > 0 \\", 9),
        ("data > 3x", 8),
        ("data > $", 7),
        ("op == 'mul", 6),
        ("\0", 0),
        ("data > 0\0", 8),
        ("data > \ud800", 7),
    ],
)
def test_what_python_can_not_read_is_pointed_at(text: str, at: int) -> None:
    with pytest.raises(ConditionError) as caught:
        parse_condition(text)
    assert_one_sentence(caught.value)
    assert abs(caught.value.start - at) <= 1


@pytest.mark.parametrize(
    "text",
    [
        "(" * 150 + "data > 0" + ")" * 150,
        "(" * 199 + "1" + ")" * 199,
        "-" * 390 + "1 > 0",
        "not " * 97 + "True",
        "+".join(["1"] * 190) + " > 0",
        "abs(" * 70 + "data" + ")" * 70 + " > 0",
        "1" + "**1" * 130 + " > 0",
        "[" * 400,
        "-" * 400,
        "(" * 400,
    ],
)
def test_deep_nesting_is_evaluated_or_refused(whole, text: str) -> None:
    assert len(text) <= LONGEST
    condition = read(text)
    if condition is not None:
        condition.holds(whole.events)


def test_a_single_equals_sign_is_a_slip_with_a_sentence_of_its_own() -> None:
    with pytest.raises(ConditionError, match="Compare with ==") as caught:
        parse_condition("op = 'mul'")
    assert (caught.value.start, caught.value.stop) == (3, 4)


def test_a_number_sign_in_a_word_is_no_comment() -> None:
    parse_condition("op != '#' ")
    with pytest.raises(ConditionError, match="no comment") as caught:
        parse_condition("(op != '#é') # grad > 0")
    assert caught.value.start == 13


def test_how_deep_a_condition_may_be_does_not_depend_on_who_asks() -> None:
    good = "-" * (DEEPEST - 2) + "1 > 0"
    bad = "-" * (DEEPEST - 1) + "1 > 0"

    def ask(depth: int) -> None:
        if depth:
            ask(depth - 1)
            return
        parse_condition(good)
        with pytest.raises(ConditionError, match="nested too deep"):
            parse_condition(bad)

    ask(0)
    ask(300)


def test_a_text_that_is_too_long_is_refused_at_its_end() -> None:
    fits = "data > 0" + " " * (LONGEST - 8)
    parse_condition(fits)
    with pytest.raises(ConditionError, match=f"at most {LONGEST} letters") as caught:
        parse_condition(fits + "   ")
    assert (caught.value.start, caught.value.stop) == (LONGEST, LONGEST + 3)
    with pytest.raises(ConditionError):
        parse_condition("a" * 1_000_000)


@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    condition = read(text)
    assert condition is None or condition.text == text


tokens = st.sampled_from(
    [*NUMBERS, *WORDS, *FUNCTIONS, *"()+-*/%<>=!,.:[]{}'\"\\ 0123456789\n", "==", "**", "and",
     "or", "not", "in", "is", "if", "else", "lambda", "for", "1e9", "'mul'", "é", "𝄞", "True",
     "None", "await", "yield", "*", ":="]
)  # fmt: skip


@given(parts=st.lists(tokens, max_size=14), space=st.sampled_from(["", " "]))
def test_any_row_of_tokens_is_evaluated_or_refused(small, parts: list[str], space: str) -> None:
    text = space.join(parts)
    condition = read(text)
    if condition is not None:
        assert condition.holds(small.events).shape == (len(small.literal),)


@pytest.mark.parametrize("text", [r"op == '\d'", "0or data > 0", "1if 1else 1", "(1)(2) > 0"])
def test_python_is_not_heard_to_warn(text: str) -> None:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        read(text)
    assert heard == []
