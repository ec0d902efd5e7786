"""script/faults save tells a save that was acknowledged and is gone from one that was under way when the kill fell."""

from __future__ import annotations

import pytest

from tests.faults.save import SECTIONS, Written, text_of

SECTION, OTHER = "basics", "answers/1"


def there(**numbers: int) -> dict[str, str]:
    return {section: text_of(numbers.get(section, 0)) for section in SECTIONS}


@pytest.fixture
def written() -> Written:
    """Two saves of one section acknowledged, and a third under way."""
    found = Written()
    for _ in range(2):
        found.begins(SECTION)
        found.is_acknowledged()
    found.begins(SECTION)
    return found


@pytest.mark.parametrize("number", [2, 3])
def test_the_last_that_was_acknowledged_or_the_one_under_way_may_be_there(written, number):
    assert written.compared(there(basics=number)) == []
    assert (written.tally["broken off"], written.tally["arrived"], written.tally["lost"]) == (
        1,
        number - 2,
        0,
    )


@pytest.mark.parametrize("number", [0, 1, 4])
def test_an_earlier_one_or_one_that_nobody_wrote_is_told(written, number):
    (sentence,) = written.compared(there(basics=number))
    assert sentence.startswith(SECTION) and written.tally["lost"] == 1


def test_half_a_text_is_told(written):
    (sentence,) = written.compared(there() | {SECTION: text_of(2)[:-1]})
    assert "only a part" in sentence


def test_one_under_way_in_another_section_excuses_nothing(written):
    written.is_acknowledged()
    written.begins(OTHER)
    assert written.compared(there(basics=2)) == ["basics: 3 was saved or under way, and 2 is there"]


def test_what_was_under_way_and_did_not_come_is_not_awaited_later(written):
    written.compared(there(basics=2))
    assert written.compared(there(basics=2)) == []
    assert written.compared(there(basics=3)) != []
