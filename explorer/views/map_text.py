"""Thousands of short texts at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import shiboken6
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QGlyphRun,
    QPaintEngine,
    QPainter,
    QRawFont,
    QStaticText,
    QTextLayout,
    QTransform,
)

ROOM = 8192  # letters of a frame at the scale where cells begin to show numbers
FEW = 16  # words that are drawn sooner than a run of them is made
MOST_PREPARED = 4000  # texts, some 4 MB
FIXED = 64  # parts of a pixel to which drawText cuts the place of a text
POINT = 16  # bytes of a QPointF: two doubles


@dataclass(frozen=True)
class _Letter:
    """A letter in the font that has it: not every family has a ∇."""

    font: QRawFont
    family: str
    glyph: int
    width: float


class WordPainter:
    """Writes many words by few calls, as glyphs of one run.

    A call of drawText takes 6 µs a word. Of a run, 4 of 7 ms would go into making 8,000 points, so
    they are made once, on the memory of an array that is filled for every run.

    Parameters
    ----------
    room : int, optional
        For how many letters there is room as soon as any is needed.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._letters: dict[tuple[str, str], _Letter] = {}
        self._few = _FewWords()
        self._least_room = room
        self._make_room(0)  # it takes 14 ms, and many a pass is never seen so closely

    def write(self, painter: QPainter, words: list[str], places: npt.NDArray[np.float64]) -> None:
        """Write words with the painter's font and pen.

        Vector files get a call a word, so that they have letters instead of outlines, and so do
        few words, for which a run is not worth its while.

        Parameters
        ----------
        painter : QPainter
        words : list of str
            Without letters that join or overlap, such as numbers.
        places : float64 array, (words, 2)
            Where the baselines begin.
        """
        is_raster = painter.paintEngine().type() is QPaintEngine.Type.Raster
        if len(words) <= FEW or not is_raster:
            self._few.write(painter, words, places.tolist(), is_raster)
            return
        text = "".join(words)
        codes, which = np.unique(
            np.frombuffer(text.encode("utf-32-le"), np.uint32), return_inverse=True
        )
        font = painter.font()
        key = font.key()
        letters = [self._letter(font, key, chr(code)) for code in codes.tolist()]
        glyphs = np.array([letter.glyph for letter in letters], np.int64)[which]
        widths = np.array([letter.width for letter in letters])[which]
        x, y = _starts(words, places, widths)
        for raw in dict.fromkeys(letter.family for letter in letters):
            of_font = [letter.family == raw for letter in letters]
            those = np.array(of_font)[which]
            run = QGlyphRun()
            run.setRawFont(letters[of_font.index(True)].font)
            run.setGlyphIndexes(glyphs[those].tolist())
            run.setPositions(self._points_at(x[those], y[those]))
            painter.drawGlyphRun(QPointF(), run)

    def _letter(self, font: QFont, font_key: str, letter: str) -> _Letter:
        key = font_key, letter
        if key not in self._letters:
            layout = QTextLayout(letter, font)
            layout.beginLayout()
            layout.createLine()
            layout.endLayout()
            (run, *_) = layout.glyphRuns()
            width = QFontMetricsF(font).horizontalAdvance(letter)
            raw = run.rawFont()
            self._letters[key] = _Letter(raw, raw.familyName(), run.glyphIndexes()[0], width)
        return self._letters[key]

    def _points_at(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> list[QPointF]:
        """Return points that are good until the next call."""
        if len(x) > len(self._points):
            self._make_room(max(2 * len(x), self._least_room))
        self._places[: len(x), 0] = x
        self._places[: len(x), 1] = y
        return self._points[: len(x)]

    def _make_room(self, letters: int) -> None:
        self._places = np.zeros((letters, 2))
        first = self._places.ctypes.data
        self._points = [
            cast(QPointF, shiboken6.wrapInstance(first + POINT * i, QPointF))
            for i in range(letters)
        ]


class _FewWords:
    """Words one by one; those that are written again are prepared.

    That takes 2 instead of 6 µs each, and they look as those of drawText to the pixel, but for a
    scale: there they would not.
    """

    def __init__(self) -> None:
        self._prepared: dict[tuple[str, str], QStaticText | None] = {}

    def write(
        self, painter: QPainter, words: list[str], places: list[list[float]], is_raster: bool
    ) -> None:
        """Write words with their baselines at places."""
        shifts_only = QTransform.TransformationType.TxTranslate
        if not is_raster or painter.deviceTransform().type().value > shifts_only.value:
            for word, (x, y) in zip(words, places, strict=True):
                painter.drawText(QPointF(x, y), word)
            return
        font = painter.font()
        key, ascent = font.key(), QFontMetricsF(font).ascent()
        for word, (x, y) in zip(words, places, strict=True):
            text = self._text(key, word)
            if text is None:
                painter.drawText(QPointF(x, y), word)
            else:
                painter.drawStaticText(QPointF(int(FIXED * x) / FIXED, y - ascent), text)

    def _text(self, font_key: str, word: str) -> QStaticText | None:
        """Return a prepared text, from the second time on."""
        key = font_key, word
        if key not in self._prepared:
            if len(self._prepared) >= MOST_PREPARED:
                self._prepared.clear()
            self._prepared[key] = None
            return None
        text = self._prepared[key]
        if text is None:
            text = self._prepared[key] = QStaticText(word)
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        return text


def _starts(
    words: list[str], places: npt.NDArray[np.float64], widths: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return where each letter of the words begins."""
    lengths = np.array([len(word) for word in words], np.int64)
    letters = np.r_[0.0, np.cumsum(widths)]  # as if all words were one
    first = letters[np.cumsum(lengths) - lengths]
    x = letters[:-1] + np.repeat(places[:, 0] - first, lengths)
    return x, np.repeat(places[:, 1], lengths)
