"""A session in a file: what is shown, where time stands, and what was marked.

It is one JSON file that people can read and share. Nodes and scopes stand in it by address, not by
number, and nothing in it is believed before it has been checked.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from explorer.debug.file_fields import FieldError, Fields, FileKind
from explorer.debug.model_fields import check_size, read_config
from explorer.debug.pass_state import PassState, capture_pass, read_pass_state
from explorer.debug.session import Session

# A session with thousands of bookmarks has 1 MB. The first version had no models of runs.
KIND = FileKind("session", largest=4_000_000, version=2)


class SessionFileError(ValueError):
    """A file is not a session that can be opened; the message is a sentence without full stop."""


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
class SessionState(PassState):
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
    camera : (float, float, float) or None
        Scale, left and top of the map; None for the whole map.
    model : SavedModel or None
        Of a run; None for the untrained model.
    """

    name: str
    letters: str
    config: dict[str, int]
    seed: int
    camera: tuple[float, float, float] | None = None
    model: SavedModel | None = None


def capture(
    session: Session,
    camera: tuple[float, float, float] | None,
    model: SavedModel | None = None,
) -> SessionState:
    """Return what is to be saved of a session that shows a pass over a name."""
    trace = session.trace
    assert trace is not None
    assert trace.document is not None
    document = trace.document
    return SessionState(
        **vars(capture_pass(session)),
        name=document.name,
        letters="".join(document.letters),
        config=dict(document.config),
        seed=document.seed,
        camera=camera,
        model=model,
    )


def save_session(path: Path, state: SessionState) -> None:
    """Write a session file.

    Raises
    ------
    WriteError
    """
    KIND.write(path, asdict(state))


def read_session(path: Path) -> SessionState:
    """Read a session file, and check all that stands in it.

    Raises
    ------
    SessionFileError
        It can't be read, is of another kind or version, or damaged.
    """
    try:
        return KIND.read(path, _state)
    except FieldError as error:
        raise SessionFileError(str(error)) from None


def _state(fields: Fields) -> SessionState:
    config = fields.optional("config", read_config)
    if config is None:
        raise FieldError("“config” is missing")
    letters = fields.text("letters")
    check_size(fields, config, len(letters) + 1)
    camera = fields.reals("camera", 3)
    if camera is not None and camera[0] <= 0:
        raise fields.refuse("camera", "the scale should be positive")
    return SessionState(
        **vars(read_pass_state(fields)),
        name=fields.text("name"),
        letters=letters,
        config=config,
        seed=fields.whole("seed"),
        camera=None if camera is None else (camera[0], camera[1], camera[2]),
        model=fields.optional("model", _saved_model),
    )


def _saved_model(fields: Fields) -> SavedModel:
    return SavedModel(
        fields.whole("run", least=1),
        fields.text("run_name"),
        fields.whole("step", least=1),
        fields.text("parameters_sha256"),
    )
