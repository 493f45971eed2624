"""Another theme, or larger text, while the window is open: nothing else changes."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QEvent, QSettings, QSize, Qt
from PySide6.QtGui import QFont, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.app import first_look, follow_font
from explorer.debug.anatomy.reading import Place
from explorer.debug.desk import Workspace
from explorer.debug.session import Session
from explorer.debug.whatif import prepare
from explorer.layout.camera import Camera
from explorer.layout.card_layouts import CardLayout
from explorer.runs.matrices import Quantity
from explorer.theme.look import TEXT_KEY, TEXT_SIZES, THEME_KEY, USUAL, Look, kept_look, look_of
from explorer.theme.tokens import CONTRAST, DARK, LIGHT, THEMES, Theme
from explorer.trace.passes import Subject, record_pass
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace
from explorer.views import looks, rest
from explorer.views.compare_models import Choice, Source
from explorer.views.help_window import HelpPage
from explorer.views.main_window import MainWindow
from explorer.views.map_view import MapView
from explorer.views.neighbourhood_view import NeighbourhoodView
from explorer.views.outline import Outline
from explorer.views.pass_loader import LoadedPass, Progress
from explorer.views.rest import collect_anew

PATIENCE = 120_000  # milliseconds
SCREEN = QSize(3840, 2160)
LOOKS = [LIGHT, CONTRAST.scaled(0.85), DARK.scaled(1.3)]  # other colours, other texts, or both
every_look = pytest.mark.parametrize("theme", LOOKS, ids=lambda t: f"{t.name}-{t.scale}")
another_look = pytest.mark.parametrize("theme", [CONTRAST.scaled(1.15)], ids=["another"])


@pytest.fixture(autouse=True)
def only_new_objects(qapp: QApplication, quick_collections: None) -> None:
    """Keep what earlier tests left out of the way of collections, of which each change asks one."""
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    gc.freeze()


def change(qtbot: QtBot, window: MainWindow, theme: Theme) -> None:
    """Change the look, and wait until the old views are gone."""
    last = weakref.ref(window.interior)
    window.change_look(theme)
    qtbot.waitUntil(lambda: last() is None)


def pixels(window: MainWindow) -> npt.NDArray[np.uint8]:
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    bits = np.frombuffer(image.constBits(), np.uint8)
    return bits.reshape(image.height(), image.width(), 4)[:, :, :3].copy()


def listeners(session: Session) -> dict[str, int]:
    owners = {"session": session, "breakpoints": session.breakpoints, "watches": session.watches,
              "bookmarks": session.bookmarks}  # fmt: skip
    return {
        f"{name}.{signal}": len(getattr(owner, signal))
        for name, owner in owners.items()
        for signal in type(owner).__dict__
        if hasattr(getattr(owner, signal), "connect")
    }


def test_everything_is_in_the_new_look(qtbot: QtBot, small: MainWindow) -> None:
    for theme in (*LOOKS, CONTRAST, LIGHT.scaled(1.15)):
        change(qtbot, small, theme)
        assert theme.panel in small.styleSheet()
        assert small.minimumSize() == QSize(theme.px(1280), theme.px(640))
        assert small._actions.by_id[f"theme_{theme.name}"].isChecked()


@pytest.mark.parametrize("workspace", Workspace)
def test_back_again_the_picture_is_the_same(
    qtbot: QtBot, window: MainWindow, workspace: Workspace
) -> None:
    window.show_workspace(workspace)
    window.session.seek(5000)
    window.session.select(6000)
    QApplication.processEvents()
    before = pixels(window)
    for theme in (LIGHT, DARK):
        change(qtbot, window, theme)
    differs = (pixels(window) != before).any(axis=2)
    assert differs.mean() < 0.01  # a pane may be two pixels higher than when it was first shown


def test_the_old_views_are_gone(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "collect_anew", collect_anew)  # as it is outside of tests
    for workspace in Workspace:
        window.show_workspace(workspace)
    change(qtbot, window, LIGHT)
    before, widgets = listeners(window.session), len(QApplication.allWidgets())
    views = [weakref.ref(view) for view in window.interior.findChildren(QWidget)]
    change(qtbot, window, DARK)
    assert not any(view() for view in views)
    assert listeners(window.session) == before
    assert len(QApplication.allWidgets()) == widgets


@pytest.mark.parametrize("workspace", [Workspace.EXPLORE, Workspace.TRAIN, Workspace.GENERATE])
def test_many_changes_leave_nothing_behind(
    qtbot: QtBot, small: MainWindow, workspace: Workspace
) -> None:
    small.show_workspace(workspace)
    counts = []
    for i in range(6):
        change(qtbot, small, (LIGHT, DARK)[i % 2])
        gc.collect()
        counts.append((len(QApplication.allWidgets()), len(gc.get_objects())))
    assert counts[-1][0] == counts[1][0]
    assert counts[-1][1] < counts[1][1] + 50


@another_look
def test_the_pass_stays_as_it_is(
    qtbot: QtBot, window: MainWindow, emma_timeline: Timeline, theme: Theme
) -> None:
    session = window.session
    session.seek(5000)
    session.select(6000)
    session.show_what_if(prepare(emma_timeline).change({0: 0.5}))
    what_if, phase, told = session.what_if, window.top_bar._phase.text(), []
    session.opened.connect(lambda: told.append("opened"))
    session.numbers_changed.connect(lambda: told.append("numbers"))
    change(qtbot, window, theme)
    assert (session.cursor, session.selection, session.what_if) == (5000, 6000, what_if)
    assert told == []
    assert not window.explore.what_if_bar.isHidden()
    assert window.explore.inspector.toPlainText()
    assert window.top_bar._phase.text() == phase


@every_look
def test_the_window_stays_where_it_was(qtbot: QtBot, window: MainWindow, theme: Theme) -> None:
    workbench = window.explore.workbench
    workbench.show_panel("whatif")
    workbench._panes[1].hide()
    hidden = [pane.isHidden() for pane in workbench._panes]
    name = window.top_bar.name
    name.setFocus()
    name.setText("zo")
    name.setCursorPosition(1)
    window.message.tell("A sentence.", "zoe")
    size = window.size()
    change(qtbot, window, theme)
    assert window.size() == size.expandedTo(window.minimumSize())
    panes = window.explore.workbench._panes
    assert [pane.isHidden() for pane in panes] == hidden
    assert hidden[1]
    assert window.explore.what_if.isVisible()
    assert not window.explore.breakpoints.isVisible()
    assert (window.top_bar.name.text(), window.top_bar.name.cursorPosition()) == ("zo", 1)
    assert window.top_bar.name.hasFocus()
    assert (window.message.text, window.message._suggestion) == ("A sentence.", "zoe")


def test_the_keyboard_stays_where_it_was(qtbot: QtBot, small: MainWindow) -> None:
    areas = ("map_view", "outline", "timeline_view", "token_strip")
    for area, theme in zip(areas, (LIGHT, DARK, LIGHT, DARK), strict=True):
        getattr(small.explore, area).setFocus()
        change(qtbot, small, theme)
        assert getattr(small.explore, area).hasFocus(), area


@every_look
def test_the_same_part_of_the_map_is_in_view(
    qtbot: QtBot, window: MainWindow, theme: Theme
) -> None:
    view = window.explore.map_view
    view.look(Camera(3.0, 40.0, 30.0))
    middle = _middle(view)
    change(qtbot, window, theme)
    assert not window.explore.map_view.shows_all
    assert _middle(window.explore.map_view) == pytest.approx(middle)
    change(qtbot, window, DARK)
    assert _middle(window.explore.map_view) == pytest.approx(middle)
    window.explore.map_view.zoom_to_fit()
    change(qtbot, window, theme)
    assert window.explore.map_view.shows_all


def _middle(view: MapView) -> tuple[float, float]:
    point = view.rect().toRectF().center() / view._theme.scale
    return view.camera.to_map(point.x(), point.y())


@every_look
def test_the_neighbourhood_stays(qtbot: QtBot, window: MainWindow, theme: Theme) -> None:
    window.explore.workbench.show_panel("neighbourhood")
    panel = window.explore.neighbourhood
    panel.view.set_layout(CardLayout.SPIRAL)
    panel.hops.setValue(3)
    qtbot.keyClick(panel.view, Qt.Key.Key_Plus)
    nodes = panel.view.scene.nodes
    middle = _card_in_the_middle(panel.view)
    change(qtbot, window, theme)
    panel = window.explore.neighbourhood
    assert (panel.view.choices.hops, panel.hops.value()) == (3, 3)
    assert panel.view.choices.layout is CardLayout.SPIRAL
    assert panel.layouts.currentText() == CardLayout.SPIRAL.value
    assert panel.view.scene.nodes == nodes
    assert _card_in_the_middle(panel.view) == pytest.approx(middle)


def _card_in_the_middle(view: NeighbourhoodView) -> tuple[float, float]:
    point = view.rect().toRectF().center() / view._theme.scale
    return view._camera.to_map(point.x(), point.y())


@another_look
def test_the_outline_stays_open(qtbot: QtBot, window: MainWindow, theme: Theme) -> None:
    outline = window.explore.outline
    for scope in (1, 2, 5):
        outline.expand(outline.scopes.index_of(scope))
    opened = _opened(outline)
    change(qtbot, window, theme)
    assert len(opened) > 1
    assert _opened(window.explore.outline) == opened


def _opened(outline: Outline) -> set[int]:
    count = len(outline._session.trace.scopes)
    return {s for s in range(count) if outline.isExpanded(outline.scopes.index_of(s))}


@another_look
def test_the_search_stays(qtbot: QtBot, window: MainWindow, theme: Theme) -> None:
    bar = window.explore.search_bar
    bar.open_search()
    qtbot.keyClicks(bar.field, "op:exp")
    window.session.walk_found(1)
    found, at, words = window.session.found.tolist(), window.session.found_at, bar.count.text()
    change(qtbot, window, theme)
    bar = window.explore.search_bar
    assert bar.isVisible()
    assert bar.field.hasFocus()
    assert (bar.field.text(), bar.count.text()) == ("op:exp", words)
    assert (window.session.found.tolist(), window.session.found_at) == (found, at)
    bar.close_search()
    change(qtbot, window, DARK)
    assert not window.explore.search_bar.isVisible()
    assert (window.session.query, window.explore.search_bar.field.text()) == ("", "op:exp")


def test_what_is_being_typed_stays(qtbot: QtBot, small: MainWindow) -> None:
    small.explore.workbench.show_panel("breakpoints")
    qtbot.keyClicks(small.explore.breakpoints.condition, "abs(grad")
    change(qtbot, small, LIGHT)
    assert small.explore.breakpoints.condition.text() == "abs(grad"
    assert small.explore.breakpoints.condition.hasFocus()


@another_look
def test_the_page_of_a_name_stays(qtbot: QtBot, window: MainWindow, theme: Theme) -> None:
    window.show_workspace(Workspace.NAME)
    page = window.name_page
    page.tabs.setCurrentIndex(1)
    page.attention.controls.quantities[1].trigger()
    page.show_place(Place(2, 0, 3))
    change(qtbot, window, theme)
    page = window.name_page
    assert window.workspace is Workspace.NAME
    assert page.isVisible()
    assert (page.tabs.currentIndex(), page.place) == (1, Place(2, 0, 3))
    assert page.attention.controls.quantities[1].isChecked()
    window.show_workspace(Workspace.EXPLORE)
    change(qtbot, window, DARK)  # now it is made when there is time for it
    assert window.name_page.place == Place(2, 0, 3)
    assert window.name_page.attention.isVisibleTo(window.name_page)


def test_compared_names_stay(qtbot: QtBot, small: MainWindow) -> None:
    small.show_workspace(Workspace.NAME)
    view = small.name_page.compare
    small.name_page.tabs.setCurrentIndex(4)
    view.toggle_third()
    view.ask(2, "oli", Choice(Source.UNTRAINED))
    change(qtbot, small, LIGHT)  # what is being made is made on
    view = small.name_page.compare
    qtbot.waitUntil(lambda: None not in view.outcomes, timeout=PATIENCE)
    assert len(view.outcomes) == 3
    assert (view.headers[2].typed, view.headers[2].choice.source) == ("oli", Source.UNTRAINED)
    made = view.outcomes
    change(qtbot, small, DARK)
    again = small.name_page.compare.outcomes
    assert all(one is other for one, other in zip(again[1:], made[1:], strict=True))


@another_look
def test_names_that_are_made_up_stay(qtbot: QtBot, small: MainWindow, theme: Theme) -> None:
    small.show_workspace(Workspace.GENERATE)
    generation = small.pages.generation
    generation.step()
    generation.step()
    small.generate.batch.count.setValue(30)
    small.generate.batch.toggle()
    change(qtbot, small, theme)
    batch = small.generate.batch
    assert small.pages.generation is generation
    assert len(generation.draws) == 2
    assert batch.count.value() == 30
    qtbot.waitUntil(lambda: not batch.is_drawing, timeout=PATIENCE)
    assert len(batch.rows) == 30
    rows = batch.rows
    change(qtbot, small, DARK)
    assert small.generate.batch.rows == rows


def test_draws_go_on_by_themselves(qtbot: QtBot, small: MainWindow) -> None:
    small.show_workspace(Workspace.GENERATE)
    small.pages.generation.play(True)
    change(qtbot, small, LIGHT)
    drawn = len(small.pages.generation.draws)
    assert small.pages.generation.playing
    qtbot.waitUntil(lambda: len(small.pages.generation.draws) > drawn, timeout=PATIENCE)


@another_look
def test_the_page_of_runs_stays(qtbot: QtBot, run: int, small: MainWindow, theme: Theme) -> None:
    small.show_workspace(Workspace.TRAIN)
    small.runs.show_step(3)
    small.train.matrices.show_quantity(Quantity.UPDATE)
    small.train.views.tabs.setCurrentIndex(1)
    small.train.map.name.setText("ba")
    qtbot.keyClick(small.train.map.name, Qt.Key.Key_Return)
    session = small.train.step_pass.session
    qtbot.waitUntil(lambda: session.trace is not None, timeout=PATIENCE)
    change(qtbot, small, theme)
    assert (small.runs.current, small.runs.step) == (run, 3)
    assert small.train.step.slider.value() == 3
    assert small.train.matrices.quantity is Quantity.UPDATE
    assert small.train.views.tabs.currentIndex() == 1
    assert small.train.step_pass.session is session
    qtbot.waitUntil(lambda: session.trace.document.name == "ba", timeout=PATIENCE)
    assert small.train.map.map_view.layout_shown is not None
    small.runs.show_step(5)
    live = small.train.map.live
    qtbot.waitUntil(lambda: live.step is not None and live.step.number == 5, timeout=PATIENCE)


def test_a_run_trains_on(qtbot: QtBot, run: int, small: MainWindow) -> None:
    small.show_workspace(Workspace.TRAIN)
    small.runs.start()
    qtbot.waitUntil(lambda: len(small.runs.history) > 6, timeout=PATIENCE)
    done = len(small.runs.history)
    change(qtbot, small, LIGHT)
    small.show_workspace(Workspace.EXPLORE)
    change(qtbot, small, DARK)
    total = small.runs.record.settings.steps
    qtbot.waitUntil(lambda: len(small.runs.history) > min(done, total - 1), timeout=PATIENCE)


def test_a_pass_is_recorded_on(qtbot: QtBot, small: MainWindow) -> None:
    go_on = Event()

    def wait_and_record(subject: Subject, name: str, progress: Progress) -> Trace:
        go_on.wait()
        return record_pass(subject, name, progress)

    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        small.loader.load("anna", wait_and_record)
        change(qtbot, small, LIGHT)
        assert small.is_running
        assert small.top_bar._run.text() == "Cancel"
        go_on.set()
    assert small.session.trace.document.name == "anna"
    assert small.explore.loaded.timeline is small.session.timeline
    assert small.top_bar._run.text() == "Run"


def test_a_pass_can_be_cancelled_afterwards(qtbot: QtBot, small: MainWindow) -> None:
    def record_for_ever(subject: Subject, name: str, progress: Progress) -> Trace:
        while not Event().wait(0.001):
            progress(0.5)  # raises once it is cancelled
        raise AssertionError

    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        small.loader.load("anna", record_for_ever)
        change(qtbot, small, LIGHT)
        qtbot.mouseClick(small.top_bar._run, Qt.MouseButton.LeftButton)
    assert small.session.trace.document.name == "ab"


def test_time_goes_on_by_itself(qtbot: QtBot, small: MainWindow) -> None:
    small.session.seek(10)
    small.session.play(1)
    change(qtbot, small, LIGHT)
    assert small._actions.by_id["play"].isChecked()
    cursor = small.session.cursor
    qtbot.waitUntil(lambda: small.session.cursor > cursor)


def test_the_help_stays_open(qtbot: QtBot, small: MainWindow) -> None:
    small.guides.show_help(HelpPage.GLOSSARY)
    small.guides.help.words.setCurrentRow(4)
    text = small.guides.help.text.toPlainText()
    change(qtbot, small, LIGHT)
    shown = small.guides.help
    assert shown.isVisible()
    assert (shown.page, shown.text.toPlainText()) == (HelpPage.GLOSSARY, text)


def test_before_the_first_pass_there_is_a_look_as_well(
    qtbot: QtBot, empty_window: MainWindow, loaded_emma: LoadedPass
) -> None:
    change(qtbot, empty_window, LIGHT)
    empty_window.show_pass(loaded_emma)
    assert empty_window.explore.map_view.layout_shown is not None


# Choosing a look


@pytest.fixture
def roomy(small: MainWindow) -> MainWindow:
    """A window on a large screen."""
    small.looks._room = lambda: SCREEN
    return small


def scale(window: MainWindow) -> float:
    return window.looks.look.theme.scale


def test_keys_change_the_text(qtbot: QtBot, roomy: MainWindow) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(roomy, Qt.Key.Key_Plus, control)
    qtbot.keyClick(roomy, Qt.Key.Key_Equal, control)
    assert scale(roomy) == 1.3
    assert roomy.minimumWidth() == 1664
    qtbot.keyClick(roomy, Qt.Key.Key_Minus, control)
    assert scale(roomy) == 1.15
    qtbot.keyClick(roomy, Qt.Key.Key_0, control)
    assert scale(roomy) == 1.0
    qtbot.keyClick(roomy, Qt.Key.Key_Minus, control)
    assert scale(roomy) == 0.85
    assert not roomy.message.isVisible()
    qtbot.keyClick(roomy, Qt.Key.Key_Minus, control)
    assert (scale(roomy), roomy.message.text) == (0.85, looks.LEAST)


def test_the_largest_text_is_told(roomy: MainWindow) -> None:
    roomy.looks._look = replace(roomy.looks.look, size=len(TEXT_SIZES) - 2)
    for _ in range(2):
        roomy.desk.resize_text(1)
    assert (scale(roomy), roomy.message.text) == (2.0, looks.LARGEST)


@pytest.mark.parametrize(("room", "largest"), [((1472, 736), 1.15), ((1471, 900), 1.0)])
def test_the_window_has_to_fit_the_screen(
    roomy: MainWindow, room: tuple[int, int], largest: float
) -> None:
    roomy.looks._room = lambda: QSize(*room)
    for _ in range(2):
        roomy.desk.resize_text(1)
    assert (scale(roomy), roomy.message.text) == (largest, looks.NO_ROOM)


def test_the_menu_chooses_the_theme(qtbot: QtBot, small: MainWindow) -> None:
    for name, theme in THEMES.items():
        small._actions.by_id[f"theme_{name}"].trigger()
        assert theme.panel in small.styleSheet()
        chosen = [n for n in THEMES if small._actions.by_id[f"theme_{n}"].isChecked()]
        assert chosen == [name]


# Keeping it


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def test_a_choice_is_kept(
    qtbot: QtBot, subject: Subject, settings: QSettings, tmp_path: Path
) -> None:
    window = MainWindow(subject, Session(), LIGHT, settings, tmp_path / "runs.sqlite3")
    qtbot.addWidget(window)
    window.looks._room = lambda: SCREEN
    assert settings.allKeys() == []
    window.desk.resize_text(1)
    settings.sync()
    assert settings.allKeys() == [TEXT_KEY]  # the colours were not chosen
    window.desk.show_theme("contrast")
    settings.sync()
    again = QSettings(settings.fileName(), QSettings.Format.IniFormat)
    assert kept_look(again).theme == CONTRAST.scaled(1.15)


@pytest.mark.parametrize("bad", ["", "pink", "1.1", "-3", "nan", 7, b"dark", ["dark", "light"]])
@pytest.mark.parametrize("key", [THEME_KEY, TEXT_KEY])
def test_what_is_no_look_is_ignored(settings: QSettings, key: str, bad: object) -> None:
    settings.setValue(key, bad)
    assert kept_look(settings) == Look()


def test_the_command_line_wins(settings: QSettings) -> None:
    settings.setValue(THEME_KEY, "contrast")
    settings.setValue(TEXT_KEY, "1.3")
    assert first_look(settings, None, SCREEN).theme == CONTRAST.scaled(1.3)
    assert first_look(settings, "light", SCREEN).theme == LIGHT.scaled(1.3)
    assert settings.value(THEME_KEY) == "contrast"


def test_at_first_the_text_fits_the_screen(settings: QSettings) -> None:
    settings.setValue(TEXT_KEY, "2.0")
    assert first_look(settings, None, QSize(1920, 1080)).theme.scale == 1.5
    assert first_look(settings, None, QSize(800, 600)).size == USUAL
    settings.setValue(TEXT_KEY, "0.85")
    assert first_look(settings, None, QSize(800, 600)).theme.scale == 0.85


def test_a_theme_has_a_look() -> None:
    for size in range(len(TEXT_SIZES)):
        assert look_of(replace(Look("light"), size=size).theme) == Look("light", size)


@pytest.fixture
def font() -> Iterator[None]:
    before = QFont(QApplication.font())
    yield
    QApplication.setFont(before)


@pytest.mark.usefixtures("font")
def test_the_font_of_the_program_follows() -> None:
    follow_font(DARK.scaled(2.0))
    assert QApplication.font().pixelSize() == 30
