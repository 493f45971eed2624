"""What each line has done agrees with counting nodes and contributions one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.debug.source_lines import CurrentLine, LineCount, SourceLines, short_names
from explorer.trace.timeline import Timeline
from explorer.trace.trace import SourceText, Trace


@pytest.fixture(scope="module")
def lines(emma_timeline: Timeline) -> SourceLines:
    return SourceLines(emma_timeline)


def literal(timeline: Timeline, file: int, cursor: int) -> dict[int, LineCount]:
    """Count node by node."""
    trace = timeline.trace
    counts: dict[int, LineCount] = {}
    computed = timeline.moment(cursor).computed
    for node in range(trace.leaves, trace.nodes):
        site = trace.sites[trace.site[node]]
        if site.file == file:
            old = counts.get(site.line, LineCount(0, 0, 0, 0))
            events = timeline.passed_on_after(node)
            counts[site.line] = LineCount(
                old.made + (node < computed),
                old.all + 1,
                old.passed + (len(events) > 0 and events[-1] <= cursor),
                old.passing + (len(events) > 0),
            )
    return counts


@pytest.mark.parametrize("cursor", [0, 1, 20_000, 39_703, 39_704, 39_705, 60_001, 115_336])
def test_lines_have_made_and_passed_on_what_their_nodes_have(
    emma_timeline: Timeline, lines: SourceLines, cursor: int
) -> None:
    for file in lines.files:
        assert lines.counts(file, cursor) == literal(emma_timeline, file, cursor)


def test_every_node_of_the_pass_belongs_to_a_line(emma: Trace, lines: SourceLines) -> None:
    counts = [c for file in lines.files for c in lines.counts(file, 0).values()]
    assert sum(count.all for count in counts) == emma.created
    assert all(count.made == count.passed == 0 for count in counts)


def test_a_file_that_made_nothing_has_no_counts(lines: SourceLines) -> None:
    assert lines.counts(99, 1000) == {}


def test_the_line_at_work_is_that_of_the_node_computed_or_passing_on(
    emma_timeline: Timeline, lines: SourceLines
) -> None:
    trace = emma_timeline.trace
    for cursor in (1, 20_000, emma_timeline.forward_end, 50_000, emma_timeline.backward_end):
        node = emma_timeline.moment(cursor).node
        assert node is not None
        site = trace.sites[trace.site[node]]
        backward = cursor > emma_timeline.backward_start
        assert lines.current(cursor) == CurrentLine(site.file, site.line, backward)


def test_no_line_is_at_work_before_the_pass_and_while_backward_is_begun(
    emma_timeline: Timeline, lines: SourceLines
) -> None:
    assert lines.current(0) is None
    assert lines.current(emma_timeline.backward_start) is None


def test_a_parameter_has_no_line(emma: Trace, lines: SourceLines) -> None:
    assert lines.line_of(3) is None
    site = lines.line_of(emma.loss)
    assert site is not None
    assert (lines.name(site.file), site.function) == ("nn.py", "mean")


def test_files_are_found_by_either_name(emma: Trace, lines: SourceLines) -> None:
    for file, source in enumerate(emma.files):
        assert lines.file_of(source.name) == lines.file_of(lines.name(file)) == file
    assert lines.file_of("elsewhere.py") is None


def test_the_folder_is_named_where_files_would_have_the_same_name(emma: Trace) -> None:
    names = ("one/nn.py", "two/nn.py", "two/model.py", "script.py")
    trace = replace(emma, files=tuple(SourceText(name, "") for name in names))
    assert short_names(trace) == ["one/nn.py", "two/nn.py", "model.py", "script.py"]


def test_nodes_without_a_line_are_left_out(emma: Trace) -> None:
    site = emma.site.copy()
    site[emma.leaves : emma.leaves + 500] = -1
    found = SourceLines(Timeline(replace(emma, site=site)))
    counts = [c for file in found.files for c in found.counts(file, 0).values()]
    assert sum(count.all for count in counts) == emma.created - 500
    assert found.current(500) is None
