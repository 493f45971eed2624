"""The bar with the step of the run whose model is on show, and the slider through all of them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSlider

from explorer.debug import numbers
from explorer.debug.desk import RunAction
from explorer.runs.desk import Comparison, RunDesk
from explorer.theme.style import BODY, sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import ComboBox, CommandButton
from explorer.views.live_steps import LiveSteps
from explorer.views.models import step_title
from explorer.views.readout import Readout

RUN_WIDTH, STEP_WIDTH, COMPARE_WIDTH, HEIGHT = 190, 200, 250, 28  # pixels
PAGES = 20  # pages that the slider is divided into
START, LAST = "with the start", "with the end"


class _Choices(ComboBox):
    """What can be compared with, as it is when the list is opened."""

    opening = Signal()

    def showPopup(self) -> None:
        self.opening.emit()
        super().showPopup()


class StepBar(QFrame):
    """Run and step, a slider over all steps, and what the step is compared with.

    It is hidden as long as the model on show is not of a run.

    Parameters
    ----------
    live : LiveSteps
    runs : RunDesk
    actions : dict of str to QAction
    theme : Theme
    """

    def __init__(
        self, live: LiveSteps, runs: RunDesk, actions: dict[str, QAction], theme: Theme
    ) -> None:
        super().__init__()
        px = theme.px
        self._live, self._runs = live, runs
        self.setProperty("role", "bar")
        self.setAccessibleName("Step of the run")
        self.run, self.step = (Readout(Qt.AlignmentFlag.AlignLeft) for _ in range(2))
        self.run.setFont(sans(px(BODY), bold=True))
        self.run.setFixedSize(px(RUN_WIDTH), px(HEIGHT))
        self.step.setFont(sans(px(BODY)))
        self.step.setFixedSize(px(STEP_WIDTH), px(HEIGHT))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setProperty("role", "step")
        self.slider.setAccessibleName("Step of the run")
        self.slider.valueChanged.connect(live.ask)
        self.compare = _Choices("Compare the map with")
        self.compare.setSizeAdjustPolicy(
            ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.compare.setFixedWidth(px(COMPARE_WIDTH))
        self.compare.setToolTip("Colour the map by the difference between two steps or two runs")
        self.compare.opening.connect(self._list_comparisons)
        self.compare.activated.connect(self._choose)
        actions["run_step_back"].setIconText("◂")
        actions["run_step_on"].setIconText("▸")
        row = QHBoxLayout(self)
        row.setContentsMargins(*map(px, (16, 3, 16, 3)))
        row.setSpacing(px(10))
        row.addWidget(self.run)
        row.addWidget(CommandButton(actions["run_step_back"]))
        row.addWidget(self.slider, 1)
        row.addWidget(CommandButton(actions["run_step_on"]))
        row.addWidget(self.step)
        row.addWidget(self.compare)
        live.changed.connect(self._refresh)
        live.compared.connect(self._list_comparisons)
        runs.listed.connect(self._refresh)
        self.hide()

    def do(self, action: RunAction) -> None:
        """Go a step on or back, or begin to compare, or end it."""
        if action is not RunAction.COMPARE:
            self._live.move(1 if action is RunAction.ON else -1)
        elif self._live.comparison is not None:
            self._live.compare(None)
        else:
            self.compare.setFocus()
            self.compare.showPopup()

    def _refresh(self) -> None:
        live, step, record = self._live, self._live.step, self._live.record
        shown = step is not None and record is not None
        if shown and self.isHidden():
            self._list_comparisons()
        self.setVisible(shown)
        if step is None or record is None:
            return
        self.run.setText(f"“{record.name}”")
        self.run.setToolTip(f"The model on show is that of run “{record.name}”")
        self.slider.blockSignals(True)  # the step is shown already
        self.slider.setRange(1, live.last)
        self.slider.setPageStep(max(1, live.last // PAGES))
        if not self.slider.isSliderDown():
            self.slider.setValue(step.number)
        self.slider.blockSignals(False)
        total = f" of {numbers.count(record.settings.steps)}" if step.number < live.last else ""
        self.step.setText(f"{step_title(record, step.number)}{total}")
        self.slider.setToolTip(
            live.problem or "The step of the run whose model is on show; the pass follows at once"
        )

    def _list_comparisons(self) -> None:
        live, box, step = self._live, self.compare, self._live.step
        chosen = live.comparison
        box.clear()
        box.addItem("Compare with…", None)
        if step is not None:
            offers = [
                (f"with step {numbers.count(step.number)}", step.number),
                (START, 1),
                (LAST, live.last),
            ]
            if chosen is not None and chosen.run == step.run and chosen.step is not None:
                known = [number for _, number in offers]
                if chosen.step not in known:
                    offers.insert(1, (f"with step {numbers.count(chosen.step)}", chosen.step))
            for text, number in offers:
                box.addItem(text, Comparison(step.run, number))
            for record in self._runs.records:
                if record.id != step.run:
                    box.addItem(f"with “{record.name}”", Comparison(record.id))
        here = [i for i in range(box.count()) if box.itemData(i) == chosen]
        box.setCurrentIndex(here[-1] if here else 0)

    def _choose(self, index: int) -> None:
        self._live.compare(self.compare.itemData(index))
