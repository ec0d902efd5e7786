"""What a programme says of itself: written by officers, found from any record of it, told apart on every page."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from flask import request
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.correspondence import copies
from app.correspondence.models import Mail
from app.correspondence.voice import voice_of
from app.db import db
from app.history import HistoryEntry
from app.programmes.apart import chosen_programme
from app.programmes.models import Call, Programme
from app.programmes.voice import house
from app.projects.lists import project_list
from app.projects.operations import open_project, reserve_numbers
from app.reporting.lists import public_list
from app.reporting.pictures import pictures
from app.reporting.statistics import figures
from tests import factories
from tests.conventions.brought import one_of_each_kind
from tests.home.page import page_of
from tests.programmes.test_routes import FILLED
from tests.reading import events, page_at, words_of

SAID = {"key": "transport", **factories.programmes.ANOTHER}
# What is of no programme: people and their seats, and what the whole house does.
OF_THE_HOUSE = {"halt", "organisation", "person", "rule_days", "seat", "seat_check", "work"}


def test_an_officer_begins_a_programme_and_the_history_tells(sign_in_as):
    client, officer = sign_in_as("officer")
    answer = client.post("/programmes/new", data=SAID)
    begun = db.session.scalars(select(Programme)).one()
    assert answer.headers["Location"] == f"/programmes/{begun.id}"
    assert {name: getattr(begun, name) for name in SAID} == SAID
    assert events(begun) == ["added"]
    entry = db.session.scalars(HistoryEntry.of(begun)).one()
    assert (entry.actor_name, entry.audience) == (officer.name, "office")
    page = page_at(client, f"/programmes/{begun.id}")
    assert all(SAID[name] in page for name in ("name", "ministry_en", "issuer", "mark", "contact_address"))
    assert SAID["name"] in page_at(client, "/programmes")


def test_what_it_says_is_changed_with_what_it_was_on_record(sign_in_as):
    client, _ = sign_in_as("officer")
    programme = factories.programme("transport")
    db.session.commit()
    address = f"/programmes/{programme.id}/edit"
    said = {**SAID, "issuer": "見本省次長", "version": str(programme.version_id)}
    assert client.post(address, data=said).status_code == 302
    assert programme.issuer == "見本省次長"
    entry = db.session.scalars(HistoryEntry.of(programme)).first()
    assert entry.changes == {"issuer": [SAID["issuer"], "見本省次長"]}
    assert (
        client.post(address, data={**said, "issuer": "別の局長"}).status_code == 409
    )  # the page was an old one
    assert programme.issuer == "見本省次長"
    unchanged = {**said, "version": str(programme.version_id)}
    client.post(address, data=unchanged)
    assert events(programme) == ["edited"]


def test_its_name_in_addresses_stays(sign_in_as):
    client, _ = sign_in_as("officer")
    programme = factories.programme("transport")
    db.session.commit()
    said = {**SAID, "key": "another", "version": str(programme.version_id)}
    client.post(f"/programmes/{programme.id}/edit", data=said)
    assert db.session.get(Programme, programme.id).key == "transport"


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("key", "Transport"), ("key", "future-tech"), ("mark", "4見交第"), ("mark", "見交1"), ("mark", ""),
        ("contact_address", "no address"), ("issuer", ""), ("name_en", ""),
    ],
)  # fmt: skip
def test_what_it_cannot_be_is_refused_with_what_was_typed(sign_in_as, name, typed):
    client, _ = sign_in_as("officer")
    factories.programme()
    db.session.commit()
    answer = client.post("/programmes/new", data={**SAID, name: typed})
    assert answer.status_code == 422
    assert f'href="#{name}"' in words_of(answer) and SAID["bureau"] in words_of(answer)
    assert db.session.scalars(select(Programme.key)).all() == ["future-tech"]


def test_what_is_wrong_is_listed_in_the_order_of_the_page(sign_in_as):
    client, _ = sign_in_as("officer")
    page = page_of(words_of(client.post("/programmes/new", data={})))
    listed = [link["href"].removeprefix("#") for link in page.all(".error-summary a")]
    asked = [entry["name"] for entry in page.all("main input")]
    assert "key" in listed and listed == [name for name in asked if name in listed]


def test_a_director_reads_it_and_nobody_else_may(sign_in_as, client):
    programme = factories.programme()
    db.session.commit()
    director, _ = sign_in_as("director")
    assert director.get(f"/programmes/{programme.id}").status_code == 200
    assert director.get(f"/programmes/{programme.id}/edit").status_code == 403
    reviewer, _ = sign_in_as("reviewer")
    assert reviewer.get("/programmes").status_code == 403
    assert client.get("/programmes").status_code == 302


def test_a_call_is_of_the_programme_that_was_chosen_and_is_not_asked_while_there_is_one(sign_in_as):
    client, _ = sign_in_as("officer")
    first = factories.programme()
    db.session.commit()
    assert "programme_id" not in page_at(client, "/calls/new")
    client.post("/calls/new", data=FILLED)
    other = factories.programme("transport")
    db.session.commit()
    assert 'name="programme_id"' in page_at(client, "/calls/new")
    client.post("/calls/new", data={**FILLED, "code": "K5", "programme_id": str(other.id)})
    calls = db.session.scalars(select(Call).order_by(Call.id)).all()
    assert [it.programme_id for it in calls] == [first.id, other.id]
    edited = {**FILLED, "version": str(calls[0].version_id), "programme_id": str(other.id)}
    assert client.post(f"/calls/{calls[0].id}/edit", data=edited).status_code == 302
    assert db.session.get(Call, calls[0].id).programme.key == "transport"


# Its voice


def test_every_kind_of_record_that_mails_are_about_has_a_programme_or_is_of_the_house(app, at):
    """A kind that forgot its programme would speak in the name of the first one."""
    factories.programme()  # the first
    other = factories.programme("transport")
    call = factories.call(programme=other)
    of_other = {
        "application": factories.application(call=call),
        "call": call,
        "conversation": factories.message(factories.application(call=call)).conversation,
        "council": (council := factories.council(factories.project(call=call))),
        "delegation": factories.delegation(factories.application(call=call)),
        "grace": factories.grace(call),
        "kpi": factories.kpi(council.project),
        "evaluation": (evaluation := factories.evaluation(council.project)),
        "evaluation_meeting": evaluation.meeting,
        "log_entry": factories.log_entry(council.project),
        "obstacle": factories.obstacle(council.project),
        "knowledge_item": factories.knowledge_item(factories.obstacle(council.project, "resolved")),
        "report": factories.report(project=council.project),
        "letter": factories.letter(programme_id=other.id),
        "mail": factories.mail(programme_id=other.id),
        "membership": factories.membership(council),
        "programme": other,
        "survey": (asking := factories.survey("open", programme=other)),
        "survey_answer": factories.survey_answer(council.project, survey=asking),
        "project": council.project,
        "wish": factories.wish(council.project),
        "change_request": factories.change_request(project=council.project),
        "continuation": factories.continuation(project=factories.extendable_project(programme=other)),
    }
    everything = one_of_each_kind(at)
    assert everything.keys() == of_other.keys() | OF_THE_HOUSE
    for kind, record in of_other.items():
        assert voice_of(record) is other, kind
    for kind in OF_THE_HOUSE:
        assert voice_of(everything[kind][0]) is house(), kind
    assert voice_of(None) is house() and house().key == "future-tech"


def test_before_there_is_a_programme_the_house_speaks_by_its_settings(app, client):
    app.config.update(ISSUER_SECTION="見本課", CONTACT_ADDRESS="madoguchi@example.jp")
    assert (voice_of(None).section, voice_of(None).id) == ("見本課", None)
    assert "madoguchi@example.jp" in page_at(client, "/contact")
    assert db.session.scalar(select(Programme)) is None


def test_the_officers_have_a_digest_of_each_programme(app, at):
    factories.tenure("officer")
    first, other = factories.programme().id, factories.programme("transport").id
    for programme_id, subject in ((first, "一つめのこと"), (other, "二つめのこと"), (other, "三つめのこと")):
        factories.mail(copy_note="写し", subject=subject, programme_id=programme_id)
    assert copies.send(on=at.date(), at=at) == 2
    assert copies.send(on=at.date(), at=at) == 0
    digests = db.session.scalars(select(Mail).where(Mail.key.startswith("copies:")).order_by(Mail.id)).all()
    assert [it.programme_id for it in digests] == [first, other]
    assert "一つめ" in digests[0].body and "二つめ" not in digests[0].body
    assert "メール2通" in digests[1].subject and SAID["section"] in digests[1].body


# Its numbers


def test_projects_are_numbered_within_their_programme_past_what_is_kept_for_its_list(app, at):
    officer = factories.tenure("officer")
    first, other = factories.programme(), factories.programme("transport")
    reserve_numbers(first, 49)
    made = [
        open_project(
            call=factories.call(programme=programme),
            applicants=[factories.organisation()],
            actor=officer,
            at=at + timedelta(minutes=place),
        )
        for place, programme in enumerate((first, other, first, other))
    ]
    assert [(it.programme_id, it.number) for it in made] == [
        (first.id, 50), (other.id, 1), (first.id, 51), (other.id, 2)
    ]  # fmt: skip


def test_a_number_is_given_once_in_a_programme_and_again_in_another(app):
    other = factories.programme("transport")
    factories.project(number=7)
    factories.project(number=7, call=factories.call(programme=other))
    with pytest.raises(IntegrityError), db.session.begin_nested():
        factories.project(number=7, call=factories.call(programme=other))


def test_of_projects_with_one_number_each_has_its_place_in_a_list(app, sign_in_as):
    """Or one would be on two pages of the list, and another on none."""
    _, officer = sign_in_as("officer")
    first, other = factories.programme(), factories.programme("transport")
    body = factories.organisation()
    made = [factories.project([body], number=7, call=factories.call(programme=it)) for it in (first, other)]
    db.session.commit()
    with app.test_request_context("/projects"):
        listing = project_list(officer, request.args)
        assert (
            str(listing.paging.query)
            .split("ORDER BY")[1]
            .split("LIMIT")[0]
            .strip()
            .endswith("projects.number ASC, projects.id ASC")
        )
        assert listing.rows == made


# What pages show


def test_with_one_programme_no_list_and_no_page_speaks_of_programmes(sign_in_as, client):
    officer, _ = sign_in_as("officer")
    factories.project(call=factories.call(state="announced"))
    factories.application("submitted")
    factories.letter()
    factories.mail()
    db.session.commit()
    for address in ("/projects", "/applications", "/letters", "/mails", "/calls", "/"):
        main = page_at(officer, address).split("<main")[1].split("<footer")[0]
        assert "全施策" not in main and 'name="programme"' not in main, address
    assert "全施策" not in page_at(client, "/register") and "全施策" not in page_at(client, "/")


def test_a_letter_of_several_programmes_has_its_own_beneath_the_subject_and_in_files_a_column(sign_in_as):
    """One column more would leave the subject three characters wide."""
    other = factories.programme("transport")
    factories.letter(subject="支援の終了について（通知）")
    factories.letter(subject="支援の終了について（通知）", programme_id=other.id)
    officer, _ = sign_in_as("officer")
    page = page_of(page_at(officer, "/letters"))
    assert "施策" not in [it.words for it in page.all("thead th")]
    subjects = {cell.words for cell in page.all("tbody td") if cell.element.get("data-label") == "件名"}
    assert subjects == {f"支援の終了について（通知）{it.name}" for it in (other, factories.programme())}
    rows = list(csv.DictReader(io.StringIO(officer.get("/letters?format=csv").data.decode("utf-8-sig"))))
    assert {row["施策"] for row in rows} == {other.name, factories.programme().name}


def test_the_pictures_of_the_register_are_of_the_programme_that_is_chosen(app, at):
    for programme in (factories.programme(), factories.programme("transport"), factories.programme()):
        announced = factories.call(state="announced", announced_on=at.date(), programme=programme)
        factories.project(call=announced, technologies_raw="AI", opened_on=at.date())
    db.session.commit()
    drawn = {}
    for key in ("", "transport", "future-tech"):
        with app.test_request_context(f"/register?programme={key}"):
            listing = public_list(request.args, at.date())
            found = figures(at.date(), chosen_programme(listing.chosen))
            drawn[key] = pictures(listing, found)
    tiles = {key: sum(tile.count for tile in it["tiles"]) for key, it in drawn.items()}
    assert tiles == {"": 3, "transport": 1, "future-tech": 2}
    assert {key: dict(it["technology_counts"])["AI"] for key, it in drawn.items()} == tiles
    assert {key: len(it["periods"].bars) for key, it in drawn.items()} == tiles


def test_the_register_shows_which_programme_it_is_of_and_since_when_it_has_selected(app, client, at):
    announced = factories.call(state="announced", announced_on=at.date(), selection_fy=2021)
    factories.project(call=announced, opened_on=at.date())
    factories.programme("transport")
    db.session.commit()
    for query, current, label in (
        ("", "全施策の合計", "選定（令和3年度から）"),
        ("?programme=transport", SAID["name"], "選定数"),
    ):
        page = page_of(page_at(client, f"/register{query}"))
        ways = page.all(".subnav__link")
        assert [it.words for it in ways if it.element.get("aria-current")] == [current]
        assert not [it for it in ways if "#" in it["href"]], "the figures are read first"
        assert page.all(".figure__label")[0].words == label


def test_the_head_and_the_foot_say_whose_pages_these_are(client):
    factories.programme()
    db.session.commit()
    page = page_at(client, "/")
    assert '<span class="brand__programme">未来技術社会実装事業</span>' in page
    assert '<p class="footer__owner">内閣府地方創生推進事務局</p>' in page
    factories.programme("transport")
    db.session.commit()
    page, lost = page_at(client, "/"), client.get("/nowhere")
    for shown in (page, words_of(lost)):
        assert '<span class="brand__programme">内閣府、見本省の施策</span>' in shown
        assert '<p class="footer__owner">見本省見本局</p>' in shown
    client.set_cookie("language", "en")
    assert "Sample Bureau, Sample Ministry" in page_at(client, "/")
