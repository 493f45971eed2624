"""Sampling: the model's own documents, token by token."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from microgpt.data import Tokenizer
from microgpt.model import GPT, KeyValueCache, gpt
from microgpt.nn import Vector, softmax
from microgpt.train import collector_paused


@dataclass(frozen=True)
class Draw:
    """One token drawn at random."""

    position: int
    read: int  # the token that the model read
    probabilities: list[float]  # of each token to come next, at the given temperature
    token: int  # the one that was drawn; BOS ends the document


def sample(
    model: GPT, tokenizer: Tokenizer, rng: Random, temperature: float = 0.5
) -> Iterator[Draw]:
    """Draw a document, one token after the other, until BOS or `block_size` tokens.

    Parameters
    ----------
    model : GPT
    tokenizer : Tokenizer
    rng : random.Random
        Each draw takes one number from it.
    temperature : float
        Below 1 likely tokens become likelier, above 1 all become more alike. Positive.

    Yields
    ------
    Draw
        The last one draws BOS, unless the document grew to `block_size` tokens.
    """
    cache = KeyValueCache(model.config.n_layer)
    token = tokenizer.bos
    for position in range(model.config.block_size):
        with collector_paused():
            _, probabilities = predict_next(model, token, position, cache, temperature)
        read, weights = token, [p.data for p in probabilities]
        token = choose(weights, rng)
        yield Draw(position, read, weights, token)
        if token == tokenizer.bos:
            return


def predict_next(
    model: GPT, token: int, position: int, cache: KeyValueCache, temperature: float
) -> tuple[Vector, Vector]:
    """Read one token; return the logits of the next one, and its probabilities."""
    logits = gpt(model, token, position, cache)
    return logits, temper(logits, temperature)


def temper(logits: Vector, temperature: float) -> Vector:
    """Return the probabilities at a temperature; at 1 they are what the model was trained for."""
    return softmax([logit / temperature for logit in logits])


def choose(weights: Sequence[float], rng: Random) -> int:
    """Draw a token: a random number falls on one of the weights, laid end to end."""
    return rng.choices(range(len(weights)), weights=weights)[0]


def read(
    model: GPT, tokens: Sequence[int], temperatures: Sequence[float]
) -> list[tuple[Vector, Vector]]:
    """Read tokens as `sample` does, without drawing any.

    Parameters
    ----------
    model : GPT
    tokens : sequence of int
        BOS and what was drawn after it; at most `block_size`.
    temperatures : sequence of float
        One a token.

    Returns
    -------
    list of (logits, probabilities)
        Of the token after each one.
    """
    cache = KeyValueCache(model.config.n_layer)
    predictions = []
    for position in range(len(tokens)):
        token, temperature = tokens[position], temperatures[position]
        predictions.append(predict_next(model, token, position, cache, temperature))
    return predictions
