"""The states of runs in the database: whole ones now and then, and what leads from one to the next.

A whole state is kept every few steps, and the gradient of each step: Adam's arithmetic on it gives
the states between, exactly and without the model. A checksum a step proves it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from explorer.runs.adam import updated
from explorer.runs.database import Database, StoreError
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
from explorer.runs.settings import RunSettings
from explorer.trace.trace import FloatArray

STATE_EVERY = 8  # steps: at most 7 updates, 0.5 ms each, lead to any state


class States:
    """Parameters, m, v and random state after every step of every run.

    Parameters
    ----------
    database : Database
    settings_of : callable
        Returns the settings of a run.
    """

    def __init__(self, database: Database, settings_of: Callable[[int], RunSettings]) -> None:
        self._database = database
        self._settings_of = settings_of
        self._known_run: int | None = None  # the one looked up last, and some states of it
        self._chain: list[State] = []
        self._settings = RunSettings()

    def add_first(self, run: int, state: State) -> None:
        """Add the state before the first step."""
        self._add_whole(run, state)

    def add(self, run: int, gradient: FloatArray, state: State) -> None:
        """Add the gradient of a step and the state that it led to."""
        step = state.steps_done
        self._database.execute(
            "INSERT INTO gradients VALUES (?, ?, ?, ?)",
            (run, step, pack_gradient(gradient), checksum(state)),
        )
        if step % STATE_EVERY == 0:
            self._add_whole(run, state)

    def forget(self) -> None:
        """Forget what was looked up, after runs were deleted."""
        self._known_run = None

    def at(self, run: int, step: int) -> State:
        """Return the state after a step, 0 for the first one; its arrays are read-only.

        Raises
        ------
        StoreError
            There is no such step, or it cannot be had with the bits that it had.
        """
        chain = self._chain_to(run, step)
        while chain[-1].steps_done < step:
            chain.append(self._next(run, chain[-1]))
        return chain[step - chain[0].steps_done]

    def gradient(self, run: int, step: int) -> FloatArray:
        """Return the gradient of all parameters in a step, before the update."""
        count = len(self._chain_to(run, step)[0].parameters)
        return self._gradient(run, step, count)

    def _chain_to(self, run: int, step: int) -> list[State]:
        """Return the states from the last whole one not after a step, as far as they are known."""
        first = step - step % STATE_EVERY
        if self._known_run != run or self._chain[0].steps_done != first:
            whole = self._whole(run, first)
            if whole is None:
                raise _no_step(run, step)
            if first > 0:
                self._check(run, whole)
            self._settings = self._settings_of(run)
            self._known_run, self._chain = run, [whole]
        return self._chain

    def _next(self, run: int, state: State) -> State:
        gradient = self._gradient(run, state.steps_done + 1, len(state.parameters))
        following = updated(state, gradient, self._settings)
        self._check(run, following)
        for shared in (following.parameters, following.m, following.v):
            shared.setflags(write=False)
        return following

    def _check(self, run: int, state: State) -> None:
        """Raise StoreError unless a state is the one that was kept."""
        step = state.steps_done
        query = "SELECT checksum FROM gradients WHERE run = ? AND step = ?"
        if self._database.rows(query, (run, step)) != [(checksum(state),)]:
            raise StoreError(
                f"step {step} of run {run} does not come out with the bits that it had: "
                f"{self._database.path} is damaged, or comes from another kind of machine"
            )

    def _whole(self, run: int, step: int) -> State | None:
        rows = self._database.rows(
            "SELECT parameters, m, v, random FROM states WHERE run = ? AND step = ?", (run, step)
        )
        if not rows:
            return None
        ((parameters, m, v, random),) = rows
        try:
            parameters, m, v = map(from_bytes, (parameters, m, v))
            if not len(parameters) == len(m) == len(v):
                raise self._database.damaged()
            return State(parameters, m, v, step, unpack_random(random))
        except (ValueError, struct.error):
            raise self._database.damaged() from None

    def _gradient(self, run: int, step: int, count: int) -> FloatArray:
        rows = self._database.rows(
            "SELECT packed FROM gradients WHERE run = ? AND step = ?", (run, step)
        )
        if not rows:
            raise _no_step(run, step)
        try:
            return unpack_gradient(rows[0][0], count)
        except ValueError:
            raise self._database.damaged() from None

    def _add_whole(self, run: int, state: State) -> None:
        arrays = map(to_bytes, (state.parameters, state.m, state.v))
        self._database.execute(
            "INSERT INTO states VALUES (?, ?, ?, ?, ?, ?)",
            (run, state.steps_done, *arrays, pack_random(state.random)),
        )


def _no_step(run: int, step: int) -> StoreError:
    return StoreError(f"there is no step {step} of run {run}")
