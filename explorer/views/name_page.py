"""The workspace for one name: its pass by the parts of the model, for eyes rather than steps."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from explorer.debug.anatomy.chain import Stage
from explorer.debug.anatomy.reader import Reader
from explorer.debug.anatomy.reading import Place
from explorer.debug.session import Session
from explorer.theme.tokens import Theme
from explorer.views.attention_view import AttentionView
from explorer.views.choice_tabs import ChoiceTabs
from explorer.views.compare_models import ComparedModels
from explorer.views.compare_view import CompareView
from explorer.views.embeddings_view import EmbeddingsView
from explorer.views.probabilities_view import ProbabilitiesView
from explorer.views.reading_chain import ReadingChain
from explorer.views.reading_view import ReadingView
from explorer.views.stream_view import StreamView
from explorer.views.take_over import take_over_choices
from explorer.views.timeline_view import TimelineView
from explorer.views.token_strip import TokenStrip
from explorer.views.whatif_bar import WhatIfBar

# The part of the page that explains a stage.
PARTS = {
    Stage.EMBEDDING: "Embeddings",
    Stage.ATTENTION: "Attention",
    Stage.RESIDUAL: "Residual stream",
    Stage.MLP: "Residual stream",
    Stage.LOGITS: "Probabilities",
    Stage.LOSS: "Probabilities",
}


class NamePage(QWidget):
    """The parts of the session's pass at its moment; one of the views is shown at a time.

    Parameters
    ----------
    session : Session
    theme : Theme
    models : ComparedModels
        That names can be compared in.
    """

    node_chosen = Signal(int)  # somebody wants to see a node on the map
    scope_chosen = Signal(int)  # or a scope
    told = Signal(str)  # a sentence

    def __init__(self, session: Session, theme: Theme, models: ComparedModels) -> None:
        super().__init__()
        self._session = session
        self._reader = Reader(session)
        self.token_strip = TokenStrip(session, theme)
        self.token_strip.position_chosen.connect(self._show_position)
        self.what_if_bar = WhatIfBar(session, theme)
        self.chain = ReadingChain(theme)
        self.chain.stage_chosen.connect(self._show_stage)
        self.chain.scope_chosen.connect(self.scope_chosen)
        self.chain.moment_chosen.connect(self._seek)
        self.timeline_view = TimelineView(session, theme)
        self.probabilities = ProbabilitiesView(theme)
        self.attention = AttentionView(theme)
        self.stream = StreamView(theme)
        self.embeddings = EmbeddingsView(theme)
        self.compare = CompareView(theme, models)
        self._views: dict[str, ReadingView] = {
            "Probabilities": self.probabilities,
            "Attention": self.attention,
            "Residual stream": self.stream,
            "Embeddings": self.embeddings,
            "Compare": self.compare,
        }
        self.tabs = ChoiceTabs("Parts of the pass", theme)
        self._stack = QStackedWidget()
        for title, view in self._views.items():
            self.tabs.addTab(title)
            self._stack.addWidget(view)
            view.node_chosen.connect(self.node_chosen)
            view.scope_chosen.connect(self.scope_chosen)
            view.place_chosen.connect(self.show_place)
            view.told.connect(self.told)
        self.tabs.currentChanged.connect(self._show_tab)
        session.opened.connect(self._refresh)
        session.cursor_moved.connect(self._refresh)
        session.numbers_changed.connect(self._refresh)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.px(1))
        rows.addWidget(self.token_strip)
        rows.addWidget(self.what_if_bar)
        rows.addWidget(self.chain)
        rows.addWidget(self.tabs)
        rows.addWidget(self._stack, 1)
        rows.addWidget(self.timeline_view)

    def take_keyboard(self) -> None:
        """Put the keyboard into the tabs."""
        self.tabs.setFocus()

    def reading_order(self) -> list[QWidget]:
        """Return the areas of the page in the order in which the Tab key visits them."""
        bars = [self.token_strip, self.what_if_bar, self.chain, self.tabs]
        return [*bars, *self._views.values(), self.timeline_view]

    def take_over(self, old: NamePage) -> None:
        """Show what another page of the same session does."""
        self._reader = old._reader
        self.compare.take_over(old.compare)
        take_over_choices(old.reading_order(), self.reading_order())

    def show_place(self, place: Place) -> None:
        """Look closely at a position, or a head."""
        self._reader.choose(place)
        self._refresh()

    @property
    def place(self) -> Place:
        """What is looked at closely."""
        return self._reader.place

    @property
    def part(self) -> str:
        """The title of the part that is shown."""
        return self.tabs.tabText(self.tabs.currentIndex())

    def show_part(self, title: str) -> None:
        """Show a part by its title."""
        self.tabs.setCurrentIndex(list(self._views).index(title))

    def turn_part(self, direction: int) -> None:
        """Show the next (1) or the previous (-1) part; after the last the first."""
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + direction) % self.tabs.count())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.what_if_bar.refresh()  # the page may be younger than the change
        self._refresh()

    def _show_tab(self, index: int) -> None:
        self._stack.setCurrentIndex(index)
        self._refresh()

    def _show_stage(self, stage: Stage) -> None:
        """Show the part that explains a stage, if there is one."""
        if PARTS.get(stage) in self._views:
            self.tabs.setCurrentIndex(list(self._views).index(PARTS[stage]))

    def _show_position(self, position: int) -> None:
        self.show_place(replace(self.place, position=position))

    def _seek(self, moment: int) -> None:
        self._session.seek(moment)

    def _refresh(self) -> None:
        """Show the pass at its moment in the view that is in sight."""
        if not self.isVisible():
            return
        reading, place = self._reader.read()
        self.token_strip.look_at(None if reading is None else place.position)
        self.chain.show_reading(reading, place)
        view = self._stack.currentWidget()
        assert isinstance(view, ReadingView)
        view.show_reading(reading, place)
