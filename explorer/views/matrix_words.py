"""What is told of one parameter: on the card beside the mouse, and for those who listen."""

from __future__ import annotations

from html import escape

from explorer.debug import numbers
from explorer.runs.matrices import Quantity
from explorer.theme.style import MONO
from explorer.theme.tokens import Theme
from explorer.views.matrix_colours import Scene

DIGITS = 6
NO_SUCH = "none before the first step"


def parameter_rows(scene: Scene, index: int) -> list[tuple[str, str]]:
    """Return all that is known of a parameter: what it is, and the number as text."""
    step, other = scene.step, scene.other
    rows = []
    for label, quantity in (
        ("weight", Quantity.WEIGHTS),
        ("gradient", Quantity.GRADIENT),
        ("m", Quantity.M),
        ("v", Quantity.V),
        ("update", Quantity.UPDATE),
        ("|update| / |weight|", Quantity.RATIO),
    ):
        known = step.numbers(quantity)
        text = NO_SUCH if known is None else numbers.short(float(known[index]), DIGITS)
        rows.append((label, text))
    change = step.numbers(Quantity.DIFFERENCE, other)
    if other is not None and change is not None:
        rows.append(
            (f"in {other.title}", numbers.short(float(other.state.parameters[index]), DIGITS))
        )
        rows.append(("difference", numbers.signed(float(change[index]), DIGITS)))
    return rows


def card_text(scene: Scene, index: int, theme: Theme) -> str:
    """Return what the card says of a parameter, as HTML."""
    title = scene.shape.matrix_of(index).title(index)
    mono = ", ".join(f"'{family}'" for family in MONO)
    rows = "".join(
        f"<tr><td style='color:{theme.muted}'>{escape(label)}</td><td>&nbsp;{text}</td></tr>"
        for label, text in parameter_rows(scene, index)
    )
    return (
        f"<b>{escape(title)}</b><br><span style='color:{theme.muted}'>{escape(scene.step.title)}"
        f"</span><table cellspacing='{theme.px(2)}' style=\"font-family:{mono}\">{rows}</table>"
    )


def spoken(scene: Scene, index: int) -> str:
    """Return one sentence about a parameter: its name and the number that its colour stands for."""
    title = scene.shape.matrix_of(index).title(index)
    if scene.numbers is None:
        return f"{title}, {scene.step.title}, no {scene.quantity.value}"
    number = numbers.short(float(scene.numbers[index]), DIGITS)
    return f"{title}, {scene.step.title}, {scene.quantity.value} {number}"
