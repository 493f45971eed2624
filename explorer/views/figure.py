"""The frame of a figure: its title, what it shows, and the ways to take it along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from explorer.debug.table import Table
from explorer.theme.style import SMALL, sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import ToolButton
from explorer.views.picture_files import write_picture
from explorer.views.readout import Readout
from explorer.views.session_dialogs import FileDialog
from explorer.views.word_label import WordLabel

ENLARGED = 2  # times the size on screen, of pictures made of pixels


class Figure(QWidget):
    """A view with a title and a menu that copies its numbers and saves its picture.

    Parameters
    ----------
    theme : Theme
    title : str
        Names the figure on screen, and in files.
    content : QWidget
        Of a scroll area, pictures show all.
    table : callable
        Returns the numbers on show as a `Table`; None if there are none.

    Attributes
    ----------
    title, remark : str
        What `set_title` was told.
    """

    told = Signal(str)  # a sentence about what was copied or saved

    def __init__(
        self, theme: Theme, title: str, content: QWidget, table: Callable[[], Table | None]
    ) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.content, self._table = content, table
        self.title = self.remark = ""
        self._folder = Path.home()
        self._heading = WordLabel()
        self._heading.setProperty("role", "heading")
        self._heading.setProperty("place", "row")  # on one line with what is beside it
        self._remark = Readout(Qt.AlignmentFlag.AlignLeft)
        self._remark.setProperty("role", "muted")
        self._remark.setFont(sans(theme.px(SMALL)))
        self._remark.setFixedHeight(self._remark.fontMetrics().height() + theme.px(2))
        self._remark.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.menu = QMenu(self)
        self.menu.addAction("Copy as CSV", self.copy)
        self.menu.addAction("Save as a picture…", self.ask_where_to_save)
        self._button = ToolButton()
        self._button.setText("⋯")
        self._button.setMenu(self.menu)
        self._button.setPopupMode(ToolButton.ToolButtonPopupMode.InstantPopup)
        self._row = row = QHBoxLayout()
        row.setContentsMargins(*map(theme.px, (14, 6, 8, 2)))
        row.setSpacing(theme.px(12))
        row.addWidget(self._heading)
        row.addWidget(self._remark, 1)
        row.addWidget(self._button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(content, 1)
        self.set_title(title)

    def add_control(self, control: QWidget) -> None:
        """Put what decides about the content beside the title, instead of a remark."""
        self._remark.hide()
        self._row.insertWidget(self._row.indexOf(self._button), control, 1)

    def show_bare(self) -> None:
        """Leave out the menu: nobody has a mouse."""
        self._button.hide()

    def set_title(self, title: str, remark: str = "") -> None:
        """Name the figure, with a remark beside it in smaller letters."""
        if (title, remark) == (self.title, self.remark):
            return  # a label lays out the page again
        self.title, self.remark = title, remark
        self._heading.setText(title.upper())
        self._remark.setText(remark)
        self._remark.setToolTip(remark)
        self._button.setAccessibleName(f"Take along: {title}")
        self._button.setToolTip(f"Copy the numbers of “{title}”, or save its picture")

    def copy(self) -> None:
        """Put the numbers into the clipboard."""
        table = self._table()
        if table is None:
            self.told.emit(f"“{self.title}” has no numbers yet.")
            return
        QGuiApplication.clipboard().setText(table.as_csv())
        self.told.emit(f"The {len(table.rows)} rows of “{self.title}” are in the clipboard.")

    def ask_where_to_save(self) -> None:
        """Ask for a file, and write the picture into it."""
        file = f"{self.title.lower().replace(' ', '-')}.png"
        kinds = "Pictures (*.png *.svg *.pdf)"
        dialog = FileDialog(self, f"Save “{self.title}”", self._folder / file, kinds, saves=True)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self.save)
        dialog.open()

    def save(self, path: Path) -> None:
        """Write the picture of the content, in the format that the ending stands for."""
        content = _inside(self.content)
        width, height = content.width(), content.height()
        scale = ENLARGED if path.suffix.lower() == ".png" else 1

        def paint(painter: QPainter, _as_vectors: bool) -> None:
            painter.scale(scale, scale)
            painter.fillRect(content.rect(), self.palette().window())
            QWidget.render(content, painter, QPoint())

        try:
            write_picture(path, (scale * width, scale * height), self.title, paint)
        except (OSError, ValueError) as error:
            self.told.emit(f"“{self.title}” was not saved: {error}.")
        else:
            self._folder = path.parent
            self.told.emit(f"“{self.title}” is in {path}.")


def _inside(content: QWidget) -> QWidget:
    """Return what a scroll area shows a part of."""
    inside = content.widget() if isinstance(content, QScrollArea) else None
    return content if inside is None else inside
