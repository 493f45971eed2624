"""The matrices of a training step as heatmaps: choices above, statistics below."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.runs.matrices import Matrix, Quantity, StepMatrices, not_comparable
from explorer.theme.style import BODY, SMALL, sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import ComboBox, Segments
from explorer.views.matrix_canvas import MatrixCanvas
from explorer.views.matrix_colours import RULE_OF_THUMB, Limits
from explorer.views.matrix_legend import MatrixLegend
from explorer.views.word_label import WordLabel

MEANINGS = {
    Quantity.WEIGHTS: "weights after the step",
    Quantity.GRADIENT: "gradient, before the update",
    Quantity.UPDATE: "weights after the step less those before",
    Quantity.RATIO: (
        f"|update| / |weight|; the mark is at {numbers.short(RULE_OF_THUMB)}, a rule of thumb"
    ),
    Quantity.M: "Adam’s running mean of gradients",
    Quantity.V: "Adam’s running mean of squared gradients",
    Quantity.DIFFERENCE: "weights less those of the step that they are compared with",
}
START = (Quantity.GRADIENT, Quantity.UPDATE, Quantity.RATIO)
SPACING, SIDE = 10, 14  # pixels at scale 1
LEAST = (320, 320)


class MatrixGrid(QWidget):
    """All parameters of a model after a step, or what changed between two.

    Parameters
    ----------
    theme : Theme

    Attributes
    ----------
    canvas : MatrixCanvas
    """

    parameter_chosen = Signal(int)  # its index in state-dict order
    quantity_changed = Signal(Quantity)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._step: StepMatrices | None = None
        self._other: StepMatrices | None = None
        self._quantity = Quantity.WEIGHTS
        self._limits: Limits = {}
        self.setMinimumSize(*map(theme.px, LEAST))
        self.setAccessibleName("Weights and gradients")
        self.canvas = MatrixCanvas(theme)
        self.canvas.parameter_chosen.connect(self.parameter_chosen)
        self.canvas.pointed.connect(self._tell_statistics)
        self.canvas.quantity_asked.connect(self.show_quantity)
        self.legend = MatrixLegend(theme)
        self._actions = self._make_actions()
        self.segments = Segments([(action, q.value) for q, action in self._actions.items()])
        self.choice = ComboBox("Shown")  # instead of the segments where there is little room
        self.choice.addItems([quantity.value for quantity in Quantity])
        self.choice.activated.connect(self._choose_by_place)
        self.title, self.message, self.statistics = (
            _label(role, theme.px(size))
            for role, size in (("muted", BODY), ("warning", BODY), ("muted", SMALL))
        )
        self._lay_out()
        self._refresh()

    @property
    def quantity(self) -> Quantity:
        """What is shown of each parameter."""
        return self._quantity

    def show_step(self, step: StepMatrices | None, other: StepMatrices | None = None) -> None:
        """Show a step, or nothing.

        Parameters
        ----------
        step : StepMatrices or None
        other : StepMatrices, optional
            Another step or one of another run, to compare with.
        """
        self._step, self._other = step, other
        self._refresh()

    def take_over(self, old: MatrixGrid) -> None:
        """Show what another grid does, the same matrix as large."""
        self._step, self._other, self._limits = old._step, old._other, old._limits
        self.show_quantity(old.quantity)
        self._refresh()
        if old.canvas.filling is not None:
            self.canvas.fill_with(old.canvas.filling)

    def show_quantity(self, quantity: Quantity) -> None:
        """Show something else of each parameter."""
        if quantity is not self._quantity:
            self._quantity = quantity
            self._refresh()
            self.quantity_changed.emit(quantity)

    def set_limits(self, limits: Limits | None) -> None:
        """Let scales end at given numbers, or follow what is shown.

        Parameters
        ----------
        limits : mapping of Quantity to float, or None
            As `limits_over` finds them for steps of a run. Without one, a quantity's scale
            follows the numbers.
        """
        self._limits = {} if limits is None else dict(limits)
        self._refresh()

    def _make_actions(self) -> dict[Quantity, QAction]:
        group = QActionGroup(self)
        actions = {}
        for key, quantity in enumerate(Quantity, start=1):
            action = QAction(quantity.value, self)
            action.setCheckable(True)
            meaning = MEANINGS[quantity]
            action.setToolTip(f"{meaning[0].upper()}{meaning[1:]} ({key})")
            group.addAction(action)
            actions[quantity] = action
        group.triggered.connect(self._choose_by_action)
        return actions

    def _lay_out(self) -> None:
        px = self._theme.px
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.setSpacing(px(SPACING))
        choices = QHBoxLayout()
        choices.addWidget(self.segments)
        choices.addWidget(self.choice)
        choices.addStretch()
        self._head.addLayout(choices)
        self._head.addWidget(self.legend)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(*map(px, (SIDE, 10, SIDE, 4)))
        top.setSpacing(px(6))
        top.addLayout(self._head)
        top.addWidget(self.title)
        top.addWidget(self.message)
        layout.addLayout(top)
        layout.addWidget(self.canvas, 1)
        bottom = QVBoxLayout()
        bottom.setContentsMargins(*map(px, (SIDE, 4, SIDE, 8)))
        bottom.addWidget(self.statistics)
        layout.addLayout(bottom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use a list instead of segments, and two lines instead of one, where it is narrow."""
        room = self.width() - 2 * self._theme.px(SIDE)
        chosen = self.segments.sizeHint().width()
        self.segments.setVisible(chosen <= room)
        self.choice.setVisible(chosen > room)
        if chosen > room:
            chosen = self.choice.sizeHint().width()
        wide = chosen + self._theme.px(SPACING) + self.legend.minimumWidth() <= room
        directions = QBoxLayout.Direction
        self._head.setDirection(directions.LeftToRight if wide else directions.TopToBottom)
        super().resizeEvent(event)

    def _choose_by_action(self, action: QAction) -> None:
        self.show_quantity(next(q for q, known in self._actions.items() if known is action))

    def _choose_by_place(self, place: int) -> None:
        self.show_quantity(list(Quantity)[place])

    def _refresh(self) -> None:
        self._actions[self._quantity].setChecked(True)
        self.choice.setCurrentText(self._quantity.value)
        self.canvas.show_step(self._step, self._other, self._quantity, self._limits)
        scene = self.canvas.scene
        self.title.setText(self._title())
        self.message.setText(self._problem())
        self.message.setVisible(bool(self.message.text()))
        self.legend.setVisible(scene is not None and scene.numbers is not None)
        if scene is not None:
            self.legend.show_scale(self._quantity, scene.limit)
        self._tell_statistics()

    def _title(self) -> str:
        if self._step is None:
            return ""
        meaning = MEANINGS[self._quantity]
        if self._quantity is Quantity.DIFFERENCE and self._other is not None:
            meaning = f"weights less those of {self._other.title}"
        return f"{self._step.title}: {meaning}"

    def _problem(self) -> str:
        """Return what cannot be shown and why, or nothing."""
        if self._step is None:
            return "No step is shown yet."
        if self._other is not None:
            problem = not_comparable(self._step, self._other)
            if problem is not None:
                return problem
        elif self._quantity is Quantity.DIFFERENCE:
            return "Choose another step or run to compare with."
        if self._quantity in START and self._step.numbers(self._quantity) is None:
            return f"The start of a run has no {self._quantity.value}: no step led to it."
        return ""

    def _tell_statistics(self) -> None:
        """Tell all of the matrix that is pointed at, or else of the one that fills the view."""
        scene, index = self.canvas.scene, self.canvas.parameter
        text = ""
        if scene is not None:
            matrix: Matrix | None = self.canvas.filling
            if index is not None:
                matrix = scene.shape.matrix_of(index)
            if matrix is None:
                text = "Point at a matrix for its statistics. Double click fills the view."
            elif matrix in scene.statistics:
                found = scene.statistics[matrix]
                told = (
                    ("min", found.least),
                    ("max", found.most),
                    ("mean", found.mean),
                    ("standard deviation", found.deviation),
                    ("norm", found.norm),
                )
                parts = [f"{name} {numbers.short(number)}" for name, number in told]
                text = f"{matrix.name}:  {'  ·  '.join(parts)}"
                if self._quantity is Quantity.RATIO:
                    ratio = numbers.short(scene.ratios[matrix])
                    text += f"  ·  norm of update / norm of weights {ratio}"
        self.statistics.setText(text)


def _label(role: str, pixels: int) -> WordLabel:
    label = WordLabel()
    label.setFont(sans(pixels))
    label.setWordWrap(True)
    label.setProperty("role", role)
    return label
