"""Models of lessons: what a lesson says of a model makes the same model again, bit for bit."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from explorer.debug.generation.generation import Generation
from explorer.debug.lessons import built_in
from explorer.debug.lessons.built_in import built_in_model
from explorer.debug.lessons.drawings import bring_back, capture_drawing, redraw, starts_of
from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.models import (
    ModelError,
    read_model,
    save_model,
    source_of,
    subject_of,
)
from explorer.debug.lessons.passes import PassKey, keys_of, worth_keeping
from explorer.debug.lessons.sources import BuiltIn, Embedded, Expression, Untrained, unpack
from explorer.debug.lessons.stop import Drawing, Stop, StopState
from explorer.trace.passes import Subject, record_pass, untrained
from microgpt import Config, forward

SMALL = Config(n_embd=4, n_head=2, block_size=8)


def no_model(name: str) -> Embedded:
    raise ModelError(f"there is no built-in model “{name}”")


def train(subject: Subject, steps: int) -> list[float]:
    """Do some steps of the published training."""
    losses = []
    for step in range(steps):
        tokens = subject.tokenizer.encode(subject.documents[step])
        loss, _ = forward(subject.model, tokens)
        loss.backward()
        subject.optimizer.update(subject.total_steps)
        losses.append(loss.data)
    return losses


@pytest.fixture(scope="module")
def trained() -> tuple[Subject, list[float]]:
    subject = untrained(SMALL, seed=7)
    return subject, train(subject, 3)


def test_an_untrained_model_is_told_by_its_shape_and_seed() -> None:
    source = source_of(untrained(SMALL, seed=3), "untrained")
    assert source == Untrained(asdict(SMALL), 3)
    again = subject_of(source, no_model)
    assert again is not None
    assert (again.seed, again.model.config) == (3, SMALL)


def test_a_trained_model_is_embedded_with_its_optimizer(
    trained: tuple[Subject, list[float]],
) -> None:
    subject, losses = trained
    source = source_of(subject, "mine", losses)
    assert isinstance(source, Embedded)
    assert unpack(source.losses).tolist() == losses
    again = subject_of(source, no_model)
    assert again is not None
    assert again.documents == subject.documents
    one, other = record_pass(subject, "emma"), record_pass(again, "emma")
    assert np.array_equal(one.data, other.data)
    assert np.array_equal(one.grad, other.grad)
    assert one.update is not None
    assert other.update is not None
    assert np.array_equal(one.update.data, other.update.data)
    assert one.update.settings == other.update.settings


def test_losses_that_do_not_fit_are_left_out(trained: tuple[Subject, list[float]]) -> None:
    subject, losses = trained
    for wrong in (losses[:-1], [], [*losses[:-1], float("nan")]):
        source = source_of(subject, "mine", wrong)
        assert isinstance(source, Embedded)
        assert source.losses == b""


def test_names_of_unknown_documents_begin_at_the_same_random_numbers(
    trained: tuple[Subject, list[float]],
) -> None:
    subject, _ = trained
    shuffled = list(subject.documents)
    Random(1).shuffle(shuffled)
    source = source_of(replace(subject, documents=tuple(shuffled)), "mine")
    again = subject_of(source, no_model)
    assert again is not None
    assert again.documents != subject.documents
    names = []
    for one in (subject, again):
        generation = Generation(one)
        generation.finish()
        names.append(generation.name)
    assert names[0] == names[1]


def test_a_built_in_model_is_read_from_its_file(
    trained: tuple[Subject, list[float]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject, losses = trained
    source = source_of(subject, "after 3 steps", losses)
    assert isinstance(source, Embedded)
    (tmp_path / "models").mkdir()
    save_model(tmp_path / "models" / "small.json", source)
    monkeypatch.setattr(built_in, "lessons_folder", lambda: tmp_path)
    assert built_in_model("small") == source
    assert subject_of(BuiltIn("small"), built_in_model) is not None
    with pytest.raises(ModelError, match="no built-in model “large”"):
        built_in_model("large")
    file = tmp_path / "models" / "small.json"
    for written, words in (
        ("{", "it is no JSON"),
        ("{}", "is not a model of this program"),
        (file.read_text().replace('"version": 1', '"version": 2'), "has version 2, not 1"),
        (file.read_text().replace('"seed": 7', '"seed": -7'), "“seed”"),
        (file.read_text().replace('"title"', '"titel"'), "“titel”"),
    ):
        file.write_text(written)
        with pytest.raises(ModelError, match=words):
            read_model(file)
        save_model(file, source)


def test_formulas_have_no_model() -> None:
    assert subject_of(Expression("L = a*a", {"a": 1.0}), no_model) is None


def test_a_model_that_can_not_be_had_is_told() -> None:
    huge = asdict(Config(n_embd=512, n_head=1, n_layer=4))
    with pytest.raises(ModelError, match="more than can be shown"):
        subject_of(Untrained(huge), no_model)
    with pytest.raises(ModelError, match="no built-in model"):
        subject_of(BuiltIn("x"), no_model)


@pytest.mark.parametrize(
    "drawing",
    [
        Drawing(5, 0.5),
        Drawing(5, 0.7, number=3, drawn=2, shown=1),
        Drawing(5, 3.0, prefix="em", drawn=2),
        Drawing(6, 0.5, drawn=0, shown=0),
    ],
)
def test_a_name_is_made_up_as_it_was(
    trained: tuple[Subject, list[float]], drawing: Drawing
) -> None:
    subject, _ = trained
    starts = starts_of(subject, drawing)
    assert len(starts) == drawing.number
    one = redraw(subject, drawing, starts)
    other = Generation(subject)
    other.tune(2.0)
    other.set_seed(99)
    other.next_name()
    other.step()
    bring_back(other, drawing, starts)
    for generation in (one, other):
        assert generation.draws == one.draws
        assert generation.shown == one.shown
    again = capture_drawing(one)
    assert (again.seed, again.temperature, again.number) == (
        drawing.seed,
        drawing.temperature,
        drawing.number,
    )
    assert redraw(subject, again, starts).draws == one.draws


def lesson_of(names: list[str], source: Untrained | Expression) -> Lesson:
    stops = [Stop(title=n, model="m", state=StopState(cursor=0, name=n)) for n in names]
    return Lesson("x", stops=tuple(stops), models={"m": source})


def test_passes_are_wanted_nearest_first() -> None:
    lesson = lesson_of(["a", "b", "a", "c", "d"], Untrained(asdict(SMALL)))
    assert [key.name for key in keys_of(lesson)] == ["a", "b", "a", "c", "d"]
    assert [key.name for key in worth_keeping(lesson, 2)] == ["a", "c", "b", "d"]
    assert [key.name for key in worth_keeping(lesson, 4)] == ["d", "c", "a", "b"]
    assert worth_keeping(Lesson("x"), 0) == []


def test_only_so_much_is_kept() -> None:
    names = [f"{a}{b}" * 5 for a in "abcdefghij" for b in "abcdefghij"]
    lesson = lesson_of(names, Untrained(asdict(Config())))
    kept = worth_keeping(lesson, 50)
    assert 10 < len(kept) < 40
    assert kept[0] == PassKey("m", names[50])
    assert worth_keeping(lesson, 50, most=1) == [PassKey("m", names[50])]
    formula = Expression("L = a*a", {"a": 1.0})
    assert len(worth_keeping(lesson_of(names, formula), 0)) == len(names)
