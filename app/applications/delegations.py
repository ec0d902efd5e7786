"""A body lets a consultant into one of its applications until a day (編集の許可, ADR 44), chooses another day, or ends it.

The consultant writes as the body's editors do, in a seat made for this alone (app/organisations/outsiders.py). That it is the
body's application stays with its approver, who alone submits it. When the last day has passed nobody has to do anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import calendar
from app.accounts.mails import mail_link, mail_person
from app.actors import Actor
from app.applications.delegation_models import Delegation
from app.applications.models import Application
from app.correspondence import outbox
from app.db import db, held
from app.explained import Explained
from app.lifecycle import N_, move, must_be_open
from app.organisations import operations as people
from app.organisations import outsiders
from app.organisations.models import Person, Tenure
from app.permissions import CONSULTANT

MOST = 5  # at once in one application: a slip must not become a mailing


class NotLetIn(Explained, ValueError):
    """Who cannot be let in, and why."""


class LetInAlready(Exception):
    """Whoever has this address is let in already: another day is chosen there."""

    def __init__(self, delegation: Delegation) -> None:
        super().__init__(f"delegation {delegation.id} runs")
        self.delegation = delegation


def let_in(
    application: Application,
    *,
    name: str,
    company: str,
    email: str,
    until: date,
    purpose: str = "",
    actor: Actor,
    at: datetime,
) -> Delegation:
    """Let in whoever has this address, until the end of the day `until`; they are told by mail.

    Raises NotAllowed, LetInAlready, NotLetIn for an address of the body's own people or of those who check and judge, ValueError
    for a day that is not offered.
    """
    application = held(application)  # of two clicks, or two approvers, the second sees whom the first let in
    must_be_open(application, "let_in", actor=actor, at=at)
    _refuse_day(application, until, at)
    email, today = people.checked_address(email), calendar.day_of(at)
    running = [it for it in delegations_of(application) if it.runs_on(today)]
    if there := next((it for it in running if it.email == email), None):
        raise LetInAlready(there)
    if len(running) >= MOST:
        raise NotLetIn(
            N_("At most %(most)s consultants can be in one application at once. End another one first."),
            most=MOST,
        )
    person = _somebody(email, name, actor=actor, at=at)
    if outsiders.is_colleague(person, application.organisation, on=today):
        raise NotLetIn(N_("%(name)s holds a seat of your body, and can edit it already."), name=person.name)
    if outsiders.works_for_the_programme(person, on=today):
        raise NotLetIn(N_("This address is of somebody who works for the programme, and cannot be let in."))
    body = application.organisation
    tenure = outsiders.let_in(body, person, company=company, until=until, actor=actor, at=at)
    delegation = Delegation(
        application=application,
        organisation_id=application.organisation_id,
        seat=tenure.seat,
        name=name,
        company=company,
        email=email,
        purpose=purpose.strip(),
        until=until,
        let_in_at=at,
        let_in_by=actor.name,
        created_at=at,
    )
    db.session.add(delegation)
    db.session.flush()
    changes = {"name": name, "company": company, "until": until, "purpose": delegation.purpose}
    delegation.record("let_in", actor=actor, at=at, audience="applicant", changes=changes)
    _tell(delegation, tenure, actor, at)
    return delegation


def choose_day(delegation: Delegation, *, until: date, actor: Actor, at: datetime) -> None:
    """Another last day, later or earlier. Raises NotAllowed once it is ended or over, ValueError for a day that is not offered."""
    application, delegation = held(delegation.application), held(delegation)
    must_be_open(delegation, "choose_day", actor=actor, at=at)
    _refuse_day(application, until, at)
    if until == delegation.until:
        return
    before, delegation.until = delegation.until, until
    changes = {"name": delegation.name, "company": delegation.company, "until": [before, until]}
    move(delegation, "choose_day", actor=actor, at=at, changes=changes)
    outsiders.keep_until(delegation.seat, until, actor=actor, at=at)
    _mail("consultant_day_changed", delegation, f"until:{until}:{at.isoformat()}", at)


def revoke(delegation: Delegation, *, actor: Actor, at: datetime) -> None:
    """At once: what they have open ends, and their seat is closed. Raises NotAllowed once it is ended or over."""
    held(delegation.application)
    delegation = held(delegation)
    must_be_open(delegation, "revoke", actor=actor, at=at)
    delegation.ended_at, delegation.ended_by = at, actor.name
    changes = {"name": delegation.name, "company": delegation.company}
    move(delegation, "revoke", actor=actor, at=at, changes=changes)
    outsiders.show_out(delegation.seat, actor=actor, at=at)


def delegations_of(application: Application) -> Sequence[Delegation]:
    """All that there were, those that run or ran the longest ahead first."""
    query = select(Delegation).where(Delegation.application_id == application.id)
    return db.session.scalars(query.order_by(Delegation.until.desc(), Delegation.id.desc())).all()


def seen_by(actor: Actor, application: Application) -> Sequence[Delegation]:
    """Those of the application that its page shows to `actor`."""
    return delegations_of(application) if actor.may("delegation.view", application) else ()


def own_last_day(actor: Actor) -> date | None:
    """Until when a consultant is let in; None for everybody else."""
    if actor.role != CONSULTANT:
        return None
    return db.session.scalar(select(Delegation.until).where(Delegation.seat_id == actor.seat_id))


def last_day_offered(application: Application, today: date) -> date:
    """A year ahead, or the day of the deadline where that is later."""
    days = [today + timedelta(days=365), *_day_of_deadline(application)]
    return max(days)


def day_proposed(application: Application, today: date) -> date:
    """The day of the deadline, where it is ahead; else a month from today."""
    return next((day for day in _day_of_deadline(application) if day >= today), today + timedelta(days=30))


def _day_of_deadline(application: Application) -> list[date]:
    return [calendar.day_of(application.due_at)] if application.due_at else []


def _somebody(email: str, name: str, *, actor: Actor, at: datetime) -> Person:
    """Whoever has this address, or somebody new; of two bodies that let in the same one at once the second finds the first's."""
    person = people.person_with(email)
    if person is None:
        try:
            person = people.add_person(email, name, actor=actor, at=at)
        except people.Refused:
            person = people.person_with(email)
    assert person is not None
    return person


