"""Pictures of the map in files: asked for, written, and told about."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from explorer.debug.numbers import count
from explorer.debug.pictures import PictureRequest
from explorer.debug.session import Session
from explorer.theme.tokens import Theme
from explorer.views.export_dialog import ExportDialog
from explorer.views.map_export import export_map
from explorer.views.map_view import MapView


class MapPictures(QObject):
    """Writes what a map shows.

    Parameters
    ----------
    window : QWidget
        Where it asks.
    session : Session
    theme : Theme

    Attributes
    ----------
    map_view : MapView
        What is written. It is given before anything is asked for.
    theme : Theme
        Of dialogs.
    """

    map_view: MapView
    told = Signal(str)  # a sentence

    def __init__(self, window: QWidget, session: Session, theme: Theme) -> None:
        super().__init__(window)
        self._window, self._session, self.theme = window, session, theme
        self._folder = Path.home()

    def ask(self) -> None:
        """Ask where to put a picture of the map, and how large it is to be."""
        trace = self._session.trace
        if trace is None:
            return
        name = trace.document.name if trace.document else "pass"
        size = (self.map_view.width(), self.map_view.height())
        dialog = ExportDialog(self._window, size, self.theme, self._folder / f"map-{name}.png")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.requested.connect(self._write)
        dialog.open()

    def _write(self, request: PictureRequest) -> None:
        picture = self.map_view.picture()
        if picture is None:
            return
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            length = export_map(picture, request)
        except (OSError, ValueError) as error:
            self.told.emit(f"The map was not exported: {error}.")
        else:
            self._folder = request.path.parent
            self.told.emit(f"The map is in {request.path} ({count(-(-length // 1000))} kB).")
        finally:
            QGuiApplication.restoreOverrideCursor()
