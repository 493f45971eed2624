"""The command line: what it prints, and one line for every mistake."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage

import explorer.cli
from explorer.cli import main
from explorer.trace.passes import Subject, untrained
from microgpt import GPT, Config, Tokenizer, bundled_names, forward, read_documents

ROOT = Path(__file__).resolve().parents[1]
SMALL = ["--embd", "4", "--heads", "2"]
KEYS = [
    "positions", "loss", "target_probabilities", "created", "reachable_with_parameters", "edges",
    "constants", "unreachable", "data_sha256", "grad_sha256", "parameter_grad_sha256",
]  # fmt: skip


class Cli:
    """The command line within this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """Return the exit status, and what was written to stdout and stderr."""
        self.capsys.readouterr()
        try:
            status = main(list(arguments))
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        return status, *self.capsys.readouterr()

    def json(self, *arguments: str) -> dict[str, Any]:
        status, out, err = self("inspect", *arguments, "--json")
        assert (status, err) == (0, "")
        found: dict[str, Any] = json.loads(out)
        return found

    def complaint(self, *arguments: str) -> str:
        """Return the one line that a mistake is answered with."""
        status, out, err = self(*arguments)
        assert (status, out) == (2, "")
        return one_line(err)


def one_line(err: str) -> str:
    assert "Traceback" not in err
    assert err.startswith("microgpt-explorer")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    return err.rstrip("\n")


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(capsys)


