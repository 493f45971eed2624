"""A lesson: stops in their order, and the models that their passes are made with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from explorer.debug.lessons.sources import Source
from explorer.debug.lessons.stop import Stop


@dataclass(frozen=True)
class Lesson:
    """A lesson; what changes it returns another one.

    Attributes
    ----------
    title : str
    summary : str
        What it is about, in a sentence or two.
    stops : tuple of Stop
    models : dict of str to Source
        By the keys that the stops name. Nothing in it is unused after an edit.
    """

    title: str
    summary: str = ""
    stops: tuple[Stop, ...] = ()
    models: Mapping[str, Source] = field(default_factory=dict)

    def source(self, stop: Stop) -> Source:
        """Return where the model of a stop is from."""
        return self.models[stop.model]

    def inserted(self, at: int, stop: Stop, source: Source) -> Lesson:
        """Return the lesson with one more stop before another one, or at its end.

        Parameters
        ----------
        at : int
            0 to the number of stops.
        stop : Stop
            Its model's key is chosen anew.
        source : Source
            Where its model is from.
        """
        models, stop = self._with_model(stop, source)
        stops = [*self.stops]
        stops.insert(at, stop)
        return replace(self, stops=tuple(stops), models=models)

    def replaced(self, at: int, stop: Stop, source: Source | None = None) -> Lesson:
        """Return the lesson with another stop in place of one; without a source, of its model."""
        models, stop = self._with_model(stop, source or self.source(self.stops[at]))
        return self._of((*self.stops[:at], stop, *self.stops[at + 1 :]), models)

    def removed(self, at: int) -> Lesson:
        """Return the lesson without a stop."""
        return self._of((*self.stops[:at], *self.stops[at + 1 :]), self.models)

    def moved(self, at: int, to: int) -> Lesson:
        """Return the lesson with a stop at another place among the others."""
        stops = [*self.stops]
        stop = stops.pop(at)
        stops.insert(to, stop)
        return replace(self, stops=tuple(stops))

    def renamed(self, title: str, summary: str) -> Lesson:
        """Return the lesson with another title and summary."""
        return replace(self, title=title, summary=summary)

    def _of(self, stops: tuple[Stop, ...], models: Mapping[str, Source]) -> Lesson:
        """Return the lesson with other stops, and only those models that they name."""
        used = {stop.model for stop in stops}
        kept = {key: source for key, source in models.items() if key in used}
        return replace(self, stops=stops, models=kept)

    def _with_model(self, stop: Stop, source: Source) -> tuple[Mapping[str, Source], Stop]:
        """Return the models with one more, if it is not among them, and the stop with its key."""
        known = next((key for key, model in self.models.items() if model == source), None)
        if known is not None:
            return self.models, replace(stop, model=known)
        number = 1
        while f"model {number}" in self.models:
            number += 1
        key = f"model {number}"
        return {**self.models, key: source}, replace(stop, model=key)
