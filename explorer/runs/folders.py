"""Where the user's data lies, on each platform."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

APPLICATION = "microgpt-explorer"


def data_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Return the folder of the user's runs and fetched data sets; it may not exist yet.

    Parameters
    ----------
    environment : mapping of str to str, optional
        `XDG_DATA_HOME` counts on every platform, if it is an absolute path.
    platform : str, optional
        As `sys.platform` names it.
    """
    chosen = Path(environment.get("XDG_DATA_HOME", ""))
    if chosen.is_absolute():
        return chosen / APPLICATION
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / APPLICATION
    if platform == "win32" and environment.get("LOCALAPPDATA"):
        return Path(environment["LOCALAPPDATA"]) / APPLICATION
    return Path.home() / ".local" / "share" / APPLICATION


def runs_file() -> Path:
    """Return the path of the one file that all runs are kept in."""
    return data_folder() / "runs.sqlite3"