def as_process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own, without a display unless one is given."""
    display = ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "QT_QPA_PLATFORM")
    clean = {key: value for key, value in os.environ.items() if key not in display}
    return subprocess.run(
        [sys.executable, "-m", "explorer", *arguments],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def plain(name: str, config: Config, seed: int, documents_file: Path) -> tuple[str, list[str]]:
    """Return loss and probabilities of the targets as the algorithm alone has them."""
    rng = Random(seed)
    documents = read_documents(documents_file)
    rng.shuffle(documents)
    tokenizer = Tokenizer(documents)
    model = GPT(config, tokenizer.vocab_size, rng)
    loss, predictions = forward(model, tokenizer.encode(name))
    return repr(loss.data), [repr(p.probabilities[p.target].data) for p in predictions]


@pytest.mark.parametrize("name", ["a", "emma", "yuheng", "maximilian"])
def test_inspect_prints_the_published_numbers(cli: Cli, reference: Path, name: str) -> None:
    expected = json.loads((reference / "passes-seed42.json").read_text())[name]
    found = cli.json(name, "--input", str(reference / "names.txt"))
    assert found == expected
    assert list(found) == list(expected) == KEYS


@pytest.mark.parametrize(
    ("options", "config", "seed"),
    [
        (["--seed", "7"], Config(), 7),
        (["--seed", "-1", *SMALL], Config(n_embd=4, n_head=2), -1),
        (
            ["--layers", "2", "--embd", "8", "--heads", "1", "--block-size", "6"],
            Config(n_layer=2, n_embd=8, n_head=1, block_size=6),
            42,
        ),
    ],
)
def test_inspect_takes_other_seeds_and_sizes(
    cli: Cli, options: list[str], config: Config, seed: int
) -> None:
    found = cli.json("emma", *options)
    assert list(found) == KEYS
    loss, probabilities = plain("emma", config, seed, bundled_names())
    assert (found["loss"], found["target_probabilities"]) == (loss, probabilities)
    assert found["positions"] == 5


def test_inspect_takes_other_documents(cli: Cli, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("Åsa\nBo\n")
    found = cli.json("Åsa", "--input", str(names), *SMALL)
    config = Config(n_embd=4, n_head=2)
    assert (found["loss"], found["target_probabilities"]) == plain("Åsa", config, 42, names)


@pytest.mark.parametrize("lines", [["--json"], []])
def test_inspect_tells_in_one_line_where_a_pass_failed(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, lines: list[str]
) -> None:
    def scaled(*arguments: Any) -> Subject:
        subject = untrained(*arguments)
        for parameter in subject.model.parameters():
            parameter.data *= 1e3
        return subject

    monkeypatch.setattr(explorer.cli, "untrained", scaled)
    line = cli.complaint("inspect", "emma", *lines)
    assert "The pass over “emma” ended in position 0 / cross_entropy: log(0) does not" in line


def test_inspect_says_the_same_in_lines(cli: Cli) -> None:
    expected = cli.json("emma", *SMALL)
    status, out, err = cli("inspect", "emma", *SMALL)
    assert (status, err) == (0, "")
    lines = dict(line.split(": ") for line in out.splitlines())
    assert list(lines) == KEYS
    assert lines["loss"] == expected["loss"]
    assert lines["positions"] == "5"
    assert lines["target_probabilities"].split() == expected["target_probabilities"]
    assert lines["grad_sha256"] == expected["grad_sha256"]


def test_two_passes_in_one_process_are_the_same(cli: Cli) -> None:
    assert cli.json("emma", *SMALL) == cli.json("emma", *SMALL)


def test_a_name_that_is_too_long_is_run_and_the_truth_said(cli: Cli) -> None:
    status, out, err = cli("inspect", "maximilian", "--json", "--block-size", "4", *SMALL)
    assert status == 0
    assert one_line(err) == (
        "microgpt-explorer: The model has 4 positions: it reads BOS and the first 3 of 10 "
        "letters, and predicts the first 4."
    )
    assert json.loads(out)["positions"] == 4


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("em4", "“4” is not in the vocabulary (a–z)."),
        ("Emma", "“E” is not in the vocabulary (a–z). Did you mean “emma”?"),
        ("Zoé", "“Z” and “é” are not in the vocabulary (a–z). Did you mean “zoe”?"),
        ("", "Type a name of at least one letter."),
        ("  ", "Type a name of at least one letter."),
        ("em\nma", "U+000A is not in the vocabulary (a–z)."),
        ("艾玛", "“艾” and “玛” are not in the vocabulary (a–z)."),
    ],
)
@pytest.mark.parametrize("command", ["inspect", "snapshot"])
def test_a_name_that_cannot_be_run(
    cli: Cli, tmp_path: Path, command: str, name: str, words: str
) -> None:
    out = tmp_path / "picture.png"
    more = ["--out", str(out)] if command == "snapshot" else []
    assert cli.complaint(command, name, *more) == f"microgpt-explorer: {words}"
    assert not out.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "names.txt"),
        (b"", "no documents"),
        (b" \n\n\t\n", "no documents"),
        (b"\x89PNG\r\n\x1a\n", "not a text file"),
        (b"emma\0anna\n", "not a text file"),
    ],
    ids=["missing", "empty", "blank", "binary", "with NUL"],
)
def test_documents_that_cannot_be_read(
    cli: Cli, tmp_path: Path, content: bytes | None, words: str
) -> None:
    file = tmp_path / "names.txt"
    if content is not None:
        file.write_bytes(content)
    said = cli.complaint("inspect", "emma", "--input", str(file))
    assert words in said
    assert str(file) in said


def test_a_folder_is_no_document(cli: Cli, tmp_path: Path) -> None:
    assert str(tmp_path) in cli.complaint("inspect", "emma", "--input", str(tmp_path))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--heads", "3"], "n_embd 16 is not a multiple of n_head 3"),
        (["--heads", "0"], "n_head must be at least 1, not 0"),
        (["--embd", "-4"], "n_embd must be at least 1, not -4"),
        (["--layers", "0"], "n_layer must be at least 1, not 0"),
        (["--block-size", "0"], "block_size must be at least 1, not 0"),
        (["--seed", "x"], "invalid int value: 'x'"),
        (["--heads", "2.5"], "invalid int value: '2.5'"),
        (["--layers", ""], "invalid int value: ''"),
        (["--embd"], "expected one argument"),
        (["--nonsense"], "unrecognized arguments: --nonsense"),
        (["anna"], "unrecognized arguments: anna"),
    ],
)
def test_options_that_make_no_sense(cli: Cli, options: list[str], words: str) -> None:
    assert cli.complaint("inspect", "emma", *options).endswith(words)


def test_a_name_is_needed(cli: Cli) -> None:
    assert "name" in cli.complaint("inspect", "--json")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--size", "12"], "12 is not a size like 1920x1080"),
        (["--size", "x"], "x is not a size like 1920x1080"),
        (["--size", "4x-5"], "4x-5 is not a size like 1920x1080"),
        (["--size", "640x480x2"], "640x480x2 is not a size like 1920x1080"),
        (["--size", "0x480"], "0x480 has a side outside of 1 to 16384"),
        (["--size", "640x20000"], "640x20000 has a side outside of 1 to 16384"),
        (["--theme", "pink"], "(choose from 'dark', 'light', 'contrast')"),
        (["--view", "moon"], "(choose from 'window', 'map')"),
        (
            ["--colour", "red"],
            "(choose from 'data', 'gradient', 'magnitude', 'state', 'op', 'fan-out')",
        ),
        (["--at", "end"], "invalid int value: 'end'"),
    ],
)
def test_pictures_that_cannot_be_asked_for(
    cli: Cli, tmp_path: Path, options: list[str], words: str
) -> None:
    out = tmp_path / "picture.png"
    said = cli.complaint("snapshot", "emma", "--out", str(out), *options)
    # Python 3.12 and later write the choices without quotes.
    assert said.replace("'", "").endswith(words.replace("'", ""))
    assert not out.exists()


def test_a_picture_needs_a_folder_that_exists(cli: Cli, tmp_path: Path) -> None:
    said = cli.complaint("snapshot", "emma", "--out", str(tmp_path / "none" / "picture.png"))
    assert said == f"microgpt-explorer: there is no folder {tmp_path / 'none'}"


def test_a_picture_needs_a_place(cli: Cli) -> None:
    assert "--out" in cli.complaint("snapshot", "emma")


def size_of(image: QImage) -> tuple[int, int]:
    return image.width(), image.height()


def colours_of(image: QImage) -> set[str]:
    """Return the colours of every third pixel of every third row."""
    return {
        QColor(image.pixel(x, y)).name()
        for y in range(0, image.height(), 3)
        for x in range(0, image.width(), 3)
    }


def picture(out: Path, *options: str) -> QImage:
    """Take a snapshot in a process without a display."""
    done = as_process("snapshot", "emma", "--out", str(out), *SMALL, *options)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert out.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    image = QImage(str(out))
    assert not image.isNull()
    return image


def is_light(image: QImage) -> bool:
    return QColor(image.pixel(1, 1)).lightness() > 128


def test_a_picture_of_the_window(tmp_path: Path) -> None:
    image = picture(tmp_path / "window.png", "--size", "1280x720")
    assert size_of(image) == (1280, 720)
    assert not is_light(image)
    assert len(colours_of(image)) > 100


def test_a_picture_of_the_window_in_the_light_at_a_moment(tmp_path: Path) -> None:
    options = ["--theme", "light", "--at", "0", "--select", "0", "--size", "1301x801"]
    image = picture(tmp_path / "window.png", *options)
    assert size_of(image) == (1301, 801)
    assert is_light(image)


def test_pictures_of_the_map_show_the_colour_the_moment_and_the_selection(tmp_path: Path) -> None:
    options = ["--view", "map", "--size", "333x222"]
    by_op = picture(tmp_path / "op.png", *options, "--colour", "op")
    at_start = picture(tmp_path / "start.png", *options, "--colour", "op", "--at", "0")
    gradient = picture(tmp_path / "grad.png", *options, "--colour", "gradient")
    selected = picture(tmp_path / "select.png", *options, "--colour", "op", "--select", "100")
    assert {size_of(image) for image in (by_op, at_start, gradient, selected)} == {(333, 222)}
    assert by_op != at_start
    assert by_op != selected
    assert by_op != gradient


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--at", "99999999"], r"--at 99999999 is not an event: the pass has 0 to \d+"),
        (["--size", "640x480"], r"the window is at least \d+x\d+; “--view map” may be smaller"),
        (["--select", "-1"], r"--select -1 is not a node: the pass has 0 to \d+"),
    ],
)
def test_moments_and_nodes_that_do_not_exist(
    tmp_path: Path, options: list[str], words: str
) -> None:
    out = tmp_path / "picture.png"
    done = as_process("snapshot", "a", "--out", str(out), *SMALL, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(f"microgpt-explorer: {words}", one_line(done.stderr))
    assert not out.exists()


def test_the_package_can_be_run() -> None:
    done = as_process("inspect", "a", "--json", *SMALL)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(json.loads(done.stdout)) == KEYS


def test_a_pass_without_a_window_does_not_load_qt() -> None:
    program = f"""
