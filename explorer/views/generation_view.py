"""A name that is made up, draw by draw, for a lecture."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.debug.generation.generation import Generation
from explorer.debug.generation.words import draw_sentence, name_sentence
from explorer.theme.style import BODY, sans
from explorer.theme.tokens import Theme
from explorer.views.draw_tiles import DrawTiles
from explorer.views.draw_view import DrawView
from explorer.views.word_label import WordLabel

NOTHING = "No name is being made up."


class GenerationView(QWidget):
    """The drawn letters above the probabilities of the next one.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._generation: Generation | None = None
        self._views: tuple[DrawTiles, DrawView] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("A name that is made up")
        self.nothing = WordLabel(NOTHING)
        self.nothing.setFont(sans(theme.px(BODY)))
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.nothing, 1)

    @property
    def sentence(self) -> tuple[str, str]:
        """What the name is so far, and what was drawn last."""
        generation = self._generation
        if generation is None or generation.view is None:
            return "", ""
        drawn = draw_sentence(generation.view, generation.subject.tokenizer)
        return name_sentence(generation), drawn

    def show_generation(self, generation: Generation | None) -> None:
        """Show another name that is made up, or what has been drawn since."""
        if generation is not self._generation:
            self._generation = generation
            self._make(generation)
        self.nothing.setVisible(generation is None)
        if self._views is not None:
            for view in self._views:
                view.refresh()

    def _make(self, generation: Generation | None) -> None:
        for view in self._views or ():
            self._column.removeWidget(view)
            view.setParent(None)
        self._views = None
        if generation is not None:
            tiles, draw = DrawTiles(generation, self._theme), DrawView(generation, self._theme)
            draw.take_stage()
            self._views = tiles, draw
            self._column.addWidget(tiles)
            self._column.addWidget(draw, 1)
