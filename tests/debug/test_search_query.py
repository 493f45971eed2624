"""The language of the search: what each term means, and what is said of mistakes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.numbers import THIN_SPACE
from explorer.debug.search_query import LARGEST_SHOWN, LONGEST_QUERY, parse
from explorer.debug.search_terms import (
    Column,
    Comparison,
    Kind,
    Largest,
    Named,
    Operation,
    Related,
    Relation,
    SearchError,
    SourceLine,
    Text,
)

DATA, GRAD, NODE, CONTRIBUTION = Column.DATA, Column.GRAD, Column.NODE, Column.CONTRIBUTION


def texts(query: str) -> list[str]:
    return [term.literal for term in parse(query) if isinstance(term, Text)]


@pytest.mark.parametrize("query", ["", "  ", '""', ' "" '])
def test_an_empty_query_has_no_terms(query: str) -> None:
    assert parse(query) == ()


@pytest.mark.parametrize(
    ("query", "comparison"),
    [
        ("data>0.5", Comparison(DATA, False, ">", 0.5)),
        ("data < -1", Comparison(DATA, False, "<", -1.0)),
        ("grad<-0.1", Comparison(GRAD, False, "<", -0.1)),
        ("GRAD >= 1e-3", Comparison(GRAD, False, ">=", 1e-3)),
        ("gradient<=+2", Comparison(GRAD, False, "<=", 2.0)),
        ("abs(grad)>0.1", Comparison(GRAD, True, ">", 0.1)),
        ("abs( grad ) > 0.1", Comparison(GRAD, True, ">", 0.1)),
        ("|grad|>0.1", Comparison(GRAD, True, ">", 0.1)),
        ("|data| != 0", Comparison(DATA, True, "!=", 0.0)),
        ("data=0", Comparison(DATA, False, "=", 0.0)),
        ("data==0", Comparison(DATA, False, "=", 0.0)),
        ("data≤−0.5", Comparison(DATA, False, "<=", -0.5)),
        ("data≥3", Comparison(DATA, False, ">=", 3.0)),
        ("data≠3", Comparison(DATA, False, "!=", 3.0)),
        ("node=20142", Comparison(NODE, False, "=", 20142.0)),
        ("0.5<data", Comparison(DATA, False, ">", 0.5)),
        ("0=grad", Comparison(GRAD, False, "=", 0.0)),
        ("data>−∞", Comparison(DATA, False, ">", -math.inf)),
        ("data<1e309", Comparison(DATA, False, "<", math.inf)),
    ],
)
def test_comparisons(query: str, comparison: Comparison) -> None:
    assert parse(query) == (comparison,)


def test_a_comparison_with_nan() -> None:
    (term,) = parse("data=nan")
    assert isinstance(term, Comparison)
    assert math.isnan(term.number)


def test_a_number_may_stand_between_two() -> None:
    low, high = Comparison(DATA, False, ">=", -1.0), Comparison(DATA, False, "<", 1.0)
    assert parse("-1 <= data < 1") == (low, high)
    high, low = Comparison(GRAD, True, "<", 5.0), Comparison(GRAD, True, ">", 2.0)
    assert parse("5>|grad|>2") == (high, low)


@pytest.mark.parametrize(
    ("query", "term"),
    [
        ("largest gradients", Largest(GRAD, LARGEST_SHOWN)),
        ("Largest Gradient", Largest(GRAD, LARGEST_SHOWN)),
        ("largest data", Largest(DATA, LARGEST_SHOWN)),
        ("largest 7 data", Largest(DATA, 7)),
        ("top:50 grad", Largest(GRAD, 50)),
        ("top 3 grads", Largest(GRAD, 3)),
        ("largest contributions", Largest(CONTRIBUTION, LARGEST_SHOWN)),
        ("top:1 Contribution", Largest(CONTRIBUTION, 1)),
        ("line:33", SourceLine("", 33)),
        ("LINE:nn.py:33", SourceLine("nn.py", 33)),
        ("line:C:/a/nn.py:33", SourceLine("C:/a/nn.py", 33)),
        ("ancestors:20142", Related(Relation.ANCESTORS, ("20142",))),
        ("Descendants:wte[5][3]", Related(Relation.DESCENDANTS, ("wte[5][3]",))),
        ("between:4,9", Related(Relation.BETWEEN, ("4", "9"))),
        ("between:4 , loss", Related(Relation.BETWEEN, ("4", "loss"))),
        (f"path:20{THIN_SPACE}142", Related(Relation.PATH, (f"20{THIN_SPACE}142",))),
        ("path:4,9", Related(Relation.PATH, ("4", "9"))),
        ("dead relu", Named(Kind.DEAD_RELU)),
        ("dead ReLUs", Named(Kind.DEAD_RELU)),
        ("constant", Named(Kind.CONSTANT)),
        ("constants", Named(Kind.CONSTANT)),
        ("unreachable", Named(Kind.UNREACHABLE)),
        ("op:exp", Operation(("exp",))),
        ("OP:Exp,log", Operation(("exp", "log"))),
        ("op:×", Operation(("×",))),
    ],
)
def test_other_terms(query: str, term: object) -> None:
    assert parse(query) == (term,)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("head 2/softmax", ["head 2/softmax"]),
        ("  head   2 / softmax ", ["head   2 / softmax"]),
        ("softmax op:exp head 1", ["softmax", "head 1"]),
        ('"constants"', ["constants"]),
        ('softmax "op:exp"', ["softmax", "op:exp"]),
        ("3 m -> a", ["3 m -> a"]),
        ("constantsx", ["constantsx"]),
        ("dead relusx", ["dead relusx"]),
        ("top floor", ["top floor"]),
        ("softmax|relu", ["softmax|relu"]),
        ("(?<=q/)row", ["(?<=q/)row"]),
        ("data", ["data"]),
        ("line 33", ["line 33"]),
        ("path", ["path"]),
        ('"path:4"', ["path:4"]),
        ("xpath:4", ["xpath:4"]),
    ],
)
def test_all_else_is_text_and_words_that_follow_each_other_are_one(
    query: str, found: list[str]
) -> None:
    assert texts(query) == found


def test_spaces_around_slashes_and_ascii_arrows_do_not_matter() -> None:
    term = parse("3 m -> a / gpt  / embed")[0]
    assert isinstance(term, Text)
    assert term.pattern.search("3 M → A/gpt/embed")


def test_terms_stand_in_any_number_and_keep_their_order() -> None:
    terms = parse("softmax op:exp |grad|>0.1 largest 5 data unreachable -1<data<1")
    kinds = [type(term) for term in terms]
    assert kinds == [Text, Operation, Comparison, Largest, Named, Comparison, Comparison]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("wte[5", "“wte[5”, at letter 4: unterminated character set."),
        ("op:exp  a**", "“a**”, at letter 11: multiple repeat."),
        ('op:exp "(x"', "“(x”, at letter 9: missing ), unterminated subpattern."),
        ("(a+)+", "“(a+)+”, at letter 5: a group in brackets can't be repeated."),
        ("a*b*c*d*e*", "“a*b*c*d*e*”, at letter 10: at most 4 repetitions (* + ? {}) are allowed."),
        ('softmax "q', "The quotation mark at letter 9 is not closed."),
        ("data>", "After “data>” a number is missing."),
        ("data > ", "After “data >” a number is missing."),
        ("data>big", "“big” in “data>big” is not a number."),
        ("data=0,5", "“0,5” in “data=0,5” is not a number."),
        ("0.5.1<data", "“0.5.1” in “0.5.1<data” is not a number."),
        ("size>3", "“size” in “size>3” is neither a number nor data, grad or node."),
        ("|grad>3", "“|grad” in “|grad>3” is neither a number nor data, grad or node."),
        (
            "data<grad",
            "“data<grad” must compare one of data, grad or node with a number, "
            "or stand between two.",
        ),
        (
            "1<2",
            "“1<2” must compare one of data, grad or node with a number, or stand between two.",
        ),
        ("op:exp >3", "Before “>3” data, grad or node is missing, as in “data>0.5”."),
        (
            "largest",
            "After “largest” grad, data or contributions is missing, "
            "as in “largest gradients” or “top:50 data”.",
        ),
        (
            "top:50",
            "After “top:50” grad, data or contributions is missing, "
            "as in “largest gradients” or “top:50 data”.",
        ),
        ("top:0 data", "“top:0 data” asks for none: the number must be at least 1."),
        (
            "contribution>1",
            "“contribution” in “contribution>1” is neither a number nor data, grad or node.",
        ),
        (
            "line:",
            "After “line:” the number of a line is missing, as in “line:33” or “line:nn.py:33”.",
        ),
        (
            "line:nn.py",
            "“nn.py” in “line:nn.py” is not the number of a line, "
            "as in “line:33” or “line:nn.py:33”.",
        ),
        (
            "line:-3",
            "“-3” in “line:-3” is not the number of a line, as in “line:33” or “line:nn.py:33”.",
        ),
        (
            "ancestors:",
            "After “ancestors:” a node is missing, "
            "as in “ancestors:20142” or “ancestors:wte[5][3]”.",
        ),
        (
            "op:exp path: 4",
            "After “path:” a node is missing, as in “path:20142” or “path:wte[5][3]”.",
        ),
        ("between:", "After “between:” a node is missing, as in “between:wte[5][3],20142”."),
        ("between:4", "After “between:4” a second node is missing, as in “between:4,7”."),
        ("between:4,", "After “between:4,” a second node is missing, as in “between:4,7”."),
        ("ancestors:4,5", "“ancestors:4,5” names 2 nodes; “ancestors:” takes one."),
        ("path:4,5, 6", "“path:4,5, 6” names 3 nodes; “path:” takes two."),
        ("x" * 401, f"A search has at most {LONGEST_QUERY} letters, not 401."),
    ],
)
def test_a_mistake_is_told_in_one_sentence_that_names_the_place(query: str, sentence: str) -> None:
    with pytest.raises(SearchError) as raised:
        parse(query)
    assert str(raised.value) == sentence


SIGNS = "<>=!|&()[]{}*+?.,:/\\\"'^$-−≤→∞ \t"
PIECES = ["line:", "ancestors:", "between:", "path:", "4,9"]
PIECES += ["data", "grad", "abs(", "|grad|", "op:", "top:", "largest", "dead", "relu", "0.1", "5"]


@given(st.lists(st.sampled_from([*PIECES, *SIGNS]) | st.text(max_size=3), max_size=12))
def test_whatever_is_typed_is_understood_or_refused_in_one_line(pieces: list[str]) -> None:
    query = "".join(pieces)
    sentence = "."
    try:
        terms = parse(query)
    except SearchError as error:
        terms, sentence = (), str(error)
    assert sentence.endswith(".")
    assert all(term.words for term in terms)


@given(
    st.sampled_from(["data", "grad", "|data|", "abs(grad)"]),
    st.sampled_from(["<", "<=", ">", ">=", "=", "!="]),
    st.floats(allow_nan=False),
)
def test_every_number_that_python_writes_can_be_compared_with(
    column: str, sign: str, number: float
) -> None:
    (term,) = parse(f"{column}{sign}{number!r}")
    assert isinstance(term, Comparison)
    assert (term.sign, term.number) == (sign, number)
    assert term.magnitude == (column in ("|data|", "abs(grad)"))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("|grad|>=0.1", "|grad| ≥ 0.1"),
        ("data=-1", "data = −1"),
        ("op:exp,log", "operation exp or log"),
        ("head 2", "scope or name like “head 2”"),
        ("top:9 data", "the 9 largest by |data|"),
        ("top:9 contributions", "the 9 that received the largest contributions"),
        ("line:33", "made by line 33"),
        ("line:nn.py:33", "made by line 33 of nn.py"),
        ("ancestors:9", "what 9 was computed from"),
        ("descendants:9", "what was computed from 9"),
        ("between:4,9", "all paths from 4 to 9"),
        ("path:9", "the strongest path from 9 to the loss"),
        ("path:4,9", "the strongest path from 4 to 9"),
    ],
)
def test_a_term_can_be_said_in_words(query: str, words: str) -> None:
    assert [term.words for term in parse(query)] == [words]
