"""Record a run of scalar-autograd code by observing it, as a debugger does.

While a function runs, the recorder stands in for ``__init__`` of the code's own node class. For
each new node it notes which code asked for it, and the calls that led there. The observed code
needs no hooks and stays unchanged; any class with the attributes ``data``, ``grad``,
``_children`` and ``_local_grads`` will do.

A pass makes about 100,000 nodes, so what happens at each is kept to a minimum: four appends.
Lines, statements and names are worked out afterwards (`explorer.trace.scopes`), once for each
place in the code instead of once a node.
"""

from __future__ import annotations

import gc
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from inspect import CO_GENERATOR, CO_VARARGS
from threading import RLock, get_ident
from types import CodeType, FrameType
from typing import Any, Generic, TypeVar, cast

Result = TypeVar("Result")

ELSEWHERE = -2  # instead of a call's index: another thread made the node
FRAMES_KEPT = 64  # how many frames may pile up before those that were left are let go


@dataclass(frozen=True)
class Call:
    """One frame in which nodes were made, directly or further down."""

    code: CodeType
    parent: int  # index of the calling frame's Call; -1 for the outermost
    instruction: int  # where the calling frame stood: its f_lasti
    first: int  # number of nodes that existed when the frame was first seen


class NotANumberError(ArithmeticError):
    """The observed code made a node of NaN, and went on."""


@dataclass(frozen=True)
class Raised:
    """Where the observed code raised an exception.

    Attributes
    ----------
    method : str
        The innermost method of the node class that was at work, ``__pow__``; empty if none was.
    arguments : tuple of object
        What that method worked with, itself first.
    code : code or None
        Of the first frame outside of the class, and
    instruction : int
        where it stood.
    call : int
        Index into the recording's calls of the innermost frame with nodes around it; -1: none.
    call_instruction : int
        Where that one stood.
    frames : tuple of (code, dict)
        The calls that were under way, from the outermost, with their variables.
    """

    method: str
    arguments: tuple[Any, ...]
    code: CodeType | None
    instruction: int
    call: int
    call_instruction: int
    frames: tuple[tuple[CodeType, dict[str, Any]], ...]


@dataclass(frozen=True)
class Recording(Generic[Result]):
    """The raw record of a run; the lists are parallel, one entry a node in creation order.

    Attributes
    ----------
    outcome : object
        What the observed function returned; None if it raised an exception.
    nodes : list
        The nodes themselves. While they live, the garbage collector is slow: drop the recording
        as soon as its columns have been read.
    makers : list of code
        The code that called ``__init__``: ``__mul__`` for a product.
    callers : list of int
        Index into `calls` of the frame that asked for the node, outside of the class.
    instructions : list of int
        Where that frame stood: its ``f_lasti``.
    calls : list of Call
    methods : frozenset of int
        ``id`` of every code object that belongs to the node class.
    node_class : type
    error : Exception or None
        Why the run ended before its time: what the function raised, or `NotANumberError`.
    raised : Raised or None
        Where the function raised an exception, be it after the end of the recording.
    """

    outcome: Result | None
    nodes: list[Any]
    makers: list[CodeType]
    callers: list[int]
    instructions: list[int]
    calls: list[Call]
    methods: frozenset[int]
    node_class: type
    error: Exception | None = None
    raised: Raised | None = None

    @property
    def result(self) -> Result:
        """What the observed function returned.

        Raises
        ------
        Exception
            What the function raised, if it did.
        """
        if self.error is not None:
            raise self.error
        return cast(Result, self.outcome)

    @property
    def operands(self) -> tuple[Any, ...]:
        """The nodes that the method worked with that raised an exception."""
        if self.raised is None or isinstance(self.error, NotANumberError):
            return ()
        return tuple(a for a in self.raised.arguments if isinstance(a, self.node_class))


