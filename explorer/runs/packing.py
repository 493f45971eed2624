"""How states and gradients are kept as bytes.

Most of a state changes in every bit at every step, so that packing it does not help; but a
gradient and Adam's arithmetic give the next state exactly. So a whole state is kept now and then,
and a gradient at each step, without the zeros that letters and positions which did not occur have.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np

from explorer.runs.engine import RandomState, State
from explorer.trace.trace import FloatArray

RANDOM_VERSION = 3  # of `random.Random.getstate`
WORDS = 625  # of the Mersenne twister


def to_bytes(numbers: FloatArray) -> bytes:
    """Return little-endian float64."""
    return np.ascontiguousarray(numbers, "<f8").tobytes()


def from_bytes(data: bytes) -> FloatArray:
    """Return the numbers that `to_bytes` was given, read-only."""
    return np.frombuffer(data, "<f8").astype(np.float64, copy=False)


def checksum(state: State) -> int:
    """Return a CRC-32 of parameters, m and v."""
    crc = 0
    for numbers in (state.parameters, state.m, state.v):
        crc = zlib.crc32(to_bytes(numbers), crc)
    return crc


def pack_gradient(gradient: FloatArray) -> bytes:
    """Return one bit a number, whether it is other than +0.0, then those numbers."""
    kept = gradient.view(np.int64) != 0
    return np.packbits(kept).tobytes() + to_bytes(gradient[kept])


def unpack_gradient(packed: bytes, count: int) -> FloatArray:
    """Return the gradient of `count` parameters; raise ValueError if the bytes are damaged."""
    mask = (count + 7) // 8
    kept = np.unpackbits(np.frombuffer(packed[:mask], np.uint8), count=count).astype(bool)
    gradient = np.zeros(count)
    gradient[kept] = from_bytes(packed[mask:])
    return gradient


def pack_random(state: RandomState) -> bytes:
    """Return the words of the twister, then the normal number in hand, if there is one."""
    version, words, normal = state
    assert version == RANDOM_VERSION
    rest = b"" if normal is None else struct.pack("<d", normal)
    return struct.pack(f"<{WORDS}I", *words) + rest


def unpack_random(packed: bytes) -> RandomState:
    """Return what `random.Random.setstate` takes; raise struct.error if the bytes are damaged."""
    words = struct.unpack_from(f"<{WORDS}I", packed)
    rest = packed[4 * WORDS :]
    return RANDOM_VERSION, words, struct.unpack("<d", rest)[0] if rest else None
