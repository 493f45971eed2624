"""The source shows what each line has done, leads to its nodes, and follows the selection."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QToolTip, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.debug import numbers
from explorer.debug.breakpoints import BreakOn, Breakpoint
from explorer.debug.session import Session
from explorer.debug.source_lines import LineCount, SourceLines
from explorer.theme.tokens import DARK, THEMES, Theme
from explorer.trace.timeline import Timeline
from explorer.views.source_margins import count_text, count_words
from explorer.views.source_view import FOLLOW, NO_SOURCE, SourceView
from microgpt import nn

CODE = Path(nn.__file__).read_text(encoding="utf-8").split("\n")


def line_breakpoint(file: str, line: int, enabled: bool = True) -> Breakpoint:
    return Breakpoint(BreakOn.LINE, text=file, line=line, enabled=enabled)


def line_with(beginning: str) -> int:
    """Return the number of a line of ``nn.py``."""
    return 1 + next(i for i, text in enumerate(CODE) if text.startswith(beginning))


DEF, EXPS, TOTAL = map(line_with, ("def softmax", "    exps =", "    total ="))


class Pane:
    """The view alone, and what tests need to know of it."""

    def __init__(self, qtbot: QtBot, timeline: Timeline, theme: Theme) -> None:
        self.session, self.px = Session(), theme.px
        self.view = SourceView(self.session, theme)
        qtbot.addWidget(self.view)
        self.view.resize(theme.px(384), theme.px(400))
        with qtbot.waitExposed(self.view):
            self.view.show()
        self.session.open(timeline)
        self.lines = SourceLines(timeline)
        self.code = self.view._code
        self.marks = self.code.marks

    def node_of(self, file: str, line: int) -> int:
        """Return the first node that a line made."""
        trace = self.session.trace
        wanted = (self.lines.file_of(file), line)
        sites = [i for i, s in enumerate(trace.sites) if (s.file, s.line) == wanted]
        return next(n for n in range(trace.leaves, trace.nodes) if trace.site[n] in sites)

    def spot(self, line: int) -> QPoint:
        """Return a place on the text of a line."""
        row = self.code.row_of(line)
        return QPoint(self.px(60), round(row.top()) + self.px(6))


@pytest.fixture
def pane(qtbot: QtBot, emma_timeline: Timeline, theme: Theme) -> Pane:
    pane = Pane(qtbot, emma_timeline, theme)
    pane.session.select(pane.node_of("nn.py", EXPS))
    return pane


def test_a_selected_line_stays_in_view_when_the_view_gets_smaller(pane: Pane) -> None:
    for size in ((384, 130), (250, 130), (250, 500)):
        pane.view.resize(*map(pane.px, size))
        QApplication.processEvents()
        row = pane.code.row_of(EXPS)
        assert pane.code.viewport().rect().contains(row.center().toPoint())


def test_the_line_that_made_the_selected_node_is_marked_and_in_view(pane: Pane) -> None:
    assert pane.marks.selected == EXPS
    assert pane.view._function.text() == "softmax"
    assert pane.view._chooser.text() == "nn.py ▾"
    row = pane.code.row_of(EXPS)
    assert row.top() >= 0
    assert row.bottom() <= pane.code.viewport().height()


def test_a_parameter_has_no_line(pane: Pane) -> None:
    pane.session.select(3)
    assert pane.marks.selected is None
    assert pane.view._function.toolTip() == NO_SOURCE


@pytest.mark.parametrize("cursor", [0, 20_000, 39_703, 60_000, 115_336])
def test_counts_are_those_of_the_moment(pane: Pane, cursor: int) -> None:
    pane.session.seek(cursor)
    assert pane.marks.counts == pane.lines.counts(pane.lines.file_of("nn.py"), cursor)
    assert pane.marks.backward == (cursor >= pane.session.timeline.backward_start)


def test_the_line_at_work_is_marked_in_both_phases(pane: Pane) -> None:
    timeline, first = pane.session.timeline, pane.session.selection
    node = next(n for n in range(first, timeline.trace.nodes) if timeline.passed_on_after(n))
    pane.session.seek(timeline.computed_after(node))
    assert (pane.marks.current, pane.marks.backward) == (EXPS, False)
    pane.session.seek(timeline.passed_on_after(node)[0])
    assert (pane.marks.current, pane.marks.backward) == (EXPS, True)
    pane.session.seek(0)
    assert (pane.marks.current, pane.marks.backward) == (None, False)


def test_counts_in_short_and_in_words() -> None:
    none, some = LineCount(0, 405, 0, 270), LineCount(405, 405, 120, 270)
    many = LineCount(122_880, 122_880, 61_440, 122_880)
    assert [count_text(none, False, room) for room in (True, False)] == ["", ""]
    assert [count_text(some, False, room) for room in (True, False)] == ["405", "405"]
    assert [count_text(some, True, room) for room in (True, False)] == ["120/405", "◂120"]
    assert [count_text(many, False, room) for room in (True, False)] == [
        numbers.count(122_880),
        "123k",
    ]
    assert count_text(many, True, room=True) == "61k/123k"
    assert count_words(none, backward=False) == "0 of 405 nodes made"
    assert count_words(some, backward=False) == "405 nodes made"
    assert count_words(some, backward=True).startswith(
        "405 nodes made; 120 of the 270 that pass a gradient on have done so\n135 never do"
    )
    assert "never" not in count_words(many, backward=True)


def test_a_click_on_a_line_finds_its_nodes_and_another_one_ends_the_search(
    qtbot: QtBot, pane: Pane
) -> None:
    viewport = pane.code.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=pane.spot(EXPS))
    assert pane.session.query == f"line:nn.py:{EXPS}"
    assert pane.marks.searched == EXPS
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=pane.spot(TOTAL))
    assert pane.session.query == f"line:nn.py:{TOTAL}"
    assert pane.marks.searched == TOTAL
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=pane.spot(TOTAL))
    assert pane.session.query == ""
    assert pane.marks.searched is None


def test_a_click_on_a_line_without_nodes_searches_for_nothing(qtbot: QtBot, pane: Pane) -> None:
    qtbot.mouseClick(pane.code.viewport(), Qt.MouseButton.LeftButton, pos=pane.spot(DEF))
    assert pane.session.query == ""


def test_text_that_is_marked_with_the_mouse_is_not_searched_for(qtbot: QtBot, pane: Pane) -> None:
    viewport, start = pane.code.viewport(), pane.spot(EXPS)
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(viewport, start + QPoint(60, 0))
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=start + QPoint(60, 0))
    assert pane.session.query == ""


@pytest.mark.parametrize("query", ["line:nn.py:{}", "line:microgpt/nn.py:{}", " line:nn.py:{} "])
def test_a_search_that_was_typed_marks_its_line(pane: Pane, query: str) -> None:
    pane.session.search(query.format(TOTAL))
    assert pane.marks.searched == TOTAL
    pane.session.search(f"line:model.py:{TOTAL}")
    assert pane.marks.searched is None


def test_a_click_beside_a_line_toggles_a_breakpoint(qtbot: QtBot, pane: Pane) -> None:
    gutter, breakpoints = pane.code._numbers, pane.session.breakpoints
    spot = QPoint(8, pane.spot(EXPS).y())
    qtbot.mouseClick(gutter, Qt.MouseButton.LeftButton, pos=spot)
    assert list(breakpoints) == [line_breakpoint("microgpt/nn.py", EXPS)]
    assert pane.marks.breakpoints == {EXPS: True}
    qtbot.mouseClick(gutter, Qt.MouseButton.LeftButton, pos=QPoint(8, pane.spot(DEF).y()))
    assert len(breakpoints) == 1
    qtbot.mouseClick(gutter, Qt.MouseButton.LeftButton, pos=spot)
    assert len(breakpoints) == 0


def test_the_pointer_tells_where_a_click_does_something(pane: Pane) -> None:
    hand, gutter, viewport = (
        Qt.CursorShape.PointingHandCursor,
        pane.code._numbers,
        pane.code.viewport(),
    )
    for line, is_hand in ((EXPS, True), (DEF, False), (TOTAL, True)):
        for widget in (gutter, viewport):
            spot = QPointF(8, pane.spot(line).y())
            event = QMouseEvent(
                QMouseEvent.Type.MouseMove,
                spot,
                widget.mapToGlobal(spot),
                Qt.MouseButton.NoButton,
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
            )
            QApplication.sendEvent(widget, event)
            assert (widget.cursor().shape() == hand) is is_hand


def test_breakpoints_of_the_file_are_shown(pane: Pane) -> None:
    breakpoints = pane.session.breakpoints
    for file, line, enabled in (
        ("microgpt/nn.py", EXPS, True),
        ("microgpt/nn.py", TOTAL, False),
        ("microgpt/model.py", EXPS, True),
    ):
        breakpoints.add(line_breakpoint(file, line, enabled))
    assert pane.marks.breakpoints == {EXPS: True, TOTAL: False}
    pane.view.choose_file(pane.lines.file_of("model.py"))
    assert pane.marks.breakpoints == {EXPS: True}
    breakpoints.set([])
    assert pane.marks.breakpoints == {}


@pytest.mark.parametrize(("enabled", "coloured"), [(True, True), (False, False)])
def test_a_breakpoint_that_is_off_is_a_ring(pane: Pane, enabled: bool, coloured: bool) -> None:
    pane.session.select(3)
    pane.session.seek(0)
    pane.session.breakpoints.add(line_breakpoint("microgpt/nn.py", TOTAL, enabled))
    gutter, row = pane.code._numbers, pane.code.row_of(TOTAL)
    image = gutter.grab().toImage()
    height = gutter.fontMetrics().height()
    dots = [
        image.pixelColor(x, y) == QColor(DARK.breakpoint)
        for x in range(pane.px(3), pane.px(17))
        for y in range(round(row.top()), round(row.top()) + height)
    ]
    assert any(dots) or not coloured
    middle = image.pixelColor(
        pane.px(11), round(row.top() + pane.code._numbers._first_row(row).height() / 2)
    )
    assert (middle == QColor(DARK.breakpoint)) is coloured


def test_the_file_is_that_of_the_selection_until_one_is_chosen(pane: Pane) -> None:
    model = pane.lines.file_of("model.py")
    in_model = next(n for n in range(4192, 43_000) if pane.lines.line_of(n).file == model)
    in_nn = pane.session.selection
    pane.session.select(in_model)
    assert pane.view._chooser.text() == "model.py ▾"
    pane.session.select(in_nn)
    pane.view.choose_file(model)
    assert pane.view._chooser.text() == "model.py, pinned ▾"
    assert pane.marks.selected is None
    assert pane.view._function.text() == ""
    assert "class GPT" in pane.code.toPlainText()
    pane.view.follow_selection()
    assert pane.view._chooser.text() == "nn.py ▾"
    assert pane.marks.selected == EXPS


def test_the_menu_offers_the_files_that_made_nodes(pane: Pane) -> None:
    menu = pane.view._chooser.menu()
    texts = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert [text.split()[0] for text in texts[:-1]] == ["model.py", "nn.py"]
    assert texts[-1] == FOLLOW
    assert [action.isChecked() for action in menu.actions()] == [False, True, False, True]
    menu.actions()[0].trigger()
    assert pane.view._chooser.text() == "model.py, pinned ▾"
    pane.view._chooser.menu().actions()[-1].trigger()
    assert pane.view._chooser.text() == "nn.py ▾"


def test_a_pinned_file_stays_with_the_next_pass(pane: Pane, emma_timeline: Timeline) -> None:
    pane.view.choose_file(pane.lines.file_of("model.py"))
    pane.session.open(emma_timeline)
    assert pane.view._chooser.text() == "model.py, pinned ▾"


def test_code_has_colours_and_what_is_no_code_has_none(pane: Pane) -> None:
    def colours(line: int) -> list[str]:
        block = pane.code.document().findBlockByNumber(line - 1)
        formats = sorted(block.layout().formats(), key=lambda f: f.start)
        return [f.format.foreground().color().name() for f in formats]

    assert colours(DEF) == [DARK.code_keyword, DARK.code_name]
    assert colours(EXPS) == [DARK.code_keyword, DARK.code_keyword]
    pane.code.show_file('def f(:\n    """cut', {})
    assert colours(1) == colours(2) == []


