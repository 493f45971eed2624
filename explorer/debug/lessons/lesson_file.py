"""A lesson in a file: JSON that people can read, write and share.

What a stop leaves out is as in a fresh session. Models stand in a table, so that stops can share
them. Nothing in the file is believed before it has been checked.
"""

from __future__ import annotations

from dataclasses import MISSING, asdict, is_dataclass
from dataclasses import fields as columns
from enum import Enum
from pathlib import Path
from typing import Any

from explorer.debug.anatomy.reading import Place
from explorer.debug.desk import Workspace
from explorer.debug.file_fields import FieldError, Fields, FileKind
from explorer.debug.generation.generation import COLDEST, HOTTEST
from explorer.debug.lessons.captions import CaptionError, parse_caption
from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.source_fields import read_source, spell_source
from explorer.debug.lessons.stop import Box, Change, Drawing, Frame, StageView, Stop, StopState
from explorer.debug.pass_state import read_address, read_pass_state
from explorer.debug.session import Cone

# The numbers of a model as large as can be shown take 64 MB.
KIND = FileKind("lesson", largest=200_000_000)
MOST_STOPS, MOST_MODELS = 2000, 200
MOST_HOPS = 4  # that a neighbourhood goes
MOST_NAMES = 500  # of a seed, made up one after the other until the one that is shown


class LessonFileError(ValueError):
    """A file is not a lesson that can be opened; the message is a sentence without full stop."""


def save_lesson(path: Path, lesson: Lesson) -> None:
    """Write a lesson.

    Raises
    ------
    WriteError
    """
    KIND.write(path, spell_lesson(lesson))


def spell_lesson(lesson: Lesson) -> dict[str, Any]:
    """Return what is written of a lesson."""
    return {
        "title": lesson.title,
        "summary": lesson.summary,
        "stops": [_spell_stop(stop) for stop in lesson.stops],
        "models": {key: spell_source(source) for key, source in lesson.models.items()},
    }


def read_lesson(path: Path) -> Lesson:
    """Read a lesson, and check all that stands in it.

    Raises
    ------
    LessonFileError
        It can't be read, is of another kind or version, or damaged.
    """
    try:
        return KIND.read(path, _lesson)
    except FieldError as error:
        raise LessonFileError(str(error)) from None


def _spell_stop(stop: Stop) -> dict[str, Any]:
    content = _unusual(stop)
    return {**content, "state": _unusual(stop.state)}


def _unusual(one: Stop | StopState) -> dict[str, Any]:
    """Return the fields of a stop, or of its state, that are not as in a fresh session."""
    usual = _defaults(type(one))
    spelled = {name: _plain(getattr(one, name)) for name in one.__dataclass_fields__}
    return {
        name: value for name, value in spelled.items() if name not in usual or value != usual[name]
    }


def _defaults(kind: type[Stop] | type[StopState] | type[Drawing]) -> dict[str, Any]:
    """Return what is in those fields that a file may leave out."""
    defaults = {one.name: one.default for one in columns(kind) if one.default is not MISSING}
    if kind is Stop:
        defaults["place"] = Place()
    return {name: _plain(value) for name, value in defaults.items()}


def _plain(value: Any) -> Any:
    """Return something as JSON has it."""
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value


def _lesson(fields: Fields) -> Lesson:
    known = dict.fromkeys(("title", "stops", "models"))
    fields = fields.filled({**known, "summary": ""})
    models = fields.named("models", read_source)
    if len(models) > MOST_MODELS:
        raise fields.refuse("models", f"there are more than {MOST_MODELS}")
    if fields.length("stops") > MOST_STOPS:
        raise fields.refuse("stops", f"there are more than {MOST_STOPS}")

    def stop(inner: Fields) -> Stop:
        found = _stop(inner)
        if found.model not in models:
            raise inner.refuse("model", f"there is no model “{found.model[:40]}” in the lesson")
        return found

    return Lesson(fields.text("title"), fields.text("summary"), fields.each("stops", stop), models)


def _stop(fields: Fields) -> Stop:
    fields = fields.filled({**_defaults(Stop), **dict.fromkeys(("title", "model", "state"))})
    caption = fields.text("caption")
    try:
        parse_caption(caption)
    except CaptionError as error:
        raise fields.refuse("caption", str(error)) from None
    return Stop(
        title=fields.text("title"),
        model=fields.text("model"),
        state=fields.object("state", _state),
        caption=caption,
        notes=fields.text("notes"),
        view=fields.choice("view", StageView),
        place=fields.object("place", _place),
        frame=fields.optional("frame", _frame),
        hops=_at_most(fields, "hops", MOST_HOPS),
        folds=fields.truth("folds"),
        drawing=fields.optional("drawing", _drawing),
        workspace=fields.choice("workspace", Workspace),
        panels=fields.texts("panels"),
    )


def _state(fields: Fields) -> StopState:
    fields = fields.filled({**_defaults(StopState), "cursor": None})
    return StopState(
        **vars(read_pass_state(fields)),
        name=fields.text("name"),
        compared=fields.optional("compared", read_address),
        pinned=fields.truth("pinned"),
        scale_follows=fields.truth("scale_follows"),
        shows_flows=fields.truth("shows_flows"),
        cone=fields.choice("cone", Cone),
        changes=fields.each("changes", _change),
    )


def _place(fields: Fields) -> Place:
    fields = fields.filled(asdict(Place()))
    return Place(fields.whole("position"), fields.whole("layer"), fields.whole("head"))


def _frame(fields: Fields) -> Frame:
    """Return a scope or a node, or else a part of the map."""
    if fields.has("path"):
        return read_address(fields.filled({"path": None, "place": -1}))
    fields = fields.filled(dict.fromkeys(("left", "top", "width", "height")))
    box = Box(*(fields.near(side) for side in ("left", "top", "width", "height")))
    for side, length in (("width", box.width), ("height", box.height)):
        if length <= 0:
            raise fields.refuse(side, "it should be positive")
    return box


def _change(fields: Fields) -> Change:
    fields = fields.filled(dict.fromkeys(("node", "data")))
    return Change(fields.object("node", read_address), fields.number("data"))


def _at_most(fields: Fields, key: str, most: int) -> int:
    number = fields.whole(key, least=1)
    if number > most:
        raise fields.refuse(key, f"it should be at most {most}")
    return number


def _drawing(fields: Fields) -> Drawing:
    fields = fields.filled(_defaults(Drawing) | dict.fromkeys(("seed", "temperature")))
    temperature = fields.number("temperature")
    if not COLDEST <= temperature <= HOTTEST:
        raise fields.refuse("temperature", f"it should be from {COLDEST} to {HOTTEST}")
    return Drawing(
        seed=fields.whole("seed"),
        temperature=temperature,
        number=_at_most(fields, "number", MOST_NAMES),
        prefix=fields.text("prefix"),
        drawn=fields.whole("drawn") if fields.has("drawn") else None,
        shown=fields.whole("shown") if fields.has("shown") else None,
    )
