"""Texts in which words of the glossary, and addresses, are links."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache, partial
from html import escape

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QWhatsThisClickedEvent
from PySide6.QtWidgets import QMenu, QWidget

from explorer.debug.glossary import Glossary
from explorer.debug.glossary_terms import Term
from explorer.theme.tokens import Theme

SCHEME = "word"  # of links to terms
ADDRESS = re.compile(r"https://\S+")
TAG = re.compile(r"(<a\b.*?</a>|<[^>]*>)", re.DOTALL)  # or a link with all that is in it
COLOUR = re.compile(r"(?<![\w-])color\s*[:=]\s*['\"]?([#\w]+)")
LONE_TAGS = ("<br", "<hr", "<img")  # that nothing closes
REMEMBERED = 2000  # texts


def linked(text: str, glossary: Glossary, marked: set[Term], theme: Theme) -> str:
    """Return a plain text as HTML with links.

    Parameters
    ----------
    text : str
    glossary : Glossary
    marked : set of Term
        Are not linked any more; those that are linked here are added.
    theme : Theme
    """

    def words(part: str) -> str:
        return "".join(
            _link(word_address(piece.term), piece.text, theme) if piece.term else escape(piece.text)
            for piece in glossary.parts(part, marked)
        )

    html, end = [], 0
    for match in ADDRESS.finditer(text):
        html += [words(text[end : match.start()]), _link(match.group(), match.group(), theme)]
        end = match.end()
    return "".join([*html, words(text[end:])])


@lru_cache(maxsize=REMEMBERED)
def with_words(html: str, colour: str, line: str = "none") -> str:
    """Return rich text in which each term is a link where it first occurs.

    The links look like the text around them. What is a link already is left as it is.

    Parameters
    ----------
    html : str
        Rich text; a plain one has to be escaped.
    colour : str
        Of the text, where it does not say another one.
    line : str, optional
        ``underline`` if links shall be told from the text.
    """
    marked: set[Term] = set()
    colours, written = [colour], []
    for piece in TAG.split(html):
        if not piece.startswith("<"):
            parts = the_glossary().parts(piece, marked)
            written += [_word(part.text, part.term, colours[-1], line) for part in parts]
            continue
        written.append(piece)
        if piece.startswith("</"):
            colours[1:] = colours[1:-1]
        elif not piece.startswith(("<a", *LONE_TAGS)):
            own = COLOUR.search(piece)
            colours.append(own[1] if own else colours[-1])
    return "".join(written)


@cache
def the_glossary() -> Glossary:
    """Return the glossary of the program; it never changes."""
    return Glossary()


def word_address(term: Term) -> str:
    """Return what a link to a term leads to."""
    return f"{SCHEME}:{term.word}"


def asked_word(address: str) -> str:
    """Return the word that a link leads to; empty if it leads elsewhere."""
    scheme, _, word = address.partition(":")
    return word if scheme == SCHEME else ""


def ask_for(word: str, asker: QWidget) -> None:
    """Ask what a word means: the nearest widget around that has a glossary opens it."""
    around: QWidget | None = asker
    while around is not None:
        if QCoreApplication.sendEvent(around, QWhatsThisClickedEvent(f"{SCHEME}:{word}")):
            return
        around = around.parentWidget()


def add_words(menu: QMenu, terms: Iterable[Term], asker: QWidget) -> None:
    """Add an entry to a menu for each term, in a section of their own."""
    terms = tuple(terms)
    if terms:
        menu.addSeparator()
    for term in terms:
        menu.addAction(f"What is “{term.word}”?", partial(ask_for, term.word, asker))


def _word(text: str, term: Term | None, colour: str, line: str) -> str:
    if term is None:
        return text
    style = f"color:{colour}; text-decoration:{line}"
    return f'<a href="{escape(word_address(term))}" style="{style}">{text}</a>'


def _link(address: str, text: str, theme: Theme) -> str:
    return f'<a href="{escape(address)}" style="color:{theme.negative}">{escape(text)}</a>'
