"""Tables as CSV."""

from __future__ import annotations

import csv
import io
import math

import numpy as np

from explorer.debug.table import Table


def test_every_bit_is_kept() -> None:
    value = 0.1 + 0.2
    table = Table(("letter", "position", "p"), (("a", 0, value), ("b", 1, np.float64(value))))
    assert table.as_csv() == f"letter,position,p\na,0,{value!r}\nb,1,{value!r}\n"


def test_what_is_not_known_is_empty() -> None:
    assert Table(("a", "b"), ((None, math.nan),)).as_csv() == "a,b\n,\n"


def test_commas_and_quotes_come_back() -> None:
    text = Table(("what",), (('a, "b"',),)).as_csv()
    assert list(csv.reader(io.StringIO(text)))[1] == ['a, "b"']
