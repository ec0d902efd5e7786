"""script/bench deadline fails when a promise is broken: each of them, broken alone, is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.benchmarks.crowd import moments
from tests.benchmarks.verdict import REFUSED, TAKEN, Asked, Kept, broken, counted

CLOSES = 1_700_000_000.0


def taken(number: int, sent: float = -1.0) -> tuple[Asked, Kept]:
    """Somebody who sent it so many seconds from the instant, and has a receipt."""
    name, at = f"R9-{number:04}", CLOSES + sent
    asked = Asked(number, began=at - 0.001, sent=at, status=TAKEN, seconds=number / 10, receipt=name)
    return asked, Kept(number, name, number, (at,), "", 1)


def refused(number: int, sent: float = 1.0) -> tuple[Asked, Kept]:
    at = CLOSES + sent
    asked = Asked(number, began=at, sent=at + 0.001, status=REFUSED, seconds=0.2, says_closed=True)
    return asked, Kept(number, None, None, (), "", 0)


def told(*pairs: tuple[Asked, Kept]) -> list[str]:
    return broken([it for it, _ in pairs], [it for _, it in pairs], CLOSES, clients=len(pairs))


def well() -> list[tuple[Asked, Kept]]:
    return [taken(1), taken(2), refused(3), refused(4)]


def with_one(place: int, asked: dict | None = None, kept: dict | None = None) -> list[tuple[Asked, Kept]]:
    pairs = well()
    pairs[place] = (replace(pairs[place][0], **asked or {}), replace(pairs[place][1], **kept or {}))
    return pairs


def test_nothing_is_told_when_all_held():
    assert told(*well()) == []


# Each row: whose (the first two were taken, the others refused), what is otherwise, a word of what is told.
AMISS = [
    (0, {"status": 503}, {}, "503"),
    (0, {"status": 0, "problem": "ConnectionResetError"}, {}, "ConnectionResetError"),
    (3, {"status": 0, "problem": "TimeoutError"}, {}, "TimeoutError"),
    (0, {"status": REFUSED, "says_closed": True}, {"number": None, "sequence": None, "received": (), "receipts": 0}, "and refused"),
    (2, {"status": TAKEN}, {}, "and taken"),
    (0, {}, {"received": (CLOSES,)}, "received after the instant"),
    (0, {}, {"received": ()}, "0 submissions"),
    (0, {}, {"received": (CLOSES - 1, CLOSES - 1)}, "2 submissions"),
    (0, {}, {"receipts": 0}, "0 receipts"),
    (0, {}, {"receipts": 2}, "2 receipts"),
    (0, {}, {"number": None, "sequence": None}, "no number"),
    (0, {"receipt": ""}, {}, "its receipt shows"),
    (0, {"receipt": "R9-0009"}, {}, "its receipt shows"),
    (0, {}, {"amiss": "a section is missing"}, "a section is missing"),
    (0, {}, {"number": "R9-0002", "sequence": 2}, "given twice"),
    (1, {}, {"number": "R9-0003", "sequence": 3}, "not 1, 2, 3"),
    (2, {}, {"received": (CLOSES + 1,)}, "handed in all the same"),
    (2, {}, {"receipts": 1}, "handed in all the same"),
    (2, {}, {"number": "R9-0003", "sequence": 3}, "handed in all the same"),
    (2, {"says_closed": False}, {}, "does not say"),
    (2, {}, {"amiss": "what was typed is not there any more"}, "not there any more"),
]  # fmt: skip


@pytest.mark.parametrize(("place", "asked", "kept", "word"), AMISS)
def test_a_promise_that_was_broken_is_told(place, asked, kept, word):
    assert any(word in sentence for sentence in told(*with_one(place, asked, kept)))


def test_where_the_instant_fell_while_it_was_sent_either_answer_is_right():
    def at_the_border(pair: tuple[Asked, Kept]) -> tuple[Asked, Kept]:
        return replace(pair[0], began=CLOSES - 0.001, sent=CLOSES), pair[1]

    assert told(*well()[:2], at_the_border(taken(3, -0.0005)), refused(4), at_the_border(refused(5))) == []
    late = at_the_border(taken(3))[0], taken(3, 0.0)[1]
    assert any("received after" in it for it in told(*well()[:2], late, refused(4)))


@pytest.mark.parametrize(
    ("began", "sent", "came"),
    [(-0.002, -0.001, "before"), (-0.001, 0.0, "border"), (-0.001, 0.001, "border"), (0.0, 0.001, "after")],
)
def test_what_is_sent_at_the_very_instant_is_not_before_it(began, sent, came):
    assert Asked(1, began=CLOSES + began, sent=CLOSES + sent).came(CLOSES) == came


def test_a_run_in_which_somebody_is_missing_or_nothing_was_tried_has_shown_nothing():
    pairs = well()
    asked, kept = [it for it, _ in pairs], [it for _, it in pairs]
    assert broken(asked, kept, CLOSES, clients=5)
    assert any("is gone" in it for it in broken(asked, kept[1:], CLOSES, clients=4))
    assert any("nothing was tried" in it for it in told(*(taken(number) for number in range(1, 7))))


def test_the_figures_are_of_those_before_and_those_after():
    pairs = [*(taken(number) for number in range(1, 21)), refused(21), refused(22)]
    found = counted([it for it, _ in pairs], [it for _, it in pairs], CLOSES)
    assert found["before"] == {
        "asked": 20, "accepted": 20, "refused": 0, "told_why": 0, "p50_s": 1.05, "p95_s": 2.0, "max_s": 2.0,
    }  # fmt: skip
    assert (found["after"]["asked"], found["after"]["refused"], found["after"]["told_why"]) == (2, 2, 2)
    assert found["border"]["asked"] == 0 and found["border"]["p95_s"] is None
    assert (found["errors"], found["receipts"], found["snapshots_complete"], found["drafts_kept"]) == (
        0,
        20,
        20,
        2,
    )
    assert (found["duplicate_numbers"], found["highest_number"]) == (0, 20)


def test_a_number_that_was_given_thrice_is_twice_too_many():
    pairs = [(asked, replace(kept, sequence=1)) for asked, kept in (taken(1), taken(2), taken(3))]
    assert counted([it for it, _ in pairs], [it for _, it in pairs], CLOSES)["duplicate_numbers"] == 2


@pytest.mark.parametrize("clients", [500, 7])
def test_they_press_around_the_instant_and_most_of_them_near_it(clients):
    away = [moment - CLOSES for moment in moments(clients, CLOSES, 10.0)]
    before = [it for it in away if it < 0]
    assert len(before) == (clients + 1) // 2 and 0.0 not in away
    assert max(map(abs, away)) < 10.0
    assert sum(it > -2.5 for it in before) == pytest.approx(len(before) / 2, abs=1)
