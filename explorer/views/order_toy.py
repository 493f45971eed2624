"""``b = a + a; c = b + b`` in the right order and in a wrong one, beside each other."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.debug.toy_order import ToyRun, ToyStep, eager_order, right_order, run_toy
from explorer.theme.scaling import unscaled_rect
from explorer.theme.style import BODY, SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import text_button
from explorer.views.scrolling import scrolling_down
from explorer.views.word_label import WordLabel

NODES = "abc"
CARD = QSize(86, 50)
MARGIN, GAP, LINE, GRAPH, HEADING, BEND = 14, 28, 23, 92, 24, 15
SIDE, SMALLEST = 480, 330  # widths of one side: before it is enlarged, and at least
LARGEST = 2.2  # times
SIDES = (
    ("Right order", "a node waits for all its consumers", right_order),
    ("Wrong order", "a node passes on at once", eager_order),
)


@dataclass(frozen=True)
class _Side:
    title: str
    rule: str
    run: ToyRun


class OrderToy(QWidget):
    """The smallest graph in which the order matters, step by step.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        sides = [_Side(title, rule, run_toy(order)) for title, rule, order in SIDES]
        self._steps = len(sides[0].run.steps)
        self.canvas = _Canvas(sides, theme)
        self.place = WordLabel()
        self.place.setFont(sans(theme.px(BODY)))
        self.place.setAccessibleName("Step")
        self._back = text_button("◀", "Step back in both orders", self._step_back)
        self._on = text_button("▶", "Step in both orders", self._step_on)
        top = QHBoxLayout()
        top.setContentsMargins(theme.px(MARGIN), theme.px(4), theme.px(MARGIN), 0)
        top.setSpacing(theme.px(6))
        code = WordLabel("b = a + a;  c = b + b")
        code.setFont(mono(theme.px(BODY)))
        for widget in (self._back, self._on, self.place):
            top.addWidget(widget)
        top.addStretch(1)
        top.addWidget(code)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        column.addLayout(top)
        column.addWidget(scrolling_down(self.canvas), 1)
        self.show_step(0)

    def show_step(self, step: int) -> None:
        """Show both orders after so many additions."""
        step = min(max(step, 0), self._steps)
        self.canvas.show_step(step)
        self.place.setText(f"addition {step} of {self._steps}")
        self._back.setEnabled(step > 0)
        self._on.setEnabled(step < self._steps)

    def _step_back(self) -> None:
        self.show_step(self.canvas.step - 1)

    def _step_on(self) -> None:
        self.show_step(self.canvas.step + 1)


