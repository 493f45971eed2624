"""A field for one number, with a slider around where it came from."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QSlider

from explorer.debug import numbers
from explorer.theme.style import mono

NUDGE, LARGE_NUDGE = 0.001, 0.1  # by the arrow keys, and with Shift
STEPS = 1000  # of the slider to each side


class NumberField(QLineEdit):
    """Type a number, and Enter; Up and Down nudge it, Esc gives up what was typed, or asks on."""

    entered = Signal(str)
    nudged = Signal(float)
    left = Signal()  # Esc, with nothing typed

    def __init__(self) -> None:
        super().__init__()
        self._shown = ""
        self.setFont(mono(14))
        self.returnPressed.connect(self._enter)

    def show_text(self, text: str) -> None:
        """Show a number; what is being typed is left alone."""
        if text != self._shown and (not self.isModified() or not self.hasFocus()):
            self._shown = text
            self.setText(text)
            self.setCursorPosition(0)

    def accept(self) -> None:
        """Take what was typed for entered."""
        self.setModified(False)

    def _enter(self) -> None:
        self.entered.emit(self.text())

    def event(self, event: QEvent) -> bool:
        keys = (Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Down)
        asked = event.type() == QEvent.Type.ShortcutOverride
        if asked and isinstance(event, QKeyEvent) and event.key() in keys:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        key = Qt.Key(event.key())
        if key in ways:
            large = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.nudged.emit(ways[key] * (LARGE_NUDGE if large else NUDGE))
        elif key == Qt.Key.Key_Escape and self.isModified():
            self.setText(self._shown)
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class NumberSlider(QSlider):
    """Moves a number around its first value: finely near it, coarsely far from it.

    Moves that come faster than they are followed are left out, but for the last.
    """

    moved = Signal(float)

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._middle = self._reach = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._tell)
        self.setRange(-STEPS, STEPS)
        self.setSingleStep(STEPS // 50)
        self.setPageStep(STEPS // 10)
        self.setAccessibleName("Data of the selected node")
        self.valueChanged.connect(self._later.start)

    def show_number(self, middle: float, number: float) -> None:
        """Stand for a number near a middle, without telling of it."""
        self._middle, self._reach = middle, max(1.0, 2 * abs(middle))
        if not self.isSliderDown():
            self.blockSignals(True)
            share = (number - middle) / self._reach
            root = abs(share) ** (1 / 3)
            self.setValue(round(STEPS * min(root, 1.0)) * (1 if share >= 0 else -1))
            self.blockSignals(False)
            self._later.stop()
        self.setToolTip(
            f"Drag: from {numbers.short(middle - self._reach)} to "
            f"{numbers.short(middle + self._reach)}, finely in the middle, "
            "where the recorded number is"
        )

    def _tell(self) -> None:
        self.moved.emit(self._middle + self._reach * (self.value() / STEPS) ** 3)
