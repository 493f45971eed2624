"""Searches that are offered: some for every pass, and some for what is selected."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.trace.trace import Trace


@dataclass(frozen=True)
class ReadyMade:
    """A search that is offered.

    Attributes
    ----------
    title : str
    query : str
        Empty if it makes no sense for the selection.
    """

    title: str
    query: str


READY_MADE = (
    ReadyMade("Largest gradients", "largest gradients"),
    ReadyMade("Largest contributions", "largest contributions"),
    ReadyMade("Largest data", "largest data"),
    ReadyMade("Dead ReLUs", "dead relus"),
    ReadyMade("Gradients above 0.1", "|grad|>0.1"),
    ReadyMade("Gradients that are exactly 0", "grad=0"),
    ReadyMade("Attention weights of head 0", "head 0/softmax/result"),
    ReadyMade("All that exp computed", "op:exp"),
    ReadyMade("Constants", "constants"),
    ReadyMade("Without effect on the loss", "unreachable"),
)


def searches_of(trace: Trace, selection: int | None, compared: int | None) -> tuple[ReadyMade, ...]:
    """Return the searches that start from the selected node, always the same in number.

    Parameters
    ----------
    trace : Trace
    selection, compared : int or None
    """
    offered = [
        "What the selection was computed from",
        "What was computed from the selection",
        "Between the selection and the compared node",
        "Strongest path from the selection to the loss",
        "Nodes of the selection’s source line",
    ]
    queries = [""] * len(offered)
    if selection is not None:
        node = written(trace, selection)
        queries[0] = f"ancestors:{node}" if trace.edges(selection) else ""
        queries[1] = f"descendants:{node}" if selection != trace.loss else ""
        if compared not in (None, selection):
            queries[2] = f"between:{node},{written(trace, compared)}"
        if selection != trace.loss and trace.reaches_loss[selection]:
            queries[3] = f"path:{node}"
        queries[4] = line_search(trace, int(trace.site[selection]))
    return tuple(map(ReadyMade, offered, queries))


def line_search(trace: Trace, site: int) -> str:
    """Return the search for the nodes of a source line; empty for -1, the site of leaves."""
    if site < 0:
        return ""
    name = trace.files[trace.sites[site].file].name
    last = name.rpartition("/")[2]
    same = [file for file in trace.files if f"/{file.name}".endswith(f"/{last}")]
    return f"line:{last if len(same) == 1 else name}:{trace.sites[site].line}"


def written(trace: Trace, node: int) -> str:
    """Return how a node is written in a search: by its name if that can be typed."""
    name = "loss" if node == trace.loss else trace.parameter_name(node)
    return str(node) if name is None or not name.isascii() or {" ", ","} & set(name) else name
