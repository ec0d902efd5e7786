"""kill -9, of the worker alone and of the whole server, while letters are issued and while applications come in.

Letters leave over SMTP meanwhile, so that a mail that was handed over and not yet marked is counted too. Afterwards
whoever was left without an answer tries again, the server finishes what it had begun, and everything is counted.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from http.client import HTTPException
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from app import calendar
from app.applications.models import Application, Submission
from app.correspondence import delivery
from app.correspondence.models import Letter, Mail, NumberRegister
from app.db import db, reading
from app.jobs import OFFICE_OPENS, run_daily
from app.organisations import operations
from app.permissions import APPROVER
from app.storage import Damaged, get_verified
from config import ROOT
from tests import factories
from tests.correspondence.smtp_server import Server as MailServer
from tests.correspondence.smtp_server import smtp_server
from tests.faults.server import STARTS_WITHIN, Server
from tests.faults.visitor import PASSWORD, Visitor

PROMISE = "Killed while issuing and submitting: nothing acknowledged is lost, nothing is there twice."
NOTICE_DAY = date(2023, 3, 31)
ENVIRONMENT = {"BANSO_TODAY": NOTICE_DAY.isoformat()}
ISSUING, SUBMITTING = 24, 60  # kills
LETTERS = 600
AT_ONCE = 3  # people who submit in the moment of a kill
# Seconds until the kill falls; presses print ahead after the first of them.
LONGEST = {"issue": 2.0, "submit": 0.2}
CODE = "R5"
_JOB = """
from app import calendar, create_app
from app.jobs import run_daily
from app.web import clock
with create_app().app_context():
    clock.sync()
    run_daily(calendar.today(), at=calendar.now())
