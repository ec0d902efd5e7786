"""Pages that are the same for everybody are kept in memory, as they were answered, while nothing is written.

A stranger's request for one asks the database for one thing, the version of what is kept (app/memory.py), before any other
part of the application sees it. A page is made anew after each commit of any worker, and once a minute, since a deadline
passes without anybody writing. Its ETag is a hash of what it shows and of nothing else: not of the version, which tells
that the office is at work.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

from flask import Flask, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import PoolProxiedConnection
from werkzeug.http import parse_cookie
from werkzeug.wrappers import Response as Answer

from app import calendar
from app.db import db
from app.permissions import PUBLIC
from app.web.access import ASKS_NOBODY

log = logging.getLogger(__name__)
MOST = 16 * 1024 * 1024  # bytes of all pages in the memory of a worker
LARGEST = 2 * 1024 * 1024  # bytes of one of them
LONGEST = 2_000  # characters of an address
_SAYS_SO = (
    "banso.same_for_everybody"  # in the environ: a list, in which whoever answers says whether it may be kept
)
_VERSIONS = "SELECT house, cases FROM data_version"
SMALL = 1_000  # bytes that are not worth compressing


def same_for_everybody(view: Callable) -> Callable:
    """Declare that whoever is not signed in is shown the same, in one language, as long as nothing is written."""
    view.same_for_everybody = True  # type: ignore[attr-defined]
    return view


@dataclass(frozen=True)
class Page:
    """An answer: its headers and its bytes."""

    headers: tuple[tuple[str, str], ...]
    body: bytes

    @cached_property
    def compressed(self) -> bytes:
        """There is no secret on such a page that its length could tell of."""
        return gzip.compress(self.body, compresslevel=6, mtime=0)


def init_app(app: Flask) -> None:
    """Must come before what tells the address of the client, so that it sees the request after that."""
    app.after_request(_mark)
    app.wsgi_app = app.extensions["everybodys"] = Everybodys(app, app.wsgi_app)  # type: ignore[method-assign]


def _mark(response: Response) -> Response:
    view: Any = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "same_for_everybody", False) and view.permission == PUBLIC:
        request.environ.get(_SAYS_SO, []).append(response.status_code == 200 and not response.is_streamed)
    return response


class Everybodys:
    """Stands around the application."""

    def __init__(self, app: Flask, inner: Callable[..., Iterable[bytes]]) -> None:
        self.app, self.inner = app, inner
        self.forget()

    def forget(self) -> None:
        """Everything, for a database that is another than before."""
        self._pages: OrderedDict[Any, Page] = OrderedDict()
        self._versions: Any = None
        self._size = 0
        self._lock = Lock()

    @cached_property
    def _ask_nobody(self) -> tuple[str, ...]:
        """How addresses begin for which the database is not asked: of style sheets, pictures, the health of the server."""
        rules = self.app.url_map.iter_rules()
        return tuple(rule.rule.partition("<")[0] for rule in rules if rule.endpoint in ASKS_NOBODY)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        key = self._key(environ)
        versions = self._read_versions() if key else None
        if versions is None:
            return self.inner(environ, start_response)
        page = self._find(key, versions)
        if page is None:
            says_so: list[bool] = []
            answer = Answer.from_app(self.inner, {**environ, "REQUEST_METHOD": "GET", _SAYS_SO: says_so})
            if says_so != [True] or "Set-Cookie" in answer.headers:
                return answer(environ, start_response)
            page = _page_of(answer)
            self._keep(key, versions, page)
        return _answered(page, environ, start_response)

    def _key(self, environ: dict[str, Any]) -> Any:
        """All that such a page may differ by; None for a request that is somebody's, or no reader's."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        if path.startswith(self._ask_nobody):
            return None
        cookies = parse_cookie(environ.get("HTTP_COOKIE"))
        if self.app.config["SESSION_COOKIE_NAME"] in cookies or len(path) + len(query) > LONGEST:
            return None
        place = environ["wsgi.url_scheme"], environ.get("HTTP_HOST", ""), environ.get("SCRIPT_NAME", "")
        now = self.app.config.get("PINNED_CLOCK") or calendar.machine_now()
        return *place, path, query, cookies.get("language", ""), now.replace(second=0, microsecond=0)

    def _read_versions(self) -> Any:
        """None where the database cannot be asked: the application tells that to the reader."""
        with self.app.app_context():
            engine = db.engine
        try:
            with closing(engine.raw_connection()) as connection:
                return _asked(connection)
        except (SQLAlchemyError, engine.dialect.loaded_dbapi.Error) as problem:
            log.warning("the version of what is kept was not read: %s", problem)
            return None

    def _find(self, key: Any, versions: Any) -> Page | None:
        with self._lock:
            if versions != self._versions:
                self._pages.clear()
                self._size, self._versions = 0, versions
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def _keep(self, key: Any, versions: Any, page: Page) -> None:
        with self._lock:
            if versions != self._versions or key in self._pages or len(page.body) > LARGEST:
                return
            self._pages[key] = page
            self._size += len(page.body)
            while self._size > MOST:
                _key, gone = self._pages.popitem(last=False)
                self._size -= len(gone.body)


def _asked(connection: PoolProxiedConnection) -> Any:
    """Without the session: asking takes less than a third of the time, and is all that most of these requests do."""
    with closing(connection.cursor()) as cursor:
        try:
            cursor.execute(_VERSIONS)
            return cursor.fetchone()
        except Exception:
            connection.invalidate()
            raise


def _page_of(answer: Answer) -> Page:
    with answer:
        body = answer.get_data()
    headers = [(name, value) for name, value in answer.headers if name not in ("Content-Length", "Vary")]
    mark = hashlib.sha256(body).hexdigest()[:32]
    return Page((*headers, ("ETag", f'"{mark}"'), ("Vary", "Cookie, Accept-Encoding")), body)


def _answered(page: Page, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    headers = list(page.headers)
    if _has_it(dict(headers)["ETag"], environ.get("HTTP_IF_NONE_MATCH", "")):
        start_response("304 Not Modified", [it for it in headers if it[0] not in ("Content-Type",)])
        return []
    body = page.body
    if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "") and len(body) > SMALL:
        body = page.compressed
        headers.append(("Content-Encoding", "gzip"))
    headers.append(("Content-Length", str(len(body))))
    start_response("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _has_it(mark: str, asked: str) -> bool:
    return asked.strip() == "*" or mark in (it.strip().removeprefix("W/") for it in asked.split(","))
