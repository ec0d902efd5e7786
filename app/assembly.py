"""How the parts are put together: extensions, the shared web, every context's pages, the commands."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Flask, request
from flask.globals import request_ctx
from flask_login import LoginManager, current_user
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from jinja2.environment import Template, TemplateModule
from jinja2.runtime import Context
from werkzeug.local import LocalProxy
from werkzeug.middleware.proxy_fix import ProxyFix

from app import (
    calendar,
    head,  # noqa: F401 (it is told of each commit that wrote history)
    origins,
    security,
)
from app.connections import READING
from app.db import db
from app.history import origin
from app.lifecycle import group_tests
from app.permissions import MUNICIPAL, OFFICE
from app.version import VERSION
from app.web import bodies, clock, everybodys
from app.web.access import ASKS_NOBODY
from app.web.manifest import refuse_doubles
from config import ROOT

login = LoginManager()
csrf = CSRFProtect()
migrate = Migrate()


class HouseTemplate(Template):
    """A component that is imported is the same for all pages: all it knows is global.

    Jinja compares the names of that for each import anew, and a page has twenty.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module(None)


def extensions(app: Flask) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), compare_type=True, render_as_batch=True)
    # Before the token is looked for: what answers a stale one asks for the time and the origin, and reads the body.
    app.before_request(_begin)
    app.teardown_request(_end)
    app.before_request(bodies.limit)
    csrf.init_app(app)
    # Its context processor would ask the database who is signed in on every page, also on that of a database away.
    login.init_app(app, add_context_processor=False)
    everybodys.init_app(app)
    if app.config["TRUSTED_PROXIES"]:
        count = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def _begin() -> None:
    from app.organisations import sessions

    if request_ctx.url_adapter is None and request.routing_exception:
        raise request.routing_exception  # the host is none: nothing further can be asked of such a request
    READING.set(request.method in ("GET", "HEAD", "OPTIONS"))
    origin.set(origins.on_record(request.remote_addr))
    if request.endpoint not in ASKS_NOBODY:
        sessions.look_up()
        clock.sync()


def _end(_error: BaseException | None) -> None:
    READING.set(False)  # what follows in this thread is no request, and may write


def web(app: Flask) -> None:
    from app.programmes import voice
    from app.questions import earlier
    from app.safekeeping import checking
    from app.web import (
        access,
        assets,
        errors,
        headers,
        i18n,
        languages,
        moves,
        outgoing,
        parts,
        shown,
        strip,
        timeline,
        walk,
    )
    from app.web.templating import drawn_once

    app.before_request(access.guard)
    app.after_request(headers.harden)
    app.session_interface = headers.PageSessions()
    outgoing.init_app(app)
    i18n.init_app(app)
    app.jinja_env.globals["_"] = partial(shown.message, app.extensions["babel"].instance.domain_instance)
    languages.init_app(app)
    assets.init_app(app)
    errors.init_app(app)
    security.init_app(app)
    app.jinja_env.tests.update(group_tests())
    app.jinja_env.globals.update(
        can=access.can,
        moves_open_to=moves.moves_open_to,
        move_is_open=moves.move_is_open,
        lifecycle_steps=strip.lifecycle_steps,
        acts_next=strip.acts_next,
        timeline_of=timeline.timeline,
        days_until=calendar.days_until,
        time_until=calendar.time_until,
        in_list=walk.in_list,
        parts_of=parts.parts_of,
        masthead=voice.masthead,
        name_of=voice.name_of,
        ministry_of=voice.ministry_of,
        voice_of=voice.voice_of,
        all_programmes=voice.all_programmes,
        VERSION=VERSION,
        earlier_files=earlier.earlier_files,
        VERDICTS=checking.VERDICTS,
        verdicts_of=checking.verdicts_of,
        infected_in=checking.infected_in,
        shown=shown,
        drawn_once=drawn_once,
        whoever=access.whoever,
    )
    app.context_processor(_shared)
    app.jinja_env.template_class = HouseTemplate
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def contexts(app: Flask) -> None:
    """Put in what each context brings, by its manifest.

    They stand in the order in which people meet them, which is that of the menu and of what a page shows of several:
    a programme calls, a body applies, a panel selects, a project runs, a council meets; then what all of them use.
    """
    from app import (
        accompaniment,
        accounts,
        applications,
        changing,
        continuation,
        conversations,
        correspondence,
        councils,
        demo,
        evaluation,
        health,
        home,
        jobs,
        kpis,
        mergers,
        organisations,
        programmes,
        projects,
        proof,
        reporting,
        reports,
        rooms,
        rotation,
        schedule,
        selection,
        surveys,
        web,
        wishes,
    )

    found = app.extensions["manifests"] = tuple(
        each.MANIFEST
        for each in (
            home, programmes, applications, conversations, selection, projects, continuation, changing, rooms, kpis, accompaniment, surveys,
            rotation, councils, mergers, evaluation, wishes, reports,
            correspondence, schedule, organisations, accounts, reporting, demo, proof, web, jobs, health,
        )
    )  # fmt: skip
    refuse_doubles(found)
    jobs.refuse_unplaced(found)
    for each in found:
        if each.blueprint:
            app.register_blueprint(each.blueprint)
    if app.config["ENV"] in ("development", "demo"):
        from app.home.styleguide import styleguide

        app.register_blueprint(styleguide)
    _signing_in(app)


def _signing_in(app: Flask) -> None:
    """Every request asks who sends it, and notes the session's use."""
    from app.organisations import devices, sessions

    login.user_loader(sessions.find)
    app.after_request(sessions.note_use)
    app.after_request(devices.hand_out)


def commands(app: Flask) -> None:
    from app.web.commands import LateCommands

    def load(app: Flask) -> None:
        from app import cli

        cli.register(app)

    app.cli = LateCommands(app, load)


def _shared() -> dict[str, Any]:
    from app.home.navigation import navigation
    from app.web import clock

    return {
        # A proxy: pages of errors never ask for it, and so never ask the database who is signed in.
        "navigation": LocalProxy(navigation),
        "current_user": current_user,
        "demo_today": calendar.today() if clock.in_demo() else None,
        "MUNICIPAL": MUNICIPAL,
        "OFFICE": OFFICE,
    }
