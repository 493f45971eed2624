"""Numbers in rows and columns, as a spreadsheet takes them."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass

Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """What a figure shows, as numbers.

    Attributes
    ----------
    columns : tuple of str
    rows : tuple of tuples
        A cell a column; None, or a float that is not a number, for what is not known.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def as_csv(self) -> str:
        """Return the table with a line of names; floats keep every bit."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([_spelled(cell) for cell in row] for row in self.rows)
        return text.getvalue()


def _spelled(cell: Cell) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    return repr(float(cell)) if isinstance(cell, float) else str(cell)