import sys
from explorer.cli import main
assert main(["inspect", "a", *{SMALL}]) == 0
print([name for name in sys.modules if name.startswith(("PySide6", "networkx"))])
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


DEAD_X_SERVERS = (
    {},
    {"DISPLAY": ""},
    {"DISPLAY": ":987"},
    {"DISPLAY": "nonsense"},
    {"DISPLAY": ":987", "QT_QPA_PLATFORM": "xcb"},
    {"QT_QPA_PLATFORM": "wayland"},
)


@pytest.mark.parametrize("display", DEAD_X_SERVERS, ids=str)
def test_without_a_display_the_window_says_so_and_names_snapshot(display: dict[str, str]) -> None:
    done = as_process("emma", **display)
    assert (done.returncode, done.stdout) == (2, "")
    said = one_line(done.stderr)
    assert "no display" in said
    assert "microgpt-explorer snapshot" in said


def test_a_display_with_an_impossible_number_is_none() -> None:
    done = as_process("emma", DISPLAY="localhost:99999")
    assert done.returncode == 2
    one_line(done.stderr)


def test_a_wayland_display_that_does_not_answer_is_none(tmp_path: Path) -> None:
    done = as_process("emma", WAYLAND_DISPLAY="wayland-987", XDG_RUNTIME_DIR=str(tmp_path))
    assert done.returncode == 2
    one_line(done.stderr)


@pytest.mark.parametrize("command", [[], ["inspect"], ["snapshot"]])
def test_help_is_no_mistake(cli: Cli, command: list[str]) -> None:
    status, out, err = cli(*command, "--help")
    assert (status, err) == (0, "")
    assert "microgpt-explorer" in out
