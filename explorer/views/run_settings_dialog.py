"""The form for a new run, made from the table of settings."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.runs.desk import RunDesk
from explorer.runs.settings import SHAPE, RunSettings, Setting, problems, table
from explorer.runs.weights import Weights
from explorer.theme.style import BODY, SMALL, mono, sans, write_all
from explorer.theme.tokens import Theme
from explorer.views.buttons import ComboBox
from explorer.views.session_dialogs import FileDialog
from explorer.views.word_label import WordLabel

GROUPS = (  # of the two columns
    (("Training", ("steps", "seed", "learning_rate", "beta1", "beta2", "epsilon", "engine")),),
    (
        ("Model", SHAPE),
        ("Samples", ("temperature", "samples_every")),
        ("Documents", ("dataset", "dataset_file")),
    ),
)
FILE, DATASET = "dataset_file", "dataset"


class RunSettingsDialog(QDialog):
    """Name and settings of a run; each field says what is wrong with it.

    Parameters
    ----------
    parent : QWidget
    desk : RunDesk
        Where the run is made.
    theme : Theme
    weights : Weights, optional
        To begin with; they decide the shape of the model.
    """

    def __init__(
        self, parent: QWidget, desk: RunDesk, theme: Theme, weights: Weights | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._theme, self._weights = desk, theme, weights
        self.setWindowTitle("New run" if weights is None else "New run from weights")
        self.name = QLineEdit(desk.new_name())
        self.name.setAccessibleName("Name")
        self.fields: dict[str, QLineEdit | ComboBox] = {}
        self.remarks: dict[str, WordLabel] = {}
        self._rows = {row.name: row for row in table()}
        self.fetch = QPushButton("Fetch the published names")
        self.fetch.setAutoDefault(False)
        self.fetch.clicked.connect(self._fetch_or_cancel)
        self._browse = QPushButton("Browse…")
        self._browse.setAutoDefault(False)
        self._browse.clicked.connect(self._ask_file)
        self.make = QPushButton("Create")
        self.make.setProperty("role", "primary")
        self.make.setDefault(True)
        self.problem = WordLabel()
        self.problem.setProperty("role", "warning")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self._arrange()
        write_all(self, sans(theme.px(BODY)))
        for field in self.fields.values():
            changed = field.currentTextChanged if isinstance(field, ComboBox) else field.textChanged
            changed.connect(self._check)
        desk.fetched.connect(self._check)
        desk.told.connect(self._show_problem)
        self.finished.connect(self._let_go)
        self._check()
        self.name.setFocus()
        self.name.selectAll()

    @property
    def values(self) -> dict[str, object]:
        """What the fields say; a text where it is not the number that it should be."""
        found: dict[str, object] = {}
        for name, field in self.fields.items():
            text = field.currentText() if isinstance(field, ComboBox) else field.text().strip()
            try:
                found[name] = self._rows[name].type(text.replace("\N{MINUS SIGN}", "-"))
            except ValueError:
                found[name] = text
        return found

    def accept(self) -> None:
        """Make the run; if that is impossible, the form stays open."""
        values = self.values
        if problems(values):
            return
        settings = RunSettings(**values)  # type: ignore[arg-type]
        name = self.name.text().strip() or self._desk.new_name()
        if self._desk.create(name, settings, self._weights) is not None:
            super().accept()

    def _arrange(self) -> None:
        px = self._theme.px
        columns = QHBoxLayout()
        columns.setSpacing(px(32))
        for groups in GROUPS:
            grid = QGridLayout()
            grid.setHorizontalSpacing(px(12))
            grid.setVerticalSpacing(px(2))
            grid.setColumnMinimumWidth(1, px(290))
            if not columns.count():
                self._add(grid, "Name", self.name, None)
            for title, names in groups:
                heading = WordLabel(title.upper())
                heading.setFont(sans(px(SMALL), bold=True))
                heading.setProperty("role", "muted")
                heading.setContentsMargins(0, px(8), 0, px(4))
                grid.addWidget(heading, grid.rowCount(), 0, 1, 2)
                for name in names:
                    self._add_setting(grid, self._rows[name])
            grid.setRowStretch(grid.rowCount(), 1)
            columns.addLayout(grid, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        buttons.addButton(self.make, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(*map(px, (24, 16, 24, 18)))
        column.setSpacing(px(6))
        column.addLayout(columns)
        column.addWidget(self.problem)
        column.addWidget(buttons)

    def _add_setting(self, grid: QGridLayout, row: Setting) -> None:
        field: QLineEdit | ComboBox
        if row.choices:
            field = ComboBox(row.label)
            field.addItems(row.choices)
            field.setCurrentText(str(row.default))
        else:
            field = QLineEdit(str(row.default))
            field.setFont(mono(self._theme.px(BODY)))
        if self._weights is not None and row.name in SHAPE:
            shape = self._weights.config
            assert isinstance(field, QLineEdit)
            field.setText(str(getattr(shape, row.name)))
            field.setEnabled(False)
        field.setMinimumHeight(self._theme.px(33))
        field.setAccessibleName(row.label)
        field.setToolTip(f"{row.meaning}\n{row.range}".strip())
        self.fields[row.name] = field
        remark = self.remarks[row.name] = WordLabel(row.meaning)
        remark.setFont(sans(self._theme.px(SMALL)))
        remark.setWordWrap(True)
        beside = {FILE: self._browse, DATASET: self.fetch}.get(row.name)
        self._add(grid, row.label.capitalize(), field, beside)
        grid.addWidget(remark, grid.rowCount(), 1)

    def _add(self, grid: QGridLayout, title: str, field: QWidget, beside: QWidget | None) -> None:
        row = grid.rowCount()
        label = WordLabel(title)
        label.setBuddy(field)
        line = QHBoxLayout()
        line.setSpacing(self._theme.px(8))
        line.addWidget(field, 1)
        if beside is not None:
            line.addWidget(beside)
        grid.addWidget(label, row, 0)
        grid.addLayout(line, row, 1)

    def _check(self) -> None:
        """Say at each field what is wrong with it, and at the others what they mean."""
        values = self.values
        wrong = problems(values)
        self._check_published(values[DATASET] == "published", wrong)
        for name, remark in self.remarks.items():
            sentence = wrong.get(name, "")
            role = "warning" if sentence else "muted"
            text = f"{sentence}." if sentence else self._rows[name].meaning
            remark.setText(text[:1].upper() + text[1:])
            if remark.property("role") != role:
                remark.setProperty("role", role)
                remark.style().polish(remark)
        self.fields[FILE].setEnabled(values[DATASET] == "file")
        self._browse.setEnabled(values[DATASET] == "file")
        self.make.setEnabled(not wrong)

    def _check_published(self, wanted: bool, wrong: dict[str, str]) -> None:
        fetching = self._desk.fetching
        under_way = fetching is not None and not fetching.is_over
        self.fetch.setVisible(wanted and (under_way or not self._desk.has_published))
        self.fetch.setText("Cancel" if under_way else "Fetch")
        if not wanted:
            return
        if fetching is not None and under_way:
            wrong[DATASET] = f"{fetching.share:.0%} of the published names are fetched"
        elif not self._desk.has_published:
            problem = fetching.problem if fetching is not None else ""
            wrong[DATASET] = problem or "the published names are not on this computer yet"

    def _fetch_or_cancel(self) -> None:
        fetching = self._desk.fetching
        if fetching is not None and not fetching.is_over:
            fetching.cancel()
        else:
            self._desk.fetch()
        self._check()

    def _ask_file(self) -> None:
        dialog = FileDialog(
            self,
            "Choose documents",
            Path.home() / "names.txt",
            "Text (*.txt);;All files (*)",
            False,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self._take_file)
        dialog.open()

    def _take_file(self, path: Path) -> None:
        field = self.fields[FILE]
        assert isinstance(field, QLineEdit)
        field.setText(str(path))

    def _let_go(self) -> None:
        self._desk.fetched.disconnect(self._check)
        self._desk.told.disconnect(self._show_problem)

    def _show_problem(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.show()
