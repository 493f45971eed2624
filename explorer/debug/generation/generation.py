"""Making up a name token by token, back and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from psygnal import Signal

from explorer.debug.generation.draws import TokenDraw, decide, look_ahead
from explorer.debug.generation.reader import Reader, probabilities
from explorer.debug.generation.tape import Tape, state_of_seed
from explorer.trace.passes import Subject

COLDEST, USUAL, HOTTEST = 0.05, 0.5, 3.0  # temperatures


class Generation:
    """The name that is being made up: what is drawn so far, and which draw is shown.

    Everything follows from the model, the seed, how many names come before this one, the
    beginning that is given, and the temperature of each draw. A name is `number` 1 if it is the
    first that the seed draws; the next one goes on with the same random numbers, as the published
    script does.

    Attributes
    ----------
    changed : Signal
        Something else is drawn, or shown.
    tuned : Signal
        The temperature alone: the shown draw has other probabilities, nothing is drawn again yet.
    play_changed : Signal
        Tokens are drawn one after the other by themselves, or no longer.

    Parameters
    ----------
    subject : Subject
        The model, and the documents that it is trained on.
    """

    changed = Signal()
    tuned = Signal()
    play_changed = Signal()

    def __init__(self, subject: Subject) -> None:
        self._temperature = USUAL
        self._prefix: tuple[int, ...] = ()
        self._seed = subject.seed
        self._playing = False
        self._begin_with(subject)

    @property
    def subject(self) -> Subject:
        """The model that draws."""
        return self._subject

    @property
    def seed(self) -> int:
        """Of the random numbers."""
        return self._seed

    @property
    def temperature(self) -> float:
        """With which the next token is drawn."""
        return self._temperature

    @property
    def prefix(self) -> str:
        """The letters that are given."""
        return self._subject.tokenizer.decode(self._prefix)

    @property
    def prefix_tokens(self) -> tuple[int, ...]:
        """Their tokens."""
        return self._prefix

    @property
    def number(self) -> int:
        """Which name of the seed this is; the first one is 1."""
        return len(self._starts)

    @property
    def start(self) -> int:
        """How many random numbers the names before this one took."""
        return self._starts[-1]

    @property
    def draws(self) -> tuple[TokenDraw, ...]:
        """What was given and drawn after BOS."""
        return tuple(self._draws)

    @property
    def tokens(self) -> tuple[int, ...]:
        """BOS, and what was given and drawn after it."""
        following = (draw.token for draw in self._draws)
        return (self._subject.tokenizer.bos, *(t for t in following if t is not None))

    @property
    def name(self) -> str:
        """The letters so far."""
        return self._subject.tokenizer.decode(self.tokens)

    @property
    def ended(self) -> bool:
        """Whether BOS was drawn."""
        return bool(self._draws) and self._draws[-1].token == self._subject.tokenizer.bos

    @property
    def is_finished(self) -> bool:
        """Whether BOS was drawn, or the model can't read any more."""
        return self.ended or len(self._draws) >= self._subject.positions_limit

    @property
    def is_known(self) -> bool:
        """Whether the letters stand in the data set as they are."""
        return self.stands_in_data(self.name)

    def stands_in_data(self, name: str) -> bool:
        """Return whether a name stands in the data set."""
        return name in self._documents

    @property
    def can_step(self) -> bool:
        """Whether there is a token to draw."""
        return not self.is_finished and not self._trouble

    @property
    def can_go_back(self) -> bool:
        """Whether there is a draw to take back."""
        return len(self._draws) > len(self._prefix)

    @property
    def trouble(self) -> str:
        """Why nothing can be drawn, in a sentence; empty if nothing is wrong."""
        return self._trouble

    @property
    def playing(self) -> bool:
        """Whether tokens are drawn by themselves."""
        return self._playing

    @property
    def shown(self) -> int:
        """The position whose draw is shown; after the last one, what is to be drawn next."""
        return self._shown

    @property
    def view(self) -> TokenDraw | None:
        """The shown draw; if the temperature has been changed, as it would be drawn now.

        None if the model's numbers went out of range.
        """
        if self._shown == len(self._draws):
            return self._upcoming()
        return self._at_temperature(self._shown)

    @property
    def is_tuned(self) -> bool:
        """Whether the shown draw was made with another temperature than that of now."""
        drawn = self._shown < len(self._draws)
        return drawn and self._draws[self._shown].temperature != self._temperature

    def use(self, subject: Subject) -> None:
        """Draw with another model, from the first name. A seed that was chosen stays."""
        if self._seed == self._subject.seed:
            self._seed = subject.seed
        if subject.tokenizer.letters != self._subject.tokenizer.letters:
            self._prefix = ()
        self._prefix = self._prefix[: subject.positions_limit - 1]
        self._begin_with(subject)
        self.changed.emit()

    def set_seed(self, seed: int) -> None:
        """Begin with the first name of another seed."""
        if seed != self._seed:
            self._seed = seed
            self._make_tape()
            self._begin_name([0])

    def set_prefix(self, letters: str) -> None:
        """Begin this name with some letters that are given.

        Raises
        ------
        ValueError
            There is no token for a letter, or no position is left to draw at.
        """
        tokens = tuple(self._subject.tokenizer.encode(letters)[1:-1])
        if len(tokens) >= self._subject.positions_limit:
            raise ValueError(f"at most {self._subject.positions_limit - 1} letters can be given")
        if tokens != self._prefix:
            self._prefix = tokens
            self._begin_name(self._starts)

    def step(self) -> None:
        """Draw the next token, and show the draw."""
        if self.can_step and self._draw():
            self._shown = len(self._draws) - 1
        self.changed.emit()

    def read_ahead(self) -> None:
        """Let the model read what is drawn, so that the next step has only to draw."""
        if self.can_step:
            self._upcoming()

    def back(self) -> None:
        """Take the last draw back, and show the one before."""
        if self.can_go_back:
            self._draws.pop()
            self._tape.at -= 1
            self._shown = max(len(self._draws) - 1, 0)
            self.changed.emit()

    def finish(self) -> None:
        """Draw the rest of the name, and show the last draw."""
        if self.can_step:
            self._draw_rest()
            self.changed.emit()

    def restart(self) -> None:
        """Go back to before the first draw of the first name."""
        self._begin_name([0])

    def next_name(self) -> None:
        """Draw the rest of this name, and begin the one after it."""
        self._draw_rest()
        self._begin_name([*self._starts, self._tape.at])

    def last_name(self) -> None:
        """Begin the name before this one again."""
        if self.number > 1:
            self._begin_name(self._starts[:-1])

    def show(self, position: int) -> None:
        """Show a draw; the position after the last one shows what is to be drawn next."""
        last = len(self._draws) - (1 if self.is_finished else 0)
        position = min(max(position, 0), last)
        if position != self._shown:
            self._shown = position
            self.changed.emit()

    def play(self, playing: bool) -> None:
        """Let tokens be drawn by themselves, or no longer."""
        if playing is not self._playing:
            self._playing = playing
            self.play_changed.emit()

    def tune(self, temperature: float) -> None:
        """Change the temperature; nothing is drawn again before `settle`."""
        temperature = min(max(temperature, COLDEST), HOTTEST)
        if temperature != self._temperature:
            self._temperature = temperature
            self.tuned.emit()

    def settle(self) -> None:
        """Draw the shown token again with the temperature of now, and as much after it as before.

        The random numbers stay. What comes before the shown token stays too.
        """
        if not self.is_tuned:
            return
        was_finished, count = self.is_finished, len(self._draws)
        self._draws[self._shown] = self._at_temperature(self._shown)
        del self._draws[max(self._shown + 1, len(self._prefix)) :]
        self._tape.at = self.start + len(self._draws) - len(self._prefix)
        while (was_finished or len(self._draws) < count) and self.can_step:
            self._draw()
        self.changed.emit()

    def take(
        self, seed: int, prefix: Sequence[int], starts: Sequence[int], temperature: float
    ) -> None:
        """Draw a whole name of which it is known where its random numbers start.

        Parameters
        ----------
        seed : int
        prefix : sequence of int
            The tokens that are given.
        starts : sequence of int
            How many numbers had been drawn before each name of the seed, up to this one.
        temperature : float
        """
        if seed != self._seed:
            self._seed = seed
            self._make_tape()
        self._prefix, self._temperature = tuple(prefix), temperature
        self._begin(starts)
        self._draw_rest()
        self.changed.emit()

    def scout(self) -> Generation:
        """Return another one of the same model: what it reads, this one need not read again."""
        other = Generation(self._subject)
        other._reader = self._reader
        return other

    def _begin_with(self, subject: Subject) -> None:
        self._subject = subject
        self._documents = frozenset(subject.documents)
        numbers = [parameter.data for parameter in subject.model.parameters()]
        self._reader = Reader(subject.model.config, subject.tokenizer.vocab_size, numbers)
        self._make_tape()
        self._begin([0])

    def _make_tape(self) -> None:
        self._tape = Tape(state_of_seed(self._subject, self._seed))

    def _begin_name(self, starts: Sequence[int]) -> None:
        self._begin(starts)
        self.changed.emit()

    def _begin(self, starts: Sequence[int]) -> None:
        self._starts = list(starts)
        self._tape.at = starts[-1]
        self._trouble = ""
        self._draws: list[TokenDraw] = []
        for token in self._prefix:
            upcoming = self._upcoming()
            if upcoming is not None:
                self._draws.append(replace(upcoming, token=token))
        self._shown = len(self._draws)

    def _upcoming(self) -> TokenDraw | None:
        """Return what the model says at the next position; None if it can't say anything."""
        if self._trouble:
            return None
        tokens = self.tokens
        try:
            return look_ahead(self._reader, tokens, self._temperature)
        except (ArithmeticError, ValueError) as error:
            self._trouble = f"Nothing can be drawn at position {len(tokens) - 1}: {error}."
            return None

    def _draw(self) -> bool:
        """Draw a token; return whether that was possible."""
        ahead = self._upcoming()
        if ahead is None:
            return False
        self._draws.append(decide(ahead, self._tape))
        return True

    def _draw_rest(self) -> None:
        while self.can_step:
            self._draw()
        self._shown = max(len(self._draws) - 1, 0)

    def _at_temperature(self, position: int) -> TokenDraw:
        """Return a draw as it would be with the temperature of now and the same number."""
        draw = self._draws[position]
        if draw.temperature == self._temperature:
            return draw
        weights = probabilities(draw.logits, self._temperature)
        again = replace(draw, temperature=self._temperature, weights=weights)
        if not draw.is_drawn:
            return again
        at, self._tape.at = self._tape.at, self.start + position - len(self._prefix)
        again = decide(again, self._tape)
        self._tape.at = at
        return again
