"""The line that says what happened last, large enough for the last row."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.debug.happening import Part, happening
from explorer.debug.session import Session
from explorer.theme.scaling import unscaled_point, unscaled_rect, unscaled_size
from explorer.theme.style import mono
from explorer.theme.tokens import Theme

HEIGHT, MARGIN = 46, 16
SIZES = (22, 20, 18, 16, 14, 13)  # of the text, in pixels: the largest that fits


class EventBar(QWidget):
    """One sum with its numbers; a click on a name selects the node.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._parts: tuple[Part, ...] = ()
        self._areas: list[QRectF] = []
        self.setFixedHeight(theme.px(HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setAccessibleName("What happened last")
        session.opened.connect(self._refresh)
        session.cursor_moved.connect(self._refresh)
        session.numbers_changed.connect(self._refresh)
        self._refresh()

    def sizeHint(self) -> QSize:
        return QSize(900, self._theme.px(HEIGHT))

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(part.text for part in self._parts)

    def _refresh(self) -> None:
        timeline = self._session.timeline
        self._parts = happening(timeline, self._session.cursor) if timeline else ()
        self._areas = []
        self.setAccessibleDescription(self.text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.scale(theme.scale, theme.scale)
        whole = unscaled_rect(self, theme)
        painter.fillRect(whole, QColor(theme.panel))
        painter.fillRect(QRectF(0, 0, whole.width(), theme.line(1)), QColor(theme.border))
        font, metrics = self._fitting_font()
        self._areas = []
        x = float(MARGIN)
        for part in self._parts:
            width = metrics.horizontalAdvance(part.text)
            area = QRectF(x, 0, width, whole.height())
            font.setBold(part.is_result)
            font.setUnderline(part.node is not None)
            painter.setFont(font)
            painter.setPen(QColor(self._colour(part)))
            painter.drawText(area.adjusted(0, 0, 40, 0), Qt.AlignmentFlag.AlignVCenter, part.text)
            self._areas.append(area)
            x += width

    def _fitting_font(self) -> tuple[QFont, QFontMetricsF]:
        room = unscaled_size(self, self._theme).width() - 2 * MARGIN
        for size in SIZES:
            font = mono(size)
            metrics = QFontMetricsF(font)
            if metrics.horizontalAdvance(self.text) <= room:
                break
        return font, metrics

    def _colour(self, part: Part) -> str:
        if part.value is not None:
            return self._theme.of_sign(part.value)
        return self._theme.text if part.node is not None else self._theme.muted

    def _node_at(self, point: QPointF) -> int | None:
        point = unscaled_point(point, self._theme)
        for part, area in zip(self._parts, self._areas, strict=False):
            if area.contains(point):
                return part.node
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pointed = self._node_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if pointed else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        node = self._node_at(event.position())
        if node is not None and event.button() == Qt.MouseButton.LeftButton:
            self._session.select(node)
