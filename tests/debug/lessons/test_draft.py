"""A lesson while it is edited: one stays at the stop one is at, and everything can be undone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.anatomy.reading import Place
from explorer.debug.desk import Workspace
from explorer.debug.lessons.draft import MOST_UNDONE, Draft
from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.sources import BuiltIn
from explorer.debug.lessons.stop import Drawing, StageView, Stop, StopState

SOURCE = BuiltIn("m")


def stop(title: str, cursor: int = 0) -> Stop:
    return Stop(title=title, model="m", state=StopState(cursor=cursor))


def draft_of(titles: str) -> Draft:
    stops = tuple(stop(letter) for letter in titles)
    return Draft(Lesson("x", stops=stops, models={"m": SOURCE} if stops else {}))


def titles(draft: Draft) -> str:
    return "".join(one.title for one in draft.lesson.stops)


def test_turning_ends_at_the_ends() -> None:
    draft = draft_of("ab")
    assert (draft.turned(1), draft.turned(-1)) == (0, None)
    draft.at = 0
    assert (draft.turned(1), draft.turned(-1)) == (1, None)
    draft.at = 1
    assert (draft.turned(1), draft.turned(-1)) == (None, 0)
    assert draft_of("").turned(1) is None


def test_what_is_recorded_follows_the_stop_that_is_shown() -> None:
    draft = draft_of("")
    for letter in "abc":
        draft.insert(stop(letter), SOURCE)
    assert (titles(draft), draft.at) == ("abc", 2)
    draft.at = 0
    draft.insert(stop("x"), SOURCE)
    assert (titles(draft), draft.at) == ("axbc", 1)
    draft.at = None
    draft.insert(stop("z"), SOURCE)
    assert titles(draft) == "axbcz"


def test_after_the_shown_stop_is_gone_the_next_one_is_shown() -> None:
    draft = draft_of("abc")
    draft.at = 1
    draft.remove(1)
    assert (titles(draft), draft.at) == ("ac", 1)
    draft.remove(1)
    assert (titles(draft), draft.at) == ("a", 0)
    draft.remove(0)
    assert draft.stop is None
    assert titles(draft) == ""
    draft.remove(0)
    assert titles(draft) == ""


def test_a_stop_that_is_replaced_keeps_its_words_and_what_is_not_in_sight() -> None:
    before = Stop(
        title="a",
        model="m",
        caption="c",
        notes="n",
        view=StageView.GENERATION,
        place=Place(3, 0, 1),
        drawing=Drawing(1, 0.5),
        state=StopState(cursor=1),
    )
    draft = Draft(Lesson("x", stops=(before,), models={"m": SOURCE}))
    draft.replace(0, stop("new", cursor=9), SOURCE)
    (after,) = draft.lesson.stops
    assert after.state.cursor == 9
    assert (after.title, after.caption, after.notes) == ("a", "c", "n")
    assert (after.view, after.place, after.drawing) == (
        before.view,
        before.place,
        before.drawing,
    )
    inside = Stop(title="new", model="m", state=StopState(cursor=9), workspace=Workspace.NAME)
    draft.replace(0, inside, SOURCE)
    assert draft.lesson.stops[0].place == Place()


def test_changes_are_known_until_they_are_saved_or_undone() -> None:
    draft = draft_of("ab")
    assert not draft.is_edited
    draft.rewrite(0, title="a")
    draft.rename("x", "")
    draft.move(0, 0)
    draft.move(0, 7)
    assert not draft.is_edited
    draft.rewrite(0, title="z")
    assert draft.is_edited
    draft.undo()
    assert not draft.is_edited
    draft.rename("y", "")
    draft.settle()
    assert not draft.is_edited
    assert draft.can_undo
    draft.undo()
    assert draft.is_edited


@given(
    st.lists(
        st.tuples(st.sampled_from("imrwu"), st.integers(0, 9), st.integers(0, 9)), max_size=40
    ),
    st.integers(0, 3),
)
def test_the_shown_stop_stays_shown_and_all_is_undone(
    edits: list[tuple[str, int, int]], at: int
) -> None:
    draft = draft_of("abcd")
    draft.at = at
    first = draft.lesson
    for number, (edit, one, other) in enumerate(edits):
        shown, gone = draft.stop, False
        if edit == "i":
            draft.insert(stop(f"new {number}"), SOURCE)
            shown = draft.stop
        elif edit == "m":
            draft.move(one, other)
        elif edit == "r":
            gone = one == draft.at
            draft.remove(one)
        elif edit == "w" and one < len(draft.lesson.stops):
            draft.rewrite(one, notes=str(number))
        else:
            draft.undo()
            shown = draft.stop
        assert draft.at is None or 0 <= draft.at < len(draft.lesson.stops)
        if shown is not None and not gone and draft.lesson.stops:
            assert draft.stop is not None
            assert draft.stop.title == shown.title
    while draft.can_undo:
        draft.undo()
    assert draft.lesson == first


def test_only_so_much_is_undone() -> None:
    draft = draft_of("a")
    for number in range(2 * MOST_UNDONE):
        draft.rewrite(0, title=str(number))
    for _ in range(2 * MOST_UNDONE):
        draft.undo()
    assert titles(draft) == str(MOST_UNDONE - 1)
