"""The list of applications: of one's own body, or for the office of all that was submitted to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import MultiDict

from app import calendar
from app.actors import Actor, all_bodies_of
from app.applications.assigning import assignee_of, lies_with_all, officers
from app.applications.joint_models import JointApplicant
from app.applications.models import Application, Submission
from app.applications.progress import long_ago, not_opened, with_office
from app.db import db
from app.lifecycle import APPLICATION
from app.lifecycle.application import BEFORE_SUBMISSION
from app.memory import CASES, HOUSE, lasting, remembered
from app.organisations.models import Organisation
from app.organisations.search import BodySearch
from app.permissions import OFFICE
from app.programmes.apart import in_list
from app.programmes.models import Call
from app.searching import among
from app.web import shown
from app.web.filters import Late
from app.web.i18n import audience, locale_name, shown_instant, state_label
from app.web.lists import Choice, Column, Listing, Search, To
from app.web.records import shared_by, within_reach

NOT_SHOWN = [  # texts of any length
    Application.search_text,
    Application.submitted_search_text,
    Application.technologies,
    Application.technologies_other,
    Application.withdrawal_reason,
    Application.sent_back_reason,
]
# Put together once: that takes longer than the rest of a list's columns.
SUBMITTED_OR_BEGUN = func.coalesce(Application.submitted_at, Application.created_at)
BY_TITLE = {
    title.key: Application.ordered_by_title(title)
    for title in (Application.submitted_title, Application.title)
}
MOST_TAKEN_PART_IN = 50
MOST_AT_ONCE = 500  # a page of the list has fewer


def listing_for(actor: Actor, args: MultiDict) -> Listing:
    """Filters, sort, pages and files; no query per row."""
    of_office = actor.role in OFFICE
    states, rank = lasting(
        ("states of applications", of_office, audience(), locale_name()), lambda: _ranked(of_office)
    )
    title = Application.submitted_title if of_office else Application.title
    received = Application.submitted_at if of_office else SUBMITTED_OR_BEGUN
    programmes = in_list(
        Call.programme_id, lambda application: application.call.programme_id, join=Application.call
    )
    columns = [
        Column(
            "number",
            _l("Application number"),
            lambda application: application.number or _("(not submitted yet)"),
            sort=Application.number,
        ),
        Column(
            "lead",
            _l("Lead applicant"),
            lambda application: application.organisation.full_name,
            sort=Application.lead_code,
            shown=lambda application: shown.body(application.organisation),
            by=lambda application: application.organisation_id,
        ),
        Column(
            "title",
            _l("Project title"),
            lambda application: getattr(application, title.key) or _("(no title yet)"),
            sort=BY_TITLE[title.key],
            to=To("applications.show", "application_id"),
        ),
        *programmes.columns,
        Column(
            "call",
            _l("Call"),
            lambda application: application.call.title,
            sort=Application.call_id,
            by=lambda application: application.call_id,
        ),
        # By label, not by state: what stays within the office must not show in the order either.
        Column(
            "state",
            _l("State"),
            lambda application: state_label(application),
            sort=rank,
            shown=shown.state_tag,
            by=lambda application: application.standing,
        ),
        Column(
            "received",
            _l("Received"),
            lambda application: shown_instant(application.submitted_at),
            sort=received,
            typed=lambda application: application.submitted_at,
            shown=lambda application: shown.moment(application.submitted_at),
            short=False,
        ),
    ]
    if of_office:
        columns.insert(
            -1, Column("assignee", _l("Assigned to"), lambda application: assignee_of(application) or "–")
        )
    filters: list[Search | Choice] = [
        word_search(actor),
        *programmes.filters,
        Choice(
            "call",
            _l("Call"),
            Late(lambda: _calls(actor)),
            where=lambda value: Application.call_id == int(value),
        ),
        Choice(
            "state",
            _l("State"),
            {names[0]: label for label, names in states.items()},
            where=_in_state(states),
        ),
    ]
    if of_office:
        filters.insert(
            -1,
            Choice(
                "prefecture",
                _l("Prefecture"),
                Late(_prefectures),
                Organisation.prefecture,
                join=Application.organisation,
            ),
        )
        at_work = {"office": _l("Being checked or reviewed")}
        filters.append(
            Choice("stage", _l("In process"), at_work, where=lambda it: with_office(calendar.now()))
        )
        filters.append(Choice("assignee", _l("Assigned to"), Late(_assignees), where=_assigned_to(actor)))
        unopened = {
            "unopened": _l("Returned, not opened by the applicant"),
            "unopened_long": _l("Not opened though a reminder is due"),
        }
        filters.append(Choice("correction", _l("Correction"), unopened, where=_not_opened))
    return Listing(
        within_reach(Application, actor),
        args,
        columns=columns if of_office else [column for column in columns if column.key != "lead"],
        filters=filters,
        default_sort="-received",
        tie=received,
        without=NOT_SHOWN,
        beside=[Application.organisation, Application.call],
        caption=_l("Applications"),
    )


def chosen(actor: Actor, ids: Iterable[int]) -> list[Application]:
    """Those with these ids that `actor` may see, by number, held until the commit; ids of no such are passed over."""
    known = sorted({number for number in ids if 0 < number < 2**31})[:MOST_AT_ONCE]
    query = (
        within_reach(Application, actor)
        .where(Application.id.in_(known))
        .options(
            joinedload(Application.call),
            joinedload(Application.organisation),
            selectinload(Application.submissions).defer(Submission.content),
        )
        .order_by(Application.number)
    )
    locked = query.with_for_update(of=Application).execution_options(populate_existing=True)
    return list(db.session.scalars(locked))


def word_search(actor: Actor) -> Search:
    """Words of the number, the title, or any of the bodies, these also in kana or by code.

    The office searches what was submitted to it, not what is being mended.
    """
    texts = Application.submitted_search_text if actor.role in OFFICE else Application.search_text

    def of_bodies(bodies: Any) -> Any:
        joint = Application.joined_by(bodies, actor)
        return or_(Application.organisation_id.in_(bodies), among(Application.id, joint))

    return BodySearch("q", _l("Number, title or body"), [texts], of_bodies=of_bodies)


def _states(of_office: bool) -> dict[str, list[str]]:
    """Label → the states behind it, in the order of the lifecycle: an applicant has one label for two of them."""
    labels: dict[str, list[str]] = {}
    for name, state in APPLICATION.states.items():
        if not (of_office and name in BEFORE_SUBMISSION):
            labels.setdefault(_(state.labels[audience()]), []).append(name)
    return labels


def taken_part_in(actor: Actor) -> list[JointApplicant]:
    """Those by which the actor's body takes part in what others lead, the newest first."""
    query = (
        within_reach(JointApplicant, actor)
        .where(JointApplicant.organisation_id.in_(all_bodies_of(actor)))
        .options(joinedload(JointApplicant.application).joinedload(Application.call))
        .options(joinedload(JointApplicant.application).joinedload(Application.organisation))
        .order_by(JointApplicant.id.desc())
        .limit(MOST_TAKEN_PART_IN)
    )
    return list(db.session.scalars(query))


