"""The workspace for generation: from a change to the repainted page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from statistics import median

from explorer.app import make_application
from explorer.bench.table import Measurement, seconds
from explorer.debug.desk import Workspace
from explorer.debug.generation.batch import draw_elsewhere, order_of
from explorer.debug.session import Session
from explorer.theme.tokens import DARK
from explorer.trace.passes import untrained
from explorer.views.main_window import MainWindow
from microgpt import Config

CHANGES = 60
NAMES = 20


def generation() -> Iterator[Measurement]:
    """Time the drag of the temperature, the draw of a token, and a batch."""
    application = make_application()
    window = MainWindow(untrained(Config()), Session(), DARK)
    window.stand_still()
    window.resize(1920, 1080)
    window.show()
    window.show_workspace(Workspace.GENERATE)
    names = window.desk.generation
    assert names is not None

    def draw() -> None:
        if names.is_finished:
            names.next_name()
        names.step()

    def painted(changes: Sequence[Callable[[], None]]) -> float:
        times = []
        for change in changes:
            application.processEvents()
            reading.append(1000 * seconds(names.read_ahead))  # as the page does after a moment
            times.append(seconds(change) + seconds(application.processEvents))
        return 1000 * median(times)

    reading: list[float] = []
    draws = painted([draw] * CHANGES)
    yield Measurement("a token drawn, painted", draws, "ms", 16.0)
    yield Measurement("the algorithm reads a token ahead", median(reading), "ms")
    drags = [partial(names.tune, 0.3 + 0.03 * i) for i in range(CHANGES)]
    yield Measurement("the temperature dragged, painted", painted(drags), "ms", 16.0)
    hovers = [partial(window.generate.draw.point_out, i % 27) for i in range(CHANGES)]
    yield Measurement("a token pointed at, painted", painted(hovers), "ms", 16.0)
    order = order_of(names, NAMES)
    window.close()
    batch = seconds(lambda: draw_elsewhere(order, lambda name: None, lambda share: None))
    yield Measurement(f"{NAMES} names by a process of their own", batch, "s")
