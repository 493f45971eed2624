"""The workspace for training: runs, their curves, and any step of them."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from explorer.debug.desk import RunAction
from explorer.runs.desk import RunDesk
from explorer.runs.step_passes import Replays
from explorer.theme.tokens import Theme
from explorer.views.loss_plot import LossPlot
from explorer.views.matrix_grid import MatrixGrid
from explorer.views.run_panel import RunPanel
from explorer.views.samples_panel import SamplesPanel
from explorer.views.step_map import StepMap
from explorer.views.step_panel import StepPanel
from explorer.views.step_pass import StepPass
from explorer.views.step_views import StepViews
from explorer.views.take_over import take_over_choices, take_over_sizes

INTERVAL = 66  # milliseconds: about fifteen pictures a second of a run that is training
LEAST = (270, 550, 300)  # pixels of the three columns
SHARES = (0, 5, 4)  # of what is left


class TrainPage(QWidget):
    """All that the desk of runs shows.

    Parameters
    ----------
    desk : RunDesk
    actions : dict of str to QAction
        By command id.
    theme : Theme
    replays : Replays
    step_pass : StepPass, optional
        That another page has shown, in another look.
    """

    parameter_chosen = Signal(int)  # of the shown step, in state-dict order

    def __init__(
        self,
        desk: RunDesk,
        actions: dict[str, QAction],
        theme: Theme,
        replays: Replays,
        step_pass: StepPass | None = None,
    ) -> None:
        super().__init__()
        self._desk = desk
        self.runs = RunPanel(desk, theme)
        self.plot = LossPlot(desk, theme)
        self.step = StepPanel(desk, actions["open_step"], theme)
        self.samples = SamplesPanel(desk, theme)
        self.matrices = MatrixGrid(theme)
        self.step_pass = step_pass or StepPass(desk, replays)
        self.map = StepMap(desk, self.step_pass, theme)
        self.map.told.connect(desk.told.emit)
        self.views = StepViews([("Matrices", self.matrices), ("Map", self.map)], theme)
        self.views.revealed.connect(self._show_matrices)
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self._poll)
        self._arrange(theme)
        self.plot.pointed.connect(desk.show_step)
        self.matrices.parameter_chosen.connect(self.parameter_chosen)
        desk.listed.connect(self._show_list)
        desk.chosen.connect(self._show_run)
        desk.grown.connect(self._show_rows)
        desk.moved.connect(self._show_step)
        desk.compared.connect(self._show_comparison)
        desk.fetched.connect(self._keep_polling)
        self._keep_polling()

    def take_over(self, old: TrainPage) -> None:
        """Show what another page of the same desk does."""
        self.map.take_over(old.map)
        self.matrices.take_over(old.matrices)
        take_over_choices(old.reading_order(), self.reading_order())
        take_over_sizes(old.splitter, self.splitter)

    def take_keyboard(self) -> None:
        """Put the keyboard into the slider of steps."""
        self.step.slider.setFocus()

    def reading_order(self) -> list[QWidget]:
        """Return the areas of the page in the order in which the Tab key visits them."""
        return [self.runs, self.plot, self.step, self.samples, self.views]

    def can(self, action: RunAction) -> bool:
        """Return whether something can be done with the current run."""
        desk = self._desk
        if action is RunAction.BACK:
            return desk.step > 0
        if action is RunAction.ON:
            return desk.step < len(desk.history)
        if action is RunAction.COMPARE:
            return desk.current is not None
        return self.runs.can(action)

    def do(self, action: RunAction) -> None:
        """Do something with the current run."""
        if action is RunAction.BACK:
            self._desk.show_step(self._desk.step - 1)
        elif action is RunAction.ON:
            self._desk.show_step(self._desk.step + 1)
        elif action is RunAction.COMPARE:
            self.step.choose_comparison()
        else:
            self.runs.do(action)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._desk.refresh()  # other windows may have runs of their own
        self._show_run()

    def _poll(self) -> None:
        was_busy = self._desk.is_busy
        self._desk.poll()
        if not was_busy:
            self._timer.stop()

    def _keep_polling(self) -> None:
        if self._desk.is_busy and not self._timer.isActive():
            self._timer.start()

    def _show_list(self) -> None:
        self._keep_polling()
        if self.isVisible():
            self.runs.refresh()
            self.step.show_progress()

    def _show_run(self) -> None:
        if self.isVisible():
            self.runs.refresh()
            self.plot.show_run()
            self.step.show_run()
            self.step.show_progress()
            self.samples.refresh()
            self._show_pictures()

    def _show_rows(self) -> None:
        if self.isVisible():
            self.plot.show_rows()
            self.samples.refresh()

    def _show_step(self) -> None:
        if self.isVisible():
            self.plot.show_step()
            self.step.show_step()
            self.samples.refresh()
            self._show_pictures()

    def _show_comparison(self) -> None:
        if self.isVisible():
            self.plot.show_rows()
            self.step.show_step()
            self.step.list_comparisons()
            self._show_matrices()
            self.map.compare()

    def _show_pictures(self) -> None:
        self._show_matrices()
        self.map.take_step()

    def _show_matrices(self) -> None:
        """Show the parameters of the shown step, beside those that they are compared with."""
        if not self.matrices.isVisible():
            return
        desk, other = self._desk, None
        if desk.current is None:
            self.matrices.show_step(None)
            return
        if desk.comparison is not None and desk.other_step is not None:
            other = desk.step_matrices(desk.comparison.run, desk.other_step)
        self.matrices.show_step(desk.step_matrices(desk.current, desk.step), other)

    def _arrange(self, theme: Theme) -> None:
        middle, right = QWidget(), QWidget()
        for side in (middle, right):
            side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        for side, parts in (
            (middle, ((self.plot, 1), (self.step, 0))),
            (right, ((self.samples, 0), (self.views, 1))),
        ):
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            for widget, stretch in parts:
                column.addWidget(widget, stretch)
        splitter = self.splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(theme.px(1))
        splitter.setChildrenCollapsible(False)
        for i, part in enumerate((self.runs, middle, right)):
            part.setMinimumWidth(theme.px(LEAST[i]))
            splitter.addWidget(part)
            splitter.setStretchFactor(i, SHARES[i])
        splitter.setSizes([theme.px(width) for width in (LEAST[0], 700, 480)])
        row = QVBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(splitter)
