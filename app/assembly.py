"""How the parts are put together: extensions, the shared web, every context's pages, the commands."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, request
from flask.globals import request_ctx
from flask_login import LoginManager, current_user
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.local import LocalProxy
from werkzeug.middleware.proxy_fix import ProxyFix

from app import (
    calendar,
    head,  # noqa: F401 (it is told of each commit that wrote history)
    origins,
    security,
)
from app.db import _reading, db, origin
from app.lifecycle import group_tests
from app.permissions import MUNICIPAL, OFFICE
from app.version import VERSION
from app.web import bodies, clock
from app.web.access import ASKS_NOBODY
from config import ROOT

login = LoginManager()
csrf = CSRFProtect()
migrate = Migrate()


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
    if app.config["TRUSTED_PROXIES"]:
        count = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def _begin() -> None:
    if request_ctx.url_adapter is None and request.routing_exception:
        raise request.routing_exception  # the host is none: nothing further can be asked of such a request
    _reading.set(request.method in ("GET", "HEAD", "OPTIONS"))
    origin.set(origins.on_record(request.remote_addr))
    if request.endpoint not in ASKS_NOBODY:
        clock.sync()


def _end(_error: BaseException | None) -> None:
    _reading.set(False)  # what follows in this thread is no request, and may write


def web(app: Flask) -> None:
    from app.web import access, errors, headers, i18n, languages, moves, outgoing, strip, timeline, walk

    app.before_request(access.guard)
    app.after_request(headers.harden)
    app.session_interface = headers.PageSessions()
    outgoing.init_app(app)
    i18n.init_app(app)
    languages.init_app(app)
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
        VERSION=VERSION,
    )
    app.context_processor(_shared)
    app.url_defaults(_fresh_static)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def contexts(app: Flask) -> None:
    """Register every context's blueprint, top-down as architecture.md lists them."""
    from app.applications import about as applications_about
    from app.applications.routes import applications
    from app.correspondence import about as letters_about
    from app.correspondence import superseding
    from app.correspondence.models import WITHDRAWAL
    from app.correspondence.routes import correspondence
    from app.councils.routes import councils
    from app.demo.accounts import ACCOUNTS, PASSWORD
    from app.demo.routes import demo
    from app.health import health
    from app.home import about, halts, password, seats, security_routes, watching  # noqa: F401 (they add their routes to home)
    from app.home.routes import home
    from app.jobs import REMINDERS
    from app.organisations import devices, session_routes, sessions  # noqa: F401 (adds its routes)
    from app.organisations.routes import organisations
    from app.organisations.sign_in import person_of_session
    from app.programmes.routes import programmes
    from app.projects import about as projects_about
    from app.projects import end_of_support
    from app.projects.routes import projects
    from app.reporting.routes import reporting
    from app.schedule.routes import schedule
    from app.selection.routes import selection
    from app.web.routes import web as shared

    for blueprint in (
        home, reporting, councils, projects, selection, applications, programmes, correspondence, schedule,
        organisations, demo, shared, health,
    ):  # fmt: skip
        app.register_blueprint(blueprint)
    if app.config["DEMO"]:
        app.config["DEMO_ACCOUNTS"] = [(account.label, account.email, PASSWORD) for account in ACCOUNTS]
    if app.config["ENV"] in ("development", "demo"):
        from app.home.styleguide import styleguide

        app.register_blueprint(styleguide)
    app.extensions["about_bodies"] = (
        applications_about.about_body,
        projects_about.about_body,
        letters_about.about_body,
    )
    app.extensions["composers"] = {
        end_of_support.KIND: end_of_support.compose_anew,
        WITHDRAWAL: superseding.compose_anew,
    }  # kind of letter → worded anew
    app.extensions["tell_of_watched_seats"] = watching.tell
    app.extensions["reminders"] = REMINDERS  # the schedule foretells what the contexts above it will send
    app.extensions["person_of_session"] = person_of_session
    login.user_loader(sessions.find)
    app.after_request(sessions.note_use)
    app.after_request(devices.hand_out)


def commands(app: Flask) -> None:
    from app import cli

    cli.register(app)


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


_fingerprints: dict[tuple[str, int], str] = {}


def _fresh_static(endpoint: str, values: dict[str, Any]) -> None:
    """A changed style sheet or script gets another address, so that it may be cached for long."""
    if endpoint != "static" or "v" in values:
        return
    file = Path(ROOT / "static" / values.get("filename", ""))
    if file.is_file():
        key = (str(file), file.stat().st_mtime_ns)
        if key not in _fingerprints:
            _fingerprints[key] = hashlib.sha256(file.read_bytes()).hexdigest()[:10]
        values["v"] = _fingerprints[key]
