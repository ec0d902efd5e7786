"""What is kept of a list as it was drawn is drawn anew when it would be another: after a write, for another reader, on another day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.db import db
from app.lifecycle import LIFECYCLES
from tests import factories


def _page(client, address="/applications", language="ja") -> str:
    client.set_cookie("language", language)
    return client.get(address).get_data(as_text=True)


def test_a_filter_offers_what_has_come_since(sign_in_as, at):
    office, _ = sign_in_as("officer")
    first = factories.application("submitted")
    other = factories.application(call=factories.call(title="あとから来た募集"))
    offered = f'<option value="{other.call_id}">あとから来た募集</option>'
    before = _page(office)
    assert first.call.title in before
    assert offered not in before
    other.submitted_at = at  # a write of cases alone
    db.session.commit()
    assert offered in _page(office)


def test_a_body_that_is_called_otherwise_is_shown_so(sign_in_as):
    office, _ = sign_in_as("officer")
    application = factories.application("submitted")
    assert application.organisation.full_name in _page(office)
    application.organisation.name = "改名市"
    db.session.commit()
    assert "改名市</bdi>" in _page(office)


def test_a_state_is_named_for_whoever_reads(sign_in_as):
    application = factories.application("provisional")
    state = LIFECYCLES["application"].states["provisional"]
    readers = {
        "office": sign_in_as("officer")[0],
        "applicant": sign_in_as("municipality_editor", application.organisation)[0],
    }
    assert state.labels["office"] != state.labels["applicant"]
    for audience, client in readers.items():
        in_japanese, in_english = (_page(client, language=it).partition("<tbody")[2] for it in ("ja", "en"))
        assert _state_in(in_english) == state.labels[audience]  # the msgid
        assert _state_in(in_japanese) not in ("", *state.labels.values())


def test_a_correction_that_is_overdue_has_lapsed_in_the_list(sign_in_as, move_clock, at):
    office, _ = sign_in_as("officer")
    application = factories.application("returned")
    before = _page(office).partition("<tbody")[2]
    move_clock(application.correction_due_at + timedelta(minutes=1))
    office, _ = sign_in_as("officer")
    after = _page(office).partition("<tbody")[2]
    assert _state_in(before) != _state_in(after)


def _state_in(cells: str) -> str:
    return cells.partition('<strong class="tag')[2].partition("</strong>")[0].partition(">")[2]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/applications?q=一つ", 'value="一つ"'),
        ("/applications?q=二つ", 'value="二つ"'),
        ("/applications?sort=-title", 'name="sort" value="-title"'),
        ("/applications?sort=nothing", 'name="sort" value="nothing"'),
        ("/applications?state=submitted", '<option value="submitted" selected>'),
    ],
)
def test_the_filters_say_what_was_asked(sign_in_as, address, shown):
    office, _ = sign_in_as("officer")
    factories.application("submitted")
    assert shown not in _page(office)
    assert shown in _page(office, address)
    assert shown not in _page(office)
