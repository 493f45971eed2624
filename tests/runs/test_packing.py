"""States and gradients as bytes: every bit comes back."""

from __future__ import annotations

import struct
from contextlib import suppress
from math import nan
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.runs.engine import State
from explorer.runs.packing import (
    checksum,
    from_bytes,
    pack_gradient,
    pack_random,
    to_bytes,
    unpack_gradient,
    unpack_random,
)

any_bits = st.lists(st.integers(0, 2**64 - 1) | st.just(0), max_size=40).map(
    lambda numbers: np.array(numbers, np.uint64).view(np.float64)
)


@given(any_bits)
def test_numbers_come_back(numbers: np.ndarray) -> None:
    assert from_bytes(to_bytes(numbers)).tobytes() == numbers.tobytes()


@given(any_bits)
def test_gradients_come_back(gradient: np.ndarray) -> None:
    assert unpack_gradient(pack_gradient(gradient), len(gradient)).tobytes() == gradient.tobytes()


def test_zeros_take_a_bit_and_negative_zeros_stay_negative() -> None:
    assert len(pack_gradient(np.zeros(800))) == 100
    assert np.signbit(unpack_gradient(pack_gradient(np.array([-0.0])), 1)).all()


@given(st.binary(max_size=60), st.integers(0, 40))
def test_damaged_gradient_raises_a_value_error_or_is_of_the_right_size(
    packed: bytes, count: int
) -> None:
    with suppress(ValueError):
        assert len(unpack_gradient(packed, count)) == count


@pytest.mark.parametrize("normals", [0, 1, 2])
def test_random_state_comes_back(normals: int) -> None:
    rng = Random(3)
    for _ in range(normals):
        rng.gauss(0, 1)
    assert unpack_random(pack_random(rng.getstate())) == rng.getstate()


@pytest.mark.parametrize("length", [0, 2499, 2501])
def test_damaged_random_state_raises(length: int) -> None:
    with pytest.raises(struct.error):
        unpack_random(bytes(length))


@pytest.mark.parametrize("which", ["parameters", "m", "v"])
def test_checksum_sees_every_array(which: str) -> None:
    arrays = {"parameters": np.ones(3), "m": np.zeros(3), "v": np.full(3, nan)}
    before = checksum(State(**arrays, steps_done=0, random=()))
    arrays[which][1] = -0.0
    assert checksum(State(**arrays, steps_done=0, random=())) != before
