"""Rich text that Qt reads and lays out fast.

Qt lays out each cell of a table several times, and asks every rule of a style sheet about every
piece of text. Rows with tabs, and pieces that say their own colour, take half the time; and a
click waits for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil
from typing import NamedTuple

from PySide6.QtGui import QFontMetricsF, QTextBlockFormat, QTextCursor, QTextDocument, QTextOption

from explorer.debug import numbers
from explorer.theme.style import BODY, MONO, SMALL, mono, sans, scaled_lengths
from explorer.theme.tokens import Theme
from explorer.views.linked_text import with_words

ROW = 14  # pixels of letters in rows
FACT = 67  # pixels in front of a fact
COLUMNS = 3  # of numbers, at the right
COLUMN, GAP = 90, 10  # pixels of such a column, and between a label and a number
FACE = ", ".join(MONO)
TAB, BREAK = "\t", "<br>"
INDENT = 3  # pixels of rows at both sides
# Rows reach into the margin, or Qt would break them before a number that just has room.
SHEET = (
    f".row {{ margin: 0 -{INDENT}px 6px {INDENT}px; font-size: {ROW}px; white-space: pre-wrap }}"
)
APART = "margin:12px 0"  # paragraphs that say nothing else


class Cell(NamedTuple):
    """A part of a line with columns.

    Attributes
    ----------
    plain, rich : str
        The same text, without and with its looks.
    is_mono : bool
        Whether all its letters are as wide as each other.
    """

    plain: str
    rich: str
    is_mono: bool = False


class Markup:
    """Pieces of rich text in the colours of a theme, and at its scale.

    Parameters
    ----------
    theme : Theme
    width : int
        Pixels that a line has.
    """

    def __init__(self, theme: Theme, width: int) -> None:
        self.theme, self.width = theme, width
        px = theme.px
        self._gap, self._fact = px(GAP), px(FACT - INDENT)
        width -= 2 * px(INDENT)
        column = ceil(COLUMN * px(ROW) / ROW)  # in which as many letters have room at any scale
        self._stops = [width - column * i for i in reversed(range(COLUMNS))]
        self._font, self._title_font = QFontMetricsF(sans(px(ROW))), QFontMetricsF(sans(px(SMALL)))
        self._letter = QFontMetricsF(mono(px(ROW))).horizontalAdvance("0")
        self._styles: dict[str, str] = {}
        self._titles: dict[tuple[str, ...], str] = {}

    def set_tabs(self, document: QTextDocument) -> None:
        """Tell the lines of a document where columns end, for which there is no rich text."""
        cursor = QTextCursor(document)
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(_tabs(QTextOption.TabType.RightTab, self._stops))
        cursor.movePosition(QTextCursor.MoveOperation.Start)
        while cursor.blockFormat().textIndent() >= 0:
            if not cursor.movePosition(QTextCursor.MoveOperation.NextBlock):
                return
        while cursor.blockFormat().textIndent() < 0:
            cursor.mergeBlockFormat(_tabs(QTextOption.TabType.LeftTab, [self._fact]))
            cursor.movePosition(QTextCursor.MoveOperation.NextBlock)

    def paragraph(self, content: str, style: str = APART) -> str:
        """Return a paragraph of rich text; the lengths of its style are those of scale 1."""
        if style not in self._styles:
            self._styles[style] = scaled_lengths(style, self.theme)
        return f"<p style='{self._styles[style]}'>{content}</p>"

    def sized(self, text: str, pixels: int) -> str:
        """Return a text in letters of another size; its colour has to be around it."""
        return f"<span style='font-size:{self.theme.px(pixels)}px'>{text}</span>"

    def coloured(self, text: str, colour: str) -> str:
        """Return a text in a colour."""
        return f"<font color='{colour}'>{text}</font>"

    def muted(self, text: str) -> str:
        """Return a text that matters less."""
        return self.coloured(text, self.theme.muted)

    def muted_words(self, text: str) -> str:
        """Return a title or a name that matters less, escaped, with links to the glossary."""
        return self.muted(with_words(text, self.theme.muted))

    def mono(self, text: str, colour: str = "") -> str:
        """Return a text in letters of one width."""
        return f"<font face='{FACE}' color='{colour or self.theme.text}'>{text}</font>"

    def words(self, text: str) -> str:
        """Return a title or a name, escaped, with links to the glossary; its colour is text's."""
        return with_words(text, self.theme.text)

    def sentence(self, text: str) -> str:
        """Return a sentence, escaped, with links to the glossary that are told from the rest."""
        return with_words(text, self.theme.text, "underline")

    def sign(self, value: float) -> str:
        """Return the colour of a number."""
        t = self.theme
        return t.negative if value < 0 else t.positive if value > 0 else t.text

    def number(self, value: float | None, digits: int = 4) -> Cell:
        """Return a number in few digits; a dash if it is not known."""
        if value is None:
            return Cell("–", self.muted("–"))
        text = numbers.short(value, digits)
        return Cell(text, self.mono(text, self.sign(value)), is_mono=True)

    def link(self, target: str, text: str) -> str:
        """Return a name that leads to a node or a moment."""
        name = escape(text).replace(".", ".&#8203;")  # long names of parameters may wrap
        return f"<a href='{target}'>{self.coloured(name, self.theme.text)}</a>"

    def heading(self, title: str, note: str = "") -> str:
        """Return what stands above a section."""
        size = self.theme.px(BODY)
        plain = f"<span style='font-weight:normal; font-size:{size}px'> &nbsp;{note}</span>"
        style = f"margin-top:20px; margin-bottom:4px; font-size:{SMALL}px; font-weight:600"
        return self.paragraph(self.muted_words(title + plain), style)

    def columns(self, first: str, *others: str) -> str:
        """Return the titles of columns; those of numbers are the last."""
        if (first, *others) not in self._titles:
            label, number = map(self._title_font.horizontalAdvance, (first, others[0]))
            line = f"{first}{self._before(label, number, len(others))}{TAB.join(others)}"
            row = f"<p class='row'>{self.muted_words(self.sized(line, SMALL))}</p>"
            self._titles[first, *others] = row
        return self._titles[first, *others]

    def fact(self, name: str, content: str) -> str:
        """Return a line with a name and rich text beside it."""
        style = f"margin: 0 0 6px {FACT}px; text-indent: -{FACT - INDENT}px; white-space: pre-wrap"
        return self.paragraph(f"{self.muted_words(name)}{TAB}{content}", style)

    def row(self, label: Cell, cells: Sequence[Cell], below: str = "") -> str:
        """Return a line that ends with numbers, in the last columns.

        Parameters
        ----------
        label : Cell
            What it begins with.
        cells : sequence of Cell
        below : str, optional
            Rich text that stands under the last of them.
        """
        before = self._before(self._width(label), self._width(cells[0]), len(cells))
        if below:
            below = BREAK + len(self._stops) * TAB + below
        content = TAB.join(cell.rich for cell in cells)
        return f"<p class='row'>{label.rich}{before}{content}{below}</p>"

    def _width(self, cell: Cell) -> float:
        if cell.is_mono:
            return self._letter * len(cell.plain)
        return self._font.horizontalAdvance(cell.plain)

    def _before(self, label: float, number: float, cells: int) -> str:
        """Return what leads from a label to the first of so many columns, given their widths."""
        first = len(self._stops) - cells
        if label + self._gap + number > self._stops[first]:  # the numbers get a line of their own
            return BREAK + (first + 1) * TAB
        return (sum(stop > label for stop in self._stops[:first]) + 1) * TAB


def _tabs(kind: QTextOption.TabType, stops: Sequence[int]) -> QTextBlockFormat:
    form = QTextBlockFormat()
    form.setTabPositions([QTextOption.Tab(stop, kind) for stop in stops])
    return form
