"""Once announced, an application leads on to its letter, its project and the council; before, nothing shows of it."""

from __future__ import annotations

import pytest

from app import calendar
from app.applications.models import Application
from app.correspondence import letters
from app.correspondence.models import Letter
from app.db import db
from app.organisations.models import Organisation
from app.permissions import SYSTEM
from app.projects.models import Project
from app.projects.operations import open_from
from tests import factories
from tests.factories.applications import holder


def page(answer) -> str:
    return answer.get_data(as_text=True).split("case__timeline")[0]


@pytest.fixture
def selected(app, at) -> Application:
    application = factories.application("selected", joint=[factories.organisation()])
    open_from(application, actor=SYSTEM, at=at)
    for body in application.bodies:
        issued(application, body, "selection")
    return application


def issued(application: Application, body: Organisation, letter_kind: str) -> Letter:
    made = letter(application, body, letter_kind)
    letters.issue(made, on=calendar.today(), at=calendar.now())
    return made


def letter(application: Application, body: Organisation, letter_kind: str) -> Letter:
    return factories.letter(
        organisation=body,
        state="approved",
        letter_kind=letter_kind,
        about_kind="application",
        about_id=application.id,
    )


def letters_of(application):
    return {
        letter.organisation_id: f'href="/letters/{letter.id}"'
        for letter in db.session.query(Letter).filter_by(about_kind="application", about_id=application.id)
    }


def test_the_applicant_is_led_to_its_own_letter_its_project_and_council(selected, sign_in_as):
    project = db.session.query(Project).one()
    own, *others = letters_of(selected).values()
    for role in ("municipality_editor", "municipality_approver"):
        client, _ = sign_in_as(tenure=holder(role, selected.organisation))
        shown = page(client.get(f"/applications/{selected.id}"))
        assert f'href="/projects/{project.id}"' in shown and f'href="/projects/{project.id}/council"' in shown
        assert own in shown and not any(other in shown for other in others)


@pytest.mark.parametrize("role", ["officer", "director"])
def test_the_office_is_led_to_every_letter(selected, sign_in_as, role):
    project = db.session.query(Project).one()
    client, _ = sign_in_as(role)
    shown = page(client.get(f"/applications/{selected.id}"))
    assert f'href="/projects/{project.id}"' in shown and f'href="/projects/{project.id}/council"' in shown
    assert len(letters_of(selected)) == 2 and all(link in shown for link in letters_of(selected).values())


def test_the_page_of_the_project_has_the_letters_of_the_application_it_came_from(selected, sign_in_as):
    address = f"/projects/{db.session.query(Project).one().id}"
    own, other = letters_of(selected).values()
    applicant, _ = sign_in_as(tenure=holder("municipality_editor", selected.organisation))
    shown = page(applicant.get(address))
    assert own in shown and other not in shown
    officer, _ = sign_in_as("officer")
    shown = page(officer.get(address))
    assert own in shown and other in shown


def test_who_was_not_selected_is_led_to_the_letter_alone(app, sign_in_as):
    refused = factories.application("not_selected")
    told = issued(refused, refused.organisation, "non-selection")
    client, _ = sign_in_as(tenure=holder("municipality_editor", refused.organisation))
    shown = page(client.get(f"/applications/{refused.id}"))
    assert f'href="/letters/{told.id}"' in shown and "/council" not in shown


@pytest.mark.parametrize("state", ["accepted", "under_review", "provisional"])
def test_before_the_announcement_an_application_leads_to_no_letter(app, sign_in_as, state):
    application = factories.application(state)
    waiting = letter(application, application.organisation, "selection")
    for client in (
        sign_in_as("officer")[0],
        sign_in_as(tenure=holder("municipality_editor", application.organisation))[0],
    ):
        assert f'href="/letters/{waiting.id}"' not in page(client.get(f"/applications/{application.id}"))
