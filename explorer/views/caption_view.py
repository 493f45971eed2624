"""The caption below the picture: a title and some sentences, for the last row."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QTextDocument,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.debug.happening import Part
from explorer.debug.moment_caption import MomentCaption
from explorer.theme.scaling import unscaled_point, unscaled_rect, unscaled_size
from explorer.theme.style import MONO, SMALL, sans
from explorer.theme.tokens import Theme
from explorer.views.linked_text import ask_for, asked_word, with_words

HEIGHT, MARGIN, PADDING = 112, 24, 8
LARGEST = 21  # pixels of the letters; SMALL if there is much to be said
LARGEST_ALONE, LONGEST_LINE = 34, 900  # of a caption that is the whole picture
TITLE = 1.12  # times as large as the rest


class CaptionView(QWidget):
    """A title and a text, in the largest letters in which all of it can be seen.

    Words of the glossary can be clicked; they look like the rest, so that it can be read calmly.

    Parameters
    ----------
    theme : Theme
    alone : bool
        Whether it is the whole picture.
    """

    def __init__(self, theme: Theme, alone: bool = False) -> None:
        super().__init__()
        self._theme, self._alone = theme, alone
        self._largest = LARGEST_ALONE if alone else LARGEST
        self._said = "", ""  # title and text
        self._linked = self._said  # with links
        self._written: tuple[object, ...] = ()  # in the document, and in which size
        self._document = QTextDocument(self)
        self._document.setDocumentMargin(0)
        self._laid_out: tuple[float, float] | None = None  # the room that it is laid out for
        if alone:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        else:
            self.setFixedHeight(theme.px(HEIGHT))
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Caption")

    @property
    def text(self) -> str:
        """All that it says."""
        return self._document.toPlainText()

    def show_caption(self, title: str, html: str) -> None:
        """Show a title and a text."""
        if (title, html) != self._said:
            colour = self._theme.text
            self._said, self._laid_out = (title, html), None
            self._linked = with_words(escape(title), colour), with_words(html, colour)
            self._write(self._largest)
            self.setAccessibleDescription(self.text)
            self.update()

    def show_moment(self, caption: MomentCaption) -> None:
        """Show what just happened."""
        self.show_caption(caption.title, moment_html(caption, self._theme))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.scale(theme.scale, theme.scale)
        surface = theme.window if self._alone else theme.panel
        painter.fillRect(unscaled_rect(self, theme), QColor(surface))
        painter.translate(self._corner())
        look = QAbstractTextDocumentLayout.PaintContext()
        look.palette.setColor(QPalette.ColorRole.Text, QColor(theme.text))
        self._document.documentLayout().draw(painter, look)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        shape = Qt.CursorShape
        self.setCursor(
            shape.PointingHandCursor if self.word_at(event.position()) else shape.ArrowCursor
        )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        word = self.word_at(event.position())
        if word and event.button() is Qt.MouseButton.LeftButton:
            ask_for(word, self)

    def word_at(self, point: QPointF) -> str:
        """Return the word of the glossary at a point of the widget; empty if there is none."""
        place = unscaled_point(point, self._theme) - self._corner()
        return asked_word(self._document.documentLayout().anchorAt(place))

    def _corner(self) -> QPointF:
        """Return where the text begins, once it is laid out."""
        size = unscaled_size(self, self._theme)
        width, height = size.width() - 2 * MARGIN, size.height() - 2 * PADDING
        if self._alone:
            width = min(width, LONGEST_LINE)
        self._lay_out(width, height)
        free = height - self._document.size().height() if self._alone else 0.0
        return QPointF((size.width() - width) / 2, PADDING + max(0.0, free / 2))

    def _lay_out(self, width: float, height: float) -> None:
        """Find the largest letters in which all is seen."""
        if self._laid_out == (width, height):
            return
        self._laid_out = width, height
        for size in range(self._largest, SMALL - 1, -1):
            self._write(size)
            self._document.setTextWidth(width)
            if self._document.size().height() <= height:
                break

    def _write(self, size: int) -> None:
        if (size, self._linked) == self._written:
            return
        self._written = size, self._linked
        title, html = self._linked
        text = f"<p style='margin:0'>{html}</p>"
        if title:
            pixels = round(size * TITLE)
            text = (
                f"<p style='margin:0 0 3px 0; font-size:{pixels}px; font-weight:600'>"
                f"{title}</p>{text}"
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
    if part.value is not None:
        colour = theme.of_sign(part.value)
    else:
        colour = theme.text if part.node is not None else theme.muted
    weight = ";font-weight:600" if part.is_result else ""
    return f'<span style="color:{colour}{weight}">{text}</span>'
