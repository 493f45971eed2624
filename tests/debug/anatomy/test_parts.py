"""The parts of passes, compared with the algorithm's own vectors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.debug.anatomy.parts import NONE, Anatomy, Kind, has_parts
from explorer.debug.anatomy.reading import Place, Reading
from explorer.trace.passes import record_pass, untrained
from explorer.trace.timeline import Timeline
from explorer.trace.trace import FloatArray, IntArray, Trace
from microgpt import Config, Value
from microgpt import model as algorithm
from microgpt.nn import dot, rmsnorm, softmax

SHAPES = [
    Config(),
    Config(n_layer=2, n_embd=8, n_head=2),
    Config(n_layer=1, n_embd=4, n_head=4),
    Config(n_layer=1, n_embd=6, n_head=1),
    Config(n_layer=1, n_embd=1, n_head=1),
]


class Spied:
    """A pass, and what the functions of the model returned while it ran."""

    def __init__(self, config: Config, name: str) -> None:
        self.vectors: dict[str, list[list[float]]] = {}
        self.subject = untrained(config)
        with pytest.MonkeyPatch.context() as patch:
            for function in ("embed", "attention", "mlp", "attend", "linear", "lm_head"):
                self.spy(patch, function)
            tokens = self.subject.tokenizer.encode(name)
            algorithm.forward(self.subject.model, tokens)
        self.trace = record_pass(self.subject, name)
        self.anatomy = Anatomy(self.trace)

    def spy(self, patch: pytest.MonkeyPatch, function: str) -> None:
        original = getattr(algorithm, function)

        def noting(*arguments: object) -> list[Value]:
            vector: list[Value] = original(*arguments)
            self.vectors.setdefault(function, []).append([value.data for value in vector])
            return vector

        patch.setattr(algorithm, function, noting)

    def stage(self, title: str, layer: int | None = None) -> FloatArray:
        (stage,) = (s for s in self.anatomy.stages if (s.title, s.layer) == (title, layer))
        return self.trace.data[stage.nodes]


@pytest.fixture(scope="module", params=SHAPES, ids=lambda c: f"{c.n_layer}x{c.n_embd}/{c.n_head}")
def spied(request: pytest.FixtureRequest) -> Spied:
    return Spied(request.param, "emma")


def test_the_stream_is_what_the_blocks_returned(spied: Spied) -> None:
    layers = spied.anatomy.layers
    np.testing.assert_array_equal(spied.stage("embedding"), spied.vectors["embed"])
    for title, function in (("after attention", "attention"), ("after MLP", "mlp")):
        returned = np.array(spied.vectors[function]).reshape(5, layers, -1)
        for layer in range(layers):
            np.testing.assert_array_equal(spied.stage(title, layer), returned[:, layer])


def test_the_stream_is_a_sum(spied: Spied) -> None:
    stages = {(s.title, s.layer): spied.stage(s.title, s.layer) for s in spied.anatomy.stages}
    embedding = stages["token embedding", None] + stages["position embedding", None]
    np.testing.assert_array_equal(stages["embedding", None], embedding)
    before = stages["normalised", None]
    for layer in range(spied.anatomy.layers):
        for block in ("attention", "MLP"):
            after = stages[f"{block} adds", layer] + before
            np.testing.assert_array_equal(stages[f"after {block}", layer], after)
            normalised = [[v.data for v in rmsnorm([Value(x) for x in row])] for row in before]
            np.testing.assert_array_equal(stages[f"normalised for {block}", layer], normalised)
            before = after


def test_every_stage_is_in_its_scope(spied: Spied) -> None:
    for stage in spied.anatomy.stages:
        for nodes, scope in zip(stage.nodes, stage.scopes, strict=True):
            assert scope != NONE
            if stage.kind is not Kind.EMBEDDING:
                inside = spied.trace.scope[nodes]
                assert ((inside >= scope) & (inside < spied.trace.scopes[scope].stop)).all()


def test_a_head_does_what_attention_does(spied: Spied) -> None:
    data, anatomy = spied.trace.data, spied.anatomy
    returned = iter(spied.vectors["attend"])
    for position in range(anatomy.positions):
        for layer in range(anatomy.layers):
            for head in anatomy.attention[layer]:
                row, seen = position, slice(position + 1)
                query = [Value(x) for x in data[head.queries[row]]]
                keys = [[Value(x) for x in key] for key in data[head.keys[seen]]]
                dots = [dot(query, key) for key in keys]
                assert [d.data for d in dots] == data[head.dots[row, seen]].tolist()
                scores = [d / len(query) ** 0.5 for d in dots]
                assert [s.data for s in scores] == data[head.scores[row, seen]].tolist()
                weights = [w.data for w in softmax(scores)]
                assert weights == data[head.weights[row, seen]].tolist()
                products = data[head.weights[row, seen], None] * data[head.values[seen]]
                np.testing.assert_array_equal(data[head.weighted[row, seen]], products)
                assert data[head.gathered[row]].tolist() == next(returned)


def test_what_comes_later_is_no_part_of_a_head(spied: Spied) -> None:
    later = np.triu(np.ones((5, 5), bool), 1)
    for head in spied.anatomy.attention[-1]:
        for square in (head.dots, head.scores, head.weights):
            np.testing.assert_array_equal(square == NONE, later)
        np.testing.assert_array_equal((head.weighted == NONE).all(axis=2), later)


def test_units_are_rectified_one_by_one(spied: Spied) -> None:
    for mlp in spied.anatomy.mlps:
        hidden, rectified = spied.trace.data[mlp.hidden], spied.trace.data[mlp.rectified]
        np.testing.assert_array_equal(rectified, np.maximum(hidden, 0))
        assert hidden.shape == (5, 4 * spied.anatomy.width)


def test_logits_are_those_of_the_head_of_the_model(spied: Spied) -> None:
    data = spied.trace.data
    np.testing.assert_array_equal(data[spied.anatomy.logits], spied.vectors["lm_head"])
    np.testing.assert_allclose(data[spied.anatomy.probabilities].sum(axis=1), 1)
    assert data[spied.anatomy.losses].mean() == pytest.approx(data[spied.trace.loss])


def test_other_numbers_have_the_same_parts(spied: Spied) -> None:
    assert has_parts(spied.trace)
    matrix = spied.anatomy.matrix("lm_head")
    assert matrix is not None
    assert spied.trace.parameter_name(matrix.start) == "lm_head[0][0]"
    assert spied.anatomy.matrix("nothing") is None


@pytest.fixture(scope="module")
def emma(pass_of_emma: Trace) -> Timeline:
    return Timeline(pass_of_emma)


@pytest.fixture(scope="module")
def pass_of_emma() -> Trace:
    return record_pass(untrained(Config()), "emma")


def test_what_is_not_computed_yet_is_not_told(emma: Timeline) -> None:
    anatomy = Anatomy(emma.trace)
    weights = anatomy.attention[0][0].weights
    last = int(weights[1, 0])
    cursor = emma.computed_after(last)
    assert Reading(emma, cursor, anatomy).known(weights).sum() == 2
    data = Reading(emma, cursor, anatomy).data(weights)
    assert np.isfinite(data).tolist() == Reading(emma, cursor, anatomy).known(weights).tolist()
    assert data[1, 0] == emma.trace.data[last]
    assert not Reading(emma, 0, anatomy).known(anatomy.probabilities).any()


def test_gradients_are_those_of_the_moment(emma: Timeline) -> None:
    anatomy = Anatomy(emma.trace)
    begin = Reading(emma, emma.backward_start, anatomy)
    assert not begin.grad(anatomy.logits).any()
    end = Reading(emma, emma.backward_end, anatomy)
    np.testing.assert_array_equal(end.grad(anatomy.logits), emma.trace.grad[anatomy.logits])
    assert begin.spell(26) == "BOS"


def test_forward_is_at_the_position_of_what_was_computed_last(emma: Timeline) -> None:
    anatomy = Anatomy(emma.trace)

    def position_after(node: int) -> int | None:
        return Reading(emma, emma.computed_after(node), anatomy).position

    assert Reading(emma, 0, anatomy).position == 0
    assert [position_after(int(loss)) for loss in anatomy.losses] == [0, 1, 2, 3, 4]
    assert position_after(int(anatomy.losses[1]) + 1) == 2
    for after in (emma.forward_end, emma.backward_start, emma.backward_end, emma.end):
        assert Reading(emma, after, anatomy).position is None


def test_a_place_is_kept_within_the_pass(emma: Timeline) -> None:
    anatomy = Anatomy(emma.trace)
    assert Place(9, 3, 7).within(anatomy) == Place(4, 0, 3)
    assert Place(2, 0, 1).within(anatomy) == Place(2, 0, 1)


def test_a_pass_that_failed_has_the_parts_that_it_reached() -> None:
    subject = untrained(Config())
    for row in subject.model.state_dict["layer0.attn_wv"]:
        row[0].data = float("inf")
    trace = record_pass(subject, "emma")
    anatomy = Anatomy(trace)
    stages = {(stage.title, stage.layer): stage.nodes for stage in anatomy.stages}
    head = anatomy.attention[0][0]
    assert trace.failure is not None
    assert anatomy.positions == 1
    assert (stages["normalised for attention", 0] != NONE).all()
    for reached in (head.queries, head.keys):
        np.testing.assert_array_equal(trace.data[reached], sound_numbers("emma", reached))
    for missing in (anatomy.losses, stages["after MLP", 0]):
        assert (missing == NONE).all()


def sound_numbers(name: str, nodes: IntArray) -> FloatArray:
    """Return the same nodes of a pass that does not fail: it begins with the same ones."""
    return record_pass(untrained(Config()), name).data[nodes]


def test_a_graph_without_a_document_has_no_parts(emma: Timeline) -> None:
    assert not has_parts(replace(emma.trace, document=None))
