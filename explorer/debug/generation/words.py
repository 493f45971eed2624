"""A draw in words, and in rows for other programs."""

from __future__ import annotations

from explorer.debug import numbers
from explorer.debug.generation.draws import TokenDraw, chance, own_chance
from explorer.debug.generation.generation import Generation
from microgpt import Tokenizer


def spelled(tokenizer: Tokenizer, token: int) -> str:
    """Return the letter of a token, or BOS."""
    return "BOS" if token == tokenizer.bos else tokenizer.letters[token]


def draw_sentence(draw: TokenDraw, tokenizer: Tokenizer) -> str:
    """Say how the token came about."""
    read = spelled(tokenizer, draw.read)
    if draw.token is None:
        return f"After {read} at position {draw.position}: not drawn yet."
    token, share = spelled(tokenizer, draw.token), numbers.percent(draw.weights[draw.token])
    if draw.fell is None or draw.number is None:
        return f"{token} is given, so no number is drawn. The model gives it {share}."
    low, high = draw.stretch(draw.token)
    number = f"{draw.number:.4f}"
    if draw.total != 1.0:  # as random.choices does; but for rounding it is 1
        number = f"{number} × {numbers.exact(draw.total)} = {draw.fell:.4f}"
    return f"{number} falls between {low:.4f} and {high:.4f}: {token} ({share})."


def tuned_sentence(generation: Generation) -> str:
    """Say what another temperature does to the shown draw; empty if it is not another one."""
    view = generation.view
    if view is None or not generation.is_tuned or view.token is None:
        return ""
    before = generation.draws[generation.shown]
    tokenizer = generation.subject.tokenizer
    was, now = before.token, view.token
    if view.number is None or was is None:
        return ""
    if was == now:
        return "With this temperature the same number falls on the same token."
    return (
        f"With this temperature the same number falls on {spelled(tokenizer, now)} instead of "
        f"{spelled(tokenizer, was)}."
    )


def name_sentence(generation: Generation) -> str:
    """Say what is known of the name so far."""
    if generation.trouble:
        return generation.trouble
    drawn = [draw for draw in generation.draws if draw.is_drawn]
    which = f"Name {numbers.count(generation.number)} of seed {generation.seed}"
    if not drawn:
        return f"{which}: nothing is drawn yet."
    odds = f"probability {numbers.short(chance(drawn), 3)}"
    if any(draw.temperature != 1.0 for draw in drawn):
        odds += f", at temperature 1 {numbers.short(own_chance(drawn), 3)}"
    if not generation.is_finished:
        return f"{which}, so far: {odds}."
    end = "" if generation.ended else " The model can't read any more, so it ends without BOS."
    known = "stands in the data set" if generation.is_known else "is not in the data set"
    return f"{which} {known}: {odds}.{end}"


def draw_rows(draw: TokenDraw, tokenizer: Tokenizer) -> list[tuple[str, ...]]:
    """Return a table of all tokens, with a header, every digit kept."""
    header = ("token", "id", "logit", "probability", "begins", "ends", "number", "next")
    number = "" if draw.number is None else repr(draw.number)
    rows: list[tuple[str, ...]] = [header]
    for token, weight in enumerate(draw.weights):
        low, high = draw.stretch(token)
        letter = spelled(tokenizer, token)
        cells = (repr(draw.logits[token]), repr(weight), repr(low), repr(high))
        rows.append((letter, str(token), *cells, number, "1" if token == draw.token else "0"))
    return rows
