"""The sheet of a lecture's keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from explorer.debug.lecture_keys import LECTURE_KEYS
from explorer.theme.style import style_sheet
from explorer.theme.tokens import Theme
from explorer.views.buttons import spell
from explorer.views.keys_sheet import KeysSheet


def show_lecture_keys(over: QWidget, theme: Theme) -> None:
    """Show what each key does, over a window of the lecture."""
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
    sheet = KeysSheet(over, theme, sections)
    sheet.setStyleSheet(style_sheet(theme))
    sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    sheet.show()
