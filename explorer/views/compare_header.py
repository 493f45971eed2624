"""What a compared pass is: the name, the model, and how well it did in one line."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSlider, QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.debug.anatomy.comparison import Outcome
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import ComboBox, ToolButton, text_button
from explorer.views.compare_models import Choice, ComparedModels, Source, at_step, step_title
from explorer.views.readout import Readout
from explorer.views.word_label import WordLabel

PATIENCE = 200  # milliseconds before it is said that a pass is being made
LINE, FACTS = 34, 38  # pixels
NAME_WIDTH, STEP_WIDTH = 110, 112
AT_THE_MOMENT = "The pass on show, as far as the time line has come"
COMPLETE = "Forward pass, complete"


class CompareHeader(QWidget):
    """The lines above a compared pass.

    Parameters
    ----------
    theme : Theme
    number : int
        Of the column, from 1.
    """

    without_loss = "mean loss not computed yet"

    def __init__(self, theme: Theme, number: int) -> None:
        super().__init__()
        self.number, px = number, theme.px
        badge = QLabel(str(number))
        badge.setFont(mono(px(16), bold=True))
        badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        badge.setFixedWidth(px(22))
        self.facts = WordLabel()
        self.facts.setFont(sans(px(SMALL)))
        self.facts.setWordWrap(True)
        self.facts.setFixedHeight(px(FACTS))
        self.facts.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.first, self.second = QHBoxLayout(), QHBoxLayout()
        self.first.addWidget(badge)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(*map(px, (28, 6, 8, 0)))
        rows.setSpacing(px(2))
        for row in (self.first, self.second):
            row.setSpacing(px(8))
            line = QWidget()
            line.setFixedHeight(px(LINE))
            line.setLayout(row)
            row.setContentsMargins(0, 0, 0, 0)
            rows.addWidget(line)
        rows.addWidget(self.facts)

    def show_facts(self, outcome: Outcome | None) -> None:
        """Say how well the pass did."""
        if outcome is None:
            self.say("")
            return
        mean = outcome.mean
        if outcome.is_drawn:
            text = "drawn: no loss"
        elif math.isnan(mean):
            text = self.without_loss
        else:
            loss = numbers.loss(mean)
            perplexity = numbers.short(outcome.perplexity, 3)
            text = f"mean loss {loss} · perplexity e^{loss} = {perplexity}"
        text += f" · chance {numbers.loss(outcome.chance)}"
        letters, read = len(outcome.document.name), outcome.positions - 1
        if letters > read:
            text += f"\nThe model reads BOS and the first {read} of {letters} letters."
        self.say(text)

    def say(self, sentence: str, is_warning: bool = False) -> None:
        """Say something instead of the facts."""
        role = "warning" if is_warning else ""
        if self.facts.property("role") != role:
            self.facts.setProperty("role", role)
            self.facts.style().polish(self.facts)
        if sentence != self.facts.text():
            self.facts.setText(sentence)
            self.facts.setToolTip(sentence)


class FirstHeader(CompareHeader):
    """Above the pass on show.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, 1)
        self.name = QLabel()
        self.name.setFont(mono(theme.px(18), bold=True))
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.model = Readout(Qt.AlignmentFlag.AlignLeft)
        self.model.setFont(sans(theme.px(14)))
        self.model.setProperty("role", "muted")
        self.first.addWidget(self.name)
        self.first.addWidget(self.model, 1)
        remark = WordLabel(AT_THE_MOMENT)
        remark.setFont(sans(theme.px(SMALL)))
        remark.setProperty("role", "muted")
        self.second.addWidget(remark, 1)

    def show_model(self, title: str) -> None:
        """Say what the model is called."""
        self.model.setText(title)
        self.model.setToolTip(title)


