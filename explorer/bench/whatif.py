"""A what-if in the window: from a changed number to the repainted views."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from statistics import median

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

MOVES = 60


def whatif() -> Iterator[Measurement]:
    """Time one move of the slider over a parameter of the first letter, in a full window."""
    application = make_application()
    subject = untrained(Config())
    window = MainWindow(subject, Session(), DARK)
    window.stand_still()
    window.resize(1920, 1080)
    window.show()
    window.show_pass(load_pass(subject, LONG_NAME))
    window.show_panel("whatif")
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
    numbers, updates, painted = [], [], []
    for move in range(MOVES):
        data = 0.1 + move / 100
        numbers.append(seconds(partial(rerun.change, {node: data})))
        updates.append(seconds(partial(panel.change, node, data)))
        painted.append(updates[-1] + seconds(application.processEvents))
    window.close()
    yield Measurement("what-if, 15 letters: the numbers", 1000 * median(numbers), "ms", 16.0)
    yield Measurement("the same, and all views told", 1000 * median(updates), "ms", 16.0)
    yield Measurement("the same, and painted", 1000 * median(painted), "ms")
    preparing = seconds(lambda: prepare(recorded))
    yield Measurement("preparing what-if, 15 letters", 1000 * preparing, "ms")
    check = seconds(lambda: check_parameters(rerun))
    yield Measurement("gradient check of all parameters, 15 letters", check, "s")
