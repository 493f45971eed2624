"""One draw: the probabilities, the line from 0 to 1, and what happened in a sentence."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.debug.generation.generation import Generation
from explorer.debug.generation.words import draw_sentence, token_sentence, tuned_sentence
from explorer.theme.style import BODY, SMALL, sans
from explorer.theme.tokens import Theme
from explorer.views.draw_plot import AXIS, RIGHT, DrawPlot
from explorer.views.number_line import NumberLine
from explorer.views.readout import Readout
from explorer.views.word_label import WordLabel


class DrawView(QWidget):
    """Shows the draw that is shown, or what is to be drawn next.

    Parameters
    ----------
    generation : Generation
    theme : Theme
    """

    def __init__(self, generation: Generation, theme: Theme) -> None:
        super().__init__()
        self._generation = generation
        self._pointed: int | None = None
        self._is_on_stage = False
        self.plot = DrawPlot(theme)
        self.line = NumberLine(theme)
        self.sentence = Readout(Qt.AlignmentFlag.AlignLeft)
        self.sentence.setFont(sans(theme.px(BODY), bold=True))
        self.detail = WordLabel()
        self.detail.setFont(sans(theme.px(SMALL)))
        self.detail.setWordWrap(True)
        self.detail.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.detail.setProperty("role", "muted")
        self.trouble = WordLabel()
        self.trouble.setWordWrap(True)
        self.trouble.setFont(sans(theme.px(BODY)))
        self.trouble.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.plot.hovered.connect(self.point_out)
        self.line.hovered.connect(self.point_out)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, theme.px(8))
        column.setSpacing(0)
        for label, lines in ((self.sentence, 1), (self.detail, 2)):
            label.setContentsMargins(theme.px(AXIS), 0, theme.px(RIGHT), 0)
            label.setFixedHeight(lines * label.fontMetrics().height() + theme.px(6))
        for widget in (self.trouble, self.plot, self.line, self.sentence, self.detail):
            column.addWidget(widget, int(widget in (self.plot, self.trouble)))
        self.use_model()

    def take_stage(self) -> None:
        """Show the picture and what its lines are, for a lecture: its caption says the rest."""
        self._is_on_stage = True
        self.sentence.hide()
        self._column.insertWidget(0, self.detail)
        self.detail.setFixedHeight(self.detail.fontMetrics().height() + self.detail.height() // 8)
        self._tell()

    def use_model(self) -> None:
        """Show the tokens of the model that draws now."""
        tokenizer = self._generation.subject.tokenizer
        self.plot.show_tokens(tokenizer)
        self.line.show_tokens(tokenizer)
        self._pointed = None
        self.refresh()

    def refresh(self) -> None:
        """Show the draw."""
        draw, trouble = self._generation.view, self._generation.trouble
        self.plot.show_draw(draw)
        self.line.show_draw(draw)
        self.trouble.setText(trouble)
        self.trouble.setVisible(draw is None)
        self._tell()

    def point_out(self, token: int | None) -> None:
        """Let a token stand out everywhere, and say what is known of it."""
        if token != self._pointed:
            self._pointed = token
            self.plot.point_out(token)
            self.line.point_out(token)
            self._tell()

    def _tell(self) -> None:
        draw, tokenizer = self._generation.view, self._generation.subject.tokenizer
        if draw is None:
            self.sentence.setText("")
            self.detail.setText("")
            return
        self.sentence.setText(draw_sentence(draw, tokenizer))
        self.plot.canvas.setAccessibleDescription(self.sentence.text())
        self.line.setAccessibleDescription(self.sentence.text())
        if self._is_on_stage:
            at_1 = draw.temperature == 1
            self.detail.setText(f"At temperature {draw.temperature:g}{'' if at_1 else MARKED}")
        elif self._pointed is None:
            self.detail.setText(tuned_sentence(self._generation) or LEGEND)
        else:
            self.detail.setText(token_sentence(draw, self._pointed, tokenizer))
            self.line.setAccessibleDescription(self.detail.text())


MARKED = "; the lines across the bars are at temperature 1"  # on a stage
LEGEND = "Lines across the bars: the model's own probabilities, at temperature 1."
