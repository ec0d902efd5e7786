"""/healthz and /readyz: for whatever starts, watches and routes to this server. Plain text; told to anybody.

/healthz says that the process answers, and asks nothing of anything else. /readyz says whether the server can do its
work, and if not, what is amiss, without telling where things are or what they are called.
"""

from __future__ import annotations

from flask import Blueprint, Response

from app import doctor, jobs
from app.storage import storage
from app.web.access import needs
from app.web.manifest import Manifest

health = Blueprint("health", __name__)


@health.get("/healthz")
@needs("public")
def alive():
    return _told("ok", 200)


@health.get("/readyz")
@needs("public")
def ready():
    amiss = [sentence for sentence in (_database(), _storage(), _clockwork()) if sentence]
    return _told("\n".join(amiss) or "ok", 503 if amiss else 200)


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


def _told(text: str, status: int) -> Response:
    return Response(f"{text}\n", status, {"Cache-Control": "no-store"}, mimetype="text/plain")


MANIFEST = Manifest(blueprint=health)
