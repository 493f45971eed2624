"""The matrices of a step: right colours in right places, pointed at, compared, enlarged."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QTextDocument, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from explorer.runs.engine import State
from explorer.runs.matrices import ModelShape, Quantity, StepMatrices, matrix_csv
from explorer.theme import palette
from explorer.theme.scaling import scaled_point
from explorer.theme.tokens import DARK, LIGHT, Theme
from explorer.views.hover_card import HoverCard
from explorer.views.matrix_colours import indices_of, limits_over, ratio_share
from explorer.views.matrix_grid import MatrixGrid
from explorer.views.matrix_tiles import LEAST_CELL
from microgpt import Config

LETTERS = tuple("abcdefghijklmnopqrstuvwxyz")
SHAPE = ModelShape(Config(), LETTERS)
LARGE = DARK.scaled(1.7, finest=2)
WTE, FC2 = SHAPE.matrices[0], SHAPE.matrices[-1]


def step_of(shape: ModelShape, number: int, start: bool = False) -> StepMatrices:
    rng = np.random.default_rng(number)
    weights, before, m, gradient = rng.normal(scale=0.1, size=(4, shape.size))
    state = State(weights, m, m**2, number, ())
    if start:
        return StepMatrices(shape, f"step {number}", state)
    gradient[:16] = 0
    return StepMatrices(shape, f"step {number}", state, before, gradient)


@pytest.fixture
def grid(qtbot: QtBot) -> MatrixGrid:
    return shown(qtbot, DARK)


def shown(qtbot: QtBot, theme: Theme, width: int = 1000, height: int = 700) -> MatrixGrid:
    grid = MatrixGrid(theme)
    qtbot.addWidget(grid)
    grid.resize(width, height)
    with qtbot.waitExposed(grid):
        grid.show()
    grid.show_step(step_of(SHAPE, 5))
    return grid


def centre_of(grid: MatrixGrid, index: int) -> QPoint:
    area = grid.canvas.area_of(index)
    assert area is not None
    return scaled_point(QRectF(area).center(), grid.canvas._theme).toPoint()


def picture(grid: MatrixGrid) -> QImage:
    return grid.canvas.viewport().grab().toImage()


def wheel(grid: MatrixGrid, at: QPoint, angle: int) -> None:
    view = grid.canvas.viewport()
    event = QWheelEvent(
        QPointF(at),
        QPointF(view.mapToGlobal(at)),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def card_of(grid: MatrixGrid) -> str:
    card = grid.findChild(HoverCard)
    document = QTextDocument()
    document.setHtml(card.text())
    return document.toPlainText().replace("\N{NO-BREAK SPACE}", "") if card.isVisible() else ""


@pytest.mark.parametrize(
    "theme", [DARK, LIGHT, LARGE], ids=lambda theme: f"{theme.name} {theme.scale}"
)
@pytest.mark.parametrize("quantity", list(Quantity))
def test_each_cell_has_the_colour_of_its_number(
    qtbot: QtBot, theme: Theme, quantity: Quantity
) -> None:
    grid = shown(qtbot, theme)
    step, other = step_of(SHAPE, 5), step_of(SHAPE, 2)
    grid.show_step(step, other)
    grid.show_quantity(quantity)
    numbers = step.numbers(quantity, other)
    scene = grid.canvas.scene
    assert numbers is not None
    assert scene is not None
    colours = palette.colour_table(theme)[indices_of(numbers, quantity, scene.limit)]
    image = picture(grid)
    for index in np.random.default_rng(3).integers(0, SHAPE.size, 60).tolist():
        assert image.pixel(centre_of(grid, index)) == colours[index], SHAPE.matrix_of(index).name


@pytest.mark.parametrize("size", [(360, 400), (640, 500), (1000, 700), (1600, 1400)])
def test_matrices_never_overlap_and_cells_are_whole_pixels(
    qtbot: QtBot, size: tuple[int, int]
) -> None:
    grid = shown(qtbot, DARK, *size)
    page = grid.canvas.page
    assert page is not None
    assert page.cell >= LEAST_CELL
    assert (grid.width(), grid.height()) == size
    for one, other in combinations(page.tiles, 2):
        assert not one.area.intersects(other.area)
    for tile in page.tiles:
        assert tile.area.contains(tile.cells)
        assert tile.cells.width() == page.cell * len(tile.matrix.columns)
        assert QRect(QPoint(), page.size).contains(tile.area)
    if size[0] >= 1000:  # all in view at once
        assert grid.canvas.rect().contains(QRect(QPoint(), page.size))


def test_many_layers_are_all_on_the_page(grid: MatrixGrid) -> None:
    shape = ModelShape(Config(n_layer=4, n_embd=64), LETTERS)
    grid.show_step(step_of(shape, 1))
    page = grid.canvas.page
    assert page is not None
    assert {tile.matrix for tile in page.tiles} == set(shape.matrices)
    assert page.cell == LEAST_CELL
    assert grid.canvas.verticalScrollBar().maximum() > 0
    assert page.size.width() <= grid.canvas.viewport().width()


def test_a_following_scale_ends_where_the_numbers_do_and_a_fixed_one_stays(
    grid: MatrixGrid,
) -> None:
    one, other = step_of(SHAPE, 5), step_of(SHAPE, 6)
    limits = limits_over([one, other])
    ends = [palette.colour_limit(step.state.parameters) for step in (one, other)]
    assert limits[Quantity.WEIGHTS] == max(ends)
    assert Quantity.DIFFERENCE not in limits
    grid.set_limits(limits)
    for step in (one, other):
        grid.show_step(step)
        assert grid.canvas.scene.limit == max(ends)
    grid.set_limits(None)
    for step, end in zip((one, other), ends, strict=True):
        grid.show_step(step)
        assert grid.canvas.scene.limit == end


def test_ratios_stand_on_a_logarithmic_scale() -> None:
    shares = ratio_share(np.array([1.0, 1e-3, 1e-6, 0.0]))
    assert shares[:3] == pytest.approx([1, 0.5, 0])
    indices = indices_of(np.array([0.0, 1e-9, 1e-3, np.inf, np.nan]), Quantity.RATIO, 1.0)
    assert indices[0] == palette.ZERO
    assert indices[1] < indices[2] < indices[3] == palette.PARTIAL_RAMP - 1
    assert indices[4] == palette.NOT_A_NUMBER


@pytest.mark.parametrize("quantity", [Quantity.GRADIENT, Quantity.UPDATE, Quantity.RATIO])
def test_the_start_shows_no_number_that_there_is_not(grid: MatrixGrid, quantity: Quantity) -> None:
    grid.show_step(step_of(SHAPE, 0, start=True))
    grid.show_quantity(quantity)
    assert grid.message.text().startswith(f"The start of a run has no {quantity.value}")
    unborn = palette.colour_table(DARK)[palette.UNBORN]
    assert picture(grid).pixel(centre_of(grid, 700)) == unborn
    assert grid.legend.isHidden()
    grid.show_quantity(Quantity.WEIGHTS)
    assert grid.message.isHidden()


def test_what_cannot_be_compared_says_why(grid: MatrixGrid) -> None:
    grid.show_quantity(Quantity.DIFFERENCE)
    assert grid.message.text() == "Choose another step or run to compare with."
    small = ModelShape(Config(n_embd=8), LETTERS)
    grid.show_step(step_of(SHAPE, 5), step_of(small, 7))
    assert grid.message.text().startswith("step 5 and step 7 cannot be compared")
    assert grid.canvas.scene.numbers is None
    grid.show_step(step_of(SHAPE, 5), step_of(SHAPE, 7))
    assert grid.message.isHidden()
    assert grid.title.text() == "step 5: weights less those of step 7"


def test_without_a_step_nothing_is_shown(grid: MatrixGrid, qtbot: QtBot) -> None:
    grid.show_step(None)
    assert grid.message.text() == "No step is shown yet."
    assert grid.canvas.scene is None
    grid.canvas.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Plus, Qt.Key.Key_F):
        qtbot.keyClick(grid.canvas, key)
    qtbot.mouseClick(grid.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    picture(grid)


def test_the_card_tells_all_of_the_parameter_and_follows_the_step(
    grid: MatrixGrid, qtbot: QtBot
) -> None:
    index = WTE.index(4, 3)
    grid.show_step(step_of(SHAPE, 5), step_of(SHAPE, 7))
    qtbot.mouseMove(grid.canvas.viewport(), centre_of(grid, index))
    text = card_of(grid)
    assert text.startswith("wte[e][3]\nstep 5")
    for label in ("weight", "gradient", "m", "v", "update", "in step 7", "difference"):
        assert f"\n{label}\n" in text
    assert grid.statistics.text().startswith("wte:")
    grid.show_step(step_of(SHAPE, 6))
    assert card_of(grid).startswith("wte[e][3]\nstep 6")
    assert "difference" not in card_of(grid)
    qtbot.mouseMove(grid.canvas.viewport(), QPoint(2, 2))
    assert card_of(grid) == ""


def test_a_click_chooses_the_parameter(grid: MatrixGrid, qtbot: QtBot) -> None:
    index = FC2.index(15, 63)
    with qtbot.waitSignal(grid.parameter_chosen) as chosen:
        at = centre_of(grid, index)
        qtbot.mouseClick(grid.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == [SHAPE.size - 1] == [index]


def test_the_wheel_enlarges_around_the_mouse(grid: MatrixGrid) -> None:
    index = WTE.index(13, 9)
    before = centre_of(grid, index)
    cell = grid.canvas.page.cell
    for _ in range(9):
        wheel(grid, before, 120)
    assert grid.canvas.page.cell > 3 * cell
    assert grid.canvas.parameter_at(before) == index
    for _ in range(20):
        wheel(grid, before, -120)
    assert grid.canvas.page.cell == cell
    wheel(grid, before, 60)
    assert grid.canvas.page.cell == cell
    wheel(grid, before, 60)  # two halves are one notch
    assert grid.canvas.page.cell > cell


def test_dragging_moves_the_page_and_chooses_nothing(grid: MatrixGrid, qtbot: QtBot) -> None:
    view = grid.canvas.viewport()
    for _ in range(12):
        wheel(grid, QPoint(300, 200), 120)
    held = grid.canvas.parameter_at(QPoint(300, 300))
    with qtbot.assertNotEmitted(grid.parameter_chosen):
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
        qtbot.mouseMove(view, QPoint(290, 290))
        qtbot.mouseMove(view, QPoint(260, 240))
        qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(260, 240))
    assert grid.canvas.parameter_at(QPoint(260, 240)) == held


def test_the_mouse_hits_what_it_points_at_at_every_scale(qtbot: QtBot) -> None:
    grid = shown(qtbot, LARGE, 1800, 1200)
    canvas, view = grid.canvas, grid.canvas.viewport()
    for index in (WTE.index(0, 0), WTE.index(13, 9), FC2.index(15, 63)):
        qtbot.mouseMove(view, centre_of(grid, index))
        assert canvas.parameter == index
        card = grid.findChild(HoverCard)
        assert (card.pos() - centre_of(grid, index)).manhattanLength() < 2 * card.width()
        with qtbot.waitSignal(grid.parameter_chosen) as chosen:
            qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=centre_of(grid, index))
        assert chosen.args == [index]
        area = canvas.area_of(index)
        for point in (area.topLeft(), area.bottomRight()):  # its first and last pixel
            edge = scaled_point(QPointF(point) + QPointF(0.5, 0.5), LARGE)
            assert canvas.parameter_at(canvas.pixel(edge)) == index
    at = centre_of(grid, WTE.index(13, 9))
    for _ in range(9):
        wheel(grid, at, 120)
    assert canvas.parameter_at(canvas.pixel(QPointF(at))) == WTE.index(13, 9)
    held = canvas.pixel(QPointF(at)) + canvas.corner()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=at)
    for i in range(1, 31):  # by little, which is less than a pixel of scale 1
        qtbot.mouseMove(view, at - QPoint(i, i))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=at - QPoint(30, 30))
    now = canvas.pixel(QPointF(at - QPoint(30, 30))) + canvas.corner()
    assert (now - held).manhattanLength() <= 2
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=centre_of(grid, WTE.index(14, 9)))
    assert canvas.filling == WTE
    assert canvas.page.size.width() <= canvas.room.width()


def test_numbers_are_written_into_large_cells(grid: MatrixGrid) -> None:
    index = WTE.index(13, 9)

    def colours() -> set[int]:
        area, image = grid.canvas.area_of(index), picture(grid)
        inside = area.adjusted(2, 2, -2, -2)
        points = [(x, y) for x in range(inside.left(), inside.right())
                  for y in range(inside.top(), inside.bottom())]  # fmt: skip
        return {image.pixel(x, y) for x, y in points}

    grid.canvas.fill_with(WTE)
    assert len(colours()) == 1
    for _ in range(9):
        wheel(grid, centre_of(grid, index), 120)
    assert len(colours()) > 3


def test_a_double_click_fills_the_view_and_keys_bring_all_back(
    grid: MatrixGrid, qtbot: QtBot
) -> None:
    view, cell = grid.canvas.viewport(), grid.canvas.page.cell
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=centre_of(grid, WTE.index(3, 3)))
    assert grid.canvas.filling == WTE
    assert grid.canvas.page.cell > cell
    assert grid.canvas.area_of(FC2.start) is None
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_F):
        grid.canvas.fill_with(FC2)
        qtbot.keyClick(grid.canvas, key)
        assert grid.canvas.filling is None
        assert grid.canvas.page.cell == cell


def test_arrows_walk_over_all_matrices_and_enter_chooses(grid: MatrixGrid, qtbot: QtBot) -> None:
    canvas = grid.canvas
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.parameter == 0
    for key, index in (
        (Qt.Key.Key_Right, WTE.index(0, 1)),
        (Qt.Key.Key_Down, WTE.index(1, 1)),
        (Qt.Key.Key_Left, WTE.index(1, 0)),
        (Qt.Key.Key_Left, WTE.index(1, 0)),  # nothing is beyond
        (Qt.Key.Key_Up, WTE.index(0, 0)),
    ):
        qtbot.keyClick(canvas, key)
        assert canvas.parameter == index
    with qtbot.waitSignal(grid.parameter_chosen) as chosen:
        qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert chosen.args == [0]
    for _ in range(16):
        qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert SHAPE.matrix_of(canvas.parameter).title(canvas.parameter) == "wpe[0][0]"
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.parameter == WTE.index(0, 15)


def test_the_cell_at_the_keyboard_stays_in_view_and_is_spoken(
    grid: MatrixGrid, qtbot: QtBot
) -> None:
    canvas = grid.canvas
    canvas.fill_with(WTE)
    qtbot.keyClick(canvas, Qt.Key.Key_Down)
    for _ in range(8):
        qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    for _ in range(26):
        qtbot.keyClick(canvas, Qt.Key.Key_Down)
        assert canvas.viewport().rect().contains(canvas.area_of(canvas.parameter))
    number = step_of(SHAPE, 5).state.parameters[WTE.index(26, 0)]
    spoken = canvas.accessibleDescription().replace("\N{MINUS SIGN}", "-")
    assert spoken.startswith("wte[BOS][0], step 5, weights ")
    assert float(spoken.split()[-1]) == pytest.approx(number, rel=1e-5)


def test_digits_segments_and_the_list_choose_the_quantity(grid: MatrixGrid, qtbot: QtBot) -> None:
    for digit, quantity in enumerate(Quantity, start=1):
        qtbot.keyClick(grid.canvas, Qt.Key(Qt.Key.Key_0 + digit))
        assert grid.quantity is quantity
        assert grid.choice.currentText() == quantity.value
    with qtbot.waitSignal(grid.quantity_changed) as changed:
        grid.choice.activated.emit(1)
    assert changed.args == [Quantity.GRADIENT]
    grid.resize(340, 400)
    assert grid.segments.isHidden()
    assert grid.choice.isVisible()
    grid.resize(1000, 700)
    assert grid.segments.isVisible()


def test_the_menu_copies_a_matrix_and_fills_the_view(grid: MatrixGrid, qtbot: QtBot) -> None:
    menu = grid.canvas.menu(FC2)
    actions = {action.text(): action for action in menu.actions()}
    actions["Copy weights as CSV"].trigger()
    assert QGuiApplication.clipboard().text() == matrix_csv(FC2, step_of(SHAPE, 5).state.parameters)
    actions["Fill the view"].trigger()
    assert grid.canvas.filling == FC2
    back = {action.text(): action for action in grid.canvas.menu(FC2).actions()}
    back["Show all matrices"].trigger()
    assert grid.canvas.filling is None
    assert isinstance(menu, QMenu)


def test_places_stay_while_steps_pass_and_change_with_the_model(grid: MatrixGrid) -> None:
    wheel(grid, QPoint(200, 200), 240)
    page = grid.canvas.page
    grid.show_step(step_of(SHAPE, 6))
    assert grid.canvas.page == page
    grid.show_step(step_of(ModelShape(Config(n_embd=8), LETTERS), 6))
    assert grid.canvas.page != page
