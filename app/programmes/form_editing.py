"""What officers do with a call's form: each change is kept as what is to be published next, and told by the history.

While a call is drafted its form is published together with it. Afterwards nothing that applicants see changes before the
form is published (app/applications/new_versions.py carries the drafts over).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.actors import Actor
from app.db import db, held
from app.lifecycle import move, must_be_open
from app.lifecycle.call import PUBLIC
from app.programmes.form import check_form
from app.programmes.models import Call
from app.programmes.operations import form_of
from app.questions import publishing
from app.questions.definition import Definition
from app.questions.editing import mark_of
from app.questions.models import FormTemplate, FormVersion


class ChangedMeanwhile(Exception):
    """Somebody else has changed the form since the page was opened; nothing was changed."""


def edited(call: Call) -> Definition:
    """What stands to be published next; where nothing is edited, what is asked now."""
    return form_of(call).newest.form


def hold(call: Call, *, actor: Actor, at: datetime) -> Call:
    """The call with its form as they are now, until the commit. Raises NotAllowed when its form is not edited any more."""
    call = held(call)
    must_be_open(call, "edit_form", actor=actor, at=at)
    db.session.expire(form_of(call), ["versions"])
    held(form_of(call).newest)
    return call


def change(call: Call, form: Definition, *, done: dict[str, Any], actor: Actor, at: datetime) -> bool:
    """Keep `form` as what is to be published; `done` is what the history says of it. Whether anything changed.

    The call is held (see `hold`) since what `form` was made of was looked at. Raises NotAllowed.
    """
    if form == edited(call):
        return False
    publishing.edit(form_of(call), form, at=at)
    move(call, "edit_form", actor=actor, at=at, changes=done)
    return True


def take_back(call: Call, *, actor: Actor, at: datetime) -> bool:
    """Give up what is edited and not published. Raises NotAllowed."""
    published = form_of(call).published
    if published is None:
        return False
    return change(call, published.form, done={"what": "taken_back"}, actor=actor, at=at)


def copy_from(call: Call, earlier: Call, *, actor: Actor, at: datetime) -> bool:
    """Let a drafted call ask what an earlier call of its programme asks. Raises NotAllowed, ValueError for another's."""
    if call in PUBLIC or earlier.programme_id != call.programme_id or earlier.asks is None:
        raise ValueError("a drafted call takes the form of an earlier call of its programme")
    done = {"what": "copied", "label": earlier.title}
    return change(call, earlier.asks, done=done, actor=actor, at=at)


def calls_to_copy_from(call: Call) -> list[Call]:
    """Earlier calls of the programme that were there to be applied to, the newest first."""
    query = select(Call).where(
        Call.programme_id == call.programme_id, Call.id != call.id, Call.form_id.is_not(None)
    )
    found = db.session.scalars(query.order_by(Call.selection_fy.desc(), Call.id.desc()))
    return [it for it in found if it.asks_more]


def publish(call: Call, *, seen: str, anew: bool, actor: Actor, at: datetime) -> FormVersion:
    """Let applicants be asked what stands edited, from now on.

    Before the call opens the version is changed itself, unless somebody answers it (`anew`) already. `seen` is the mark of
    what was looked at before it was confirmed. Raises ChangedMeanwhile, BadDefinition, NotAllowed.
    """
    call = held(call)
    must_be_open(call, "publish_form", actor=actor, at=at)
    template = form_of(call)
    db.session.expire(template, ["versions"])
    if seen != mark_of(held(template.newest).form):
        raise ChangedMeanwhile
    check_form(template.newest.form)
    before = _number(template)
    version = publishing.publish_edited(template, anew=anew or not call.opens_after(at), actor=actor, at=at)
    move(call, "publish_form", actor=actor, at=at, changes={"version": [before, version.number]})
    return version


def _number(template: FormTemplate) -> int:
    assert template.published is not None  # of a published call
    return template.published.number
