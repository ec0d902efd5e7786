"""Sixty applications on the officer's desk: accepted and on to the next, or several at once."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import func, select

from app.applications import checking, submission
from app.applications.models import Application
from app.correspondence.models import Mail
from app.db import db
from app.history import HistoryEntry
from tests import factories
from tests.factories.applications import holder
from tests.reading import words_of


def accepted_ids() -> set[int]:
    return set(db.session.scalars(select(Application.id).where(Application.state == "accepted")))


@pytest.fixture
def call(app):
    return factories.call(code="R5")


@pytest.fixture
def three(call):
    return [factories.application("submitted", call=call) for _ in range(3)]


@pytest.fixture
def officer(sign_in_as):
    return sign_in_as("officer")[0]


def listed(client, call) -> tuple[str, list[str], str]:
    """The list of what is to be checked: its page, the cases, and since when it stands."""
    shown = words_of(client.get(f"/applications?call={call.id}&state=submitted&sort=number"))
    seen = re.search(r'name="seen" type="hidden" value="([^"]+)"', shown)
    return shown, re.findall(r'href="(/applications/\d+\?list=[^"]+)"', shown), seen.group(1) if seen else ""


def act_of(shown: str) -> str:
    return re.search(r'action="(/applications/\d+/acceptance[^"]*)"', shown).group(1)


def test_accepting_leads_to_the_next_case_of_the_list_and_from_the_last_back_to_it(three, call, officer):
    _, (first, second, third), _ = listed(officer, call)
    shown = words_of(officer.get(first))
    assert "受理して次へ" in shown
    answer = officer.post(act_of(shown))
    assert unescape(answer.headers["Location"]) == second
    shown = words_of(officer.get(second))
    assert (
        three[0].number in shown and "受理しました" in shown
    )  # the page of another case names the one accepted
    officer.post(act_of(shown))
    shown = words_of(officer.get(third))
    assert "受理して次へ" not in shown
    answer = officer.post(act_of(shown))
    assert answer.headers["Location"].startswith(f"/applications?call={call.id}&state=submitted")
    assert accepted_ids() == {application.id for application in three}


def test_who_opened_the_case_from_elsewhere_stays_on_it(three, officer):
    shown = words_of(officer.get(f"/applications/{three[0].id}"))
    assert "受理して次へ" not in shown
    assert officer.post(act_of(shown)).headers["Location"] == f"/applications/{three[0].id}"


def test_a_case_resubmitted_after_the_page_was_opened_is_not_accepted_unread(three, officer, at):
    shown = words_of(officer.get(f"/applications/{three[0].id}"))
    seen = re.search(r'name="seen" value="([^"]+)"', shown).group(1)
    resubmitted(three[0], at)
    answer = officer.post(act_of(shown), data={"seen": seen}, follow_redirects=True)
    assert "再提出されました" in words_of(answer) and accepted_ids() == set()


def resubmitted(application: Application, at) -> None:
    """Returned and handed in again, a minute later."""
    approver, officer = holder("municipality_approver", application.organisation), holder("officer")
    later = at + timedelta(minutes=1)
    checking.return_for_correction(
        application,
        defects={"basics": "地域名"},
        due_at=at + timedelta(days=7),
        actor=officer,
        at=at + timedelta(seconds=1),
    )
    factories.save_basics(application, title="直した題", summary="概要", version=1, actor=approver, at=later)
    submission.resubmit(application, actor=approver, at=later)
    db.session.commit()


def test_several_are_accepted_at_once_each_with_its_own_history_and_mail(three, call, officer):
    shown, _, seen = listed(officer, call)
    assert shown.count('type="checkbox"') == 3 and "受理する" in shown
    action = re.search(r'action="(/applications/acceptances[^"]*)"', shown).group(1)
    chosen = [str(application.id) for application in three[:2]]
    answer = officer.post(action, data={"application": chosen, "seen": seen})
    assert answer.headers["Location"].startswith(f"/applications?call={call.id}&state=submitted")
    assert "2件" in words_of(officer.get(answer.headers["Location"]))
    assert accepted_ids() == {application.id for application in three[:2]}
    for application in three[:2]:
        entries = [entry.event for entry in db.session.scalars(HistoryEntry.of(application))]
        assert entries.count("accept") == 1
    told = select(func.count()).select_from(Mail).where(Mail.subject.contains("受理しました"))
    assert db.session.scalar(told) == 2


def test_those_that_cannot_be_accepted_are_named_with_the_reason_and_the_others_are_accepted(
    three, call, officer, at
):
    _, _, seen = listed(officer, call)
    already, changed, free = three
    checking.accept(already, actor=holder("officer"), at=at)
    resubmitted(changed, at)
    db.session.commit()
    decided = factories.application("submitted", call=factories.call())
    decided.call.state = "decided"
    data = {"application": [str(it.id) for it in (*three, decided)], "seen": seen}
    told = words_of(officer.post("/applications/acceptances", data=data, follow_redirects=True))
    for number, why in (
        (already.number, "受理済み"),
        (changed.number, "再提出されました"),
        (decided.number, "決定"),
    ):
        notice = next(
            it for it in re.findall(r'<div class="notice notice--\w+".*?</div>', told, re.S) if number in it
        )
        assert why in notice and free.number not in notice
    assert accepted_ids() == {already.id, free.id}


def test_nothing_chosen_nonsense_and_what_is_nobodys_business_are_answered_in_words(three, call, officer):
    draft = factories.application("draft", call=call)
    db.session.commit()
    for chosen in ([], ["x", "-1", "99999999999999999999", "0"], [str(draft.id)]):
        told = words_of(
            officer.post("/applications/acceptances", data={"application": chosen}, follow_redirects=True)
        )
        assert "選択されていません" in told
    many = [str(number) for number in range(1, 30_000)]
    assert officer.post("/applications/acceptances", data={"application": many}).status_code in (302, 413)
    nonsense = {"application": [str(three[0].id)], "seen": "yesterday"}
    assert officer.post("/applications/acceptances", data=nonsense).status_code == 302


def test_who_does_not_check_sees_no_boxes(three, call, sign_in_as):
    for client in (
        sign_in_as("director")[0],
        sign_in_as(tenure=holder("municipality_editor", three[0].organisation))[0],
    ):
        assert 'type="checkbox"' not in words_of(client.get("/applications"))


def test_a_list_with_nothing_to_accept_offers_no_boxes(call, officer):
    factories.application("selected", call=call)
    db.session.commit()
    assert 'type="checkbox"' not in words_of(officer.get("/applications"))


def test_sixty_are_accepted_at_once(call, officer):
    made = [factories.application("submitted", call=call) for _ in range(60)]
    db.session.commit()
    officer.post("/applications/acceptances", data={"application": [str(it.id) for it in made]})
    assert accepted_ids() == {application.id for application in made}
