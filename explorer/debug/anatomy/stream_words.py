"""What is told of a cell of a residual stream, and how it follows from what was computed."""

from __future__ import annotations

import numpy as np

from explorer.debug import numbers
from explorer.debug.anatomy.quantity import DIGITS, node_words
from explorer.debug.anatomy.stream_grids import Part, StreamPicture

NOT_KNOWN = "not known yet"


def cell_title(picture: StreamPicture, part: Part, row: int, column: int) -> str:
    """Return what a cell is, and at which position."""
    reading = picture.numbers.reading
    position = column if part is Part.OVERVIEW else picture.position
    where = f"position {position}, {reading.spell(reading.anatomy.tokens[position])}"
    if part is Part.LOGITS:
        return f"logit of {reading.spell(column)}, {where}"
    stage = picture.numbers.stream.stages[row]
    tells_layer = stage.layer is not None and reading.anatomy.layers > 1
    layer = f", layer {stage.layer}" if tells_layer else ""
    number = f", number {column}" if part is Part.STAGES else ""
    return f"{stage.title}{layer}{number}, {where}"


def cell_rule(picture: StreamPicture, part: Part, row: int) -> str:
    """Return how a cell follows from what the algorithm computed; empty if it computed it."""
    if part in (Part.NORM, Part.OVERVIEW):
        return "square root of the sum of squares"
    if part is Part.SHARE:
        stream = picture.numbers.stream
        before = stream.stages[stream.before[row] or 0].title
        return f"norm of what is added ÷ norm of the stream before it ({before})"
    if part is Part.LOGIT_PART:
        target = picture.target
        return f"product with row {target} of lm_head; the parts add up to the logit of {target}"
    return ""


def cell_facts(picture: StreamPicture, part: Part, row: int, column: int) -> list[tuple[str, str]]:
    """Return what is known of a cell, as labels and numbers."""
    found, grid = picture.numbers, picture.grids()[part]
    if part in (Part.STAGES, Part.LOGITS):
        data, grad = node_words(found.reading, int(grid.nodes[row, column]))
        return [("data", data), ("gradient", grad)]
    value = float(grid.values[row, column])
    text = NOT_KNOWN if np.isnan(value) else numbers.short(value, DIGITS)
    if part is Part.LOGIT_PART:
        return [("part of the logit", text)]
    if part is not Part.SHARE:
        return [("norm", text)]
    cosine = float(found.cosines[row, picture.position])
    facts = [("share", text)]
    if np.isfinite(cosine):
        facts.append(("cosine of the two", numbers.short(cosine, 3)))
    return facts
