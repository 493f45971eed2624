"""Two or three passes side by side: other names, or one name at other steps of training."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from explorer.debug.anatomy.comparison import (
    Change,
    ComparedParts,
    Outcome,
    Scales,
    change_of,
    common_scales,
)
from explorer.debug.anatomy.comparison_figures import change_table
from explorer.debug.anatomy.other_passes import another_name, model_of
from explorer.debug.anatomy.reading import Place, Reading
from explorer.debug.table import Table
from explorer.theme.style import BODY, sans
from explorer.theme.tokens import Theme
from explorer.trace.trace import Trace
from explorer.views import compare_words as words
from explorer.views.cell_grid import At
from explorer.views.compare_changes import CompareChanges
from explorer.views.compare_column import CompareColumn
from explorer.views.compare_header import FirstHeader, OtherHeader
from explorer.views.compare_loader import CompareLoader
from explorer.views.compare_models import Choice, ComparedModels, Source, is_untrained
from explorer.views.figure import Figure
from explorer.views.reading_view import ReadingView
from explorer.views.word_label import WordLabel

NO_PASS = "Run a name to compare it with others."
NOT_ON_SHOW = (
    "That number is of another pass than the one on show: open its pass to see it on the map."
)
HEADERS, CHANGES = 0, 1  # rows of the arrangement; the figures of the columns follow


class CompareView(ReadingView):
    """The pass on show at its moment, and others as they are when they are complete.

    Parameters
    ----------
    theme : Theme
    models : ComparedModels
    """

    pass_chosen = Signal(str, object)  # a name and a Choice: to be the pass on show

    def __init__(self, theme: Theme, models: ComparedModels) -> None:
        super().__init__()
        self._theme, self._models = theme, models
        self._trace: Trace | None = None
        self._parts: ComparedParts | None = None
        self._computed = -1  # how many nodes existed at the moment that is shown
        self._scales = Scales()
        self._place_shown = Place()
        self._change: Change | None = None
        self._untouched = {2, 3}  # columns that nobody has chosen anything for
        self.loader = CompareLoader()
        self.first = FirstHeader(theme)
        self.headers = {number: OtherHeader(theme, number, models) for number in (2, 3)}
        self.columns = {
            number: CompareColumn(
                header,
                theme,
                self,
                partial(self._row_card, number),
                partial(self._head_card, number),
            )
            for number, header in ((1, self.first), *self.headers.items())
        }
        self.changes = CompareChanges(
            theme, "Probabilities of the targets", self, self._change_words, self._change_words
        )
        self.change_figure = Figure(theme, "Same name", self.changes, self._change_table)
        self.nothing = WordLabel(NO_PASS)
        self.nothing.setFont(sans(theme.px(BODY)))
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._arrange()
        self._connect()
        self._show_third(False)

    def show_reading(self, reading: Reading | None, place: Place) -> None:
        self._scroll.setVisible(reading is not None)
        self.nothing.setVisible(reading is None)
        if reading is None:
            self._trace = self._parts = None
            self.loader.give_up()
            return
        self._place_shown = place
        trace = reading.timeline.trace
        if trace is not self._trace:
            self._take(trace, reading)
        elif reading.computed == self._computed:
            return
        assert self._parts is not None
        self._computed = reading.computed
        self._show(1, self._parts.at(reading.computed))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._models.runs.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for column in self.columns.values():
            column.rows.show_height(round(self.height() / self._theme.scale))

    def show_model(self, title: str) -> None:
        """Show what the model of the pass on show is called."""
        self._models.title_on_show = title
        self.first.show_model(title)
        for header in self.headers.values():
            header.list_models()

    def take_over(self, old: CompareView) -> None:
        """Compare what another view does, with what has been made for it."""
        self.loader.take_over(old.loader)
        self._untouched = set(old._untouched)
        for number, header in self.headers.items():
            header.show_asked(old.headers[number].typed, old.headers[number].choice)
        self._show_third(old._has_third)

    # What is compared

    def ask(self, number: int, name: str, choice: Choice) -> None:
        """Compare with a name, empty for that of the first column, and a model."""
        self._untouched.discard(number)
        self.headers[number].show_asked(name, choice)
        self._request(number)

    def _take(self, trace: Trace, reading: Reading) -> None:
        """Take over the pass on show; its numbers may be the only new thing about it."""
        before, self._trace = self._trace, trace
        self._parts = ComparedParts(trace, reading.anatomy)
        assert trace.document is not None
        self.first.name.setText(trace.document.name)
        for header in self.headers.values():
            header.show_first_name(trace.document.name)
        if before is None or not _same_subject(before, trace):
            self._ask_again()
        self._rescale()

    def _ask_again(self) -> None:
        """Look again for what is compared: the first name, its model, or the runs have changed."""
        for number, header in self.headers.items():
            if number in self._untouched:
                header.show_asked(*self._usual(number))
            else:
                header.list_models()
            self._request(number)

    def _usual(self, number: int) -> tuple[str, Choice]:
        """Return what is compared unless somebody chooses something."""
        latest, name = self._models.latest(), self._first_name
        if number == 2 and latest is not None:
            assert self._trace is not None
            trained = latest if is_untrained(self._trace) else Choice(Source.UNTRAINED)
            return "", trained
        second = "" if number == 2 else self.headers[2].typed
        assert self._trace is not None
        return another_name(model_of(self._trace).shape, (name, second)), Choice()

    @property
    def _first_name(self) -> str:
        assert self._trace is not None
        assert self._trace.document is not None
        return self._trace.document.name

    def _request(self, number: int) -> None:
        header = self.headers[number]
        if self._trace is None or not self.columns[number].rows.isVisibleTo(self):
            self.loader.give_up(number)
            return
        model = self._models.model(header.choice, self._trace)
        if model is None:
            self._fail(number, "The model cannot be had.", "")
            return
        self.loader.want(number, model, header.typed or self._first_name)

    def _wait(self, number: int) -> None:
        self.headers[number].show_waiting()

    def _accept(self, number: int, outcome: Outcome) -> None:
        self.headers[number].show_outcome(outcome)
        self._replace(number, outcome)

    def _fail(self, number: int, sentence: str, suggestion: str) -> None:
        self.headers[number].show_failure(sentence, suggestion)
        self._replace(number, None)

    def _replace(self, number: int, outcome: Outcome | None) -> None:
        self.columns[number].outcome = outcome
        self._rescale()

    def _list_models(self) -> None:
        """Take in what became of the runs."""
        if self._trace is None or not self.isVisible():
            return
        asked = {n: (header.typed, header.choice) for n, header in self.headers.items()}
        for number, header in self.headers.items():
            if number in self._untouched and self._usual(number)[0] != header.typed:
                header.show_asked(*self._usual(number))
            else:
                header.list_models()
            if (header.typed, header.choice) != asked[number]:
                self._request(number)

    # What is shown

    @property
    def outcomes(self) -> list[Outcome | None]:
        """What each visible column shows."""
        return [column.outcome for n, column in self.columns.items() if n < 3 or self._has_third]

    @property
    def _has_third(self) -> bool:
        return not self.columns[3].header.isHidden()

    def _rescale(self) -> None:
        """Show all passes on scales, and with room for rows, that fit all of them."""
        if self._parts is None:
            return
        complete = [self._parts.complete, *(o for o in self.outcomes[1:] if o is not None)]
        self._scales = common_scales(complete)
        self._most = max(outcome.positions for outcome in complete)
        for number, column in self.columns.items():
            self._show(number, column.outcome)

    def _show(self, number: int, outcome: Outcome | None) -> None:
        if number == 1:
            self.first.show_facts(outcome)
        self.columns[number].show_outcome(outcome, self._scales, self._most)
        self._change = change_of(self.outcomes)
        self.changes.show_change(self._change, self._scales)
        self.change_figure.setVisible(self._change is not None)
        if self._change is not None:
            passes = " → ".join(str(i + 1) for i in self._change.passes)
            name = self._change.first.document.name
            self.change_figure.set_title(
                f"Targets in {passes}", f"“{name}”: probability of each letter, and how it changed"
            )

    def _show_third(self, shown: bool) -> None:
        for widget in self.columns[3].widgets:
            widget.setVisible(shown)
        self.headers[2].button.setVisible(not shown)
        self.headers[2].show_more(is_last=True)
        self._grid.setColumnStretch(2, int(shown))

    def toggle_third(self) -> None:
        """Compare with one more pass, or no longer."""
        self._show_third(not self._has_third)
        self.columns[3].outcome = None
        if self._trace is not None:
            if self._has_third and 3 in self._untouched:
                self.headers[3].show_asked(*self._usual(3))
            self._request(3)
            self._rescale()

    # What is pointed at

    def _point_at(self, number: int, at: At | None, is_row: bool) -> None:
        """Mark the same position and letter, or the same head and positions, everywhere."""
        pointed = self.columns[number].outcome
        for other, column in self.columns.items():
            if other == number:
                continue
            there = None
            if at is not None and pointed is not None and column.outcome is not None:
                there = words.same_letter(at, pointed, column.outcome) if is_row else at
            (column.rows if is_row else column.heads).show_linked(there)

    def _choose(self, number: int, at: At, is_row: bool) -> None:
        self._point_at(number, at, is_row)
        outcome = self.columns[number].outcome
        if number != 1 or outcome is None:
            return
        old = self._place_shown
        layer, head = (old.layer, old.head) if is_row else outcome.heads[at.grid]
        self.place_chosen.emit(Place(at.row, layer, head))

    def _want_node(self, number: int, node: int) -> None:
        if number == 1:
            self.node_chosen.emit(node)
        else:
            self.told.emit(NOT_ON_SHOW)

    def _row_card(self, pointed: int, at: At) -> str:
        return words.row_card(self._theme, self._shown, pointed, at)

    def _head_card(self, pointed: int, at: At) -> str:
        return words.head_card(self._theme, self._shown, pointed, at)

    @property
    def _shown(self) -> dict[int, Outcome]:
        """The columns that show a pass."""
        return {n: outcome for n, outcome in enumerate(self.outcomes, 1) if outcome is not None}

    def _change_words(self, at: At) -> str:
        return "" if self._change is None else words.change_sentence(self._change, at)

    def _change_table(self) -> Table | None:
        return None if self._change is None else change_table(self._change)

    def _open(self, number: int) -> None:
        """Let a pass become the one on show, and where that is possible, change places with it."""
        header, first = self.headers[number], self._first_name
        name, choice = header.typed or first, header.choice
        if choice.source is Source.ON_SHOW:
            self._untouched.discard(number)
            header.show_asked(first, choice)
        elif self._trace is not None and is_untrained(self._trace):
            self._untouched.discard(number)
            header.show_asked(header.typed and first, Choice(Source.UNTRAINED))
        self.pass_chosen.emit(name, choice)

    # How it is put together

    def _connect(self) -> None:
        self.loader.began.connect(self._wait)
        self.loader.made.connect(self._accept)
        self.loader.failed.connect(self._fail)
        self._models.runs.listed.connect(self._list_models)
        for figure in (self.change_figure, *(f for c in self.columns.values() for f in c.figures)):
            figure.told.connect(self.told)
        for n, column in self.columns.items():
            column.row_pointed.connect(lambda at, n=n: self._point_at(n, at, is_row=True))
            column.head_pointed.connect(lambda at, n=n: self._point_at(n, at, is_row=False))
            column.row_chosen.connect(lambda at, n=n: self._choose(n, at, is_row=True))
            column.head_chosen.connect(lambda at, n=n: self._choose(n, at, is_row=False))
            column.node_wanted.connect(lambda node, n=n: self._want_node(n, node))
        for n, header in self.headers.items():
            header.changed.connect(lambda n=n: self._change_asked(n))
            header.opened.connect(lambda n=n: self._open(n))
            header.waited.connect(lambda n=n: self._replace(n, None))
            header.more.connect(self.toggle_third)

    def _change_asked(self, number: int) -> None:
        self._untouched.discard(number)
        self._request(number)

    def _arrange(self) -> None:
        content, px = QWidget(), self._theme.px
        self._grid = QGridLayout(content)
        self._grid.setContentsMargins(*map(px, (8, 0, 8, 8)))
        self._grid.setHorizontalSpacing(px(8))
        self._grid.setVerticalSpacing(px(2))
        for place, column in enumerate(self.columns.values()):
            header, *figures = column.widgets
            self._grid.addWidget(header, HEADERS, place)
            for row, figure in enumerate(figures, CHANGES + 1):
                self._grid.addWidget(figure, row, place, Qt.AlignmentFlag.AlignTop)
            self._grid.setColumnStretch(place, 1)
        self._grid.addWidget(self.change_figure, CHANGES, 0, 1, len(self.columns))
        self._grid.setRowStretch(CHANGES + 3, 1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(content)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self._scroll)
        rows.addWidget(self.nothing, 1)


def _same_subject(one: Trace, other: Trace) -> bool:
    """Return whether two passes are of one name and one model."""
    same = one.document == other.document and one.leaves == other.leaves
    return same and np.array_equal(one.data[: one.leaves], other.data[: other.leaves])
