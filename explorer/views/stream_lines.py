"""Drawing the stream as a line that runs through, with blocks that branch off and add back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from explorer.debug.anatomy.parts import Kind, Stage
from explorer.debug.anatomy.stream import is_on_line
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.trace.trace import FloatArray
from explorer.views.stream_places import LAYER_BAND, LOGIT_HEAD, Places

LINE, BRANCH = 26, 78  # pixels from the left: the stream, and what branches off it
THICK = (1.5, 9.0)  # of a line: of a vector of no length, and of the longest one
PLUS = 7.0  # radius of the sign where something is added
BOX = (46, 20)
BEND = 8.0  # radius of a corner


class StreamLines:
    """Draws the lines of a stream.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme

    def paint(
        self,
        painter: QPainter,
        stages: Sequence[Stage],
        places: Places,
        thickness: FloatArray,
    ) -> None:
        """Draw the lines.

        Parameters
        ----------
        painter : QPainter
        stages : sequence of Stage
        places : Places
        thickness : float64 array, (stages + 1,)
            How long each vector is, 0 to 1, the logits at the end; NaN if it is not computed.
        """
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, row = places.lines.left(), places.stages.height
        middles = [places.stages.top + (i + 0.5) * row for i in range(len(stages))]
        middles.append(places.logits.top + row / 2)
        line, branch = left + LINE, left + BRANCH
        on_line = [i for i, stage in enumerate(stages) if is_on_line(stage)]
        self._paint_embeddings(painter, line, branch, middles, on_line[0], thickness)
        for before, after in zip(on_line, (*on_line[1:], len(stages)), strict=True):
            end = middles[after]
            self._paint_line(painter, line, middles[before], end, thickness[before])
            if after < len(stages) and stages[after].kind is Kind.STREAM:
                self._paint_branch(painter, line, branch, middles, before, after, thickness)
        for i in on_line:
            known = bool(np.isfinite(thickness[i]))
            if stages[i].kind is Kind.STREAM:
                self._paint_plus(painter, QPointF(line, middles[i]), known)
            else:
                self._paint_box(painter, QPointF(line, middles[i]), "norm", known)
        known = bool(np.isfinite(thickness[-1]))
        self._paint_box(painter, QPointF(line, places.logits.top - LOGIT_HEAD / 2 - 2),
                        "head", known)  # fmt: skip
        self._paint_arrow(painter, QPointF(line, middles[-1] + 4), known)
        for i, stage in enumerate(stages):
            if stage.layer is not None and not is_on_line(stage):
                text = "norm" if stage.kind is Kind.NORM else BLOCKS.get(stage.title, "block")
                known = bool(np.isfinite(thickness[i]))
                self._paint_box(painter, QPointF(branch, middles[i]), text, known)
        painter.restore()

    def paint_layers(self, painter: QPainter, stages: Sequence[Stage], places: Places) -> None:
        """Write the number of each layer beside its stages, upright."""
        row, left = places.stages.height, places.lines.left() - LAYER_BAND
        for layer in sorted({stage.layer for stage in stages if stage.layer is not None}):
            rows = [i for i, stage in enumerate(stages) if stage.layer == layer]
            top = places.stages.top + rows[0] * row
            area = QRectF(left, top + 3, LAYER_BAND - 4, len(rows) * row - 6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.raised))
            painter.drawRoundedRect(area, 4, 4)
            painter.save()
            painter.translate(area.center())
            painter.rotate(-90)
            painter.setFont(sans(SMALL))
            painter.setPen(QColor(self._theme.muted))
            upright = QRectF(-area.height() / 2, -area.width() / 2, area.height(), area.width())
            painter.drawText(upright, Qt.AlignmentFlag.AlignCenter, f"layer {layer}")
            painter.restore()

    def _pen(self, thickness: float, on_line: bool = True) -> QPen:
        theme = self._theme
        if np.isnan(thickness):
            return QPen(QColor(theme.unborn), theme.line(2.0))
        thin, thick = THICK
        colour = theme.forward if on_line else theme.update
        width = thin + min(float(thickness), 1.0) * (thick - thin)
        return QPen(QColor(colour), theme.line(width))

    def _paint_line(
        self, painter: QPainter, x: float, top: float, bottom: float, thickness: float
    ) -> None:
        pen = self._pen(thickness)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))

    def _paint_embeddings(
        self, painter: QPainter, line: float, branch: float, middles: list[float], to: int,
        thickness: FloatArray,
    ) -> None:  # fmt: skip
        """Draw the embedding of the token running down, that of the position joining it."""
        self._paint_line(painter, line, middles[0], middles[to], thickness[0])
        path = QPainterPath(QPointF(branch, middles[1]))
        path.lineTo(branch, middles[to] - BEND)
        path.quadTo(branch, middles[to], branch - BEND, middles[to])
        path.lineTo(line + PLUS, middles[to])
        self._stroke(painter, path, self._pen(thickness[1], on_line=False))
        for x, y, i in ((line, middles[0], 0), (branch, middles[1], 1)):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._pen(thickness[i], on_line=i == 0).color())
            painter.drawEllipse(QPointF(x, y), PLUS - 1, PLUS - 1)

    def _paint_branch(
        self, painter: QPainter, line: float, branch: float, middles: list[float], before: int,
        after: int, thickness: FloatArray,
    ) -> None:  # fmt: skip
        """Draw what leaves the stream, goes through the blocks between, and is added back."""
        first, added = before + 1, after - 1
        y = (middles[before] + middles[first]) / 2
        away = QPainterPath(QPointF(line, y))
        away.lineTo(branch - BEND, y)
        away.quadTo(branch, y, branch, y + BEND)
        away.lineTo(branch, middles[first])
        self._stroke(painter, away, self._pen(thickness[first] * 0.0, on_line=False))
        through = QPainterPath(QPointF(branch, middles[first]))
        through.lineTo(branch, middles[added])
        self._stroke(painter, through, self._pen(thickness[added] * 0.0, on_line=False))
        back = QPainterPath(QPointF(branch, middles[added]))
        back.lineTo(branch, middles[after] - BEND)
        back.quadTo(branch, middles[after], branch - BEND, middles[after])
        back.lineTo(line + PLUS, middles[after])
        self._stroke(painter, back, self._pen(thickness[added], on_line=False))

    @staticmethod
    def _stroke(painter: QPainter, path: QPainterPath, pen: QPen) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        painter.drawPath(path)

    def _paint_plus(self, painter: QPainter, at: QPointF, known: bool) -> None:
        theme = self._theme
        colour = QColor(theme.text if known else theme.border)
        painter.setPen(QPen(colour, theme.line(1.5)))
        painter.setBrush(QColor(theme.panel))
        painter.drawEllipse(at, PLUS, PLUS)
        arm = PLUS - 3
        painter.drawLine(at - QPointF(arm, 0), at + QPointF(arm, 0))
        painter.drawLine(at - QPointF(0, arm), at + QPointF(0, arm))

    def _paint_box(self, painter: QPainter, at: QPointF, text: str, known: bool) -> None:
        theme = self._theme
        width, height = BOX
        area = QRectF(at.x() - width / 2, at.y() - height / 2, width, height)
        colour = QColor(theme.muted if known else theme.border)
        painter.setPen(QPen(colour, theme.line(1)))
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(area, 5, 5)
        painter.setFont(mono(SMALL))
        painter.setPen(QColor(theme.text if known else theme.muted))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_arrow(self, painter: QPainter, at: QPointF, known: bool) -> None:
        path = QPainterPath(at)
        path.lineTo(at + QPointF(-6, -9))
        path.lineTo(at + QPointF(6, -9))
        path.closeSubpath()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.forward if known else self._theme.unborn))
        painter.drawPath(path)


BLOCKS = {"attention adds": "attn", "MLP adds": "MLP"}
