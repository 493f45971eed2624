"""The neighbourhood of the selected node: cards to click and walk."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QWheelEvent

from explorer.debug.session import Session
from explorer.layout.card_camera import within_reach, zoomed
from explorer.layout.neighbourhood import FoldedGraph
from explorer.layout.walk import Step, Walk
from explorer.theme.scaling import scaled_point, unscaled_point, unscaled_size
from explorer.theme.tokens import Theme
from explorer.views.map_menu import node_menu
from explorer.views.neighbourhood_canvas import NeighbourhoodCanvas

WHEEL_ZOOM, KEY_ZOOM = 1.0015, 1.25
DRAG_START = 4  # pixels that the mouse moves before a press is a drag
STEPS = {
    Qt.Key.Key_Left: Step.CHILD,
    Qt.Key.Key_Right: Step.CONSUMER,
    Qt.Key.Key_Up: Step.SIBLING_ABOVE,
    Qt.Key.Key_Down: Step.SIBLING_BELOW,
}
ZOOMS = {
    Qt.Key.Key_Plus: KEY_ZOOM,
    Qt.Key.Key_Equal: KEY_ZOOM,
    Qt.Key.Key_Minus: 1 / KEY_ZOOM,
}


class NeighbourhoodView(NeighbourhoodCanvas):
    """Cards around the selected node, to be clicked, dragged, zoomed and walked.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self._walk = Walk()
        self._walked: FoldedGraph | None = None  # of the pass that it leads through
        self._pressed: QPointF | None = None
        self._dragging = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        point = self._point(event.position())
        self._zoom(WHEEL_ZOOM ** event.angleDelta().y(), point.x(), point.y())
        event.accept()

    def _zoom(self, factor: float, x: float, y: float) -> None:
        self._zoomed = True
        self._set_camera(zoomed(self._camera, factor, x, y))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed, self._dragging = self._point(event.position()), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = self._point(event.position())
        if self._pressed is None:
            self._hover_at(point)
            return
        moved = point - self._pressed
        if not self._dragging and moved.manhattanLength() < DRAG_START:
            return
        self._dragging = self._zoomed = True
        self._hover(None, None)
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._pressed = point
        self._set_camera(self._camera.panned(moved.x(), moved.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        is_click = self._pressed is not None and not self._dragging
        if is_click and event.button() == Qt.MouseButton.LeftButton:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._click(self._point(event.position()), shift)
        self._pressed, self._dragging = None, False
        self.unsetCursor()

    def _click(self, point: QPointF, shift: bool) -> None:
        scene, card = self._scene, self._card_at(point)
        if scene is None or card is None:
            return
        node = scene.nodes[card]
        x, y = self._camera.to_map(point.x(), point.y())
        if scene.is_disclosure(card, x, y):
            self._toggle(card)
        elif shift and node != self._session.selection:
            self._session.compare(node)
        else:
            self._session.compare(None)
            self._select(node, self._place_of(card))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open or fold a sum; anywhere else, bring all into view."""
        point = self._point(event.position())
        card = self._card_at(point)
        if card is not None and self._scene and self._scene.neighbourhood.sums[card] >= 0:
            x, y = self._camera.to_map(point.x(), point.y())
            if not self._scene.is_disclosure(card, x, y):
                self._toggle(card)
        else:
            self.recentre()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        card = self._card_at(self._point(QPointF(event.pos())))
        if card is not None and self._scene is not None:
            self._hover(None, None)
            node = self._scene.nodes[card]
            node_menu(self, self._session, node, self.recentre).popup(event.globalPos())

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None, None)

    def event(self, event: QEvent) -> bool:
        """Keep F for oneself while the keyboard is here: elsewhere it moves the map."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_F
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, room = Qt.Key(event.key()), unscaled_size(self, self._theme)
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in STEPS:
            self._step(STEPS[key])
        elif key in ZOOMS:
            self._zoom(ZOOMS[key], room.width() / 2, room.height() / 2)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._toggle(0)
        elif key == Qt.Key.Key_F:
            self.recentre()
        else:
            super().keyPressEvent(event)

    def _step(self, step: Step) -> None:
        scene, scenes = self._scene, self._scenes
        if scene is None or scenes is None:
            return
        if scenes.graph is not self._walked:
            self._walk, self._walked = Walk(), scenes.graph
        goal = self._walk.step(scenes.graph, scene.nodes[0], step, self._choices.folds)
        if goal is not None:
            card = scene.neighbourhood.card_of(goal)
            point = self._place_of(0 if card is None else card)
            room = unscaled_size(self, self._theme)
            reached = within_reach(point.x(), point.y(), room.width(), room.height())
            self._select(goal, QPointF(*reached))

    def _select(self, node: int, point: QPointF) -> None:
        """Select a node whose card shall be at a point of the screen."""
        self._keep = point
        self._session.select(node)
        self._follow()
        self._keep = None

    def _toggle(self, card: int) -> None:
        if self._scene is not None and self._scene.neighbourhood.sums[card] >= 0:
            self._keep = self._place_of(0)
            self.toggle_sum(int(self._scene.neighbourhood.sums[card]))

    def _point(self, point: QPointF) -> QPointF:
        """Return a point of an event in the pixels that everything here counts in."""
        return unscaled_point(point, self._theme)

    def _card_at(self, point: QPointF) -> int | None:
        if self._scene is None:
            return None
        return self._scene.card_at(*self._camera.to_map(point.x(), point.y()))

    def _hover_at(self, point: QPointF) -> None:
        scene, timeline = self._scene, self._session.timeline
        if scene is None or timeline is None:
            return
        card, edge = self._card_at(point), None
        if card is None:
            edge = scene.edge_at(*self._camera.to_map(point.x(), point.y()))
        self._hover(card, edge)
        if card is not None:
            at = scaled_point(point, self._theme)
            self._card.show_node(timeline, self._session.cursor, scene.nodes[card], at)
