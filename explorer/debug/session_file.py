"""A session in a file: what is shown, where time stands, and what was marked.

It is one JSON file that people can read and share. Nodes and scopes stand in it by address, not by
number, and nothing in it is believed before it has been checked.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import Enum
from pathlib import Path

from explorer.debug.addresses import Address, find_node, node_address
from explorer.debug.bookmarks import Bookmark
from explorer.debug.breakpoints import BreakOn, Breakpoint
from explorer.debug.conditions import ConditionError, parse_condition
from explorer.debug.session import Colour, Session
from explorer.debug.session_fields import Fields, SessionFileError
from explorer.debug.stepping import Granularity
from explorer.trace.files import write_whole
from microgpt import Config

FORMAT, VERSION = "microgpt-explorer session", 2
LARGEST_FILE = 4_000_000  # bytes; a session with thousands of bookmarks has 1 MB
MOST_PARAMETERS = 2_000_000  # a pass over a larger model would not fit in memory


@dataclass(frozen=True)
class SavedModel:
    """Which step of which run the model was at.

    Its parameters are not in the file, which would be a hundred times as large; their digest tells
    whether a run still has them.

    Attributes
    ----------
    run : int
    run_name : str
    step : int
        Before which it was.
    parameters_sha256 : str
    """

    run: int
    run_name: str
    step: int
    parameters_sha256: str


@dataclass(frozen=True)
class SessionState:
    """All that a session file holds.

    Attributes
    ----------
    name : str
        What the pass read.
    letters : str
        The vocabulary.
    config : dict
        Shape of the model.
    seed : int
    cursor : int
    selection : Address or None
    granularity : Granularity
    colour : Colour
    query : str
        What was searched for.
    camera : (float, float, float) or None
        Scale, left and top of the map; None for the whole map.
    breakpoints, watches, bookmarks : tuple
    model : SavedModel or None
        Of a run; None for the untrained model.
    """

    name: str
    letters: str
    config: dict[str, int]
    seed: int
    cursor: int
    selection: Address | None = None
    granularity: Granularity = Granularity.NODE
    colour: Colour = Colour.DATA
    query: str = ""
    camera: tuple[float, float, float] | None = None
    breakpoints: tuple[Breakpoint, ...] = field(default=())
    watches: tuple[Address, ...] = field(default=())
    bookmarks: tuple[Bookmark, ...] = field(default=())
    model: SavedModel | None = None


def capture(
    session: Session,
    camera: tuple[float, float, float] | None,
    model: SavedModel | None = None,
) -> SessionState:
    """Return what is to be saved of a session that shows a pass over a name."""
    trace, node = session.trace, session.selection
    assert trace is not None
    assert trace.document is not None
    document = trace.document
    return SessionState(
        name=document.name,
        letters="".join(document.letters),
        config=dict(document.config),
        seed=document.seed,
        cursor=session.cursor,
        selection=None if node is None else node_address(trace, node),
        granularity=session.granularity,
        colour=session.colour,
        query=session.query,
        camera=camera,
        breakpoints=tuple(session.breakpoints),
        watches=tuple(session.watches),
        bookmarks=tuple(session.bookmarks),
        model=model,
    )


def restore(session: Session, state: SessionState) -> None:
    """Bring a session, which shows the right pass already, into a saved state."""
    trace = session.trace
    assert trace is not None
    session.breakpoints.set(state.breakpoints)
    session.watches.set(state.watches)
    session.bookmarks.set(state.bookmarks)
    session.set_granularity(state.granularity)
    session.set_colour(state.colour)
    session.search(state.query)
    session.seek(state.cursor)
    session.select(None if state.selection is None else find_node(trace, state.selection))


def save_session(path: Path, state: SessionState) -> None:
    """Write a session file.

    Raises
    ------
    WriteError
    """
    content = {"format": FORMAT, "version": VERSION} | asdict(state)
    text = json.dumps(content, default=_spell, ensure_ascii=False, indent=1)
    write_whole(path, text.encode())


def read_session(path: Path) -> SessionState:
    """Read a session file, and check all that stands in it.

    Raises
    ------
    SessionFileError
        It can't be read, is of another kind or version, or damaged.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise SessionFileError(f"{path} can't be read ({error.strerror or error})") from None
    if len(content) > LARGEST_FILE:
        raise SessionFileError(f"{path} is too large for a session")
    try:
        parsed = json.loads(content, object_pairs_hook=_object)
    except _TwiceError as error:
        raise SessionFileError(f"{path} is damaged: {error}") from None
    except (ValueError, RecursionError):
        raise SessionFileError(f"{path} is not a session: it is no JSON") from None
    if not isinstance(parsed, dict) or parsed.get("format") != FORMAT:
        raise SessionFileError(f"{path} is not a session of this program")
    fields = Fields(parsed, "")
    try:
        version = fields.whole("version")
        if 1 <= version <= VERSION:  # the first had no models of runs
            return _state(fields)
    except SessionFileError as error:
        raise SessionFileError(f"{path} is damaged: {error}") from None
    raise SessionFileError(f"{path} has version {version}, not {VERSION}")


