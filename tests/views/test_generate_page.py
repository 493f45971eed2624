"""The page of generation: what is drawn stands there, and everything can be changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from explorer.debug.generation.batch import draw_names, order_of
from explorer.debug.generation.batch_table import Order
from explorer.debug.generation.commands import GENERATE_COMMANDS
from explorer.debug.generation.draws import TokenDraw
from explorer.debug.generation.generation import Generation
from explorer.debug.generation.words import draw_sentence, name_sentence
from explorer.theme.style import SMALL, style_sheet
from explorer.theme.tokens import THEMES, Theme
from explorer.trace.passes import Subject, untrained
from explorer.views.draw_plot import DrawPlot
from explorer.views.generate_page import GeneratePage
from explorer.views.tokenizer_panel import TokenizerPanel
from microgpt import Config, Tokenizer

K = Qt.Key
PATIENCE = 60_000  # milliseconds


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    file = tmp_path_factory.mktemp("names") / "few.txt"
    file.write_text("anna\nbob\ncaro\nabba\noona\n")
    return untrained(Config(n_embd=8, n_head=2, block_size=8), 5, file)


@pytest.fixture
def generation(small: Subject) -> Generation:
    return Generation(small)


@pytest.fixture(params=THEMES)
def theme(request: pytest.FixtureRequest) -> Theme:
    return THEMES[request.param]


@pytest.fixture
def scale() -> float:
    return 1.0


@pytest.fixture
def page(qtbot: QtBot, generation: Generation, scale: float) -> Iterator[GeneratePage]:
    page = make_page(generation, THEMES["dark"].scaled(scale, finest=2))
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    yield page
    page.batch.wait()


def make_page(generation: Generation, theme: Theme) -> GeneratePage:
    actions = {command.id: QAction(command.title) for command in GENERATE_COMMANDS}
    page = GeneratePage(generation, actions, theme)
    for action in actions.values():
        action.setParent(page)
    page.setStyleSheet(style_sheet(theme))
    page.resize(QSize(1280, 656) * theme.scale)
    return page


def draw_many(qtbot: QtBot, page: GeneratePage, count: int) -> None:
    page.batch.count.setValue(count)
    page.batch.toggle()
    qtbot.waitUntil(lambda: not page.batch.is_drawing, timeout=PATIENCE)


def test_everything_follows_the_draws(page: GeneratePage, generation: Generation) -> None:
    tokenizer = generation.subject.tokenizer
    assert page.tiles.texts == ["BOS start", "? next"]
    assert page.draw.sentence.text() == "After BOS at position 0: not drawn yet."
    for act in (generation.step, generation.step, generation.back, generation.finish):
        act()
        view = generation.view
        assert view is not None
        assert page.draw.sentence.text() == draw_sentence(view, tokenizer)
        assert page.sentence.text() == name_sentence(generation)
        assert len(page.tiles.texts) == 1 + len(generation.draws) + (not generation.is_finished)
    letters = [text.split()[0] for text in page.tiles.texts]
    assert "".join(letters[1:]).removesuffix("BOS") == generation.name


def test_a_hidden_page_does_no_work_and_catches_up(
    page: GeneratePage, generation: Generation
) -> None:
    before = page.tiles.texts
    page.hide()
    generation.finish()
    assert page.tiles.texts == before
    page.show()
    assert page.tiles.texts != before


def test_the_model_reads_ahead_after_a_moment(
    qtbot: QtBot, page: GeneratePage, generation: Generation
) -> None:
    with qtbot.waitSignal(page._later.timeout):
        generation.step()
    assert generation.tokens in generation._reader._known


@pytest.mark.parametrize("scale", [1.0, 1.7])
def test_a_click_on_a_tile_shows_its_draw(
    qtbot: QtBot, page: GeneratePage, generation: Generation, scale: float
) -> None:
    generation.set_prefix("ab")
    generation.finish()
    for position in (0, 1, 2):
        area = page.tiles.area_of(position)
        assert area is not None
        qtbot.mouseClick(
            page.tiles, Qt.MouseButton.LeftButton, pos=(area.center() * scale).toPoint()
        )
        assert generation.shown == position
        assert page.tiles.accessibleDescription().startswith(f"position {position}: ")
    qtbot.mouseClick(page.tiles, Qt.MouseButton.LeftButton, pos=QPoint(30, 50) * scale)  # BOS
    assert generation.shown == 2


def test_arrows_go_from_tile_to_tile(page: GeneratePage, generation: Generation) -> None:
    generation.set_prefix("ab")
    generation.step()
    page.take_keyboard()
    assert page.tiles.hasFocus()
    for key, shown in ((K.Key_Left, 1), (K.Key_Left, 0), (K.Key_Left, 0), (K.Key_Right, 1)):
        QTest.keyClick(page.tiles, key)
        assert generation.shown == shown


def test_tiles_around_the_shown_one_are_in_sight_if_there_is_no_room_for_all(
    qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "few.txt"
    file.write_text("anna\nbob\n")
    long = Generation(untrained(Config(n_embd=4, n_head=1, block_size=64), 5, file))
    long.set_prefix("ab" * 25)
    page = make_page(long, THEMES["dark"])
    qtbot.addWidget(page)
    page.show()
    for shown in (0, 25, 50):
        long.show(shown)
        area = page.tiles.area_of(shown)
        assert area is not None
        assert area.right() <= page.tiles.width()
    assert page.tiles.area_of(0) is None


def test_the_slider_tunes_while_it_is_held_and_draws_again_when_let_go(
    page: GeneratePage, generation: Generation
) -> None:
    generation.finish()
    generation.show(0)
    before, slider = generation.draws, page.controls.slider
    slider.setSliderDown(True)
    slider.setValue(170)
    assert generation.temperature == 1.7
    assert generation.draws == before
    assert "this temperature the same number falls" in page.draw.detail.text()
    assert page.controls.heat.text() == "1.7"
    view = generation.view
    assert view is not None
    assert page.tiles.texts[1].split(" ")[0] == page.draw.sentence.text().split(": ")[1].split()[0]
    slider.setSliderDown(False)
    assert generation.draws[0] == view
    assert generation.is_finished
    assert not generation.is_tuned


def test_keys_on_the_slider_draw_again_at_once(page: GeneratePage, generation: Generation) -> None:
    generation.finish()
    generation.show(0)
    QTest.keyClick(page.controls.slider, K.Key_Right)
    assert generation.temperature == 0.55
    assert generation.draws[0].temperature == 0.55


@pytest.mark.parametrize(("typed", "temperature"), [("1.25", 1.25), ("0,8", 0.8), ("3", 3.0)])
def test_a_temperature_can_be_typed(
    page: GeneratePage, generation: Generation, typed: str, temperature: float
) -> None:
    generation.finish()
    generation.show(0)
    page.controls.heat.setText(typed)
    QTest.keyClick(page.controls.heat, K.Key_Return)
    assert generation.temperature == temperature
    assert generation.draws[0].temperature == temperature
    assert page.controls.slider.value() == round(100 * temperature)


@pytest.mark.parametrize("typed", ["hot", "0", "-1", "99", "nan", ""])
def test_what_is_no_temperature_is_refused_with_a_sentence(
    qtbot: QtBot, page: GeneratePage, generation: Generation, typed: str
) -> None:
    with qtbot.waitSignal(page.told) as told:
        page.controls.heat.setText(typed)
        QTest.keyClick(page.controls.heat, K.Key_Return)
    assert told.args == ["A temperature is a number from 0.05 to 3."]
    assert generation.temperature == 0.5


def test_a_beginning_is_given_as_it_is_typed(page: GeneratePage, generation: Generation) -> None:
    QTest.keyClicks(page.controls.prefix, "bo")
    assert generation.prefix == "bo"
    assert page.tiles.texts[1:] == ["b given", "o given", "? next"]
    QTest.keyClick(page.controls.prefix, K.Key_Backspace)
    assert page.tiles.texts[1:] == ["b given", "? next"]


@pytest.mark.parametrize("letters", ["é", "bx", "b b"])
def test_letters_that_cannot_be_given_are_told(
    qtbot: QtBot, page: GeneratePage, generation: Generation, letters: str
) -> None:
    told: list[str] = []
    page.told.connect(told.append)
    for count in range(1, len(letters) + 1):
        type_into(page.controls.prefix, letters[:count])
    assert any(text.startswith("The beginning stays") for text in told)
    assert "no token for" in "".join(told)
    assert generation.prefix in ("", "b")


def test_a_seed_begins_anew(
    qtbot: QtBot, page: GeneratePage, generation: Generation, small: Subject
) -> None:
    page.controls.seed.setText("")
    QTest.keyClicks(page.controls.seed, "77")
    assert generation.seed == 77
    other = Generation(small)
    other.set_seed(77)
    generation.finish()
    other.finish()
    assert generation.draws == other.draws
    with qtbot.waitSignal(page.told) as told:
        QTest.keyClick(page.controls.seed, K.Key_X)
    assert told.args == ["A seed is a whole number."]
    assert generation.seed == 77


def test_the_number_points_at_the_stretch_of_the_token(
    page: GeneratePage, generation: Generation
) -> None:
    line = page.draw.line
    for _ in range(4):
        generation.step()
        draw = generation.view
        assert draw is not None
        assert draw.token is not None
        assert draw.fell is not None
        area = line.area_of(draw.token)
        assert area is not None
        at = line._x(draw.fell)
        assert area.left() <= at <= area.right()
        assert line.token_at(at) == draw.token
    assert line.token_at(0) is None
    assert line.token_at(line.width()) is None


def type_into(field: QLineEdit, text: str) -> None:
    """Type what QTest can't: it knows the letters of plain ASCII alone."""
    field.setText(text)
    field.textEdited.emit(text)


