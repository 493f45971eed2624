"""The frame of a figure: what it copies and saves."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from explorer.debug.table import Table
from explorer.theme.tokens import DARK
from explorer.views.figure import ENLARGED, Figure

TABLE = Table(("letter", "p"), (("a", 0.25), ("b", 0.75)))


@pytest.fixture
def figure(qtbot: QtBot) -> Figure:
    figure = Figure(DARK, "Probabilities", QLabel("content"), lambda: TABLE)
    qtbot.addWidget(figure)
    figure.resize(400, 300)
    figure.show()
    return figure


def told(qtbot: QtBot, figure: Figure, path: Path) -> str:
    with qtbot.waitSignal(figure.told) as sentence:
        figure.save(path)
    return str(sentence.args[0])


def test_numbers_are_copied(qtbot: QtBot, figure: Figure) -> None:
    with qtbot.waitSignal(figure.told) as sentence:
        figure.menu.actions()[0].trigger()
    assert QGuiApplication.clipboard().text() == TABLE.as_csv()
    assert sentence.args == ["The 2 rows of “Probabilities” are in the clipboard."]


def test_without_numbers_the_clipboard_stays(qtbot: QtBot) -> None:
    figure = Figure(DARK, "Logits", QLabel(), lambda: None)
    qtbot.addWidget(figure)
    QGuiApplication.clipboard().setText("before")
    figure.copy()
    assert QGuiApplication.clipboard().text() == "before"


def test_a_picture_is_larger_than_on_screen(qtbot: QtBot, figure: Figure, tmp_path: Path) -> None:
    assert told(qtbot, figure, tmp_path / "p.png").startswith("“Probabilities” is in")
    image = QImage(str(tmp_path / "p.png"))
    assert (image.width(), image.height()) == (
        ENLARGED * figure.content.width(),
        ENLARGED * figure.content.height(),
    )


def test_vectors_have_text(qtbot: QtBot, figure: Figure, tmp_path: Path) -> None:
    told(qtbot, figure, tmp_path / "p.svg")
    svg = (tmp_path / "p.svg").read_text()
    assert "<title>Probabilities</title>" in svg
    assert ">content<" in svg


@pytest.mark.parametrize("path", ["missing/p.png", "p.txt"])
def test_what_cannot_be_saved_is_told(
    qtbot: QtBot, figure: Figure, tmp_path: Path, path: str
) -> None:
    assert told(qtbot, figure, tmp_path / path).startswith("“Probabilities” was not saved: ")
