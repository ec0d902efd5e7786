"""The page of one section of a draft: shown, saved by itself, saved for now, or saved and gone on from.

It takes the autosave at the same address: the same entries, answered as JSON, nothing asked for that is still missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.applications import drafting, room
from app.applications.blueprint import page_after
from app.applications.models import Application
from app.applications.sections import name_of
from app.db import db
from app.web.access import actor, only_reads
from app.web.errors import wants_json
from app.web.forms import NOT_ONE_LINE, Form, told


def section_page(
    application: Application,
    key: str,
    form: Any,
    save: Callable[[bool], None],
    template: str,
    **context: Any,
) -> Any:
    """One section's page: shown, saved by itself, saved for now (unfinished), or saved and gone on from."""
    if only_reads():
        if not application.is_editable:
            flash(_("It cannot be edited now."), "info")
            return redirect(url_for("applications.show", application_id=application.id))
        form.version.data = application.version_of(key)
        return render_template(template, application=application, form=form, section=key, **context)
    by_itself, for_now = wants_json(), "for_now" in request.form
    refused = form.refuses()
    if refused and by_itself:
        return jsonify(error="refused", told=_why_not_saved(refused[0])), 422
    if refused or (not by_itself and not for_now and not form.validate()):
        return render_template(template, application=application, form=form, section=key, **context), 422
    try:
        save(by_itself)
    except room.TooMuch as problem:
        db.session.rollback()
        if by_itself:
            return jsonify(error="refused", told=told(problem)), 422
        form[problem.name].errors = [told(problem)]
        return render_template(template, application=application, form=form, section=key, **context), 422
    except drafting.Stale as stale:
        db.session.rollback()
        return _stale(application, stale, form, context.get("question"))
    db.session.commit()
    if by_itself:
        return jsonify(version=application.version_of(key))
    if for_now:
        flash(_("Saved for now. What is missing can be added until the deadline."), "success")
        return redirect(request.path)
    flash(
        _(
            "Saved: %(section)s",
            section=context["question"].label if "question" in context else name_of(key),
        ),
        "success",
    )
    return gone_on(application, key)


def _why_not_saved(field: Any) -> str:
    """For entries that are saved by themselves: nothing is taken out of a box in which somebody is typing."""
    if field.errors[0] not in NOT_ONE_LINE.values():
        return f"{field.label.text}: {field.errors[0]}"
    return _(
        "Not saved yet: “%(field)s” holds a line break or an invisible character. Use one of the buttons to save; it is "
        "taken out for you to check.",
        field=field.label.text,
    )


def gone_on(application: Application, key: str) -> Any:
    """To the task list, or where "save and next" was pressed to the section that follows."""
    if "next" in request.form:
        return redirect(page_after(application, key))
    return redirect(url_for("applications.show", application_id=application.id))


def _stale(application: Application, stale: drafting.Stale, form: Form, question: Any) -> Any:
    """Both texts, and the choice between them. Nothing is lost."""
    own = stale.saved_by_person == actor().person_id  # in another tab
    if wants_json():
        return jsonify(error="stale", by=stale.saved_by, own=own), 409
    form["version"].data = stale.version
    page = render_template(
        "applications/stale.html",
        application=application,
        stale=stale,
        own=own,
        form=form,
        question=question,
        theirs=[
            (form[name].label.text, _told(value))
            for name, value in stale.theirs.items()
            if value != stale.yours[name]
        ],
    )
    return page, 409


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return (value if isinstance(value, str) else "、".join(value)) or _("Not entered")
