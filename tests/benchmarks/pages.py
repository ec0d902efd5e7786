"""The pages that people live in, beside a bare page of the same bytes: in turn different addresses, filters and people.

Each page is measured in rounds; the bare page before and after it, in the same round. What stands in the table are the
medians of the rounds. "After a write" is a page that finds nothing in memory, since something has just been written.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import asdict, astuple, dataclass
from itertools import cycle, islice
from typing import Any
from urllib.parse import quote

from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import event, text

from app import memory
from app.db import db
from tests import factories
from tests.benchmarks.client import Answer, Client
from tests.benchmarks.scale import sampled
from tests.benchmarks.served import Server, served, signed_in

ROUNDS = 3
REQUESTS = 60  # of a page in a round
WRITES = 8  # of a page in a round, with a write before each


@dataclass(frozen=True)
class Page:
    """What is asked in turn under one name."""

    name: str
    paths: Sequence[str]
    people: Sequence[str] = ()

    def requests(self) -> Iterator[tuple[str, str]]:
        """(path, address of a person or nothing), each path with each person in the end."""
        people = self.people or ("",)
        for number, path in enumerate(cycle(self.paths)):
            yield path, people[(number + number // len(self.paths)) % len(people)]


@dataclass(frozen=True)
class Measured:
    page: str
    ratio: float
    p50_ms: float
    p95_ms: float
    bare_p50_ms: float
    cpu_ms: float
    after_write_ms: float
    queries: int
    queries_nothing_kept: int
    bytes: int


OFFICE = ("officer@example.jp", "director@example.jp")


def pages_of(app: Flask) -> list[Page]:
    """Those that are measured, with addresses of the cases that there are."""
    from app.projects.models import Project

    cases = sampled(20)
    projects = [key for (key,) in db.session.query(Project.id).order_by(Project.id.desc()).limit(20)]
    db.session.remove()
    return [
        Page("home", ["/"], OFFICE),
        Page("home of a municipality", ["/"], ("editor@example.jp", "approver@example.jp")),
        Page("case list", ["/applications", *(f"/applications?page={n}" for n in (2, 7, 30))], OFFICE),
        Page(
            "case list, sorted",
            [f"/applications?sort={it}" for it in ("number", "-title", "call", "-lead")],
            OFFICE,
        ),
        Page(
            "case list, filtered and searched",
            [
                f"/applications?q={quote(word)}&state=not_selected&sort=-received"
                for word in ("申請19", "規模試験", "札幌", "北海道 申請7", "012106")
            ],
            OFFICE,
        ),
        Page("case page", [f"/applications/{key}" for key in cases], OFFICE),
        Page("case page in a list", [f"/applications/{key}?list=%2Fapplications" for key in cases], OFFICE),
        Page(
            "project list",
            ["/projects", "/projects?page=3", "/projects?state=supported&technology=AI"],
            OFFICE,
        ),
        Page(
            "portfolio",
            ["/portfolio", "/portfolio?late=any", "/portfolio?lead=01", "/portfolio?page=2"],
            OFFICE,
        ),
        Page("project page", [f"/projects/{key}" for key in projects], OFFICE),
        Page(
            "letters",
            ["/letters", "/letters?kind=non-selection&page=2", f"/letters?q={quote('規模第1')}"],
            OFFICE,
        ),
        Page("mails", ["/mails", "/mails?state=sent&page=4", f"/mails?q={quote('選定')}"], OFFICE[:1]),
        Page("local governments", ["/organisations", f"/organisations?q={quote('いわみざわ')}"], OFFICE),
        Page("seats", ["/seats", "/seats?role=officer"], ("admin@example.jp",)),
        Page("front page", ["/"]),
        Page("calls", ["/calls"]),
        Page("register", ["/register", "/register?page=2", "/register?technology=AI"]),
    ]


def measure(app: Flask, env: dict[str, str]) -> list[Measured]:
    """Every page in every round, from a fresh worker of each of the two."""
    pages = pages_of(app)
    with served("wsgi:app", env) as ours, served("tests.benchmarks.bare:app", env) as bare:
        cookies = {who: signed_in(ours, who) for page in pages for who in page.people}
        found: dict[str, list[dict[str, Any]]] = {page.name: [] for page in pages}
        for _ in range(ROUNDS):
            for page in pages:
                found[page.name].append(_round(page, ours, bare, cookies))
    return [
        Measured(
            page=page.name,
            **most_queries(app, page),
            **{
                key: statistics.median(round_[key] for round_ in found[page.name])
                for key in found[page.name][0]
            },
        )
        for page in pages
    ]


@dataclass(frozen=True)
class AtSize:
    """Milliseconds that a page takes, that the bare page takes beside it, and that the page takes after a write."""

    p50_ms: float
    bare_p50_ms: float
    after_write_ms: float


def at_size(app: Flask, env: dict[str, str]) -> dict[str, AtSize]:
    """Each page with as much as there is now: for the growth table."""
    pages = pages_of(app)
    found: dict[str, list[AtSize]] = {page.name: [] for page in pages}
    with served("wsgi:app", env) as ours, served("tests.benchmarks.bare:app", env) as bare:
        cookies = {who: signed_in(ours, who) for page in pages for who in page.people}
        for _ in range(ROUNDS):
            for page in pages:
                _ask([page], ours, cookies)
                answers = _of(page, ours, cookies, REQUESTS // 3)
                beside = _bare(bare, answers[0].size, REQUESTS // 3)
                after = _after_writes(page, ours, cookies, WRITES // 2)
                found[page.name].append(AtSize(*(_p50(it) * 1000 for it in (answers, beside, after))))
    return {
        name: AtSize(*(statistics.median(it) for it in zip(*map(astuple, rounds), strict=True)))
        for name, rounds in found.items()
    }


def _ask(pages: Sequence[Page], server: Server, cookies: dict[str, str]) -> None:
    for page in pages:
        _of(page, server, cookies, len(page.paths) * max(1, len(page.people)))


def _round(page: Page, ours: Server, bare: Server, cookies: dict[str, str]) -> dict[str, Any]:
    _ask([page], ours, cookies)
    size = _of(page, ours, cookies, 1)[0].size
    before = _bare(bare, size)
    begun = ours.cpu()
    answers = _of(page, ours, cookies, REQUESTS)
    cpu = (ours.cpu() - begun) / REQUESTS
    after = _bare(bare, size)
    bare_p50, p50 = _p50([*before, *after]), _p50(answers)
    return {
        "ratio": p50 / bare_p50,
        "p50_ms": p50 * 1000,
        "p95_ms": statistics.quantiles((it.seconds for it in answers), n=20)[-1] * 1000,
        "bare_p50_ms": bare_p50 * 1000,
        "cpu_ms": cpu * 1000,
        "after_write_ms": _p50(_after_writes(page, ours, cookies)) * 1000,
        "bytes": int(statistics.median(it.size for it in answers)),
    }


def _bare(bare: Server, size: int, count: int = REQUESTS) -> list[Answer]:
    client = Client(bare.port)
    return [client.get(f"/{size}") for _ in range(count)][5:]


def _of(page: Page, server: Server, cookies: dict[str, str], count: int) -> list[Answer]:
    client = Client(server.port)
    return [_answered(client, path, cookies.get(who, "")) for path, who in islice(page.requests(), count)]


def _after_writes(page: Page, server: Server, cookies: dict[str, str], count: int = WRITES) -> list[Answer]:
    client, found = Client(server.port), []
    for path, who in islice(page.requests(), count):
        write()
        found.append(_answered(client, path, cookies.get(who, "")))
    return found


def _answered(client: Client, path: str, cookie: str) -> Answer:
    answer = client.get(path, cookie)
    if answer.status != 200:
        raise SystemExit(f"{path} answers {answer.status}")
    return answer


def _p50(answers: Sequence[Answer]) -> float:
    return statistics.median(it.seconds for it in answers)


def write() -> None:
    """What every transaction does that writes about a case: drafts are saved, letters issued, mails sent all day."""
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE data_version SET cases = cases + 1"))


def most_queries(app: Flask, page: Page) -> dict[str, int]:
    """How many statements one request of this page sends at most: with what is kept in memory, and with nothing kept."""
    found = {"queries": 0, "queries_nothing_kept": 0}
    for path, who in islice(page.requests(), max(len(page.paths), len(page.people))):
        client = _client(app, who)
        for name in ("queries_nothing_kept", "queries"):
            for kept in list(
                g
            ):  # the outer context is the request's too: nobody is signed in from the request before
                g.pop(kept)
            if name == "queries_nothing_kept":
                memory.forget(app)
                app.extensions["everybodys"].forget()
            found[name] = max(found[name], _count(lambda client=client, path=path: client.get(path)))
    return found


def _client(app: Flask, who: str) -> FlaskClient:
    from app.organisations.contacts import tenure_of

    client = app.test_client()
    if who:
        cookie = factories.signed_in(tenure_of(who))
        db.session.commit()
        with client.session_transaction() as session:
            session.update(cookie)
    db.session.remove()
    return client


def _count(act: Any) -> int:
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        if act().status_code != 200:
            raise SystemExit("a page does not answer")
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(sent)


def rows(found: Sequence[Measured]) -> list[dict[str, Any]]:
    """For the file."""
    return [{name: _short(value) for name, value in asdict(it).items()} for it in found]


def table(found: Sequence[Measured]) -> str:
    """For people."""
    lines = [
        "| page | ratio | p50 | p95 | after a write | bare page | CPU | queries | with nothing kept | bytes |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {it.page} | **{it.ratio:.1f}** | {it.p50_ms:.1f} ms | {it.p95_ms:.1f} ms | {it.after_write_ms:.1f} ms "
        f"| {it.bare_p50_ms:.2f} ms | {it.cpu_ms:.1f} ms | {it.queries} | {it.queries_nothing_kept} | {it.bytes:,} |"
        for it in found
    ]
    return "\n".join(lines)


def _short(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value
