"""Pages of bodies and seats: who sees what, and what administrators do there."""

from datetime import date

import pytest
from sqlalchemy import event, select

from app.db import db
from app.history import HistoryEntry
from app.organisations import operations
from app.organisations.models import Seat
from app.permissions import SYSTEM
from tests import factories
from tests.reading import text_of

APPROVER, EDITOR = "municipality_approver", "municipality_editor"


@pytest.fixture
def administrator(sign_in_as):
    return sign_in_as("administrator")[0]


@pytest.fixture
def body(app):
    return factories.organisation("岩見沢市", "012106", kana="イワミザワシ")


SEAT = {"role": APPROVER, "section": "企画財政部", "post": "部長", "mailbox": "kikaku@example.jp"}


def test_a_body_shows_its_facts_to_everybody_with_a_seat(sign_in_as, body):
    for role in ("reviewer", "ministry_officer", EDITOR, "director"):
        page = text_of(sign_in_as(role)[0].get(f"/organisations/{body.id}"))
        assert "012106" in page
        assert "イワミザワシ" in page
        assert "北海道岩見沢市長　殿" in page


def test_the_seats_of_a_body_are_for_the_office_administrators_and_the_body_itself(sign_in_as, body):
    mailbox = factories.tenure(APPROVER, body).seat.mailbox
    shown = lambda *who: mailbox in text_of(sign_in_as(*who)[0].get(f"/organisations/{body.id}"))
    assert shown("officer")
    assert shown("administrator")
    assert shown(EDITOR, body)
    assert not shown(EDITOR)
    assert not shown("reviewer")
    assert not shown("ministry_officer")


def test_a_body_shows_the_councils_of_its_projects_to_whoever_may_read_them(sign_in_as, body):
    with_others = factories.project([factories.organisation(), body])
    factories.council(with_others, name="岩見沢市地域実装協議会"), factories.council(name="よその協議会")
    shown = lambda *who: text_of(sign_in_as(*who)[0].get(f"/organisations/{body.id}"))
    for page in (shown("officer"), shown(EDITOR, body)):
        assert f'href="/projects/{with_others.id}/council"' in page
        assert "岩見沢市地域実装協議会" in page and f"一覧番号 {with_others.number}" in page
        assert "よその協議会" not in page
    for page in (shown(EDITOR), shown("reviewer")):
        assert "地域実装協議会" not in page


def test_a_merged_body_names_its_successor(sign_in_as, body):
    old = factories.organisation("栗沢町", body_kind="town", successor=body, valid_until=date(2006, 3, 26))
    page = text_of(sign_in_as("officer")[0].get(f"/organisations/{old.id}"))
    assert f'href="/organisations/{body.id}"' in page
    assert "平成18年3月26日" in page


def test_a_body_that_nobody_acts_for_is_flagged(administrator, body):
    tenure = factories.tenure(APPROVER, body)
    factories.seat(EDITOR, body)
    other = factories.organisation("担当なし市")
    factories.seat(APPROVER, other)
    listed = text_of(administrator.get("/seats"))
    assert "担当者のいない団体が1団体あります" in listed
    unattended = text_of(administrator.get("/seats?holder=unattended"))
    assert "担当なし市" in unattended
    assert "岩見沢市" not in unattended
    flag = "この団体には担当者がいません"
    assert flag in text_of(administrator.get(f"/organisations/{other.id}"))
    assert flag not in text_of(administrator.get(f"/organisations/{body.id}"))
    tenure.ended_on = date(2023, 2, 14)
    assert flag in text_of(administrator.get(f"/organisations/{body.id}"))


def test_the_administrators_home_asks_for_a_holder(administrator, body):
    link = 'href="/seats?holder=unattended"'
    assert link not in text_of(administrator.get("/"))
    factories.seat(APPROVER, body)
    assert link in text_of(administrator.get("/"))


