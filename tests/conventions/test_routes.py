"""Every route declares a permission, and answers each role as the permission table says. From the URL map, not a list."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask import Flask

from app import create_app
from app.lifecycle import LIFECYCLES
from app.permissions import PERMISSIONS, PUBLIC, SEATED
from app.web.access import declared_permission
from config import ROOT
from tests import factories

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def every_request(app: Flask) -> list[tuple[str, str, str]]:
    """(method, path, endpoint) of every rule, with values that name no record."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            values = {
                name: 987654 if "Integer" in type(rule._converters.get(name)).__name__ else "nothing"
                for name in rule.arguments
            } | dict(rule.defaults or {})
            url = app.url_map.bind("localhost").build(rule.endpoint, values, force_external=False)
            found += [(method, url, rule.endpoint) for method in METHODS if method in (rule.methods or ())]
    return found


def test_every_route_declares_a_permission_of_the_table(app):
    for rule in app.url_map.iter_rules():
        declared = declared_permission(app, rule.endpoint)
        assert declared == PUBLIC or declared in PERMISSIONS, f"{rule.endpoint} declares {declared}"


def test_every_permission_is_asked_for_by_a_route_or_a_move(app):
    asked = {declared_permission(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    asked |= {step.permission for table in LIFECYCLES.values() for step in table.moves.values()}
    files = [*(ROOT / "app").rglob("*.py"), *(ROOT / "templates").rglob("*.html")]
    source = "\n".join(path.read_text() for path in files)
    unused = [name for name in PERMISSIONS if name not in asked and source.count(f'"{name}"') < 2]
    assert not unused, f"permissions nothing asks for: {unused}"


@pytest.mark.parametrize("role", sorted(SEATED))
def test_each_role_gets_the_answer_of_the_table_on_every_route(app, sign_in_as, role):
    tenure = factories.tenure(role)
    for method, url, endpoint in every_request(app):
        client, _ = sign_in_as(tenure=tenure)  # anew each time: one of the routes signs out
        answer = client.open(url, method=method)
        permission = declared_permission(app, endpoint)
        allowed = permission == PUBLIC or role in PERMISSIONS[str(permission)].roles
        if allowed:
            assert answer.status_code < 500 and answer.status_code != 403, (
                f"{role} {method} {url}: {answer.status}"
            )
            assert not _leads_to_sign_in(answer) or permission == PUBLIC, (
                f"{role} {method} {url} leads to sign-in"
            )
        else:
            assert answer.status_code == 403, (
                f"{role} {method} {url}: {answer.status}, but has no {permission}"
            )


def test_nobody_signed_in_is_led_to_sign_in_or_served_what_is_public(app, client):
    for method, url, endpoint in every_request(app):
        answer = client.open(url, method=method)
        if declared_permission(app, endpoint) == PUBLIC:
            assert answer.status_code < 500 and answer.status_code != 403, f"{method} {url}: {answer.status}"
        else:
            assert _leads_to_sign_in(answer), f"{method} {url}: {answer.status}"


def test_no_post_is_taken_without_its_token(app, sign_in_as):
    app.config["WTF_CSRF_ENABLED"] = True
    for role in sorted(SEATED):
        tenure = factories.tenure(role)
        for method, url, endpoint in every_request(app):
            if method == "GET":
                continue
            client, _ = sign_in_as(tenure=tenure)
            answer = client.open(url, method=method, data={"x": "typed"})
            assert answer.status_code in (302, 400, 403), (
                f"{role} {method} {url} ({endpoint}): {answer.status}"
            )
            if answer.status_code == 302:
                assert _leads_to_sign_in(answer)


def test_an_undeclared_route_is_never_served(tmp_path):
    app = create_app(
        {
            "DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite",
            "DATA_DIR": tmp_path,
            "TESTING": True,
            "SECRET_KEY": "x",
            "ENV": "testing",
        }
    )
    app.add_url_rule("/undeclared", "undeclared", lambda: "secret")
    with pytest.raises(RuntimeError, match="declares no permission"):
        app.test_client().get("/undeclared")


def _leads_to_sign_in(answer) -> bool:
    return answer.status_code == 302 and urlsplit(answer.headers["Location"]).path == "/sign-in"