class _TwiceError(ValueError):
    pass


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object of the file, in which no field may stand twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _TwiceError(f"“{twice}” stands in it twice")
    return found


def _spell(value: object) -> object:
    assert isinstance(value, Enum)
    return value.value


def _state(fields: Fields) -> SessionState:
    config = fields.optional("config", _config)
    if config is None:
        raise SessionFileError("“config” is missing")
    letters = fields.text("letters")
    parameters = _parameters(config, len(letters) + 1)
    if parameters > MOST_PARAMETERS:
        raise fields.refuse("config", f"a model of {parameters} parameters is too large")
    camera = fields.reals("camera", 3)
    if camera is not None and camera[0] <= 0:
        raise fields.refuse("camera", "the scale should be positive")
    return SessionState(
        name=fields.text("name"),
        letters=letters,
        config=config,
        seed=fields.whole("seed"),
        cursor=fields.whole("cursor"),
        selection=fields.optional("selection", _address),
        granularity=fields.choice("granularity", Granularity),
        colour=fields.choice("colour", Colour),
        query=fields.text("query"),
        camera=None if camera is None else (camera[0], camera[1], camera[2]),
        breakpoints=fields.each("breakpoints", _breakpoint),
        watches=fields.each("watches", _address),
        bookmarks=fields.each("bookmarks", _bookmark),
        model=fields.optional("model", _saved_model),
    )


def _config(fields: Fields) -> dict[str, int]:
    shape = {
        name: fields.whole(name, least=1) for name in ("n_layer", "n_embd", "n_head", "block_size")
    }
    try:
        return asdict(Config(**shape))
    except ValueError as error:
        raise SessionFileError(f"the model can't be built: {error}") from None


def _parameters(config: dict[str, int], tokens: int) -> int:
    """Return how many parameters a model has."""
    width = config["n_embd"]
    rows = 2 * tokens + config["block_size"] + 12 * config["n_layer"] * width
    return rows * width


def _address(fields: Fields) -> Address:
    return Address(fields.texts("path"), fields.whole("place", least=-1))


def _breakpoint(fields: Fields) -> Breakpoint:
    found = Breakpoint(
        on=fields.choice("on", BreakOn),
        address=fields.optional("address", _address),
        text=fields.text("text"),
        line=fields.whole("line"),
        enabled=fields.truth("enabled"),
        skip=fields.whole("skip"),
    )
    if found.on in (BreakOn.NODE, BreakOn.GRADIENT, BreakOn.SCOPE) and found.address is None:
        raise fields.refuse("address", "it is missing")
    if found.on is BreakOn.CONDITION:
        try:
            parse_condition(found.text)
        except ConditionError as error:
            raise fields.refuse("text", str(error).rstrip(".")) from None
    return found


def _saved_model(fields: Fields) -> SavedModel:
    return SavedModel(
        fields.whole("run", least=1),
        fields.text("run_name"),
        fields.whole("step", least=1),
        fields.text("parameters_sha256"),
    )


def _bookmark(fields: Fields) -> Bookmark:
    return Bookmark(
        fields.text("name"),
        fields.whole("cursor"),
        fields.optional("selection", _address),
        fields.text("note"),
    )
