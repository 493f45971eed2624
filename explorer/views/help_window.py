"""Help, the glossary, and where everything comes from, in a window of its own."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from html import escape

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTabBar,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from explorer.debug.glossary import Glossary
from explorer.debug.glossary_terms import Term
from explorer.debug.help_texts import ABOUT, HELP, Section
from explorer.theme.style import BODY, LARGE, sans
from explorer.theme.tokens import Theme
from explorer.views.linked_text import SCHEME, linked

SIZE, LIST_WIDTH = QSize(980, 720), 240  # pixels at scale 1
MARGIN = 16  # pixels at scale 1 around the text


class HelpPage(Enum):
    """What the window can show; the value is written on its tab."""

    HELP = "Help"
    GLOSSARY = "Glossary"
    ABOUT = "About"


class HelpWindow(QDialog):
    """Three pages; words of the glossary are links wherever they stand.

    Parameters
    ----------
    parent : QWidget
    theme : Theme
    open_address : callable, optional
        Opens a web page; left out, the desktop's browser does.
    """

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        open_address: Callable[[QUrl], object] = QDesktopServices.openUrl,
    ) -> None:
        super().__init__(parent)
        self._theme, self._open_address = theme, open_address
        self._glossary = Glossary()
        self.setWindowTitle("Help")
        px = theme.px
        self._heading = f'<h2 style="font-size:{px(LARGE)}px; margin-bottom:{px(6)}px">'
        self._paragraph = (
            f'<p style="line-height:140%; margin-top:{px(4)}px; margin-bottom:{px(10)}px">'
        )
        self.resize((SIZE * theme.scale).boundedTo(parent.window().size()))
        self.tabs = QTabBar()
        self.tabs.setFont(sans(px(14)))
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName("Pages of the help")
        for page in HelpPage:
            self.tabs.addTab(page.value)
        self.filter = QLineEdit()
        self.filter.setFont(sans(px(BODY)))
        self.filter.setPlaceholderText("A word")
        self.filter.setAccessibleName("Find a word")
        self.filter.setClearButtonEnabled(True)
        self.filter.installEventFilter(self)
        self.words = QListWidget()
        self.words.setFont(sans(px(BODY)))
        self.words.setAccessibleName("Words")
        self.text = QTextBrowser()
        self.text.setFont(sans(px(16)))
        self.text.setOpenLinks(False)
        self.text.setAccessibleName("Text")
        self.text.document().setDocumentMargin(px(MARGIN))
        self._beside = QWidget()
        left = QVBoxLayout(self._beside)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(px(6))
        left.addWidget(self.filter)
        left.addWidget(self.words, 1)
        self._beside.setFixedWidth(px(LIST_WIDTH))
        row = QHBoxLayout()
        row.setSpacing(px(18))
        row.addWidget(self._beside)
        row.addWidget(self.text, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(*map(px, (20, 10, 20, 16)))
        column.setSpacing(px(6))
        column.addWidget(self.tabs)
        column.addLayout(row, 1)
        self.tabs.currentChanged.connect(self._show_tab)
        self.filter.textChanged.connect(self._list_words)
        self.words.currentItemChanged.connect(self._show_chosen)
        self.text.anchorClicked.connect(self._follow)
        self._list_words("")
        self._show_tab(0)

    def show_page(self, page: HelpPage) -> None:
        """Show a page, and give it the keyboard."""
        self.tabs.setCurrentIndex(list(HelpPage).index(page))
        self.show()
        self.raise_()
        self.activateWindow()
        (self.filter if page is HelpPage.GLOSSARY else self.text).setFocus()

    def show_word(self, word: str) -> None:
        """Show what a word means."""
        term = self._glossary.find(word)
        if term is not None:
            self.filter.clear()
            self.show_page(HelpPage.GLOSSARY)
            (item,) = self.words.findItems(term.word, Qt.MatchFlag.MatchExactly)
            self.words.setCurrentItem(item)

    def take_over(self, old: HelpWindow) -> None:
        """Show what another one does, in its place."""
        self.filter.setText(old.filter.text())
        self.words.setCurrentRow(old.words.currentRow())
        self.tabs.setCurrentIndex(old.tabs.currentIndex())
        self.setGeometry(old.geometry())
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys walk the list while a word is typed."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down)
        ):
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            row = self.words.currentRow() + step
            self.words.setCurrentRow(min(max(row, 0), self.words.count() - 1))
            return True
        return super().eventFilter(watched, event)

    @property
    def page(self) -> HelpPage:
        """The page on show."""
        return list(HelpPage)[self.tabs.currentIndex()]

    def _show_tab(self, index: int) -> None:
        self._beside.setVisible(self.page is HelpPage.GLOSSARY)
        if self.page is HelpPage.GLOSSARY:
            self._show_chosen(self.words.currentItem())
        else:
            sections, marked = HELP if self.page is HelpPage.HELP else ABOUT, set[Term]()
            self.text.setHtml("".join(self._section(section, marked) for section in sections))

    def _list_words(self, text: str) -> None:
        self.words.blockSignals(True)
        self.words.clear()
        for term in self._glossary.matching(text):
            self.words.addItem(term.word)
        self.words.setCurrentRow(0)
        self.words.blockSignals(False)
        self._show_chosen(self.words.currentItem())

    def _show_chosen(self, item: QListWidgetItem | None) -> None:
        if self.page is not HelpPage.GLOSSARY:
            return
        term = None if item is None else self._glossary.find(item.text())
        if term is None:
            self.text.setHtml(f"<p>No word here holds “{escape(self.filter.text())}”.</p>")
            return
        self.text.setHtml(
            f"{self._heading}{escape(term.word)}</h2>"
            f"{self._paragraph}{self._linked(term.meaning, {term})}</p>"
        )

    def _section(self, section: Section, marked: set[Term]) -> str:
        texts = (self._linked(text, marked) for text in section.paragraphs)
        paragraphs = (f"{self._paragraph}{text}</p>" for text in texts)
        return f"{self._heading}{escape(section.title)}</h2>{''.join(paragraphs)}"

    def _linked(self, text: str, marked: set[Term]) -> str:
        return linked(text, self._glossary, marked, self._theme)

    def _follow(self, address: QUrl) -> None:
        if address.scheme() == SCHEME:
            self.show_word(address.path())
        else:
            self._open_address(address)
