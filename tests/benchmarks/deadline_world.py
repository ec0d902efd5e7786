"""Hundreds of bodies, each with an approver and a complete draft of its own, and what of each must be kept word for word."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app import calendar
from app.applications.models import Application, Submission
from app.applications.submission import content_of
from app.correspondence.models import Mail
from app.db import db
from app.lifecycle.application import BEFORE_SUBMISSION
from app.organisations import operations
from app.permissions import APPROVER
from app.programmes.default_form import default_form
from app.programmes.models import Call
from app.questions.freezing import files_in
from app.questions.models import Response
from app.seals import canonical
from app.storage import Damaged, get_verified
from tests import factories
from tests.benchmarks.verdict import Kept
from tests.factories.applications import PDF
from tests.faults.visitor import PASSWORD

CODE = "R9"
OF_THE_ACT = ("schema", "number", "received_at", "submitted_by")  # in a snapshot beside what was typed


@dataclass(frozen=True)
class Draft:
    """One application before the instant."""

    id: int
    email: str  # of its approver
    title: str
    typed: dict[str, Any]  # what its snapshot must say
    file: str  # the SHA-256 of what was attached


def made(clients: int) -> list[Draft]:
    """Half of the drafts wait for their approver, half are submitted by them without having been handed over."""
    at = calendar.now()
    call = factories.call(
        code=CODE,
        form=default_form(),
        opens_at=datetime(2020, 1, 1, tzinfo=calendar.JST),
        closes_at=at + timedelta(days=1),
    )
    hashed: str | None = None
    drafts = []
    for number in range(clients):
        body = factories.organisation()
        person = factories.person(email=f"approver{number}@example.jp")
        factories.tenure(APPROVER, body, person=person)
        if not hashed:
            operations.set_password(person, PASSWORD, at=at)
            hashed = person.password_hash
        person.password_hash = hashed
        title, file = f"締切の見守りドローン{number}号", PDF + f"% {number}\n".encode()
        state = "in_approval" if number % 2 else "draft"
        application = factories.application(
            state, call=call, organisation=body, at=at, title=title, files={"計画.pdf": file}
        )
        sha256 = hashlib.sha256(file).hexdigest()
        drafts.append(Draft(application.id, person.email, title, said(application), sha256))
        if number % 50 == 49:
            db.session.commit()
            call = db.session.get_one(Call, call.id)
    db.session.commit()
    return drafts


def said(application: Application) -> dict[str, Any]:
    """What it says now, as JSON gives it back."""
    found: dict[str, Any] = json.loads(canonical(content_of(application)))
    return found


def closes_in(seconds: float) -> float:
    """Let the call close then; the instant, in seconds since 1970."""
    closes = calendar.now().replace(microsecond=0) + timedelta(seconds=seconds)
    db.session.scalars(select(Call)).one().closes_at = closes
    db.session.commit()
    return closes.timestamp()


def kept(drafts: list[Draft]) -> list[Kept]:
    """What is on record of each."""
    found = db.session.scalars(
        select(Application).options(
            selectinload(Application.submissions),
            selectinload(Application.response).selectinload(Response.answers),
        )
    )
    by_id = {application.id: application for application in found}
    return [_kept(by_id[draft.id], draft) for draft in drafts if draft.id in by_id]


def _kept(application: Application, draft: Draft) -> Kept:
    submissions = application.submissions
    amiss = [it for one in submissions for it in lacks(one, application, draft)]
    if not submissions and (application not in BEFORE_SUBMISSION or said(application) != draft.typed):
        amiss = ["what was typed is not there any more"]
    return Kept(
        application.id,
        application.number,
        application.sequence,
        tuple(it.received_at.timestamp() for it in submissions),
        "; ".join(amiss),
        _receipts(submissions),
    )


def lacks(submission: Submission, application: Application, draft: Draft) -> Iterator[str]:
    """What keeps a snapshot from being whole."""
    content = submission.content
    if hashlib.sha256(canonical(content)).hexdigest() != submission.sha256:
        yield "its hash is of another content"
    if {key: value for key, value in content.items() if key not in OF_THE_ACT} != draft.typed:
        yield "it says another thing than was typed"
    if (
        content["number"] != application.number
        or content["received_at"] != submission.received_at.isoformat()
    ):
        yield "it names another number or instant"
    version = application.answered.version
    if content["form"] != {
        "template": version.template_id,
        "version": version.number,
        "sha256": version.sha256,
    }:
        yield "it names another version of the form"
    if [it["key"] for it in content["sections"]] != [it.key for it in version.form.sections]:
        yield "a section is missing"
    files = list(files_in(content))
    if [it["sha256"] for it in files] != [draft.file]:
        yield "its files are others"
    for file in files:
        try:
            get_verified(file["path"], file["sha256"])
        except (Damaged, OSError):
            yield f"{file['filename']} is not in the storage as it was"


def _receipts(submissions: list[Submission]) -> int:
    """Those that are worded with the submission and whose mail went out, once each."""
    worded = [it for it in submissions if it.receipt]
    mails = 0
    for it in worded:
        query = select(func.count()).select_from(Mail).where(Mail.key.like(f"%receipt:{it.id}"))
        mails += db.session.scalar(query) or 0
    return mails
