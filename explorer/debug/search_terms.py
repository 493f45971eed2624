"""What a search can ask for: terms, each of which can be said in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from explorer.debug import numbers

SHOWN_SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠"}


class SearchError(ValueError):
    """What was typed can't be searched for; the message is one sentence that names the place."""


class Column(Enum):
    """A number that each node has."""

    DATA = "data"
    GRAD = "grad"
    NODE = "node"
    CONTRIBUTION = "contribution"  # the largest that the node has received


class Kind(Enum):
    """Sets of nodes that have a name."""

    DEAD_RELU = "ReLUs with the output 0"
    CONSTANT = "constants"
    UNREACHABLE = "what the loss does not depend on"


@dataclass(frozen=True)
class Text:
    """A regular expression for scopes and names; a name may also hold `literal` as it stands."""

    pattern: re.Pattern[str]
    literal: str

    @property
    def words(self) -> str:
        """The term in words."""
        return f"scope or name like “{self.literal}”"


@dataclass(frozen=True)
class Operation:
    """One of some operations, by name or sign as typed."""

    names: tuple[str, ...]

    @property
    def words(self) -> str:
        """The term in words."""
        return f"operation {' or '.join(self.names)}"


@dataclass(frozen=True)
class Comparison:
    """A column, or its magnitude, compared with a number. `sign` is one of ``< <= > >= = !=``."""

    column: Column
    magnitude: bool
    sign: str
    number: float

    @property
    def words(self) -> str:
        """The term in words."""
        column = f"|{self.column.value}|" if self.magnitude else self.column.value
        return f"{column} {SHOWN_SIGNS.get(self.sign, self.sign)} {numbers.short(self.number, 12)}"


@dataclass(frozen=True)
class Largest:
    """The `count` largest magnitudes of a column among what all other terms find."""

    column: Column
    count: int

    @property
    def words(self) -> str:
        """The term in words."""
        if self.column is Column.CONTRIBUTION:
            return f"the {self.count} that received the largest contributions"
        return f"the {self.count} largest by |{self.column.value}|"


@dataclass(frozen=True)
class Named:
    """A set of nodes that has a name."""

    kind: Kind

    @property
    def words(self) -> str:
        """The term in words."""
        return self.kind.value


@dataclass(frozen=True)
class SourceLine:
    """What a line of a source file made; `file` is the end of its name, or empty for all files."""

    file: str
    line: int

    @property
    def words(self) -> str:
        """The term in words."""
        return f"made by line {self.line}" + (f" of {self.file}" if self.file else "")


class Relation(Enum):
    """How nodes are found from one or two given ones, by following edges."""

    ANCESTORS = "ancestors"
    DESCENDANTS = "descendants"
    BETWEEN = "between"
    PATH = "path"


@dataclass(frozen=True)
class Related:
    """What is found by following edges; `nodes` are one or two numbers or names as typed."""

    relation: Relation
    nodes: tuple[str, ...]

    @property
    def words(self) -> str:
        """The term in words."""
        return self.say(*self.nodes)

    def say(self, first: str, second: str = "the loss") -> str:
        """Return the term in words, with these names of its nodes."""
        sentences = {
            Relation.ANCESTORS: f"what {first} was computed from",
            Relation.DESCENDANTS: f"what was computed from {first}",
            Relation.BETWEEN: f"all paths from {first} to {second}",
            Relation.PATH: f"the strongest path from {first} to {second}",
        }
        return sentences[self.relation]


Term: TypeAlias = Text | Operation | Comparison | Largest | Named | SourceLine | Related
