"""A recorded pass, computed again with other numbers: bit for bit, and much faster.

A pass is compiled into a program of numpy calls. The program is made from the recorded graph
alone; nothing in it knows the model. What it relies on is said where it is done: in which order
sums are added up (`steps`), and in which order gradients are (`ledger`).
"""

from explorer.trace.replay.checked import Fallback, Replay, retraced
from explorer.trace.replay.graph import Graph, NotReplayableError
from explorer.trace.replay.program import Program, ReplayedPass, compile_program
from explorer.trace.replay.scalar import ScalarModel

__all__ = [
    "Fallback",
    "Graph",
    "NotReplayableError",
    "Program",
    "Replay",
    "ReplayedPass",
    "ScalarModel",
    "compile_program",
    "retraced",
]
