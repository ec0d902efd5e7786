"""The colour of a state is that of whoever reads: what a label keeps to the office, its colour keeps too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.db import db
from app.lifecycle import APPLICATION
from tests import factories
from tests.factories.applications import holder


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [("officer", "tag--error", "tag--progress"), ("municipality_editor", "tag--progress", "tag--error")],
)
def test_a_tone_of_the_office_is_not_shown_outside_it(sign_in_as, monkeypatch, role, shown, hidden):
    provisional = APPLICATION.states["provisional"]
    monkeypatch.setitem(
        APPLICATION.states,
        "provisional",
        replace(provisional, tones={**provisional.tones, "office": "error"}),
    )
    application = factories.application("provisional")
    db.session.commit()
    tenure = holder(role, application.organisation) if role != "officer" else holder(role)
    client, _ = sign_in_as(tenure=tenure)
    page = client.get(f"/applications/{application.id}").get_data(as_text=True)
    assert shown in page and hidden not in page
