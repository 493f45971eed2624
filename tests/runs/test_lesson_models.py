"""The trained models of the built-in lessons: trained again, they have the same bits."""

from __future__ import annotations

from random import Random

import pytest

from explorer.debug.lessons.built_in import built_in_model, lessons_folder
from explorer.debug.lessons.sources import Embedded, digest_of_documents, pack
from explorer.runs.engine import ScalarEngine, State
from explorer.runs.replay_engine import replay_engine
from explorer.runs.settings import RunSettings
from microgpt import Tokenizer, bundled_names, read_documents

STEPS = (1, 1000)


@pytest.fixture(scope="module")
def documents() -> list[str]:
    return read_documents(bundled_names())


@pytest.fixture(scope="module")
def training(documents: list[str]) -> tuple[dict[int, State], list[float]]:
    """The states of the published training after some steps, and the loss of each step."""
    engine = replay_engine(RunSettings(), documents)
    states, losses = {}, []
    for step in range(1, max(STEPS) + 1):
        losses.append(engine.step().loss)
        if step in STEPS:
            states[step] = engine.state()
    assert engine.notices == []
    return states, losses


def numbers(model: Embedded) -> tuple[bytes, bytes, bytes]:
    return model.parameters, model.m, model.v


def packed(state: State) -> tuple[bytes, bytes, bytes]:
    return pack(state.parameters), pack(state.m), pack(state.v)


@pytest.mark.parametrize("steps", STEPS)
def test_training_again_gives_every_bit(
    steps: int, training: tuple[dict[int, State], list[float]]
) -> None:
    states, losses = training
    model = built_in_model(f"names-{steps}")
    assert numbers(model) == packed(states[steps])
    assert model.losses == pack(losses[:steps])


def test_the_first_step_is_also_that_of_the_scalar_code(documents: list[str]) -> None:
    engine = ScalarEngine(RunSettings(), documents)
    loss = engine.step().loss
    model = built_in_model("names-1")
    assert (numbers(model), model.losses) == (packed(engine.state()), pack([loss]))


@pytest.mark.parametrize("steps", STEPS)
def test_a_model_says_how_it_was_trained(steps: int, documents: list[str]) -> None:
    settings, model = RunSettings(), built_in_model(f"names-{steps}")
    assert model.letters == "".join(Tokenizer(documents).letters)
    assert model.config == {"n_layer": 1, "n_embd": 16, "n_head": 4, "block_size": 16}
    assert (model.seed, model.steps_done, model.total_steps) == (settings.seed, steps, 1000)
    rates = model.learning_rate, model.beta1, model.beta2, model.epsilon
    assert rates == (settings.learning_rate, settings.beta1, settings.beta2, settings.epsilon)
    assert model.documents == len(documents)


def test_no_other_model_is_kept() -> None:
    files = {file.name for file in (lessons_folder() / "models").iterdir()}
    assert files == {f"names-{steps}.json" for steps in STEPS}


@pytest.mark.parametrize("steps", STEPS)
def test_its_documents_are_the_bundled_names_in_their_training_order(
    steps: int, documents: list[str]
) -> None:
    Random(42).shuffle(documents := list(documents))
    model = built_in_model(f"names-{steps}")
    assert model.documents_sha256 == digest_of_documents(documents)
