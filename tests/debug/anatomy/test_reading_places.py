"""Where in a pass one looks closely, as time goes on."""

from __future__ import annotations

from explorer.debug.anatomy.reader import Reader
from explorer.debug.anatomy.reading import Place
from explorer.debug.session import Session
from explorer.trace.timeline import Timeline


def opened(timeline: Timeline) -> tuple[Session, Reader]:
    session = Session()
    session.open(timeline)
    return session, Reader(session)


def test_without_a_pass_there_is_nothing_to_read() -> None:
    assert Reader(Session()).read() == (None, Place())


def test_it_begins_at_the_last_position_and_goes_with_forward(emma_timeline: Timeline) -> None:
    session, reader = opened(emma_timeline)
    assert reader.read()[1].position == 4
    for share, position in ((0.0, 0), (0.5, 2), (0.99, 4)):
        session.seek(round(share * emma_timeline.forward_end))
        assert reader.read()[1].position == position


def test_what_is_chosen_stays_until_forward_comes_to_another_position(
    emma_timeline: Timeline,
) -> None:
    session, reader = opened(emma_timeline)
    session.seek(10)
    reader.read()
    reader.choose(Place(3, 0, 2))
    session.seek(20)
    assert reader.read()[1] == Place(3, 0, 2)
    session.seek(emma_timeline.forward_end // 2)
    assert reader.read()[1] == Place(2, 0, 2)


def test_a_stop_shows_its_place_in_a_pass_that_was_not_read_yet(emma_timeline: Timeline) -> None:
    session, reader = opened(emma_timeline)
    session.seek(10)
    reader.show(Place(1, 0, 3))
    assert reader.read()[1] == Place(1, 0, 3)
    assert reader.place == Place(1, 0, 3)


def test_the_anatomy_is_made_once_a_pass(emma_timeline: Timeline, a_timeline: Timeline) -> None:
    session, reader = opened(emma_timeline)
    first = reader.read()[0]
    session.seek(5)
    again = reader.read()[0]
    assert first is not None
    assert again is not None
    assert again.anatomy is first.anatomy
    session.open(a_timeline)
    other = reader.read()[0]
    assert other is not None
    assert other.anatomy is not first.anatomy
