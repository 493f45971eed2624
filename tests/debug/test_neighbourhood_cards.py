"""Cards say what is known at a moment, and nothing else."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pytest

from explorer.debug import numbers
from explorer.debug.neighbourhood import (
    LINE,
    CardBook,
    CardFacts,
    CardKind,
    CardReading,
    card_face,
    contribution_now,
    describe,
)
from explorer.debug.titles import scope_titles
from explorer.trace.timeline import GradState, Timeline
from explorer.trace.trace import Trace


class History(Protocol):
    """The `History` of conftest.py."""

    of: dict[int, list[Any]]

    def grad(self, node: int, cursor: int) -> float: ...

    def moments(self, node: int) -> list[int]: ...


def nodes_of(trace: Trace, op: str) -> list[int]:
    return np.flatnonzero(trace.op == trace.op_names.index(op)).tolist()


def facts_of(timeline: Timeline, nodes: list[int]) -> CardFacts:
    return CardFacts(CardBook(timeline), nodes, [0] * len(nodes))


@pytest.fixture
def few(emma: Trace) -> list[int]:
    return [5, emma.loss, *(nodes_of(emma, op)[9] for op in ("exp", "mul", "constant", "relu"))]


def test_cards_agree_with_backward_at_every_moment(
    emma_timeline: Timeline, few: list[int], history: History
) -> None:
    facts = facts_of(emma_timeline, few)
    for cursor in sorted({m for node in few for m in history.moments(node)}):
        for node, reading in zip(few, facts.at(cursor), strict=True):
            assert reading == expected(emma_timeline, history, node, cursor, reading)


def expected(
    timeline: Timeline, history: History, node: int, cursor: int, seen: CardReading
) -> CardReading:
    trace = timeline.trace
    added = history.of.get(node, [])
    done = sum(a.event <= cursor for a in added)
    state = timeline.grad_state_at(cursor, node)
    if node >= timeline.moment(cursor).computed:
        return CardReading(False, "", "", "", "", state, done, len(added), False)
    known = state is not GradState.NOT_REACHED
    data, grad = float(trace.data[node]), history.grad(node, cursor)
    assert seen.data in {numbers.short(data, digits) for digits in (2, 3, 4)}
    assert seen.grad in ({numbers.short(grad, d) for d in (2, 3, 4)} if known else {""})
    return CardReading(
        True,
        seen.data,
        seen.grad,
        numbers.short(data, 6),
        numbers.short(grad, 6) if known else "",
        state,
        done,
        len(added),
        known and grad < 0,
    )


def test_nothing_is_said_of_what_is_not_computed(emma_timeline: Timeline, few: list[int]) -> None:
    parameter, *others = facts_of(emma_timeline, few).at(0)
    assert parameter.data
    assert not parameter.grad
    for reading in others:
        texts = reading.data, reading.grad, reading.data_digits, reading.grad_digits
        assert texts == ("", "", "", "")
        assert reading.state_words == "not computed yet"


def test_numbers_fit_on_the_line_of_a_card(emma: Trace, emma_timeline: Timeline) -> None:
    nodes = list(range(0, emma.nodes, 97))
    for reading in facts_of(emma_timeline, nodes).at(emma_timeline.end):
        assert len(reading.data) + len(reading.grad) + 2 <= LINE + 2


def test_a_book_looks_a_node_up_once_and_forgets_when_it_is_full(
    emma_timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = CardBook(emma_timeline)
    first = book.entry(5, 0)
    assert book.entry(5, 0) is first
    assert book.entry(6, 0) is not first
    monkeypatch.setattr("explorer.debug.neighbourhood.MOST_ENTRIES", 2)
    book.entry(7, 0)
    assert book.entry(5, 0) is not first
    assert book.entry(5, 0) == first


def test_states_in_words(emma_timeline: Timeline, emma: Trace) -> None:
    node = next(n for n in range(emma.leaves) if len(emma_timeline.ledger(n)) == 5)
    facts, events = facts_of(emma_timeline, [node]), emma_timeline.ledger(node).event.tolist()
    words = [facts.at(moment)[0].state_words for moment in (events[0] - 1, events[1], events[-1])]
    assert words == ["pending: not reached yet", "partial: 2 of 5 contributions", "final ✓"]
    unused = next(n for n in range(emma.leaves) if not emma.reaches_loss[n])
    reading = facts_of(emma_timeline, [unused]).at(emma_timeline.backward_end)[0]
    assert reading.state_words == "truly zero ✓"


def test_what_the_update_has_done_is_on_the_cards(emma_timeline: Timeline, emma: Trace) -> None:
    assert emma.update is not None
    reading = facts_of(emma_timeline, [700]).at(emma_timeline.end)[0]
    assert reading.state_words == "set back to 0 by the update"
    assert reading.data_digits == numbers.short(float(emma.update.data[700]), 6)
    assert reading.grad == "0"


def test_faces_tell_kinds_apart(emma: Trace) -> None:
    scopes = scope_titles(emma)
    exp, constant = nodes_of(emma, "exp")[-1], nodes_of(emma, "constant")[0]
    faces = [card_face(emma, n, 0, scopes) for n in (5, constant, emma.loss, exp)]
    assert [face.kind for face in faces] == [
        CardKind.PARAMETER,
        CardKind.CONSTANT,
        CardKind.LOSS,
        CardKind.OPERATION,
    ]
    assert faces[0].title == "θ wte[0][5]"
    assert faces[2].title == "loss"
    assert faces[3].title == "exp"
    assert faces[3].where == (
        "4 a → BOS / softmax / exps",
        "4 / softmax / exps",
        "4 / exps",
        "4",
    )
    logit = card_face(emma, int(emma.logits[4, 0]), 16, scopes)
    assert (logit.kind, logit.title) == (CardKind.SUM, "Σ of 16  logit(a)")
    assert logit.where == ("position 4", "4")
    position_loss = card_face(emma, int(emma.position_loss[2]), 0, scopes)
    assert position_loss.title == "×  loss of position 2"


def test_parameters_of_the_only_layer_have_short_names(emma: Trace) -> None:
    matrix = next(m for m in emma.parameters if "." in m.name)
    face = card_face(emma, matrix.start, 0, scope_titles(emma))
    assert face.title == f"θ {matrix.name.split('.')[1]}[0][0]"


def test_the_arithmetic_is_that_of_backward(
    emma: Trace, emma_timeline: Timeline, history: History
) -> None:
    node = nodes_of(emma, "exp")[-1]
    before = 0.0
    for added in history.of[node]:
        now = contribution_now(emma_timeline, added.event)
        assert now is not None
        assert (now.child, now.consumer) == (node, added.consumer)
        assert emma.child[now.edge] == node
        short = numbers.short
        assert now.arithmetic == (
            f"{short(before)} + {short(added.local_grad)} × {short(added.consumer_grad)}"
            f" = {short(added.total)}"
        )
        before = added.total


def test_nothing_is_added_outside_of_backward(emma_timeline: Timeline) -> None:
    for cursor in (0, 7, emma_timeline.forward_end, emma_timeline.backward_start):
        assert contribution_now(emma_timeline, cursor) is None
    assert contribution_now(emma_timeline, emma_timeline.backward_start + 1) is not None


def test_a_neighbourhood_in_sentences(emma: Trace, emma_timeline: Timeline) -> None:
    node = nodes_of(emma, "exp")[-1]
    children = [int(emma.child[edge]) for edge in emma.edges(node)]
    text = describe(emma_timeline, emma_timeline.end, node, children, list(range(11)))
    assert text.startswith(f"exp {numbers.count(node)}: data {numbers.short(emma.data[node])}, ")
    assert "final: 2 of 2 contributions" in text
    assert f"Children: + {numbers.count(children[0])}." in text
    assert "Consumers: wte[0][0], wte[0][1]," in text
    assert text.endswith("and 3 more.")
    early = describe(emma_timeline, 0, node, [], [])
    assert "data not computed yet, gradient not reached yet" in early
    assert numbers.short(emma.data[node]) not in early
    assert early.endswith("Children: none. Consumers: none.")
