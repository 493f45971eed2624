"""What the inspector says of a node, as rich text."""

from __future__ import annotations

from html import escape

from explorer.debug import numbers
from explorer.debug.contrast import Contrast, ContrastRow
from explorer.debug.failure import Explanation
from explorer.debug.inspection import ChildRow, Inspection, LedgerRow
from explorer.theme.style import SMALL
from explorer.trace.timeline import GradState
from explorer.trace.update import ParameterUpdate
from explorer.views.inspector_markup import BREAK, Cell, Markup
from explorer.views.linked_text import with_words

NODE, EVENT = "node", "event"  # what a link leads to
NOW = "▸ "  # before the contribution that was added last
ROWS_SHOWN = 60  # of the ledger; the largest fan-out of a published pass is 27
LARGE, TITLE = 17, 20  # pixels of letters
BETWEEN = "margin:8px 2px"  # paragraphs within a section


def inspector_text(
    write: Markup,
    node: Inspection,
    compared: Inspection | None = None,
    failed: Explanation | None = None,
    recorded: float | None = None,
    models: tuple[Contrast, tuple[ContrastRow, ...]] | None = None,
) -> str:
    """Return all that is known of a node.

    Parameters
    ----------
    write : Markup
    node : Inspection
    compared : Inspection, optional
        Another node, to compare it with.
    failed : Explanation, optional
        Why the pass ended, if the node had a part in it.
    recorded : float, optional
        What its data were, if they are those of a what-if.
    models : (Contrast, rows), optional
        Another model, and what the node is in both.
    """
    about = ["" if node.op == node.title else node.op, escape(node.path)]
    where = write.muted_words(" &nbsp;·&nbsp; ".join(filter(None, about)))
    # A link at the very beginning would keep the keyboard: Qt finds no way back from there.
    number = "&#8203;" + write.muted_words(f"NODE {numbers.count(node.node)}")
    parts = [
        write.paragraph(number, f"margin:12px 0 2px 0; font-size:{SMALL}px; font-weight:600"),
        write.paragraph(
            write.words(escape(node.title)), f"margin:0; font-size:{TITLE}px; font-weight:600"
        ),
        write.paragraph(where, "margin:2px 0 8px 0"),
        _facts(write, node, recorded),
    ]
    if failed is not None:
        parts.append(_failure(write, failed, node))
    if models is not None:
        parts.append(_models(write, *models))
    if compared is not None:
        parts += [
            write.heading("COMPARED", "this node minus the other"),
            _comparison(write, node, compared),
        ]
    if node.update is not None:
        heading = write.heading("UPDATE", f"step {node.update.settings.step}")
        parts += [heading, _update(write, node.update)]
    parts += [write.heading("GRADIENT LEDGER", "added up in this order"), _ledger(write, node)]
    if node.children:
        parts += [write.heading("CHILDREN", "what it was made from")]
        parts += [_children(write, node.children)]
        parts += [write.heading("FORMULA", "with its numbers, and derivatives")]
        parts += [_formula(write, node)]
    words = "".join(write.paragraph(write.sentence(escape(text))) for text in node.explained.words)
    parts += [write.heading("IN WORDS"), words]
    if node.source is not None:
        parts.append(_source(write, "SOURCE", node.source))
    return "".join(parts)


def _facts(write: Markup, node: Inspection, recorded: float | None) -> str:
    data = "not computed yet" if node.data is None else numbers.exact(node.data)
    facts = [
        ("data", write.mono(write.sized(data, LARGE))),
        ("grad", write.mono(write.sized(_grad_text(node), LARGE), write.sign(node.grad))),
        ("state", write.sentence(escape(node.explanation))),
    ]
    if recorded is not None:
        facts.insert(1, ("was", write.mono(numbers.exact(recorded))))
    return "".join(write.fact(name, value) for name, value in facts)


def _failure(write: Markup, failed: Explanation, node: Inspection) -> str:
    """Return why the pass ended at this node."""
    reason = failed.reason
    if reason.startswith("the "):
        reason = "T" + reason[1:]
    warning = write.sentence(write.coloured(f"{escape(reason)}.", write.theme.warning))
    parts = [
        write.heading("THE PASS ENDED HERE", f"in {escape(failed.place)}"),
        write.paragraph(warning, "margin:2px; font-weight:600"),
    ]
    if failed.origin is not None:
        link = write.link(f"{NODE}:{failed.origin.node}", failed.origin.label)
        sentence = write.sentence(f"{link} {escape(failed.origin.sentence)}.")
        parts.append(write.paragraph(sentence, BETWEEN))
    if failed.operands:
        parts.append(write.columns("given", "data"))
    for operand in failed.operands:
        name = escape(operand.label)
        if operand.node is not None:
            name = write.link(f"{NODE}:{operand.node}", operand.label)
        parts.append(write.row(Cell(operand.label, name), [write.number(operand.number)]))
    if failed.error:
        error = write.muted(f"Python: {escape(failed.error)}")
        parts.append(write.paragraph(error, BETWEEN))
    if failed.source is not None and failed.source != node.source:
        parts.append(_source(write, "FAILING LINE", failed.source))
    return "".join(parts)


def _source(write: Markup, title: str, place: tuple[str, int, str]) -> str:
    file, line, text = place
    return (
        f"{write.heading(title, f'{escape(file)}, line {line}')}"
        f"<table width='100%' cellpadding='{write.theme.px(8)}' bgcolor='{write.theme.raised}'><tr>"
        f"<td>{write.mono(write.sized(escape(text), SMALL))}</td></tr></table>"
    )


