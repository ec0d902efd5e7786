"""From people to queued mails: once for each occasion, whoever stands where in the list, and after an upgrade too."""

from __future__ import annotations

import ast
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app import halting
from app.accounts import mails as account_mails
from app.applications import mails as application_mails
from app.applications import submission
from app.correspondence import copies, halts, outbox
from app.correspondence.models import Mail
from app.correspondence.outbox import LONGEST_KEY, Recipient, contact_of, contacts_of, key_of, mailboxes
from app.councils import mails as council_mails
from app.councils import operations as councils
from app.councils.models import Membership
from app.db import db
from app.projects import mails as project_mails
from app.proof import daily
from app.schedule.models import Reminder
from app.schedule.reminders import send_due, start_from
from app.web.manifest import brought
from config import ROOT
from tests import factories
from tests.factories.applications import holder
from tests.sources import nodes_of

VALUES = {"body": "", "seat": "", "mailbox": "", "on": date(2023, 4, 1), "link": "", "name": "見本 太郎"}


def send(to, occasion="asked:1", at=None, **kept) -> int:
    return outbox.send("seat_handed_over", to=to, occasion=occasion, at=at, values=VALUES, **kept)


def keys() -> list[str]:
    return list(db.session.scalars(select(Mail.key).order_by(Mail.id)))


def test_one_recipient_is_told_once_by_record_and_occasion(app, at):
    seat = factories.seat("officer")
    assert send(Recipient("a@example.jp", "甲"), about=seat, at=at) == 1
    assert send(Recipient("b@example.jp", "乙"), about=seat, at=at) == 0
    assert send(Recipient("b@example.jp", "乙"), "asked:2", about=seat, at=at) == 1
    assert send(Recipient("a@example.jp"), about=factories.seat("officer"), at=at) == 1
    assert keys()[:2] == [f"seat:{seat.id}:asked:1", f"seat:{seat.id}:asked:2"]
    first = db.session.scalars(select(Mail).order_by(Mail.id)).first()
    assert (first.to_address, first.to_name, first.about_id) == ("a@example.jp", "甲", seat.id)


def test_of_several_each_is_told_once_whoever_stands_before_them(app, at):
    assert send(mailboxes(["a@example.jp", "b@example.jp", "a@example.jp"]), at=at) == 2
    assert send(mailboxes(["c@example.jp", "a@example.jp", "b@example.jp"]), at=at) == 1
    assert keys() == [f"asked:1:{it}@example.jp" for it in "abc"]
    assert send([], at=at) == 0


def test_a_body_is_told_once_though_its_contact_has_moved_and_parked_without_one(app, at):
    first, second = factories.organisation(), factories.organisation()
    seat = factories.tenure("municipality_approver", first).seat
    on = at.date()
    assert send(contacts_of([first, second], on=on), at=at) == 2
    told, parked = db.session.scalars(select(Mail).order_by(Mail.id))
    assert (told.to_address, told.to_name, told.organisation_id) == (seat.mailbox, first.full_name, first.id)
    assert (parked.state, parked.organisation_id) == ("parked", second.id)
    seat.mailbox = "moved@example.jp"
    db.session.flush()
    assert contact_of(first, on=on).address == "moved@example.jp"
    assert send(contacts_of([second, first], on=on), at=at) == 0


def test_while_nobody_holds_a_seat_the_general_address_is_told_and_reads_why(app, at):
    alone, reached, nowhere = (factories.organisation() for _ in range(3))
    left = factories.tenure("municipality_editor", alone)
    left.ended_on = at.date() - timedelta(days=1)
    alone.general_address, reached.general_address = "alone@example.jp", "unused@example.jp"
    seat = factories.tenure("municipality_approver", reached).seat
    db.session.flush()
    assert send(contacts_of([alone, reached, nowhere], on=at.date()), at=at) == 3
    to_general, to_seat, parked = db.session.scalars(select(Mail).order_by(Mail.id))
    assert (to_general.to_address, to_general.state, to_general.organisation_id) == (
        "alone@example.jp",
        "queued",
        alone.id,
    )
    assert (
        to_general.body.startswith("【代表メールアドレスあてに送信しています】")
        and alone.full_name in to_general.body
    )
    assert to_seat.to_address == seat.mailbox and "代表メールアドレス" not in to_seat.body
    assert (parked.to_address, parked.state) == ("", "parked")


def test_a_key_too_long_for_its_column_is_not_cut_to_that_of_another(app, at):
    name = "x" * 200
    one, other = (key_of(None, "copies:2023-02-15", f"{name}{n}@example.jp") for n in (1, 2))
    assert one != other and len(one) == len(other) == LONGEST_KEY
    assert one.startswith("copies:2023-02-15:x")
    assert send(mailboxes([f"{name}1@example.jp", f"{name}2@example.jp"]), at=at) == 2
    assert Mail.key.type.length == LONGEST_KEY


def test_what_differs_from_body_to_body_is_composed_for_each(app, at):
    bodies = [factories.organisation("甲市"), factories.organisation("乙市")]
    to = contacts_of(bodies, on=at.date())
    values = {key: value for key, value in VALUES.items() if key != "body"}
    told = {"values": values, "of_body": lambda body: {"body": body.name}}
    outbox.send("seat_handed_over", to=to, occasion="x", at=at, **told)
    texts = list(db.session.scalars(select(Mail.body).order_by(Mail.id)))
    assert ["甲市" in text for text in texts] == [True, False]
    assert ["乙市" in text for text in texts] == [False, True]


