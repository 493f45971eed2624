"""What the model says at each position."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout

from explorer.debug import numbers
from explorer.debug.anatomy.reading import Place, Reading
from explorer.theme.tokens import Theme
from explorer.views.reading_view import ReadingView


class ProbabilitiesView(ReadingView):
    """The probabilities at a position.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._text = QLabel()
        QVBoxLayout(self).addWidget(self._text)

    def show_reading(self, reading: Reading | None, place: Place) -> None:
        if reading is None:
            self._text.setText("")
            return
        values = reading.data(reading.anatomy.probabilities[place.position])
        self._text.setText(
            ", ".join(f"{reading.spell(i)} {numbers.short(v)}" for i, v in enumerate(values))
        )
