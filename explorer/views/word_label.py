"""A label in which words of the glossary are links."""

from __future__ import annotations

import re
from html import escape

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QLabel, QWidget

from explorer.views.linked_text import ask_for, asked_word, with_words

ENDS = (".", "?", "!", "…")  # of sentences
SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse


class WordLabel(QLabel):
    """Each term is a link where it first occurs; it opens the glossary.

    In sentences words are underlined. In titles and captions, which have no full stop, a line
    comes when the mouse points at them. What follows other links connects to `chosen`, and not
    to the signal of Qt.

    Parameters
    ----------
    text : str, optional
        Plain, unless `setTextFormat` says that texts are rich.
    parent : QWidget, optional
    """

    chosen = Signal(str)  # a link that leads elsewhere was clicked

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._said, self._pointed_at = "", ""
        self._is_rich = False
        self._written: tuple[object, ...] = ()
        self.linkActivated.connect(self._open)
        self.linkHovered.connect(self._point_at)
        self.setText(text)

    def text(self) -> str:
        """Return what was said, without the links."""
        return self._said

    def setTextFormat(self, form: Qt.TextFormat) -> None:
        """Say how texts are to be read; they are shown as rich text if there are links."""
        self._is_rich = form == Qt.TextFormat.RichText
        self._write()

    def setText(self, text: str) -> None:
        """Say something else."""
        self._said = text
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._write()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Leave it to the window to offer words, unless text can be copied here."""
        if self.textInteractionFlags() & SELECTABLE:
            super().contextMenuEvent(event)
        else:
            event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at("")

    def _write(self) -> None:
        """Put links into the text, in its colour."""
        is_rich, said = self._is_rich, self._said
        colour = self.palette().color(self.foregroundRole()).name()
        wanted = said, is_rich, colour, self._pointed_at
        if wanted == self._written:
            return
        self._written = wanted
        html = said if is_rich else escape(said)
        line = "underline" if self._pointed_at or _is_sentence(said, is_rich) else "none"
        with_links = with_words(html, colour, line)
        if with_links == html:
            shown = said
        elif is_rich:
            shown = with_links
        else:  # spaces stay as they are
            shown = f"<span style='white-space:pre-wrap'>{with_links}</span>"
        form = Qt.TextFormat.PlainText if shown == said and not is_rich else Qt.TextFormat.RichText
        if form != self.textFormat():
            super().setTextFormat(form)
        super().setText(shown)

    def _point_at(self, link: str) -> None:
        self._pointed_at = link if asked_word(link) else ""
        self._write()

    def _open(self, link: str) -> None:
        word = asked_word(link)
        if word:
            ask_for(word, self)
        else:
            self.chosen.emit(link)


def _is_sentence(text: str, is_rich: bool) -> bool:
    plain = re.sub("<[^>]*>", "", text) if is_rich else text
    return plain.rstrip().endswith(ENDS)
