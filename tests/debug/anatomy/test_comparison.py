"""What passes are compared by, against the numbers of the algorithm itself."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from explorer.debug.anatomy.comparison import (
    ComparedParts,
    Outcome,
    change_of,
    common_scales,
)
from explorer.debug.anatomy.comparison_figures import (
    attention_table,
    change_grids,
    change_table,
    probability_grid,
    probability_table,
    probability_words,
    weight_grids,
    weight_words,
)
from explorer.debug.anatomy.grid import CellState
from explorer.debug.anatomy.parts import NONE, Anatomy
from explorer.trace.draws import record_draws
from explorer.trace.passes import Subject, record_pass, untrained
from explorer.trace.trace import Trace
from microgpt import Config, forward

TWO_LAYERS = Config(n_layer=2, n_embd=8, n_head=2)


def parts_of(trace: Trace) -> ComparedParts:
    return ComparedParts(trace, Anatomy(trace))


@pytest.fixture(scope="module")
def parts(emma: Trace) -> ComparedParts:
    return parts_of(emma)


@pytest.fixture(scope="module")
def outcome(parts: ComparedParts) -> Outcome:
    return parts.complete


@pytest.fixture(scope="module")
def ava(subject: Subject) -> Outcome:
    return parts_of(record_pass(subject, "ava")).complete


def trained(outcome: Outcome) -> Outcome:
    """The same pass with other numbers."""
    probabilities = outcome.probabilities[:, ::-1].copy()
    return replace(outcome, probabilities=probabilities, losses=outcome.losses / 2)


def test_the_outcome_is_what_the_model_predicts(subject: Subject, outcome: Outcome) -> None:
    loss, predictions = forward(subject.model, subject.tokenizer.encode("emma"))
    assert outcome.mean == loss.data
    assert outcome.losses.tolist() == [p.loss.data for p in predictions]
    wanted = [[p.data for p in prediction.probabilities] for prediction in predictions]
    assert outcome.probabilities.tolist() == wanted


def test_the_weights_are_those_of_the_heads() -> None:
    trace = record_pass(untrained(TWO_LAYERS), "ava")
    anatomy = Anatomy(trace)
    outcome = parts_of(trace).complete
    assert outcome.heads == ((0, 0), (0, 1), (1, 0), (1, 1))
    for (layer, head), weights in zip(outcome.heads, outcome.weights, strict=True):
        nodes = anatomy.attention[layer][head].weights
        lower = np.tril_indices(4)
        assert weights[lower].tolist() == trace.data[nodes[lower]].tolist()
        assert np.isnan(weights[np.triu_indices(4, 1)]).all()
        np.testing.assert_allclose(np.nansum(weights, axis=1), 1.0)


def test_a_moment_shows_what_is_computed_and_nothing_else(
    emma: Trace, parts: ComparedParts
) -> None:
    complete, nodes = parts.complete, parts.nodes
    for computed in (emma.leaves, 20_000, int(nodes.losses[2]), int(nodes.losses[2]) + 1):
        now = parts.at(computed)
        for name in ("losses", "probabilities", "weights"):
            numbers, whole = getattr(now, name), getattr(complete, name)
            known = getattr(nodes, name) < computed
            assert np.array_equal(numbers[known], whole[known], equal_nan=True)
            assert np.isnan(numbers[~known]).all()
        assert math.isnan(now.mean)
    assert emma.loss is not None
    assert not math.isnan(parts.at(emma.loss + 1).mean)


def test_words_about_a_whole_pass(outcome: Outcome) -> None:
    assert outcome.perplexity == np.exp(outcome.mean)
    assert outcome.chance == -math.log(1 / 27)
    assert [outcome.read(0), outcome.target(4)] == ["BOS", "BOS"]
    targets = [outcome.probabilities[i, t] for i, t in enumerate(outcome.document.tokens[1:])]
    assert outcome.of_targets.tolist() == targets
    assert replace(outcome, mean=1000.0).perplexity == math.inf


def test_ranks_count_what_is_more_likely(outcome: Outcome) -> None:
    row = outcome.probabilities[1].tolist()
    in_order = sorted(range(27), key=lambda token: -row[token])
    assert [outcome.rank(1, token) for token in in_order] == list(range(1, 28))
    unknown = replace(outcome, probabilities=np.full_like(outcome.probabilities, np.nan))
    assert unknown.rank(1, 0) is None


def test_a_failed_pass_has_room_for_positions_that_it_did_not_reach() -> None:
    subject = untrained(Config())
    subject.model.state_dict["wpe"][2][0].data = math.inf
    trace = record_pass(subject, "emma")
    assert trace.failure is not None
    outcome = parts_of(trace).complete
    assert outcome.positions == 5
    assert not np.isnan(outcome.losses[:2]).any()
    assert np.isnan(outcome.losses[2:]).all()
    assert math.isnan(outcome.mean)
    assert (outcome.nodes.probabilities[3:] == NONE).all()
    grid = probability_grid(outcome, 1.0)
    assert (grid.states[:2] == CellState.KNOWN).all()
    assert (grid.states[4] == CellState.NOT_THERE).all()


def test_of_what_was_drawn_it_is_known_that_there_is_no_loss(
    subject: Subject, outcome: Outcome
) -> None:
    drawn = parts_of(record_draws(subject, [subject.tokenizer.bos, 10, 0], [0.5, 0.9])).complete
    assert drawn.is_drawn
    assert np.isnan(drawn.losses).all()
    assert np.isfinite(drawn.probabilities).all()
    assert not outcome.is_drawn


def test_scales_hold_all_numbers(outcome: Outcome, ava: Outcome) -> None:
    scales = common_scales([outcome, ava])
    largest = max(outcome.probabilities.max(), ava.probabilities.max())
    assert scales.probability == largest
    assert scales.loss == max(outcome.losses.max(), ava.losses.max(), outcome.chance)
    certain = replace(outcome, losses=np.array([0.1, np.nan]))
    assert common_scales([certain]).loss == outcome.chance


def test_a_change_is_found_where_the_name_is_the_same(outcome: Outcome, ava: Outcome) -> None:
    assert change_of([outcome, ava]) is None
    assert change_of([outcome, None]) is None
    change = change_of([ava, outcome, trained(outcome)])
    assert change is not None
    assert change.passes == (1, 2)
    assert change.probabilities.tolist()[0] == outcome.of_targets.tolist()
    wanted = trained(outcome).of_targets - outcome.of_targets
    assert change.differences.tolist() == wanted.tolist()
    everywhere = change_of([outcome, trained(outcome), outcome])
    assert everywhere is not None
    assert everywhere.passes == (0, 1, 2)


def test_a_name_is_the_same_in_another_vocabulary(outcome: Outcome) -> None:
    letters, tokens = outcome.document.letters, outcome.document.tokens
    document = replace(
        outcome.document, letters=("-", *letters), tokens=tuple(token + 1 for token in tokens)
    )
    probabilities = np.pad(outcome.probabilities, ((0, 0), (1, 0)))
    other = replace(outcome, document=document, probabilities=probabilities)
    change = change_of([outcome, other])
    assert change is not None
    assert change.passes == (0, 1)
    assert not change.differences.any()
    assert (outcome.token_of("e"), other.token_of("e")) == (4, 5)
    assert (outcome.token_of("-"), other.token_of("-"), other.token_of("BOS")) == (None, 0, 27)


def test_grids_have_the_numbers_and_their_states(parts: ComparedParts) -> None:
    now = parts.at(int(parts.nodes.losses[1]) + 1)
    grid = probability_grid(now, 0.5)
    assert grid.rows == ("BOS→e", "e→m", "m→m", "m→a", "a→BOS")
    assert (grid.columns[0], grid.columns[26], grid.limit) == ("a", "", 0.5)
    assert grid.nodes.tolist() == parts.nodes.probabilities.tolist()
    states = [CellState.KNOWN] * 2 + [CellState.NOT_COMPUTED] * 3
    assert grid.states[:, 0].tolist() == states
    heads = weight_grids(now, is_named=True)
    assert [head.title for head in heads] == ["head 0", "head 1", "head 2", "head 3"]
    assert heads[0].states[0].tolist() == [CellState.KNOWN] + [CellState.NOT_THERE] * 4
    assert heads[3].states[4, 0] == CellState.NOT_COMPUTED
    assert heads[0].columns == ("BOS", "e", "m", "m", "a")
    assert weight_grids(now, is_named=False)[0].rows == ()


def test_heads_of_several_layers_are_told_apart() -> None:
    trace = record_pass(untrained(TWO_LAYERS), "a")
    titles = [grid.title for grid in weight_grids(parts_of(trace).complete, is_named=True)]
    assert titles[1:3] == ["layer 0 · head 1", "layer 1 · head 0"]


def test_a_change_has_a_row_a_pass_and_one_for_the_difference(outcome: Outcome) -> None:
    change = change_of([outcome, trained(outcome)])
    assert change is not None
    passes, difference = change_grids(change, 0.2)
    assert (passes.rows, difference.rows) == (("in 1", "in 2"), ("1 → 2",))
    assert difference.limit == np.abs(change.differences).max()
    assert not difference.is_share
    unknown = replace(outcome, probabilities=np.full_like(outcome.probabilities, np.nan))
    change = change_of([unknown, outcome])
    assert change is not None
    passes, difference = change_grids(change, 0.2)
    assert (passes.states[0] == CellState.NOT_COMPUTED).all()
    assert (difference.states == CellState.NOT_COMPUTED).all()
    assert difference.limit == 1.0


def test_words_about_cells(parts: ComparedParts, outcome: Outcome) -> None:
    token = outcome.document.tokens[1]
    rank = outcome.rank(0, token)
    assert probability_words(outcome, 0, "e").endswith(f"rank {rank} of 27, the target")
    assert "target" not in probability_words(outcome, 0, "f")
    assert "target" in probability_words(outcome, 4, "BOS")
    assert probability_words(outcome, 5, "e") == "no such position"
    assert probability_words(outcome, 0, "ä") == "not in the vocabulary"
    assert weight_words(outcome, 0, 0, 0) == "1"
    assert weight_words(outcome, 0, 5, 0) == weight_words(outcome, 4, 0, 0) == "no such weight"
    before = parts.at(0)
    assert probability_words(before, 0, "a") == weight_words(before, 0, 0, 0) == "not computed yet"


def test_tables_have_every_number(outcome: Outcome) -> None:
    table = probability_table(outcome)
    assert table.columns[:5] == ("position", "read", "target", "loss", "p(a)")
    assert table.rows[1][:4] == (1, "e", "m", outcome.losses[1])
    assert table.rows[1][4:] == tuple(outcome.probabilities[1].tolist())
    attention = attention_table(outcome)
    assert len(attention.rows) == 4 * 15
    assert attention.rows[15 + 4] == (0, 1, 2, "m", 1, "e", outcome.weights[1, 2, 1])
    change = change_of([outcome, trained(outcome)])
    assert change is not None
    changed = change_table(change)
    assert changed.columns[3:] == ("p(target) in 1", "p(target) in 2", "loss in 1", "loss in 2")
    assert changed.rows[0][5:] == (outcome.losses[0], outcome.losses[0] / 2)
