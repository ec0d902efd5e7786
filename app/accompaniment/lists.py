"""The entries of a log, the obstacles of all projects, and what can be known of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import func, true
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import MultiDict

from app import calendar
from app.accompaniment.labels import (
    ENTRY_LABELS,
    OBSTACLE_LABELS,
    SIDE_LABELS,
    entry_kind,
    in_words,
    obstacle_kind,
    side,
)
from app.accompaniment.models import BETWEEN, KnowledgeItem, LogEntry, Obstacle
from app.accompaniment.obstacles import ministries
from app.actors import Actor
from app.db import db
from app.lifecycle import OBSTACLE
from app.lifecycle.obstacle import OUTSTANDING
from app.permissions import OFFICE
from app.programmes.apart import in_list
from app.programmes.technologies import TECHNOLOGIES
from app.projects.lists import BODIES, named_bodies, shown_bodies
from app.projects.models import Project
from app.web import shown
from app.web.counting import SplitBar
from app.web.i18n import shown_date, shown_instant, standing, state_label
from app.web.lists import Choice, Column, Listing, Search, To
from app.web.records import within_reach

SOON = timedelta(days=7)  # before the day by which to act: then it is a task
ANY, NONE, GONE = "any", "none", "gone"


def entries_of(project: Project, actor: Actor, args: MultiDict) -> Listing:
    """The log of a project, the newest first. What was withdrawn says so to whoever saw it, and no more."""

    def unless_withdrawn(value: Callable[[LogEntry], Any]) -> Callable[[LogEntry], Any]:
        return lambda it: "" if it.is_withdrawn and not it.is_read_whole_by(actor) else value(it)

    columns = [
        Column("held_on", _l("Day"), unless_withdrawn(lambda it: shown_date(it.held_on)), sort=LogEntry.held_on, typed=unless_withdrawn(lambda it: it.held_on)),
        Column("entry_kind", _l("Kind"), unless_withdrawn(lambda it: entry_kind(it.entry_kind))),
        Column("participants", _l("Who took part"), unless_withdrawn(lambda it: it.participants)),
        Column("text", _l("What was done and said"), unless_withdrawn(lambda it: it.text)),
        Column("next_step", _l("Next step"), unless_withdrawn(lambda it: it.next_step)),
        Column("author", _l("Written by"), lambda it: f"{it.author} {it.author_seat}"),
        Column("withdrawn", _l("Withdrawn"), lambda it: it.withdrawal_reason),
    ]  # fmt: skip
    if actor.role in OFFICE:
        inside = Column(
            "within_office", _l("Within the office"), lambda it: _("Yes") if it.within_office else ""
        )
        columns.append(inside)
    return Listing(
        within_reach(LogEntry, actor).where(LogEntry.project_id == project.id),
        args,
        caption=_l("Log"),
        anchor="entries",
        per_page=20,
        columns=columns,
        filters=[
            Search("q", _l("Words in the log"), [LogEntry.search_text]),
            Choice("entry_kind", _l("Kind"), in_words(ENTRY_LABELS), where=lambda it: _not_withdrawn(it)),
        ],
        default_sort="-held_on",
    )


def _not_withdrawn(kind: str) -> Any:
    """What was withdrawn is of no kind to whoever may not read it."""
    return (LogEntry.entry_kind == kind) & LogEntry.withdrawn_at.is_(None)


def obstacle_list(actor: Actor, args: MultiDict) -> Listing:
    """Those of all projects that `actor` sees: the outstanding ones, unless another state is chosen."""
    today, visible = calendar.today(), within_reach(Obstacle, actor)
    states = {
        name: state_label(None, name, "obstacle") for name in OBSTACLE.states if name not in OUTSTANDING
    }
    if args.get("state") not in (*states, ANY):
        visible = visible.where(OUTSTANDING.of(Obstacle))
    programmes = in_list(Project.programme_id, lambda it: it.project.programme_id, join=Obstacle.project)
    names = ministries()
    due = {
        "late": (_l("Past its day"), Obstacle.late(today)),
        "soon": (_l("Within a week, or past its day"), Obstacle.late(today + SOON + timedelta(days=1))),
    }
    return Listing(
        visible,
        args,
        caption=_l("Obstacles"),
        columns=[
            Column(
                "title",
                _l("Obstacle"),
                lambda it: it.title,
                shown=lambda it: shown.own_direction(it.title),
                to=To("accompaniment.obstacle", "obstacle_id"),
                behind=lambda it: shown.sample(it.project.call),
            ),
            Column(
                "project",
                _l("Project"),
                lambda it: f"{_('No. %(number)s', number=it.project.number)} {named_bodies(it.project)}",
                shown=_project_cell(),
            ),
            *programmes.columns,
            Column("obstacle_kind", _l("Kind"), lambda it: obstacle_kind(it.obstacle_kind), sort=Obstacle.obstacle_kind),
            Column("ministry", _l("Ministry concerned"), lambda it: names.get(it.ministry_id, ""), sort=Obstacle.ministry_id),
            Column("acts", _l("Who must act"), lambda it: " ".join(filter(None, (side(it.acts), it.acts_name))), sort=Obstacle.acts),
            Column(
                "due_on",
                _l("By when"),
                lambda it: shown_date(it.due_on),
                sort=Obstacle.due_on,
                typed=lambda it: it.due_on,
                shown=_due_cell(today),
                short=False,
            ),
            Column("state", _l("State"), lambda it: state_label(it), sort=Obstacle.state, shown=shown.state_tag, by=standing),
            Column("text", _l("What it is"), lambda it: it.text, only_file=True),
            Column("outcome", _l("What became of it"), lambda it: it.outcome, only_file=True),
            Column("raised_at", _l("Put on record"), lambda it: shown_instant(it.raised_at), typed=lambda it: it.raised_at, only_file=True),
        ],
        filters=[
            Search("q", _l("Words in the obstacle"), [Obstacle.search_text]),
            *programmes.filters,
            Choice(
                "state",
                _l("State"),
                {**states, ANY: _l("All")},
                where=lambda it: true() if it == ANY else OBSTACLE.group(it).of(Obstacle),
                unchosen=state_label(None, OUTSTANDING.only, "obstacle"),
            ),
            Choice(
                "ministry",
                _l("Ministry concerned"),
                {**{str(key): name for key, name in names.items()}, NONE: _l("None")},
                where=lambda it: Obstacle.ministry_id.is_(None) if it == NONE else Obstacle.ministry_id == int(it),
            ),
            Choice("kind", _l("Kind"), in_words(OBSTACLE_LABELS), Obstacle.obstacle_kind),
            Choice("acts", _l("Who must act"), in_words(SIDE_LABELS), Obstacle.acts),
            Choice(
                "due", _l("By when"), {name: label for name, (label, _where) in due.items()}, where=lambda it: due[it][1]
            ),
        ],
        default_sort="due_on",
        options=(
            selectinload(Obstacle.project).options(BODIES, joinedload(Project.call)),
        ),
    )  # fmt: skip


def by_ministry(listing: Listing, actor: Actor) -> list[SplitBar]:
    """How many are outstanding for each ministry, the most first, and how many of these are past their day."""
    late = func.sum(func.coalesce(Obstacle.late(calendar.today()).cast(db.Integer), 0))
    query = (
        within_reach(Obstacle, actor)
        .where(OUTSTANDING.of(Obstacle))
        .with_only_columns(Obstacle.ministry_id, func.count(), late)
        .group_by(Obstacle.ministry_id)
        .order_by(func.count().desc(), Obstacle.ministry_id)
    )
    names = ministries()
    everything = {**dict.fromkeys(listing.chosen), "page": None, "sort": None}
    return [
        SplitBar(
            names.get(key) or _("No ministry concerned"),
            count,
            int(of_these),
            listing.address(**{**everything, "ministry": str(key or NONE)}),
        )
        for key, count, of_these in db.session.execute(query)
    ]


def knowledge_list(actor: Actor, args: MultiDict) -> Listing:
    """What is shared, the newest first. Nothing tells from which project it came."""
    filters: list[Search | Choice] = [
        Search("q", _l("Words in the questions and answers"), [KnowledgeItem.search_text]),
        Choice("topic", _l("What it is about"), in_words(OBSTACLE_LABELS), KnowledgeItem.topic),
        Choice(
            "technology",
            _l("Technology"),
            {name: name for name in TECHNOLOGIES},
            where=lambda it: KnowledgeItem.technologies_text.contains(f"{BETWEEN}{it}{BETWEEN}", autoescape=True),
        ),
    ]  # fmt: skip
    columns = [
        Column(
            "question",
            _l("Question or obstacle"),
            lambda it: it.question,
            shown=lambda it: shown.own_direction(it.question),
            to=To("accompaniment.knowledge_item", "knowledge_item_id"),
        ),
        Column("topic", _l("What it is about"), lambda it: obstacle_kind(it.topic), sort=KnowledgeItem.topic),
        Column("technologies", _l("Technology"), lambda it: BETWEEN.join(it.technologies)),
        Column(
            "published_at",
            _l("Shared on"),
            lambda it: shown_date(it.published_at),
            sort=KnowledgeItem.published_at,
            typed=lambda it: calendar.day_of(it.published_at),
            shown=lambda it: shown.moment(calendar.day_of(it.published_at), weekday=False),
            short=False,
        ),
        Column("answer", _l("What was learnt"), lambda it: it.answer, only_file=True),
    ]
    if actor.role in OFFICE:
        withdrawn = {GONE: _l("Withdrawn"), ANY: _l("All")}
        shared = Choice(
            "shared",
            _l("State"),
            withdrawn,
            where=lambda it: true() if it == ANY else KnowledgeItem.withdrawn_at.is_not(None),
            unchosen=_l("Shared"),
        )
        filters.append(shared)
        columns.append(
            Column(
                "withdrawn",
                _l("Withdrawn"),
                lambda it: shown_date(it.withdrawn_at) if it.withdrawn_at else "",
            )
        )
    query = within_reach(KnowledgeItem, actor)
    if actor.role not in OFFICE or args.get("shared") not in (GONE, ANY):
        query = query.where(KnowledgeItem.was_published)
    return Listing(
        query, args, caption=_l("Knowledge"), columns=columns, filters=filters, default_sort="-published_at"
    )


def _project_cell() -> Callable[[Obstacle], Markup]:
    to_log = shown.addresses("accompaniment.log", "project_id")

    def cell(obstacle: Obstacle) -> Markup:
        number = _("No. %(number)s", number=obstacle.project.number)
        log = shown.link(to_log(obstacle.project_id), number)
        return shown.joined([log, shown_bodies(obstacle.project)], shown.NEW_LINE)

    return cell


def _due_cell(today: date) -> Callable[[Obstacle], Markup]:
    late = shown.joined([" ", shown.tag(_("Late"), "error")])

    def cell(obstacle: Obstacle) -> Markup:
        return shown.moment(obstacle.due_on) + (late if obstacle.is_late(today) else shown.NOTHING)

    return cell
