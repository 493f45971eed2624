"""A layer over what is projected: spotlight, magnifier, laser dot, and lines of the pen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QCursor,
    QHideEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QRadialGradient,
    QRegion,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from explorer.debug.drawing import Drawing, Tool
from explorer.theme.scaling import scaled_point, unscaled_point, unscaled_rect
from explorer.theme.tokens import Theme
from explorer.views.boards import Board

FRAME = 16  # milliseconds between two looks at where the mouse is
RADIUS = {Tool.SPOTLIGHT: 130.0, Tool.MAGNIFIER: 120.0, Tool.LASER: 14.0}  # pixels at first
SMALLEST, LARGEST = 0.4, 3.0  # times that
DIMMED = 190  # of 255
SOFT = 0.12  # of the spotlight's radius: its edge
MAGNIFICATION = 2.0
RIM = 3.0
DOT = 0.45  # of the laser's radius; around it is a glow
INK = 4.0  # width of the pen's lines
EDGE = 3.0  # pixels around what moves that are painted anew


class PointingLayer(QWidget):
    """Lies over a widget; the mouse goes through it, except that of the pen.

    Parameters
    ----------
    parent : QWidget
    content : QWidget
        What is pointed at: a child of the same parent.
    theme : Theme
    boards : callable
        Returns what can be drawn on now, the foremost first.
    """

    tool_changed = Signal()

    def __init__(
        self,
        parent: QWidget,
        content: QWidget,
        theme: Theme,
        boards: Callable[[], Sequence[Board]],
    ) -> None:
        super().__init__(parent)
        self._content, self._theme, self._boards = content, theme, boards
        self._tool: Tool | None = None
        self._drawing = Drawing()
        self._under_pen: Board | None = None
        self._at = QPointF(-1e4, -1e4)
        self._growth = 1.0
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self._follow_mouse)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Pointing")

    @property
    def tool(self) -> Tool | None:
        """What is pointed with; None if nothing is."""
        return self._tool

    @property
    def drawing(self) -> Drawing:
        """The lines of the pen."""
        return self._drawing

    def take_over(self, last: PointingLayer) -> None:
        """Point with what another layer did, and show what was drawn on it."""
        self._drawing, self._growth = last.drawing, last._growth
        self.use(last.tool)

    def use(self, tool: Tool | None) -> None:
        """Point with something, or with nothing any more. Lines stay."""
        if tool is self._tool:
            return
        self._tool, self._under_pen = tool, None
        draws = tool is Tool.PEN
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not draws)
        self.setCursor(Qt.CursorShape.CrossCursor if draws else Qt.CursorShape.ArrowCursor)
        self._rest_or_follow()
        self.update()
        self.tool_changed.emit()

    def toggle(self, tool: Tool) -> None:
        """Point with something, or put it away if it is in use."""
        self.use(None if tool is self._tool else tool)

    def grow(self, factor: float) -> None:
        """Make spotlight, magnifier and dot larger, or smaller."""
        self._growth = min(max(self._growth * factor, SMALLEST), LARGEST)
        self.update()

    def undo(self) -> None:
        """Take the last line away."""
        self._under_pen = None  # it may be the one that is being drawn
        self._drawing.undo()
        self.update()

    def clear(self) -> None:
        """Take all lines away."""
        self._under_pen = None
        self._drawing.clear()
        self.update()

    def follow_board(self) -> None:
        """Show lines where they belong after a board has moved."""
        if self._drawing:
            self.update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._rest_or_follow()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = unscaled_point(event.position(), self._theme)
        board = next((board for board in self._boards() if board.area.contains(point)), None)
        if event.button() is not Qt.MouseButton.LeftButton or board is None:
            return
        self._under_pen, self._at = board, point
        self._drawing.begin(board.name, board.point_on_board(point))
        self._update_around(QRectF(point, point))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._under_pen is not None:
            last, self._at = self._at, unscaled_point(event.position(), self._theme)
            self._drawing.go_on(self._under_pen.point_on_board(self._at))
            self._update_around(QRectF(last, self._at).normalized())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._under_pen = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the wheel work below the layer, as if there were no pen."""
        point = event.globalPosition()
        below = self._content.childAt(self._content.mapFromGlobal(point.toPoint()))
        if below is not None:
            QApplication.sendEvent(
                below,
                QWheelEvent(
                    below.mapFromGlobal(point),
                    point,
                    event.pixelDelta(),
                    event.angleDelta(),
                    event.buttons(),
                    event.modifiers(),
                    event.phase(),
                    event.inverted(),
                ),
            )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self._theme.scale, self._theme.scale)
        self._paint_lines(painter)
        if self._tool is Tool.SPOTLIGHT:
            self._paint_spotlight(painter)
        elif self._tool is Tool.MAGNIFIER:
            self._paint_magnifier(painter)
        elif self._tool is Tool.LASER:
            self._paint_dot(painter)

    def _rest_or_follow(self) -> None:
        if self._tool in RADIUS and self.isVisible():
            self._follow_mouse()
            self._timer.start()
        else:
            self._timer.stop()

    def _follow_mouse(self) -> None:
        point = unscaled_point(QPointF(self.mapFromGlobal(QCursor.pos())), self._theme)
        if point != self._at:
            before, self._at = self._circle(), point
            self._update_around(before)
            self._update_around(self._circle())

    def _circle(self) -> QRectF:
        radius = RADIUS.get(self._tool, 0.0) * self._growth if self._tool else 0.0
        return QRectF(self._at - QPointF(radius, radius), QSizeF(2 * radius, 2 * radius))

    def _update_around(self, part: QRectF) -> None:
        margin = INK + EDGE
        wider = part.adjusted(-margin, -margin, margin, margin)
        corners = (wider.topLeft(), wider.bottomRight())
        self.update(QRectF(*(scaled_point(c, self._theme) for c in corners)).toAlignedRect())

    def _paint_lines(self, painter: QPainter) -> None:
        ink = QPen(QColor(self._theme.found), INK)
        ink.setCapStyle(Qt.PenCapStyle.RoundCap)
        ink.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        for board in self._boards() if self._drawing else ():
            painter.save()
            painter.setPen(ink)
            painter.setClipRect(board.area, Qt.ClipOperation.IntersectClip)
            for stroke in self._drawing.on(board.name):
                first, *others = map(board.point_on_layer, stroke.points)
                path = QPainterPath(first)
                for point in others or [first + QPointF(0.01, 0)]:
                    path.lineTo(point)
                painter.drawPath(path)
            painter.restore()

    def _paint_spotlight(self, painter: QPainter) -> None:
        circle = self._circle()
        veil = QRadialGradient(circle.center(), circle.width() / 2)
        veil.setColorAt(1 - SOFT, Qt.GlobalColor.transparent)
        veil.setColorAt(1, QColor(0, 0, 0, DIMMED))
        painter.fillRect(unscaled_rect(self, self._theme), QBrush(veil))

    def _paint_magnifier(self, painter: QPainter) -> None:
        """Paint what is below, larger: it is rendered anew, so that letters stay sharp."""
        circle = self._circle()
        seen = QRectF(QPointF(), circle.size() / MAGNIFICATION)
        seen.moveCenter(circle.center())
        corner = scaled_point(seen.topLeft(), self._theme)
        part = QRect(corner.toPoint(), (seen.size() * self._theme.scale).toSize())
        ratio = MAGNIFICATION * self.devicePixelRatioF()
        picture = QPixmap(part.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(self._theme.window))
        offset = self._content.mapFromGlobal(self.mapToGlobal(part.topLeft()))
        self._content.render(picture, QPoint(), QRegion(QRect(offset, part.size())))
        glass = QPainterPath()
        glass.addEllipse(circle)
        painter.save()
        painter.setClipPath(glass)
        painter.drawPixmap(circle, picture, QRectF(picture.rect()))
        painter.translate(circle.center())
        painter.scale(MAGNIFICATION, MAGNIFICATION)
        painter.translate(-circle.center())
        self._paint_lines(painter)
        painter.restore()
        painter.setPen(QPen(QColor(self._theme.text), RIM))
        painter.drawEllipse(circle)

    def _paint_dot(self, painter: QPainter) -> None:
        circle = self._circle()
        colour = QColor(self._theme.breakpoint)
        glow = QRadialGradient(circle.center(), circle.width() / 2)
        glow.setColorAt(DOT, colour)
        glow.setColorAt(DOT + 0.01, QColor(colour.red(), colour.green(), colour.blue(), 110))
        glow.setColorAt(1, QColor(colour.red(), colour.green(), colour.blue(), 0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(glow))
        painter.drawEllipse(circle)