class _Canvas(QWidget):
    """Both sides: the graph with its gradients, what happens now, and the additions so far."""

    def __init__(self, sides: list[_Side], theme: Theme) -> None:
        super().__init__()
        self._sides, self._theme = sides, theme
        self._right = sides[0].run.grads[-1]  # as they should be in the end
        self.step = 0
        rows = 2 + len(sides[0].run.steps)
        self._height = HEADING + GRAPH + rows * LINE + 12
        self.setMinimumSize(theme.px(2 * (SMALLEST + MARGIN) + MARGIN), theme.px(self._height))

    def show_step(self, step: int) -> None:
        self.step = step
        texts = [f"{side.title}: {self._note(side.run)}" for side in self._sides]
        self.setAccessibleName("Gradients of a, b and c in both orders")
        self.setAccessibleDescription(" ".join(texts))
        self.update()

    def _note(self, run: ToyRun) -> str:
        """Say what happened last, and in the end what came of it."""
        if self.step == 0:
            return "Backward starts at c, with d c / d c = 1."
        note = run.steps[self.step - 1].note
        if self.step == len(run.steps):
            found, right = run.grads[-1]["a"], self._right["a"]
            note += f" In the end a.grad is {numbers.short(found)}"
            note += "." if found == right else f", not {numbers.short(right)}."
        return note

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self._theme.scale, self._theme.scale)
        whole = unscaled_rect(self, self._theme)
        painter.fillRect(whole, QColor(self._theme.panel))
        room = (whole.width() - 3 * MARGIN) / 2
        scale = min(max(1.0, min(room / SIDE, whole.height() / self._height)), LARGEST)
        painter.scale(scale, scale)
        width = room / scale
        for i, side in enumerate(self._sides):
            left = MARGIN / scale + i * (width + MARGIN / scale)
            self._paint_side(painter, side, QRectF(left, 0, min(width, SIDE), self._height))

    def _paint_side(self, painter: QPainter, side: _Side, area: QRectF) -> None:
        line = QRectF(area.left(), 2, area.width(), HEADING)
        bold = sans(14, bold=True)
        self._write(painter, line, side.title, self._theme.text, bold)
        inset = QFontMetricsF(bold).horizontalAdvance(side.title) + 10
        rule = QFontMetricsF(sans(14)).elidedText(
            side.rule, Qt.TextElideMode.ElideRight, line.width() - inset
        )
        self._write(painter, line.adjusted(inset, 0, 0, 0), rule, self._theme.muted, sans(14))
        self._paint_graph(painter, side.run, QRectF(area.left(), HEADING, area.width(), GRAPH))
        line.moveTop(HEADING + GRAPH + 2)
        line.setHeight(2 * LINE)
        painter.setFont(sans(14))
        painter.setPen(QColor(self._theme.text))
        note = self._note(side.run)
        painter.drawText(line, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter, note)
        line.moveTop(line.bottom())
        line.setHeight(LINE)
        for i, step in enumerate(side.run.steps[: self.step]):
            self._paint_step(painter, step, line, i == self.step - 1)
            line.translate(0, LINE)

    def _paint_step(self, painter: QPainter, step: ToyStep, line: QRectF, now: bool) -> None:
        if now:
            painter.fillRect(line, QColor(self._theme.current_surface))
        short = numbers.short
        inside = line.adjusted(8, 0, -8, 0)
        added = f"{short(step.before)} + {short(step.local_grad)} × {short(step.consumer_grad)}"
        text = f"{step.child}.grad = {added} = "
        self._write(painter, inside, text, self._theme.text, mono(14))
        inset = QFontMetricsF(mono(14)).horizontalAdvance(text)
        total = inside.adjusted(inset, 0, 0, 0)
        self._write(painter, total, short(step.after), self._theme.positive, mono(14, bold=True))
        right = f"from {step.consumer}"
        painter.setFont(sans(SMALL))
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(inside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, right)

    def _paint_graph(self, painter: QPainter, run: ToyRun, area: QRectF) -> None:
        gap = (area.width() - 3 * CARD.width()) / 2
        cards = {
            name: QRectF(
                area.left() + i * (CARD.width() + gap),
                area.center().y() - CARD.height() / 2,
                CARD.width(),
                CARD.height(),
            )
            for i, name in enumerate(NODES)
        }
        done = run.steps[: self.step]
        given = {(step.child, step.edge): step for step in done}
        for child, consumer in (("a", "b"), ("b", "c")):
            for edge in (0, 1):
                step = given.get((child, edge))
                now = bool(done) and step is done[-1]
                ends = cards[child], cards[consumer]
                self._paint_edge(painter, *ends, edge, step, now)
        received = {name: sum(step.child == name for step in done) for name in NODES}
        for name, card in cards.items():
            self._paint_card(painter, run, name, card, received[name])

    def _paint_edge(
        self,
        painter: QPainter,
        child: QRectF,
        consumer: QRectF,
        edge: int,
        step: ToyStep | None,
        now: bool,
    ) -> None:
        """Draw one of two edges; gradients flow along it from the consumer to the child."""
        side = -1 if edge == 0 else 1
        start = QPointF(consumer.left(), consumer.center().y() + side * 8)
        end = QPointF(child.right() + 7, child.center().y() + side * 8)
        middle = QPointF((start.x() + end.x()) / 2, start.y() + side * BEND)
        theme = self._theme
        colour = QColor(theme.current if now else theme.muted if step else theme.border)
        path = QPainterPath(start)
        path.quadTo(middle, end)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, theme.line(2.5 if now else 1.75)))
        painter.drawPath(path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        tip = QPointF(child.right() + 1, end.y() - side * 1)
        base = [tip + QPointF(9, -4.5 + side * 2), tip + QPointF(9, 4.5 + side * 2)]
        painter.drawPolygon(QPolygonF([tip, *base]))
        if step is not None:
            amount = numbers.signed(step.local_grad * step.consumer_grad)
            place = QRectF(middle.x() - 40, middle.y() + side * 6 - 10, 80, 20)
            painter.setFont(mono(SMALL, bold=now))
            painter.setPen(QColor(theme.positive if now else theme.muted))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, amount)

    def _paint_card(
        self, painter: QPainter, run: ToyRun, name: str, card: QRectF, received: int
    ) -> None:
        theme = self._theme
        at_work = self.step > 0 and run.steps[self.step - 1].consumer == name
        painter.setBrush(QColor(theme.current_surface if at_work else theme.raised))
        painter.setPen(QPen(QColor(theme.current if at_work else theme.border), theme.line(1.5)))
        painter.drawRoundedRect(card, 8, 8)
        upper = QRectF(card.left(), card.top() + 4, card.width(), card.height() / 2 - 4)
        lower = QRectF(card.left(), card.center().y(), card.width(), card.height() / 2 - 4)
        self._write(
            painter,
            upper,
            f"{name} = {numbers.short(run.data[name])}",
            theme.text,
            mono(SMALL),
            Qt.AlignmentFlag.AlignHCenter,
        )
        reached = received or name == NODES[-1]
        grad, right = run.grads[self.step][name], self._right[name]
        wrong = received == 2 and grad != right
        text = f"grad {numbers.short(grad)}" if reached else "grad –"
        text += f" ≠ {numbers.short(right)}" if wrong else ""
        colour = theme.warning if wrong else theme.positive if reached else theme.muted
        font = mono(SMALL, bold=wrong)
        self._write(painter, lower, text, colour, font, Qt.AlignmentFlag.AlignHCenter)

    def _write(
        self,
        painter: QPainter,
        area: QRectF,
        text: str,
        colour: str,
        font,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, text)
