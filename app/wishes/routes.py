"""Pages of wishes: of a project, as its body writes them, and the list of all for the office."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from app import calendar
from app.permissions import MUNICIPAL
from app.projects.lists import BESIDE_IT, BODIES
from app.projects.models import Project
from app.questions.answering import Stale
from app.questions.forms import SectionForm, shown_questions
from app.questions.freezing import FrozenAnswer
from app.questions.pages import Frame, both_answers, section_page
from app.web.access import actor, needs, only_reads
from app.web.arrival import arrived
from app.web.bodies import takes_files
from app.web.records import fetch
from app.web.timeline import timeline
from app.wishes import operations
from app.wishes.form import WISHES
from app.wishes.lists import wish_list
from app.wishes.models import Wish

wishes = Blueprint("wishes", __name__)
WHOLE = (joinedload(Project.call), BODIES)


@wishes.get("/wishes")
@needs("wish.list")
def index() -> ResponseReturnValue:
    return wish_list(actor(), request.args).response("wishes/index.html", filename="wishes")


@wishes.get("/projects/<int:project_id>/wishes")
@needs("wish.view")
def show(project_id: int) -> str:
    """That there is nothing to do; what one's own body wishes, to the office what each has said."""
    project = fetch(Project, project_id, joinedload(Project.applicants), beside=BESIDE_IT)
    of_body = actor().role in MUNICIPAL
    own = operations.wish_of(project, actor().organisation_id) if of_body else None
    found = [own] if own and own.said_at else [] if of_body else list(operations.said_about(project))
    return render_template(
        "wishes/show.html",
        project=project,
        of_body=of_body,
        wishes=[(it, _answers(it)) for it in found],
        is_open=operations.is_open(project, arrived()),
        last_year=operations.is_in_its_last_year(project),
        asked_from=operations.asked_from(project),
        open_until=operations.open_until(project),
        today=calendar.today(),
        happened=timeline(*found) if found else [],
    )


@wishes.route("/projects/<int:project_id>/wishes/edit", methods=["GET", "POST"])
@needs("wish.give")
@takes_files
def give(project_id: int) -> ResponseReturnValue:
    """The form; it may be sent empty, and changed until its day."""
    project = fetch(Project, project_id, *WHOLE)
    back = url_for("wishes.show", project_id=project_id)
    if only_reads() and not operations.is_open(project, arrived()):
        flash(_("This is not open now. There is nothing that you have to do."), "info")
        return redirect(back)
    wish = operations.wish_of(project, actor().organisation_id)
    if wish is None:
        operations.open_on_a_page(project_id, actor().organisation_id or 0, at=calendar.now())
        project = fetch(Project, project_id, *WHOLE)
        wish = operations.wish_of(project, actor().organisation_id)
    if wish is None:
        abort(404)
    return section_page(wish.answered, wish.answered.form.section(WISHES), _frame(project, wish, back))


def _frame(project: Project, wish: Wish, back: str) -> Frame:
    around = {"back_url": back, "back_label": _("After support"), "caption": project.shown_title}

    def save(form: SectionForm, by_itself: bool) -> None:
        operations.give(
            wish,
            form.values,
            version=form.version.data,
            form=form.form_version.data,
            quietly=by_itself,
            arrived=arrived(),
            actor=actor(),
            at=calendar.now(),
        )

    def shown(form: SectionForm) -> str:
        return render_template(
            "wishes/edit.html",
            form=form,
            shown=shown_questions(wish.answered, form),
            saved=wish.answered.saves.get(WISHES),
            until=operations.open_until(project),
            key=f"wishes-{wish.id}",
            **around,
        )

    def both(form: SectionForm, stale: Stale, own: bool) -> str:
        return both_answers(form, stale, own, {"here": request.path, **around})

    return Frame(save, shown, both, after=lambda: redirect(back))


def _answers(wish: Wish) -> list[FrozenAnswer]:
    """What was said, question by question."""
    values = wish.answered.values
    return [
        FrozenAnswer(WISHES, it.key, it.label, it, it.asked.freeze(values.get(it.key, it.asked.empty)))
        for it in wish.answered.form.section(WISHES).questions
    ]
