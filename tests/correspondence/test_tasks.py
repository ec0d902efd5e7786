"""What letters and mails put on whose list of tasks."""

from __future__ import annotations

from datetime import date

from app.correspondence.tasks import tasks
from app.db import db
from tests import factories


def tasks_of(app, actor, at):
    db.session.commit()
    with app.test_request_context():
        return tasks(actor, at)


def test_a_director_is_to_approve_by_the_day_of_notice(app, at):
    for _ in range(12):
        factories.letter()
    factories.letter(letter_kind="selection")
    factories.letter(state="approved")
    selection, ends = tasks_of(app, factories.tenure("director"), at)
    assert (ends.title, ends.about) == ("文書を決裁する（12件）", "支援終了通知（令和4年度）")
    assert ends.due == date(2023, 3, 31)
    assert ends.url == "/letters/review?kind=support-end&fiscal_year=2022"
    assert (selection.title, selection.due) == ("文書を決裁する（1件）", None)


def test_a_notice_day_on_a_weekend_is_the_friday_before(app, at):
    factories.letter(fiscal_year=2023)
    (task,) = tasks_of(app, factories.tenure("director"), at)
    assert task.due == date(2024, 3, 29)


def test_an_officer_is_to_review_the_same_letters(app, at):
    factories.letter()
    (task,) = tasks_of(app, factories.tenure("officer"), at)
    assert task.title == "決裁前の文書を確認する（1件）"


def test_a_parked_mail_is_a_task_for_officers_and_administrators(app, at):
    mail = factories.mail(parked_at=at, next_attempt_at=None, subject="届かないお知らせ")
    factories.mail(parked_at=at, set_aside_at=at, next_attempt_at=None)
    factories.mail()
    for role in ("officer", "administrator"):
        (task,) = tasks_of(app, factories.tenure(role), at)
        assert (task.about, task.url) == ("届かないお知らせ", f"/mails/{mail.id}")
    assert tasks_of(app, factories.tenure("director"), at) == []


def test_many_parked_mails_are_one_task(app, at):
    for _ in range(3):
        factories.mail(parked_at=at, next_attempt_at=None)
    (task,) = tasks_of(app, factories.tenure("officer"), at)
    assert task.title == "届かなかったメールの対応を決める（3件）"
    assert task.url == "/mails?state=parked"


def test_a_municipality_has_no_task_in_letters_or_mails(app, at):
    factories.letter()
    factories.mail(parked_at=at, next_attempt_at=None)
    assert tasks_of(app, factories.tenure("municipality_approver"), at) == []
