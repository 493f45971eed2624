"""The table of commands, on a desk that is not a window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from explorer.debug.bookmarks import Bookmark
from explorer.debug.breakpoints import BreakOn, Breakpoint
from explorer.debug.commands import COMMANDS
from explorer.debug.desk import Command, RunAction, Workspace
from explorer.debug.generation.generation import Generation
from explorer.debug.session import Colour, Session
from explorer.debug.stepping import Granularity
from explorer.debug.whatif import WhatIf, prepare
from explorer.trace.passes import Subject
from explorer.trace.timeline import Timeline

FIRST, SECOND = 5, 6  # nodes that the pass makes
BY_ID = {command.id: command for command in COMMANDS}
PANELS = {command.id for command in COMMANDS if command.group == "Panels"}
ALWAYS = {
    "focus_name", "cancel", "keys", "help", "glossary", "about", "palette", "menu", "open_session",
    "text_larger", "text_smaller", "text_usual", "theme_dark", "theme_light", "theme_contrast",
    "lesson_new", "lesson_open",
    "workspace_explore", "workspace_name", "workspace_train", "workspace_generate", "word", *PANELS,
}  # fmt: skip
every_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.id)


@dataclass
class FakeLessons:
    """A lesson, or none, that notes what is asked of it."""

    asked: list[str]
    is_open: bool = False

    @property
    def has_stop(self) -> bool:
        return self.is_open

    @property
    def can_undo(self) -> bool:
        return self.is_open

    def can_turn(self, direction: int) -> bool:
        return self.is_open

    def turn(self, direction: int) -> None:
        self.asked.append(f"turn {direction}")

    def go_again(self) -> None:
        self.asked.append("go_again")

    def record(self) -> None:
        self.asked.append("record")

    def undo(self) -> None:
        self.asked.append("undo")

    def new(self) -> None:
        self.asked.append("new")

    def ask_what_to_open(self) -> None:
        self.asked.append("ask_what_to_open")

    def save(self) -> None:
        self.asked.append("save")

    def ask_where_to_save(self) -> None:
        self.asked.append("ask_where_to_save")


@dataclass
class FakeDesk:
    """A desk that notes what is asked of the window."""

    session: Session = field(default_factory=Session)
    asked: list[str] = field(default_factory=list)
    workspace: Workspace = Workspace.EXPLORE
    has_step: bool = False
    has_parts: bool = False
    generation: Generation | None = None
    has_lesson: bool = False

    @property
    def lessons(self) -> FakeLessons:
        return FakeLessons(self.asked, self.has_lesson)

    def open_drawn_name(self) -> None:
        self.asked.append("open_drawn_name")

    def open_shown_draw(self) -> None:
        self.asked.append("open_shown_draw")

    def draw_many(self) -> None:
        self.asked.append("draw_many")

    def show_workspace(self, workspace: Workspace) -> None:
        self.asked.append(f"show_workspace {workspace}")

    def open_shown_step(self) -> None:
        self.asked.append("open_shown_step")

    def can_train_run(self, action: RunAction) -> bool:
        return self.has_step

    def train_run(self, action: RunAction) -> None:
        self.asked.append(f"train_run {action}")

    def turn_part(self, direction: int) -> None:
        self.asked.append(f"turn_part {direction}")

    def focus_name(self) -> None:
        self.asked.append("focus_name")

    def cancel_run(self) -> None:
        self.asked.append("cancel_run")

    def zoom_to_selection(self) -> None:
        self.asked.append("zoom_to_selection")

    def zoom_to_fit(self) -> None:
        self.asked.append("zoom_to_fit")

    def open_search(self) -> None:
        self.asked.append("open_search")

    def export_map(self) -> None:
        self.asked.append("export_map")

    def show_keys(self) -> None:
        self.asked.append("show_keys")

    def show_help(self, page: str) -> None:
        self.asked.append(f"show_help {page}")

    def show_word(self) -> None:
        self.asked.append("show_word")

    def show_tour(self) -> None:
        self.asked.append("show_tour")

    def ask_condition(self) -> None:
        self.asked.append("ask_condition")

    def show_panel(self, panel: str) -> None:
        self.asked.append(f"show_panel {panel}")

    def reset_panels(self) -> None:
        self.asked.append("reset_panels")

    def save_session(self) -> None:
        self.asked.append("save_session")

    def open_session(self) -> None:
        self.asked.append("open_session")

    def resize_text(self, direction: int) -> None:
        self.asked.append(f"resize_text {direction}")

    def show_theme(self, name: str) -> None:
        self.asked.append(f"show_theme {name}")

    def toggle_palette(self) -> None:
        self.asked.append("toggle_palette")

    def show_menu(self) -> None:
        self.asked.append("show_menu")


@pytest.fixture(scope="module")
def changed(a_timeline: Timeline) -> WhatIf:
    return prepare(a_timeline).change({0: 0.5})


@pytest.fixture
def desk(a_timeline: Timeline, changed: WhatIf, subject: Subject) -> FakeDesk:
    """A desk in the middle of a pass, with marks and a history on both sides of the moment.

    It is in the middle of a name that is being made up as well.
    """
    desk = FakeDesk(has_step=True, has_parts=True, generation=Generation(subject), has_lesson=True)
    assert desk.generation is not None
    desk.generation.next_name()
    desk.generation.set_prefix("a")
    desk.generation.step()
    session, middle = desk.session, a_timeline.backward_start + 100
    session.open(a_timeline)
    session.search("op:exp")
    for node in (FIRST, SECOND):
        session.select(a_timeline.trace.leaves + node)
    session.revisit(-1)
    for cursor in (10, middle + 50):
        session.bookmarks.add(Bookmark("a", cursor, None))
    session.breakpoints.add(Breakpoint(BreakOn.OP, text="log"))
    session.seek(middle)
    session.show_what_if(changed)
    return desk


def state(desk: FakeDesk) -> tuple[object, ...]:
    session, made_up = desk.session, desk.generation
    drawn = made_up and (made_up.number, made_up.tokens, made_up.playing)
    return (
        session.cursor, session.selection, session.colour, session.granularity, tuple(desk.asked),
        session.scale_follows, session.cone, session.pinned, session.shows_flows,
        session.playing, session.speed, list(session.breakpoints), list(session.watches),
        list(session.bookmarks), session.what_if, drawn,
    )  # fmt: skip


def run(desk: FakeDesk, command: str) -> None:
    assert BY_ID[command].enabled(desk)
    BY_ID[command].run(desk)


def test_ids_are_unique() -> None:
    assert len(BY_ID) == len(COMMANDS)


@pytest.mark.parametrize("workspace", Workspace)
def test_no_two_commands_share_a_key_where_they_are_of_use(workspace: Workspace) -> None:
    desk = FakeDesk(workspace=workspace)
    here = [replace(command, enabled=lambda _: True) for command in COMMANDS]
    keys = [key for command in here if command.available(desk) for key in command.keys]
    assert keys
    assert sorted(keys) == sorted(set(keys))


def test_keys_of_time_draw_in_the_workspace_for_generation() -> None:
    for draw, step in (
        ("draw_token", "step"),
        ("draw_back", "step_back"),
        ("draw_play", "play"),
        ("draw_restart", "start"),
        ("draw_rest", "end"),
    ):
        assert BY_ID[draw].keys == BY_ID[step].keys


def test_names_are_made_up_in_their_workspace_alone(desk: FakeDesk) -> None:
    made_up = [command for command in COMMANDS if command.group == "Generate"]
    assert len(made_up) == 10
    for workspace in Workspace:
        desk.workspace = workspace
        here = [command.available(desk) for command in made_up]
        assert here == [workspace is Workspace.GENERATE] * len(made_up)
    assert not BY_ID["step"].available(desk)


def test_commands_of_the_name_that_is_made_up(desk: FakeDesk) -> None:
    made_up = desk.generation
    assert made_up is not None
    run(desk, "draw_rest")
    assert made_up.is_finished
    assert not BY_ID["draw_token"].enabled(desk)
    assert not BY_ID["draw_play"].enabled(desk)
    run(desk, "draw_next_name")
    assert (made_up.number, made_up.name) == (3, "a")
    assert not BY_ID["draw_back"].enabled(desk)
    assert not BY_ID["draw_through"].enabled(desk)
    run(desk, "draw_token")
    run(desk, "draw_play")
    assert made_up.playing
    run(desk, "draw_play")
    assert not made_up.playing
    run(desk, "draw_last_name")
    assert made_up.number == 2
    run(desk, "draw_restart")
    assert made_up.number == 1
    assert not BY_ID["draw_restart"].enabled(desk)
    assert not BY_ID["draw_last_name"].enabled(desk)
    made_up.set_prefix("")
    assert not BY_ID["draw_open"].enabled(desk)


def test_commands_of_lessons(desk: FakeDesk) -> None:
    ids = [command.id for command in COMMANDS if command.group == "Lessons"]
    for command in ids:
        run(desk, command)
    assert desk.asked == [
        "turn 1", "turn -1", "go_again", "record", "undo", "new", "ask_what_to_open", "save",
        "ask_where_to_save",
    ]  # fmt: skip
    for desk.workspace in Workspace:
        assert all(BY_ID[command].available(desk) for command in ids)


def test_titles_are_unique_and_not_empty() -> None:
    titles = {command.title for command in COMMANDS}
    assert len(titles) == len(COMMANDS)
    assert all(titles)


def test_what_steps_forward_has_a_mirror_image() -> None:
    ways = {"step", "continue", "into", "over", "out", "play", "selection", "phase", "bookmark"}
    forward = {name for name in BY_ID if name in ways or name.removesuffix("_on") in ways}
    mirrors = {f"{name.removesuffix('_on')}_back" for name in forward}
    assert len(mirrors) == len(ways)
    assert mirrors <= set(BY_ID)
    assert {"step", "step_back", "phase_on", "phase_back", "start", "end"} <= set(BY_ID)
    assert {f"Shift+{key}" for key in ("F10", "Space")} <= set(BY_ID["step_back"].keys)
    assert {"F10", "Space", "PgDown"} <= set(BY_ID["step"].keys)


def test_commands_of_one_group_stand_together() -> None:
    groups = [c.group for c in COMMANDS if c.group == "Time"]
    assert groups == ["Time"] * len(groups)
    assert [c.group for c in COMMANDS][: len(groups)] == groups


@every_command
def test_without_a_pass_only_what_needs_none_is_enabled(command: Command) -> None:
    assert command.enabled(FakeDesk()) == (command.id in ALWAYS)


@every_command
def test_every_command_is_harmless_without_a_pass(command: Command) -> None:
    desk = FakeDesk()
    command.run(desk)
    assert (desk.session.cursor, desk.session.selection) == (0, None)


@every_command
def test_in_the_middle_of_a_pass_everything_is_enabled(command: Command, desk: FakeDesk) -> None:
    assert command.enabled(desk)


@every_command
def test_every_command_changes_something(command: Command, desk: FakeDesk) -> None:
    desk.session.set_colour(Colour.OP if command.id == "colour_data" else Colour.DATA)
    by_edge = command.id == "step_by_node"
    desk.session.set_granularity(Granularity.EDGE if by_edge else Granularity.NODE)
    before = state(desk)
    command.run(desk)
    changed = [i for i, (a, b) in enumerate(zip(before, state(desk), strict=True)) if a != b]
    assert changed
    assert len(changed) == 1 or changed == [0, 1]


def test_the_ends_of_time_disable_what_leads_beyond(desk: FakeDesk) -> None:
    back, on = {"start", "phase_back", "step_back"}, {"end", "phase_on", "step"}
    time = back | on
    desk.session.seek(0)
    assert {c for c in time if BY_ID[c].enabled(desk)} == on
    desk.session.seek(10**9)
    assert {c for c in time if BY_ID[c].enabled(desk)} == back


def test_the_ends_of_the_history_disable_what_leads_beyond(desk: FakeDesk) -> None:
    run(desk, "select_on")
    assert not BY_ID["select_on"].enabled(desk)
    run(desk, "select_back")
    run(desk, "select_back")
    assert not BY_ID["select_back"].enabled(desk)


def test_the_zoom_to_the_selection_needs_one(desk: FakeDesk) -> None:
    desk.session.select(None)
    assert not BY_ID["zoom_selection"].enabled(desk)


@pytest.mark.parametrize(
    ("command", "moment"),
    [
        ("start", lambda t: 0),
        ("phase_back", lambda t: t.backward_start),
        ("step_back", lambda t: t.node_steps[t.node_steps < t.backward_start + 100][-1]),
        ("step", lambda t: t.node_steps[t.node_steps > t.backward_start + 100][0]),
        ("phase_on", lambda t: t.backward_end),
        ("end", lambda t: t.end),
    ],
)
def test_commands_of_time_lead_there(
    desk: FakeDesk, a_timeline: Timeline, command: str, moment: Callable[[Timeline], int]
) -> None:
    run(desk, command)
    assert desk.session.cursor == moment(a_timeline)


def test_commands_of_the_selection(desk: FakeDesk, a_timeline: Timeline) -> None:
    run(desk, "select_on")
    assert desk.session.selection == a_timeline.trace.leaves + SECOND
    run(desk, "select_back")
    assert desk.session.selection == a_timeline.trace.leaves + FIRST
    run(desk, "select_loss")
    assert desk.session.selection == a_timeline.trace.loss


def test_commands_of_the_search_walk_through_what_is_found(desk: FakeDesk) -> None:
    first, second, *_, last = desk.session.found.tolist()
    for command, node in (
        ("found_on", first), ("found_on", second), ("found_back", first), ("found_back", last),
    ):  # fmt: skip
        run(desk, command)
        assert desk.session.selection == node


def test_there_is_nowhere_to_walk_to_if_nothing_is_found(desk: FakeDesk) -> None:
    desk.session.search("data>1e9")
    assert not BY_ID["found_on"].enabled(desk)
    assert not BY_ID["found_back"].enabled(desk)


@pytest.mark.parametrize(
    ("command", "colour"),
    [
        ("colour_data", Colour.DATA),
        ("colour_gradient", Colour.GRADIENT),
        ("colour_op", Colour.OP),
    ],
)
def test_commands_of_the_colour(desk: FakeDesk, command: str, colour: Colour) -> None:
    run(desk, command)
    assert desk.session.colour is colour


def test_runs_can_be_trained_from_every_workspace(desk: FakeDesk) -> None:
    desk.workspace = Workspace.TRAIN
    assert {f"run_{action}" for action in RunAction} <= set(BY_ID)
    assert all(BY_ID[f"run_{action}"].available(desk) for action in RunAction)
    assert not BY_ID["step"].available(desk)


def test_data_gradient_and_operation_are_on_one_two_three() -> None:
    ids = ("colour_data", "colour_gradient", "colour_op")
    assert [BY_ID[i].keys for i in ids] == [("1",), ("2",), ("3",)]
    assert [BY_ID[i].title.split()[-1] for i in ids] == ["data", "gradient", "operation"]


@pytest.mark.parametrize("granularity", Granularity)
def test_commands_of_the_granularity(desk: FakeDesk, granularity: Granularity) -> None:
    run(desk, f"step_by_{granularity.value}")
    assert desk.session.granularity is granularity


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        ("zoom_selection", "zoom_to_selection"),
        ("zoom_fit", "zoom_to_fit"),
        ("search", "open_search"),
        ("export_map", "export_map"),
        ("focus_name", "focus_name"),
        ("cancel", "cancel_run"),
        ("keys", "show_keys"),
        ("break_condition", "ask_condition"),
        ("save_session", "save_session"),
        ("open_session", "open_session"),
        ("panel_inspector", "show_panel inspector"),
        ("palette", "toggle_palette"),
        ("menu", "show_menu"),
        ("text_larger", "resize_text 1"),
        ("text_smaller", "resize_text -1"),
        ("text_usual", "resize_text 0"),
        ("theme_contrast", "show_theme contrast"),
        ("run_go", "train_run go"),
        ("run_compare", "train_run compare"),
    ],
)
def test_commands_of_the_window_ask_the_window(desk: FakeDesk, command: str, asked: str) -> None:
    run(desk, command)
    assert desk.asked == [asked]
