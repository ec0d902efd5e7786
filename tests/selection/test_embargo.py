"""Until the announcement no applicant and no outsider learns a result: from no page, history, mail or notice."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.correspondence.models import Mail
from app.db import db
from app.permissions import APPROVER, EDITOR
from app.projects.announcing import announce
from app.selection import operations
from tests.factories.applications import holder

REASON = "実施体制の記載が十分でない。"
TELLING = (
    REASON,
    "選定しない",
    "不選定",
    "選定する",
    "選定されました",
    "採択",
    "Not selected",
    "Provisional",
    "provisional",
    "暫定",
)


@pytest.fixture
def decided(call, apply, record, director, at):
    applications = [record(apply("白石市"), True, "先導性が高い。"), record(apply("角田市"), False, REASON)]
    operations.decide(call, actor=director, at=at)
    db.session.commit()
    return applications


def pages_of(client, application) -> dict[str, str]:
    paths = [
        "/",
        "/calls",
        "/calls?state=decided",
        f"/calls/{application.call_id}",
        "/applications",
        "/applications?format=csv",
        f"/applications/{application.id}",
        "/projects",
        "/letters",
        "/register",
        "/register.json",
        "/register?format=csv",
    ]
    answers = {path: client.get(path) for path in paths}
    assert all(answer.status_code == 200 for answer in answers.values()), {
        p: a.status for p, a in answers.items()
    }
    # The choices of a filter name every state there is, and tell nothing of this application.
    return {
        path: re.sub(r"<select.*?</select>", "", answer.get_data(as_text=True), flags=re.S)
        for path, answer in answers.items()
    }


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_pages_of_both_applicants_are_the_same_whatever_was_decided(decided, sign_in_as, language):
    """What differs between the selected one's pages and the other's would be the leak."""
    seen = []
    for application in decided:
        client, approver = sign_in_as(tenure=holder(APPROVER, application.organisation))
        client.get(f"/language/{language}")
        pages = pages_of(client, application)
        for path, page in pages.items():
            for word in TELLING:
                assert word not in page, f"{path} tells {word!r}"
        own = [approver.name, holder(EDITOR, application.organisation).name, application.organisation.name]
        own += [str(application.number), f"/applications/{application.id}"]
        seen.append([(path, impersonal(page, own)) for path, page in pages.items()])
    for (path, page), (_path, other) in zip(*seen, strict=True):
        assert page == other, path


def impersonal(page: str, own: list[str]) -> str:
    """The page without what is the reader's own: names, numbers, hashes and tokens."""
    for place, word in enumerate(own):
        page = page.replace(word, f"({place})")
    page = re.sub(r"[0-9a-f]{12,64}|/submissions/[0-9]+", "(hash)", page)
    return re.sub(r'"[\w-]{20,}\.[\w-]{6}\.[\w-]{20,}"', '"token"', page)


def test_no_page_of_the_selection_opens_to_an_applicant(decided, sign_in_as):
    application = decided[0]
    client, _ = sign_in_as(tenure=holder(APPROVER, application.organisation))
    call = application.call_id
    for path in (
        f"/calls/{call}/selection",
        f"/calls/{call}/decision",
        f"/calls/{call}/announcement",
        f"/applications/{application.id}/result",
    ):
        assert client.get(path).status_code == 403, path


def test_an_outsider_sees_nothing_of_the_round(decided, client):
    for path in (
        "/",
        "/register",
        "/register.json",
        "/register?selection_fy=2023",
        "/register?on=2030-01-01",
        "/calls",
        "/calls?format=csv",
        f"/calls/{decided[0].call_id}",
    ):
        page = client.get(path).get_data(as_text=True)
        for word in (*TELLING, "白石市", "角田市"):
            assert word not in page, f"{path} tells {word!r}"


def test_no_mail_about_a_result_waits_in_the_outbox(decided):
    for mail in db.session.scalars(select(Mail)):
        assert mail.about_kind != "letter"
        assert not any(word in mail.subject + mail.body for word in TELLING)


def test_the_letters_do_not_open_to_the_addressee_before_they_are_issued(decided, sign_in_as):
    from app.correspondence.letters import letters_of

    for letter in letters_of():
        client, _ = sign_in_as(tenure=holder(APPROVER, letter.organisation))
        assert client.get(f"/letters/{letter.id}").status_code == 404
        assert client.get(f"/letters/{letter.id}.pdf").status_code == 404


def test_after_the_announcement_each_learns_its_own_result(decided, call, officer, at, sign_in_as, client):
    announce({"call_id": call.id}, actor=officer, at=at, progress=lambda done, total: None)
    db.session.commit()
    won, lost = decided
    for application, said in ((won, "選定"), (lost, "不選定")):
        applicant, _ = sign_in_as(tenure=holder(APPROVER, application.organisation))
        page = applicant.get(f"/applications/{application.id}").get_data(as_text=True)
        assert said in page
        assert REASON not in page, "the reasons are told by the letter"
    register = client.get("/register").get_data(as_text=True)
    assert "白石市" in register
    assert "角田市" not in register
