"""Models of lessons: made from what a lesson says, and said so that a lesson can hold them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random

import numpy as np

from explorer.debug.file_fields import FieldError, FileKind
from explorer.debug.lessons.source_fields import read_embedded, spell_source
from explorer.debug.lessons.sources import (
    BuiltIn,
    Embedded,
    Source,
    Untrained,
    digest_of_documents,
    pack,
    unpack,
)
from explorer.trace.passes import Subject, untrained
from explorer.trace.record import collector_off
from explorer.trace.trace import FloatArray
from microgpt import GPT, Adam, Config, Tokenizer, bundled_names, read_documents

KIND = FileKind("model", largest=100_000_000)


class ModelError(ValueError):
    """A model cannot be had; the message is a sentence without full stop."""


def subject_of(source: Source, built_in: Callable[[str], Embedded]) -> Subject | None:
    """Return the model of a stop, ready to make passes; None for an expression, which needs none.

    Parameters
    ----------
    source : Source
    built_in : callable
        Returns a model that comes with the program by its name, or raises `ModelError`.

    Raises
    ------
    ModelError
        It cannot be had.
    """
    if isinstance(source, BuiltIn):
        source = built_in(source.name)
    if isinstance(source, Embedded):
        return _embedded_subject(source)
    if isinstance(source, Untrained):
        try:
            return untrained(Config(**source.config), source.seed)
        except (OSError, ValueError) as error:
            raise ModelError(str(error).rstrip(".")) from None
    return None


def source_of(
    subject: Subject, title: str, losses: Sequence[float] | FloatArray = ()
) -> Untrained | Embedded:
    """Return what a lesson says of a model: all its numbers, unless it can be made anew.

    Parameters
    ----------
    subject : Subject
    title : str
    losses : sequence of float
        Of the steps that it was trained; none if they are not known.
    """
    config, adam = asdict(subject.model.config), subject.optimizer
    if subject.documents_file == Path(bundled_names()) and not adam.steps_done:
        return Untrained(config, subject.seed)
    known = len(losses) == adam.steps_done and bool(np.isfinite(losses).all())
    return Embedded(
        title=title,
        letters="".join(subject.tokenizer.letters),
        config=config,
        seed=subject.seed,
        steps_done=adam.steps_done,
        total_steps=subject.total_steps,
        parameters=pack([parameter.data for parameter in subject.model.parameters()]),
        m=pack(adam.m) if any(adam.m) else b"",
        v=pack(adam.v) if any(adam.v) else b"",
        losses=pack(losses) if known else b"",
        learning_rate=adam.learning_rate,
        beta1=adam.beta1,
        beta2=adam.beta2,
        epsilon=adam.epsilon,
        documents=len(subject.documents),
        documents_sha256=digest_of_documents(subject.documents),
    )


def _embedded_subject(source: Embedded) -> Subject:
    with collector_off():
        tokenizer = Tokenizer([source.letters])
        model = GPT(Config(**source.config), tokenizer.vocab_size, Random(source.seed))
        parameters = model.parameters()
        for parameter, number in zip(parameters, unpack(source.parameters).tolist(), strict=True):
            parameter.data = number
        adam = Adam(parameters, source.learning_rate, source.beta1, source.beta2, source.epsilon)
    for name, packed in (("m", source.m), ("v", source.v)):
        if packed:
            setattr(adam, name, unpack(packed).tolist())
    adam.steps_done = source.steps_done
    return Subject(
        model,
        tokenizer,
        source.seed,
        adam,
        total_steps=source.total_steps,
        documents=_documents(source),
    )


def _documents(source: Embedded) -> tuple[str, ...]:
    """Return the names that a model was trained on; if they are not here, as many blank ones.

    How many there are decides which random numbers come next, when names are made up.
    """
    documents = read_documents(Path(bundled_names()))
    Random(source.seed).shuffle(documents)
    if digest_of_documents(documents) == source.documents_sha256:
        return tuple(documents)
    return ("",) * source.documents


def save_model(path: Path, model: Embedded) -> None:
    """Write a model that comes with the program.

    Raises
    ------
    WriteError
    """
    KIND.write(path, spell_source(model))


def read_model(path: Path) -> Embedded:
    """Read a model that comes with the program.

    Raises
    ------
    ModelError
        It can't be read, or is damaged.
    """
    try:
        return KIND.read(path, read_embedded)
    except FieldError as error:
        raise ModelError(str(error)) from None
