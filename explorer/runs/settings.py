"""The settings of a run: one table with type, default, range and meaning of each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any

from explorer.trace.passes import MOST_NODES, expected_nodes
from microgpt import Config

ENGINE_NAMES = ("replay", "scalar")
DATA_SETS = ("bundled", "file", "published")
SHAPE = ("n_layer", "n_embd", "n_head", "block_size")
NUMBERS = {int: "a whole number", float: "a number"}


class SettingsError(ValueError):
    """Settings that no run can have; the message says of each what is wrong."""


@dataclass(frozen=True)
class Setting:
    """One row of the table, enough to make a field of a form.

    Attributes
    ----------
    name : str
        The attribute of `RunSettings`.
    type : type
        int, float or str.
    label : str
        What a person calls it.
    meaning : str
    least, most : float or None
        The range of a number.
    open_least, open_most : bool
        Whether the ends of the range are left out.
    choices : tuple of str
        All values, if there are only so many.
    """

    name: str
    type: type
    default: Any
    label: str
    meaning: str
    least: float | None = None
    most: float | None = None
    open_least: bool = False
    open_most: bool = False
    choices: tuple[str, ...] = ()

    @property
    def range(self) -> str:
        """The values in words, empty for any text."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if self.least is None or self.most is None:
            return ""
        low = f"above {self.least:,}" if self.open_least else f"at least {self.least:,}"
        high = f"below {self.most:,}" if self.open_most else f"at most {self.most:,}"
        return f"{low} and {high}"

    def problem(self, value: object) -> str | None:
        """Return what is wrong with a value, one sentence, or None."""
        wrong = None
        if self.type is str:
            if not isinstance(value, str):
                wrong = "a text"
            elif self.choices and value not in self.choices:
                wrong = self.range
        elif not self._is_number(value):
            wrong = NUMBERS[self.type]
        elif not self._in_range(value):
            wrong = self.range
        return None if wrong is None else f"{self.label} must be {wrong}, not {value!r}"

    def _is_number(self, value: object) -> bool:
        allowed = (int,) if self.type is int else (int, float)
        return isinstance(value, allowed) and not isinstance(value, bool)

    def _in_range(self, value: Any) -> bool:
        assert self.least is not None
        assert self.most is not None
        # Written so that NaN lies outside.
        above = value > self.least if self.open_least else value >= self.least
        below = value < self.most if self.open_most else value <= self.most
        return bool(above and below)


def _setting(default: Any, label: str, meaning: str, *limits: float, **more: Any) -> Any:
    least, most = limits or (None, None)
    about = {"label": label, "meaning": meaning, "least": least, "most": most, **more}
    return field(default=default, metadata=about)


@dataclass(frozen=True)
class RunSettings:
    """Everything that decides what a run computes, to the last bit.

    Raises
    ------
    SettingsError
        A value is of the wrong type or out of range, or two do not go together.
    """

    steps: int = _setting(1000, "steps", "number of training steps in all", 0, 1_000_000)
    seed: int = _setting(42, "seed", "of all random numbers", -(2**63), 2**63 - 1)
    learning_rate: float = _setting(
        0.01, "learning rate", "of the first step; it falls linearly to 0", 0, 10, open_least=True
    )
    beta1: float = _setting(
        0.85, "beta1", "share of the mean gradient kept at each step", 0, 1, open_most=True
    )
    beta2: float = _setting(
        0.99, "beta2", "share of the mean squared gradient kept at each step", 0, 1, open_most=True
    )
    epsilon: float = _setting(
        1e-8, "epsilon", "keeps the division by a tiny spread finite", 0, 1, open_least=True
    )
    n_layer: int = _setting(Config.n_layer, "layers", "layers of the transformer", 1, 32)
    n_embd: int = _setting(Config.n_embd, "width", "size of the embedding", 1, 512)
    n_head: int = _setting(Config.n_head, "heads", "attention heads a layer", 1, 512)
    block_size: int = _setting(
        Config.block_size, "block size", "longest sequence, in tokens", 1, 1024
    )
    temperature: float = _setting(
        0.5, "temperature", "of samples; below 1 likely tokens become likelier", 0, 100,
        open_least=True,
    )  # fmt: skip
    samples_every: int = _setting(
        100, "samples every", "steps between samples while it trains; 0 for none", 0, 1_000_000
    )
    engine: str = _setting(
        "replay", "engine", "what computes the steps; the bits are the same", choices=ENGINE_NAMES
    )
    dataset: str = _setting("bundled", "data set", "where documents come from", choices=DATA_SETS)
    dataset_file: str = _setting("", "file", "text file with one document a line")
    dataset_digest: str = _setting("", "digest", "SHA-256 of the documents, filled in by the run")

    def __post_init__(self) -> None:
        wrong = problems({one.name: getattr(self, one.name) for one in fields(self)})
        if wrong:
            raise SettingsError("; ".join(wrong.values()))
        for row in table():
            if row.type is float:  # a whole number is as good
                object.__setattr__(self, row.name, float(getattr(self, row.name)))

    @property
    def config(self) -> Config:
        """The shape of the model."""
        return _config(asdict(self))

    def to_json(self) -> str:
        """Return a JSON object with every setting; `from_json` gives equal settings."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> RunSettings:
        """Read settings; those that are left out have their defaults.

        Raises
        ------
        SettingsError
            The text is not a JSON object, or it holds a wrong or unknown setting.
        """
        try:
            values = json.loads(text)
        except ValueError as error:
            raise SettingsError(f"the settings are not JSON ({error})") from None
        if not isinstance(values, dict):
            raise SettingsError("the settings are not a JSON object")
        unknown = sorted(values.keys() - {row.name for row in table()})
        if unknown:
            raise SettingsError(f"there is no setting {', '.join(unknown)}")
        return cls(**values)


def _config(values: Mapping[str, Any]) -> Config:
    return Config(**{name: values[name] for name in SHAPE})


def table() -> tuple[Setting, ...]:
    """Return all settings in the order of a form."""
    rows = []
    for one in fields(RunSettings):
        assert one.default is not MISSING
        rows.append(Setting(one.name, type(one.default), one.default, **one.metadata))
    return tuple(rows)


def problems(values: Mapping[str, object]) -> dict[str, str]:
    """Return what is wrong, one sentence for each bad field; empty if a run can have them.

    Parameters
    ----------
    values : mapping of str to object
        By name of the setting; those that are left out have their defaults.
    """
    wrong = {}
    complete: dict[str, Any] = {row.name: values.get(row.name, row.default) for row in table()}
    for row in table():
        sentence = row.problem(complete[row.name])
        if sentence:
            wrong[row.name] = sentence
    if not wrong.keys() & {"n_embd", "n_head"}:
        width, heads = complete["n_embd"], complete["n_head"]
        if width % heads:
            wrong["n_head"] = f"heads must divide the width: {heads} does not divide {width}"
    if not wrong.keys() & SHAPE and expected_nodes(_config(complete), 1, 1) > MOST_NODES:
        wrong["n_layer"] = (
            f"{complete['n_layer']} layers of width {complete['n_embd']} make over "
            f"{MOST_NODES:,} nodes a position, which is more than can be shown"
        )
    if complete["dataset"] == "file" and complete["dataset_file"] == "":
        wrong["dataset_file"] = "file must name the text file with the documents"
    digest = complete["dataset_digest"]
    if isinstance(digest, str) and not re.fullmatch(r"([0-9a-f]{64})?", digest):
        wrong["dataset_digest"] = f"digest must be 64 hexadecimal digits, not {digest!r}"
    return wrong
