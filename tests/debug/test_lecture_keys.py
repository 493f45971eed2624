"""The table of a lecture's keys."""

from __future__ import annotations

import pytest

from explorer.debug.lecture_keys import LECTURE_KEYS, Act, act_of


def test_no_key_does_two_things_and_no_act_stands_twice() -> None:
    keys = [key for one in LECTURE_KEYS for key in one.keys]
    assert len(keys) == len(set(keys))
    assert sorted(one.act for one in LECTURE_KEYS) == sorted(Act)


@pytest.mark.parametrize(
    ("key", "act"),
    [
        ("PgDown", Act.ON), ("Space", Act.ON), ("Right", Act.ON),
        ("PgUp", Act.BACK), ("Shift+Space", Act.BACK), ("Left", Act.BACK),
        ("F10", Act.STEP), ("Shift+F10", Act.STEP_BACK),
        ("B", Act.BLACK), (".", Act.BLACK), ("W", Act.WHITE),
        ("F5", Act.NOTHING), ("Shift+F5", Act.NOTHING), ("Esc", Act.CLEAR),
        ("?", Act.KEYS), ("Ctrl+L", Act.LEAVE), ("Q", None),
    ],
)  # fmt: skip
def test_what_a_clicker_sends(key: str, act: Act | None) -> None:
    assert act_of(key) is act
