"""The whole program against the published one: 1000 steps and 20 samples, bit for bit.

It runs once, through ``main()``, as a person would run it; a spy between ``main()`` and ``train``
takes the digests.
"""

from __future__ import annotations

import csv
import gc
import hashlib
import io
import struct
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import microgpt.__main__ as program
from microgpt import Adam, TrainingStep, Value
from microgpt.train import train

DIGEST_STEPS = ("1", "2", "10", "100", "500", "1000")


def sha256(numbers: Iterable[float]) -> str:
    return hashlib.sha256(b"".join(struct.pack("<d", number) for number in numbers)).hexdigest()


@dataclass
class Run:
    status: int = -1
    printed: str = ""
    log: str = ""
    digests: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    steps: list[TrainingStep] = field(default_factory=list)
    collector_on: set[bool] = field(default_factory=set)
    gradients: set[float] = field(default_factory=set)
    values_alive: set[int] = field(default_factory=set)


@pytest.fixture(scope="module")
def run(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    log = tmp_path_factory.mktemp("run") / "log.csv"
    run = Run()

    def spy(model, optimizer: Adam, *rest) -> Iterator[TrainingStep]:
        parameters = model.parameters()
        for step in train(model, optimizer, *rest):
            run.steps.append(step)
            run.collector_on.add(gc.isenabled())
            run.gradients.update(p.grad for p in parameters)
            if str(step.step) in DIGEST_STEPS:
                state = ([p.data for p in parameters], optimizer.m, optimizer.v)
                run.digests[str(step.step)] = tuple(map(sha256, state))
                objects = gc.get_objects()
                run.values_alive.add(sum(type(o) is Value for o in objects) - len(parameters))
            yield step

    others = sum(type(o) is Value for o in gc.get_objects())
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as printed:
        patch.setattr(program, "train", spy)
        run.status = program.main(["--input", str(reference / "names.txt"), "--log", str(log)])
    run.values_alive = {alive - others for alive in run.values_alive}
    run.printed, run.log = printed.getvalue(), log.read_text()
    return run


def test_program_succeeds(run: Run) -> None:
    assert run.status == 0


def test_log_is_the_published_one_to_the_last_bit(run: Run, reference: Path) -> None:
    ours, theirs = run.log.splitlines(), (reference / "losses-seed42.csv").read_text().splitlines()
    assert len(theirs) == 1001
    assert ours == theirs


def test_steps_are_events_with_the_logged_numbers(run: Run, reference: Path) -> None:
    with (reference / "losses-seed42.csv").open() as file:
        rows = [tuple(row) for row in csv.reader(file)][1:]
    events = [(str(s.step), s.document, str(s.positions), repr(s.loss)) for s in run.steps]
    assert events == rows


@pytest.mark.parametrize("step", DIGEST_STEPS)
def test_parameters_and_adam_state_are_the_published_ones(
    run: Run, reference: Path, step: str
) -> None:
    with (reference / "digests-seed42.csv").open() as file:
        rows = {row[0]: tuple(row[1:]) for row in csv.reader(file)}
    assert set(rows) == {"step", *DIGEST_STEPS}
    assert run.digests[step] == rows[step]


def test_samples_are_the_published_ones(run: Run, reference: Path) -> None:
    marker = "\n--- inference (new, hallucinated names) ---\n"
    _, samples = run.printed.split(marker)
    assert samples == (reference / "samples-seed42.txt").read_text()


def test_output_begins_like_the_published_script(run: Run) -> None:
    lines = run.printed.splitlines()
    assert lines[:3] == ["num docs: 32033", "vocab size: 27", "num params: 4192"]
    assert lines[3] == "step    1 / 1000 | loss 3.3660"
    assert lines[1002].startswith("step 1000 / 1000 | loss ")


def test_learning_rate_falls_linearly(run: Run) -> None:
    rates = [step.learning_rate for step in run.steps]
    assert rates == [0.01 * (1 - i / 1000) for i in range(1000)]


def test_collector_is_on_again_after_every_step(run: Run) -> None:
    assert gc.isenabled()
    assert run.collector_on == {True}


def test_gradients_are_zero_after_every_step(run: Run) -> None:
    assert run.gradients == {0}


def test_no_value_of_a_finished_step_stays_alive(run: Run) -> None:
    assert run.values_alive == {0}
