"""Pages of consultants: one is let in, the day is changed, it is ended. The approver does so; the editors see who is in."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload
from wtforms import StringField, TextAreaField
from wtforms.validators import ValidationError

from app import calendar
from app.applications import delegations
from app.applications.blueprint import applications
from app.applications.delegation_models import Delegation
from app.applications.models import Application
from app.db import db
from app.lifecycle import must_be_open
from app.organisations.forms import Address
from app.web.access import actor, needs
from app.web.forms import AtMost, DateField, Form, Required, form_page, half_width
from app.web.i18n import sentence_of, shown_date
from app.web.records import fetch
from app.web.timeline import timeline

WITH_ITS_CASE = (
    joinedload(Delegation.application).joinedload(Application.call),
    joinedload(Delegation.application).joinedload(Application.organisation),
)


def _last_day() -> DateField:
    return DateField(
        _l("They can edit until"),
        [Required()],
        description=_l("To the end of this day; afterwards they see nothing of it any more."),
    )


class DayForm(Form):
    until = _last_day()

    application: Application

    def validate_until(self, field: DateField) -> None:
        today = calendar.today()
        last = delegations.last_day_offered(self.application, today)
        if field.data is not None and not today <= field.data <= last:
            raise ValidationError(
                _("Choose a day from today on, and not after %(last)s.", last=shown_date(last, weekday=False))
            )


class LetInForm(DayForm):
    """In the order of the page, in which what is wrong is listed too."""

    company = StringField(
        _l("Company"),
        [Required(), AtMost(80)],
        description=_l("It stands beside the name at all that they save."),
    )
    name = StringField(_l("Name"), [Required(), AtMost(100)])
    email = StringField(
        _l("E-mail address"),
        [Required(), Address()],
        description=_l(
            "The consultant's own address; they sign in with it. Somebody already known keeps their password."
        ),
        filters=[half_width],
    )
    until = _last_day()
    purpose = TextAreaField(
        _l("What they are to do"), [AtMost(500)], description=_l("It is told to them by mail.")
    )


@applications.route("/applications/<int:application_id>/consultants", methods=["GET", "POST"])
@needs("delegation.manage")
def let_in(application_id: int) -> ResponseReturnValue:
    """A second click finds whom the first let in, and says until when."""
    application, at = _application(application_id), calendar.now()
    must_be_open(application, "let_in", actor=actor(), at=at)
    form = LetInForm()
    form.application = application
    if not form.is_submitted():
        form.until.data = delegations.day_proposed(application, calendar.day_of(at))
    if form.validate_on_submit():
        try:
            made = delegations.let_in(
                application,
                name=form.name.data or "",
                company=form.company.data or "",
                email=form.email.data or "",
                until=form.until.data,
                purpose=form.purpose.data or "",
                actor=actor(),
                at=at,
            )
        except delegations.LetInAlready as already:
            db.session.rollback()
            flash(_("This address is let in already. To choose another day, do it here."), "info")
            return redirect(url_for("applications.delegation", delegation_id=already.delegation.id))
        except delegations.NotLetIn as refused:
            db.session.rollback()
            form.email.errors = [sentence_of(refused)]
        else:
            db.session.commit()
            flash(
                _("%(name)s can edit this application until %(day)s, and is told by mail.",
                  name=made.name, day=shown_date(made.until)),
                "success",
            )  # fmt: skip
            return redirect(url_for("applications.show", application_id=application_id))
    return form_page("applications/let_in.html", form=form, application=application)


@applications.get("/delegations/<int:delegation_id>")
@needs("delegation.view")
def delegation(delegation_id: int) -> str:
    """Who is let in, by whom and until when; the approver chooses another day here, or ends it."""
    found = fetch(Delegation, delegation_id, *WITH_ITS_CASE)
    return render_template("applications/delegation.html", delegation=found, entries=timeline(found))


@applications.route("/delegations/<int:delegation_id>/day", methods=["GET", "POST"])
@needs("delegation.manage")
def choose_day(delegation_id: int) -> ResponseReturnValue:
    found = fetch(Delegation, delegation_id, *WITH_ITS_CASE)
    must_be_open(found, "choose_day", actor=actor(), at=calendar.now())
    form = DayForm()
    form.application = found.application
    if not form.is_submitted():
        form.until.data = found.until
    if form.validate_on_submit():
        delegations.choose_day(found, until=form.until.data, actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("The last day is %(day)s now.", day=shown_date(form.until.data)), "success")
        return redirect(url_for("applications.delegation", delegation_id=delegation_id))
    return form_page("applications/choose_day.html", form=form, delegation=found)


@applications.post("/delegations/<int:delegation_id>/revocation")
@needs("delegation.manage")
def revoke(delegation_id: int) -> ResponseReturnValue:
    delegations.revoke(fetch(Delegation, delegation_id, *WITH_ITS_CASE), actor=actor(), at=calendar.now())
    db.session.commit()
    flash(_("It is ended: the consultant sees and edits nothing any more."), "success")
    return redirect(url_for("applications.delegation", delegation_id=delegation_id))


def _application(application_id: int) -> Application:
    return fetch(
        Application, application_id, joinedload(Application.call), joinedload(Application.organisation)
    )
