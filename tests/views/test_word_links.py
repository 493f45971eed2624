"""Words of the glossary are links wherever they stand."""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QCursor, QTextDocumentFragment, QWhatsThisClickedEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QTabBar, QTextBrowser, QWidget
from pytestqt.qtbot import QtBot

from explorer.debug.desk import Workspace
from explorer.debug.session import Session
from explorer.theme.tokens import DARK, LIGHT, Theme
from explorer.trace.passes import Subject
from explorer.views.help_window import HelpPage, HelpWindow
from explorer.views.linked_text import SCHEME, asked_word, the_glossary, with_words
from explorer.views.main_window import MainWindow
from explorer.views.map_menu import node_menu
from explorer.views.pass_loader import LoadedPass
from explorer.views.readout import Readout
from explorer.views.run_settings_dialog import RunSettingsDialog
from explorer.views.word_label import WordLabel
from explorer.views.words_around import terms_around

EXP, PARAMETER, PRODUCT = 43_801, 200, 20_000  # nodes of emma

# Labels and pages in which words are no links, and why.
EXCEPTIONS = {
    "Breadcrumbs": "its links lead to scopes; the right mouse button offers words",
    "SourceCode": "it is code",
    "_Elided": "the name of a function in the code",
    "QLabel in SamplesPanel": "names that the model made up",
    "QLabel in TopBar": "the name of the program",
}


