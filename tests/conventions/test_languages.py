"""Every page in English: what is Japanese says so, a count agrees with its noun, a fiscal year is named once."""

from __future__ import annotations

import re

import pytest
from flask import url_for

from app.db import db
from app.organisations.models import Organisation
from app.permissions import MUNICIPAL, PERMISSIONS, PUBLIC, SEATED
from app.web.access import declared_permission
from app.web.languages import marked
from tests import factories
from tests.conventions.records import one_of_each

YEAR_TWICE = re.compile(r"((?:平成|令和)(?:元|\d+)年度)[\s　]*(?:<[^>]*>\s*)*\1")


@pytest.fixture
def world(app, at) -> dict[str, object]:
    """A body with one record of each kind, and values for the address of every page about them."""
    call = factories.call(code="H30", selection_fy=2018, title="平成30年度 近未来技術等社会実装事業の募集")
    found = one_of_each(call)
    body = db.session.get_one(Organisation, found["organisation_id"])
    seat = factories.tenure("municipality_editor", body).seat
    mail = factories.mail()
    db.session.commit()
    return {
        **found,
        "mail_id": mail.id,
        "seat_id": seat.id,
        "tenure_id": seat.tenures[0].id,
        "name": "deadline",
        "fiscal_year": 2022,
    }


@pytest.mark.parametrize("role", ["", *sorted(SEATED)])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_page_is_in_one_language_or_says_where_it_is_not(app, sign_in_as, world, role, language):
    """What is asked of a page is in pages.py: the client holds every answer of every test to it."""
    organisation = factories.organisation() if role not in MUNICIPAL else _body(world)
    client = sign_in_as(role, organisation)[0] if role else app.test_client()
    client.set_cookie("language", language)
    shown = 0
    for rule in app.url_map.iter_rules():
        permission = declared_permission(app, rule.endpoint)
        open_to_all = permission == PUBLIC and rule.endpoint != "static"
        allowed = open_to_all or (permission != PUBLIC and role in PERMISSIONS[str(permission)].roles)
        if "GET" not in (rule.methods or ()) or not allowed or rule.arguments - world.keys():
            continue
        if rule.endpoint == "web.language":
            continue
        with app.test_request_context():
            address = url_for(rule.endpoint, **{name: world[name] for name in rule.arguments})
        answer = client.get(address, follow_redirects=True)
        if answer.mimetype == "text/html":
            page = answer.get_data(as_text=True)
            assert f'<html lang="{language}">' in page, address
            doubled = YEAR_TWICE.search(page)
            assert not doubled, f"{address}: a fiscal year twice: {doubled and doubled[0]}"
            shown += 1
    assert shown > 3


def _body(world):
    return db.session.get_one(Organisation, world["organisation_id"])


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("<td>更別村</td>", '<td lang="ja">更別村</td>'),
        ("<td>Sarabetsu</td>", "<td>Sarabetsu</td>"),
        ('<h1 class="x">AIを活用 12</h1>', '<h1 lang="ja" class="x">AIを活用 12</h1>'),
        (
            "<p>Asked 更別村, 北海道 to come</p>",
            '<p><span>Asked <span lang="ja">更別村, 北海道</span> to come</span></p>',
        ),
        ("<p>村 <b>x</b></p>", '<p><span lang="ja">村</span> <b>x</b></p>'),
        ('<option value="1">更別村 (012)</option>', '<option lang="ja" value="1">更別村 (012)</option>'),
        ('<textarea name="a">For 村</textarea>', '<textarea lang="ja" name="a">For 村</textarea>'),
        ('<input name="a" value="企画課">', '<input lang="ja" name="a" value="企画課">'),
        ('<p lang="ja">村<br>町 <b>市</b></p>', '<p lang="ja">村<br>町 <b>市</b></p>'),
        ('<svg><text x="1">村 a</text><g/></svg>', '<svg><text lang="ja" x="1">村 a</text><g/></svg>'),
        ("<!-- 村 --><br><p>a<br>村</p>", '<!-- 村 --><br><p>a<br><span lang="ja">村</span></p>'),
        ('<p title="a > b">村</p>', '<p lang="ja" title="a > b">村</p>'),
        ("<p>村</p><p>a</p>", '<p lang="ja">村</p><p>a</p>'),
    ],
)
def test_japanese_is_marked_where_it_stands_and_nothing_else_changes(page, said):
    whole = '<!doctype html><html lang="en"><head><title>村</title></head><body>{}</body></html>'
    assert marked(whole.format(page)) == whole.format(said)


def test_a_very_long_word_is_read_in_an_instant():
    assert marked(f"<p>{'a' * 300_000} 村</p>").endswith('<span lang="ja">村</span></span></p>')
