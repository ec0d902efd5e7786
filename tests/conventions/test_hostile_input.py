"""Whatever is sent, by whomever: a page or a sentence, never a 500. Every route of the URL map, real records."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import quote_plus

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from app.permissions import CONSULTANT, MUNICIPAL, PERMISSIONS, PUBLIC, SEATED
from app.web.access import declared_permission
from tests import factories
from tests.conventions.hostile import PARAMETERS, RAW, World, blind_bodies, bodies_for
from tests.databases import engine

FEW = 4  # records of one kind to which an empty form is sent
AGAIN = 2  # and that are asked for by those who come after the first role of a rule
LEAVES = ("organisations.sign_out",)  # ends the session that the other requests need


class Asking:
    """Sends requests and notes those that the server stumbled over, or answered with a page that is none."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.count, self.stumbled = client, 0, list[str]()

    def __call__(self, method: str, path: str, what: str, **sent: Any) -> str:
        """The answer's text; empty where it is no page."""
        self.count += 1
        try:
            answer = self.client.open(path, method=method, **sent)
        except Exception as problem:  # noqa: BLE001 (whatever it is, it is a 500)
            self.stumbled.append(f"{method} {path[:80]} {what}: {problem!r:.300}")
            return ""
        if answer.status_code >= 500:
            self.stumbled.append(f"{method} {path[:80]} {what}: {answer.status}")
        with answer:
            return answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""


ROLES = ("nobody", *sorted(SEATED))


@pytest.mark.parametrize("role", ROLES)
def test_no_address_and_no_entry_of_anybody_makes_the_server_stumble(app, sign_in_as, at, role):
    world = World(at)
    tenure = factories.tenure(role, world.body if role in MUNICIPAL else None) if role in SEATED else None
    tenure = world.consultant if role == CONSULTANT else tenure  # who is let into something to be asked for
    asking = Asking(sign_in_as(tenure=tenure)[0] if tenure else app.test_client())
    for rule in app.url_map.iter_rules():
        permission = str(declared_permission(app, rule.endpoint))
        if rule.endpoint in LEAVES or not _may(role, permission):
            continue  # what a role may not do at all is asked for in test_routes.py
        methods, addresses = rule.methods or set(), world.addresses(app, rule)
        # The others need not try it all again.
        first = role == next(one for one in ROLES if _may(one, permission))
        if not first and engine() == "postgresql":
            continue  # a role is told apart before a database is asked: SQLite's turn is enough for both
        asked = (
            addresses if first else addresses[:AGAIN]
        )  # each role's page of each state: browser/test_every_page
        pages = _read(asking, asked, thoroughly=first) if "GET" in methods else {}
        if "POST" in methods:
            _write(asking, asked, pages, thoroughly=first)
    assert not asking.stumbled, f"{len(asking.stumbled)} of {asking.count}:\n" + "\n".join(asking.stumbled)
    assert asking.count > 50 or engine() == "postgresql"


def _may(role: str, permission: str) -> bool:
    return permission == PUBLIC or role in PERMISSIONS[permission].roles


def _read(asking: Asking, addresses: list[str], *, thoroughly: bool) -> dict[str, str]:
    """Every address as it is; the first with the hostile parameters. Returns the pages, by address."""
    pages = {address: asking("GET", address, "") for address in addresses}
    for number, parameters in enumerate(PARAMETERS if thoroughly else ()):
        asking("GET", addresses[0], f"parameters {number}", query_string=parameters)
    asking("GET", f"{addresses[0]}?{RAW}", "raw bytes")
    return pages


def _write(asking: Asking, addresses: list[str], pages: dict[str, str], *, thoroughly: bool) -> None:
    """Hostile bodies, dealt out over the records in turn, so that not all have moved on before the last is sent."""
    asks = [address for address, page in pages.items() if 'method="post"' in page]
    bodies = bodies_for(pages[asks[0]]) if asks else blind_bodies()
    targets = asks or addresses
    for number, body in enumerate(bodies if thoroughly else bodies[1:2]):
        asking("POST", targets[number % len(targets)], f"body {number}", **_written(body))
    for address in addresses[:FEW] if thoroughly else addresses[:1]:
        asking("POST", address, "empty", data={})
    if not thoroughly:
        return
    by_itself = {"Accept": "application/json"}
    asking("POST", addresses[0], "saved by itself", data={"version": "9" * 50}, headers=by_itself)
    asking("POST", addresses[0], "not a form", data=b"\xff\x00{", content_type="application/json")
    broken = "multipart/form-data; boundary=x"
    asking("POST", addresses[0], "broken off", data=b"--x\r\nContent-Disposition: form-", content_type=broken)


def _written(body: MultiDict) -> dict[str, Any]:
    """A body as it goes over the line. What is huge would be written anew for each field, which takes longer than reading it."""
    entries = list(body.items(multi=True))
    if not all(isinstance(entry, str) for _, entry in entries):
        return {"data": body}
    written = "&".join(f"{_quoted(name)}={_quoted(entry)}" for name, entry in entries)
    return {"data": written.encode(), "content_type": "application/x-www-form-urlencoded"}


@cache
def _quoted(text: str) -> str:
    return quote_plus(text, errors="surrogatepass")


@pytest.mark.parametrize("path", [f"/calls/new?x={'x' * 3000}", "/schedule/rules/%00"])
def test_entries_to_an_address_that_cannot_be_kept_lead_to_sign_in_all_the_same(client, path):
    answer = client.post(path, data={"title": "見本"}, headers={"Origin": "http://localhost"})
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in")


def test_what_no_keyboard_types_is_left_out_and_the_rest_is_kept(sign_in_as):
    client, _ = sign_in_as("officer")
    page = client.get("/calls", query_string={"q": "募\x00集\x1b\x85\uffff"}).get_data(as_text=True)
    assert 'value="募集"' in page


def test_a_search_of_more_words_than_a_database_takes_is_cut_not_refused(client):
    assert client.get("/register", query_string={"q": "語 " * 1500}).status_code == 200


@pytest.mark.parametrize(
    "onward", ["/calls\r\nX-Injected: 1", "/\t/example.jp", "//example.jp", "/\\example.jp"]
)
def test_nobody_is_led_elsewhere_or_into_a_broken_header(client, onward):
    answer = client.get("/language/ja", query_string={"next": onward})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
