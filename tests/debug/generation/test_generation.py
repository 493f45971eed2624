"""Names token by token: the algorithm's draws, back and again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.generation.draws import TokenDraw
from explorer.debug.generation.generation import COLDEST, HOTTEST, Generation
from explorer.debug.generation.tape import state_of_seed
from explorer.trace.draws import record_draws
from explorer.trace.passes import Subject, untrained
from microgpt import Config, Draw, sample


def sampled(subject: Subject, seed: int, temperature: float, names: int) -> list[list[Draw]]:
    """Return what the algorithm itself draws."""
    rng = Random()
    rng.setstate(state_of_seed(subject, seed))
    return [list(sample(subject.model, subject.tokenizer, rng, temperature)) for _ in range(names)]


def same(ours: TokenDraw, theirs: Draw) -> bool:
    return (ours.position, ours.read, ours.weights, ours.token) == (
        theirs.position,
        theirs.read,
        tuple(theirs.probabilities),
        theirs.token,
    )


def all_same(generation: Generation, theirs: list[Draw]) -> bool:
    return len(generation.draws) == len(theirs) and all(map(same, generation.draws, theirs))


def test_the_published_names_come_out_in_order(trained: Subject, reference: Path) -> None:
    generation = Generation(trained)
    assert (generation.seed, generation.temperature) == (42, 0.5)
    lines = []
    for number in range(1, 21):
        assert generation.number == number
        generation.finish()
        lines.append(f"sample {number:2}: {generation.name}\n")
        generation.next_name()
    assert "".join(lines) == (reference / "samples-seed42.txt").read_text()


@pytest.mark.parametrize("seed", [5, 6, 42])
@pytest.mark.parametrize("temperature", [0.3, 0.5, 1.0])
def test_draws_are_those_of_the_algorithm(small: Subject, seed: int, temperature: float) -> None:
    generation = Generation(small)
    generation.set_seed(seed)
    generation.tune(temperature)
    for theirs in sampled(small, seed, temperature, 6):
        while not generation.is_finished:
            generation.step()
        assert all_same(generation, theirs)
        generation.next_name()


def test_step_shows_the_draw_and_then_there_is_one_to_come(generation: Generation) -> None:
    assert generation.shown == 0
    assert generation.view is not None
    assert generation.view.token is None
    generation.step()
    assert (generation.shown, len(generation.draws)) == (0, 1)
    assert generation.view == generation.draws[0]
    generation.show(1)
    ahead = generation.view
    assert ahead is not None
    assert (ahead.position, ahead.read, ahead.token) == (1, generation.draws[0].token, None)
    generation.step()
    assert generation.draws[1].weights == ahead.weights
    assert generation.draws[1].logits == ahead.logits


def test_reading_ahead_changes_nothing(generation: Generation) -> None:
    for _ in range(3):
        before = generation.draws, generation.shown
        generation.read_ahead()
        assert (generation.draws, generation.shown) == before
        generation.step()
    generation.finish()
    generation.read_ahead()
    assert generation.is_finished


@given(st.lists(st.sampled_from(["step", "back", "finish", "next", "last"]), max_size=30))
def test_any_way_there_leads_to_the_same_draws(small: Subject, moves: list[str]) -> None:
    generation = Generation(small)
    do: dict[str, Callable[[], None]] = {
        "step": generation.step,
        "back": generation.back,
        "finish": generation.finish,
        "next": generation.next_name,
        "last": generation.last_name,
    }
    for move in moves:
        do[move]()
    theirs = sampled(small, 5, 0.5, generation.number)[-1][: len(generation.draws)]
    assert all_same(generation, theirs)
    assert 0 <= generation.shown <= len(generation.draws)


def test_back_takes_one_draw_back_with_its_number(generation: Generation) -> None:
    generation.finish()
    whole = generation.draws
    for left in range(len(whole) - 1, -1, -1):
        assert generation.can_go_back
        generation.back()
        assert generation.draws == whole[:left]
        assert generation.shown == max(left - 1, 0)
    assert not generation.can_go_back
    generation.back()
    generation.finish()
    assert generation.draws == whole


def test_restart_begins_with_the_first_name(generation: Generation) -> None:
    generation.finish()
    first = generation.draws
    generation.next_name()
    generation.next_name()
    generation.restart()
    assert (generation.number, generation.draws, generation.shown) == (1, (), 0)
    generation.finish()
    assert generation.draws == first


def test_the_name_before_can_be_drawn_again(generation: Generation) -> None:
    generation.finish()
    first = generation.draws
    generation.next_name()
    generation.step()
    generation.last_name()
    assert (generation.number, generation.draws) == (1, ())
    generation.finish()
    assert generation.draws == first
    generation.last_name()
    assert generation.number == 1
    assert generation.draws == first


def test_next_name_draws_the_rest_of_this_one_first(small: Subject, generation: Generation) -> None:
    generation.step()
    generation.next_name()
    generation.finish()
    assert all_same(generation, sampled(small, 5, 0.5, 2)[1])


def test_a_name_ends_with_bos_or_the_last_position(small: Subject) -> None:
    generation = Generation(small)
    ends = set()
    for _ in range(25):
        generation.finish()
        assert generation.is_finished
        assert not generation.can_step
        assert generation.ended == (generation.tokens[-1] == small.tokenizer.bos)
        assert generation.ended or len(generation.draws) == small.positions_limit
        assert small.tokenizer.encode(generation.name)[1:-1] == [
            token for token in generation.tokens if token != small.tokenizer.bos
        ]
        ends.add(generation.ended)
        before = generation.draws
        generation.step()
        generation.finish()
        assert generation.draws == before
        generation.next_name()
    assert ends == {True, False}


def test_letters_that_are_given_take_no_random_number(small: Subject) -> None:
    free, led = Generation(small), Generation(small)
    led.set_prefix("ab")
    assert led.prefix == "ab"
    assert led.name == "ab"
    assert [draw.is_given for draw in led.draws] == [True, True]
    assert led.shown == 2
    free.step()
    led.step()
    assert led.draws[2].number == free.draws[0].number
    assert [draw.position for draw in led.draws] == [0, 1, 2]
    ids = small.tokenizer.encode("ab")
    trace = record_draws(small, [*ids[:-1], led.tokens[-1]], [0.5] * 3)
    assert trace.data[trace.probabilities].tolist() == [list(d.weights) for d in led.draws]


def test_what_is_given_cannot_be_taken_back(generation: Generation) -> None:
    generation.set_prefix("ab")
    assert not generation.can_go_back
    generation.back()
    assert len(generation.draws) == 2
    generation.step()
    generation.back()
    assert len(generation.draws) == 2
    assert generation.shown == 1


def test_a_beginning_stays_for_the_names_to_come(generation: Generation) -> None:
    generation.set_prefix("bo")
    for _ in range(4):
        generation.finish()
        assert generation.name.startswith("bo")
        generation.next_name()
    generation.set_prefix("")
    assert generation.draws == ()
    assert generation.number == 5


@pytest.mark.parametrize(("letters", "problem"), [("xy", "no token"), ("abababab", "at most 7")])
def test_beginnings_that_cannot_be_read_are_refused(
    generation: Generation, letters: str, problem: str
) -> None:
    generation.set_prefix("a")
    with pytest.raises(ValueError, match=problem):
        generation.set_prefix(letters)
    assert generation.prefix == "a"


def test_the_longest_beginning_leaves_one_draw(generation: Generation) -> None:
    generation.set_prefix("abababa")
    assert generation.can_step
    generation.step()
    assert generation.is_finished


def test_tuning_shows_other_probabilities_and_draws_nothing(generation: Generation) -> None:
    generation.finish()
    generation.show(1)
    before = generation.draws
    generation.tune(1.7)
    assert generation.draws == before
    assert generation.is_tuned
    view = generation.view
    assert view is not None
    assert view.logits == before[1].logits
    assert view.number == before[1].number
    assert view.temperature == 1.7
    assert view.weights != before[1].weights
    assert view.fell is not None
    assert view.token is not None
    low, high = view.stretch(view.token)
    assert low <= view.fell < high
    generation.tune(0.5)
    assert generation.view == before[1]
    assert not generation.is_tuned


@pytest.mark.parametrize("position", [0, 1])
def test_settling_keeps_what_came_before_and_draws_the_rest_again(
    small: Subject, position: int
) -> None:
    generation = Generation(small)
    generation.finish()
    before = generation.draws
    generation.show(position)
    generation.tune(1.5)
    would_be = generation.view
    generation.settle()
    assert generation.draws[:position] == before[:position]
    assert generation.draws[position] == would_be
    assert generation.is_finished
    assert all(draw.temperature == 1.5 for draw in generation.draws[position:])
    numbers = [draw.number for draw in generation.draws]
    again = Generation(small)
    again.finish()
    known = [draw.number for draw in again.draws]
    assert numbers[: len(known)] == known[: len(numbers)]
    assert not generation.is_tuned
    generation.restart()
    generation.finish()
    assert all_same(generation, sampled(small, 5, 1.5, 1)[0])


def test_settling_an_unfinished_name_draws_as_many_again(generation: Generation) -> None:
    generation.step()
    generation.step()
    generation.step()
    generation.show(0)
    generation.tune(0.9)
    generation.settle()
    assert len(generation.draws) <= 3
    assert len(generation.draws) == 3 or generation.is_finished


def test_settling_on_what_is_given_keeps_all_that_is_given(generation: Generation) -> None:
    generation.set_prefix("ab")
    generation.step()
    generation.show(0)
    generation.tune(2.0)
    generation.settle()
    assert generation.prefix == "ab"
    assert [draw.is_given for draw in generation.draws] == [True, True, False]
    assert [draw.temperature for draw in generation.draws] == [2.0, 0.5, 2.0]


def test_settling_nothing_changes_nothing(generation: Generation) -> None:
    told: list[None] = []
    generation.step()
    generation.changed.connect(lambda: told.append(None))
    generation.settle()
    assert told == []
    generation.show(1)
    told.clear()
    generation.tune(0.8)
    generation.settle()
    assert told == []
    assert len(generation.draws) == 1


def test_temperatures_have_limits(generation: Generation) -> None:
    generation.tune(0.0)
    assert generation.temperature == COLDEST
    generation.tune(99.0)
    assert generation.temperature == HOTTEST


def test_only_what_is_there_can_be_shown(generation: Generation) -> None:
    generation.step()
    generation.show(7)
    assert generation.shown == 1
    generation.show(-3)
    assert generation.shown == 0
    generation.finish()
    generation.show(99)
    assert generation.shown == len(generation.draws) - 1


def test_a_known_place_in_a_seed_can_be_taken_up(small: Subject, generation: Generation) -> None:
    starts = []
    names = []
    for _ in range(4):
        starts.append(generation.start)
        generation.finish()
        names.append(generation.draws)
        generation.next_name()
    other = Generation(small)
    other.set_seed(77)
    other.take(5, (), starts[:3], 0.5)
    assert other.number == 3
    assert other.draws == names[2]
    other.next_name()
    other.finish()
    assert other.draws == names[3]
    other.last_name()
    other.last_name()
    other.finish()
    assert other.draws == names[1]


def test_another_model_begins_anew(small: Subject, generation: Generation) -> None:
    generation.set_prefix("ab")
    generation.tune(0.9)
    generation.finish()
    other = untrained(Config(n_embd=4, n_head=1, block_size=6), 9, small.documents_file)
    generation.use(other)
    assert generation.subject is other
    assert (generation.seed, generation.prefix, generation.temperature) == (9, "ab", 0.9)
    assert generation.name == "ab"
    generation.set_seed(3)
    generation.use(small)
    assert generation.seed == 3


def test_another_vocabulary_drops_the_beginning(generation: Generation, subject: Subject) -> None:
    generation.set_prefix("ab")
    generation.use(subject)
    assert generation.prefix == ""
    assert generation.draws == ()


def test_a_beginning_that_is_too_long_for_another_model_is_cut(
    small: Subject, generation: Generation
) -> None:
    generation.set_prefix("ababab")
    generation.use(untrained(Config(n_embd=4, n_head=1, block_size=4), 9, small.documents_file))
    assert generation.prefix == "aba"
    assert generation.can_step


def test_names_of_the_data_set_are_known(generation: Generation) -> None:
    generation.set_prefix("anna")
    assert generation.is_known
    generation.set_prefix("ann")
    assert not generation.is_known
    assert generation.stands_in_data("caro")
    assert not generation.stands_in_data("")


def test_listeners_are_told_of_each_change_once(generation: Generation) -> None:
    told: list[str] = []
    generation.changed.connect(lambda: told.append("changed"))
    generation.tuned.connect(lambda: told.append("tuned"))
    for act in (
        generation.step,
        generation.back,
        generation.finish,
        generation.next_name,
        generation.last_name,
        generation.restart,
        lambda: generation.set_seed(8),
        lambda: generation.set_prefix("a"),
        lambda: generation.take(5, (), [0], 0.5),
        lambda: generation.show(0),
    ):
        told.clear()
        act()
        assert told == ["changed"]
    told.clear()
    generation.tune(1.1)
    assert told == ["tuned"]
    generation.tune(1.1)
    assert told == ["tuned"]


def test_numbers_out_of_range_are_told_in_a_sentence(small: Subject) -> None:
    weight = small.model.state_dict["lm_head"][1][1]
    kept, weight.data = weight.data, float("nan")
    try:
        generation = Generation(small)
    finally:
        weight.data = kept
    assert generation.can_step
    generation.step()
    assert generation.trouble.startswith("Nothing can be drawn at position 0: ")
    assert generation.view is None
    assert not generation.can_step
    generation.set_prefix("ab")
    generation.finish()
    generation.next_name()
    assert generation.draws == ()
    generation.use(small)
    assert generation.trouble == ""
    generation.step()
    assert len(generation.draws) == 3
