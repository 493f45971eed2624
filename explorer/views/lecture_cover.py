"""What can lie over the stage of a lecture: a black or white surface, and a short hint."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from explorer.theme.style import sans
from explorer.theme.tokens import Theme

SHOWN = 3500  # milliseconds that a hint stays
FROM_TOP = 14  # pixels


class Blank(StrEnum):
    """A surface in place of the picture."""

    BLACK = "#000000"
    WHITE = "#ffffff"


class Cover(QWidget):
    """A surface of one colour over all of its parent.

    Parameters
    ----------
    parent : QWidget
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._blank: Blank | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.hide()

    @property
    def blank(self) -> Blank | None:
        """The surface that is shown; None if the stage is."""
        return self._blank

    def show_blank(self, blank: Blank | None) -> None:
        """Show a surface, or the stage again."""
        self._blank = blank
        self.setVisible(blank is not None)
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._blank is not None:
            QPainter(self).fillRect(self.rect(), QColor(self._blank.value))


class Hint(QLabel):
    """A sentence at the top of its parent, for a moment.

    Parameters
    ----------
    parent : QWidget
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._timer = QTimer(self, singleShot=True, interval=SHOWN)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def tell(self, text: str, theme: Theme) -> None:
        """Show a sentence, and nothing else until it has been read."""
        self.setFont(sans(theme.px(16)))
        self.setStyleSheet(
            f"background: {theme.raised}; color: {theme.text}; border-radius: {theme.px(10)}px;"
            f"border: {theme.px(1)}px solid {theme.muted};"
            f"padding: {theme.px(8)}px {theme.px(18)}px;"
        )
        self.setText(text)
        self.adjustSize()
        self.move((self._over.width() - self.width()) // 2, theme.px(FROM_TOP))
        self.show()
        self.raise_()
        self._timer.start()
