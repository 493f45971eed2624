"""The passes of a lesson: which there are, which of them are worth keeping, and how one is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.sources import Embedded, Expression, Source, Untrained
from explorer.trace.expression import parse_formula
from explorer.trace.formula_pass import record_formula
from explorer.trace.passes import Subject, expected_nodes, record_pass
from explorer.trace.trace import Trace
from microgpt import Config

MOST_KEPT = 2_000_000  # nodes of all passes that are kept: 180 bytes each, 360 MB
LETTERS = 27  # tokens of a model whose vocabulary is not known yet


@dataclass(frozen=True)
class PassKey:
    """What tells the passes of a lesson apart.

    Attributes
    ----------
    model : str
        Key of the lesson's table of models.
    name : str
    """

    model: str
    name: str


def keys_of(lesson: Lesson) -> list[PassKey]:
    """Return the pass of each stop."""
    return [PassKey(stop.model, stop.state.name) for stop in lesson.stops]


def worth_keeping(lesson: Lesson, at: int, most: int = MOST_KEPT) -> list[PassKey]:
    """Return the passes to be kept while a stop is shown, the most urgent first.

    That is the pass of the stop, then those of the stops nearest to it, the following one before
    the previous one, as long as there is room.

    Parameters
    ----------
    lesson : Lesson
    at : int
        Which stop is shown.
    most : int, optional
        How many nodes all of them may have, about; the first one is kept in any case.
    """
    keys, found, nodes = keys_of(lesson), list[PassKey](), 0
    for place in sorted(range(len(keys)), key=lambda place: (abs(place - at), place < at)):
        key = keys[place]
        if key in found:
            continue
        nodes += expected_size(lesson.models[key.model], key.name)
        if found and nodes > most:
            break
        found.append(key)
    return found


def expected_size(source: Source, name: str) -> int:
    """Return about how many nodes a pass has."""
    if isinstance(source, Expression):
        return len(source.text)
    shape, tokens = Config(), LETTERS
    if isinstance(source, Untrained | Embedded):
        shape = Config(**source.config)
    if isinstance(source, Embedded):
        tokens = len(source.letters) + 1
    return expected_nodes(shape, tokens, min(len(name) + 1, shape.block_size))


def record_of(
    source: Source, subject: Subject | None, name: str, progress: Callable[[float], None]
) -> Trace:
    """Make the pass of a stop.

    Parameters
    ----------
    source : Source
    subject : Subject or None
        Its model; None for an expression.
    name : str
    progress : callable
        Called with how much is done, 0 to 1; it may raise to give up.

    Raises
    ------
    ValueError
        The name can't be read, or the formula fails at its first node.
    """
    if isinstance(source, Expression):
        return record_formula(parse_formula(source.text, source.leaves), source.leaves)
    assert subject is not None
    return record_pass(subject, name, progress)
