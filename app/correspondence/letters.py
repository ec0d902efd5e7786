"""What happens to a letter: drafted once, approved by a director (approval.py), issued with a number, or discarded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import calendar, halting
from app.actors import Actor
from app.correspondence import outbox, registers
from app.correspondence.approval import locked
from app.correspondence.models import (
    ANNUAL_REPORT,
    CANCELLATION,
    EXTENSION_CERTIFIED,
    EXTENSION_GUIDANCE,
    EXTENSION_REFUSED,
    REPLACEMENT,
    SUPPORT_END,
    WITHDRAWAL,
    Letter,
)
from app.correspondence.numbering import format_number
from app.correspondence.rendering import Item, LetterContent, RenderedLetter, print_here, render
from app.correspondence.voice import voice_of
from app.db import Model, add_once, db, held
from app.lifecycle import N_, move, must_be_open
from app.lifecycle.letter import ISSUED, UNISSUED
from app.organisations.models import Organisation
from app.permissions import SYSTEM
from app.seals import seal_of
from app.storage import get_verified, storage
from press import Printer

LETTER_KINDS = {
    SUPPORT_END: N_("Support end"),
    EXTENSION_GUIDANCE: N_("Guidance on extending support"),
    EXTENSION_CERTIFIED: N_("Extension certified"),
    EXTENSION_REFUSED: N_("Extension not certified"),
    CANCELLATION: N_("Cancellation of support"),
    "selection": N_("Notice of selection"),
    "non-selection": N_("Non-selection"),
    ANNUAL_REPORT: N_("Request for a report"),
    REPLACEMENT: N_("Replacement of a letter"),
    WITHDRAWAL: N_("Withdrawal of a letter"),
}


class ClosedDay(Exception):
    """Nothing leaves on a day on which the office is closed (行政機関の休日に関する法律); `next_day` is the next open one."""

    def __init__(self, day: date) -> None:
        self.next_day = calendar.first_business_day_on_or_after(day)
        super().__init__(
            f"{day.isoformat()} is a closed day; the next working day is {self.next_day.isoformat()}"
        )


def refuse_closed_day(day: date) -> None:
    """Raises ClosedDay when nothing may leave on `day`."""
    if not calendar.is_business_day(day):
        raise ClosedDay(day)


@dataclass(frozen=True)
class Case:
    """What a letter is about, known here by kind and id alone, and the programme of it."""

    kind: str
    id: int
    programme_id: int


def compose(
    *,
    about: Any,
    form: str,
    addressee: str,
    subject: str,
    body: Sequence[str],
    items: Sequence[Item] = (),
    honorific: str = "殿",
    past_from: date | None = None,
    past_body: Sequence[str] = (),
) -> LetterContent:
    """A draft's content in the voice of the programme of `about`: its issuer; section, telephone, address as contact.

    Raises ValueError for what rendering.LetterContent refuses.
    """
    voice = voice_of(about)
    contact = [voice.section, f"電子メール：{voice.contact_address}"]
    if voice.contact_telephone:
        contact.insert(1, f"電話：{voice.contact_telephone}")
    return LetterContent(
        form=form,
        number=None,
        issued_on=None,
        addressee=addressee,
        honorific=honorific,
        issuer=voice.issuer,
        subject=subject,
        body=tuple(body),
        items=tuple(items),
        contact=tuple(contact),
        draft=True,
        past_from=past_from,
        past_body=tuple(past_body),
    )


def draft(
    *,
    key: str,
    letter_kind: str,
    about: Model | Case,
    about_number: str,
    organisation: Organisation,
    content: LetterContent,
    fiscal_year: int,
    supersedes: Letter | None = None,
    actor: Actor,
    at: datetime,
) -> Letter | None:
    """A letter to `organisation` about a case, to be approved. None: `key` was drafted before.

    To a body that has merged it is addressed as the one that stands for it now.
    `fiscal_year` is the one the letter is about, not that of its number. Raises KeyError for a kind of letter
    that does not exist.
    """
    if letter_kind not in LETTER_KINDS:
        raise KeyError(letter_kind)
    db.session.flush()
    content = _to_the_present(content, organisation)
    letter = add_once(
        Letter,
        key=key,
        letter_kind=letter_kind,
        about_kind=about.kind,
        about_id=about.id,
        about_number=about_number,
        programme_id=voice_of(about).id,
        fiscal_year=fiscal_year,
        organisation_id=organisation.at_present.id,
        addressee=content.addressee,
        subject=content.subject + content.suffix,
        content=replace(content, draft=True).to_json(),
        supersedes_id=supersedes.id if supersedes else None,
        created_at=at,
    )
    if letter:
        letter.record("drafted", actor=actor, at=at, changes={"subject": letter.subject}, audience="office")
    return letter


def issue(
    letter: Letter, *, on: date, actor: Actor = SYSTEM, at: datetime, printer: Printer = print_here
) -> Letter:
    """Give the programme's next number of the year, freeze the PDF with number and date `on`, queue the mail with it.

    The number is of the fiscal year of `on`, with the mark that the programme has now. All of it happens in the caller's
    transaction or none of it does: the register's row stays locked until then, so that numbers have neither gaps nor twins. Raises ClosedDay unless `on`
    is a working day, halting.Halted while the work is halted, NotAllowed when the letter is not approved (or another
    worker has issued it), rendering.MissingFont.
    """
    refuse_closed_day(on)
    halting.refuse()
    with db.session.begin_nested():  # a failure gives the number back even if the caller goes on to commit
        held(letter)  # whatever it was loaded together with
        must_be_open(letter, "issue", actor=actor, at=at)
        fiscal_year = calendar.fiscal_year(on)
        mark = voice_of(letter).mark
        sequence = registers.next_in(mark, fiscal_year)
        number = format_number(fiscal_year, sequence, mark)
        content = content_of(letter).issued(number=number, on=on)
        letter.organisation, letter.addressee = letter.organisation.at_present, content.addressee
        db.session.flush()  # whose it is, is sealed
        rendered = render(content, printer)
        letter.content = content.to_json()
        letter.number, letter.mark, letter.register_fy, letter.sequence, letter.issued_on = (
            number,
            mark,
            fiscal_year,
            sequence,
            on,
        )
        letter.path = storage().put(rendered.pdf, ".pdf")
        letter.sha256, letter.pages = rendered.sha256, rendered.pages
        seal = seal_of(letter, state=ISSUED.only)
        changes = {"number": number, "issued_on": on, "sha256": rendered.sha256, "seal": seal}
        if rendered.missing:
            changes["missing_characters"] = rendered.missing
        move(letter, "issue", actor=actor, at=at, changes=changes)
        if letter.supersedes_id:
            former = db.session.get_one(Letter, letter.supersedes_id)
            former.record("superseded", actor=actor, at=at, changes={"as": letter.letter_kind, "by": number})
        _queue_mail(letter, content, on=on, at=at)
    return letter


def discard(letter: Letter, *, reason: str, actor: Actor, at: datetime) -> None:
    """Take a letter that must not go out from the list. It is not drafted again.

    Raises NotAllowed once it is issued or discarded, ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("a letter is discarded for a reason")
    held(letter)  # whatever it was loaded together with
    move(letter, "discard", actor=actor, at=at, changes={"reason": reason.strip()})


