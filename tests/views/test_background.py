"""Work beside the window, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from explorer.views.background import Background

REASONS = [
    (ValueError("there is no such step"), "there is no such step"),
    (RuntimeError("no room\nin 3 dimensions"), "It failed (RuntimeError: no room)."),
]


@pytest.mark.parametrize(("error", "told"), REASONS)
def test_a_failure_is_told_in_one_line(qtbot: QtBot, error: Exception, told: str) -> None:
    def fail(report: Callable[[float], None]) -> object:
        raise error

    work = Background(fail, "fails")
    with qtbot.waitSignal(work.failed) as sentence:
        work.start()
    assert sentence.args == [told]


def test_a_result_is_handed_over(qtbot: QtBot) -> None:
    work = Background(lambda report: 42, "works")
    with qtbot.waitSignal(work.done) as result:
        work.start()
    assert result.args == [42]
