"""Lesson 3, backprop node by node: gradients by central difference, its words by the trace."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from by_hand import ByHand, slope, token_of
from opened_stops import OpenedStop

from explorer.debug import numbers
from explorer.trace.timeline import GradState

M = token_of("m")
SHORT = numbers.short

Open = Callable[[int], OpenedStop]


def logit_gradients(hand: ByHand, position: int) -> np.ndarray:
    """Return p minus 1 for the target, p for all others, over the number of positions."""
    found = hand.probabilities[position].copy()
    found[hand.targets[position]] -= 1
    return found / len(hand.targets)


def states(stop: OpenedStop, nodes: np.ndarray) -> set[GradState]:
    return {stop.timeline.grad_state_at(stop.cursor, int(node)) for node in nodes.ravel()}


def test_backward_starts_at_the_loss(at: Open, untrained_emma: ByHand) -> None:
    stop = at(1)
    made = stop.trace.nodes - stop.trace.leaves
    assert stop.said == [numbers.count(made), numbers.loss(untrained_emma.loss), "1"]
    assert stop.trace.loss == stop.trace.nodes - 1  # "the last one"
    others = np.arange(stop.trace.nodes - 1)
    assert not stop.timeline.grad_at(stop.cursor)[others].any()


def test_each_loss_is_one_fifth_of_the_mean(at: Open, untrained_emma: ByHand) -> None:
    losses = untrained_emma.losses
    share = slope(lambda by: float(np.mean([*losses[:-1], losses[-1] + by])))
    stop = at(2)
    assert stop.said == ["5", SHORT(1 / 5), SHORT(share)]
    assert stop.selection == stop.trace.position_loss[4]
    assert [SHORT(grad) for grad in stop.trace.grad[stop.trace.position_loss]] == ["0.2"] * 5


def test_half_of_the_way_is_done(at: Open) -> None:
    stop = at(3)
    timeline = stop.timeline
    all_of_it = timeline.backward_end - timeline.backward_start
    assert abs((stop.cursor - timeline.backward_start) / all_of_it - 0.5) < 0.01
    done = np.isin(timeline.grad_states_at(stop.cursor), [GradState.FINAL, GradState.ZERO])
    shares = []
    for scope in stop.trace.position_scope:
        inside = (stop.trace.scope >= scope) & (stop.trace.scope < stop.trace.scopes[scope].stop)
        shares.append(done[inside & stop.trace.reaches_loss].mean())
    assert min(shares[3:]) == 1  # "the two at the right are done"
    assert 0 < shares[2] < 1  # "the middle one is under way"
    assert max(shares[:2]) == 0  # "the two at the left wait"


def test_a_bad_guess_makes_a_steep_slope(at: Open, untrained_emma: ByHand) -> None:
    probability = float(untrained_emma.probabilities[1][M])
    stop = at(4)
    by_probability = slope(lambda by: -np.log(probability + by) / 5, step=1e-7)
    assert stop.said == [SHORT(probability), SHORT(by_probability)]
    assert SHORT(-0.2 / probability) == SHORT(by_probability)
    assert f"divided by {probability:.4f}" in stop.stop.notes


def test_one_logit_up_all_others_down(at: Open, untrained_emma: ByHand) -> None:
    expected = logit_gradients(untrained_emma, 1)
    stop = at(5)
    assert stop.said == [SHORT(expected[M]), "5", "5"]
    assert SHORT(untrained_emma.gradient("logits", 1, M)) == SHORT(expected[M])
    grads = stop.timeline.grad_at(stop.cursor)[stop.anatomy.logits[1]]
    assert [SHORT(grad) for grad in grads] == [SHORT(grad) for grad in expected]
    assert np.flatnonzero(grads < 0).tolist() == [M]  # raising it lowers the loss
    assert abs(grads.sum()) < 1e-15  # "together the pushes add up to zero"


def test_all_contributions_but_the_last_are_in(at: Open, untrained_emma: ByHand) -> None:
    weights, gradients = untrained_emma.matrices["lm_head"], logit_gradients(untrained_emma, 1)
    contributions = weights[:, 0] * gradients
    so_far = sum(contributions) - contributions[M]
    before, after = at(6), at(7)
    assert before.said == ["27", str(len(contributions)), SHORT(so_far)]
    assert after.said == [SHORT(untrained_emma.gradient("after_mlp", 1, 0))]
    assert SHORT(sum(contributions)) == after.said[0]
    selected = np.array([before.selection])
    assert before.selection == after.selection == before.anatomy.stages[-1].nodes[1, 0]
    assert (states(before, selected), states(after, selected)) == (
        {GradState.PARTIAL},
        {GradState.FINAL},
    )
    last = before.timeline.ledger(before.selection).consumer[-1]
    assert before.trace.scopes[before.trace.scope[last]].title == f"row {M}"  # the target's
    assert sum(contributions) * so_far < 0  # "changed it completely"
    biggest = np.abs(gradients).argmax()
    assert biggest == M  # "by far the largest gradient"
    assert abs(gradients[M]) > 10 * np.abs(np.delete(gradients, M)).max()


def test_a_sum_copies(at: Open, untrained_emma: ByHand) -> None:
    stop = at(8)
    expected = SHORT(untrained_emma.gradient("after_mlp", 1, 0))
    assert stop.said == [expected, expected]
    assert SHORT(untrained_emma.gradient("mlp_adds", 1, 0)) == expected
    stages = stop.anatomy.stages
    into, past = stages[-2].nodes[1, :1], stages[-4].nodes[1, :1]
    children = stop.trace.child[stop.trace.edges(stop.selection)]
    assert set(children) == {*into, *past}
    # "is the gradient of the stream complete now? No"
    assert (states(stop, into), states(stop, past)) == ({GradState.FINAL}, {GradState.PARTIAL})


def test_a_dead_relu_passes_nothing(at: Open, untrained_emma: ByHand) -> None:
    hand, stop = untrained_emma, at(9)
    arrives = hand.gradient("rectified", 1, 1)
    assert stop.said == [SHORT(hand.hidden[1][1]), "0", SHORT(arrives), "0"]
    assert stop.selection == stop.anatomy.mlps[0].rectified[1, 1]
    assert hand.gradient("hidden", 1, 1) == 0
    assert states(stop, stop.anatomy.mlps[0].hidden[1, 1:2]) == {GradState.ZERO}


def test_some_units_are_silent_at_every_position(at: Open, untrained_emma: ByHand) -> None:
    silent = np.flatnonzero((np.array(untrained_emma.hidden) <= 0).all(axis=0))
    assert len(silent) > 1
    update = at(9).trace.update
    assert update is not None
    fc1 = next(m for m in at(9).trace.parameters if m.name.endswith("mlp_fc1"))
    for unit in silent:
        row = slice(fc1.start + unit * fc1.columns, fc1.start + (unit + 1) * fc1.columns)
        assert np.array_equal(update.data[row], at(9).trace.data[row])  # they "do not change"


def test_a_living_relu_passes_everything(at: Open, untrained_emma: ByHand) -> None:
    hand, stop = untrained_emma, at(10)
    passed = SHORT(hand.gradient("hidden", 1, 0))
    assert stop.said == [SHORT(hand.hidden[1][0]), SHORT(hand.gradient("rectified", 1, 0)), passed]
    assert stop.said[1] == passed
    mlp, grad = stop.anatomy.mlps[0], stop.trace.grad
    assert grad[mlp.rectified[1, 0]] == grad[mlp.hidden[1, 0]]  # "every digit is the same"


def test_a_letter_read_twice_gets_two_contributions(at: Open, untrained_emma: ByHand) -> None:
    stop = at(11)
    assert stop.said == ["emma", "2", SHORT(untrained_emma.gradient("wte", M, 0))]
    assert "emma".count("m") == 2
    places = [untrained_emma.gradient("embedding", position, 0) for position in (3, 2)]
    ledger = stop.timeline.ledger(stop.selection)
    assert [SHORT(value) for value in ledger.value] == [SHORT(value) for value in places]
    wq = next(m for m in stop.trace.parameters if m.name.endswith("attn_wq"))
    assert len(stop.timeline.ledger(wq.start)) == 5  # "is used at every position"


def test_every_parameter_has_its_gradient(at: Open, untrained_emma: ByHand) -> None:
    hidden = np.array(untrained_emma.hidden)
    dead_units = int((hidden <= 0).all(axis=0).sum())
    letters, places = 27 - len({*"emma", "BOS"}), 16 - 5
    still = (letters + places) * 16 + dead_units * (16 + 16)
    stop = at(12)
    assert stop.said == [numbers.count(4192), numbers.count(still), "emma"]
    grad = stop.timeline.grad_at(stop.cursor)[: stop.trace.leaves]
    rows = np.flatnonzero(grad[: 27 * 16].reshape(27, 16).any(axis=1))
    assert set(rows) == {token_of(letter) for letter in "ema."}  # "have colours"


def test_backward_only_goes_on(at: Open) -> None:
    cursors = [at(place).cursor for place in (1, 2, 12)]
    assert cursors == sorted(cursors)
    cursors = [at(place).cursor for place in (6, 7, 8, 9, 10, 12)]
    assert cursors == sorted(cursors)


def test_what_is_selected(at: Open) -> None:
    anatomy, trace = at(12).anatomy, at(12).trace
    expected = {
        1: trace.loss,
        4: anatomy.probabilities[1, M],
        5: anatomy.logits[1, M],
        8: anatomy.stages[-1].nodes[1, 0],
        10: anatomy.mlps[0].rectified[1, 0],
        11: trace.parameters[0].start + 16 * M,
    }
    assert {place: at(place).selection for place in expected} == expected
    assert (at(1).cursor, at(12).cursor) == (
        at(1).timeline.backward_start,
        at(12).timeline.backward_end,
    )
