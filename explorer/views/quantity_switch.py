"""The switch between the data and the gradients of what is on show."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.debug.anatomy.quantity import Quantity
from explorer.theme.tokens import Theme
from explorer.views.buttons import Segments


class QuantitySwitch(QWidget):
    """Data or gradients.

    Parameters
    ----------
    theme : Theme
    """

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._group = QActionGroup(self)
        choices = []
        for quantity in Quantity:
            action = QAction(f"Show {quantity.value}", self._group)
            action.setCheckable(True)
            action.setData(quantity)
            choices.append((action, quantity.value.capitalize()))
        choices[0][0].setChecked(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(Segments(choices))
        self._group.triggered.connect(self._tell)

    @property
    def quantity(self) -> Quantity:
        """What is to be shown."""
        chosen = self._group.checkedAction()
        found = chosen.data()
        assert isinstance(found, Quantity)
        return found

    def choose(self, quantity: Quantity) -> None:
        """Switch to one of the two."""
        next(a for a in self._group.actions() if a.data() is quantity).trigger()

    def _tell(self) -> None:
        self.changed.emit()
