"""The model's logits after any beginning; the algorithm reads each beginning once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from microgpt import GPT, Config, Value
from microgpt.model import KeyValueCache, gpt
from microgpt.nn import Matrix
from microgpt.sample import temper
from microgpt.train import collector_paused

MOST_KEPT = 2000  # beginnings, of about 5 kB each


@dataclass(frozen=True, eq=False)
class _Beginning:
    """What the last position of a beginning left: its key and value in each layer, its logits."""

    keys: Matrix
    values: Matrix
    logits: tuple[float, ...]

    def leave_in(self, cache: KeyValueCache) -> None:
        for layer, (key, value) in enumerate(zip(self.keys, self.values, strict=True)):
            cache.keys[layer].append(key)
            cache.values[layer].append(value)


class Reader:
    """Reads beginnings with a model of its own, which nothing else changes.

    Parameters
    ----------
    config : Config
    vocab_size : int
    parameters : sequence of float
        In state-dict order.
    """

    def __init__(self, config: Config, vocab_size: int, parameters: Sequence[float]) -> None:
        self._model = GPT(config, vocab_size, Random(0))
        for parameter, data in zip(self._model.parameters(), parameters, strict=True):
            parameter.data = data
        self._known: dict[tuple[int, ...], _Beginning] = {}

    def logits_after(self, tokens: Sequence[int]) -> tuple[float, ...]:
        """Return the logits of the token that follows.

        Parameters
        ----------
        tokens : sequence of int
            BOS and what comes after it, at most `block_size`.

        Raises
        ------
        ArithmeticError, ValueError
            The model's numbers went out of range.
        """
        if len(self._known) > MOST_KEPT:
            self._known.clear()
        cache = KeyValueCache(self._model.config.n_layer)
        logits: tuple[float, ...] = ()
        for position in range(len(tokens)):
            beginning = tuple(tokens[: position + 1])
            known = self._known.get(beginning)
            if known is None:
                with collector_paused():  # until the graph is gone: walking over it takes 5 ms
                    known = self._read(tokens[position], position, cache)
                self._known[beginning] = known
            known.leave_in(cache)
            logits = known.logits
        return logits

    def _read(self, token: int, position: int, cache: KeyValueCache) -> _Beginning:
        """Read one more token; of its graph, only the numbers are kept."""
        logits = gpt(self._model, token, position, cache)
        keys = [[Value(k.data) for k in layer.pop()] for layer in cache.keys]
        values = [[Value(v.data) for v in layer.pop()] for layer in cache.values]
        return _Beginning(keys, values, tuple(logit.data for logit in logits))


def probabilities(logits: Sequence[float], temperature: float) -> tuple[float, ...]:
    """Return the probabilities that the algorithm draws with at a temperature."""
    return tuple(p.data for p in temper([Value(logit) for logit in logits], temperature))
