"""How long the parts take that everything waits for; ``make bench`` runs them."""

from __future__ import annotations

from collections.abc import Callable

from explorer.debug.session import Colour
from explorer.layout.map_layout import layout_map
from explorer.trace.passes import Subject, record_pass
from explorer.trace.replay import compile_program
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace
from explorer.views.map_colours import MapColours
from microgpt.train import backpropagate

Benchmark = Callable[..., object]


def test_forward_and_backward(benchmark: Benchmark, subject: Subject) -> None:
    benchmark(backpropagate, subject.model, subject.tokenizer.encode("emma"))
    for parameter in subject.model.parameters():
        parameter.grad = 0


def test_recorded_pass(benchmark: Benchmark, subject: Subject) -> None:
    benchmark(record_pass, subject, "emma")


def test_time_line(benchmark: Benchmark, emma: Trace) -> None:
    benchmark(Timeline, emma)


def test_layout(benchmark: Benchmark, emma: Trace) -> None:
    benchmark(layout_map, emma)


def test_gradients_at_a_moment(benchmark: Benchmark, emma_timeline: Timeline) -> None:
    benchmark(emma_timeline.grad_at, emma_timeline.end - 20_000)


def test_colours_at_a_moment(benchmark: Benchmark, emma_timeline: Timeline) -> None:
    benchmark(MapColours(emma_timeline).at, emma_timeline.end - 20_000, Colour.GRADIENT)


def test_compiling_a_pass(benchmark: Benchmark, emma: Trace) -> None:
    benchmark(compile_program, emma)


def test_every_number_by_replay(benchmark: Benchmark, emma: Trace) -> None:
    benchmark(compile_program(emma).run, emma.data[: emma.leaves])


def test_loss_and_gradients_by_replay(benchmark: Benchmark, emma: Trace) -> None:
    benchmark(compile_program(emma).loss_and_gradients, emma.data[: emma.leaves])
