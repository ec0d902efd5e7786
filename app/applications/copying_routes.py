"""The page on which answers are copied from an earlier application of the body."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload
from wtforms import HiddenField, SelectMultipleField

from app import calendar
from app.applications import copying
from app.applications.blueprint import applications, section_url
from app.applications.models import ANSWERED, JOINT_BODIES, Application
from app.applications.sections import section_keys
from app.db import db
from app.questions.answering import Locked
from app.questions.kind import Unreadable
from app.questions.room import TooMuch
from app.web.access import actor, needs
from app.web.forms import Form, form_page
from app.web.i18n import sentence_of
from app.web.records import fetch


class CopyForm(Form):
    """`seen` are the versions of the sections as the page showed them: basics:3 technologies:0 …"""

    seen = HiddenField()
    question = SelectMultipleField(_l("Answers to copy"), validate_choice=False)

    @property
    def versions(self) -> dict[str, int]:
        pairs = (part.rpartition(":") for part in (self.seen.data or "").split())
        return {key: int(number) for key, _colon, number in pairs if number.isdecimal() and len(number) < 10}


@applications.route("/applications/<int:application_id>/copy", methods=["GET", "POST"])
@needs("application.copy")
def copy_answers(application_id: int) -> ResponseReturnValue:
    """First which application is copied from; then its answers beside those of this one, each with a box to tick."""
    application = fetch(Application, application_id, joinedload(Application.call), *ANSWERED, JOINT_BODIES)
    if not application.is_editable:
        flash(_("It cannot be edited now."), "info")
        return redirect(url_for("applications.show", application_id=application_id))
    sources = copying.sources_for(application)
    chosen, section = request.args.get("from", ""), request.args.get("section", "")
    source = next((it for it in sources if it.key == chosen), None)
    if chosen and source is None:
        abort(404)
    form, problem = CopyForm(), ""
    if source and form.validate_on_submit():
        if not form.question.data:
            problem = _("No answer was chosen. Tick those to copy.")
        else:
            problem = _copied(application, source, form)
            if not problem:
                return redirect(_back(application, section))
    return _page(application, sources, source, section, problem)


def _copied(application: Application, source: copying.Source, form: CopyForm) -> str:
    """Copies; what is wrong where nothing was copied."""
    labels = {key: str(it.label) for key, it in application.answered.form.questions.items()}
    try:
        outcome = copying.copy(
            application,
            source,
            set(form.question.data or ()),
            seen=form.versions,
            actor=actor(),
            at=calendar.now(),
        )
    except copying.ChangedMeanwhile:
        db.session.rollback()
        return _(
            "Nothing was copied: somebody saved one of these sections meanwhile. Look once more at what stands there now."
        )
    except (TooMuch, Unreadable, Locked) as refused:
        db.session.rollback()
        return _("Nothing was copied: %(why)s", why=sentence_of(refused))
    db.session.commit()
    if outcome.done:
        flash(
            _("Answers copied: %(count)s. Check whether they still hold.", count=len(outcome.done)), "success"
        )
    if outcome.not_asked:
        names = _(", ").join(labels[key] for key in outcome.not_asked)
        flash(
            _(
                "Not copied, because another answer has it that they are not asked: %(questions)s",
                questions=names,
            ),
            "warning",
        )
    if outcome.lost:
        flash(
            _(
                "These files could not be read and were not copied: %(names)s",
                names=_(", ").join(outcome.lost),
            ),
            "warning",
        )
    return ""


def _back(application: Application, section: str) -> str:
    """To the section that was open, where one was."""
    if section in section_keys(application):
        return section_url(application, section)
    return url_for("applications.show", application_id=application.id)


def _page(
    application: Application,
    sources: list[copying.Source],
    source: copying.Source | None,
    section: str,
    problem: str,
) -> ResponseReturnValue:
    names = section_keys(application)
    found = copying.offered(application, source) if source else None
    form = CopyForm(formdata=None)
    form.seen.data = " ".join(f"{key}:{version}" for key, version in copying.versions_of(application).items())
    ticked = set(request.form.getlist("question")) if problem else None
    offers: list[dict[str, Any]] = [
        {
            "offer": it,
            "ticked": it.key in ticked
            if ticked is not None
            else not (it.overwrites or it.is_worded_otherwise),
        }
        for it in (found.offers if found else ())
        if section not in names or it.section == section
    ]
    return form_page(
        "applications/copy.html",
        form=form,
        wrong=bool(problem),
        problem=problem,
        application=application,
        sources=sources,
        source=source,
        section=section if section in names else "",
        section_names=names,
        offers=offers,
        unfit=found.unfit if found else (),
    )