def hover(widget: QWidget, at: QPointF) -> None:
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        at,
        widget.mapToGlobal(at),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)


def test_values_are_told_of_what_is_pointed_at(page: GeneratePage, generation: Generation) -> None:
    generation.step()
    letters = [*generation.subject.tokenizer.letters, "BOS"]
    for token in (0, 3, len(letters) - 1):
        area = page.draw.line.area_of(token)
        assert area is not None
        hover(page.draw.line, area.center())
        assert page.draw.detail.text().startswith(f"{letters[token]}, id {token} · logit ")
    QApplication.sendEvent(page.draw.line, QEvent(QEvent.Type.Leave))
    assert page.draw.detail.text().startswith("Lines across the bars")
    canvas = page.draw.plot.canvas
    plot = canvas.getPlotItem()
    point = canvas.mapFromScene(plot.vb.mapViewToScene(QPointF(2, 0.01)))
    hover(canvas.viewport(), QPointF(point))
    assert page.draw.detail.text().startswith(f"{letters[2]}, id 2 · ")


def test_stretches_are_walked_with_the_arrow_keys(
    page: GeneratePage, generation: Generation
) -> None:
    generation.step()
    token = generation.draws[0].token
    line = page.draw.line
    line.setFocus()
    QTest.keyClick(line, K.Key_Right)
    letters = [*generation.subject.tokenizer.letters, "BOS"]
    assert token is not None
    assert page.draw.detail.text().startswith(f"{letters[token]}, id {token}")
    for _ in range(12):
        QTest.keyClick(line, K.Key_Left)
    assert line.accessibleDescription().startswith(f"{letters[0]}, id 0")
    page.tiles.setFocus()
    assert page.draw.detail.text().startswith("Lines across")


