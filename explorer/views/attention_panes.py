"""The figures of attention, arranged: in view together where there is room for all."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter

from explorer.theme.scaling import unscaled_size
from explorer.theme.tokens import Theme
from explorer.views.cell_grid import CellGrid
from explorer.views.figure import Figure

WIDE = 1500  # pixels from which the cache stands beside the steps
BESIDE = (60, 40)  # of the width: the steps, and the cache
BELOW = 46  # percent of the height, for what stands below the matrices
FAR_TOO_HIGH = 1.25  # times the height
EASY_MOST = 70  # percent of the height that a figure gets where all scrolls
HEADING = 44  # pixels of a figure's title
HANDLE, SCROLL_BAR = 3, 10


class AttentionPanes(QScrollArea):
    """Matrices above, the steps and the cache below them; all scrolls in a small window.

    What fits is worked out in pixels of scale 1.

    Parameters
    ----------
    theme : Theme
    matrices, steps, cache : Figure
        Each has a scroll area with a `CellGrid`.
    """

    def __init__(self, theme: Theme, matrices: Figure, steps: Figure, cache: Figure) -> None:
        super().__init__()
        self._theme = theme
        self._figures = matrices, steps, cache
        self._is_dragged = False
        self._below = QSplitter(Qt.Orientation.Horizontal)
        self._below.addWidget(steps)
        self._below.addWidget(cache)
        self._all = QSplitter(Qt.Orientation.Vertical)
        self._all.addWidget(matrices)
        self._all.addWidget(self._below)
        self._all.splitterMoved.connect(self._keep)
        for splitter in (self._below, self._all):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(theme.px(HANDLE))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setWidget(self._all)

    def fit(self) -> None:
        """Share the room by what the figures need; heights that somebody dragged stay."""
        room = unscaled_size(self, self._theme).width()
        is_shown = [not figure.isHidden() for figure in self._figures]
        self._below.setVisible(any(is_shown[1:]))
        is_wide = room >= WIDE and all(is_shown[1:]) and self._fits_beside(room)
        sides = Qt.Orientation
        orientation = sides.Horizontal if is_wide else sides.Vertical
        if orientation != self._below.orientation():
            self._below.setOrientation(orientation)
            self._is_dragged = False
        in_view = unscaled_size(self.viewport(), self._theme).toSize()
        width, height = in_view.width(), in_view.height()
        beside = BESIDE if is_wide else (100, 100)
        widths = [width, *(width * share // 100 for share in beside)]
        least = [_height(f, w) for f, w in zip(self._figures, widths, strict=True)]
        wanted = _stacked([least[0], self._below_height(least[1:])])
        if wanted > FAR_TOO_HIGH * height:  # it scrolls a long way anyway
            least = [
                max(needed, min(_height(figure, width, is_easy=True), height * EASY_MOST // 100))
                for figure, width, needed in zip(self._figures, widths, least, strict=True)
            ]
        below = self._below_height(least[1:])
        needed = _stacked([least[0], below])
        self._all.setMinimumHeight(self._theme.px(needed))
        if self._is_dragged:
            return
        self._share(self._below, widths[1:] if is_wide else least[1:])
        height = max(height, needed) - HANDLE
        if is_wide:
            below = min(max(below, height * BELOW // 100), height - least[0])
        self._share(self._all, [height - below, below])

    def _share(self, splitter: QSplitter, sizes: list[int]) -> None:
        splitter.setSizes([self._theme.px(size) for size in sizes])

    def _fits_beside(self, width: float) -> bool:
        """Return whether the steps have room enough beside the cache."""
        room = int(width * BESIDE[0] / 100)
        return _grid(self._figures[1]).needed(room).width() <= room

    def _below_height(self, heights: list[int]) -> int:
        if self._below.orientation() == Qt.Orientation.Horizontal:
            return max(heights)
        return _stacked(heights)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def _keep(self) -> None:
        self._is_dragged = True


def _height(figure: Figure, width: int, is_easy: bool = False) -> int:
    """Return the height at which a figure of some width need not scroll, or is easy to read.

    A figure that is not shown has none.
    """
    if figure.isHidden():
        return 0
    grid = _grid(figure)
    needed = grid.needed(width)
    bar = SCROLL_BAR if needed.width() > width else 0
    return HEADING + (grid.wanted(width) if is_easy else needed).height() + bar


def _stacked(heights: list[int]) -> int:
    """Return the height of figures below each other, with handles between them."""
    shown = [height for height in heights if height]
    return sum(shown) + HANDLE * max(len(shown) - 1, 0)


def _grid(figure: Figure) -> CellGrid:
    assert isinstance(figure.content, QScrollArea)
    grid = figure.content.widget()
    assert isinstance(grid, CellGrid)
    return grid
