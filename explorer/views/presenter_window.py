"""The presenter's window: notes, what comes next, the clock, and what the audience sees."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QEvent, QSize, Qt, QTime, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QImage, QKeyEvent, QPixmap, QScreen
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from explorer.debug.lecture_keys import Act, act_of
from explorer.debug.lessons.captions import parse_caption
from explorer.debug.lessons.lesson import Lesson
from explorer.debug.moment_caption import MomentCaption
from explorer.debug.stopwatch import Stopwatch
from explorer.theme.style import mono, sans, style_sheet
from explorer.theme.tokens import Theme
from explorer.views.buttons import PushButton
from explorer.views.caption_view import moment_html
from explorer.views.lecture_window import keeps_keys, spelled
from explorer.views.live_picture import LivePicture

SIZE = QSize(1280, 760)
NEXT_WIDTH = 208  # pixels at scale 1 of the picture of the next stop
BEAT = 500  # milliseconds
NO_NOTES = "No notes for this stop."


@dataclass(frozen=True)
class Script:
    """What the presenter should know at a moment.

    Attributes
    ----------
    title : str
    caption, notes : str
        As HTML; empty if there is nothing.
    at, count : int
        Which stop it is, from 0 on, of how many; 0 of 0 without a lesson.
    next_title, next_caption : str
        Of the next stop; empty after the last one.
    """

    title: str = ""
    caption: str = ""
    notes: str = ""
    at: int = 0
    count: int = 0
    next_title: str = ""
    next_caption: str = ""

    @staticmethod
    def of_moment(caption: MomentCaption, step: str, theme: Theme) -> Script:
        """Return what belongs to a moment without a lesson; `step` says how large a step is."""
        return Script(escape(caption.title), moment_html(caption, theme), next_caption=escape(step))

    @staticmethod
    def of_stop(lesson: Lesson, at: int, caption: str) -> Script:
        """Return what belongs to a stop of a lesson, whose caption is given as HTML."""
        stops, stop = lesson.stops, lesson.stops[at]
        following = stops[at + 1] if at + 1 < len(stops) else None
        return Script(
            escape(stop.title),
            caption,
            escape(stop.notes).replace("\n", "<br>"),
            at,
            len(stops),
            "" if following is None else escape(following.title),
            "" if following is None else escape(_without_numbers(following.caption)),
        )


class PresenterWindow(QWidget):
    """Tells what its buttons and keys ask for, as the lecture's window does.

    Parameters
    ----------
    theme : Theme
    watch : Stopwatch
    """

    acted = Signal(object, str)  # an Act, and the key
    closed = Signal()

    def __init__(self, theme: Theme, watch: Stopwatch) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self._theme, self._watch = theme, watch
        self.setWindowTitle("Presenter")
        self.setAccessibleName("Presenter")
        self.setStyleSheet(style_sheet(theme))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.resize(SIZE)
        self.live = LivePicture(theme)
        self.clock, self.elapsed, self.count = (self._number() for _ in range(3))
        self.title = self._label(24, bold=True)
        self.caption = self._label(17, muted=True)
        self.notes = self._label(21)
        self.next_title = self._label(18, bold=True)
        self.next_caption = self._label(15, muted=True)
        self.next_picture = QLabel()
        self.next_picture.setAccessibleName("The next stop")
        self.next_picture.setStyleSheet(f"border: 1px solid {theme.border}")
        self.next_picture.hide()
        self._script = Script()
        self.pause = self._button("Pause", "Let the elapsed time stand still, or go on")
        self.pause.clicked.connect(self._pause)
        reset = self._button("Reset", "Begin at 0:00 again")
        reset.clicked.connect(self._reset)
        self.buttons = [
            self._acting("◀  Back", Act.BACK, "The stop before (Page Up)"),
            self._acting("On  ▶", Act.ON, "The next stop (Page Down)"),
            self._acting("Black", Act.BLACK, "A black picture (B)"),
            self._acting("White", Act.WHITE, "A white picture (W)"),
            self._acting("Leave", Act.LEAVE, "End the lecture (Ctrl+L)"),
        ]
        self.buttons[1].setProperty("role", "primary")
        self._arrange(reset)
        self._beat = QTimer(self, interval=BEAT)
        self._beat.timeout.connect(self._tell_time)
        self._beat.start()
        self._tell_time()

    def show_on(self, screen: QScreen, fills: bool) -> None:
        """Open on a display: all of it, or where the system puts a window."""
        self.setScreen(screen)
        if fills:
            self.setGeometry(screen.availableGeometry())
            self.showMaximized()
        else:
            self.show()

    def show_script(self, script: Script) -> None:
        """Show what is said now, and what comes next; its picture comes later."""
        if (script.at, script.next_title) != (self._script.at, self._script.next_title):
            self.show_next(None)
        self._script = script
        self.title.setText(script.title)
        self.caption.setText(script.caption)
        self.notes.setText(script.notes or (NO_NOTES if script.count else ""))
        of = f"stop {script.at + 1} of {script.count}" if script.count else "no lesson"
        self.count.setText(of)
        self.next_title.setText(script.next_title or ("The end" if script.count else "–"))
        self.next_caption.setText(script.next_caption)

    def show_next(self, picture: QImage | None) -> None:
        """Show a picture of what comes next, or none."""
        self.next_picture.setVisible(picture is not None)
        if picture is None:
            self.next_picture.clear()
            return
        ratio = self.devicePixelRatioF()
        small = QPixmap.fromImage(picture).scaledToWidth(
            round(self._theme.px(NEXT_WIDTH) * ratio), Qt.TransformationMode.SmoothTransformation
        )
        small.setDevicePixelRatio(ratio)
        self.next_picture.setPixmap(small)

    def event(self, event: QEvent) -> bool:
        return keeps_keys(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = spelled(event)
        act = act_of(key)
        if act is not None:
            self.acted.emit(act, key)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def _arrange(self, reset: QWidget) -> None:
        px = self._theme.px
        times = QHBoxLayout()
        times.setSpacing(px(24))
        for caption, number in (("now", self.clock), ("elapsed", self.elapsed)):
            times.addLayout(self._named(caption, number))
        for button in (self.pause, reset):
            times.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        times.addStretch()
        times.addLayout(self._named("lesson", self.count))
        left = QVBoxLayout()
        left.setSpacing(px(14))
        left.addWidget(self._heading("What the audience sees"))
        left.addWidget(self.live, 1)
        left.addLayout(times)
        said = QWidget()
        sentences = QVBoxLayout(said)
        sentences.setContentsMargins(0, 0, px(8), 0)
        sentences.setSpacing(px(10))
        for label in (self.title, self.caption, self.notes):
            sentences.addWidget(label)
        sentences.addStretch()
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(said)
        right = QVBoxLayout()
        right.setSpacing(px(10))
        right.addWidget(self._heading("Now"))
        right.addWidget(scroll, 1)
        right.addWidget(self._heading("Next"))
        coming = QVBoxLayout()
        coming.setSpacing(px(6))
        coming.addWidget(self.next_title)
        coming.addWidget(self.next_caption, 1)
        ahead = QHBoxLayout()
        ahead.setSpacing(px(14))
        ahead.addWidget(self.next_picture, 0, Qt.AlignmentFlag.AlignTop)
        ahead.addLayout(coming, 1)
        right.addLayout(ahead)
        below = QHBoxLayout()
        below.setSpacing(px(10))
        for button in self.buttons:
            below.addWidget(button)
        below.insertStretch(len(self.buttons) - 1)
        grid = QGridLayout(self)
        grid.setContentsMargins(px(24), px(18), px(24), px(18))
        grid.setHorizontalSpacing(px(32))
        grid.setVerticalSpacing(px(16))
        grid.addLayout(left, 0, 0)
        grid.addLayout(right, 0, 1)
        grid.addLayout(below, 1, 0, 1, 2)
        grid.setColumnStretch(0, 11)
        grid.setColumnStretch(1, 9)
        grid.setRowStretch(0, 1)

    def _named(self, caption: str, number: QLabel) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self._heading(caption))
        column.addWidget(number)
        return column

    def _heading(self, text: str) -> QLabel:
        heading = QLabel(text.upper())
        heading.setProperty("role", "heading")
        heading.setProperty("place", "row")
        return heading

    def _label(self, pixels: int, bold: bool = False, muted: bool = False) -> QLabel:
        label = QLabel()
        label.setFont(sans(self._theme.px(pixels), bold))
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        if muted:
            label.setProperty("role", "muted")
        return label

    def _number(self) -> QLabel:
        label = QLabel()
        label.setFont(mono(self._theme.px(28), bold=True))
        return label

    def _button(self, text: str, title: str) -> PushButton:
        button = PushButton(text)
        button.setToolTip(title)
        button.setFont(sans(self._theme.px(16)))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Space goes on, wherever one has clicked
        return button

    def _acting(self, text: str, act: Act, title: str) -> PushButton:
        button = self._button(text, title)
        button.clicked.connect(lambda: self.acted.emit(act, ""))
        return button

    def _pause(self) -> None:
        if self._watch.runs:
            self._watch.pause()
        else:
            self._watch.start()
        self._tell_time()

    def _reset(self) -> None:
        self._watch.reset()
        self._tell_time()

    def _tell_time(self) -> None:
        self.clock.setText(QTime.currentTime().toString("HH:mm"))
        self.elapsed.setText(self._watch.text)
        self.pause.setText("Pause" if self._watch.runs or not self._watch.seconds else "Go on")


def _without_numbers(caption: str) -> str:
    """Return a caption whose numbers are not known yet."""
    return "".join(part if isinstance(part, str) else "…" for part in parse_caption(caption))
