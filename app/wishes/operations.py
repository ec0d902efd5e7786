"""From when until when a body may say what it wishes, and how it says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app import calendar
from app.actors import Actor
from app.correspondence import outbox
from app.db import db, held, writing
from app.lifecycle import NotAllowed
from app.lifecycle.project import CARRIED_THROUGH
from app.organisations.models import Organisation
from app.permissions import SYSTEM
from app.projects.models import Project
from app.questions import answering, publishing
from app.questions.models import Response
from app.schedule.reminders import rules_in_force
from app.wishes.form import OF_A_WISH, WISHES, meant, wishes_form
from app.wishes.models import Wish, WishForm

WITH_ANSWERS = (
    joinedload(Wish.answered).joinedload(Response.version),
    joinedload(Wish.answered).selectinload(Response.answers),
    joinedload(Wish.organisation),
)


def asked_from(project: Project) -> date:
    """The working day on which the first of the mails that tell of the end goes out."""
    first = project.ends_on + timedelta(days=min(rules_in_force()["support_end"].days))
    return calendar.first_business_day_on_or_after(first)


def open_until(project: Project) -> date:
    """The day on which the letter about the end of support goes out: no source names another [I]."""
    return calendar.support_end_notice_day(project.last_fy)


def is_in_its_last_year(project: Project) -> bool:
    """Or behind it; not while an extension may still move the end."""
    if project not in CARRIED_THROUGH or project.awaits_extension:
        return False
    return calendar.fiscal_year(calendar.today()) >= project.last_fy


def is_open(project: Project, at: datetime) -> bool:
    """Whether its bodies may say at `at` what they wish."""
    on = calendar.day_of(at)
    known = project in CARRIED_THROUGH and not project.awaits_extension
    return known and asked_from(project) <= on <= open_until(project)


def address_of(project: Project) -> tuple[str, date]:
    """For the mails about the end: the page, and the day until which it is open."""
    return outbox.absolute_url("wishes.show", project_id=project.id), open_until(project)


def wish_of(project: Project, body_id: int | None) -> Wish | None:
    """None while nobody of the body has opened its page."""
    query = select(Wish).where(Wish.project_id == project.id, Wish.organisation_id == body_id)
    return db.session.scalars(query.options(*WITH_ANSWERS)).unique().one_or_none()


def said_about(project: Project) -> Sequence[Wish]:
    """What its bodies have said, in the order of the bodies' codes."""
    query = (
        select(Wish)
        .join(Wish.organisation)
        .where(Wish.project_id == project.id, Wish.said_at.is_not(None))
        .options(*WITH_ANSWERS)
        .order_by(Organisation.code, Wish.id)
    )
    return db.session.scalars(query).unique().all()


def open_wish(project: Project, body: Organisation, *, at: datetime) -> Wish:
    """The body's own, made when its page is first opened."""
    project = held(project)  # of two who come first, one makes it
    if found := wish_of(project, body.id):
        return found
    version = _form_of(project, at=at).template.published
    assert version is not None, "the form is published when it is begun"
    response = answering.start(version, about=project, organisation=body, at=at)
    made = Wish(project=project, organisation=body, answered=response, created_at=at)
    db.session.add(made)
    db.session.flush()
    return made


def open_on_a_page(project_id: int, body_id: int, *, at: datetime) -> None:
    """The same for a page that is only read, in a transaction of its own. Commits."""
    with writing():
        body = db.session.get_one(Organisation, body_id)
        open_wish(db.session.get_one(Project, project_id), body, at=at)
        db.session.commit()


def give(
    wish: Wish,
    values: Mapping[str, Any],
    *,
    version: int | None,
    form: int | None = None,
    quietly: bool = False,
    arrived: datetime,
    actor: Actor,
    at: datetime,
) -> bool:
    """Keep what the body wishes; whether anything is new. `arrived`: the instant that decides whether it is in time.

    Raises NotAllowed before it is asked, after its day and for another body, else as `answering.save_section`.
    """
    wish = held(wish)
    if not is_open(wish.project, arrived) or not actor.may("wish.give", wish):
        raise NotAllowed(wish, "give", "it is not open")
    new = answering.save_section(
        wish.answered,
        WISHES,
        values,
        version=version,
        form=form,
        quietly=quietly,
        about=wish,
        actor=actor,
        at=at,
    )
    if new:
        for name in OF_A_WISH:
            setattr(wish, name, meant(wish.answered.value_of(name)))
        wish.said_at = at
    return new


def _form_of(project: Project, *, at: datetime) -> WishForm:
    query = select(WishForm).where(WishForm.programme_id == project.programme_id)
    found = db.session.scalars(query.options(selectinload(WishForm.template))).one_or_none()
    if found is None:
        held(project.programme)  # of two who come first, one begins the form
        found = db.session.scalars(query).one_or_none()
    if found is None:
        template = publishing.begin_form("支援終了後の希望", wishes_form(), at=at)
        db.session.flush()
        publishing.publish(template, actor=SYSTEM, at=at)
        found = WishForm(programme_id=project.programme_id, template=template, created_at=at)
        db.session.add(found)
        db.session.flush()
    return found
