"""How the office works through its queue: a checklist, whose it is, notes of its own, many accepted at once, and what is not opened."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app import calendar
from app.applications import assigning, checking, checklist, correcting, notes, reminders, submission
from app.applications.models import Application
from app.applications.office_models import Check, Note
from app.applications.tasks import tasks as tasks_at
from app.calendar import JST
from app.correspondence.models import Mail
from app.db import db
from app.lifecycle import NotAllowed
from app.programmes.checklist import change_checklist, default_checklist
from app.programmes.form import SUMMARY
from app.schedule.reminders import send_due
from tests import factories
from tests.factories.applications import holder
from tests.reading import events, words_of

UNOPENED = {"correction_unopened": (reminders.unopened_subjects, reminders.remind_of_unopened)}
SECRET = "部内限りの所見"


def tasks(actor, at):
    with current_app.test_request_context("/"):
        return tasks_at(actor, at)


@pytest.fixture
def officer(app):
    return holder("officer")


@pytest.fixture
def call(app):
    return factories.call(code="R5", checklist=default_checklist())


@pytest.fixture
def application(call):
    return factories.application("submitted", call=call)


def tick(application, officer, at, **verdicts):
    return checklist.tick(application, application.last_submission, verdicts, actor=officer, at=at)


def open_of(application) -> list[str]:
    return [item.key for item in checklist.open_items([application])[application.id]]


ALL_IN_ORDER = {item["key"]: "ok" for item in default_checklist()}


# The checklist


def test_a_new_call_begins_with_what_the_programme_asks_to_be_looked_at(app, officer, at):
    from app.programmes import operations

    made = operations.draft_call(
        factories.programme(), code="R9", title="募集", selection_fy=2022, actor=officer, at=at
    )
    assert [item["key"] for item in made.checklist] == [
        "body",
        "answers",
        "joint",
        "files",
        "same",
        "deadline",
    ]


def test_officers_change_the_checklist_and_what_was_ticked_keeps_its_words(application, officer, at):
    tick(application, officer, at, body="ok", files="not_ok")
    call = application.call
    rows = [{"key": "body", "label": "対象の団体か", "help": ""}, {"key": "", "label": "押印"}]
    change_checklist(call, rows, actor=officer, at=at)
    assert [(it["key"], it["label"]) for it in call.checklist] == [
        ("body", "対象の団体か"),
        ("item1", "押印"),
    ]
    items = checklist.items_of(
        application, application.last_submission, checklist.checks_of(application.submissions)
    )
    assert [(it.label, it.verdict) for it in items] == [
        ("対象の団体か", "ok"),
        ("押印", ""),
        ("添付資料の内容", "not_ok"),
    ]
    db.session.commit()
    assert events(call)[0] == "checklist_changed"


def test_the_checklist_is_not_changed_by_others_nor_once_the_results_are_decided(call, officer, at):
    with pytest.raises(NotAllowed):
        change_checklist(call, [], actor=holder("director"), at=at)
    call.state = "decided"
    with pytest.raises(NotAllowed):
        change_checklist(call, [], actor=officer, at=at)
    assert call.checklist == default_checklist()


def test_each_item_is_ticked_with_who_and_when_and_told_to_the_office_alone(application, officer, at):
    assert tick(application, officer, at, body="ok", files="not_ok", joint="not_applicable")
    assert not tick(application, officer, at + timedelta(hours=1), body="ok")
    found = {it.item: it for it in db.session.scalars(select(Check))}
    assert {key: it.verdict for key, it in found.items()} == {
        "body": "ok",
        "files": "not_ok",
        "joint": "not_applicable",
    }
    assert (found["body"].checked_by, found["body"].checked_at) == (officer.name, at)
    assert open_of(application) == ["answers", "files", "same", "deadline"]
    db.session.commit()
    from app.history import HistoryEntry

    entry = db.session.scalars(HistoryEntry.of(application)).first()
    assert (entry.event, entry.audience) == ("checked", "office")


def test_each_submission_is_ticked_anew_and_shows_what_was_found_before(application, officer, at):
    tick(application, officer, at, **{**ALL_IN_ORDER, "files": "not_ok"})
    checking.return_for_correction(
        application, defects={"attachments": "図"}, due_at=at + timedelta(days=7), actor=officer, at=at
    )
    approver = holder("municipality_approver", application.organisation)
    submission.resubmit(application, actor=approver, at=at + timedelta(hours=1))
    assert open_of(application) == list(ALL_IN_ORDER)
    checks = checklist.checks_of(application.submissions)
    now = {it.key: it for it in checklist.items_of(application, application.last_submission, checks)}
    assert (now["files"].before, now["files"].verdict, now["body"].before) == ("not_ok", "", "ok")


def test_only_officers_tick_and_only_while_it_is_checked(application, at):
    for role in ("director", "reviewer"):
        with pytest.raises(NotAllowed):
            tick(application, holder(role), at, body="ok")
    reviewed = factories.application("under_review", call=application.call)
    with pytest.raises(NotAllowed):
        tick(reviewed, holder("officer"), at, body="ok")
    with pytest.raises(ValueError):
        tick(application, holder("officer"), at, body="perhaps")
    with pytest.raises(ValueError):
        tick(application, holder("officer"), at, nothing="ok")


@pytest.fixture
def desk(application, sign_in_as):
    db.session.commit()
    return sign_in_as(tenure=holder("officer"))[0]


def test_the_page_ticks_without_a_script(application, desk):
    page = f"/applications/{application.id}"
    shown = words_of(desk.get(page))
    assert 'name="check-body"' in shown and "申請団体の要件" in shown
    action = re.search(r'action="([^"]+/checks)"', shown).group(1)
    answer = desk.post(action, data={"check-body": "ok", "check-files": "not_ok", "check-joint": ""})
    assert answer.headers["Location"].startswith(page)
    assert re.search(r'id="check-body-ok" value="ok" checked', words_of(desk.get(page)))
    assert desk.post(action, data={"check-body": "nonsense"}, follow_redirects=True).status_code == 200
    assert open_of(db.session.get(Application, application.id)) == [
        "answers",
        "joint",
        "files",
        "same",
        "deadline",
    ]


def test_the_only_question_of_a_section_is_named_where_its_section_is_called_otherwise(desk, application):
    """A tick says はい: to what?"""
    at_home = f"/applications/{application.id}"
    assert "<h3>活用する未来技術</h3>" in words_of(desk.get(at_home))
    assert ">活用する未来技術</p>" in words_of(desk.get(f"{at_home}/correction-request"))


def test_a_case_of_before_the_system_that_handed_nothing_in_here_has_its_page(desk, call):
    """Its number and state came over; what it said did not."""
    before = factories.application("draft", call=call)
    before.state, before.number, before.submitted_at = "accepted", "R4-001", calendar.now()
    db.session.commit()
    page = desk.get(f"/applications/{before.id}")
    assert page.status_code == 200 and "R4-001" in page.text


def test_accepting_with_items_open_asks_once_more_and_names_them(application, desk, officer, at):
    tick(application, officer, at, **{**ALL_IN_ORDER, "files": "not_ok"})
    db.session.commit()
    address = f"/applications/{application.id}/acceptance"
    seen = application.last_seen_as
    asked = words_of(desk.post(address, data={"seen": seen}))
    assert "添付資料の内容" in asked and "不適" in asked and "申請団体の要件" not in asked
    assert db.session.get(Application, application.id).state == "submitted"
    assert seen in asked
    desk.post(address, data={"seen": seen, "confirmed": "1"})
    assert db.session.get(Application, application.id).state == "accepted"


def test_accepting_with_everything_in_order_asks_nothing(application, desk, officer, at):
    tick(application, officer, at, **ALL_IN_ORDER)
    db.session.commit()
    assert desk.post(f"/applications/{application.id}/acceptance").status_code == 302
    assert db.session.get(Application, application.id).state == "accepted"


def test_of_many_each_is_asked_about_checked_and_told_by_its_number(application, desk, officer, at):
    ready = factories.application("submitted", call=application.call)
    gone = factories.application("withdrawn", call=application.call)
    tick(ready, officer, at, **ALL_IN_ORDER)
    db.session.commit()
    chosen = {"application": [application.id, ready.id, gone.id]}
    asked = words_of(desk.post("/applications/acceptances", data=chosen))
    assert asked.count("申請団体の要件") == 1 and ready.number in asked
    told = words_of(
        desk.post(
            "/applications/acceptances",
            data={"application": [ready.id, gone.id], "confirmed": "1"},
            follow_redirects=True,
        )
    )
    assert f"（1件）：{ready.number}" in told and re.search(rf"受理しませんでした.*{gone.number}", told)
    states = [db.session.get(Application, it.id).state for it in (application, ready, gone)]
    assert states == ["submitted", "accepted", "withdrawn"]


def test_the_page_of_the_calls_checklist_adds_rewords_and_leaves_out(call, desk):
    address = f"/calls/{call.id}/checklist"
    shown = words_of(desk.get(address))
    assert "申請団体の要件" in shown
    version = re.search(r'name="version"[^>]*value="(\d+)"', shown).group(1)
    data = {"version": version, "items-0-key": "body", "items-0-label": "対象の団体か", "items-0-help": "x"}
    more = words_of(desk.post(address, data={**data, "add": "items"}))
    assert 'name="items-1-label"' in more and "対象の団体か" in more
    assert desk.post(address, data={**data, "items-1-label": "押印"}).status_code == 302
    from app.programmes.models import Call

    assert [it["key"] for it in db.session.get(Call, call.id).checklist] == ["body", "item1"]
    assert desk.post(address, data=data).status_code == 409  # somebody else has changed it


# Whose it is


def test_an_officer_is_assigned_and_their_tasks_are_theirs(application, officer, at):
    other = factories.tenure("officer")
    assigning.assign([application], other.seat_id, actor=officer, at=at)
    db.session.commit()
    assert events(application)[0] == "assigned"
    assert [task.title for task in tasks(officer, at)] == []
    (task,) = tasks(other, at)
    assert "担当の申請" in task.title and "assignee=mine" in task.url
    assigning.assign([application], None, actor=officer, at=at)
    db.session.commit()
    for one in (officer, other):
        (task,) = tasks(one, at)
        assert "提出された申請" in task.title and "assignee=nobody" in task.url


def test_what_lies_with_a_seat_that_nobody_holds_lies_with_all(application, officer, at):
    other = factories.tenure("officer")
    assigning.assign([application], other.seat_id, actor=officer, at=at)
    other.ended_on = other.started_on = at.date() - timedelta(days=1)
    db.session.commit()
    (task,) = tasks(officer, at)
    assert "assignee=nobody" in task.url


def test_only_officers_assign_to_officers(application, officer, at):
    with pytest.raises(NotAllowed):
        assigning.assign([application], officer.seat_id, actor=holder("director"), at=at)
    with pytest.raises(ValueError):
        assigning.assign([application], holder("director").seat_id, actor=officer, at=at)
    over = factories.application("withdrawn", call=application.call)
    with pytest.raises(NotAllowed):
        assigning.assign([over], officer.seat_id, actor=officer, at=at)
    assert application.assignee_id is None


def test_the_list_assigns_those_that_are_ticked_and_is_narrowed_by_it(application, desk, officer):
    second = factories.application("submitted", call=application.call)
    db.session.commit()
    data = {"application": [application.id], "assignee": officer.seat_id}
    told = words_of(desk.post("/applications/assignments", data=data, follow_redirects=True))
    assert application.number in told and "担当にしました" in told
    for chosen, numbers in (
        ("mine", {application.number}),
        (str(officer.seat_id), {application.number}),
        ("nobody", {second.number}),
    ):
        listed = desk.get(f"/applications?format=csv&assignee={chosen}").get_data(as_text=True)
        assert {it for it in (application.number, second.number) if it in listed} == numbers, chosen
    assert "担当" in words_of(desk.get("/applications"))
    nobody = desk.post("/applications/assignments", data={"assignee": ""}, follow_redirects=True)
    assert "選択されていません" in words_of(nobody)
    wrong = {"application": [second.id], "assignee": "99999"}
    assert "変更していません" in words_of(
        desk.post("/applications/assignments", data=wrong, follow_redirects=True)
    )


def test_the_page_of_a_case_assigns_it_too(application, desk, officer):
    desk.post(f"/applications/{application.id}/assignee", data={"assignee": officer.seat_id})
    assert db.session.get(Application, application.id).assignee_id == officer.seat_id
    assert officer.name in words_of(desk.get(f"/applications/{application.id}"))


# Notes


def test_a_note_is_kept_with_its_author_and_never_changed(application, officer, at):
    note = notes.add_note(application, f" {SECRET} ", actor=officer, at=at)
    db.session.commit()
    assert (note.text, note.written_by, note.created_at) == (SECRET, officer.name, at)
    with pytest.raises(DBAPIError):
        db.session.execute(Note.__table__.update().values(text="別の所見"))
    db.session.rollback()
    with pytest.raises(ValueError):
        notes.add_note(application, " ", actor=officer, at=at)


def test_no_applicant_writes_or_reads_a_note_and_no_page_of_theirs_differs(
    application, sign_in_as, desk, officer, at
):
    body = application.organisation
    clients = [
        sign_in_as(tenure=holder(role, body))[0] for role in ("municipality_editor", "municipality_approver")
    ]
    last = application.last_submission.id
    pages = [
        "/",
        "/applications",
        *(f"/applications/{application.id}{it}" for it in ("", "/receipt", f"/submissions/{last}")),
    ]

    def read() -> list[str]:
        return [
            re.sub(r'"I[-.\w]{60,}"', "", words_of(client.get(page))) for client in clients for page in pages
        ]

    before = read()
    desk.post(f"/applications/{application.id}/notes", data={"text": SECRET})
    tick(application, officer, at, **{**ALL_IN_ORDER, "files": "not_ok"})
    assigning.assign([application], officer.seat_id, actor=officer, at=at)
    db.session.commit()
    assert SECRET in words_of(desk.get(f"/applications/{application.id}"))
    assert read() == before
    for client in clients:
        assert client.post(f"/applications/{application.id}/notes", data={"text": "x"}).status_code == 403
    with pytest.raises(NotAllowed):
        notes.add_note(application, "x", actor=holder("municipality_editor", body), at=at)


def test_a_note_without_a_word_is_asked_for_again(application, desk):
    answer = desk.post(f"/applications/{application.id}/notes", data={"text": "  "})
    assert answer.status_code == 422 and "メモ" in words_of(answer)


def test_a_director_reads_and_writes_notes_but_does_not_tick(application, sign_in_as):
    db.session.commit()
    client, _ = sign_in_as("director")
    client.post(f"/applications/{application.id}/notes", data={"text": "確認済み"})
    shown = words_of(client.get(f"/applications/{application.id}"))
    assert "確認済み" in shown and 'type="radio"' not in shown


# What is not opened


def ask(application, officer, at, **defects):
    due = at + timedelta(days=14)
    checking.return_for_correction(
        application, defects=defects or {SUMMARY: "地域名を加える。"}, due_at=due, actor=officer, at=at
    )
    return application


def test_the_first_look_at_a_return_is_noted_and_only_that_of_the_body(
    application, officer, sign_in_as, at, move_clock
):
    ask(application, officer, at)
    db.session.commit()
    desk, _ = sign_in_as(tenure=officer)
    page = f"/applications/{application.id}"
    assert "まだ誰も開いていません" in words_of(desk.get(page))
    assert "未開封" in words_of(desk.get("/applications"))
    listed = "/applications?format=csv&correction=unopened"
    assert application.number in desk.get(listed).get_data(as_text=True)
    editor = holder("municipality_editor", application.organisation)
    client, _ = sign_in_as(tenure=editor)
    assert client.get(page).status_code == 200
    correction = db.session.get(Application, application.id).corrections[0]
    opened = correction.opened_at
    assert (correction.opened_by, opened is not None) == (editor.name, True)
    move_clock(at + timedelta(hours=2))
    client.get(page)
    db.session.expire_all()
    assert db.session.get(Application, application.id).corrections[0].opened_at == opened
    assert editor.name in words_of(desk.get(page))
    assert application.number not in desk.get(listed).get_data(as_text=True)


def test_what_is_not_opened_for_three_working_days_is_reminded_of_once(app, officer, at):
    send_due(UNOPENED, at=at)
    asked = datetime(2023, 2, 15, 15, 0, tzinfo=JST)  # a Wednesday
    application = ask(factories.application("submitted", at=asked - timedelta(days=1)), officer, asked)
    opened = ask(factories.application("submitted", at=asked - timedelta(days=1)), officer, asked)
    correcting.note_opened_by(opened, actor=holder("municipality_editor", opened.organisation), at=asked)
    db.session.commit()

    def sent() -> list[tuple[int, str]]:
        query = select(Mail).where(Mail.subject.contains("まだ御覧いただいていません"))
        return [(mail.about_id, mail.to_address) for mail in db.session.scalars(query.order_by(Mail.id))]

    for day in (16, 17, 19, 20 - 1):
        send_due(UNOPENED, at=datetime(2023, 2, day, 9, 0, tzinfo=JST))
    assert sent() == []
    for day in (20, 21):
        send_due(UNOPENED, at=datetime(2023, 2, day, 9, 0, tzinfo=JST))
    body = application.organisation
    expected = {holder(role, body).seat.mailbox for role in ("municipality_editor", "municipality_approver")}
    assert {to for about, to in sent()} == expected and {about for about, _to in sent()} == {application.id}


def test_officers_have_it_as_a_task_once_a_reminder_is_due(application, officer, at):
    ask(application, officer, at)
    db.session.commit()
    assert tasks(officer, at + timedelta(days=1)) == []
    later = datetime(2023, 2, 20, 10, 0, tzinfo=JST)
    (task,) = tasks(officer, later)
    assert "開いていない" in task.title and "correction=unopened_long" in task.url
    assert task.due == application.correction_due_at


# Old and new, with the remark above


def test_after_each_round_the_remark_stands_above_what_was_and_what_is(application, officer, desk, at):
    approver = holder("municipality_approver", application.organisation)
    for number, text in enumerate(("岩見沢市で行う。", "岩見沢市と美唄市で行う。"), start=1):
        when = at + timedelta(hours=number)
        ask(application, officer, when, summary=f"指摘{number}", attachments=f"資料{number}")
        from app.applications import drafting

        drafting.save(
            application,
            "basics",
            {SUMMARY: text},
            version=application.version_of("basics"),
            actor=approver,
            at=when,
        )
        submission.resubmit(application, actor=approver, at=when + timedelta(minutes=5))
    db.session.commit()
    shown = words_of(desk.get(f"/applications/{application.id}"))
    rounds = shown[shown.index('class="rounds"') :]
    second, first = rounds.split("<details")[1:3]
    for part, number in ((second, 2), (first, 1)):
        assert f"指摘{number}" in part and part.index(f"指摘{number}") < part.index('class="sides"')
        assert f"資料{number}" in part and "変更されていません" in part
    assert "<ins>と美唄市</ins>" in second and "<del>" in first
    text = shown[shown.index('id="section-basics"') : shown.index('id="section-technologies"')]
    assert "前回から変更" in text and "<ins>と美唄市</ins>" in text
