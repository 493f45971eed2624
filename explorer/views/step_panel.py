"""One step of a run: a slider that leads there, its row, and the way into the debugger."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.runs.console import minutes
from explorer.runs.desk import Comparison, RunDesk
from explorer.theme.style import BODY, LARGE, SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import ComboBox, CommandButton
from explorer.views.readout import Readout
from explorer.views.word_label import WordLabel

FACTS = (  # in the order of the grid
    "Document",
    "Loss",
    "Learning rate",
    "Gradient norm",
    "Positions",
    "Steps a second",
    "Time left",
    "Engine",
)
ACROSS = 4
HELD = "Checked against the scalar engine at the first pass of each length: the same bits"
NONE = "–"
ICON = 20  # pixels at scale 1
NAME = 96  # pixels at scale 1 of the name of a run
SIDE = (66, 14)  # pixels, the same as beside the curves


class StepPanel(QWidget):
    """What is known of the shown step.

    Parameters
    ----------
    desk : RunDesk
    open_step : QAction
        Opens the shown step in the debugger.
    theme : Theme
    """

    def __init__(self, desk: RunDesk, open_step: QAction, theme: Theme) -> None:
        super().__init__()
        self._desk, self._theme = desk, theme
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setProperty("role", "step")
        self.slider.setAccessibleName("Step")
        self.slider.setToolTip("The step that is shown: arrows, PgUp and PgDown, Home and End")
        self.slider.valueChanged.connect(self._slide)
        self.title = Readout(Qt.AlignmentFlag.AlignLeft)
        self.title.setFont(sans(theme.px(LARGE), bold=True))
        self.title.setMinimumSize(theme.px(180), theme.px(30))  # for “Step 120 of 200”
        self.compare = ComboBox("Compare with")
        self.compare.setSizeAdjustPolicy(
            ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.compare.setMinimumContentsLength(9)
        icon = theme.px(ICON) - 4  # it counts without icons too, and Qt adds so much
        self.compare.setIconSize(QSize(icon, icon))
        self.compare.setMaximumWidth(theme.px(320))
        self.compare.activated.connect(self._compare)
        open_step.setIconText("Open in debugger")
        self.open = CommandButton(open_step)
        self.open.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.facts = {fact: Readout(Qt.AlignmentFlag.AlignLeft) for fact in FACTS}
        self.remarks = WordLabel()
        self.remarks.setFont(sans(theme.px(SMALL)))
        self.remarks.setWordWrap(True)
        self._arrange()
        self.show_run()

    def show_run(self) -> None:
        """Show the current run."""
        record = self._desk.record
        self.slider.blockSignals(True)  # the step is the desk's
        self.slider.setRange(0, record.settings.steps if record else 0)
        self.slider.setPageStep(max(1, self.slider.maximum() // 20))
        self.slider.blockSignals(False)
        self.slider.setEnabled(record is not None)
        self.list_comparisons()
        self.show_step()

    def show_step(self) -> None:
        """Show the step that the desk shows."""
        desk = self._desk
        self.slider.blockSignals(True)
        self.slider.setValue(desk.step)
        self.slider.blockSignals(False)
        record, row = desk.record, desk.row
        if record is None:
            self.title.setText("No run")
        else:
            total = numbers.count(record.settings.steps)
            self.title.setText(f"Step {numbers.count(desk.step)} of {total}" if row else "Start")
        self._set("Document", f"“{row.document}”" if row else NONE)
        self._set(
            "Loss", numbers.loss(row.loss) if row else NONE, numbers.exact(row.loss) if row else ""
        )
        rate, norm = (row.learning_rate, row.gradient_norm) if row else (None, None)
        self._set_number("Learning rate", rate)
        self._set_number("Gradient norm", norm)
        self._set("Positions", str(row.positions) if row else NONE)
        self._show_remarks()

    def show_progress(self) -> None:
        """Show how fast the run is, and what its engine has to say."""
        desk, record = self._desk, self._desk.record
        pace = None if record is None else desk.steps_per_second(record.id)
        left = None if record is None else desk.seconds_left(record.id)
        self._set("Steps a second", NONE if pace is None else f"{pace:.1f}")
        self._set("Time left", NONE if left is None else minutes(left))
        if record is None:
            self._set("Engine", NONE)
        elif desk.check_held(record.id):
            self._set("Engine", f"{record.settings.engine} ✓", HELD)
        else:
            self._set("Engine", record.settings.engine)
        self._show_remarks()

    def choose_comparison(self) -> None:
        """Open the list of what the step can be compared with; if it is compared, end that."""
        if self._desk.comparison is not None:
            self._desk.compare(None)
        else:
            self.list_comparisons()
            self.compare.setFocus()
            self.compare.showPopup()

    def list_comparisons(self) -> None:
        """Offer what the shown step can be compared with."""
        desk, box = self._desk, self.compare
        chosen = desk.comparison
        metrics, width = box.fontMetrics(), self._theme.px(NAME)
        box.clear()
        box.addItem("Compare with…", None)
        if desk.current is not None and desk.step:
            held = Comparison(desk.current, desk.step)
            box.addItem(f"with step {numbers.count(desk.step)}", held)
        if chosen is not None and chosen.step is not None:
            box.addItem(f"with step {numbers.count(chosen.step)}", chosen)
        for record in desk.records:
            if record.id != desk.current:
                name = metrics.elidedText(record.name, Qt.TextElideMode.ElideRight, width)
                box.addItem(f"with “{name}”", Comparison(record.id))
        here = [i for i in range(box.count()) if box.itemData(i) == chosen]
        box.setCurrentIndex(here[-1] if here else 0)

    def _show_remarks(self) -> None:
        desk, record = self._desk, self._desk.record
        remarks = []
        other, step = desk.other_history, desk.other_step
        if desk.row is not None and other is not None and step:
            difference = desk.row.loss - other.rows[step - 1].loss
            beside = desk.record_of(desk.comparison.run if desk.comparison else None)
            name = beside.name if beside else ""
            remarks.append(
                f"Compared with “{name}”, step {numbers.count(step)}: loss "
                f"{numbers.loss(other.rows[step - 1].loss)}, difference "
                f"{numbers.signed(difference)}."
            )
        if record is not None:
            remarks += [f"{text[:1].upper()}{text[1:]}." for text in desk.notices(record.id)]
            if record.message:
                remarks.append(f"{record.message[:1].upper()}{record.message[1:]}.")
        self.remarks.setText(" ".join(remarks))
        self.remarks.setVisible(bool(remarks))

    def _set_number(self, fact: str, value: float | None) -> None:
        if value is None:
            self._set(fact, NONE)
        else:
            self._set(fact, numbers.short(value), numbers.exact(value))

    def _set(self, fact: str, text: str, exact: str = "") -> None:
        label = self.facts[fact]
        label.setText(text)
        label.setToolTip(exact)

    def _slide(self, step: int) -> None:
        self._desk.show_step(step)
        if self.slider.value() != self._desk.step:  # no further than the run is
            self.show_step()

    def _compare(self, index: int) -> None:
        self._desk.compare(self.compare.itemData(index))

    def _arrange(self) -> None:
        px = self._theme.px
        track = QHBoxLayout()
        track.setContentsMargins(px(SIDE[0] - 8), 0, px(SIDE[1] - 8), 0)
        track.addWidget(self.slider)
        top = QHBoxLayout()
        top.setContentsMargins(px(16), 0, px(16), 0)
        top.setSpacing(px(10))
        top.addWidget(self.title, 1)
        top.addWidget(self.compare, 1)
        top.addWidget(self.open)
        grid = QGridLayout()
        grid.setContentsMargins(*map(px, (16, 2, 16, 2)))
        grid.setHorizontalSpacing(px(18))
        grid.setVerticalSpacing(px(1))
        grid.setRowMinimumHeight(2, px(6))
        for i, (fact, value) in enumerate(self.facts.items()):
            row, column = divmod(i, ACROSS)
            caption = WordLabel(fact)
            caption.setFont(sans(px(SMALL)))
            caption.setProperty("role", "muted")
            value.setFont(mono(px(BODY)))
            value.setMinimumHeight(value.fontMetrics().height() + px(2))
            value.setText(NONE)
            grid.addWidget(caption, 3 * row, column)
            grid.addWidget(value, 3 * row + 1, column)
            grid.setColumnStretch(column, 1)
        self.remarks.setContentsMargins(*map(px, (16, 2, 16, 0)))
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(0, px(2), 0, px(10))
        column_layout.setSpacing(px(6))
        column_layout.addLayout(track)
        column_layout.addLayout(top)
        column_layout.addLayout(grid)
        column_layout.addWidget(self.remarks)
