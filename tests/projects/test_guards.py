"""Which acts a page of a project offers: those that its record and its call leave open."""

from __future__ import annotations

from datetime import date

import pytest

from app.db import db
from tests import factories


def offered(client, project) -> set[str]:
    page = client.get(f"/projects/{project.id}").get_data(as_text=True)
    return {
        act
        for act in ("extension", "cancellation", "reinstatement")
        if f"/projects/{project.id}/{act}" in page
    }


@pytest.mark.parametrize(("years", "acts"), [(2, {"extension", "cancellation"}), (0, {"cancellation"})])
def test_an_extension_is_recorded_where_the_call_offers_one(sign_in_as, years, acts):
    call = factories.call(selection_fy=2022, base_years=3, extension_years=years, state="announced")
    project = factories.project(call=call)
    db.session.commit()
    director, _ = sign_in_as("director")
    assert offered(director, project) == acts


@pytest.mark.parametrize(
    ("selection_fy", "years", "acts"),
    [
        (2022, 0, {"reinstatement"}),  # its period goes on
        (2015, 2, {"reinstatement"}),  # it is over, and may have been extended
        (2015, 0, set()),
    ],
)
def test_what_has_ended_is_reinstated_where_it_could_go_on(sign_in_as, selection_fy, years, acts):
    call = factories.call(selection_fy=selection_fy, base_years=3, extension_years=years, state="announced")
    project = factories.project(call=call, state="ended", opened_on=date(selection_fy, 9, 1))
    db.session.commit()
    director, _ = sign_in_as("director")
    assert offered(director, project) == acts