def test_colours_are_right_beside_letters_that_qt_counts_twice(pane: Pane) -> None:
    pane.code.show_file('a = "🙂🙂" + 12', {})
    text, number = sorted(
        pane.code.document().begin().layout().formats(), key=lambda piece: piece.start
    )
    assert (text.start, text.length) == (4, 6)
    assert (number.start, number.length) == (13, 2)


def test_no_line_is_wider_than_the_pane(pane: Pane) -> None:
    for width in (280, 384, 700):
        pane.view.resize(width, 400)
        assert pane.code.document().size().width() <= pane.code.viewport().width()
        assert pane.code.horizontalScrollBar().maximum() == 0


def test_margins_have_room_for_all_counts_of_the_pass(pane: Pane) -> None:
    for width in (280, 384):
        pane.view.resize(width, 400)
        margin = pane.code._counts
        for cursor in (20_000, 39_703, 60_000, 115_336):
            pane.session.seek(cursor)
            for count in pane.marks.counts.values():
                text = count_text(count, pane.marks.backward, margin.room)
                assert margin.fontMetrics().horizontalAdvance(text) <= margin.width()
        edge = pane.code.viewport().geometry().right()
        assert margin.geometry().left() == edge + 1
        assert pane.code._numbers.geometry().right() == pane.code.viewport().geometry().left() - 1


