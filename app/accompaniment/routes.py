"""The log of a project: its page, and an entry of it, written, corrected, withdrawn."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from app import calendar
from app.accompaniment import entries, obstacle_routes  # noqa: F401 (its pages are of this blueprint)
from app.accompaniment.blueprint import OF_PROJECT, accompaniment, with_project
from app.accompaniment.forms import EntryForm, InternalEntryForm, OfficeEntryForm, WithdrawalForm
from app.accompaniment.knowledge import shared_from
from app.accompaniment.lists import entries_of
from app.accompaniment.models import OF_OFFICE, LogEntry, side_of
from app.accompaniment.on_record import obstacles_of
from app.db import db
from app.organisations.sessions import own_tenure
from app.projects.models import Project
from app.web.access import actor, can, needs, only_reads
from app.web.forms import form_page
from app.web.records import fetch, same_version
from app.web.timeline import timeline

__all__ = ["accompaniment"]


@accompaniment.get("/projects/<int:project_id>/log")
@needs("log.view")
def log(project_id: int) -> ResponseReturnValue:
    """What stands in the project's way, and what was done at its side, the newest first."""
    project = fetch(Project, project_id, *OF_PROJECT)
    listing = entries_of(project, actor(), request.args)
    return listing.response(
        "accompaniment/log.html",
        filename="log",
        project=project,
        obstacles=() if listing.is_file else obstacles_of(project),
        today=calendar.today(),
        reader=actor(),
    )


@accompaniment.route("/projects/<int:project_id>/log/new", methods=["GET", "POST"])
@needs("log.write")
def write(project_id: int) -> ResponseReturnValue:
    project = fetch(Project, project_id, *OF_PROJECT)
    of_office = side_of(actor().role) == OF_OFFICE
    form = OfficeEntryForm.fresh() if of_office else EntryForm.fresh()
    if only_reads():
        form.held_on.data = calendar.today()
    elif form.validate_on_submit():
        inside = isinstance(form, OfficeEntryForm) and bool(form.within_office.data)
        entries.write(project, **form.words, within_office=inside, actor=own_tenure(), at=calendar.now())
        db.session.commit()
        flash(_("It stands in the log."), "success")
        return redirect(url_for("accompaniment.log", project_id=project_id, _anchor="entries"))
    return form_page("accompaniment/write.html", form=form, project=project, entry=None)


@accompaniment.get("/log/<int:log_entry_id>")
@needs("log.view")
def entry(log_entry_id: int) -> ResponseReturnValue:
    """An entry with what happened to it and, for the side that wrote it and the office, how it read before."""
    return _page(_found(log_entry_id))


@accompaniment.route("/log/<int:log_entry_id>/edit", methods=["GET", "POST"])
@needs("log_entry.correct")
def correct(log_entry_id: int) -> ResponseReturnValue:
    found = _found(log_entry_id)
    if found.is_withdrawn:
        return _withdrawn(found)
    kind = InternalEntryForm if found.within_office else EntryForm
    form = kind.fresh(obj=found)
    if only_reads():
        form.version.data = found.version_id
    elif form.validate_on_submit():
        same_version(found, form.version.data)
        shown = isinstance(form, InternalEntryForm) and bool(form.shown.data)
        entries.correct(found, shown=shown, **form.words, actor=own_tenure(), at=calendar.now())
        db.session.commit()
        flash(_("Saved. The earlier wording is kept."), "success")
        return redirect(url_for("accompaniment.entry", log_entry_id=log_entry_id))
    return form_page("accompaniment/write.html", form=form, project=found.project, entry=found)


@accompaniment.route("/log/<int:log_entry_id>/withdrawal", methods=["GET", "POST"])
@needs("log_entry.correct")
def withdraw(log_entry_id: int) -> ResponseReturnValue:
    found = _found(log_entry_id)
    if found.is_withdrawn:
        return _withdrawn(found)
    form = WithdrawalForm()
    if form.validate_on_submit():
        entries.withdraw(found, reason=form.reason.data, actor=own_tenure(), at=calendar.now())
        db.session.commit()
        flash(_("It is withdrawn. The log says so, with the reason."), "success")
        return redirect(url_for("accompaniment.log", project_id=found.project_id, _anchor="entries"))
    return form_page("accompaniment/withdraw.html", form=form, entry=found)


def _found(log_entry_id: int) -> LogEntry:
    return fetch(LogEntry, log_entry_id, with_project(LogEntry.project), selectinload(LogEntry.editions))


def _page(found: LogEntry) -> ResponseReturnValue:
    return render_template(
        "accompaniment/entry.html",
        entry=found,
        project=found.project,
        happened=timeline(found),
        reads_whole=found.is_read_whole_by(actor()),
        shared=shared_from(found) if can("knowledge.publish") else None,
    )


def _withdrawn(found: LogEntry) -> ResponseReturnValue:
    flash(_("This entry was withdrawn, and is not changed any more."), "info")
    return redirect(url_for("accompaniment.entry", log_entry_id=found.id))
