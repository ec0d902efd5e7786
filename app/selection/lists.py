"""The applications to a call and their results, as a list."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import MultiDict

from app import calendar
from app.actors import Actor
from app.applications.lists import word_search
from app.applications.models import Application, JointApplicant
from app.lifecycle import APPLICATION
from app.lifecycle.application import BEFORE_SUBMISSION
from app.programmes.models import Call
from app.selection.forms import RESULTS
from app.web.i18n import state_label
from app.web.lists import Choice, Column, Listing
from app.web.records import within_reach

BODIES = (
    joinedload(Application.organisation),
    selectinload(Application.joint_applicants).joinedload(JointApplicant.organisation),
)


def results_list(call: Call, actor: Actor, args: MultiDict) -> Listing:
    """The applications to a call that were submitted, each with its provisional result."""
    return Listing(
        within_reach(Application, actor).where(Application.call_id == call.id),
        args,
        caption=_l("Applications and their results"),
        columns=[
            Column("number", _l("No."), lambda it: it.number, sort=Application.sequence),
            Column(
                "bodies",
                _l("Applicants"),
                lambda it: "、".join(body.full_name for body in it.submitted_bodies),
            ),
            Column(
                "title", _l("Project title"), lambda it: it.submitted_title, sort=Application.submitted_title
            ),
            Column("state", _l("State"), lambda it: state_label(it), sort=Application.state),
            Column("result", _l("Provisional result"), _shown_result),
            Column("reasons", _l("Reasons"), lambda it: it.result.reasons if it.result else ""),
        ],
        filters=[
            word_search(actor),
            Choice(
                "state",
                _l("State"),
                {
                    name: state_label(None, name, "application")
                    for name in APPLICATION.states
                    if name not in BEFORE_SUBMISSION
                },
                where=lambda value: Application.stands_in([value], calendar.now()),
            ),
        ],
        default_sort="number",
        options=[*BODIES, selectinload(Application.result)],
    )


def _shown_result(application: Application) -> str:
    result = application.result
    return str(RESULTS["yes" if result.selected else "no"]) if result else ""
