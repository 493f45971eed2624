"""The shape of a model in a file, which has to be one that can be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from explorer.debug.file_fields import FieldError, Fields
from microgpt import Config

MOST_PARAMETERS = 2_000_000  # a pass over a larger model would not fit in memory


def read_config(fields: Fields) -> dict[str, int]:
    """Return the shape of a model.

    Raises
    ------
    FieldError
    """
    shape = {
        name: fields.whole(name, least=1) for name in ("n_layer", "n_embd", "n_head", "block_size")
    }
    try:
        return asdict(Config(**shape))
    except ValueError as error:
        raise FieldError(f"the model can't be built: {error}") from None


def check_size(fields: Fields, config: Mapping[str, int], tokens: int) -> None:
    """Refuse the field “config” if the model is too large.

    Raises
    ------
    FieldError
    """
    parameters = count_parameters(config, tokens)
    if parameters > MOST_PARAMETERS:
        raise fields.refuse("config", f"a model of {parameters} parameters is too large")


def count_parameters(config: Mapping[str, int], tokens: int) -> int:
    """Return how many parameters a model has."""
    width = config["n_embd"]
    rows = 2 * tokens + config["block_size"] + 12 * config["n_layer"] * width
    return rows * width
