"""Colours for Python code in a text document."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

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


def code_html(lines: Sequence[str], spans: Sequence[Sequence[Span]], first: int, t: Theme) -> str:
    """Return lines of code with their numbers, as rich text.

    Parameters
    ----------
    lines : sequence of str
    spans : sequence of sequences of Span
        What has a colour in each line.
    first : int
        The number of the first line.
    t : Theme
    """
    colours, rows = _colours(t), []
    for number, (line, found) in enumerate(zip(lines, spans, strict=True), start=first):
        pieces, done = [f"<span style='color:{t.muted}'>{number:4}</span>  "], 0
        for span in found:
            inside = escape(line[span.start : span.stop])
            pieces.append(escape(line[done : span.start]))
            pieces.append(f"<span style='color:{colours[span.kind]}'>{inside}</span>")
            done = span.stop
        rows.append("".join([*pieces, escape(line[done:])]))
    return "<pre style='margin:0'>" + "\n".join(rows) + "</pre>"


def _colours(t: Theme) -> dict[TokenKind, str]:
    return {
        TokenKind.KEYWORD: t.code_keyword,
        TokenKind.DEFINITION: t.code_name,
        TokenKind.BUILTIN: t.code_name,
        TokenKind.TEXT: t.code_text,
        TokenKind.DOCSTRING: t.muted,
        TokenKind.COMMENT: t.muted,
        TokenKind.NUMBER: t.code_number,
    }


def _formats(t: Theme) -> dict[TokenKind, QTextCharFormat]:
    formats = {}
    for kind, colour in _colours(t).items():
        formats[kind] = QTextCharFormat()
        formats[kind].setForeground(QColor(colour))
    formats[TokenKind.DEFINITION].setFontWeight(QFont.Weight.DemiBold)
    return formats
