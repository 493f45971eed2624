"""The inspector: everything about the selected node at the cursor."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QTextBrowser

from explorer.debug import numbers
from explorer.debug.contrast import Contrast, ContrastRow
from explorer.debug.failure import Explanation, failure_at
from explorer.debug.inspection import ChildRow, Inspection, LedgerRow, inspect_node
from explorer.debug.session import Session
from explorer.theme.style import BODY, MONO, SMALL, sans
from explorer.theme.tokens import Theme
from explorer.trace.timeline import GradState
from explorer.trace.update import ParameterUpdate

NODE, EVENT = "node", "event"  # what a link leads to
NOW = "<span class='positive'>▸ </span>"  # before the contribution that was added last
ROWS_SHOWN = 60  # of the ledger; the largest fan-out of a published pass is 27


class Inspector(QTextBrowser):
    """Data, gradient and its state, ledger, children and source of the selected node.

    Links select other nodes, and lead to the moment of a contribution. All text can be copied.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._shown: tuple[object, ...] = ()
        self._body = ""
        self.setFont(sans())
        self.setOpenLinks(False)
        self.setMinimumWidth(360)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(16)
        self.document().setDefaultStyleSheet(_sheet(theme))
        self.document().setUndoRedoEnabled(False)
        self.setAccessibleName("Inspector")
        self.anchorClicked.connect(self._follow)
        for signal in (
            session.opened,
            session.cursor_moved,
            session.numbers_changed,
            session.selected,
        ):
            signal.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        timeline, node = self._session.timeline, self._session.selection
        if timeline is None:
            self._show("")
            return
        contrast = self._session.contrast
        shown = timeline, self._session.cursor, node, self._session.compared, contrast
        if shown == self._shown:  # a step tells of time and of the selection
            return
        self._shown = shown
        if node is None:
            body = "<p class='muted'>Click a cell of the map.</p>"
        else:
            cursor, compared = self._session.cursor, self._session.compared
            body = _body(
                inspect_node(timeline, cursor, node),
                None if compared is None else inspect_node(timeline, cursor, compared),
                failure_at(timeline, cursor, node),
                self._recorded(node),
                "" if contrast is None else _models(contrast, contrast.of(timeline, cursor, node)),
            )
        self._show(body)

    def _show(self, body: str) -> None:
        if body == self._body:  # many steps change nothing in the selected node
            return
        self._body = body
        bar, document = self.verticalScrollBar(), self.document()
        scrolled = bar.value()
        document.setLayoutEnabled(False)  # else it is laid out for each of its tables
        document.setHtml(body)
        document.setLayoutEnabled(True)
        bar.setValue(scrolled)

    def _recorded(self, node: int) -> float | None:
        """Return the recorded data of a node, if those on show are those of a what-if."""
        recorded, cursor = self._session.recorded, self._session.cursor
        if self._session.what_if is None or recorded is None:
            return None
        return recorded.node_data_at(cursor, node)

    def _follow(self, url: QUrl) -> None:
        kind, _, number = url.toString().partition(":")
        if kind == NODE:
            self._session.select(int(number))
        elif kind == EVENT:
            self._session.seek(int(number))


def _sheet(t: Theme) -> str:
    mono = ", ".join(f"'{family}'" for family in MONO)
    return f"""
    body, td, p {{ color: {t.text}; font-size: {BODY}px; }}
    .heading {{ color: {t.muted}; font-size: {SMALL}px; font-weight: 600; }}
    .muted, th {{ color: {t.muted}; font-weight: normal; }}
    th {{ font-size: {SMALL}px; }}
    .title {{ font-size: 20px; font-weight: 600; }}
    .number {{ font-family: {mono}; }}
    .rows td {{ font-size: 14px; }}
    .rows .number {{ white-space: nowrap; }}
    .large {{ font-family: {mono}; font-size: 17px; }}
    .running {{ font-family: {mono}; font-size: {SMALL - 1}px; color: {t.muted}; }}
    .warning {{ color: {t.warning}; font-weight: 600; }}
    .negative {{ color: {t.negative}; }}
    .positive {{ color: {t.positive}; }}
    .code {{ font-family: {mono}; font-size: {SMALL}px; color: {t.text};
        background-color: {t.raised}; }}
    a {{ color: {t.text}; text-decoration: underline; }}
    """


