"""The map of one name at the step that the page of runs shows."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.debug.names import check_name
from explorer.debug.session import Colour, Session
from explorer.runs.desk import RunDesk
from explorer.runs.step_passes import Replays
from explorer.theme.style import BODY, SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import Segments
from explorer.views.legend import Legend
from explorer.views.live_steps import LiveSteps, Step
from explorer.views.map_view import MapView
from explorer.views.pass_loader import LoadedPass, PassLoader
from explorer.views.readout import Readout

USUAL_NAME = "emma"
LEAST_NAME, MOST_NAME, LOSS_WIDTH = 70, 170, 84  # pixels
COLOURS = ((Colour.DATA, "Data"), (Colour.GRADIENT, "Gradient"))


class StepMap(QWidget):
    """A name's pass with the model as it was before the shown step, while one goes through steps.

    With the document of the step as the name, it is the pass that the step has made.

    Parameters
    ----------
    desk : RunDesk
    replays : Replays
    theme : Theme

    Attributes
    ----------
    session : Session
        Its own: what is selected in the debugger has nothing to do with it.
    """

    told = Signal(str)

    def __init__(self, desk: RunDesk, replays: Replays, theme: Theme) -> None:
        super().__init__()
        self._desk = desk
        self._run: int | None = None  # the one that the pass on show, or under way, is of
        self._wanted = USUAL_NAME
        self._loading: Step | None = None
        self.session = Session()
        self.live = LiveSteps(self.session, desk, replays, self)
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
        self.message = QLabel()
        self.message.setProperty("role", "muted")
        self.message.setFont(sans(theme.px(SMALL)))
        self.message.setWordWrap(True)
        self.message.hide()
        self._loader: PassLoader | None = None
        self._arrange(theme)
        self.name.returnPressed.connect(self._submit)
        self.name.setText(USUAL_NAME)
        self.live.changed.connect(self._show_loss)
        self.live.reopened.connect(self._show_other_end)
        self.live.slow.connect(self._record)
        self.live.told.connect(self.told)

    def take_step(self) -> None:
        """Show the step that the desk shows, if anybody sees it."""
        run = self._desk.current
        for part in (self.map_view, self.legend, self.loss):
            part.setVisible(run is not None)
        self.name.setEnabled(run is not None)
        if run is None:
            self._run = None
        if run is None or not self.isVisible():
            return
        number = max(self._desk.step, 1)
        if run != self._run:
            self._run = run
            self._record(run, number)
        elif self._loading is None:
            self.live.ask(number)

    def compare(self) -> None:
        """Compare with what the desk compares with."""
        if self.isVisible() and self.live.comparison != self._desk.comparison:
            self.live.compare(self._desk.comparison)

    def close_loader(self) -> None:
        """Give up the pass under way."""
        if self._loader is not None:
            self._loader.cancel()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.take_step()
        self.compare()

    def _submit(self) -> None:
        typed, run = self.name.text(), self._desk.current
        if run is None:
            return
        found = self._desk.subject(run, max(self._desk.step, 1))
        if found is None:
            return
        check = check_name(typed, found[0].tokenizer, found[0].positions_limit)
        self._say(check.message)
        if check.name is not None:
            self._wanted = check.name
            self._record(run, max(self._desk.step, 1))
            self.map_view.setFocus()

    def _record(self, run: int, number: int) -> None:
        """Record the pass of a step: the first one, or where replay cannot be used."""
        found = self._desk.subject(run, number)
        if found is None:
            return
        subject, document = found
        if subject.tokenizer.unknown(self._wanted):
            self._wanted = document
        self._loading = Step(run, number)
        if self._loader is None:
            self._loader = PassLoader(subject, self)
            self._loader.loaded.connect(self._show_pass)
            self._loader.failed.connect(self.told)
            self._loader.ended.connect(self._end_loading)
        self._loader.use(subject)
        self._loader.load(self._wanted)

    def _show_pass(self, loaded: LoadedPass) -> None:
        step, shown = self._loading, self.session.recorded
        if shown is not None and shown.trace.nodes == loaded.timeline.trace.nodes:
            self.session.open_again(loaded.timeline)
        else:
            self.session.open(loaded.timeline)
        self.map_view.show_pass(loaded.layout, loaded.flows, loaded.colours)
        self.live.follow(loaded, step)
        self.name.setText(self._wanted)

    def _end_loading(self) -> None:
        self._loading = None
        self.take_step()  # the slider may have gone on meanwhile

    def _show_other_end(self, loaded: LoadedPass) -> None:
        self.session.open_again(loaded.timeline)
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
