"""The smallest graph in which the order matters, in the right order and in a wrong one."""

from __future__ import annotations

from explorer.debug.toy_order import DATA, eager_order, right_order, run_toy
from microgpt import Value


def test_the_right_order_is_that_of_backward() -> None:
    a = Value(DATA)
    b = a + a
    c = b + b
    c.backward()
    run = run_toy(right_order)
    assert run.data == {"a": 3.0, "b": 6.0, "c": 12.0}
    assert run.grads[-1] == {"a": a.grad, "b": b.grad, "c": c.grad} == {"a": 4, "b": 2, "c": 1}


def test_the_wrong_order_loses_half_of_the_gradient() -> None:
    assert run_toy(eager_order).grads[-1] == {"a": 2, "b": 2, "c": 1}


def test_both_orders_do_the_same_additions_at_other_times() -> None:
    right, wrong = run_toy(right_order).steps, run_toy(eager_order).steps
    edges = [{(s.consumer, s.child, s.edge) for s in steps} for steps in (right, wrong)]
    assert edges[0] == edges[1]
    assert len(right) == len(wrong) == len(edges[0]) == 4


def test_each_step_is_one_addition_and_leads_to_the_next_gradients() -> None:
    for run in (run_toy(right_order), run_toy(eager_order)):
        assert run.grads[0] == {"a": 0, "b": 0, "c": 1}
        for step, before, after in zip(run.steps, run.grads[:-1], run.grads[1:], strict=True):
            assert step.consumer_grad == before[step.consumer]
            assert step.before == before[step.child]
            assert step.after == step.before + step.local_grad * step.consumer_grad
            assert after == before | {step.child: step.after}


def test_the_notes_say_what_goes_wrong_where() -> None:
    assert not any("missing" in step.note for step in run_toy(right_order).steps)
    first, early, again, late = (step.note for step in run_toy(eager_order).steps)
    assert first == "c passes on 1: the first of the two contributions to b."
    assert early == again
    assert early == "b passes on 1 now, although its second contribution is still missing."
    assert late == "c passes on 1, too late: b has already passed on 1."
