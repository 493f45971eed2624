"""Garbage is collected on the window's thread alone."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from threading import Thread

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from explorer.views.rest import WindowCollector


class Knot:
    """It knows itself, so that only a collection ends it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[WindowCollector]:
    parent = QObject()
    yield WindowCollector(parent)
    gc.enable()


def test_a_thread_collects_nothing(collector: WindowCollector) -> None:
    knot = weakref.ref(Knot())
    thread = Thread(target=lambda: [[] for _ in range(20_000)])
    thread.start()
    thread.join()
    assert knot() is not None


def test_the_window_collects_what_no_thread_did(qtbot: QtBot, collector: WindowCollector) -> None:
    knot = weakref.ref(Knot())
    kept = [[] for _ in range(20_000)]
    qtbot.waitUntil(lambda: knot() is None)
    assert len(kept) == 20_000
