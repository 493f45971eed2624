"""Why a pass ended, in words: with the numbers that made it fail."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from explorer.debug.breakpoints import BreakOn, Breakpoint, Breakpoints
from explorer.debug.commands import COMMANDS
from explorer.debug.events import Events
from explorer.debug.failure import explain_failure, failure_at, failure_sentence
from explorer.debug.inspection import inspect_node
from explorer.debug.order import BackwardOrder
from explorer.debug.order_words import as_text, explain_order
from explorer.debug.positions import chance_loss, mean_loss, position_views
from explorer.debug.roles import node_role
from explorer.debug.scope_facts import ScopeFacts
from explorer.debug.search import SearchIndex
from explorer.debug.search_query import SearchError
from explorer.debug.session import Session
from explorer.debug.stepping import Granularity, Stepper
from explorer.debug.wrong_order import EarlyPasses
from explorer.trace.build import build_trace
from explorer.trace.passes import record_pass, untrained
from explorer.trace.record import record, until_nan
from explorer.trace.timeline import Timeline
from microgpt import Config, Value

INF = math.inf


def ended(function: Callable[..., Value], *given: float) -> Timeline:
    """Run a function on new Values as far as it goes."""
    leaves = [Value(number) for number in given]
    recording = until_nan(record(lambda: function(*leaves), Value))
    loss = None
    if recording.error is None:
        loss = recording.result
        loss.backward()
    return Timeline(build_trace(recording, loss, {"x": [leaves]}))


def reason(timeline: Timeline) -> str:
    explanation = explain_failure(timeline)
    assert explanation is not None
    return explanation.reason


def origin(timeline: Timeline) -> str:
    explanation = explain_failure(timeline)
    assert explanation is not None
    assert explanation.origin is not None
    return f"{explanation.origin.label} {explanation.origin.sentence}"


class Odd(Value):
    """A Value with operations that fail in other ways."""

    __slots__ = ()

    def refuse(self) -> Value:
        raise ValueError("shapes differ")

    def __rpow__(self, base: float) -> Value:
        return Odd(base**self.data, (self,), (0.0,))

    def asin(self) -> Value:
        return Odd(math.asin(self.data), (self,), (1 / (1 - self.data**2) ** 0.5,))


def ended_oddly(function: Callable[[Odd], object], given: float) -> Timeline:
    leaf = Odd(given)
    recording = record(lambda: [Odd(1.0), function(leaf)], Odd)
    return Timeline(build_trace(recording, None, {"x": [[leaf]]}))


@pytest.mark.parametrize(
    ("function", "given", "words"),
    [
        (lambda x: (x + 1).exp(), 811.3, "exp(812.3) is beyond the largest float, 1.798e308"),
        (lambda x: (x * 0).log(), 2.0, "log(0) does not exist: it goes towards −∞"),
        (
            lambda x: (x + 1).log(),
            -3.0,
            "log(−2) does not exist: logarithms are of positive numbers",
        ),
        (lambda x: (x * 0) ** -1, 2.0, "(0) ^ −1 does not exist: it would divide by 0"),
        (lambda x: (x * 2) / (x * 0), 2.0, "(0) ^ −1 does not exist: it would divide by 0"),
        (
            lambda x: (x * 1) ** -1,
            1e-200,
            "the local gradient of (1e−200) ^ −1, −1 × (1e−200) ^ −2, is beyond the largest "
            "float, 1.798e308",
        ),
        (
            lambda x: (x * 0) ** 0.5,
            2.0,
            "the local gradient of (0) ^ 0.5, 0.5 × (0) ^ −0.5, does not exist: it would divide "
            "by 0",
        ),
        (lambda x: (x * 1) ** 2, 1e200, "(1e200) ^ 2 is beyond the largest float, 1.798e308"),
        (
            lambda x: (x + 1) * (1 / (x.data - 1)),
            1.0,
            "Python cannot go on (ZeroDivisionError: float division by zero)",
        ),
        (lambda x: x * -1 + x, INF, "−∞ + ∞ is not a number (NaN): it could be anything"),
        (lambda x: x * 0, INF, "∞ × 0 is not a number (NaN): it could be anything"),
        (
            lambda x: x * 3,
            math.nan,
            "NaN × 3 is not a number (NaN): nothing that is made from NaN is a number",
        ),
        (lambda x: Value(math.nan), 1.0, "the code made a node that is not a number (NaN)"),
    ],
)
def test_reason_has_the_numbers(
    function: Callable[[Value], Value], given: float, words: str
) -> None:
    assert reason(ended(function, given)) == words


@pytest.mark.parametrize(
    ("function", "given", "words"),
    [
        (lambda x: x.refuse(), 2.0, "refuse(2) cannot be computed (ValueError: shapes differ)"),
        (lambda x: 1e200**x, 2.0, "(1e200) ^ 2 is beyond the largest float, 1.798e308"),
        (lambda x: x.asin(), 2.0, "asin(2) does not exist"),
        (
            lambda x: x.asin(),
            1.0,
            "asin(1), or its local gradient, does not exist: it would divide by 0",
        ),
    ],
)
def test_operations_that_are_not_ours_are_explained_too(
    function: Callable[[Odd], object], given: float, words: str
) -> None:
    assert reason(ended_oddly(function, given)) == words


@pytest.mark.parametrize(
    ("function", "given", "words"),
    [
        (
            lambda x: x * x * 0,
            [1e200],
            "× 1 was the first ∞: 1e200 × 1e200 is beyond the largest float, 1.798e308",
        ),
        (
            lambda x, y: (x * y + x * -1) * 0,
            [-1e200, 1e200],
            "× 2 was the first −∞: −1e200 × 1e200 is beyond the largest float, 1.798e308",
        ),
        (lambda x: x * 0, [INF], "x[0][0] was ∞ before the pass"),
        (lambda x: x + 1, [math.nan], "x[0][0] was NaN before the pass"),
        (
            lambda x: (x.exp() * 2 + 0).log(),
            [-1000.0],
            "exp 1 is where the 0 came from: exp(−1000) is smaller than the smallest float, so it "
            "is stored as 0",
        ),
        (lambda x: (x + -2).log(), [2.0], "+ 2 is where the 0 came from: 2 + −2 is 0"),
        (
            lambda x: (x.relu() * 3).log(),
            [-2.0],
            "relu 1 is where the 0 came from: max(0, −2) is 0",
        ),
        (lambda x: (x * 3) ** -1, [0.0], "x[0][0] was 0 before the pass"),
        (lambda x: (Value(0.0) * x).log(), [2.0], "in 1 is 0 in the code"),
    ],
)
def test_origin_is_where_the_strange_number_came_from(
    function: Callable[..., Value], given: list[float], words: str
) -> None:
    assert origin(ended(function, *given)) == words


def test_nothing_strange_has_no_origin() -> None:
    explanation = explain_failure(ended(lambda x: (x * 2).exp(), 500.0))
    assert explanation is not None
    assert explanation.origin is None


@pytest.mark.parametrize(
    ("function", "given", "words"),
    [
        (
            lambda x: (x * 1e200) * 1e200,
            [1e-300],
            "the gradient of x[0][0] becomes infinite, for 1e200 × 1e200 is beyond the "
            "largest float, 1.798e308",
        ),
        (
            lambda x: x * -1e308 + x * 9e307 + x * 1e308,
            [1e-10],
            "the gradient of x[0][0] becomes infinite, for 1e308 + 9e307 is beyond the "
            "largest float, 1.798e308",
        ),
        (
            lambda x, y: (x * y * -1).exp() + x,
            [1.0, INF],
            "the gradient of x[0][0] becomes NaN, for ∞ × 0 is not a number",
        ),
        (
            lambda x, y: (x * y).relu(),
            [1.0, INF],
            "the gradient of x[0][0] becomes infinite, for ∞ × 1 is ∞",
        ),
    ],
)
def test_reason_of_a_gradient_has_the_contribution(
    function: Callable[..., Value], given: list[float], words: str
) -> None:
    assert reason(ended(function, *given)) == words


@pytest.fixture(scope="module")
def cut_off() -> Timeline:
    """A pass over "emma" whose second position ends with log(0)."""
    subject = untrained(Config())
    for row in subject.model.state_dict["lm_head"]:
        for parameter in row:
            parameter.data *= 1e3
    return Timeline(record_pass(subject, "emma"))


@pytest.fixture(scope="module")
def cut_in_backward() -> Timeline:
    subject = untrained(Config())
    for parameter in subject.model.parameters():
        parameter.data *= 1e160
    return Timeline(record_pass(subject, "a"))


def test_sentence_says_where_and_why(cut_off: Timeline, emma_timeline: Timeline) -> None:
    assert failure_sentence(cut_off) == (
        "The pass over “emma” ended in position 1 / cross_entropy: log(0) does not exist: it goes "
        "towards −∞."
    )
    assert failure_sentence(emma_timeline) == ""
    assert explain_failure(emma_timeline) is None


def test_sentence_of_a_backward_pass(cut_in_backward: Timeline) -> None:
    sentence = failure_sentence(cut_in_backward)
    assert sentence.startswith("The pass over “a” ended in the backward pass of position 1 / gpt /")
    assert "the gradient of relu" in sentence


def test_sentence_without_a_document_or_a_scope_names_the_line() -> None:
    sentence = failure_sentence(ended(lambda x: x * 0 + 1, INF))
    assert sentence.startswith("The pass ended in line ")
    assert "debug/test_failure.py" in sentence


def test_explanation_has_operands_source_and_the_words_of_python(cut_off: Timeline) -> None:
    explanation = explain_failure(cut_off)
    assert explanation is not None
    assert [(operand.label[0], operand.number) for operand in explanation.operands] == [("×", 0.0)]
    assert explanation.error.startswith("ValueError: ")
    assert explanation.source is not None
    assert explanation.source[0] == "microgpt/nn.py"
    assert explanation.source[2] == "return -probabilities[target].log()"
    divided = explain_failure(ended(lambda x: (x * 0) ** -1, 1.0))
    assert divided is not None
    assert [operand.label for operand in divided.operands] == ["× 2", "number"]


def test_explanation_belongs_to_the_end_and_to_the_nodes_that_had_a_part(
    cut_off: Timeline,
) -> None:
    failure = cut_off.trace.failure
    assert failure is not None
    assert failure_at(cut_off, cut_off.end, failure.node) is not None
    assert failure_at(cut_off, cut_off.end - 1, failure.node) is None
    assert failure_at(cut_off, cut_off.end, 0) is None


def test_session_opens_at_the_end_with_the_failing_node_selected(
    cut_off: Timeline, cut_in_backward: Timeline
) -> None:
    session = Session()
    for timeline in (cut_off, cut_in_backward):
        session.open(timeline)
        assert timeline.trace.failure is not None
        assert session.selection == timeline.trace.failure.node
        assert session.cursor == timeline.end
        session.step(1)
        assert session.cursor == timeline.end
        session.step(-1)
        assert session.cursor < timeline.end


def test_positions_after_the_end_show_no_numbers(cut_off: Timeline) -> None:
    views = position_views(cut_off, cut_off.end)
    assert [view.read for view in views] == ["BOS", *"emma"]
    assert [view.loss is None for view in views] == [False, True, True, True, True]
    assert [view.probability is None for view in views] == [False, True, True, True, True]
    assert [view.probability_node is None for view in views] == [False, True, True, True, True]
    assert [view.is_current for view in views] == [False, True, False, False, False]
    assert all(view.loss is None for view in position_views(cut_off, 0))
    assert mean_loss(cut_off, cut_off.end) is None
    assert chance_loss(cut_off.trace) == math.log(27)


def test_nothing_is_the_loss_or_without_effect_on_it(cut_off: Timeline) -> None:
    assert node_role(cut_off.trace, cut_off.trace.nodes - 1) != "loss"
    assert not len(SearchIndex(cut_off).search("unreachable").at(cut_off.end))
    assert not len(SearchIndex(cut_off).search("grad=0").at(cut_off.end))
    inspection = inspect_node(cut_off, cut_off.end, 5)
    assert inspection.explanation == "none: there is no backward pass"
    assert not inspection.has_backward


class Desk:
    def __init__(self, session: Session) -> None:
        self.session = session


def test_the_loss_cannot_be_selected_where_there_is_none(
    cut_off: Timeline, emma_timeline: Timeline
) -> None:
    (command,) = [command for command in COMMANDS if command.id == "select_loss"]
    session = Session()
    session.open(cut_off)
    desk = Desk(session)
    assert not command.enabled(desk)  # type: ignore[arg-type]
    command.run(desk)  # type: ignore[arg-type]
    assert session.selection == cut_off.trace.telling_node
    session.open(emma_timeline)
    assert command.enabled(desk)  # type: ignore[arg-type]


def test_what_never_happens_has_no_moment(cut_in_backward: Timeline) -> None:
    timeline = cut_in_backward
    failure = timeline.trace.failure
    assert failure is not None
    inspection = inspect_node(timeline, timeline.end, failure.node)
    assert [row.happened for row in inspection.ledger] == [True]
    assert inspection.explanation == "partial: the pass failed after 1 contribution"
    assert inspection.grad == -INF or inspection.grad == INF
    assert {row.event for row in inspection.children} == {None}


@pytest.mark.parametrize("granularity", Granularity)
def test_steps_and_phases_end_where_the_pass_does(
    granularity: Granularity, cut_off: Timeline, cut_in_backward: Timeline
) -> None:
    for timeline in (cut_off, cut_in_backward):
        stepper = Stepper(timeline)
        assert stepper.stops(granularity)[-1] == timeline.end
        assert stepper.step(timeline.end, granularity, 1) == timeline.end
        back = stepper.step(timeline.end, granularity, -1)
        assert back < timeline.end
        assert stepper.step(back, granularity, 1) == timeline.end
        assert stepper.phase_edge(timeline.end - 1, 1) == timeline.end
        assert len(timeline.event_node) == len(timeline.event_target) == timeline.end
    stepper = Stepper(cut_off)
    assert stepper.phase_edge(cut_off.end, 1) == cut_off.end
    assert stepper.phase_edge(cut_off.end, -1) == 0


@pytest.mark.parametrize("condition", ["isnan(data)", "abs(grad) > 1e300", "added > 0"])
def test_breakpoints_look_no_further_than_the_end(
    condition: str, cut_off: Timeline, cut_in_backward: Timeline
) -> None:
    for timeline in (cut_off, cut_in_backward):
        breakpoints = Breakpoints()
        breakpoints.open(Events(timeline))
        breakpoints.add(Breakpoint(BreakOn.CONDITION, text=condition))
        stop = breakpoints.next_stop(0, 1)
        assert stop is None or stop <= timeline.end


def test_the_order_of_a_failed_pass_is_not_explained_as_if_it_were_complete(
    cut_off: Timeline, cut_in_backward: Timeline
) -> None:
    words = as_text(explain_order(BackwardOrder(cut_off), cut_off.end, 0))
    assert words == "This pass has no backward, so there is no order to explain."
    words = as_text(explain_order(BackwardOrder(cut_in_backward), cut_in_backward.end, 16))
    assert words == (
        "wte[1][0] has no place in the order: the loss does not depend on it, so backward never "
        "reaches it."
    )
    failure = cut_in_backward.trace.failure
    assert failure is not None
    words = as_text(
        explain_order(BackwardOrder(cut_in_backward), cut_in_backward.end, failure.node)
    )
    assert words.endswith("is never complete: the pass failed before all contributions came.")


@pytest.mark.parametrize("query", ["path:5", "between:5,loss", "ancestors:loss"])
def test_searches_that_need_a_loss_say_that_there_is_none(query: str, cut_off: Timeline) -> None:
    with pytest.raises(SearchError, match="This pass has no loss, for it has no backward"):
        SearchIndex(cut_off).search(query)


def test_scopes_of_a_failed_pass_have_no_complete_norm_and_no_share(
    cut_off: Timeline, cut_in_backward: Timeline
) -> None:
    facts = ScopeFacts(cut_off)
    assert facts.loss_shares(cut_off.end) == {}
    assert not facts.at(cut_off.end).reached.any()
    failure = cut_in_backward.trace.failure
    assert failure is not None
    at = ScopeFacts(cut_in_backward).at(cut_in_backward.end)
    scope = int(cut_in_backward.trace.scope[failure.node])
    assert at.reached[scope]
    assert not at.final[scope]
    assert not at.final[0]


def test_no_node_of_a_failed_pass_can_be_processed_too_early(
    cut_off: Timeline, cut_in_backward: Timeline
) -> None:
    for timeline in (cut_off, cut_in_backward):
        assert timeline.trace.failure is not None
        assert not EarlyPasses(timeline).choice(timeline.trace.failure.node).reached
