"""On the stage of a lecture, all cards that are shown are in the picture, and apart from words."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot
from recorded import record_all

from explorer.debug.session import Session
from explorer.layout.camera import Camera
from explorer.theme.scaling import unscaled_size
from explorer.theme.tokens import DARK
from explorer.views.lecture_stage import lecture_theme
from explorer.views.neighbourhood_arithmetic import arithmetic_area
from explorer.views.neighbourhood_view import NeighbourhoodView
from explorer.views.pass_loader import LoadedPass

SIZES = {
    1080: QSize(1920, 660),
    720: QSize(1280, 440),
    2160: QSize(3840, 1320),
    768: QSize(1024, 470),
}


@pytest.fixture(params=SIZES, ids=str)
def view(
    request: pytest.FixtureRequest, qtbot: QtBot, loaded_emma: LoadedPass
) -> NeighbourhoodView:
    session = Session()
    session.open(loaded_emma.timeline)
    view = NeighbourhoodView(session, lecture_theme(DARK, request.param))
    view.session = session  # type: ignore[attr-defined]
    view.take_stage()
    qtbot.addWidget(view)
    view.resize(SIZES[request.param])
    view.show()
    return view


def crowded(loaded: LoadedPass) -> int:
    trace = loaded.timeline.trace
    uses = np.bincount(trace.child, minlength=trace.nodes)
    return int(trace.leaves + np.flatnonzero(uses[trace.leaves :] == 27)[0])


def show(view: NeighbourhoodView, node: int, cursor: int) -> None:
    view.session.seek(cursor)  # type: ignore[attr-defined]
    view.session.select(node)  # type: ignore[attr-defined]
    view._follow()


def is_in_view(view: NeighbourhoodView) -> bool:
    assert view.scene is not None
    room = unscaled_size(view, view._theme)
    left, top, right, bottom = view.scene.bounds()
    (x, y), (across, down) = (
        view._camera.to_screen(left, top),
        view._camera.to_screen(right, bottom),
    )
    return x >= 0 and y >= 0 and across <= room.width() and down <= room.height()


def test_what_is_passed_on_now_is_among_few_of_many(
    view: NeighbourhoodView, loaded_emma: LoadedPass
) -> None:
    node = crowded(loaded_emma)
    ledger = loaded_emma.timeline.ledger(node)
    for done in (0, 12, 25, 26):
        show(view, node, int(ledger.event[done]))
        assert view.scene is not None
        assert is_in_view(view)
        assert view.scene.neighbourhood.card_of(int(ledger.consumer[done])) is not None
        shown = int((view.scene.neighbourhood.hops > 0).sum())
        told = {text.text for recording in record_all(view) for text in recording.texts}
        assert f"and {27 - shown} more" in told


def test_cards_follow_the_moment(view: NeighbourhoodView, loaded_emma: LoadedPass) -> None:
    node = crowded(loaded_emma)
    ledger = loaded_emma.timeline.ledger(node)
    show(view, node, int(ledger.event[26]))
    assert view.scene is not None
    last = list(view.scene.nodes)
    view.session.seek(int(ledger.event[25]))  # type: ignore[attr-defined]
    assert view.scene.nodes == last
    view.session.seek(int(ledger.event[0]))  # type: ignore[attr-defined]
    assert view.scene.nodes != last
    view.session.seek(int(ledger.event[26]))  # type: ignore[attr-defined]
    assert view.scene.nodes == last


def test_three_columns_fit_on_every_screen(
    view: NeighbourhoodView, loaded_emma: LoadedPass
) -> None:
    trace = loaded_emma.timeline.trace
    for node in (trace.nodes - 4, int(trace.loss or 0) - 2, trace.leaves + 20_000):
        show(view, node, loaded_emma.timeline.end)
        assert is_in_view(view)


def test_another_size_has_room_for_other_cards(
    view: NeighbourhoodView, loaded_emma: LoadedPass
) -> None:
    show(view, crowded(loaded_emma), loaded_emma.timeline.forward_end)
    assert view.scene is not None
    before = len(view.scene.nodes)
    view.resize(view.width(), view.height() * 3 // 2)
    assert view.scene is not None
    assert len(view.scene.nodes) > before
    assert is_in_view(view)


def test_arithmetic_covers_no_card(view: NeighbourhoodView, loaded_emma: LoadedPass) -> None:
    node = crowded(loaded_emma)
    ledger = loaded_emma.timeline.ledger(node)
    show(view, node, int(ledger.event[26]))
    scene, staged = view.scene, view._staged
    assert scene is not None
    assert staged is not None
    camera: Camera = view._camera
    notes = staged.notes(camera)
    text = "0.00243 + 0.04196 × −0.1964 = −0.005813"
    for edge in np.flatnonzero(scene.neighbourhood.child == 0).tolist():
        size = unscaled_size(view, view._theme)
        area, _ = arithmetic_area(text, scene, edge, camera, size, notes)
        for card in range(len(scene.nodes)):
            rect = scene.rect(card)
            x, y = camera.to_screen(rect.left(), rect.top())
            rect.moveTo(x, y)
            rect.setSize(rect.size() * camera.scale)
            assert not area.intersects(rect)
        assert not any(area.intersects(note) for note in notes)
