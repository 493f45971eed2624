"""Sessions in files: what is saved comes back, and what is damaged is refused with the reason."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.debug.addresses import Address, node_address
from explorer.debug.bookmarks import Bookmark
from explorer.debug.breakpoints import BreakOn, Breakpoint, breakpoint_on
from explorer.debug.file_fields import LONGEST_LIST, LONGEST_TEXT
from explorer.debug.pass_state import restore_pass
from explorer.debug.session import Colour, Session
from explorer.debug.session_file import (
    SavedModel,
    SessionFileError,
    SessionState,
    capture,
    read_session,
    save_session,
)
from explorer.debug.stepping import Granularity
from explorer.trace.files import WriteError
from explorer.trace.timeline import Timeline
from microgpt import Config

ADDRESS = Address(("parameters", "wte"), 5)
STATE = SessionState(
    name="emma",
    letters="abcdefghijklmnopqrstuvwxyz",
    config=asdict(Config()),
    seed=42,
    cursor=60_000,
    selection=ADDRESS,
    granularity=Granularity.LINE,
    colour=Colour.MAGNITUDE,
    query="|grad|>0.1",
    camera=(2.5, -3.0, 40.25),
    breakpoints=(
        Breakpoint(BreakOn.CONDITION, text="abs(grad) > 0.1", skip=3),
        Breakpoint(BreakOn.LINE, text="microgpt/nn.py", line=22, enabled=False),
        Breakpoint(BreakOn.GRADIENT, ADDRESS),
    ),
    watches=(ADDRESS, Address((), 0)),
    bookmarks=(Bookmark("emma", 5, ADDRESS, "why “+=”?"), Bookmark("ava", 0, None)),
    model=SavedModel(3, "my run", 300, "5e2f" * 16),
)

texts = st.text(max_size=12)
wholes = st.one_of(st.integers(0, 200), st.integers(0, 2**63 - 1))
addresses = st.builds(
    Address, st.lists(texts, max_size=4).map(tuple), st.one_of(st.just(-1), wholes)
)
on_nodes = st.sampled_from([BreakOn.NODE, BreakOn.GRADIENT, BreakOn.SCOPE])
shared = {"enabled": st.booleans(), "skip": wholes, "line": wholes}
breakpoints = st.one_of(
    st.builds(Breakpoint, on_nodes, addresses, texts, **shared),
    st.builds(Breakpoint, st.sampled_from([BreakOn.LINE, BreakOn.OP]), st.none(), texts, **shared),
    st.builds(
        Breakpoint,
        st.just(BreakOn.CONDITION),
        st.none(),
        st.sampled_from(["data > 0", "op == 'é\\n'", "True"]),
        **shared,
    ),
)
reals = st.floats(-1e9, 1e9)
configs = st.builds(
    lambda layers, head, heads, block: asdict(Config(layers, head * heads, heads, block)),
    *(st.integers(1, 9) for _ in range(4)),
)
states = st.builds(
    SessionState,
    name=texts,
    letters=texts,
    config=configs,
    seed=wholes,
    cursor=wholes,
    selection=st.none() | addresses,
    granularity=st.sampled_from(Granularity),
    colour=st.sampled_from(Colour),
    query=texts,
    camera=st.none() | st.tuples(st.floats(1e-9, 1e9), reals, reals),
    breakpoints=st.lists(breakpoints, max_size=4).map(tuple),
    watches=st.lists(addresses, max_size=3).map(tuple),
    bookmarks=st.lists(
        st.builds(Bookmark, texts, wholes, st.none() | addresses, texts), max_size=3
    ).map(tuple),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(state=states)
def test_what_is_saved_comes_back(tmp_path: Path, state: SessionState) -> None:
    file = tmp_path / "session.json"
    save_session(file, state)
    assert read_session(file) == state


def test_a_session_file_can_be_read_by_people(tmp_path: Path) -> None:
    file = tmp_path / "session.json"
    save_session(file, STATE)
    text = file.read_text(encoding="utf-8")
    assert "why “+=”?" in text
    assert json.loads(text)["breakpoints"][1] == {
        "on": "line",
        "address": None,
        "text": "microgpt/nn.py",
        "line": 22,
        "enabled": False,
        "skip": 0,
    }
    assert read_session(file) == STATE


def test_a_live_session_is_captured_and_restored(tmp_path: Path, a_timeline: Timeline) -> None:
    trace, session, other = a_timeline.trace, Session(), Session()
    session.open(a_timeline)
    for on in BreakOn:
        if on is not BreakOn.CONDITION:
            session.breakpoints.add(breakpoint_on(trace, 5000, on))
    session.breakpoints.add(Breakpoint(BreakOn.CONDITION, text="grad < 0"))
    for node in (3, 5000):
        session.watches.toggle(node_address(trace, node))
    session.run_to_breakpoint(-1)
    session.bookmarks.add(
        Bookmark("a", session.cursor, node_address(trace, session.selection), "here")
    )
    session.set_granularity(Granularity.SCOPE)
    session.set_colour(Colour.STATE)
    session.search("softmax")
    state = capture(session, (3.0, 1.0, 2.0))
    save_session(tmp_path / "s.json", state)
    read = read_session(tmp_path / "s.json")
    assert read == state
    other.open(a_timeline)
    restore_pass(other, read)
    assert capture(other, (3.0, 1.0, 2.0)) == state
    assert other.selection == session.selection
    assert other.breakpoints.rows(99) == session.breakpoints.rows(99)
    assert list(other.found) == list(session.found)


def test_a_moment_beyond_the_end_becomes_the_end(a_timeline: Timeline) -> None:
    session = Session()
    session.open(a_timeline)
    restore_pass(session, replace(STATE, cursor=10**15, selection=Address(("nowhere",), 1)))
    assert session.cursor == a_timeline.end
    assert session.selection is None


def refusal(file: Path) -> str:
    with pytest.raises(SessionFileError) as caught:
        read_session(file)
    message = str(caught.value)
    assert message.startswith(str(file))
    assert "\n" not in message
    assert not message.endswith(".")
    assert len(message) < len(str(file)) + 300
    return message.removeprefix(str(file)).strip()


def content() -> dict[str, Any]:
    return json.loads(
        json.dumps({"format": "microgpt-explorer session", "version": 2} | asdict(STATE),
                   default=lambda one: one.value)
    )  # fmt: skip


def places(inside: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the way to every field of an object, however deep."""
    found: list[tuple[str | int, ...]] = []
    items = inside.items() if isinstance(inside, dict) else []
    if isinstance(inside, list):
        items = enumerate(inside)
    for key, value in items:
        found += [(*path, key), *places(value, (*path, key))]
    return found


