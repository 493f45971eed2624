"""The scope tree: what a reader of the code would call each part of the run."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from explorer.trace.build import build_trace
from explorer.trace.passes import Subject, record_pass, untrained
from explorer.trace.record import record
from explorer.trace.trace import Trace
from microgpt import Config

Outline = Callable[..., list[str]]
Observe = Callable[..., Trace]


def indented(lines: list[str]) -> list[str]:
    return ["  " + line for line in lines]


def numbered(name: str, count: int) -> list[str]:
    return [f"{name} {i}" for i in range(count)]


RMSNORM = ["rmsnorm", "  mean_square", "  scale", "  result"]
SOFTMAX = ["softmax", "  exps", "  total", "  result"]


def linear(name: str, rows: int) -> list[str]:
    return [name, *indented(numbered("row", rows))]


def head(name: str, position: int, columns: int) -> list[str]:
    scores = ["scores", *indented(numbered("key", position + 1))]
    return [name, *indented([*scores, *SOFTMAX, *numbered("column", columns)])]


def layer(number: int, position: int, config: Config) -> list[str]:
    n, size = config.n_embd, config.n_embd // config.n_head
    heads = [
        line for name in numbered("head", config.n_head) for line in head(name, position, size)
    ]
    projections = [line for name in "qkv" for line in linear(name, n)]
    attention = [*RMSNORM, *projections, *heads, *linear("out", n), "residual"]
    mlp = [*RMSNORM, *linear("fc1", 4 * n), "relu", *linear("fc2", n), "residual"]
    inside = ["attention", *indented(attention), "mlp", *indented(mlp)]
    return [f"layer {number}", *indented(inside)]


def whole_pass(config: Config, positions: int, vocabulary: int) -> list[str]:
    """Return the outline that people should read, written down independently."""
    layers = range(config.n_layer)
    names = ("attn_wq", "attn_wk", "attn_wv", "attn_wo", "mlp_fc1", "mlp_fc2")
    matrices = [f"layer{i}.{name}" for i in layers for name in names]
    lines = ["parameters", *indented(["wte", "wpe", "lm_head", *matrices])]
    for position in range(positions):
        blocks = [line for i in layers for line in layer(i, position, config)]
        gpt = ["embed", *RMSNORM, *blocks, *linear("lm_head", vocabulary)]
        inside = ["gpt", *indented(gpt), *SOFTMAX, "cross_entropy"]
        lines += [f"position {position}", *indented(inside)]
    return ["pass", *indented([*lines, "mean"])]


def test_emma_reads_like_the_model(emma: Trace, outline: Outline) -> None:
    assert outline(emma) == whole_pass(Config(), 5, 27)


@pytest.mark.parametrize(
    "config", [Config(2, 4, 2, 3), Config(3, 2, 1, 2), Config(1, 4, 4, 8), Config(1, 6, 3, 1)]
)
def test_other_shapes_read_the_same_way(config: Config, outline: Outline) -> None:
    trace = record_pass(untrained(config), "emma")
    assert outline(trace) == whole_pass(config, min(5, config.block_size), 27)


def test_position_scopes_are_the_positions(emma: Trace) -> None:
    titles = [emma.scopes[scope].title for scope in emma.position_scope]
    assert titles == numbered("position", 5)


def test_parameters_lie_in_the_scope_of_their_matrix(emma: Trace) -> None:
    for matrix in emma.parameters:
        assert emma.scopes[matrix.scope].name == matrix.name
        assert set(emma.scope[matrix.start : matrix.stop].tolist()) == {matrix.scope}
    assert emma.leaves == emma.parameters[-1].stop == 4192


def test_functions_are_told_with_their_file(emma: Trace) -> None:
    functions = {s.name: s.function for s in emma.scopes}
    assert functions["softmax"] == "microgpt/nn.py softmax"
    assert functions["head"] == "microgpt/model.py attend"
    assert functions["row"] == "microgpt/nn.py dot"
    assert functions["wte"] == ""


def test_nodes_of_a_position_are_consecutive(emma: Trace) -> None:
    for scope in emma.position_scope:
        stop = emma.scopes[scope].stop
        nodes = np.flatnonzero((emma.scope >= scope) & (emma.scope < stop))
        assert np.array_equal(nodes, np.arange(nodes[0], nodes[-1] + 1))
        assert nodes[-1] in emma.position_loss


@pytest.mark.parametrize("which", ["emma", "foreign_trace"])
def test_scopes_are_numbered_so_that_a_subtree_is_a_range(
    which: str, request: pytest.FixtureRequest
) -> None:
    trace: Trace = request.getfixturevalue(which)
    parents = [scope.parent for scope in trace.scopes]
    inside = [0] * len(parents)
    for scope in range(len(parents)):
        assert parents[scope] < scope
        for outer in above(parents, scope):
            assert outer <= scope < trace.scopes[outer].stop
            inside[outer] += 1
    assert [i + n for i, n in enumerate(inside)] == [scope.stop for scope in trace.scopes]
    assert trace.scopes[0].stop == len(trace.scopes)


def above(parents: list[int], scope: int) -> set[int]:
    found = set()
    while scope >= 0:
        found.add(scope)
        scope = parents[scope]
    return found


@pytest.mark.parametrize("which", ["emma", "foreign_trace"])
def test_every_scope_holds_nodes_and_siblings_differ(
    which: str, request: pytest.FixtureRequest
) -> None:
    trace: Trace = request.getfixturevalue(which)
    own = np.bincount(trace.scope, minlength=len(trace.scopes))
    held = np.concatenate([[0], np.cumsum(own)])
    for i, scope in enumerate(trace.scopes):
        assert held[scope.stop] > held[i]
    siblings = [(scope.parent, scope.title) for scope in trace.scopes]
    assert len(set(siblings)) == len(siblings)


def test_scope_path_goes_from_the_outermost_to_itself(emma: Trace) -> None:
    deepest = max(range(len(emma.scopes)), key=lambda scope: len(emma.scope_path(scope)))
    path = emma.scope_path(deepest)
    assert path[-1] == deepest
    assert [emma.scopes[scope].parent for scope in path] == [0, *path[:-1]]
    assert emma.scope_path(0) == []


def test_names_of_equal_length_have_the_same_tree(subject: Subject, emma: Trace) -> None:
    other = record_pass(subject, "zoey")
    assert other.scopes == emma.scopes
    for column in ("op", "scope", "position_scope", "logits", "position_loss"):
        assert np.array_equal(getattr(other, column), getattr(emma, column))
    assert not np.array_equal(other.data, emma.data)


FOREIGN = """
pass
  parameters
    x
  numbers
  in_a_list
  in_a_generator_expression
  nested_comprehensions
    cell 0
    cell 1
  from_a_generator
    neighbours
      pair 0
      left 0
        product
        result
      pair 1
      left 1
        product
        result
      pair 2
      left 2
        product
        result
      pair 3
      left 3
        product
        result
    pair_sum 0
    pair_sum 1
    pair_sum 2
    pair_sum 3
  power
    power
      power
        power
  rounds
    plus_one 0
    plus_one 1
    plus_one 2
    plus_one 3
  by_name
    first
      product
      result
    second
      product
      result
    result
  with_inner_function
    inner 0
    inner 1
  with_lambda
    lambda 0
    lambda 1
  chained
  while_large
    plus_one 0
    plus_one 1
  cube
  result
