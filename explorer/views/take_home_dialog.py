"""Asking what to take home: the lesson or some steps, as which files, and where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from explorer.debug.handout import Medium, SeriesRequest, check_count, step_moments
from explorer.debug.stepping import Granularity
from explorer.theme.style import BODY, sans
from explorer.theme.tokens import Theme
from explorer.trace.timeline import Timeline

MEDIA = {
    Medium.HANDOUT: ("PDF handout", "A picture a page, with its caption as text below."),
    Medium.PICTURES: ("Pictures", "A folder of PNG files, numbered in their order."),
    Medium.FILM: ("Animated GIF", "A film that every browser and slide program shows."),
}
SIZES = ((1280, 720), (1920, 1080), (3840, 2160))
USUAL_SIZE = 1
USUAL_STEPS, MOST_STEPS = 30, 9999
LESSON_SECONDS, STEP_SECONDS = 4.0, 0.5  # that a film shows a picture
FIELD_WIDTH = 460


@dataclass(frozen=True)
class Offer:
    """What can be taken home.

    Attributes
    ----------
    lesson : str
        The title of the lesson; empty if none is open.
    stops : int
        How many it has.
    timeline : Timeline or None
        Of the pass on show, whose steps can be had.
    cursor : int
    granularity : Granularity
    folder : Path
        Where files are put at first.
    """

    lesson: str
    stops: int
    timeline: Timeline | None
    cursor: int
    granularity: Granularity
    folder: Path


class TakeHomeDialog(QDialog):
    """What, as which files, how large, how long, and where.

    Parameters
    ----------
    parent : QWidget
    theme : Theme
    offer : Offer
        At least a lesson or a pass.
    """

    requested = Signal(object)  # a SeriesRequest

    def __init__(self, parent: QWidget, theme: Theme, offer: Offer) -> None:
        super().__init__(parent)
        self._theme, self._offer = theme, offer
        self._own_path = False  # somebody typed one
        self.setWindowTitle("Take home")
        self.setFont(sans(theme.px(BODY)))
        self.what = QComboBox()
        if offer.lesson:
            stops = f"{offer.stops} stop{'' if offer.stops == 1 else 's'}"
            self.what.addItem(f"The lesson “{offer.lesson}” ({stops})", "lesson")
        if offer.timeline is not None:
            self.what.addItem("Steps of the pass", "steps")
        self.first = QSpinBox()
        self.steps = QSpinBox()
        if offer.timeline is not None:
            self.first.setRange(0, offer.timeline.end)
            self.first.setValue(offer.cursor)
        self.steps.setRange(1, MOST_STEPS)
        self.steps.setValue(USUAL_STEPS)
        self.granularity = QComboBox()
        for size in Granularity:
            self.granularity.addItem(f"one {size.value} each", size)
        self.granularity.setCurrentIndex(list(Granularity).index(offer.granularity))
        self.medium = QComboBox()
        for medium, (title, _) in MEDIA.items():
            self.medium.addItem(title, medium)
        self.picture_size = QComboBox()
        for width, height in SIZES:
            self.picture_size.addItem(f"{width} × {height}", (width, height))
        self.picture_size.setCurrentIndex(USUAL_SIZE)
        self.seconds = QDoubleSpinBox()
        self.seconds.setRange(0.1, 60.0)
        self.seconds.setSingleStep(0.1)
        self.seconds.setDecimals(1)
        self.seconds.setSuffix(" s")
        self.path = QLineEdit()
        self.path.setMinimumWidth(theme.px(FIELD_WIDTH))
        self._meaning, self._problem = QLabel(), QLabel()
        self._meaning.setProperty("role", "muted")
        self._replaced = QLabel("The file that is there will be replaced.")
        for notice in (self._problem, self._replaced):
            notice.setProperty("role", "warning")
        self.make = QPushButton("Make")
        self.make.setProperty("role", "primary")
        self._form = self._arrange()
        for field in (self.what, self.medium, self.granularity):
            field.currentIndexChanged.connect(self._follow)
        for box in (self.first, self.steps):
            box.valueChanged.connect(self._check)
        self.what.currentIndexChanged.connect(self._suggest_seconds)
        self.path.textEdited.connect(self._keep_path)
        self.path.textChanged.connect(self._check)
        self.accepted.connect(self._request)
        self._suggest_seconds()
        self._follow()

    @property
    def problem(self) -> str:
        """Why nothing can be made; empty if something can."""
        return self._problem.text()

    @property
    def request(self) -> SeriesRequest:
        """What is asked for."""
        steps = self.what.currentData() == "steps"
        return SeriesRequest(
            medium=self.medium.currentData(),
            path=Path(self.path.text().strip()).expanduser(),
            size=self.picture_size.currentData(),
            seconds=self.seconds.value(),
            first=self.first.value() if steps else None,
            steps=self.steps.value() if steps else 0,
            granularity=self.granularity.currentData(),
        )

    def _arrange(self) -> QFormLayout:
        browse = QPushButton("Browse…")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        buttons.addButton(self.make, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        px = self._theme.px
        form.setContentsMargins(px(24), px(20), px(24), px(20))
        form.setHorizontalSpacing(px(16))
        form.setVerticalSpacing(px(12))
        rows: tuple[tuple[str, QWidget], ...] = (
            ("What", self.what),
            ("From moment", self.first),
            ("Steps", self.steps),
            ("Step size", self.granularity),
            ("As", self.medium),
            ("", self._meaning),
            ("Size", self.picture_size),
            ("A picture for", self.seconds),
        )
        for name, field in rows:
            form.addRow(name, field)
            field.setAccessibleName(name)
        self.path.setAccessibleName("File or folder")
        file = QHBoxLayout()
        file.setSpacing(px(8))
        file.addWidget(self.path, 1)
        file.addWidget(browse)
        form.addRow("To", file)
        form.addRow("", self._problem)
        form.addRow("", self._replaced)
        form.addRow(buttons)
        return form

    def _suggest_seconds(self) -> None:
        steps = self.what.currentData() == "steps"
        self.seconds.setValue(STEP_SECONDS if steps else LESSON_SECONDS)

    def _follow(self) -> None:
        """Show the fields that matter, and suggest a file of the right kind."""
        steps, medium = self.what.currentData() == "steps", self.medium.currentData()
        for field in (self.first, self.steps, self.granularity):
            self._form.setRowVisible(field, steps)
        self._form.setRowVisible(self.seconds, medium is Medium.FILM)
        self._meaning.setText(MEDIA[medium][1])
        if not self._own_path:
            stem = "steps" if steps else "lesson"
            ending = "" if medium is Medium.PICTURES else f".{medium.value}"
            self.path.setText(str(self._offer.folder / f"{stem}{ending}"))
        self._check()

    def _check(self) -> None:
        """Say what is wrong, if something is."""
        sentence = self._what_is_wrong()
        self._problem.setText(sentence)
        self._form.setRowVisible(self._problem, bool(sentence))
        self.make.setEnabled(not sentence)
        replaces = not sentence and self.request.path.is_file()
        self._form.setRowVisible(self._replaced, replaces)

    def _what_is_wrong(self) -> str:
        request = self.request
        pictures = self._offer.stops
        if request.first is not None and self._offer.timeline is not None:
            pictures = len(
                step_moments(
                    self._offer.timeline, request.first, request.steps, request.granularity
                )
            )
        try:
            check_count(pictures)
        except ValueError as error:
            return f"{error}."
        is_folder, ending = request.medium is Medium.PICTURES, f".{request.medium.value}"
        if not self.path.text().strip():
            return f"Please say in which {'folder' if is_folder else 'file'}."
        if not is_folder and request.path.suffix.lower() != ending:
            return f"The file’s name should end in “{ending}”."
        if not request.path.parent.is_dir():
            return f"There is no folder {request.path.parent}."
        if is_folder and request.path.is_file():
            return f"{request.path} is a file; pictures need a folder."
        if not is_folder and request.path.is_dir():
            return f"{request.path} is a folder."
        return ""

    def _keep_path(self) -> None:
        self._own_path = True

    def _browse(self) -> None:
        native = QFileDialog.Option.DontUseNativeDialog
        if self.medium.currentData() is Medium.PICTURES:
            path = QFileDialog.getExistingDirectory(
                self, "Take home", str(self._offer.folder), options=native
            )
        else:
            kind = self.medium.currentData().value
            path, _ = QFileDialog.getSaveFileName(
                self, "Take home", self.path.text(), f"Files (*.{kind})", options=native
            )
        if path:
            self._own_path = True
            self.path.setText(path)

    def _request(self) -> None:
        self.requested.emit(self.request)
