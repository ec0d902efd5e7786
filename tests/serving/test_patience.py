"""How long a slow client is borne with, and who makes room where it is crowded."""

from __future__ import annotations

import pytest

from config import LARGEST_BODY
from serving import patience
from serving.patience import Standing, to_be_closed


@pytest.mark.parametrize(
    "standing",
    [
        Standing("header", patience.HEADER_WITHIN + 1, moved=31),  # a byte a second
        Standing("body", patience.AFTER + 1, moved=61),
        Standing("answering", patience.AFTER + 1, moved=61),
        Standing("idle", patience.IDLE + 1),
        Standing("body", patience.REQUEST_WITHIN + 1, moved=10**9),
    ],
)
def test_who_takes_too_long_is_let_go(standing):
    assert to_be_closed([(1, standing)], room_for=1000) == {1}


@pytest.mark.parametrize(
    "standing",
    [
        Standing("header", patience.HEADER_WITHIN - 1, moved=29),
        Standing("body", patience.AFTER - 1, moved=59),
        Standing("body", 900, moved=900 * 8000),  # over ISDN
        Standing("answering", 900, moved=900 * 8000),
        Standing("idle", 60),
        Standing("working", 10**6),  # it waits for us
    ],
)
def test_who_is_only_slow_is_borne_with(standing):
    assert to_be_closed([(1, standing)], room_for=1000) == set()


def test_the_largest_body_comes_in_over_the_slowest_line_of_an_office():
    assert LARGEST_BODY / 8000 < patience.REQUEST_WITHIN


def test_where_it_is_crowded_the_slowest_make_room_first():
    standings = [
        (1, Standing("working", 20)),
        (2, Standing("idle", 20)),
        (3, Standing("body", 20, moved=20)),
        (4, Standing("body", 20, moved=2_000_000)),
        (5, Standing("header", 1, moved=1)),  # has only just come
    ]
    assert to_be_closed(standings, room_for=7) == set()
    assert to_be_closed(standings, room_for=6) == {2}  # at three quarters
    assert to_be_closed(standings, room_for=4) == {2, 3}
    assert to_be_closed(standings, room_for=1) == {2, 3, 4}


def test_the_disk_is_not_filled_by_what_waits():
    half = patience.MOST_HELD // 2
    standings = [
        (1, Standing("idle", 20)),
        (2, Standing("body", 20, moved=half, held=half)),
        (3, Standing("answering", 20, moved=20, held=half)),
        (4, Standing("body", 20, moved=half // 2, held=half // 2)),
    ]
    assert to_be_closed(standings, room_for=1000) == {3}
