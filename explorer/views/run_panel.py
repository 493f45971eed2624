"""The list of runs with everything that can be done to them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.debug.desk import RunAction
from explorer.runs.desk import RunDesk
from explorer.runs.live import Phase
from explorer.theme.style import sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import PushButton, ToolButton
from explorer.views.run_list import RunList
from explorer.views.run_settings_dialog import RunSettingsDialog
from explorer.views.session_dialogs import FileDialog
from explorer.views.word_label import WordLabel

GO = {
    Phase.NEW: "Start",
    Phase.STARTING: "Pause",
    Phase.RUNNING: "Pause",
    Phase.PAUSED: "Resume",
    Phase.ELSEWHERE: "Elsewhere",
    Phase.INTERRUPTED: "Resume",
    Phase.STOPPED: "Resume",
    Phase.FAILED: "Try again",
    Phase.FINISHED: "Finished",
}


class RunPanel(QWidget):
    """Runs, buttons for the current one, and a menu for what is rarer.

    Parameters
    ----------
    desk : RunDesk
    theme : Theme
    """

    def __init__(self, desk: RunDesk, theme: Theme) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk, self._theme = desk, theme
        self._folder = Path.home()
        self._doomed: int | None = None
        heading = WordLabel("RUNS")
        heading.setProperty("role", "heading")
        self.list = RunList(desk, theme)
        self.empty = WordLabel(
            "No runs yet. A run trains a model from scratch, step by step, "
            "and every step can be opened in the debugger."
        )
        self.empty.setProperty("role", "muted")
        self.empty.setWordWrap(True)
        self.empty.setFont(sans(theme.px(14)))
        self.empty.setContentsMargins(*map(theme.px, (14, 6, 14, 6)))
        self.new = _button("New run", self.ask_settings, theme, primary=True)
        self.go = _button("Start", desk.toggle, theme)
        self.step = _button("Step", desk.single_step, theme)
        self.step.setToolTip("Compute a single step")
        self.stop = _button("Stop", desk.stop, theme)
        self.stop.setToolTip("End the training after the step under way; it can go on later")
        self.more = ToolButton()
        self.more.setText("⋯")
        self.more.setAccessibleName("More")
        self.more.setToolTip("Rename, duplicate, export, import, delete")
        self.more.setPopupMode(ToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self)
        self._of_a_run: list[QAction] = []
        self._fill_menu()
        self.more.setMenu(self.menu)
        self.question = WordLabel()
        self.question.setWordWrap(True)
        self.question.setFont(sans(theme.px(14)))
        self.confirm = self._confirmation()
        self._arrange(heading)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._open_menu)
        self.refresh()

    def refresh(self) -> None:
        """Show the runs and buttons as they are now."""
        desk, run = self._desk, self._desk.current
        self.list.refresh()
        self.list.setVisible(bool(desk.records))
        self.empty.setVisible(not desk.records)
        phase = None if run is None else desk.phase(run)
        self.go.setText("Start" if phase is None else GO[phase])
        for button, action in (
            (self.go, RunAction.GO),
            (self.step, RunAction.ONE),
            (self.stop, RunAction.STOP),
        ):
            button.setEnabled(self.can(action))
        for entry in self._of_a_run:
            entry.setEnabled(run is not None)
        if self._doomed is not None and self._doomed != run:
            self.keep()

    def can(self, action: RunAction) -> bool:
        """Return whether something can be done with the current run."""
        run = self._desk.current
        phase = None if run is None else self._desk.phase(run)
        return {
            RunAction.NEW: True,
            RunAction.IMPORT: True,
            RunAction.GO: phase not in (None, Phase.FINISHED, Phase.ELSEWHERE),
            RunAction.ONE: phase not in (None, Phase.FINISHED, Phase.ELSEWHERE, Phase.RUNNING),
            RunAction.STOP: phase is not None and phase.is_live,
        }.get(action, run is not None)

    def do(self, action: RunAction) -> None:
        """Do something with the current run."""
        desk = self._desk
        {
            RunAction.NEW: self.ask_settings,
            RunAction.IMPORT: self.ask_import,
            RunAction.GO: desk.toggle,
            RunAction.ONE: desk.single_step,
            RunAction.STOP: desk.stop,
            RunAction.DUPLICATE: self.duplicate,
            RunAction.RENAME: self.list.rename,
            RunAction.DELETE: self.ask_delete,
            RunAction.SAFETENSORS: self._export_safetensors,
            RunAction.JSON: self._export_json,
            RunAction.LOSSES: self._export_losses,
        }[action]()

    def ask_settings(self) -> None:
        """Open the form for a new run."""
        self._open(RunSettingsDialog(self, self._desk, self._theme))

    def ask_delete(self) -> None:
        """Ask whether the current run is really to be deleted."""
        record = self._desk.record
        if record is None:
            return
        self._doomed = record.id
        steps = numbers.count(record.steps_done)
        self.question.setText(
            f"Delete “{record.name}” with its {steps} steps? This cannot be undone."
        )
        self.confirm.show()
        self.keep_button.setFocus()

    def delete(self) -> None:
        """Delete the run that was asked about."""
        run, self._doomed = self._doomed, None
        self.confirm.hide()
        if run is not None:
            self._desk.delete(run)

    def keep(self) -> None:
        """Delete nothing."""
        self._doomed = None
        self.confirm.hide()

    def duplicate(self) -> None:
        """Copy the current run."""
        record = self._desk.record
        if record is not None:
            self._desk.duplicate(record.id, f"{record.name} (copy)")

    def ask_export(self, title: str, suffix: str, write: Callable[[Path], None]) -> None:
        """Ask for a file to write."""
        record = self._desk.record
        if record is not None:
            plain = "".join(c if c.isalnum() else "-" for c in record.name)
            step = f"-step-{self._desk.step}" if suffix != ".csv" else ""
            file = self._folder / f"{plain}{step}{suffix}"
            dialog = FileDialog(self, title, file, f"{title} (*{suffix})", True)
            dialog.chosen.connect(self._remember_folder)
            dialog.chosen.connect(write)
            self._open(dialog)

    def ask_import(self) -> None:
        """Ask for weights to begin a run with."""
        kinds = "Weights (*.safetensors *.json)"
        dialog = FileDialog(self, "Begin with weights", self._folder / "weights", kinds, False)
        dialog.chosen.connect(self._remember_folder)
        dialog.chosen.connect(self._take_weights)
        self._open(dialog)

    def _take_weights(self, path: Path) -> None:
        weights = self._desk.read_weights(path)
        if weights is not None:
            self._open(RunSettingsDialog(self, self._desk, self._theme, weights))

    def _remember_folder(self, path: Path) -> None:
        self._folder = path.parent

    def _open(self, dialog: FileDialog | RunSettingsDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _open_menu(self) -> None:
        self.menu.popup(
            self.list.viewport().mapToGlobal(
                self.list.visualRect(self.list.currentIndex()).center()
            )
        )

    def _export_safetensors(self) -> None:
        self.ask_export("Weights as safetensors", ".safetensors", self._desk.export_weights)

    def _export_json(self) -> None:
        self.ask_export("Weights as JSON", ".json", self._desk.export_weights)

    def _export_losses(self) -> None:
        self.ask_export("Losses", ".csv", self._desk.export_losses)

    def _fill_menu(self) -> None:
        entries: tuple[tuple[str, Callable[[], None]] | None, ...] = (
            ("Rename (F2)", self.list.rename),
            ("Duplicate", self.duplicate),
            None,
            (
                "Export weights of this step as safetensors…",
                self._export_safetensors,
            ),
            (
                "Export weights of this step as JSON…",
                self._export_json,
            ),
            ("Export losses as CSV…", self._export_losses),
            None,
            ("Delete…", self.ask_delete),
        )
        for entry in entries:
            if entry is None:
                self.menu.addSeparator()
            else:
                self._of_a_run.append(self.menu.addAction(*entry))
        self.menu.insertAction(self.menu.actions()[-2], self._import_action())

    def _import_action(self) -> QAction:
        action = QAction("New run from weights…", self)
        action.triggered.connect(self.ask_import)
        return action

    def _confirmation(self) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "message")
        self.keep_button = _button("Keep", self.keep, self._theme)
        self.delete_button = _button("Delete", self.delete, self._theme)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.delete_button)
        buttons.addWidget(self.keep_button)
        column = QVBoxLayout(frame)
        column.setContentsMargins(*map(self._theme.px, (12, 10, 12, 10)))
        column.addWidget(self.question)
        column.addLayout(buttons)
        frame.hide()
        return frame

    def _arrange(self, heading: WordLabel) -> None:
        px = self._theme.px
        top = QHBoxLayout()
        top.setContentsMargins(*map(px, (0, 6, 12, 2)))
        top.setSpacing(px(6))
        top.addWidget(heading, 1)
        top.addWidget(self.more)
        top.addWidget(self.new)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(*map(px, (12, 2, 12, 6)))
        buttons.setSpacing(px(6))
        buttons.addWidget(self.go, 2)
        buttons.addWidget(self.step, 1)
        buttons.addWidget(self.stop, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        column.addLayout(top)
        column.addLayout(buttons)
        column.addWidget(self.confirm)
        column.addWidget(self.empty)
        column.addWidget(self.list, 1)
        column.addStretch()


def _button(
    text: str, run: Callable[[], object], theme: Theme, *, primary: bool = False
) -> PushButton:
    button = PushButton(text)
    button.setFont(sans(theme.px(14)))
    if primary:
        button.setProperty("role", "primary")
    button.clicked.connect(lambda: run())
    return button
