"""The line from 0 to 1 tells of the stretch that the mouse is over."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from explorer.debug.generation.generation import Generation
from explorer.theme.tokens import Theme
from explorer.trace.passes import untrained
from explorer.views.number_line import NumberLine
from microgpt import Config


@pytest.fixture
def line(qtbot: QtBot, theme: Theme) -> NumberLine:
    """A line with the first draw of a small model."""
    subject = untrained(Config(n_embd=4, n_head=1, block_size=4))
    generation = Generation(subject)
    generation.step()
    line = NumberLine(theme)
    qtbot.addWidget(line)
    line.show_tokens(subject.tokenizer)
    line.show_draw(generation.view)
    line.resize(theme.px(700), line.height())
    with qtbot.waitExposed(line):
        line.show()
    return line


def test_the_stretch_below_the_mouse_is_told(qtbot: QtBot, line: NumberLine, theme: Theme) -> None:
    for token in (0, 7, 26):
        area = line.area_of(token)
        assert area is not None
        with qtbot.waitSignal(line.hovered) as heard:
            qtbot.mouseMove(line, (area.center() * theme.scale).toPoint())
        assert heard.args == [token]


def test_it_is_painted_as_wide_as_the_widget(line: NumberLine, theme: Theme) -> None:
    last = line.area_of(26)
    assert last is not None
    image: QImage = line.grab().toImage()
    at = last.topRight() * theme.scale
    y = round(at.y() + theme.px(4))
    inside, outside = round(at.x()) - 3, round(at.x()) + 3
    assert image.pixelColor(inside, y) != image.pixelColor(outside, y)
