"""Words written as glyphs look as if they had been written one by one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from pytestqt.qtbot import QtBot

from explorer.theme.style import mono
from explorer.views.map_text import FEW, ROOM, WordPainter

WORDS = ["−0.123", "∇", "∇−8.82e−5", "", "∇–", "= 0.1 × −0.24 + 0.3", "exp", "max(0, 1.2)"]
MANY = WORDS * (1 + FEW // len(WORDS))


def picture(font: QFont, write: Callable[[QPainter], None]) -> QImage:
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor("#204060"))
    painter = QPainter(image)
    painter.setFont(font)
    painter.setPen(QColor("#ffffff"))
    write(painter)
    painter.end()
    return image


@pytest.mark.parametrize("words", [WORDS, MANY], ids=["few", "many"])
@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("size", [10, 11, 14, 18])
def test_words_are_where_draw_text_puts_them(
    qtbot: QtBot, size: int, bold: bool, words: list[str]
) -> None:
    font = mono(size, bold)
    places = np.array([(7 + 3.37 * i, 12.0 * (i + 1)) for i in range(len(words))])

    def one_by_one(painter: QPainter) -> None:
        for word, (x, y) in zip(words, places.tolist(), strict=True):
            painter.drawText(QPointF(x, y), word)

    writer = WordPainter()
    at_once = picture(font, lambda painter: writer.write(painter, words, places))
    assert at_once == picture(font, one_by_one)
    assert at_once == picture(font, lambda painter: writer.write(painter, words, places))


@pytest.mark.parametrize("scale", [1.0, 1.13])
def test_so_are_prepared_words_on_moved_and_scaled_ground(qtbot: QtBot, scale: float) -> None:
    writer = WordPainter()
    places = np.array([(-200 + 13.37 * i, -120.4 + 17.5 * i) for i in range(len(WORDS))])

    def one_by_one(painter: QPainter) -> None:
        painter.scale(scale, scale)
        painter.translate(203.3, 141.7)
        for word, (x, y) in zip(WORDS, places.tolist(), strict=True):
            painter.drawText(QPointF(x, y), word)

    def prepared(painter: QPainter) -> None:
        painter.scale(scale, scale)
        painter.translate(203.3, 141.7)
        writer.write(painter, WORDS, places)

    expected = picture(mono(13), one_by_one)
    assert all(picture(mono(13), prepared) == expected for _ in range(3))


@pytest.mark.parametrize("words", [[], [""]])
def test_no_words_are_nothing(qtbot: QtBot, words: list[str]) -> None:
    writer, places = WordPainter(), np.zeros((len(words), 2))
    written = picture(mono(), lambda painter: writer.write(painter, words, places))
    assert written == picture(mono(), lambda painter: None)


def test_there_is_room_for_more_letters_than_expected(qtbot: QtBot) -> None:
    words = ["12345678"] * (ROOM // 4)
    places = np.full((len(words), 2), 50.0)
    writer = WordPainter()
    many = picture(mono(), lambda painter: writer.write(painter, words, places))
    assert many != picture(mono(), lambda painter: None)
