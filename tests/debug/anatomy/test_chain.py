"""The stages from token to update, compared with the numbers of the model."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explorer.debug import numbers
from explorer.debug.anatomy.chain import (
    Link,
    Stage,
    StageFinder,
    reading_chain,
    stage_moments,
)
from explorer.debug.anatomy.chain_source import stage_source
from explorer.debug.anatomy.parts import Anatomy
from explorer.debug.anatomy.reading import Place, Reading
from explorer.trace.passes import record_pass, untrained
from explorer.trace.timeline import Timeline
from explorer.trace.trace import SourceText
from microgpt import Config

PLACE = Place(position=3, layer=1, head=1)


@pytest.fixture(scope="module")
def timeline() -> Timeline:
    """Two layers, so that stages of a layer are told apart."""
    return Timeline(record_pass(untrained(Config(n_layer=2, n_embd=8, n_head=2)), "emma"))


@pytest.fixture(scope="module")
def anatomy(timeline: Timeline) -> Anatomy:
    return Anatomy(timeline.trace)


def links(timeline: Timeline, anatomy: Anatomy, cursor: int) -> dict[Stage, Link]:
    reading = Reading(timeline, cursor, anatomy)
    return {link.stage: link for link in reading_chain(reading, PLACE)}


def norm(values: np.ndarray) -> float:
    return math.sqrt(math.fsum(float(value) ** 2 for value in values))


def test_each_stage_has_the_number_of_its_place(timeline: Timeline, anatomy: Anatomy) -> None:
    data, found = timeline.trace.data, links(timeline, anatomy, timeline.end)
    stages = {(stage.title, stage.layer): stage.nodes[3] for stage in anatomy.stages}
    weights = data[anatomy.attention[1][1].weights[3, :4]]
    logits = data[anatomy.logits[3]]
    units = data[anatomy.mlps[1].rectified[3]]
    update = timeline.trace.update
    assert update is not None
    parameters = slice(timeline.trace.leaves)
    expected = {
        Stage.TOKEN: "m = 12",
        Stage.EMBEDDING: f"norm {numbers.short(norm(data[stages['embedding', None]]), 3)}",
        Stage.ATTENTION: (
            f"looks at {['BOS', 'e', 'm', 'm'][int(weights.argmax())]} "
            f"{numbers.short(float(weights.max()), 2)}"
        ),
        Stage.RESIDUAL: f"norm {numbers.short(norm(data[stages['after attention', 1]]), 3)}",
        Stage.MLP: f"{sum(unit > 0 for unit in units)} of 32 on",
        Stage.LOGITS: (
            f"{timeline.trace.document.spell(int(logits.argmax()))} "
            f"{numbers.short(float(logits.max()), 3)}"
        ),
        Stage.LOSS: numbers.loss(float(data[anatomy.losses[3]])),
        Stage.GRADIENTS: f"norm {numbers.short(norm(timeline.trace.grad[parameters]), 3)}",
        Stage.UPDATE: f"step {numbers.short(norm(update.data - data[parameters]), 3)}",
    }
    assert {stage: link.figure for stage, link in found.items()} == expected
    assert [link.title for link in found.values()][:5] == [
        "token at 3", "embedding", "attention 1", "residual 1", "MLP 1",
    ]  # fmt: skip


def test_each_stage_is_where_the_map_has_it(timeline: Timeline, anatomy: Anatomy) -> None:
    trace, found = timeline.trace, links(timeline, anatomy, 0)
    names = {stage: trace.scopes[link.scope].name for stage, link in found.items()}
    assert list(names.values()) == [
        "position", "embed", "attention", "residual", "mlp", "lm_head", "cross_entropy", "mean",
        "parameters",
    ]  # fmt: skip
    at_place = set(range(int(trace.position_scope[3]), trace.scopes[trace.position_scope[3]].stop))
    assert all(found[stage].scope in at_place for stage in list(Stage)[:7])
    layer = trace.scopes[found[Stage.ATTENTION].scope].parent
    assert trace.scopes[layer].title == "layer 1"


def test_nothing_is_told_before_it_is_computed(timeline: Timeline, anatomy: Anatomy) -> None:
    start = links(timeline, anatomy, 0)
    known = [stage for stage, link in start.items() if link.figure is not None]
    assert known == [Stage.TOKEN]
    reading = Reading(timeline, 0, anatomy)
    for stage in list(Stage)[1:7]:  # each number comes with the last node of its stage
        moments = stage_moments(reading, start[stage])
        assert moments is not None
        assert links(timeline, anatomy, moments[0] - 1)[stage].figure is None
        assert links(timeline, anatomy, moments[1])[stage].figure is not None


def test_unfinished_sums_say_so(timeline: Timeline, anatomy: Anatomy) -> None:
    before = links(timeline, anatomy, timeline.forward_end)
    assert before[Stage.GRADIENTS].figure is None
    during = links(timeline, anatomy, timeline.backward_end - 1)
    assert during[Stage.GRADIENTS].figure.endswith(" so far")
    assert during[Stage.GRADIENTS].brief.endswith("…")
    assert during[Stage.UPDATE].figure is None
    middle = links(timeline, anatomy, timeline.end - 1)
    assert middle[Stage.UPDATE].figure.endswith(" so far")
    done = links(timeline, anatomy, timeline.backward_end)[Stage.GRADIENTS]
    assert middle[Stage.GRADIENTS].figure == done.figure


def test_the_stage_at_work_is_that_of_the_last_event(timeline: Timeline, anatomy: Anatomy) -> None:
    finder = StageFinder(timeline.trace)

    def at(cursor: int) -> Stage | None:
        return finder.at(Reading(timeline, cursor, anatomy))

    assert at(0) is None
    for stage, link in links(timeline, anatomy, 0).items():
        moments = stage_moments(Reading(timeline, 0, anatomy), link)
        assert moments is not None
        if stage is not Stage.TOKEN:
            assert at(moments[0]) is stage
        assert at(moments[1]) in (stage, Stage.RESIDUAL, Stage.LOSS)
    seen = [at(cursor) for cursor in range(1, timeline.forward_end + 1)]
    assert None not in seen
    order = [stage for i, stage in enumerate(seen) if i == 0 or stage is not seen[i - 1]]
    block = [Stage.ATTENTION, Stage.RESIDUAL, Stage.MLP, Stage.RESIDUAL]
    assert order[:11] == [Stage.EMBEDDING, *block, *block, Stage.LOGITS, Stage.LOSS]
    assert at(timeline.backward_start) is at(timeline.backward_end) is Stage.GRADIENTS
    assert at(timeline.end) is Stage.UPDATE


def test_a_pass_that_failed_has_no_stages_after_that() -> None:
    subject = untrained(Config())
    for row in subject.model.state_dict["layer0.attn_wv"]:
        row[0].data = float("inf")
    timeline = Timeline(record_pass(subject, "emma"))
    reading = Reading(timeline, timeline.end, Anatomy(timeline.trace))
    found = {link.stage: link for link in reading_chain(reading, Place())}
    assert found[Stage.EMBEDDING].figure is not None
    for stage in (Stage.RESIDUAL, Stage.MLP, Stage.LOGITS, Stage.LOSS, Stage.GRADIENTS):
        assert (found[stage].figure, found[stage].scope) == (None, None)
        assert stage_moments(reading, found[stage]) is None
    assert stage_moments(reading, found[Stage.UPDATE]) is None


@pytest.mark.parametrize(
    "shape", [Config(n_embd=1, n_head=1), Config(n_layer=4, n_embd=4)], ids=str
)
def test_models_of_any_shape_have_all_stages(shape: Config) -> None:
    timeline = Timeline(record_pass(untrained(shape), "a"))
    reading = Reading(timeline, timeline.end, Anatomy(timeline.trace))
    place = Place(1, shape.n_layer - 1, shape.n_head - 1)
    found = reading_chain(reading, place)
    assert all(link.figure is not None and link.scope is not None for link in found)


def test_the_lines_of_a_stage_are_those_of_its_functions(timeline: Timeline) -> None:
    for stage in Stage:
        for excerpt in stage_source(stage, timeline.trace.files):
            assert excerpt.lines[0].lstrip().startswith("def ")
            assert len(excerpt.lines) == len(excerpt.spans)
            files = {file.name: file.text.split("\n") for file in timeline.trace.files}
            if excerpt.file in files:
                last = excerpt.first - 1 + len(excerpt.lines)
                assert tuple(files[excerpt.file][excerpt.first - 1 : last]) == excerpt.lines
    heads = [e.lines[0] for e in stage_source(Stage.ATTENTION, timeline.trace.files)]
    assert [head.split("(")[0] for head in heads] == ["def attention", "def attend"]
    (backward,) = stage_source(Stage.GRADIENTS, timeline.trace.files)
    assert backward.file == "microgpt/value.py"
    assert any("child.grad += local_grad * node.grad" in line for line in backward.lines)


def test_code_that_is_no_python_has_no_lines() -> None:
    assert stage_source(Stage.MLP, [SourceText("x/y.py", "def mlp(:")]) == ()
