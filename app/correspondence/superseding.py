"""A letter that was issued wrongly stays as it is. Another letter, with a number of its own, replaces or withdraws it.

It goes the way of every letter: drafted, approved by a director, issued on a working day, mailed. Only when it is
issued is the former one superseded (差替え, 取消し): its page says so, and its file stays (docs/adr/0018).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import func, select

from app.actors import Actor
from app.calendar import era_date
from app.correspondence import letters
from app.correspondence.approval import locked
from app.correspondence.issuing import issue_each
from app.correspondence.models import AT_ONCE, REPLACEMENT, WITHDRAWAL, Letter
from app.correspondence.rendering import MATTER, Item, LetterContent
from app.db import Model, db, held
from app.lifecycle import move, must_be_open
from app.lifecycle.letter import APPROVED, DISCARDED, ISSUED

REASON, AFTERWARDS = "理由", "今後の取扱い"
REPLACED, REPLACED_FOR = "差し替える文書", "差替えの理由"


def withdraw(letter: Letter, *, reason: str, afterwards: str = "", actor: Actor, at: datetime) -> Letter:
    """Draft the letter that withdraws `letter`; `afterwards` says how things go on.

    Raises NotAllowed where it cannot be withdrawn and for who may not, ValueError without a reason.
    """
    _hold(letter, "withdraw", actor, at)
    content = withdrawal(letter, reason=reason, afterwards=afterwards)
    return _draft(letter, "withdraw", WITHDRAWAL, content, reason=reason, actor=actor, at=at)


def replace_by(letter: Letter, content: LetterContent, *, reason: str, actor: Actor, at: datetime) -> Letter:
    """Draft the letter with the right `content` that goes out in the place of `letter`. Raises as `withdraw` does."""
    _hold(letter, "replace", actor, at)
    content = replacement(letter, content, reason=reason)
    return _draft(letter, "replace", REPLACEMENT, content, reason=reason, actor=actor, at=at)


def withdraw_all(
    record: Model, *letter_kinds: str, reason: str, afterwards: str, actor: Actor, at: datetime
) -> list[Letter]:
    """Draft the withdrawal of each letter of these kinds that was issued about `record` and stands; those that were drafted.

    What was to replace such a letter and is not issued yet is discarded.
    """
    drafted = []
    for last in _ends_of_chains(record, letter_kinds, hold=True):
        if last.letter_kind == WITHDRAWAL:
            continue
        if last not in ISSUED:
            letters.discard(last, reason=reason, actor=actor, at=at)
            last = db.session.get_one(Letter, last.supersedes_id)
        drafted.append(withdraw(last, reason=reason, afterwards=afterwards, actor=actor, at=at))
    return drafted


def standing_about(record: Model, *letter_kinds: str) -> list[Letter]:
    """The letters of these kinds that were issued about `record` and hold, or those that replaced them."""
    ends = _ends_of_chains(record, letter_kinds, hold=False)
    return [last for last in ends if not last.is_withdrawal and last in ISSUED]


def stands_issued(record: Model, *letter_kinds: str, hold: bool = False) -> bool:
    """Whether a letter of one of these kinds about `record` has been issued and is not withdrawn, nor to be.

    With `hold` none can be until the end of the transaction: the letters there are stay locked.
    """
    return any(last.letter_kind != WITHDRAWAL for last in _ends_of_chains(record, letter_kinds, hold=hold))


def issue_approved(*, on: date, at: datetime) -> int:
    """Issue each approved letter that waits for no day of its own: one that supersedes another, or is about an extension or a
    cancellation. None on a closed day. Commits per letter; the number issued.
    """
    approved = select(Letter.id).where(Letter.letter_kind.in_(AT_ONCE), APPROVED.of(Letter))
    return issue_each(db.session.scalars(approved.order_by(Letter.id)).all(), on=on, at=at)


def count_approved() -> int:
    """How many `issue_approved` would issue."""
    approved = select(func.count(Letter.id)).where(Letter.letter_kind.in_(AT_ONCE), APPROVED.of(Letter))
    return db.session.scalar(approved) or 0


def related(letter: Letter) -> tuple[Letter | None, Letter | None]:
    """The letter that `letter` supersedes, and the one that supersedes it, drafts included."""
    former = db.session.get(Letter, letter.supersedes_id) if letter.supersedes_id else None
    later = db.session.get(Letter, letter.superseder_id) if letter.superseder_id else None
    return former, later


def withdrawal(letter: Letter, *, reason: str, afterwards: str = "") -> LetterContent:
    """What the letter says that withdraws `letter`."""
    opening = "下記1の文書については、下記2の理由により、これを取り消しますので、通知します。"
    items = [Item("取り消す文書", _named(letter), role=MATTER), Item(REASON, _needed(reason))]
    if afterwards:
        items.append(Item(AFTERWARDS, afterwards))
        opening += "\nなお、今後の取扱いは下記3のとおりです。"
    return letters.compose(
        about=letter,
        form="通知",
        addressee=letter.organisation.addressee,
        subject=f"「{letter.subject}」の取消しについて（通知）",
        body=[
            *opening.split("\n"),
            "取り消した文書は、破棄していただくようお願いします。御迷惑をお掛けしましたことをおわびします。",
        ],
        items=items,
    )


def replacement(letter: Letter, content: LetterContent, *, reason: str) -> LetterContent:
    """`content` as it goes out in the place of `letter`: it says so at its head, and which one it is at its end."""
    assert letter.issued_on is not None
    head = (
        f"{era_date(letter.issued_on)}付け{letter.number}の文書は、記載に誤りがあったため、本書をもって差し替えます。"
        "差し替える前の文書は、破棄していただくようお願いします。御迷惑をお掛けしましたことをおわびします。"
    )
    return letters.compose(
        about=letter,
        form=content.form,
        addressee=letter.organisation.addressee,
        subject=content.subject,
        body=[head, *content.body],
        items=[*content.items, Item(REPLACED, _named(letter)), Item(REPLACED_FOR, _needed(reason))],
        honorific=content.honorific,
    )


def to_be_mended(letter: Letter, worded_anew: LetterContent | None, *, on: date) -> LetterContent:
    """What a replacement starts from: worded anew from the record where its kind can be, else as it was issued.

    In the place of a withdrawal goes the letter that it withdrew: a wrong withdrawal is mended by sending that again.
    """
    source = letter
    if letter.letter_kind == WITHDRAWAL:
        source = db.session.get_one(Letter, letter.supersedes_id)
    content = worded_anew or letters.content_of(source)
    items = tuple(item for item in content.items if item.heading not in (REPLACED, REPLACED_FOR))
    body = content.body[1:] if source.letter_kind == REPLACEMENT else content.body
    content = replace(content, body=body, items=items, number=None, issued_on=None, draft=True)
    return replace(content.worded_on(on), past_from=None, past_body=())


def compose_anew(letter: Letter) -> LetterContent:
    """A withdrawal as it would be worded today, for one that is put forward again."""
    former = db.session.get_one(Letter, letter.supersedes_id)
    texts = {item.heading: item.text for item in letters.content_of(letter).items}
    return withdrawal(former, reason=texts[REASON], afterwards=texts.get(AFTERWARDS, ""))


def _hold(letter: Letter, name: str, actor: Actor, at: datetime) -> None:
    """Nobody else supersedes it until the end of the transaction."""
    held(letter)  # of two people at once the second waits here, and then finds the draft of the first
    db.session.expire(letter, ["superseder_id"])
    must_be_open(letter, name, actor=actor, at=at)


def _draft(
    letter: Letter, name: str, kind: str, content: LetterContent, *, reason: str, actor: Actor, at: datetime
) -> Letter:
    changes = {"as": kind, "reason": reason.strip()}
    move(letter, name, actor=actor, at=at, changes=changes)
    tried = db.session.scalar(select(func.count(Letter.id)).where(Letter.supersedes_id == letter.id)) or 0
    made = letters.draft(
        key=f"{kind}:letter:{letter.id}:{tried + 1}",
        letter_kind=kind,
        about=letters.Case(letter.about_kind, letter.about_id, letter.programme_id),
        about_number=letter.about_number,
        organisation=letter.organisation,
        content=content,
        fiscal_year=letter.fiscal_year,
        supersedes=letter,
        actor=actor,
        at=at,
    )
    assert made is not None, "nobody else can have drafted it: the former letter is locked"
    db.session.expire(letter, ["superseder_id"])
    return made


def _ends_of_chains(record: Model, letter_kinds: Sequence[str], *, hold: bool) -> list[Letter]:
    """For each issued letter of these kinds about `record` the newest of those that supersede it, or itself."""
    found: Sequence[Letter] = list(db.session.scalars(select(Letter).where(letters.is_about(record))))
    if hold:
        found = list(locked(found))
    later = {it.supersedes_id: it for it in found if it.supersedes_id and it not in DISCARDED}
    ends = []
    for letter in found:
        if letter.letter_kind in letter_kinds and letter in ISSUED:
            while letter.id in later:
                letter = later[letter.id]
            ends.append(letter)
    return ends


def _named(letter: Letter) -> str:
    assert letter.issued_on is not None
    return f"文書番号　{letter.number}\n発信年月日　{era_date(letter.issued_on)}\n件名　{letter.subject}"


def _needed(reason: str) -> str:
    if not reason.strip():
        raise ValueError("a letter is superseded for a reason")
    return reason.strip()