def test_the_administrator_is_given_the_task_to_name_a_holder(administrator, app, at, body):
    from app.organisations.tasks import tasks

    acting = factories.tenure("administrator")
    with app.test_request_context():
        assert tasks(acting, at) == []
        factories.seat(APPROVER, body)
        [task] = tasks(acting, at)
        assert task.url == "/seats?holder=unattended"
        assert "1" in task.title
        assert tasks(factories.tenure("officer"), at) == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"課長", "主査", "主任"}),
        ({"holder": "held"}, {"課長"}),
        ({"holder": "vacant"}, {"主査"}),
        ({"holder": "closed"}, {"主任"}),
        ({"role": APPROVER}, {"課長"}),
        ({"q": "いわみざわ"}, {"課長", "主査", "主任"}),
        ({"q": "在席 花子"}, {"課長"}),
        ({"q": "hanako@example.jp"}, {"課長"}),
        ({"q": "nobody"}, set()),
    ],
)
def test_seats_are_found_by_body_holder_and_whether_they_are_held(administrator, body, asked, found):
    held = factories.tenure(APPROVER, body, person=factories.person("在席 花子", "hanako@example.jp")).seat
    held.post = "課長"
    factories.seat(EDITOR, body, post="主査")
    factories.seat(EDITOR, body, post="主任", closed_on=date(2023, 2, 15))
    page = text_of(administrator.get("/seats", query_string=asked))
    assert {post for post in ("課長", "主査", "主任") if f"企画課 {post}" in page} == found


def test_the_list_of_seats_asks_the_database_no_more_for_many_rows_than_for_few(administrator, app):
    def queries():
        asked = []
        listen = lambda *arguments: asked.append(arguments[2])
        event.listen(db.engine, "before_cursor_execute", listen)
        assert administrator.get("/seats").status_code == 200
        event.remove(db.engine, "before_cursor_execute", listen)
        return sum(statement.startswith("SELECT") for statement in asked)

    factories.tenure(APPROVER)
    few = queries()
    for _ in range(15):
        factories.tenure(APPROVER)
    assert queries() == few <= 12


def test_a_seat_is_made_for_a_body_and_waits_for_a_holder(administrator, body):
    assert 'value="director"' not in text_of(administrator.get(f"/organisations/{body.id}/seats/new"))
    answer = administrator.post(f"/organisations/{body.id}/seats/new", data=SEAT)
    seat = db.session.scalars(select(Seat).where(Seat.organisation_id == body.id)).one()
    assert answer.headers["Location"] == f"/seats/{seat.id}"
    assert (seat.role, seat.name, seat.mailbox) == (APPROVER, "企画財政部 部長", "kikaku@example.jp")
    page = text_of(administrator.get(f"/seats/{seat.id}"))
    assert "この担当には担当者がいません" in page
    assert "設置" in page


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("section", "", "入力してください"),
        ("mailbox", "not an address", "メールアドレスとして正しくありません"),
        ("role", "director", "<"),
        ("role", "boss", "<"),
        ("post", "長" * 101, "1字超過"),
    ],
)
def test_a_seat_form_with_a_mistake_says_so_and_keeps_what_was_typed(administrator, body, field, value, told):
    answer = administrator.post(f"/organisations/{body.id}/seats/new", data={**SEAT, field: value})
    assert answer.status_code == 422
    page = text_of(answer)
    assert f'id="{field}-error"' in page
    assert told in page.partition(f'id="{field}-error"')[2]
    assert "エラー：" in page
    assert "企画財政部" in page or field == "section"
    assert db.session.scalars(select(Seat).where(Seat.organisation_id == body.id)).all() == []


def test_a_full_width_mailbox_is_mended(administrator, body):
    administrator.post(
        f"/organisations/{body.id}/seats/new", data={**SEAT, "mailbox": "Ｋｉｋａｋｕ＠example.jp"}
    )
    assert (
        db.session.scalars(select(Seat.mailbox).where(Seat.organisation_id == body.id)).one()
        == "kikaku@example.jp"
    )


def test_a_seat_is_edited_but_keeps_its_role(administrator, body):
    seat = factories.tenure(EDITOR, body).seat
    assert seat.section in text_of(administrator.get(f"/seats/{seat.id}/edit"))
    typed = {**SEAT, "role": APPROVER, "section": "DX推進課", "version": 1}
    assert administrator.post(f"/seats/{seat.id}/edit", data=typed).status_code == 302
    assert (seat.section, seat.role) == ("DX推進課", EDITOR)
    assert db.session.scalars(HistoryEntry.of(seat)).first().event == "edited"


