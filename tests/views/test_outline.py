"""The outline shows what is known of each scope, and where time and the selection are."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QPaintEvent, QRegion
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.debug import numbers
from explorer.debug.session import Session
from explorer.debug.titles import scope_path
from explorer.layout.camera import fit
from explorer.theme.tokens import DARK, LIGHT, Theme
from explorer.trace.timeline import Timeline
from explorer.views.main_window import MainWindow
from explorer.views.outline import Outline
from explorer.views.pass_loader import LoadedPass
from explorer.views.scope_model import UNKNOWN, Column, ScopeModel


@pytest.fixture
def outline(qtbot: QtBot, emma_timeline: Timeline, theme: Theme) -> Outline:
    """The outline alone, wide enough for all columns."""
    session = Session()
    outline = Outline(session, theme)
    qtbot.addWidget(outline)
    outline.resize(theme.px(400), theme.px(500))
    with qtbot.waitExposed(outline):
        outline.show()
    session.open(emma_timeline)
    return outline


def session_of(outline: Outline) -> Session:
    return outline._session


def position_index(outline: Outline, position: int) -> QModelIndex:
    trace = session_of(outline).trace
    return outline.scopes.index_of(int(trace.position_scope[position]))


def row_texts(outline: Outline, index: QModelIndex) -> list[str]:
    return [index.siblingAtColumn(column).data() for column in Column]


def test_the_scope_model_is_sound(emma_timeline: Timeline) -> None:
    model = ScopeModel(emma_timeline, emma_timeline.backward_end)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    titles = [model.data(model.index(row, 0)) for row in range(model.rowCount())]
    assert titles == [
        "parameters",
        "0 BOS → e",
        "1 e → m",
        "2 m → m",
        "3 m → a",
        "4 a → BOS",
        "mean",
    ]
    nodes = [model.index(row, Column.NODES).data() for row in range(model.rowCount())]
    assert nodes[0] == numbers.count(4192)
    assert nodes[-1] == "8"


def test_columns_have_titles_and_explanations(emma_timeline: Timeline) -> None:
    model = ScopeModel(emma_timeline, 0)
    for column in Column:
        assert model.headerData(column, Qt.Orientation.Horizontal)
        explanation = model.headerData(
            column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole
        )
        assert len(explanation) > 20
    assert model.headerData(0, Qt.Orientation.Vertical) is None


def test_no_number_is_shown_before_its_time(outline: Outline) -> None:
    session_of(outline).seek(0)
    assert row_texts(outline, position_index(outline, 1)) == ["1 e → m", "0/7.8k", UNKNOWN, UNKNOWN]
    parameters = outline.scopes.index_of(1)
    assert row_texts(outline, parameters) == ["parameters", numbers.count(4192), "", UNKNOWN]


def test_numbers_follow_time(outline: Outline) -> None:
    session, timeline = session_of(outline), session_of(outline).timeline
    position = position_index(outline, 0)
    session.seek(2_000)
    assert row_texts(outline, position)[1:] == ["2.0k/7.7k", UNKNOWN, UNKNOWN]
    session.seek(timeline.forward_end)
    assert row_texts(outline, position)[1:] == [numbers.count(7739), "19.9\u202f%", UNKNOWN]
    session.seek(timeline.backward_end)
    assert row_texts(outline, position)[-1] == numbers.short(
        float(outline.scopes.at.norm[position.internalId()]), 3
    )
    session.seek(2_000)
    assert row_texts(outline, position)[1:] == ["2.0k/7.7k", UNKNOWN, UNKNOWN]


def test_tooltips_have_all_digits_and_say_what_is_missing(outline: Outline) -> None:
    session, timeline = session_of(outline), session_of(outline).timeline
    matrix = outline.scopes.index_of(2)

    def words() -> str:
        return str(matrix.data(Qt.ItemDataRole.ToolTipRole))

    assert numbers.exact(float(outline.scopes.at.norm[2])) in words()
    assert words().endswith("final")
    session.seek(timeline.backward_end - 12)
    assert "so far" in words()
    assert "of 80 contributions" in words()
    session.seek(30)
    assert "no gradient has come yet" in words()
    position = position_index(outline, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert f"30 of {numbers.count(7739)} nodes computed" in position


def test_time_is_marked_at_the_outermost_closed_scope(outline: Outline) -> None:
    session = session_of(outline)
    session.select(3)  # a parameter: no scope of the position is open
    session.seek(20)
    position = position_index(outline, 0)
    assert outline.is_current(position)
    outline.expand(position)
    assert not outline.is_current(position)
    inner = outline.scopes.index(0, 0, position)
    assert outline.is_current(inner)
    outline.collapse(position)
    assert outline.is_current(position)


class Repaints(QObject):
    """Notes which parts of a widget are painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.regions: list[QRegion] = []
        widget.installEventFilter(self)

    def eventFilter(self, widget: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QPaintEvent):
            self.regions.append(QRegion(event.region()))
        return False


