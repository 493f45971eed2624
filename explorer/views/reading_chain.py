"""The strip of stages from a token to the update of the parameters."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from explorer.debug.anatomy.chain import Link, Stage, StageFinder, reading_chain, stage_moments
from explorer.debug.anatomy.chain_source import Excerpt, stage_source
from explorer.debug.anatomy.reading import Place, Reading
from explorer.theme.scaling import (
    scaled_area,
    scaled_point,
    scaled_size,
    unscaled_point,
    unscaled_size,
)
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.focus import paint_focus
from explorer.views.stage_card import StageCard

HEIGHT, MARGIN, GAP, RADIUS = 50, 16, 18, 8
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ReadingChain(QWidget):
    """A chip a stage, with its number at the moment, and arrows from one to the next.

    A click or Enter opens the card of a stage with its source lines; Enter again, or M, leads to
    the map. Left and Right go from stage to stage.

    Parameters
    ----------
    theme : Theme
    """

    stage_chosen = Signal(object)  # a Stage
    scope_chosen = Signal(int)
    moment_chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._reading: Reading | None = None
        self._links: tuple[Link, ...] = ()
        self._at_work: Stage | None = None
        self._finder: StageFinder | None = None
        self._sources: dict[Stage, tuple[Excerpt, ...]] = {}
        self._at = 0  # the chip that has the keyboard
        self._card: StageCard | None = None
        self.setFixedHeight(theme.px(HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("From token to update")

    def sizeHint(self) -> QSize:
        return scaled_size(QSize(900, HEIGHT), self._theme)

    @property
    def card(self) -> StageCard:
        """The card, made when it is first opened."""
        if self._card is None:
            self._card = StageCard(self._page, self._theme)
            self._card.map_wanted.connect(self._go_to_map)
            self._card.moment_wanted.connect(self._go_to_moment)
            self._card.closed.connect(self._take_keyboard_back)
            order = [self, self._card.code, self._card.on_map, self._card.start, self._card.end,
                     self._card.close_button]  # fmt: skip
            for before, after in pairwise(order):
                QWidget.setTabOrder(before, after)
            application = QApplication.instance()
            assert isinstance(application, QApplication)
            application.focusChanged.connect(self._follow_keyboard)
        return self._card

    @property
    def _page(self) -> QWidget:
        page = self.parentWidget()
        assert page is not None
        return page

    @property
    def is_open(self) -> bool:
        """Whether the card of a stage is open."""
        return self._card is not None and self._card.isVisible()

    def show_reading(self, reading: Reading | None, place: Place) -> None:
        """Show the stages of a place at a moment."""
        known = None if self._reading is None else self._reading.anatomy
        if reading is not None and reading.anatomy is not known:
            self._finder = StageFinder(reading.timeline.trace)
            self._sources.clear()
        self._reading = reading
        links = () if reading is None else reading_chain(reading, place)
        at_work = None if reading is None or self._finder is None else self._finder.at(reading)
        before, worked = self._links, self._at_work
        if (links, at_work) == (before, worked):
            return
        self._links, self._at_work = links, at_work
        self._describe()
        if len(before) != len(links):
            self.update()
        for area, old, new in zip(self._chips(), before, links, strict=False):
            if old != new or (at_work is not worked and new.stage in (at_work, worked)):
                self.update(scaled_area(area.adjusted(-3, -3, 3, 3), self._theme))
        if self.is_open:
            if links:
                self._fill_card()
            else:
                self.card.hide()

    def _chips(self) -> list[QRectF]:
        n = len(self._links)
        if not n:
            return []
        room = unscaled_size(self, self._theme).width()
        width = (room - 2 * MARGIN - (n - 1) * GAP) / n
        return [QRectF(MARGIN + i * (width + GAP), 4, width, HEIGHT - 9) for i in range(n)]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        painter.scale(self._theme.scale, self._theme.scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chips = self._chips()
        for i, (area, link) in enumerate(zip(chips, self._links, strict=True)):
            around = scaled_area(area.adjusted(-GAP, -3, 3, 3), self._theme)
            if not event.region().intersects(around):
                continue
            self._paint_chip(painter, area, link, is_open=self.is_open and i == self._at)
            if i:
                self._paint_arrow(painter, area.left() - GAP / 2, area.center().y())
            if i == self._at and self.hasFocus():
                paint_focus(painter, area.adjusted(-2, -2, 2, 2), self._theme, RADIUS + 2)

    def _paint_chip(self, painter: QPainter, area: QRectF, link: Link, is_open: bool) -> None:
        theme, at_work = self._theme, link.stage is self._at_work
        border = theme.current if at_work else theme.muted if is_open else theme.border
        surface = theme.current_surface if at_work else theme.raised
        if link.figure is None and not at_work:
            surface = theme.panel
        painter.setPen(QPen(QColor(border), theme.line(1.5 if at_work or is_open else 1)))
        painter.setBrush(QColor(theme.selected_surface if is_open and not at_work else surface))
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        upper = QRectF(area.left(), area.top() + 2, area.width(), area.height() / 2 - 1)
        lower = upper.translated(0, area.height() / 2 - 2)
        self._write(painter, upper, (link.title,), sans(SMALL), theme.muted)
        figures = ("–",) if link.figure is None else (link.figure, link.brief)
        ink = theme.muted if link.figure is None else theme.text
        is_token = link.stage is Stage.TOKEN
        font = mono(14, bold=True) if is_token else sans(14, bold=True)
        self._write(painter, lower, figures, font, ink)

    @staticmethod
    def _write(
        painter: QPainter, area: QRectF, texts: tuple[str, ...], font: QFont, ink: str
    ) -> None:
        """Write the first of the texts that fits, or what fits of the last one."""
        metrics, room = QFontMetricsF(font), area.width() - 8
        text = next((t for t in texts if metrics.horizontalAdvance(t) <= room), None)
        if text is None:
            text = metrics.elidedText(texts[-1], Qt.TextElideMode.ElideRight, room)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_arrow(self, painter: QPainter, x: float, y: float) -> None:
        painter.setPen(QPen(QColor(self._theme.muted), self._theme.line(1.5)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        tip = QPointF(x + 4, y)
        painter.drawLine(QPointF(x - 5, y), tip)
        painter.drawPolyline(QPolygonF([QPointF(x, y - 4), tip, QPointF(x, y + 4)]))

    def text_at(self, point: QPoint | None) -> str:
        """Return the stage at a point, or that with the keyboard, in words."""
        at = self._at
        if point is not None:
            place = unscaled_point(QPointF(point), self._theme)
            at = next((i for i, chip in enumerate(self._chips()) if chip.contains(place)), at)
        return _told(self._links[at]) if self._links else ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = unscaled_point(event.position(), self._theme)
        for i, area in enumerate(self._chips()):
            if area.contains(point) and event.button() == Qt.MouseButton.LeftButton:
                was_open = self.is_open and i == self._at
                self._go_to(i)
                if was_open:
                    self.card.hide()
                    self.update()
                else:
                    self._open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from stage to stage, open one, and go on to the map."""
        key = Qt.Key(event.key())
        if key in STEPS and self._links:
            self._go_to(min(max(self._at + STEPS[key], 0), len(self._links) - 1))
        elif self._links and (key == Qt.Key.Key_M or (key in ENTER and self.is_open)):
            self._go_to_map()
        elif key in ENTER and self._links:
            self._open()
        elif key == Qt.Key.Key_Escape and self.is_open:
            self.card.hide()
            self.update()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep Esc while the card is open, and say what a chip shows."""
        kind = event.type()
        if (
            kind == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self.is_open
        ):
            event.accept()
            return True
        if kind == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            spot = unscaled_point(QPointF(event.pos()), self._theme)
            under = (link for chip, link in zip(self._chips(), self._links, strict=True)
                     if chip.contains(spot))  # fmt: skip
            link = next(under, None)
            QToolTip.showText(event.globalPos(), "" if link is None else _told(link), self)
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.is_open:
            self._fill_card()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._card is not None:
            self._card.hide()

    def _go_to(self, chip: int) -> None:
        self._at = chip
        self._describe()
        self.update()
        if self.is_open:
            self._fill_card()

    def _describe(self) -> None:
        """Say which stage has the keyboard, and its number."""
        self.setAccessibleDescription(_told(self._links[self._at]) if self._links else "")

    def _open(self) -> None:
        """Open the card of the stage, and ask for the part of the page that explains it."""
        self._fill_card()
        self.update()
        self.stage_chosen.emit(self._links[self._at].stage)

    def _fill_card(self) -> None:
        link, reading = self._links[self._at], self._reading
        assert reading is not None
        if link.stage not in self._sources:
            self._sources[link.stage] = stage_source(link.stage, reading.timeline.trace.files)
        has_moments = stage_moments(reading, link) is not None
        self.card.show_stage(link, has_moments, self._sources[link.stage])
        chip = self._chips()[self._at]
        below = self.mapTo(
            self._page, scaled_point(QPointF(chip.center().x(), HEIGHT), self._theme)
        )
        self.card.float_below(round(below.x()), round(below.y()))

    def _go_to_map(self) -> None:
        scope = self._links[self._at].scope
        if scope is not None:
            if self._card is not None:
                self._card.hide()
            self.scope_chosen.emit(scope)

    def _go_to_moment(self, which: int) -> None:
        if self._reading is not None:
            moments = stage_moments(self._reading, self._links[self._at])
            if moments is not None:
                self.moment_chosen.emit(moments[which])

    def _take_keyboard_back(self) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.update()

    def _follow_keyboard(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Close the card when the keyboard goes elsewhere."""
        if now is None or not self.is_open:
            return
        if now not in (self, self.card) and not self.card.isAncestorOf(now):
            self.card.hide()
            self.update()


def _told(link: Link) -> str:
    figure = "not computed yet" if link.figure is None else link.figure
    return f"{link.title}: {figure}. {link.words}"