def test_a_file_from_before_there_were_models_of_runs_is_read(tmp_path: Path) -> None:
    old = content() | {"version": 1}
    del old["model"]
    file = tmp_path / "old.json"
    file.write_text(json.dumps(old))
    assert read_session(file) == replace(STATE, model=None)


MISSING = object()
WRONG: dict[str, object] = {
    "missing": MISSING,
    "a truth": True,
    "an object": {"a": 1},
    "a list of lists": [[]],
    "a fraction": 0.5,
    "NaN": float("nan"),
    "infinity": float("-inf"),
    "a huge number": 10**400,
    "a negative number": -7,
    "a word": "xyzzy",
    "half a letter": "\ud800",
    "a text without end": "x" * (LONGEST_TEXT + 1),
}
# What is right in some places: any word is a name, and what is optional may be missing.
FINE = {
    "a truth": r".*\.enabled",
    "a word": r"(.*\.)?(name|run_name|parameters_sha256|letters|query|note|path\.\d)"
    r"|breakpoints\.[12]\.text",
    "a fraction": r"camera\.\d",
    "a negative number": r"camera\.[12]",
    "missing": r"camera|model|(.*\.)?selection|breakpoints\.[01]\.address|.*path\.\d"
    r"|(breakpoints|watches|bookmarks)\.\d",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_every_damaged_field_is_refused_by_name(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "damaged.json"
    for place in places(content()):
        damaged: Any = content()
        inside = damaged
        for key in place[:-1]:
            inside = inside[key]
        if WRONG[wrong] is MISSING:
            del inside[place[-1]]
        else:
            inside[place[-1]] = WRONG[wrong]
        file.write_text(json.dumps(damaged))
        name = ".".join(map(str, place))
        if re.fullmatch(FINE.get(wrong, "-"), name):
            read_session(file)
        elif place[0] == "format":
            assert refusal(file) == "is not a session of this program"
        else:
            named = [part for part in place if isinstance(part, str)]
            assert named[-1] in refusal(file), name


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (b'{"format": "microgpt-explorer lesson", "version": 1}', "is not a session of this"),
        (b'{"format": "microgpt-explorer session", "version": 3}', "has version 3, not 2"),
        (b'{"format": "microgpt-explorer session", "version": 1}', "“config” is missing"),
    ],
    ids=lambda value: str(value[:30]),
)
def test_what_is_no_session_is_refused(tmp_path: Path, written: bytes, words: str) -> None:
    file = tmp_path / "session.json"
    file.write_bytes(written)
    assert words in refusal(file)