def test_only_rows_that_change_are_painted_when_time_does(qtbot: QtBot, outline: Outline) -> None:
    session = session_of(outline)
    session.select(3)
    qtbot.waitUntil(lambda: outline.currentIndex().data() == "wte")
    session.seek(20)
    session.seek(21)
    outline.viewport().repaint()
    repaints = Repaints(outline.viewport())
    session.seek(2_000)
    qtbot.waitUntil(lambda: bool(repaints.regions), timeout=3000)
    (region,) = repaints.regions
    for position in range(5):
        row = outline.visualRect(position_index(outline, position))
        assert region.contains(row.center()) is (position == 0)


def test_nothing_is_worked_out_while_it_cannot_be_seen(qtbot: QtBot, outline: Outline) -> None:
    session = session_of(outline)
    outline.hide()
    before = outline.scopes.at
    session.seek(2_000)
    assert outline.scopes.at is before
    with qtbot.waitExposed(outline):
        outline.show()
    assert outline.scopes.at.cursor == 2_000


@pytest.mark.parametrize(
    ("width", "hidden"),
    [
        (420, set()),
        (380, set()),
        (300, {Column.LOSS}),
        (256, {Column.LOSS, Column.NODES}),
    ],
)
def test_columns_give_way_where_there_is_no_room(
    qtbot: QtBot, outline: Outline, width: int, hidden: set[Column], theme: Theme
) -> None:
    outline.resize(theme.px(width), theme.px(500))
    assert {column for column in Column if outline.isColumnHidden(column)} == hidden
    shown = [c for c in Column if not outline.isColumnHidden(c)]
    assert sum(outline.columnWidth(c) for c in shown) <= outline.viewport().width()
    assert outline.columnWidth(Column.TITLE) >= theme.px(100)
    outline.resize(theme.px(420), theme.px(500))
    assert not any(outline.isColumnHidden(column) for column in Column)


def test_numbers_are_not_cut(outline: Outline) -> None:
    model, metrics = outline.scopes, outline._cell._metrics
    session = session_of(outline)
    for cursor in (12_345, session.timeline.forward_end, 60_000, session.timeline.backward_end):
        session.seek(cursor)
        for column in (Column.NODES, Column.LOSS, Column.NORM):
            texts = {model.text(scope, column) for scope in range(len(session.trace.scopes))}
            widest = max(map(metrics.horizontalAdvance, texts)) * 13 / 15  # of the smaller font
            assert widest <= outline.columnWidth(column)


def test_the_selected_scope_is_the_current_row_of_the_tree(
    qtbot: QtBot, window: MainWindow
) -> None:
    trace = window.session.trace
    path = "4 a → BOS / softmax / exps"
    scope = next(s for s in range(len(trace.scopes)) if scope_path(trace, s) == path)
    node = next(n for n in range(trace.nodes) if trace.scope[n] == scope)
    window.session.select(node)
    outline = window.explore.outline
    qtbot.waitUntil(lambda: outline.currentIndex().data() == "exps")
    index = outline.currentIndex()
    assert index.siblingAtColumn(Column.NODES).data() == "81"


@pytest.mark.parametrize("way", ["click", "enter"])
def test_a_scope_that_is_chosen_is_shown_on_the_map(
    qtbot: QtBot, window: MainWindow, loaded_emma: LoadedPass, way: str
) -> None:
    index = window.explore.outline.model().index(3, 0)
    window.explore.outline.scrollTo(index)
    if way == "click":
        middle = window.explore.outline.visualRect(index).center()
        qtbot.mouseClick(window.explore.outline.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    else:
        window.explore.outline.setCurrentIndex(index)
        qtbot.keyClick(window.explore.outline, Qt.Key.Key_Return)
    scope = int(loaded_emma.timeline.trace.position_scope[2])
    box = tuple(map(float, loaded_emma.layout.box[scope]))
    view = window.explore.map_view
    assert view.camera == fit(box, view.width(), view.height())


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_it_paints_in_both_themes_at_all_times(
    qtbot: QtBot, emma_timeline: Timeline, theme: object
) -> None:
    session = Session()
    outline = Outline(session, theme)
    qtbot.addWidget(outline)
    outline.resize(300, 300)
    outline.grab()  # before the first pass
    session.open(emma_timeline)
    for cursor in (0, 5_000, emma_timeline.backward_start, emma_timeline.backward_end):
        session.seek(cursor)
        assert not outline.grab().isNull()


def test_another_pass_takes_the_place_of_the_first(
    outline: Outline, emma_timeline: Timeline
) -> None:
    first = outline.scopes
    session_of(outline).open(emma_timeline)
    assert outline.scopes is not first
    assert outline.model() is outline.scopes
