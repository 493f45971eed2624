"""The source lines of a stage, and the ways from it to the map and to its moments."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QTextOption
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTextEdit, QVBoxLayout, QWidget

from explorer.debug.anatomy.chain import Link
from explorer.debug.anatomy.chain_source import Excerpt
from explorer.theme.style import LARGE, SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import PushButton
from explorer.views.syntax import code_html
from explorer.views.word_label import WordLabel

WIDTH, EDGE = 780, 14  # pixels: at most so wide, and so far from the edges of the page
LEAST_CODE, CODE_MARGIN, SPACING = 70, 4, 6


class StageCard(QFrame):
    """A card that floats over the page, below its stage.

    Parameters
    ----------
    page : QWidget
        Where it floats.
    theme : Theme
    """

    map_wanted = Signal()
    moment_wanted = Signal(int)  # 0: the start of the stage, 1: its end
    closed = Signal()

    def __init__(self, page: QWidget, theme: Theme) -> None:
        super().__init__(page)
        self._page, self._theme = page, theme
        self._shown, self._code_height = "", 0
        px = theme.px
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = WordLabel()
        self._title.setFont(sans(px(LARGE), bold=True))
        self._words = WordLabel()
        self._words.setProperty("role", "muted")
        self._words.setWordWrap(True)
        self.code = QTextEdit()
        self.code.setFont(mono(px(SMALL)))
        self.code.document().setDocumentMargin(px(CODE_MARGIN))
        self.code.setReadOnly(True)
        self.code.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.code.setAccessibleName("Source lines of the stage")
        self.code.setTabChangesFocus(True)
        self.on_map = PushButton("On the map  (M)")
        self.on_map.setProperty("role", "primary")
        self.start = PushButton("Go to its start")
        self.end = PushButton("Go to its end")
        self.close_button = PushButton("Close  (Esc)")
        buttons = QHBoxLayout()
        for button in (self.on_map, self.start, self.end):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        self.on_map.clicked.connect(self._want_map)
        self.start.clicked.connect(self._want_start)
        self.end.clicked.connect(self._want_end)
        self.close_button.clicked.connect(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(*map(px, (18, 12, 18, 14)))
        for layout in (column, buttons):
            layout.setSpacing(px(SPACING))
        column.addWidget(self._title)
        column.addWidget(self._words)
        column.addWidget(self.code, 1)
        column.addLayout(buttons)
        self.hide()

    def show_stage(self, link: Link, has_moments: bool, excerpts: Sequence[Excerpt]) -> None:
        """Show a stage with its functions."""
        figure = "not computed yet" if link.figure is None else link.figure
        self._title.setText(f"{link.title[0].upper()}{link.title[1:]}")
        self._words.setText(f"{link.words}: {figure}.")
        self.on_map.setEnabled(link.scope is not None)
        self.start.setEnabled(has_moments)
        self.end.setEnabled(has_moments)
        px = self._theme.px
        muted = f"color:{self._theme.muted}; margin-top:{px(6)}px; margin-bottom:{px(2)}px"
        pieces = [
            f"<p style='{muted}'>{one.file}, line {one.first}</p>"
            + code_html(one.lines, one.spans, one.first, self._theme)
            for one in excerpts
        ]
        html = "".join(pieces)
        if html != self._shown:
            self._shown = html
            self.code.setHtml(html)
            lines = sum(len(one.lines) + 2 for one in excerpts)
            self._code_height = lines * QFontMetrics(self.code.font()).lineSpacing() + px(16)

    def float_below(self, middle: int, top: int) -> None:
        """Stand below a point of the page, as large as its code needs and the page allows."""
        page, px = self._page, self._theme.px
        edge = px(EDGE)
        width = min(px(WIDTH), page.width() - 2 * edge)
        most = page.height() - top - edge
        self.code.setMinimumHeight(px(LEAST_CODE))
        others = self.sizeHint().height() - self.code.sizeHint().height()
        height = max(min(others + self._code_height + px(20), most), 0)
        left = min(max(middle - width // 2, edge), page.width() - width - edge)
        self.setGeometry(left, top, width, height)
        self.show()
        self.raise_()

    def event(self, event: QEvent) -> bool:
        """Keep Esc and M, although elsewhere they mean something else."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_M)
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        elif event.key() == Qt.Key.Key_M:
            self._want_map()
        else:
            super().keyPressEvent(event)

    def _want_map(self) -> None:
        self.map_wanted.emit()

    def _want_start(self) -> None:
        self.moment_wanted.emit(0)

    def _want_end(self) -> None:
        self.moment_wanted.emit(1)

    def _close(self) -> None:
        self.hide()
        self.closed.emit()
