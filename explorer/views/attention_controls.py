"""What the matrices of attention show: which layer, which quantity, itself or its gradient."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.debug.anatomy.attention import Quantity
from explorer.debug.anatomy.quantity import Quantity as DataOrGradient
from explorer.theme.tokens import Theme
from explorer.views.buttons import ComboBox, Segments
from explorer.views.cell_legend import CellLegend
from explorer.views.quantity_switch import QuantitySwitch

QUANTITIES = {
    Quantity.WEIGHT: "How much the row’s position takes from the column’s: softmax of the scores",
    Quantity.SCORE: "The dot product over the square root of the head’s size",
    Quantity.DOT: "The row’s query times the column’s key, before scaling",
}


class AttentionControls(QWidget):
    """A row of choices, and the legend of the colours.

    Parameters
    ----------
    theme : Theme

    Attributes
    ----------
    quantity : Quantity
    is_bare : bool
        There is nothing to choose.
    """

    changed = Signal()  # of quantity or kind
    layer_chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.quantity, self.is_bare = Quantity.WEIGHT, False
        self.layers = ComboBox("Layer")
        self.layers.hide()
        self.layers.activated.connect(self.layer_chosen)
        self.legend = CellLegend(theme)
        self.quantities = self._actions({q.value: title for q, title in QUANTITIES.items()})
        self.kind = QuantitySwitch(theme)
        self.kind.changed.connect(self.changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(14))
        row.addWidget(self.layers)
        self._segments = Segments([(a, a.text().capitalize()) for a in self.quantities])
        row.addWidget(self._segments)
        row.addWidget(self.kind)
        row.addWidget(self.legend, 1)

    def show_bare(self) -> None:
        """Show the legend alone."""
        for control in (self.layers, self._segments, self.kind):
            control.hide()
        self.is_bare = True

    @property
    def of_gradient(self) -> bool:
        """Whether gradients are shown, in place of the numbers themselves."""
        return self.kind.quantity is DataOrGradient.GRADIENT

    def show_layers(self, count: int, layer: int) -> None:
        """Show which of the layers is looked at; a single one is no choice."""
        if self.layers.count() != count:
            self.layers.clear()
            self.layers.addItems([f"layer {i}" for i in range(count)])
            self.layers.setVisible(count > 1 and not self.is_bare)
        self.layers.setCurrentIndex(layer)

    def _actions(self, choices: dict[str, str]) -> list[QAction]:
        group = QActionGroup(self)
        for text, title in choices.items():
            action = QAction(text, group)
            action.setCheckable(True)
            action.setToolTip(title)
        group.actions()[0].setChecked(True)
        group.triggered.connect(self._choose)
        return group.actions()

    def _choose(self) -> None:
        which = [action.isChecked() for action in self.quantities].index(True)
        self.quantity = list(QUANTITIES)[which]
        self.changed.emit()
