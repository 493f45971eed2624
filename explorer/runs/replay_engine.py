"""The engine that replays a recorded pass with the parameters and tokens of each step."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.runs.array_engine import ArrayEngine
from explorer.runs.settings import RunSettings
from explorer.trace.replay import Fallback, Replay, ScalarModel
from microgpt import Tokenizer


def replay_engine(settings: RunSettings, documents: Sequence[str]) -> ArrayEngine:
    """Return an engine that computes passes by replay, checked against the scalar code.

    Parameters
    ----------
    settings : RunSettings
    documents : sequence of str
        In the order of their file.
    """
    notices: list[str] = []

    def tell(fallback: Fallback) -> None:
        notices.append(fallback.text)

    scalar = ScalarModel(settings.config, Tokenizer(documents), settings.seed)
    compute = Replay(scalar, tell).loss_and_gradients
    return ArrayEngine("replay", settings, documents, compute, notices)
