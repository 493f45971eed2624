"""How numbers and operations are written, everywhere in the application."""

from __future__ import annotations

import math

MINUS = "\N{MINUS SIGN}"
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"

SYMBOLS = {
    "add": "+",
    "mul": "×",
    "pow": "^",
    "parameter": "θ",
    "constant": "c",
    "input": "in",
}


def short(value: float, digits: int = 4) -> str:
    """Return a number with so many significant digits and a true minus sign.

    Examples
    --------
    >>> short(-0.17745662)
    '−0.1775'
    >>> short(1.0)
    '1'
    """
    if not math.isfinite(value):
        return _special(value)
    if value == 0:
        return "0"
    magnitude = abs(value)
    if 1e-4 <= magnitude < 10**6:
        decimals = max(0, digits - 1 - math.floor(math.log10(magnitude)))
        text = f"{magnitude:.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        mantissa, exponent = f"{magnitude:.{max(0, digits - 2)}e}".split("e")
        text = f"{mantissa}e{int(exponent)}".replace("e-", f"e{MINUS}")
    return (MINUS if value < 0 else "") + text


def exact(value: float) -> str:
    """Return a number with every digit that Python needs to tell it from all others."""
    if not math.isfinite(value):
        return _special(value)
    return repr(float(value)).replace("-", MINUS)


def signed(value: float, digits: int = 4) -> str:
    """Return a number with its sign in any case, for what is added to something else."""
    return f"+{short(value, digits)}" if value > 0 else short(value, digits)


def loss(value: float) -> str:
    """Return a loss, always with three decimals, so that a row of them lines up."""
    return f"{value:.3f}" if math.isfinite(value) else _special(value)


def percent(value: float) -> str:
    """Return a probability in percent."""
    return f"{100 * value:.1f}{THIN_SPACE}%"


def count(value: int) -> str:
    """Return a whole number with its thousands apart."""
    return f"{value:,}".replace(",", THIN_SPACE)


def symbol(op: str) -> str:
    """Return the sign of an operation, or its name if it has none."""
    return SYMBOLS.get(op, op)


def _special(value: float) -> str:
    return "NaN" if math.isnan(value) else ("∞" if value > 0 else f"{MINUS}∞")
