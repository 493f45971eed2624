"""The glossary, and its words in texts."""

from __future__ import annotations

import re

import pytest

from explorer.debug.glossary import Glossary
from explorer.debug.glossary_terms import TERMS, Term

SMALL = Glossary(
    (
        Term("local gradient", "The gradient of one operation."),
        Term("gradient", "Of the loss.", ("gradients",)),
        Term("loss", "Made smaller by descent along the gradient."),
    )
)
WHOLE = Glossary()


def marked(text: str, *known: Term) -> list[tuple[str, str]]:
    parts = SMALL.parts(text, set(known))
    assert "".join(part.text for part in parts) == text
    return [(part.text, part.term.word) for part in parts if part.term]


def test_the_longest_word_is_marked_and_each_term_once() -> None:
    text = "A local gradient times gradients; the gradient again, of the Loss."
    assert marked(text) == [
        ("local gradient", "local gradient"),
        ("gradients", "gradient"),
        ("Loss", "loss"),
    ]


def test_the_next_paragraph_knows_what_was_marked() -> None:
    known = {SMALL.terms[0]}
    SMALL.parts("the loss", known)
    assert [part.term for part in SMALL.parts("its loss", known)] == [None]


def test_words_inside_words_are_left_alone() -> None:
    assert marked("glossy, lossless, loss_fn, regradients") == []


def test_a_text_does_not_link_to_itself() -> None:
    gradient = SMALL.find("Gradients")
    assert gradient is not None
    assert marked("the gradient of the loss", gradient) == [("loss", "loss")]


def test_a_text_without_words_is_one_part() -> None:
    assert [part.text for part in SMALL.parts("nothing here", set())] == ["nothing here"]
    assert SMALL.parts("", set()) == []


def test_terms_that_begin_with_it_are_found_first() -> None:
    assert [term.word for term in SMALL.matching(" GRAD ")] == [
        "gradient",
        "local gradient",
        "loss",
    ]
    assert [term.word for term in SMALL.matching("descent")] == ["loss"]
    assert SMALL.matching("tensor") == ()
    assert SMALL.matching("") == SMALL.terms


def test_what_is_quoted_stands_for_itself() -> None:
    assert marked("“loss” has a loss; “a gradient of the loss has a gradient") == [
        ("loss", "loss"),
        ("gradient", "gradient"),
    ]


def test_phrases_can_be_exempt() -> None:
    glossary = Glossary(SMALL.terms, plain=("at a loss",))
    assert [term.word for term in glossary.terms_in("I am at a loss")] == []
    assert [term.word for term in glossary.terms_in("at a lossy gradient")] == ["gradient"]


def test_a_name_is_known_by_its_capital_letter() -> None:
    glossary = Glossary((Term("Adam", "The optimizer.", is_name=True),))
    assert [len(glossary.terms_in(text)) for text in ("adam", "Adam", "ADAM")] == [0, 1, 1]


def test_terms_are_found_in_their_order() -> None:
    assert [term.word for term in SMALL.terms_in("loss, gradients, loss")] == ["loss", "gradient"]


def test_words_that_are_none_are_left_alone() -> None:
    texts = ("All keys", "Arrow keys walk", "Run a name to compare it", "the state of Adam")
    found = [[term.word for term in WHOLE.terms_in(text)] for text in texts]
    assert found == [[], [], [], []]
    assert [term.word for term in WHOLE.terms_in("keys of a run")] == ["key", "run"]


def test_no_word_has_two_meanings() -> None:
    forms = [form.lower() for term in TERMS for form in (term.word, *term.forms)]
    assert sorted(forms) == sorted(set(forms))


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.word)
def test_meanings_are_sentences(term: Term) -> None:
    assert term.meaning.endswith(".")
    assert 20 < len(term.meaning) < 400
    assert "  " not in term.meaning


def test_terms_explain_each_other() -> None:
    """Nobody gets stuck: every meaning leads to another one."""
    stuck = [t.word for t in TERMS if not any(p.term for p in WHOLE.parts(t.meaning, {t}))]
    assert stuck == []


def test_the_words_of_the_program_are_all_explained() -> None:
    words = """node, child, consumer, local gradient, contribution, ledger, pass, position, scope,
        event, cursor, run, checkpoint, data, grad, loss, softmax, RMSNorm, ReLU, Adam, BOS,
        derivative, operation, phase, state, neighbourhood, hop, watch, bookmark, time line,
        fan-out, gradient norm, mean loss, chance, perplexity, rank, PCA, unit, wte, lm_head,
        learning rate, beta1, beta2, epsilon, seed, block size, engine, temperature, sample,
        relative error, what-if, gradient check, replay, id, tokenizer, model, vector, matrix"""
    assert [word for word in re.split(r",\s+", words) if WHOLE.find(word) is None] == []
