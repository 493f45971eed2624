"""Flows are the residual connections, and keys and values on their way to later positions."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.layout.flows import Flow, find_flows
from explorer.layout.map_layout import MapLayout, layout_map
from explorer.trace.trace import Trace


@pytest.fixture(scope="module")
def layout(emma: Trace) -> MapLayout:
    return layout_map(emma)


@pytest.fixture(scope="module")
def flows(emma: Trace, layout: MapLayout) -> list[Flow]:
    return find_flows(emma, layout)


def column(trace: Trace, scope: int) -> int:
    return trace.position_scope.tolist().index(trace.scope_path(scope)[0])


def test_each_position_sends_its_key_and_value_to_each_later_one(
    emma: Trace, flows: list[Flow]
) -> None:
    sent = {(f.name, column(emma, f.source), column(emma, f.target)) for f in flows if not f.lane}
    assert sent == {(name, a, b) for name in "kv" for a in range(5) for b in range(a + 1, 5)}


def test_each_position_has_two_residual_connections(emma: Trace, flows: list[Flow]) -> None:
    around = [f for f in flows if f.lane is not None]
    assert [column(emma, f.source) for f in around].count(3) == 2
    assert len(around) == 10
    assert {emma.scopes[f.target].name for f in around} == {"residual"}


def test_a_lane_runs_beside_all_that_it_passes(
    emma: Trace, layout: MapLayout, flows: list[Flow]
) -> None:
    for flow in flows:
        if flow.lane is not None:
            top = layout.box[flow.source, 1] + 1
            bottom = layout.box[flow.target, 1]
            assert (layout.grid[top:bottom, int(flow.lane)] == -1).all()


def test_a_flow_brings_nodes_of_its_target(emma: Trace, flows: list[Flow]) -> None:
    for flow in flows:
        scope = int(emma.scope[flow.last])
        block = emma.scopes[flow.target].parent if flow.lane is None else flow.target
        assert block <= scope < emma.scopes[block].stop


def test_a_single_position_has_nothing_to_send_elsewhere(emma: Trace, flows: list[Flow]) -> None:
    assert not any(np.isin(f.target, emma.position_scope) for f in flows)
