"""The gradient check of the selected node, and of all parameters."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QProgressBar, QWidget

from explorer.debug import numbers
from explorer.debug.gradcheck import (
    LIMITS,
    METHOD,
    NodeCheck,
    ParametersCheck,
    check_node,
    check_parameters,
)
from explorer.debug.roles import node_label
from explorer.debug.session import Session
from explorer.debug.whatif import CannotChangeError, Rerun, prepare
from explorer.theme.style import MONO, SMALL, sans
from explorer.theme.tokens import Theme
from explorer.trace.timeline import Timeline
from explorer.views.background import Background, Report
from explorer.views.buttons import PushButton
from explorer.views.word_label import WordLabel

NOT_YET = "The gradients are complete at the end of the backward phase; until then there are none."
TOO_SLOW = "Without replay, two passes for each parameter would take hours."


class GradCheckBox(QWidget):
    """Two buttons, and what came out.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._rerun: Rerun | None = None
        self._job: Background | None = None
        self.one = PushButton("Check this gradient")
        self.all = PushButton("Check all parameters")
        for button in (self.one, self.all):
            button.setFont(sans(theme.px(14)))
        self.one.clicked.connect(self._check_one)
        self.all.clicked.connect(self._check_all)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(theme.px(4))
        self.progress.setAccessibleName("Progress of the gradient check")
        self.one_result, self.all_result = self._label(), self._label()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.px(6))
        grid.addWidget(self.one, 0, 0)
        grid.addWidget(self.all, 0, 1)
        for row, widget in enumerate((self.progress, self.one_result, self.all_result), start=1):
            grid.addWidget(widget, row, 0, 1, 2)
            widget.hide()
        session.opened.connect(self._forget)
        session.selected.connect(self._forget_one)

    def use(self, rerun: Rerun | None) -> None:
        """Check with a pass that can be computed again; None as long as there is none."""
        self._rerun = rerun
        self.follow()

    def follow(self) -> None:
        """Offer what can be done at the moment."""
        rerun, node = self._rerun, self._session.selection
        complete = rerun is not None and self._session.cursor >= rerun.recorded.backward_end
        why = METHOD if complete else NOT_YET
        self.one.setEnabled(complete and node is not None)
        _explain(self.one, why)
        live = rerun is not None and rerun.is_live
        self.all.setEnabled(self._job is not None or (complete and live))
        _explain(self.all, why if rerun is None or live else TOO_SLOW)

    def wait(self) -> None:
        """Give up the check under way, and wait for its thread."""
        if self._job is not None:
            self._job.cancel()
            self._job.wait()

    def _label(self) -> WordLabel:
        label = WordLabel()
        label.setFont(sans(self._theme.px(14)))
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        label.setAccessibleName("Gradient check")
        label.chosen.connect(self._select)
        return label

    def _select(self, link: str) -> None:
        self._session.select(int(link))

    def _forget(self) -> None:
        self._rerun = None
        self._stop()
        self.all_result.hide()
        self._forget_one()

    def _forget_one(self) -> None:
        self.one_result.hide()
        self.follow()

    def _check_one(self) -> None:
        node = self._session.selection
        if self._rerun is None or node is None:
            return
        try:
            text = self._one_text(check_node(self._rerun, node))
        except CannotChangeError as error:
            text = escape(str(error))
        self._tell(self.one_result, text)

    def _check_all(self) -> None:
        if self._job is not None:
            self._stop()
        elif self._rerun is not None:
            recorded = self._rerun.recorded
            self._job = Background(lambda report: _check(recorded, report), "gradient check")
            self._job.progressed.connect(self._show_progress)
            self._job.done.connect(self._finish)
            self._job.failed.connect(self._fail)
            self.all.setText("Cancel the check")
            self.progress.setValue(0)
            self.progress.show()
            self.all_result.hide()
            self._job.start()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self.all.setText("Check all parameters")
        self.progress.hide()
        self.follow()

    def _show_progress(self, share: float) -> None:
        self.progress.setValue(round(100 * share))

    def _finish(self, check: ParametersCheck) -> None:
        self._stop()
        self._tell(self.all_result, self._all_text(check))

    def _fail(self, sentence: str) -> None:
        self._stop()
        self._tell(self.all_result, escape(sentence))

    def _tell(self, label: WordLabel, text: str) -> None:
        label.setText(text)
        label.setToolTip(METHOD)
        label.show()

    def _one_text(self, check: NodeCheck) -> str:
        rows = (
            ("measured", numbers.exact(check.numeric)),
            ("gradient", numbers.exact(check.analytic)),
            ("relative error", numbers.short(check.error, 2)),
            ("step h", numbers.short(check.step, 3)),
        )
        return _table(rows, self._theme) + _warning(check.explanation, self._theme)

    def _all_text(self, check: ParametersCheck) -> str:
        assert self._rerun is not None
        trace, worst = self._rerun.recorded.trace, check.worst
        name = escape(node_label(trace, worst.node))
        link = f"<a style='color:{self._theme.text}' href='{worst.node}'>{name}</a>"
        below = [f"up to {numbers.short(limit)}" for limit in LIMITS]
        classes = zip((*below, "more"), check.classes, strict=True)
        spread = ", ".join(f"{name}: {numbers.count(n)}" for name, n in classes if n)
        rows = (
            ("worst error", f"{numbers.short(worst.error, 2)} at {link}"),
            ("median error", numbers.short(check.median, 2)),
        )
        return (
            f"<p style='margin:0'>{numbers.count(len(check))} parameters checked.</p>"
            f"{_table(rows, self._theme)}"
            f"<p style='margin:{self._theme.px(2)}px 0 0 0'>Relative errors {spread}.</p>"
            f"{_warning(worst.explanation, self._theme)}"
        )


def _check(recorded: Timeline, report: Report) -> ParametersCheck:
    """Check all parameters, on another thread: with a program of its own."""
    report(0.0)
    return check_parameters(prepare(recorded), report)


def _explain(button: PushButton, why: str) -> None:
    if why != button.toolTip():  # or Qt would tell of it at every move of a number
        button.setToolTip(why)


def _table(rows: tuple[tuple[str, str], ...], theme: Theme) -> str:
    mono = ", ".join(f"'{family}'" for family in MONO)
    lines = (
        f"<tr><td style='color:{theme.muted}'>{name}&nbsp;&nbsp;</td>"
        f'<td style="font-family:{mono}; font-size:{theme.px(SMALL)}px">{text}</td></tr>'
        for name, text in rows
    )
    return f"<table cellspacing='0' cellpadding='{theme.px(1)}'>{''.join(lines)}</table>"


def _warning(text: str, theme: Theme) -> str:
    if not text:
        return ""
    style = f"margin:{theme.px(2)}px 0 0 0; color:{theme.warning}"
    return f"<p style='{style}'>{escape(text)}</p>"
