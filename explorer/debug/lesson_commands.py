"""The commands of lessons, in every workspace."""

from __future__ import annotations

from collections.abc import Callable

from explorer.debug.command_conditions import has_pass
from explorer.debug.desk import LESSONS, Command, Desk, LessonDesk


def _lesson(
    command_id: str,
    title: str,
    keys: tuple[str, ...],
    act: Callable[[LessonDesk], None],
    can: Callable[[LessonDesk], bool] = lambda lessons: True,
) -> Command:
    def run(desk: Desk) -> None:
        act(desk.lessons)

    def enabled(desk: Desk) -> bool:
        return can(desk.lessons)

    return Command(f"lesson_{command_id}", title, LESSONS, keys, run, enabled)


def _record(command_id: str, title: str, key: str) -> Command:
    return Command(
        f"lesson_{command_id}", title, LESSONS, (key,),
        lambda desk: desk.lessons.record(), has_pass,
    )  # fmt: skip


LESSON_COMMANDS = (
    _lesson("next", "Next stop of the lesson", ("Alt+PgDown",),
            lambda lessons: lessons.turn(1), lambda lessons: lessons.can_turn(1)),
    _lesson("back", "Previous stop of the lesson", ("Alt+PgUp",),
            lambda lessons: lessons.turn(-1), lambda lessons: lessons.can_turn(-1)),
    _lesson("again", "The stop once more, as it was recorded", ("Alt+Home",),
            lambda lessons: lessons.go_again(), lambda lessons: lessons.has_stop),
    _record("record", "Record what is shown as a stop", "Ctrl+M"),
    _lesson("undo", "Take the last change of the lesson back", ("Ctrl+Alt+Z",),
            lambda lessons: lessons.undo(), lambda lessons: lessons.can_undo),
    _lesson("new", "New lesson", (), lambda lessons: lessons.new()),
    _lesson("open", "Open a lesson", ("Ctrl+Shift+O",),
            lambda lessons: lessons.ask_what_to_open()),
    _lesson("save", "Save the lesson", ("Ctrl+Shift+S",),
            lambda lessons: lessons.save(), lambda lessons: lessons.is_open),
    _lesson("save_as", "Save the lesson in another file", (),
            lambda lessons: lessons.ask_where_to_save(), lambda lessons: lessons.is_open),
)  # fmt: skip
