"""What the command palette offers of runs: each at its last step, or at one that is typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from explorer.debug import numbers
from explorer.debug.palette import Entry, Provider
from explorer.runs.desk import RunDesk
from explorer.runs.store import RunRecord
from explorer.views.models import step_title

GROUP = "Runs"
_STEP = re.compile(r"(?P<name>.*?)\s*(?:\bstep\s*)?(?P<step>[0-9]{1,9})")
_BARE = re.compile(r"step\s*[0-9]{1,9}")


def run_entries(
    runs: RunDesk,
    shown: Callable[[], int | None],
    open_step: Callable[[int, int], object],
    show_step: Callable[[int, int], object],
) -> Provider:
    """Return the provider of runs: ``first``, ``first 300`` and ``step 300``.

    Parameters
    ----------
    runs : RunDesk
    shown : callable
        Returns the run that ``step 300`` is about; None if there is none.
    open_step : callable
        Opens the pass of a run's step.
    show_step : callable
        Shows a step of that run where its steps are shown.
    """

    def provide(typed: str) -> list[Entry]:
        entries = [_latest(record, open_step) for record in runs.records if record.steps_done]
        found = _STEP.fullmatch(typed)
        if found is None:
            return entries
        step = int(found["step"])
        record = runs.record_of(shown())
        if record is not None and _BARE.fullmatch(typed):
            entries.append(_step(record, step, "Show", show_step, is_exact=True))
        if found["name"]:
            opened = [_step(record, step, "Open", open_step) for record in runs.records]
            entries += opened
        return entries

    return provide


def _latest(record: RunRecord, open_step: Callable[[int, int], object]) -> Entry:
    done = record.steps_done
    title = f"Open run “{record.name}” {step_title(record, done + 1)}"
    return Entry(f"run:{record.id}", title, GROUP, partial(open_step, record.id, done + 1))


def _step(
    record: RunRecord,
    step: int,
    verb: str,
    run: Callable[[int, int], object],
    is_exact: bool = False,
) -> Entry:
    refused = "" if 1 <= step <= record.steps_done else f"it has {_steps(record.steps_done)}"
    return Entry(
        id=f"run:{record.id}:{verb}",
        title=f"{verb} run “{record.name}” at step {step}",
        group=GROUP,
        run=partial(run, record.id, step),
        refused=refused,
        is_exact=is_exact,
    )


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{numbers.count(count)} steps"
