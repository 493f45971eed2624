"""The model: its shape, its parameters, and a forward pass of any size."""

from __future__ import annotations

import random
from dataclasses import FrozenInstanceError

import pytest

from microgpt import GPT, Config, Value, forward
from microgpt.model import KeyValueCache, gpt
from microgpt.train import backpropagate, collector_paused

TINY = Config(n_layer=2, n_embd=4, n_head=2, block_size=3)


def tiny_model(config: Config = TINY, vocab_size: int = 5) -> GPT:
    return GPT(config, vocab_size, random.Random(1))


@pytest.mark.parametrize("field", ["n_layer", "n_embd", "n_head", "block_size"])
@pytest.mark.parametrize("number", [0, -1])
def test_config_refuses_numbers_below_one(field: str, number: int) -> None:
    with pytest.raises(ValueError, match=f"{field} must be at least 1, not {number}"):
        Config(**{field: number})


def test_config_refuses_heads_that_do_not_divide_the_embedding() -> None:
    with pytest.raises(ValueError, match="n_embd 10 is not a multiple of n_head 4"):
        Config(n_embd=10, n_head=4)
    assert Config(n_embd=10, n_head=5).n_head == 5


def test_config_is_the_published_one_and_frozen() -> None:
    config = Config()
    assert (config.n_layer, config.n_embd, config.n_head, config.block_size) == (1, 16, 4, 16)
    with pytest.raises(FrozenInstanceError):
        config.n_layer = 2


def test_model_on_names_has_4192_parameters() -> None:
    assert len(GPT(Config(), 27, random.Random(42)).parameters()) == 4192


def test_matrices_have_the_published_names_order_and_shapes() -> None:
    shapes = {
        name: (len(matrix), len(matrix[0])) for name, matrix in tiny_model().state_dict.items()
    }
    expected = {"wte": (5, 4), "wpe": (3, 4), "lm_head": (5, 4)}
    for layer in range(2):
        for name in ("attn_wq", "attn_wk", "attn_wv", "attn_wo"):
            expected[f"layer{layer}.{name}"] = (4, 4)
        expected[f"layer{layer}.mlp_fc1"] = (16, 4)
        expected[f"layer{layer}.mlp_fc2"] = (4, 16)
    assert list(shapes.items()) == list(expected.items())


def test_parameters_are_drawn_in_state_dict_order_row_by_row() -> None:
    rng = random.Random(1)
    parameters = tiny_model().parameters()
    assert [p.data for p in parameters] == [rng.gauss(0, 0.08) for _ in parameters]
    assert all(p.grad == 0 and p._children == () for p in parameters)


@pytest.mark.parametrize(
    ("tokens", "positions"), [([4, 4], 1), ([4, 0, 4], 2), ([4, 0, 1, 4], 3), ([4, 0, 1, 2, 4], 3)]
)
def test_sequence_is_cut_at_block_size(tokens: list[int], positions: int) -> None:
    model = tiny_model()
    loss, predictions = forward(model, tokens)
    assert [p.token for p in predictions] == tokens[:positions]
    assert [p.target for p in predictions] == tokens[1 : positions + 1]
    total = 0.0
    for p in predictions:
        total += p.loss.data
    assert loss.data == total * (1 / positions)


def test_tokens_after_block_size_do_not_matter() -> None:
    model = tiny_model()
    assert forward(model, [4, 0, 1, 2, 4])[0].data == forward(model, [4, 0, 1, 2, 3, 3, 4])[0].data


def test_position_reads_earlier_positions_and_no_later_ones() -> None:
    model = tiny_model()
    _, one = forward(model, [4, 0, 1, 4])
    _, other = forward(model, [4, 0, 2, 4])
    _, third = forward(model, [4, 3, 1, 4])
    data = [[[v.data for v in p.logits] for p in run] for run in (one, other, third)]
    assert data[0][:2] == data[1][:2]
    assert data[0][2] != data[1][2]
    assert data[0][0] == data[2][0]
    assert data[0][2] != data[2][2]


def test_prediction_has_a_logit_and_a_probability_for_each_token() -> None:
    _, predictions = forward(tiny_model(), [4, 0, 4])
    for p in predictions:
        assert len(p.logits) == len(p.probabilities) == 5
        assert p.loss.data == -1 * p.probabilities[p.target].log().data


def test_cache_grows_by_one_key_and_value_a_layer_and_position() -> None:
    model, cache = tiny_model(), KeyValueCache(2)
    for position in range(3):
        gpt(model, 0, position, cache)
        for layer in range(2):
            assert len(cache.keys[layer]) == len(cache.values[layer]) == position + 1
    assert len(cache.keys[0][0]) == 4


@pytest.mark.parametrize(
    "config",
    [
        Config(1, 4, 1, 3),
        Config(1, 4, 4, 3),
        Config(3, 2, 1, 1),
        Config(1, 1, 1, 2),
        TINY,
    ],
)
def test_gradients_agree_with_central_differences_for_any_shape(config: Config) -> None:
    model = tiny_model(config, vocab_size=3)
    tokens = [2, 0, 1, 2]
    backpropagate(model, tokens)
    parameters = model.parameters()
    for p in random.Random(0).sample(parameters, 12):
        before, h = p.data, 1e-4
        p.data = before + h
        above = forward(model, tokens)[0].data
        p.data = before - h
        below = forward(model, tokens)[0].data
        p.data = before
        assert abs(p.grad - (above - below) / (2 * h)) < 1e-5


def test_four_layers_of_64_go_forward_and_backward() -> None:
    model = GPT(Config(n_layer=4, n_embd=64), 27, random.Random(42))
    with collector_paused():
        loss = backpropagate(model, [26, 0, 26])
    assert 2 < loss < 5
    for name, matrix in model.state_dict.items():
        assert any(p.grad != 0 for row in matrix for p in row), name
    assert all(p.grad == 0 for p in model.state_dict["wte"][1])


def test_forward_leaves_parameters_alone() -> None:
    model = tiny_model()
    before = [(p.data, p.grad) for p in model.parameters()]
    loss, _ = forward(model, [4, 0, 4])
    assert isinstance(loss, Value)
    assert [(p.data, p.grad) for p in model.parameters()] == before
