"""Any step of a run as a subject of the debugger: the model as it was before that step."""

from __future__ import annotations

from explorer.runs.engine import start
from explorer.runs.store import RunStore
from explorer.trace.passes import Subject
from explorer.trace.record import collector_off
from microgpt import Adam


def subject_of(store: RunStore, run: int, step: int) -> tuple[Subject, str]:
    """Return the model before a step of a run, and the document of that step.

    A pass over the document is that step again: it has its loss, and its update ends with the
    parameters that the run had after it, all to the last bit.

    Parameters
    ----------
    store : RunStore
    run : int
    step : int
        The first one is 1. One after the last that is kept is the model as it is now.

    Raises
    ------
    StoreError
        There is no such run or step.
    """
    before = store.checkpoint(run, step - 1)
    settings = store.run(run).settings
    with collector_off():
        begin = start(settings, store.dataset(run).documents)
        parameters = begin.model.parameters()
        for parameter, data in zip(parameters, before.parameters.tolist(), strict=True):
            parameter.data = data
    adam = Adam(
        parameters, settings.learning_rate, settings.beta1, settings.beta2, settings.epsilon
    )
    adam.m, adam.v = before.m.tolist(), before.v.tolist()
    adam.steps_done = before.steps_done
    subject = Subject(
        begin.model,
        begin.tokenizer,
        settings.seed,
        adam,
        total_steps=settings.steps,
        documents=tuple(begin.documents),
    )
    return subject, begin.documents[(step - 1) % len(begin.documents)]