def test_bars_are_the_probabilities(page: GeneratePage, generation: Generation) -> None:
    for _ in range(3):
        generation.step()
        draw = generation.view
        assert draw is not None
        assert tuple(page.draw.plot._bars.opts["height"]) == draw.weights
        _, own = page.draw.plot._own.getData()
        assert tuple(own[::2]) == tuple(own[1::2]) == draw.own_weights
        top = page.draw.plot._plot.vb.viewRange()[1][1]
        assert max(draw.weights) < top <= 1.12
    generation.tune(1.0)
    assert page.draw.plot._own.getData()[0] is None or not len(page.draw.plot._own.getData()[0])


def test_numbers_out_of_range_are_told_on_the_page(
    page: GeneratePage, generation: Generation, small: Subject
) -> None:
    weight = small.model.state_dict["lm_head"][1][1]
    kept, weight.data = weight.data, float("nan")
    try:
        generation.use(small)
    finally:
        weight.data = kept
    assert not page.draw.plot.isVisible()
    assert page.draw.trouble.text().startswith("Nothing can be drawn at position 0")
    assert page.sentence.text() == page.draw.trouble.text()
    generation.use(small)
    assert page.draw.plot.isVisible()


def test_a_batch_lists_the_names_of_the_seed(
    qtbot: QtBot, page: GeneratePage, generation: Generation
) -> None:
    generation.tune(0.8)
    draw_many(qtbot, page, 12)
    expected = list(draw_names(order_of(generation, 12)))
    assert page.batch.rows == expected
    assert page.batch.list.rows == 12
    assert page.batch.origin.text() == "Seed 5, temperature 0.8"
    assert " of 12 new (" in page.batch.summary.text()
    assert not page.batch.progress.isVisible()
    assert page.batch.list.chosen_row == 0


