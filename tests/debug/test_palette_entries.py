"""What the command palette offers, and in which order."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug import numbers
from explorer.debug.desk import Command, Workspace
from explorer.debug.palette import MOST_FOUND, MOST_RECENT, Entry, Found, Palette
from explorer.debug.palette_entries import (
    NOT_NOW,
    ScopeEntries,
    command_entries,
    event_entries,
    node_entries,
)
from explorer.debug.session import Session
from explorer.trace.timeline import Timeline

TITLES = (
    "Step", "Step back", "Start of the pass", "Colour by data", "Colour by gradient",
    "Zoom to the selection", "Select the loss", "Go on to the next breakpoint",
)  # fmt: skip


@dataclass
class Desk:
    """Something to command, that notes what it was told."""

    session: Session = field(default_factory=Session)
    done: list[str] = field(default_factory=list)
    workspace: Workspace = Workspace.EXPLORE


def table(desk: Desk, refused: frozenset[str] = frozenset()) -> Palette:
    """Return a palette of commands of which some can't be run."""
    commands = [
        Command(
            title.lower(), title, "Time" if i < 3 else "Map", keys,
            lambda desk, title=title: desk.done.append(title),
            lambda desk, title=title: title not in refused,
        )
        for i, (title, keys) in enumerate(
            zip(TITLES, (("F10", "Space"), ("Shift+F10",), ("Home",), ("1",), ("2",), ("F",),
                         ("L",), ("F5",)), strict=True)
        )
    ]  # fmt: skip
    return Palette([command_entries(commands, desk, lambda key: key)])


def titles(found: list[Found]) -> list[str]:
    return [one.entry.title for one in found]


@pytest.fixture
def session(a_timeline: Timeline) -> Session:
    session = Session()
    session.open(a_timeline)
    return session


def test_with_nothing_typed_everything_is_listed_in_the_tables_order() -> None:
    assert titles(table(Desk()).find("  ")) == list(TITLES)


def test_what_was_run_lately_comes_first() -> None:
    desk = Desk()
    palette = table(desk)
    for query in ("zoom", "colour grad", "zoom"):
        palette.run(palette.find(query)[0].entry)
    assert desk.done == ["Zoom to the selection", "Colour by gradient", "Zoom to the selection"]
    listed = titles(palette.find(""))
    assert listed[:3] == ["Zoom to the selection", "Colour by gradient", "Step"]
    assert sorted(listed) == sorted(TITLES)


def test_of_equals_the_one_that_was_run_lately_comes_first() -> None:
    palette = table(Desk())
    assert titles(palette.find("col"))[0] == "Colour by data"
    palette.run(palette.find("colour gradient")[0].entry)
    assert titles(palette.find("col"))[0] == "Colour by gradient"


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("step", "Step"),
        ("sb", "Step back"),
        ("back step", "Step back"),
        ("map grad", "Colour by gradient"),  # a group and a title
        ("shift+f10", "Step back"),
        ("f5", "Go on to the next breakpoint"),
        ("1", "Colour by data"),
        ("ZOOM", "Zoom to the selection"),
    ],
)
def test_titles_groups_and_keys_are_searched(query: str, first: str) -> None:
    assert titles(table(Desk()).find(query))[0] == first


def test_matched_letters_are_told() -> None:
    (found, *_) = table(Desk()).find("zo sel")
    assert "".join(found.entry.title[place] for place in found.places) == "Zosel"


def test_nothing_fits_nonsense() -> None:
    assert table(Desk()).find("qqq") == []


def test_what_cannot_be_run_says_so_comes_later_and_is_not_run() -> None:
    desk = Desk()
    palette = table(desk, frozenset({"Colour by data"}))
    found = palette.find("colour")
    assert titles(found) == ["Colour by gradient", "Colour by data"]
    assert [one.entry.refused for one in found] == ["", NOT_NOW]
    palette.run(found[1].entry)
    assert desk.done == []
    assert titles(palette.find("")) == list(TITLES)


@given(st.text(max_size=12))
def test_any_query_finds_entries_whose_words_are_there(query: str) -> None:
    for found in table(Desk()).find(query):
        assert all(0 <= place < len(found.entry.title) for place in found.places)
        assert list(found.places) == sorted(set(found.places))


@given(st.sampled_from(TITLES), st.data())
def test_every_abbreviation_finds_its_title(title: str, data: st.DataObject) -> None:
    places = data.draw(st.sets(st.integers(0, len(title) - 1), min_size=1))
    typed = "".join(title[place] for place in sorted(places))
    assert title in titles(table(Desk()).find(typed))


@given(st.lists(st.integers(0, 30), max_size=40))
def test_the_list_of_recent_ones_stays_short_and_without_doubles(runs: list[int]) -> None:
    entries = [Entry(str(i), f"Entry {i}", "All", lambda: None) for i in range(31)]
    palette = Palette([lambda typed: entries])
    for i in runs:
        palette.run(entries[i])
    listed = [found.entry.id for found in palette.find("")]
    latest = list(dict.fromkeys(str(i) for i in reversed(runs)))[:MOST_RECENT]
    assert listed[: len(latest)] == latest
    assert sorted(listed) == sorted(entry.id for entry in entries)


def test_long_lists_are_cut() -> None:
    entries = [Entry(str(i), f"Entry {i}", "All", lambda: None) for i in range(500)]
    assert len(Palette([lambda typed: entries]).find("entry")) == MOST_FOUND


