"""A draw in words, and as a table."""

from __future__ import annotations

from explorer.debug import numbers
from explorer.debug.generation.draws import TokenDraw, chance, own_chance
from explorer.debug.generation.generation import Generation
from explorer.debug.table import Table
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
    if draw.fell is None:
        return f"{token} is given, so no number is drawn. The model gives it {share}."
    low, high = draw.stretch(draw.token)
    return f"{draw.fell:.4f} falls between {low:.4f} and {high:.4f}: {token} ({share})."


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
        odds += f", {numbers.short(own_chance(drawn), 3)} at temperature 1"
    if not generation.is_finished:
        return f"{which}, so far: {odds}."
    end = "" if generation.ended else " The model can't read any more, so it ends without BOS."
    known = "stands in the data set" if generation.is_known else "is not in the data set"
    return f"{which} {known}: {odds}.{end}"


def draw_table(draw: TokenDraw, tokenizer: Tokenizer) -> Table:
    """Return what is known of each token, a row each."""
    columns = (
        "token",
        "id",
        "logit",
        f"probability at temperature {draw.temperature:g}",
        "probability at temperature 1",
        "begins",
        "ends",
        "number drawn",
        "next",
    )
    rows = []
    for token, weight in enumerate(draw.weights):
        own = draw.own_weights[token]
        cells = (spelled(tokenizer, token), token, draw.logits[token], weight, own)
        chosen = int(token == draw.token)
        rows.append((*cells, *draw.stretch(token), draw.number, chosen))
    return Table(columns, tuple(rows))


def token_sentence(draw: TokenDraw, token: int, tokenizer: Tokenizer) -> str:
    """Say what is known of one token."""
    low, high = draw.stretch(token)
    parts = [
        f"{spelled(tokenizer, token)}, id {token}",
        f"logit {numbers.short(draw.logits[token])}",
        f"probability {numbers.short(draw.weights[token])}",
    ]
    if draw.temperature != 1.0:
        parts.append(f"{numbers.short(draw.own_weights[token])} at temperature 1")
    parts.append(f"from {low:.4f} to {high:.4f}")
    return " · ".join(parts)
