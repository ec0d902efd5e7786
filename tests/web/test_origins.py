"""Where a request comes from: whatever a proxy hands on, of any length."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from werkzeug.middleware.proxy_fix import ProxyFix

from app.db import db
from app.history import HistoryEntry
from app.organisations import operations
from app.organisations.sign_in_models import SignInAttempt
from app.origins import on_record
from tests import factories

PASSWORD = "correct horse battery staple"
HANDED_ON = {
    "192.0.2.7": "192.0.2.7",
    " 192.0.2.7 ": "192.0.2.7",
    "192.0.2.7:51234": "192.0.2.7",
    "2001:db8::7": "2001:db8::7",
    "2001:0db8:0000:0000:0000:0000:0000:0007": "2001:db8::7",
    "[2001:db8::7]:443": "2001:db8::7",
    "fe80::7%eth0": "fe80::7",
    "fe80::7%" + "x" * 60_000: "fe80::7",
    "unknown": "unknown",
    "_hidden": "_hidden",
    "a" * 60_000: "a" * 45,
    "1" * 60_000: "1" * 45,
    "\x01<script>\xff\xe3": "<script>",
    "": "",
    ":": ":",
    "[": "[",
    "[::1": "::1",
}


@pytest.mark.parametrize(("handed_on", "kept"), HANDED_ON.items(), ids=range(len(HANDED_ON)))
def test_an_address_goes_on_record_without_port_and_zone_and_anything_else_cut(handed_on, kept):
    assert on_record(handed_on) == kept


@pytest.fixture
def behind_a_proxy(app, monkeypatch):
    monkeypatch.setattr(app, "wsgi_app", ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1))
    return app.test_client()


@pytest.mark.parametrize("handed_on", HANDED_ON, ids=range(len(HANDED_ON)))
def test_whatever_is_forwarded_fits_into_every_record(behind_a_proxy, handed_on):
    officer = factories.tenure("officer")
    operations.set_password(officer.person, PASSWORD)
    db.session.commit()
    headers = {"X-Forwarded-For": f"198.51.100.1, {handed_on}"}
    wrong = {"email": officer.person.email, "password": "wrong"}
    assert behind_a_proxy.post("/sign-in", data=wrong, headers=headers).status_code == 422
    right = {**wrong, "password": PASSWORD}
    assert behind_a_proxy.post("/sign-in", data=right, headers=headers).status_code == 302
    assert behind_a_proxy.get("/", headers=headers).status_code == 200
    origins = [
        *db.session.scalars(select(HistoryEntry.origin)),
        *db.session.scalars(select(SignInAttempt.origin)),
    ]
    assert max(map(len, origins)) <= 64


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Forwarded-Proto"])
@pytest.mark.parametrize(
    "handed_on", [*HANDED_ON, "https, https", "a b", "ｅｘａｍｐｌｅ"], ids=range(len(HANDED_ON) + 3)
)
def test_no_forwarded_host_or_scheme_makes_the_server_stumble(behind_a_proxy, header, handed_on):
    value = handed_on.encode().decode("latin-1")
    for address in ("/sign-in", "/", "/calls"):
        answer = behind_a_proxy.get(address, headers={header: value})
        assert answer.status_code < 500, f"{address}: {answer.status}"
    answer = behind_a_proxy.post("/sign-in", data={"email": "a" * 70_000}, headers={header: value})
    assert answer.status_code < 500, answer.status
