"""A new version of a call's form: published, and the drafts go on with it.

What was handed in stays with the version that it was handed in with, also while it is corrected. Whoever drafts is told by
mail, and sees at the top of the task list what is otherwise until they say that they have looked at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.actors import Actor
from app.applications import drafting, mails
from app.applications.models import ANSWERED, JOINT_BODIES, Application
from app.db import db, held
from app.lifecycle.application import BEFORE_SUBMISSION
from app.programmes import form_editing
from app.programmes.models import Call
from app.questions import carrying
from app.questions.comparing import Changes, changes_between
from app.questions.models import FormVersion


def publish_form(call: Call, *, seen: str, actor: Actor, at: datetime) -> int:
    """Publish what stands edited; how many drafts go on with it. Raises as `form_editing.publish`."""
    call = held(call)  # nobody begins a draft meanwhile
    drafts = drafts_of(call)
    version = form_editing.publish(call, seen=seen, anew=bool(drafts), actor=actor, at=at)
    for application in drafts:
        carry_over(application, version, actor=actor, at=at)
    return len(drafts)


def drafts_of(call: Call) -> list[Application]:
    """Those that go on with a newer version."""
    query = select(Application).where(Application.call_id == call.id, BEFORE_SUBMISSION.of(Application))
    return list(db.session.scalars(query.options(*ANSWERED, JOINT_BODIES).order_by(Application.id)))


def carry_over(application: Application, version: FormVersion, *, actor: Actor, at: datetime) -> None:
    """Let a draft answer `version`, and tell its body. One that was submitted meanwhile stays as it was handed in."""
    application = held(application)
    if application not in BEFORE_SUBMISSION:
        return
    response = application.answered
    before = response.version.number
    carrying.carry_over(response, version, about=application, audience="applicant", actor=actor, at=at)
    if response.version.number != before:
        drafting.keep_up(application)
        mails.form_changed(application, at=at)


@dataclass(frozen=True)
class News:
    """What of the form is otherwise since the applicant has last looked."""

    since: int
    number: int
    changes: Changes
    lost: tuple[str, ...]  # keys of questions whose answers are former ones now


def news_of(application: Application) -> News | None:
    """None when there is none, or they have looked at it."""
    response = application.answered
    carried = response.carried
    if not carried or carried.get("seen"):
        return None
    forms = {version.number: version.form for version in response.version.template.versions}
    changes = changes_between(forms[carried["from"]], response.version.form)
    return News(carried["from"], carried["to"], changes, tuple(carried["gone"]))


def look_at(application: Application, number: int | None, *, actor: Actor, at: datetime) -> None:
    """They have seen what became of the form up to version `number`; of a newer one they are still told."""
    response = application.answered
    carrying.note_seen(response, number, actor=actor, at=at)
