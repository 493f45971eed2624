"""The map widget: camera, mouse and keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.debug import numbers, titles
from explorer.debug.session import Session
from explorer.layout.camera import Camera, fit
from explorer.layout.map_layout import MapLayout
from explorer.theme.tokens import Theme
from explorer.views.map_colours import MapColours
from explorer.views.map_frame import MapMarks
from explorer.views.map_painter import MapPainter

WHEEL_ZOOM = 1.0015  # a unit of wheel angle; a notch is 120 units
KEY_ZOOM, KEY_PAN = 1.3, 80
DRAG_START = 4  # pixels that the mouse moves before a press is a drag
SELECTION_SCALE = 72.0  # pixels a cell after zooming to the selection
SEEN_MARGIN = 30  # pixels between a node brought into view and the edge


class MapView(QWidget):
    """The whole pass as one picture: pan, zoom, click.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    hovered = Signal(str)  # a line of text about what is under the mouse

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._layout: MapLayout | None = None
        self._painter: MapPainter | None = None
        self._colours: MapColours | None = None
        self._camera = Camera(1.0, 0.0, 0.0)
        self._shows_all = True
        self._pressed: QPointF | None = None
        self._dragging = False
        self._hover: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Map of the pass")
        session.cursor_moved.connect(self._recolour)
        session.colour_changed.connect(self._recolour)
        session.selected.connect(self._show_selection)

    def show_pass(self, layout: MapLayout) -> None:
        """Show the session's pass, laid out as given.

        The camera stays if the map has the same size as the last one.
        """
        timeline = self._session.timeline
        assert timeline is not None
        last = self._layout
        self._layout = layout
        self._colours = MapColours(timeline)
        self._painter = MapPainter(
            layout, timeline, titles.scope_titles(timeline.trace), self._theme
        )
        self._hover = None
        self._recolour()
        if last is None or last.grid.shape != layout.grid.shape or self._shows_all:
            self.zoom_to_fit()

    @property
    def camera(self) -> Camera:
        """Which part of the map is on screen."""
        return self._camera

    @property
    def colours(self) -> MapColours | None:
        """The scales of the pass on show."""
        return self._colours

    def zoom_to_fit(self) -> None:
        """Show the whole map."""
        if self._layout is not None:
            whole = (0.0, 0.0, float(self._layout.width), float(self._layout.height))
            self._camera = fit(whole, self.width(), self.height())
            self._shows_all = True
            self.update()

    def zoom_to_selection(self) -> None:
        """Show the selected node large; if it already is, the whole map."""
        node = self._session.selection
        if node is None or self._layout is None:
            return
        x, y = self._layout.x[node] + 0.5, self._layout.y[node] + 0.5
        camera = Camera(SELECTION_SCALE, 0.0, 0.0).centred(x, y, self.width(), self.height())
        if camera == self._camera:
            self.zoom_to_fit()
        else:
            self._move_camera(camera)

    def show_scope(self, scope: int) -> None:
        """Show a scope as large as it goes."""
        if self._layout is not None:
            left, top, width, height = map(float, self._layout.box[scope])
            self._move_camera(fit((left, top, width, height), self.width(), self.height()))

    def node_at(self, point: QPointF) -> int | None:
        """Return the node at a point of the widget."""
        if self._layout is None:
            return None
        return self._layout.node_at(*self._camera.to_map(point.x(), point.y()))

    def point_of(self, node: int) -> QPointF:
        """Return where the middle of a node's cell is on the widget."""
        assert self._layout is not None
        x, y = self._layout.x[node] + 0.5, self._layout.y[node] + 0.5
        return QPointF(*self._camera.to_screen(x, y))

    def _move_camera(self, camera: Camera) -> None:
        self._camera = camera
        self._shows_all = False
        self.update()

    def _recolour(self) -> None:
        if self._painter is not None and self._colours is not None:
            self._painter.recolour(self._colours.at(self._session.cursor, self._session.colour))
            self.update()

    def _show_selection(self) -> None:
        """Bring the selected node into view, if the camera is close and has lost it."""
        node = self._session.selection
        if node is not None and self._layout is not None and not self._shows_all:
            point = self.point_of(node)
            inside = self.rect().adjusted(SEEN_MARGIN, SEEN_MARGIN, -SEEN_MARGIN, -SEEN_MARGIN)
            if not inside.contains(point.toPoint()):
                x, y = self._layout.x[node] + 0.5, self._layout.y[node] + 0.5
                self._camera = self._camera.centred(x, y, self.width(), self.height())
        self.update()

    def _smallest_scale(self) -> float:
        assert self._layout is not None
        whole = (0.0, 0.0, float(self._layout.width), float(self._layout.height))
        return fit(whole, self.width(), self.height()).scale * 0.5

    def _zoom(self, factor: float, x: float, y: float) -> None:
        if self._layout is not None:
            self._move_camera(self._camera.zoomed(factor, x, y, self._smallest_scale()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._painter is None:
            painter.fillRect(self.rect(), QColor(self._theme.window))
            return
        moment = self._session.moment
        marks = MapMarks(
            selected=self._session.selection,
            current=moment.node if moment else None,
            hovered=self._hover,
        )
        size = QSizeF(self.size())
        self._painter.paint(painter, self._camera, size, marks, self._session.cursor)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._shows_all:
            self.zoom_to_fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        point = event.position()
        self._zoom(WHEEL_ZOOM ** event.angleDelta().y(), point.x(), point.y())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed, self._dragging = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self._hover_over(self.node_at(event.position()))
            return
        moved = event.position() - self._pressed
        if not self._dragging and moved.manhattanLength() < DRAG_START:
            return
        self._dragging = True
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._pressed = event.position()
        self._move_camera(self._camera.panned(moved.x(), moved.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and not self._dragging:
            node = self.node_at(event.position())
            if node is not None and event.button() == Qt.MouseButton.LeftButton:
                self._session.select(node)
        self._pressed, self._dragging = None, False
        self.unsetCursor()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover_over(self.node_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover_over(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pans = {
            Qt.Key.Key_Left: (KEY_PAN, 0),
            Qt.Key.Key_Right: (-KEY_PAN, 0),
            Qt.Key.Key_Up: (0, KEY_PAN),
            Qt.Key.Key_Down: (0, -KEY_PAN),
        }
        zooms = {
            Qt.Key.Key_Plus: KEY_ZOOM,
            Qt.Key.Key_Equal: KEY_ZOOM,
            Qt.Key.Key_Minus: 1 / KEY_ZOOM,
        }
        key = Qt.Key(event.key())
        if key in pans:
            self._move_camera(self._camera.panned(*pans[key]))
        elif key in zooms:
            self._zoom(zooms[key], self.width() / 2, self.height() / 2)
        else:
            super().keyPressEvent(event)

    def _hover_over(self, node: int | None) -> None:
        if node == self._hover:
            return
        self._hover = node
        trace = self._session.trace
        if node is None or trace is None:
            self.hovered.emit("")
        else:
            name = trace.parameter_name(node) or trace.op_name(node)
            path = titles.scope_path(trace, int(trace.scope[node]))
            self.hovered.emit(f"{numbers.count(node)}   {name}   {path}")
        self.update()
