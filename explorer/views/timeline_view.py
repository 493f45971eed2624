"""The time line: all events of a pass as a bar that can be dragged."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.debug import numbers
from explorer.debug.bookmarks import Bookmark
from explorer.debug.breakpoints import Breakpoint
from explorer.debug.session import Session
from explorer.theme.scaling import unscaled_point, unscaled_rect, unscaled_size
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.trace.timeline import Timeline
from explorer.views.layer import Layer

HEIGHT, MARGIN, RADIUS = 84, 16, 6
BAR = (40, 26)  # top and height
TICK, FLAG = 5, 9  # pixels: height of the ticks below the bar, size of a bookmark above it
TICK_DISTANCE = 60  # pixels that ticks are apart at least
DENSE = 200  # marks of one breakpoint, from which on they are short, so that bands can be seen
KNOB = 8  # pixels at both sides of the cursor that it may cover
AHEAD = 175  # of 255: how much is covered of what has not happened
PAUSE = "Ctrl+Space pause"
HINT = "F10 step  ·  F5 continue  ·  F9 breakpoint  ·  Ctrl+D bookmark  ·  drag to scrub  ·  ? keys"


@dataclass(frozen=True)
class _Band:
    start: int
    stop: int
    label: str
    colour: str


class TimelineView(QWidget):
    """Bands of the three phases, the forward one by position; marks, and the cursor.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._bands: list[_Band] = []
        self._marked = 0.0  # where the cursor was painted
        self._happened, self._ahead = Layer(), Layer()  # of the bar before and after the cursor
        self.setFixedHeight(theme.px(HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Time line")
        session.opened.connect(self._open)
        session.cursor_moved.connect(self._follow_time)
        session.play_changed.connect(self._redraw)
        session.breakpoints.changed.connect(self._redraw)
        session.bookmarks.changed.connect(self._redraw)
        self._open()

    def sizeHint(self) -> QSize:
        return QSize(900, self._theme.px(HEIGHT))

    @property
    def _room(self) -> float:
        """How wide the bar is, in pixels of scale 1."""
        return unscaled_size(self, self._theme).width() - 2 * MARGIN

    def _open(self) -> None:
        timeline = self._session.timeline
        self._bands = _bands(timeline, self._theme) if timeline else []
        self.update()

    def _x_of(self, cursor: int) -> float:
        timeline = self._session.timeline
        return MARGIN + (self._room * cursor / timeline.end if timeline else 0)

    def _cursor_at(self, x: float) -> int:
        timeline = self._session.timeline
        assert timeline is not None
        return round((x - MARGIN) / max(self._room, 1) * timeline.end)

    def _redraw(self) -> None:
        self.update()

    def _follow_time(self) -> None:
        """Paint again what time has passed over, and what says how far it has come."""
        timeline = self._session.timeline
        if timeline is None:
            return
        before, now = sorted((self._marked, self._x_of(self._session.cursor)))
        passed = QRectF(before - KNOB, 0, now - before + 2 * KNOB, HEIGHT)
        self._update_area(passed)
        end = numbers.count(timeline.end)
        width = QFontMetricsF(_counter_font()).horizontalAdvance(f"event {end} / {end}") + KNOB
        text = self._text_line()
        text.setLeft(text.right() - width)
        self._update_area(text)

    def _update_area(self, area: QRectF) -> None:
        """Paint an area again that is in pixels of scale 1."""
        scale = self._theme.scale
        self.update(QTransform.fromScale(scale, scale).mapRect(area).toAlignedRect())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, timeline = self._theme, self._session.timeline
        painter = QPainter(self)
        painter.scale(theme.scale, theme.scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if timeline is None:
            self._paint_surface(painter)
            return
        cursor, whole = self._session.cursor, unscaled_rect(self, theme)
        x = self._marked = self._x_of(cursor)
        before, after = QRectF(whole), QRectF(whole)
        before.setRight(round(x))
        after.setLeft(round(x))
        look = timeline, self._hint(), tuple(self._session.breakpoints), self._bookmarks()
        painter.setClipRect(before)
        self._happened.paint(painter, whole, look, self._paint_happened, opaque=True)
        painter.setClipRect(after)
        self._ahead.paint(painter, whole, look, self._paint_ahead, opaque=True)
        painter.setClipping(False)
        painter.setFont(_counter_font())
        painter.setPen(QColor(theme.text))
        text = f"event {numbers.count(cursor)} / {numbers.count(timeline.end)}"
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self._text_line(), side, text)
        top, height = BAR
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.text))
        painter.drawRoundedRect(QRectF(x - 1.5, top - 5, 3, height + 10), 1.5, 1.5)
        painter.drawEllipse(QRectF(x - 5, top - 9, 10, 10))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.negative), theme.line(1.5)))
            painter.drawRoundedRect(self._bar().adjusted(-2, -2, 2, 2), RADIUS + 1, RADIUS + 1)

    def _bar(self) -> QRectF:
        top, height = BAR
        return QRectF(MARGIN, top, self._room, height)

    def _text_line(self) -> QRectF:
        return QRectF(MARGIN, 8, self._room, 20)

    def _paint_surface(self, painter: QPainter) -> None:
        whole = unscaled_rect(self, self._theme)
        painter.fillRect(whole, QColor(self._theme.panel))
        whole.setHeight(self._theme.line(1))
        painter.fillRect(whole, QColor(self._theme.border))

    def _paint_happened(self, painter: QPainter) -> None:
        """Draw the time line as it is when all has happened, but for the cursor."""
        self._paint_all(painter, QColor(Qt.GlobalColor.transparent), self._theme.band_text)

    def _paint_ahead(self, painter: QPainter) -> None:
        """Draw the time line as it is when nothing has happened, but for the cursor."""
        veil = QColor(self._theme.panel)
        veil.setAlpha(AHEAD)
        self._paint_all(painter, veil, self._theme.text)

    def _paint_all(self, painter: QPainter, veil: QColor, ink: str) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_surface(painter)
        self._paint_texts(painter)
        outline = QPainterPath()
        outline.addRoundedRect(self._bar(), RADIUS, RADIUS)
        painter.save()
        painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
        for band in self._bands:
            painter.fillRect(self._area_of(band), QColor(band.colour))
        painter.fillRect(self._bar(), veil)
        painter.restore()
        for band in self._bands:
            self._paint_label(painter, band, ink)
        self._paint_ticks(painter)
        self._paint_breakpoints(painter)
        self._paint_bookmarks(painter)

    def _paint_texts(self, painter: QPainter) -> None:
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(sans(SMALL + 1, bold=True))
        painter.setPen(QColor(self._theme.text))
        painter.drawText(self._text_line(), left, "Timeline")
        painter.setFont(sans(SMALL))
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(self._text_line(), Qt.AlignmentFlag.AlignCenter, self._hint())

    def _hint(self) -> str:
        """Return the keys that matter most at the moment."""
        session = self._session
        if not session.playing:
            return HINT
        way = "playing" if session.playing > 0 else "playing backwards"
        return f"{way}, {session.speed:g} steps a second  ·  [ slower  ·  ] faster  ·  {PAUSE}"

    def _paint_ticks(self, painter: QPainter) -> None:
        """Draw a scale of events below the bar."""
        timeline = self._session.timeline
        assert timeline is not None
        end = timeline.end
        wanted = end * TICK_DISTANCE / max(self._room, 1)
        magnitude = 10.0 ** math.floor(math.log10(max(wanted, 1)))
        apart = next(int(f * magnitude) for f in (1, 2, 5, 10) if f * magnitude >= wanted)
        painter.setPen(QPen(QColor(self._theme.border), self._theme.line(1)))
        bottom = sum(BAR)
        for event in range(0, end + 1, max(apart, 1)):
            x = round(self._x_of(event)) + 0.5
            painter.drawLine(QPointF(x, bottom + 3), QPointF(x, bottom + 3 + TICK))

    def _paint_breakpoints(self, painter: QPainter) -> None:
        """Draw where breakpoints hit: full if they are enabled."""
        for colour, lines in map(self._marks_of, self._session.breakpoints):
            painter.setPen(
                QPen(colour, self._theme.line(2), Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            )
            painter.drawLines(lines)

    def _marks_of(self, one: Breakpoint) -> tuple[QColor, list[QLineF]]:
        colour = QColor(self._theme.breakpoint)
        colour.setAlpha(255 if one.enabled else 90)
        moments = self._session.breakpoints.moments(one)[one.skip :]
        columns = np.unique(np.rint(self._x_of_all(moments))).tolist()
        bottom = sum(BAR)
        top = bottom - 7 if len(columns) < DENSE else bottom + 2
        return colour, [QLineF(x, top, x, bottom + 5) for x in columns]

    def _bookmarks(self) -> tuple[Bookmark, ...]:
        """Return the bookmarks of this name."""
        trace = self._session.trace
        if trace is None or trace.document is None:
            return ()
        return tuple(self._session.bookmarks.of(trace.document.name))

    def _paint_bookmarks(self, painter: QPainter) -> None:
        """Draw a flag above the bar for each bookmark of this name."""
        top = BAR[0]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.bookmark))
        timeline = self._session.timeline
        assert timeline is not None
        for bookmark in self._bookmarks():
            x = self._x_of(min(bookmark.cursor, timeline.end))  # of a longer pass, as it seems
            flag = [QPointF(x, top - FLAG), QPointF(x + FLAG, top - FLAG / 2), QPointF(x, top)]
            painter.drawPolygon(flag)
            painter.drawRect(QRectF(x - 0.75, top - FLAG, 1.5, BAR[1] + FLAG))

    def _x_of_all(self, cursors: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        timeline = self._session.timeline
        assert timeline is not None
        return MARGIN + self._room * cursors / timeline.end

    def _area_of(self, band: _Band) -> QRectF:
        left, right = self._x_of(band.start), self._x_of(band.stop)
        return QRectF(left, BAR[0], right - left, BAR[1])

    def _paint_label(self, painter: QPainter, band: _Band, ink: str) -> None:
        area = self._area_of(band)
        painter.setFont(sans(SMALL, bold=True))
        if QFontMetricsF(painter.font()).horizontalAdvance(band.label) < area.width() - 6:
            painter.setPen(QColor(ink))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, band.label)

    def text_at(self, point: QPoint | None) -> str:
        """Return the name of the phase at a point, else of what this is."""
        timeline = self._session.timeline
        if point is None or timeline is None:
            return "time line"
        place = unscaled_point(QPointF(point), self._theme)
        names = [band.label for band in self._bands if self._area_of(band).contains(place)]
        return names[0] if names else "time line"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._drag(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._drag(event)

    def _drag(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._session.timeline is not None:
            self._session.seek(self._cursor_at(unscaled_point(event.position(), self._theme).x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        directions = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key in directions:
            self._session.step(directions[key])
        else:
            super().keyPressEvent(event)


def _counter_font() -> QFont:
    return mono(SMALL + 1)


def _bands(timeline: Timeline, theme: Theme) -> list[_Band]:
    trace = timeline.trace
    name = "" if len(trace.position_scope) else "forward"  # positions have names of their own
    bands = [_Band(0, timeline.forward_end, name, theme.forward)]
    made = trace.scope[trace.leaves :]
    for position, scope in enumerate(trace.position_scope.tolist()):
        inside = np.flatnonzero((made >= scope) & (made < trace.scopes[scope].stop))
        assert trace.document is not None
        letter = trace.document.spell(trace.document.tokens[position])
        colour = (theme.forward, theme.forward_other)[position % 2]
        bands.append(_Band(int(inside[0]), int(inside[-1]) + 1, letter, colour))
    if timeline.backward_end > timeline.forward_end:
        bands.append(_Band(timeline.forward_end, timeline.backward_end, "backward", theme.backward))
    if timeline.end > timeline.backward_end:
        bands.append(_Band(timeline.backward_end, timeline.end, "Adam", theme.update))
    return bands
