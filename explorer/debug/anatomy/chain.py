"""The way from a token to the update of the parameters, in stages, each with its number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from explorer.debug import numbers
from explorer.debug.anatomy.parts import NONE
from explorer.debug.anatomy.reading import Place, Reading
from explorer.trace.timeline import Phase
from explorer.trace.trace import FloatArray, IntArray, Trace


class Stage(StrEnum):
    """What happens to a token, in order."""

    TOKEN = "token"
    EMBEDDING = "embedding"
    ATTENTION = "attention"
    RESIDUAL = "residual"
    MLP = "MLP"
    LOGITS = "logits"
    LOSS = "loss"
    GRADIENTS = "gradients"
    UPDATE = "update"


OF_A_LAYER = (Stage.ATTENTION, Stage.RESIDUAL, Stage.MLP)

# The stage that a scope belongs to, by the names of the scope around it and its own; what is not
# listed belongs to the stage of the scope around it.
_SCOPES = {
    ("gpt", "embed"): Stage.EMBEDDING,
    ("gpt", "rmsnorm"): Stage.EMBEDDING,
    ("layer", "attention"): Stage.ATTENTION,
    ("attention", "residual"): Stage.RESIDUAL,
    ("layer", "mlp"): Stage.MLP,
    ("mlp", "residual"): Stage.RESIDUAL,
    ("gpt", "lm_head"): Stage.LOGITS,
    ("position", "softmax"): Stage.LOSS,
    ("position", "cross_entropy"): Stage.LOSS,
    ("pass", "mean"): Stage.LOSS,
}


@dataclass(frozen=True)
class Link:
    """A stage at a moment.

    Attributes
    ----------
    stage : Stage
    title : str
        With the position or, if there are several, the layer.
    figure : str or None
        What came out of it in a few letters; None as long as it is not computed.
    brief : str
        The same where there is little room.
    words : str
        What the figure is.
    scope : int or None
        Where the map shows it; None if the pass ended before.
    """

    stage: Stage
    title: str
    figure: str | None
    brief: str
    words: str
    scope: int | None


def reading_chain(reading: Reading, place: Place) -> tuple[Link, ...]:
    """Return all stages of a position, those of a layer for the layer of the place."""
    figures, scopes = _Figures(reading, place), _scopes_at(reading, place)
    links = []
    for stage in Stage:
        figure, words = figures.of(stage)
        title = f"token at {place.position}" if stage is Stage.TOKEN else stage.value
        if stage in OF_A_LAYER and reading.anatomy.layers > 1:
            title = f"{title} {place.layer}"
        brief = (figure or "").replace("looks at ", "").replace(" so far", "…")
        links.append(Link(stage, title, figure, brief, words, scopes[stage]))
    return tuple(links)


def stage_moments(reading: Reading, link: Link) -> tuple[int, int] | None:
    """Return the moments when the work on a stage has begun and when it is done."""
    timeline = reading.timeline
    if link.stage is Stage.GRADIENTS:
        has_backward = timeline.trace.loss is not None
        return (timeline.backward_start, timeline.backward_end) if has_backward else None
    if link.stage is Stage.UPDATE:
        first = timeline.backward_end + 1
        return (first, timeline.end) if timeline.end >= first else None
    if link.scope is None:
        return None
    scope = timeline.trace.scope
    inside = np.flatnonzero(
        (scope >= link.scope) & (scope < timeline.trace.scopes[link.scope].stop)
    )
    return timeline.computed_after(int(inside[0])), timeline.computed_after(int(inside[-1]))


class StageFinder:
    """Finds the stage that is at work at a moment.

    Parameters
    ----------
    trace : Trace
    """

    def __init__(self, trace: Trace) -> None:
        stages: list[Stage | None] = []
        for scope in trace.scopes:
            above = trace.scopes[scope.parent].name if scope.parent >= 0 else ""
            inherited = stages[scope.parent] if scope.parent >= 0 else None
            stages.append(_SCOPES.get((above, scope.name), inherited))
        self._stages = stages

    def at(self, reading: Reading) -> Stage | None:
        """Return the stage of what happened last, at whatever position it was."""
        moment = reading.timeline.moment(reading.cursor)
        if moment.node is None:
            return None
        if moment.phase is Phase.UPDATE:
            return Stage.UPDATE
        if moment.phase is not Phase.FORWARD:
            return Stage.GRADIENTS
        return self._stages[int(reading.timeline.trace.scope[moment.node])]


class _Figures:
    """The number of each stage, and what it is."""

    def __init__(self, reading: Reading, place: Place) -> None:
        self._reading, self._place = reading, place

    def of(self, stage: Stage) -> tuple[str | None, str]:
        """Return the figure of a stage, or None, and what it is in words."""
        figure: tuple[str | None, str] = getattr(self, f"_{stage.name.lower()}")()
        return figure

    def _token(self) -> tuple[str, str]:
        token = self._reading.anatomy.tokens[self._place.position]
        return f"{self._reading.spell(token)} = {token}", "What is read, and its number"

    def _embedding(self) -> tuple[str | None, str]:
        words = "Norm of the sum of both embeddings, of the letter and of the position"
        return _norm(self._at_place("embedding", None)), words

    def _attention(self) -> tuple[str | None, str]:
        place, anatomy = self._place, self._reading.anatomy
        words = f"The largest weight of head {place.head}, and the letter that it is given to"
        seen = slice(place.position + 1)
        row = anatomy.attention[place.layer][place.head].weights[place.position, seen]
        weights = self._reading.data(row)
        if np.isnan(weights).any():
            return None, words
        most = int(weights.argmax())
        letter = self._reading.spell(anatomy.tokens[most])
        return f"looks at {letter} {numbers.short(float(weights[most]), 2)}", words

    def _residual(self) -> tuple[str | None, str]:
        words = "Norm of the residual stream, with what attention has added to it"
        return _norm(self._at_place("after attention", self._place.layer)), words

    def _mlp(self) -> tuple[str | None, str]:
        units = self._reading.data(
            self._reading.anatomy.mlps[self._place.layer].rectified[self._place.position]
        )
        words = "How many of the units are above zero behind their ReLU"
        if np.isnan(units).any():
            return None, words
        return f"{int((units > 0).sum())} of {len(units)} on", words

    def _logits(self) -> tuple[str | None, str]:
        logits = self._reading.data(self._reading.anatomy.logits[self._place.position])
        words = "The largest logit, and its letter"
        if np.isnan(logits).any():
            return None, words
        token = int(logits.argmax())
        return f"{self._reading.spell(token)} {numbers.short(float(logits[token]), 3)}", words

    def _loss(self) -> tuple[str | None, str]:
        loss = self._reading.data(self._reading.anatomy.losses[self._place.position, np.newaxis])
        words = "The loss of this position"
        return None if np.isnan(loss[0]) else numbers.loss(float(loss[0])), words

    def _gradients(self) -> tuple[str | None, str]:
        timeline, cursor = self._reading.timeline, self._reading.cursor
        words = "Norm of the gradients of all parameters"
        if timeline.trace.loss is None or cursor < timeline.backward_start:
            return None, words
        if cursor > timeline.backward_end:  # the update sets them back one by one
            grad = timeline.trace.grad[: timeline.trace.leaves]
            return _norm(grad), f"{words}, before the update sets them back to 0"
        grad = self._reading.grad(np.arange(timeline.trace.leaves, dtype=np.int32))
        norm = _norm(grad)
        return norm if cursor == timeline.backward_end else f"{norm} so far", words

    def _update(self) -> tuple[str | None, str]:
        timeline = self._reading.timeline
        update, done = timeline.trace.update, timeline.moment(self._reading.cursor).updated
        words = "Norm of the step: of what Adam takes away from all parameters"
        if update is None or not done:
            return None, words
        step = _norm(update.data[:done] - timeline.trace.data[:done], "step")
        return step if done == len(update) else f"{step} so far", words

    def _at_place(self, title: str, layer: int | None) -> FloatArray:
        stages = self._reading.anatomy.stages
        nodes = next(s.nodes for s in stages if (s.title, s.layer) == (title, layer))
        return self._reading.data(nodes[self._place.position])


def _norm(values: FloatArray, name: str = "norm") -> str | None:
    if np.isnan(values).any():
        return None
    with np.errstate(over="ignore"):
        return f"{name} {numbers.short(float(np.sqrt((values * values).sum())), 3)}"


def _scopes_at(reading: Reading, place: Place) -> dict[Stage, int | None]:
    """Return the scope of each stage; of gradients and update, where their work begins."""
    anatomy, trace, at = reading.anatomy, reading.timeline.trace, place.position
    stages = {(stage.title, stage.layer): stage.scopes for stage in anatomy.stages}
    head = int(anatomy.attention[place.layer][0].scopes[at])
    parameters = next((s for s, info in enumerate(trace.scopes) if info.name == "parameters"), None)
    return {
        Stage.TOKEN: int(trace.position_scope[at]),
        Stage.EMBEDDING: _some(stages["embedding", None], at),
        Stage.ATTENTION: None if head == NONE else trace.scopes[head].parent,
        Stage.RESIDUAL: _some(stages["after attention", place.layer], at),
        Stage.MLP: _some(anatomy.mlps[place.layer].scopes, at),
        Stage.LOGITS: _around(trace, anatomy.logits[at, 0], "lm_head"),
        Stage.LOSS: _around(trace, anatomy.losses[at], "cross_entropy"),
        Stage.GRADIENTS: int(trace.scope[trace.loss]) if trace.loss is not None else None,
        Stage.UPDATE: parameters,
    }


def _some(scopes: IntArray, position: int) -> int | None:
    return None if scopes[position] == NONE else int(scopes[position])


def _around(trace: Trace, node: int, name: str) -> int | None:
    """Return the scope of a name around a node, or that of the node; None without a node."""
    if node == NONE:
        return None
    path = trace.scope_path(int(trace.scope[node]))
    return next((scope for scope in path if trace.scopes[scope].name == name), path[-1])
