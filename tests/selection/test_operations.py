"""From review to announcement: results with reasons, one decision, one release of everything."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from app.applications import submission
from app.correspondence import ahead
from app.correspondence.letters import content_of, frozen_pdf, letters_of
from app.correspondence.models import Letter, Mail
from app.correspondence.rendering import DEADLINE, Item, html_of, render
from app.db import db
from app.history import HistoryEntry
from app.lifecycle import APPLICATION, NotAllowed, move
from app.lifecycle.call import nothing_missing
from app.permissions import APPROVER
from app.projects.announcing import announce
from app.projects.models import Project
from app.selection import operations, readiness
from app.selection.models import Result
from press.room import Room
from tests import factories
from tests.correspondence.pdf_standards import faults
from tests.factories.applications import holder
from tests.reading import events


def run_announcement(call, officer, at) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    announce(
        {"call_id": call.id}, actor=officer, at=at, progress=lambda done, total: told.append((done, total))
    )
    db.session.commit()
    return told


def test_all_accepted_applications_go_under_review_at_once(call, apply, officer, at):
    first, second = apply("白石市", "accepted"), apply("角田市", "accepted")
    waiting = apply("登米市", "submitted")
    assert operations.start_reviews(call, actor=officer, at=at) == 2
    assert (first.state, second.state, waiting.state) == ("under_review", "under_review", "submitted")
    assert events(first)[0] == "start_review"
    assert operations.start_reviews(call, actor=officer, at=at) == 0


def test_only_an_accepted_application_goes_under_review(apply, officer, at):
    with pytest.raises(NotAllowed, match="it is submitted"):
        operations.start_review(apply("登米市", "submitted"), actor=officer, at=at)


def test_a_result_is_recorded_with_its_reasons_for_the_office_alone(apply, officer, at):
    application = apply("白石市")
    result = operations.record_result(
        application, selected=True, reasons=" 先導性が高い。 ", actor=officer, at=at
    )
    assert (application.state, result.selected, result.reasons) == ("provisional", True, "先導性が高い。")
    db.session.commit()
    entry = db.session.scalars(HistoryEntry.of(application)).first()
    assert (entry.event, entry.audience, entry.changes["selected"]) == ("record_result", "office", True)


def test_a_result_needs_its_reasons(apply, officer, at):
    application = apply("白石市")
    with pytest.raises(ValueError, match="needs its reasons"):
        operations.record_result(application, selected=True, reasons="　\n", actor=officer, at=at)
    assert application.state == "under_review"


def test_a_result_can_be_changed_until_the_decision_and_the_history_tells_old_and_new(
    apply, record, officer, at
):
    application = record(apply("白石市"), True)
    operations.record_result(
        application, selected=False, reasons="資金計画が不明確である。", actor=officer, at=at
    )
    assert events(application)[:2] == ["result_changed", "record_result"]
    entry = db.session.scalars(HistoryEntry.of(application)).first()
    assert (entry.audience, entry.changes["selected"]) == ("office", [True, False])


def test_a_result_said_again_leaves_no_trace(apply, record):
    application = record(record(apply("白石市"), True), True)
    assert events(application)[0] == "record_result"


def test_what_another_officer_recorded_meanwhile_is_not_written_over(apply, record, officer, at):
    application = record(apply("白石市"), True)
    version = db.session.scalar(select(Result.version_id))
    record(application, False, "資金計画が不明確である。")
    db.session.commit()
    for seen in (version, 0):
        with pytest.raises(StaleDataError):
            operations.record_result(
                application, selected=True, reasons="別の理由", version=seen, actor=officer, at=at
            )
        db.session.rollback()
    assert db.session.scalar(select(Result.selected)) is False


def test_a_director_does_not_record_results(apply, director, at):
    with pytest.raises(NotAllowed):
        operations.record_result(apply("白石市"), selected=True, reasons="可", actor=director, at=at)


def test_a_call_with_anything_undecided_is_not_decided_and_says_what_is_missing(
    call, apply, record, director, at
):
    record(apply("白石市"), True)
    missing = {
        state: apply(f"{name}市", state)
        for state, name in (("submitted", "角田"), ("accepted", "登米"), ("under_review", "栗原"))
    }
    apply("大崎市", "withdrawn")
    with pytest.raises(readiness.Undecided) as told:
        operations.decide(call, actor=director, at=at)
    assert {it.application for it in told.value.missing} == set(missing.values())
    assert call.state == "published"
    assert letters_of() == []


# Spelt out here, not taken from the table: a state that is added to it later lets no decision pass by itself.
LET_IT_PASS = {"provisional", "withdrawn", "lapsed"}


@pytest.mark.parametrize("state", [*APPLICATION.states, "added_later"])
def test_only_three_states_let_a_decision_pass(call, apply, record, director, at, monkeypatch, state):
    record(apply("白石市"), True)
    other = apply("角田市", "submitted")
    db.session.commit()
    db.session.refresh(other)
    db.session.expunge(other)  # the database knows no state that is added later
    set_committed_value(other, "state", state)
    stood = readiness.submitted_to(call)
    monkeypatch.setattr(
        readiness, "submitted_to", lambda _call: [other if it.id == other.id else it for it in stood]
    )
    if state in LET_IT_PASS:
        operations.decide(call, actor=director, at=at)
        assert call.state == "decided"
        return
    with pytest.raises(readiness.Undecided) as told:
        operations.decide(call, actor=director, at=at)
    (missing,) = told.value.missing
    assert (missing.application, missing.state, call.state) == (other, state, "published")
    assert missing.why


def test_what_is_missing_is_told_by_cause_in_the_order_of_the_lifecycle(call, apply, director, at):
    for state, name in (("under_review", "栗原"), ("submitted", "角田"), ("submitted", "登米")):
        apply(f"{name}市", state)
    before = call.closes_at - timedelta(hours=1)
    causes = readiness.by_cause(readiness.missing_before_decision(call, before))
    assert [(it.state, it.count) for it in causes] == [("", 1), ("submitted", 2), ("under_review", 1)]
    assert [it.is_reviewed for it in causes] == [False, False, True]


def test_a_decision_that_somebody_is_to_make_without_it_is_refused_by_the_table_too(call, director, at):
    with pytest.raises(NotAllowed, match="still missing") as refused:
        move(call, "decide", actor=director, at=at, missing=["anything"])
    assert refused.value.guard is nothing_missing and call.state == "published"


def test_an_open_call_is_not_decided(call, apply, record, director):
    record(apply("白石市"), True)
    with pytest.raises(readiness.Undecided) as told:
        operations.decide(call, actor=director, at=call.closes_at - timedelta(seconds=1))
    assert [it.why for it in told.value.missing] == [readiness.STILL_OPEN]


def test_a_returned_application_holds_the_decision_up_until_its_due_instant(
    call, apply, record, director, at
):
    record(apply("白石市"), True)
    returned = apply("角田市", "returned")
    due_at = returned.correction_due_at
    assert [it.until for it in readiness.missing_before_decision(call, due_at - timedelta(seconds=1))][
        -1
    ] == due_at
    assert readiness.missing_before_decision(call, at) == []
    operations.decide(call, actor=director, at=at)
    assert (call.state, returned.standing) == ("decided", "lapsed")


def test_the_decision_drafts_and_approves_a_letter_to_every_body_in_the_directors_name(
    call, apply, record, director, at
):
    joint = factories.organisation("岩沼市")
    record(apply("白石市", joint=[joint]), True)
    record(apply("角田市"), False, "資金計画が不明確である。")
    operations.decide(call, actor=director, at=at)
    letters = letters_of()
    assert [(it.letter_kind, it.addressee, it.state) for it in letters] == [
        ("selection", "北海道白石市長", "approved"),
        ("selection", "北海道岩沼市長", "approved"),
        ("non-selection", "北海道角田市長", "approved"),
    ]
    assert {it.approved_by for it in letters} == {director.name}
    assert db.session.scalar(select(Mail).where(Mail.about_kind == "letter")) is None, (
        "nothing leaves the house yet"
    )
    assert events(call)[0] == "decide"
    assert events(letters[0]) == ["approve", "drafted"]


def test_the_letters_say_what_they_must(call, apply, record, director, at):
    record(apply("白石市", title="雪道の見守り"), True)
    record(apply("角田市", title="山の測量"), False, "資金計画が不明確である。")
    operations.decide(call, actor=director, at=at)
    selected, refused = (str(letter.content) for letter in letters_of())
    for said in (
        "雪道の見守り",
        "令和5年度から令和7年度まで",
        "令和8年3月31日",
        "令和10年3月31日まで延長",
        "地域実装協議会",
    ):
        assert said in selected
    for said in ("山の測量", "不選定", "資金計画が不明確である。"):
        assert said in refused
    assert all(letter.subject.endswith("（通知）") for letter in letters_of())


def test_letters_to_several_bodies_name_all_of_them(call, apply, record, director, at):
    far = factories.organisation("美郷町", prefecture="島根県", body_kind="town")
    record(apply("白石市", joint=[factories.organisation("岩沼市"), far]), True)
    record(apply("角田市", joint=[factories.organisation("大河原町")]), False, "資金計画が不明確である。")
    record(apply("一関市"), True)
    operations.decide(call, actor=director, at=at)
    told = [content_of(letter).items[0].text for letter in letters_of()]
    assert ["共同提案団体　北海道白石市、岩沼市、島根県美郷町\n" in text for text in told] == [True] * 3 + [
        False
    ] * 3
    assert ["共同提案団体　北海道角田市、大河原町\n" in text for text in told] == [False] * 3 + [True] * 2 + [
        False
    ]


def test_the_council_is_to_be_registered_by_a_day_counted_from_the_announcement(
    call, apply, record, director, officer, at
):
    record(apply("白石市"), True)
    operations.decide(call, actor=director, at=at)
    (letter,) = letters_of()
    assert content_of(letter).items[4] == Item(
        "協議会の案の登録期限", "（発信年月日の翌月の最終開庁日）17時", role=DEADLINE
    )
    db.session.commit()
    run_announcement(call, officer, datetime(2023, 6, 30, 14, 0, tzinfo=at.tzinfo))
    assert content_of(letters_of()[0]).items[4].text == "令和5年7月31日（月）17時"


def test_letters_of_a_round_held_under_another_name_say_that_name(call, apply, record, director, at):
    call.programme_name = "近未来技術等社会実装事業"
    record(apply("白石市"), True)
    record(apply("角田市"), False)
    operations.decide(call, actor=director, at=at)
    assert [letter.subject for letter in letters_of()] == [
        "令和5年度近未来技術等社会実装事業の選定について（通知）",
        "令和5年度近未来技術等社会実装事業の選定結果について（通知）",
    ]


@pytest.mark.slow
def test_the_files_of_both_kinds_hold_pdf_ua_and_pdf_a(call, apply, record, director, at):
    long = "長い事業名" * 40
    record(apply("白石市", joint=[factories.organisation("岩沼市")], title=long), True)
    record(apply("角田市"), False, "資金計画が不明確である。\n" * 60)
    operations.decide(call, actor=director, at=at)
    pages = set()
    for letter in letters_of():
        draft = content_of(letter)
        for content in (draft, draft.issued(number="5未技第1号", on=at.date())):
            rendered = render(content)
            assert faults(rendered.pdf) == []
            pages.add(rendered.pages)
    assert pages >= {2}


def test_the_second_of_two_directors_learns_that_it_is_decided(call, apply, record, director, at):
    record(apply("白石市"), True)
    operations.decide(call, actor=director, at=at)
    with pytest.raises(NotAllowed, match="it is decided"):
        operations.decide(call, actor=factories.tenure("director"), at=at)
    assert len(letters_of()) == 1


def test_a_director_decides_only_what_the_page_showed(call, apply, record, director, at):
    application = record(apply("白石市"), True)
    seen = operations.fingerprint(operations.results_of(call))
    record(application, False, "資金計画が不明確である。")
    with pytest.raises(operations.ResultsChanged):
        operations.decide(call, actor=director, at=at, seen=seen)
    assert call.state == "published"
    operations.decide(call, actor=director, at=at, seen=operations.fingerprint(operations.results_of(call)))
    assert call.state == "decided"


def test_a_decided_result_is_not_changed(call, apply, record, director, officer, at):
    application = record(apply("白石市"), True)
    operations.decide(call, actor=director, at=at)
    with pytest.raises(NotAllowed, match="are decided already"):
        operations.record_result(application, selected=False, reasons="再考", actor=officer, at=at)


def test_an_officer_does_not_decide(call, apply, record, officer, at):
    record(apply("白石市"), True)
    with pytest.raises(NotAllowed):
        operations.decide(call, actor=officer, at=at)


def test_a_call_that_is_not_decided_is_not_announced(call, apply, record, officer, at):
    application = record(apply("白石市"), True)
    with pytest.raises(NotAllowed):
        operations.release(call, actor=officer, at=at)
    assert application.state == "provisional"


def test_the_announcement_releases_states_letters_mails_and_projects_in_one_act(
    call, apply, record, director, officer, at
):
    won = record(
        apply("白石市", joint=[factories.organisation("岩沼市")], technologies=["AI", "ドローン"]), True
    )
    lost = record(apply("角田市"), False)
    operations.decide(call, actor=director, at=at)
    db.session.commit()
    told = run_announcement(call, officer, at)
    assert (call.state, won.state, lost.state) == ("announced", "selected", "not_selected")
    assert (call.announced_count, call.announced_on) == (1, at.date())
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert {letter.state for letter in letters_of()} == {"issued"}
    mails = db.session.scalars(select(Mail).where(Mail.about_kind == "letter")).all()
    assert len(mails) == 3
    project = db.session.scalars(select(Project)).one()
    assert (project.application, project.bodies, project.state) == (won, won.bodies, "supported")
    assert (project.title, project.technologies_raw) == (won.title, "AI、ドローン")
    assert (project.opened_on, project.ends_on.isoformat()) == (at.date(), "2026-03-31")
    assert events(won)[0] == "select"
    assert events(call)[0] == "announce"
    assert events(project) == ["opened"]


def test_an_announcement_that_fails_half_way_has_told_nobody_anything(
    call, apply, record, director, officer, at, monkeypatch
):
    record(apply("白石市"), True)
    record(apply("角田市"), False)
    operations.decide(call, actor=director, at=at)
    db.session.commit()
    queued = db.session.scalars(select(Mail.id)).all()
    real = operations.letters.issue

    def issue(letter, **values):
        if letter.letter_kind == "non-selection":
            raise OSError("No space left on device")
        return real(letter, **values)

    monkeypatch.setattr(operations.letters, "issue", issue)
    with pytest.raises(OSError, match="No space"):
        operations.release(call, actor=officer, at=at)
    db.session.rollback()
    assert call.state == "decided"
    assert {letter.state for letter in letters_of()} == {"approved"}
    assert db.session.scalars(select(Mail.id)).all() == queued
    assert db.session.scalar(select(Project)) is None
    assert events(call)[0] == "decide"


def test_the_letters_of_an_announcement_are_printed_ahead_and_look_as_if_each_were_issued_alone(
    app, call, apply, record, director, officer, at, monkeypatch
):
    app.config["PRESSES"] = 1
    monkeypatch.setattr(ahead, "FEWEST", 3)
    expected, expect, told = [], Room.expect, []
    monkeypatch.setattr(Room, "expect", lambda room, html: (expected.append(html), expect(room, html)))
    for name in ("白石市", "角田市", "岩沼市"):
        record(apply(name), name == "白石市")
    operations.decide(call, actor=director, at=at)
    db.session.commit()
    operations.release(call, actor=officer, at=at, progress=lambda *it: told.append(it))
    db.session.commit()
    issued = sorted(letters_of(state="issued"), key=lambda it: it.sequence)
    assert [it.sequence for it in issued] == [1, 2, 3]
    assert [html_of(content_of(it)) for it in issued] == expected
    assert [frozen_pdf(it) for it in issued] == [render(content_of(it)).pdf for it in issued]
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_an_application_withdrawn_after_the_decision_gets_neither_letter_nor_project(
    call, apply, record, director, officer, at
):
    gone, stays = record(apply("白石市"), True), record(apply("角田市"), True)
    operations.decide(call, actor=director, at=at)
    submission.withdraw(gone, reason="事業の見直し", actor=holder(APPROVER, gone.organisation), at=at)
    db.session.commit()
    run_announcement(call, officer, at)
    assert (gone.state, stays.state, call.announced_count) == ("withdrawn", "selected", 1)
    assert {letter.addressee: letter.state for letter in letters_of()} == {
        "北海道白石市長": "discarded",
        "北海道角田市長": "issued",
    }
    assert [project.application for project in db.session.scalars(select(Project))] == [stays]


def test_new_projects_take_the_numbers_after_the_highest_in_the_order_of_codes(
    call, apply, record, director, officer, at
):
    factories.project(number=45)
    later, first = record(apply("角田市"), True), record(apply("白石市"), True)
    later.organisation.code, first.organisation.code = "042081", "042064"
    operations.decide(call, actor=director, at=at)
    db.session.commit()
    run_announcement(call, officer, at)
    opened = db.session.scalars(select(Project).where(Project.number > 45).order_by(Project.number)).all()
    assert [(project.number, project.lead.name) for project in opened] == [(46, "白石市"), (47, "角田市")]


def test_a_round_may_select_nobody(call, apply, record, director, officer, at):
    record(apply("白石市"), False)
    operations.decide(call, actor=director, at=at)
    db.session.commit()
    run_announcement(call, officer, at)
    assert (call.state, call.announced_count) == ("announced", 0)


def test_the_letters_carry_the_day_of_the_announcement(call, apply, record, director, officer, at):
    record(apply("白石市"), True)
    operations.decide(call, actor=director, at=at)
    db.session.commit()
    run_announcement(call, officer, datetime(2023, 6, 30, 14, 0, tzinfo=at.tzinfo))
    letter = db.session.scalars(select(Letter)).one()
    assert (letter.number, letter.issued_on.isoformat(), letter.fiscal_year) == (
        "5未技第1号",
        "2023-06-30",
        2023,
    )
