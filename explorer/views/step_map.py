"""The map of one name at the step that the page of runs shows."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.debug.session import Colour
from explorer.runs.desk import RunDesk
from explorer.theme.style import BODY, SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import Segments
from explorer.views.legend import Legend
from explorer.views.map_view import MapView
from explorer.views.pass_loader import LoadedPass
from explorer.views.readout import Readout
from explorer.views.step_pass import StepPass
from explorer.views.word_label import WordLabel

LEAST_NAME, MOST_NAME, LOSS_WIDTH = 70, 170, 84  # pixels
COLOURS = ((Colour.DATA, "Data"), (Colour.GRADIENT, "Gradient"))


class StepMap(QWidget):
    """A name's pass with the model as it was before the shown step, while one goes through steps.

    With the document of the step as the name, it is the pass that the step has made.

    Parameters
    ----------
    desk : RunDesk
    step_pass : StepPass
    theme : Theme
    """

    told = Signal(str)

    def __init__(self, desk: RunDesk, step_pass: StepPass, theme: Theme) -> None:
        super().__init__()
        self._desk, self._pass = desk, step_pass
        self.session, self.live = step_pass.session, step_pass.live
        self.map_view = MapView(self.session, theme)
        self.map_view.setAccessibleName("Map of the step")
        self.legend = Legend(self.session, theme)
        self.map_view.limit_changed.connect(self.legend.show_limit)
        self.name = QLineEdit()
        self.name.setFont(mono(theme.px(BODY)))
        self.name.setMinimumWidth(theme.px(LEAST_NAME))
        self.name.setMaximumWidth(theme.px(MOST_NAME))
        self.name.setPlaceholderText("a name")
        self.name.setAccessibleName("Name on the map of the step")
        self.name.setToolTip("The name whose pass the map shows; Enter runs it")
        self.loss = Readout(Qt.AlignmentFlag.AlignLeft)
        self.loss.setFont(sans(theme.px(SMALL)))
        self.loss.setFixedSize(theme.px(LOSS_WIDTH), theme.px(24))
        self.loss.setToolTip("The loss over this name, with the model as it was before the step")
        self.message = WordLabel()
        self.message.setProperty("role", "muted")
        self.message.setFont(sans(theme.px(SMALL)))
        self.message.setWordWrap(True)
        self.message.hide()
        self._arrange(theme)
        self.name.returnPressed.connect(self._submit)
        self.name.setText(step_pass.name)
        self.live.changed.connect(self._show_loss)
        step_pass.opened.connect(self._open)
        step_pass.other_end.connect(self._show_other_end)
        step_pass.ended.connect(self.take_step)  # the slider may have gone on meanwhile
        step_pass.told.connect(self.told)

    def take_over(self, old: StepMap) -> None:
        """Show what another map of the same pass does."""
        if self._pass.loaded is not None and old.map_view.colours is not None:
            self._show_pass(replace(self._pass.loaded, colours=old.map_view.colours))
            self._show_loss()
        self.map_view.take_over(old.map_view)
        self._say(old.message.text())

    def take_step(self) -> None:
        """Show the step that the desk shows, if anybody sees it."""
        run = self._desk.current
        for part in (self.map_view, self.legend, self.loss):
            part.setVisible(run is not None)
        self.name.setEnabled(run is not None)
        if run is None or self.isVisible():
            self._pass.take_step()

    def compare(self) -> None:
        """Compare with what the desk compares with."""
        if self.isVisible() and self.live.comparison != self._desk.comparison:
            self.live.compare(self._desk.comparison)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.take_step()
        self.compare()

    def _submit(self) -> None:
        name = self._pass.name
        said = self._pass.take_name(self.name.text())
        if said is not None:
            self._say(said)
        if self._pass.name != name or self._pass.is_loading:
            self.map_view.setFocus()

    def _open(self) -> None:
        if self._pass.loaded is not None:
            self._show_pass(self._pass.loaded)
            self.name.setText(self._pass.name)

    def _show_other_end(self) -> None:
        if self._pass.loaded is not None:
            self._show_pass(self._pass.loaded)

    def _show_pass(self, loaded: LoadedPass) -> None:
        self.map_view.show_pass(loaded.layout, loaded.flows, loaded.colours)

    def _show_loss(self) -> None:
        trace = self.session.trace
        loss = None if trace is None or trace.loss is None else float(trace.data[trace.loss])
        self.loss.setText("" if loss is None else f"loss {numbers.loss(loss)}")
        self._say(self.live.problem)

    def _say(self, sentence: str) -> None:
        self.message.setText(sentence)
        self.message.setVisible(bool(sentence))

    def _choose_colour(self, action: QAction) -> None:
        self.session.set_colour(action.data())

    def _arrange(self, theme: Theme) -> None:
        group, choices = QActionGroup(self), []
        for colour, title in COLOURS:
            action = QAction(f"Colour by {colour.value}", self)
            action.setData(colour)
            action.setCheckable(True)
            action.setChecked(colour is self.session.colour)
            group.addAction(action)
            choices.append((action, title))
        group.triggered.connect(self._choose_colour)
        top = QHBoxLayout()
        top.setContentsMargins(*map(theme.px, (14, 8, 14, 6)))
        top.setSpacing(theme.px(10))
        top.addWidget(self.name, 2)
        top.addWidget(Segments(choices))
        top.addWidget(self.loss)
        top.addStretch(1)
        below = QHBoxLayout()
        below.setContentsMargins(theme.px(14), 0, theme.px(14), 0)
        below.addWidget(self.legend)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.message)
        column.addWidget(self.map_view, 1)
        column.addLayout(below)
