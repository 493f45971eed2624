"""The view of the order: what it says, where it leads, and what goes wrong in a wrong one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.debug.numbers import count
from explorer.debug.order import BackwardOrder
from explorer.debug.roles import node_label
from explorer.debug.session import Cone, Session
from explorer.debug.wrong_order import EarlyPasses
from explorer.theme.style import style_sheet
from explorer.theme.tokens import DARK, LIGHT, Theme
from explorer.trace.timeline import Timeline
from explorer.views.order_view import EARLY, ORDER, TOY, OrderView
from explorer.views.row_list import Cell, Column, RowList

K = Qt.Key
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def session(emma_timeline: Timeline) -> Session:
    session = Session()
    session.open(emma_timeline)
    return session


@pytest.fixture
def view(qtbot: QtBot, session: Session, theme: Theme) -> OrderView:
    view = OrderView(session, theme)
    view.setStyleSheet(style_sheet(theme))
    qtbot.addWidget(view)
    view.resize(theme.px(850), theme.px(360))
    with qtbot.waitExposed(view):
        view.show()
    return view


@pytest.fixture(scope="module")
def order(emma_timeline: Timeline) -> BackwardOrder:
    return BackwardOrder(emma_timeline)


@pytest.fixture(scope="module")
def relu(emma_timeline: Timeline, order: BackwardOrder) -> int:
    """A node with sixteen consumers and one child."""
    op = emma_timeline.trace.op_names.index("relu")
    nodes = order.timeline.trace.order[::-1].tolist()
    return next(n for n in nodes if emma_timeline.trace.op[n] == op and order.must_wait(n))


def point_of(rows: RowList, row: int) -> QPoint:
    return rows.row_area(row).center().toPoint()


def place_of(order: BackwardOrder, node: int) -> int:
    place = order.place_of(node)
    assert place is not None
    return place


def ask_early(qtbot: QtBot, view: OrderView, node: int, session: Session) -> None:
    session.select(node)
    view.show_page(EARLY)
    qtbot.waitUntil(lambda: view.early.result is not None)


def test_the_selected_node_is_in_the_middle(
    view: OrderView, session: Session, order: BackwardOrder, relu: int
) -> None:
    session.select(relu)
    rows, place = view.order.list, place_of(order, relu)
    assert rows.rows == len(order)
    assert rows.chosen_row == place
    middle = (rows.viewport().height() + rows.row_area(0).height()) / 2
    assert abs(rows.row_area(place).center().y() - middle) < rows.row_area(0).height()


def test_the_sentence_follows_time(view: OrderView, session: Session, relu: int) -> None:
    session.select(relu)
    events = session.timeline.ledger(relu).event.tolist()  # type: ignore[union-attr]
    session.seek(events[12])
    text = view.order.sentence.toPlainText()
    assert "waits: 3 of its 16 consumers have not passed their gradient on yet: " in text
    session.seek(events[15])
    assert "waits: " not in view.order.sentence.toPlainText()
    session.seek(0)
    assert "Backward has not begun." in view.order.sentence.toPlainText()
    session.select(None)
    assert view.order.sentence.toPlainText().startswith("Select a node")
    assert view.order.list.chosen_row is None


def test_the_row_where_backward_is_is_marked(
    view: OrderView, session: Session, order: BackwardOrder, emma_timeline: Timeline
) -> None:
    assert view.order.list.marked_row == order.current(emma_timeline.backward_end)
    session.seek(emma_timeline.backward_start)
    assert view.order.list.marked_row == 0
    session.seek(5)
    assert view.order.list.marked_row is None


def test_what_stands_in_a_row(
    view: OrderView, session: Session, order: BackwardOrder, relu: int, emma_timeline: Timeline
) -> None:
    session.select(relu)
    session.seek(int(emma_timeline.ledger(relu).event[2]))
    rows = view.order._cells
    texts = [cell.text for cell in rows(place_of(order, relu))]
    label = node_label(emma_timeline.trace, relu)
    assert texts[:4] == ["selected", count(place_of(order, relu) + 1), label, "relu"]
    assert texts[5:] == ["partial 3 of 16", "13", count(order.passes_on_at(relu) or 0)]
    child = int(emma_timeline.trace.child[emma_timeline.trace.edges(relu)[0]])
    assert rows(place_of(order, child))[0].text == "← child"
    assert rows(place_of(order, child))[5].text == "not reached"
    third = int(emma_timeline.consumers(relu)[2])
    assert rows(place_of(order, third))[0].text == "▸ → consumer"
    session.seek(0)
    assert rows(place_of(order, relu))[5].text == "not computed"


def test_a_click_selects_and_the_list_stays(
    qtbot: QtBot, view: OrderView, session: Session, order: BackwardOrder, relu: int
) -> None:
    session.select(relu)
    rows, row = view.order.list, place_of(order, relu) + 2
    before = rows.row_area(row)
    qtbot.mouseClick(rows.viewport(), LEFT, pos=point_of(rows, row))
    assert session.selection == order.node_at(row)
    assert rows.row_area(row) == before
    assert rows.chosen_row == row


def test_a_double_click_goes_to_the_moment_when_the_node_is_processed(
    qtbot: QtBot, view: OrderView, session: Session, order: BackwardOrder, relu: int
) -> None:
    session.select(relu)
    rows, row = view.order.list, place_of(order, relu)
    qtbot.mouseDClick(rows.viewport(), LEFT, pos=point_of(rows, row))
    assert session.cursor == order.passes_on_at(relu)
    assert "is processed now" in view.order.sentence.toPlainText()


def test_the_keyboard_walks_the_order(
    qtbot: QtBot, view: OrderView, session: Session, order: BackwardOrder, relu: int
) -> None:
    session.select(relu)
    rows, place = view.order.list, place_of(order, relu)
    for _ in range(9):
        qtbot.keyClick(rows, K.Key_Down)
    assert session.selection == order.node_at(place + 9)
    assert rows.shows(place + 9)
    qtbot.keyClick(rows, K.Key_Up)
    assert session.selection == order.node_at(place + 8)
    qtbot.keyClick(rows, K.Key_Return)
    assert session.cursor == order.processed_at(order.node_at(place + 8))


def test_links_lead_to_nodes_moments_and_the_demonstration(
    view: OrderView, session: Session, relu: int, emma_timeline: Timeline
) -> None:
    session.select(relu)
    html = view.order.sentence.toHtml()
    assert f'href="node:{relu}"' in html
    view.order.sentence.anchorClicked.emit(QUrl("event:77"))
    assert session.cursor == 77
    view.order.sentence.anchorClicked.emit(QUrl("node:3"))
    assert session.selection == 3
    assert "What if it did not wait?" in html
    assert "What if it did not wait?" not in view.order.sentence.toHtml()
    view.order.sentence.anchorClicked.emit(QUrl("early:"))
    assert view.page == EARLY


def test_nothing_works_out_of_sight(view: OrderView, session: Session, relu: int) -> None:
    view.show_page(TOY)
    before = view.order.sentence.toPlainText()
    session.select(relu)
    session.seek(9)
    assert view.order.sentence.toPlainText() == before
    assert view.early.result is None
    view.show_page(ORDER)
    assert f'href="node:{relu}"' in view.order.sentence.toHtml()


def test_another_pass_replaces_the_order(
    view: OrderView, session: Session, order: BackwardOrder, emma_timeline: Timeline
) -> None:
    session.select(5)
    session.open(Timeline(emma_timeline.trace))
    assert view.order.list.rows == len(order)
    assert view.order.list.chosen_row == 0


def test_before_the_first_pass_there_is_nothing(qtbot: QtBot) -> None:
    view = OrderView(Session(), LIGHT)
    qtbot.addWidget(view)
    with qtbot.waitExposed(view):
        view.show()
    for page in (ORDER, TOY, EARLY):
        view.show_page(page)
        view.grab()
    assert view.order.list.rows == view.early.list.rows == 0


def test_the_toy_is_stepped_on_and_back(qtbot: QtBot, view: OrderView) -> None:
    view.show_page(TOY)
    toy = view.toy
    assert not toy._back.isEnabled()
    for step in range(1, 5):
        qtbot.mouseClick(toy._on, LEFT)
        assert toy.place.text() == f"addition {step} of 4"
        view.grab()
    assert not toy._on.isEnabled()
    right, wrong = toy.canvas.accessibleDescription().split("Wrong order: ")
    assert "In the end a.grad is 4." in right
    assert "In the end a.grad is 2, not 4." in wrong
    qtbot.mouseClick(toy._back, LEFT)
    assert toy.place.text() == "addition 3 of 4"


def test_the_toy_explains_the_wrong_step(view: OrderView) -> None:
    view.toy.show_step(2)
    told = view.toy.canvas.accessibleDescription()
    assert "b passes on 1 now, although its second contribution is still missing." in told


def test_the_node_is_processed_early_on_request(
    qtbot: QtBot, view: OrderView, session: Session, relu: int, emma_timeline: Timeline
) -> None:
    ask_early(qtbot, view, relu, session)
    early = view.early
    assert early.after.text() == "1 of 16 consumers"
    passes = EarlyPasses(emma_timeline)
    expected = passes.run(relu, 1)
    assert early.result is not None
    assert early.result.grad.tolist() == expected.grad.tolist()
    assert early.list.rows == len(expected.wrong)
    assert f"{count(len(expected.wrong))} gradients come out wrong" in early.answer.text()
    assert f"{count(expected.wrong_parameters)} of them of the 4" in early.answer.text()
    largest = int(expected.wrong[expected.sorted_by(expected.difference)[0]])
    assert early._cells(0)[0].text == node_label(emma_timeline.trace, largest)
    qtbot.mouseClick(early._later, LEFT)
    assert early.result.after == 2
    early.after.setValue(16)
    assert "Nothing is wrong." in early.answer.text()
    assert early.list.rows == 0
    assert not early._later.isEnabled()


def test_the_wrong_ones_are_sorted_by_either_error(
    qtbot: QtBot, view: OrderView, session: Session, relu: int
) -> None:
    ask_early(qtbot, view, relu, session)
    early = view.early
    assert early.result is not None
    for name, column in (("relative error", early.result.relative),) * 2 + (
        ("difference", early.result.difference),
    ):
        early._by[name].trigger()
        sizes = abs(column[early._rows])
        assert (sizes[:-1] >= sizes[1:]).all()


def test_a_click_on_a_wrong_node_selects_it_and_keeps_the_demonstration(
    qtbot: QtBot, view: OrderView, session: Session, relu: int
) -> None:
    ask_early(qtbot, view, relu, session)
    early = view.early
    result = early.result
    assert result is not None
    qtbot.mouseClick(early.list.viewport(), LEFT, pos=point_of(early.list, 1))
    assert session.selection == int(result.wrong[early._rows[1]])
    assert early.result is result
    assert early.list.chosen_row == 1
    qtbot.keyClick(early.list, K.Key_Down)
    assert session.selection == int(result.wrong[early._rows[2]])
    early.question.linkActivated.emit(str(relu))
    assert session.selection == relu
    assert early.result is result


def test_the_map_shows_where_the_wrong_ones_are(
    qtbot: QtBot, view: OrderView, session: Session, relu: int
) -> None:
    ask_early(qtbot, view, relu, session)
    early = view.early
    qtbot.mouseClick(early.list.viewport(), LEFT, pos=point_of(early.list, 0))
    qtbot.mouseClick(early._cone, LEFT)
    assert session.cone is Cone.ANCESTORS
    assert session.selection == relu


def test_a_node_that_cannot_be_early_says_why(
    qtbot: QtBot, view: OrderView, session: Session, order: BackwardOrder, emma_timeline: Timeline
) -> None:
    trace = emma_timeline.trace
    single = next(
        n
        for n in map(order.node_at, range(1, 50))
        if len(trace.edges(n)) and not order.must_wait(n)
    )
    view.show_page(EARLY)
    for node, words in (
        (trace.loss, "it has no consumers to wait for"),
        (3, "has no children to pass its gradient on to"),
        (single, "has one consumer only"),
        (int((~trace.reaches_loss).nonzero()[0][-1]), "backward never processes it"),
    ):
        session.select(node)
        qtbot.waitUntil(lambda words=words: words in view.early.answer.text())
        assert not view.early.after.isVisible()
        assert view.early.result is None


def test_another_selection_asks_anew(
    qtbot: QtBot, view: OrderView, session: Session, relu: int, order: BackwardOrder
) -> None:
    ask_early(qtbot, view, relu, session)
    other = next(n for n in map(order.node_at, range(len(order))) if order.must_wait(n))
    session.select(other)
    assert view.early.result is None
    assert view.early.list.rows == 0
    qtbot.waitUntil(lambda: view.early.result is not None)
    assert view.early.result.node == other  # type: ignore[union-attr]


def test_tab_reaches_all_in_the_order_of_sight(
    qtbot: QtBot, view: OrderView, session: Session, relu: int
) -> None:
    ask_early(qtbot, view, relu, session)
    early = view.early
    early._earlier.setEnabled(True)
    wanted: list[QWidget] = [early._earlier, early.after, early._later, early._cone, early.list]
    chain, widget = [], view.nextInFocusChain()
    while widget is not view:
        chain.append(widget)
        widget = widget.nextInFocusChain()
    places = [chain.index(w) for w in wanted]
    assert places == sorted(places)
    for w in (*wanted, view.order.list, view.order.sentence, view.toy._on, view.toy._back):
        assert w.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert w.accessibleName()


@pytest.mark.parametrize("size", [(640, 300), (850, 360), (2400, 700)])
def test_all_pages_fit(
    view: OrderView, session: Session, relu: int, theme: Theme, size: tuple[int, int]
) -> None:
    size = theme.px(size[0]), theme.px(size[1])
    session.select(relu)
    view.resize(*size)
    for page in (ORDER, TOY, EARLY):
        view.show_page(page)
        QApplication.processEvents()
        assert (view.width(), view.height()) == size
        view.grab()


def test_a_list_shows_only_columns_that_fit(qtbot: QtBot) -> None:
    columns = (Column("a", 100), Column("b", 0, least=300), Column("c", 100))
    rows = RowList(columns, DARK, "List")
    qtbot.addWidget(rows)
    asked: list[int] = []

    def cells(row: int) -> tuple[Cell, ...]:
        asked.append(row)
        return tuple(Cell(f"{row}{c.title}", DARK.text) for c in columns)

    rows.resize(250, 200)
    rows.show_rows(100_000, cells)
    rows.show()
    rows.grab()
    assert [i for i, _, _ in rows._places()] == [0, 2]
    assert set(asked) == set(rows.rows_in_sight())
    assert len(set(asked)) < 10
    rows.centre(50_000)
    assert rows.shows(50_000)
    rows.resize(500, 200)
    assert [i for i, _, _ in rows._places()] == [0, 1, 2]
