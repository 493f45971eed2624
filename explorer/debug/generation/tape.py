"""Random numbers that are kept, so that a draw can be taken back and made again."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, TypeAlias

from microgpt import GPT

if TYPE_CHECKING:
    from explorer.trace.passes import Subject

RandomState: TypeAlias = tuple[Any, ...]  # as `random.Random.getstate` returns it


class Tape(Random):
    """A generator that plays its numbers again after it was wound back.

    It is a `random.Random`, so that the algorithm draws from it as from any other, one number a
    draw (`choices`). It has no other use: `shuffle` and the like would not be played again.

    Attributes
    ----------
    at : int
        How many numbers have been drawn since the beginning. Setting it winds the tape back, or
        on to a number that was drawn before.
    """

    def __new__(cls, state: RandomState) -> Tape:
        """Make it; the state is no seed, which is what the class above takes."""
        return super().__new__(cls)

    def __init__(self, state: RandomState) -> None:
        super().__init__(0)
        self.setstate(state)
        self.at = 0
        self._numbers: list[float] = []

    def random(self) -> float:
        """Return the next number, at least 0 and less than 1."""
        self.at += 1
        return self.number(self.at - 1)

    def number(self, index: int) -> float:
        """Return a number of the tape without drawing it."""
        while len(self._numbers) <= index:
            self._numbers.append(super().random())
        return self._numbers[index]


def state_of_seed(subject: Subject, seed: int) -> RandomState:
    """Return the state in which a seed begins to draw names.

    One generator does everything in the published script: it shuffles the documents, draws the
    parameters, and what comes after that draws the names. So a seed means the same for all
    models: its numbers after as many for shuffling and for parameters.
    """
    rng = Random(seed)
    rng.shuffle(list(subject.documents))
    GPT(subject.model.config, subject.tokenizer.vocab_size, rng)
    return rng.getstate()
