"""The applications to a call and their results, as a list."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import MultiDict

from app import calendar
from app.actors import Actor
from app.applications.joint_models import JointApplicant
from app.applications.lists import NOT_SHOWN, word_search
from app.applications.models import Application
from app.lifecycle import APPLICATION, open_moves
from app.lifecycle.application import BEFORE_SUBMISSION, WITH_RESULT
from app.programmes.models import Call
from app.selection.forms import RESULTS
from app.web import shown
from app.web.i18n import state_label
from app.web.lists import Choice, Column, Listing, To
from app.web.records import within_reach

BODIES = (
    joinedload(Application.organisation),
    selectinload(Application.joint_applicants).joinedload(JointApplicant.organisation),
)


def results_list(call: Call, actor: Actor, args: MultiDict) -> Listing:
    """The applications to a call that were submitted, each with its provisional result."""
    listing = Listing(
        within_reach(Application, actor).where(Application.call_id == call.id),
        args,
        caption=_l("Applications and their results"),
        columns=[
            Column(
                "number",
                _l("No."),
                lambda it: it.number,
                sort=Application.sequence,
                shown=lambda it: shown.unbroken(it.number),
                to=To("applications.show", "application_id"),
            ),
            Column(
                "bodies",
                _l("Applicants"),
                lambda it: "、".join(body.full_name for body in it.submitted_bodies),
                shown=lambda it: shown.joined(map(shown.body, it.submitted_bodies), shown.NEW_LINE),
            ),
            Column(
                "title", _l("Project title"), lambda it: it.submitted_title, sort=Application.submitted_title
            ),
            Column(
                "state",
                _l("State"),
                lambda it: state_label(it),
                sort=Application.state,
                shown=shown.state_tag,
            ),
            Column("result", _l("Provisional result"), _result, shown=lambda it: acts.cell(it)),
            Column(
                "reasons",
                _l("Reasons"),
                lambda it: it.result.reasons if it.result else "",
                shown=lambda it: shown.as_typed(it.result.reasons if it.result else "–"),
            ),
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
        without=NOT_SHOWN,
        options=[
            selectinload(Application.joint_applicants),
            joinedload(Application.result),
        ],
        beside=[Application.organisation, (Application.joint_applicants, JointApplicant.organisation)],
    )
    acts = _Acts(listing, actor)
    return listing


def _result(application: Application) -> str:
    result = application.result
    return str(RESULTS["yes" if result.selected else "no"]) if result else ""


class _Acts:
    """The result of an application, and what whoever reads may do about it now."""

    def __init__(self, listing: Listing, actor: Actor) -> None:
        self.listing, self.actor, self.at = listing, actor, calendar.now()

    def cell(self, application: Application) -> Markup:
        has_result = application.result and application in WITH_RESULT
        found = [self.tags[application.result.selected]] if has_result else []
        among = ("start_review", "record_result", "change_result")
        open_now = {it.name for it in open_moves(application, self.actor, at=self.at, among=among)}
        if "start_review" in open_now:
            found.append(self.start_review(application.id))
        elif open_now:
            word = self.words["change_result" if "change_result" in open_now else "record_result"]
            text = shown.joined([word, shown.unseen(application.number)])
            found.append(shown.link(self.to_result(application.id), text))
        return shown.joined(found or ["–"], " ")

    @cached_property
    def tags(self) -> dict[bool, Markup]:
        return {True: shown.tag(RESULTS["yes"], "success"), False: shown.tag(RESULTS["no"])}

    @cached_property
    def words(self) -> dict[str, str]:
        return {"record_result": _("Record"), "change_result": _("Change")}

    @cached_property
    def to_result(self) -> Callable[[int], Markup]:
        return shown.addresses("selection.record_result", "application_id", list=self.listing.here)

    @cached_property
    def start_review(self) -> Callable[[int], Markup]:
        """A form of one button, as it stands in each row."""
        address = shown.addresses("selection.start_review", "application_id", list=self.listing.here)
        form = shown.component("post_button")
        return shown.repeated(form(address(shown.PLACE), _("Put under review"), size="small"))
