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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import CO_GENERATOR
from types import CodeType, FrameType
from typing import Any, Generic, TypeVar

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


@dataclass(frozen=True)
class Recording(Generic[Result]):
    """The raw record of a run; the lists are parallel, one entry a node in creation order.

    Attributes
    ----------
    result : object
        What the observed function returned.
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
    """

    result: Result
    nodes: list[Any]
    makers: list[CodeType]
    callers: list[int]
    instructions: list[int]
    calls: list[Call]
    methods: frozenset[int]


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

    Raises
    ------
    RuntimeError
        The class is being recorded already.
    Exception
        Whatever the observed function raises. The class is put back in order first.
    """
    methods = frozenset(map(id, _codes_of(node_class)))
    log: list[Any] = []
    calls: list[Call] = []
    index_of: dict[FrameType, int] = {}
    get_frame, append = sys._getframe, log.append
    original: Callable[..., None] = node_class.__init__  # type: ignore[misc]
    limit = FRAMES_KEPT

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
        nonlocal limit
        made = len(log) // 4
        if progress is not None:
            progress(made)
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
    with _stand_in(node_class, observe), collector_off():
        try:
            result = function()
        finally:
            index_of.clear()
    return Recording(result, log[0::4], log[1::4], log[2::4], log[3::4], calls, methods)


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
def _stand_in(node_class: type, observe: Callable[..., None]) -> Iterator[None]:
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
