"""The strip of positions: what each reads, should predict, and how well it did."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.debug import numbers
from explorer.debug.positions import (
    PositionView,
    chance_loss,
    is_of_draws,
    mean_loss,
    position_views,
)
from explorer.debug.session import Session
from explorer.theme.scaling import unscaled_point, unscaled_rect, unscaled_size
from explorer.theme.style import mono, sans
from explorer.theme.tokens import Theme
from explorer.views.focus import paint_focus
from explorer.views.layer import Layer

HEIGHT, MARGIN, GAP, RADIUS = 66, 16, 8, 8
FORMULA = 22  # pixels of its letters
MARK = 3  # pixels of the line below the position that the page is about
FOCUS = 2  # pixels between a card and the frame of the keyboard
WIDE_CARD = 250  # pixels from which everything stands on one line
LEAST_MEAN_CARD = 116  # pixels of the last card, which has words in it
MEAN_SHARE = 0.9  # its width, measured in others, if that is more


@dataclass(frozen=True)
class _Card:
    area: QRectF
    position: int | None  # None: the mean

    @property
    def around(self) -> QRectF:
        """All that it covers, with the frame of the keyboard."""
        return self.area.adjusted(-FOCUS, -FOCUS, FOCUS, FOCUS)


class TokenStrip(QWidget):
    """A card for each position, and one for the mean loss beside that of chance.

    A click selects the probability of the target, and chooses the position; so do the arrow keys
    and Enter, once the Tab key has reached the strip.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    position_chosen = Signal(int)

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._views: list[PositionView] = []
        self._mean: float | None = None
        self._at = 0  # the card that has the keyboard
        self._looked_at: int | None = None  # the position that the page is about
        self._faces = Layer()
        self._small = sans(13)
        self._metrics = QFontMetricsF(self._small)
        self._middle = (self._metrics.ascent() - self._metrics.descent()) / 2  # above the baseline
        self.setFixedHeight(theme.px(HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Positions")
        session.opened.connect(self._open)
        session.cursor_moved.connect(self._refresh)
        session.numbers_changed.connect(self._refresh)
        self._refresh()

    def sizeHint(self) -> QSize:
        return QSize(900, self._theme.px(HEIGHT))

    def look_at(self, position: int | None) -> None:
        """Mark the position that the page is about, wherever time is; None: it is about all."""
        if position != self._looked_at:
            self._looked_at = position
            self.update()

    def _open(self) -> None:
        self._refresh()
        self._describe()
        self.update()

    @property
    def _formula(self) -> str:
        """What stands in place of positions, if the pass is that of a formula."""
        trace = self._session.trace
        return "" if trace is None or not trace.names else trace.files[0].text

    def _refresh(self) -> None:
        timeline = self._session.timeline
        views = position_views(timeline, self._session.cursor) if timeline else []
        mean = mean_loss(timeline, self._session.cursor) if timeline else None
        if (views, mean) == (self._views, self._mean):  # most steps change nothing here
            return
        before = self._views if mean == self._mean else []
        self._views, self._mean = views, mean
        self._at = min(self._at, len(self._views))
        self._describe()
        if len(before) != len(views):
            self.update()
            return
        for card, was, now in zip(self._cards(), before, views, strict=False):
            if was != now:
                self.update(self._on_widget(card))

    def _on_widget(self, card: _Card) -> QRect:
        """Return where a card is, as events tell."""
        scale = self._theme.scale
        return QTransform.fromScale(scale, scale).mapRect(card.around).toAlignedRect()

    def _describe(self) -> None:
        """Say which card has the keyboard, and what is on it."""
        if self._formula:
            self.setAccessibleDescription(self._formula)
            return
        cards = [self._spoken(i, view) for i, view in enumerate(self._views)]
        mean = "not computed yet" if self._mean is None else numbers.loss(self._mean)
        cards.append("no loss: drawn, not compared" if self._is_of_draws else f"mean loss {mean}")
        self.setAccessibleDescription(cards[self._at])

    @property
    def _is_of_draws(self) -> bool:
        trace = self._session.trace
        return trace is not None and is_of_draws(trace)

    @staticmethod
    def _spoken(position: int, view: PositionView) -> str:
        letters = f"position {position}, {view.read} to {view.target}"
        if view.probability is None:
            return f"{letters}, not computed yet"
        loss = "" if view.loss is None else f", loss {numbers.loss(view.loss)}"
        return f"{letters}, probability {numbers.percent(view.probability)}{loss}"

    def _cards(self) -> list[_Card]:
        n = len(self._views)
        if not n:
            return []
        room = unscaled_size(self, self._theme).width() - 2 * MARGIN - n * GAP
        mean_width = max(room / (n + MEAN_SHARE) * MEAN_SHARE, LEAST_MEAN_CARD)
        width = (room - mean_width) / n
        top, height = 8.0, HEIGHT - 16.0
        cards = []
        for i in range(n + 1):
            left = MARGIN + i * (width + GAP)
            card_width = width if i < n else mean_width
            cards.append(_Card(QRectF(left, top, card_width, height), i if i < n else None))
        return cards

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.scale(theme.scale, theme.scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # Letters stay while numbers change.
        letters = tuple((view.read, view.target, view.is_current) for view in self._views)
        look = self._formula, letters
        whole = unscaled_rect(self, theme)
        self._faces.paint(painter, whole, look, self._paint_faces, opaque=True)
        changed = event.region()
        for i, card in enumerate(self._cards()):
            if not changed.intersects(self._on_widget(card)):
                continue
            if card.position is None:
                self._paint_mean(painter, card.area)
            else:
                self._paint_numbers(painter, card.area, self._views[card.position])
                if card.position == self._looked_at:
                    self._paint_mark(painter, card.area)
            if i == self._at and self.hasFocus():
                paint_focus(painter, card.around, theme, RADIUS + FOCUS)

    def _paint_faces(self, painter: QPainter) -> None:
        """Draw all but the numbers."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = unscaled_rect(self, self._theme)
        painter.fillRect(whole, QColor(self._theme.panel))
        if self._formula:
            painter.setFont(mono(FORMULA))
            painter.setPen(QColor(self._theme.text))
            inside = whole.adjusted(2 * MARGIN, 0, -MARGIN, 0)
            written = "     ".join(self._formula.splitlines())
            painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, written)
        for card in self._cards():
            if card.position is None:
                self._paint_frame(painter, card.area, False)
            else:
                self._paint_face(painter, card.area, self._views[card.position])

    def _paint_frame(self, painter: QPainter, area: QRectF, current: bool) -> None:
        theme = self._theme
        width = theme.line(1.5 if current else 1)
        painter.setPen(QPen(QColor(theme.current if current else theme.border), width))
        painter.setBrush(QColor(theme.current_surface if current else theme.raised))
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)

    def _paint_face(self, painter: QPainter, area: QRectF, view: PositionView) -> None:
        self._paint_frame(painter, area, view.is_current)
        arrow = f"{view.read} → {view.target}"
        if area.width() >= WIDE_CARD:
            self._write(painter, area, arrow, mono(18, bold=True), "left")
            return
        upper = QRectF(area.left(), area.top() + 3, area.width(), area.height() / 2 - 3)
        fits = QFontMetricsF(mono(15, bold=True)).horizontalAdvance(arrow) <= area.width() - 8
        self._write(painter, upper, arrow, mono(15 if fits else 13, bold=True), "centre")

    def _paint_numbers(self, painter: QPainter, area: QRectF, view: PositionView) -> None:
        probability = "–" if view.probability is None else numbers.percent(view.probability)
        loss = "–" if view.loss is None else numbers.loss(view.loss)
        if area.width() >= WIDE_CARD:
            if not self._is_of_draws:
                self._write(painter, area, f"loss {loss}", sans(14), "right")
            middle = area.adjusted(area.width() * 0.36, 0, -area.width() * 0.36, 0)
            self._write(painter, middle, f"p {probability}", sans(14), "centre")
            return
        middle_line = area.center().y() + area.height() / 4 - 1.5
        painter.setFont(self._small)
        painter.setPen(QColor(self._theme.text))
        texts = (f"{probability} · {loss}", loss) if view.loss is not None else (probability,)
        for text in texts:
            room = area.width() - self._metrics.horizontalAdvance(text)
            if room >= 8:  # drawn on a point: in an area it would take twice as long
                left = QPointF(area.left() + room / 2, middle_line + self._middle)
                painter.drawText(left, text)
                break

    def _paint_mark(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.text))
        below = QRectF(area.left() + RADIUS, area.bottom() + 2, area.width() - 2 * RADIUS, MARK)
        painter.drawRoundedRect(below, MARK / 2, MARK / 2)

    def _paint_mean(self, painter: QPainter, area: QRectF) -> None:
        timeline = self._session.timeline
        assert timeline is not None
        if self._is_of_draws:
            self._write(painter, area, "drawn: no loss", sans(14), "centre", muted=True)
            return
        mean = "–" if self._mean is None else numbers.loss(self._mean)
        chance = numbers.loss(chance_loss(timeline.trace))
        if area.width() >= WIDE_CARD:
            self._write(painter, area, f"mean {mean}", sans(15, bold=True), "left")
            self._write(painter, area, f"chance {chance}", sans(14), "right", muted=True)
            return
        half = area.height() / 2
        upper = QRectF(area.left(), area.top() + 3, area.width(), half - 3)
        lower = QRectF(area.left(), area.center().y(), area.width(), half - 3)
        self._write(painter, upper, f"mean {mean}", sans(14, bold=True), "centre")
        self._write(painter, lower, f"chance {chance}", sans(13), "centre", muted=True)

    def _write(
        self,
        painter: QPainter,
        area: QRectF,
        text: str,
        font: QFont,
        side: str,
        muted: bool = False,
    ) -> None:
        painter.setFont(font)
        painter.setPen(QColor(self._theme.muted if muted else self._theme.text))
        sides = {
            "left": Qt.AlignmentFlag.AlignLeft,
            "right": Qt.AlignmentFlag.AlignRight,
            "centre": Qt.AlignmentFlag.AlignHCenter,
        }
        inset = 0 if side == "centre" else 12
        painter.drawText(
            area.adjusted(inset, 0, -inset, 0), sides[side] | Qt.AlignmentFlag.AlignVCenter, text
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = unscaled_point(event.position(), self._theme)
        if event.button() != Qt.MouseButton.LeftButton:  # the right one is for words
            return
        for i, card in enumerate(self._cards()):
            if card.area.contains(point):
                self._go_to(i)
                self._select(card.position)

    def text_at(self, point: QPoint | None) -> str:
        """Return what is on the card at a point, or on that with the keyboard."""
        cards = self._cards()
        if point is not None:
            place = unscaled_point(QPointF(point), self._theme)
            cards = [card for card in cards if card.area.contains(place)]
        elif cards:
            cards = [cards[self._at]]
        texts = {True: "mean loss, chance", False: "position, token, target, probability, loss"}
        return texts[cards[0].position is None] if cards else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from card to card, and select what the card is about."""
        cards, key = self._cards(), Qt.Key(event.key())
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if key in steps and cards:
            self._go_to(min(max(self._at + steps[key], 0), len(cards) - 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and cards:
            self._select(cards[self._at].position)
        else:
            super().keyPressEvent(event)

    def _go_to(self, card: int) -> None:
        self._at = card
        self._describe()
        self.update()

    def _select(self, position: int | None) -> None:
        trace = self._session.trace
        if trace is not None:
            node = trace.loss if position is None else self._views[position].probability_node
            if node is not None:  # the pass may have ended before it
                self._session.select(node)
        if position is not None:
            self.position_chosen.emit(position)
