"""Pictures of the map: of the right size, of the same part, with real text."""

from __future__ import annotations

import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QRegion
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.debug.pictures import LARGEST_SIDE, PictureError, PictureRequest
from explorer.debug.session import Colour
from explorer.layout.camera import Camera
from explorer.theme import palette
from explorer.theme.tokens import DARK
from explorer.views.export_dialog import ExportDialog
from explorer.views.main_window import MainWindow
from explorer.views.map_export import MapPicture, export_map
from explorer.views.map_view import MapView
from explorer.views.pass_loader import LoadedPass

SVG = "{http://www.w3.org/2000/svg}"
COLUMNS = ("0 BOS → e", "1 e → m", "2 m → m", "3 m → a", "4 a → BOS")
NODE = 20_000
LAYERED = 3  # of 255: what is kept in a layer is rounded twice


@pytest.fixture
def view(window: MainWindow) -> MapView:
    window.explore.map_view.setFixedSize(900, 600)  # however the panes around it share the window
    return window.explore.map_view


def picture_at(view: MapView, loaded: LoadedPass, scale: float) -> MapPicture:
    """Return the picture with one node in the middle, at some pixels a cell."""
    x, y = loaded.layout.x[NODE] + 0.5, loaded.layout.y[NODE] + 0.5
    view.look(Camera(scale, 0, 0).centred(x, y, view.width(), view.height()))
    picture = view.picture()
    assert picture is not None
    return picture


def exported(picture: MapPicture, file: Path, size: tuple[int, int], larger: float = 1.0) -> bytes:
    length = export_map(picture, PictureRequest(file, size, larger))
    content = file.read_bytes()
    assert len(content) == length
    return content


def levels(image: QImage) -> npt.NDArray[np.int64]:
    return np.array(image.constBits()).astype(np.int64)


def texts_of(content: bytes) -> list[str]:
    return ["".join(text.itertext()).strip() for text in svg(content).iter(f"{SVG}text")]


