"""The lessons that come with the program, and the trained models that they need."""

from __future__ import annotations

from pathlib import Path

from explorer.debug.lessons.models import ModelError, read_model
from explorer.debug.lessons.sources import Embedded
from microgpt import bundled_names


def lessons_folder() -> Path:
    """Return the folder of lessons; their files are in order by name, ``1-what-is-a-value``."""
    return Path(bundled_names()).parent / "lessons"


def built_in_lessons() -> tuple[Path, ...]:
    """Return the files of the built-in lessons in their order."""
    return tuple(sorted(lessons_folder().glob("*.json")))


def built_in_model(name: str) -> Embedded:
    """Return a model that comes with the program.

    Raises
    ------
    ModelError
        There is none of that name.
    """
    path = lessons_folder() / "models" / f"{name}.json"
    if not path.is_file():
        raise ModelError(f"there is no built-in model “{name}”")
    return read_model(path)
