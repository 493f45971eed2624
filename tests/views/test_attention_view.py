"""The tab about attention: matrices, one head step by step, the cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from explorer.debug.anatomy.attention import Quantity, pairs_table
from explorer.debug.anatomy.attention_steps import Part
from explorer.debug.anatomy.grid import CellState
from explorer.debug.anatomy.parts import Anatomy
from explorer.debug.anatomy.quantity import Quantity as DataOrGradient
from explorer.debug.anatomy.reading import Place, Reading
from explorer.debug.desk import Workspace
from explorer.theme.tokens import DARK, THEMES
from explorer.trace.passes import record_pass, untrained
from explorer.trace.timeline import Timeline
from explorer.views.attention_controls import AttentionControls
from explorer.views.attention_view import AttentionView
from explorer.views.cell_grid import At, CellGrid
from explorer.views.main_window import MainWindow
from microgpt import Config

SIZES = [QSize(1280, 510), QSize(1920, 839), QSize(3840, 1900)]


def reading_of(timeline: Timeline, cursor: int | None = None) -> Reading:
    at = timeline.end if cursor is None else cursor
    return Reading(timeline, at, Anatomy(timeline.trace))


@pytest.fixture(scope="session")
def deep() -> Timeline:
    """A pass of two layers."""
    return Timeline(record_pass(untrained(Config(n_layer=2, n_embd=8, n_head=2)), "ab"))


@pytest.fixture
def view(qtbot: QtBot, emma_timeline: Timeline) -> AttentionView:
    view = AttentionView(DARK)
    qtbot.addWidget(view)
    view.resize(1900, 830)
    view.show_reading(reading_of(emma_timeline), Place(3, 0, 1))
    with qtbot.waitExposed(view):
        view.show()
    return view


@pytest.fixture
def tab(window: MainWindow, qtbot: QtBot) -> AttentionView:
    """The tab in the window."""
    window.show_workspace(Workspace.NAME)
    tabs = window.name_page.tabs
    titles = [tabs.tabText(i) for i in range(tabs.count())]
    tabs.setCurrentIndex(titles.index("Attention"))
    window.session.seek(window.session.timeline.end)
    qtbot.waitUntil(lambda: bool(window.name_page.attention.matrices.grids))
    return window.name_page.attention


def click(grid: CellGrid, at: At) -> None:
    place = grid.area_of(at).center().toPoint()
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=place)


# What is shown


def test_all_heads_stand_side_by_side(view: AttentionView, emma_timeline: Timeline) -> None:
    grids = view.matrices.grids
    assert [grid.title for grid in grids] == ["head 0", "head 1", "head 2", "head 3"]
    assert len({raster.top for raster in view.matrices.rasters}) == 1
    for grid, head in zip(grids, Anatomy(emma_timeline.trace).attention[0], strict=True):
        seen = np.tri(5, dtype=bool)
        np.testing.assert_array_equal(
            grid.values[seen], emma_timeline.trace.data[head.weights[seen]]
        )
        assert (grid.states[~seen] == CellState.NOT_THERE).all()


def test_the_chosen_head_is_worked_out(view: AttentionView, emma_timeline: Timeline) -> None:
    head, data = Anatomy(emma_timeline.trace).attention[0][1], emma_timeline.trace.data
    shown = {part: view.steps.grids[part].values for part in Part}
    np.testing.assert_array_equal(shown[Part.QUERY], data[head.queries[3:4]])
    np.testing.assert_array_equal(shown[Part.SCORE][:, 0], data[head.scores[3, :4]])
    np.testing.assert_array_equal(shown[Part.WEIGHTED], data[head.weighted[3, :4]])
    np.testing.assert_array_equal(shown[Part.GATHERED], data[head.gathered[3:4]])
    assert "score = q · k / √4" in view.steps_figure._remark.text()


def test_the_cache_is_bright_where_the_position_sees(view: AttentionView) -> None:
    for grid in view.cache.grids:
        assert grid.faint is not None
        assert grid.faint.all(axis=1).tolist() == [False, False, False, False, True]
    assert view.cache_figure._remark.text() == "holds 5 of 5 positions"


def test_all_follows_time(view: AttentionView, emma_timeline: Timeline) -> None:
    anatomy = Anatomy(emma_timeline.trace)
    weights = anatomy.attention[0][1].weights
    moment = emma_timeline.computed_after(int(weights[3, 2]))
    view.show_reading(Reading(emma_timeline, moment, anatomy), Place(3, 0, 1))
    known = [int((grid.states == CellState.KNOWN).sum()) for grid in view.matrices.grids]
    assert known == [10, 9, 6, 6]
    states = view.steps.grids[Part.WEIGHT].states[:, 0].tolist()
    assert states == [*[CellState.KNOWN] * 3, CellState.NOT_COMPUTED]
    assert (view.steps.grids[Part.GATHERED].states == CellState.NOT_COMPUTED).all()
    assert view.cache_figure._remark.text() == "holds 4 of 5 positions"
    view.show_reading(Reading(emma_timeline, 0, anatomy), Place(3, 0, 1))
    for grid in (*view.matrices.grids, *view.steps.grids, *view.cache.grids):
        assert np.isnan(grid.values).all()


def test_quantity_and_gradient_are_chosen(view: AttentionView, emma_timeline: Timeline) -> None:
    head, trace = Anatomy(emma_timeline.trace).attention[0][2], emma_timeline.trace
    assert view.controls.legend.ends == ("0", "0.25", "1")
    by_title = {action.text(): action for action in view.controls.quantities}
    by_title["score"].trigger()
    seen = np.tri(5, dtype=bool)
    np.testing.assert_array_equal(
        view.matrices.grids[2].values[seen], trace.data[head.scores[seen]]
    )
    low, high = view.controls.legend.ends
    assert low == high.replace("+", "−")
    view.controls.kind.choose(DataOrGradient.GRADIENT)
    np.testing.assert_array_equal(
        view.matrices.grids[2].values[seen], trace.grad[head.scores[seen]]
    )
    assert (view.controls.quantity, view.controls.of_gradient) == (Quantity.SCORE, True)


def test_without_a_pass_there_is_a_sentence(view: AttentionView) -> None:
    view.show_reading(None, Place())
    assert not view.panes.isVisible()
    assert view._nothing.isVisible()
    assert view._pairs() is view._worked_out() is view._cached() is None


def test_a_single_layer_is_no_choice(view: AttentionView, deep: Timeline, qtbot: QtBot) -> None:
    assert not view.controls.layers.isVisible()
    view.show_reading(reading_of(deep), Place(1, 1, 0))
    assert view.controls.layers.isVisible()
    assert view.controls.layers.currentText() == "layer 1"
    head, data = Anatomy(deep.trace).attention[1][0], deep.trace.data
    np.testing.assert_array_equal(view.steps.grids[Part.KEY].values, data[head.keys[:2]])
    with qtbot.waitSignal(view.place_chosen) as chosen:
        view.controls.layers.activated.emit(0)
    assert chosen.args == [Place(1, 0, 0)]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.width()}")
@pytest.mark.parametrize("name", ["a", "emma", "maximilianalexi"])
def test_nothing_is_cut(qtbot: QtBot, size: QSize, name: str) -> None:
    timeline = Timeline(record_pass(untrained(Config()), name))
    view = AttentionView(DARK)
    qtbot.addWidget(view)
    view.resize(size)
    view.show_reading(reading_of(timeline), Place(9, 0, 3).within(Anatomy(timeline.trace)))
    with qtbot.waitExposed(view):
        view.show()
    QApplication.processEvents()
    assert not view.panes.horizontalScrollBar().isVisible()
    for figure in (view.matrices_figure, view.steps_figure, view.cache_figure):
        area = figure.content
        assert isinstance(area, QScrollArea)
        grid = area.widget()
        assert isinstance(grid, CellGrid)
        assert grid.size() == area.viewport().size()  # it need not scroll
        places = [raster.whole for raster in grid.rasters]
        assert all(grid.rect().toRectF().contains(place) for place in places)
    for places in ([r.whole for r in g.rasters] for g in (view.matrices, view.cache)):
        assert not any(a.intersects(b) for i, a in enumerate(places) for b in places[:i])
    if size.width() >= 1900:
        assert not view.panes.verticalScrollBar().isVisible()


@pytest.mark.parametrize("config", [Config(n_head=1), Config(n_embd=4), Config(n_embd=1, n_head=1)])
@pytest.mark.parametrize("theme", THEMES)
def test_any_shape_can_be_drawn(qtbot: QtBot, config: Config, theme: str) -> None:
    timeline = Timeline(record_pass(untrained(config), "abc"))
    view = AttentionView(THEMES[theme])
    qtbot.addWidget(view)
    view.resize(1280, 600)
    for cursor in (0, timeline.forward_end // 2, timeline.backward_start + 900, timeline.end):
        view.show_reading(reading_of(timeline, cursor), Place(2, 0, 0))
        view.grab()


def test_a_pass_that_failed_is_shown_as_far_as_it_came(qtbot: QtBot) -> None:
    subject = untrained(Config())
    for row in subject.model.state_dict["layer0.attn_wv"]:
        row[0].data = float("inf")
    timeline = Timeline(record_pass(subject, "emma"))
    view = AttentionView(DARK)
    qtbot.addWidget(view)
    view.resize(1900, 830)
    view.show_reading(reading_of(timeline), Place())
    view.grab()
    head = view.matrices.grids[0]
    assert (head.states[0, 0] == CellState.NOT_THERE) == (head.nodes[0, 0] < 0)
    assert (view.steps.grids[Part.KEY].states == CellState.KNOWN).all()


# Choosing


def test_a_click_chooses_position_and_head(tab: AttentionView, window: MainWindow) -> None:
    click(tab.matrices, At(2, 4, 1))
    assert window.name_page.place == Place(4, 0, 2)
    assert tab.matrices.at == At(2, 4, 1)
    assert tab.steps.grids[Part.KEY].shape == (5, 4)
    assert tab.steps._looked_at == 1


def test_another_column_of_the_same_row_moves_the_band(tab: AttentionView, qtbot: QtBot) -> None:
    click(tab.matrices, At(2, 4, 1))
    with qtbot.assertNotEmitted(tab.place_chosen):
        click(tab.matrices, At(2, 4, 3))
    assert tab.steps._looked_at == 3


def test_a_double_click_leads_to_the_map(tab: AttentionView, window: MainWindow) -> None:
    place = tab.matrices.area_of(At(1, 3, 2)).center().toPoint()
    QTest.mouseDClick(tab.matrices, Qt.MouseButton.LeftButton, pos=place)
    assert window.session.selection == Anatomy(window.session.trace).attention[0][1].weights[3, 2]
    assert window.explore.isVisible()


@pytest.mark.parametrize("part", Part)
def test_a_click_on_a_step_leads_to_its_node(
    tab: AttentionView, window: MainWindow, part: Part
) -> None:
    window.name_page.show_place(Place(3, 0, 1))
    node = tab.steps.node_at(At(part, 0, 0))
    click(tab.steps, At(part, 0, 0))
    assert window.session.selection == node
    assert window.explore.isVisible()


def test_a_click_on_the_cache_leads_to_its_node(tab: AttentionView, window: MainWindow) -> None:
    click(tab.cache, At(1, 2, 9))
    assert window.session.selection == Anatomy(window.session.trace).linear(0, "v")[2, 9]


def test_the_keyboard_walks_from_head_to_head_and_lands(
    tab: AttentionView, window: MainWindow
) -> None:
    window.name_page.show_place(Place(0, 0, 0))
    tab.matrices.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right):
        QTest.keyClick(tab.matrices, key)
    assert window.name_page.place == Place(1, 0, 1)
    assert tab.matrices.accessibleDescription().startswith(
        "head 1, e (position 1) looks at BOS (position 0), weight 0."
    )
    QTest.keyClick(tab.matrices, Qt.Key.Key_Return)
    assert window.session.selection == Anatomy(window.session.trace).attention[0][1].weights[1, 0]


def test_the_window_scrolls_to_what_the_keyboard_chose(
    tab: AttentionView, window: MainWindow
) -> None:
    window.resize(1280, 720)
    QApplication.processEvents()
    tab.cache.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(4):
        QTest.keyClick(tab.cache, Qt.Key.Key_Down)
    assert tab.cache.at is not None
    middle = tab.cache.area_of(tab.cache.at).center().toPoint()
    seen = tab.panes.viewport().rect()
    assert seen.contains(tab.cache.mapTo(tab.panes.viewport(), middle))


def test_what_a_number_is_made_of_is_framed(view: AttentionView) -> None:
    area = view.steps.rasters[Part.QUERY].area.toRect().adjusted(-3, -3, 3, 3)
    before = view.steps.grab(area).toImage()
    hover(view.steps, At(Part.VALUE, 1, 0))
    assert view.steps.grab(area).toImage() == before
    hover(view.steps, At(Part.DOT, 1, 0))
    assert view.steps.grab(area).toImage() != before


# Telling


def hover(grid: CellGrid, at: At) -> str:
    QTest.mouseMove(grid, grid.area_of(at).center().toPoint())
    return grid._card.text()


def test_cards_tell_numbers_and_where_they_come_from(view: AttentionView) -> None:
    text = hover(view.matrices, At(1, 3, 1))
    assert "m (position 3) looks at e (position 1)" in text
    assert all(label in text for label in ("dot product", "score", "weight", "gradient"))
    assert "= " in hover(view.steps, At(Part.DOT, 1, 0))
    assert "key[1] of e (position 1), head 2" in hover(view.cache, At(0, 1, 9))


def test_those_who_listen_hear_steps_and_cache(view: AttentionView) -> None:
    for grid, start in ((view.steps, "query [0] of m"), (view.cache, "key[0] of BOS")):
        grid.setFocus()
        grid._walk(1, 0)
        assert grid.accessibleDescription().startswith(start)


def test_figures_are_taken_along(view: AttentionView, tmp_path: Path) -> None:
    view.matrices_figure.copy()
    assert view._reading is not None
    assert QGuiApplication.clipboard().text() == pairs_table(view._reading, 0).as_csv()
    for figure in (view.steps_figure, view.cache_figure):
        figure.save(tmp_path / "figure.png")
        assert QImage(str(tmp_path / "figure.png")).width() > 400
    view.matrices_figure.save(tmp_path / "heads.svg")
    svg = (tmp_path / "heads.svg").read_text()
    assert "head 3" in svg
    assert "<image" not in svg


# Drawing only what is new


def test_time_that_changes_nothing_draws_nothing(
    view: AttentionView, emma_timeline: Timeline, qtbot: QtBot
) -> None:
    anatomy, painted = Anatomy(emma_timeline.trace), []
    for grid in (view.matrices, view.steps, view.cache):
        grid.paint_grids = lambda _, grid=grid: painted.append(grid)
    end, place = emma_timeline.end, Place(3, 0, 1)
    view.show_reading(Reading(emma_timeline, end, anatomy), place)
    QApplication.processEvents()
    painted.clear()
    view.show_reading(Reading(emma_timeline, end - 1, anatomy), place)
    QApplication.processEvents()
    assert painted == []
    weights = anatomy.attention[0][2].weights
    moment = emma_timeline.computed_after(int(weights[3, 0]))
    view.show_reading(Reading(emma_timeline, moment, anatomy), place)
    QApplication.processEvents()
    painted.clear()
    view.show_reading(Reading(emma_timeline, moment - 1, anatomy), place)
    qtbot.waitUntil(lambda: painted == [view.matrices])


def test_a_weight_is_drawn_again_with_its_bar(
    view: AttentionView, emma_timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    anatomy, place = Anatomy(emma_timeline.trace), Place(3, 0, 1)
    node = int(anatomy.attention[0][1].weights[3, 1])
    moment = emma_timeline.computed_after(node)
    view.show_reading(Reading(emma_timeline, moment - 1, anatomy), place)
    areas: list[QRect] = []
    monkeypatch.setattr(view.steps, "update", areas.append)
    view.show_reading(Reading(emma_timeline, moment, anatomy), place)
    (area,) = areas
    weights, values = view.steps.rasters[Part.WEIGHT].area, view.steps.rasters[Part.VALUE].area
    assert weights.right() + view.steps._bar <= area.right() < values.left()
    assert area.left() == weights.left()


def test_legend_leaves_out_what_has_no_room(qtbot: QtBot) -> None:
    controls = AttentionControls(DARK)
    qtbot.addWidget(controls)
    controls.ensurePolished()
    controls.grab()  # lay everything out once: from here on the legend has the size it is given
    pictures = []
    for width in (230, 900):
        controls.legend.resize(width, 32)
        pictures.append(controls.legend.grab().toImage().size())
    assert pictures[0] != pictures[1]
    assert controls.legend.accessibleName() == "Legend"
