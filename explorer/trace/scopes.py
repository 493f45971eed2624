"""The scope tree: where in the run of the code each node was made.

A scope is a call of a function, or one statement of a function that has several. Comprehensions
and generator expressions belong to the function that they stand in, so the tree is the same
whether Python gives them a frame (3.11) or not (3.12 and later).

Names are what a reader of the code would say. A call in a loop is named after the loop's variable
and numbered (``row 3`` from ``for row in weights``); a function called at several places of
another one is named after the variable that takes the result (``q``, ``k``, ``v``); any other
call is named after the function.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType

import numpy as np
import numpy.typing as npt

from explorer.trace.record import Recording
from explorer.trace.source import CallSite, Places, Point, Site, SourceFile

IntArray = npt.NDArray[np.int32]
Int64Array = npt.NDArray[np.int64]
TRANSPARENT = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})


@dataclass
class Scope:
    """A scope while the tree is built.

    Attributes
    ----------
    name : str
    parent : Scope or None
    start : int
        When it began: twice the number of nodes that existed, plus 1 if it began with a node.
    numbered : bool
        It is one round of a loop, so it has a number even if the loop ran once.
    has_nodes : bool
        Some nodes belong to the scope itself and to no scope in it.
    function : str
        The function that was called, or whose statement it is.
    """

    name: str
    parent: Scope | None
    start: int
    function: str = ""
    numbered: bool = False
    has_nodes: bool = False
    children: list[Scope] = field(default_factory=list)
    stands_for: list[Scope] = field(default_factory=list)
    id: int = -1


@dataclass(frozen=True)
class ScopedNodes:
    """Scopes in pre-order, and for each node of the recording its scope and its site.

    If the recording ended with an exception, `raised_scope` and `raised_site` tell where; the
    site is -1 if it was not in the observed code.
    """

    scopes: list[Scope]
    node_scope: IntArray
    node_site: IntArray
    sites: list[Site]
    files: list[SourceFile]
    raised_scope: int = 0
    raised_site: int = -1


@dataclass(frozen=True)
class _Runs:
    """Unbroken stretches of one statement in one call of a function.

    Attributes
    ----------
    of_node : int array, (nodes,)
    of_call : dict
        By index of the inner call.
    function, statement, start : int arrays, (runs,)
    has_nodes, is_scope : bool arrays, (runs,)
        A run is a scope of its own if it made nodes itself and its function has other runs.
    """

    of_node: Int64Array
    of_call: dict[int, int]
    function: Int64Array
    statement: Int64Array
    start: Int64Array
    has_nodes: npt.NDArray[np.bool_]
    is_scope: npt.NDArray[np.bool_]


def find_scopes(recording: Recording[object], root_name: str) -> ScopedNodes:
    """Work out the scope tree of a recording.

    Parameters
    ----------
    recording : Recording
    root_name : str
        What the whole run is called.

    Returns
    -------
    ScopedNodes
    """
    root = Scope(root_name, None, start=-1, id=0)
    places = Places()
    if not recording.nodes:
        nothing = np.empty(0, np.int32)
        sites: list[Site] = []
        raised_site = _site_of_error(recording, places, sites)
        return ScopedNodes([root], nothing, nothing, sites, places.files, 0, raised_site)
    function = _enclosing_functions(recording)
    node_site, node_statement, sites = _find_sites(recording, function, places)
    runs = _find_runs(recording, function, node_statement, places)

    call_scopes = _scopes_of_calls(recording, function, places)
    run_scopes: dict[int, Scope] = {}
    for run in np.flatnonzero(runs.is_scope).tolist():
        owner = call_scopes[int(runs.function[run])]
        label = places.statements[runs.statement[run]].label
        run_scopes[run] = Scope(label, owner, int(runs.start[run]), owner.function)
    scope_of_run = [
        run_scopes.get(run, call_scopes[f]) for run, f in enumerate(runs.function.tolist())
    ]
    for run in np.flatnonzero(runs.has_nodes).tolist():
        scope_of_run[run].has_nodes = True
    for call, scope in call_scopes.items():
        scope.parent = scope_of_run[runs.of_call[call]] if call in runs.of_call else root

    scopes = _grow_tree(
        root, [*run_scopes.values(), *call_scopes.values()], recording.error is not None
    )
    node_scope = np.array([scope.id for scope in scope_of_run], np.int32)[runs.of_node]
    raised_scope = _scope_of_error(recording, function, places, runs, scope_of_run, call_scopes)
    raised_site = _site_of_error(recording, places, sites)
    return ScopedNodes(
        scopes, node_scope, node_site, sites, places.files, raised_scope, raised_site
    )


def _scope_of_error(
    recording: Recording[object],
    function: Int64Array,
    places: Places,
    runs: _Runs,
    scope_of_run: Sequence[Scope],
    call_scopes: Mapping[int, Scope],
) -> int:
    """Return the id of the innermost scope that an exception was raised in, 0 without one."""
    raised = recording.raised
    if raised is None or not 0 <= raised.call < len(recording.calls):
        return 0
    owner = int(function[raised.call])
    statement = places.statement(recording.calls[raised.call].code, raised.call_instruction)
    last = int(np.flatnonzero(runs.function == owner)[-1])
    scope = scope_of_run[last] if runs.statement[last] == statement else call_scopes[owner]
    return scope.id


def _site_of_error(recording: Recording[object], places: Places, sites: list[Site]) -> int:
    """Return the index of the place where an exception was raised, adding it if it is new."""
    raised = recording.raised
    if raised is None or raised.code is None:
        return -1
    around = [code for code, _ in raised.frames]
    inner = around.index(raised.code)
    while inner and around[inner].co_name in TRANSPARENT:
        inner -= 1
    site = places.site(raised.code, raised.instruction, around[inner].co_name)
    if site not in sites:
        sites.append(site)
    return sites.index(site)


def _find_sites(
    recording: Recording[object], function: Int64Array, places: Places
) -> tuple[IntArray, Int64Array, list[Site]]:
    """Return site and statement of each node, and the sites; each place is looked up once."""
    calls = recording.calls
    codes = {code: i for i, code in enumerate(dict.fromkeys(id(call.code) for call in calls))}
    code_of_call = np.array([codes[id(call.code)] for call in calls], np.int64)
    caller = np.array(recording.callers, np.int64)
    instruction = np.array(recording.instructions, np.int64)
    _, examples, instruction_id = np.unique(
        code_of_call[caller] << 32 | instruction, return_index=True, return_inverse=True
    )
    statements, site_ids = [], []
    sites: dict[Site, int] = {}  # several instructions may belong to one line
    for node in examples.tolist():
        call = recording.callers[node]
        place = calls[call].code, recording.instructions[node]
        statements.append(places.statement(*place))
        site = places.site(*place, calls[function[call]].code.co_name)
        site_ids.append(sites.setdefault(site, len(sites)))
    return (
        np.array(site_ids, np.int32)[instruction_id],
        np.array(statements, np.int64)[instruction_id],
        list(sites),
    )


def _find_runs(
    recording: Recording[object],
    function: Int64Array,
    node_statement: Int64Array,
    places: Places,
) -> _Runs:
    """Put what happened in each call of a function in order, and cut it where statements change.

    What happens are nodes being made, and calls that make nodes.
    """
    calls, n = recording.calls, len(recording.nodes)
    inner = [i for i, call in enumerate(calls) if call.parent >= 0 and function[i] == i]
    outer = np.array([calls[i].parent for i in inner], np.int64)
    event_function = function[np.concatenate([np.array(recording.callers, np.int64), outer])]
    event_statement = np.concatenate([node_statement, _call_statements(recording, inner, places)])
    made_before = np.array([calls[i].first for i in inner], np.int64)
    event_time = np.concatenate([2 * np.arange(n) + 1, 2 * made_before])

    order = np.lexsort((event_time, event_function))
    in_function, in_statement = event_function[order], event_statement[order]
    changes = (np.diff(in_function) != 0) | (np.diff(in_statement) != 0)
    first = np.concatenate([[0], np.flatnonzero(changes) + 1])
    run_of_event = np.empty(len(order), np.int64)
    run_of_event[order] = np.concatenate([[0], np.cumsum(changes)])
    has_nodes = np.logical_or.reduceat(order < n, first)
    run_function = in_function[first]
    runs_in_function = np.bincount(run_function, minlength=len(calls))
    return _Runs(
        of_node=run_of_event[:n],
        of_call=dict(zip(inner, run_of_event[n:].tolist(), strict=True)),
        function=run_function,
        statement=in_statement[first],
        start=event_time[order[first]],
        has_nodes=has_nodes,
        is_scope=has_nodes & (runs_in_function[run_function] > 1),
    )


def _enclosing_functions(recording: Recording[object]) -> Int64Array:
    """Return for each call the call of the function it stands in: itself, or the one around.

    A generator expression may be consumed elsewhere; its qualified name tells where it stands.
    """
    calls = recording.calls
    function = np.arange(len(calls))
    for i, call in enumerate(calls):
        if call.code.co_name not in TRANSPARENT or call.parent < 0:
            continue
        around = call.code.co_qualname.rpartition(".")[0].removesuffix(".<locals>") or "<module>"
        outer = call.parent
        while outer >= 0 and calls[outer].code.co_qualname != around:
            outer = calls[outer].parent
        function[i] = function[outer if outer >= 0 else call.parent]
    return function


def _call_statements(
    recording: Recording[object], inner: Sequence[int], places: Places
) -> Int64Array:
    known: dict[tuple[int, int], int] = {}
    statements = []
    for i in inner:
        call = recording.calls[i]
        outer = recording.calls[call.parent].code
        key = (id(outer), call.instruction)
        if key not in known:
            known[key] = places.statement(outer, call.instruction)
        statements.append(known[key])
    return np.array(statements, np.int64)


def _scopes_of_calls(
    recording: Recording[object], function: Int64Array, places: Places
) -> dict[int, Scope]:
    """Make a scope for each call of a function, and name it."""
    calls = recording.calls
    site_of: dict[tuple[int, int], CallSite] = {}  # keyed by id: hashing code is slow
    sites_in_loop: dict[tuple[int, Point | None], set[Point]] = defaultdict(set)
    sites_of_function: dict[tuple[int, int], set[Point]] = defaultdict(set)
    keys = {}
    for i, call in enumerate(calls):
        if function[i] != i or call.parent < 0:
            continue
        code = calls[call.parent].code
        key = keys[i] = (id(code), call.instruction)
        if key not in site_of:
            site_of[key] = places.call_site(code, call.instruction)
        site, outer = site_of[key], id(calls[function[call.parent]].code)
        if site.loop is not None:
            sites_in_loop[outer, site.loop].add(site.end)
        else:
            sites_of_function[outer, id(call.code)].add(site.end)

    scopes = {}
    for i, call in enumerate(calls):
        if function[i] != i:
            continue
        name, numbered = _function_name(call.code), False
        if i in keys:
            site, outer = site_of[keys[i]], id(calls[function[call.parent]].code)
            numbered = site.loop is not None
            if numbered and site.loop_variable and len(sites_in_loop[outer, site.loop]) == 1:
                name = site.loop_variable
            elif not numbered and site.target and len(sites_of_function[outer, id(call.code)]) > 1:
                name = site.target
        where = f"{places.files[places.file(call.code)].name} {call.code.co_name}"
        scopes[i] = Scope(name, None, 2 * call.first, where, numbered)
    return scopes


def _function_name(code: CodeType) -> str:
    if code.co_name == "__call__" and "." in code.co_qualname:
        return code.co_qualname.split(".")[-2]
    return code.co_name.strip("<>")


def _grow_tree(root: Scope, scopes: list[Scope], is_cut_off: bool) -> list[Scope]:
    """Link children to parents in order of time, and give out ids in pre-order.

    A scope that holds nothing but one other scope is merged with it under the outer name. Scopes
    that were merged away share the id of the one that stands for them.

    A run that is cut off ends in scopes that would have held more. They are not merged where other
    scopes of their function are not; and the whole pass is never one round of a loop.
    """
    for scope in sorted(scopes, key=lambda scope: scope.start):
        assert scope.parent is not None
        scope.parent.children.append(scope)
    unfinished = {id(root)}
    last = root
    while is_cut_off and last.children:
        last = last.children[-1]
        unfinished.add(id(last))
    large = {scope.function for scope in scopes if scope.has_nodes or len(scope.children) > 1}
    in_order: list[Scope] = []
    waiting = [root]
    while waiting:
        scope = waiting.pop()
        while len(scope.children) == 1 and not scope.has_nodes:
            only = scope.children[0]
            if id(scope) in unfinished and (
                only.numbered if scope is root else scope.function in large
            ):
                break
            scope.stands_for.append(only)
            scope.children, scope.has_nodes = only.children, only.has_nodes
            scope.function = only.function
        for merged in [scope, *scope.stands_for]:
            merged.id = len(in_order)
        in_order.append(scope)
        for child in reversed(scope.children):
            child.parent = scope
            waiting.append(child)
    return in_order


def number_siblings(scopes: Sequence[Scope]) -> list[int]:
    """Return each scope's number among its siblings of the same name; -1 for an only one."""
    numbers = [-1] * len(scopes)
    for scope in scopes:
        totals = Counter(child.name for child in scope.children)
        seen: Counter[str] = Counter()
        for child in scope.children:
            if child.numbered or totals[child.name] > 1:
                numbers[child.id] = seen[child.name]
                seen[child.name] += 1
    return numbers