def test_a_name_of_a_batch_shows_how_it_was_drawn(
    qtbot: QtBot, page: GeneratePage, generation: Generation
) -> None:
    generation.set_prefix("a")
    draw_many(qtbot, page, 9)
    asked = [one.name for one in page.batch.rows]
    generation.set_prefix("b")
    generation.set_seed(99)
    generation.tune(2.0)
    assert page.batch.list.chosen_row is None
    for row in (6, 0, 3):
        page.batch.list.chosen.emit(row)
        assert (generation.seed, generation.prefix, generation.temperature) == (5, "a", 0.5)
        assert (generation.name, generation.number) == (asked[row], row + 1)
        assert page.batch.list.chosen_row == row
    assert page.controls.prefix.text() == "a"


def test_names_stand_in_the_chosen_order(
    qtbot: QtBot, page: GeneratePage, generation: Generation
) -> None:
    draw_many(qtbot, page, 10)
    box = page.batch.order
    for order in Order:
        box.setCurrentIndex(box.findData(order))
        box.activated.emit(box.currentIndex())
        assert page.batch._batch is not None
        assert page.batch.rows == page.batch._batch.sorted(order)
    longest = page.batch.rows[0].number
    page.batch.list.chosen.emit(0)
    assert generation.number == longest


def test_a_double_click_opens_a_name(qtbot: QtBot, page: GeneratePage) -> None:
    draw_many(qtbot, page, 8)
    row = next(i for i, one in enumerate(page.batch.rows) if one.name)
    with qtbot.waitSignal(page.name_chosen) as chosen:
        page.batch.list.opened.emit(row)
    assert chosen.args == [page.batch.rows[row].name]


def test_a_batch_can_be_given_up(qtbot: QtBot, page: GeneratePage) -> None:
    page.batch.count.setValue(1000)
    page.batch.toggle()
    assert page.batch.button.text() == "Cancel"
    qtbot.waitUntil(lambda: len(page.batch.rows) > 2, timeout=PATIENCE)
    assert page.batch.progress.isVisible()
    page.batch.toggle()
    assert not page.batch.is_drawing
    assert 2 < len(page.batch.rows) < 1000
    assert page.batch.button.text() == "Draw names"


def test_a_batch_that_fails_is_told(qtbot: QtBot, page: GeneratePage, small: Subject) -> None:
    weight = small.model.state_dict["lm_head"][1][1]
    kept, weight.data = weight.data, float("nan")
    try:
        with qtbot.waitSignal(page.told, timeout=PATIENCE) as told:
            page.batch.toggle()
    finally:
        weight.data = kept
    assert told.args[0].startswith("No more names can be drawn")
    assert not page.batch.is_drawing


def test_it_draws_by_itself_until_the_name_ends(
    qtbot: QtBot, page: GeneratePage, generation: Generation
) -> None:
    page._timer.setInterval(1)
    generation.play(True)
    assert len(generation.draws) == 1
    qtbot.waitUntil(lambda: not generation.playing, timeout=PATIENCE)
    assert generation.is_finished
    assert not page._timer.isActive()


def test_another_model_drops_the_batch_and_draws_with_its_own_tokens(
    qtbot: QtBot, page: GeneratePage, generation: Generation, subject: Subject
) -> None:
    draw_many(qtbot, page, 4)
    page.use(subject)
    assert generation.subject is subject
    assert page.batch.rows == []
    assert page.draw.plot._count == 27
    assert page.tokenizer.ids.text() == "26 4 12 12 0 26"
    before = generation.draws
    page.use(subject)
    assert generation.draws == before


def test_the_shown_draw_is_handed_over_with_all_before_it(
    qtbot: QtBot, page: GeneratePage, generation: Generation
) -> None:
    page.open_draw()
    assert page.shown_draw is None
    generation.set_prefix("ab")
    generation.finish()
    generation.show(2)
    with qtbot.waitSignal(page.draw_chosen) as chosen:
        page.open_draw()
    (draw,) = chosen.args
    assert draw.tokens == generation.tokens[:4]
    assert draw.temperatures == (0.5,) * 3
    trace = draw.record(generation.subject, draw.name, lambda share: None)
    found = trace.data[trace.probabilities].tolist()
    assert found == [list(one.weights) for one in generation.draws[:3]]


def test_letters_become_ids_and_ids_letters(page: GeneratePage) -> None:
    panel = page.tokenizer
    panel.letters.clear()
    QTest.keyClicks(panel.letters, "bob")
    assert panel.ids.text() == "6 1 4 1 6"
    assert panel.pieces.accessibleDescription() == "BOS 6, b 1, o 4, b 1, BOS 6"
    panel.ids.clear()
    QTest.keyClicks(panel.ids, "6 0 1 6")
    assert panel.letters.text() == "ab"
    assert panel.remark.text() == "As the model reads it: BOS at both ends."
    panel.ids.clear()
    QTest.keyClicks(panel.ids, "0 6 1")
    assert panel.letters.text() == "ab"
    assert "no whole document" in panel.remark.text()


