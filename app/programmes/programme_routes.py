"""Pages of programmes: what each says of itself, seen by the office and written by officers."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from app import calendar
from app.db import db
from app.programmes import operations
from app.programmes.forms import NewProgrammeForm, ProgrammeForm
from app.programmes.models import Programme
from app.programmes.routes import programmes
from app.web.access import actor, needs, only_reads
from app.web.forms import form_page
from app.web.records import fetch, same_version, within_reach
from app.web.timeline import timeline


@programmes.get("/programmes")
@needs("programme.view")
def all_of_them() -> ResponseReturnValue:
    """Every programme, the oldest first: there are a handful."""
    found = db.session.scalars(within_reach(Programme, actor()).order_by(Programme.id)).all()
    return render_template("programmes/programmes.html", programmes=found)


@programmes.get("/programmes/<int:programme_id>")
@needs("programme.view")
def programme(programme_id: int) -> ResponseReturnValue:
    found = fetch(Programme, programme_id)
    return render_template("programmes/programme.html", programme=found, entries=timeline(found))


@programmes.route("/programmes/new", methods=["GET", "POST"])
@needs("programme.manage")
def begin_programme() -> ResponseReturnValue:
    form = NewProgrammeForm()
    if form.validate_on_submit():
        begun = operations.begin_programme(**form.values(), actor=actor(), at=calendar.now())
        if _key_is_free(form):
            flash(_("The programme is there. Draft its first call when it is time."), "success")
            return redirect(url_for("programmes.programme", programme_id=begun.id))
    return form_page("programmes/edit_programme.html", form=form, programme=None)


@programmes.route("/programmes/<int:programme_id>/edit", methods=["GET", "POST"])
@needs("programme.manage")
def edit_programme(programme_id: int) -> ResponseReturnValue:
    found = fetch(Programme, programme_id)
    form = ProgrammeForm(obj=found)
    if only_reads():
        form.version.data = found.version_id
    elif form.validate_on_submit():
        same_version(found, form.version.data)
        operations.edit_programme(found, **form.values(), actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(url_for("programmes.programme", programme_id=found.id))
    return form_page("programmes/edit_programme.html", form=form, programme=found)


def _key_is_free(form: NewProgrammeForm) -> bool:
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        form.key.errors = [_("Another programme has this name in addresses already; choose another.")]
        return False
    return True
