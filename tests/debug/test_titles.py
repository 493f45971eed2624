"""What scopes are called."""

from __future__ import annotations

from explorer.debug.titles import position_title, scope_path, scope_titles, transition
from explorer.trace.trace import Trace


def test_a_position_says_what_it_reads_and_should_predict(emma: Trace) -> None:
    assert [position_title(emma, i) for i in range(5)] == [
        "0 BOS → e",
        "1 e → m",
        "2 m → m",
        "3 m → a",
        "4 a → BOS",
    ]
    assert transition(emma, 3) == "m → a"


def test_every_scope_has_a_title_and_only_positions_have_another_one(emma: Trace) -> None:
    titles = scope_titles(emma)
    positions = emma.position_scope.tolist()
    assert [titles[scope] for scope in positions] == [position_title(emma, i) for i in range(5)]
    others = [i for i in range(len(emma.scopes)) if i not in positions]
    alone = [emma.scopes[i].title.removeprefix("layer0.") for i in others]  # of its layers
    assert [titles[i] for i in others] == alone


def test_numbered_scopes_show_their_number(emma: Trace) -> None:
    titles = set(scope_titles(emma))
    assert {"head 0", "head 3", "row 0", "softmax", "wte"} <= titles
    assert "head 4" not in titles


def test_a_path_leads_from_the_outermost_scope_to_the_innermost(emma: Trace) -> None:
    head = next(i for i, s in enumerate(emma.scopes) if (s.name, s.number) == ("head", 2))
    path = scope_path(emma, head).split(" / ")
    assert [path[0], path[-1]] == ["0 BOS → e", "head 2"]
    assert len(path) == len(emma.scope_path(head))


def test_the_whole_pass_has_no_path(emma: Trace) -> None:
    assert scope_path(emma, 0) == ""


def test_paths_tell_all_scopes_apart(emma: Trace) -> None:
    paths = [scope_path(emma, scope) for scope in range(len(emma.scopes))]
    assert len(set(paths)) == len(paths)
