"""The neighbourhood with its bar: how far, in which layout, how many cards."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSlider,
    QVBoxLayout,
)

from explorer.debug import numbers
from explorer.debug.session import Session
from explorer.layout.card_layouts import CardLayout, refusal
from explorer.layout.neighbourhood import MOST_HOPS
from explorer.theme.style import sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import ComboBox, ToolButton
from explorer.views.neighbourhood_view import NeighbourhoodView
from explorer.views.readout import Readout
from explorer.views.word_label import WordLabel

LAYOUTS = tuple(CardLayout)


class NeighbourhoodPanel(QFrame):
    """Hops, layout and folding above the cards.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        px, font = theme.px, sans(theme.px(14))
        self.view = NeighbourhoodView(session, theme)
        self.hops = QSlider(Qt.Orientation.Horizontal)
        self.hops.setProperty("role", "step")
        self.hops.setRange(1, MOST_HOPS)
        self.hops.setValue(self.view.choices.hops)
        self.hops.setPageStep(1)
        self.hops.setFixedWidth(px(96))
        self.hops.setTickPosition(QSlider.TickPosition.TicksBelow)
        self.hops.setAccessibleName("Hops")
        self.hops.setToolTip("How many steps from the selected node are shown")
        self._far = WordLabel()
        self._far.setFont(font)
        self._far.setFixedWidth(self._far.fontMetrics().horizontalAdvance("4 hops") + px(6))
        self.layouts = ComboBox("Layout")
        self.layouts.addItems([layout.value for layout in LAYOUTS])
        self.layouts.setToolTip("How cards are arranged")
        self._reasons = [""] * len(LAYOUTS)  # why each takes too long
        self.folds = ToolButton()
        self.folds.setText("Σ Fold sums")
        self.folds.setCheckable(True)
        self.folds.setChecked(self.view.choices.folds)
        self.folds.setToolTip("Show a sum as one card; its triangle opens it")
        self.count = Readout(Qt.AlignmentFlag.AlignRight)
        self.count.setProperty("role", "muted")
        self.count.setFont(font)
        self.beyond = Readout(Qt.AlignmentFlag.AlignRight)
        self.beyond.setProperty("role", "muted")
        self.beyond.setFont(font)
        self.beyond.setToolTip("Cards that are out of the picture")
        self.notice = WordLabel()
        self.notice.setProperty("role", "warning")
        self.notice.setFont(font)
        self.notice.setWordWrap(True)
        self.notice.setContentsMargins(px(14), 0, px(14), px(6))
        self.notice.hide()

        bar = QHBoxLayout()
        bar.setContentsMargins(px(14), px(5), px(14), px(5))
        bar.setSpacing(px(8))
        for widget in (self.hops, self._far, self.layouts, self.folds):
            bar.addWidget(widget)
        bar.addWidget(self.beyond, 3)
        bar.addWidget(self.count, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.notice)
        column.addWidget(self.view, 1)
        self.hops.valueChanged.connect(self.view.set_hops)
        self.layouts.activated.connect(self._choose_layout)
        self.folds.toggled.connect(self.view.set_folds)
        self.view.arranged.connect(self._refresh)
        self.view.moved.connect(self._refresh_beyond)
        self._refresh()

    def take_over(self, old: NeighbourhoodPanel) -> None:
        """Show what another panel does: as far, in the same layout, the same part of it."""
        self.view.take_over(old.view)
        choices = self.view.choices
        with QSignalBlocker(self.hops), QSignalBlocker(self.folds):
            self.hops.setValue(choices.hops)
            self.folds.setChecked(choices.folds)
        self.layouts.setCurrentIndex(LAYOUTS.index(choices.layout))
        self._refresh()

    def show_choices(self, hops: int, folds: bool) -> None:
        """Show a neighbourhood in layers as it is opened, so far and with or without its sums."""
        self.hops.setValue(hops)
        self.folds.setChecked(folds)
        self.view.set_folds(folds)  # sums that were opened are closed
        self.layouts.setCurrentIndex(LAYOUTS.index(CardLayout.LAYERED))
        self.view.set_layout(CardLayout.LAYERED)
        self.view.recentre()

    def _choose_layout(self, place: int) -> None:
        self.view.set_layout(LAYOUTS[place])

    def _refresh_beyond(self) -> None:
        counts = self.view.beyond().items()
        self.beyond.setText("  ".join(f"{side} {numbers.count(count)}" for side, count in counts))

    def _refresh(self) -> None:
        """Say how much is shown, and which layouts would take too long."""
        hops = self.view.choices.hops
        self._far.setText(f"{hops} hop{'s' * (hops > 1)}")
        self.notice.setText(self.view.notice)
        self.notice.setVisible(bool(self.view.notice))
        scene = self.view.scene
        cards = 0 if scene is None else len(scene.nodes)
        text = f"{numbers.count(cards)} card{'s' * (cards != 1)}"
        if scene is not None and scene.neighbourhood.left_out:
            text += f", {numbers.count(scene.neighbourhood.left_out)} left out"
        self.count.setText(text if cards else "")
        reasons = [refusal(layout, cards) for layout in LAYOUTS]
        if reasons == self._reasons:
            return
        self._reasons = reasons
        model = self.layouts.model()
        assert isinstance(model, QStandardItemModel)
        for place, reason in enumerate(reasons):
            model.item(place).setEnabled(not reason)
            model.item(place).setToolTip(reason)
