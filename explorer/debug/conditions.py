"""Conditions of breakpoints: ``abs(grad) > 0.1``, ``op == "relu" and data == 0``.

A condition is a Python expression of names, numbers, words, arithmetic, comparisons, ``and``,
``or``, ``not`` and a few functions. Nothing else is let through, and nothing is ever evaluated by
Python itself: the syntax tree is walked, each operation being done by numpy for all events of the
pass at once, so that a search over 400,000 events takes milliseconds.

An event changes one node: it computes it, adds to its gradient, or updates it. The names stand for
that node's numbers right after the event.
"""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.debug.events import Events, Words

Array = npt.NDArray[Any]
LONGEST = 400  # letters
DEEPEST = 60  # parts within each other

NUMBERS = {
    "data": "the node's number",
    "grad": "its gradient so far",
    "added": "what a contribution added; 0 in the other phases",
    "local": "the local gradient of a contribution; 0 in the other phases",
    "node": "the number of the node",
    "consumer": "the node that passes its gradient on; -1 in the other phases",
    "position": "the position; -1 outside of all",
    "line": "the source line; 0 for parameters",
    "fan_out": "by how many nodes it is used",
    "event": "the number of the event",
}
WORDS = {
    "op": 'the operation, "mul"',
    "function": 'the function that made the node, "softmax"',
    "phase": '"forward", "backward" or "update"',
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": np.abs,
    "isnan": np.isnan,
    "isinf": np.isinf,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "min": np.minimum,
    "max": np.maximum,
}
ARGUMENTS = {"min": 2, "max": 2}
ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.true_divide,
    ast.FloorDiv: np.floor_divide,
    ast.Mod: np.mod,
    ast.Pow: np.float_power,
}
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class ConditionError(ValueError):
    """A condition is malformed.

    Attributes
    ----------
    start, stop : int
        Where in the text: letters `start` to `stop`.
    """

    def __init__(self, message: str, start: int, stop: int) -> None:
        super().__init__(message)
        self.start, self.stop = start, max(stop, start + 1)


@dataclass(frozen=True)
class Condition:
    """A condition that has been found to be well-formed.

    Attributes
    ----------
    text : str
        As it was typed.
    """

    text: str
    _tree: ast.expr

    def holds(self, events: Events) -> npt.NDArray[np.bool_]:
        """Return for each event of a pass whether the condition holds right after it."""
        with np.errstate(all="ignore"):
            result = _Evaluation(events).value(self._tree)
        return np.broadcast_to(np.asarray(result, bool), len(events))


def parse_condition(text: str) -> Condition:
    """Check a condition.

    Raises
    ------
    ConditionError
        It is malformed, or uses what it may not; the error names the place.
    """
    if len(text) > LONGEST:
        raise ConditionError(f"A condition has at most {LONGEST} letters.", LONGEST, len(text))
    if not text.strip():
        raise ConditionError("Type a condition, such as abs(grad) > 0.1.", 0, len(text))
    source = text.replace("\n", " ").replace("\r", " ")
    tree = _tree(source)
    checker = _Checker(source)
    if checker.kind(tree) != TRUTH:
        raise checker.error(tree, "A condition compares something, as in data > 0.")
    return Condition(text, tree)


def _tree(source: str) -> ast.expr:
    """Return the syntax tree of a text without line breaks."""
    for at, letter in enumerate(source):
        if letter == "\0" or "\ud800" <= letter <= "\udfff":
            raise ConditionError("This letter can't stand in a condition.", at, at + 1)
    shift = len(source) - len(source.lstrip())
    try:
        with warnings.catch_warnings():  # that words have odd backslashes is no news to anybody
            warnings.simplefilter("ignore")
            tree = ast.parse(source.lstrip(), mode="eval").body
    except SyntaxError as error:
        at = len(source.rstrip())
        if error.lineno == 1 and error.offset:
            at = min(error.offset - 1 + shift, at)
        if source[at : at + 1] == "=":
            raise ConditionError("Compare with ==, not with a single =.", at, at + 1) from None
        raise ConditionError("This is not a complete condition.", at, at + 1) from None
    except (ValueError, RecursionError, MemoryError):
        raise ConditionError("This can't be read as a condition.", 0, len(source)) from None
    letters = len(source.lstrip().encode()[: tree.end_col_offset].decode())
    comment = source.find("#", shift + letters)
    if comment >= 0:
        raise ConditionError("A condition has no comment.", comment, len(source))
    return tree


NUMBER, WORD, TRUTH = "a number", "a word", "true or false"
MANY = {WORD: "Words", TRUTH: "Things that are true or false"}


