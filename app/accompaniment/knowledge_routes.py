"""Knowledge: the list that everybody with a project reads, an item, and what officers make, reword and withdraw."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import MultiDict

from app import calendar
from app.accompaniment import knowledge
from app.accompaniment.blueprint import accompaniment, with_project
from app.accompaniment.forms import KnowledgeForm, KnowledgeWithdrawalForm, mark_of
from app.accompaniment.lists import knowledge_list
from app.accompaniment.models import OTHER, KnowledgeItem, LogEntry, Obstacle
from app.db import db
from app.lifecycle import NotAllowed
from app.lifecycle.obstacle import RESOLVED
from app.organisations.operations import Refused
from app.permissions import OFFICE
from app.web.access import actor, needs, only_reads
from app.web.forms import form_page
from app.web.i18n import sentence_of
from app.web.lists import Listing
from app.web.records import fetch, same_version
from app.web.timeline import timeline
from app.web.walk import leads_to, walk_of

KNOWLEDGE_WITHIN = {
    f"accompaniment.{name}": "accompaniment.knowledge"
    for name in ("knowledge", "knowledge_item", "reword", "withdraw_knowledge")
}


@leads_to("knowledge_item", "accompaniment.knowledge")
def listing(args: MultiDict) -> Listing:
    return knowledge_list(actor(), args)


@accompaniment.get("/knowledge", endpoint="knowledge")
@needs("knowledge.view")
def all_knowledge() -> ResponseReturnValue:
    return listing(request.args).response("accompaniment/knowledge.html", filename="knowledge")


@accompaniment.get("/knowledge/<int:knowledge_item_id>")
@needs("knowledge.view")
def knowledge_item(knowledge_item_id: int) -> ResponseReturnValue:
    """The question and what was learnt; for the office also where it came from, and how it read before."""
    of_office = actor().role in OFFICE
    found = _found(knowledge_item_id) if of_office else fetch(KnowledgeItem, knowledge_item_id)
    return render_template(
        "accompaniment/knowledge_item.html",
        item=found,
        source=found.source if of_office else None,
        walk=walk_of(found),
        happened=timeline(found) if of_office else (),
    )


@accompaniment.route("/obstacles/<int:obstacle_id>/knowledge", methods=["GET", "POST"])
@needs("knowledge.publish")
def share(obstacle_id: int) -> ResponseReturnValue:
    found = fetch(Obstacle, obstacle_id, with_project(Obstacle.project))
    back = url_for("accompaniment.obstacle", obstacle_id=obstacle_id)
    prefilled = {"topic": found.obstacle_kind, "question": found.title, "answer": found.outcome}
    return _shared(found, back, prefilled, is_open=found in RESOLVED)


@accompaniment.route("/log/<int:log_entry_id>/knowledge", methods=["GET", "POST"])
@needs("knowledge.publish")
def share_entry(log_entry_id: int) -> ResponseReturnValue:
    found = fetch(LogEntry, log_entry_id, with_project(LogEntry.project))
    back = url_for("accompaniment.entry", log_entry_id=log_entry_id)
    prefilled = {"topic": OTHER, "question": "", "answer": found.text}
    return _shared(found, back, prefilled, is_open=not found.is_withdrawn)


@accompaniment.route("/knowledge/<int:knowledge_item_id>/edit", methods=["GET", "POST"])
@needs("knowledge_item.edit")
def reword(knowledge_item_id: int) -> ResponseReturnValue:
    found = _found(knowledge_item_id)
    if not found.was_published:
        return _withdrawn(found)
    form = KnowledgeForm.fresh(obj=found)
    named: list[str] = []
    if only_reads():
        form.version.data = found.version_id
    elif form.validate_on_submit():
        same_version(found, form.version.data)
        try:
            knowledge.reword(
                found,
                **form.words,
                confirmed=_confirmed(form, found.source),
                actor=actor(),
                at=calendar.now(),
            )
        except knowledge.StillNamed as problem:
            named = _tell_names(form, problem)
        else:
            db.session.commit()
            flash(
                _("Saved. The new wording is read at once; the earlier one is kept for the office."),
                "success",
            )
            return redirect(url_for("accompaniment.knowledge_item", knowledge_item_id=found.id))
    return _form_page(form, found.source, named, item=found)  # fmt: skip


@accompaniment.route("/knowledge/<int:knowledge_item_id>/withdrawal", methods=["GET", "POST"])
@needs("knowledge_item.edit")
def withdraw_knowledge(knowledge_item_id: int) -> ResponseReturnValue:
    found = _found(knowledge_item_id)
    if not found.was_published:
        return _withdrawn(found)
    form = KnowledgeWithdrawalForm()
    if form.validate_on_submit():
        knowledge.withdraw(found, reason=form.reason.data, actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("It is withdrawn. Nobody outside the office reads it any more."), "success")
        return redirect(url_for("accompaniment.knowledge_item", knowledge_item_id=found.id))
    return form_page("accompaniment/withdraw_knowledge.html", form=form, item=found)


def _shared(
    source: LogEntry | Obstacle, back: str, prefilled: dict[str, Any], *, is_open: bool
) -> ResponseReturnValue:
    """The form, filled in with what is on record; published once no name stands in it, or each is confirmed."""
    if made := knowledge.shared_from(source):
        flash(_("This is shared as knowledge already."), "info")
        return redirect(url_for("accompaniment.knowledge_item", knowledge_item_id=made.id))
    if not is_open:
        flash(
            _("Only an obstacle that is resolved, or an entry that stands in the log, can be shared."), "info"
        )
        return redirect(back)
    form = KnowledgeForm.fresh(formdata=None if only_reads() else request.form)
    named: list[str] = []
    if only_reads():
        form.process(data={**prefilled, "technologies": knowledge.technologies_of(source)})
        named = knowledge.names_in(form.question.data, form.answer.data, source)
        form.named.data = mark_of(named) if named else ""
    elif form.validate_on_submit():
        try:
            item = knowledge.publish(
                source, **form.words, confirmed=_confirmed(form, source), actor=actor(), at=calendar.now()
            )
        except knowledge.StillNamed as problem:
            named = _tell_names(form, problem)
        except (Refused, NotAllowed) as problem:
            db.session.rollback()
            sentence = (
                sentence_of(problem) if isinstance(problem, Refused) else _("This is not possible any more.")
            )
            flash(sentence, "warning")
            return redirect(back)
        else:
            db.session.commit()
            flash(_("It is shared with all local governments that carry a project."), "success")
            return redirect(url_for("accompaniment.knowledge_item", knowledge_item_id=item.id))
    return _form_page(form, source, named, item=None)  # fmt: skip


def _confirmed(form: KnowledgeForm, source: LogEntry | Obstacle) -> list[str]:
    found = knowledge.names_in(form.question.data, form.answer.data, source)
    return found if form.confirms(found) else []


def _tell_names(form: KnowledgeForm, problem: knowledge.StillNamed) -> list[str]:
    names = _(", ").join(_("“%(name)s”", name=name) for name in problem.names)
    form.answer.errors = [
        _("Names still stand in the text: %(names)s. Take them out, or confirm below.", names=names)
    ]
    form.named.data, form.confirmed.data = mark_of(problem.names), False
    return problem.names


def _form_page(
    form: KnowledgeForm, source: LogEntry | Obstacle, named: list[str], *, item: KnowledgeItem | None
) -> ResponseReturnValue:
    return form_page("accompaniment/share.html", form=form, source=source, named=named, item=item)


def _found(knowledge_item_id: int) -> KnowledgeItem:
    """With where it came from: for the office alone."""
    return fetch(
        KnowledgeItem,
        knowledge_item_id,
        selectinload(KnowledgeItem.editions),
        joinedload(KnowledgeItem.log_entry).options(with_project(LogEntry.project)),
        joinedload(KnowledgeItem.obstacle).options(with_project(Obstacle.project)),
    )


def _withdrawn(found: KnowledgeItem) -> ResponseReturnValue:
    flash(_("This was withdrawn, and is not changed any more."), "info")
    return redirect(url_for("accompaniment.knowledge_item", knowledge_item_id=found.id))
