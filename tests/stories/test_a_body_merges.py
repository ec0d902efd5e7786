"""In the third year of its project a village merges into a city: the city goes on with all of it, and what was done keeps the old name."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app import calendar
from app.applications import submission
from app.calendar import JST
from app.correspondence import letters
from app.correspondence.models import Mail
from app.db import db
from app.jobs import run_daily
from tests import factories
from tests.factories.applications import holder
from tests.reading import events, words_of
from tests.stories.walking import post

DAY = datetime(2023, 4, 1, 9, 0, tzinfo=JST)
MONDAY = datetime(2023, 4, 3, 9, 0, tzinfo=JST)


def test_a_village_merges_in_year_three(app, at, move_clock, sign_in_as):
    village = factories.organisation("見本村", "016390", body_kind="village")
    city = factories.organisation("合併市", "012106")
    editor, approver = (holder(role, village) for role in ("municipality_editor", "municipality_approver"))
    holder("municipality_approver", city)
    project = factories.project(
        [village],
        call=factories.call(selection_fy=2020, state="announced", announced_count=1),
        title="雪道の見守り",
    )
    council = factories.council(project)
    ended = factories.project([village], state="ended", title="終わった事業")
    call = factories.call(closes_at=datetime(2023, 6, 1, 12, 0, tzinfo=JST))
    draft = factories.application("draft", call=call, organisation=village)
    handed_in = factories.application("submitted", organisation=village, title="出した申請")
    issued = letters.issue(
        factories.letter(state="approved", organisation=village, content=factories.letter_content(village.addressee)),
        on=at.date(), at=at,
    )  # fmt: skip
    waiting = factories.letter(letter_kind="receipt", state="approved", organisation=village)
    factories.message(handed_in, "村から書きました。")
    db.session.commit()

    officer = sign_in_as("officer")[0]
    merger = f"/organisations/{village.id}/merger"
    assert f'href="{merger}"' in words_of(officer.get(f"/organisations/{village.id}"))
    assert "合併市" in words_of(officer.get(f"{merger}?q=合併"))
    address = f"{merger}?successor_id={city.id}"
    preview = words_of(officer.get(address))
    for moves in (editor.seat.name, "雪道の見守り", council.name, handed_in.number):
        assert moves in preview
    assert "終わった事業" not in preview and draft.title not in preview.replace("出した申請", "")
    assert officer.post(address, data={"on": "2023-04-01", "reason": " "}).status_code == 422
    shown = post(officer, address, on="2023-04-01", reason="総務省告示による編入合併")
    assert "合併する予定です" in words_of(shown)

    move_clock(datetime(2023, 3, 31, 9, 0, tzinfo=JST))
    assert run_daily(date(2023, 3, 31))["merge_bodies"] == {"merged": 0}
    assert village.merged_at is None and project.lead is village
    move_clock(DAY)  # a Saturday
    assert run_daily(DAY.date())["merge_bodies"] == {"merged": 1}
    assert run_daily(DAY.date())["merge_bodies"] == {"merged": 0}
    db.session.expire_all()

    # The same people in the same seats, of the city now, with all that was the village's.
    assert {editor.organisation, approver.organisation} == {city}
    assert project.bodies == [city] and project.lead_code == "012106"
    assert ended.bodies == [village]
    acting = sign_in_as(tenure=approver)[0]
    for page, words in (
        (f"/projects/{project.id}", "合併市"),
        (f"/projects/{ended.id}", "見本村"),
        (f"/letters/{issued.id}", "見本村"),
        (f"/applications/{handed_in.id}", "出した申請"),
        (f"/applications/{draft.id}", draft.title),
    ):
        found = acting.get(page)
        assert found.status_code == 200 and words in words_of(found), page
    neighbour = sign_in_as("municipality_approver")[0]
    for page in (f"/projects/{project.id}", f"/letters/{issued.id}", f"/applications/{handed_in.id}"):
        assert neighbour.get(page).status_code == 404, "another body reaches nothing of it"

    # What is issued from now on has the new name, what was issued keeps the old.
    move_clock(MONDAY)
    assert "見本村" not in letters.content_of(waiting).addressee
    letters.issue(waiting, on=MONDAY.date(), at=MONDAY)
    db.session.commit()
    assert (waiting.addressee, waiting.organisation) == (city.addressee, city)
    told = db.session.scalars(select(Mail).where(Mail.about_kind == "letter").order_by(Mail.id)).all()
    assert [it.organisation_id for it in told] == [village.id, city.id]
    assert (issued.addressee, issued.organisation) == (village.addressee, village)
    assert "見本村" in str(handed_in.submissions[0].content)
    submission.submit(draft, actor=approver, at=MONDAY)
    db.session.commit()
    assert "合併市" in str(draft.submissions[0].content) and "見本村" not in str(draft.submissions[0].content)

    # It is found by either name, and the history tells what happened.
    for name in ("見本村", "合併市"):
        assert "雪道の見守り" in words_of(officer.get(f"/projects?q={name}"))
    public = words_of(app.test_client().get(f"/register/{project.number}"))
    assert "合併市" in public and "見本村" not in public
    assert "合併" in words_of(officer.get(f"/organisations/{village.id}"))
    assert "body_replaced" in events(project) and "body_taken_over" in events(city)
    assert events(village)[:2] == ["merged", "merger_entered"]
    assert calendar.today() == MONDAY.date()
