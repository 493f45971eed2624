"""The commands that move through the pass."""

from __future__ import annotations

from collections.abc import Callable

from explorer.debug.command_conditions import after_start, before_end, has_pass
from explorer.debug.desk import Command, Desk
from explorer.debug.session import Session
from explorer.debug.stepping import Granularity


def _go_to_end(desk: Desk) -> None:
    timeline = desk.session.timeline
    if timeline is not None:
        desk.session.seek(timeline.end)


def _both_ways(
    command_id: str,
    titles: tuple[str, str],
    keys: tuple[tuple[str, ...], tuple[str, ...]],
    run: Callable[[Session, int], None],
) -> tuple[Command, Command]:
    """Return a command and its mirror image in time."""
    on, back = titles
    return (
        Command(f"{command_id}_back", back, "Time", keys[1],
                lambda desk: run(desk.session, -1), after_start),
        Command(command_id, on, "Time", keys[0],
                lambda desk: run(desk.session, 1), before_end),
    )  # fmt: skip


def _play(direction: int) -> Callable[[Desk], None]:
    def toggle(desk: Desk) -> None:
        session = desk.session
        session.play(0 if session.playing == direction else direction)

    return toggle


def _turn(direction: int) -> Callable[[Desk], bool]:
    return lambda desk: desk.session.next_turn(direction) is not None


def _granularity(granularity: Granularity, title: str) -> Command:
    return Command(
        f"step_by_{granularity.value}",
        title,
        "Time",
        (),
        lambda desk: desk.session.set_granularity(granularity),
        has_pass,
    )


TIME_COMMANDS = (
    Command(
        "start", "Start of the pass", "Time", ("Home",),
        lambda desk: desk.session.seek(0), after_start,
    ),
    Command(
        "phase_back", "Back to where the phase began", "Time", ("Ctrl+PgUp",),
        lambda desk: desk.session.step_phase(-1), after_start,
    ),
    Command(
        "step_back", "Step back", "Time", ("Shift+F10", "PgUp", "Shift+Space"),
        lambda desk: desk.session.step(-1), after_start,
    ),
    Command(
        "step", "Step", "Time", ("F10", "PgDown", "Space"),
        lambda desk: desk.session.step(1), before_end,
    ),
    Command(
        "phase_on", "On to where the phase ends", "Time", ("Ctrl+PgDown",),
        lambda desk: desk.session.step_phase(1), before_end,
    ),
    Command("end", "End of the pass", "Time", ("End",), _go_to_end, before_end),
    *_both_ways(
        "continue", ("Continue to the next breakpoint", "Continue back to the previous breakpoint"),
        (("F5",), ("Shift+F5",)), Session.run_to_breakpoint,
    ),
    *_both_ways(
        "into", ("Step into: the very next event", "Step back into: the event before"),
        (("F11",), ("Alt+F11",)), lambda s, way: s.step(way, Granularity.EDGE),
    ),
    *_both_ways(
        "over", ("Step over what is left of this scope", "Step back over this scope"),
        (("Alt+F10",), ("Alt+Shift+F10",)), lambda s, way: s.step(way, Granularity.SCOPE),
    ),
    *_both_ways(
        "out", ("Step out of the scope around", "Step back out of the scope around"),
        (("Shift+F11",), ("Alt+Shift+F11",)), Session.step_out,
    ),
    Command(
        "selection_on", "Run to where the selection is next dealt with", "Time", ("Ctrl+F10",),
        lambda desk: desk.session.run_to_selection(1), _turn(1),
    ),
    Command(
        "selection_back", "Run back to where the selection was dealt with", "Time",
        ("Ctrl+Shift+F10",), lambda desk: desk.session.run_to_selection(-1), _turn(-1),
    ),
    Command("play", "Play; again: pause", "Time", ("Ctrl+Space",), _play(1), before_end),
    Command(
        "play_back", "Play backwards; again: pause", "Time", ("Ctrl+Shift+Space",),
        _play(-1), after_start,
    ),
    Command(
        "faster", "Play faster", "Time", ("]",),
        lambda desk: desk.session.set_speed(desk.session.speed * 2), has_pass,
    ),
    Command(
        "slower", "Play slower", "Time", ("[",),
        lambda desk: desk.session.set_speed(desk.session.speed / 2), has_pass,
    ),
    _granularity(Granularity.EDGE, "Step one contribution at a time"),
    _granularity(Granularity.NODE, "Step one node at a time"),
    _granularity(Granularity.LINE, "Step one source line at a time"),
    _granularity(Granularity.SCOPE, "Step one scope at a time"),
    _granularity(Granularity.POSITION, "Step one position at a time"),
)  # fmt: skip
