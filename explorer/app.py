"""Starting the application, and pictures of it without a display."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QSettings, QSize, QTimer
from PySide6.QtGui import QIcon, QImage
from PySide6.QtWidgets import QApplication, QWidget

from explorer.debug.pictures import PictureFormat, PictureRequest, picture_format
from explorer.debug.session import Colour, Session
from explorer.runs.folders import runs_file
from explorer.theme.look import Look, kept_look
from explorer.theme.style import BODY, sans
from explorer.theme.tokens import THEMES, Theme
from explorer.trace.files import write_whole
from explorer.trace.passes import Subject
from explorer.views.looks import SMALLEST
from explorer.views.main_window import MainWindow
from explorer.views.map_export import export_map
from explorer.views.pass_loader import load_pass
from explorer.views.picture_files import png_content
from explorer.views.rest import WindowCollector

NAME = "microgpt-explorer"  # of the file with the settings
PATIENCE = 2.0  # seconds that work in the background is given to end
X_PORT = 6000  # and the number of the display
ICON = Path(__file__).resolve().parents[1] / "assets" / "icon.png"


class NoDisplayError(RuntimeError):
    """There is no screen to open a window on."""


@dataclass(frozen=True)
class Shot:
    """What a snapshot shows.

    Attributes
    ----------
    name : str
    size : (int, int)
        Width and height in pixels.
    theme : str
    at : int or None
        The moment; None for the end of the pass.
    select : int or None
        The node; None for the loss.
    map_only : bool
    colour : str
    """

    name: str
    size: tuple[int, int]
    theme: str
    at: int | None
    select: int | None
    map_only: bool
    colour: str


def run_window(subject: Subject, name: str, theme: str | None = None) -> int:
    """Open the window with a first name and stay until it is closed; return the exit status.

    Parameters
    ----------
    subject : Subject
    name : str
    theme : str, optional
        For this time; left out, the one that was chosen last.

    Raises
    ------
    NoDisplayError
    """
    if not _has_display():
        raise NoDisplayError
    application = make_application()
    settings = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, NAME, NAME)
    look = first_look(settings, theme, application.primaryScreen().availableSize())
    follow_font(look.theme)
    window = MainWindow(subject, Session(), look.theme, settings, runs_file())
    window.theme_changed.connect(follow_font)
    WindowCollector(window)
    window.show()
    window.passes.open_first(name)
    # Ctrl+C in the terminal closes the window; Python sees it only when Qt lets it run.
    signal.signal(signal.SIGINT, lambda *_: window.close())
    breath = QTimer(window)
    breath.start(200)
    breath.timeout.connect(_let_python_run)
    status = application.exec()
    _leave_threads(status)
    return status


def first_look(settings: QSettings, theme: str | None, room: QSize) -> Look:
    """Return how the window looks at first.

    Parameters
    ----------
    settings : QSettings
        What was chosen last.
    theme : str or None
        Its colours all the same.
    room : QSize
        What the screen has for the window.
    """
    look = kept_look(settings)
    if theme is not None:
        look = replace(look, colours=theme)
    return look.within(SMALLEST, room)


def follow_font(theme: Theme) -> None:
    """Let what has no font of its own write as large as the rest."""
    QApplication.setFont(sans(theme.px(BODY)))


def take_snapshot(subject: Subject, shot: Shot, out: Path) -> None:
    """Write a picture of the window, or of the map alone.

    Raises
    ------
    OSError
        The file cannot be written.
    ValueError
        The moment or the node does not exist in this pass, the window can't be so small, or there
        is no such format.
    """
    kind = picture_format(out)
    if kind is not PictureFormat.PNG and not shot.map_only:
        raise ValueError(f"only the map can be drawn as {kind.name}: add “--view map”")
    size = QSize(*shot.size)
    if not shot.map_only and size.expandedTo(SMALLEST) != size:
        least = f"{SMALLEST.width()}x{SMALLEST.height()}"
        raise ValueError(f"the window is at least {least}; “--view map” may be smaller")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = make_application()
    session = Session()
    window = MainWindow(subject, session, THEMES[shot.theme])
    loaded = load_pass(subject, shot.name)
    timeline = loaded.timeline
    if shot.at is not None and not 0 <= shot.at <= timeline.end:
        raise ValueError(f"--at {shot.at} is not an event: the pass has 0 to {timeline.end}")
    if shot.select is not None and not 0 <= shot.select < timeline.trace.nodes:
        raise ValueError(
            f"--select {shot.select} is not a node: the pass has 0 to {timeline.trace.nodes - 1}"
        )
    window.resize(size)
    window.stand_still()
    window.show()
    window.show_pass(loaded)
    session.set_colour(Colour(shot.colour))
    if shot.at is not None:
        session.seek(shot.at)
    if shot.select is not None:
        session.select(shot.select)
    widget: QWidget = window
    if shot.map_only:
        widget = window.explore.map_view
        widget.setParent(None)
        widget.setFixedSize(size)
        widget.show()
    application.processEvents()
    picture = window.explore.map_view.picture()
    if shot.map_only and picture is not None:
        export_map(picture, PictureRequest(out, shot.size))
    else:
        write_whole(out, png_content(_picture(widget)))
    window.close()


def make_application() -> QApplication:
    """Return the one application object."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(sys.argv[:1])
    application.setApplicationName("microGPT Explorer")
    application.setFont(sans())
    application.setWindowIcon(QIcon(str(ICON)))
    return application


def _picture(widget: QWidget) -> QImage:
    image = QImage(widget.size(), QImage.Format.Format_RGB32)
    widget.render(image)
    return image


def _leave_threads(status: int) -> None:
    """Wait for work that was given up; what goes on for too long ends with the process at once.

    Otherwise the interpreter takes Qt away while a thread tells how far it is.
    """
    deadline = time.monotonic() + PATIENCE
    others = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    for thread in others:
        thread.join(max(deadline - time.monotonic(), 0.0))
    if any(thread.is_alive() for thread in others):
        sys.stdout.flush()
        os._exit(status)


def _let_python_run() -> None:
    pass


def _has_display() -> bool:
    """Return whether a window can be opened.

    Qt aborts the process if the display server does not answer, so that is tried first.
    """
    if sys.platform != "linux":
        return True
    asked = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]
    if asked.startswith("wayland"):
        return _has_wayland()
    if asked == "xcb":
        return _has_x()
    return bool(asked) or _has_wayland() or _has_x()


def _has_wayland() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY", "")
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    return bool(name) and _answers(socket.AF_UNIX, str(Path(folder, name)))


def _has_x() -> bool:
    host, _, number = os.environ.get("DISPLAY", "").rpartition(":")
    number = number.split(".")[0]
    if not number.isdigit():
        return False
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{number}"
        return _answers(socket.AF_UNIX, path) or _answers(socket.AF_UNIX, f"\0{path}")
    return _answers(socket.AF_INET, (host, X_PORT + int(number)))


def _answers(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as connection:
        connection.settimeout(3)
        try:
            connection.connect(address)
        except (OSError, OverflowError):
            return False
        return True