def svg(content: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(content.decode())


def colour_at_node(image: QImage, loaded: LoadedPass, scale: float) -> str:
    """Return the colour in the corner of the cell in the middle, where no text is."""
    off = round(scale * 0.2)
    return QColor(image.pixel(image.width() // 2 - off, image.height() // 2 + off)).name()


def colour_of_node(loaded: LoadedPass) -> str:
    indices = loaded.colours.at(loaded.timeline.end, Colour.DATA).indices
    return QColor(int(palette.colour_table(DARK)[indices[NODE]])).name()


@pytest.mark.parametrize("size", [(640, 480), (1601, 903), (4000, 300), (1, 1)])
def test_a_png_has_the_size_that_was_asked_for(
    view: MapView, loaded_emma: LoadedPass, tmp_path: Path, size: tuple[int, int]
) -> None:
    exported(picture_at(view, loaded_emma, 2.0), tmp_path / "map.png", size)
    image = QImage(str(tmp_path / "map.png"))
    assert (image.width(), image.height()) == size


def test_a_picture_as_on_screen_is_what_is_on_screen(
    view: MapView, loaded_emma: LoadedPass, tmp_path: Path
) -> None:
    for scale in (1.5, 30.0):
        picture = picture_at(view, loaded_emma, scale)
        shown = QImage(view.size(), QImage.Format.Format_RGB32)
        alone = QWidget.RenderFlag.DrawWindowBackground  # without the minimap that lies on it
        view.render(shown, QPoint(), QRegion(), alone)
        exported(picture, tmp_path / "map.png", picture.size)
        written = QImage(str(tmp_path / "map.png")).convertToFormat(shown.format())
        assert written.size() == shown.size()
        difference = np.abs(levels(written) - levels(shown))
        assert difference.max() <= LAYERED


@pytest.mark.parametrize("larger", [1.0, 2.0])
@pytest.mark.parametrize("factor", [1, 3])
def test_a_larger_png_shows_the_same_part_of_the_map(
    view: MapView, loaded_emma: LoadedPass, tmp_path: Path, factor: int, larger: float
) -> None:
    picture = picture_at(view, loaded_emma, 9.0)
    size = factor * picture.size[0], factor * picture.size[1]
    exported(picture, tmp_path / "map.png", size, larger)
    image = QImage(str(tmp_path / "map.png"))
    assert colour_at_node(image, loaded_emma, 9.0 * factor) == colour_of_node(loaded_emma)


def test_a_larger_png_has_text_that_was_drawn_at_its_size(
    view: MapView, loaded_emma: LoadedPass, tmp_path: Path
) -> None:
    """Pixels of a picture that was only blown up come in equal pairs."""
    picture = picture_at(view, loaded_emma, 40.0)
    exported(picture, tmp_path / "map.png", (2 * picture.size[0], 2 * picture.size[1]), 2.0)
    image = QImage(str(tmp_path / "map.png"))
    unequal = sum(
        image.pixel(x, y) != image.pixel(x + 1, y)
        for y in range(0, image.height(), 7)
        for x in range(0, image.width() - 1, 2)
    )
    assert unequal > 100


@pytest.mark.parametrize("scale", [2.0, 9.0])
def test_an_svg_has_text_and_rectangles_and_no_bitmap(
    view: MapView, loaded_emma: LoadedPass, tmp_path: Path, scale: float
) -> None:
    view.zoom_to_fit()
    picture = view.picture() if scale == 2.0 else picture_at(view, loaded_emma, scale)
    assert picture is not None
    content = exported(picture, tmp_path / "map.svg", (1000, 700))
    root = svg(content)
    assert root.get("viewBox") == "0 0 1000 700"
    assert list(root.iter(f"{SVG}image")) == []
    drawn = [*root.iter(f"{SVG}path"), *root.iter(f"{SVG}rect")]
    assert len(drawn) > 100
    if scale == 2.0:
        assert set(COLUMNS) <= set(texts_of(content))
    assert len(content) < 3_000_000


def test_an_svg_has_the_numbers_of_large_cells(
    view: MapView, loaded_emma: LoadedPass, tmp_path: Path
) -> None:
    content = exported(picture_at(view, loaded_emma, 90.0), tmp_path / "map.svg", (900, 600))
    texts = texts_of(content)
    assert len([text for text in texts if text.startswith("∇")]) > 5
    assert len([text for text in texts if re.fullmatch(r"[−-]?0\.\d+", text)]) > 5


def test_cells_of_an_svg_are_where_they_are_on_screen(
    view: MapView, loaded_emma: LoadedPass, tmp_path: Path
) -> None:
    """Qt's own reader of SVG draws the file; the middle of the node has its colour."""
    for scale in (4.0, 20.0):
        picture = picture_at(view, loaded_emma, scale)
        exported(picture, tmp_path / "map.svg", picture.size)
        image = QImage(*picture.size, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        QSvgRenderer(str(tmp_path / "map.svg")).render(painter)
        painter.end()
        assert colour_at_node(image, loaded_emma, scale) == colour_of_node(loaded_emma)


def test_a_pdf_has_one_page_of_the_size_and_its_fonts(
    view: MapView, loaded_emma: LoadedPass, tmp_path: Path
) -> None:
    view.zoom_to_fit()
    picture = view.picture()
    assert picture is not None
    content = exported(picture, tmp_path / "map.pdf", (1200, 800))
    assert content.startswith(b"%PDF-")
    (box,) = re.findall(rb"/MediaBox \[([0-9. ]+)\]", content)
    assert [float(number) for number in box.split()] == [0, 0, 900, 600]  # in points
    assert b"/ToUnicode" in content  # letters, not outlines
    assert b"/Subtype /Image" not in content
    assert len(content) < 1_500_000
    if shutil.which("pdftotext"):
        command = ["pdftotext", "-layout", str(tmp_path / "map.pdf"), "-"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        # The arrow beside capitals is another glyph of Inter, which Qt writes without its letter.
        assert {"parameters", "BOS", "rmsnorm", "attention", "attn_wk"} <= set(text.split())


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_what_cannot_be_written_is_a_sentence(
    view: MapView, loaded_emma: LoadedPass, tmp_path: Path, ending: str
) -> None:
    picture = picture_at(view, loaded_emma, 2.0)
    file = tmp_path / "none" / f"map.{ending}"
    with pytest.raises(OSError, match=f"^there is no folder {tmp_path / 'none'}$"):
        export_map(picture, PictureRequest(file, (100, 100)))


def test_a_picture_that_no_memory_holds_is_a_sentence(
    view: MapView, loaded_emma: LoadedPass, tmp_path: Path
) -> None:
    picture = picture_at(view, loaded_emma, 2.0)
    with pytest.raises(PictureError, match=r"^there is not enough memory"):
        export_map(picture, PictureRequest(tmp_path / "map.png", (400_000, 400_000)))


def test_before_the_first_pass_there_is_nothing_to_export(empty_window: MainWindow) -> None:
    assert empty_window.explore.map_view.picture() is None


@pytest.fixture
def dialog(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> ExportDialog:
    """The dialog, as the key opens it, with a file in an empty folder."""
    qtbot.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(ExportDialog)
    assert dialog.isVisible()
    assert dialog.path.text().endswith("map-emma.png")
    dialog.path.setText(str(tmp_path / "map.png"))
    return dialog


def test_the_window_exports_and_says_where(
    qtbot: QtBot, window: MainWindow, dialog: ExportDialog, tmp_path: Path
) -> None:
    on_screen = window.explore.map_view.size()  # the message will take some of it
    qtbot.mouseClick(dialog.export, Qt.MouseButton.LeftButton)
    assert QImage(str(tmp_path / "map.png")).size() == on_screen
    assert re.fullmatch(rf"The map is in {tmp_path}/map.png \(\d+ kB\)\.", window.message.text)
    assert QApplication.overrideCursor() is None


def test_the_window_says_why_nothing_was_exported(
    qtbot: QtBot, window: MainWindow, dialog: ExportDialog, tmp_path: Path
) -> None:
    dialog.path.setText(str(tmp_path / "none" / "map.pdf"))
    qtbot.mouseClick(dialog.export, Qt.MouseButton.LeftButton)
    expected = f"The map was not exported: there is no folder {tmp_path / 'none'}."
    assert window.message.text == expected
    assert QApplication.overrideCursor() is None


def test_cancel_writes_nothing(
    qtbot: QtBot, window: MainWindow, dialog: ExportDialog, tmp_path: Path
) -> None:
    dialog.reject()
    assert list(tmp_path.iterdir()) == []
    assert window.message.text == ""


def test_a_preset_sets_the_sides_and_sides_find_their_preset(
    qtbot: QtBot, window: MainWindow, dialog: ExportDialog
) -> None:
    assert dialog.preset.currentText().startswith("As on screen")
    dialog.preset.setCurrentText("4K (3840 × 2160)")
    assert [side.value() for side in dialog.sides] == [3840, 2160]
    dialog.sides[0].setValue(3841)
    assert dialog.preset.currentText() == "Another size"
    dialog.sides[0].setValue(1920)
    dialog.sides[1].setValue(1080)
    assert dialog.preset.currentText().startswith("Full HD")
    dialog.text_size.setCurrentIndex(1)
    with qtbot.waitSignal(dialog.requested) as blocker:
        qtbot.mouseClick(dialog.export, Qt.MouseButton.LeftButton)
    (request,) = blocker.args
    assert (request.size, request.magnification) == ((1920, 1080), 2.0)


def test_sides_stay_within_what_can_be_painted(dialog: ExportDialog) -> None:
    dialog.sides[0].setValue(10**9)
    assert dialog.sides[0].value() == LARGEST_SIDE


@pytest.mark.parametrize("typed", ["map.jpg", "map", "", "  "])
def test_an_unknown_ending_is_told_before_anything_is_done(
    dialog: ExportDialog, typed: str
) -> None:
    dialog.path.setText(typed)
    assert dialog.meaning.endswith("a picture can be a .png, an .svg or a .pdf.")
    assert not dialog.export.isEnabled()
    dialog.path.setText("map.SVG")
    assert dialog.export.isEnabled()
