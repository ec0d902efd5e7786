"""Pages far behind are those that counting from the first row would give, in either direction, whatever is empty or alike."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from app.db import db
from app.organisations.models import Organisation
from app.web import paging
from app.web.paging import By, Neighbours, Paging, neighbours
from tests import factories

ROWS, PER_PAGE, COUNTED, EVERY = 37, 3, 10, 4
DAYS = (date(2020, 1, 1), date(2021, 1, 1), date(2022, 1, 1))
ORDERS = {
    "by id": [By(Organisation.id)],
    "by id, the last first": [By(Organisation.id, down=True)],
    "by what is alike": [By(Organisation.kana), By(Organisation.id)],
    "by what is alike, the last first": [By(Organisation.kana, down=True), By(Organisation.id)],
    "by what may be empty": [By(Organisation.valid_until), By(Organisation.id)],
    "by what may be empty, the last first": [By(Organisation.valid_until, down=True), By(Organisation.id)],
    "by two things that may be empty": [
        By(Organisation.valid_from, down=True),
        By(Organisation.valid_until),
        By(Organisation.id, down=True),
    ],
}


@pytest.fixture
def rows(app, monkeypatch) -> None:
    """Of each kind of value some, in no order."""
    monkeypatch.setattr(paging, "COUNTED", COUNTED)
    monkeypatch.setattr(paging, "EVERY", EVERY)
    for number in range(ROWS):
        some = number * 7 % ROWS
        factories.organisation(
            kana="アイウ"[some % 3],
            valid_until=(None, *DAYS)[some % 4],
            valid_from=(*DAYS, None, None)[some % 5],
        )
    db.session.commit()


def paged(by: list[By], asked: str, query=None) -> Paging:
    query = select(Organisation) if query is None else query
    return Paging(lambda: query, lambda: query, Organisation, by, PER_PAGE, asked, name=("test", str(by)))


def near(query, by: list[By], record) -> Neighbours | None:
    return neighbours(lambda: query, by, record, lambda _what, build: build())


def ids(query) -> list[int]:
    return [row.id for row in db.session.scalars(query)]


@pytest.mark.parametrize("by", ORDERS.values(), ids=ORDERS)
def test_each_page_is_what_counting_from_the_first_row_gives(rows, by):
    everything = ids(select(Organisation).order_by(*(it.clause for it in by)))
    last = -(-ROWS // PER_PAGE)
    for number in range(1, last + 1):
        page = paged(by, str(number))
        start = (number - 1) * PER_PAGE
        assert ids(page.query) == everything[start : start + PER_PAGE], f"page {number}"
        assert (page.first_place, page.last_place) == (start + 1, min(start + PER_PAGE, ROWS))
        assert page.has_next is (number < last)
        if start > COUNTED:
            assert page.query._offset_clause.value < EVERY, "rows are passed over one by one"


@pytest.mark.parametrize("by", ORDERS.values(), ids=ORDERS)
def test_each_row_knows_its_neighbours_and_its_place_as_far_as_is_counted(rows, by):
    query = select(Organisation)
    records = db.session.scalars(query.order_by(*(it.clause for it in by))).all()
    everything = [it.id for it in records]
    computed = [By(func.coalesce(it.key, it.key), it.down) for it in by]
    for number, (before, here, after) in enumerate(
        zip([None, *everything], records, [*everything[1:], None], strict=False)
    ):
        place = number + 1 if number < COUNTED else None
        assert near(query, by, here) == Neighbours(place, before, after)
        assert near(query, computed, here) == Neighbours(place, before, after)


def test_a_row_that_the_filters_leave_out_has_no_neighbours(rows):
    query, by = select(Organisation).where(Organisation.kana == "ア"), [By(Organisation.id)]
    other = db.session.scalars(select(Organisation).where(Organisation.kana != "ア")).first()
    assert near(query, by, other) is None
    assert near(query, [By(func.coalesce(Organisation.kana, "")), *by], other) is None


def test_what_is_counted_is_counted_up_to_a_limit(rows):
    many = paged([By(Organisation.id)], "1")
    assert (many.total, many.is_more, many.pages) == (COUNTED, True, 4)
    exactly = select(Organisation).where(Organisation.id.in_(ids(select(Organisation).limit(COUNTED))))
    as_many = paged([By(Organisation.id)], "1", exactly)
    assert (as_many.total, as_many.is_more, as_many.pages) == (COUNTED, False, 4)


def test_a_list_without_a_condition_is_counted_by_its_table(rows):
    few = select(Organisation).where(Organisation.kana == "ア")
    assert paged([By(Organisation.id)], "1", few).total == min(len(ids(few)), COUNTED)
    assert paged([By(Organisation.id)], "1").counted == COUNTED + 1


@pytest.mark.parametrize("asked", [str(10**9), str(10**9 - 1), "14"])
def test_a_page_past_the_end_is_the_last_one(rows, asked):
    page = paged([By(Organisation.id)], asked)
    assert page.page == -(-ROWS // PER_PAGE)
    assert ids(page.query) == ids(select(Organisation).order_by(Organisation.id))[-1:]
    assert not page.has_next


@pytest.mark.parametrize("asked", ["", "0", "-1", "x", "1.5", "9" * 11, "9" * 5000, "٣x"])
def test_a_page_that_is_none_is_the_first(rows, asked):
    assert paged([By(Organisation.id)], asked).page == 1


def test_a_page_of_a_list_that_was_counted_needs_no_milestone(rows, monkeypatch):
    monkeypatch.setattr(Paging, "_ask_for_milestones", lambda self: pytest.fail("milestones were asked for"))
    page = paged([By(Organisation.id)], "2")
    assert page.last_place == 2 * PER_PAGE and page.has_next and ids(page.query)


def test_an_empty_list_has_one_page(app):
    page = paged([By(Organisation.id)], "7")
    assert (page.page, page.total, page.has_next, ids(page.query)) == (1, 0, False, [])


def test_the_pages_to_choose_from_leave_out_those_between_and_a_last_one_that_nobody_knows(rows):
    assert paged([By(Organisation.id)], "1").numbers == [1, 2, 3, None]
    assert paged([By(Organisation.id)], "8").numbers == [1, None, 6, 7, 8, 9, None]
    assert paged([By(Organisation.id)], "13").numbers == [1, None, 11, 12, 13]
