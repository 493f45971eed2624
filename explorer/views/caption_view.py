"""The caption below the picture: a title and some sentences, for the last row."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QPainter,
    QPaintEvent,
    QPalette,
    QTextDocument,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.debug.happening import Part
from explorer.debug.moment_caption import MomentCaption
from explorer.theme.scaling import unscaled_size
from explorer.theme.style import MONO, SMALL, sans
from explorer.theme.tokens import Theme

HEIGHT, MARGIN, PADDING = 112, 24, 8
LARGEST = 21  # pixels of the letters; SMALL if there is much to be said
LARGEST_ALONE, LONGEST_LINE = 34, 900  # of a caption that is the whole picture
TITLE = 1.12  # times as large as the rest


class CaptionView(QWidget):
    """A title and a text, in the largest letters in which all of it can be seen.

    Parameters
    ----------
    theme : Theme
    alone : bool
        Whether it is the whole picture.
    """

    def __init__(self, theme: Theme, alone: bool = False) -> None:
        super().__init__()
        self._theme, self._alone = theme, alone
        self._title = self._html = ""
        self._document = QTextDocument(self)
        self._document.setDocumentMargin(0)
        self._laid_out: tuple[float, float] | None = None  # the room that it is laid out for
        if alone:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        else:
            self.setFixedHeight(theme.px(HEIGHT))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Caption")

    @property
    def text(self) -> str:
        """All that it says."""
        return self._document.toPlainText()

    def show_caption(self, title: str, html: str) -> None:
        """Show a title and a text."""
        if (title, html) != (self._title, self._html):
            self._title, self._html, self._laid_out = title, html, None
            self._write(LARGEST)
            self.setAccessibleDescription(self.text)
            self.update()

    def show_moment(self, caption: MomentCaption) -> None:
        """Show what just happened."""
        self.show_caption(caption.title, moment_html(caption, self._theme))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.scale(theme.scale, theme.scale)
        size = unscaled_size(self, theme)
        surface = theme.window if self._alone else theme.panel
        painter.fillRect(QRectF(QPointF(), size), QColor(surface))
        width = size.width() - 2 * MARGIN
        height = size.height() - 2 * PADDING
        if self._alone:
            width = min(width, LONGEST_LINE)
        self._lay_out(width, height)
        top = float(PADDING)
        if self._alone:
            top += max(0.0, (height - self._document.size().height()) / 2)
        painter.translate((size.width() - width) / 2, top)
        look = QAbstractTextDocumentLayout.PaintContext()
        look.palette.setColor(QPalette.ColorRole.Text, QColor(theme.text))
        self._document.documentLayout().draw(painter, look)

    def _lay_out(self, width: float, height: float) -> None:
        """Find the largest letters in which all is seen."""
        if self._laid_out == (width, height):
            return
        self._laid_out = width, height
        for size in range(LARGEST_ALONE if self._alone else LARGEST, SMALL - 1, -1):
            self._write(size)
            self._document.setTextWidth(width)
            if self._document.size().height() <= height:
                break

    def _write(self, size: int) -> None:
        title, text = round(size * TITLE), f"<p style='margin:0'>{self._html}</p>"
        if self._title:
            text = (
                f"<p style='margin:0 0 3px 0; font-size:{title}px; font-weight:600'>"
                f"{escape(self._title)}</p>{text}"
            )
        self._document.setDefaultFont(sans(size))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WordWrap)
        self._document.setDefaultTextOption(option)
        self._document.setHtml(text)


def moment_html(caption: MomentCaption, theme: Theme) -> str:
    """Return what just happened, with colours of its numbers."""
    numbers = "".join(_spell(part, theme) for part in caption.parts)
    family = ", ".join(f"'{name}'" for name in MONO)
    line = f'<span style="font-family:{escape(family)}">{numbers}</span>'
    return f"{line}<br>{escape(caption.words)}" if caption.words else line


def _spell(part: Part, theme: Theme) -> str:
    text = escape(part.text).replace("  ", "&nbsp; ")
    if part.value is None or part.value == 0:
        colour = theme.text if part.node is not None or part.value == 0 else theme.muted
    else:
        colour = theme.negative if part.value < 0 else theme.positive
    weight = ";font-weight:600" if part.is_result else ""
    return f'<span style="color:{colour}{weight}">{text}</span>'