def test_another_provider_can_be_added() -> None:
    palette = table(Desk())
    palette.add(lambda typed: [Entry("run:1", f"Open run {typed}", "Run", list, is_exact=True)])
    assert titles(palette.find("step"))[:2] == ["Open run step", "Step"]


@pytest.mark.parametrize(
    "typed", ["5012", "#5012", "5 012", f"# 5{numbers.THIN_SPACE}012", "5,012"]
)
def test_a_number_selects_a_node(session: Session, typed: str) -> None:
    found, *_ = Palette([node_entries(session)]).find(typed)
    assert found.entry.title == f"Select node {numbers.count(5012)}"
    assert not found.entry.refused
    found.entry.run()
    assert session.selection == 5012


def test_a_node_is_compared_with_the_selected_one(session: Session) -> None:
    palette = Palette([node_entries(session)])
    select, compare = palette.find("5012")
    assert compare.entry.title == f"Compare node {numbers.count(5012)} with the selection"
    compare.entry.run()
    assert (session.selection, session.compared) == (session.trace.loss, 5012)
    select.entry.run()
    assert titles(palette.find("5012")) == [select.entry.title]
    session.select(None)
    assert len(palette.find("5013")) == 1


def test_a_node_with_a_name_is_called_by_it(session: Session) -> None:
    loss = session.trace.loss
    found, *_ = Palette([node_entries(session)]).find(str(loss))
    assert found.entry.title == f"Select node {numbers.count(loss)} (loss)"
    found, *_ = Palette([node_entries(session)]).find("17")
    assert found.entry.title == "Select node 17 (wte[1][1])"


def test_a_node_that_does_not_exist_is_refused_with_the_reason(session: Session) -> None:
    last = session.trace.nodes - 1
    assert not Palette([node_entries(session)]).find(str(last))[0].entry.refused
    found, *_ = Palette([node_entries(session)]).find(str(last + 1))
    assert found.entry.refused == f"the last node is {numbers.count(last)}"


@pytest.mark.parametrize("typed", ["wte[4][3]", " wte [4] [3] "])
def test_a_parameters_name_selects_it(session: Session, typed: str) -> None:
    found, *_ = Palette([node_entries(session)]).find(typed)
    assert found.entry.title == "Select wte[4][3]"
    found.entry.run()
    assert session.trace.parameter_name(session.selection) == "wte[4][3]"


def test_the_only_layer_need_not_be_named(session: Session) -> None:
    palette = Palette([node_entries(session)])
    for name in ("attn_wq[1][2]", "layer0.attn_wq[1][2]"):
        palette.find(name)[0].entry.run()
        assert session.trace.parameter_name(session.selection) == "layer0.attn_wq[1][2]"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("wte[27][0]", "wte has 27 rows and 16 columns"),
        ("wte[0][16]", "wte has 27 rows and 16 columns"),
        ("wxy[0][0]", "no matrix has this name"),
    ],
)
def test_a_parameter_that_does_not_exist_is_refused(
    session: Session, typed: str, reason: str
) -> None:
    found, *_ = Palette([node_entries(session)]).find(typed)
    assert found.entry.refused == reason


def test_an_at_sign_goes_to_an_event(session: Session) -> None:
    (found,) = Palette([event_entries(session)]).find("@ 1 234")
    assert found.entry.title == f"Go to event {numbers.count(1234)}"
    found.entry.run()
    assert session.cursor == 1234
    end = session.timeline.end
    (found,) = Palette([event_entries(session)]).find(f"@{end + 1}")
    assert found.entry.refused == f"the last event is {numbers.count(end)}"


@given(st.text("@#[] ,0123456789wte²½", max_size=30))
def test_no_number_is_too_strange(a_timeline: Timeline, typed: str) -> None:
    session = Session()
    session.open(a_timeline)
    Palette([node_entries(session), event_entries(session)]).find(typed)


def test_scopes_are_shown_on_the_map(session: Session) -> None:
    shown: list[int] = []
    palette = Palette([ScopeEntries(session, shown.append)])
    first = palette.find("1 softmax")[0]
    assert first.entry.title == "Show 1 a → BOS / softmax on the map"
    assert "".join(first.entry.title[place] for place in first.places) == "1softmax"
    first.entry.run()
    assert session.trace.scopes[shown[0]].name == "softmax"


def test_words_as_they_were_typed_count_for_more(session: Session) -> None:
    palette = Palette([ScopeEntries(session, lambda scope: None)])
    assert palette.find("head 2")[0].entry.title.endswith("/ head 2 on the map")


def test_every_scope_can_be_found(session: Session) -> None:
    entries = ScopeEntries(session, lambda scope: None)("ma")
    assert len(entries) == len(session.trace.scopes) - 1
    assert len({entry.id for entry in entries}) == len(entries)


def test_a_single_letter_does_not_bring_all_scopes(session: Session) -> None:
    assert ScopeEntries(session, lambda scope: None)("m") == []


def test_another_pass_has_other_scopes(session: Session, emma_timeline: Timeline) -> None:
    palette = Palette([ScopeEntries(session, lambda scope: None)])
    palette.find("softmax")
    session.open(emma_timeline)
    assert any("4 a → BOS" in title for title in titles(palette.find("4 softmax")))


def test_without_a_pass_nothing_of_it_is_offered() -> None:
    session = Session()
    providers = [node_entries(session), event_entries(session), ScopeEntries(session, list)]
    for typed in ("12", "@12", "softmax", "wte[0][0]"):
        assert Palette(providers).find(typed) == []
