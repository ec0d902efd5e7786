"""Every page of the product as every role may ask for it, asked once of the application itself.

What comes of it says which pages there are to be examined in the browser, and what each is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from app import jobs
from app.db import db
from tests.browser.instance import Instance
from tests.browser.moments import MOMENTS, acting
from tests.browser.pages import (
    ACCOUNTS,
    NOBODY,
    Page,
    Parts,
    main_part,
    pages_of,
    parts_of,
    roles_of,
    rules_to_get,
)
from tests.factories import signed_in
from tests.once import draw_once

ROLES = (NOBODY, *ACCOUNTS)
AGAIN = ("home.index", "correspondence.letters", "correspondence.review", "reporting.register")
"""Lists that are another page when more has happened: asked for at every moment."""


@dataclass(frozen=True)
class Visit:
    """What a role got when it asked for a page at a moment."""

    moment: str
    role: str
    page: Page
    status: int
    media_type: str
    parts: Parts
    asks: bool = False  # has a form that is checked by the server

    @property
    def is_page(self) -> bool:
        """Neither a file nor a way to another page."""
        return self.media_type == "text/html" and self.status in (200, 404, 409, 410)

    @property
    def answers(self) -> bool:
        """What was asked for, not a refusal. A link that has had its time is a page of its own."""
        return self.status in (200, 410)


def survey(folder_at: Callable[[str], Path]) -> list[Visit]:
    """All visits, in the order of the moments. A kind of page that a role has got is not asked for again later.

    The clockwork counts as running: it belongs to a server, and none is started here.
    """
    with mock.patch.object(jobs, "alive", return_value=True), pytest.MonkeyPatch.context() as patch:
        draw_once(patch)
        return _of_all_moments(folder_at)


def _of_all_moments(folder_at: Callable[[str], Path]) -> list[Visit]:
    found: list[Visit] = []
    had: set[tuple[str, str]] = set()
    for moment in MOMENTS:
        with Instance(folder_at(moment), "http://127.0.0.1:8000").inside() as app:
            asked = [
                (role, page)
                for role, page in list(_asked(app))
                if (role, page.kind) not in had or page.endpoint in AGAIN
            ]
            clients = {role: _client(app, role) for role in ROLES}
            for role, page in asked:
                visit = _visit(moment, role, page, clients[role])
                found.append(visit)
                if visit.answers:
                    had.add((role, page.kind))
    return found


def _asked(app: Flask) -> Iterator[tuple[str, Page]]:
    for rule in rules_to_get(app):
        for role in sorted(roles_of(app, rule), key=ROLES.index):
            actor = None if role == NOBODY else acting(ACCOUNTS[role])
            for page in pages_of(app, rule, actor):
                yield role, page


def _client(app: Flask, role: str) -> FlaskClient:
    client = app.test_client()
    if role != NOBODY:
        cookie = signed_in(acting(ACCOUNTS[role]))
        db.session.commit()
        with client.session_transaction() as session:
            session.update(cookie)
    return client


def _visit(moment: str, role: str, page: Page, client: FlaskClient) -> Visit:
    db.session.remove()
    for kept in list(
        g
    ):  # the outer context is the request's too: nobody is signed in from the request before
        g.pop(kept)
    answer = client.get(page.path)
    html = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
    return Visit(
        moment,
        role,
        page,
        answer.status_code,
        answer.mimetype,
        parts_of(html),
        asks="novalidate" in main_part(html),
    )
