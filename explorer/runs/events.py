"""What the process of a run tells the one that started it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from explorer.runs.engine import StepRow


class Command(Enum):
    """What a run can be told."""

    PAUSE = auto()  # after the step under way
    RESUME = auto()
    STEP = auto()  # a single one, then pause
    STOP = auto()  # after the step under way; it can be taken up again later


@dataclass(frozen=True)
class Running:
    """Training goes on, after so many steps."""

    steps_done: int


@dataclass(frozen=True)
class Stepped:
    """A step is computed and kept."""

    row: StepRow


@dataclass(frozen=True)
class Sampled:
    """Documents were made up after a step."""

    step: int
    documents: tuple[str, ...]
    final: bool


@dataclass(frozen=True)
class Notice:
    """Something that the user should know; training goes on."""

    text: str


@dataclass(frozen=True)
class Paused:
    """Training waits. The reason is empty if that was the user's wish."""

    steps_done: int
    reason: str = ""


@dataclass(frozen=True)
class Finished:
    """All steps are done."""

    steps_done: int


@dataclass(frozen=True)
class Stopped:
    """The process ended before the last step, as it was told."""

    steps_done: int


@dataclass(frozen=True)
class Failed:
    """The process ended, and not as it was told; the message is one sentence."""

    message: str


Event: TypeAlias = Running | Stepped | Sampled | Notice | Paused | Finished | Stopped | Failed
LAST_EVENTS = (Finished, Stopped, Failed)
