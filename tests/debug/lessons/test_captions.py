"""Captions: what can be put in, with the numbers of real passes, and what is refused."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug import numbers
from explorer.debug.addresses import node_address
from explorer.debug.generation.generation import Generation
from explorer.debug.lessons.caption_text import write_caption
from explorer.debug.lessons.captions import (
    FORMS,
    LONGEST,
    CaptionError,
    Placeholder,
    parse_caption,
)
from explorer.debug.lessons.facts import _SAYINGS, Facts
from explorer.debug.whatif import prepare
from explorer.trace.expression import parse_formula
from explorer.trace.formula_pass import record_formula
from explorer.trace.passes import Subject
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace

LEAVES = {"a": 2.0, "b": 3.0}


@pytest.fixture(scope="module")
def toy() -> Timeline:
    return Timeline(record_formula(parse_formula("L = a*b + a", LEAVES), LEAVES))


@pytest.fixture(scope="module")
def emma_facts(emma_timeline: Timeline, subject: Subject) -> Facts:
    generation = Generation(subject)
    generation.finish()
    losses = np.array([3.5, 3.25, 3.0])
    end, loss = emma_timeline.end, emma_timeline.trace.loss
    return Facts(emma_timeline, end, loss, subject, losses, generation)


def test_every_form_can_be_said() -> None:
    assert _SAYINGS.keys() == FORMS.keys()


def test_texts_and_placeholders_come_apart() -> None:
    assert parse_caption(
        "{{a}} is { data   wte[5][3] :6}, {nudge a*b -1e-3}\n{count op:exp:3}"
    ) == (
        "{",
        "a",
        "}",
        " is ",
        Placeholder("data NODE", ("wte[5][3]",), 6),
        ", ",
        Placeholder("nudge NODE BY", ("a*b", "-1e-3")),
        "\n",
        Placeholder("count QUERY", ("op:exp:3",)),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a {", "a brace stands alone at letter 3"),
        ("}", "a brace stands alone at letter 1"),
        ("{a {loss}}", "a brace stands alone at letter 1"),
        ("{}", "nothing to put in for “{}”"),
        ("{losses}", "nothing to put in for “{losses}”"),
        ("{data}", "“{data}” should be written as {data NODE}"),
        ("{probability 2}", "should be written as {probability POSITION LETTER}"),
        ("{probability 2 ee}", "should be written as {probability POSITION LETTER}"),
        ("{probability -1 e}", "should be written as {probability POSITION LETTER}"),
        ("{nudge a}", "{nudge NODE BY}"),
        ("{nudge a x}", "{nudge NODE BY}"),
        ("{data a:18}", "1 to 17 digits"),
        ("{data a:0}", "1 to 17 digits"),
        ("x" * (LONGEST + 1), f"at most {LONGEST} letters"),
    ],
)
def test_malformed_captions_are_refused(text: str, words: str) -> None:
    with pytest.raises(CaptionError, match=re.escape(words)):
        parse_caption(text)


@given(st.text("{}ab :1#[]/\n") | st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parts = parse_caption(text)
    except CaptionError:
        parts = ("{",)
    assert "{" not in parts or "{" in text or "}" in text


def test_the_numbers_of_a_formula(toy: Timeline) -> None:
    facts = Facts(toy, toy.end, selection=2)
    text = (
        "L = {data a} × {data b} + {data a} = {loss}; {grad a}, {grad b}, {data a*b}, {grad L}; "
        "{contributions a}; nudged {nudge a 0.001}, {change a 0.001} and {predicted a 0.001}; "
        "{data selection}; {nodes} nodes, {edges} edges, {parameters} leaves"
    )
    said = write_caption(text, facts)
    assert said.problems == ()
    assert said.text == (
        "L = 2 × 3 + 2 = 8.000; 4, 2, 6, 1; 2; nudged 8.004, 0.004 and 0.004; 6; "
        "2 nodes, 4 edges, 2 leaves"
    )


def test_numbers_are_those_of_the_moment(toy: Timeline) -> None:
    assert write_caption("{grad a}", Facts(toy, 5)).text == "1"
    early = write_caption("{data L} {loss} {grad L} {nudge a 1} {data a}", Facts(toy, 1))
    assert early.text == "– – – – 2"
    assert len(early.problems) == 4
    assert "“L” is not computed yet" in early.problems


def test_the_numbers_of_a_name(emma: Trace, emma_facts: Facts) -> None:
    def say(text: str) -> str:
        caption = write_caption(text, emma_facts)
        assert caption.problems == ()
        return caption.text

    assert emma.document is not None
    token = emma.document.letters.index("m")
    node = int(emma.probabilities[1, token])
    assert say("{name}, {positions} positions") == "emma, 5 positions"
    assert say("{loss} {chance}") == f"{emma.data[emma.loss]:.3f} {math.log(27):.3f}"
    assert say("{loss 2}") == numbers.loss(float(emma.data[emma.position_loss[2]]))
    assert say("{probability 1 m}") == numbers.percent(float(emma.data[node]))
    assert say("{target probability 1}") == say("{probability 1 m}")
    assert say("{target probability 4}") == say("{probability 4 BOS}")
    assert say("{read 0} {target 0} {read 1} {target 4}") == "BOS e e BOS"
    assert say("{data wte[5][3]:17}") == numbers.short(0.0 + _updated(emma, "wte", 5, 3), 17)
    assert say("{data attn_wq[0][1]:6}") == say("{data layer0.attn_wq[0][1]:6}")
    address = node_address(emma, 5000)
    written = "/".join(address.path) + f"#{address.place}"
    assert say("{data " + written + ":9}") == numbers.short(float(emma.data[5000]), 9)
    assert say("{attention 0 1 0 0}") == numbers.percent(1.0)
    assert say("{nodes} {parameters}") == (
        f"{numbers.count(emma.created)} {numbers.count(emma.leaves)}"
    )
    assert int(say("{count dead relus}")) > 0
    assert say("{letters} {step} {steps}") == f"27 1 {numbers.count(1000)}"
    assert say("{learning rate}") == "0.01"
    assert say("{training loss 2} {mean training loss 1 3}") == "3.250 3.250"
    assert say("{temperature} {seed}") == "0.5 42"
    names = say("{drawn names 3}").split(", ")
    assert names[0] == say("{drawn}")
    assert len(names) == 3
    assert say("{drawn probability 0}").endswith("%")


def _updated(trace: Trace, name: str, row: int, column: int) -> float:
    (matrix,) = (m for m in trace.parameters if m.name == name)
    assert trace.update is not None
    return float(trace.update.data[matrix.start + row * matrix.columns + column])


def test_what_adam_did_is_known_after_the_update(emma: Trace, emma_timeline: Timeline) -> None:
    text = "{updated wte[5][3]} {m wte[5][3]} {v wte[5][3]}"
    assert write_caption(text, Facts(emma_timeline, emma_timeline.backward_end)).text == "– – –"
    after = write_caption(text, Facts(emma_timeline, emma_timeline.end))
    assert after.problems == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{data wte[99][0]}", "no node"),
        ("{data wte[5]}", "no node"),
        ("{data nothing}", "no node"),
        ("{data position 9#1}", "no node"),
        ("{data #}", "no node"),
        ("{loss 9}", "position 9"),
        ("{probability 9 e}", "no position 9"),
        ("{probability 1 é}", "the vocabulary has no “é”"),
        ("{read 9}", "position 9"),
        ("{attention 1 0 0 0}", "no head"),
        ("{attention 0 9 0 0}", "no head"),
        ("{attention 0 0 1 2}", "does not attend"),
        ("{attention 0 0 9 0}", "does not attend"),
        ("{count |grad|>}", ""),
        ("{recorded loss}", "set by hand"),
        ("{training loss 0}", "not known"),
        ("{mean training loss 2 4}", "not known"),
        ("{drawn names 99}", "1 to 50"),
        ("{drawn probability 99}", "nothing is drawn"),
    ],
)
def test_what_there_is_not_is_left_open_and_told(emma_facts: Facts, text: str, words: str) -> None:
    caption = write_caption(text, emma_facts)
    assert caption.text == "–"
    (problem,) = caption.problems
    assert words in problem
    assert not problem.endswith(".")


@pytest.mark.parametrize("form", FORMS)
def test_a_formula_has_an_answer_to_everything(toy: Timeline, form: str) -> None:
    given = {"NODE": "a", "BY": "1", "LETTER": "e", "QUERY": "add"}
    text = " ".join(given.get(w, "0") if w.isupper() else w for w in form.split())
    caption = write_caption("{" + text + "}", Facts(toy, toy.end))
    assert (caption.text == "–") == bool(caption.problems)


def test_a_what_if_is_told_beside_what_was_recorded(toy: Timeline) -> None:
    what_if = prepare(toy).change({0: 2.5})
    facts = Facts(what_if.timeline, what_if.timeline.end, what_if=what_if)
    assert (
        write_caption("{data a}: {loss}, not {recorded loss}", facts).text
        == "2.5: 10.000, not 8.000"
    )


def test_rich_text_is_escaped(toy: Timeline) -> None:
    caption = write_caption("<i>a & b</i>\n{data a}", Facts(toy, toy.end))
    assert caption.html == "&lt;i&gt;a &amp; b&lt;/i&gt;<br><b>2</b>"
