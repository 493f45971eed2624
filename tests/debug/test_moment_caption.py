"""The caption of a moment, and its formula: all numbers are those of the pass."""

from __future__ import annotations

import pytest

from explorer.debug import numbers
from explorer.debug.large_formula import LargeFormula, large_formula
from explorer.debug.moment_caption import UPDATED, caption_of
from explorer.trace.timeline import Phase, Timeline


def line(parts: tuple) -> str:
    return "".join(part.text for part in parts)


def test_before_the_pass_nothing_is_computed(emma_timeline: Timeline) -> None:
    caption = caption_of(emma_timeline, 0)
    assert (caption.title, caption.words) == ("Before the pass", "")
    assert line(caption.parts).startswith("nothing is computed yet")
    formula = large_formula(emma_timeline, 0)
    assert (formula.name, formula.symbols) == ("", "")


def test_forward_says_where_it_is_and_what_was_computed(emma_timeline: Timeline) -> None:
    trace = emma_timeline.trace
    node = next(n for n in range(trace.leaves, trace.nodes) if trace.op_name(n) == "mul")
    cursor = emma_timeline.computed_after(node)
    caption, formula = caption_of(emma_timeline, cursor), large_formula(emma_timeline, cursor)
    assert caption.title.startswith(
        f"Forward {numbers.count(cursor)} of {numbers.count(39_703)}  ·  0 BOS → e"
    )
    assert caption.words == "A product passes on its gradient times the other factor."
    left, right = (float(trace.data[trace.child[edge]]) for edge in trace.edges(node))
    given = f"{numbers.short(left)} × {numbers.short(right)}"
    result = numbers.short(float(trace.data[node]))
    assert (formula.symbols, line(formula.numbers)) == ("a × b", f"{given}  =  {result}")
    assert [part.value for part in formula.numbers if part.value is not None] == [
        left, right, float(trace.data[node]),
    ]  # fmt: skip
    assert line(formula.notes[0]) == f"∂(a × b)/∂a = b  =  {numbers.short(right)}"


def test_a_rule_that_is_a_number_is_not_said_twice(emma_timeline: Timeline) -> None:
    formula = large_formula(emma_timeline, 1)  # a sum
    assert [line(note) for note in formula.notes] == ["∂(a + b)/∂a = 1", "∂(a + b)/∂b = 1"]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 1.0])
def test_backward_adds_what_the_ledger_says(emma_timeline: Timeline, share: float) -> None:
    first, last = emma_timeline.backward_start + 1, emma_timeline.backward_end
    cursor = round(first + share * (last - first))
    moment = emma_timeline.moment(cursor)
    assert moment.child is not None
    ledger = emma_timeline.ledger(moment.child)
    place = ledger.done(cursor) - 1
    formula = large_formula(emma_timeline, cursor)
    values = [part.value for part in formula.numbers if part.value is not None]
    before = float(ledger.total[place - 1]) if place else ledger.seed
    assert values == [
        before, float(ledger.local_grad[place]), float(ledger.consumer_grad[place]),
        float(ledger.total[place]),
    ]  # fmt: skip
    assert line(formula.notes[-1]) == f"contribution {place + 1} of {len(ledger)}"
    local = numbers.short(float(ledger.local_grad[place]))
    assert line(formula.notes[0]).endswith(local)


def test_the_seed_and_the_update(emma_timeline: Timeline) -> None:
    seed = emma_timeline.backward_start
    assert caption_of(emma_timeline, seed).title == "Backward starts"
    assert line(large_formula(emma_timeline, seed).numbers) == "loss.grad  =  1"
    cursor = emma_timeline.backward_end + 1
    assert emma_timeline.moment(cursor).phase is Phase.UPDATE
    update = emma_timeline.update_at(cursor, 0)
    assert update is not None
    assert caption_of(emma_timeline, cursor).words == UPDATED
    formula = large_formula(emma_timeline, cursor)
    assert isinstance(formula, LargeFormula)
    values = [part.value for part in formula.numbers if part.value is not None]
    assert values == [update.before, update.m_hat, update.after]
    assert len(formula.notes) == 3
