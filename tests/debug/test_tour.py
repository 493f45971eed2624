"""The stops of the tour."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from explorer.debug import numbers
from explorer.debug.tour import Area, tour_of
from explorer.trace.trace import Trace


def test_its_numbers_are_those_of_the_pass(emma: Trace) -> None:
    text = " ".join(stop.text for stop in tour_of(emma))
    assert emma.loss is not None
    for number in (
        f"over “emma”: {numbers.count(emma.created)} numbers",
        "then 5 columns",
        f"mean here is {numbers.loss(float(emma.data[emma.loss]))}.",
        f"Guessing would give {numbers.loss(float(np.log(27)))}.",
    ):
        assert number in text


def test_a_forward_pass_alone_has_no_loss_to_tell(emma: Trace) -> None:
    stops = tour_of(replace(emma, order=emma.order[:0]))
    assert "mean here" not in " ".join(stop.text for stop in stops)


def test_it_points_at_each_thing_once_and_takes_two_minutes(emma: Trace) -> None:
    stops = tour_of(emma)
    assert sorted(stop.area.value for stop in stops) == sorted(area.value for area in Area)
    words = sum(len(stop.text.split()) for stop in stops)
    assert 200 < words < 400  # read aloud: about 180 a minute