"""
TRIES = 10

_mail = ExitStack()
_letters_leave_by: list[MailServer] = []


def prepare(server: Server) -> None:
    """Approved letters that are due today, applications that wait for their approvers, a mail server."""
    _letters_leave_by[:] = [_mail.enter_context(smtp_server())]
    server.environment = {**server.environment, "BANSO_SMTP_URL": _letters_leave_by[0].url}
    at = calendar.now()
    for _ in range(LETTERS):
        body = factories.organisation()
        factories.tenure(APPROVER, body)
        factories.letter(organisation=body, state="approved")
    call = factories.call(
        code=CODE,
        opens_at=datetime(2020, 1, 1, tzinfo=calendar.JST),
        closes_at=datetime(2099, 1, 1, tzinfo=calendar.JST),
    )
    for number in range(AT_ONCE):
        approver = factories.tenure(APPROVER, person=factories.person(email=_email(number)))
        operations.set_password(approver.person, PASSWORD, at=at)
        for _ in range(SUBMITTING):
            factories.application("in_approval", call=call, organisation=approver.seat.organisation)
    db.session.commit()


def run(server: Server) -> list[str]:
    with _mail, server.inside():
        began = time.monotonic()
        _kill_while_issuing(server)
        acknowledged = _kill_while_submitting(server)
        print(f"{ISSUING + SUBMITTING} kills and new starts in {time.monotonic() - began:.0f} s", flush=True)
        _finish(server)
        return [*_of_letters(), *_of_mails(), *_of_submissions(acknowledged), *_of_history()]


# Kills


def _kill_while_issuing(server: Server) -> None:
    """The daily jobs begin with each start of a worker, and issue one letter after the other."""
    hit = Counter[bool]()
    for number in range(ISSUING):
        before = _count(Letter, Letter.state == "issued")
        with _issuing(server):
            _wait_until_issuing(before)
            time.sleep(random.uniform(0, LONGEST["issue"]))
            server.kill(whole=number % 2 == 1)
        hit[before < _count(Letter, Letter.state == "issued") < LETTERS] += 1
        server.up_again()
    issued = _count(Letter, Letter.state == "issued")
    print(
        f"{ISSUING} kills while issuing, {hit[True]} of them between two letters of one run; "
        f"{issued} of {LETTERS} letters issued by then",
        flush=True,
    )


def _wait_until_issuing(before: int) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while _count(Letter, Letter.state == "issued") == before < LETTERS:
        if time.monotonic() > until:
            raise RuntimeError("no letter is issued")
        time.sleep(0.02)


@contextmanager
def _issuing(server: Server) -> Iterator[None]:
    """Before the office opens the server issues nothing by itself: then the same job runs beside it, and is killed too."""
    if calendar.machine_now().time() >= OFFICE_OPENS:
        yield
        return
    command = [sys.executable, "-c", _JOB]
    with subprocess.Popen(command, cwd=ROOT, env=server._settings(), start_new_session=True) as beside:
        try:
            yield
        finally:
            beside.kill()


def _kill_while_submitting(server: Server) -> set[int]:
    """Several people send their submission at once, and the kill falls before, within or after; who got an answer."""
    with reading():
        waiting = db.session.execute(
            select(Application.id, Application.organisation_id).order_by(Application.organisation_id)
        ).all()
        db.session.rollback()
    by_body: dict[int, list[int]] = {}
    for application_id, body_id in waiting:
        by_body.setdefault(body_id, []).append(application_id)
    people = [_Submitter(server, _email(number), theirs) for number, theirs in enumerate(by_body.values())]
    tally = Counter[str]()
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        for number in range(SUBMITTING):
            for person in people:
                person.open(number)
            sent = [crowd.submit(person.send) for person in people]
            _wait_for_answers(sent, random.randrange(AT_ONCE))
            time.sleep(random.uniform(0, LONGEST["submit"]))
            server.kill(whole=number % 2 == 1)
            tally.update(future.result() for future in sent)
            server.up_again()
    print(
        f"{SUBMITTING} kills while {AT_ONCE} people submit: {tally['answered']} were answered, "
        f"{tally['broken off']} were broken off, {tally['told to come again']} told to come again",
        flush=True,
    )
    acknowledged = {key for person in people for key in person.acknowledged}
    again = sum(person.try_again() for person in people)
    print(f"{again} of those not answered had been received all the same; the others were sent again")
    return acknowledged


def _wait_for_answers(sent: list[Future[str]], so_many: int) -> None:
    """Until some have their answer, while the others are still being worked on, however slow the machine is."""
    until = time.monotonic() + 10
    while sum(future.done() for future in sent) < so_many and time.monotonic() < until:
        time.sleep(0.005)


class _Submitter:
    """An approver, who remembers which submissions were acknowledged."""

    def __init__(self, server: Server, email: str, theirs: list[int]) -> None:
        self.server, self.theirs = server, theirs
        self.acknowledged: set[int] = set()
        self.now = theirs[0]
        self.visitor = Visitor(server.port, timeout=STARTS_WITHIN)
        self._as_often_as_it_is_busy(lambda: self.visitor.get("/sign-in"))
        self._as_often_as_it_is_busy(
            lambda: self.visitor.post("/sign-in", email=email, password=PASSWORD), expected=302
        )

    def open(self, number: int) -> None:
        self.now = self.theirs[number]
        self.visitor.close()  # the connection that the last kill broke
        self._as_often_as_it_is_busy(lambda: self.visitor.get(self._page))

    def _as_often_as_it_is_busy(self, ask: Callable[[], int], *, expected: int = 200) -> None:
        """As the page of an answer 503 asks for: wait a little, then send it again."""
        for _ in range(TRIES):
            if (status := ask()) != 503:
                break
            time.sleep(2)
        if status != expected:
            raise RuntimeError(f"{self._page} is answered {status}")

    def send(self) -> str:
        try:
            status = self.visitor.post(self._page, seen=self.visitor.hidden("seen"))
        except (OSError, HTTPException):
            return "broken off"
        if status == 503:  # the new worker is still busy with what the killed one left
            return "told to come again"
        if status != 302 or not self.visitor.location.endswith("/receipt"):
            raise RuntimeError(f"application {self.now} was answered {status} {self.visitor.location}")
        self.acknowledged.add(self.now)
        return "answered"

    def try_again(self) -> int:
        """As people do: look, and send it again where it is not received. How many were received all the same."""
        received = 0
        for key in self.theirs:
            self.now = key
            if key in self.acknowledged:
                continue
            self.visitor.close()
            if self.visitor.get(self._page) == 302:
                received += 1
            elif self.send() != "answered":
                self.open(self.theirs.index(key))
                if self.send() != "answered":
                    raise RuntimeError(f"application {key} cannot be submitted by an unhurt server")
        return received

    @property
    def _page(self) -> str:
        return f"/applications/{self.now}/submission"


# What came of it


def _finish(server: Server) -> None:
    """Let an unhurt run end what was begun; what a dead worker held is given up as after a quarter of an hour."""
    server.stop()
    at = calendar.now()
    run_daily(NOTICE_DAY, at=at)
    delivery.deliver_due(at=at + delivery.CLAIM_HOLDS + timedelta(minutes=1))


def _of_letters() -> list[str]:
    issued = _rows(select(Letter.sequence, Letter.path, Letter.sha256).where(Letter.state == "issued"))
    last = _rows(select(NumberRegister.last).where(NumberRegister.fiscal_year == 2022))
    numbers = sorted(sequence for sequence, _path, _sha256 in issued)
    gapless = numbers == list(range(1, len(issued) + 1)) and last == [(len(issued),)]
    damaged = sum(_is_damaged(path, sha256) for _sequence, path, sha256 in issued)
    print(
        f"letters approved {LETTERS}, issued {len(issued)}; numbers 1 to {max(numbers, default=0)} "
        f"{'without' if gapless else 'WITH'} gaps and twins; files lost or torn: {damaged}"
    )
    told = [] if len(issued) == LETTERS else [f"{LETTERS - len(issued)} approved letters were never issued"]
    told += [] if gapless else [f"the numbers {numbers} of the register at {last} are not 1, 2, 3 …"]
    return told + ([f"{damaged} files of letters are lost or torn"] if damaged else [])


def _of_mails() -> list[str]:
    keys = [key for (key,) in _rows(select(Mail.key).where(Mail.about_kind == "letter"))]
    states = Counter(state for (state,) in _rows(select(Mail.state)))
    arrived = Counter(_letters_leave_by[0].seen)
    twice = sum(times > 1 for times in arrived.values())
    print(
        f"mails of letters {len(keys)}; of all mails: {', '.join(f'{n} {state}' for state, n in sorted(states.items()))}; "
        f"handed to the mail server {len(arrived)}, twice {twice}"
    )
    told = (
        [] if sorted(keys) == sorted({*keys}) and len(keys) == LETTERS else ["not one mail for each letter"]
    )
    told += [f"{twice} mails were handed over twice"] if twice else []
    left = states["queued"] + states["sending"]
    told += [f"{left} mails are neither sent nor parked for a person"] if left else []
    unknown = len(arrived) - states["sent"] - states["parked"]
    return told + ([f"{unknown} mails left without being sent or parked"] if unknown > 0 else [])


def _of_submissions(acknowledged: set[int]) -> list[str]:
    submitted = dict(
        _rows(select(Application.id, Application.sequence).where(Application.number.is_not(None)))
    )
    copies = Counter(key for (key,) in _rows(select(Submission.application_id)))
    receipts = _count(Mail, Mail.key.like("%receipt:%"))
    lost = acknowledged - submitted.keys()
    torn = [key for key in submitted if copies[key] == 0]
    twice = [key for key, times in copies.items() if times > 1]
    whole = SUBMITTING * AT_ONCE
    print(
        f"submissions acknowledged at once {len(acknowledged)}, lost {len(lost)}; after trying again {len(submitted)} "
        f"of {whole}; without frozen copy {len(torn)}, twice {len(twice)}; receipts {receipts}"
    )
    told = [f"{len(lost)} acknowledged submissions are lost"] if lost else []
    told += [f"{len(torn)} submissions have a number and no frozen copy"] if torn else []
    told += [f"{len(twice)} applications were submitted twice"] if twice else []
    told += [] if receipts == len(submitted) else [f"{receipts} receipts for {len(submitted)} submissions"]
    told += (
        [] if len(submitted) == whole else [f"{whole - len(submitted)} applications could not be submitted"]
    )
    if sorted(submitted.values()) != list(range(1, len(submitted) + 1)):
        told.append(f"the numbers of applications are not 1, 2, 3 …: {sorted(submitted.values())}")
    return told


def _of_history() -> list[str]:
    done = current_app.test_cli_runner().invoke(args=["history", "verify"])
    print(f"flask history verify: {done.output.strip().splitlines()[-1]}")
    return [] if done.exit_code == 0 else [f"the history does not hold: {done.output.strip()}"]


def _is_damaged(path: str, sha256: str) -> bool:
    try:
        get_verified(path, sha256)
    except (Damaged, OSError):
        return True
    return False


def _count(model: Any, *where: Any) -> int:
    return int(_rows(select(func.count()).select_from(model).where(*where))[0][0])


def _rows(query: Any) -> list[Any]:
    with reading():  # nobody waits for whoever only looks
        found = list(db.session.execute(query).all())
        db.session.rollback()
    return found


def _email(number: int) -> str:
    return f"approver.kill{number}@example.jp"
