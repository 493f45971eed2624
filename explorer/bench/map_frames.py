"""The map of the longest name: frames at every zoom level, steps, clicks, and memory."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from statistics import median, quantiles

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from explorer.app import make_application
from explorer.bench.camera_path import LEVELS, SCREEN, camera_path, level_name
from explorer.bench.table import LONG_NAME, Measurement, in_another_process, seconds
from explorer.debug.session import Colour, Session
from explorer.layout.camera import Camera
from explorer.theme.tokens import DARK
from explorer.trace.passes import untrained
from explorer.views.main_window import MainWindow
from explorer.views.map_view import MapView
from explorer.views.pass_loader import LoadedPass, load_pass
from microgpt import Config

FRAMES, STEPS, CLICKS = 60, 60, 40
FRAME_BAR, STEP_BAR, MEMORY_BAR = 12.0, 16.0, 350.0  # ms, ms, MB


def map_frames() -> Iterator[Measurement]:
    """Measure what a person feels who pans, zooms, steps and clicks."""
    subject = untrained(Config())
    loaded = load_pass(subject, LONG_NAME)
    yield from _frames(loaded)
    window = MainWindow(subject, Session(), DARK)
    window.stand_still()
    window.resize(*SCREEN)
    window.show()
    window.show_pass(loaded)
    QApplication.processEvents()
    yield from _steps(window, loaded)
    yield from _clicks(window, loaded)
    window.close()
    found = in_another_process("explorer.bench.resident", LONG_NAME)
    yield Measurement("application, 15 letters, resident", found["now"], "MB", MEMORY_BAR)
    yield Measurement("the same while it records, at most", found["most"], "MB")


def shown_map(loaded: LoadedPass) -> MapView:
    """Return the map alone, as a window of its own that has been painted once."""
    make_application()
    session = Session()
    view = MapView(session, DARK)
    view.setFixedSize(*SCREEN)
    session.open(loaded.timeline)
    view.glide = 0  # the path has every frame of its own
    view.show_pass(loaded.layout, loaded.flows, loaded.colours)
    view.show()
    QApplication.processEvents()
    return view


def show(view: MapView, camera: Camera) -> None:
    """Show another part of the map at once."""
    view.look(camera)
    view.repaint()


def _frames(loaded: LoadedPass) -> Iterator[Measurement]:
    view = shown_map(loaded)
    everything = []
    for level in LEVELS:
        times = []
        for camera in camera_path(loaded.layout, level, FRAMES):
            times.append(1000 * seconds(partial(show, view, camera)))
        everything += times
        yield Measurement(f"map frame, {level_name(level)}, p95", p95(times), "ms", FRAME_BAR)
    yield Measurement("map frame, all levels, median", median(everything), "ms")
    view.close()


def _steps(window: MainWindow, loaded: LoadedPass) -> Iterator[Measurement]:
    """Go to moments all over the pass, with every node coloured by the gradient it has then."""
    session, map_view = window.session, window.explore.map_view
    session.set_colour(Colour.GRADIENT)
    window.desk.zoom_to_fit()
    paint_what_is_due(window)
    end = loaded.timeline.end
    moments = [end * (i + 1) // (STEPS + 1) for i in range(STEPS)]

    def step(cursor: int, of_window: bool) -> None:
        session.seek(cursor)
        if of_window:
            paint_what_is_due(window)
        else:
            map_view.repaint()

    alone, whole = [], []
    for moment in moments:
        alone.append(1000 * seconds(partial(step, moment, False)))
        paint_what_is_due(window)
    for moment in moments:
        whole.append(1000 * seconds(partial(step, moment, True)))
    yield Measurement("step, all views told, map painted, p95", p95(alone), "ms", STEP_BAR)
    yield Measurement("step, the whole window painted, median", median(whole), "ms")
    yield Measurement("step, the whole window painted, p95", p95(whole), "ms", STEP_BAR)
    session.seek(loaded.timeline.backward_start + (end - loaded.timeline.backward_start) // 2)
    paint_what_is_due(window)

    def step_on() -> None:
        session.step(1)
        paint_what_is_due(window)

    following = []
    for _ in range(STEPS):
        following.append(1000 * seconds(step_on))
        paint_the_next_frame(window)
    yield Measurement("step by a node, selection follows, median", median(following), "ms")
    yield Measurement("step by a node, selection follows, p95", p95(following), "ms", STEP_BAR)
    session.seek(end)


def _clicks(window: MainWindow, loaded: LoadedPass) -> Iterator[Measurement]:
    """Click nodes all over the map, the whole of which is on screen."""
    paint_what_is_due(window)
    nodes = [loaded.timeline.trace.nodes * (i + 1) // (CLICKS + 1) for i in range(CLICKS)]
    view = window.explore.map_view

    def click(node: int) -> None:
        _click(view, view.point_of(node))
        paint_what_is_due(window)

    times = []
    for node in nodes:
        times.append(1000 * seconds(partial(click, node)))
        paint_the_next_frame(window)
    yield Measurement("click to inspector, painted, median", median(times), "ms")
    yield Measurement("click to inspector, painted, p95", p95(times), "ms", STEP_BAR)


def paint_the_next_frame(window: QWidget) -> None:
    """Let the outline and the neighbourhood follow the selection, as they do one frame later."""
    QApplication.processEvents()
    paint_what_is_due(window)


def paint_what_is_due(window: QWidget) -> None:
    """Do at once what Qt would do next: lay out and paint whatever has changed.

    Without a display Qt waits 5 ms before it paints, which is no work of ours.
    """
    QApplication.sendPostedEvents()
    QApplication.sendEvent(window, QEvent(QEvent.Type.UpdateRequest))


def p95(times: list[float]) -> float:
    """Return the time that 95 % do not exceed."""
    return quantiles(times, n=20, method="inclusive")[-1]


def _click(view: MapView, point: QPointF) -> None:
    for kind, buttons in (
        (QEvent.Type.MouseButtonPress, Qt.MouseButton.LeftButton),
        (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton),
    ):
        event = QMouseEvent(
            kind,
            point,
            view.mapToGlobal(point),
            Qt.MouseButton.LeftButton,
            buttons,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(view, event)
