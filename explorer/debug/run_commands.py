"""The commands for runs, and for the step of a run whose model is on show."""

from __future__ import annotations

from explorer.debug.desk import RUNS, Command, RunAction

TITLES = {
    RunAction.GO: ("Start the run, pause it, or let it go on", ("Ctrl+R",)),
    RunAction.ONE: ("Let the run compute a single step", ("Ctrl+Shift+R",)),
    RunAction.STOP: ("Stop the run after the step under way", ("Ctrl+.",)),
    RunAction.BACK: ("Previous step of the run", (",",)),
    RunAction.ON: ("Next step of the run", (".",)),
    RunAction.COMPARE: ("Compare with another step or run; again: no longer", ("C",)),
    RunAction.NEW: ("New run", ("Ctrl+Shift+N",)),
    RunAction.IMPORT: ("New run from weights in a file", ()),
    RunAction.DUPLICATE: ("Duplicate the run", ()),
    RunAction.RENAME: ("Rename the run", ()),
    RunAction.DELETE: ("Delete the run", ()),
    RunAction.SAFETENSORS: ("Export the weights of the shown step as safetensors", ()),
    RunAction.JSON: ("Export the weights of the shown step as JSON", ()),
    RunAction.LOSSES: ("Export the losses of the run as CSV", ()),
}


def _command(action: RunAction) -> Command:
    title, keys = TITLES[action]
    return Command(
        f"run_{action.value}", title, RUNS, keys,
        lambda desk: desk.train_run(action), lambda desk: desk.can_train_run(action),
    )  # fmt: skip


RUN_COMMANDS = tuple(map(_command, RunAction))