def test_tokens_are_as_high_as_their_scale(qtbot: QtBot, small: Subject) -> None:
    as_it_is, large = (
        TokenizerPanel(small, THEMES["dark"].scaled(scale)).pieces for scale in (1, 2)
    )
    for width in (100, 180, 400):  # the same lines of tokens
        assert large.heightForWidth(2 * width) == 2 * as_it_is.heightForWidth(width)
    assert as_it_is.heightForWidth(100) > as_it_is.heightForWidth(400)


def test_letters_outside_the_vocabulary_stand_out(page: GeneratePage) -> None:
    panel = page.tokenizer
    type_into(panel.letters, "bÖb")
    assert panel.ids.text() == "6 1 ? 1 6"
    assert "Ö no id" in panel.pieces.accessibleDescription()
    assert "It has no id" in panel.remark.text()
    assert "“bob” can be read" in panel.remark.text()
    type_into(panel.letters, "bÖbx")
    assert "They have no id" in panel.remark.text()


def test_what_is_no_id_is_told(page: GeneratePage) -> None:
    page.tokenizer.ids.clear()
    QTest.keyClicks(page.tokenizer.ids, "7")
    assert page.tokenizer.remark.text() == "“7” is no id: they go from 0 to 6 (BOS)."


def test_figures_can_be_taken_along(
    qtbot: QtBot, page: GeneratePage, generation: Generation, tmp_path: Path
) -> None:
    draws, names = page.figures
    with qtbot.waitSignal(page.told) as told:
        names.copy()
    assert told.args == ["“Names” has no numbers yet."]
    generation.step()
    draws.copy()
    rows = QGuiApplication.clipboard().text().splitlines()
    assert len(rows) == 1 + generation.subject.tokenizer.vocab_size
    assert repr(generation.draws[0].number) in rows[1]
    draw_many(qtbot, page, 5)
    names.copy()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 6
    for ending in ("png", "svg"):
        file = tmp_path / f"draw.{ending}"
        draws.save(file)
        assert file.stat().st_size > 1000


@pytest.mark.parametrize(
    ("size", "scale"),
    [((1280, 656), 1), ((1920, 1016), 1), ((3840, 2096), 1), ((1920, 1016), 1.5)],
)
def test_texts_are_large_enough_and_nothing_is_cut(
    qtbot: QtBot, generation: Generation, theme: Theme, size: tuple[int, int], scale: float
) -> None:
    page = make_page(generation, theme.scaled(scale))
    qtbot.addWidget(page)
    page.resize(*size)
    page.show()
    generation.finish()
    generation.show(0)
    page.draw.point_out(3)
    QApplication.processEvents()
    for label in page.findChildren(QLabel):
        assert label.fontInfo().pixelSize() >= SMALL * scale
    for widget in (page.tiles, *page.buttons, page.draw.line, page.draw.plot, page.batch.list):
        top_left = widget.mapTo(page, QPoint(0, 0))
        assert page.rect().contains(top_left)
        assert page.rect().contains(top_left + QPoint(widget.width() - 1, widget.height() - 1))
    detail = page.draw.detail
    assert detail.heightForWidth(detail.width()) <= detail.height()
    sentence = page.draw.sentence
    assert sentence.fontMetrics().horizontalAdvance(sentence.text()) <= sentence.width()


def test_everything_has_a_name(page: GeneratePage) -> None:
    stops = [w for w in page.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    nameless = [
        w
        for w in stops
        if not w.accessibleName() and w.focusProxy() is None and w.isVisibleTo(page)
    ]
    assert len(stops) > 12
    assert nameless == []


@pytest.mark.parametrize("scale", [1.0, 1.7])
def test_the_number_of_any_bar_stays_within_the_plot(qtbot: QtBot, scale: float) -> None:
    plot = DrawPlot(THEMES["dark"].scaled(scale))
    qtbot.addWidget(plot)
    plot.resize(QSize(640, 300) * scale)
    plot.show_tokens(Tokenizer(["abcdefghijklmnopqrstuvwxyz"]))
    logits = (0.0,) * 27
    for token in range(27):
        with qtbot.waitExposed(plot):
            plot.show_draw(TokenDraw(0, 26, logits, 1.0, (1 / 27,) * 27, 0.5, token))
        QApplication.processEvents()
        label = plot._label.mapRectToScene(plot._label.boundingRect())
        room = plot._plot.vb.sceneBoundingRect()
        assert room.left() <= label.left() < label.right() <= room.right()