"""


def test_foreign_script_reads_like_its_source(foreign_trace: Trace, outline: Outline) -> None:
    def without_generator(lines: list[str]) -> list[str]:
        start = lines.index("  from_a_generator")
        return lines[:start] + lines[lines.index("  power") :]

    lines = FOREIGN.strip().splitlines()
    assert without_generator(outline(foreign_trace)) == without_generator(lines)


def test_generator_in_a_loop_reads_like_its_source(foreign_trace: Trace, outline: Outline) -> None:
    assert outline(foreign_trace) == FOREIGN.strip().splitlines()


def test_recursion_is_nested(foreign: ModuleType, observe: Observe, outline: Outline) -> None:
    trace = observe(lambda x: foreign.power(x, 3), 0.5)
    assert outline(trace)[3:] == ["  power", "    power", "      power"]
    assert outline(trace)[0] == "pass"


def test_calls_from_one_line_of_a_loop_are_numbered_over_all_rounds(
    foreign: ModuleType, observe: Observe, outline: Outline
) -> None:
    trace = observe(lambda x: foreign.rounds(x, 2), 0.5)
    assert outline(trace)[3:] == indented(numbered("plus_one", 4))


def test_single_round_of_a_loop_is_numbered_too(
    written: Callable[..., Any], observe: Observe, outline: Outline
) -> None:
    code = written(
        "def run(x):\n"
        "    start = x * 2\n"
        "    for item in [start]:\n"
        "        last = plus_one(item)\n"
        "    return last\n"
    )
    assert outline(observe(code.run, 0.5))[3:] == ["  start", "  item 0"]


def test_method_that_is_called_is_named_after_its_class(
    written: Callable[..., Any], observe: Observe, outline: Outline
) -> None:
    code = written(
        "class Neuron:\n"
        "    def __call__(self, x):\n"
        "        return x * 3\n"
        "def run(x):\n"
        "    neuron = Neuron()\n"
        "    return neuron(x) + 1\n"
    )
    assert outline(observe(code.run, 0.5))[3:] == ["  Neuron"]


def test_call_is_named_after_its_variable_only_where_the_function_is_called_twice(
    written: Callable[..., Any], observe: Observe, outline: Outline
) -> None:
    code = written(
        "def once(x):\n"
        "    alone = plus_one(x)\n"
        "    return alone * 2\n"
        "def twice(x):\n"
        "    left = plus_one(x)\n"
        "    right = plus_one(left)\n"
        "    return right * 2\n"
    )
    assert outline(observe(code.once, 0.5))[3:] == ["  plus_one", "  result"]
    assert outline(observe(code.twice, 0.5))[3:] == ["  left", "  right", "  result"]


def test_loop_with_two_calls_names_both_after_their_functions(
    written: Callable[..., Any], observe: Observe, outline: Outline
) -> None:
    code = written(
        "def run(x):\n"
        "    both = [plus_one(item) + x.doubled * scaled(item, 2) for item in [x, x]]\n"
        "    return both[0] * both[1]\n"
    )
    lines = outline(observe(code.run, 0.5))[3:]
    assert [line.strip() for line in lines if line.endswith(("0", "1"))] == [
        "plus_one 0",
        "scaled 0",
        "plus_one 1",
        "scaled 1",
    ]


@pytest.mark.parametrize(
    "use",
    [
        "[item * 2 for item in thirds(x)]",
        "[]\n    for item in thirds(x):\n        out += [item * 2]",
    ],
    ids=["comprehension", "for"],
)
def test_call_that_a_loop_goes_over_is_not_a_round_of_it(
    use: str, written: Callable[..., Any], observe: Observe, outline: Outline
) -> None:
    code = written(
        "def thirds(x):\n"
        "    return [x * 0.3, x * 0.6]\n"
        "def run(x):\n"
        f"    out = {use}\n"
        "    return out[0] + out[1]\n"
    )
    lines = [line.strip() for line in outline(observe(code.run, 0.5))]
    assert "thirds" in lines
    assert not [line for line in lines if line.startswith(("thirds ", "item"))]


def test_statements_of_a_module_are_scopes_round_by_round(
    foreign: ModuleType, written: Callable[..., Any], outline: Outline
) -> None:
    source = (
        "weights = [Scalar(0.1 * i) for i in range(3)]\n"
        "x = Scalar(2.0)\n"
        "for step in range(2):\n"
        "    hidden = [weight * x for weight in weights]\n"
        "    total = sum(hidden)\n"
        "    loss = total.tanh() * total\n"
        "print_me = loss\n"
    )
    recording = record(lambda: written(source).loss, foreign.Scalar)
    recording.result.backward()
    trace = build_trace(recording, recording.result, {}, root_name="script")
    rounds = ["hidden 0", "total 0", "loss 0", "hidden 1", "total 1", "loss 1"]
    assert outline(trace) == ["script", *indented(["weights", "x", *rounds])]
    assert {trace.sites[site].function for site in trace.site} == {"<module>"}


def test_scope_that_holds_only_one_other_is_merged_under_the_outer_name(
    written: Callable[..., Any], observe: Observe, outline: Outline
) -> None:
    code = written(
        "def inner(x):\n"
        "    return x * x\n"
        "def outer(x):\n"
        "    return inner(x)\n"
        "def run(x):\n"
        "    return outer(x) + 1\n"
    )
    assert outline(observe(code.run, 2.0))[3:] == ["  outer"]
