"""Many names at once: a list with their probabilities, and whether they are new."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QProgressBar,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from explorer.debug import numbers
from explorer.debug.generation.batch import MOST_NAMES, BatchName, draw_elsewhere, order_of
from explorer.debug.generation.batch_table import BatchTable, Order
from explorer.debug.generation.generation import Generation
from explorer.debug.table import Table
from explorer.theme.style import BODY, SMALL, sans
from explorer.theme.tokens import Theme
from explorer.views.background import Background, Report
from explorer.views.buttons import ComboBox, CommandButton
from explorer.views.row_list import Cell, Column, RowList
from explorer.views.word_label import WordLabel

COLUMNS = (
    Column("", 50, right=True),
    Column("Name", 0, mono=True),
    Column("p", 96, right=True, mono=True),
    Column("p at T 1", 104, right=True, mono=True, least=400),
    Column("Letters", 66, right=True, least=470),
    Column("Data set", 78),
)
FIRST = 20  # names, as the published script draws


class BatchPanel(QWidget):
    """Draws the first names of the seed, with the temperature and the beginning of now.

    Parameters
    ----------
    generation : Generation
    many : QAction
        Starts a batch, or gives it up.
    theme : Theme
    """

    opened = Signal(str)  # a name is to be opened as a pass
    told = Signal(str)

    def __init__(self, generation: Generation, many: QAction, theme: Theme) -> None:
        super().__init__()
        self._generation, self._theme = generation, theme
        self._batch: BatchTable | None = None
        self._rows: list[BatchName] = []
        self._job: Background | None = None
        self.count = QSpinBox()
        self.count.setRange(1, MOST_NAMES)
        self.count.setValue(FIRST)
        self.count.setFont(sans(theme.px(BODY)))
        self.count.setFixedWidth(theme.px(64))
        self.count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.count.setAccessibleName("How many names")
        self.count.setToolTip(f"How many names, up to {numbers.count(MOST_NAMES)}")
        many.setIconText("Draw names")
        self._many = many
        self.button = CommandButton(many)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.order = ComboBox("Order")
        for order in Order:
            self.order.addItem(order.value.capitalize(), order)
        self.order.activated.connect(self.refresh)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(theme.px(3))
        self.progress.setRange(0, 100)
        self.progress.setAccessibleName("Progress of the batch")
        self.origin, self.summary = WordLabel(), WordLabel()
        for label in (self.origin, self.summary):
            label.setFont(sans(theme.px(SMALL)))
            label.setWordWrap(True)
            label.setContentsMargins(*map(theme.px, (14, 2, 14, 2)))
        self.origin.setProperty("role", "muted")
        self.list = RowList(COLUMNS, theme, "Drawn names")
        self.list.chosen.connect(self._choose)
        self.list.opened.connect(self._open)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._ask)
        self._arrange()
        self.refresh()

    @property
    def is_drawing(self) -> bool:
        """Whether a batch is under way."""
        return self._job is not None

    @property
    def rows(self) -> list[BatchName]:
        """The names in the order of the list."""
        return self._rows

    def toggle(self) -> None:
        """Begin a batch, or give it up."""
        if self._job is not None:
            self.stop()
            return
        order = order_of(self._generation, self.count.value())
        self._batch = batch = BatchTable(order, self._generation.stands_in_data)

        def work(report: Report) -> None:
            draw_elsewhere(order, batch.add, report)

        self._job = Background(work, "batch of names")
        self._follow(self._job)
        self.progress.setValue(0)
        self.refresh()
        self._job.start()

    def take_over(self, old: BatchPanel) -> None:
        """Show the names of another panel; a batch that is under way goes on here."""
        self._batch, self._job, old._job = old._batch, old._job, None
        self.order.setCurrentIndex(old.order.currentIndex())
        if self._job is not None:
            self._follow(self._job)
            self.progress.setValue(old.progress.value())
        self.refresh()

    def _follow(self, job: Background) -> None:
        job.progressed.connect(self._show_progress)
        job.done.connect(self._finish)
        job.failed.connect(self._fail)
        self._many.setIconText("Cancel")

    def stop(self) -> None:
        """Give the batch up; the names that there are stay."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._many.setIconText("Draw names")
        self.refresh()

    def wait(self) -> None:
        """Give the batch up, and wait for its thread."""
        job = self._job
        self.stop()
        if job is not None:
            job.wait()

    def forget(self) -> None:
        """Drop the names: they are another model's."""
        self.stop()
        self._batch = None
        self.refresh()

    def refresh(self) -> None:
        """Show the names that there are now."""
        batch = self._batch
        self._rows = [] if batch is None else batch.sorted(self.order.currentData())
        empty = "Drawing…" if self._job is not None else "No names yet"
        self.list.show_rows(len(self._rows), self._cells, empty)
        self.origin.setText("" if batch is None else batch.origin())
        self.summary.setText("" if batch is None else batch.summary())
        for label in (self.origin, self.summary):
            label.setVisible(bool(label.text()))
        self.progress.setVisible(self._job is not None)
        self.point_out()

    def point_out(self) -> None:
        """Mark the name that is being drawn token by token, if it is one of these."""
        row = self._row_of_now()
        if row != self.list.chosen_row:
            self.list.point_out(row, None)

    def table(self) -> Table | None:
        """Return the names with all digits."""
        return None if self._batch is None else self._batch.table(self.order.currentData())

    def _row_of_now(self) -> int | None:
        now, batch = self._generation, self._batch
        if batch is None:
            return None
        asked = batch.asked
        same = (asked.seed, asked.temperature, asked.prefix) == (
            now.seed,
            now.temperature,
            now.prefix_tokens,
        )
        here = (i for i, one in enumerate(self._rows) if one.number == now.number)
        return next(here, None) if same else None

    def _cells(self, row: int) -> tuple[Cell, ...]:
        one, theme, batch = self._rows[row], self._theme, self._batch
        assert batch is not None
        name = f"{one.name or '∅'}{'' if one.ended else '…'}"
        is_new = batch.is_new(one)
        return (
            Cell(numbers.count(one.number), theme.muted),
            Cell(name, theme.text, bold=True),
            Cell(numbers.short(one.probability, 3), theme.text),
            Cell(numbers.short(one.own_probability, 3), theme.muted),
            Cell(str(len(one.name)), theme.muted),
            Cell("new" if is_new else "known", theme.positive if is_new else theme.muted),
        )

    def _choose(self, row: int) -> None:
        """Show how a name was drawn."""
        assert self._batch is not None
        asked, name = self._batch.asked, self._rows[row]
        starts = self._batch.starts_up_to(name)
        self._generation.take(asked.seed, asked.prefix, starts, asked.temperature)

    def _open(self, row: int) -> None:
        if self._rows[row].name:
            self.opened.emit(self._rows[row].name)

    def _ask(self, at: QPoint) -> None:
        row = self.list.row_at(at.toPointF())
        if row is not None:
            menu = QMenu(self)
            menu.addAction("Show how it was drawn", partial(self._choose, row))
            open_it = menu.addAction("Open as a pass", partial(self._open, row))
            open_it.setEnabled(bool(self._rows[row].name))
            menu.popup(self.list.viewport().mapToGlobal(at))

    def _show_progress(self, share: float) -> None:
        self.progress.setValue(round(100 * share))
        self.refresh()

    def _finish(self) -> None:
        self.stop()

    def _fail(self, sentence: str) -> None:
        self.stop()
        self.told.emit(sentence)

    def _arrange(self) -> None:
        px = self._theme.px
        row = QHBoxLayout()
        row.setContentsMargins(*map(px, (14, 2, 14, 6)))
        row.setSpacing(px(8))
        row.addWidget(self.count)
        row.addWidget(self.button)
        row.addWidget(self.order, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.progress)
        column.addWidget(self.origin)
        column.addWidget(self.summary)
        column.addWidget(self.list, 1)