def record(
    function: Callable[[], Result],
    node_class: type,
    progress: Callable[[int], None] | None = None,
) -> Recording[Result]:
    """Run a function and note every node that it makes.

    Parameters
    ----------
    function : callable
        Runs the code to be observed.
    node_class : type
        The class whose ``__init__`` is observed for so long.
    progress : callable, optional
        Called now and then with the number of nodes made; an exception that it raises ends the
        run and reaches the caller. Nodes that other threads make meanwhile do not count.

    Returns
    -------
    Recording
        If the function raises an exception, of what was made before it.

    Raises
    ------
    RuntimeError
        The class is being recorded already.
    Exception
        Whatever `progress` raises. The class is put back in order first.
    """
    methods = frozenset(map(id, _codes_of(node_class)))
    log: list[Any] = []
    calls: list[Call] = []
    index_of: dict[FrameType, int] = {}
    get_frame, append, thread = sys._getframe, log.append, get_ident()
    original: Callable[..., None] = node_class.__init__  # type: ignore[misc]
    limit = FRAMES_KEPT
    cancelled = False

    def observe(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        maker = caller = get_frame(1)
        while id(caller.f_code) in methods and caller.f_back is not None:
            caller = caller.f_back
        call = index_of.get(caller)
        if call is None:
            call = enter(caller)
            if call == ELSEWHERE:
                return
        append(self)
        append(maker.f_code)
        append(call)
        append(caller.f_lasti)

    def enter(frame: FrameType) -> int:
        nonlocal limit, cancelled
        if get_ident() != thread:  # its frames must not count as those that run here
            return ELSEWHERE
        made = len(log) // 4
        if progress is not None:
            cancelled = True  # should it raise
            progress(made)
            cancelled = False
        if len(index_of) > limit:
            _forget_left_frames(index_of, frame)
            limit = max(FRAMES_KEPT, 2 * len(index_of))
        above = []
        while frame not in index_of:
            above.append(frame)
            if frame.f_back is None:
                return ELSEWHERE
            frame = frame.f_back
        parent = index_of[frame]
        for inner in reversed(above):
            calls.append(Call(inner.f_code, parent, frame.f_lasti, made))
            parent = index_of[inner] = len(calls) - 1
            frame = inner
        return parent

    index_of[get_frame()] = -1
    outcome: Result | None = None
    error: Exception | None = None
    raised: Raised | None = None
    with standing_in(node_class, observe), collector_off():
        try:
            outcome = function()
        except MemoryError:
            raise
        except Exception as caught:
            if cancelled:
                raise
            raised = _where_raised(caught, methods, index_of)
            # A traceback holds frames, and they what called them: nodes would outlive all use.
            error = caught.with_traceback(None)
        finally:
            index_of.clear()
    columns = log[0::4], log[1::4], log[2::4], log[3::4]
    return Recording(outcome, *columns, calls, methods, node_class, error, raised)


def until_nan(recording: Recording[Result]) -> Recording[Result]:
    """Return the part of a recording up to the first node that is not a number (NaN).

    Arithmetic of floats goes on with NaN without a word, so it has to be looked for. Infinity is
    left alone: it is a number to reckon with, ``exp(-inf)`` is 0.
    """
    nan = next((i for i, node in enumerate(recording.nodes) if node.data != node.data), None)
    if nan is None:
        return recording
    made = nan + 1
    return replace(
        recording,
        nodes=recording.nodes[:made],
        makers=recording.makers[:made],
        callers=recording.callers[:made],
        instructions=recording.instructions[:made],
        calls=recording.calls[: bisect_left(recording.calls, made, key=lambda call: call.first)],
        error=NotANumberError("a node is not a number"),
    )


def _where_raised(
    error: Exception, methods: frozenset[int], index_of: Mapping[FrameType, int]
) -> Raised:
    """Find the operation and the place in a traceback, which begins with the recorder's frame."""
    way = []
    step = error.__traceback__
    while step is not None:
        way.append((step.tb_frame, step.tb_lasti))
        step = step.tb_next
    method, arguments, outside = "", (), len(way) - 1
    for i, (frame, _) in enumerate(way):
        if id(frame.f_code) in methods and not frame.f_code.co_name.startswith("<"):
            method, arguments, outside = frame.f_code.co_name, _arguments(frame), i
    while outside and id(way[outside][0].f_code) in methods:
        outside -= 1
    around = outside
    while around and way[around][0] not in index_of:
        around -= 1
    return Raised(
        method=method,
        arguments=arguments,
        code=way[outside][0].f_code if outside else None,
        instruction=way[outside][1],
        call=index_of.get(way[around][0], -1),
        call_instruction=way[around][1],
        frames=tuple((frame.f_code, dict(frame.f_locals)) for frame, _ in way[1:]),
    )


def _arguments(frame: FrameType) -> tuple[Any, ...]:
    """Return the arguments of a function as they are now, in order."""
    code, values = frame.f_code, frame.f_locals
    named = code.co_argcount + code.co_kwonlyargcount
    found = [values[name] for name in code.co_varnames[:named] if name in values]
    if code.co_flags & CO_VARARGS:
        found.extend(values.get(code.co_varnames[named], ()))
    return tuple(found)


def _forget_left_frames(index_of: dict[FrameType, int], running: FrameType) -> None:
    """Let go of frames that have returned: what they hold on to would stay alive with them.

    Frames on the way to the running one stay, and those of generator functions, which may be
    resumed.
    """
    alive = set()
    frame: FrameType | None = running
    while frame is not None:
        alive.add(frame)
        frame = frame.f_back
    for frame in list(index_of):
        code = frame.f_code
        resumable = code.co_flags & CO_GENERATOR and not code.co_name.startswith("<")
        if frame not in alive and not resumable:
            del index_of[frame]


@contextmanager
def standing_in(node_class: type, observe: Callable[..., None]) -> Iterator[None]:
    """Let a function be the class's ``__init__`` for a while.

    Threads take turns: if one put back what another one has put in, that would stay forever.

    Raises
    ------
    RuntimeError
        A function of the same name is already.
    """
    with _TURN:
        inherited = "__init__" not in vars(node_class)
        original = node_class.__init__  # type: ignore[misc]
        if getattr(original, "__qualname__", "") == observe.__qualname__:
            raise RuntimeError(f"{node_class.__name__} is being recorded already")
        node_class.__init__ = observe  # type: ignore[misc]
        try:
            yield
        finally:
            if inherited:
                del node_class.__init__  # type: ignore[misc]
            else:
                node_class.__init__ = original  # type: ignore[misc]


_TURN = RLock()  # of threads that observe a class: there is but one of each class, too


@contextmanager
def collector_off() -> Iterator[None]:
    """Pause the cyclic garbage collector, which would walk over every node again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _codes_of(node_class: type) -> Iterator[CodeType]:
    """Yield the code of every method of the class, with the functions nested in them."""
    for klass in node_class.__mro__:
        for member in vars(klass).values():
            for function in (member, getattr(member, "fget", None)):
                code = getattr(getattr(function, "__func__", function), "__code__", None)
                if isinstance(code, CodeType):
                    yield from _with_nested(code)


def _with_nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _with_nested(constant)
