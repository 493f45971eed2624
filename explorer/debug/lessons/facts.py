"""The numbers that captions ask for, read off the pass at the moment that is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from explorer.debug import numbers
from explorer.debug.addresses import Address, find_node
from explorer.debug.anatomy.parts import Anatomy, has_parts
from explorer.debug.finder import Finder
from explorer.debug.generation.generation import Generation
from explorer.debug.lessons.captions import CaptionError, Placeholder
from explorer.debug.positions import chance_loss, mean_loss
from explorer.debug.whatif import CannotChangeError, Rerun, WhatIf, prepare
from explorer.trace.passes import Subject
from explorer.trace.timeline import Timeline
from explorer.trace.trace import FloatArray
from explorer.trace.update import ParameterUpdate

MOST_NAMES = 50


class Facts:
    """What can be said of a pass at a moment.

    Parameters
    ----------
    timeline : Timeline
        With the numbers that are shown.
    cursor : int
    selection : int or None
    subject : Subject or None
        The model; None for an expression.
    losses : float64 array
        Of the steps that it was trained; empty if they are not known.
    drawing : Generation or None
        The name that is being made up.
    what_if : WhatIf or None
        If the numbers are those of one.
    """

    def __init__(
        self,
        timeline: Timeline,
        cursor: int,
        selection: int | None = None,
        subject: Subject | None = None,
        losses: FloatArray | None = None,
        drawing: Generation | None = None,
        what_if: WhatIf | None = None,
    ) -> None:
        self._timeline, self._trace, self._cursor = timeline, timeline.trace, cursor
        self._selection, self._subject, self._drawing = selection, subject, drawing
        self._losses = np.zeros(0) if losses is None else losses
        self._what_if = what_if
        self._computed = timeline.moment(cursor).computed
        self._rerun: Rerun | None = None

    def say(self, placeholder: Placeholder) -> str:
        """Return what a placeholder stands for.

        Raises
        ------
        CaptionError
            The pass has no such number, or not yet.
        """
        number = _SAYINGS[placeholder.form](self, *placeholder.arguments)
        if isinstance(number, float):
            return numbers.short(number, placeholder.digits)
        return numbers.count(number) if isinstance(number, int) else number

    # Nodes

    def _node(self, words: str) -> int:
        trace = self._trace
        found: int | None = None
        if words == "selection":
            found = self._selection
        elif words == "loss":
            found = trace.loss
        elif "#" in words:
            path, _, place = words.rpartition("#")
            titles = tuple(title for title in path.split("/") if title)
            if place.isdecimal():
                found = find_node(trace, Address(titles, int(place)))
        elif words in trace.names:
            found = trace.names.index(words)
        else:
            found = self._parameter(words)
        if found is None:
            raise CaptionError(f"this pass has no node “{words[:60]}”")
        return found

    def _parameter(self, words: str) -> int | None:
        name, _, place = words.partition("[")
        row, _, column = place.removesuffix("]").partition("][")
        for matrix in self._trace.parameters:
            named = matrix.name in (name, f"layer0.{name}")
            if named and row.isdecimal() and column.isdecimal():
                inside = int(row) < matrix.rows and int(column) < matrix.columns
                return matrix.start + int(row) * matrix.columns + int(column) if inside else None
        return None

    def _data(self, words: str) -> float:
        node = self._node(words)
        number = self._timeline.node_data_at(self._cursor, node)
        if number is None:
            raise CaptionError(f"“{words[:60]}” is not computed yet")
        return number

    def _grad(self, words: str) -> float:
        node = self._node(words)
        if node >= self._computed:
            raise CaptionError(f"“{words[:60]}” is not computed yet")
        return self._timeline.node_grad_at(self._cursor, node)

    def _contributions(self, words: str) -> int:
        return len(self._timeline.ledger(self._node(words)).event)

    def _updated(self, words: str) -> float:
        return self._update(words).after

    def _mean(self, words: str) -> float:
        return self._update(words).m

    def _spread(self, words: str) -> float:
        return self._update(words).v

    def _update(self, words: str) -> ParameterUpdate:
        update = self._timeline.update_at(self._cursor, self._node(words))
        if update is None:
            raise CaptionError(f"“{words[:60]}” is not updated yet")
        return update

    # What if

    def _nudged(self, words: str, by: str) -> float:
        node = self._node(words)
        if self._trace.loss is None or self._trace.loss >= self._computed:
            raise CaptionError("the loss is not computed yet")
        if self._rerun is None:
            try:
                self._rerun = prepare(self._timeline)
            except CannotChangeError as error:
                raise CaptionError(str(error).rstrip(".")) from None
        try:
            return self._rerun.loss({node: float(self._trace.data[node]) + float(by)})
        except CannotChangeError as error:
            raise CaptionError(str(error).rstrip(".")) from None

    def _change(self, words: str, by: str) -> float:
        return self._nudged(words, by) - self._loss()

    def _predicted(self, words: str, by: str) -> float:
        return self._grad(words) * float(by)

    def _loss_before(self) -> float:
        if self._what_if is None:
            raise CaptionError("no number is set by hand")
        return self._what_if.loss_before

    # The name

    def _loss(self) -> float:
        found = mean_loss(self._timeline, self._cursor)
        if found is None:
            raise CaptionError("the loss is not computed yet")
        return found

    def _position_loss(self, position: str) -> float:
        place = int(position)
        if place >= len(self._trace.position_loss):
            raise CaptionError(f"no loss was computed at position {place}")
        return self._number(int(self._trace.position_loss[place]), f"the loss of position {place}")

    def _probability(self, position: str, letter: str) -> float:
        place, token = int(position), self._token(letter)
        if place >= len(self._trace.probabilities):
            raise CaptionError(f"there is no position {place}")
        node = int(self._trace.probabilities[place, token])
        return self._number(node, f"the probability at position {place}")

    def _target_probability(self, position: str) -> float:
        return self._probability(position, self._letter_at(int(position) + 1))

    def _letter_at(self, place: int) -> str:
        document = self._trace.document
        if document is None or not place < len(document.tokens):
            raise CaptionError(f"no letter stands at position {place}")
        return document.spell(document.tokens[place])

    def _token(self, letter: str) -> int:
        letters = self._trace.document.letters if self._trace.document else ()
        if letter not in (*letters, "BOS"):
            raise CaptionError(f"the vocabulary has no “{letter}”")
        return (*letters, "BOS").index(letter)

    def _number(self, node: int, what: str) -> float:
        if node >= self._computed:
            raise CaptionError(f"{what} is not computed yet")
        return float(self._trace.data[node])

    @cached_property
    def _anatomy(self) -> Anatomy | None:
        return Anatomy(self._trace) if has_parts(self._trace) else None

    def _attention(self, layer: str, head: str, position: str, earlier: str) -> float:
        heads = self._anatomy.attention if self._anatomy is not None else ()
        row, column = int(position), int(earlier)
        if int(layer) >= len(heads) or int(head) >= len(heads[int(layer)]):
            raise CaptionError(f"there is no head {head} in layer {layer}")
        weights = heads[int(layer)][int(head)].weights
        if row >= len(weights) or column > row or weights[row, column] < 0:
            raise CaptionError(f"position {row} does not attend to position {column}")
        return self._number(int(weights[row, column]), "the attention weight")

    def _count(self, query: str) -> int:
        finder = Finder()
        finder.open(self._timeline, self._cursor)
        finder.search(query, self._cursor)
        if finder.error:
            raise CaptionError(finder.error.rstrip("."))
        return len(finder.found)

    @property
    def _name(self) -> str:
        document = self._trace.document
        if document is None:
            raise CaptionError("this pass reads no name")
        return document.name

    @property
    def _chance(self) -> float:
        if self._trace.document is None:
            raise CaptionError("this pass reads no name")
        return chance_loss(self._trace)

    @property
    def _letters(self) -> int:
        document = self._trace.document
        return 0 if document is None else len(document.letters) + 1

    @property
    def _sizes(self) -> dict[str, int]:
        trace = self._trace
        return {
            "positions": len(trace.position_scope),
            "nodes": trace.created,
            "edges": len(trace.child),
            "parameters": trace.leaves,
        }

    # The training

    @property
    def _model(self) -> Subject:
        if self._subject is None:
            raise CaptionError("this pass has no model")
        return self._subject

    def _learning_rate(self) -> float:
        if self._trace.update is None:
            raise CaptionError("this pass has no update")
        return self._trace.update.settings.learning_rate

    def _training_loss(self, step: str) -> float:
        return self._mean_training_loss(step, step)

    def _mean_training_loss(self, first: str, last: str) -> float:
        start, stop = int(first) - 1, int(last)
        if not 0 <= start < stop <= len(self._losses):
            raise CaptionError(f"the losses of the steps {first} to {last} are not known")
        return float(np.mean(self._losses[start:stop]))

    # A name that is made up

    @property
    def _made_up(self) -> Generation:
        if self._drawing is None:
            raise CaptionError("no name is made up here")
        return self._drawing

    def _drawn_probability(self, position: str) -> float:
        draws = self._made_up.draws
        if int(position) >= len(draws):
            raise CaptionError(f"nothing is drawn at position {position} yet")
        probability = draws[int(position)].probability
        assert probability is not None
        return probability

    def _drawn_names(self, count: str) -> str:
        shown = self._made_up
        if not 1 <= int(count) <= MOST_NAMES:
            raise CaptionError(f"1 to {MOST_NAMES} names can be shown")
        other = Generation(shown.subject)
        other.set_seed(shown.seed)
        other.tune(shown.temperature)
        found = []
        for _ in range(int(count)):
            other.finish()
            if other.trouble:
                raise CaptionError(other.trouble.rstrip("."))
            found.append(other.name)
            other.next_name()
        return ", ".join(found)


Saying = Callable[..., float | int | str]

_SAYINGS: dict[str, Saying] = {
    "loss": lambda facts: numbers.loss(facts._loss()),
    "recorded loss": lambda facts: numbers.loss(facts._loss_before()),
    "loss POSITION": lambda facts, place: numbers.loss(facts._position_loss(place)),
    "chance": lambda facts: numbers.loss(facts._chance),
    "data NODE": Facts._data,
    "grad NODE": Facts._grad,
    "nudge NODE BY": Facts._nudged,
    "change NODE BY": Facts._change,
    "predicted NODE BY": Facts._predicted,
    "updated NODE": Facts._updated,
    "m NODE": Facts._mean,
    "v NODE": Facts._spread,
    "contributions NODE": Facts._contributions,
    "probability POSITION LETTER": lambda facts, *place: numbers.percent(
        facts._probability(*place)
    ),
    "target probability POSITION": lambda facts, place: numbers.percent(
        facts._target_probability(place)
    ),
    "read POSITION": lambda facts, place: facts._letter_at(int(place)),
    "target POSITION": lambda facts, place: facts._letter_at(int(place) + 1),
    "attention LAYER HEAD POSITION EARLIER": lambda facts, *place: numbers.percent(
        facts._attention(*place)
    ),
    "count QUERY": Facts._count,
    "name": lambda facts: facts._name,
    "positions": lambda facts: facts._sizes["positions"],
    "nodes": lambda facts: facts._sizes["nodes"],
    "edges": lambda facts: facts._sizes["edges"],
    "parameters": lambda facts: facts._sizes["parameters"],
    "letters": lambda facts: facts._letters,
    "step": lambda facts: facts._model.optimizer.steps_done + 1,
    "steps": lambda facts: facts._model.total_steps,
    "learning rate": Facts._learning_rate,
    "training loss STEP": lambda facts, step: numbers.loss(facts._training_loss(step)),
    "mean training loss STEP STEP": lambda facts, *steps: numbers.loss(
        facts._mean_training_loss(*steps)
    ),
    "temperature": lambda facts: facts._made_up.temperature,
    "seed": lambda facts: str(facts._made_up.seed),
    "drawn": lambda facts: facts._made_up.name,
    "drawn probability POSITION": lambda facts, place: numbers.percent(
        facts._drawn_probability(place)
    ),
    "drawn names COUNT": Facts._drawn_names,
}
