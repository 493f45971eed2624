"""Pictures are drawn once a look, and given up when there are too many."""

from __future__ import annotations

from PySide6.QtCore import QSizeF
from PySide6.QtGui import QColor, QGuiApplication, QPainter

from explorer.views.picture_cache import PictureCache

SIZE = QSizeF(6, 4)


def test_a_picture_is_drawn_once_a_look_a_size_and_a_ratio(qapp: QGuiApplication) -> None:
    cache, drawn = PictureCache(10), []
    looks = [("a", SIZE, 1.0), ("b", SIZE, 1.0), ("a", QSizeF(7, 4), 1.0), ("a", SIZE, 2.0)]
    for look, size, ratio in looks * 2:
        picture = cache.get(look, size, ratio, lambda painter: drawn.append(painter))
        assert picture.deviceIndependentSize() == size
        assert picture.devicePixelRatio() == ratio
    assert len(drawn) == len(looks)


def test_what_was_not_needed_for_longest_is_forgotten(qapp: QGuiApplication) -> None:
    cache, drawn = PictureCache(2), []
    for look in ("a", "b", "a", "c", "a", "b"):
        cache.get(look, SIZE, 1.0, lambda painter, look=look: drawn.append(look))
    assert drawn == ["a", "b", "c", "b"]


def test_a_picture_has_its_background_and_what_is_drawn(qapp: QGuiApplication) -> None:
    def draw(painter: QPainter) -> None:
        painter.fillRect(1, 1, 2, 2, QColor("#ff0000"))

    on_blue = PictureCache(2, QColor("#0000ff")).get("a", SIZE, 1.0, draw).toImage()
    assert on_blue.pixelColor(0, 0) == QColor("#0000ff")
    assert on_blue.pixelColor(1, 1) == QColor("#ff0000")
    on_nothing = PictureCache(2).get("a", SIZE, 1.0, draw).toImage()
    assert on_nothing.pixelColor(0, 0).alpha() == 0
