"""Letters: drafted once, approved by whoever comes first, discarded with a reason."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.correspondence import approval, letters
from app.correspondence.models import Letter
from app.db import db
from app.history import HistoryEntry, first_broken_entry
from app.lifecycle import NotAllowed
from app.permissions import SYSTEM
from tests import factories
from tests.parallel import in_parallel
from tests.reading import events

NOTICE_DAY = date(2023, 3, 31)


def draft(about, at, key="support-end:1:1", **values):
    body = values.pop("organisation", None) or factories.organisation()
    return letters.draft(
        key=key,
        letter_kind="support-end",
        about=about,
        about_number="17",
        organisation=body,
        content=letters.compose(
            about=about,
            form="通知",
            addressee=body.addressee,
            subject="支援の終了について",
            body=["終了します。"],
        ),
        fiscal_year=2022,
        actor=SYSTEM,
        at=at,
        **values,
    )


# Drafting


def test_a_letter_is_drafted_once_for_its_key(app, at):
    case = factories.call()
    first = draft(case, at)
    db.session.commit()
    assert draft(case, at, organisation=first.organisation) is None
    db.session.commit()
    assert db.session.scalars(select(Letter)).all() == [first]
    assert (first.state, first.subject, first.about_kind) == ("drafted", "支援の終了について（通知）", "call")
    assert events(first) == ["drafted"]


def test_two_workers_that_draft_at_once_make_one_letter(app, at):
    case, body = factories.call(), factories.organisation()
    db.session.commit()

    def job():
        made = draft(db.session.merge(case, load=False), at, organisation=db.session.merge(body, load=False))
        db.session.commit()
        return made is not None

    assert sorted(in_parallel(app, job, job)) == [False, True]
    (letter,) = letters.letters_of("support-end", 2022)
    assert events(letter) == ["drafted"]


def test_a_draft_names_the_office_of_its_programme_and_has_neither_number_nor_date(app, at):
    factories.programme()  # the house's own
    programme = factories.programme(
        "another",
        issuer="見本局長",
        section="見本課",
        contact_address="madoguchi@example.jp",
        contact_telephone="",
    )
    letter = draft(factories.call(programme=programme), at)
    content = letters.content_of(letter)
    assert letter.programme_id == programme.id
    assert (content.issuer, content.contact) == ("見本局長", ("見本課", "電子メール：madoguchi@example.jp"))
    assert content.draft
    assert content.number is None
    assert content.issued_on is None


def test_an_unknown_kind_of_letter_is_refused(app, at):
    body = factories.organisation()
    with pytest.raises(KeyError):
        letters.draft(
            key="x", letter_kind="thanks", about=body, about_number="", organisation=body,
            content=factories.letter_content(), fiscal_year=2022, actor=SYSTEM, at=at,
        )  # fmt: skip


# Approving


def test_a_director_approves_all_drafted_letters_at_once(app, at):
    drafted = [factories.letter() for _ in range(3)]
    director = factories.tenure("director")
    assert approval.approve(letters.letters_of("support-end", 2022, "drafted"), actor=director, at=at) == 3
    db.session.commit()
    for letter in drafted:
        assert (letter.state, letter.approved_by, letter.approved_at) == ("approved", director.name, at)
        assert events(letter) == ["approve"]


def test_letters_that_somebody_else_has_decided_on_are_passed_over(app, at):
    approved, discarded, waiting = factories.letter(state="approved"), factories.letter(), factories.letter()
    letters.discard(discarded, reason="重複のため", actor=factories.tenure("officer"), at=at)
    db.session.commit()
    count = approval.approve([approved, discarded, waiting], actor=factories.tenure("director"), at=at)
    db.session.commit()
    assert count == 1
    assert [letter.state for letter in (approved, discarded, waiting)] == [
        "approved",
        "discarded",
        "approved",
    ]
    assert approved.approved_by == "見本 局長"


def test_two_directors_who_approve_at_once_approve_each_letter_once(app, at):
    ids = [factories.letter().id for _ in range(12)]
    directors = [factories.tenure("director").id for _ in range(2)]
    db.session.commit()

    def approval_by(tenure_id):
        def job():
            from app.organisations.models import Tenure

            # Both have read the list before either of them approves.
            chosen = letters.letters_of("support-end", 2022, "drafted")
            director = db.session.get(Tenure, tenure_id)
            count = approval.approve(chosen, actor=director, at=at)
            db.session.commit()
            return count

        return job

    counts = in_parallel(app, *(approval_by(tenure_id) for tenure_id in directors))
    assert sum(counts) == len(ids)
    for letter in letters.letters_of():
        assert letter.state == "approved"
        assert events(letter) == ["approve"]
    assert first_broken_entry() is None


def test_an_officer_cannot_approve(app, at):
    letter = factories.letter()
    with pytest.raises(NotAllowed):
        approval.approve([letter], actor=factories.tenure("officer"), at=at)
    assert letter.state == "drafted"


# Discarding


def test_a_discarded_letter_keeps_its_reason_and_is_not_drafted_again(app, at):
    case = factories.call()
    letter = draft(case, at)
    letters.discard(letter, reason=" 事業が中止されたため ", actor=factories.tenure("officer"), at=at)
    db.session.commit()
    assert letter.state == "discarded"
    assert events(letter) == ["discard", "drafted"]
    assert db.session.scalars(HistoryEntry.of(letter)).first().changes["reason"] == "事業が中止されたため"
    assert draft(case, at, organisation=letter.organisation) is None


def test_a_letter_is_not_discarded_without_a_reason_or_after_it_was_issued(app, at):
    letter = factories.letter(state="approved")
    with pytest.raises(ValueError, match="reason"):
        letters.discard(letter, reason=" ", actor=SYSTEM, at=at)
    letters.issue(letter, on=NOTICE_DAY, at=at)
    with pytest.raises(NotAllowed):
        letters.discard(letter, reason="取消し", actor=SYSTEM, at=at)
    assert letter.state == "issued"


def test_the_letters_about_a_case_are_discarded_together_but_not_what_was_issued(app, at):
    case = factories.call()
    about = {"about_kind": case.kind, "about_id": case.id}
    issued = letters.issue(factories.letter(state="approved", **about), on=NOTICE_DAY, at=at)
    waiting = [factories.letter(**about), factories.letter(state="approved", **about)]
    other = factories.letter(about_kind=case.kind, about_id=case.id + 1)
    director = factories.tenure("director")
    assert letters.discard_about(case, reason="中止", actor=director, at=at) == 2
    db.session.commit()
    assert [letter.state for letter in (issued, *waiting, other)] == [
        "issued", "discarded", "discarded", "drafted",
    ]  # fmt: skip
    assert letters.discard_about(case, reason="中止", actor=director, at=at) == 0
