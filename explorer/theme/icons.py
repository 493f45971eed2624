"""Icons, drawn so that they follow the theme and every screen's resolution."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QPolygonF

from explorer.theme.style import ICON
from explorer.theme.tokens import Theme

PIXEL_RATIOS = (1, 2, 3)

# Triangles (where the flat side stands, in sixteenths; which way it points) and bars.
SHAPES: dict[str, tuple[tuple[tuple[float, int], ...], tuple[float, ...]]] = {
    "start": (((13, -1),), (3,)),
    "phase_back": (((9, -1), (15.5, -1)), (1.5,)),
    "continue_back": (((8.5, -1), (15, -1)), ()),
    "step_back": (((11, -1),), (13.5,)),
    "play": (((4, 1),), ()),
    "step": (((5, 1),), (2.5,)),
    "continue": (((1, 1), (7.5, 1)), ()),
    "phase_on": (((0.5, 1), (7, 1)), (14.5,)),
    "end": (((3, 1),), (13,)),
}
SAME = {  # other commands that look like one of these
    "draw_restart": "start",
    "draw_back": "step_back",
    "draw_play": "play",
    "draw_token": "step",
    "draw_rest": "end",
}


def command_icon(command: str, theme: Theme) -> QIcon | None:
    """Return the icon of a command; None if it has none."""
    command = SAME.get(command, command)
    if command not in SHAPES:
        return None
    icon = QIcon()
    for mode, colour in ((QIcon.Mode.Normal, theme.text), (QIcon.Mode.Disabled, theme.border)):
        for ratio in PIXEL_RATIOS:
            icon.addPixmap(_draw(command, QColor(colour), theme.px(ICON), ratio), mode)
    return icon


def _draw(command: str, colour: QColor, size: int, ratio: int) -> QPixmap:
    triangles, bars = SHAPES[command]
    pixmap = QPixmap(size * ratio, size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / 16, size / 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    length = 6.5 if len(triangles) > 1 else 9
    for flat, way in triangles:
        corners = [QPointF(flat, 3), QPointF(flat + way * length, 8), QPointF(flat, 13)]
        painter.drawPolygon(QPolygonF(corners))
    for left in bars:
        painter.drawRect(QRectF(left - 1, 3, 2, 10))
    painter.end()
    return pixmap
