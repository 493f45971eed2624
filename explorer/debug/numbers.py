"""How numbers and operations are written, everywhere in the application."""

from __future__ import annotations

import math
from functools import lru_cache

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


@lru_cache(maxsize=1 << 14)
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
    mantissa, exponent = f"{abs(value):.{digits - 1}e}".split("e")
    if -4 <= int(exponent) < 6:
        text = f"{abs(value):.{max(0, digits - 1 - int(exponent))}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        mantissa = mantissa.rstrip("0").rstrip(".")
        text = f"{mantissa}e{int(exponent)}".replace("e-", f"e{MINUS}")
    return (MINUS if value < 0 else "") + text


@lru_cache(maxsize=1 << 14)
def fitting(value: float, letters: int) -> str:
    """Return a number in at most so many letters, with up to three decimals.

    The 0 before the point is left out where there is room for two digits at most. Empty if there
    is too little room.

    Examples
    --------
    >>> fitting(-0.1234, 6), fitting(-0.1234, 5), fitting(0.1, 5), fitting(0.1, 3)
    ('−0.123', '−0.12', '0.100', '.10')
    """
    if not math.isfinite(value) or value == int(value):
        text = short(value)
        return text if len(text) <= letters else _scientific(value, letters)
    tight = abs(value) < 1 and letters < (5 if value < 0 else 4)
    least = 0 if abs(value) >= 10 else 1
    for decimals in range(3, least - 1, -1):
        text = f"{value:.{decimals}f}".replace("-", MINUS)
        if tight:
            text = text.replace("0.", ".", 1)
        if len(text) <= letters and text.strip(f"{MINUS}0."):
            return text
    return _scientific(value, letters)


def _scientific(value: float, letters: int) -> str:
    mantissa, _, exponent = f"{value:.0e}".partition("e")
    text = f"{mantissa}e{int(exponent)}".replace("-", MINUS) if exponent else ""
    return text if len(text) <= letters else ""


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
    return _fixed(value, 3)


def percent(value: float) -> str:
    """Return a probability in percent."""
    return f"{_fixed(100 * value, 1)}{THIN_SPACE}%"


def count(value: int) -> str:
    """Return a whole number with its thousands apart."""
    return f"{value:,}".replace(",", THIN_SPACE)


def compact(value: int) -> str:
    """Return a whole number in at most four letters, for where there is little room.

    Examples
    --------
    >>> compact(405), compact(8394), compact(122_880)
    ('405', '8.4k', '123k')
    """
    if value < 1000:
        return str(value)
    for unit, letter in ((1e3, "k"), (1e6, "M"), (1e9, "G")):
        if value < 9.95 * unit:
            return f"{value / unit:.1f}{letter}"
        if value < 999.5 * unit:
            return f"{value / unit:.0f}{letter}"
    return count(value)


def symbol(op: str) -> str:
    """Return the sign of an operation, or its name if it has none."""
    return SYMBOLS.get(op, op)


def _fixed(value: float, decimals: int) -> str:
    if not math.isfinite(value):
        return _special(value)
    text = f"{abs(value):.{decimals}f}"
    return f"{MINUS}{text}" if value < 0 and float(text) else text


def _special(value: float) -> str:
    return "NaN" if math.isnan(value) else ("∞" if value > 0 else f"{MINUS}∞")
