"""The forward pass once more, in vectors and without any graph: what the lessons are checked with.

It shares no code with `microgpt` or the explorer. Its sums run in another order, so it agrees with
them in all digits that a caption shows, not in the last bits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
BOS, WIDTH, HEADS, PLACES = 26, 16, 4, 16
STEP = 1e-5  # of a central difference
SHAPES = {
    "wte": (27, WIDTH),
    "wpe": (PLACES, WIDTH),
    "lm_head": (27, WIDTH),
    "attn_wq": (WIDTH, WIDTH),
    "attn_wk": (WIDTH, WIDTH),
    "attn_wv": (WIDTH, WIDTH),
    "attn_wo": (WIDTH, WIDTH),
    "mlp_fc1": (4 * WIDTH, WIDTH),
    "mlp_fc2": (WIDTH, 4 * WIDTH),
}

Nudge = tuple[str, tuple[int, ...], float]  # which quantity, which of its numbers, by how much


def token_of(letter: str) -> int:
    """Return the number of a letter, of BOS for ``.``."""
    return BOS if letter == "." else ALPHABET.index(letter)


def matrices_of(parameters: Sequence[float] | Array) -> dict[str, Array]:
    """Return the matrices of the published model from all parameters, one after the other."""
    numbers, found, start = np.asarray(parameters, np.float64), {}, 0
    for name, (rows, columns) in SHAPES.items():
        found[name] = numbers[start : start + rows * columns].reshape(rows, columns)
        start += rows * columns
    assert start == len(numbers)
    return found


class ByHand:
    """All that a pass computes, position by position.

    Parameters
    ----------
    matrices : dict of str to array
    name : str
    nudge : (str, tuple of int, float), optional
        One number to be changed as soon as it is computed, by the name of the attribute.

    Attributes
    ----------
    embedding, normalised, for_attention, q, k, v, gathered, attention_adds, after_attention,
    for_mlp, hidden, rectified, mlp_adds, after_mlp, logits, probabilities : list of arrays
        One a position.
    mean_square, scale : list of float
        Of the normalisation of the embedding.
    scores, weights : list of arrays, (heads, positions so far)
    losses : list of float
    loss : float
    """

    def __init__(self, matrices: Mapping[str, Array], name: str, nudge: Nudge | None = None):
        self._nudge = nudge
        self.matrices = {key: self._kept(key, matrix) for key, matrix in matrices.items()}
        tokens = [BOS, *map(token_of, name), BOS]
        self.targets = tokens[1:]
        for position, token in enumerate(tokens[:-1]):
            self._read(token, position)
        self.losses = [
            -float(np.log(p[t])) for p, t in zip(self.probabilities, self.targets, strict=True)
        ]
        self.loss = float(np.mean(self.losses))

    def _read(self, token: int, position: int) -> None:
        w = self.matrices
        x = self._put("embedding", position, w["wte"][token] + w["wpe"][position])
        self.__dict__.setdefault("mean_square", []).append(float(np.mean(x * x)))
        self.__dict__.setdefault("scale", []).append(float(np.mean(x * x) + 1e-5) ** -0.5)
        x = before = self._put("normalised", position, _rmsnorm(x))
        x = self._put("for_attention", position, _rmsnorm(x))
        for name in "qkv":
            self._put(name, position, w[f"attn_w{name}"] @ x)
        self._put("gathered", position, self._attend(position))
        adds = self._put("attention_adds", position, w["attn_wo"] @ self.gathered[position])
        x = before = self._put("after_attention", position, before + adds)
        x = self._put("for_mlp", position, _rmsnorm(x))
        hidden = self._put("hidden", position, w["mlp_fc1"] @ x)
        rectified = self._put("rectified", position, np.maximum(hidden, 0))
        adds = self._put("mlp_adds", position, w["mlp_fc2"] @ rectified)
        x = self._put("after_mlp", position, before + adds)
        logits = self._put("logits", position, w["lm_head"] @ x)
        self._put("probabilities", position, softmax(logits))

    def _attend(self, position: int) -> Array:
        size, gathered, scores, weights = WIDTH // HEADS, [], [], []
        for head in range(HEADS):
            part = slice(head * size, (head + 1) * size)
            keys = np.array([key[part] for key in self.k])
            values = np.array([value[part] for value in self.v])
            scores.append(keys @ self.q[position][part] / np.sqrt(size))
            weights.append(softmax(scores[-1]))
            gathered.append(weights[-1] @ values)
        self._put("scores", position, np.array(scores))
        self._put("weights", position, np.array(weights))
        return np.concatenate(gathered)

    def _put(self, name: str, position: int, numbers: Array) -> Array:
        kept = self._kept(name, numbers, position)
        self.__dict__.setdefault(name, []).append(kept)
        return kept

    def _kept(self, name: str, numbers: Array, *outer: int) -> Array:
        """Return numbers with the nudge, if it is one of theirs."""
        if self._nudge is None or self._nudge[0] != name:
            return numbers
        _, place, by = self._nudge
        if place[: len(outer)] != outer:
            return numbers
        changed = numbers.copy()
        changed[place[len(outer) :]] += by
        return changed

    def __getattr__(self, name: str) -> list[Array]:  # for the type checker
        raise AttributeError(name)

    def gradient(self, quantity: str, *place: int) -> float:
        """Return d loss / d number by central difference: the pass is computed twice more."""
        name = "".join(ALPHABET[token] for token in self.targets[:-1])

        def loss(by: float) -> float:
            return ByHand(self.matrices, name, (quantity, place, by)).loss

        return slope(loss)


def slope(function: Callable[[float], float], step: float = STEP) -> float:
    """Return the slope of a function at 0."""
    return (function(step) - function(-step)) / (2 * step)


def softmax(numbers: Array) -> Array:
    """Return positive numbers with the sum 1."""
    exps = np.exp(numbers - numbers.max())
    return exps / exps.sum()


def _rmsnorm(x: Array) -> Array:
    return x / np.sqrt(np.mean(x * x) + 1e-5)
