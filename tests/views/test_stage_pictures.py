"""The pictures of a lecture: nothing in them is cut, marked without a reason, or superfluous."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollBar, QSplitterHandle, QWidget
from pytestqt.qtbot import QtBot
from recorded import record_all

from explorer.debug.anatomy.reading import Place
from explorer.debug.generation.generation import Generation
from explorer.debug.lessons.stop import StageView
from explorer.debug.session import Colour, Session
from explorer.layout.flows import find_flows
from explorer.layout.map_layout import layout_map
from explorer.theme.tokens import DARK
from explorer.trace.expression import parse_formula
from explorer.trace.formula_pass import record_formula
from explorer.trace.passes import Subject
from explorer.trace.timeline import Timeline
from explorer.views.attention_view import AttentionView
from explorer.views.draw_view import DrawView
from explorer.views.lecture_stage import LectureStage, lecture_theme
from explorer.views.map_colours import MapColours
from explorer.views.pass_loader import LoadedPass

SIZES = {"1080p": QSize(1920, 1080), "720p": QSize(1280, 720), "4:3": QSize(1024, 768)}


@pytest.fixture(params=SIZES.values(), ids=SIZES)
def stage(request: pytest.FixtureRequest, qtbot: QtBot, loaded_emma: LoadedPass) -> LectureStage:
    return stage_of(qtbot, loaded_emma, request.param)


def stage_of(qtbot: QtBot, loaded: LoadedPass, size: QSize) -> LectureStage:
    session = Session()
    session.open(loaded.timeline)
    stage = LectureStage(session, lecture_theme(DARK, size.height()))
    stage.session = session  # type: ignore[attr-defined]
    qtbot.addWidget(stage)
    stage.stand_still()
    stage.resize(size)
    stage.show()
    stage.show_pass(loaded)
    return stage


def told(widget: QWidget) -> list[str]:
    return [text.text for recording in record_all(widget) for text in recording.texts]


def test_no_view_scrolls_or_can_be_dragged_apart(
    qtbot: QtBot, stage: LectureStage, subject: Subject
) -> None:
    stage.show_generation(Generation(subject))
    for view in StageView:
        stage.show_view(view)
        qtbot.wait(1)
        bars = [*stage.findChildren(QScrollBar), *stage.findChildren(QSplitterHandle)]
        assert not any(bar.isVisible() for bar in bars), view


def test_no_cell_is_marked_before_somebody_points_at_one(stage: LectureStage) -> None:
    stage.show_view(StageView.ATTENTION, Place(position=3, head=1))
    view = stage.widget(StageView.ATTENTION)
    assert isinstance(view, AttentionView)
    assert view.matrices.at is None
    scale = stage.theme.scale
    middle = view.matrices.rasters[2].area_of(3, 1).center() * scale
    QTest.mouseClick(
        view.matrices,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QPoint(round(middle.x()), round(middle.y())),
    )
    assert view.matrices.at == (2, 3, 1)
    stage.show_view(StageView.ATTENTION, Place(position=2, head=0))
    assert view.matrices.at is None


def test_matrices_use_the_width(stage: LectureStage) -> None:
    stage.show_view(StageView.ATTENTION)
    view = stage.widget(StageView.ATTENTION)
    assert isinstance(view, AttentionView)
    right = max(raster.whole.right() for raster in view.matrices.rasters)
    assert right * stage.theme.scale >= 0.9 * stage.width()


def test_lines_across_bars_are_explained(stage: LectureStage, subject: Subject) -> None:
    for temperature, words in (
        (0.5, "At temperature 0.5; the lines across the bars are at temperature 1"),
        (1.0, "At temperature 1"),
    ):
        made_up = Generation(subject)
        made_up.tune(temperature)
        stage.show_generation(made_up)
        stage.show_view(StageView.GENERATION)
        shown = stage.widget(StageView.GENERATION).findChildren(DrawView)
        assert [view.detail.text() for view in shown] == [words]


def test_names_below_the_strip_of_columns_are_whole(
    stage: LectureStage, loaded_emma: LoadedPass
) -> None:
    for top in (25.0, 27.0, 29.0, 31.0):
        stage.look((72, top, 328, 148))
        recording = next(record_all(stage.map_view))
        heights = sorted(text.area.top() for text in recording.texts if text.text == "layer 0")
        strip = max(t.area.bottom() for t in recording.texts if t.text.startswith("0"))
        assert all(height >= strip - 2 for height in heights)


def test_words_of_a_formula_stay_in_their_cells(qtbot: QtBot) -> None:
    leaves = {"a": 2.001, "b": 3.0}
    trace = record_formula(parse_formula("L = a*b + a", leaves), leaves)
    layout, timeline = layout_map(trace), Timeline(trace)
    loaded = LoadedPass(timeline, layout, find_flows(trace, layout), MapColours(timeline))
    stage = stage_of(qtbot, loaded, SIZES["1080p"])
    view = stage.map_view
    stage.session.set_colour(Colour.GRADIENT)  # type: ignore[attr-defined]
    side = view.camera.scale * stage.theme.scale
    for cursor in range(timeline.end + 1):
        stage.session.seek(cursor)  # type: ignore[attr-defined]
        picture = view.grab().toImage()
        texts = record_all(view)
        names = {text.text: text for recording in texts for text in recording.texts}
        for node, name in enumerate(("a", "b", "a*b", "L")):
            left, top = view.camera.to_screen(float(layout.x[node]), float(layout.y[node]))
            left, top = left * stage.theme.scale, top * stage.theme.scale
            area = names[name].area
            assert left < area.left()
            assert area.right() < left + side
            corner = QPoint(round(area.left()) - 2, round(area.top()) - 2)
            inside = QPoint(round(left + side * 0.68), round(top + side * 0.45))
            assert picture.pixelColor(corner) == picture.pixelColor(inside), (cursor, name)
    assert {"2.001", "6.003", "8.004"} <= set(told(view))
