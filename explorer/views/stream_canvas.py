"""The residual stream of a position: its stages as cells, with what each block added."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from explorer.debug import numbers
from explorer.debug.anatomy.quantity import Quantity
from explorer.debug.anatomy.stream import is_on_line
from explorer.debug.anatomy.stream_grids import Part, StreamPicture
from explorer.debug.anatomy.stream_words import cell_facts, cell_rule, cell_title
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.trace.trace import FloatArray
from explorer.views.cell_grid import At, CellGrid
from explorer.views.cell_raster import Raster
from explorer.views.cell_words import card
from explorer.views.map_frame import draw_rects
from explorer.views.stream_lines import StreamLines
from explorer.views.stream_places import HEAD, LEAST_LOGIT, Places, Shape, place

TITLE_FONT = 14
INDENT = 14  # of stages beside the stream
OVERVIEW = "norm at each position"
NUMBER = 64  # pixels for a number beside its bar
BAR = 10  # height of a bar
TO_SCOPE = "to where it is computed"
LETTER = 9  # pixels of a cell whose letter does not touch the next one
EDGE = 8  # pixels that lines may stick out of their area
NAMES = 20  # height of the line of names above cells
AXIS = Qt.AlignmentFlag.AlignVCenter
LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft | AXIS, Qt.AlignmentFlag.AlignRight | AXIS
CENTRE = Qt.AlignmentFlag.AlignCenter


class StreamCanvas(CellGrid):
    """The stream at one position, and the norms of all positions.

    Parameters
    ----------
    theme : Theme
    around : QWidget
        Where the card beside the mouse has room.
    """

    def __init__(self, theme: Theme, around: QWidget) -> None:
        super().__init__(theme, "Residual stream", around=around)
        self.picture: StreamPicture | None = None
        self.leaves_out = False  # columns that have no room
        self._places: Places | None = None
        self._lines = StreamLines(theme)
        self._beside: tuple[FloatArray, float | None] = (np.empty(0), None)

    def show_picture(self, picture: StreamPicture) -> None:
        """Show the stream of a position at a moment."""
        before, self.picture = self.picture, picture
        drawn = self._beside
        self.show_grids(picture.grids(), self.at)
        self._beside = self._thickness(), picture.target_logit()
        if before is None or before.position != picture.position or self._places is None:
            self.update()
        elif not _same(drawn, self._beside):  # what is drawn beside the grids
            for area in (self._places.lines, self._sum_area()):
                self.repaint_area(area.adjusted(-EDGE, -EDGE, EDGE, EDGE))

    # Places

    def _shape(self) -> Shape:
        assert self.picture is not None
        anatomy, stages = self.picture.numbers.reading.anatomy, self.picture.numbers.stream.stages
        metrics = QFontMetrics(sans(TITLE_FONT, bold=True))
        longest = max(metrics.horizontalAdvance(stage.title) for stage in stages)
        return Shape(
            len(stages), anatomy.width, anatomy.vocabulary, anatomy.positions,
            longest + INDENT, anatomy.layers > 1,
            LETTER if self.leaves_out else LEAST_LOGIT,
        )  # fmt: skip

    def arrange(self, size: QSize) -> list[Raster]:
        self._places = place(self._shape(), size.width(), size.height())
        return self._places.rasters

    def needed(self, width: int) -> QSize:
        if self.picture is None:
            return QSize(0, 0)
        shape = self._shape()
        across = min(shape.least_width, width) if self.leaves_out else shape.least_width
        return QSize(across, shape.least_height)

    def _has_room(self, part: Part) -> bool:
        """Return whether a part is shown: on a stage only if it is not cut."""
        right = self.rasters[part].area.right()
        return not self.leaves_out or right <= self.whole.right()

    # Drawing

    def area_drawn_with(self, grid: int) -> QRectF:
        return self.rasters[grid].whole

    def paint_grids(self, painter: QPainter) -> None:
        if self.picture is None or self._places is None:
            return
        picture, stages = self.picture, self.picture.numbers.stream.stages
        at = self.under_mouse or self.at
        column = None if at is None else (at.grid, at.column)
        look = self.still_look(), column, picture.position, picture.quantity, picture.target
        self.paint_still(painter, look, self._draw_words)
        self._lines.paint(painter, stages, self._places, self._beside[0])
        shown = {id(grid) for grid, _ in self.exposed()}
        exposed = [part for part in Part if id(self.grids[part]) in shown and self._has_room(part)]
        cells = [(self.grids[i], self.rasters[i]) for i in exposed if i <= Part.LOGITS]
        self.painter.paint_all(painter, cells)
        is_data = picture.quantity is Quantity.DATA
        if Part.NORM in exposed:
            self._paint_norms(painter)
        if Part.SHARE in exposed and is_data:
            self._paint_shares(painter)
        if is_data and self._has_room(Part.LOGIT_PART):
            self._paint_logit_parts(painter)
        if Part.OVERVIEW in exposed:
            self._paint_overview(painter)

    def _draw_words(self, painter: QPainter) -> None:
        assert self.picture is not None
        assert self._places is not None
        for part in (Part.STAGES, Part.LOGITS):
            self.painter.paint_missing(painter, self.grids[part], self.rasters[part])
        if self._shape().has_layers:
            stages = self.picture.numbers.stream.stages
            self._lines.paint_layers(painter, stages, self._places)
        self._paint_rows(painter)
        self._paint_heads(painter)

    def _thickness(self) -> FloatArray:
        """Return how long each vector is beside the longest one, the logits at the end."""
        assert self.picture is not None
        norms = self.picture.norms[:, self.picture.position] / self.picture.limits.norm
        logits = self.grids[Part.LOGITS].values[0]
        return np.append(norms, np.nan if np.isnan(logits).any() else 1.0)

    def _paint_rows(self, painter: QPainter) -> None:
        """Write the titles of the stages, those of the stream itself on a ground of their own."""
        assert self.picture is not None
        assert self._places is not None
        theme, titles, row = self.theme, self._places.titles, self._places.stages.height
        right = min(self._places.overview.area.right(), self.whole.right() - EDGE)
        for i, stage in enumerate(self.picture.numbers.stream.stages):
            area = QRectF(titles.left(), titles.top() + i * row, titles.width(), row)
            is_stream = is_on_line(stage)
            if is_stream:
                ground = QRectF(area.left() - 6, area.top() + 1, right - area.left() + 12, row - 2)
                painter.fillRect(ground, QColor(theme.raised))
            self._write(painter, area.adjusted(0 if is_stream else INDENT, 0, 0, 0), stage.title,
                        LEFT, theme.text if is_stream else theme.muted, is_stream)  # fmt: skip
        logits = self._places.logits
        area = QRectF(titles.left(), logits.top, titles.width(), row)
        self._write(painter, area, "logits", LEFT, theme.text, bold=True)

    def _paint_heads(self, painter: QPainter) -> None:
        """Write what the columns are, and the names of their cells."""
        assert self.picture is not None
        picture, theme = self.picture, self.theme
        is_data = picture.quantity is Quantity.DATA
        what = "numbers" if is_data else "gradients"
        heads = {
            Part.STAGES: f"{what} of the vectors",
            Part.NORM: "norm" if is_data else "gradient norm",
            Part.SHARE: "added ÷ stream",
            Part.LOGIT_PART: f"in logit of {picture.target}",
            Part.OVERVIEW: OVERVIEW,
        }
        right = self.whole.right() - self.rasters[Part.OVERVIEW].left
        if QFontMetricsF(sans(TITLE_FONT)).horizontalAdvance(OVERVIEW) > right:
            heads[Part.OVERVIEW] = "norms"
        for part, text in heads.items():
            raster = self.rasters[part]
            if not is_data and part in (Part.SHARE, Part.LOGIT_PART):
                continue
            if not self._has_room(part):
                continue
            area = QRectF(raster.left, 0, max(raster.area.width(), 150), HEAD - NAMES)
            self._write(painter, area, text, LEFT, theme.muted)
        at = self.under_mouse or self.at
        for part in filter(self._has_room, (Part.STAGES, Part.LOGITS, Part.OVERVIEW)):
            bright = at.column if at is not None and at.grid == part else -1
            if part is Part.OVERVIEW:
                bright = picture.position
            self._paint_names(painter, part, bright)

    def _paint_names(self, painter: QPainter, part: Part, bright: int) -> None:
        raster, names = self.rasters[part], self.grids[part].columns
        metrics = QFontMetrics(mono(SMALL))
        room = max(1, -(-(metrics.horizontalAdvance("00") + 2) // raster.width))
        every = room if part is Part.STAGES else 1
        for i, name in enumerate(names):
            if i % every and i != bright:
                continue
            if every > 1 and bright >= 0 and i != bright and abs(i - bright) < every:
                continue
            wide = max(raster.width - 1, metrics.horizontalAdvance(name[:2]) + 2)
            middle = raster.left + (i + 0.5) * raster.width
            area = QRectF(middle - wide / 2, raster.top - NAMES - 1, wide, NAMES)
            text = name if metrics.horizontalAdvance(name) <= raster.width else name[:1]
            text = name if part is Part.STAGES else text
            painter.setFont(mono(SMALL, bold=i == bright))
            painter.setPen(QColor(self.theme.text if i == bright else self.theme.muted))
            painter.drawText(area, CENTRE, text)

    def _paint_norms(self, painter: QPainter) -> None:
        assert self.picture is not None
        raster, values = self.rasters[Part.NORM], self.grids[Part.NORM].values[:, 0]
        room = raster.width - NUMBER
        widths = room * values / self.picture.limits.norm
        for i, (value, width) in enumerate(zip(values.tolist(), widths.tolist(), strict=True)):
            area = raster.area_of(i, 0)
            if np.isnan(value):
                self._write(painter, area.adjusted(room + 6, 0, 0, 0), "–", LEFT, self.theme.muted)
                continue
            bar = QRectF(area.left(), area.center().y() - BAR / 2, max(width, 1.0), BAR)
            painter.fillRect(bar, QColor(self.theme.forward))
            self._write_number(painter, area.adjusted(room + 6, 0, 0, 0), value, LEFT)

    def _paint_shares(self, painter: QPainter) -> None:
        grid, raster = self.grids[Part.SHARE], self.rasters[Part.SHARE]
        for i, value in enumerate(grid.values[:, 0].tolist()):
            if grid.is_there(i, 0):
                text = "–" if np.isnan(value) else f"{numbers.short(100 * value, 2)} %"
                area = raster.area_of(i, 0).adjusted(2, 0, 0, 0)
                self._write(painter, area, text, LEFT, self.theme.text)

    def _paint_logit_parts(self, painter: QPainter) -> None:
        """Draw what each addend brings as bars to both sides of 0, and the sum below."""
        assert self.picture is not None
        grid, raster, theme = self.grids[Part.LOGIT_PART], self.rasters[Part.LOGIT_PART], self.theme
        half = (raster.width - NUMBER) / 2
        middle, line = raster.left + half, theme.line(1)
        for i, value in enumerate(grid.values[:, 0].tolist()):
            if not grid.is_there(i, 0):
                continue
            area = raster.area_of(i, 0)
            zero = QRectF(middle - line / 2, area.top() + 4, line, area.height() - 8)
            painter.fillRect(zero, QColor(theme.muted))
            if np.isnan(value):
                self._write(painter, area.adjusted(2 * half + 6, 0, 0, 0), "–", LEFT, theme.muted)
                continue
            length = min(abs(value) / self.picture.limits.logit_part, 1.0) * half
            start = middle if value > 0 else middle - length
            bar = QRectF(start, area.center().y() - BAR / 2, max(length, 1.0), BAR)
            painter.fillRect(bar, QColor(self._sign_colour(value)))
            self._write_number(painter, area.adjusted(2 * half + 6, 0, 0, 0), value, LEFT, True)
        logit = self.picture.target_logit()
        area = self._sum_area()
        self._write(painter, area.adjusted(0, 0, -NUMBER, 0), "sum", RIGHT, theme.muted)
        area = area.adjusted(2 * half + 6, 0, 0, 0)
        if logit is None:
            self._write(painter, area, "–", LEFT, theme.muted)
        else:
            self._write_number(painter, area, logit, LEFT, True)

    def _sum_area(self) -> QRectF:
        """Return where the logit of the target is, below its parts."""
        raster = self.rasters[Part.LOGIT_PART]
        return QRectF(raster.left, self.rasters[Part.LOGITS].top, raster.width, raster.height)

    def _paint_overview(self, painter: QPainter) -> None:
        """Draw the norms of all positions as bars that stand in their rows."""
        assert self.picture is not None
        raster, values = self.rasters[Part.OVERVIEW], self.grids[Part.OVERVIEW].values
        theme, at = self.theme, self.picture.position
        high = raster.height - 5
        heights = np.clip(high * np.nan_to_num(values) / self.picture.limits.norm, 1.0, high)
        rows, columns = np.mgrid[: raster.rows, : raster.columns]
        gap = 2 if raster.width > 8 else 1
        rects = np.stack(
            (
                raster.left + columns * raster.width,
                raster.top + (rows + 1) * raster.height - 2 - heights,
                np.full(values.shape, raster.width - gap),
                heights,
            ),
            axis=-1,
        ).astype(np.float64)
        known = ~np.isnan(values)
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, which in (
            (theme.unborn, ~known),
            (theme.forward, known & (columns != at)),
            (theme.current, known & (columns == at)),
        ):
            painter.setBrush(QColor(colour))
            draw_rects(painter, rects[which])

    def _write_number(
        self,
        painter: QPainter,
        area: QRectF,
        value: float,
        side: Qt.AlignmentFlag,
        signed: bool = False,
    ) -> None:
        painter.setFont(mono(SMALL))
        theme = self.theme
        colour = theme.text
        if signed and value:
            colour = theme.positive if value > 0 else theme.negative
        painter.setPen(QColor(colour))
        room = int((NUMBER - 6) / QFontMetricsF(painter.font()).horizontalAdvance("0"))
        plus = "+" if signed and value > 0 else ""
        painter.drawText(area, side, plus + numbers.fitting(value, room - len(plus)))

    def _sign_colour(self, value: float) -> str:
        return self.theme.ramp_positive if value > 0 else self.theme.ramp_negative

    @staticmethod
    def _write(
        painter: QPainter,
        area: QRectF,
        text: str,
        side: Qt.AlignmentFlag,
        colour: str,
        bold: bool = False,
    ) -> None:
        painter.setFont(sans(TITLE_FONT, bold=bold))
        painter.setPen(QColor(colour))
        painter.drawText(area, side, text)

    # What is told

    def spoken(self, at: At) -> str:
        title, rule, facts = self._told(at)
        known = [f"{label} {text}" for label, text in facts]
        return ", ".join((title, *known, *([rule] if rule else [])))

    def card_text(self, at: At) -> str:
        title, rule, facts = self._told(at)
        is_node = at.grid in (Part.STAGES, Part.LOGITS)
        hint = self.hint(at) if is_node else self.hint(at, TO_SCOPE)
        return card(self.theme, title, rule, facts, hint)

    def _told(self, at: At) -> tuple[str, str, list[tuple[str, str]]]:
        assert self.picture is not None
        part = Part(at.grid)
        return (
            cell_title(self.picture, part, at.row, at.column),
            cell_rule(self.picture, part, at.row),
            cell_facts(self.picture, part, at.row, at.column),
        )


def _same(one: tuple[FloatArray, float | None], other: tuple[FloatArray, float | None]) -> bool:
    return one[1] == other[1] and np.array_equal(one[0], other[0], equal_nan=True)
