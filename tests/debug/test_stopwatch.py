"""The time of a lecture, with a clock of our own."""

from __future__ import annotations

from explorer.debug.stopwatch import Stopwatch


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_time_goes_on_between_start_and_pause() -> None:
    clock = Clock()
    watch = Stopwatch(clock)
    clock.seconds += 5
    assert (watch.runs, watch.seconds) == (False, 0.0)
    watch.start()
    clock.seconds += 60
    watch.start()  # once more changes nothing
    clock.seconds += 5
    assert (watch.runs, watch.seconds, watch.text) == (True, 65.0, "1:05")
    watch.pause()
    clock.seconds += 100
    assert (watch.runs, watch.text) == (False, "1:05")
    watch.start()
    clock.seconds += 3600
    assert watch.text == "1:01:05"


def test_reset_begins_anew_without_stopping() -> None:
    clock = Clock()
    watch = Stopwatch(clock)
    watch.start()
    clock.seconds += 30
    watch.reset()
    clock.seconds += 2
    assert (watch.runs, watch.text) == (True, "0:02")
    watch.pause()
    watch.reset()
    assert (watch.runs, watch.text) == (False, "0:00")
