"""Names that are made up at a stop."""

from __future__ import annotations

from explorer.debug.generation.generation import Generation
from explorer.debug.lessons.stop import Drawing
from explorer.trace.passes import Subject


def starts_of(subject: Subject, drawing: Drawing) -> tuple[int, ...]:
    """Return how many random numbers each name before the one of a drawing takes, and itself.

    All names before it have to be made up for that, a few milliseconds each.
    """
    generation = Generation(subject)
    generation.tune(drawing.temperature)
    generation.set_seed(drawing.seed)
    starts = [generation.start]
    while len(starts) < drawing.number and not generation.trouble:
        generation.next_name()
        starts.append(generation.start)
    return tuple(starts)


def redraw(subject: Subject, drawing: Drawing, starts: tuple[int, ...]) -> Generation:
    """Return the name of a drawing, as far as it was drawn.

    Parameters
    ----------
    subject : Subject
    drawing : Drawing
    starts : tuple of int
        As `starts_of` has found them.
    """
    generation = Generation(subject)
    bring_back(generation, drawing, starts)
    return generation


def bring_back(generation: Generation, drawing: Drawing, starts: tuple[int, ...]) -> None:
    """Let a generation of the right model show a drawing.

    Letters that the model does not know are left out of what is given.
    """
    tokenizer = generation.subject.tokenizer
    unknown = set(tokenizer.unknown(drawing.prefix))
    given = "".join(letter for letter in drawing.prefix if letter not in unknown)
    prefix = tokenizer.encode(given)[1:-1][: generation.subject.positions_limit - 1]
    generation.take(drawing.seed, prefix, starts, drawing.temperature)
    if drawing.drawn is not None:
        while len(generation.draws) > drawing.drawn and generation.can_go_back:
            generation.back()
    if drawing.shown is not None:
        generation.show(drawing.shown)


def capture_drawing(generation: Generation) -> Drawing:
    """Return the name that is being made up, as a stop holds it."""
    return Drawing(
        seed=generation.seed,
        temperature=generation.temperature,
        number=generation.number,
        prefix=generation.prefix,
        drawn=None if generation.is_finished else len(generation.draws),
        shown=generation.shown,
    )