def test_each_file_is_prepared_once_and_has_the_same_room(pane: Pane) -> None:
    nn, model = (pane.lines.file_of(name) for name in ("nn.py", "model.py"))
    page, room = pane.code.document(), pane.code.viewport().geometry()
    pane.view.choose_file(model)
    assert pane.code.document() is not page
    assert "class GPT" in pane.code.toPlainText()
    assert pane.code.viewport().geometry() == room
    pane.view.choose_file(nn)
    assert pane.code.document() is page


class Around(QWidget):
    """A widget that counts how often it was laid out."""

    def __init__(self) -> None:
        super().__init__()
        self.laid_out = 0

    def event(self, event: QEvent) -> bool:
        self.laid_out += event.type() == QEvent.Type.LayoutRequest
        return super().event(event)


def test_another_file_does_not_lay_out_the_page_around(qtbot: QtBot, pane: Pane) -> None:
    around = Around()
    qtbot.addWidget(around)
    QVBoxLayout(around).addWidget(pane.view)
    with qtbot.waitExposed(around):
        around.show()
    QApplication.sendPostedEvents()
    before = around.laid_out
    pane.view.choose_file(pane.lines.file_of("model.py"))
    QApplication.sendPostedEvents()
    assert around.laid_out == before
    assert pane.view._function.geometry().left() == pane.view._chooser.geometry().right() + 1
    pane.view.setParent(None)


