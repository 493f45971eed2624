"""The lesson in the normal window: its stops, and what is said at each of them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from explorer.debug.lessons.built_in import built_in_lessons
from explorer.debug.lessons.captions import CaptionError, parse_caption
from explorer.debug.lessons.lesson_file import LessonFileError, read_lesson
from explorer.debug.lessons.stop import StageView
from explorer.theme.style import sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import ComboBox, CommandButton, ToolButton
from explorer.views.lectern import Lectern
from explorer.views.lesson_files import LessonFiles
from explorer.views.scrolling import scrolling_down
from explorer.views.stop_list import StopList
from explorer.views.word_label import WordLabel

EMPTY = (
    "A lesson is a list of stops: what is shown, with a caption. Ctrl+M records a stop; the menu "
    "above has lessons that are ready made."
)
PLACEHOLDERS = "{loss}, {data wte[5][3]}, {grad a}, {probability 2 e}: numbers are put in"
CAPTION, NOTES, LIST = 84, 60, 150  # pixels of the texts and of the list, at scale 1
BUTTONS = {"lesson_back": "◀", "lesson_next": "▶", "lesson_record": "Record"}
COMMANDS = ("lesson_new", "lesson_open", "lesson_save", "lesson_save_as", "lesson_undo")


class TextBox(QPlainTextEdit):
    """A text that counts when the keyboard leaves it.

    Parameters
    ----------
    name : str
    hint : str
        What stands in it as long as it is empty.
    height : int
        In pixels at scale 1.
    theme : Theme
    """

    written = Signal(str)

    def __init__(self, name: str, hint: str, height: int, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setFont(sans(theme.px(14)))
        self.setTabChangesFocus(True)
        self.setFixedHeight(theme.px(height))
        self._given = ""

    def show_text(self, text: str) -> None:
        """Show another text; what is being typed stays if the text is the same."""
        if text != self._given:
            self._given = text
            self.setPlainText(text)

    def commit(self) -> None:
        """Let what was typed count."""
        text = self.toPlainText()
        if text != self._given:
            self._given = text
            self.written.emit(text)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.commit()


class LessonPanel(QWidget):
    """Stops to be recorded, shown, edited and put in order; it works only while it is seen.

    Parameters
    ----------
    lectern : Lectern
    files : LessonFiles
    actions : dict of str to QAction
        By command id.
    theme : Theme
    """

    hiding = Signal()  # somebody wants to put the panel away

    def __init__(
        self,
        lectern: Lectern,
        files: LessonFiles,
        actions: dict[str, QAction],
        theme: Theme,
    ) -> None:
        super().__init__()
        self._lectern, self._files, self._theme = lectern, files, theme
        self._titles: dict[Path, str] = {}
        self._bound: int | None = None  # the stop whose texts are shown
        self.title = QLineEdit()
        self.title.setAccessibleName("Title of the lesson")
        self.title.setPlaceholderText("no lesson")
        self.title.setFont(sans(theme.px(14), bold=True))
        self.title.editingFinished.connect(self._rename)
        self.menu_button = ToolButton()
        self.menu_button.setText("▾")
        self.menu_button.setAccessibleName("Lessons")
        self.menu_button.setToolTip("New, open, save, and lessons that are ready made")
        self.menu_button.setPopupMode(ToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.menu_button)
        self._menu.addActions([actions[command] for command in COMMANDS])
        self._menu.addSeparator()
        self._built_in = self._menu.addMenu("Ready-made lessons")
        self._built_in.aboutToShow.connect(self._offer_built_in)
        self._menu.addSeparator()
        self.replacing = self._menu.addAction("Replace the stop by what is shown")
        self.replacing.triggered.connect(self._replace)
        self.deleting = self._menu.addAction("Delete the stop")
        self.deleting.triggered.connect(self._remove)
        self._menu.addAction("Put the panel away").triggered.connect(self.hiding)
        self.menu_button.setMenu(self._menu)
        self.stops = StopList(theme)
        self.stops.setMinimumHeight(theme.px(LIST))
        self.stops.chosen.connect(lectern.go)
        self.stops.retitled.connect(self._retitle)
        self.stops.removed.connect(lectern.remove)
        self.stops.moved.connect(lectern.move)
        self.stops.currentRowChanged.connect(self._turn_to)
        self.state = WordLabel()
        self.state.setFont(sans(theme.px(13)))
        self.state.setProperty("role", "muted")
        self.state.setWordWrap(True)
        for command, text in BUTTONS.items():
            actions[command].setIconText(text)
        self.buttons = [CommandButton(actions[command]) for command in BUTTONS]
        for button in self.buttons:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.view = ComboBox("What the audience sees")
        self.view.setToolTip("What the audience sees at the stop")
        self.view.addItems([view.value.capitalize() for view in StageView])
        self.view.activated.connect(self._choose_view)
        self.caption = TextBox("Caption", f"Caption, with {PLACEHOLDERS}", CAPTION, theme)
        self.caption.written.connect(self._write_caption)
        self.shown = WordLabel()
        self.shown.setFont(sans(theme.px(14)))
        self.shown.setWordWrap(True)
        self.shown.setTextFormat(Qt.TextFormat.RichText)
        self.notes = TextBox("Notes", "Notes for the lecturer alone", NOTES, theme)
        self.notes.written.connect(self._write_notes)
        self.wrong = WordLabel()
        self.wrong.setFont(sans(theme.px(13)))
        self.wrong.setProperty("role", "warning")
        self.wrong.setWordWrap(True)
        files.settling.connect(self.settle)
        lectern.changed.connect(self.follow)
        lectern.moved.connect(self.follow)
        lectern.stop_shown.connect(self.follow)
        lectern.progressed.connect(self._show_progress)
        self._arrange()

    def follow(self) -> None:
        """Show the lesson as it is now, if anybody sees it."""
        if self.isVisible():
            self._refresh()

    def settle(self) -> None:
        """Let what is being typed count, although the keyboard has not left it."""
        if self.title.isModified():
            self._rename()
            self.title.setModified(False)
        if self.stops.state() is StopList.State.EditingState:
            self.stops.setFocus()
        self.caption.commit()
        self.notes.commit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.stops.setFocus(event.reason())

    def _arrange(self) -> None:
        px = self._theme.px
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(px(12), px(6), px(12), px(8))
        column.setSpacing(px(6))
        head = QHBoxLayout()
        head.setSpacing(px(6))
        head.addWidget(self.title, 1)
        head.addWidget(self.menu_button)
        column.addLayout(head)
        bar = QHBoxLayout()
        bar.setSpacing(px(4))
        for button in self.buttons:
            bar.addWidget(button)
        bar.addStretch()
        column.addLayout(bar)
        column.addWidget(self.stops, 1)
        column.addWidget(self.state)
        self._texts = [self.view, self.caption, self.wrong, self.shown, self.notes]
        for widget in self._texts:
            column.addWidget(widget)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(scrolling_down(inside))

    def _refresh(self) -> None:
        lectern, lesson = self._lectern, self._lectern.lesson
        mark = " •" if lectern.is_edited else ""
        if not self.title.hasFocus():
            self.title.setText("" if lesson is None else lesson.title)
        self.title.setToolTip("" if lesson is None else f"{lesson.title}{mark}")
        self.stops.show_stops(() if lesson is None else lesson.stops, lectern.at)
        self._refresh_state()
        self._bind()

    def _refresh_state(self) -> None:
        """Say what there is to say of the list as a whole."""
        lectern, lesson = self._lectern, self._lectern.lesson
        parts = []
        if lesson is None or not lesson.stops:
            parts.append(EMPTY)
        elif lectern.passes.waiting:
            parts.append(f"{lectern.passes.waiting} passes are being made …")
        if lectern.is_edited:
            parts.append("Changes are not saved.")
        self.state.setText(" ".join(parts))
        self.state.setVisible(bool(parts))

    def _show_progress(self, share: float) -> None:
        if self.isVisible():
            self._refresh_state()

    @property
    def _row(self) -> int | None:
        """The stop that the buttons and texts are about."""
        row = self.stops.currentRow()
        lesson = self._lectern.lesson
        return row if lesson is not None and 0 <= row < len(lesson.stops) else None

    def _turn_to(self, row: int) -> None:
        for box in (self.caption, self.notes):
            box.commit()  # for the stop that they were about
        self._bind()

    def _bind(self) -> None:
        """Show the texts of the stop that the list is at."""
        lectern, row = self._lectern, self._row
        self._bound = row
        for widget in self._texts:
            widget.setVisible(row is not None and widget is not self.wrong)
        for action in (self.replacing, self.deleting):
            action.setEnabled(row is not None)
        if row is None or lectern.lesson is None:
            return
        stop = lectern.lesson.stops[row]
        self.view.setCurrentIndex(list(StageView).index(stop.view))
        self.caption.show_text(stop.caption)
        self.notes.show_text(stop.notes)
        is_shown = row == lectern.at
        self.shown.setText(lectern.caption.html if is_shown else "")
        self.shown.setVisible(is_shown and bool(stop.caption))
        self._warn("; ".join(lectern.caption.problems) if is_shown else "")

    def _warn(self, sentence: str) -> None:
        sentence = f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""
        self.wrong.setText(sentence)
        self.wrong.setVisible(bool(sentence))

    def _rename(self) -> None:
        lesson, title = self._lectern.lesson, self.title.text().strip()
        if lesson is not None and title:
            self._lectern.rename(title, lesson.summary)

    def _retitle(self, row: int, title: str) -> None:
        if title.strip():
            self._lectern.rewrite(row, title=title.strip())
        else:
            self.follow()

    def _replace(self) -> None:
        if self._row is not None:
            self._lectern.replace_stop(self._row)

    def _remove(self) -> None:
        if self._row is not None:
            self._lectern.remove(self._row)

    def _choose_view(self, place: int) -> None:
        if self._bound is not None:
            self._lectern.rewrite(self._bound, view=list(StageView)[place])

    def _write_caption(self, text: str) -> None:
        try:
            parse_caption(text)
        except CaptionError as error:
            self._warn(str(error))
            return
        if self._bound is not None:
            self._lectern.rewrite(self._bound, caption=text)

    def _write_notes(self, text: str) -> None:
        if self._bound is not None:
            self._lectern.rewrite(self._bound, notes=text)

    def _offer_built_in(self) -> None:
        """List the lessons that come with the program, by their titles."""
        self._built_in.clear()
        for number, path in enumerate(built_in_lessons(), start=1):
            if path not in self._titles:
                try:
                    self._titles[path] = read_lesson(path).title
                except LessonFileError:
                    continue
            action = self._built_in.addAction(f"{number}. {self._titles[path]}")
            action.triggered.connect(lambda _=False, path=path: self._files.open_built_in(path))
        if self._built_in.isEmpty():
            self._built_in.addAction("There are none").setEnabled(False)