class OtherHeader(CompareHeader):
    """Above a pass beside it: fields for the name and the model.

    Parameters
    ----------
    theme : Theme
    number : int
    models : ComparedModels
    """

    without_loss = "this pass failed before it had a loss"
    changed = Signal()  # another name or model is wanted
    opened = Signal()  # the pass is to be the one on show
    more = Signal()  # one more column, or one less
    waited = Signal()  # the pass takes a while

    def __init__(self, theme: Theme, number: int, models: ComparedModels) -> None:
        super().__init__(theme, number)
        self._models, self._suggestion = models, ""
        self.choice = Choice()
        self.name = QLineEdit()
        self.name.setFont(mono(theme.px(15)))
        self.name.setMinimumWidth(theme.px(NAME_WIDTH))
        self.name.setAccessibleName(f"Name in {number}")
        self.name.setToolTip("A name; left empty, that in 1")
        self.name.editingFinished.connect(self._enter)
        self._typed = ""
        self.model = ComboBox(f"Model in {number}")
        self.model.setSizeAdjustPolicy(
            ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.model.setMinimumContentsLength(8)
        self.model.activated.connect(self._choose)
        self.button = ToolButton()
        self.button.clicked.connect(self.more)
        self.first.addWidget(self.name, 2)
        self.first.addWidget(self.model, 3)
        self.first.addWidget(self.button)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setProperty("role", "step")
        self.slider.setAccessibleName(f"Step of the run in {number}")
        self.slider.valueChanged.connect(self._slide)
        self.remark = Readout(Qt.AlignmentFlag.AlignLeft)
        self.remark.setFont(sans(theme.px(SMALL)))
        self.remark.setProperty("role", "muted")
        self.remark.setMinimumWidth(theme.px(STEP_WIDTH))
        self.open = text_button(
            "Open as the pass", f"Make the pass in {number} the one on show", self._open
        )
        self.take = text_button("", "Compare with this name", self._take)
        self.take.hide()
        self.second.addWidget(self.slider, 1)
        self.second.addWidget(self.remark, 1)
        self.second.addWidget(self.take)
        self.second.addWidget(self.open)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PATIENCE)
        self._timer.timeout.connect(self._tell_waiting)
        self.show_more(False)

    @property
    def typed(self) -> str:
        """The name as it was entered; empty for that of the first column."""
        return self._typed

    def show_more(self, is_last: bool) -> None:
        """Offer one more column, or to take this one away."""
        self.button.setText("+" if is_last else "×")
        title = "Compare a third name" if is_last else f"Take {self.number} away"
        self.button.setToolTip(title)
        self.button.setAccessibleName(title)

    def show_asked(self, name: str, choice: Choice) -> None:
        """Show which name and model are wanted."""
        self._typed, self.choice = name, choice
        self.name.setText(name)
        self.name.setCursorPosition(0)
        self.list_models()

    def show_first_name(self, name: str) -> None:
        """Show which name stands for none."""
        self.name.setPlaceholderText(name)

    def list_models(self) -> None:
        """Offer the models that there are now."""
        choices = self._models.choices()
        chosen = at_step(self.choice, 0)
        titles = [title for title, _ in choices]
        if titles != [self.model.itemText(i) for i in range(self.model.count())]:
            self.model.clear()
            for title, choice in choices:
                self.model.addItem(title, choice)
        here = [i for i, (_, choice) in enumerate(choices) if at_step(choice, 0) == chosen]
        self.model.setCurrentIndex(here[0] if here else 0)
        if not here:
            self.choice = Choice()
        self._show_step()

    def show_outcome(self, outcome: Outcome | None) -> None:
        """Say how well the pass did, as soon as it is there."""
        self._timer.stop()
        self._offer("")
        self.open.setEnabled(outcome is not None)
        self.show_facts(outcome)

    def show_waiting(self) -> None:
        """Say that the pass is being made, if that takes a while."""
        self._timer.start()

    def show_failure(self, sentence: str, suggestion: str) -> None:
        """Say why there is no pass, and offer a name that has one."""
        self._timer.stop()
        self.open.setEnabled(False)
        self._offer(suggestion)
        self.say(sentence, is_warning=True)

    def _offer(self, suggestion: str) -> None:
        self._suggestion = suggestion
        self.take.setText(f"Take “{suggestion}”")
        self.take.setVisible(bool(suggestion))
        self.remark.setVisible(not suggestion)

    def _tell_waiting(self) -> None:
        self.say("The pass is being made …")
        self.waited.emit()

    def _show_step(self) -> None:
        of_run = self.choice.source is Source.RUN
        self.slider.setVisible(of_run)
        if of_run:
            self.slider.blockSignals(True)  # the step is the choice's
            self.slider.setRange(0, self._models.last_step(self.choice))
            self.slider.setValue(self.choice.step)
            self.slider.blockSignals(False)
        last = self._models.last_step(self.choice)
        self.remark.setText(step_title(self.choice.step, last) if of_run else COMPLETE)
        self.remark.setToolTip(f"{self._models.title(self.choice)}. {COMPLETE}.")

    def _enter(self) -> None:
        typed = self.name.text().strip()
        self.name.setCursorPosition(0)  # where names begin, if there is no room for all
        if typed != self._typed:
            self._typed = typed
            self.changed.emit()

    def _choose(self, index: int) -> None:
        choice: Choice = self.model.itemData(index)
        if at_step(choice, 0) != at_step(self.choice, 0):
            self.choice = choice
            self._show_step()
            self.changed.emit()

    def _slide(self, step: int) -> None:
        self.choice = at_step(self.choice, step)
        self._show_step()
        self.changed.emit()

    def _take(self) -> None:
        self.name.setText(self._suggestion)
        self._enter()

    def _open(self) -> None:
        self.opened.emit()
