"""Many names at once, drawn by a process of its own: the window stays smooth meanwhile."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from explorer.debug.generation.draws import TokenDraw, chance, decide, look_ahead, own_chance
from explorer.debug.generation.reader import Reader
from explorer.debug.generation.tape import RandomState, Tape, state_of_seed
from microgpt import Config

if TYPE_CHECKING:
    from explorer.debug.generation.generation import Generation

MOST_NAMES = 1000
PATIENCE = 0.1  # seconds between looks at whether the batch was given up


@dataclass(frozen=True)
class BatchOrder:
    """What is to be drawn: everything that the names depend on.

    Attributes
    ----------
    config : Config
    letters : tuple of str
    parameters : tuple of float
        In state-dict order.
    seed : int
        What the random numbers are called; `random` is what they are.
    random : tuple
        State of the generator before the first name.
    temperature : float
    prefix : tuple of int
        Tokens that every name begins with.
    count : int
        How many names.
    """

    config: Config
    letters: tuple[str, ...]
    parameters: tuple[float, ...]
    seed: int
    random: RandomState
    temperature: float
    prefix: tuple[int, ...]
    count: int


@dataclass(frozen=True)
class BatchName:
    """One name of a batch.

    Attributes
    ----------
    number : int
        The first one is 1.
    start : int
        How many random numbers the names before it took.
    name : str
    ended : bool
        Whether BOS was drawn; otherwise the model could not read any more.
    probability : float
        Of all that was drawn, at the temperature.
    own_probability : float
        The same at temperature 1: the model's own.
    """

    number: int
    start: int
    name: str
    ended: bool
    probability: float
    own_probability: float


def order_of(generation: Generation, count: int) -> BatchOrder:
    """Return the order for the first names of a seed, with all that is chosen now."""
    model, tokenizer = generation.subject.model, generation.subject.tokenizer
    return BatchOrder(
        model.config,
        tuple(tokenizer.letters),
        tuple(parameter.data for parameter in model.parameters()),
        generation.seed,
        state_of_seed(generation.subject, generation.seed),
        generation.temperature,
        generation.prefix_tokens,
        count,
    )


def draw_names(order: BatchOrder) -> Iterator[BatchName]:
    """Draw the names one after the other.

    Raises
    ------
    ArithmeticError, ValueError
        The model's numbers went out of range.
    """
    bos = len(order.letters)
    reader, tape = Reader(order.config, bos + 1, order.parameters), Tape(order.random)
    for number in range(1, order.count + 1):
        start, tokens = tape.at, [bos, *order.prefix]
        draws: list[TokenDraw] = []
        while len(tokens) <= order.config.block_size and (not draws or tokens[-1] != bos):
            draws.append(decide(look_ahead(reader, tokens, order.temperature), tape))
            assert draws[-1].token is not None
            tokens.append(draws[-1].token)
        ended = tokens[-1] == bos
        name = "".join(order.letters[token] for token in tokens if token != bos)
        yield BatchName(number, start, name, ended, chance(draws), own_chance(draws))


def draw_elsewhere(
    order: BatchOrder, found: Callable[[BatchName], None], report: Callable[[float], None]
) -> None:
    """Draw the names in another process, and wait for them.

    Parameters
    ----------
    order : BatchOrder
    found : callable
        Called with each name.
    report : callable
        Called with how much is done, 0 to 1, often; it may raise to give up.

    Raises
    ------
    ValueError
        The model's numbers went out of range, or the process died.
    """
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_work, args=(order, theirs), name="batch of names", daemon=True)
    process.start()
    theirs.close()
    done = 0
    try:
        while done < order.count:
            report(done / order.count)
            if not ours.poll(PATIENCE):
                continue
            told = ours.recv()
            if isinstance(told, str):
                raise ValueError(told)
            found(told)
            done += 1
        report(1.0)
    except EOFError:
        raise ValueError("The process that draws names has ended before its time.") from None
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()


def _work(order: BatchOrder, connection: Connection) -> None:
    """Send each name as soon as it is drawn, or a sentence of why there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(BrokenPipeError):
        try:
            for name in draw_names(order):
                connection.send(name)
        except (ArithmeticError, ValueError) as error:
            connection.send(f"No more names can be drawn: {error}.")
        connection.close()
