"""The names of a batch in an order, and in words."""

from __future__ import annotations

import pytest

from explorer.debug.generation.batch import BatchName, BatchOrder
from explorer.debug.generation.batch_table import BatchTable, Order
from microgpt import Config

NAMES = (
    BatchName(1, 0, "bob", True, 0.02, 0.01),
    BatchName(2, 4, "abba", True, 0.001, 0.0005),
    BatchName(3, 9, "bob", True, 0.02, 0.01),
    BatchName(4, 13, "aab", False, 0.3, 0.2),
    BatchName(5, 16, "", True, 0.05, 0.04),
)
KNOWN = {"bob", ""}
ASKED = BatchOrder(Config(), ("a", "b"), (), 7, (), 0.5, (0, 1), 5)


@pytest.fixture
def batch() -> BatchTable:
    batch = BatchTable(ASKED, KNOWN.__contains__)
    for name in NAMES:
        batch.add(name)
    return batch


@pytest.mark.parametrize(
    ("order", "numbers"),
    [
        (Order.DRAWN, [1, 2, 3, 4, 5]),
        (Order.LIKELY, [4, 5, 1, 3, 2]),
        (Order.UNLIKELY, [2, 1, 3, 5, 4]),
        (Order.SHORT, [5, 1, 3, 4, 2]),
        (Order.LONG, [2, 1, 3, 4, 5]),
        (Order.NEW, [2, 4, 1, 3, 5]),
        (Order.NAME, [5, 4, 2, 1, 3]),
    ],
)
def test_orders(batch: BatchTable, order: Order, numbers: list[int]) -> None:
    assert [one.number for one in batch.sorted(order)] == numbers
    assert list(batch.names) == list(NAMES)


def test_all_orders_are_tested() -> None:
    assert len(Order) == 7


def test_what_they_have_in_common(batch: BatchTable) -> None:
    percent = "40.0\N{NARROW NO-BREAK SPACE}%"
    assert batch.summary() == f"2 of 5 new ({percent}) · 4 different · mean length 2.6"
    assert batch.origin() == "Seed 7, temperature 0.5, beginning “ab”"


def test_without_names_there_is_nothing_to_say() -> None:
    empty = BatchTable(ASKED, KNOWN.__contains__)
    assert empty.summary() == ""
    assert empty.table(Order.DRAWN) is None


def test_starts_lead_up_to_a_name(batch: BatchTable) -> None:
    assert batch.starts_up_to(NAMES[2]) == [0, 4, 9]
    assert batch.starts_up_to(NAMES[0]) == [0]


def test_the_table_has_every_digit_in_the_order_of_the_list(batch: BatchTable) -> None:
    table = batch.table(Order.LIKELY)
    assert table is not None
    assert "0.5" in table.columns[3]
    assert table.rows[0] == (4, "aab", 3, 0.3, 0.2, 0, 0)
    assert table.rows[1] == (5, "", 0, 0.05, 0.04, 1, 1)
    assert len(table.as_csv().splitlines()) == 6
