from __future__ import annotations

from typing import Any

import pytest

from app.db import db
from app.questions import answering, publishing
from app.questions.kinds import KINDS
from app.questions.models import Response
from tests import factories
from tests.questions import forms


@pytest.fixture
def form():
    return forms.of_all_kinds(KINDS)


@pytest.fixture
def body(app):
    return factories.organisation("南アルプス市", "192082")


@pytest.fixture
def editor(body):
    return factories.tenure("municipality_editor", body)


@pytest.fixture
def template(app, form, at, editor):
    made = publishing.begin_form("見本の調査", form, at=at)
    publishing.publish(made, actor=editor, at=at)
    db.session.commit()
    return made


@pytest.fixture
def response(template, body, editor, at) -> Response:
    made = answering.start(template.published, about=body, organisation=body, person=editor.person, at=at)
    db.session.commit()
    return made


@pytest.fixture
def fill(editor, at):
    """Answer the whole form, each question as somebody types it; `other` are answers in place of the usual ones."""

    def filled(response: Response, **other: Any) -> None:
        given = forms.answers(response_body(response)) | other
        if response.files and "file" not in other:
            del given["file"]  # it is there already
        for section in response.form.sections:
            answering.save_section(
                response,
                section.key,
                forms.entered(response.form, section.key, given),
                version=response.version_of(section.key),
                actor=editor,
                at=at,
            )
        db.session.commit()

    return filled


def response_body(response: Response) -> Any:
    from app.organisations.models import Organisation

    return db.session.get_one(Organisation, response.organisation_id)