def _comparison(write: Markup, node: Inspection, other: Inspection) -> str:
    """Return data and gradient of two nodes, and the differences of what is known."""
    known = node.data is not None and other.data is not None
    reached = GradState.NOT_REACHED not in (node.state, other.state)
    facts = (
        ("data", node.data, other.data, known),
        ("grad", node.grad, other.grad, reached),
    )
    title = write.link(f"{NODE}:{other.node}", other.title)
    lines = [write.paragraph(f"with {title}", "margin:2px")]
    lines.append(write.columns("", "this", "other", "difference"))
    for name, mine, theirs, both in facts:
        shown: tuple[float | None, ...] = (None, None, None)
        if both and mine is not None and theirs is not None:
            shown = mine, theirs, mine - theirs
        lines.append(
            write.row(Cell(name, write.words(name)), [write.number(value) for value in shown])
        )
    return "".join(lines)


def _models(write: Markup, contrast: Contrast, rows: tuple[ContrastRow, ...]) -> str:
    """Return data and gradient in two models, and the differences of what is known."""
    lines = [
        write.heading("COMPARED", escape(contrast.title)),
        write.columns("", "this", "other", "difference"),
    ]
    for row in rows:
        values = [write.number(value) for value in (row.mine, row.other, row.difference)]
        lines.append(write.row(Cell(row.name, write.words(row.name)), values))
    return "".join(lines)


def _grad_text(node: Inspection) -> str:
    return "–" if node.state is GradState.NOT_REACHED else numbers.exact(node.grad)


def _formula(write: Markup, node: Inspection) -> str:
    known = node.explained
    lines = []
    if known.symbols:
        lines.append(write.words(escape(known.symbols)))
    if known.numbers and node.data is not None:
        lines.append(f"= {escape(known.numbers)}")
        lines.append(f"= <b>{numbers.short(node.data)}</b>")
    rules = [
        write.row(
            Cell(rule.derivative, write.mono(escape(rule.derivative)), is_mono=True),
            [write.number(rule.value)],
        )
        for rule in known.rules
    ]
    formula = write.paragraph(write.mono(BREAK.join(lines)), "margin:2px 0 6px 3px")
    return f"{formula}{''.join(rules)}"


def _update(write: Markup, update: ParameterUpdate) -> str:
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
    lines = [
        write.row(Cell(name, write.words(name)), [write.number(value, 6)]) for name, value in rows
    ]
    note = (
        f"rate {numbers.short(step.learning_rate)}, β₁ {step.beta1}, β₂ {step.beta2}, "
        f"ε {numbers.short(step.epsilon)}, grad {numbers.short(update.grad)}"
    )
    return f"{''.join(lines)}{write.paragraph(write.muted_words(note))}"


def _ledger(write: Markup, node: Inspection) -> str:
    rows = node.ledger
    if node.is_loss:
        return _remark(write, "This is the loss: backward starts here, with 1.")
    if not rows and not node.has_backward:
        return _remark(write, "This pass has no backward.")
    if not rows:
        return _remark(write, "No node uses it on the way to the loss.")
    lines = [write.columns("consumer", "local ∂", "× its grad", "= added")]
    lines += [_contribution(write, row) for row in rows[:ROWS_SHOWN]]
    if len(rows) > ROWS_SHOWN:
        lines.append(f"<p class='row'>{write.muted(f'and {len(rows) - ROWS_SHOWN} more')}</p>")
    done = sum(row.happened for row in rows)
    total = _grad_text(node) if not done else numbers.short(node.grad)
    name = "grad" if done == len(rows) else "grad so far"
    written = write.mono(total, write.sign(node.grad))
    sum_of = Cell(total, f"<b>{written}</b>", is_mono=True)
    lines.append(write.row(Cell(name, f"<b>{name}</b>"), [sum_of]))
    return "".join(lines)


def _remark(write: Markup, sentence: str) -> str:
    words = with_words(sentence, write.theme.muted, "underline")
    return write.paragraph(write.muted(words))


def _contribution(write: Markup, row: LedgerRow) -> str:
    """Return a line of the ledger; the product is linked to the moment when it is added."""
    now = NOW * row.is_now
    name = write.coloured(now, write.theme.positive) if now else ""
    name += write.link(f"{NODE}:{row.consumer}", row.label)
    known = [write.number(row.local_grad), write.number(row.consumer_grad)]
    if row.value is None:
        added, below = _pending(write, row.event), ""
    else:
        assert row.total is not None
        added = _moment(write, row.event, row.value)
        total = write.sized(f"Σ {numbers.short(row.total)}", SMALL)
        below = write.mono(total, write.theme.muted)
    return write.row(Cell(now + row.label, name), [*known, added], below)


def _moment(write: Markup, event: int, value: float) -> Cell:
    """Return a number that leads to the moment when it is added."""
    text = numbers.signed(value)
    rich = write.mono(text, write.sign(value))
    return Cell(text, f"<a href='{EVENT}:{event}'>{rich}</a>", is_mono=True)


def _pending(write: Markup, event: int) -> Cell:
    """Return what stands for a number, and leads to the moment when it will be added."""
    return Cell("pending", write.link(f"{EVENT}:{event}", "pending"))


def _children(write: Markup, rows: tuple[ChildRow, ...]) -> str:
    lines = [write.columns("child", "data", "local ∂", "receives")]
    for row in rows:
        if row.event is None:
            received = Cell("nothing", write.muted("nothing"))
        elif row.contribution is None:
            received = _pending(write, row.event)
        else:
            received = _moment(write, row.event, row.contribution)
        name = write.link(f"{NODE}:{row.node}", row.label)
        cells = [write.number(row.data), write.number(row.local_grad), received]
        lines.append(write.row(Cell(row.label, name), cells))
    return "".join(lines)
