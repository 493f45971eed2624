"""``microgpt-explorer train``: what it prints, and how it ends."""

from __future__ import annotations

import io
import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_runs import NAMES, TINY, trained

import explorer.runs.console as console
import microgpt.__main__ as program
from explorer.cli import main
from explorer.runs.console import ProgressBar, minutes
from explorer.runs.engine import ScalarEngine, StepRow
from explorer.trace.passes import digest

ROOT = Path(__file__).resolve().parents[2]
SHAPE = ["--seed", "7", "--embd", "4", "--heads", "2", "--block-size", "4"]


@pytest.fixture
def names(tmp_path: Path) -> str:
    file = tmp_path / "names.txt"
    file.write_text(NAMES.text)
    return str(file)


def train(names: str, *more: str) -> int:
    return main(["train", "--input", names, *SHAPE, "--steps", "20", "--engine", "scalar", *more])


def test_json_has_the_result(names: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(names, "--json") == 0
    out, err = capsys.readouterr()
    assert err == ""
    result = json.loads(out)
    engine = trained(TINY, 19)
    assert result.pop("seconds") > 0
    assert result == {
        "engine": "scalar",
        "final_loss": engine.step().loss,
        "parameters_sha256": digest(engine.state().parameters),
    }


def test_zero_steps_have_no_loss(names: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(names, "--json", "--steps", "0") == 0
    result = json.loads(capsys.readouterr().out)
    assert result["final_loss"] is None
    assert result["parameters_sha256"] == digest(trained(TINY, 0).state().parameters)
    assert train(names, "--steps", "0") == 0


def test_samples_and_log_are_those_of_the_algorithm_alone(
    names: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = [str(tmp_path / "ours.csv"), str(tmp_path / "theirs.csv")]
    assert train(names, "--log", logs[0]) == 0
    ours = capsys.readouterr().out.splitlines()
    assert program.main(["--input", names, *SHAPE, "--steps", "20", "--log", logs[1]]) == 0
    theirs = capsys.readouterr().out.splitlines()
    assert ours[:3] == theirs[:3]
    assert ours[3].startswith("step   20 /   20 | loss ")
    assert ours[-21:] == theirs[-21:]
    assert ours[-21] == "--- inference (new, hallucinated names) ---"
    assert Path(logs[0]).read_bytes() == Path(logs[1]).read_bytes()


def test_engine_that_is_not_there_is_told(
    names: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_replay(settings: object, documents: object) -> ScalarEngine:
        engine = ScalarEngine(TINY, NAMES.documents)
        engine.notices.append("there is no replay engine")
        return engine

    monkeypatch.setattr(console, "make_engine", without_replay)
    assert train(names, "--engine", "replay", "--json") == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["engine"] == "scalar"
    assert err == "microgpt-explorer: there is no replay engine\n"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--steps", "-1"], "steps must be at least 0 and at most 1,000,000, not -1"),
        (["--steps", "x"], "argument --steps: invalid int value: 'x'"),
        (["--heads", "3"], "heads must divide the width: 3 does not divide 4"),
        (["--layers", "32", "--embd", "512"], "more than can be shown"),
        (["--engine", "fast"], "argument --engine: invalid choice: 'fast'"),
        (["--input", "/nowhere"], "/nowhere cannot be read: no such file or directory"),
        (["--log", "/nowhere/log.csv"], "No such file or directory: '/nowhere/log.csv'"),
        (["--log", "/"], "Is a directory: '/'"),
    ],
)
def test_every_mistake_is_one_line(
    names: str, capsys: pytest.CaptureFixture[str], options: list[str], sentence: str
) -> None:
    try:
        status = train(names, *options)
    except SystemExit as end:
        status = int(str(end.code))
    out, err = capsys.readouterr()
    assert (status, out) == (2, "")
    assert sentence in err
    assert err.startswith("microgpt-explorer")
    assert err.count("\n") == 1


def test_step_that_cannot_be_computed_is_told(
    names: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def overflow(self: ScalarEngine) -> StepRow:
        raise OverflowError("math range error")

    monkeypatch.setattr(ScalarEngine, "step", overflow)
    assert train(names) == 2
    err = capsys.readouterr().err
    assert err == "microgpt-explorer: step 1 cannot be computed: math range error\n"


def test_ctrl_c_ends_it_with_a_sentence(names: str, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    options = ["train", "--input", names, *SHAPE, "--steps", "1000000", "--engine", "scalar"]
    # A job in the background ignores the signal, and so would its children.
    program = f"""
import signal, sys
from explorer.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(main({[*options, "--log", str(log)]}))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not log.exists() or log.stat().st_size == 0:  # written in blocks of many rows
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.startswith("microgpt-explorer: stopped after step ")
    assert err.endswith(" of 1000000\n")
    steps = int(err.split()[-3])
    assert len(log.read_text().splitlines()) == 1 + steps


def test_terminal_gets_a_bar_that_is_gone_at_the_end(names: str) -> None:
    ours, theirs = pty.openpty()
    command = ["train", "--input", names, *SHAPE, "--steps", "5", "--engine", "scalar", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "explorer", *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        check=True,
        timeout=60,
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert json.loads(done.stdout)["engine"] == "scalar"
    assert "5/5 | loss" in shown
    assert shown.endswith("\r\x1b[K")


def test_bar_tells_steps_loss_speed_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    out, now = io.StringIO(), [0.0]
    bar = ProgressBar(out, 1000, lambda: now[0])
    now[0] = 10.0
    bar.show(StepRow(250, "bob", 4, 2.5, 0.01, 1.0))
    first = out.getvalue()
    assert "250/1000 | loss 2.5000 |  25.0 steps/s | 0:30 left" in first
    assert first.count("#") * 3 == first.count("-")
    now[0] = 10.01
    bar.show(StepRow(251, "bob", 4, 2.5, 0.01, 1.0))
    assert out.getvalue() == first  # too soon
    bar.show(StepRow(1000, "bob", 4, 2.5, 0.01, 1.0))
    assert "1000/1000" in out.getvalue()


@pytest.mark.parametrize("columns", [20, 60, 80, 200])
def test_bar_fits_the_terminal_or_is_left_out(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    out = io.StringIO()
    ProgressBar(out, 1000, iter([0.0, 1.0]).__next__).show(StepRow(9, "b", 1, 3.0, 0.01, 1.0))
    text = out.getvalue().removeprefix("\r\x1b[K")
    assert "9/1000 | loss 3.0000" in text
    assert len(text) < columns or "[" not in text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (59.6, "1:00"), (754, "12:34"), (3600 * 30 + 61, "30:01:01")]
)
def test_times_are_told_as_on_a_clock(seconds: float, text: str) -> None:
    assert minutes(seconds) == text