class _Checker:
    """Finds out what kind of thing each part of an expression is, and refuses all others."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._shift = len(source) - len(source.lstrip())
        self._depth = 0

    def error(self, node: ast.expr, message: str) -> ConditionError:
        """Return an error that names the place of a part."""
        line = self._source.lstrip().encode()
        start = len(line[: node.col_offset].decode()) + self._shift
        stop = len(line[: node.end_col_offset].decode()) + self._shift
        return ConditionError(message, start, stop)

    def kind(self, node: ast.expr) -> str:
        """Return what kind of thing a part is."""
        if self._depth == DEEPEST:
            raise self.error(node, "This is nested too deep.")
        self._depth += 1
        found = self._kind(node)
        self._depth -= 1
        return found

    def _kind(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=bool()):
                return TRUTH
            case ast.Constant(value=int() | float() as value):
                if abs(value) > 1e300:
                    raise self.error(node, "This number is too large.")
                return NUMBER
            case ast.Constant(value=str()):
                return WORD
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=inner):
                return self._must_be(inner, NUMBER)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return self._must_be(inner, TRUTH)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
                self._must_be(left, NUMBER)
                return self._must_be(right, NUMBER)
            case ast.BoolOp(values=parts):
                for part in parts:
                    self._must_be(part, TRUTH)
                return TRUTH
            case ast.Compare(left=left, ops=ops, comparators=others):
                return self._comparison(node, [left, *others], ops)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(node, name, arguments)
        raise self.error(node, "This can't stand in a condition.")

    def _name(self, node: ast.expr, name: str) -> str:
        if name in NUMBERS:
            return NUMBER
        if name in WORDS:
            return WORD
        known = ", ".join([*NUMBERS, *WORDS])
        raise self.error(node, f"“{name}” is not known here; the names are {known}.")

    def _must_be(self, node: ast.expr, wanted: str) -> str:
        found = self.kind(node)
        if found != wanted:
            raise self.error(node, f"Here should be {wanted}, not {found}.")
        return wanted

    def _comparison(self, node: ast.expr, parts: list[ast.expr], ops: list[ast.cmpop]) -> str:
        for op in ops:
            if type(op) not in COMPARISONS:
                raise self.error(node, "Compare with <, <=, >, >=, == or !=.")
        kinds = [self.kind(part) for part in parts]
        for part, kind in zip(parts[1:], kinds[1:], strict=True):
            if kind != kinds[0]:
                raise self.error(part, f"{kinds[0].capitalize()} can't be compared with {kind}.")
        if kinds[0] != NUMBER and not all(isinstance(op, ast.Eq | ast.NotEq) for op in ops):
            raise self.error(node, f"{MANY[kinds[0]]} are only compared with == and !=.")
        return TRUTH

    def _call(self, node: ast.expr, name: str, arguments: list[ast.expr]) -> str:
        if name not in FUNCTIONS:
            raise self.error(node, f"There is no “{name}”; there are {', '.join(FUNCTIONS)}.")
        wanted = ARGUMENTS.get(name, 1)
        if len(arguments) != wanted:
            numbers = "one number" if wanted == 1 else f"{wanted} numbers"
            raise self.error(node, f"{name}() takes {numbers}.")
        for argument in arguments:
            self._must_be(argument, NUMBER)
        return TRUTH if name in ("isnan", "isinf") else NUMBER


class _Evaluation:
    """Evaluates checked expressions for all events at once."""

    def __init__(self, events: Events) -> None:
        self._events = events

    def value(self, node: ast.expr) -> Any:
        """Return a number, a word, or an array with one entry an event."""
        match node:
            case ast.Constant(value=value):
                return float(value) if type(value) is int else value
            case ast.Name(id=name):
                column = self._events.column(name)
                # Products of whole numbers must not overflow, and quotients may be infinite.
                return column if isinstance(column, Words) else column.astype(np.float64)
            case ast.UnaryOp(op=op, operand=inner):
                value = self.value(inner)
                if isinstance(op, ast.Not):
                    return np.logical_not(value)
                return np.negative(value) if isinstance(op, ast.USub) else value
            case ast.BinOp(left=left, op=op, right=right):
                return ARITHMETIC[type(op)](self.value(left), self.value(right))
            case ast.BoolOp(op=op, values=values):
                combine = np.logical_and if isinstance(op, ast.And) else np.logical_or
                result = self.value(values[0])
                for other in values[1:]:
                    result = combine(result, self.value(other))
                return result
            case ast.Compare(left=left, ops=ops, comparators=others):
                return self._compare([left, *others], ops)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return FUNCTIONS[name](*(self.value(argument) for argument in arguments))
        raise AssertionError(node)  # the checker has refused all else

    def _compare(self, parts: list[ast.expr], ops: list[ast.cmpop]) -> Any:
        values = [self.value(part) for part in parts]
        result: Any = True
        for left, op, right in zip(values, ops, values[1:], strict=False):
            result = np.logical_and(result, self._pair(left, op, right))
        return result

    def _pair(self, left: Any, op: ast.cmpop, right: Any) -> Any:
        if isinstance(left, str) and isinstance(right, Words):
            left, right = right, left
        if not isinstance(left, Words):
            return COMPARISONS[type(op)](left, right)
        same = left.equal(right) if isinstance(right, str) else left.text() == right.text()
        return same if isinstance(op, ast.Eq) else ~same
