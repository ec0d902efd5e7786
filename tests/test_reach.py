"""Each reach alone, on records that say of themselves only what it asks: whose they are, and how far they have come."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from app import reach

OURS, THEIRS = 1, 2
ACTOR = SimpleNamespace(organisation_id=OURS, former_body_ids=(), seat_id=7)
MERGED = SimpleNamespace(
    organisation_id=3, former_body_ids=(4, OURS), seat_id=7
)  # ours and another went into theirs


def record(body: int = OURS, *, seat: int = 7, ready: bool = True) -> Any:
    return SimpleNamespace(
        belongs_to=lambda organisation_id: organisation_id == body,
        was_submitted=ready,
        was_issued=ready,
        was_published=ready,
        is_shown=ready,
        is_shared_with=lambda organisation_id: ready and organisation_id == body,
        is_own_of=lambda actor: actor.seat_id == seat,
    )


OWN, OTHERS, NOT_YET, OTHERS_NOT_YET, ANOTHER_SEAT = (
    record(),
    record(THEIRS),
    record(ready=False),
    record(THEIRS, ready=False),
    record(seat=8),
)
ALL = (OWN, OTHERS, NOT_YET, OTHERS_NOT_YET, ANOTHER_SEAT)


@pytest.mark.parametrize(
    ("tried", "within"),
    [
        (reach.EVERYTHING, ALL),
        (reach.NOTHING, ()),
        (reach.OWN_BODY, (OWN, NOT_YET, ANOTHER_SEAT)),
        (reach.SUBMITTED, (OWN, OTHERS, ANOTHER_SEAT)),
        (reach.ISSUED_TO_OWN_BODY, (OWN, ANOTHER_SEAT)),
        (reach.PUBLISHED, (OWN, OTHERS, ANOTHER_SEAT)),
        (reach.SHOWN, (OWN, OTHERS, ANOTHER_SEAT)),
        (reach.SHOWN_TO_OWN_BODY, (OWN, ANOTHER_SEAT)),
        (reach.SHARED_WITH_OWN_BODY, (OWN, ANOTHER_SEAT)),
        (reach.OWN_SEAT, (OWN, OTHERS, NOT_YET, OTHERS_NOT_YET)),
    ],
    ids=lambda it: it.name if isinstance(it, reach.Reach) else "",
)
def test_a_reach_holds_what_it_is_named_for_and_nothing_else(tried, within):
    for actor in (ACTOR, MERGED):
        assert [tried.holds(it, actor) for it in ALL] == [it in within for it in ALL]


def test_what_a_query_is_asked_for_is_the_same_fact():
    model = SimpleNamespace(was_submitted="submitted_at IS NOT NULL")
    assert reach.SUBMITTED.finds(model, ACTOR) == "submitted_at IS NOT NULL"
    assert reach.SUBMITTED.holds(model, ACTOR) is True, "of a record it is yes or no"
