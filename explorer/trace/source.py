"""What the source text says about a place in the code: its statement, its loop, its names."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from types import CodeType

Point = tuple[int, int]  # line (the first is 1) and column (in UTF-8 bytes, the first is 0)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True)
class Statement:
    """A statement, told by where it begins, and a short human name for what it makes."""

    start: Point
    label: str


@dataclass(frozen=True)
class CallSite:
    """How a call stands in its function.

    Attributes
    ----------
    end : tuple of int
        Where the call expression ends, which no other call shares.
    loop : tuple of int or None
        Where the innermost loop or comprehension around it begins, if there is one.
    loop_variable : str or None
        What that loop calls its items; names of one letter do not count.
    target : str or None
        The variable that the statement assigns to.
    """

    end: Point
    loop: Point | None
    loop_variable: str | None
    target: str | None


def span(code: CodeType, instruction: int) -> tuple[Point, Point]:
    """Return start and end of the expression that an instruction (``f_lasti``) belongs to."""
    positions = list(code.co_positions())
    line, end_line, column, end_column = positions[instruction // 2]
    line = line or code.co_firstlineno
    return (line, column or 0), (end_line or line, end_column or 0)


class SourceFile:
    """One file of the observed code.

    Parameters
    ----------
    filename : str
        As code objects have it. A file that cannot be read or parsed has no statements: its
        lines serve as such.

    Attributes
    ----------
    name : str
        Folder and file, ``microgpt/nn.py``; never the folders above, which are the user's own.
    text : str
    """

    def __init__(self, filename: str) -> None:
        path = PurePath(filename)
        self.name = "/".join(path.parts[-2:]) if len(path.parts) > 1 else filename
        linecache.checkcache(filename)
        self.text = "".join(linecache.getlines(filename))
        self._above: dict[ast.AST, ast.AST] = {}
        self._statements: list[ast.stmt] = []
        self._calls: dict[Point, ast.Call] = {}
        try:
            tree = ast.parse(self.text)
        except (SyntaxError, ValueError):
            return
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                self._above[child] = node
            if isinstance(node, ast.stmt):
                self._statements.append(node)
            elif isinstance(node, ast.Call):
                self._calls[_end(node)] = node

    def statement(self, start: Point, end: Point) -> Statement:
        """Return the innermost statement around an expression."""
        around = [s for s in self._statements if _start(s) <= start and end <= _end(s)]
        if not around:
            return Statement((start[0], 0), f"line {start[0]}")
        innermost = max(around, key=_start)
        return Statement(_start(innermost), _label(innermost))

    def call_site(self, start: Point, end: Point) -> CallSite:
        """Return what is known of a call expression.

        Calls are told by where they end: a method call may be said to start at the method's name.
        What starts before the call that ends there is no call, but a loop that resumes a
        generator.
        """
        call = self._calls.get(end)
        if call is None or start < _start(call):
            return CallSite(end, None, None, None)
        statement = next((n for n in self._ancestors(call) if isinstance(n, ast.stmt)), None)
        loop = self._loop_around(call)
        return CallSite(
            end,
            loop=None if loop is None else _start(loop),
            loop_variable=None if loop is None else _loop_variable(loop),
            target=None if statement is None else _single_target(statement),
        )

    def _ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        while node in self._above:
            node = self._above[node]
            yield node

    def _loop_around(self, call: ast.Call) -> ast.AST | None:
        """Return the innermost loop of the same function that runs the call again and again."""
        inner: ast.AST = call
        for outer in self._ancestors(call):
            if isinstance(outer, FUNCTIONS):
                return None
            if isinstance(outer, LOOPS) and inner is not getattr(outer, "iter", None):
                return outer
            if isinstance(outer, COMPREHENSIONS) and inner is not outer.generators[0]:
                return outer
            inner = outer
        return None


@dataclass(frozen=True)
class Site:
    """A place in the source that made nodes, or failed to."""

    file: int  # index into the trace's files
    line: int
    function: str


class Places:
    """Looks up instructions in the source, each once.

    Attributes
    ----------
    files : list of SourceFile
    statements : list of Statement
    """

    def __init__(self) -> None:
        self.files: list[SourceFile] = []
        self._file_of: dict[str, int] = {}
        self._statement_ids: dict[tuple[int, Statement], int] = {}
        self.statements: list[Statement] = []

    def file(self, code: CodeType) -> int:
        """Return the index of the file that a code object was read from."""
        if code.co_filename not in self._file_of:
            self._file_of[code.co_filename] = len(self.files)
            self.files.append(SourceFile(code.co_filename))
        return self._file_of[code.co_filename]

    def statement(self, code: CodeType, instruction: int) -> int:
        """Return the index of the statement around an instruction."""
        file = self.file(code)
        statement = self.files[file].statement(*span(code, instruction))
        key = (file, statement)
        if key not in self._statement_ids:
            self._statement_ids[key] = len(self.statements)
            self.statements.append(statement)
        return self._statement_ids[key]

    def site(self, code: CodeType, instruction: int, function: str) -> Site:
        """Return the line of an instruction."""
        return Site(self.file(code), span(code, instruction)[0][0], function)

    def call_site(self, code: CodeType, instruction: int) -> CallSite:
        """Return what is known of the call that an instruction makes."""
        return self.files[self.file(code)].call_site(*span(code, instruction))


def _start(node: ast.AST) -> Point:
    return node.lineno, node.col_offset  # type: ignore[attr-defined]


def _end(node: ast.AST) -> Point:
    return node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]


def _single_target(statement: ast.stmt) -> str | None:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target: ast.expr = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
        target = statement.target
    else:
        return None
    return ast.unparse(target)


def _label(statement: ast.stmt) -> str:
    target = _single_target(statement)
    if target is not None:
        return target
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return ast.unparse(statement.value.func)
    if isinstance(statement, ast.Return):
        return "result"
    return type(statement).__name__.lower()


def _loop_variable(loop: ast.AST) -> str | None:
    if isinstance(loop, COMPREHENSIONS):
        target: ast.expr | None = loop.generators[-1].target
    else:
        target = getattr(loop, "target", None)
    if target is None:
        return None
    names = (n.id for n in ast.walk(target) if isinstance(n, ast.Name) and len(n.id) > 1)
    return next(names, None)
