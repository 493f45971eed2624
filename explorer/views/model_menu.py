"""Choosing the model that passes are made with."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from explorer.debug import numbers
from explorer.runs.desk import RunDesk

MOST_RUNS = 8


class ModelMenu(QMenu):
    """The untrained model, the newest runs as far as they have come, and the way to all others.

    Parameters
    ----------
    desk : RunDesk
    untrained : str
        What the untrained model is called.
    parent : QWidget
    """

    untrained_chosen = Signal()
    latest_chosen = Signal(int)  # a run
    step_wanted = Signal()  # another step, or another run

    def __init__(self, desk: RunDesk, untrained: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._untrained = desk, untrained
        self.setAccessibleName("Model")
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """Offer what there is now."""
        self.clear()
        self._desk.refresh()
        self.addAction(f"Model {self._untrained}", self.untrained_chosen.emit)
        self.addSeparator()
        trained = [record for record in self._desk.records if record.steps_done]
        for record in trained[:MOST_RUNS]:
            step = numbers.count(record.steps_done)
            self.addAction(
                f"Run “{record.name}” after step {step}".replace("&", "&&"),
                partial(self.latest_chosen.emit, record.id),
            )
        if trained:
            self.addSeparator()
        self.addAction("Choose a step in Train…", self.step_wanted.emit)
