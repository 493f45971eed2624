"""What explains a lecture: the sheet of its keys, and the glossary."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QWhatsThisClickedEvent
from PySide6.QtWidgets import QDialog, QWidget

from explorer.debug.lecture_keys import LECTURE_KEYS
from explorer.theme.style import style_sheet
from explorer.theme.tokens import Theme
from explorer.views.buttons import spell
from explorer.views.help_window import HelpWindow
from explorer.views.keys_sheet import KeysSheet
from explorer.views.lecture_look import LectureLook
from explorer.views.linked_text import asked_word
from explorer.views.presenter_window import PresenterWindow


class LectureGuides(QObject):
    """Opens over whichever window of the lecture asks, in the look of that window.

    All that is in a watched window can ask for a word with `ask_for`.

    Parameters
    ----------
    look : LectureLook
    parent : QObject
    """

    def __init__(self, look: LectureLook, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look

    def watch(self, window: QWidget) -> None:
        """Answer what is asked in a window."""
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open the glossary for whoever asks."""
        if isinstance(event, QWhatsThisClickedEvent) and isinstance(watched, QWidget):
            self.show_word(asked_word(event.href()), watched)
            return True
        return False

    def show_word(self, word: str, over: QWidget) -> None:
        """Show what a word means, in place of another word."""
        for last in over.findChildren(HelpWindow):
            last.close()
        help_window = HelpWindow(over, self._theme_of(over))
        self._dress(help_window, over)
        help_window.show_word(word)

    def show_keys(self, over: QWidget) -> None:
        """Show what each key does."""
        sections = [
            (
                group,
                [
                    (", ".join(map(spell, one.keys)), one.title)
                    for one in LECTURE_KEYS
                    if one.group == group
                ],
            )
            for group in dict.fromkeys(one.group for one in LECTURE_KEYS)
        ]
        sheet = KeysSheet(over, self._theme_of(over), sections)
        self._dress(sheet, over)
        sheet.show()

    def _theme_of(self, window: QWidget) -> Theme:
        is_near = isinstance(window, PresenterWindow)
        return self._look.near if is_near else self._look.on_stage(window.height())

    def _dress(self, dialog: QDialog, over: QWidget) -> None:
        """Give a dialog the look that the windows of a lecture do not hand down to it."""
        dialog.setStyleSheet(style_sheet(self._theme_of(over)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
