"""A layer is drawn anew when its look changes, and only then."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from pytestqt.qtbot import QtBot

from explorer.views.layer import Layer

AREA = QRectF(2, 3, 20, 10)


class Drawing:
    """A line that counts how often it was drawn."""

    def __init__(self, colour: str = "#ff0000") -> None:
        self.colour, self.drawn = QColor(colour), 0

    def __call__(self, painter: QPainter) -> None:
        self.drawn += 1
        painter.setPen(self.colour)
        painter.drawLine(QPointF(4, 5), QPointF(18, 10))


def painted(
    layer: Layer, drawing: Drawing, look: object, area: QRectF = AREA, scale: float = 1.0
) -> QImage:
    image = QImage(80, 40, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.scale(scale, scale)
    layer.paint(painter, area, look, drawing)
    painter.end()
    return image


@pytest.fixture
def layer(qapp: QGuiApplication) -> Layer:
    return Layer()


def test_the_same_look_is_drawn_no_more_than_twice(layer: Layer) -> None:
    drawing = Drawing()
    pictures = [painted(layer, drawing, "look") for _ in range(5)]
    assert drawing.drawn == 2  # straight away, and into the picture that is kept
    assert all(picture == pictures[0] for picture in pictures)


def test_what_looks_different_every_time_is_not_kept(layer: Layer) -> None:
    drawing = Drawing()
    for look in range(5):
        painted(layer, drawing, look)
    assert drawing.drawn == 5


@pytest.mark.parametrize(
    "change",
    [{"look": "other"}, {"area": AREA.adjusted(0, 0, 4, 0)}, {"scale": 2.0}],
    ids=["look", "size", "scale"],
)
def test_a_change_is_seen_at_once(layer: Layer, change: dict[str, object]) -> None:
    for _ in range(3):
        painted(layer, Drawing(), "look")
    other = Drawing("#00ff00")
    args = {"look": "look", "area": AREA, "scale": 1.0} | change
    shown = painted(layer, other, **args)  # type: ignore[arg-type]
    assert other.drawn == 1
    assert shown == painted(Layer(), Drawing("#00ff00"), **args)  # type: ignore[arg-type]


def test_a_picture_is_as_sharp_as_the_painter(layer: Layer) -> None:
    """The text of a layer would else be blurred on screens of high density."""
    straight = painted(layer, Drawing(), "look", scale=2.0)
    assert painted(layer, Drawing(), "look", scale=2.0) == straight


def test_an_empty_area_does_no_harm(layer: Layer, qtbot: QtBot) -> None:
    for _ in range(3):
        painted(layer, Drawing(), "look", area=QRectF())


def test_of_an_opaque_layer_only_what_changed_is_drawn_anew(layer: Layer) -> None:
    def show(drawing: Drawing, changed: list[QRect]) -> QImage:
        image = QImage(80, 40, QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        layer.paint(painter, AREA, "look", drawing, opaque=True, changed=changed)
        painter.end()
        return image

    red, green = QColor("#ff0000"), QColor("#00ff00")
    for _ in range(2):
        show(Drawing("#ff0000"), [])
    other = Drawing("#00ff00")
    image = show(other, [QRect(2, 3, 8, 10)])
    assert other.drawn == 1
    assert (image.pixelColor(4, 5), image.pixelColor(18, 10)) == (green, red)
    assert show(other, []) == image
    assert other.drawn == 1