def test_all_that_changes_is_painted_and_nothing_else_is_left_over(pane: Pane) -> None:
    screen, timeline = pane.view.screen(), pane.session.timeline
    for node in range(timeline.trace.leaves, timeline.trace.leaves + 40, 7):
        pane.session.seek(timeline.computed_after(node))
        QApplication.sendEvent(pane.view, QEvent(QEvent.Type.UpdateRequest))
        shown = screen.grabWindow(pane.view.winId()).toImage()
        assert shown == pane.view.grab().toImage().convertToFormat(shown.format())


def test_a_tooltip_shows_the_whole_line_and_its_count(pane: Pane) -> None:
    words = pane.code._words(EXPS)
    assert words.startswith("exps = [(logit - peak).exp() for logit in logits]")
    assert "585 nodes made" in words
    assert pane.code._words(DEF) == "def softmax(logits: Vector) -> Vector:"
    assert pane.code._words(None) == ""
    spot = pane.spot(EXPS)
    event = QHelpEvent(QHelpEvent.Type.ToolTip, spot, pane.code.viewport().mapToGlobal(spot))
    assert pane.code.viewportEvent(event)
    assert QToolTip.text() == words
    QToolTip.hideText()


def test_nothing_is_worked_out_while_it_cannot_be_seen(qtbot: QtBot, pane: Pane) -> None:
    pane.session.seek(100)
    pane.view.hide()
    before = pane.marks.counts
    pane.session.seek(20_000)
    assert pane.marks.counts is before
    with qtbot.waitExposed(pane.view):
        pane.view.show()
    assert pane.marks.counts != before


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [256, 384, 900])
def test_it_paints_at_every_width_in_both_themes(
    qtbot: QtBot, emma_timeline: Timeline, theme: str, width: int
) -> None:
    pane = Pane(qtbot, emma_timeline, THEMES[theme])
    pane.view.resize(width, 300)
    for cursor in (0, 5_000, 60_000):
        pane.session.seek(cursor)
        pane.session.breakpoints.add(line_breakpoint("microgpt/nn.py", EXPS))
        assert not pane.view.grab().isNull()


def test_it_is_empty_before_the_first_pass(qtbot: QtBot) -> None:
    session = Session()
    view = SourceView(session, DARK)
    qtbot.addWidget(view)
    assert not view.grab().isNull()
    session.breakpoints.add(line_breakpoint("microgpt/nn.py", 3))
    assert view._code._line_at(QPointF(5, 5)) not in view._code.marks.counts
