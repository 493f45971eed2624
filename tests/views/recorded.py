"""What widgets write and draw, with sizes in pixels of the screen, however it is painted.

A device whose engine notes each text, line and outline in place of painting them. Pictures that
views keep would hide what is in them, so nothing is kept while it records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from unittest.mock import patch

from PySide6.QtCore import QLineF, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFontInfo,
    QFontMetricsF,
    QPaintDevice,
    QPaintEngine,
    QPaintEngineState,
    QPainter,
    QPainterPath,
    QRegion,
    QTextItem,
    QTransform,
)
from PySide6.QtWidgets import QWidget

from explorer.views.layer import Layer

SLACK = 1.0  # pixels that hinting and rounding may cost
ROUNDING = 0.1  # pixels of a line
BESIDE = 8.0  # pixels between lines that look like one
TOUCH = 0.12  # of a letter's height that the ink of two texts may come into each other


@dataclass(frozen=True)
class Text:
    """A piece of text, where it is on the widget."""

    text: str
    pixels: float  # size of the letters
    area: QRectF  # from the top of its highest letter to the bottom of its lowest, on the widget
    seen: QRectF  # the part of the widget that is painted


@dataclass(frozen=True)
class Stroke:
    """A line or an outline."""

    width: float
    where: QRectF
    spread: float = 0.0  # how far others lie beside it that look like a part of it


class _Engine(QPaintEngine):
    """Notes instead of painting."""

    def __init__(self) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self.texts: list[Text] = []
        self.strokes: list[Stroke] = []
        self.clip: QRectF | None = None

    def begin(self, device: QPaintDevice) -> bool:
        return True

    def end(self) -> bool:
        return True

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def updateState(self, state: QPaintEngineState) -> None:  # noqa: N802
        pass

    def drawTextItem(self, at: QPointF, item: QTextItem) -> None:  # noqa: N802
        if not item.text().strip():
            return
        font, painter = item.font(), self.painter()
        size = font.pixelSize() if font.pixelSize() > 0 else QFontInfo(font).pixelSize()
        ink = QFontMetricsF(font).tightBoundingRect(item.text()).translated(at)
        transform = painter.deviceTransform()
        if painter.pen().style() == Qt.PenStyle.NoPen or painter.opacity() == 0:
            return
        seen = painter.clipBoundingRect() if painter.hasClipping() else QRectF()
        self.texts.append(
            Text(
                item.text(),
                size * _scale(transform),
                transform.mapRect(ink),
                transform.mapRect(seen),
            )
        )

    def drawPath(self, path: QPainterPath) -> None:  # noqa: N802
        self._outline(path.boundingRect())

    def drawPolygon(self, points: object, *more: object) -> None:  # noqa: N802
        found = points if isinstance(points, list) else [points]
        xs, ys = [p.x() for p in found], [p.y() for p in found]
        self._outline(QRectF(QPointF(min(xs), min(ys)), QPointF(max(xs), max(ys))))

    def drawLines(self, lines: list[QLineF], *more: object) -> None:  # noqa: N802
        for line in lines:
            area = QRectF(QPointF(line.p1()), QPointF(line.p2())).normalized()
            self._outline(area)

    def drawRects(self, rects: list[QRectF], *more: object) -> None:  # noqa: N802
        for rect in rects:
            self._outline(QRectF(rect))

    def drawEllipse(self, rect: QRectF) -> None:  # noqa: N802
        self._outline(QRectF(rect))

    def drawPixmap(self, *arguments: object) -> None:  # noqa: N802
        pass

    def drawImage(self, *arguments: object) -> None:  # noqa: N802
        pass

    def _outline(self, area: QRectF) -> None:
        painter = self.painter()
        pen, transform = painter.pen(), painter.deviceTransform()
        if pen.style() == Qt.PenStyle.NoPen or not pen.color().alpha() or not painter.opacity():
            return
        width = max(pen.widthF(), 1.0) if pen.isCosmetic() else pen.widthF() * _scale(transform)
        self.strokes.append(Stroke(width, transform.mapRect(area)))


class _Device(QPaintDevice):
    def __init__(self, size: QSize) -> None:
        super().__init__()
        self.engine, self._size = _Engine(), size

    def paintEngine(self) -> QPaintEngine:  # noqa: N802
        return self.engine

    def metric(self, metric: QPaintDevice.PaintDeviceMetric) -> int:
        m = QPaintDevice.PaintDeviceMetric
        known = {
            m.PdmWidth: self._size.width(), m.PdmHeight: self._size.height(),
            m.PdmWidthMM: self._size.width() // 4, m.PdmHeightMM: self._size.height() // 4,
            m.PdmNumColors: 1 << 24, m.PdmDepth: 32, m.PdmDpiX: 96, m.PdmDpiY: 96,
            m.PdmPhysicalDpiX: 96, m.PdmPhysicalDpiY: 96, m.PdmDevicePixelRatio: 1,
            m.PdmDevicePixelRatioScaled: 1 << 16,
        }  # fmt: skip
        return known.get(metric, 1)


@dataclass(frozen=True)
class Recording:
    """What one widget, without its children, has painted."""

    widget: QWidget
    texts: tuple[Text, ...]
    strokes: tuple[Stroke, ...]


def record(widget: QWidget) -> Recording:
    """Return what a widget paints, without its children."""
    device = _Device(widget.size())
    with patch.object(Layer, "paint", _paint_at_once):
        # Views of scenes have another method of this name.
        QWidget.render(widget, device, QPoint(), QRegion(), QWidget.RenderFlag(0))
    return Recording(widget, tuple(device.engine.texts), tuple(device.engine.strokes))


def record_all(top: QWidget) -> Iterator[Recording]:
    """Yield what a widget and all of its children that are in sight paint."""
    for widget in (top, *top.findChildren(QWidget)):
        if widget.isVisible() and not widget.visibleRegion().isEmpty():
            yield record(widget)


def _joined(strokes: tuple[Stroke, ...]) -> list[Stroke]:
    """Return strokes with those as one that lie beside each other to look like one."""
    kept: list[Stroke] = []
    for stroke in strokes:
        last = kept[-1] if kept else None
        if last is not None and _is_beside(last, stroke):
            apart = stroke.where.topLeft() - last.where.topLeft()
            spread = max(last.spread, (apart.x() ** 2 + apart.y() ** 2) ** 0.5)
            kept[-1] = Stroke(last.width, last.where, spread)
        else:
            kept.append(stroke)
    return kept


def _is_beside(one: Stroke, other: Stroke) -> bool:
    apart = (other.where.topLeft() - one.where.topLeft()).manhattanLength()
    size = other.where.size() - one.where.size()
    return apart < BESIDE and abs(size.width()) + abs(size.height()) < 0.1


def faults(top: QWidget, least_text: float, finest: float) -> list[str]:
    """Return all that cannot be read or seen well: small, cut, overlapping, or fine.

    Parameters
    ----------
    top : QWidget
    least_text : float
        Pixels of the smallest letters.
    finest : float
        Pixels of the finest line.
    """
    found: list[str] = []
    everywhere: dict[tuple[str, tuple[float, ...]], QRectF] = {}  # painted twice is painted once
    for recording in record_all(top):
        widget = recording.widget
        name = f"{type(widget).__name__} {widget.accessibleName()}".strip()
        whole = QRectF(widget.rect())
        for text in recording.texts:
            if text.pixels < least_text - 0.5:
                found.append(f"{name}: “{text.text}” has {text.pixels:.1f} pixels")
            if "…" in text.text and text.text.strip() != "…":
                found.append(f"{name}: “{text.text}” is shortened")
            if not _holds(whole, text.area):
                found.append(f"{name}: “{text.text}” is cut by the widget")
            shown = QRectF(text.area.translated(QPointF(widget.mapTo(top, QPointF()))))
            if not _holds(QRectF(top.rect()), shown):
                found.append(f"{name}: “{text.text}” is beyond the screen")
            region = widget.visibleRegion().boundingRect()
            if not _holds(QRectF(region), text.area):
                found.append(f"{name}: “{text.text}” is covered or cut by what is around")
            seen = shown & QRectF(region.translated(widget.mapTo(top, QPoint())))
            if not seen.isEmpty():
                everywhere.setdefault((f"{name}: “{text.text}”", seen.getRect()), seen)
        for stroke in _joined(recording.strokes):
            width = stroke.width + stroke.spread
            if width < finest - ROUNDING:
                found.append(f"{name}: a line of {width:.2f} pixels at {_spell(stroke.where)}")
    for ((one, _), area), ((other, _), place) in combinations(everywhere.items(), 2):
        slack = max(TOUCH * min(area.height(), place.height()), SLACK)
        if area.adjusted(slack, slack, -slack, -slack).intersects(place):
            found.append(f"{one} and {other} overlap")
    return found


def _paint_at_once(
    self: Layer,
    painter: QPainter,
    area: QRectF,
    look: object,
    draw: Callable[[QPainter], None],
    *more: object,
    **others: object,
) -> None:
    painter.save()
    draw(painter)
    painter.restore()


def _holds(outer: QRectF, inner: QRectF) -> bool:
    return outer.adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(inner)


def _scale(transform: QTransform) -> float:
    return abs(transform.determinant()) ** 0.5


def _spell(area: QRectF) -> str:
    return f"{area.x():.0f}, {area.y():.0f} ({area.width():.0f} × {area.height():.0f})"
