"""Calls without signing in: what is open and until when, what each says, and nothing that was only decided."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from app.calendar import JST
from app.db import db
from app.programmes.default_form import default_form
from app.programmes.phases import openings, phase_of
from tests import factories
from tests.browser.words import said
from tests.conventions.pages import main_of


@pytest.mark.parametrize("address", ["/", "/calls"])
def test_an_open_call_is_there_with_its_closing_instant_and_what_is_left(app, client, address):
    call = factories.call(title="春の募集")  # until 17 March 2023, 12:00
    db.session.commit()
    text = main_of(client, address)
    assert "春の募集" in text and f'href="/calls/{call.id}"' in text
    assert "令和5年3月17日（金）12時" in text
    assert "残り30日2時間" in text, "from 15 February, 10:00"


@pytest.mark.parametrize(
    ("instant", "left"),
    [
        (datetime(2023, 3, 16, 11, 59, tzinfo=JST), "残り1日0時間"),
        (datetime(2023, 3, 16, 12, 1, tzinfo=JST), "残り23時間59分"),
        (datetime(2023, 3, 17, 11, 15, tzinfo=JST), "残り45分"),
    ],
)
def test_the_countdown_is_true_to_the_minute(app, client, move_clock, instant, left):
    factories.call()
    db.session.commit()
    move_clock(instant)
    assert left in main_of(client, "/")


def test_a_call_that_opens_soon_says_when(app, client):
    call = factories.call(
        title="夏の募集", opens_at=datetime(2023, 4, 5, 9, 0, tzinfo=JST), closes_at=datetime(2023, 5, 10, 12, 0, tzinfo=JST)
    )  # fmt: skip
    db.session.commit()
    for address in ("/", "/calls", f"/calls/{call.id}"):
        text = main_of(client, address)
        assert "夏の募集" in text
        assert "令和5年4月5日（水）9時" in text and "令和5年5月10日（水）12時" in text
        assert "残り" not in text
    assert said("No call is open now.") in main_of(client, "/")


def test_without_an_open_call_the_last_one_is_told_and_the_next_promised(app, client, move_clock):
    assert said("The next one will be announced on this page.") in main_of(client, "/")
    factories.call()
    db.session.commit()
    move_clock(datetime(2023, 3, 17, 12, 0, tzinfo=JST))
    text = main_of(client, "/")
    assert "前回の募集は、令和5年3月17日（金）12時に受付を終了しました。" in text
    assert said("The next one will be announced on this page.") in text


def test_the_first_to_close_comes_first_and_drafts_are_not_told(app, at):
    late = factories.call(closes_at=datetime(2023, 4, 17, 12, 0, tzinfo=JST))
    early = factories.call()
    factories.call(state="draft")
    coming = factories.call(opens_at=datetime(2023, 3, 1, 9, 0, tzinfo=JST))
    db.session.commit()
    found = openings(at)
    assert (found.open, found.upcoming, found.last) == ([early, late], [coming], None)


def test_the_page_of_a_call_says_all_that_one_needs_to_apply(app, client):
    call = factories.call(base_years=3, extension_years=2, selection_fy=2023)
    db.session.commit()
    text = main_of(client, f"/calls/{call.id}")
    for words in (
        "地域の課題",
        "革新性",
        "令和8年3月31日",
        "令和10年3月31日",
        "市、町、村",
        said("How to apply"),
        "mirai@example.jp",
    ):
        assert words in text, words
    assert f'href="/sign-in?next=/calls/{call.id}"' in text
    assert said("What has happened") not in text, "who published it is the office's own affair"


def test_a_draft_is_not_there_for_the_public(app, client):
    call = factories.call(state="draft", title="準備中の募集")
    db.session.commit()
    assert client.get(f"/calls/{call.id}").status_code == 404
    for address in ("/", "/calls", "/calls?state=draft", "/calls?format=csv"):
        assert "準備中の募集" not in client.get(address).get_data(as_text=True)


def test_past_calls_are_listed_with_how_many_were_selected(app, client):
    factories.call(title="昔の募集", state="announced", announced_count=14, announced_on=date(2018, 8, 1))
    db.session.commit()
    rows = client.get("/calls?format=csv").get_data().decode("utf-8-sig").splitlines()
    assert len(rows) == 2 and "昔の募集" in rows[1] and rows[1].endswith(",14")


def closed_calls() -> list:
    """Two calls that closed yesterday, alike but for what the office has done."""
    alike = {
        "opens_at": datetime(2023, 1, 10, 9, 0, tzinfo=JST),
        "closes_at": datetime(2023, 2, 14, 12, 0, tzinfo=JST),
    }
    return [
        factories.call(title="甲乙の募集", code="CODE-A", announced_count=None, **alike),
        factories.call(title="甲乙の募集", code="CODE-B", state="decided", announced_count=7, announced_on=date(2023, 3, 1), **alike),
    ]  # fmt: skip


def without_numbers(text: str, call) -> str:
    return text.replace(call.code, "(code)").replace(f"/calls/{call.id}", "/calls/(id)")


@pytest.mark.parametrize("role", ["", "municipality_editor", "reviewer"])
def test_nobody_outside_the_office_can_tell_that_a_call_was_decided(app, client, sign_in_as, role, at):
    waiting, decided = closed_calls()
    db.session.commit()
    if role:
        client, _ = sign_in_as(role)
    pages = [without_numbers(main_of(client, f"/calls/{call.id}"), call) for call in (waiting, decided)]
    assert pages[0] == pages[1]
    assert said("Under review") in pages[0]
    for query in (
        "format=csv",
        "state=under_review&format=csv",
        "sort=state&format=csv",
        "sort=-state&format=csv",
    ):
        rows = client.get(f"/calls?{query}").get_data().decode("utf-8-sig").splitlines()[1:]
        assert len(rows) == 2 and rows[0] == rows[1], query
    for state in ("decided", "published"):
        narrowed = client.get(f"/calls?state={state}&format=csv").get_data().decode("utf-8-sig")
        assert len(narrowed.splitlines()) == 3, "no filter for what only the office knows"


def test_the_office_still_sees_states(app, sign_in_as):
    closed_calls()
    db.session.commit()
    client, _ = sign_in_as("officer")
    assert len(client.get("/calls?state=decided&format=csv").get_data().splitlines()) == 2


def test_phase_in_python_and_in_the_database_agree(app, client, at):
    calls = [
        factories.call(),
        factories.call(state="announced"),
        factories.call(state="announced", opens_at=None, closes_at=None),
        factories.call(opens_at=datetime(2023, 3, 1, 9, 0, tzinfo=JST)),
        *closed_calls(),
    ]
    factories.call(state="draft")
    db.session.commit()
    phases = {phase_of(call, at) for call in calls}
    for phase in phases:
        rows = client.get(f"/calls?state={phase}&format=csv").get_data().decode("utf-8-sig").splitlines()[1:]
        assert len(rows) == sum(phase_of(call, at) == phase for call in calls), phase
    assert phases == {"upcoming", "open", "under_review", "announced"}


def test_a_draft_takes_no_applications_whatever_its_instants(app, sign_in_as, at):
    draft = factories.call(state="draft")
    db.session.commit()
    assert draft.opens_at < at < draft.closes_at and phase_of(draft, at) == "upcoming"
    client, _ = sign_in_as("officer")
    assert "申請を受け付けています" not in main_of(client, f"/calls/{draft.id}")


def test_what_is_asked_is_told_to_applicants_in_their_language_and_once(app, client):
    factories.call(form=default_form(), description="（見本）案内")
    db.session.commit()
    text = main_of(client, "/calls/1")
    assert "列「団体・企業等の名称」：1行の文章、必須" in text and "Organisation" not in text
    assert "記載漏れがないことの確認を求める" not in text, "what the editor of forms sets"
    assert "活用する未来技術 <span" in text and ">未来技術、必須<" in text
    for part in ("guidelines", "form", "answers"):
        assert f'href="#{part}"' in text and f'id="{part}"' in text
