"""Looking up words, and finding them in texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from explorer.debug.glossary_terms import PLAIN, TERMS, Term

QUOTE, UNQUOTE = "“", "”"
WORD = re.compile(r"\w+")


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
    plain : tuple of str, optional
        Phrases in which a word is no term, although it looks like one.
    """

    def __init__(
        self, terms: tuple[Term, ...] | None = None, plain: tuple[str, ...] = PLAIN
    ) -> None:
        self.terms = tuple(sorted(terms or TERMS, key=lambda term: term.word.lower()))
        self._plain = plain

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
            What is quoted in it stands for itself.
        marked : set of Term
            Are not looked for any more: a page full of links is hard to read. What is found is
            added to it.

        Returns
        -------
        list of Part
            Together they are the text.
        """
        parts: list[Part] = []
        end = read = 0
        for match in WORD.finditer(text):
            start = match.start()
            if start < read:
                continue
            if text[start - 1 : start] == QUOTE:  # a name, for instance
                read = max(text.find(UNQUOTE, start), start)
                continue
            form = self._form_at(text, start)
            if not form:
                continue
            read = start + len(form)
            term = self._by_form.get(form)
            if term is None or term in marked or (term.is_name and text[start].islower()):
                continue
            marked.add(term)
            if start > end:
                parts.append(Part(text[end:start]))
            parts.append(Part(text[start:read], term))
            end = read
        if end < len(text):
            parts.append(Part(text[end:]))
        return parts

    def terms_in(self, text: str) -> tuple[Term, ...]:
        """Return the terms of a text, in the order in which they occur."""
        return tuple(part.term for part in self.parts(text, set()) if part.term is not None)

    def _form_at(self, text: str, start: int) -> str:
        """Return the longest word or phrase that is known at a place; empty if there is none."""
        first = WORD.match(text, start)
        assert first is not None
        for form in self._by_beginning.get(first.group().lower(), ()):
            end = start + len(form)
            if text[start:end].lower() == form and not WORD.match(text, end):
                return form
        return ""

    @cached_property
    def _by_form(self) -> dict[str, Term]:
        return {form.lower(): term for term in self.terms for form in (term.word, *term.forms)}

    @cached_property
    def _by_beginning(self) -> dict[str, list[str]]:
        """Words and phrases by the first of their words, the longest first."""
        found: dict[str, list[str]] = {}
        phrases = {*self._by_form, *(phrase.lower() for phrase in self._plain)}
        for form in sorted(phrases, key=lambda form: (-len(form), form)):
            found.setdefault(WORD.findall(form)[0], []).append(form)
        return found

    def _rank(self, term: Term, wanted: str) -> int:
        names = [form.lower() for form in (term.word, *term.forms)]
        if any(name.startswith(wanted) for name in names):
            return 0
        if any(wanted in name for name in names):
            return 1
        return 2 if wanted in term.meaning.lower() else 3
