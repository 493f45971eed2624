"""The workspace for generation: names token by token, and many at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from explorer.debug.generation.generation import Generation
from explorer.debug.generation.words import draw_table, name_sentence
from explorer.debug.table import Table
from explorer.theme.style import BODY, sans
from explorer.theme.tokens import Theme
from explorer.trace.draws import record_draws
from explorer.trace.passes import Subject
from explorer.trace.trace import Trace
from explorer.views.batch_panel import BatchPanel
from explorer.views.buttons import CommandButton
from explorer.views.draw_tiles import MARGIN, DrawTiles
from explorer.views.draw_view import DrawView
from explorer.views.figure import Figure
from explorer.views.generation_controls import GenerationControls
from explorer.views.readout import Readout
from explorer.views.scrolling import scrolling_down
from explorer.views.take_over import take_over_choices, take_over_sizes
from explorer.views.tokenizer_panel import TokenizerPanel

BEAT = 700  # milliseconds between tokens that are drawn by themselves
PAUSE = 20  # milliseconds after a draw was painted; then the model reads ahead
LEAST = (300, 470, 340)  # pixels of the three columns
SHARES = (0, 5, 2)  # of what is left
OPENERS = {"draw_open": "Open as a pass", "draw_through": "Step through this draw"}


@dataclass(frozen=True)
class ShownDraw:
    """A draw that is to be stepped through, with all that was drawn before it.

    Attributes
    ----------
    name : str
        The letters up to what was drawn.
    tokens : tuple of int
        BOS, and all that follows up to what was drawn.
    temperatures : tuple of float
        Of each draw.
    """

    name: str
    tokens: tuple[int, ...]
    temperatures: tuple[float, ...]

    def record(self, subject: Subject, name: str, progress: Callable[[float], None]) -> Trace:
        """Record the pass."""
        return record_draws(subject, self.tokens, self.temperatures, progress)


class GeneratePage(QWidget):
    """All that a generation shows, and what decides it.

    Parameters
    ----------
    generation : Generation
    actions : dict of str to QAction
        By command id.
    theme : Theme
    """

    name_chosen = Signal(str)  # somebody wants to see the pass of a name
    draw_chosen = Signal(object)  # or, as a `ShownDraw`, how a token was drawn
    told = Signal(str)  # a sentence

    def __init__(self, generation: Generation, actions: dict[str, QAction], theme: Theme) -> None:
        super().__init__()
        self._generation = generation
        self._is_current = True  # the views show the model that draws
        self.tiles = DrawTiles(generation, theme)
        self.sentence = Readout(Qt.AlignmentFlag.AlignLeft)
        self.sentence.setFont(sans(theme.px(BODY)))
        self.sentence.setContentsMargins(theme.px(MARGIN), 0, theme.px(MARGIN), 0)
        self.sentence.setFixedHeight(theme.px(30))
        self.buttons = []
        for command, text in OPENERS.items():
            actions[command].setIconText(text)
            self.buttons.append(CommandButton(actions[command]))
            self.buttons[-1].setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.controls = GenerationControls(generation, actions, theme)
        self.draw = DrawView(generation, theme)
        self.batch = BatchPanel(generation, actions["draw_many"], theme)
        self.tokenizer = TokenizerPanel(generation.subject, theme)
        self.figures = (
            Figure(theme, "Next token", self.draw, self._draw_table),
            Figure(theme, "Names", self.batch, self.batch.table),
        )
        self._timer = QTimer(self)
        self._timer.setInterval(BEAT)
        self._timer.timeout.connect(self._beat)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(PAUSE)
        self._later.timeout.connect(generation.read_ahead)
        generation.changed.connect(self._refresh)
        generation.tuned.connect(self._tune)
        generation.play_changed.connect(self._play)
        for part in (self.controls, self.batch, *self.figures):
            part.told.connect(self.told)
        self.batch.opened.connect(self.name_chosen)
        self._arrange(theme)

    @property
    def shown_draw(self) -> ShownDraw | None:
        """What was drawn up to the shown token; None if that is not drawn yet."""
        shown, draws = self._generation.shown, self._generation.draws
        if shown >= len(draws):
            return None
        tokens = self._generation.tokens[: shown + 2]
        name = self._generation.subject.tokenizer.decode(tokens)
        return ShownDraw(name, tokens, tuple(draw.temperature for draw in draws[: shown + 1]))

    def use(self, subject: Subject) -> None:
        """Draw with another model."""
        if subject is not self._generation.subject:
            self._is_current = False
            self.batch.forget()
            self._generation.use(subject)

    def take_over(self, old: GeneratePage) -> None:
        """Show what another page of the same generation does; what goes on by itself goes on."""
        self.batch.take_over(old.batch)
        self.tokenizer.take_over(old.tokenizer)
        take_over_choices(old.reading_order(), self.reading_order())
        take_over_sizes(old.splitter, self.splitter)
        old.rest()
        if self._generation.playing:
            self._timer.start()

    def rest(self) -> None:
        """Let another page draw on."""
        self._timer.stop()
        self._later.stop()

    def open_name(self) -> None:
        """Open the letters that are there as a pass."""
        if self._generation.name:
            self.name_chosen.emit(self._generation.name)

    def open_draw(self) -> None:
        """Open the pass that led to the shown draw."""
        if self.shown_draw is not None:
            self.draw_chosen.emit(self.shown_draw)

    def close_down(self) -> None:
        """Give up what goes on by itself."""
        self._generation.play(False)
        self.batch.stop()

    def take_keyboard(self) -> None:
        """Put the keyboard into the tiles."""
        self.tiles.setFocus()

    def reading_order(self) -> list[QWidget]:
        """Return the areas of the page in the order in which the Tab key visits them."""
        return [self.tiles, *self.buttons, self.controls, self.tokenizer, *self.figures]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        if not self._is_current:
            self._is_current = True
            self.draw.use_model()
            self.tokenizer.use(self._generation.subject)
        self.draw.refresh()  # it may find that nothing can be drawn
        self.tiles.refresh()
        self.sentence.setText(name_sentence(self._generation))
        self.controls.refresh()
        self.batch.point_out()
        self._title()
        self._later.start()

    def _tune(self) -> None:
        if self.isVisible():
            self.draw.refresh()
            self.tiles.refresh()
            self.controls.show_temperature()
            self._title()

    def _title(self) -> None:
        position = self._generation.shown
        self.figures[0].set_title(
            "Next token", f"at position {position}, temperature {self._generation.temperature:g}"
        )

    def _draw_table(self) -> Table | None:
        view = self._generation.view
        return None if view is None else draw_table(view, self._generation.subject.tokenizer)

    def _play(self) -> None:
        if self._generation.playing:
            self._beat()
            self._timer.start()
        else:
            self._timer.stop()

    def _beat(self) -> None:
        self._generation.step()
        if not self._generation.can_step:
            self._generation.play(False)

    def _arrange(self, theme: Theme) -> None:
        left = QWidget()
        sides = QVBoxLayout(left)
        sides.setContentsMargins(0, theme.px(10), 0, 0)
        sides.setSpacing(0)
        sides.addWidget(self.controls)
        sides.addWidget(self.tokenizer)
        sides.addStretch()
        splitter = self.splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(theme.px(1))
        splitter.setChildrenCollapsible(False)
        for i, part in enumerate((scrolling_down(left), *self.figures)):
            part.setMinimumWidth(theme.px(LEAST[i]))
            splitter.addWidget(part)
            splitter.setStretchFactor(i, SHARES[i])
        splitter.setSizes([theme.px(width) for width in (LEAST[0], 800, 420)])
        top = QWidget()
        top.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        rows = QVBoxLayout(top)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        below = QHBoxLayout()
        below.setContentsMargins(0, 0, theme.px(MARGIN), theme.px(8))
        below.setSpacing(theme.px(8))
        below.addWidget(self.sentence, 1)
        for button in self.buttons:
            below.addWidget(button)
        rows.addWidget(self.tiles)
        rows.addLayout(below)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(1))
        column.addWidget(top)
        column.addWidget(splitter, 1)
