"""Obstacles: the list of all projects, the page of one, and what is done about it."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

from app import calendar
from app.accompaniment import knowledge, obstacles
from app.accompaniment.blueprint import OF_PROJECT, accompaniment, with_project
from app.accompaniment.forms import GivingUpForm, ObstacleForm, OutcomeForm, ReopeningForm
from app.accompaniment.lists import by_ministry, obstacle_list
from app.accompaniment.models import Obstacle
from app.db import db
from app.lifecycle import OBSTACLE, is_open
from app.organisations.operations import Refused
from app.organisations.sessions import own_tenure
from app.projects.models import Project
from app.web.access import actor, can, needs, only_reads
from app.web.forms import Form, form_page
from app.web.i18n import sentence_of
from app.web.lists import Listing
from app.web.records import fetch, same_version
from app.web.timeline import timeline
from app.web.walk import leads_to, walk_of


@leads_to("obstacle", "accompaniment.obstacles")
def listing(args: MultiDict) -> Listing:
    return obstacle_list(actor(), args)


@accompaniment.get("/obstacles", endpoint="obstacles")
@needs("obstacle.list")
def all_obstacles() -> ResponseReturnValue:
    """Those of all projects, and how many there are for each ministry."""
    found = listing(request.args)
    return found.response(
        "accompaniment/obstacles.html",
        filename="obstacles",
        bars=() if found.is_file else by_ministry(found, actor()),
    )


@accompaniment.route("/projects/<int:project_id>/obstacles/new", methods=["GET", "POST"])
@needs("obstacle.raise")
def raise_obstacle(project_id: int) -> ResponseReturnValue:
    project = fetch(Project, project_id, *OF_PROJECT)
    form = ObstacleForm.fresh()
    if form.validate_on_submit():
        try:
            made = obstacles.record_one(project, **form.facts, actor=own_tenure(), at=calendar.now())
        except Refused as problem:
            form.due_on.errors = [sentence_of(problem)]
        else:
            db.session.commit()
            flash(_("The obstacle is on record."), "success")
            return redirect(url_for("accompaniment.obstacle", obstacle_id=made.id))
    return form_page("accompaniment/obstacle_form.html", form=form, project=project, obstacle=None)


@accompaniment.get("/obstacles/<int:obstacle_id>")
@needs("obstacle.view")
def obstacle(obstacle_id: int) -> ResponseReturnValue:
    found = _found(obstacle_id)
    return render_template(
        "accompaniment/obstacle.html",
        obstacle=found,
        project=found.project,
        happened=timeline(found),
        walk=walk_of(found) if can("obstacle.list") else None,
        today=calendar.today(),
        shared=knowledge.shared_from(found) if can("knowledge.publish") else None,
    )


@accompaniment.route("/obstacles/<int:obstacle_id>/edit", methods=["GET", "POST"])
@needs("obstacle.settle")
def revise(obstacle_id: int) -> ResponseReturnValue:
    found = _found(obstacle_id)
    if not _may_still(found, "revise"):
        return _moved_on(found)
    form = ObstacleForm.fresh(obj=found)
    form.keeps = found.due_on
    if only_reads():
        form.version.data = found.version_id
        form.ministry_id.data = str(found.ministry_id or "")
    elif form.validate_on_submit():
        same_version(found, form.version.data)
        try:
            obstacles.revise(found, **form.facts, actor=own_tenure(), at=calendar.now())
        except Refused as problem:
            form.due_on.errors = [sentence_of(problem)]
        else:
            db.session.commit()
            flash(_("Saved. What it was before stands in its history."), "success")
            return _back(found)
    return form_page("accompaniment/obstacle_form.html", form=form, project=found.project, obstacle=found)


@accompaniment.route("/obstacles/<int:obstacle_id>/resolution", methods=["GET", "POST"])
@needs("obstacle.settle")
def resolve(obstacle_id: int) -> ResponseReturnValue:
    form = OutcomeForm()
    return _settled(obstacle_id, "resolve", form, lambda it: obstacles.resolve(
        it, outcome=form.outcome.data, actor=own_tenure(), at=calendar.now()
    ))  # fmt: skip


@accompaniment.route("/obstacles/<int:obstacle_id>/giving-up", methods=["GET", "POST"])
@needs("obstacle.settle")
def give_up(obstacle_id: int) -> ResponseReturnValue:
    form = GivingUpForm()
    return _settled(obstacle_id, "give_up", form, lambda it: obstacles.give_up(
        it, outcome=form.outcome.data, actor=own_tenure(), at=calendar.now()
    ))  # fmt: skip


@accompaniment.route("/obstacles/<int:obstacle_id>/reopening", methods=["GET", "POST"])
@needs("obstacle.settle")
def reopen(obstacle_id: int) -> ResponseReturnValue:
    form = ReopeningForm()
    return _settled(obstacle_id, "reopen", form, lambda it: obstacles.reopen(
        it, reason=form.reason.data, due_on=form.due_on.data, actor=own_tenure(), at=calendar.now()
    ))  # fmt: skip


def _settled(
    obstacle_id: int, name: str, form: Form, settle: Callable[[Obstacle], None]
) -> ResponseReturnValue:
    """A move that asks for a text."""
    found = _found(obstacle_id)
    if not _may_still(found, name):
        return _moved_on(found)
    if form.validate_on_submit():
        settle(found)
        db.session.commit()
        flash(_("It is recorded."), "success")
        return _back(found)
    return form_page(
        "accompaniment/settle.html",
        form=form,
        obstacle=found,
        project=found.project,
        move=OBSTACLE.moves[name],
    )


def _may_still(found: Obstacle, name: str) -> bool:
    """Somebody else may have settled it meanwhile, or taken it up again."""
    return is_open(found, name, actor=actor(), at=calendar.now())


def _moved_on(found: Obstacle) -> ResponseReturnValue:
    flash(_("This is not possible any more: see below what has happened to the obstacle."), "info")
    return _back(found)


def _back(found: Obstacle) -> ResponseReturnValue:
    return redirect(url_for("accompaniment.obstacle", obstacle_id=found.id))


def _found(obstacle_id: int) -> Obstacle:
    return fetch(Obstacle, obstacle_id, with_project(Obstacle.project), joinedload(Obstacle.ministry))
