"""An axis of a plot, with numbers as they are written everywhere else."""

from __future__ import annotations

import pyqtgraph as pg

from explorer.debug.numbers import MINUS


class NumberAxis(pg.AxisItem):
    """An axis with numbers that have a true minus sign."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [text.replace("-", MINUS) for text in super().tickStrings(values, scale, spacing)]
