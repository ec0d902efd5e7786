"""/healthz and /readyz: for whatever starts, watches and routes to this server. JSON; told to anybody.

/healthz says that the process answers, and which version it is, and asks nothing of anything else. /readyz says whether the server can do its
work, and if not, what is amiss, without telling where things are or what they are called.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from app import doctor, jobs
from app.storage import storage
from app.version import VERSION
from app.web.access import needs
from app.web.manifest import Manifest

health = Blueprint("health", __name__)


@health.get("/healthz")
@needs("public")
def alive() -> Response:
    return _told(200, status="ok", version=VERSION)


@health.get("/readyz")
@needs("public")
def ready() -> Response:
    amiss = [sentence for sentence in (_database(), _storage(), _clockwork()) if sentence]
    return _told(503, status="not ready", amiss=amiss) if amiss else _told(200, status="ok")


def _database() -> str:
    try:
        here, head = doctor.migrations()
    except doctor.Away:
        return "the database does not answer"
    return "" if here == head else f"the database is at migration {here}, the program at {head}"


def _storage() -> str:
    try:
        storage().check()
    except OSError:
        return "nothing can be written to the storage of files"
    return ""


def _clockwork() -> str:
    return "" if jobs.alive() else "the jobs of this worker do not run"


def _told(status_code: int, **facts: Any) -> Response:
    answer = jsonify(facts)
    answer.status_code = status_code
    answer.headers["Cache-Control"] = "no-store"
    return answer


MANIFEST = Manifest(blueprint=health)
