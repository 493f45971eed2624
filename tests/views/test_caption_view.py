"""Captions say all that they are given, and their words lead to the glossary."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWhatsThisClickedEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.debug.happening import Part
from explorer.debug.moment_caption import MomentCaption
from explorer.theme.tokens import DARK, LIGHT, Theme
from explorer.views.caption_view import CaptionView
from explorer.views.linked_text import asked_word

TITLE, HTML = "Backprop", "The <b>loss</b> is − ln(p), and its gradient is 1."
MOMENT = MomentCaption("One step", (Part("a = "), Part("−2", value=-2.0)), "The loss & its parts.")


class Asked(QWidget):
    """Notes what it is asked for."""

    def __init__(self, caption: CaptionView) -> None:
        super().__init__()
        self.words: list[str] = []
        QVBoxLayout(self).addWidget(caption)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QWhatsThisClickedEvent):
            self.words.append(asked_word(event.href()))
            return True
        return super().event(event)


def places_of(caption: CaptionView) -> dict[str, QPoint]:
    """Return the words that can be clicked, and where."""
    points = (QPoint(x, y) for y in range(0, caption.height(), 5) for x in range(0, 900, 5))
    found = ((caption.word_at(QPointF(point)), point) for point in points)
    return {word: point for word, point in found if word}


def point_at(caption: CaptionView, point: QPointF) -> None:
    """Move the mouse, wherever windows of other tests are."""
    none, still = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    move = QMouseEvent(QEvent.Type.MouseMove, point, point, none, none, still)
    QApplication.sendEvent(caption, move)


@pytest.mark.parametrize("alone", [False, True], ids=["below", "alone"])
@pytest.mark.parametrize("theme", [DARK, LIGHT.scaled(1.7)], ids=["usual", "on stage"])
def test_words_of_a_caption_can_be_clicked(qtbot: QtBot, theme: Theme, alone: bool) -> None:
    caption = CaptionView(theme, alone)
    asked = Asked(caption)
    qtbot.addWidget(asked)
    asked.resize(1000, 400)
    asked.show()
    caption.show_caption(TITLE, HTML)
    assert caption.text == f"{TITLE}\nThe loss is − ln(p), and its gradient is 1."
    places = places_of(caption)
    assert set(places) >= {"loss", "gradient"}
    for word in ("loss", "gradient"):
        point_at(caption, QPointF(places[word]))
        assert caption.cursor().shape() is Qt.CursorShape.PointingHandCursor
        QTest.mouseClick(caption, Qt.MouseButton.LeftButton, pos=places[word])
        QTest.mouseClick(caption, Qt.MouseButton.RightButton, pos=places[word])
    assert asked.words == ["loss", "gradient"]
    QTest.mouseClick(caption, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert asked.words == ["loss", "gradient"]


def test_a_caption_looks_the_same_with_links(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def picture() -> object:
        caption = CaptionView(DARK)
        qtbot.addWidget(caption)
        caption.resize(900, caption.height())
        caption.show_moment(MOMENT)
        return caption.grab().toImage()

    with_links = picture()
    monkeypatch.setattr("explorer.views.caption_view.with_words", lambda html, colour: html)
    assert picture() == with_links
