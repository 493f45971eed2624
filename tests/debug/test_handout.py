"""Which moments a range of steps has, and what its pictures are called."""

from __future__ import annotations

import pytest

from explorer.debug.handout import MOST_PICTURES, check_count, picture_name, step_moments
from explorer.debug.stepping import Granularity, Stepper
from explorer.trace.timeline import Timeline


@pytest.mark.parametrize("granularity", Granularity, ids=lambda size: size.value)
def test_a_range_has_the_moments_at_which_steps_end(
    emma_timeline: Timeline, granularity: Granularity
) -> None:
    first = emma_timeline.backward_start + 7
    cursor, expected = first, [first]
    for _ in range(5):
        cursor = Stepper(emma_timeline).step(cursor, granularity, 1)
        expected.append(cursor)
    assert step_moments(emma_timeline, first, 5, granularity).tolist() == expected


def test_a_range_ends_with_the_pass(emma_timeline: Timeline) -> None:
    end = emma_timeline.end
    assert step_moments(emma_timeline, end - 2, 50, Granularity.EDGE).tolist() == [
        end - 2,
        end - 1,
        end,
    ]
    assert step_moments(emma_timeline, end, 50, Granularity.NODE).tolist() == [end]


@pytest.mark.parametrize(
    ("number", "count", "title", "name"),
    [
        (1, 9, "What is a Value?", "1-what-is-a-value.png"),
        (7, 120, "L = a*b + a", "007-l-a-b-a.png"),
        (3, 10, "…", "03.png"),
        (3, 10, "../../etc", "03-etc.png"),
        (2, 2, "a" * 300, f"2-{'a' * 40}.png"),
    ],
)
def test_names_of_files_are_numbered_and_short(
    number: int, count: int, title: str, name: str
) -> None:
    assert picture_name(number, count, title) == name


def test_a_series_has_a_limit() -> None:
    check_count(MOST_PICTURES)
    with pytest.raises(ValueError, match="401 pictures are too many: there can be 400"):
        check_count(MOST_PICTURES + 1)
