"""The inspector's columns: numbers stand below each other, and no line breaks within one."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QTextBlock
from pytestqt.qtbot import QtBot

from explorer.debug import numbers
from explorer.debug.session import Session
from explorer.theme.tokens import DARK, THEMES, Theme
from explorer.trace.timeline import Timeline
from explorer.views.inspector import MARGIN, NOTHING_SELECTED, Inspector
from explorer.views.inspector_markup import COLUMN, INDENT, TAB, Cell, Markup

LONG = "a name for which there is no room beside three columns of numbers"
WIDTHS = (360, 461, 700)


@pytest.fixture
def session() -> Session:
    return Session()


def shown(
    qtbot: QtBot, session: Session, timeline: Timeline, width: int = 461, theme: Theme = DARK
) -> Inspector:
    inspector = Inspector(session, theme)
    qtbot.addWidget(inspector)
    inspector.resize(theme.px(width), theme.px(500))
    session.open(timeline)
    with qtbot.waitExposed(inspector):
        inspector.show()
    return inspector


def rows_of(inspector: Inspector) -> list[QTextBlock]:
    """Return the lines with columns of numbers; facts, which may be sentences, are no such."""
    rows, block = [], inspector.document().begin()
    while block.isValid():
        if "\t" in block.text() and block.blockFormat().textIndent() == 0:
            rows.append(block)
        block = block.next()
    return rows


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_breaks_but_where_it_is_meant_to(
    qtbot: QtBot, session: Session, emma_timeline: Timeline, width: int, theme: Theme
) -> None:
    inspector, trace = shown(qtbot, session, emma_timeline, width, theme), emma_timeline.trace
    moments = (0, emma_timeline.backward_start, emma_timeline.backward_end - 900, emma_timeline.end)
    for node in (5, trace.leaves + 40, trace.nodes // 2, trace.nodes - 700, trace.loss):
        session.select(node)
        for cursor in moments:
            session.seek(cursor)
            for row in rows_of(inspector):
                meant = row.text().count("\u2028")
                assert row.layout().lineCount() == 1 + meant, row.text()


@pytest.mark.parametrize("width", WIDTHS)
def test_numbers_end_below_each_other(
    qtbot: QtBot, session: Session, emma_timeline: Timeline, width: int, theme: Theme
) -> None:
    inspector = shown(qtbot, session, emma_timeline, width, theme)
    session.seek(emma_timeline.backward_end - 900)
    session.select(emma_timeline.trace.nodes - 700)
    ends = [
        round(line.naturalTextRect().right() + row.blockFormat().leftMargin())
        for row in rows_of(inspector)
        for line in (row.layout().lineAt(row.layout().lineCount() - 1),)
    ]
    assert len(ends) > 5
    assert max(ends) - min(ends) <= 2


def cells(*texts: str) -> list[Cell]:
    return [Cell(text, text) for text in texts]


def test_a_long_name_has_a_line_of_its_own() -> None:
    write, numbers_of = Markup(DARK, 420), cells("1", "2", "3")
    (short,), (long,) = cells("short"), cells(LONG)
    assert "short\t1\t2\t3" in write.row(short, numbers_of)
    assert f"{LONG}<br>\t1\t2\t3" in write.row(long, numbers_of)
    assert "<br>" in write.row(short, cells("a number as long as the room", "2", "3"))


def test_a_name_that_reaches_past_columns_skips_fewer() -> None:
    write = Markup(DARK, 420)
    for reached, tabs in ((0, 3), (1, 2), (2, 1)):
        name = "x" * round((420 - COLUMN * (3 - reached) + 20) / write._letter)
        row = write.row(Cell(name, name, is_mono=True), cells("1"))
        assert f"{name}{tabs * TAB}1<" in row


def test_what_is_below_a_number_ends_where_it_does() -> None:
    row = Markup(DARK, 420).row(Cell("short", "short"), cells("1", "2", "3"), "sum")
    assert row.count("<br>\t\t\tsum") == 1


def test_all_text_can_be_copied_column_by_column(
    qtbot: QtBot, session: Session, emma_timeline: Timeline
) -> None:
    inspector = shown(qtbot, session, emma_timeline)
    inspector.selectAll()
    text = inspector.createMimeDataFromSelection().text()
    lines = [line.split() for line in text.splitlines()]
    assert ["child", "data", "local", "∂", "receives"] in lines
    assert ["data", numbers.exact(float(emma_timeline.trace.data[session.selection]))] in lines
    session.select(None)
    assert inspector.toPlainText() == NOTHING_SELECTED


@pytest.mark.parametrize("theme", THEMES)
def test_signs_have_the_colours_of_the_theme(theme: str) -> None:
    t = THEMES[theme]
    write = Markup(t, 420)
    assert [write.sign(value) for value in (-2.0, 0.0, 3.0)] == [t.negative, t.text, t.positive]
    assert t.muted in write.number(None).rich
    assert t.negative in write.number(-2.0).rich


def test_a_wider_pane_moves_the_columns(
    qtbot: QtBot, session: Session, emma_timeline: Timeline
) -> None:
    inspector = shown(qtbot, session, emma_timeline)

    def last_stop() -> float:
        return rows_of(inspector)[-1].blockFormat().tabPositions()[-1].position

    before = last_stop()
    inspector.resize(600, 500)
    assert last_stop() == before + 600 - 461


def test_the_scrolled_place_stays_from_moment_to_moment(
    qtbot: QtBot, session: Session, emma_timeline: Timeline
) -> None:
    inspector = shown(qtbot, session, emma_timeline)
    session.seek(emma_timeline.backward_end - 900)
    inspector.resize(461, 240)
    inspector.verticalScrollBar().setValue(60)
    session.seek(0)
    assert inspector.verticalScrollBar().value() == 60


def test_columns_make_room_for_the_scroll_bar(
    qtbot: QtBot, session: Session, emma_timeline: Timeline
) -> None:
    inspector, trace = shown(qtbot, session, emma_timeline), emma_timeline.trace
    bar, shown_before = inspector.verticalScrollBar(), set()
    for height in (500, 560, 620, 680):
        inspector.resize(461, height)
        for node in (5, trace.loss, trace.nodes // 2, 5, trace.nodes - 700, trace.loss):
            session.select(node)
            shown_before.add(bar.isVisible())
            for row in rows_of(inspector):
                assert row.layout().lineCount() == 1 + row.text().count("\u2028"), row.text()
            stop = rows_of(inspector)[0].blockFormat().tabPositions()[-1].position
            assert stop == inspector.viewport().width() - 2 * MARGIN - 2 * INDENT
    assert shown_before == {False, True}
