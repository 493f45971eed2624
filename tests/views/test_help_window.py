"""The help window: its pages, words and links."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt, QUrl
from pytestqt.qtbot import QtBot

from explorer.debug.glossary_terms import TERMS, Term
from explorer.theme.tokens import DARK
from explorer.views.help_window import HelpPage, HelpWindow
from explorer.views.main_window import MainWindow


@pytest.fixture
def opened() -> list[str]:
    """Return the addresses that were opened."""
    return []


@pytest.fixture
def help_window(qtbot: QtBot, empty_window: MainWindow, opened: list[str]) -> HelpWindow:
    window = HelpWindow(empty_window, DARK, lambda url: opened.append(url.toString()))
    qtbot.addWidget(window)
    window.show_page(HelpPage.HELP)
    return window


def links(window: HelpWindow) -> list[str]:
    return re.findall('href="([^"]+)"', window.text.toHtml())


def test_keys_open_the_pages(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window.explore.map_view, Qt.Key.Key_G)
    assert window.guides.help is not None
    assert window.guides.help.page is HelpPage.GLOSSARY
    assert window.guides.help.isVisible()
    window._actions.by_id["about"].trigger()
    assert window.guides.help.page is HelpPage.ABOUT
    assert "Kingma" in window.guides.help.text.toPlainText()


def test_a_word_in_a_text_leads_to_its_meaning(help_window: HelpWindow) -> None:
    assert "word:loss" in links(help_window)
    help_window.text.anchorClicked.emit(QUrl("word:local gradient"))
    assert help_window.page is HelpPage.GLOSSARY
    assert help_window.words.currentItem().text() == "local gradient"
    assert help_window.text.toPlainText().startswith("local gradient\nThe derivative of one")
    assert "word:local gradient" not in links(help_window)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.word)
def test_every_word_can_be_shown(help_window: HelpWindow, term: Term) -> None:
    help_window.show_word(term.word)
    assert help_window.text.toPlainText() == f"{term.word}\n{term.meaning}"


def test_typing_finds_words(qtbot: QtBot, help_window: HelpWindow) -> None:
    help_window.show_page(HelpPage.GLOSSARY)
    qtbot.keyClicks(help_window.filter, "soft")
    assert help_window.words.item(0).text() == "softmax"
    assert help_window.text.toPlainText().startswith("softmax\n")
    qtbot.keyClick(help_window.filter, Qt.Key.Key_Down)
    assert help_window.words.currentRow() == 1
    help_window.filter.setText("no such word")
    assert help_window.text.toPlainText() == "No word here holds “no such word”."


def test_addresses_open_in_the_browser(help_window: HelpWindow, opened: list[str]) -> None:
    help_window.show_page(HelpPage.ABOUT)
    (adam,) = (link for link in links(help_window) if "1412" in link)
    help_window.text.anchorClicked.emit(QUrl(adam))
    assert opened == ["https://arxiv.org/abs/1412.6980"]
    assert help_window.page is HelpPage.ABOUT
