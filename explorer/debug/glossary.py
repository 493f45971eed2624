"""Looking up words, and finding them in texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from explorer.debug.glossary_terms import TERMS, Term


@dataclass(frozen=True)
class Part:
    """A piece of a text; one that is a word of the glossary has a term."""

    text: str
    term: Term | None = None


class Glossary:
    """All terms, and where they occur in texts.

    Parameters
    ----------
    terms : tuple of Term, optional
    """

    def __init__(self, terms: tuple[Term, ...] | None = None) -> None:
        self.terms = tuple(sorted(terms or TERMS, key=lambda term: term.word.lower()))

    def find(self, word: str) -> Term | None:
        """Return the term of a word or of one of its forms, in whatever case."""
        return self._by_form.get(word.lower())

    def matching(self, text: str) -> tuple[Term, ...]:
        """Return the terms for something typed: those that begin with it, then those that hold it.

        Terms that only explain themselves with it come last.
        """
        wanted = text.strip().lower()
        ranked = [(self._rank(term, wanted), term) for term in self.terms]
        return tuple(term for rank, term in sorted(ranked, key=lambda pair: pair[0]) if rank < 3)

    def parts(self, text: str, marked: set[Term]) -> list[Part]:
        """Cut a text at the words of the glossary, the longest where several begin.

        Parameters
        ----------
        text : str
        marked : set of Term
            Are not looked for any more: a page full of links is hard to read. What is found is
            added to it.

        Returns
        -------
        list of Part
            Together they are the text.
        """
        parts: list[Part] = []
        end = 0
        for match in self._pattern.finditer(text):
            term = self.find(match.group())
            if term is None or term in marked:
                continue
            marked.add(term)
            if match.start() > end:
                parts.append(Part(text[end : match.start()]))
            parts.append(Part(match.group(), term))
            end = match.end()
        if end < len(text):
            parts.append(Part(text[end:]))
        return parts

    @cached_property
    def _by_form(self) -> dict[str, Term]:
        return {form.lower(): term for term in self.terms for form in (term.word, *term.forms)}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        forms = sorted(self._by_form, key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, forms))})(?!\w)", re.IGNORECASE)

    def _rank(self, term: Term, wanted: str) -> int:
        names = [form.lower() for form in (term.word, *term.forms)]
        if any(name.startswith(wanted) for name in names):
            return 0
        if any(wanted in name for name in names):
            return 1
        return 2 if wanted in term.meaning.lower() else 3
