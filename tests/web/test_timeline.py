"""A timeline tells a run of saves as one entry that can be opened, and everything else by itself."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from app.calendar import JST
from app.db import db
from tests import factories
from tests.factories.applications import holder

TEN = datetime(2023, 2, 15, 10, 2, tzinfo=JST)


@pytest.fixture
def draft(app):
    application = factories.application("draft")
    editor = holder("municipality_editor", application.organisation)
    application.record(
        "take_back", actor=editor, at=TEN, audience="applicant"
    )  # what comes after is a run of its own
    db.session.commit()
    return application


def save(application, minute: int, *, person, section: str = "basics", days: int = 0) -> None:
    at = TEN + timedelta(days=days, minutes=minute)
    application.record(
        "section_saved", actor=person, at=at, changes={"section": section}, audience="applicant"
    )


def seen_by(client, application) -> str:
    """The timeline on the page, its tags taken away."""
    page = client.get(f"/applications/{application.id}").get_data(as_text=True)
    return re.search(r'<ol class="timeline">.*?</ol>', page, re.DOTALL)[0]


def test_a_run_of_saves_of_one_person_is_one_entry_that_can_be_opened(draft, sign_in_as):
    client, editor = sign_in_as(tenure=holder("municipality_editor", draft.organisation))
    for minute, section in enumerate(("basics", "technologies", "basics", "attachments")):
        save(draft, minute * 10, person=editor, section=section)
    db.session.commit()
    told = seen_by(client, draft)
    assert "3項目を保存（10時2分から10時32分まで）" in told
    entries = told.split('<li class="timeline__entry">')[1:]
    assert all(editor.name in entry for entry in entries), "who saved is named with the run"
    run = re.search(r"<details.*?</details>", told, re.DOTALL)[0]
    assert run.count("<li>") == 4 and "10時12分" in run


def test_another_persons_save_another_event_and_another_day_end_a_run(draft, sign_in_as):
    client, editor = sign_in_as(tenure=holder("municipality_editor", draft.organisation))
    approver = holder("municipality_approver", draft.organisation)
    save(draft, 0, person=editor)
    save(draft, 1, person=editor, section="technologies")
    save(draft, 2, person=approver)
    save(draft, 3, person=editor)
    save(draft, 4, person=editor, section="technologies")
    draft.record("hand_over", actor=editor, at=TEN + timedelta(minutes=5), audience="applicant")
    save(draft, 6, person=editor)
    save(draft, 7, person=editor, days=1)
    db.session.commit()
    told = seen_by(client, draft)
    assert told.count("<details") == 2 + 1  # the last one is how the draft was filled in before
    assert "2項目を保存（10時2分から10時3分まで）" in told and "2項目を保存（10時5分から10時6分まで）" in told


def test_a_long_run_takes_no_further_query_and_hides_nothing_older(draft, sign_in_as, count_queries):
    client, editor = sign_in_as(tenure=holder("municipality_editor", draft.organisation))
    path = f"/applications/{draft.id}"
    client.get(path)
    before = count_queries(lambda: client.get(path))
    for minute in range(80):
        save(draft, minute // 2, person=editor, section=f"question-{minute}")
    db.session.commit()
    client.get(path)
    assert count_queries(lambda: client.get(path)) == before
    told = seen_by(client, draft)
    assert "80項目を保存" in told
    assert told.count("timeline__entry") > 1  # what happened before the run is still told


def test_what_a_municipality_does_among_itself_is_not_told_to_the_office_nor_the_office_s_to_it(sign_in_as):
    """Who handed over to whom, sent back or recalled is the applicant's own; what the office has found is the office's."""
    application = factories.application("submitted")
    editor, officer = holder("municipality_editor", application.organisation), holder("officer")
    db.session.commit()
    for event, audience in (("send_back", "applicant"), ("result_changed", "office"), ("accept", "all")):
        application.record(event, actor=editor, at=TEN, audience=audience)
    db.session.commit()
    told = {
        "officer": seen_by(sign_in_as(tenure=officer)[0], application),
        "municipality": seen_by(sign_in_as(tenure=editor)[0], application),
    }
    for word, known in (
        ("決裁者から差し戻され", {"municipality"}),
        ("審査結果（案）を変更", {"officer"}),
        ("申請を受理", {"officer", "municipality"}),
    ):
        assert {who for who, said in told.items() if word in said} == known, (word, told)


def test_an_administrator_reads_of_a_call_what_everybody_is_told_and_the_office_its_own_too(app, sign_in_as):
    call, officer = factories.call(), holder("officer")
    for event, audience in (("decide", "office"), ("publish", "all")):
        call.record(event, actor=officer, at=TEN, audience=audience)
    db.session.commit()
    for role, office in (("officer", True), ("administrator", False), ("municipality_editor", False)):
        page = sign_in_as(role)[0].get(f"/calls/{call.id}").get_data(as_text=True)
        assert "募集を公示" in page, role
        assert ("結果を決定" in page) is office, role


def test_a_timeline_ends_after_fifty_entries(draft, sign_in_as):
    client, editor = sign_in_as(tenure=holder("municipality_editor", draft.organisation))
    for minute in range(60):
        draft.record("hand_over", actor=editor, at=TEN + timedelta(minutes=minute), audience="applicant")
    db.session.commit()
    told = seen_by(client, draft)
    assert told.count("timeline__entry") == 50
    assert "11時1分" in told and "10時12分" in told and "10時11分" not in told, "the newest"
