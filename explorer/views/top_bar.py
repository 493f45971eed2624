"""The bar at the top: the name, the model, stepping, and where time stands."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.debug import numbers
from explorer.debug.session import Session
from explorer.debug.stepping import Granularity
from explorer.theme.style import mono, sans
from explorer.trace.timeline import Phase
from explorer.views.buttons import CommandButton, Segments

NAME_WIDTH, LONGEST_TYPED = 190, 200
ROOM_FOR_TITLE, ROOM_FOR_MODEL = 1560, 1340  # pixels of the bar from which they are shown


class TopBar(QFrame):
    """Name field, Run (Cancel while a pass is recorded), stepping and phase.

    Parameters
    ----------
    session : Session
    actions : dict of str to QAction
        By command id.
    model : str
        What the model is, in a few words.
    """

    submitted = Signal(str)  # a name was typed
    cancelled = Signal()

    def __init__(self, session: Session, actions: dict[str, QAction], model: str) -> None:
        super().__init__()
        self._session = session
        self._running = False
        self.setProperty("role", "bar")

        self._title = QLabel("microGPT Explorer")
        self._title.setFont(sans(16, bold=True))
        self.name = QLineEdit()
        self.name.setFont(mono(18))
        self.name.setFixedWidth(NAME_WIDTH)
        self.name.setMaxLength(LONGEST_TYPED)
        self.name.setPlaceholderText("a name")
        self.name.setAccessibleName("Name")
        self.name.returnPressed.connect(self._submit)
        self._run = QPushButton("Run")
        self._run.setFont(sans())
        self._run.setProperty("role", "primary")
        self._run.setMinimumWidth(96)
        self._run.clicked.connect(self._submit_or_cancel)
        self._model = QLabel(model)
        self._model.setProperty("role", "muted")
        self._model.setFont(sans(14))
        self._phase = QLabel()
        self._phase.setProperty("role", "phase")
        self._phase.setFont(sans(14, bold=True))
        self._phase.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._phase.setVisible(False)
        steps = [CommandButton(actions[c]) for c in STEPS]
        granularity = Segments(
            [(actions[f"step_by_{g.value}"], g.value.capitalize()) for g in Granularity]
        )
        actions["pin"].setIconText("Pin")
        pin = CommandButton(actions["pin"])
        keys = CommandButton(actions["keys"])
        actions["keys"].setIconText("?")

        row = QHBoxLayout()
        row.setContentsMargins(16, 9, 16, 6)
        row.setSpacing(8)
        left: list[QWidget] = [self._title, self.name, self._run, self._model]
        middle: list[QWidget] = [*steps, granularity, pin, self._phase]
        for widget in left:
            row.addWidget(widget)
            row.addSpacing(4)
        row.addStretch()
        for widget in middle:
            row.addWidget(widget)
        row.addStretch()
        row.addWidget(keys)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(3)
        self._progress.setRange(0, 1000)
        self._progress.setAccessibleName("Progress of the recording")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._progress)
        session.opened.connect(self._refresh_phase)
        session.cursor_moved.connect(self._refresh_phase)

    def minimumSizeHint(self) -> QSize:
        return QSize(900, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._title.setVisible(self.width() >= ROOM_FOR_TITLE)
        self._model.setVisible(self.width() >= ROOM_FOR_MODEL)

    def set_running(self, running: bool) -> None:
        """Show whether a pass is being recorded."""
        self._running = running
        self._run.setText("Cancel" if running else "Run")
        self._progress.setValue(0)

    def set_cancelling(self) -> None:
        """Show that the pass has been given up, but has not let go yet."""
        self._run.setText("Cancelling")

    def show_name(self, name: str) -> None:
        """Show the name of the pass on show, from its beginning."""
        self.name.setText(name)
        self.name.setCursorPosition(0)

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
        self._phase.setVisible(True)
        self._phase.setText(f"{name}  {numbers.count(done)} / {numbers.count(total)}")
        digits = len(numbers.count(timeline.end))
        widest = self._phase.fontMetrics().horizontalAdvance("BACKWARD  / " + "0" * 2 * digits)
        self._phase.setFixedWidth(widest + 28)


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
PHASE_NAMES = {
    Phase.START: "FORWARD",
    Phase.FORWARD: "FORWARD",
    Phase.SEED: "BACKWARD",
    Phase.BACKWARD: "BACKWARD",
    Phase.UPDATE: "UPDATE",
}
