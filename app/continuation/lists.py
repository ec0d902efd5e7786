"""The applications for an extension, as far as who asks reaches."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import MultiDict

from app.actors import Actor
from app.continuation.models import Continuation
from app.lifecycle import CONTINUATION
from app.programmes.apart import in_list
from app.projects.lists import BODIES, named_bodies
from app.projects.models import Project
from app.web import shown
from app.web.i18n import shown_date, standing, state_label
from app.web.lists import Choice, Column, Listing, To
from app.web.records import within_reach


def continuation_list(actor: Actor, args: MultiDict) -> Listing:
    """The newest submission first."""
    states = {name: state_label(None, name, "continuation") for name in CONTINUATION.states}
    programmes = in_list(Project.programme_id, lambda it: it.project.programme_id, join=Continuation.project)
    return Listing(
        within_reach(Continuation, actor),
        args,
        caption=_l("Applications for an extension"),
        columns=[
            Column(
                "number",
                _l("Project"),
                lambda it: _("No. %(number)s", number=it.project.number),
                sort=Project.number,
                join=Continuation.project,
                to=To("continuation.show", "continuation_id"),
                behind=lambda it: shown.sample(it.project.call),
            ),
            Column("bodies", _l("Applicants"), lambda it: named_bodies(it.project)),
            *programmes.columns,
            Column("years", _l("Years certified"), lambda it: it.years or ""),
            Column(
                "submitted",
                _l("Submitted on"),
                lambda it: shown_date(it.submitted_at) if it.submitted_at else "",
                sort=Continuation.submitted_at,
                typed=lambda it: it.submitted_at,
                shown=lambda it: shown.moment(it.submitted_at),
            ),
            Column(
                "state", _l("State"), state_label, sort=Continuation.state, shown=shown.state_tag, by=standing
            ),
            Column(
                "ends_on",
                _l("Support ends on"),
                lambda it: shown_date(it.project.ends_on),
                typed=lambda it: it.project.ends_on,
            ),
        ],
        filters=[Choice("state", _l("State"), states, Continuation.state), *programmes.filters],
        default_sort="-submitted",
        without=[
            Continuation.sent_back_reason,
            Continuation.defects,
            Continuation.opinion,
            Continuation.decision_reason,
            Continuation.withdrawal_reason,
        ],
        options=(selectinload(Continuation.project).options(BODIES, joinedload(Project.call)),),
    )