class Asked(QWidget):
    """Has a glossary, as a window does, and notes what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QWhatsThisClickedEvent):
            self.words.append(asked_word(event.href()))
            return True
        return super().event(event)


@pytest.fixture
def asked(qtbot: QtBot) -> Asked:
    asked = Asked()
    qtbot.addWidget(asked)
    asked.resize(400, 60)
    asked.show()
    return asked


def words_of(html: str) -> list[str]:
    return re.findall(rf'href=["\']{SCHEME}:([^"\']*)["\']', html)


def name_of(widget: QWidget) -> str:
    kind = type(widget).__name__
    return kind if kind != "QLabel" else f"QLabel in {type(widget.parent()).__name__}"


def missing_of(widget: QWidget) -> set[str]:
    """Return the terms that stand in a widget, and whose first occurrence is no link."""
    glossary = the_glossary()
    if isinstance(widget, Readout):
        if _is_cut(widget):
            return set()  # what is cut off is nowhere
        return {term.word for term in glossary.terms_in(widget.text())} - {
            term.word for term in widget.words()
        }
    if isinstance(widget, QLabel):
        rich = widget.text() if not isinstance(widget, WordLabel) else QLabel.text(widget)
        without = re.sub(r"<a\b.*?</a>", " ", rich, flags=re.DOTALL)
        if widget.textFormat() != Qt.TextFormat.PlainText:
            without = QTextDocumentFragment.fromHtml(without).toPlainText()
        return {term.word for term in glossary.terms_in(without)} - set(words_of(rich))
    if isinstance(widget, QTextBrowser):
        return missing_in_pages(widget)
    return set()


def _is_cut(readout: Readout) -> bool:
    text = readout.fontMetrics().horizontalAdvance(readout.text())
    return text > readout.contentsRect().width()


def missing_in_pages(browser: QTextBrowser) -> set[str]:
    glossary, linked, missing = the_glossary(), set[str](), set[str]()
    block = browser.document().begin()
    while block.isValid() and not block.text().startswith("SOURCE"):  # code follows
        part = block.begin()
        while not part.atEnd():
            piece = part.fragment()
            address = piece.charFormat().anchorHref()
            if address.startswith(SCHEME):
                linked.add(asked_word(address))
            elif not address:
                standing = {term.word for term in glossary.terms_in(piece.text())}
                missing |= standing - linked
            part += 1
        block = block.next()
    return missing


def all_shown(window: MainWindow) -> Iterator[str]:
    """Bring up every panel of every workspace, and some nodes."""
    for node in (EXP, PARAMETER, PRODUCT):
        window.session.select(node)
        yield f"node {node}"
    for workspace in Workspace:
        window.show_workspace(workspace)
        yield workspace.value
        for tabs in window.findChildren(QTabBar):
            for i in range(tabs.count() if tabs.isVisible() else 0):
                tabs.setCurrentIndex(i)
                yield f"{workspace.value}, {tabs.tabText(i)}"


def test_words_are_links_in_all_views(window: MainWindow) -> None:
    missing, excepted, linked = set(), set(), 0
    for place in all_shown(window):
        QApplication.processEvents()
        for widget in window.findChildren(QWidget):
            found = missing_of(widget)
            linked += isinstance(widget, WordLabel) and bool(words_of(QLabel.text(widget)))
            if name_of(widget) in EXCEPTIONS:
                excepted.add(name_of(widget))
            elif found:
                missing.add((place, name_of(widget), tuple(sorted(found))))
    assert missing == set()
    assert linked > 50
    assert excepted == set(EXCEPTIONS)  # none is out of date


VIEWS = [  # what must be linked where
    (
        "Inspector",
        {"ledger", "child", "gradient", "data", "state", "loss", "softmax", "derivative"},
    ),
    ("BreakpointsPanel", {"node", "gradient", "breakpoint"}),
    ("WatchesPanel", {"node", "watch", "map"}),
    ("BookmarksPanel", {"bookmark"}),
    ("NeighbourhoodPanel", {"hop"}),
    ("OrderList", {"contribution"}),
    ("ProbabilitiesView", {"mean loss", "perplexity", "chance", "position", "loss", "target"}),
    ("AttentionView", {"attention", "head", "key/value cache", "softmax", "score"}),
    ("StreamView", {"residual stream", "unit"}),
    ("EmbeddingsView", {"embedding", "PCA"}),
    ("CompareView", {"attention", "probability", "seed"}),
    ("StepPanel", {"loss", "learning rate", "gradient norm", "position", "document", "engine"}),
    ("RunPanel", {"run", "model"}),
    ("LossPlot", set()),
    ("SamplesPanel", {"sample"}),
    ("DrawView", {"probability", "temperature", "BOS"}),
    ("GenerationControls", {"seed", "temperature"}),
    ("TokenizerPanel", {"tokenizer", "BOS", "id"}),
    ("TopBar", {"backward pass"}),
]


def test_each_view_links_its_words(window: MainWindow) -> None:
    found: dict[str, set[str]] = {name: set() for name, _ in VIEWS}
    for _ in all_shown(window):
        QApplication.processEvents()
        for widget in window.findChildren(QWidget):
            if isinstance(widget, Readout):
                words = {term.word for term in widget.words()}
            elif isinstance(widget, QLabel):
                words = set(words_of(QLabel.text(widget)))
            elif isinstance(widget, QTextBrowser):
                words = set(words_of(widget.toHtml()))
            else:
                continue
            around: QWidget | None = widget
            while around is not None:
                found.get(type(around).__name__, set()).update(words)
                around = around.parentWidget()
    assert {name: words - found[name] for name, words in VIEWS if words - found[name]} == {}


def test_the_settings_of_a_run_are_linked(window: MainWindow, qtbot: QtBot) -> None:
    """Above the dialog: it keeps everything else waiting."""
    dialog = RunSettingsDialog(window, window.runs, DARK)
    dialog.open()
    labels = {label.text(): label for label in dialog.findChildren(WordLabel)}
    words = {word for label in labels.values() for word in words_of(QLabel.text(label))}
    assert words >= {"learning rate", "beta", "epsilon", "seed", "temperature", "block size"}
    assert [name_of(label) for label in labels.values() if missing_of(label)] == []
    labels["Learning rate"].linkActivated.emit("word:learning rate")
    above = dialog.findChild(HelpWindow)
    assert above is not None
    assert above.words.currentItem().text() == "learning rate"
    assert window.guides.help is None
    above.close()
    dialog.close()


def shown_word(window: MainWindow) -> str:
    help_window = window.guides.help
    assert help_window is not None
    assert help_window.isVisible()
    assert help_window.page is HelpPage.GLOSSARY
    return help_window.words.currentItem().text()


def test_a_link_opens_the_glossary_at_the_word(window: MainWindow, qtbot: QtBot) -> None:
    inspector = window.explore.inspector
    window.session.select(EXP)
    place = inspector.document().find("GRADIENT LEDGER")
    spot = inspector.cursorRect(place).center() - QPoint(20, 0)
    QTest.mouseClick(inspector.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert shown_word(window) == "ledger"


def test_titles_of_the_inspector_get_a_line_below_the_mouse(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspector = window.explore.inspector
    window.session.select(EXP)
    place = inspector.document().find("GRADIENT LEDGER")
    spot = inspector.cursorRect(place).center() - QPoint(20, 0)
    there = inspector.viewport().mapToGlobal(spot)
    monkeypatch.setattr(QCursor, "pos", lambda: there)
    inspector.highlighted.emit(QUrl("word:ledger"))
    (line,) = inspector.extraSelections()
    assert line.cursor.selectedText() == "GRADIENT LEDGER"
    assert line.format.fontUnderline()
    inspector.highlighted.emit(QUrl())
    assert inspector.extraSelections() == []


def test_links_of_the_inspector_are_reached_by_keyboard(window: MainWindow) -> None:
    inspector = window.explore.inspector
    window.session.select(EXP)
    inspector.setFocus()
    for _ in range(20):
        QTest.keyClick(inspector, Qt.Key.Key_Tab)
        if inspector.textCursor().charFormat().anchorHref() == f"{SCHEME}:softmax":
            break
    QTest.keyClick(inspector, Qt.Key.Key_Return)
    assert shown_word(window) == "softmax"


def test_two_windows_have_each_their_glossary(
    window: MainWindow, qtbot: QtBot, subject: Subject, loaded_emma: LoadedPass
) -> None:
    other = MainWindow(subject, Session(), DARK)
    qtbot.addWidget(other)
    other.show()
    other.show_pass(loaded_emma)
    other.explore.inspector.anchorClicked.emit("word:loss")
    assert shown_word(other) == "loss"
    assert window.guides.help is None
    other.close()
    window.explore.inspector.anchorClicked.emit("word:gradient")
    assert shown_word(window) == "gradient"


def test_the_word_of_the_view_with_the_keyboard(window: MainWindow) -> None:
    window.session.select(EXP)
    window.explore.inspector.setFocus()
    window.desk.show_word()
    assert shown_word(window) == "softmax"  # where it is in the model
    window.explore.token_strip.setFocus()
    window.desk.show_word()
    assert shown_word(window) == "position"


def test_without_a_word_the_glossary_opens(empty_window: MainWindow) -> None:
    empty_window.top_bar.name.setFocus()
    empty_window.desk.show_word()
    assert empty_window.guides.help is not None
    assert empty_window.guides.help.page is HelpPage.GLOSSARY


def offered(widget: QWidget, point: QPoint) -> list[str]:
    """Click with the right button; return the entries of the menu, and close it."""
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, point, widget.mapToGlobal(point),
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)
    menu = QApplication.activePopupWidget()
    if not isinstance(menu, QMenu):
        return []
    texts = [action.text() for action in menu.actions() if action.text()]
    menu.close()
    return texts


def test_the_right_button_offers_words_where_a_click_means_something_else(
    window: MainWindow,
) -> None:
    strip = window.explore.token_strip
    last = QPoint(strip.width() - 40, strip.height() // 2)
    assert offered(strip, last) == ["What is “mean loss”?", "What is “chance”?"]
    outline = window.explore.outline
    row = outline.visualRect(outline.model().index(0, 0)).center()
    assert offered(outline.viewport(), row) == ["What is “parameter”?"]


def test_tabs_of_panes_offer_words(window: MainWindow) -> None:
    for tabs in window.findChildren(QTabBar):
        for i in range(tabs.count() if tabs.isVisible() else 0):
            if tabs.tabText(i) == "Breakpoints":
                point = tabs.tabRect(i).center()
                assert offered(tabs, point) == ["What is “breakpoint”?"]
                return
    raise AssertionError("no pane has breakpoints")


def test_an_offered_word_opens_the_glossary(window: MainWindow) -> None:
    menu = node_menu(window.explore.map_view, window.session, EXP, lambda: None)
    entries = {action.text(): action for action in menu.actions()}
    assert "What is “softmax”?" in entries
    entries["What is “softmax”?"].trigger()
    assert shown_word(window) == "softmax"


def test_the_first_occurrence_is_a_link(asked: Asked) -> None:
    label = WordLabel("A gradient, its loss; a gradient again.", asked)
    assert label.text() == "A gradient, its loss; a gradient again."
    assert words_of(QLabel.text(label)) == ["gradient", "loss"]
    assert QLabel.text(label).count("underline") == 2


def test_other_texts_are_left_as_they_are(asked: Asked) -> None:
    label = WordLabel("x < 3 & <b>bold</b>", asked)
    assert QLabel.text(label) == "x < 3 & <b>bold</b>"
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_titles_are_not_underlined_until_the_mouse_points_at_them(asked: Asked) -> None:
    label = WordLabel("GRADIENT", asked)
    assert "underline" not in QLabel.text(label)
    label.linkHovered.emit("word:gradient")
    assert "underline" in QLabel.text(label)
    label.linkHovered.emit("")
    assert "underline" not in QLabel.text(label)


def test_a_click_on_a_label_asks_for_the_word(asked: Asked) -> None:
    label = WordLabel("GRADIENT", asked)
    label.resize(label.sizeHint())
    label.show()
    QTest.mouseClick(label, Qt.MouseButton.LeftButton, pos=label.rect().center())
    assert asked.words == ["gradient"]


def test_links_that_lead_elsewhere_are_left_to_the_view(asked: Asked, qtbot: QtBot) -> None:
    label = WordLabel(parent=asked)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setText("<a href='7'>the loss</a> of the loss")
    assert words_of(QLabel.text(label)) == ["loss"]
    assert "<a href='7'>the loss</a>" in QLabel.text(label)
    with qtbot.waitSignal(label.chosen) as chosen:
        label.linkActivated.emit("7")
    assert chosen.args == ["7"]
    assert asked.words == []


def test_links_have_the_colour_of_the_text_around_them(theme: Theme) -> None:
    html = with_words("a loss <font color='#123456'>or gradient</font> or <br>pass", "#abcdef")
    assert re.findall(r"word:(\w+)\" style=\"color:(#\w+)", html) == [
        ("loss", "#abcdef"),
        ("gradient", "#123456"),
        ("pass", "#abcdef"),
    ]


def test_a_label_follows_its_palette(asked: Asked) -> None:
    label = WordLabel("the loss.", asked)
    label.setStyleSheet("color: #123456")
    label.ensurePolished()
    assert "#123456" in QLabel.text(label)


@pytest.mark.parametrize("side", ["AlignLeft", "AlignRight", "AlignCenter"])
def test_a_click_on_a_readout_asks_for_the_word(asked: Asked, side: str) -> None:
    readout = Readout(Qt.AlignmentFlag[side])
    readout.setParent(asked)
    readout.resize(300, 30)
    readout.setText("loss 3.48, chance 3.3")
    readout.show()
    (loss, there), (chance, here) = readout.words().items()
    assert (loss.word, chance.word) == ("loss", "chance")
    assert there.right() < here.left()
    QTest.mouseClick(readout, Qt.MouseButton.LeftButton, pos=here.center())
    assert asked.words == ["chance"]
    QTest.mouseMove(readout, there.center())
    assert readout.cursor().shape() is Qt.CursorShape.PointingHandCursor
    QTest.mouseClick(readout, Qt.MouseButton.LeftButton, pos=QPoint(there.right() + 4, 15))
    assert asked.words == ["chance"]


def test_nobody_has_to_have_a_glossary(qtbot: QtBot) -> None:
    alone = WordLabel("loss")
    qtbot.addWidget(alone)
    alone.linkActivated.emit("word:loss")
    assert terms_around(alone) == the_glossary().terms_in("loss")


def test_words_lead_to_the_glossary_in_another_look(qtbot: QtBot, window: MainWindow) -> None:
    last = weakref.ref(window.interior)
    window.change_look(LIGHT)
    qtbot.waitUntil(lambda: last() is None)
    heading = window.explore.findChildren(WordLabel)
    colours = {c for one in heading for c in re.findall(r"color:(#\w+)", QLabel.text(one))}
    assert colours <= {LIGHT.text, LIGHT.muted, LIGHT.warning}
    window.explore.inspector.anchorClicked.emit(QUrl("word:loss"))
    assert shown_word(window) == "loss"
    strip = window.explore.token_strip
    last_card = QPoint(strip.width() - 40, strip.height() // 2)
    assert offered(strip, last_card) == ["What is “mean loss”?", "What is “chance”?"]
