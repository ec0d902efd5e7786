"""Pages of a room: all of it on one, each section to be written, initiatives, documents."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from app import calendar
from app.db import db
from app.organisations.contacts import people_of
from app.projects.lists import BESIDE_IT, BODIES
from app.projects.models import Project
from app.questions.answering import Stale
from app.questions.definition import Section
from app.questions.forms import SectionForm, shown_questions
from app.questions.freezing import FrozenAnswer
from app.questions.giving_out import given_out
from app.questions.pages import Frame, both_answers, section_page
from app.rooms import initiatives, operations
from app.rooms.form import DOCUMENTS, ON_SITE, PLAN, room_form
from app.rooms.forms import InitiativeForm, InitiativeWithdrawalForm
from app.rooms.models import Initiative, Room
from app.rooms.plan import steps_of, timeline_of
from app.web.access import actor, needs, only_reads
from app.web.bodies import takes_files
from app.web.forms import form_page
from app.web.i18n import sentence_of
from app.web.records import LARGEST_ID, fetch, same_version
from app.web.timeline import timeline

rooms = Blueprint("rooms", __name__)
WHOLE = (joinedload(Project.call), BODIES)


@rooms.get("/projects/<int:project_id>/room")
@needs("room.view")
def show(project_id: int) -> str:
    """All that stands in the room, with what this person writes in it."""
    project = fetch(Project, project_id, joinedload(Project.applicants), beside=BESIDE_IT)
    room, today = operations.room_of(project), calendar.today()
    return render_template(
        "rooms/show.html",
        project=project,
        room=room,
        sections=[_shown(project, room, section) for section in _sections(room)],
        initiatives=initiatives.initiatives_of(project),
        writes=_writes(project, "initiatives"),
        plan=_plan(project, room),
        today=today,
        people=people_of([body.id for body in project.bodies], today),
        files=_addresses(project, room),
        on_site=ON_SITE,
        entries=timeline(project),
    )


@rooms.route("/projects/<int:project_id>/room/<room_section>", methods=["GET", "POST"])
@needs("room.edit")
@takes_files
def section(project_id: int, room_section: str) -> ResponseReturnValue:
    """One section of the room, as its form asks it."""
    project = fetch(Project, project_id, *WHOLE)
    back = url_for("rooms.show", project_id=project_id)
    room = operations.room_of(project)
    found = next((it for it in _sections(room) if it.key == room_section), None)
    if found is None:
        abort(404)
    if only_reads() and not _writes(project, room_section):
        flash(_why_closed(project, room_section), "info")
        return redirect(back)
    if room is None:
        room = _opened(project_id)
    return section_page(room.answered, found, _frame(room, found))


@rooms.get("/projects/<int:project_id>/room/documents/<int:file_id>")
@needs("room.view")
def document(project_id: int, file_id: int) -> ResponseReturnValue:
    """A file of the room, also one that was replaced since."""
    project = fetch(Project, project_id, *WHOLE)
    room = operations.room_of(project)
    file = next((it for it in room.answered.files if it.id == file_id), None) if room else None
    if file is None:
        abort(404)
    back = url_for("rooms.show", project_id=project_id), _("Project room")
    return given_out(file.in_answer(), back=back, caption=project.shown_title)


@rooms.route("/projects/<int:project_id>/initiatives", methods=["GET", "POST"])
@needs("room.edit")
def add_initiative(project_id: int) -> ResponseReturnValue:
    project, form = fetch(Project, project_id, *WHOLE), InitiativeForm()
    if only_reads() and not _writes(project, "initiatives"):
        flash(_why_closed(project, "initiatives"), "info")
        return redirect(url_for("rooms.show", project_id=project_id))
    if form.validate_on_submit():
        try:
            made = initiatives.add(project, form.values, actor=actor(), at=calendar.now())
        except (initiatives.NotKept, operations.Closed) as refused:
            db.session.rollback()
            form.name.errors = [sentence_of(refused)]
        else:
            db.session.commit()
            flash(_("Added: %(name)s", name=made.name), "success")
            return redirect(url_for("rooms.show", project_id=project_id, _anchor="initiatives"))
    return form_page("rooms/initiative.html", form=form, project=project, initiative=None)


@rooms.route("/projects/<int:project_id>/initiatives/<int:initiative_id>", methods=["GET", "POST"])
@needs("room.edit")
def change_initiative(project_id: int, initiative_id: int) -> ResponseReturnValue:
    project = fetch(Project, project_id, *WHOLE)
    initiative = _initiative(project, initiative_id)
    form = InitiativeForm(obj=initiative)
    if not initiative.counts:
        return _taken_off_meanwhile(project, form)
    if only_reads():
        if not _writes(project, "initiatives"):
            flash(_why_closed(project, "initiatives"), "info")
            return redirect(url_for("rooms.show", project_id=project_id))
        form.version.data = initiative.version_id
    elif form.validate_on_submit():
        try:
            same_version(initiative, form.version.data)
            initiatives.change(initiative, form.values, actor=actor(), at=calendar.now())
        except (initiatives.NotKept, operations.Closed) as refused:
            db.session.rollback()
            form.name.errors = [sentence_of(refused)]
        else:
            db.session.commit()
            flash(_("Saved: %(section)s", section=initiative.name), "success")
            return redirect(url_for("rooms.show", project_id=project_id, _anchor="initiatives"))
    return form_page("rooms/initiative.html", form=form, project=project, initiative=initiative)


@rooms.route("/projects/<int:project_id>/initiatives/<int:initiative_id>/withdrawal", methods=["GET", "POST"])
@needs("room.edit")
def withdraw_initiative(project_id: int, initiative_id: int) -> ResponseReturnValue:
    """What was entered by mistake is taken off for a reason, which the history keeps."""
    project = fetch(Project, project_id, *WHOLE)
    initiative, form = _initiative(project, initiative_id), InitiativeWithdrawalForm()
    back = url_for("rooms.show", project_id=project_id, _anchor="initiatives")
    if not _writes(project, "initiatives"):
        flash(_why_closed(project, "initiatives"), "info" if only_reads() else "warning")
        return redirect(back)
    if form.validate_on_submit():
        initiatives.withdraw(initiative, reason=form.reason.data or "", actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("Taken off: %(name)s. The history tells that it was there.", name=initiative.name), "success")
        return redirect(back)
    return form_page("rooms/withdraw_initiative.html", form=form, project=project, initiative=initiative)


def _frame(room: Room, section: Section) -> Frame:
    project, back = room.project, url_for("rooms.show", project_id=room.project_id)

    def save(form: SectionForm, by_itself: bool) -> None:
        try:
            operations.save(
                room,
                section.key,
                form.values,
                version=form.version.data,
                form=form.form_version.data,
                quietly=by_itself,
                actor=actor(),
                at=calendar.now(),
            )
        except operations.Closed:
            abort(403)

    def shown(form: SectionForm) -> str:
        form.file_url = lambda number: url_for("rooms.document", project_id=project.id, file_id=number)
        return render_template(
            "rooms/section.html",
            project=project,
            section=section,
            form=form,
            shown=shown_questions(room.answered, form),
            saved=room.answered.saves.get(section.key),
        )

    def both(form: SectionForm, stale: Stale, own: bool) -> str:
        around = {
            "here": url_for("rooms.section", project_id=project.id, room_section=section.key),
            "back_url": back,
            "back_label": _("Project room"),
            "caption": project.shown_title,
        }
        return both_answers(form, stale, own, around)

    return Frame(save, shown, both, after=lambda: redirect(back))


def _opened(project_id: int) -> Room:
    """A page to write on needs a room to write into; looking at it opens one."""
    operations.open_on_a_page(fetch(Project, project_id), at=calendar.now())
    room = operations.room_of(fetch(Project, project_id, *WHOLE))
    assert room is not None, "it has just been opened"
    return room


def _sections(room: Room | None) -> tuple[Section, ...]:
    return (room.answered.form if room else room_form()).sections


def _writes(project: Project, key: str) -> bool:
    if not actor().may("room.edit", project):
        return False
    try:
        operations.refuse_closed(project, key, actor())
    except operations.Closed:
        return False
    return True


def _why_closed(project: Project, key: str) -> str:
    try:
        operations.refuse_closed(project, key, actor())
    except operations.Closed as closed:
        return sentence_of(closed)
    return ""


def _shown(project: Project, room: Room | None, section: Section) -> dict[str, Any]:
    """A section as it is read: its answers, and where it is written by whoever may."""
    values = room.answered.values if room else {}
    return {
        "section": section,
        "answers": [
            FrozenAnswer(
                section.key, it.key, it.label, it, it.asked.freeze(values.get(it.key, it.asked.empty))
            )
            for it in section.questions
        ],
        "edit": url_for("rooms.section", project_id=project.id, room_section=section.key)
        if _writes(project, section.key)
        else None,
        "saved": room.answered.saves.get(section.key) if room else None,
    }


def _plan(project: Project, room: Room | None) -> Any:
    steps = steps_of(room.answered.value_of(PLAN) or ()) if room else []
    return timeline_of(steps, project.call.selection_fy, project.last_fy, calendar.today())


def _addresses(project: Project, room: Room | None) -> dict[str, str]:
    """SHA-256 of a document → where it is to be had."""
    return {
        file["sha256"]: url_for("rooms.document", project_id=project.id, file_id=file["id"])
        for file in (room.answered.value_of(DOCUMENTS) or () if room else ())
    }


def _initiative(project: Project, initiative_id: int) -> Initiative:
    found = initiatives.initiative_of(project, initiative_id) if initiative_id <= LARGEST_ID else None
    if found is None:
        abort(404)
    return found


def _taken_off_meanwhile(project: Project, form: InitiativeForm) -> ResponseReturnValue:
    """What was written into an initiative that is there no more stays on the page, which enters it anew."""
    if only_reads() or not _writes(project, "initiatives"):
        flash(_("This initiative was taken off."), "info")
        return redirect(url_for("rooms.show", project_id=project.id, _anchor="initiatives"))
    form.validate_on_submit()
    form.name.errors = [
        *form.name.errors,
        _("This initiative was taken off while you wrote. “Save” enters it anew, with what you wrote."),
    ]
    return form_page("rooms/initiative.html", form=form, project=project, initiative=None)
