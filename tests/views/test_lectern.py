"""Lessons in the window: every stop is shown as it was recorded, whatever was done since."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.debug.addresses import Address
from explorer.debug.anatomy.reading import Place
from explorer.debug.desk import Workspace
from explorer.debug.lessons.draft import Draft
from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.sources import BuiltIn, Embedded, Expression, Source, Untrained
from explorer.debug.lessons.states import capture_state
from explorer.debug.lessons.stop import Box, Change, Drawing, StageView, Stop, StopState
from explorer.debug.session import Colour, Cone
from explorer.debug.stepping import Granularity
from explorer.views.lectern import Lectern
from explorer.views.main_window import MainWindow
from microgpt import Config

PATIENCE = 60_000  # milliseconds
SMALL = asdict(Config(n_embd=4, n_head=2, block_size=8))
WEIGHT = Address(("parameters", "wte"), 5)
LESSON = Lesson(
    "Numbers",
    stops=(
        Stop(
            title="The formula",
            model="toy",
            caption="L is {data L}, the gradient of a {grad a}.",
            state=StopState(cursor=7, selection=Address(("parameters", "a"), 0)),
            hops=3,
            panels=("inspector", "breakpoints", "neighbourhood", "outline", "source"),
        ),
        Stop(
            title="A name",
            model="small",
            caption="The loss of {name} is {loss}.",
            state=StopState(
                cursor=3000,
                name="ab",
                selection=WEIGHT,
                colour=Colour.GRADIENT,
                query="|grad|>0.1",
                granularity=Granularity.EDGE,
                watches=(WEIGHT,),
                scale_follows=True,
                pinned=True,
            ),
            frame=Address(("position 1",)),
        ),
        Stop(
            title="What if",
            model="small",
            caption="{recorded loss} becomes {loss}.",
            state=StopState(
                cursor=2500,
                name="ab",
                selection=WEIGHT,
                changes=(Change(WEIGHT, 0.5),),
                cone=Cone.DESCENDANTS,
                shows_flows=False,
                compared=Address(("parameters", "wpe"), 1),
            ),
            frame=Box(10, 10, 30, 20),
            hops=1,
            folds=False,
        ),
        Stop(
            title="Attention",
            model="small",
            state=StopState(cursor=2000, name="cab"),
            view=StageView.ATTENTION,
            place=Place(2, 0, 1),
            workspace=Workspace.NAME,
        ),
        Stop(
            title="The formula at first",
            model="toy",
            state=StopState(cursor=1, selection=Address((), 0)),
            frame=Address((), 0),
        ),
        Stop(
            title="Made up",
            model="small",
            caption="{drawn}",
            state=StopState(cursor=100, name="ab"),
            view=StageView.GENERATION,
            drawing=Drawing(seed=7, temperature=0.8, number=2, drawn=2, shown=1),
            workspace=Workspace.GENERATE,
        ),
    ),
    models={"toy": Expression("L = a*b + a", {"a": 2.0, "b": 3.0}), "small": Untrained(SMALL)},
)


def wait_for_passes(qtbot: QtBot, lectern: Lectern) -> None:
    qtbot.waitUntil(lambda: lectern.passes.waiting == 0, timeout=PATIENCE)


@pytest.fixture
def taught(qtbot: QtBot, small: MainWindow) -> Iterator[MainWindow]:
    """A window with a lesson whose passes are made."""
    small.lectern.open(LESSON)
    wait_for_passes(qtbot, small.lectern)
    yield small
    small.lectern.close()
    small.lectern.passes.wait()


def settle() -> None:
    """Let what comes a moment later come."""
    for _ in range(3):
        QApplication.processEvents()


def pictures(window: MainWindow) -> list[QImage]:
    """Return what is seen of the pass in the workspace."""
    settle()
    explore = window.explore
    views: dict[Workspace, list[QWidget]] = {
        Workspace.EXPLORE: [
            explore.map_view,
            explore.neighbourhood,
            explore.inspector,
            explore.outline,
            explore.token_strip,
            explore.timeline_view,
            window.top_bar,
        ],
        Workspace.NAME: [window.pages],
        Workspace.GENERATE: [window.pages],
    }
    return [view.grab().toImage() for view in views[window.workspace] if view.isVisible()]


def test_stops_are_shown_at_once_when_their_passes_are_made(
    qtbot: QtBot, taught: MainWindow
) -> None:
    lectern, shown = taught.lectern, []
    lectern.stop_shown.connect(lambda: shown.append(lectern.at))
    lectern.turn(1)
    assert shown == [0]
    assert lectern.caption.text == "L is 8, the gradient of a 4."
    assert taught.session.cursor == 7
    assert taught.session.trace is not None
    assert taught.session.trace.names[taught.session.selection or 0] == "a"
    assert taught.top_bar.model_title == "no model · a formula"
    lectern.turn(1)
    assert shown == [0, 1]
    assert taught.session.query == "|grad|>0.1"
    assert taught.top_bar.name.text() == "ab"
    assert taught.top_bar.model_title == "untrained · seed 42"
    lectern.turn(1)
    assert taught.session.what_if is not None
    before, after = lectern.caption.text.rstrip(".").split(" becomes ")
    assert before != after
    lectern.turn(1)
    assert taught.workspace.value == "name"
    assert taught.name_page.part == "Attention"
    lectern.go(5)
    assert taught.workspace.value == "generate"
    generation = taught.pages.generation
    assert generation is not None
    assert (len(generation.draws), generation.shown, generation.number) == (2, 1, 2)
    assert generation.name == lectern.caption.text
    lectern.turn(1)
    assert lectern.at == 5
    assert shown == [0, 1, 2, 3, 5]


def test_every_stop_is_the_same_whenever_one_comes_back(taught: MainWindow) -> None:
    lectern, session = taught.lectern, taught.session
    rng = random.Random(3)
    stops = range(len(LESSON.stops))
    # The bar of a what-if takes room from panes, and gives it back but for a pixel now and then.
    with_pictures = [at for at in stops if not LESSON.stops[at].state.changes] * 3
    states: dict[int, StopState] = {}
    seen: dict[int, list[QImage]] = {}
    rng.shuffle(with_pictures)
    for at in [*with_pictures, *rng.sample([*stops] * 2, 2 * len(stops))]:
        lectern.go(at)
        assert lectern.is_ready
        settle()
        state = capture_state(session)
        assert states.setdefault(at, state) == state
        if with_pictures:
            images, with_pictures = pictures(taught), with_pictures[1:]
            assert seen.setdefault(at, images) == images, f"stop {at + 1} is another picture"
        disturb(taught, rng)
    assert len(states) == len(stops)


def disturb(window: MainWindow, rng: random.Random) -> None:
    """Do what people do between two stops."""
    session = window.session
    assert session.trace is not None
    for _ in range(6):
        match rng.randrange(9):
            case 0:
                session.step(rng.choice((-1, 1)))
            case 1:
                session.select(rng.randrange(session.trace.nodes))
            case 2:
                session.set_colour(rng.choice([*Colour]))
            case 3:
                session.search(rng.choice(("mul", "data<0", "")))
            case 4:
                window.explore.map_view.show_scope(rng.randrange(len(session.trace.scopes)))
            case 5:
                window.explore.neighbourhood.hops.setValue(rng.randint(1, 4))
            case 6:
                window.show_workspace(rng.choice([Workspace.EXPLORE, Workspace.NAME]))
            case 7:
                session.pin(not session.pinned)
                session.compare(rng.randrange(session.trace.nodes))
            case 8:
                session.seek(rng.randrange(session.cursor + 100))


def test_what_is_shown_becomes_a_stop_and_comes_back_from_its_file(
    qtbot: QtBot, taught: MainWindow, tmp_path: Path
) -> None:
    lectern, recorded = taught.lectern, []
    for at in range(len(LESSON.stops)):
        lectern.go(at)
        settle()
        captured = taught.lectern._keeper.capture()
        recorded.append(captured)
        stop, source = captured
        assert stop.state == capture_state(taught.session)
        assert source == LESSON.source(LESSON.stops[at])
    lectern.new()
    for stop, source in recorded:
        lectern.edit(partial(Draft.insert, stop=stop, source=source))
    assert lectern.save(tmp_path / "lesson.json")
    kept = lectern.lesson
    lectern.new()
    assert lectern.open_file(tmp_path / "lesson.json")
    assert lectern.lesson == kept
    wait_for_passes(qtbot, lectern)
    for at, (stop, _) in enumerate(recorded):
        lectern.go(at)
        settle()
        again, _ = taught.lectern._keeper.capture()
        assert replace(again, frame=None, model="") == replace(stop, frame=None)
        for box, other in ((again.frame, stop.frame), (stop.frame, again.frame)):
            if isinstance(box, Box):
                assert isinstance(other, Box)
                assert np.allclose(list(asdict(box).values()), list(asdict(other).values()))


def test_edits_are_taken_back_one_by_one(qtbot: QtBot, taught: MainWindow) -> None:
    lectern = taught.lectern
    lectern.go(1)
    lectern.record()
    assert lectern.at == 2
    assert lectern.is_edited
    assert lectern.lesson is not None
    assert [s.title for s in lectern.lesson.stops][1:4] == [
        "A name", "ab at event 3\N{NARROW NO-BREAK SPACE}000", "What if",
    ]  # fmt: skip
    assert len(lectern.lesson.models) == 2
    lectern.rewrite(2, title="Mine", caption="{loss}", notes="n")
    assert lectern.caption.text.replace(".", "").isdecimal()
    lectern.move(2, 0)
    assert lectern.at == 0
    lectern.remove(0)
    assert lectern.lesson.stops == LESSON.stops
    lectern.remove(5)
    assert lectern.at == 0
    for _ in range(5):
        lectern.undo()
    assert lectern.lesson == LESSON
    assert lectern.at == 1
    assert not lectern.can_undo


def test_a_stop_is_replaced_by_what_is_shown(qtbot: QtBot, taught: MainWindow) -> None:
    lectern = taught.lectern
    lectern.go(1)
    taught.session.seek(17)
    lectern.replace_stop(0)
    assert lectern.lesson is not None
    stop = lectern.lesson.stops[0]
    assert (stop.title, stop.caption) == (LESSON.stops[0].title, LESSON.stops[0].caption)
    assert (stop.state.cursor, stop.model) == (17, "small")


def test_a_pass_that_fails_is_told_and_passed_by(qtbot: QtBot, small: MainWindow) -> None:
    lectern = small.lectern
    told: list[str] = []
    lectern.told.connect(told.append)
    bad = (
        Stop(title="No such model", model="none", state=StopState(cursor=0, name="ab")),
        Stop(title="No such letter", model="small", state=StopState(cursor=0, name="aé")),
        Stop(title="No number", model="log", state=StopState(cursor=0)),
        Stop(
            title="No node",
            model="small",
            state=StopState(cursor=0, name="ab", changes=(Change(Address(("x",), 0), 1.0),)),
        ),
    )
    models: dict[str, Source] = {
        "none": BuiltIn("none"),
        "small": Untrained(SMALL),
        "log": Expression("L = log(a)", {"a": -1.0}),
    }
    lectern.open(Lesson("Bad", stops=(*bad, LESSON.stops[1]), models=models))
    wait_for_passes(qtbot, lectern)
    for at in range(4):
        lectern.turn(1)
        assert lectern.at == at
        assert told[-1].startswith(f"Stop {at + 1} can’t be shown. ")
    assert "no built-in model “none”" in told[0].lower()
    lectern.turn(1)
    assert small.session.cursor == 3000
    lectern.close()
    lectern.passes.wait()


def test_a_thousand_stops_keep_only_what_is_near(qtbot: QtBot, small: MainWindow) -> None:
    names = [a + b + c for a in "abcdefghij" for b in "abcdefghij" for c in "abcdefghij"]
    large = asdict(Config())
    stops = [Stop(title=name, model="m", state=StopState(cursor=5, name=name)) for name in names]
    lectern = small.lectern
    lectern.open(Lesson("Long", stops=tuple(stops), models={"m": Untrained(large)}))
    lectern.go(500)
    qtbot.waitUntil(lambda: lectern.is_ready, timeout=PATIENCE)
    assert small.session.trace is not None
    assert small.session.trace.document is not None
    assert small.session.trace.document.name == names[500]
    assert 20 < lectern.passes.waiting < 80
    lectern.close()
    lectern.passes.wait()


def test_a_stop_of_a_run_holds_the_parameters(
    qtbot: QtBot, run: int, small: MainWindow, tmp_path: Path
) -> None:
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        small.runs.refresh()
        small.open_step(run, 4)
    settle()
    trace = small.session.trace
    assert trace is not None
    assert trace.update is not None
    small.session.step_phase(1)
    small.lectern.record()
    lesson = small.lectern.lesson
    assert lesson is not None
    source = lesson.source(lesson.stops[0])
    assert isinstance(source, Embedded)
    assert (source.steps_done, len(source.losses)) == (3, 3 * 8)
    assert small.lectern.save(tmp_path / "lesson.json")
    small.lectern.new()
    small.lectern.open_file(tmp_path / "lesson.json")
    wait_for_passes(qtbot, small.lectern)
    small.lectern.go(0)
    again = small.session.trace
    assert again is not None
    assert again is not trace
    assert again.update is not None
    assert np.array_equal(again.data, trace.data)
    assert np.array_equal(again.grad, trace.grad)
    assert np.array_equal(again.update.data, trace.update.data)
    assert small.top_bar.model_title == source.title
    told: list[str] = []
    small.sessions.told.connect(told.append)
    small.sessions.write(tmp_path / "session.json")
    assert "its model belongs to a lesson" in told[0]
    small.lectern.close()
    small.lectern.passes.wait()


def test_bad_files_are_refused_in_a_sentence(small: MainWindow, tmp_path: Path) -> None:
    lectern = small.lectern
    told: list[str] = []
    lectern.told.connect(told.append)
    file = tmp_path / "lesson.json"
    file.write_text("{")
    lectern.open(LESSON)
    assert not lectern.open_file(file)
    assert lectern.lesson is LESSON
    assert told[-1] == f"The lesson was not opened: {file} is not a lesson: it is no JSON."
    assert not lectern.save(tmp_path / "none" / "lesson.json")
    assert told[-1].startswith("The lesson was not saved: there is no folder")
    lectern.close()
    lectern.passes.wait()


def test_the_lectern_belongs_to_the_window(small: MainWindow) -> None:
    assert isinstance(small.lectern, QObject)
    assert small.lectern.parent() is small