def _body(
    node: Inspection,
    compared: Inspection | None,
    failed: Explanation | None,
    recorded: float | None,
    models: str,
) -> str:
    data = "not computed yet" if node.data is None else numbers.exact(node.data)
    op = "" if node.op == node.title else f"{node.op} &nbsp;·&nbsp; "
    parts = [
        f"<p class='heading' style='margin-bottom:2px'>NODE {numbers.count(node.node)}</p>",
        f"<p class='title' style='margin:0'>{escape(node.title)}</p>",
        f"<p class='muted' style='margin-top:2px; margin-bottom:12px'>{op}{escape(node.path)}</p>",
        "<table cellspacing='0' cellpadding='3'>",
        _fact("data", f"<span class='large'>{data}</span>"),
        ""
        if recorded is None
        else _fact("was", f"<span class='number'>{numbers.exact(recorded)}</span>"),
        _fact("grad", f"<span class='large {_sign(node.grad)}'>{_grad_text(node)}</span>"),
        _fact("state", escape(node.explanation)),
        "</table>",
    ]
    if failed is not None:
        parts.append(_failure(failed, node))
    parts.append(models)
    if compared is not None:
        parts += [_heading("COMPARED", "this node minus the other"), _comparison(node, compared)]
    if node.update is not None:
        parts += [_heading("UPDATE", f"step {node.update.settings.step}"), _update(node.update)]
    parts += [_heading("GRADIENT LEDGER", "added up in this order"), _ledger(node)]
    if node.children:
        parts += [_heading("CHILDREN", "what it was made from"), _children(node.children)]
        parts += [_heading("FORMULA", "with its numbers, and derivatives"), _formula(node)]
    words = "".join(f"<p>{escape(text)}</p>" for text in node.explained.words)
    parts += [_heading("IN WORDS", ""), words]
    if node.source is not None:
        parts.append(_source("SOURCE", node.source))
    return "".join(parts)


def _failure(failed: Explanation, node: Inspection) -> str:
    """Return why the pass ended at this node."""
    reason = failed.reason
    if reason.startswith("the "):
        reason = "T" + reason[1:]
    parts = [
        _heading("THE PASS ENDED HERE", f"in {escape(failed.place)}"),
        f"<p class='warning' style='margin:2px'>{escape(reason)}.</p>",
    ]
    if failed.origin is not None:
        link = _link(NODE, failed.origin.node, failed.origin.label)
        parts.append(f"<p style='margin:8px 2px'>{link} {escape(failed.origin.sentence)}.</p>")
    if failed.operands:
        lines = []
        for operand in failed.operands:
            name = operand.label
            if operand.node is not None:
                name = _link(NODE, operand.node, name)
            lines.append(f"<tr><td>{name}</td>{_cell(operand.number)}</tr>")
        parts.append(_table(("given", "data"), lines))
    if failed.error:
        parts.append(f"<p class='muted' style='margin:8px 2px'>Python: {escape(failed.error)}</p>")
    if failed.source is not None and failed.source != node.source:
        parts.append(_source("FAILING LINE", failed.source))
    return "".join(parts)


def _source(title: str, place: tuple[str, int, str]) -> str:
    file, line, text = place
    return (
        f"{_heading(title, f'{escape(file)}, line {line}')}"
        f"<table width='100%' cellpadding='8'><tr><td class='code'>{escape(text)}</td></tr></table>"
    )


def _comparison(node: Inspection, other: Inspection) -> str:
    """Return data and gradient of two nodes, and the differences of what is known."""
    known = node.data is not None and other.data is not None
    reached = GradState.NOT_REACHED not in (node.state, other.state)
    facts = (
        ("data", node.data, other.data, known),
        ("grad", node.grad, other.grad, reached),
    )
    lines = []
    for name, mine, theirs, both in facts:
        if both and mine is not None and theirs is not None:
            cells = _cell(mine) + _cell(theirs) + _cell(mine - theirs)
        else:
            cells = _cell(None) * 3
        lines.append(f"<tr><td>{name}</td>{cells}</tr>")
    title = _link(NODE, other.node, other.title)
    return f"<p style='margin:2px'>with {title}</p>" + _table(
        ("", "this", "other", "difference"), lines
    )


def _models(contrast: Contrast, rows: tuple[ContrastRow, ...]) -> str:
    """Return data and gradient in two models, and the differences of what is known."""
    lines = [
        f"<tr><td>{row.name}</td>{_cell(row.mine)}{_cell(row.other)}{_cell(row.difference)}</tr>"
        for row in rows
    ]
    columns = ("", escape(contrast.mine), escape(contrast.other), "difference")
    return _heading("COMPARED", escape(contrast.title)) + _table(columns, lines)


def _grad_text(node: Inspection) -> str:
    return "–" if node.state is GradState.NOT_REACHED else numbers.exact(node.grad)


def _fact(name: str, value: str) -> str:
    return f"<tr><td class='muted' width='64'>{name}</td><td>{value}</td></tr>"


def _heading(title: str, note: str) -> str:
    return (
        f"<p class='heading' style='margin-top:20px; margin-bottom:4px'>{title}"
        f"<span class='muted' style='font-weight:normal'> &nbsp;{note}</span></p>"
    )


def _table(columns: tuple[str, ...], rows: list[str]) -> str:
    first, *others = columns
    head = f"<th align='left'>{first}</th>" + "".join(f"<th align='right'>{c}</th>" for c in others)
    body = f"<tr>{head}</tr>{''.join(rows)}"
    return f"<table class='rows' width='100%' cellspacing='0' cellpadding='3'>{body}</table>"


