"""What the audience sees can be read: every text, every line, at each size and in each theme."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from recorded import faults, record_all

from explorer.debug import numbers
from explorer.debug.anatomy.reading import Place
from explorer.debug.generation.generation import Generation
from explorer.debug.lessons.stop import StageView
from explorer.debug.session import Colour, Session
from explorer.layout.flows import find_flows
from explorer.layout.map_layout import layout_map
from explorer.runs.training import Training
from explorer.theme.tokens import DARK, THEMES, Theme
from explorer.trace.passes import Subject, record_pass
from explorer.trace.timeline import Timeline
from explorer.views.lecture_stage import LectureStage, lecture_theme
from explorer.views.map_colours import MapColours
from explorer.views.pass_loader import LoadedPass
from explorer.views.stage_stop import StageStop

SIZES = {
    "720p": QSize(1280, 720),
    "1080p": QSize(1920, 1080),
    "4K": QSize(3840, 2160),
    "4:3": QSize(1024, 768),
}
LEAST, FINEST = 22, 2  # pixels on a screen that is 1080 pixels high
PICTURE = 0.6  # of the height
LONGEST = "isabellakatarin"
TRAINING = Training(3.3 - np.linspace(0, 1, 1000) + 0.3 * np.sin(np.arange(1000)), 3.296, 1000, 640)


@pytest.fixture(scope="module")
def loaded_longest(subject: Subject) -> LoadedPass:
    trace = record_pass(subject, LONGEST)
    layout, timeline = layout_map(trace), Timeline(trace)
    return LoadedPass(timeline, layout, find_flows(trace, layout), MapColours(timeline))


@pytest.fixture(scope="module")
def generation(subject: Subject) -> Generation:
    made_up = Generation(subject)
    for _ in range(4):
        made_up.step()
    return made_up


def stage_of(
    qtbot: QtBot, loaded: LoadedPass, generation: Generation, size: QSize, theme: Theme = DARK
) -> LectureStage:
    session = Session()
    session.open(loaded.timeline)
    stage = LectureStage(session, lecture_theme(theme, size.height()))
    stage.session = session  # type: ignore[attr-defined]
    qtbot.addWidget(stage)
    stage.stand_still()
    stage.resize(size)
    stage.show()
    stage.show_pass(loaded)
    stage.show_training(TRAINING)
    stage.show_generation(generation)
    return stage


def show(qtbot: QtBot, stage: LectureStage, view: StageView) -> None:
    stage.show_view(view)
    for _ in range(2):  # cards come a moment after a click, and scrolled parts after a layout
        qtbot.wait(1)


def found(stage: LectureStage) -> list[str]:
    share = stage.height() / 1080
    return faults(stage, LEAST * share, max(FINEST, FINEST * share))


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_all_views_can_be_read(
    qtbot: QtBot, loaded_emma: LoadedPass, generation: Generation, size: QSize, theme: Theme
) -> None:
    stage = stage_of(qtbot, loaded_emma, generation, size, theme)
    session = stage.session  # type: ignore[attr-defined]
    session.seek(loaded_emma.timeline.backward_start + 10_000)
    session.set_colour(Colour.GRADIENT)
    for view in StageView:
        show(qtbot, stage, view)
        assert found(stage) == [], view


@pytest.mark.parametrize(
    ("size", "share"), [("1080p", 0.0), ("1080p", 1.0), ("720p", 0.2), ("4:3", 0.2), ("4K", 0.2)]
)
def test_the_longest_name_can_be_read(
    qtbot: QtBot, loaded_longest: LoadedPass, generation: Generation, size: str, share: float
) -> None:
    stage = stage_of(qtbot, loaded_longest, generation, SIZES[size])
    stage.session.seek(round(share * loaded_longest.timeline.end))  # type: ignore[attr-defined]
    for view in StageView:
        show(qtbot, stage, view)
        assert found(stage) == [], view


@pytest.mark.parametrize("title", ["attention", "head 1", "fc1", "softmax", "wte"])
def test_no_text_is_small_however_close_the_map_is(
    qtbot: QtBot, loaded_emma: LoadedPass, generation: Generation, title: str
) -> None:
    stage = stage_of(qtbot, loaded_emma, generation, SIZES["1080p"])
    scopes = loaded_emma.timeline.trace.scopes
    wanted = next(i for i, one in enumerate(scopes) if one.title == title)
    stage.map_view.show_scope(wanted)
    assert [text for text in found(stage) if "pixels" in text] == []


def test_numbers_are_seen_where_the_map_is_closest(
    qtbot: QtBot, loaded_emma: LoadedPass, generation: Generation
) -> None:
    stage = stage_of(qtbot, loaded_emma, generation, SIZES["1080p"])
    trace = loaded_emma.timeline.trace
    node = trace.leaves + 9000
    stage.session.select(node)  # type: ignore[attr-defined]
    stage.map_view.zoom_to_selection()
    told = {text.text for recording in record_all(stage) for text in recording.texts}
    assert numbers.short(float(trace.data[node]), 3) in told
    assert [text for text in found(stage) if "pixels" in text] == []


def test_rows_of_the_whole_map_have_names(
    qtbot: QtBot, loaded_emma: LoadedPass, generation: Generation
) -> None:
    stage = stage_of(qtbot, loaded_emma, generation, SIZES["1080p"])
    names = ["q  k  v", "heads", "out", "fc1", "fc2", "lm_head"]
    told = [text.text for recording in record_all(stage) for text in recording.texts]
    assert [text for text in told if text in names] == names
    stage.map_view.show_scope(int(loaded_emma.timeline.trace.position_scope[1]) + 3)
    told = [text.text for recording in record_all(stage) for text in recording.texts]
    assert "heads" not in told


@pytest.mark.parametrize("text_size", [1.15, 1.5])
def test_larger_texts_are_larger_and_not_cut(
    qtbot: QtBot, loaded_emma: LoadedPass, generation: Generation, text_size: float
) -> None:
    size = SIZES["1080p"]
    stage = stage_of(qtbot, loaded_emma, generation, size, DARK)
    large = LectureStage(
        stage.session,  # type: ignore[attr-defined]
        lecture_theme(DARK, size.height(), text_size),
    )
    qtbot.addWidget(large)
    large.resize(size)
    large.show()
    large.show_pass(loaded_emma)
    for view in (StageView.MAP, StageView.NEIGHBOURHOOD, StageView.FORMULA, StageView.TEXT):
        show(qtbot, large, view)
        assert faults(large, LEAST * text_size, FINEST) == [], view


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_most_of_the_height_is_the_picture(
    qtbot: QtBot, loaded_emma: LoadedPass, generation: Generation, size: QSize
) -> None:
    stage = stage_of(qtbot, loaded_emma, generation, size)
    for view in StageView:
        show(qtbot, stage, view)
        assert stage.widget(view).height() >= PICTURE * size.height()


def test_what_is_wrong_is_found(
    qtbot: QtBot, loaded_emma: LoadedPass, generation: Generation
) -> None:
    stage = stage_of(qtbot, loaded_emma, generation, SIZES["1080p"])
    small = QLabel("tiny", stage)
    small.setStyleSheet("font-size: 12px")
    small.move(600, 300)
    for text, x in (("one over", 600), ("the other", 610)):
        label = QLabel(text, stage)
        label.setStyleSheet("font-size: 40px; background: transparent")
        label.move(x, 400)
    cut = QLabel("not all of this", stage)
    cut.setStyleSheet("font-size: 40px; border: 1px solid red; padding: 0")
    cut.setGeometry(600, 500, 80, 30)
    for label in stage.findChildren(QLabel):
        label.show()
    told = "\n".join(found(stage))
    assert "“tiny” has 12.0 pixels" in told
    assert "“one over” and QLabel: “the other” overlap" in told
    assert "“not all of this” is cut" in told


def test_texts_of_painted_views_are_found(
    qtbot: QtBot, loaded_emma: LoadedPass, generation: Generation
) -> None:
    stage = stage_of(qtbot, loaded_emma, generation, SIZES["1080p"])
    told = {text.text for recording in record_all(stage) for text in recording.texts}
    assert {"BOS → e", "backward", "chance 3.296", "4 a → BOS", "zero"} <= told
    show(qtbot, stage, StageView.NEIGHBOURHOOD)
    told = {text.text for recording in record_all(stage) for text in recording.texts}
    assert any("loss of position 4" in text for text in told)


def test_the_caption_is_of_the_moment_or_what_it_was_told(
    qtbot: QtBot, loaded_emma: LoadedPass, generation: Generation
) -> None:
    stage = stage_of(qtbot, loaded_emma, generation, SIZES["1080p"])
    session = stage.session  # type: ignore[attr-defined]
    session.seek(1)
    assert stage.caption.text.startswith("Forward 1 of 39 703")
    stop = StageStop("A title", "What there is to <b>say</b>.", StageView.MAP)
    stage.show_stop(stop, loaded_emma)
    session.seek(2)
    assert stage.caption.text == "A title\nWhat there is to say."
    stage.show_view(StageView.TEXT)
    assert stage.widget(StageView.TEXT).text == stage.caption.text  # type: ignore[attr-defined]
    stage.show_moment()
    assert stage.widget(StageView.TEXT).text.startswith("Forward 2")  # type: ignore[attr-defined]


def test_a_place_is_looked_at_until_forward_comes_to_another_position(
    qtbot: QtBot, loaded_emma: LoadedPass, generation: Generation
) -> None:
    stage = stage_of(qtbot, loaded_emma, generation, SIZES["1080p"])
    stage.show_view(StageView.HEAD, Place(2, 0, 3))
    head = stage.widget(StageView.HEAD)
    assert "head 3 at position 2" in head.steps_figure.remark  # type: ignore[attr-defined]
    stage.session.seek(10)  # type: ignore[attr-defined]
    assert "head 3 at position 0" in head.steps_figure.remark  # type: ignore[attr-defined]


def test_the_same_frame_is_seen_on_all_screens(
    qtbot: QtBot, loaded_emma: LoadedPass, generation: Generation
) -> None:
    frame = (100.0, 40.0, 60.0, 30.0)
    for size in SIZES.values():
        stage = stage_of(qtbot, loaded_emma, generation, size)
        stage.look(frame)
        view = stage.map_view
        left, top = view.camera.to_map(0, 0)
        scale = stage.theme.scale
        right, bottom = view.camera.to_map(view.width() / scale, view.height() / scale)
        assert left <= 100.0
        assert top <= 40.0
        assert right >= 160.0
        assert bottom >= 70.0
