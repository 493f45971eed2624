"""Addresses lead to the node they were made of, and to its like in other passes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.addresses import (
    Address,
    find_node,
    find_scope,
    node_address,
    scope_address,
)
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace


@pytest.mark.parametrize("which", ["emma", "foreign_trace"])
@given(data=st.data())
def test_the_address_of_a_node_leads_back_to_it(
    request: pytest.FixtureRequest, which: str, data: st.DataObject
) -> None:
    trace: Trace = request.getfixturevalue(which)
    node = data.draw(st.integers(0, trace.nodes - 1))
    address = node_address(trace, node)
    assert address.place >= 0
    assert find_node(trace, address) == node
    assert find_scope(trace, address) == trace.scope[node]


@pytest.mark.parametrize("which", ["emma", "foreign_trace"])
def test_every_scope_has_an_address_of_its_own(request: pytest.FixtureRequest, which: str) -> None:
    trace: Trace = request.getfixturevalue(which)
    addresses = [scope_address(trace, scope) for scope in range(len(trace.scopes))]
    assert len(set(addresses)) == len(addresses)
    assert [find_scope(trace, address) for address in addresses] == list(range(len(addresses)))
    assert all(find_node(trace, address) is None for address in addresses)


def test_parameters_and_shared_positions_have_the_same_address_in_other_passes(
    emma: Trace, a_timeline: Timeline
) -> None:
    a = a_timeline.trace
    for node in (0, 700, a.leaves - 1, a.leaves, a.leaves + 100):
        twin = find_node(a, node_address(emma, node))
        assert twin is not None
        assert a.op_name(twin) == emma.op_name(node)
        assert a.parameter_name(twin) == emma.parameter_name(node)


@pytest.mark.parametrize(
    "address",
    [
        Address(("nowhere",), 0),
        Address(("parameters", "nowhere"), 0),
        Address(("parameters", "wte", "deeper"), 0),
        Address(("parameters", "wte"), 10**15),
        Address(("parameters", "wte"), -1),
        Address(("",), 0),
    ],
)
def test_addresses_of_nothing_lead_nowhere(emma: Trace, address: Address) -> None:
    assert find_node(emma, address) is None