def _formula(node: Inspection) -> str:
    known = node.explained
    lines = []
    if known.symbols:
        lines.append(escape(known.symbols))
    if known.numbers and node.data is not None:
        lines.append(f"= {escape(known.numbers)}")
        lines.append(f"= <b>{numbers.short(node.data)}</b>")
    rules = [
        f"<tr><td class='number'>{escape(rule.derivative)}</td>{_cell(rule.value)}</tr>"
        for rule in known.rules
    ]
    return (
        f"<p class='number' style='margin:2px 0 6px 3px'>{'<br>'.join(lines)}</p>"
        f"<table class='rows' width='100%' cellspacing='0' cellpadding='3'>{''.join(rules)}</table>"
    )


def _update(update: ParameterUpdate) -> str:
    """Return every number of Adam's update, in the order in which they are computed."""
    step = update.settings
    rows = (
        ("m = β₁ m + (1 − β₁) grad", update.m),
        ("v = β₂ v + (1 − β₂) grad²", update.v),
        (f"m̂ = m / (1 − {step.beta1}^{step.step})", update.m_hat),
        (f"v̂ = v / (1 − {step.beta2}^{step.step})", update.v_hat),
        ("rate × m̂ / (√v̂ + ε)", update.change),
        ("before", update.before),
        ("after", update.after),
    )
    lines = [f"<tr><td>{escape(name)}</td>{_cell(value, 6)}</tr>" for name, value in rows]
    note = (
        f"rate {numbers.short(step.learning_rate)}, β₁ {step.beta1}, β₂ {step.beta2}, "
        f"ε {numbers.short(step.epsilon)}, grad {numbers.short(update.grad)}"
    )
    return (
        "<table class='rows' width='100%' cellspacing='0' cellpadding='3'>"
        f"{''.join(lines)}</table><p class='muted'>{note}</p>"
    )


def _ledger(node: Inspection) -> str:
    rows = node.ledger
    if node.is_loss:
        return "<p class='muted'>This is the loss: backward starts here, with 1.</p>"
    if not rows and not node.has_backward:
        return "<p class='muted'>This pass has no backward.</p>"
    if not rows:
        return "<p class='muted'>No node uses it on the way to the loss.</p>"
    lines = [
        f"<tr><td>{NOW * row.is_now}{_link(NODE, row.consumer, row.label)}</td>"
        f"{_cell(row.local_grad)}{_cell(row.consumer_grad)}"
        f"<td align='right'>{_added(row)}</td></tr>"
        for row in rows[:ROWS_SHOWN]
    ]
    if len(rows) > ROWS_SHOWN:
        lines.append(f"<tr><td class='muted'>and {len(rows) - ROWS_SHOWN} more</td></tr>")
    done = sum(row.happened for row in rows)
    total = _grad_text(node) if not done else numbers.short(node.grad)
    name = "<b>grad</b>" if done == len(rows) else "<b>grad so far</b>"
    lines.append(
        f"<tr><td colspan='3'>{name}</td>"
        f"<td align='right' class='number {_sign(node.grad)}'><b>{total}</b></td></tr>"
    )
    return _table(("consumer", "local ∂", "× its grad", "= added"), lines)


def _added(row: LedgerRow) -> str:
    """Return the product, or the way to the moment when it is added."""
    if row.value is None:
        return _link(EVENT, row.event, "pending")
    assert row.total is not None
    text = f"<span class='{_sign(row.value)}'>{numbers.signed(row.value)}</span>"
    running = f"<br><span class='running'>Σ {numbers.short(row.total)}</span>"
    return f"<a class='number' href='{EVENT}:{row.event}'>{text}</a>{running}"


def _children(rows: tuple[ChildRow, ...]) -> str:
    lines = [
        f"<tr><td>{_link(NODE, row.node, row.label)}</td>{_cell(row.data)}"
        f"{_cell(row.local_grad)}<td align='right'>{_received(row)}</td></tr>"
        for row in rows
    ]
    return _table(("child", "data", "local ∂", "receives"), lines)


def _received(row: ChildRow) -> str:
    if row.event is None:
        return "<span class='muted'>nothing</span>"
    if row.contribution is None:
        return _link(EVENT, row.event, "pending")
    text = numbers.signed(row.contribution)
    span = f"<span class='{_sign(row.contribution)}'>{text}</span>"
    return f"<a class='number' href='{EVENT}:{row.event}'>{span}</a>"


def _cell(value: float | None, digits: int = 4) -> str:
    if value is None:
        return "<td align='right' class='muted'>–</td>"
    return f"<td align='right' class='number {_sign(value)}'>{numbers.short(value, digits)}</td>"


def _link(kind: str, number: int, text: str) -> str:
    breakable = escape(text).replace(".", ".&#8203;")  # long names of parameters may wrap
    return f"<a href='{kind}:{number}'>{breakable}</a>"


def _sign(value: float) -> str:
    return "negative" if value < 0 else "positive" if value > 0 else ""
