"""Colours for Python code in a text document."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from explorer.debug.syntax import Span, TokenKind, syntax_spans
from explorer.theme.tokens import Theme


class Highlighter(QSyntaxHighlighter):
    """Colours the code of a document; the whole file is read at once, not line by line.

    Parameters
    ----------
    document : QTextDocument
    theme : Theme
    """

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._formats = _formats(theme)
        self._spans: list[list[Span]] = []

    def read(self, text: str) -> None:
        """Find the pieces of a text that the document is about to show."""
        self._spans = syntax_spans(text)

    def highlightBlock(self, text: str) -> None:
        line = self.currentBlock().blockNumber()
        for span in self._spans[line] if line < len(self._spans) else ():
            start = _in_document(text, span.start)
            length = _in_document(text, span.stop) - start
            self.setFormat(start, length, self._formats[span.kind])


def _in_document(text: str, column: int) -> int:
    """Return where a letter stands in the units of Qt, which counts rare letters twice."""
    return column if text.isascii() else len(text[:column].encode("utf-16-le")) // 2


def _formats(t: Theme) -> dict[TokenKind, QTextCharFormat]:
    colours = {
        TokenKind.KEYWORD: t.code_keyword,
        TokenKind.DEFINITION: t.code_name,
        TokenKind.BUILTIN: t.code_name,
        TokenKind.TEXT: t.code_text,
        TokenKind.DOCSTRING: t.muted,
        TokenKind.COMMENT: t.muted,
        TokenKind.NUMBER: t.code_number,
    }
    formats = {}
    for kind, colour in colours.items():
        formats[kind] = QTextCharFormat()
        formats[kind].setForeground(QColor(colour))
    formats[TokenKind.DEFINITION].setFontWeight(QFont.Weight.DemiBold)
    return formats
