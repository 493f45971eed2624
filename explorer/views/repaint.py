"""What is to be painted again, piece by piece."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import QRect
from PySide6.QtGui import QPaintEvent


def pieces(event: QPaintEvent) -> Iterable[QRect]:
    """Return the rectangles to be painted: they may be far from each other, with much between."""
    return cast(Iterable[QRect], event.region())  # of which the stubs don't tell
