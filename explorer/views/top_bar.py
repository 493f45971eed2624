"""The bar at the top: the name, the model, stepping, and where time stands."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from explorer.debug import numbers
from explorer.debug.desk import Workspace
from explorer.debug.session import Session
from explorer.debug.stepping import Granularity
from explorer.theme.style import BODY, mono, sans
from explorer.theme.tokens import Theme
from explorer.trace.timeline import Phase
from explorer.views.buttons import Chooser, CommandButton, PushButton, Segments, ToolButton
from explorer.views.readout import Readout
from explorer.views.take_over import take_over_text

NAME_WIDTH, LEAST_NAME_WIDTH, LONGEST_TYPED = 190, 124, 200
LEAST_WIDTH, PHASE_PADDING = 900, 14  # pixels


class TopBar(QFrame):
    """Name field, Run (Cancel while a pass is recorded), stepping and phase.

    Parameters
    ----------
    session : Session
    actions : dict of str to QAction
        By command id.
    model : str
        What the model is, in a few words.
    models : QMenu
        The models that can be chosen.
    theme : Theme
    """

    submitted = Signal(str)  # a name was typed
    cancelled = Signal()
    model_shown = Signal(str)  # its title

    def __init__(
        self,
        session: Session,
        actions: dict[str, QAction],
        model: str,
        models: QMenu,
        theme: Theme,
    ) -> None:
        super().__init__()
        self._session, self._theme, px = session, theme, theme.px
        self._running = False
        self._explores = True
        self.setProperty("role", "bar")

        self._title = QLabel("microGPT Explorer")
        self._title.setFont(sans(px(16), bold=True))
        self.name = QLineEdit()
        self.name.setFont(mono(px(18)))
        self.name.setMinimumWidth(px(LEAST_NAME_WIDTH))
        self.name.setMaximumWidth(px(NAME_WIDTH))
        self.name.setMaxLength(LONGEST_TYPED)
        self.name.setPlaceholderText("a name")
        self.name.setAccessibleName("Name")
        self.name.returnPressed.connect(self._submit)
        self._run = PushButton("Run")
        self._run.setFont(sans(px(BODY)))
        self._run.setProperty("role", "primary")
        self._run.setMinimumWidth(px(88))
        self._run.clicked.connect(self._submit_or_cancel)
        self.model = ToolButton()
        self.model.setMenu(models)
        self.model.setPopupMode(ToolButton.ToolButtonPopupMode.InstantPopup)
        self._model_texts = model, model
        choices = {
            "Workspace": ("What the window shows", [f"workspace_{w.value}" for w in Workspace]),
            "Step by": ("What a step is", [f"step_by_{g.value}" for g in Granularity]),
        }
        segments, choosers = [], []
        for name, (title, commands) in choices.items():
            chosen = [actions[command] for command in commands]
            texts = [command.rsplit("_", 1)[1].capitalize() for command in commands]
            segments.append(Segments(list(zip(chosen, texts, strict=True))))
            choosers.append(Chooser(name, title, chosen))
        workspaces, granularity = segments
        self._instead: dict[QWidget, QWidget] = dict(zip(segments, choosers, strict=True))
        self._phase = Readout()
        self._phase.setProperty("role", "phase")
        self._phase.setFont(sans(px(14), bold=True))
        self._phase.setVisible(False)
        steps = {command: CommandButton(actions[command]) for command in STEPS}
        actions["pin"].setIconText("Pin")
        pin = CommandButton(actions["pin"])
        keys = CommandButton(actions["keys"])
        actions["keys"].setIconText("?")
        actions["menu"].setIconText("☰")
        self.menu_button = CommandButton(actions["menu"])

        self._row = row = QHBoxLayout()
        row.setContentsMargins(*map(px, (12, 9, 12, 6)))
        row.setSpacing(px(8))
        left: list[QWidget] = [
            self.menu_button,
            self._title,
            workspaces,
            choosers[0],
            self.name,
            self._run,
            self.model,
        ]
        self.workspaces: list[QWidget] = [workspaces, choosers[0]]
        self.stepping: list[QWidget] = [*steps.values(), granularity, choosers[1]]
        self._of_a_pass = middle = [
            *self.stepping,
            pin,
            self._phase,
        ]
        # What gives way in a narrow window, the first one first; all of it is on keys too.
        self._optional = [
            self._title,
            granularity,
            *(steps[c] for c in OPTIONAL_STEPS),
            pin,
            workspaces,
            self.model,
        ]
        for widget in left:
            row.addWidget(widget)
        row.addStretch()
        for widget in middle:
            row.addWidget(widget)
        row.addStretch()
        row.addWidget(keys)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(px(3))
        self._progress.setRange(0, 1000)
        self._progress.setAccessibleName("Progress of the recording")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._progress)
        self.show_model(model, model.split(" · ")[0])
        session.opened.connect(self._refresh_phase)
        session.cursor_moved.connect(self._refresh_phase)
        self._refresh_phase()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(LEAST_WIDTH), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.make_room()

    def make_room(self) -> None:
        """Hide or shorten what there is no room for."""
        self.model.setText(f"{self._model_texts[0]}  ▾")
        layout = self._row
        spacing = layout.spacing()
        margins = layout.contentsMargins()
        wanted = margins.left() + margins.right()
        for i in range(layout.count()):
            item = layout.itemAt(i)
            widget = None if item is None else item.widget()
            if widget is None or widget in self._instead.values():
                continue
            if self._belongs(widget):
                wanted += self._width_of(widget) + spacing
        for widget in self._optional:
            widget.setVisible(wanted <= self.width() and self._belongs(widget))
            if widget.isHidden() and self._belongs(widget):
                wanted -= self._width_of(widget) + spacing
                if widget in self._instead:
                    wanted += self._width_of(self._instead[widget]) + spacing
        if self.model.isHidden():
            self.model.setText(f"{self._model_texts[1]}  ▾")
            self.model.setVisible(wanted + self._width_of(self.model) + spacing <= self.width())
        for segments, chooser in self._instead.items():
            chooser.setVisible(segments.isHidden() and self._belongs(segments))

    def _width_of(self, widget: QWidget) -> int:
        widget.ensurePolished()  # or one that was never shown is thought to be narrower
        least = 0 if widget is self.name else widget.sizeHint().width()
        return max(least, widget.minimumWidth())

    def _belongs(self, widget: QWidget) -> bool:
        """Return whether a widget is of any use in the workspace."""
        return self._explores or widget not in self._of_a_pass

    def show_workspace(self, workspace: Workspace) -> None:
        """Show what is of use in a workspace: stepping is not without a pass in sight."""
        self._explores = workspace.shows_pass
        for widget in self._of_a_pass:
            widget.setVisible(self._explores)
        self._phase.setVisible(self._explores and bool(self._phase.text()))
        self.make_room()

    def set_running(self, running: bool) -> None:
        """Show whether a pass is being recorded."""
        self._running = running
        self._run.setText("Cancel" if running else "Run")
        self._progress.setValue(0)

    def set_cancelling(self) -> None:
        """Show that the pass has been given up, but has not let go yet."""
        self._run.setText("Cancelling")

    def take_over(self, old: TopBar) -> None:
        """Show what another bar does, with what is being typed and how far a pass has come."""
        self.resize(old.size())  # so that what there is room for is known before it is seen
        self.show_model(*old._model_texts)
        take_over_text(old.name, self.name)
        self.set_running(old._running)
        self._run.setText(old._run.text())
        self._progress.setValue(old._progress.value())

    def show_name(self, name: str) -> None:
        """Show the name of the pass on show, from its beginning."""
        self.name.setText(name)
        self.name.setCursorPosition(0)

    def show_model(self, model: str, short: str | None = None) -> None:
        """Show which model passes are made with, in a few words.

        Parameters
        ----------
        model : str
        short : str, optional
            What is enough where there is little room.
        """
        self._model_texts = model, short or model
        self.model.setAccessibleName(f"Model: {model}")
        self.model.setToolTip(f"Passes are made with this model: {model}")
        self.make_room()
        self.model_shown.emit(model)

    @property
    def model_title(self) -> str:
        """What the model that passes are made with is called."""
        return self._model_texts[0]

    def set_progress(self, share: float) -> None:
        """Show how much of the pass is done, 0 to 1."""
        self._progress.setValue(round(1000 * share))

    def _submit_or_cancel(self) -> None:
        if self._running:
            self.cancelled.emit()
        else:
            self._submit()

    def _submit(self) -> None:
        self.submitted.emit(self.name.text())

    def _refresh_phase(self) -> None:
        timeline, moment = self._session.timeline, self._session.moment
        if timeline is None or moment is None:
            return
        done, total = {
            Phase.START: (0, timeline.forward_end),
            Phase.FORWARD: (moment.cursor, timeline.forward_end),
            Phase.SEED: (0, timeline.backward_end - timeline.backward_start),
            Phase.BACKWARD: (
                moment.contributions,
                timeline.backward_end - timeline.backward_start,
            ),
            Phase.UPDATE: (moment.updated, timeline.end - timeline.backward_end),
        }[moment.phase]
        name = PHASE_NAMES[moment.phase]
        self._phase.setVisible(self._explores)
        self._phase.setText(f"{name}  {numbers.count(done)} / {numbers.count(total)}")
        most = "0" * len(numbers.count(timeline.end))
        widest = self._phase.fontMetrics().horizontalAdvance(f"BACKWARD  {most} / {most}")
        width = widest + 2 * self._theme.px(PHASE_PADDING)
        if self._phase.minimumWidth() != width:
            self._phase.setFixedWidth(width)
            self.make_room()


STEPS = (
    "start",
    "phase_back",
    "continue_back",
    "step_back",
    "play",
    "step",
    "continue",
    "phase_on",
    "end",
)
OPTIONAL_STEPS = ("phase_back", "phase_on", "start", "end")
PHASE_NAMES = {
    Phase.START: "FORWARD",
    Phase.FORWARD: "FORWARD",
    Phase.SEED: "BACKWARD",
    Phase.BACKWARD: "BACKWARD",
    Phase.UPDATE: "UPDATE",
}