def test_nothing_but_the_outbox_composes_or_queues(app):
    found = []
    for path in (ROOT / "app").rglob("*.py"):
        if path.name == "outbox.py":
            continue
        for node in nodes_of(path.read_text()):
            asked = isinstance(node, ast.Attribute) and node.attr in ("queue", "compose")
            if asked and isinstance(node.value, ast.Name) and node.value.id == "outbox":
                found.append(f"{path}:{node.lineno}")
            if isinstance(node, ast.ImportFrom) and node.module == "app.correspondence.outbox":
                found.append(f"{path}:{node.lineno}")
    assert not found


class TestAfterAnUpgrade:
    """Mails are in the database under the keys that the version before gave them: none is queued a second time."""

    @pytest.fixture
    def officer(self, app) -> str:
        return factories.tenure("officer").seat.mailbox

    def was_queued(self, key: str, **values) -> None:
        factories.mail(key=key, **values)
        db.session.commit()

    def count(self) -> int:
        return db.session.scalar(select(func.count()).select_from(Mail)) or 0

    def test_a_halt_and_what_is_told_once_a_day(self, app, officer, at):
        on = at.date()
        halt = halting.halt(halting.BY_HAND, at=at, facts={"remark": "理由"})
        factories.mail(copy_note="写し")
        for key in (
            f"halt:{halt.id}:{officer}",
            f"copies:{on}:{officer}",
            f"support-end-escalation:{on}:{officer}",
            f"extension-unrecorded:{on}:{officer}",
        ):
            self.was_queued(key, to_address=officer)
        director = factories.tenure("director").seat.mailbox
        for key in (f"history-head:{on}:{director}", f"support-end-escalation:{on}:{director}"):
            self.was_queued(key, to_address=director)
        self.was_queued(f"halt:{halt.id}:{director}", to_address=director)
        before, waiting, programme = self.count(), [(2022, on, 3)], factories.programme()
        assert halts.tell_staff(halt, at=at) == 0
        assert copies.send(on=on, at=at) == 0
        assert daily.mail_head(on=on, at=at) == 0
        assert project_mails.support_end_escalation(programme, waiting, on=on, at=at) == 0
        assert project_mails.extension_unrecorded(programme, waiting, on=on, at=at) == 0
        assert self.count() == before
        assert project_mails.extension_unrecorded(programme, waiting, on=on + timedelta(days=1), at=at) == 1

    def test_what_a_person_was_told_of_their_account(self, app, at):
        person = factories.tenure("municipality_editor").person
        self.was_queued(f"password-changed:{person.id}:{person.password_stamp}")
        account_mails.mail_changed(person, at)
        assert self.count() == 1

    def test_a_member_of_a_council_and_its_secretariat(self, app, at):
        council = factories.council()
        membership = factories.membership(council, state="agreed", answered_at=at)
        lead = council.project.lead
        self.was_queued(
            f"membership:{membership.id}:asked:1", parked_at=at, next_attempt_at=None, about_kind="membership",
            about_id=membership.id,
        )  # fmt: skip
        self.was_queued(f"membership:{membership.id}:answered:1")
        self.was_queued(f"membership:{membership.id}:answered:1:{lead.id}")
        council_mails.requested(membership, link=councils.new_link(membership), at=at)
        council_mails.answered(membership, at=at)
        assert self.count() == 3
        assert db.session.scalar(select(Membership.request_failed))

    def test_an_application_and_a_letter(self, app, at):
        application = factories.application("accepted")
        letter = factories.letter()
        accepted = f"application:{application.id}:accepted:{len(application.submissions)}"
        assert db.session.scalars(select(Mail.key).where(Mail.key == accepted)).all() == [accepted]
        before = self.count()
        self.was_queued(f"letter:{letter.id}")
        application_mails.accepted(application, at=at)
        outbox.send(
            "letter_issued", to=contact_of(letter.organisation, on=at.date()), about=letter, at=at,
            values={"subject": "", "number": "", "issued_on": at.date(), "addressed": "", "items": [], "url": ""},
        )  # fmt: skip
        assert self.count() == before + 1

    def test_an_approver_who_was_asked_a_moment_ago(self, app, at):
        """Their mails were told apart by their place in the list; the pace is counted over both ways."""
        draft = factories.application("draft")
        holder("municipality_approver", draft.organisation)
        editor = holder("municipality_editor", draft.organisation)
        self.was_queued(
            f"application:{draft.id}:approval-requested:{(at - timedelta(minutes=5)).isoformat()}:0",
            about_kind="application", about_id=draft.id, queued_at=at - timedelta(minutes=5),
        )  # fmt: skip
        assert submission.hand_over(draft, actor=editor, at=at) is False
        assert self.count() == 1

    def test_a_reminder_that_stands_in_the_ledger(self, app, at):
        """Its mail had the key of the ledger, and the ledger alone says whether it was sent."""
        start_from(date(2022, 4, 1))
        call = factories.call(selection_fy=2018, base_years=5)
        project = factories.project(call=call, created_at=at - timedelta(days=400))
        db.session.commit()
        sources = {"support_end": brought("reminders")["support_end"]}
        key = f"support_end:project:{project.id}:2023-03-31:-90"
        told = {"rule": "support_end", "subject_kind": "project", "subject_id": project.id}
        db.session.add(Reminder(key=key, due_on=date(2022, 12, 31), handled_at=at, **told))
        self.was_queued(f"{key}:{project.lead.id}", about_kind="project", about_id=project.id)
        assert send_due(sources, at=at + timedelta(hours=1)) == {"support_end": 0}
        assert self.count() == 1
        assert send_due(sources, at=at + timedelta(days=20)) == {"support_end": 1}
        assert keys()[1:] == [f"project:{project.id}:support_end:2023-03-31:-30:{project.lead.id}"]
