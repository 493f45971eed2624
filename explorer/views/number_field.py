"""A field for one number that can be typed, nudged and dragged; and a slider around it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QSizePolicy, QSlider, QWidget

from explorer.debug import numbers
from explorer.debug.scrub import NUDGE, Scrub
from explorer.theme.style import mono
from explorer.theme.tokens import Theme

STEPS = 1000  # of the slider to each side
MARGIN = 10  # pixels beside the number
DRAG_START = 3  # pixels that the mouse moves before a press is a drag
FINE, COARSE = 0.1, 10.0  # with Shift, and with Ctrl
# Why the keyboard goes for a while: to a menu, or to another window.
COMES_BACK = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
WAYS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}


class NumberField(QAbstractSpinBox):
    """Drag the number sideways to change it; or type another one, and Enter.

    A press that does not move, a double click or a typed letter begins to type. Up and Down nudge
    the number. Shift makes drags and nudges finer, Ctrl coarser. Esc puts back what a drag began
    with, or gives up what was typed, or asks on. After a drag the keyboard is where it was before.
    PgUp and PgDn are left to the window: they are the keys of a clicker.

    Parameters
    ----------
    theme : Theme
    """

    entered = Signal(str)
    nudged = Signal(float)  # by how much
    dragged = Signal(float)  # to which number; those that come too fast are left out
    left = Signal()  # Esc, with nothing typed

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._number: float | None = None
        self._shown = ""
        self._types = False
        self._pressed: QPointF | None = None
        self._scrub: Scrub | None = None
        self._keyboard: QWidget | None = None  # what had it before the drag
        self._later = _later(self, self._tell)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click takes it when it is no drag
        self.setFont(mono(theme.px(14)))
        self.lineEdit().setTextMargins(theme.px(MARGIN), 0, theme.px(MARGIN), 0)
        self.lineEdit().installEventFilter(self)
        self._end_typing()

    @property
    def is_dragged(self) -> bool:
        """Whether the mouse is changing the number."""
        return self._scrub is not None

    def show_number(self, number: float | None) -> None:
        """Show a number, or none; what is being typed is left alone."""
        self._number = number
        text = "" if number is None else numbers.exact(number)
        if text != self._shown and not (self._types and self.lineEdit().isModified()):
            self._shown = text
            self.lineEdit().setText(text)
            self.lineEdit().setCursorPosition(0)

    def accept(self) -> None:
        """Take what was typed for entered."""
        self.lineEdit().setModified(False)
        self._end_typing()

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """Let everything be typed: who is told of it says what is wrong in a sentence."""
        return QValidator.State.Acceptable, text, place

    # -- dragging

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the mouse from the line of text, as long as nobody types in it."""
        if isinstance(event, QMouseEvent) and self.isEnabled() and not self._types:
            kind = event.type()
            if kind == QEvent.Type.MouseButtonDblClick:
                self._pressed = None
                self._begin_typing()
                return True
            if event.button() == Qt.MouseButton.LeftButton and kind == QEvent.Type.MouseButtonPress:
                self._pressed = event.globalPosition()
                return True
            if self._pressed is not None and kind == QEvent.Type.MouseMove:
                self._move(event)
                return True
            if self._pressed is not None and kind == QEvent.Type.MouseButtonRelease:
                self._release()
                return True
        return super().eventFilter(watched, event)

    def _move(self, event: QMouseEvent) -> None:
        assert self._pressed is not None
        moved = (event.globalPosition().x() - self._pressed.x()) / self._theme.scale
        if self._scrub is None:
            if abs(moved) < DRAG_START or self._number is None:
                return
            self._scrub = Scrub(self._number)
            self._keyboard = QApplication.focusWidget()
            self.setFocus(Qt.FocusReason.MouseFocusReason)  # for Esc
            self.lineEdit().deselect()
        self._scrub.move(moved, _pace(event.modifiers()))
        self._pressed = event.globalPosition()
        self._later.start()

    def _release(self) -> None:
        dragged = self._scrub is not None
        self._pressed = None
        if dragged:
            self._later.stop()
            self._tell()
            self._end_drag()
        else:
            self._begin_typing()

    def _end_drag(self) -> None:
        self._scrub = None
        keyboard, self._keyboard = self._keyboard, None
        if keyboard is not None and keyboard.isVisible():
            keyboard.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.clearFocus()

    def _tell(self) -> None:
        if self._scrub is not None:
            self.dragged.emit(self._scrub.number)

    def _begin_typing(self) -> None:
        """Give keyboard and mouse to the text."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.selectAll()
        self._types = True
        self.lineEdit().setCursor(Qt.CursorShape.IBeamCursor)

    def _end_typing(self) -> None:
        self._types = False
        self.lineEdit().setCursor(Qt.CursorShape.SizeHorCursor)

    # -- the keyboard

    def event(self, event: QEvent) -> bool:
        keys = (Qt.Key.Key_Escape, *WAYS)
        asked = event.type() == QEvent.Type.ShortcutOverride
        if asked and isinstance(event, QKeyEvent) and event.key() in keys:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in WAYS:
            self.nudged.emit(WAYS[key] * NUDGE * _pace(event.modifiers()))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(self.text())
        elif key == Qt.Key.Key_Escape:
            self._escape()
        else:
            super().keyPressEvent(event)
            if self.lineEdit().isModified() and not self._types:
                self._types = True
                self.lineEdit().setCursor(Qt.CursorShape.IBeamCursor)

    def _escape(self) -> None:
        if self._scrub is not None:
            self._later.stop()
            self.dragged.emit(self._scrub.start)
            self._pressed = None
            self._end_drag()
        elif self.lineEdit().isModified():
            self.lineEdit().setText(self._shown)
            self.accept()
        elif self._types:
            self._end_typing()
        else:
            self.left.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() in COMES_BACK:
            return
        if self.lineEdit().isModified():  # it was not entered
            self.lineEdit().setText(self._shown)
        self.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # it scrolls the panel


def _pace(modifiers: Qt.KeyboardModifier) -> float:
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        return FINE
    return COARSE if modifiers & Qt.KeyboardModifier.ControlModifier else 1.0


class NumberSlider(QSlider):
    """Moves a number around its first value: finely near it, coarsely far from it.

    Moves that come faster than they are followed are left out, but for the last.
    """

    moved = Signal(float)

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setProperty("role", "step")
        self._middle = self._reach = 0.0
        self._later = _later(self, self._tell)
        self.setRange(-STEPS, STEPS)
        self.setSingleStep(STEPS // 50)
        self.setPageStep(STEPS // 10)
        self.setAccessibleName("Data of the selected node")
        self.valueChanged.connect(self._later.start)

    def show_number(self, middle: float, number: float) -> None:
        """Stand for a number near a middle, without telling of it."""
        if middle != self._middle or not self._reach:
            self._middle, self._reach = middle, max(1.0, 2 * abs(middle))
            self.setToolTip(
                f"Drag: from {numbers.short(middle - self._reach)} to "
                f"{numbers.short(middle + self._reach)}, finely in the middle, "
                "where the recorded number is"
            )
        if not self.isSliderDown():
            self.blockSignals(True)
            share = (number - middle) / self._reach
            root = abs(share) ** (1 / 3)
            self.setValue(round(STEPS * min(root, 1.0)) * (1 if share >= 0 else -1))
            self.blockSignals(False)
            self._later.stop()

    def _tell(self) -> None:
        self.moved.emit(self._middle + self._reach * (self.value() / STEPS) ** 3)


def _later(parent: QObject, tell: Callable[[], None]) -> QTimer:
    """Return a timer that calls once, however often it was started, when input was dealt with."""
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(0)
    timer.timeout.connect(tell)
    return timer
