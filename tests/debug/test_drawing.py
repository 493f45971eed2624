"""Lines of the pen belong to what they were drawn on."""

from __future__ import annotations

from explorer.debug.drawing import Drawing


def test_lines_are_kept_by_board_in_their_order() -> None:
    drawing = Drawing()
    assert not drawing
    drawing.begin("map", (1, 2))
    drawing.go_on((3, 4))
    drawing.begin("screen", (0.5, 0.5))
    drawing.begin("map", (7, 8))
    assert [stroke.points for stroke in drawing.on("map")] == [[(1, 2), (3, 4)], [(7, 8)]]
    assert [stroke.points for stroke in drawing.on("screen")] == [[(0.5, 0.5)]]
    assert drawing


def test_the_last_line_can_be_taken_away_and_then_all() -> None:
    drawing = Drawing()
    drawing.undo()
    for x in range(3):
        drawing.begin("map", (x, 0))
    drawing.undo()
    assert [stroke.points for stroke in drawing.on("map")] == [[(0, 0)], [(1, 0)]]
    drawing.clear()
    assert not drawing