def _refuse_day(application: Application, until: date, at: datetime) -> None:
    today = calendar.day_of(at)
    if not today <= until <= last_day_offered(application, today):
        raise ValueError(f"{until} is not offered")


def _tell(delegation: Delegation, tenure: Tenure, actor: Actor, at: datetime) -> None:
    """With a link to set a password where they have none yet."""
    person = tenure.person
    if person.password_hash is not None:
        _mail("consultant_let_in", delegation, "let-in", at)
        return
    until = at + people.INVITED_FOR
    link = people.password_link(person, expires_at=until, actor=actor, at=at)
    facts = _facts(delegation)
    mail_link(
        "consultant_let_in_with_link",
        person,
        link,
        at=at,
        about=delegation,
        audience="applicant",
        until=until,
        **facts,
    )


def _mail(template: str, delegation: Delegation, occasion: str, at: datetime) -> None:
    person = delegation.seat.tenures[0].person
    values = {"link": outbox.absolute_url("organisations.sign_in"), **_facts(delegation)}
    mail_person(
        template, person, about=delegation, occasion=occasion, at=at, values=values, audience="applicant"
    )


def _facts(delegation: Delegation) -> dict[str, Any]:
    """Neither the title nor anything else of what is written: an address may be mistyped."""
    return {
        "body": delegation.application.organisation,
        "call": delegation.application.call,
        "last_day": delegation.until,
        "let_in_by": delegation.let_in_by,
        "purpose": delegation.purpose,
    }
