"""Returning with what the applicant wrote before one's eyes, until a day that is offered."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from app import calendar
from app.applications import checking, submission
from app.applications.models import Application
from app.calendar import JST
from app.db import db
from tests import factories
from tests.factories.applications import holder
from tests.reading import words_of

FIVE = datetime(2023, 2, 22, 17, 0, tzinfo=JST)  # the tests' world stands at Wednesday 15 February 2023
TEN = datetime(2023, 3, 2, 17, 0, tzinfo=JST)  # the Emperor's birthday (23 February) is none


@pytest.fixture
def application(app):
    return factories.application("submitted", call=factories.call(code="R5"))


@pytest.fixture
def address(application):
    return f"/applications/{application.id}/correction-request"


@pytest.fixture
def officer(sign_in_as):
    return sign_in_as("officer")[0]


@pytest.mark.parametrize(
    ("day", "count", "due"),
    [
        ("2023-02-15", 5, "2023-02-22"),
        ("2023-02-15", 10, "2023-03-02"),
        ("2023-02-18", 1, "2023-02-20"),  # a Saturday
        ("2022-12-28", 1, "2023-01-04"),
        ("2023-04-28", 5, "2023-05-10"),
    ],
)
def test_business_days_are_counted_from_the_next_day(day, count, due):
    start = datetime.fromisoformat(day).date()
    assert calendar.business_days_after(start, count).isoformat() == due


def test_the_applicants_text_stands_beside_each_remark(application, address, officer):
    shown = words_of(officer.get(address))
    for part in re.findall(r'<section class="returning__part".*?</section>', shown, re.S):
        assert "<textarea" in part
    question = factories.own_questions(application.call)[0]
    part = next(it for it in re.findall(r'<section class="returning__part".*?</section>', shown, re.S)
                if f'name="defect-answers-{question.id}"' in it)  # fmt: skip
    assert f"{question.label}についての回答" in part
    parts = shown.split('<section class="returning__part"')
    summary = next(it for it in parts if 'name="defect-summary"' in it)
    assert application.summary in summary and application.title not in summary


def test_what_is_being_corrected_elsewhere_is_not_shown_only_what_was_submitted(
    application, address, officer
):
    application.title = "書きかけの題"
    assert "書きかけの題" not in words_of(officer.get(address))


def test_what_changed_since_the_submission_before_is_marked(application, address, officer, at):
    approver = holder("municipality_approver", application.organisation)
    checking.return_for_correction(
        application, defects={"basics": "地域名"}, due_at=TEN, actor=holder("officer"), at=at
    )
    factories.save_basics(application, title="直した題", summary="概要", version=1, actor=approver, at=at)
    submission.resubmit(application, actor=approver, at=at)
    parts = words_of(officer.get(address)).split('<section class="returning__part"')[1:]
    marked = [re.search(r'name="defect-([\w-]+)"', it).group(1) for it in parts if "変更あり" in it]
    assert marked == ["title", "summary"]
    assert "地域名" in parts[0]  # what was asked for the time before


def test_five_business_days_are_chosen_unless_another_day_is(application, address, officer):
    shown = words_of(officer.get(address))
    assert re.findall(r'name="due_in"[^>]*value="([^"]+)"', shown) == [
        FIVE.isoformat(),
        TEN.isoformat(),
        "other",
    ]
    assert re.search(rf'<input checked[^>]*value="{re.escape(FIVE.isoformat())}"', shown)
    for told in (
        "5営業日後（令和5年2月22日（水）17時）",
        "10営業日後（令和5年3月2日（木）17時）",
        "日時を入力",
    ):
        assert told in shown
    officer.post(address, data={"defect-title": "地域名", "due_in": FIVE.isoformat(), "due_at": ""})
    assert db.session.get(Application, application.id).correction_due_at == FIVE


def test_the_day_that_was_shown_counts_also_when_it_is_sent_the_day_after(
    application, address, officer, move_clock
):
    move_clock(datetime(2023, 2, 16, 9, 0, tzinfo=JST))
    officer.post(address, data={"defect-title": "地域名", "due_in": FIVE.isoformat()})
    assert db.session.get(Application, application.id).correction_due_at == FIVE


def test_a_day_of_ones_own_is_typed(application, address, officer):
    officer.post(address, data={"defect-title": "地域名", "due_in": "other", "due_at": "R5.3.10 正午"})
    due = datetime(2023, 3, 10, 12, 0, tzinfo=JST)
    assert db.session.get(Application, application.id).correction_due_at == due


@pytest.mark.parametrize(
    ("entered", "told"),
    [
        ({"due_in": "other", "due_at": ""}, "入力"),
        ({"due_in": "other", "due_at": "あした"}, "あした"),
        ({"due_in": "other", "due_at": "2023-02-01 17:00"}, "将来の日時"),
        ({"due_in": "2023-02-01T17:00:00+09:00", "due_at": ""}, "選択"),
        ({"due_in": "nonsense", "due_at": ""}, "選択"),
        ({"due_in": "2023-02-22T17:00:00", "due_at": ""}, "選択"),
        ({"due_in": "", "due_at": ""}, "選択"),
        ({"due_in": FIVE.isoformat(), "due_at": "2023-03-10 12:00"}, "日時を入力"),
    ],
)
def test_what_is_no_day_or_two_days_is_answered_in_words_and_the_remarks_are_kept(
    application, address, officer, entered, told
):
    answer = officer.post(address, data={"defect-title": "地域名を加える。", **entered})
    shown = words_of(answer)
    assert answer.status_code == 422 and shown.split("<title>")[1].startswith("エラー：")
    assert "地域名を加える。" in shown
    assert told in shown[shown.index('class="error-summary"') : shown.index('<form class="returning')]
    assert db.session.get(Application, application.id).state == "submitted"


def test_what_was_resubmitted_meanwhile_is_not_returned_unread_and_the_remarks_are_kept(
    application, address, officer, at
):
    seen = re.search(r'name="seen" type="hidden" value="([^"]+)"', words_of(officer.get(address))).group(1)
    approver, later = holder("municipality_approver", application.organisation), at + timedelta(minutes=1)
    checking.return_for_correction(
        application, defects={"basics": "x"}, due_at=TEN, actor=holder("officer"), at=at
    )
    submission.resubmit(application, actor=approver, at=later)
    data = {"seen": seen, "defect-title": "書いた指摘", "due_in": FIVE.isoformat()}
    answer = officer.post(address, data=data)
    assert answer.status_code == 409
    assert "書いた指摘" in words_of(answer) and "再提出されました" in words_of(answer)
    again = re.search(r'name="seen" type="hidden" value="([^"]+)"', words_of(answer)).group(1)
    assert officer.post(address, data={**data, "seen": again}).status_code == 302


def test_after_returning_the_next_of_the_list_follows(application, officer):
    second = factories.application("submitted", call=application.call)
    db.session.commit()
    address = f"/applications?call={application.call_id}&state=submitted&sort=number"
    case = re.search(r'href="(/applications/\d+\?list=[^"]+)"', words_of(officer.get(address))).group(1)
    form = re.search(
        r'href="(/applications/\d+/correction-request\?list=[^"]+)"', words_of(officer.get(case))
    ).group(1)
    answer = officer.post(form, data={"defect-title": "地域名", "due_in": FIVE.isoformat()})
    assert answer.headers["Location"].startswith(f"/applications/{second.id}?list=")
    assert application.number in words_of(officer.get(answer.headers["Location"]))


def test_a_time_that_cannot_be_read_is_told_once(application, address, officer):
    shown = words_of(officer.post(address, data={"defect-title": "x", "due_in": "other", "due_at": "あした"}))
    told = shown[shown.index('class="error-summary"') : shown.index('<form class="returning')]
    assert told.count("<li>") == 1 and "あした" in told
