"""What each line of the observed code has done at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt

from explorer.trace.timeline import Phase, Timeline
from explorer.trace.trace import SiteInfo, Trace

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class LineCount:
    """The nodes of one line at a moment.

    Attributes
    ----------
    made : int
        How many it has made by now.
    all : int
        How many it makes in the whole pass.
    passed : int
        How many have passed their gradient on to all their children by now.
    passing : int
        How many ever do: all but constants and what the loss does not depend on.
    """

    made: int
    all: int
    passed: int
    passing: int


@dataclass(frozen=True)
class CurrentLine:
    """The line whose node is dealt with at a moment.

    Attributes
    ----------
    file : int
        Index into the trace's files.
    line : int
    backward : bool
        The node passes its gradient on; otherwise it has just been computed.
    """

    file: int
    line: int
    backward: bool


class SourceLines:
    """The lines of a pass, prepared so that any moment is looked up.

    Parameters
    ----------
    timeline : Timeline
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        trace = timeline.trace
        sites = len(trace.sites)
        self._made = _grouped(
            trace.site[trace.leaves :], np.arange(trace.leaves, trace.nodes), sites
        )
        # Contributions of one consumer follow each other; it is done after the last of them.
        last = np.flatnonzero(np.diff(timeline.consumer, append=-1))
        self._passed = _grouped(trace.site[timeline.consumer[last]], last, sites)
        self._sites: dict[int, dict[int, list[int]]] = {}
        for i, site in enumerate(trace.sites):
            self._sites.setdefault(site.file, {}).setdefault(site.line, []).append(i)
        self._names = short_names(trace)

    @property
    def files(self) -> list[int]:
        """The files that have made nodes, as indices into the trace's, in their order there."""
        return sorted(self._sites)

    def name(self, file: int) -> str:
        """Return the short name of a file, which tells it from all others."""
        return self._names[file]

    def file_of(self, name: str) -> int | None:
        """Return the file with a name, short or whole; None if there is none."""
        for file, source in enumerate(self._timeline.trace.files):
            if name in (self._names[file], source.name):
                return file
        return None

    def counts(self, file: int, cursor: int) -> dict[int, LineCount]:
        """Return what each line of a file that makes nodes has done at a moment."""
        moment = self._timeline.moment(cursor)
        return {
            line: LineCount(
                made=sum(int(self._made[i].searchsorted(moment.computed)) for i in sites),
                all=sum(len(self._made[i]) for i in sites),
                passed=sum(int(self._passed[i].searchsorted(moment.contributions)) for i in sites),
                passing=sum(len(self._passed[i]) for i in sites),
            )
            for line, sites in self._sites.get(file, {}).items()
        }

    def line_of(self, node: int) -> SiteInfo | None:
        """Return the line that made a node; None for those that were there before the pass."""
        trace = self._timeline.trace
        site = int(trace.site[node])
        return None if site < 0 else trace.sites[site]

    def current(self, cursor: int) -> CurrentLine | None:
        """Return the line at work at a moment: the one of the node that is dealt with.

        The seed is nobody's work yet.
        """
        moment = self._timeline.moment(cursor)
        if moment.node is None or moment.phase is Phase.SEED:
            return None
        site = self.line_of(moment.node)
        if site is None:
            return None
        return CurrentLine(site.file, site.line, moment.phase is Phase.BACKWARD)


def short_names(trace: Trace) -> list[str]:
    """Return the names of the files without their folder; with it where two would be the same."""
    names = [PurePosixPath(file.name).name for file in trace.files]
    return [
        file.name if names.count(name) > 1 else name
        for file, name in zip(trace.files, names, strict=True)
    ]


def _grouped(group: npt.NDArray[np.int32], values: Counts, groups: int) -> list[Counts]:
    """Return the values of each group in the order in which they come; group -1 is left out."""
    order = np.argsort(group, kind="stable")
    ends = np.cumsum(np.bincount(group + 1, minlength=groups + 1))
    return np.split(values[order], ends)[1 : groups + 1]