def test_a_seat_that_somebody_else_has_edited_in_the_meantime_is_not_overwritten(administrator, body):
    seat = factories.tenure(EDITOR, body).seat
    first, second = ({**SEAT, "section": name, "version": 1} for name in ("先の課", "後の課"))
    assert administrator.post(f"/seats/{seat.id}/edit", data=first).status_code == 302
    late = administrator.post(f"/seats/{seat.id}/edit", data=second)
    assert late.status_code == 409
    assert "後の課" in text_of(late)
    assert seat.section == "先の課"


def test_the_last_day_of_a_tenure_is_set_in_any_writing_of_dates(administrator, body):
    tenure = factories.tenure(APPROVER, body)
    assert administrator.get(f"/tenures/{tenure.id}/end").status_code == 200
    answer = administrator.post(f"/tenures/{tenure.id}/end", data={"on": "R5.3.31"})
    assert answer.headers["Location"] == f"/seats/{tenure.seat_id}"
    assert tenure.ended_on == date(2023, 3, 31)
    entry = db.session.scalars(HistoryEntry.of(tenure.seat)).one()
    assert (entry.event, entry.actor_role) == ("seat_left", "administrator")
    assert "離任（最終日 令和5年3月31日" in text_of(administrator.get(f"/seats/{tenure.seat_id}"))


@pytest.mark.parametrize(
    ("typed", "told"),
    [("", "入力してください"), ("next week", "next week"), ("2018-03-01", "平成30年4月1日")],
)
def test_a_last_day_that_cannot_be_is_told_and_kept(administrator, body, typed, told):
    tenure = factories.tenure(APPROVER, body)
    answer = administrator.post(f"/tenures/{tenure.id}/end", data={"on": typed})
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert f'value="{typed}"' in text_of(answer)
    assert tenure.ended_on is None


def test_a_seat_is_closed_and_then_not_closed_again(administrator, body):
    seat = factories.tenure(APPROVER, body).seat
    assert administrator.get(f"/seats/{seat.id}/closure").status_code == 200
    administrator.post(f"/seats/{seat.id}/closure", data={"on": "2023-02-15"})
    assert seat.closed_on == date(2023, 2, 15)
    again = administrator.post(f"/seats/{seat.id}/closure", data={"on": "2023-02-16"})
    assert again.status_code == 422
    assert "既に廃止されています" in text_of(again)
    page = text_of(administrator.get(f"/seats/{seat.id}"))
    assert "担当を引き継ぐ" not in page
    assert seat.holder is None


def test_a_tenure_that_never_began_is_shown_as_such(administrator, at, body):
    seat = factories.seat(APPROVER, body)
    for name in ("誤 一郎", "正 二郎"):
        operations.hand_over(seat, factories.person(name), on=date(2023, 2, 15), actor=SYSTEM, at=at)
    page = text_of(administrator.get(f"/seats/{seat.id}"))
    assert "就任前に取消し" in page
    assert "正 二郎" in page


@pytest.mark.parametrize(
    "path",
    ["/organisations/987654", "/organisations/" + "9" * 30, "/seats/" + "9" * 30, "/tenures/987654/end"],
)
def test_what_is_not_there_is_not_found(administrator, path):
    assert administrator.get(path).status_code == 404


def test_everything_is_there_in_english_too(administrator, body):
    seat = factories.tenure(APPROVER, body).seat
    administrator.get("/language/en")
    for path in (
        "/organisations",
        f"/organisations/{body.id}",
        "/seats",
        f"/seats/{seat.id}",
        f"/seats/{seat.id}/edit",
        "/account",
    ):
        page = text_of(administrator.get(path))
        assert '<html lang="en">' in page
        assert "Municipality: approver" in page or path in (
            "/organisations",
            "/account",
            f"/seats/{seat.id}/edit",
        )
