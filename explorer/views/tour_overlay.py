"""The tour: a veil over the window with one thing left in the light, and a card about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.debug.glossary import Glossary
from explorer.debug.glossary_terms import Term
from explorer.debug.tour import Area, TourStop
from explorer.theme.style import BODY, LARGE, SMALL, sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import PushButton
from explorer.views.linked_text import SCHEME, linked

CARD, GAP, EDGE, RADIUS, FRAME = 420, 16, 12, 10, 3  # pixels at scale 1
VEIL = 150  # of 255
ON = (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_PageDown, Qt.Key.Key_Space, Qt.Key.Key_Return)
BACK = (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_PageUp, Qt.Key.Key_Backspace)


class TourOverlay(QWidget):
    """Leads through stops; what is in the light can be used meanwhile.

    Parameters
    ----------
    window : QWidget
        What it lies over.
    theme : Theme
    area_of : callable
        Returns the rectangle of an area in the window, None if it is not in sight.
    """

    word_chosen = Signal(str)  # of the glossary
    ended = Signal()

    def __init__(
        self, window: QWidget, theme: Theme, area_of: Callable[[Area], QRect | None]
    ) -> None:
        super().__init__(window)
        self._theme, self._area_of = theme, area_of
        self._stops: Sequence[TourStop] = ()
        self._at = 0
        self._light: QRect | None = None
        self._glossary, self._marked = Glossary(), set[Term]()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setAccessibleName("Tour")
        self.card = QFrame(self)
        self.card.setProperty("role", "card")
        self.card.setFixedWidth(theme.px(CARD))
        self.title, self.text, self.count = QLabel(), QLabel(), QLabel()
        self.title.setFont(sans(theme.px(LARGE), bold=True))
        self.text.setFont(sans(theme.px(16)))
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.linkActivated.connect(self._follow)
        self.count.setFont(sans(theme.px(SMALL)))
        self.count.setProperty("role", "muted")
        self.back, self.next, self.skip = PushButton("Back"), PushButton("Next"), PushButton("Skip")
        self.next.setProperty("role", "primary")
        self.back.clicked.connect(self.go_back)
        self.next.clicked.connect(self.go_on)
        self.skip.clicked.connect(self.end)
        self._arrange()
        window.installEventFilter(self)
        self.hide()

    @property
    def stop(self) -> TourStop | None:
        """What is pointed at; None before the first tour."""
        return self._stops[self._at] if self._stops else None

    def start(self, stops: Sequence[TourStop]) -> None:
        """Begin with the first stop."""
        self._stops, self._at, self._marked = stops, 0, set()
        self.show()
        self.raise_()
        self.setFocus()
        self._show_stop()

    def go_on(self) -> None:
        """Go to the next stop; after the last one the tour ends."""
        if self._at + 1 < len(self._stops):
            self._at += 1
            self._show_stop()
        else:
            self.end()

    def go_back(self) -> None:
        """Go to the stop before."""
        if self._at > 0:
            self._at -= 1
            self._show_stop()

    def end(self) -> None:
        """Take the veil away."""
        if self.isVisible():
            self.hide()
            self.ended.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # no key goes to the window below
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ON:
            self.go_on()
        elif event.key() in BACK:
            self.go_back()
        elif event.key() == Qt.Key.Key_Escape:
            self.end()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        veil = QColor(0, 0, 0, VEIL)
        painter.fillRect(self.rect(), veil)
        if self._light is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            px = self._theme.px
            painter.setPen(QPen(QColor(self._theme.current), px(FRAME)))
            around = self._light.adjusted(-px(1), -px(1), px(1), px(1))
            painter.drawRoundedRect(around, px(RADIUS), px(RADIUS))

    def _show_stop(self) -> None:
        stop = self.stop
        assert stop is not None
        last = self._at + 1 == len(self._stops)
        self.title.setText(stop.title)
        self.text.setText(linked(stop.text, self._glossary, self._marked.copy(), self._theme))
        self.count.setText(f"{self._at + 1} of {len(self._stops)}")
        self.back.setEnabled(self._at > 0)
        self.next.setText("Done" if last else "Next")
        self.skip.setVisible(not last)
        self._place()

    def _place(self) -> None:
        """Cover the window, leave the area of the stop in the light, and stand beside it."""
        window = self.parentWidget()
        stop = self.stop
        if window is None or stop is None:
            return
        self.setGeometry(window.rect())
        area = None if stop.area is Area.WINDOW else self._area_of(stop.area)
        self._light = None if area is None else area & self.rect()
        width, frame = self._theme.px(CARD), self._theme.px(FRAME)
        size = QSize(width, self._column.totalHeightForWidth(width))
        self.card.setGeometry(QRect(self._beside(self._light, size), size))
        covered = QRegion(self.rect())
        if self._light is not None:
            inner = self._light.adjusted(frame, frame, -frame, -frame)
            covered = covered.subtracted(QRegion(inner)).united(QRegion(self.card.geometry()))
        self.setMask(covered)
        self.update()

    def _beside(self, light: QRect | None, size: QSize) -> QPoint:
        """Return where the card covers least of the area: below, above, right, left, or inside."""
        edge, gap = self._theme.px(EDGE), self._theme.px(GAP)
        room = self.rect().adjusted(edge, edge, -edge, -edge)
        if light is None:
            return self.rect().center() - QPoint(size.width() // 2, size.height() // 2)
        middle = light.center() - QPoint(size.width() // 2, size.height() // 2)
        places = (
            QPoint(middle.x(), light.bottom() + gap),
            QPoint(middle.x(), light.top() - gap - size.height()),
            QPoint(light.right() + gap, middle.y()),
            QPoint(light.left() - gap - size.width(), middle.y()),
            QPoint(light.right() - gap - size.width(), light.bottom() - gap - size.height()),
        )

        def kept(place: QPoint) -> QRect:
            x = min(max(place.x(), room.left()), room.right() - size.width())
            y = min(max(place.y(), room.top()), room.bottom() - size.height())
            return QRect(QPoint(x, y), size)

        def covered(place: QPoint) -> int:
            both = kept(place) & light
            return both.width() * both.height()

        return kept(min(places, key=covered)).topLeft()

    def _follow(self, address: str) -> None:
        self.word_chosen.emit(address.removeprefix(f"{SCHEME}:"))

    def _arrange(self) -> None:
        px = self._theme.px
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        buttons.addWidget(self.count)
        buttons.addStretch()
        for button in (self.skip, self.back, self.next):
            button.setFont(sans(px(BODY)))
            buttons.addWidget(button)
        self._column = column = QVBoxLayout(self.card)
        column.setContentsMargins(*map(px, (20, 16, 20, 16)))
        column.setSpacing(px(10))
        for label in (self.title, self.text):
            column.addWidget(label)
        column.addLayout(buttons)