def discard_about(record: Model, *, reason: str, actor: Actor, at: datetime) -> int:
    """Discard every letter about `record` that is not issued yet; how many that were."""
    waiting = select(Letter).where(is_about(record), UNISSUED.of(Letter))
    discarded = 0
    for letter in locked(db.session.scalars(waiting)):
        if letter in UNISSUED:  # another worker may have issued it since
            move(letter, "discard", actor=actor, at=at, changes={"reason": reason.strip()})
            discarded += 1
    return discarded


def take_back(record: Model, letter_kind: str, *, reason: str, actor: Actor, at: datetime) -> int:
    """Discard the letters of this kind about `record` that are not issued, so that others may be drafted in their place.

    Their keys are given up: the same occasion may come again. How many that were.
    """
    found = db.session.scalars(select(Letter).where(is_about(record), Letter.letter_kind == letter_kind))
    waiting = [letter for letter in locked(found) if letter in UNISSUED]
    for letter in waiting:
        move(letter, "discard", actor=actor, at=at, changes={"reason": reason})
        letter.key = f"{letter.key}:taken-back:{letter.id}"
    return len(waiting)


def letters_of(
    kind: str | None = None, fiscal_year: int | None = None, state: str | None = None
) -> list[Letter]:
    """The letters of a kind, of the fiscal year they are about, in a state; with their bodies, in order of drafting."""
    query = select(Letter).options(joinedload(Letter.organisation)).order_by(Letter.id)
    for column, value in (
        (Letter.letter_kind, kind),
        (Letter.fiscal_year, fiscal_year),
        (Letter.state, state),
    ):
        if value is not None:
            query = query.where(column == value)
    return list(db.session.scalars(query))


def due_on(letter_kind: str, fiscal_year: int) -> date | None:
    """The day by which such letters have to be approved (S4: support-end notices leave on the notice day)."""
    return calendar.support_end_notice_day(fiscal_year) if letter_kind == SUPPORT_END else None


def content_of(letter: Letter) -> LetterContent:
    """What it says; until it is issued, to the body that stands for its own since a merger."""
    content = LetterContent.from_json(letter.content)
    return _to_the_present(content, letter.organisation) if letter in UNISSUED else content


def preview(letter: Letter, *, on: date) -> RenderedLetter:
    """A letter that is not issued, as it would look if it were on `on`: without number and date, marked 案."""
    return render(content_of(letter).worded_on(on))


def frozen_pdf(letter: Letter) -> bytes:
    """The file of an issued letter, as it was frozen. Raises storage.Damaged when it is not that any more, OSError."""
    assert letter.path is not None and letter.sha256 is not None
    return get_verified(letter.path, letter.sha256)


def filename_of(letter: Letter) -> str:
    """4未技第1号_北海道岩見沢市長.pdf; a draft has no number yet."""
    return f"{letter.number or '案'}_{letter.addressee}.pdf"


def is_about(record: Model) -> Any:
    return (Letter.about_kind == record.kind) & (Letter.about_id == record.id)


def _to_the_present(content: LetterContent, organisation: Organisation) -> LetterContent:
    """A letter to somebody else of the body, such as a member of a council, keeps its addressee."""
    if content.addressee != organisation.addressee:
        return content
    return replace(content, addressee=organisation.at_present.addressee)


def _queue_mail(letter: Letter, content: LetterContent, *, on: date, at: datetime) -> None:
    outbox.send(
        "letter_issued",
        to=outbox.contact_of(letter.organisation, on=on),
        about=letter,
        at=at,
        values={
            "subject": letter.subject,
            "number": letter.number,
            "issued_on": on,
            "addressed": content.addressed,
            "items": [item for item in content.items if item.role],
            "url": outbox.absolute_url("correspondence.letter", letter_id=letter.id),
        },
        attachments=[
            {
                "filename": filename_of(letter),
                "path": letter.path or "",
                "media_type": "application/pdf",
                "sha256": letter.sha256 or "",
            }
        ],
    )
