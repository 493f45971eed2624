"""A text that changes with every step."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from explorer.debug.glossary_terms import Term
from explorer.views.linked_text import ask_for, the_glossary


class Readout(QLabel):
    """A label of a fixed size: another text does not lay out the whole window again.

    Words of the glossary are links; a line below them comes when the mouse points at them.

    Parameters
    ----------
    alignment : Qt.AlignmentFlag, optional
        Where the text stands; it is cut at its end if there is no room.
    """

    def __init__(self, alignment: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignCenter) -> None:
        super().__init__()
        self._shown, self._where = "", alignment | Qt.AlignmentFlag.AlignVCenter
        self._pointed_at: Term | None = None
        self.setMouseTracking(True)

    def text(self) -> str:
        return self._shown

    def setText(self, text: str) -> None:
        """Show another text."""
        if text != self._shown:
            self._shown = text
            self.setAccessibleName(text)
            self.update()

    def words(self) -> dict[Term, QRect]:
        """Return where terms stand, each where it first occurs."""
        room, measure, text = self.contentsRect(), self.fontMetrics(), self._fitting()
        free = room.width() - measure.horizontalAdvance(text)
        shares = {Qt.AlignmentFlag.AlignLeft: 0.0, Qt.AlignmentFlag.AlignRight: 1.0}
        side = self._where & Qt.AlignmentFlag.AlignHorizontal_Mask
        start = room.left() + round(free * shares.get(side, 0.5))
        top, height = room.center().y() - measure.height() // 2, measure.height()
        found, before = {}, ""
        for part in the_glossary().parts(text, set()):
            if part.term is not None:
                left = start + measure.horizontalAdvance(before)
                width = measure.horizontalAdvance(part.text)
                found[part.term] = QRect(left, top, width, height)
            before += part.text
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)  # the background of the style sheet
        painter = QPainter(self)
        painter.drawText(self.contentsRect(), self._where, self._fitting())
        word = self.words().get(self._pointed_at) if self._pointed_at else None
        if word is not None:
            below = word.top() + self.fontMetrics().ascent() + self.fontMetrics().underlinePos()
            painter.drawLine(word.left(), below, word.right(), below)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._point_at(self._term_at(event.position().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        term = self._term_at(event.position().toPoint())
        if term is not None and event.button() == Qt.MouseButton.LeftButton:
            ask_for(term.word, self)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(None)

    def _fitting(self) -> str:
        width = self.contentsRect().width()
        return self.fontMetrics().elidedText(self._shown, Qt.TextElideMode.ElideRight, width)

    def _term_at(self, point: QPoint) -> Term | None:
        return next((term for term, area in self.words().items() if area.contains(point)), None)

    def _point_at(self, term: Term | None) -> None:
        if term is self._pointed_at:
            return
        self._pointed_at = term
        if term is None:
            self.unsetCursor()
        else:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.update()
