"""Where the model of a stop is from: in words that hold on every computer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from explorer.trace.trace import FloatArray


@dataclass(frozen=True)
class Untrained:
    """A model as it is before its first step, on the names that come with the program.

    Attributes
    ----------
    config : dict of str to int
    seed : int
    """

    config: Mapping[str, int]
    seed: int = 42


@dataclass(frozen=True)
class BuiltIn:
    """A trained model that comes with the program.

    Attributes
    ----------
    name : str
        Of its file in ``assets/lessons/models``, without the ending.
    """

    name: str


@dataclass(frozen=True)
class Expression:
    """No model at all: one formula, computed with `Value` objects.

    Attributes
    ----------
    text : str
        ``L = a*b + a``; there may be several, a line each.
    leaves : dict of str to float
        The numbers to begin with, by name.
    """

    text: str
    leaves: Mapping[str, float]


@dataclass(frozen=True)
class Embedded:
    """A model with all its numbers.

    Attributes
    ----------
    title : str
    letters : str
        The vocabulary.
    config : dict of str to int
    seed : int
    steps_done, total_steps : int
        How far its training has come.
    learning_rate, beta1, beta2, epsilon : float
        Of its optimizer.
    parameters : bytes
        Little-endian float64, in state-dict order.
    m, v : bytes
        Likewise, of the optimizer; empty if all are 0.
    losses : bytes
        Likewise, of each step so far; empty if they are not known.
    documents : int
        How many names it is trained on. Shuffling them takes random numbers before the first
        name is made up.
    documents_sha256 : str
        Of those names in the order in which they are read; empty if that is not known.
    """

    title: str
    letters: str
    config: Mapping[str, int]
    seed: int
    steps_done: int
    total_steps: int
    parameters: bytes
    m: bytes = b""
    v: bytes = b""
    losses: bytes = b""
    learning_rate: float = 0.01
    beta1: float = 0.85
    beta2: float = 0.99
    epsilon: float = 1e-8
    documents: int = 0
    documents_sha256: str = ""


Source: TypeAlias = Untrained | BuiltIn | Expression | Embedded


def pack(numbers: Sequence[float] | FloatArray) -> bytes:
    """Return numbers as little-endian float64."""
    return np.asarray(numbers, "<f8").tobytes()


def unpack(packed: bytes) -> FloatArray:
    """Return the numbers that were packed."""
    return np.frombuffer(packed, "<f8").astype(np.float64)


def digest_of_documents(documents: Sequence[str]) -> str:
    """Return the SHA-256 of names in their order; empty if there are none."""
    return hashlib.sha256("\n".join(documents).encode()).hexdigest() if documents else ""
