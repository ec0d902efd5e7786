"""Requests to change projects, as far as who asks reaches."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import MultiDict

from app.actors import Actor
from app.changing.labels import LABELS
from app.changing.models import ASPECTS, ChangeRequest
from app.lifecycle import CHANGE_REQUEST
from app.programmes.apart import in_list
from app.projects.lists import BODIES, named_bodies
from app.projects.models import Project
from app.web import shown
from app.web.i18n import shown_date, standing, state_label
from app.web.lists import Choice, Column, Listing, To
from app.web.records import within_reach


def request_list(actor: Actor, args: MultiDict) -> Listing:
    """The newest submission first."""
    states = {name: state_label(None, name, "change_request") for name in CHANGE_REQUEST.states}
    programmes = in_list(Project.programme_id, lambda it: it.project.programme_id, join=ChangeRequest.project)
    return Listing(
        within_reach(ChangeRequest, actor),
        args,
        caption=_l("Change requests"),
        columns=[
            Column(
                "number",
                _l("Project"),
                lambda it: _("No. %(number)s", number=it.project.number),
                sort=Project.number,
                join=ChangeRequest.project,
                to=To("changing.show", "change_request_id"),
                behind=lambda it: shown.sample(it.project.call),
            ),
            Column("bodies", _l("Applicants"), lambda it: named_bodies(it.project)),
            *programmes.columns,
            Column("what", _l("What changes"), _what),
            Column(
                "submitted",
                _l("Submitted on"),
                lambda it: shown_date(it.submitted_at) if it.submitted_at else "",
                sort=ChangeRequest.submitted_at,
                typed=lambda it: it.submitted_at,
                shown=lambda it: shown.moment(it.submitted_at),
            ),
            Column(
                "state",
                _l("State"),
                state_label,
                sort=ChangeRequest.state,
                shown=shown.state_tag,
                by=standing,
            ),
        ],
        filters=[Choice("state", _l("State"), states, ChangeRequest.state), *programmes.filters],
        default_sort="-submitted",
        without=[ChangeRequest.reason, ChangeRequest.decision_reason, ChangeRequest.withdrawal_reason],
        options=(selectinload(ChangeRequest.project).options(BODIES, joinedload(Project.call)),),
    )


def _what(request: ChangeRequest) -> str:
    return _(", ").join(str(LABELS[aspect]) for aspect in ASPECTS if aspect in request.changes)
