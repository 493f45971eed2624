"""Texts in which words of the glossary, and addresses, are links."""

from __future__ import annotations

import re
from html import escape

from explorer.debug.glossary import Glossary
from explorer.debug.glossary_terms import Term
from explorer.theme.tokens import Theme

SCHEME = "word"  # of links to terms
ADDRESS = re.compile(r"https://\S+")


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
            _link(f"{SCHEME}:{piece.term.word}", piece.text, theme)
            if piece.term
            else escape(piece.text)
            for piece in glossary.parts(part, marked)
        )

    html, end = [], 0
    for match in ADDRESS.finditer(text):
        html += [words(text[end : match.start()]), _link(match.group(), match.group(), theme)]
        end = match.end()
    return "".join([*html, words(text[end:])])


def _link(address: str, text: str, theme: Theme) -> str:
    return f'<a href="{escape(address)}" style="color:{theme.negative}">{escape(text)}</a>'
