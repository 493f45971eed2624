"""Writing the names of scopes, of columns, and of the rows and columns of parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF

from explorer.debug.titles import matrix_names
from explorer.layout.camera import Camera
from explorer.theme.style import mono, sans
from explorer.trace.trace import ParameterMatrix
from explorer.views.map_frame import COLUMN_HEADER, Frame, Scene

LABEL_SIZE, LEAST_LABEL = 13, 10  # pixels
LARGE_PLACE, SMALL_PLACE = 8.5, 12.0  # pixels that a label's place needs; with a frame, without
LEAST_NAME = 9.0  # pixels a cell from which rows and columns of parameters have names


class LabelPainter:
    """Writes labels where they have room; they stay in sight as long as their boxes do.

    Parameters
    ----------
    scene : Scene
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        layout = scene.layout
        self._labelled = np.flatnonzero(layout.header)
        self._place = np.where(layout.framed, LARGE_PLACE, SMALL_PLACE)
        self._columns = np.flatnonzero(scene.depth == 1)
        self._widths: dict[str, float] = {}  # of the headers of columns
        self._strip = QColor(scene.theme.window)
        self._strip.setAlpha(225)
        self._headers_for: tuple[Camera, float] | None = None
        self._headers: tuple[QRectF, list[tuple[QPointF, str]]] | None = None
        self._matrices = [(m, *matrix_names(scene.trace, m)) for m in scene.trace.parameters]

    def paint(self, frame: Frame) -> None:
        """Write the names of the scopes in the picture."""
        painter, layout = frame.painter, self._scene.layout
        more = self._scene.theme.more_room(LEAST_LABEL)
        place = layout.header[self._labelled] * frame.scale
        scopes, boxes = frame.boxes(self._labelled[place >= more * self._place[self._labelled]])
        painter.setPen(QColor(self._scene.theme.text))
        last_size = 0
        strip = self._headers_of(frame)
        for scope, (left, top, *_) in zip(scopes.tolist(), boxes.tolist(), strict=True):
            header = float(layout.header[scope]) * frame.scale
            right = left + float(layout.label_width[scope]) * frame.scale
            left = max(left, 0.0)
            size = int(min(max(header * 0.72, more * LEAST_LABEL), LABEL_SIZE))
            if size != last_size:
                painter.setFont(sans(size))
                metrics, last_size = QFontMetricsF(painter.font()), size
            title = self._scene.titles[scope]
            shorter = title.rpartition(".")[2]
            text = _first_fitting((title, shorter), metrics, right - left - 4)
            middle = top + min(header, 2.2 * size) / 2
            baseline = middle + metrics.capHeight() / 2 + 1
            above, below = baseline - metrics.ascent(), baseline + metrics.descent()
            is_hidden = strip is not None and above < strip[0].bottom() and below > strip[0].top()
            if above >= 0 and below <= frame.height and not is_hidden:
                painter.drawText(QPointF(left + 4, baseline), text)
        if frame.scale >= LEAST_NAME:
            for matrix, rows, columns in self._matrices:
                self._paint_matrix_names(frame, matrix, rows, columns)

    def paint_column_headers(self, frame: Frame) -> None:
        """Name the columns above them or at the upper edge, if they can't do so themselves."""
        headers = self._headers_of(frame)
        if headers is None:
            return
        painter, (strip, texts) = frame.painter, headers
        painter.fillRect(strip, self._strip)
        painter.setFont(sans(LABEL_SIZE, bold=True))
        painter.setPen(QColor(self._scene.theme.text))
        for point, text in texts:
            painter.drawText(point, text)

    def _headers_of(self, frame: Frame) -> tuple[QRectF, list[tuple[QPointF, str]]] | None:
        place = frame.camera, frame.width
        if place != self._headers_for:
            self._headers_for, self._headers = place, self._place_headers(frame)
        return self._headers

    def _place_headers(self, frame: Frame) -> tuple[QRectF, list[tuple[QPointF, str]]] | None:
        """Return where columns are named, and each name with its place; None if nowhere."""
        layout = self._scene.layout
        boxes = layout.box[self._columns].astype(np.float64)
        top = (boxes[:, 1] - frame.camera.top) * frame.scale
        left = np.maximum((boxes[:, 0] - frame.camera.left) * frame.scale, 0)
        right = (boxes[:, 0] + boxes[:, 2] - frame.camera.left) * frame.scale
        right = np.minimum(right, frame.width)
        least = LARGE_PLACE * self._scene.theme.more_room(LEAST_LABEL)
        speechless = layout.header[self._columns] * frame.scale < least
        named = np.flatnonzero(((top < -2) | speechless) & (right > left))
        if not named.size:
            return None
        metrics = QFontMetricsF(sans(LABEL_SIZE, bold=True))
        strip = max(0.0, float(top[named].min()) - COLUMN_HEADER)
        titles = [self._scene.titles[int(self._columns[i])] for i in named]
        room = (right - left)[named] - 8
        down = strip + (COLUMN_HEADER + metrics.capHeight()) / 2
        for text in {form for title in titles for form in (title, _first_word(title))}:
            if text not in self._widths:
                self._widths[text] = metrics.horizontalAdvance(text)
        texts = _same_form(titles, self._widths, room.tolist())
        points = [QPointF(x + 4, down) for x in left[named].tolist()]
        named_there = [(point, text) for point, text in zip(points, texts, strict=True) if text]
        return (QRectF(0, strip, frame.width, COLUMN_HEADER), named_there) if named_there else None

    def _paint_matrix_names(
        self, frame: Frame, matrix: ParameterMatrix, rows: list[str], columns: list[str]
    ) -> None:
        """Write the names of rows at the left of a matrix, and of columns above it."""
        painter, size = frame.painter, int(min(frame.scale * 0.7, LABEL_SIZE))
        if size < self._scene.theme.least_text:
            return
        painter.setFont(mono(size))
        painter.setPen(QColor(self._scene.theme.muted))
        metrics = QFontMetricsF(painter.font())
        left, top = frame.middle(matrix.start)
        # To measure the hundreds of names that are out of the picture would take 1 ms a frame.
        right = left - frame.scale * 0.75
        if 0 <= right <= frame.width + 2 * frame.scale:
            for i in _within(top, frame.scale, frame.height, len(rows)):
                width, y = metrics.horizontalAdvance(rows[i]), top + i * frame.scale
                if width <= 2 * frame.scale:
                    baseline = y + metrics.capHeight() / 2
                    painter.drawText(QPointF(right - width, baseline), rows[i])
        y = top - frame.scale * 0.5 - 4
        if 0 <= y <= frame.height + metrics.height():
            for i in _within(left, frame.scale, frame.width, len(columns)):
                width, x = metrics.horizontalAdvance(columns[i]), left + i * frame.scale
                if width <= frame.scale:
                    painter.drawText(QPointF(x - width / 2, y), columns[i])


def _within(start: float, step: float, end: float, count: int) -> range:
    """Return which of some steps from a start lie between 0 and an end."""
    return range(max(0, math.ceil(-start / step)), min(count, math.floor((end - start) / step) + 1))


def _first_fitting(texts: tuple[str, ...], metrics: QFontMetricsF, width: float) -> str:
    return next((text for text in texts if metrics.horizontalAdvance(text) <= width), "")


def _first_word(title: str) -> str:
    return title.partition(" ")[0]


def _same_form(titles: list[str], widths: Mapping[str, float], room: list[float]) -> list[str]:
    """Return the titles, or the first word of each if some title does not fit its column.

    Columns that stand for no position, and are narrow, stay without a name.
    """
    fits = [widths[title] <= r for title, r in zip(titles, room, strict=True)]
    if all(fit for title, fit in zip(titles, fits, strict=True) if " " in title):
        return [title if fit else "" for title, fit in zip(titles, fits, strict=True)]
    words = [_first_word(title) for title in titles]
    return [word if widths[word] <= r else "" for word, r in zip(words, room, strict=True)]