def change(*path: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    def apply(damaged: Any) -> None:
        for key in path[:-1]:
            damaged = damaged[key]
        damaged[path[-1]] = to

    return apply


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (change("config", "n_head", to=3), "the model can't be built"),
        (change("config", "n_layer", to=10**12), "is too large"),
        (change("config", "n_embd", to=4 * 10**6), "is too large"),
        (change("config", "block_size", to=2**40), "is too large"),
        (change("camera", to=[0, 1, 1]), "the scale should be positive"),
        (change("camera", to=[1, 1]), "“camera” should be 3 numbers"),
        (change("camera", to=[1, "1", 1]), "“camera” should be 3 numbers"),
        (change("breakpoints", 0, "text", to="grads > 0"), "“breakpoints[0].text”: “grads” is not"),
        (change("breakpoints", 0, "text", to=""), "“breakpoints[0].text”: Type a condition"),
        (change("breakpoints", 2, "address", to=None), "“breakpoints[2].address”: it is missing"),
        (change("breakpoints", to=[{}] * (LONGEST_LIST + 1)), "“breakpoints” should be a list"),
        (change("watches", 0, "place", to=-2), "“watches[0].place” should be a whole number"),
        (change("bookmarks", 1, to=None), "bookmarks[1] should be an object"),
        (change("colour", to="pink"), "“colour” should be one of data, gradient"),
    ],
)
def test_what_makes_no_sense_is_refused(
    tmp_path: Path, damage: Callable[[dict[str, Any]], None], words: str
) -> None:
    damaged = content()
    damage(damaged)
    file = tmp_path / "session.json"
    file.write_text(json.dumps(damaged))
    message = refusal(file)
    assert message.startswith("is damaged: ")
    assert words in message


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_cut_or_scribbled_on_is_read_or_refused(
    tmp_path: Path,
    data: st.DataObject,
    scribbled_on: Callable[[bytes], st.SearchStrategy[bytes]],
) -> None:
    file = tmp_path / "session.json"
    save_session(file, STATE)
    file.write_bytes(data.draw(scribbled_on(file.read_bytes())))
    try:
        read_session(file)
    except SessionFileError as error:
        complaint = str(error)
    else:
        return
    assert complaint.startswith(str(file))


def test_a_session_that_can_not_be_written_leaves_the_last_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "session.json"
    save_session(file, STATE)

    def refuse(path: Path, written: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(WriteError, match="the disk is full"):
        save_session(file, replace(STATE, name="ava"))
    monkeypatch.undo()
    assert read_session(file) == STATE
    for target in (tmp_path, tmp_path / "none" / "session.json"):
        with pytest.raises(WriteError):
            save_session(target, STATE)


def test_a_disk_that_takes_no_more_leaves_nothing_behind(tmp_path: Path) -> None:
    program = f"""
import resource
from pathlib import Path
from explorer.trace.files import WriteError
from explorer.debug.session_file import SessionState, save_session
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    state = SessionState("x" * 5000, "", {{}}, 1, cursor=1)
    save_session(Path({str(tmp_path / "s.json")!r}), state)
except WriteError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == f"{tmp_path / 's.json'} cannot be written: File too large\n"
    assert list(tmp_path.iterdir()) == []
