"""One-time links: once, in time, for their purpose alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.db import db
from app.organisations import links
from app.organisations.links import LinkGone
from app.organisations.models import OneTimeLink


@pytest.fixture
def token(app, at):
    made = links.token_of(links.make("password", 7, expires_at=at + timedelta(hours=24)))
    db.session.commit()
    return made


def reason(act):
    with pytest.raises(LinkGone) as gone:
        act()
    return gone.value.reason


def test_a_link_is_found_as_often_as_it_is_opened_and_used_once(at, token):
    assert links.find("password", token, at=at).subject_id == 7
    link = links.find("password", token, at=at)
    links.use(link, at=at)
    assert reason(lambda: links.find("password", token, at=at)) == "used"


def test_of_two_who_use_a_link_at_once_the_second_is_told(at, token):
    first = links.find("password", token, at=at)
    links.use(first, at=at)
    # The second read the link before the first had used it.
    assert reason(lambda: links.use(first, at=at)) == "used"


def test_a_link_expires_at_its_instant(at, token):
    last = at + timedelta(hours=24)
    assert links.find("password", token, at=last - timedelta(seconds=1))
    assert reason(lambda: links.find("password", token, at=last)) == "expired"


def test_a_link_opens_nothing_of_another_purpose(at, token):
    assert reason(lambda: links.find("membership", token, at=at)) == "unknown"
    assert reason(lambda: links.find("password", token + "x", at=at)) == "unknown"
    assert reason(lambda: links.find("password", "", at=at)) == "unknown"


def test_a_revoked_link_opens_nothing_and_others_stay(at, token):
    other = links.token_of(links.make("password", 8, expires_at=at + timedelta(hours=1)))
    links.revoke("password", 7, at=at)
    assert reason(lambda: links.find("password", token, at=at)) == "used"
    assert links.find("password", other, at=at).subject_id == 8


def test_the_token_itself_is_not_kept(token):
    row = db.session.scalars(select(OneTimeLink)).one()
    assert token not in (row.token_hash, str(row.id))
    assert len(row.token_hash) == 64
