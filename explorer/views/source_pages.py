"""Source files as documents that are ready to be shown."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QFont, QFontMetricsF, QTextCursor, QTextDocument

from explorer.theme.tokens import Theme
from explorer.views.syntax import Highlighter

HANGING = 2  # letters by which the rest of a wrapped line is indented further
SPACING = 4  # pixels between lines, where the bars of the counts are


class SourcePages:
    """The files that were shown, coloured and indented.

    Steps lead from file to file and back; each is prepared once.

    Parameters
    ----------
    font : QFont
    theme : Theme
    owner : QObject
        Who keeps the documents.
    """

    def __init__(self, font: QFont, theme: Theme, owner: QObject) -> None:
        self._font, self._theme, self._owner = font, theme, owner
        self._pages: dict[tuple[str, bool], QTextDocument] = {}

    def page(self, text: str, room: bool) -> QTextDocument:
        """Return a text as a document.

        Parameters
        ----------
        text : str
        room : bool
            Where there is little, indentation is shown half as wide.
        """
        page = self._pages.get((text, room))
        if page is None:
            page = self._pages[text, room] = QTextDocument(self._owner)
            page.setUndoRedoEnabled(False)
            page.setDefaultFont(self._font)
            page.setDocumentMargin(self._theme.scale * page.documentMargin())
            Highlighter(page, self._theme).read(text)
            page.setPlainText(text)
            self._indent(page, room)
        return page

    def _indent(self, page: QTextDocument, room: bool) -> None:
        """Let what is wrapped of a line begin at the right of the line's own beginning.

        Where there is little room, the first of the spaces are outside.
        """
        letter = QFontMetricsF(self._font).horizontalAdvance(" ")
        cursor = QTextCursor(page)
        cursor.beginEditBlock()
        block = page.begin()
        while block.isValid():
            text = block.text()
            indentation = len(text) - len(text.lstrip())
            outside = 0 if room else indentation // 2
            form = block.blockFormat()
            form.setLeftMargin((indentation - outside + HANGING) * letter)
            form.setTextIndent(-(indentation + HANGING) * letter)
            form.setBottomMargin(self._theme.px(SPACING))
            cursor.setPosition(block.position())
            cursor.setBlockFormat(form)
            block = block.next()
        cursor.endEditBlock()
