"""The commands of the workspace for generation. Their keys step there as they do elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from explorer.debug.desk import Command, Desk
from explorer.debug.generation.generation import Generation

GROUP = "Generate"


def _draw(
    command_id: str,
    title: str,
    keys: tuple[str, ...],
    act: Callable[[Generation], None],
    can: Callable[[Generation], bool],
) -> Command:
    def run(desk: Desk) -> None:
        if desk.generation is not None:
            act(desk.generation)

    def enabled(desk: Desk) -> bool:
        return desk.generation is not None and can(desk.generation)

    return Command(f"draw_{command_id}", title, GROUP, keys, run, enabled)


def _asks(
    command_id: str,
    title: str,
    key: str,
    ask: Callable[[Desk], None],
    can: Callable[[Generation], bool],
) -> Command:
    def enabled(desk: Desk) -> bool:
        return desk.generation is not None and can(desk.generation)

    return Command(f"draw_{command_id}", title, GROUP, (key,), ask, enabled)


def _shows_draw(generation: Generation) -> bool:
    return generation.shown < len(generation.draws)


GENERATE_COMMANDS = (
    _draw("restart", "First name of the seed, nothing drawn", ("Home",),
          Generation.restart, lambda g: g.number > 1 or g.can_go_back),
    _draw("last_name", "Previous name of the seed", ("Ctrl+PgUp",),
          Generation.last_name, lambda g: g.number > 1),
    _draw("back", "Take the last draw back", ("Shift+F10", "PgUp", "Shift+Space"),
          Generation.back, lambda g: g.can_go_back),
    _draw("play", "Draw by itself; again: pause", ("Ctrl+Space",),
          lambda g: g.play(not g.playing), lambda g: g.playing or g.can_step),
    _draw("token", "Draw the next token", ("F10", "PgDown", "Space"),
          Generation.step, lambda g: g.can_step),
    _draw("rest", "Draw the rest of the name", ("End",),
          Generation.finish, lambda g: g.can_step),
    _draw("next_name", "Next name of the seed", ("Ctrl+PgDown",),
          Generation.next_name, lambda g: not g.trouble),
    _asks("open", "Open the name as a pass", "O",
          lambda desk: desk.open_drawn_name(), lambda g: bool(g.name)),
    _asks("through", "Step through the shown draw, node by node", "Shift+O",
          lambda desk: desk.open_shown_draw(), _shows_draw),
    _asks("many", "Draw many names; again: cancel", "B",
          lambda desk: desk.draw_many(), lambda g: True),
)  # fmt: skip
