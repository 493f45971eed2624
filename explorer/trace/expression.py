"""Formulas that are typed, ``L = a*b + a``: checked, and turned into a few operations in order.

Nothing is ever evaluated by Python itself: the syntax tree is walked, and all but arithmetic of
names and numbers is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass, replace

LONGEST, DEEPEST = 1000, 40  # letters, and parts within each other
LARGEST = 1e100
FUNCTIONS = ("exp", "log", "relu")
OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
}


class ExpressionError(ValueError):
    """A formula is malformed; the message is a sentence."""


@dataclass(frozen=True)
class Operation:
    """One thing to be computed.

    Attributes
    ----------
    operator : str
        ``+``, ``-``, ``*``, ``/``, ``**``, ``negative``, ``exp``, ``log`` or ``relu``.
    operands : tuple of str, int or float
        Names of leaves or of statements, numbers as they are typed, or, for the results of other
        operations, their places in the list as texts ``#3``.
    line : int
        From 1 on.
    text : str
        The part of the formula; the name of the statement if it is all that one computes.
    """

    operator: str
    operands: tuple[str | float, ...]
    line: int
    text: str


@dataclass(frozen=True)
class Formula:
    """A formula that was found to be well-formed.

    Attributes
    ----------
    text : str
    operations : tuple of Operation
        In the order in which Python does them. The last one is what backward begins with.
    """

    text: str
    operations: tuple[Operation, ...]


def parse_formula(text: str, leaves: Collection[str]) -> Formula:
    """Check a formula.

    Parameters
    ----------
    text : str
        One statement a line, ``name = …``.
    leaves : collection of str
        The names that are known from the beginning.

    Raises
    ------
    ExpressionError
        It is malformed, or uses what it may not.
    """
    if len(text) > LONGEST:
        raise ExpressionError(f"A formula has at most {LONGEST} letters.")
    for name in leaves:
        if not (name.isidentifier() and name.isascii()) or name in FUNCTIONS:
            raise ExpressionError(f"“{name[:40]}” can't be the name of a number.")
    try:
        lines = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError("This is not a complete formula, such as L = a*b + a.") from None
    reader = _Reader(text, set(leaves))
    for line in lines:
        reader.read(line)
    if not reader.operations or reader.last != f"#{len(reader.operations) - 1}":
        raise ExpressionError("The last line computes something, as L = a*b + a does.")
    return Formula(text, tuple(reader.operations))


class _Reader:
    """Turns statements into operations, and refuses all that is not arithmetic."""

    def __init__(self, text: str, leaves: set[str]) -> None:
        self.operations: list[Operation] = []
        self._text = text
        self._names: dict[str, str] = {}
        self.last: str | float = 0.0
        self._leaves = leaves
        self._depth = 0

    def read(self, line: ast.stmt) -> None:
        """Read one statement."""
        match line:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case _:
                raise ExpressionError(f"Line {line.lineno} should be a name, = and a formula.")
        if name in self._names or name in self._leaves or name in FUNCTIONS:
            raise ExpressionError(f"“{name[:40]}” has a meaning already.")
        if not name.isascii():
            raise ExpressionError(f"“{name[:40]}” can't be the name of a number.")
        self.last = self._operand(value)
        if not isinstance(self.last, str) or not self.last.startswith("#"):
            raise ExpressionError(f"“{name[:40]}” should be computed from something.")
        self._names[name] = self.last
        done = int(self.last[1:])
        if self.operations[done].text not in self._names:
            self.operations[done] = replace(self.operations[done], text=name)

    def _operand(self, node: ast.expr) -> str | float:
        if self._depth == DEEPEST:
            raise ExpressionError("The formula is nested too deep.")
        self._depth += 1
        found = self._read(node)
        self._depth -= 1
        return found

    def _read(self, node: ast.expr) -> str | float:
        match node:
            case ast.Constant(value=int() | float() as number) if type(number) is not bool:
                if not abs(number) <= LARGEST:
                    raise ExpressionError("A number is too large.")
                return number
            case ast.Name(id=name):
                if name in self._names:
                    return self._names[name]
                if name not in self._leaves:
                    raise ExpressionError(f"“{name[:40]}” has no number.")
                return name
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                value = self._operand(inner)
                return (
                    -value if isinstance(value, int | float) else self._do("negative", node, value)
                )
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                return self._combine(node, OPERATORS[type(op)], left, right)
            case ast.Call(func=ast.Name(id=name), args=[inner], keywords=[]) if name in FUNCTIONS:
                operand = self._operand(inner)
                if not isinstance(operand, str):
                    raise ExpressionError(f"{name}() of a number: write the result itself.")
                return self._do(name, node, operand)
        known = ", ".join(f"{name}()" for name in FUNCTIONS)
        raise ExpressionError(f"A formula is made of names, numbers, + − * / ** and {known}.")

    def _combine(self, node: ast.expr, sign: str, left: ast.expr, right: ast.expr) -> str:
        operands = self._operand(left), self._operand(right)
        if not any(isinstance(operand, str) for operand in operands):
            raise ExpressionError(f"A number {sign} a number: write the result itself.")
        if sign == "**" and (isinstance(operands[1], str) or not isinstance(operands[0], str)):
            raise ExpressionError("An exponent is a plain number, as in a**2.")
        return self._do(sign, node, *operands)

    def _do(self, operator: str, node: ast.expr, *operands: str | float) -> str:
        text = ast.get_source_segment(self._text, node) or ""
        self.operations.append(Operation(operator, operands, node.lineno, text))
        return f"#{len(self.operations) - 1}"
