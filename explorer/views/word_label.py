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
        self._written: tuple[object, ...] = ()
        self.linkActivated.connect(self._open)
        self.linkHovered.connect(self._point_at)
        self.setText(text)

    def text(self) -> str:
        """Return what was said, without the links."""
        return self._said

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
        is_rich = self.textFormat() == Qt.TextFormat.RichText
        colour = self.palette().color(self.foregroundRole()).name()
        wanted = self._said, is_rich, colour, self._pointed_at
        if wanted == self._written:
            return
        self._written = wanted
        html = self._said if is_rich else escape(self._said)
        line = "underline" if self._pointed_at or _is_sentence(self._said, is_rich) else "none"
        with_links = with_words(html, colour, line)
        if with_links == html:
            super().setText(self._said)
        elif is_rich:
            super().setText(with_links)
        else:  # spaces stay as they are
            super().setText(f"<span style='white-space:pre-wrap'>{with_links}</span>")

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
