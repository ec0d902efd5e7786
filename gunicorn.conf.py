"""How gunicorn serves Banso: `gunicorn` in this folder, or `script/server`.

BANSO_HOST, BANSO_PORT   where to listen (127.0.0.1, 8000)
WEB_CONCURRENCY          worker processes, with PostgreSQL only (1)
BANSO_THREADS            threads in each (8)
BANSO_ACCESS_LOG         where the access log goes, "-" for standard output (none)
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import private

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter
    from gunicorn.workers.base import Worker

private.close_to_others()
umask = private.OTHERS

wsgi_app = "wsgi:app"
proc_name = "banso"
bind = f"{os.environ.get('BANSO_HOST', '127.0.0.1')}:{os.environ.get('BANSO_PORT', '8000')}"

# With SQLite one process does it all: web and jobs share a file that takes one writer at a time.
on_sqlite = os.environ.get("BANSO_DATABASE_URL", "sqlite:").startswith("sqlite")
workers = 1 if on_sqlite else int(os.environ.get("WEB_CONCURRENCY", "1"))
worker_class = "serving.worker.Worker"  # a thread takes a request once it is all there (ADR 0016)
threads = int(os.environ.get("BANSO_THREADS", "8"))

# A worker that shows no sign of life for so long is replaced.
timeout = 120
graceful_timeout = 10
if Path("/dev/shm").is_dir():
    # The worker's sign of life must not wait for a busy disk.
    worker_tmp_dir = "/dev/shm"

loglevel = os.environ.get("BANSO_LOG_LEVEL", "warning")
accesslog = os.environ.get("BANSO_ACCESS_LOG")
logger_class = "serving.access_log.AccessLog"
control_socket_disable = True

# gunicorn itself believes no forwarded header. The application counts the proxies in front of it
# (BANSO_TRUSTED_PROXIES, none by default) and reads exactly as many entries of each header.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""


def post_worker_init(worker: Worker) -> None:
    """Jobs run beside the web, in every worker; with several, a lock in the database picks the one that works."""
    from app import jobs

    jobs.start(worker.app.wsgi())
    worker.log.info("web and jobs are running")
    address = os.environ.get("BANSO_ANNOUNCE")
    if address and worker.age == 1:
        print(f"Banso is ready at {address}/  (Ctrl-C stops it)", flush=True)


def worker_exit(server: Arbiter, worker: Worker) -> None:
    # A worker that could not start has no jobs, and has already said why.
    if jobs := sys.modules.get("app.jobs"):
        jobs.stop()
