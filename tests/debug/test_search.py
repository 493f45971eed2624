"""What a search finds, checked node by node against what a literal reading of the query finds."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.ready_made import READY_MADE
from explorer.debug.search import Search, SearchIndex
from explorer.debug.search_query import LARGEST_SHOWN
from explorer.debug.search_terms import SearchError
from explorer.debug.titles import scope_path
from explorer.trace.passes import Subject, record_pass
from explorer.trace.timeline import GradState, Timeline
from explorer.trace.trace import Trace


@pytest.fixture(scope="session")
def index(emma_timeline: Timeline) -> SearchIndex:
    return SearchIndex(emma_timeline)


def found(index: SearchIndex, query: str, cursor: int | None = None) -> list[int]:
    """Return what is found at a moment, or when all gradients are complete."""
    return (
        index.search(query).at(index.timeline.backward_end if cursor is None else cursor).tolist()
    )


def those(trace: Trace, holds: Callable[[int], bool]) -> list[int]:
    return [node for node in range(trace.nodes) if holds(node)]


def path(trace: Trace, node: int) -> str:
    return scope_path(trace, int(trace.scope[node]))


@pytest.mark.parametrize(
    ("query", "pattern"),
    [
        ("head 2/softmax", r"head 2 / softmax"),
        ("HEAD 2 / SOFTMAX", r"head 2 / softmax"),
        ("exps$", r"exps$"),
        ("^3 m", r"^3 m"),
        ("q/row 1$", r"q / row 1$"),
        ("3 m -> a", r"3 m → a"),
        ("head [01]/s", r"head [01] / s"),
        ("softmax/exps|embed", r"softmax / exps|embed"),
        ('"softmax"', r"softmax"),
    ],
)
def test_text_is_looked_for_in_the_paths_of_scopes(
    index: SearchIndex, emma: Trace, query: str, pattern: str
) -> None:
    wanted = re.compile(pattern, re.IGNORECASE)
    expected = those(emma, lambda node: wanted.search(path(emma, node)) is not None)
    assert expected
    assert found(index, query) == expected


@pytest.mark.parametrize(
    ("query", "pattern"),
    [
        (r"wte\[5\]", r"wte\[5\]"),
        (r"attn_w[qk]\[3\]", r"attn_w[qk]\[3\]"),
        ("wte[5][3]", r"wte\[5\]\[3\]"),  # as the inspector writes it
        ("WTE[5]", r"wte\[5\]"),
    ],
)
def test_text_is_looked_for_in_the_names_of_parameters(
    index: SearchIndex, emma: Trace, query: str, pattern: str
) -> None:
    names = [emma.parameter_name(node) or "" for node in range(emma.nodes)]
    expected = those(emma, lambda node: re.search(pattern, names[node]) is not None)
    assert expected
    assert found(index, query) == expected


def test_the_name_of_a_matrix_finds_all_of_it(index: SearchIndex, emma: Trace) -> None:
    wpe = next(matrix for matrix in emma.parameters if matrix.name == "wpe")
    assert found(index, "wpe") == list(range(wpe.start, wpe.stop))


@pytest.mark.parametrize(
    ("query", "ops"),
    [
        ("op:exp", {"exp"}),
        ("op:EXP,log", {"exp", "log"}),
        ("op:×", {"mul"}),
        ("op:*", {"mul"}),
        ("op:+", {"add"}),
        ("op:^,**", {"pow"}),
        ("op:parameter", {"parameter"}),
        ("op:input", set()),
    ],
)
def test_operations_by_name_and_by_sign(
    index: SearchIndex, emma: Trace, query: str, ops: set[str]
) -> None:
    assert found(index, query) == those(emma, lambda node: emma.op_name(node) in ops)


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("data>0.5", lambda d: d > 0.5),
        ("data<=-0.5", lambda d: d <= -0.5),
        ("|data|>1", lambda d: abs(d) > 1),
        ("data=0", lambda d: d == 0),
        ("data!=0", lambda d: d != 0),
        ("0.1<data<=0.2", lambda d: 0.1 < d <= 0.2),
        ("data>0.1 data<=0.2", lambda d: 0.1 < d <= 0.2),
        ("data=nan", lambda d: False),
        ("data!=nan", lambda d: True),
        ("data>inf", lambda d: False),
    ],
)
def test_comparisons_of_data(
    index: SearchIndex, emma: Trace, query: str, holds: Callable[[float], bool]
) -> None:
    data = emma.data.tolist()
    assert found(index, query) == those(emma, lambda node: holds(data[node]))


def test_a_number_as_it_is_shown_finds_its_node(index: SearchIndex, emma: Trace) -> None:
    assert 20_000 in found(index, f"data={float(emma.data[20_000])!r}")
    assert found(index, "node=20000") == [20_000]
    assert found(index, "5<=node<8") == [5, 6, 7]


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("grad<-0.1", lambda g: g < -0.1),
        ("abs(grad)>0.1", lambda g: abs(g) > 0.1),
        ("|grad|>0.1", lambda g: abs(g) > 0.1),
        ("grad=0", lambda g: g == 0),
        ("0<grad<1e-5", lambda g: 0 < g < 1e-5),
    ],
)
@pytest.mark.parametrize("share", [0.0, 0.01, 0.4, 1.0])
def test_comparisons_of_gradients_see_those_of_the_moment_once_they_are_reached(
    index: SearchIndex, query: str, holds: Callable[[float], bool], share: float
) -> None:
    timeline = index.timeline
    start = timeline.backward_start
    cursor = start + int(share * (timeline.end - start))
    grad, states = timeline.grad_at(cursor).tolist(), timeline.grad_states_at(cursor).tolist()
    expected = those(
        timeline.trace,
        lambda node: states[node] != GradState.NOT_REACHED and holds(grad[node]),
    )
    assert found(index, query, cursor) == expected


@pytest.mark.parametrize("query", ["grad=0", "|grad|>=0", "grad!=nan", "largest gradients"])
def test_before_backward_no_gradient_is_found(index: SearchIndex, query: str) -> None:
    for cursor in (0, 1000, index.timeline.forward_end):
        assert found(index, query, cursor) == []


@pytest.mark.parametrize("query", ["softmax", "op:mul", "data<10", "constants", "node>=0", "wte"])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_nothing_is_found_before_it_is_computed(
    index: SearchIndex, query: str, share: float
) -> None:
    cursor = int(share * index.timeline.forward_end)
    computed = index.timeline.moment(cursor).computed
    assert found(index, query, cursor) == [n for n in found(index, query) if n < computed]


def test_dead_relus_constants_and_what_is_unreachable(index: SearchIndex, emma: Trace) -> None:
    dead = those(emma, lambda n: emma.op_name(n) == "relu" and emma.data[n] == 0)
    assert found(index, "dead relus") == found(index, "op:relu data=0") == dead
    assert found(index, "constants") == those(emma, lambda n: emma.op_name(n) == "constant")
    assert found(index, "unreachable") == those(emma, lambda n: not emma.reaches_loss[n])
    assert all(map(len, (dead, found(index, "constants"), found(index, "unreachable"))))


@pytest.mark.parametrize(
    ("query", "column", "count"),
    [
        ("largest gradients", "grad", LARGEST_SHOWN),
        ("top:50 grad", "grad", 50),
        ("largest 7 data", "data", 7),
        ("top:99999999 data", "data", 10**8),
    ],
)
def test_the_largest_come_in_order_of_their_magnitude(
    index: SearchIndex, emma: Trace, query: str, column: str, count: int
) -> None:
    values = np.abs(getattr(emma, column))
    ranked = sorted(np.flatnonzero(values).tolist(), key=lambda node: (-values[node], node))
    assert found(index, query) == ranked[:count]


def test_the_largest_are_those_of_what_the_other_terms_find(
    index: SearchIndex, emma: Trace
) -> None:
    muls = found(index, "op:mul head 0")
    expected = sorted(muls, key=lambda node: (-abs(emma.grad[node]), node))[:5]
    assert found(index, "largest 5 gradients op:mul head 0") == expected
    assert set(found(index, "top:5 grad op:mul head 0 top:3 data")) <= set(expected)


def test_the_largest_gradients_are_those_of_the_moment(index: SearchIndex) -> None:
    timeline = index.timeline
    cursor = timeline.backward_start + 3
    grad = np.abs(timeline.grad_at(cursor))
    best = found(index, "largest 3 gradients", cursor)
    assert timeline.trace.loss in best
    assert sorted(grad[best], reverse=True) == sorted(grad, reverse=True)[:3]


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 1.0])
def test_the_largest_contributions_are_those_that_have_happened(
    index: SearchIndex, share: float
) -> None:
    timeline = index.timeline
    done = int(share * len(timeline.value))
    cursor = timeline.backward_start + done
    best: dict[int, float] = {}
    for node, value in zip(timeline.child[:done].tolist(), timeline.value[:done], strict=True):
        best[node] = max(best.get(node, 0.0), abs(float(value)))
    ranked = sorted((n for n in best if best[n]), key=lambda node: (-best[node], node))
    assert found(index, "top:30 contributions", cursor) == ranked[:30]
    muls = [node for node in ranked if timeline.trace.op_name(node) == "mul"]
    assert found(index, "op:mul top:30 contributions", cursor) == muls[:30]
    assert found(index, "largest contributions", timeline.forward_end) == []


def test_a_source_line_finds_what_it_made(index: SearchIndex, emma: Trace) -> None:
    for site in emma.sites[::7]:
        file = emma.files[site.file].name
        same = {i for i, s in enumerate(emma.sites) if (s.file, s.line) == (site.file, site.line)}
        made = those(emma, lambda node, same=same: int(emma.site[node]) in same)
        assert made
        for name in (file, file.upper(), file.rpartition("/")[2]):
            assert found(index, f"line:{name}:{site.line}") == made
        anywhere = {i for i, s in enumerate(emma.sites) if s.line == site.line}
        assert found(index, f"line:{site.line}") == those(
            emma, lambda node, sites=anywhere: int(emma.site[node]) in sites
        )
    assert found(index, "line:1") == found(index, f"line:{'9' * 40}") == []


@pytest.mark.parametrize("file", ["n.py", "other.py", "nn"])
def test_a_source_file_that_the_pass_does_not_have_is_told(index: SearchIndex, file: str) -> None:
    with pytest.raises(SearchError) as raised:
        index.search(f"op:exp line:{file}:33")
    assert str(raised.value) == (
        f"“{file}” in “line:{file}:33” is no source file of this pass; "
        "there are microgpt/model.py, microgpt/nn.py."
    )


def test_terms_must_all_hold(index: SearchIndex) -> None:
    whole = "head 2/softmax op:exp data>0.9 |grad|>1e-4"
    single = [set(found(index, q)) for q in ("head 2/softmax", "op:exp", "data>0.9", "|grad|>1e-4")]
    assert found(index, whole) == sorted(set.intersection(*single))
    assert found(index, whole)
    assert found(index, "softmax op:exp head 2") == found(index, "head 2 op:exp softmax")


@given(
    st.lists(
        st.sampled_from(
            ["op:mul", "op:add", "data>0", "|grad|>1e-3", "grad<0", "layer 0", "mlp", "constants"]
        ),
        min_size=1,
        max_size=4,
    ),
    st.floats(0, 1),
)
def test_more_terms_never_find_more(
    index: SearchIndex, emma_timeline: Timeline, terms: list[str], share: float
) -> None:
    cursor = int(share * emma_timeline.end)
    # Text between other terms stays apart only if it is quoted.
    quoted = [f'"{term}"' if term in ("layer 0", "mlp") else term for term in terms]
    all_of_them = found(index, " ".join(quoted), cursor)
    sets = [set(found(index, term, cursor)) for term in quoted]
    assert all_of_them == sorted(set.intersection(*sets))


def test_an_empty_query_finds_nothing(index: SearchIndex) -> None:
    search = index.search("  ")
    assert (len(search.at(index.timeline.end)), search.words_at(0)) == (0, "")
    assert len(search.path_at(index.timeline.end)) == 0


@pytest.mark.parametrize(
    ("query", "start"),
    [
        ("op:expp", "“op:expp” is no operation of this pass; there are parameter, "),
        ("op:", "After “op:” an operation is missing; there are parameter, "),
        ("op:exp,sin", "“op:sin” is no operation of this pass; "),
    ],
)
def test_an_operation_that_the_pass_does_not_have_is_told(
    index: SearchIndex, query: str, start: str
) -> None:
    with pytest.raises(SearchError) as raised:
        index.search(query)
    assert str(raised.value).startswith(start)
    assert str(raised.value).endswith("exp, relu, log.")


def test_an_expression_that_takes_too_long_is_given_up(
    index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.debug.search.LONGEST_MATCHING", 0.0)
    with pytest.raises(SearchError, match="“softmax” takes too long: use fewer repetitions"):
        index.search("softmax")


def test_how_a_query_is_understood(index: SearchIndex) -> None:
    assert index.search("top:5 data op:exp head").words_at(0) == (
        "operation exp, scope or name like “head”; of these the 5 largest by |data|"
    )
    assert index.search("largest gradients").words_at(0) == "the 50 largest by |grad|"


def damaged(timeline: Timeline, node: int, number: float) -> SearchIndex:
    """Return an index of a pass in which one node has another number."""
    data = timeline.trace.data.copy()
    data[node] = number
    return SearchIndex(Timeline(dataclasses.replace(timeline.trace, data=data)))


def test_numbers_that_are_none_are_found(a_timeline: Timeline) -> None:
    index = damaged(a_timeline, 6000, math.nan)
    assert found(index, "data=nan") == [6000]
    assert 6000 not in found(index, "data!=nan")
    assert 6000 not in found(index, "data<10")
    assert found(index, "largest data")[0] == 6000
    index = damaged(a_timeline, 6000, -math.inf)
    assert found(index, "data=-∞") == found(index, "|data|=inf") == [6000]


@pytest.mark.parametrize("ready", READY_MADE, ids=lambda ready: ready.title)
def test_what_is_ready_made_finds_something_and_fits_its_title(
    index: SearchIndex, ready: object
) -> None:
    assert found(index, ready.query)
    assert len({other.title for other in READY_MADE}) == len(READY_MADE)


def test_paths_and_names_are_those_of_the_inspector(index: SearchIndex, emma: Trace) -> None:
    for scope in range(0, len(emma.scopes), 37):
        assert index.paths[scope] == scope_path(emma, scope).replace(" / ", "/")
    assert len(index.names) == emma.leaves
    for node in range(0, emma.leaves, 101):
        assert index.names[node] == emma.parameter_name(node)


def test_columns_of_a_long_pass_are_searched_in_less_than_a_frame(subject: Subject) -> None:
    index = SearchIndex(Timeline(record_pass(subject, "maximilianabcde")))
    end = index.timeline.end

    def seconds(query: str) -> float:
        start = perf_counter()
        Search(index, query).at(end)
        return perf_counter() - start

    for query in ("data>0.5", "|grad|>0.1 op:mul", "largest gradients", "dead relus"):
        assert min(seconds(query) for _ in range(5)) < 0.016, query
