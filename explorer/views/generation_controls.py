"""What decides the names: seed, beginning, temperature; and the buttons that draw."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from explorer.debug import numbers
from explorer.debug.generation.generation import COLDEST, HOTTEST, Generation
from explorer.theme.style import BODY, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import CommandButton
from explorer.views.word_label import WordLabel

STEPS_A_DEGREE = 100  # of the slider
LONGEST_SEED = 18  # digits
BUTTONS = ("draw_restart", "draw_back", "draw_play", "draw_token", "draw_rest")
TEXTS = {
    "draw_last_name": "Previous name",
    "draw_next_name": "Next name",
}


class GenerationControls(QWidget):
    """Fields, the slider of the temperature, and buttons.

    Parameters
    ----------
    generation : Generation
    actions : dict of str to QAction
        By command id.
    theme : Theme
    """

    told = Signal(str)  # a sentence about what was typed; empty: nothing to say any more

    def __init__(self, generation: Generation, actions: dict[str, QAction], theme: Theme) -> None:
        super().__init__()
        self._generation = generation
        typed = mono(theme.px(16))
        self.prefix = QLineEdit()
        self.prefix.setFont(typed)
        self.prefix.setPlaceholderText("none")
        self.prefix.setAccessibleName("Beginning")
        self.prefix.setToolTip("Letters that are given; the model goes on from there")
        self.prefix.textEdited.connect(self._give)
        self.seed = QLineEdit()
        self.seed.setFont(typed)
        self.seed.setMaxLength(LONGEST_SEED)
        self.seed.setAccessibleName("Seed")
        self.seed.setToolTip(
            "The same for all models: the random numbers after as many as shuffling and the first "
            "parameters take, as in the published script"
        )
        self.seed.textEdited.connect(self._sow)
        self.heat = QLineEdit()
        self.heat.setFont(typed)
        self.heat.setAccessibleName("Temperature")
        self.heat.setFixedWidth(theme.px(76))
        self.heat.returnPressed.connect(self._take_heat)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setProperty("role", "step")
        self.slider.setRange(round(COLDEST * STEPS_A_DEGREE), round(HOTTEST * STEPS_A_DEGREE))
        self.slider.setSingleStep(5)
        self.slider.setAccessibleName("Slider of the temperature")
        self.slider.setToolTip(
            "Drag it, and the same number falls elsewhere; let go, and it is drawn again. "
            "At 0.05 it is nearly always the likeliest token, at 1 as the model was trained, "
            "above that all become more alike"
        )
        self.slider.valueChanged.connect(self._slide)
        self.slider.sliderReleased.connect(generation.settle)
        self._buttons = {name: CommandButton(actions[name]) for name in (*BUTTONS, *TEXTS)}
        for name, text in TEXTS.items():
            actions[name].setIconText(text)
            self._buttons[name].setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._arrange(theme)
        self.refresh()

    def refresh(self) -> None:
        """Show what is chosen now; what is being typed is left alone."""
        generation = self._generation
        if not self.prefix.hasFocus():
            self.prefix.setText(generation.prefix)
        if not self.seed.hasFocus():
            self.seed.setText(str(generation.seed))
        self.show_temperature()

    def show_temperature(self) -> None:
        """Show the temperature of now."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(self._generation.temperature * STEPS_A_DEGREE))
        if not (self.heat.hasFocus() and self.heat.isModified()):
            self.heat.setText(numbers.short(self._generation.temperature))

    def _give(self, letters: str) -> None:
        try:
            self._generation.set_prefix(letters)
        except ValueError as error:
            self.told.emit(f"The beginning stays “{self._generation.prefix}”: {error}.")
        else:
            self.told.emit("")

    def _sow(self, typed: str) -> None:
        try:
            seed = int(typed)
        except ValueError:
            self.told.emit("A seed is a whole number.")
        else:
            self.told.emit("")
            self._generation.set_seed(seed)

    def _slide(self, value: int) -> None:
        self._generation.tune(value / STEPS_A_DEGREE)
        if not self.slider.isSliderDown():
            self._generation.settle()

    def _take_heat(self) -> None:
        try:
            wanted = float(self.heat.text().replace(",", "."))
        except ValueError:
            wanted = float("nan")
        if not COLDEST <= wanted <= HOTTEST:
            self.told.emit(f"A temperature is a number from {COLDEST:g} to {HOTTEST:g}.")
            return
        self.told.emit("")
        self.heat.setModified(False)
        self._generation.tune(wanted)
        self._generation.settle()

    def _arrange(self, theme: Theme) -> None:
        px = theme.px
        column = QVBoxLayout(self)
        column.setContentsMargins(*map(px, (14, 0, 14, 4)))
        column.setSpacing(px(8))
        steps = QHBoxLayout()
        steps.setSpacing(px(6))
        for name in BUTTONS:
            steps.addWidget(self._buttons[name], 1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(10))
        grid.setVerticalSpacing(px(8))
        for row, (text, field) in enumerate(
            (("Beginning", self.prefix), ("Seed", self.seed), ("Temperature", self.heat))
        ):
            label = WordLabel(text)
            label.setFont(sans(px(BODY)))
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.setColumnStretch(1, 1)
        names = QHBoxLayout()
        names.setSpacing(px(6))
        for name in TEXTS:
            button = self._buttons[name]
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            names.addWidget(button)
        column.addLayout(steps)
        column.addLayout(names)
        column.addLayout(grid)
        column.addWidget(self.slider)
