"""What goes wrong in the pass if the selected node passes its gradient on too early."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup, QFontMetrics, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.debug.roles import node_label
from explorer.debug.session import Cone, Session
from explorer.debug.titles import scope_path
from explorer.debug.wrong_order import EarlyChoice, EarlyPasses, EarlyResult
from explorer.theme.style import BODY, sans
from explorer.theme.tokens import Theme
from explorer.trace.timeline import Timeline
from explorer.views.buttons import Segments, text_button
from explorer.views.row_list import Cell, Column, RowList
from explorer.views.word_label import WordLabel

PAUSE = 120  # ms after a selection: whoever steps through nodes does not wait for this
LINES = 3
COLUMNS = (
    Column("node", 190),
    Column("scope", 0, least=820),
    Column("right gradient", 124, right=True, mono=True),
    Column("wrong", 118, right=True, mono=True),
    Column("difference", 118, right=True, mono=True),
    Column("relative", 100, right=True, mono=True),
)
LINKS = (
    Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
)
NOTHING_SELECTED = "Select a node to process it too early."


class EarlyOrder(QWidget):
    """One node processed too early, all others in the right order: the gradients that suffer.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._passes: EarlyPasses | None = None
        self._timeline: Timeline | None = None
        self._node: int | None = None  # that is processed too early
        self._choice: EarlyChoice | None = None
        self._result: EarlyResult | None = None
        self._rows: list[int] = []
        self._choosing = False  # a row of the list, which then stays
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._compute)

        self.question = WordLabel()
        self.question.setFont(sans(theme.px(BODY)))
        self.question.setWordWrap(True)
        self.question.setTextFormat(Qt.TextFormat.RichText)
        self.question.setTextInteractionFlags(LINKS)
        self.question.setAccessibleName("What if the selected node did not wait?")
        self.question.chosen.connect(self._select_early)
        self._earlier = text_button("◀", "Earlier: one consumer less", self._step_down)
        self.after = QSpinBox()
        self.after.setFont(sans(theme.px(14)))
        self.after.setMinimumSize(QSize(theme.px(170), theme.px(34)))
        self.after.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.after.setAccessibleName("After how many consumers the node passes its gradient on")
        self.after.valueChanged.connect(self._compute)
        self._later = text_button("▶", "Later: one consumer more", self._step_up)
        self.answer = WordLabel()
        self.answer.setFont(sans(theme.px(BODY)))
        self.answer.setWordWrap(True)
        self.answer.setTextInteractionFlags(LINKS)
        self.answer.chosen.connect(self._select_early)
        self.answer.setTextFormat(Qt.TextFormat.RichText)
        self.answer.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.answer.setAccessibleName("What goes wrong")
        lines = LINES * QFontMetrics(self.answer.font()).lineSpacing()
        self.answer.setMinimumHeight(lines + theme.px(4))
        self._by = {name: _choice(name, self._sort) for name in ("difference", "relative error")}
        group = QActionGroup(self)
        for action in self._by.values():
            group.addAction(action)
        self._by["difference"].setChecked(True)
        self._segments = Segments([(action, name) for name, action in self._by.items()])
        self._cone = text_button(
            "Show on the map", "Let what the node was computed from stand out", self._show_cone
        )
        self.list = RowList(COLUMNS, theme, "Wrong gradients")
        self.list.chosen.connect(self._select)
        self.list.opened.connect(self._select)
        self._arrange()
        session.opened.connect(self._ask)
        session.selected.connect(self._ask)
        session.numbers_changed.connect(self._ask)

    @property
    def result(self) -> EarlyResult | None:
        """What is shown."""
        return self._result

    def _arrange(self) -> None:
        px = self._theme.px
        top = QHBoxLayout()
        top.setSpacing(px(6))
        top.addWidget(self.question, 100)
        for widget in (self._earlier, self.after, self._later):
            top.addWidget(widget)
        top.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(px(6))
        left.addLayout(top)
        left.addWidget(self.answer, 1)
        right = QVBoxLayout()
        right.setSpacing(px(6))
        right.addWidget(self._segments)
        right.addWidget(self._cone)
        right.addStretch(1)
        inset = QHBoxLayout()
        inset.setContentsMargins(px(14), px(4), px(14), 0)
        inset.setSpacing(px(24))
        inset.addLayout(left, 1)
        inset.addLayout(right)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        column.addLayout(inset)
        column.addWidget(self.list, 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _ask(self) -> None:
        """Show which node it is about; compute a moment later."""
        timeline, node = self._session.timeline, self._session.selection
        if self._timeline is not timeline:
            self._timeline, self._passes = timeline, None
            self._clear()
        if not self.isVisible() or timeline is None or self._choosing:
            return
        if self._choice is not None and self._node == node:
            return
        self._clear()
        self._node = node
        if node is None:
            self.answer.setText(NOTHING_SELECTED)
        else:
            self.question.setText(f"{self._link(timeline, node)} passes on after")
            plain = f"{node_label(timeline.trace, node)} passes on after "
            width = QFontMetrics(sans(self._theme.px(BODY), bold=True)).horizontalAdvance(plain)
            self.question.setMaximumWidth(width)  # so that the choice stands beside it
            self._timer.start(PAUSE)

    def _clear(self) -> None:
        self._timer.stop()
        self._node = self._choice = self._result = None
        self.question.setText("")
        self.answer.setText("")
        self._show_controls(False)
        self.list.show_rows(0, self._cells)

    def _step_down(self) -> None:
        self.after.stepDown()

    def _step_up(self) -> None:
        self.after.stepUp()

    def _compute(self) -> None:
        timeline, node = self._timeline, self._node
        if timeline is None or node is None or not self.isVisible():
            return
        if self._passes is None:
            self._passes = EarlyPasses(timeline)
        if self._choice is None:
            self._choice = self._passes.choice(node)
            self._show_controls(self._choice.can_be_early)
            self.after.blockSignals(True)
            self.after.setRange(1, max(1, self._choice.consumers))
            self.after.setValue(1)
            self.after.setSuffix(f" of {self._choice.consumers} consumers")
            self.after.blockSignals(False)
        if not self._choice.can_be_early:
            self.question.setText("")
            self.answer.setText(self._why_not(timeline, self._choice))
            return
        after = self.after.value()
        self._earlier.setEnabled(after > 1)
        self._later.setEnabled(after < self._choice.consumers)
        self._result = self._passes.run(node, after)
        self.answer.setText(self._answer(timeline, self._choice, self._result))
        self._sort()

    def _show_controls(self, shown: bool) -> None:
        for widget in (
            self.after,
            self._earlier,
            self._later,
            self._segments,
            self._cone,
        ):
            widget.setVisible(shown)

    def _sort(self) -> None:
        result = self._result
        if result is None:
            return
        by_difference = self._by["difference"].isChecked()
        column = result.difference if by_difference else result.relative
        self._rows = result.sorted_by(column).tolist()
        self.list.show_rows(len(self._rows), self._cells, "No gradient is wrong.")
        self.list.verticalScrollBar().setValue(0)

    def _answer(self, timeline: Timeline, choice: EarlyChoice, result: EarlyResult) -> str:
        total = choice.contributions[-1]
        if result.after == choice.consumers:
            return (
                f"This is the right order: all {total} contributions are in, it passes on "
                f"{self._number(result.complete)}. Nothing is wrong."
            )
        received = choice.contributions[result.after - 1]
        passed = (
            f"With {received} of {total} contributions it passes on "
            f"{self._number(result.passed_on)} instead of {self._number(result.complete)}. "
        )
        wrong = len(result.wrong)
        if not wrong:
            return f"{passed} No other gradient changes by a single bit: nothing is wrong."
        verb = "gradient comes" if wrong == 1 else "gradients come"
        text = (
            f"{passed}<b>{numbers.count(wrong)} {verb} out wrong</b> at the end of the pass, "
            f"{numbers.count(result.wrong_parameters)} of them of the "
            f"{numbers.count(timeline.trace.leaves)} parameters."
        )
        if result.only_rounded:
            text += (
                f" {numbers.count(result.only_rounded)} of the {numbers.count(wrong)} differ in "
                "the last digits only: the same numbers, added in another order."
            )
        return text

    def _number(self, value: float) -> str:
        return f"<span style='color:{self._theme.of_sign(value)}'>{numbers.short(value)}</span>"

    def _cells(self, row: int) -> tuple[Cell, ...]:
        result, timeline = self._result, self._timeline
        assert result is not None
        assert timeline is not None
        at, theme = self._rows[row], self._theme
        node = int(result.wrong[at])
        right, wrong = float(result.right[node]), float(result.grad[node])
        path = scope_path(timeline.trace, int(timeline.trace.scope[node]))
        return (
            Cell(node_label(timeline.trace, node), theme.text),
            Cell(path, theme.muted),
            self._signed(right),
            self._signed(wrong),
            self._signed(float(result.difference[at])),
            Cell(_relative(float(result.relative[at])), theme.text),
        )

    def _signed(self, value: float) -> Cell:
        return Cell(numbers.short(value), self._theme.of_sign(value))

    def _select(self, row: int) -> None:
        """Select a wrong node; what is shown stays."""
        if self._result is not None:
            self._choosing = True
            self._session.select(int(self._result.wrong[self._rows[row]]))
            self._choosing = False
            self.list.point_out(row, None)
            if not self.list.shows(row):
                self.list.centre(row)

    def _select_early(self) -> None:
        """Select the node that is processed too early."""
        self._session.select(self._node)

    def _show_cone(self) -> None:
        """Let the ancestors stand out on the map: the wrong nodes are among them."""
        self._session.select(self._node)
        self._session.show_cone(Cone.ANCESTORS)

    def _why_not(self, timeline: Timeline, choice: EarlyChoice) -> str:
        """Say why a node cannot be processed too early."""
        label = self._link(timeline, choice.node)
        if timeline.trace.loss is None or timeline.trace.failure is not None:
            return "This pass has no finished backward: there is no right order to compare with."
        if not choice.reached:
            return f"The loss does not depend on {label}: backward never processes it."
        if not choice.children:
            return f"{label} has no children to pass its gradient on to: nothing can go wrong."
        if not choice.consumers:
            return f"{label} is where backward starts: it has no consumers to wait for."
        return (
            f"{label} has one consumer only. Once that has passed its gradient on, all is in: "
            "nothing can go wrong."
        )

    def _link(self, timeline: Timeline, node: int) -> str:
        label = escape(node_label(timeline.trace, node))
        return f"<a style='color:{self._theme.text}' href='{node}'><b>{label}</b></a>"


def _relative(value: float) -> str:
    """Return a relative error; beyond every number if the right gradient is 0."""
    return numbers.short(value, 3) if value < 1e-4 or value >= 1e4 else numbers.percent(value)


def _choice(name: str, run) -> QAction:
    action = QAction(name)
    action.setToolTip(f"Those with the largest {name} first")
    action.setCheckable(True)
    action.triggered.connect(run)
    return action
