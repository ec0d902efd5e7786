"""kill -9, of the worker alone and of the whole server, while people write their drafts and a file comes in.

Each editor saves three sections in turn, as fast as the server takes them: one by its button for an unfinished one, one by
the autosave, one by the button that leads back to the list. Every text says the how-manieth it is, so that it can be told
afterwards which save is there: the last that was acknowledged, or the one that was under way when the kill fell.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from http.client import HTTPException

from sqlalchemy import select

from app import calendar
from app.applications.models import Application
from app.db import db
from app.organisations import operations
from app.permissions import EDITOR
from app.programmes.form import SUMMARY
from tests import factories
from tests.faults import upload
from tests.faults.server import Server
from tests.faults.visitor import PASSWORD, Visitor

PROMISE = "Killed while drafts are saved: every save that was acknowledged is there, or the one that was under way after it."
KILLS = 24
EDITORS = 4
LONGEST = 0.4  # seconds from the first answers until the kill
MEBIBYTE = 1024 * 1024
LENGTH = 900  # characters of a text
TRIES = 10
# The page of each section → the entry that holds the text, and the question it answers.
SECTIONS = {
    "basics": ("summary", SUMMARY),
    "answers/1": ("text", "answers-1"),
    "answers/2": ("text", "answers-2"),
}
BY_ITSELF, FOR_NOW = "answers/1", "basics"
_NUMBER = re.compile(r"第(\d+)版。")


def prepare(server: Server) -> None:
    upload.prepare_one()  # the first application, into which files come
    call = factories.call(
        opens_at=datetime(2020, 1, 1, tzinfo=calendar.JST),
        closes_at=datetime(2099, 1, 1, tzinfo=calendar.JST),
    )
    for number in range(EDITORS):
        editor = factories.tenure(EDITOR, person=factories.person(email=_email(number)))
        operations.set_password(editor.person, PASSWORD, at=calendar.now())
        factories.application(call=call, organisation=editor.seat.organisation, complete=False)
    db.session.commit()


def run(server: Server) -> list[str]:
    with server.inside():
        ids = list(db.session.scalars(select(Application.id).order_by(Application.id)))[1:]
    editors = [Editor(server, _email(number), key) for number, key in enumerate(ids)]
    sender, files = Visitor(server.port), set[str]()
    sender.sign_in(upload.EMAIL)
    broken: list[str] = []
    for number in range(KILLS):
        _write_until_killed(server, editors, sender, files, number)
        broken += [
            f"application {editor.application}, {it}"
            for editor in editors
            for it in editor.written.compared(_saved(server, editor))
        ]
    tally = sum((editor.written.tally for editor in editors), Counter[str]())
    print(
        f"{KILLS} kills while {EDITORS} people write: {tally['acknowledged']} saves were acknowledged, "
        f"{tally['broken off']} broken off, of which {tally['arrived']} are there all the same; {tally['lost']} lost",
        flush=True,
    )
    broken += upload.of_files(server, files)
    if not tally["broken off"] or not tally["acknowledged"]:
        broken.append("no save was under way when the kills fell: nothing was tried")
    with server.inside() as app:
        done = app.test_cli_runner().invoke(args=["history", "verify"])
    if done.exit_code != 0:
        broken.append(f"the history does not hold: {done.output.strip()}")
    return broken


class Written:
    """What somebody wrote into each section, what of it was acknowledged, and what was under way."""

    def __init__(self) -> None:
        self.last = dict.fromkeys(SECTIONS, 0)
        self.acknowledged = dict.fromkeys(SECTIONS, 0)
        self.under_way: str | None = None
        self.tally = Counter[str]()

    def begins(self, section: str) -> str:
        """The text that is sent now."""
        self.last[section] += 1
        self.under_way = section
        return text_of(self.last[section])

    def is_acknowledged(self) -> None:
        assert self.under_way is not None
        self.acknowledged[self.under_way] = self.last[self.under_way]
        self.under_way = None
        self.tally["acknowledged"] += 1

    def compared(self, saved: dict[str, str]) -> list[str]:
        """What is amiss with what is there after a kill; from now on that is what counts."""
        found = []
        if self.under_way is not None:
            self.tally["broken off"] += 1
            self.tally["arrived"] += saved[self.under_way] == text_of(self.last[self.under_way])
        for section, text in saved.items():
            number, may_be = number_of(text), {self.acknowledged[section]}
            if section == self.under_way:
                may_be.add(self.last[section])
            if number not in may_be:
                self.tally["lost"] += 1
                found.append(f"{section}: {max(may_be)} was saved or under way, and {number} is there")
            elif text != text_of(number):
                self.tally["lost"] += 1
                found.append(f"{section}: of save {number} only a part is there")
            self.acknowledged[section] = number
        self.under_way = None
        return found


class Editor:
    """Somebody at a draft of their own."""

    def __init__(self, server: Server, email: str, application: int) -> None:
        self.application, self.written = application, Written()
        self._visitor = Visitor(server.port)
        self._visitor.sign_in(email)

    def write(self, killed: threading.Event) -> None:
        """One section after the other, until the server is gone."""
        self._visitor.close()  # the connection that the last kill broke
        while not killed.is_set():
            for section in SECTIONS:
                try:
                    self._save(section)
                except (OSError, HTTPException):
                    return

    def _save(self, section: str) -> None:
        page = f"/applications/{self.application}/{section}"
        self._open(page)
        entries = {name: self._visitor.hidden(name) for name in ("version", "form_version")}
        entries |= {"title": "見守り"} if section == "basics" else {}
        entries |= {"for_now": "1"} if section == FOR_NOW else {}
        entries[SECTIONS[section][0]] = self.written.begins(section)
        status = self._visitor.post(page, by_itself=section == BY_ITSELF, **entries)
        if status != (200 if section == BY_ITSELF else 302):
            raise RuntimeError(f"{page} is answered {status}: {self._visitor.body[-500:]}")
        self.written.is_acknowledged()

    def _open(self, page: str) -> None:
        """As the page of an answer 503 asks for: wait a little, then come again."""
        for _ in range(TRIES):
            if (status := self._visitor.get(page)) != 503:
                break
            time.sleep(1)
        if status != 200:
            raise RuntimeError(f"{page} is answered {status}")


def text_of(number: int) -> str:
    """The how-manieth text; none at first."""
    return f"第{number}版。".ljust(LENGTH, "雪") if number else ""


def number_of(text: str) -> int:
    found = _NUMBER.match(text)
    return int(found[1]) if found else 0


def _write_until_killed(
    server: Server, editors: list[Editor], sender: Visitor, files: set[str], number: int
) -> None:
    """All of them at once; the kill falls some time after as many saves were acknowledged as there are editors."""
    killed = threading.Event()

    def send_a_file() -> None:
        sender.close()
        with suppress(OSError, HTTPException, RuntimeError):  # also once there are as many as may be
            files.add(upload.send(sender, f"途中{number}.pdf", 8 * MEBIBYTE + number))

    def acknowledged() -> int:
        return sum(editor.written.tally["acknowledged"] for editor in editors)

    with ThreadPoolExecutor(EDITORS + 1) as people:
        wanted, until = acknowledged() + EDITORS, time.monotonic() + 20
        at_work = [people.submit(editor.write, killed) for editor in editors]
        at_work.append(people.submit(send_a_file))
        while acknowledged() < wanted and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(random.uniform(0, LONGEST))
        server.kill(whole=number % 2 == 1)
        killed.set()
    for it in at_work:
        it.result()
    server.up_again()


def _saved(server: Server, editor: Editor) -> dict[str, str]:
    """What is on record: section → text."""
    with server.inside():
        values = db.session.get_one(Application, editor.application).answered.values
        return {section: str(values.get(key, "")) for section, (_entry, key) in SECTIONS.items()}


def _email(number: int) -> str:
    return f"editor.save{number}@example.jp"
