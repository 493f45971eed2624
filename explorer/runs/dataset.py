"""Data sets: the bundled names, a local file, or the published names once they are fetched."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from explorer.runs.settings import RunSettings
from microgpt import bundled_names, read_documents

PUBLISHED_SHA256 = "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d"


class DataSetError(ValueError):
    """Documents cannot be had; the message is one sentence."""


@dataclass(frozen=True)
class DataSet:
    """Documents in the order of their file."""

    name: str
    documents: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        """One document a line; the published file is exactly this."""
        return "\n".join(self.documents)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the text in UTF-8."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def load_dataset(settings: RunSettings, folder: Path) -> DataSet:
    """Read the documents that a run asks for.

    Parameters
    ----------
    settings : RunSettings
        If they name a digest, the documents must have it.
    folder : Path
        Where fetched data sets are kept.

    Raises
    ------
    DataSetError
        The file is missing, too large, not text or empty, or not the one it was.
    """
    if settings.dataset == "file":
        data = _read(Path(settings.dataset_file))
    elif settings.dataset == "published":
        data = _read_published(published_file(folder))
    else:
        data = DataSet("bundled names", _read(bundled_names()).documents)
    if settings.dataset_digest not in ("", data.digest):
        raise DataSetError(f"{data.name} is not the data set that it was: its documents changed")
    return data


def published_file(folder: Path) -> Path:
    """Return where the published names are kept, once fetched."""
    return folder / "published-names.txt"


def _read(path: Path) -> DataSet:
    try:
        return DataSet(path.name, tuple(read_documents(path)))
    except OSError as error:
        raise DataSetError(f"{path} cannot be read: {reason_of(error)}") from None
    except ValueError as error:  # its message says what is wrong with the file
        raise DataSetError(str(error)) from None


def _read_published(path: Path) -> DataSet:
    if not path.exists():
        raise DataSetError("the published names are not on this computer yet; fetch them first")
    data = _read(path)
    if data.digest != PUBLISHED_SHA256:
        raise DataSetError(f"{path} is not the published list of names; fetch it again")
    return DataSet("published names", data.documents)


def sha256_of(path: Path) -> str:
    """Return the digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def reason_of(error: BaseException) -> str:
    """Return the system's words without the error number."""
    reason = getattr(error, "reason", None)  # of an URLError: another error, or a text
    if isinstance(reason, BaseException):
        return reason_of(reason)
    text = reason or getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text)[:1].lower() + str(text)[1:]
