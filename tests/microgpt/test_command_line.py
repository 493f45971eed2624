"""``python -m microgpt``: every option, and one line for every mistake."""

from __future__ import annotations

import csv
import itertools
import re
import subprocess
import sys
from pathlib import Path

import pytest

import microgpt.__main__ as program
from microgpt import GPT, bundled_names
from microgpt.train import train

ROOT = Path(__file__).resolve().parents[2]
SMALL = ["--embd", "4", "--heads", "2", "--block-size", "4", "--steps", "2", "--samples", "3"]


@pytest.fixture
def names(tmp_path: Path) -> Path:
    file = tmp_path / "names.txt"
    file.write_text("anna\nbob\neve\n")
    return file


def run(names: Path, *options: str) -> int:
    return program.main(["--input", str(names), *SMALL, *options])


def as_process(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "microgpt", *arguments]
    environment = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_prints_what_the_published_script_prints(
    names: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(names) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    parameters = 7 * 4 + 4 * 4 + 7 * 4 + 12 * 16
    assert lines[:3] == ["num docs: 3", "vocab size: 7", f"num params: {parameters}"]
    assert re.fullmatch(r"step    1 /    2 \| loss \d\.\d{4}", lines[3])
    assert re.fullmatch(r"step    2 /    2 \| loss \d\.\d{4}", lines[4])
    assert lines[5:7] == ["", "--- inference (new, hallucinated names) ---"]
    assert [line[:10] for line in lines[7:]] == ["sample  1:", "sample  2:", "sample  3:"]


def test_steps_stand_on_one_line_of_a_terminal(
    names: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    run(names)
    assert re.search(r"\d\rstep    2 /    2 \| loss \S+\r\n---", capsys.readouterr().out)


def test_log_has_a_row_a_step_with_every_bit_of_the_loss(names: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    assert run(names, "--steps", "4", "--log", str(log)) == 0
    with log.open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["step", "document", "positions", "loss"]
    assert [row[0] for row in rows] == ["1", "2", "3", "4"]
    assert [row[2] for row in rows] == [str(min(4, len(row[1]) + 1)) for row in rows]
    assert sorted(row[1] for row in rows[:3]) == ["anna", "bob", "eve"]
    assert all(repr(float(row[3])) == row[3] for row in rows)


def test_log_keeps_documents_with_commas_and_quotes(tmp_path: Path) -> None:
    names, log = tmp_path / "names.txt", tmp_path / "log.csv"
    names.write_text('a,"b"\n')
    assert run(names, "--log", str(log)) == 0
    with log.open(newline="", encoding="utf-8") as file:
        assert [row[1] for row in csv.reader(file)] == ["document", 'a,"b"', 'a,"b"']


def test_first_losses_are_the_published_ones(reference: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    options = ["--steps", "2", "--samples", "0", "--log", str(log)]
    assert program.main(["--input", str(reference / "names.txt"), *options]) == 0
    theirs = (reference / "losses-seed42.csv").read_text().splitlines()
    assert log.read_text().splitlines() == theirs[:3]


def test_interrupted_run_keeps_its_log_and_exits_with_130(
    names: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments):
        yield from itertools.islice(train(*arguments), 3)
        raise KeyboardInterrupt

    monkeypatch.setattr(program, "train", interrupted)
    log = tmp_path / "log.csv"
    assert run(names, "--steps", "9", "--log", str(log)) == 130
    assert len(log.read_text().splitlines()) == 4


def test_seed_decides_everything(names: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = []
    for seed in ("1", "1", "2"):
        run(names, "--seed", seed)
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] != printed[2]


def test_seed_is_42_by_default(names: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(names)
    default = capsys.readouterr().out
    run(names, "--seed", "42")
    assert capsys.readouterr().out == default


def test_shape_options_reach_the_model(names: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = []

    def spy(model: GPT, *rest):
        models.append(model.config)
        return train(model, *rest)

    monkeypatch.setattr(program, "train", spy)
    shape = ["--layers", "2", "--embd", "6", "--heads", "3", "--block-size", "5"]
    assert run(names, *shape, "--steps", "0") == 0
    config = models[0]
    assert (config.n_layer, config.n_embd, config.n_head, config.block_size) == (2, 6, 3, 5)


def test_defaults_are_the_published_configuration() -> None:
    parser = program.argparse.ArgumentParser()
    program.add_model_options(parser)
    config = program.config_from(parser.parse_args([]))
    assert (config.n_layer, config.n_embd, config.n_head, config.block_size) == (1, 16, 4, 16)


def test_no_steps_and_no_samples_are_allowed(
    names: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(names, "--steps", "0", "--samples", "0") == 0
    assert capsys.readouterr().out.endswith("--- inference (new, hallucinated names) ---\n")


def test_input_is_input_txt_here_or_else_the_bundled_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert program.default_input() == bundled_names()
    (tmp_path / "input.txt").write_text("anna\n")
    assert program.default_input().read_text() == "anna\n"


def test_runs_as_a_module(names: Path) -> None:
    done = as_process("--input", str(names), *SMALL)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("num docs: 3\n")


MISTAKES = {
    "heads": (["--embd", "10", "--heads", "4"], "n_embd 10 is not a multiple of n_head 4"),
    "layers": (["--layers", "0"], "n_layer must be at least 1"),
    "embd": (["--embd", "-4"], "n_embd must be at least 1"),
    "no heads": (["--heads", "0"], "n_head must be at least 1"),
    "block size": (["--block-size", "0"], "block_size must be at least 1"),
    "steps": (["--steps", "-1"], "must not be negative"),
    "samples": (["--samples", "-1"], "must not be negative"),
    "missing": (["--input", "no-such-file"], "no-such-file"),
    "folder": (["--input", "."], "directory"),
    "log": (["--log", "no-such-folder/log.csv"], "no-such-folder"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_told_in_one_line_with_status_2(
    mistake: str, names: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options, told = MISTAKES[mistake]
    assert run(names, *options) == 2
    err = capsys.readouterr().err
    assert err.startswith("python -m microgpt: ")
    assert told in err
    assert err.count("\n") == 1
    assert err.endswith("\n")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a\0b"])
def test_bad_data_is_told_in_one_line_with_status_2(
    content: bytes, names: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names.write_bytes(content)
    assert run(names) == 2
    err = capsys.readouterr().err
    assert str(names) in err
    assert err.count("\n") == 1


def test_mistake_in_a_process_has_no_traceback() -> None:
    done = as_process("--embd", "10", "--heads", "4")
    assert done.returncode == 2
    message = "n_embd 10 is not a multiple of n_head 4"
    assert (done.stdout, done.stderr) == ("", f"python -m microgpt: {message}\n")


@pytest.mark.parametrize("options", [["--steps", "many"], ["--stepz", "3"], ["extra"]])
def test_option_that_cannot_be_read_is_told_in_one_line(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        program.main(options)
    assert exit_.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("options", [["--steps", "many"], ["--stepz", "3"], ["extra"]])
def test_option_that_cannot_be_read_exits_with_2_and_no_traceback(options: list[str]) -> None:
    done = as_process(*options)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr
