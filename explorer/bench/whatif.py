"""A what-if in the window: from a changed number to the repainted views."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from statistics import median, quantiles
from time import thread_time

from explorer.app import make_application
from explorer.bench.table import LONG_NAME, Measurement, seconds
from explorer.debug.gradcheck import check_parameters
from explorer.debug.session import Session
from explorer.debug.whatif import prepare
from explorer.theme.tokens import DARK
from explorer.trace.passes import untrained
from explorer.views.main_window import MainWindow
from explorer.views.pass_loader import load_pass
from microgpt import Config

WARM_UP, MOVES = 10, 120
BAR = 16.0  # milliseconds, a frame


def _busy(work: Callable[[], object]) -> float:
    """Return how many milliseconds of this thread something takes, whatever else runs."""
    start = thread_time()
    work()
    return 1000 * (thread_time() - start)


def _lines(name: str, times: list[float]) -> Iterator[Measurement]:
    """Yield the median, which is to fit into a frame, and what one move in twenty exceeds."""
    times = times[WARM_UP:]
    yield Measurement(f"what-if, 15 letters, {name}", median(times), "ms", BAR)
    yield Measurement(f"what-if, 15 letters, {name}, p95", quantiles(times, n=20)[-1], "ms")


def whatif() -> Iterator[Measurement]:
    """Time one move of a dragged number, a parameter of the first letter, in a full window."""
    application = make_application()
    subject = untrained(Config())
    window = MainWindow(subject, Session(), DARK)
    window.stand_still()
    window.resize(1920, 1080)
    window.show()
    window.show_pass(load_pass(subject, LONG_NAME))
    window.desk.show_panel("whatif")
    panel = window.explore.what_if
    application.processEvents()
    panel.wait()
    application.processEvents()
    trace, recorded = window.session.trace, window.session.recorded
    assert trace is not None
    assert trace.document is not None
    assert recorded is not None
    node = trace.document.tokens[1] * trace.parameters[0].columns
    window.session.select(node)
    application.processEvents()
    rerun = prepare(recorded)
    numbers, told, whole = [], [], []
    for move in range(WARM_UP + MOVES):
        data = 0.1 + move / 200
        numbers.append(_busy(partial(rerun.change, {node: data})))
        told.append(_busy(partial(panel.change, node, data, moving=True)))
        whole.append(told[-1] + _busy(application.processEvents))
    window.close()
    yield from _lines("the numbers", numbers)
    yield from _lines("and all views told", told)
    yield from _lines("and painted", whole)
    preparing = seconds(lambda: prepare(recorded))
    yield Measurement("preparing what-if, 15 letters", 1000 * preparing, "ms")
    check = seconds(lambda: check_parameters(rerun))
    yield Measurement("gradient check of all parameters, 15 letters", check, "s")
