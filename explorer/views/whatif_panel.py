"""What if: change a number, see the loss; and check gradients."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.debug.roles import node_label
from explorer.debug.session import Session
from explorer.debug.whatif import (
    CannotChangeError,
    ChangedNode,
    Rerun,
    WhatIf,
    parse_number,
    prepare,
)
from explorer.theme.style import sans
from explorer.theme.tokens import Theme
from explorer.trace.timeline import Timeline
from explorer.views.background import Background
from explorer.views.buttons import PushButton
from explorer.views.fact_table import Fact, FactTable
from explorer.views.gradcheck_box import GradCheckBox
from explorer.views.number_field import NumberField, NumberSlider
from explorer.views.word_label import WordLabel

REST = 150  # milliseconds after which a dragged number counts as resting
NOTHING_SELECTED = "Select a node: its data can be changed here."
PREPARING = "Preparing replay: it is compiled, and compared with the recorded pass …"
NOT_COMPUTED = "This node is not computed yet at this moment, so there is nothing to change."
FIELD_HELP = (
    "Drag the number sideways, or click it, type another one and press Enter. Up and Down nudge "
    "it by 0.001. Shift makes drags and nudges finer, Ctrl coarser. Esc: back to the recorded "
    "numbers."
)
OVERLAPS = (
    "One changed node was computed from another one, whose change no longer passes through it; "
    "the prediction does not know that."
)


class WhatIfPanel(QScrollArea):
    """The data of the selected node to be changed, what becomes of the loss, and what was expected.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    rested = Signal()  # a number that was dragged

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._rerun: Rerun | None = None
        self._job: Background | None = None
        self._job_for: Timeline | None = None
        self._refused_for: Timeline | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._settle)
        self.node = _label(theme, bold=True)
        self.field = NumberField(theme)
        self.field.setAccessibleName("New data of the selected node")
        self.field.setToolTip(FIELD_HELP)
        self.slider = NumberSlider()
        self.reset = PushButton("Reset")
        self.reset.setFont(sans(theme.px(14)))
        self.reset.setToolTip("Put the recorded number back")
        self.message = _label(theme)
        self.message.setProperty("role", "warning")
        self.result = FactTable(theme)
        self.changes = _label(theme)
        self.check = GradCheckBox(session, theme)
        self._arrange()
        self.field.entered.connect(self._enter)
        self.field.nudged.connect(self._nudge)
        self.field.dragged.connect(self._drag)
        self.field.left.connect(self.reset_all)
        self.slider.moved.connect(self._drag)
        self.reset.clicked.connect(self._reset_one)
        self.changes.chosen.connect(self._follow_link)
        session.opened.connect(self.follow)
        session.selected.connect(self._follow_selection)
        session.cursor_moved.connect(self.follow)
        session.numbers_changed.connect(self.follow)

    @property
    def is_ready(self) -> bool:
        """Whether numbers of the pass on show can be changed."""
        return self._rerun is not None and self._rerun.recorded is self._session.recorded

    def wait(self) -> None:
        """Wait until the work off the window's thread has ended."""
        if self._job is not None:
            self._job.wait()
        self.check.wait()

    def follow(self) -> None:
        """Show what there is now, if anybody sees it."""
        if self.isVisible():
            self._refresh()

    def change(self, node: int, data: float, moving: bool = False) -> None:
        """Set the data of a node; that of other changed nodes stays.

        What takes longer than a frame follows once the number, if it is moving, has come to rest.
        """
        forced = self._forced() | {node: data}
        if self._rerun is not None and data == self._rerun.recorded.trace.data[node]:
            del forced[node]
        self._show(forced, moving)

    def reset_all(self) -> None:
        """Show the numbers that were recorded."""
        self._tell("")
        self._session.show_what_if(None)

    def _arrange(self) -> None:
        content = QWidget()
        grid = QGridLayout()
        px = self._theme.px
        grid.setSpacing(px(8))
        grid.addWidget(self.field, 0, 0)
        grid.addWidget(self.reset, 0, 1)
        grid.addWidget(self.slider, 1, 0, 1, 2)
        column = QVBoxLayout(content)
        column.setContentsMargins(px(12), px(8), px(12), px(8))
        column.setSpacing(px(6))
        column.addWidget(self.node)
        column.addLayout(grid)
        for widget in (self.message, self.result, self.changes, self.check):
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("What if")
        self.setFocusProxy(self.field)
        self._controls = (self.field, self.slider, self.reset, self.check)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tell("")

    def _follow_selection(self) -> None:
        self._tell("")
        self.field.accept()
        self.follow()

    # -- getting ready

    def _prepare(self) -> None:
        """Make the recorded pass ready, off the window's thread, if that is not under way."""
        recorded = self._session.recorded
        if self.is_ready or recorded is None or recorded in (self._job_for, self._refused_for):
            return
        again = None if self._rerun is None else self._rerun.of(recorded)
        if again is not None:
            self._rerun = again
            self.check.use(again)
            return
        if self._job_for is not None and self._job_for.trace.child is recorded.trace.child:
            return  # what is under way serves this one as well
        if self._job is not None:
            self._job.cancel()
        self._job_for = recorded
        self._job = Background(lambda report: prepare(recorded), "preparing replay")
        self._job.done.connect(self._take)
        self._job.failed.connect(self._refuse)
        self._tell(PREPARING)
        self._job.start()

    def _take(self, rerun: Rerun) -> None:
        self._rerun, self._job, self._job_for = rerun, None, None
        self._tell(rerun.warning)
        self.check.use(rerun)
        self.follow()

    def _refuse(self, sentence: str) -> None:
        self._refused_for, self._job, self._job_for = self._job_for, None, None
        self._tell(sentence)
        self.follow()

    # -- changing

    def _forced(self) -> dict[int, float]:
        what_if = self._session.what_if
        return {} if what_if is None else {one.node: one.data for one in what_if.changes}

    def _enter(self, typed: str) -> None:
        node = self._session.selection
        if node is None:
            return
        try:
            data = parse_number(typed)
        except CannotChangeError as error:
            self._tell(str(error))
            self.field.selectAll()
        else:
            self.field.accept()
            self.change(node, data)

    def _nudge(self, by: float) -> None:
        node, trace = self._session.selection, self._session.trace
        if node is not None and trace is not None and self.field.isEnabled():
            self.field.accept()
            self.change(node, float(trace.data[node]) + by, moving=True)

    def _drag(self, data: float) -> None:
        node = self._session.selection
        if node is not None:
            self.field.accept()
            self.change(node, data, moving=True)

    def _settle(self) -> None:
        self._session.settle()
        self.rested.emit()

    def _reset_one(self) -> None:
        node = self._session.selection
        if node is not None:
            self._reset_node(node)

    def _reset_node(self, node: int) -> None:
        self._show({other: data for other, data in self._forced().items() if other != node})

    def _follow_link(self, link: str) -> None:
        kind, _, node = link.partition(":")
        if kind == "reset":
            self._reset_node(int(node))
        else:
            self._session.select(int(node))

    def _show(self, forced: Mapping[int, float], moving: bool = False) -> None:
        """Show the pass with some data set by hand; if that fails, say why and change nothing."""
        rerun = self._rerun
        if rerun is None or not self.is_ready:
            return
        if not rerun.is_live:
            QGuiApplication.setOverrideCursor(QCursor(Qt.CursorShape.WaitCursor))
        try:
            what_if = rerun.change(forced) if forced else None
        except CannotChangeError as error:
            self._tell(str(error))
        else:
            self._tell(rerun.warning)
            self._session.show_what_if(what_if, moving)
            if moving:
                self._rest.start()
        finally:
            if not rerun.is_live:
                QGuiApplication.restoreOverrideCursor()

    # -- showing

    def _tell(self, sentence: str) -> None:
        self.message.setText(escape(sentence))
        self.message.setVisible(bool(sentence))

    def _refresh(self) -> None:
        self._prepare()
        session, timeline = self._session, self._session.timeline
        node = session.selection
        known = (
            None if timeline is None or node is None or session.recorded is None
            else timeline.node_data_at(min(session.cursor, timeline.backward_end), node)
        )  # fmt: skip
        rerun = self._rerun if self.is_ready else None
        for control in self._controls:
            control.setEnabled(rerun is not None and known is not None)
        self.slider.setEnabled(rerun is not None and known is not None and rerun.is_live)
        what_if = session.what_if
        changed = None if what_if is None or node is None else what_if.of(node)
        self.reset.setEnabled(changed is not None)
        if timeline is None or node is None:
            self.node.setText(NOTHING_SELECTED)
            self.field.show_number(None)
        else:
            recorded = changed.recorded if changed is not None else known
            was = "" if recorded is None else f"recorded {numbers.short(recorded, 6)}"
            self.node.setText(
                f"{escape(node_label(timeline.trace, node))} &nbsp;<span style='color:"
                f"{self._theme.muted}; font-weight:normal'>{was or NOT_COMPUTED}</span>"
            )
            self.field.show_number(known)
            if recorded is not None and known is not None:
                self.slider.show_number(recorded, known)
        self.result.setVisible(what_if is not None)
        self.changes.setVisible(what_if is not None)
        if what_if is not None:
            self.result.show_facts(self._facts(what_if))
            self.changes.setText(self._changes_html(what_if))
        self.check.follow()

    def _facts(self, what_if: WhatIf) -> list[Fact]:
        """Return what is known of the loss at the moment."""
        timeline, cursor = what_if.timeline, self._session.cursor
        loss = timeline.trace.loss
        assert loss is not None
        if cursor < timeline.computed_after(loss):
            return [("The loss is not computed yet at this moment.", "", "")]
        facts = [
            ("loss, recorded", numbers.exact(what_if.loss_before), ""),
            ("loss now", numbers.exact(what_if.loss), ""),
            ("change", numbers.signed(what_if.change, 6), ""),
        ]
        if cursor >= timeline.backward_end:
            off = numbers.signed(what_if.prediction_error, 4)
            facts += [
                ("predicted", numbers.signed(what_if.predicted, 6), "gradient × change"),
                ("off by", off, "the loss is no straight line"),
            ]
        return facts

    def _changes_html(self, what_if: WhatIf) -> str:
        style = f"style='color:{self._theme.text}'"
        lines = [
            f"changed: <a {style} href='node:{one.node}'>{escape(one.label)}</a>"
            f"{self._now(one)} &nbsp;"
            f"<a {style} href='reset:{one.node}'>reset</a>"
            for one in what_if.changes
        ]
        note = f"<br>{OVERLAPS}" if what_if.overlaps else ""
        return f"{'<br>'.join(lines)}{note}"

    def _now(self, one: ChangedNode) -> str:
        """Return the data of a changed node, but not where they change with every move."""
        return "" if one.node == self._session.selection else f" = {numbers.short(one.data, 5)}"


def _label(theme: Theme, bold: bool = False) -> WordLabel:
    label = WordLabel()
    label.setFont(sans(theme.px(14), bold))
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
    label.setAccessibleName("What if")
    return label
