"""Fetching the published names, when the user asks for it.

A module of its own, so that nothing else loads what speaks HTTPS.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from explorer.runs.dataset import (
    PUBLISHED_SHA256,
    DataSetError,
    published_file,
    reason_of,
    sha256_of,
)

PUBLISHED_URL = "https://raw.githubusercontent.com/karpathy/makemore/988aa59/names.txt"
PUBLISHED_BYTES = 228_145
CHUNK = 16_384
PATIENCE = 15.0  # seconds without an answer


class FetchCancelledError(DataSetError):
    """The user ended a download."""


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
    if file.exists() and sha256_of(file) == PUBLISHED_SHA256:
        return file
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix="fetching-", dir=folder)
    except OSError as error:
        raise DataSetError(f"{folder} cannot be written: {reason_of(error)}") from None
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            _download(url, opener, out.write, progress, cancelled)
        if sha256_of(part) != PUBLISHED_SHA256:
            raise DataSetError("what came is not the published list of names (wrong SHA-256)")
        part.replace(file)
    except (OSError, HTTPException) as error:
        host = urlsplit(url).hostname
        raise DataSetError(
            f"the published names could not be fetched from {host}: {reason_of(error)}; "
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
