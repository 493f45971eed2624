"""From one look of the window to another, with everything where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from explorer.debug.desk import Workspace
from explorer.theme.tokens import Theme
from explorer.views.rest import let_go
from explorer.views.take_over import (
    focus_place,
    restore_focus,
    restore_places,
    scroll_places,
)

if TYPE_CHECKING:
    from explorer.views.main_window import MainWindow


class LookChange(QObject):
    """Builds the interior of the window anew, in another theme.

    Restyling the widgets that there are would not do: they have painted pictures, measured texts
    and chosen their sizes in the theme that they were made with.

    Parameters
    ----------
    window : MainWindow
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._replaced: list[QWidget] = []  # interiors that are about to go

    def change(self, theme: Theme) -> None:
        """Let the views of a new interior take over from those of the one that there is.

        Nothing is painted in between. The old interior goes as soon as there is time for it.
        """
        window, old, areas = self._window, self._window.interior, self._areas()
        focus, places = focus_place(window, areas), scroll_places(areas)
        arrangement = window.explore.workbench.chosen_arrangement
        window.setUpdatesEnabled(False)
        window.takeCentralWidget()
        interior = window.make_interior(theme)
        interior.resize(window.size())  # so that nothing is shown where it does not belong
        window.furnish(interior)
        interior.take_over(old)
        interior.show()
        interior.explore.workbench.take_over(arrangement)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        interior.explore.workbench.settle()
        restore_places(places, self._areas())
        if window.workspace is Workspace.EXPLORE and theme.scale != old.theme.scale:
            interior.explore.look_again()
        restore_focus(focus, self._areas())
        window.setUpdatesEnabled(True)
        self._replaced.append(old)
        QTimer.singleShot(0, self, self._let_go)

    def _let_go(self) -> None:
        """Let go of what was replaced, and of everything that listens to the session for it."""
        self._window.interior.pages.make_rest()
        self._window.interior.commands.refresh()
        let_go(self._replaced)

    def _areas(self) -> list[QWidget]:
        """Return the areas of the window in the order in which the Tab key visits them."""
        window = self._window
        return [window.top_bar, window.message, *window.pages.current.reading_order()]
