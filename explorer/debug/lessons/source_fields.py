"""The models of a lesson in its file."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import MISSING, asdict
from dataclasses import fields as columns
from hashlib import sha256
from typing import Any

import numpy as np

from explorer.debug.file_fields import Fields
from explorer.debug.lessons.sources import (
    BuiltIn,
    Embedded,
    Expression,
    Source,
    Untrained,
    unpack,
)
from explorer.debug.model_fields import MOST_PARAMETERS, check_size, count_parameters, read_config
from explorer.trace.expression import ExpressionError, parse_formula

KINDS: dict[str, type[Source]] = {
    "untrained": Untrained,
    "built-in": BuiltIn,
    "expression": Expression,
    "embedded": Embedded,
}
PACKED = ("parameters", "m", "v", "losses")
MOST_LEAVES = 50
MOST_STEPS = 1_000_000
MOST_DOCUMENTS = 10_000_000
FILE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")


def spell_source(source: Source) -> dict[str, Any]:
    """Return what is written of a model."""
    (kind,) = (name for name, known in KINDS.items() if isinstance(source, known))
    content = {"kind": kind, **asdict(source)}
    for name in PACKED:
        packed = content.pop(name, b"")
        if packed:
            text = base64.b64encode(packed).decode()
            content[name] = {"float64": text, "sha256": sha256(packed).hexdigest()}
    return content


def read_source(fields: Fields) -> Source:
    """Return the model that stands in a file, after checking it.

    Raises
    ------
    FieldError
    """
    kind = fields.text("kind")
    if kind == "untrained":
        fields = fields.filled(dict.fromkeys(("kind", "config")) | {"seed": 42})
        config = fields.object("config", read_config)
        check_size(fields, config, 27)
        return Untrained(config, fields.whole("seed"))
    if kind == "built-in":
        fields = fields.filled(dict.fromkeys(("kind", "name")))
        name = fields.text("name")
        if not FILE_NAME.fullmatch(name):
            raise fields.refuse("name", "it should be of small letters, digits and hyphens")
        return BuiltIn(name)
    if kind == "expression":
        return _expression(fields.filled(dict.fromkeys(("kind", "text", "leaves"))))
    if kind == "embedded":
        return read_embedded(fields)
    raise fields.refuse("kind", f"it should be one of {', '.join(KINDS)}")


def _expression(fields: Fields) -> Expression:
    text, leaves = fields.text("text"), fields.numbers("leaves")
    if len(leaves) > MOST_LEAVES:
        raise fields.refuse("leaves", f"there are more than {MOST_LEAVES}")
    try:
        parse_formula(text, leaves)
    except ExpressionError as error:
        raise fields.refuse("text", str(error).rstrip(".")) from None
    return Expression(text, leaves)


def read_embedded(fields: Fields) -> Embedded:
    """Return a model with all its numbers, after checking that they are whole.

    Raises
    ------
    FieldError
    """
    known = {one.name: None if one.default is MISSING else one.default for one in columns(Embedded)}
    fields = fields.filled({"kind": None, **known, **dict.fromkeys(PACKED)})
    letters = fields.text("letters")
    if len(letters) < 1 or "".join(sorted(set(letters))) != letters:
        raise fields.refuse("letters", "they should be different and in order")
    config = fields.object("config", read_config)
    check_size(fields, config, len(letters) + 1)
    count = count_parameters(config, len(letters) + 1)
    total = fields.whole("total_steps", least=1)
    done = fields.whole("steps_done")
    if total > MOST_STEPS or done > total:
        raise fields.refuse("steps_done", f"{done} of {total} steps can't be")
    if fields.whole("documents") > MOST_DOCUMENTS:
        raise fields.refuse("documents", "there are too many")
    numbers = {name: _packed(fields, name, 8 * MOST_PARAMETERS) for name in PACKED}
    expected = {"parameters": {count}, "m": {0, count}, "v": {0, count}, "losses": {0, done}}
    for name, packed in numbers.items():
        if len(packed) // 8 not in expected[name]:
            wanted = max(expected[name])
            raise fields.refuse(name, f"there should be {wanted} numbers, not {len(packed) // 8}")
    if (unpack(numbers["v"]) < 0).any():
        raise fields.refuse("v", "no number may be negative")
    return Embedded(
        title=fields.text("title"),
        letters=letters,
        config=config,
        seed=fields.whole("seed"),
        steps_done=done,
        total_steps=total,
        **numbers,
        learning_rate=fields.number("learning_rate", least=0.0),
        beta1=_share(fields, "beta1"),
        beta2=_share(fields, "beta2"),
        epsilon=fields.number("epsilon", least=0.0),
        documents=fields.whole("documents"),
        documents_sha256=fields.text("documents_sha256"),
    )


def _share(fields: Fields, key: str) -> float:
    share = fields.number(key, least=0.0)
    if share >= 1:
        raise fields.refuse(key, "it should be less than 1")
    return share


def _packed(fields: Fields, key: str, largest: int) -> bytes:
    """Return packed numbers, all of which are finite and as they were written."""
    if not fields.has(key):
        return b""
    inner = fields.object(key, lambda found: found.filled(dict.fromkeys(("float64", "sha256"))))
    text = inner.text("float64", longest=4 * (largest // 3 + 1))
    try:
        packed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise fields.refuse(key, "it is not written in base64") from None
    if len(packed) % 8:
        raise fields.refuse(key, "it ends in the middle of a number")
    if sha256(packed).hexdigest() != inner.text("sha256"):
        raise fields.refuse(key, "its numbers are not those that were written")
    if not np.isfinite(unpack(packed)).all():
        raise fields.refuse(key, "it has numbers that are infinite or not numbers")
    return packed
