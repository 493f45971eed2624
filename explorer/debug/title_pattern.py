"""Regular expressions that a person types: checked, and safe to run over thousands of titles.

Python's matcher tries all ways in which repetitions can share a title, and cannot be stopped. So a
group must not be repeated, which could take forever, and repetitions are few.
"""

from __future__ import annotations

import re
import warnings

LONGEST, MOST_REPETITIONS = 200, 4

_TOKEN = re.compile(
    r"(?P<escaped>\\.)|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<open>\(\??)"
    r"|(?P<repeat>(?:[*+?]|\{\d*,?\d*\})[?+]?)|(?P<other>.)",
    re.DOTALL,
)


class PatternError(ValueError):
    """A regular expression cannot be used.

    Attributes
    ----------
    place : int
        Index of the letter where it goes wrong.
    """

    def __init__(self, message: str, place: int) -> None:
        super().__init__(message)
        self.place = place


def compile_pattern(text: str) -> re.Pattern[str]:
    """Return a regular expression that ignores case.

    Raises
    ------
    PatternError
        It is malformed, or matching could take forever.
    """
    if len(text) > LONGEST:
        raise PatternError(f"a regular expression has at most {LONGEST} letters", LONGEST)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what another version of Python would read in it
            pattern = re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise PatternError(error.msg, error.pos or 0) from None
    except (OverflowError, RecursionError):
        raise PatternError("this is too large", 0) from None
    _check_repetitions(text)
    return pattern


def _check_repetitions(text: str) -> None:
    count, before = 0, ""
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "repeat":
            count += 1
            if before == ")":
                raise PatternError("a group in brackets can't be repeated", token.start())
            if count > MOST_REPETITIONS:
                message = f"at most {MOST_REPETITIONS} repetitions (* + ? {{}}) are allowed"
                raise PatternError(message, token.start())
        before = token.group()