def _ranked(of_office: bool) -> tuple[dict[str, list[str]], Any]:
    """These, and the place of a state among them to order by."""
    states = _states(of_office)
    order = {name: place for place, names in enumerate(states.values()) for name in names}
    return states, case(order, value=Application.state, else_=len(order))


def _in_state(states: dict[str, list[str]]) -> Any:
    behind = {names[0]: names for names in states.values()}
    return lambda value: Application.stands_in(behind[value], calendar.now())


def _calls(actor: Actor) -> dict[str, str]:
    """Those that an application within reach answers, the newest first."""

    def ask() -> dict[str, str]:
        answered = within_reach(Application, actor).where(Application.call_id == Call.id).exists()
        in_order = select(Call.id, Call.title).order_by(Call.selection_fy.desc(), Call.id.desc())
        return {str(key): title for key, title in db.session.execute(in_order.where(answered))}

    return remembered(("calls of applications", shared_by(actor)), ask, HOUSE, CASES)


def _not_opened(value: str) -> Any:
    return not_opened(long_ago(calendar.now()) if value == "unopened_long" else None)


def _assignees() -> dict[str, Any]:
    names = {str(seat): name for seat, name in officers().items()}
    return {"mine": _("Myself"), "nobody": _("Nobody"), **names}


def _assigned_to(actor: Actor) -> Callable[[str], Any]:
    def where(value: str) -> Any:
        if value == "nobody":
            return lies_with_all()
        seat = actor.seat_id if value == "mine" else int(value)
        return Application.assignee_id == seat

    return where


def _prefectures() -> dict[str, str]:
    query = (
        select(Organisation.prefecture)
        .where(Organisation.body_kind == "prefecture")
        .order_by(Organisation.code)
    )
    return remembered("prefectures", lambda: {name: name for name in db.session.scalars(query)}, HOUSE)
