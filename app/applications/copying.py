"""Copying from an earlier application of the same body: chosen question by question, files too.

The earlier one may be of any call and stand anywhere, a withdrawn one too. What it said when it was last submitted is
offered, and where it was changed since, or never submitted, what it says now.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from app.actors import Actor
from app.applications import drafting
from app.applications.models import ANSWERED, Application, Submission
from app.db import db
from app.organisations.successors import merged_into
from app.programmes.form import JOINT
from app.questions.copying import Offer, Offered, asked_with
from app.questions.copying import offered as offered_by
from app.questions.freezing import content_of
from app.questions.kind import Upload
from app.questions.kinds.file import File
from app.storage import Damaged, open_verified, storage
from app.storage.incoming import Incoming

PIECE = 2**20  # bytes
NOW, SUBMITTED = "now", "submitted"  # which of its states is copied


class ChangedMeanwhile(Exception):
    """Somebody saved one of the sections after the page was opened; nothing was copied."""


@dataclass(frozen=True)
class Source:
    """One earlier application, as it was submitted or as it stands."""

    application: Application
    submission: Submission | None  # None: as it stands now

    @property
    def key(self) -> str:
        return f"{self.application.id}-{SUBMITTED if self.submission else NOW}"

    @property
    def title(self) -> str:
        return self.submission.said.title if self.submission else self.application.title

    @property
    def content(self) -> Mapping[str, Any]:
        """Its answers, frozen section by section."""
        if self.submission is not None:
            return self.submission.said.in_sections
        return content_of(self.application.answered)


@dataclass
class Copied:
    """What became of the questions that were chosen, by their keys."""

    done: list[str] = field(default_factory=list)
    not_asked: list[str] = field(default_factory=list)  # another answer hides them
    lost: list[str] = field(default_factory=list)  # names of files that the storage does not have


def sources_for(application: Application) -> list[Source]:
    """The other applications of the body in which anything was answered, the newest first."""
    query = (
        select(Application)
        .where(_of_the_body(application), Application.id != application.id)
        .options(joinedload(Application.call), selectinload(Application.submissions), *ANSWERED)
        .order_by(Application.id.desc())
    )
    found = []
    for earlier in db.session.scalars(query):
        last = earlier.last_submission
        if last is None or earlier.changed_since(last.created_at):
            found += [Source(earlier, None)] if earlier.saves else []
        if last is not None:
            found.append(Source(earlier, last))
    return found


def has_sources(application: Application, actor: Actor) -> bool:
    """Whether `actor` may copy and the body has another application; what can be copied from it shows its page."""
    if not actor.may("application.copy", application):
        return False
    other = select(Application.id).where(_of_the_body(application), Application.id != application.id)
    return db.session.scalar(other.limit(1)) is not None


def _of_the_body(application: Application) -> ColumnElement[bool]:
    """Of its body, or of one that has merged into it."""
    body = application.organisation_id
    return Application.organisation_id.in_([body, *merged_into(body)])


def offered(application: Application, source: Source) -> Offered:
    return offered_by(application.answered, source.content)


def versions_of(application: Application) -> dict[str, int]:
    """Section → how often it was saved, as a page that offers copies shows it."""
    return {
        section.key: application.version_of(section.key) for section in application.answered.form.sections
    }


def copy(
    application: Application,
    source: Source,
    keys: Collection[str],
    *,
    seen: Mapping[str, int],
    actor: Actor,
    at: datetime,
) -> Copied:
    """Take over the earlier answers to the questions `keys`, whatever stood there. `seen`: the versions on the page.

    Files are added to those that are there. A list of joint applicants has to be confirmed anew. Raises NotAllowed when
    it is not open to editing, ChangedMeanwhile, else as `drafting.save`, nothing being kept then.
    """
    application = drafting.open_for_editing(application, actor, at)
    outcome = Copied()
    offers = [it for it in offered(application, source).offers if it.key in keys]
    if any(seen.get(it.section) != application.version_of(it.section) for it in offers):
        raise ChangedMeanwhile
    values = {it.key: _value(application, it, outcome) for it in offers}
    asked = asked_with(application.answered, values)
    outcome.not_asked = [it.key for it in offers if it.key not in asked]
    for section, chosen in _by_section([it for it in offers if it.key in asked]).items():
        drafting.save(
            application,
            section,
            {it.key: values[it.key] for it in chosen},
            version=application.version_of(section),
            quietly=True,
            actor=actor,
            at=at,
        )
        outcome.done += [it.key for it in chosen]
    if outcome.done:
        changes = {
            "from": source.application.id,
            "title": source.title,
            "call": source.application.call.title,
            "questions": [it.question.label.ja for it in offers if it.key in outcome.done],
        }
        application.record("answers_copied", actor=actor, at=at, audience="applicant", changes=changes)
    return outcome


def _by_section(offers: Sequence[Offer]) -> dict[str, list[Offer]]:
    found: dict[str, list[Offer]] = {}
    for it in offers:
        found.setdefault(it.section, []).append(it)
    return found


def _value(application: Application, offer: Offer, outcome: Copied) -> Any:
    if offer.key == JOINT:
        others = [it for it in offer.value["bodies"] if it["id"] != application.organisation_id]
        return {"bodies": others, "complete": False}
    if offer.question.kind != File.name:
        return offer.value
    there = application.answered.value_of(offer.key)
    known = {file["sha256"] for file in there}
    return [*there, *_uploads([it for it in offer.value if it["sha256"] not in known], outcome)]


def _uploads(files: Sequence[Mapping[str, Any]], outcome: Copied) -> list[Upload]:
    """Sent again: each application keeps files of its own. One that is damaged is told by its name."""
    found = []
    for file in files:
        try:
            found.append(Upload(file["filename"], _read(file)))
        except (Damaged, OSError):
            outcome.lost.append(file["filename"])
    return found


def _read(file: Mapping[str, Any]) -> Incoming:
    """Piece by piece, as it came in the first time: never whole in memory."""
    coming = storage().incoming()
    with open_verified(file["path"], file["sha256"]) as stored:
        while piece := stored.read(PIECE):
            coming.write(piece)
    coming.seek(0)
    return coming
