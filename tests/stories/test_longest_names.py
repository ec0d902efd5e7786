"""Everything that people may enter at its longest: what is put together of it still finds its place."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.correspondence.models import Mail
from app.councils import mails, operations
from app.councils.models import Membership
from app.db import db
from app.history import HistoryEntry, first_broken_entry
from app.permissions import APPROVER
from app.schedule.work import enqueue
from tests import factories


@pytest.fixture
def approver(app):
    body = factories.organisation("町" * 100)
    held = factories.tenure(APPROVER, body)
    held.seat.section, held.seat.post = "課" * 100, "長" * 100
    return held


def test_a_member_with_the_longest_names_is_asked_answers_and_is_told_of(approver, at):
    body = approver.organisation
    project = factories.project([body], title="事" * 200)
    council = factories.council(project, name="会" * 200)
    membership = operations.ask(
        council,
        organisation_name="機" * 200,
        post="職" * 200,
        person_name="名" * 100,
        role="会長",
        mailbox="longest@example.jp",
        reply_by=date(2023, 3, 1),
        actor=approver,
        at=at,
    )
    link = operations.new_link(membership)
    operations.answer_by_link(link, membership, True, "", at=at)
    mails.not_met(project, council, occasion="long", announced_on=date(2022, 9, 1), at=at)
    db.session.commit()
    db.session.expire_all()
    assert db.session.scalars(select(Membership)).one().state == "agreed"
    sent = db.session.scalars(select(Mail)).all()
    assert sent and all(len(mail.to_name) <= 200 and len(mail.subject) <= 300 for mail in sent)
    assert any(mail.to_name.endswith("…") for mail in sent)
    agreed = db.session.scalars(select(HistoryEntry).where(HistoryEntry.event == "agree")).one()
    assert len(agreed.actor_name) == 200 and agreed.actor_name.endswith("…")
    assert first_broken_entry() is None


def test_work_about_a_call_with_the_longest_title_is_queued(approver, at):
    call = factories.call(title="募" * 200)
    work = enqueue(
        "announce", {"call_id": call.id}, title=f"発表：{call.title}", then="/", actor=approver, at=at
    )
    db.session.commit()
    db.session.expire_all()
    assert work.title.startswith("発表：募") and len(work.title) == 200
