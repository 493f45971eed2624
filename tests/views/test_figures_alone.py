"""Figures of the views of a name, shown alone on a small stage."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from explorer.debug.anatomy.parts import Anatomy
from explorer.debug.anatomy.reading import Place, Reading
from explorer.theme.style import style_sheet
from explorer.theme.tokens import DARK, Theme
from explorer.trace.timeline import Timeline
from explorer.views.attention_view import AttentionView
from explorer.views.buttons import ToolButton
from explorer.views.embeddings_view import EmbeddingsView
from explorer.views.probabilities_view import ProbabilitiesView
from explorer.views.reading_view import ReadingView
from explorer.views.stream_view import StreamView

THEME = DARK.scaled(1.7, finest=2.0)
STAGE = QSize(1920, 730)
VIEWS: dict[Callable[[Theme], ReadingView], tuple[str, ...]] = {
    ProbabilitiesView: ("positions", "position", "losses"),
    AttentionView: ("matrices", "steps", "cache"),
    StreamView: ("stream", "units"),
    EmbeddingsView: ("matrices", "projection"),
}
ALONE = [(view, name) for view, names in VIEWS.items() for name in names]
TOO_HIGH = {(EmbeddingsView, "matrices")}  # rows of letters are what they are


@pytest.fixture
def show(
    qtbot: QtBot, emma_timeline: Timeline, anatomy: Anatomy
) -> Callable[[ReadingView], ReadingView]:
    def show(view: ReadingView) -> ReadingView:
        view.setStyleSheet(style_sheet(THEME))
        qtbot.addWidget(view)
        view.resize(STAGE)
        with qtbot.waitExposed(view):
            view.show()
        view.show_reading(Reading(emma_timeline, emma_timeline.end, anatomy), Place(3, 0, 1))
        return view

    return show


def scrolls(view: ReadingView) -> bool:
    """Return whether something in a view is larger than what there is room for."""
    areas = [area for area in view.findChildren(QScrollArea) if area.isVisible()]
    return any(
        bar.maximum() for a in areas for bar in (a.verticalScrollBar(), a.horizontalScrollBar())
    )


@pytest.mark.parametrize(("make", "name"), ALONE)
def test_a_figure_alone_has_all_of_the_stage(
    make: Callable[[Theme], ReadingView],
    name: str,
    show: Callable[[ReadingView], ReadingView],
    qtbot: QtBot,
) -> None:
    view = show(make(THEME))
    assert tuple(view.figures) == VIEWS[make]
    view.show_only(name)
    figure = view.figures[name]
    assert [n for n, f in view.figures.items() if f.isVisible()] == [name]
    assert not any(button.isVisible() for button in view.findChildren(ToolButton))
    qtbot.waitUntil(lambda: figure.width() > STAGE.width() - THEME.px(20))
    qtbot.waitUntil(lambda: figure.height() >= STAGE.height() - THEME.px(2))
    if (make, name) not in TOO_HIGH:
        qtbot.waitUntil(lambda: not scrolls(view))


def test_attention_alone_says_what_is_shown(show: Callable[[ReadingView], ReadingView]) -> None:
    view = AttentionView(THEME)
    show(view).show_only("matrices", "steps")
    assert view.matrices_figure.title == "Attention weights"
    assert view.controls.legend.isVisible()
    assert not view.controls.kind.isVisible()
    assert view.steps_figure.isVisible()
    assert not view.cache_figure.isVisible()


def test_the_stream_alone_says_of_which_position(
    show: Callable[[ReadingView], ReadingView],
) -> None:
    view = StreamView(THEME)
    show(view).show_only("stream")
    assert view.figures["stream"].remark == "Position 3, which reads m"


@pytest.mark.parametrize("names", [(), ("nothing",), ("stream", "nothing")])
def test_only_figures_that_there_are_can_be_shown(names: tuple[str, ...], qtbot: QtBot) -> None:
    view = StreamView(DARK)
    qtbot.addWidget(view)
    with pytest.raises(ValueError, match="figures are stream, units"):
        view.show_only(*names)
