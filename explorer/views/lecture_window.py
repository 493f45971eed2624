"""The window of a lecture: a stage that fills a display, and the keys of a clicker."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QCursor, QKeyEvent, QKeySequence, QResizeEvent, QScreen
from PySide6.QtWidgets import QApplication, QWidget

from explorer.debug.drawing import Tool
from explorer.debug.lecture_keys import Act, act_of
from explorer.debug.lessons.stop import StageView
from explorer.views.boards import Board, MapBoard, WidgetBoard
from explorer.views.lecture_cover import Blank, Cover, Hint
from explorer.views.lecture_stage import LectureStage
from explorer.views.pointing_layer import PointingLayer
from explorer.views.rest import collect_anew

REST = 3000  # milliseconds after which the mouse cursor hides
SHIFTED = range(0x21, 0x41)  # keys of signs, which may need Shift to be typed
TOOLS = {
    Act.SPOTLIGHT: Tool.SPOTLIGHT,
    Act.MAGNIFIER: Tool.MAGNIFIER,
    Act.LASER: Tool.LASER,
    Act.PEN: Tool.PEN,
}
LARGER = 1.25  # how much larger a circle gets at once
MOVES = (QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel)


class LectureWindow(QWidget):
    """Shows a stage and nothing else.

    It tells what keys ask for; black, white, pointing and the mouse cursor are its own affair.

    Attributes
    ----------
    hint : Hint
    pointing : PointingLayer or None
        Over the stage.
    resting : QTimer
        Of the mouse, whose cursor hides at its end.
    """

    acted = Signal(object, str)  # an Act, and the key
    resized = Signal()
    changed = Signal()  # something is about to look different
    closed = Signal()

    def __init__(self) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle("Lecture")
        self.setAccessibleName("Lecture")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._stage: LectureStage | None = None
        self._cover, self.hint = Cover(self), Hint(self)
        self.pointing: PointingLayer | None = None
        self._hides_cursor = False
        self.resting = QTimer(self, singleShot=True, interval=REST)
        self.resting.timeout.connect(self._hide_cursor)

    @property
    def stage(self) -> LectureStage | None:
        """What is shown."""
        return self._stage

    @property
    def blank(self) -> Blank | None:
        """The surface that is shown in place of the stage."""
        return self._cover.blank

    def show_stage(self, stage: LectureStage) -> None:
        """Show another stage; the last one is given up."""
        last, self._stage = self._stage, stage
        if last is not None:
            last.hide()
            last.setParent(None)  # and so it ends when it is collected, with all that listens
            QTimer.singleShot(0, collect_anew)
        stage.setParent(self)
        stage.setGeometry(self.rect())
        self._watch(stage)
        stage.show()
        self._point_at(stage)
        self._cover.raise_()
        self.hint.raise_()

    def show_on(self, screen: QScreen) -> None:
        """Fill a display."""
        if self.isFullScreen() and self.screen() is not screen:
            self.showNormal()  # what fills a display does not move
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.showFullScreen()
        self.activateWindow()
        self.setFocus()

    def show_blank(self, blank: Blank | None) -> None:
        """Show black or white in place of the stage, or the stage again."""
        self._cover.setGeometry(self.rect())
        self._cover.show_blank(blank)

    def tell(self, text: str) -> None:
        """Show a sentence for a moment."""
        if self._stage is not None:
            self.hint.tell(text, self._stage.theme)

    def act(self, act: Act, key: str = "") -> None:
        """Do what a key asks for, whichever window it came to."""
        if act is Act.BLACK or act is Act.WHITE:
            wanted = Blank[act.name]
            self.show_blank(None if self.blank is wanted else wanted)
        elif self.blank is not None and act in (Act.ON, Act.BACK, Act.CLEAR):
            self.show_blank(None)
        elif self.pointing is not None and self._points(self.pointing, act):
            pass
        else:
            self.acted.emit(act, key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = spelled(event)
        act = act_of(key)
        if act is not None:
            self.act(act, key)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cover.setGeometry(self.rect())
        for part in (self._stage, self.pointing):
            if part is not None:
                part.setGeometry(self.rect())
        self.resized.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._show_cursor()
        self.resting.stop()
        super().closeEvent(event)
        self.closed.emit()

    def event(self, event: QEvent) -> bool:
        if keeps_keys(event):
            return True
        if event.type() == QEvent.Type.UpdateRequest:
            self.changed.emit()
        elif event.type() == QEvent.Type.Leave:
            self.resting.stop()
            self._show_cursor()
        elif event.type() in MOVES:
            self._move_mouse()
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that the mouse moves over anything that is shown."""
        if event.type() in MOVES:
            self._move_mouse()
        elif event.type() == QEvent.Type.ChildAdded and isinstance(watched, QWidget):
            QTimer.singleShot(0, self, self._watch_all)
        return False

    def _point_at(self, stage: LectureStage) -> None:
        """Lay a layer for pointing over a stage, in place of that over the last one."""
        last = self.pointing
        self.pointing = layer = PointingLayer(self, stage, stage.theme, self._boards)
        layer.setGeometry(self.rect())
        self._watch(layer)
        layer.tool_changed.connect(self._suit_cursor)
        stage.map_view.camera_moved.connect(layer.follow_board)
        if last is not None:
            layer.take_over(last)
            last.hide()
            last.deleteLater()
        layer.show()

    def _boards(self) -> list[Board]:
        """Return what the pen draws on: the view that is shown, and all around it."""
        stage, layer = self._stage, self.pointing
        if stage is None or layer is None:
            return []
        view, theme = stage.view, stage.theme
        if view is StageView.MAP:
            front: Board = MapBoard(stage.map_view, layer, theme)
        else:
            front = WidgetBoard(view.value, stage.widget(view), layer, theme)
        return [front, WidgetBoard(f"around {view.value}", stage, layer, theme)]

    def _points(self, layer: PointingLayer, act: Act) -> bool:
        """Do what a key for pointing asks for; return whether it was one."""
        if act in TOOLS:
            layer.toggle(TOOLS[act])
        elif act is Act.CLEAR and layer.tool is not None:
            layer.use(None)
        elif act in (Act.LARGER_CIRCLE, Act.SMALLER_CIRCLE):
            layer.grow(LARGER if act is Act.LARGER_CIRCLE else 1 / LARGER)
        elif act is Act.UNDO:
            layer.undo()
        elif act is Act.ERASE:
            layer.clear()
        else:
            return False
        return True

    def _watch_all(self) -> None:
        if self._stage is not None:
            self._watch(self._stage)

    def _watch(self, part: QWidget) -> None:
        for widget in (part, *part.findChildren(QWidget)):
            widget.setMouseTracking(True)
            widget.removeEventFilter(self)
            widget.installEventFilter(self)

    def _move_mouse(self) -> None:
        self._suit_cursor()
        self.resting.start()

    def _suit_cursor(self) -> None:
        """Show the mouse cursor, unless a dot is where it would be."""
        if self.pointing is None or self.pointing.tool is not Tool.LASER:
            self._show_cursor()
        elif self.geometry().contains(QCursor.pos()):
            self._hide_cursor()

    def _hide_cursor(self) -> None:
        if not self._hides_cursor and self.isVisible():
            self._hides_cursor = True
            QApplication.setOverrideCursor(QCursor(Qt.CursorShape.BlankCursor))

    def _show_cursor(self) -> None:
        if self._hides_cursor:
            self._hides_cursor = False
            QApplication.restoreOverrideCursor()


def keeps_keys(event: QEvent) -> bool:
    """Keep a key from the window below, even if that is still the active one.

    Return whether the event was the question of who gets the key.
    """
    if event.type() == QEvent.Type.ShortcutOverride:
        event.accept()
        return True
    return False


def spelled(event: QKeyEvent) -> str:
    """Return a pressed key as the table of keys spells it."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if event.key() in SHIFTED:  # Shift is a part of how they are typed
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    combination = QKeyCombination(modifiers, Qt.Key(event.key()))
    return QKeySequence(combination).toString(QKeySequence.SequenceFormat.PortableText)
