"""Officers draft, publish and extend a call in the browser; what they typed survives every refusal."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.calendar import JST
from app.db import db
from app.history import HistoryEntry
from app.programmes.default_form import default_form
from app.programmes.models import Call
from tests import factories
from tests.reading import events

FILLED = {
    "title": "令和5年度の募集",
    "code": "R5",
    "selection_fy": "2023",
    "opens_at": "R5.4.5 9:00",
    "closes_at": "令和5年5月10日 正午",
    "base_years": "３",
    "extension_years": "2",
    "eligible_kinds": ["city", "town"],
    "description": "",
    "criteria-0-label": "革新性",
    "criteria-0-weight": "2",
}


def test_an_officer_drafts_a_call_with_era_dates_and_full_width_digits(sign_in_as):
    client, officer = sign_in_as("officer")
    answer = client.post("/calls/new", data=FILLED)
    call = db.session.scalars(select(Call)).one()
    assert answer.headers["Location"] == f"/calls/{call.id}"
    assert call.closes_at == datetime(2023, 5, 10, 12, 0, tzinfo=JST)
    assert (call.base_years, call.state) == (3, "draft")
    assert call.asks == default_form()
    assert events(call) == ["drafted"]
    entry = db.session.scalars(HistoryEntry.of(call)).one()
    assert (entry.actor_name, entry.actor_role) == (officer.name, "officer")


def test_a_refused_form_keeps_what_was_typed_and_names_each_fault(sign_in_as):
    client, _ = sign_in_as("officer")
    answer = client.post("/calls/new", data={**FILLED, "closes_at": "令和5年13月10日", "code": "ｒ 5!"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "エラー：" in page.split("<title>")[1].split("</title>")[0]
    assert 'value="令和5年13月10日"' in page and 'href="#closes_at"' in page
    assert 'href="#code"' in page and 'value="令和5年度の募集"' in page
    assert db.session.scalar(select(Call)) is None


def test_an_empty_form_is_refused_with_a_message_at_each_required_field(sign_in_as):
    client, _ = sign_in_as("officer")
    answer = client.post("/calls/new", data={})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for field in ("title", "code", "selection_fy", "opens_at", "closes_at"):
        assert f'href="#{field}"' in page


def test_one_more_criterion_is_asked_for_by_a_button_without_javascript(sign_in_as):
    client, _ = sign_in_as("officer")
    answer = client.post("/calls/new", data={**FILLED, "add": "criteria"})
    page = answer.get_data(as_text=True)
    assert 'name="criteria-1-label"' in page and 'value="革新性"' in page
    assert db.session.scalar(select(Call)) is None


def test_a_code_that_exists_is_refused_with_what_was_typed(sign_in_as):
    factories.call(code="R5")
    client, _ = sign_in_as("officer")
    answer = client.post("/calls/new", data=FILLED)
    assert answer.status_code == 422
    assert 'value="令和5年度の募集"' in answer.get_data(as_text=True)


def test_a_stale_tab_does_not_overwrite_what_a_colleague_saved(sign_in_as, at):
    call = factories.call(state="draft")
    client, _ = sign_in_as("officer")
    first = {**FILLED, "version": str(call.version_id), "code": call.code}
    assert client.post(f"/calls/{call.id}/edit", data={**first, "title": "先に保存"}).status_code == 302
    late = client.post(f"/calls/{call.id}/edit", data={**first, "title": "後から保存"})
    assert late.status_code == 409
    page = late.get_data(as_text=True)
    assert "後から保存" in page and f'href="/calls/{call.id}/edit"' in page  # to what is saved now
    assert db.session.get(Call, call.id).title == "先に保存"
    assert client.post(f"/calls/{call.id}/edit", data=kept_on(page)).status_code == 302
    assert db.session.get(Call, call.id).title == "後から保存"


def kept_on(page: str) -> MultiDict:
    """What the button of a page that keeps entries sends again."""
    pairs = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return MultiDict([(name, unescape(value)) for name, value in pairs])


def test_what_was_emptied_is_still_empty_when_it_is_sent_again(sign_in_as):
    call = factories.call(state="draft", description="前の説明")
    client, _ = sign_in_as("officer")
    sent = {**FILLED, "code": call.code, "description": "", "version": "99"}
    page = client.post(f"/calls/{call.id}/edit", data=sent).get_data(as_text=True)
    client.post(f"/calls/{call.id}/edit", data=kept_on(page))
    assert db.session.get(Call, call.id).description == ""


def test_a_call_is_published_only_when_nothing_is_missing(sign_in_as):
    call = factories.call(state="draft", criteria=[])
    client, _ = sign_in_as("officer")
    assert client.post(f"/calls/{call.id}/publication").status_code == 422
    assert db.session.get(Call, call.id).state == "draft"

    ready = factories.call(state="draft")
    assert client.post(f"/calls/{ready.id}/publication").status_code == 302
    assert db.session.get(Call, ready.id).state == "published"
    assert events(ready) == ["publish"]


def test_a_deadline_moves_later_with_its_reason_on_record(sign_in_as):
    call = factories.call()
    client, _ = sign_in_as("director")
    answer = client.post(
        f"/calls/{call.id}/deadline", data={"closes_at": "2023-04-28 15:00", "reason": "感染症の拡大"}
    )
    assert answer.status_code == 302
    changed = db.session.get(Call, call.id)
    assert changed.closes_at == datetime(2023, 4, 28, 15, 0, tzinfo=JST)
    assert changed.extensions[0].reason == "感染症の拡大"
    assert events(changed) == ["deadline_extended"]
    assert "感染症の拡大" in client.get(f"/calls/{call.id}").get_data(as_text=True)


@pytest.mark.parametrize("instant", ["2023-03-17 12:00", "2023-03-01 12:00", "2023-02-01 12:00"])
def test_a_deadline_never_moves_earlier_or_into_the_past(sign_in_as, instant):
    call = factories.call()
    client, _ = sign_in_as("officer")
    answer = client.post(f"/calls/{call.id}/deadline", data={"closes_at": instant, "reason": "理由"})
    assert answer.status_code == 422
    assert db.session.get(Call, call.id).closes_at == call.closes_at


def test_a_draft_is_not_there_for_a_municipality(sign_in_as):
    call = factories.call(state="draft")
    client, _ = sign_in_as("municipality_editor")
    assert client.get(f"/calls/{call.id}").status_code == 404
    assert call.title not in client.get("/calls").get_data(as_text=True)


def test_the_list_of_calls_is_a_file_of_exactly_what_is_shown(sign_in_as):
    factories.call(title="甲の募集")
    factories.call(title="乙の募集", state="draft")
    client, _ = sign_in_as("officer")
    rows = client.get("/calls?state=draft&format=csv").get_data().decode("utf-8-sig").splitlines()
    assert len(rows) == 2 and "乙の募集" in rows[1]
    assert client.get("/calls?q=甲&format=xlsx").data[:2] == b"PK"


@pytest.mark.parametrize(("years", "offered"), [(2, True), (0, False)])
def test_a_deadline_for_extensions_is_set_where_the_call_offers_any(sign_in_as, years, offered):
    call = factories.call(base_years=1, extension_years=years)
    client, _ = sign_in_as("officer")
    page = f"/calls/{call.id}/extension-deadline"
    assert (page in client.get(f"/calls/{call.id}").get_data(as_text=True)) == offered
    answer = client.post(page, data={"due_on": "2023-03-01"}, follow_redirects=True)
    assert ("この募集は、支援期間の延長がない" in answer.get_data(as_text=True)) != offered
    assert (db.session.get(Call, call.id).extension_due_on is not None) == offered
