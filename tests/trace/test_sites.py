"""The source line of every node, against an oracle that looks at each with ``sys._getframe``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import PurePath
from types import FrameType, ModuleType
from typing import Any

from explorer.trace.passes import Subject, record_pass, untrained
from explorer.trace.trace import Trace
from microgpt import Config, Value, forward

Place = tuple[str, int, str]


def function_of(frame: FrameType) -> str:
    """Return the function that the code stands in; comprehensions belong to the one around."""
    inside_out = reversed(frame.f_code.co_qualname.split("."))
    parts = [part for part in inside_out if part not in ("<locals>", "<listcomp>", "<genexpr>")]
    return parts[0] if parts else "<module>"


def seen_at_each_node(run: Callable[[], Any], node_class: type) -> list[Place]:
    """Run the code with a stand-in constructor that looks for the line outside of the class."""
    places = []
    original = node_class.__init__

    def look(self, *arguments):
        original(self, *arguments)
        frame = sys._getframe(1)
        while frame.f_code.co_qualname.startswith(f"{node_class.__name__}."):
            frame = frame.f_back
        name = "/".join(PurePath(frame.f_code.co_filename).parts[-2:])
        places.append((name, frame.f_lineno, function_of(frame)))

    node_class.__init__ = look
    try:
        run()
    finally:
        node_class.__init__ = original
    return places


def recorded(trace: Trace) -> list[Place]:
    sites = [trace.sites[site] for site in trace.site[trace.leaves :]]
    return [(trace.files[site.file].name, site.line, site.function) for site in sites]


def test_every_node_of_a_microgpt_pass(subject: Subject, emma: Trace) -> None:
    tokens = subject.tokenizer.encode("emma")
    seen = seen_at_each_node(lambda: forward(subject.model, tokens), Value)
    assert len(seen) == 39_703
    assert recorded(emma) == seen
    assert {file for file, _, _ in seen} == {"microgpt/model.py", "microgpt/nn.py"}


def test_every_node_of_a_larger_model() -> None:
    subject = untrained(Config(n_layer=2, n_embd=8, n_head=2, block_size=3))
    tokens = subject.tokenizer.encode("emma")
    seen = seen_at_each_node(lambda: forward(subject.model, tokens), Value)
    assert recorded(record_pass(subject, "emma")) == seen


def test_every_node_of_the_foreign_script(foreign: ModuleType, foreign_trace: Trace) -> None:
    x, y = foreign.Scalar(0.5), foreign.Scalar(0.25)
    seen = seen_at_each_node(lambda: foreign.everything(x, y), foreign.Scalar)
    assert len({line for _, line, _ in seen}) > 15
    assert recorded(foreign_trace) == seen


def test_leaves_have_no_line(emma: Trace) -> None:
    assert set(emma.site[: emma.leaves].tolist()) == {-1}


def test_site_is_a_line_and_no_line_has_two_sites_in_a_function(emma: Trace) -> None:
    assert len(set(emma.sites)) == len(emma.sites)


def test_names_of_equal_length_have_the_same_lines(subject: Subject, emma: Trace) -> None:
    assert recorded(record_pass(subject, "zoey")) == recorded(emma)


def test_generator_expression_belongs_to_the_function_it_stands_in(
    foreign: ModuleType, observe: Callable[..., Trace], written: Callable[..., Any]
) -> None:
    code = written(
        "def add_all(terms):\n"
        "    total = 0\n"
        "    for term in terms:\n"
        "        total = term + total\n"
        "    return total\n"
        "def squares(x):\n"
        "    return add_all(x * x for _ in range(2))\n"
    )
    x = foreign.Scalar(2.0)
    seen = seen_at_each_node(lambda: code.squares(x), foreign.Scalar)
    assert [function for _, _, function in seen].count("squares") == 2
    assert recorded(observe(code.squares, 2.0)) == seen
