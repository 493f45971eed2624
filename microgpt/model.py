"""The GPT: parameters, and the way from a token to the logits of the next one."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from microgpt.nn import (
    Matrix,
    Vector,
    cross_entropy,
    dot,
    linear,
    mean,
    residual,
    rmsnorm,
    softmax,
)
from microgpt.value import Value


@dataclass(frozen=True)
class Config:
    """The shape of a model.

    Raises
    ------
    ValueError
        A number is not positive, or the heads do not divide the embedding.
    """

    n_layer: int = 1
    n_embd: int = 16
    n_head: int = 4
    block_size: int = 16  # the longest sequence, in tokens

    def __post_init__(self) -> None:
        for name in ("n_layer", "n_embd", "n_head", "block_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        if self.n_embd % self.n_head:
            raise ValueError(f"n_embd {self.n_embd} is not a multiple of n_head {self.n_head}")


class GPT:
    """The parameters of a model, drawn from a normal distribution of standard deviation 0.08.

    Parameters
    ----------
    config : Config
    vocab_size : int
    rng : random.Random
        The source of the initial numbers.

    Attributes
    ----------
    state_dict : dict of str to Matrix
        `wte` and `lm_head` (vocab_size x n_embd), `wpe` (block_size x n_embd), and for each layer
        `layer0.attn_wq`, `attn_wk`, `attn_wv`, `attn_wo` (n_embd x n_embd), `mlp_fc1`
        (4 n_embd x n_embd), `mlp_fc2` (n_embd x 4 n_embd).
    """

    def __init__(self, config: Config, vocab_size: int, rng: Random) -> None:
        def matrix(rows: int, columns: int) -> Matrix:
            return [[Value(rng.gauss(0, 0.08)) for _ in range(columns)] for _ in range(rows)]

        n = config.n_embd
        self.config = config
        self.state_dict = {
            "wte": matrix(vocab_size, n),
            "wpe": matrix(config.block_size, n),
            "lm_head": matrix(vocab_size, n),
        }
        for layer in range(config.n_layer):
            self.state_dict[f"layer{layer}.attn_wq"] = matrix(n, n)
            self.state_dict[f"layer{layer}.attn_wk"] = matrix(n, n)
            self.state_dict[f"layer{layer}.attn_wv"] = matrix(n, n)
            self.state_dict[f"layer{layer}.attn_wo"] = matrix(n, n)
            self.state_dict[f"layer{layer}.mlp_fc1"] = matrix(4 * n, n)
            self.state_dict[f"layer{layer}.mlp_fc2"] = matrix(n, 4 * n)

    def parameters(self) -> list[Value]:
        """Return all parameters in state-dict order, row by row."""
        return [p for matrix in self.state_dict.values() for row in matrix for p in row]


class KeyValueCache:
    """The keys and values of the positions read so far, for each layer."""

    def __init__(self, n_layer: int) -> None:
        self.keys: list[Matrix] = [[] for _ in range(n_layer)]
        self.values: list[Matrix] = [[] for _ in range(n_layer)]


def gpt(model: GPT, token: int, position: int, cache: KeyValueCache) -> Vector:
    """Read one token and return the logits of the next one.

    Parameters
    ----------
    model : GPT
    token : int
    position : int
        Its index in the sequence, below `block_size`.
    cache : KeyValueCache
        What the earlier positions left; this position is added to it.

    Returns
    -------
    list of Value
        One logit a token of the vocabulary.
    """
    x = embed(model, token, position)
    x = rmsnorm(x)
    for layer in range(model.config.n_layer):
        x = block(x, model, layer, cache)
    return lm_head(x, model)


def embed(model: GPT, token: int, position: int) -> Vector:
    """Add the embedding of the token and the embedding of its position."""
    wte, wpe = model.state_dict["wte"], model.state_dict["wpe"]
    return [t + p for t, p in zip(wte[token], wpe[position])]


def block(x: Vector, model: GPT, layer: int, cache: KeyValueCache) -> Vector:
    """One layer of the transformer: communicate (attention), then compute (MLP)."""
    x = attention(x, model, layer, cache)
    return mlp(x, model, layer)


def attention(x: Vector, model: GPT, layer: int, cache: KeyValueCache) -> Vector:
    """Gather from this and all earlier positions, several heads beside each other."""
    before, weights = x, model.state_dict
    x = rmsnorm(x)
    q = linear(x, weights[f"layer{layer}.attn_wq"])
    k = linear(x, weights[f"layer{layer}.attn_wk"])
    v = linear(x, weights[f"layer{layer}.attn_wv"])
    keys, values = cache.keys[layer], cache.values[layer]
    keys.append(k)
    values.append(v)

    size = model.config.n_embd // model.config.n_head
    gathered = []
    for head in range(model.config.n_head):
        part = slice(head * size, (head + 1) * size)
        gathered += attend(q[part], [key[part] for key in keys], [value[part] for value in values])

    out = linear(gathered, weights[f"layer{layer}.attn_wo"])
    return residual(out, before)


def attend(query: Vector, keys: Matrix, values: Matrix) -> Vector:
    """One head: average the values, weighted by how well their keys match the query."""
    scores = [dot(query, key) / len(query) ** 0.5 for key in keys]
    weights = softmax(scores)
    return [dot(weights, column) for column in zip(*values)]


def mlp(x: Vector, model: GPT, layer: int) -> Vector:
    """Multilayer perceptron: widen fourfold, rectify, and narrow again."""
    before, weights = x, model.state_dict
    x = rmsnorm(x)
    fc1 = linear(x, weights[f"layer{layer}.mlp_fc1"])
    relu = [unit.relu() for unit in fc1]
    fc2 = linear(relu, weights[f"layer{layer}.mlp_fc2"])
    return residual(fc2, before)


def lm_head(x: Vector, model: GPT) -> Vector:
    """Language-model head: compare `x` with the output embedding of each token."""
    return linear(x, model.state_dict["lm_head"])


@dataclass(frozen=True)
class Prediction:
    """What the model says at one position: it reads `token` and should predict `target`."""

    token: int
    target: int
    logits: Vector
    probabilities: Vector
    loss: Value


def predict(model: GPT, token: int, target: int, position: int, cache: KeyValueCache) -> Prediction:
    """Read one token, and compare the prediction with the token that really follows."""
    logits = gpt(model, token, position, cache)
    probabilities = softmax(logits)
    return Prediction(
        token, target, logits, probabilities, loss=cross_entropy(probabilities, target)
    )


def forward(model: GPT, tokens: list[int]) -> tuple[Value, list[Prediction]]:
    """Run the model over a sequence.

    Parameters
    ----------
    model : GPT
    tokens : list of int
        BOS, the document, BOS; at most the first `block_size` + 1 are used.

    Returns
    -------
    loss : Value
        The mean of the losses of all positions.
    predictions : list of Prediction
        One a position.
    """
    n = min(model.config.block_size, len(tokens) - 1)
    cache = KeyValueCache(model.config.n_layer)
    predictions = []
    for position in range(n):
        predictions.append(predict(model, tokens[position], tokens[position + 1], position, cache))
    loss = mean([prediction.loss for prediction in predictions])
    return loss, predictions
