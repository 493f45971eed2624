"""Data sets: the bundled names, a local file, or the published names fetched on request."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from explorer.runs.settings import RunSettings
from microgpt import bundled_names, read_documents

PUBLISHED_URL = "https://raw.githubusercontent.com/karpathy/makemore/988aa59/names.txt"
PUBLISHED_SHA256 = "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d"
PUBLISHED_BYTES = 228_145
CHUNK = 16_384
PATIENCE = 15.0  # seconds without an answer


class DataSetError(ValueError):
    """Documents cannot be had; the message is one sentence."""


class FetchCancelledError(DataSetError):
    """The user ended a download."""


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


def fetch_published(
    folder: Path,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    *,
    url: str = PUBLISHED_URL,
    opener: Callable[..., Any] = urlopen,
) -> Path:
    """Fetch the published names, unless they are there; return their file.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    progress : callable, optional
        Called with the bytes so far and in all.
    cancelled : callable, optional
        Asked before each part; True ends the download.
    url, opener : optional
        For tests; the opener is called with the address and a timeout in seconds.

    Raises
    ------
    DataSetError
        There is no connection, or what came is not the published file. No file is left behind.
    FetchCancelledError
        It was cancelled.
    """
    file = published_file(folder)
    if file.exists() and _sha256(file) == PUBLISHED_SHA256:
        return file
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix="fetching-", dir=folder)
    except OSError as error:
        raise DataSetError(f"{folder} cannot be written: {_reason(error)}") from None
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            _download(url, opener, out.write, progress, cancelled)
        if _sha256(part) != PUBLISHED_SHA256:
            raise DataSetError("what came is not the published list of names (wrong SHA-256)")
        part.replace(file)
    except (OSError, HTTPException) as error:
        host = urlsplit(url).hostname
        raise DataSetError(
            f"the published names could not be fetched from {host}: {_reason(error)}; "
            "the bundled names need no connection"
        ) from None
    finally:
        part.unlink(missing_ok=True)
    return file


def _download(
    url: str,
    opener: Callable[..., Any],
    write: Callable[[bytes], object],
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> None:
    done = 0
    with closing(opener(url, timeout=PATIENCE)) as answer:
        while True:
            if cancelled is not None and cancelled():
                raise FetchCancelledError("the download was cancelled")
            chunk = answer.read(CHUNK)
            if not chunk:
                return
            done += len(chunk)
            if done > PUBLISHED_BYTES:
                raise DataSetError("what came is not the published list of names (too long)")
            write(chunk)
            if progress is not None:
                progress(done, PUBLISHED_BYTES)


def _read(path: Path) -> DataSet:
    try:
        return DataSet(path.name, tuple(read_documents(path)))
    except OSError as error:
        raise DataSetError(f"{path} cannot be read: {_reason(error)}") from None
    except ValueError as error:  # its message says what is wrong with the file
        raise DataSetError(str(error)) from None


def _read_published(path: Path) -> DataSet:
    if not path.exists():
        raise DataSetError("the published names are not on this computer yet; fetch them first")
    data = _read(path)
    if data.digest != PUBLISHED_SHA256:
        raise DataSetError(f"{path} is not the published list of names; fetch it again")
    return DataSet("published names", data.documents)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _reason(error: BaseException) -> str:
    """Return the system's words without the error number."""
    reason = getattr(error, "reason", None)  # of an URLError: another error, or a text
    if isinstance(reason, BaseException):
        return _reason(reason)
    text = reason or getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text)[:1].lower() + str(text)[1:]
