"""Writing files whole or not at all."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path


class WriteError(OSError):
    """A file could not be written; the message is one sentence without its full stop."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one go, so that an earlier file is replaced by a whole one or not at all.

    Raises
    ------
    WriteError
    """
    target = path.expanduser().resolve()
    _check_folder_of(path)
    if target.is_dir():
        raise WriteError(f"{path} is a folder")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise WriteError(_reason(error, path)) from error


def make_folder(path: Path) -> None:
    """Make a folder in another one, unless it is there.

    Raises
    ------
    WriteError
    """
    _check_folder_of(path)
    try:
        path.expanduser().mkdir(exist_ok=True)
    except OSError as error:
        raise WriteError(_reason(error, path)) from error


def _check_folder_of(path: Path) -> None:
    folder = path.expanduser().parent
    if not folder.resolve().is_dir():
        raise WriteError(f"there is no folder {folder}")


def _reason(error: OSError, path: Path) -> str:
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"there is no right to write in the folder {path.expanduser().parent}"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full, and {path} was not written"
    return f"{path} cannot be written: {error.strerror or error}"
