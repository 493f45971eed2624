"""Searches that start from the selection."""

from __future__ import annotations

import pytest

from explorer.debug.ready_made import line_search, searches_of, written
from explorer.debug.search import SearchIndex
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace


def queries(trace: Trace, selection: int | None, compared: int | None = None) -> list[str]:
    return [search.query for search in searches_of(trace, selection, compared)]


def test_searches_are_filled_with_the_selection_and_the_compared_node(emma: Trace) -> None:
    line = line_search(emma, int(emma.site[20_000]))
    assert queries(emma, 20_000, 67) == [
        "ancestors:20000",
        "descendants:20000",
        "between:20000,wte[4][3]",
        "path:20000",
        line,
    ]
    assert line.startswith("line:nn.py:")


def test_what_makes_no_sense_has_no_query(emma: Trace) -> None:
    assert queries(emma, None, 5) == [""] * 5
    assert queries(emma, 67, 67) == ["", "descendants:wte[4][3]", "", "path:wte[4][3]", ""]
    loss = queries(emma, emma.loss)
    assert [bool(query) for query in loss] == [True, False, False, False, True]
    aside = int((~emma.reaches_loss).nonzero()[0][0])
    assert queries(emma, aside)[3] == ""


@pytest.mark.parametrize("selection", [0, 67, 20_000, 35_000])
def test_what_is_offered_is_understood_and_finds_something(
    emma_timeline: Timeline, selection: int
) -> None:
    trace, index = emma_timeline.trace, SearchIndex(emma_timeline)
    offered = searches_of(trace, selection, trace.loss)
    assert len({search.title for search in offered}) == len(offered)
    for search in offered:
        if search.query and trace.reaches_loss[selection]:
            assert len(index.search(search.query).at(emma_timeline.end)), search.title


def test_every_line_is_found_by_its_search(emma_timeline: Timeline) -> None:
    trace, index = emma_timeline.trace, SearchIndex(emma_timeline)
    for i, site in enumerate(trace.sites):
        found = index.search(line_search(trace, i)).at(emma_timeline.end).tolist()
        made_by = [trace.sites[trace.site[node]] for node in found]
        assert {(s.file, s.line) for s in made_by} == {(site.file, site.line)}
    assert line_search(trace, -1) == ""


def test_nodes_are_written_by_name_or_number(emma: Trace) -> None:
    assert [written(emma, node) for node in (67, 20_000, emma.loss)] == [
        "wte[4][3]", "20000", "loss",
    ]  # fmt: skip
