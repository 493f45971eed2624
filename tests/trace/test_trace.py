"""`Trace`: columns that cannot be changed, and names."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest

from explorer.trace.trace import Trace

ARRAYS = [column.name for column in fields(Trace) if "Array" in str(column.type)]


@pytest.mark.parametrize("column", ARRAYS)
def test_column_cannot_be_assigned_to(column: str, emma: Trace) -> None:
    with pytest.raises(ValueError, match="read-only"):
        getattr(emma, column)[0] = 0


def test_attribute_cannot_be_replaced(emma: Trace) -> None:
    with pytest.raises(FrozenInstanceError):
        emma.data = emma.grad


def test_derived_column_cannot_be_assigned_to(emma: Trace) -> None:
    with pytest.raises(ValueError, match="read-only"):
        emma.reaches_loss[0] = emma.reaches_loss[0]


def test_parameter_names_follow_the_matrices(emma: Trace) -> None:
    assert emma.parameter_name(0) == "wte[0][0]"
    assert emma.parameter_name(5 * 16 + 3) == "wte[5][3]"
    assert emma.parameter_name(27 * 16) == "wpe[0][0]"
    assert emma.parameter_name(4191) == "layer0.mlp_fc2[15][63]"
    assert emma.parameter_name(4192) is None
    names = [emma.parameter_name(node) for node in range(emma.leaves)]
    assert len(set(names)) == 4192


def test_edges_and_operations_of_a_node(emma: Trace) -> None:
    last = emma.loss
    assert emma.op_name(last) == "mul"
    assert emma.data[last] == np.prod(emma.data[emma.child[list(emma.edges(last))]])
    assert list(emma.edges(0)) == []
    assert emma.op_name(0) == "parameter"


def test_sizes_agree(emma: Trace) -> None:
    assert emma.nodes == len(emma.op) == 43_895
    assert emma.created == emma.nodes - emma.leaves == 39_703
    assert emma.reaches_loss.sum() == len(emma.order) == len(set(emma.order.tolist()))
    assert emma.order[-1] == emma.loss == emma.nodes - 1


def test_children_come_before_their_node(emma: Trace) -> None:
    consumer = np.repeat(np.arange(emma.nodes), np.diff(emma.child_pointer))
    assert (emma.child < consumer).all()
