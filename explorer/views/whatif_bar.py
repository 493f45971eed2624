"""The bar that says that the numbers on show are those of a what-if."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from explorer.debug import numbers
from explorer.debug.session import Session
from explorer.debug.whatif import WhatIf
from explorer.theme.style import BODY, sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import PushButton

NAMED = 2  # changed nodes that are named; the others are counted


class _Line(QWidget):
    """A line of text, cut where there is no room.

    Unlike a label it keeps its size, so that a changing text lays nothing out anew.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.text = ""
        self._surface, self._ink = QColor(theme.raised), QColor(theme.text)
        self.setFont(sans(theme.px(BODY)))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else all around it is painted
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(100, QFontMetrics(self.font()).height())

    def show_text(self, text: str) -> None:
        """Show another text."""
        self.text = text
        self.setToolTip(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        end = Qt.TextElideMode.ElideRight
        text = QFontMetrics(self.font()).elidedText(self.text, end, self.width())
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._surface)
        painter.setPen(self._ink)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)


class WhatIfBar(QFrame):
    """What is changed, and the way back; hidden as long as nothing is.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session = session
        self.setProperty("role", "message")
        self.line = _Line(theme)
        self.reset = PushButton("Reset all")
        self.reset.setFont(sans(theme.px(14)))
        self.reset.setToolTip("Show the numbers that were recorded")
        self.reset.clicked.connect(self._reset)
        row = QHBoxLayout(self)
        row.setContentsMargins(*map(theme.px, (16, 5, 10, 5)))
        row.setSpacing(theme.px(12))
        row.addWidget(self.line, 1)
        row.addWidget(self.reset)
        session.opened.connect(self.refresh)
        session.numbers_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say what is changed now."""
        what_if = self._session.what_if
        if what_if is not None:
            text = _text(what_if)
            self.line.show_text(text)
            self.setAccessibleName(text)
        self.setVisible(what_if is not None)

    def _reset(self) -> None:
        self._session.show_what_if(None)


def _text(what_if: WhatIf) -> str:
    changes = [
        f"{one.label} = {numbers.short(one.data, 6)} instead of {numbers.short(one.recorded, 6)}"
        for one in what_if.changes[:NAMED]
    ]
    more = len(what_if.changes) - NAMED
    if more > 0:
        changes.append(f"{more} more")
    different = what_if.different
    have = "node has" if different == 1 else "nodes have"
    return (
        f"What if: {', '.join(changes)}   ·   "
        f"{numbers.count(different)} {have} other data than the recorded pass"
    )
