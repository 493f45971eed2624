"""Sampling: the model's own documents, token by token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from microgpt.data import Tokenizer
from microgpt.model import GPT, KeyValueCache, gpt
from microgpt.nn import softmax
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
            logits = gpt(model, token, position, cache)
            probabilities = softmax([logit / temperature for logit in logits])
        read, weights = token, [p.data for p in probabilities]
        token = rng.choices(range(tokenizer.vocab_size), weights=weights)[0]
        yield Draw(position, read, weights, token)
        if token == tokenizer.bos:
            return
