"""An address is the one that Flask's own map of routes would make, for every route and for what may be put in."""

from __future__ import annotations

import pytest
from flask import Flask, url_for
from werkzeug.routing import BuildError

from app.web.addresses import House

PARAMETERS = (
    {},
    {"page": 2, "q": "札幌 AI&ML=?#/"},
    {"list": "/applications?q=%E6%9C%AD&page=2", "nothing": None},
    {"several": ["a", "b"]},
    {"yes": True, "part": 1.5},
    {"_anchor": "further"},
    {"_external": True},
)


def _flasks(app, endpoint, values):
    return Flask.url_for(app, endpoint, **values)


@pytest.mark.parametrize("place", ["", "/banso"])
def test_every_route_has_the_address_that_the_map_gives(plain_app, place):
    seen = 0
    with plain_app.test_request_context("/applications", environ_overrides={"SCRIPT_NAME": place}):
        for rule in plain_app.url_map.iter_rules():
            for value in (0, 7, 2_147_483_647, "ja", "a_word-2", "two words", "札幌", "a/b", "012"):
                values = dict.fromkeys(rule.arguments, value)
                if rule.endpoint == "static":
                    values = {"filename": "img/banso.svg"}
                for more in PARAMETERS:
                    try:
                        expected = _flasks(plain_app, rule.endpoint, values | more)
                    except ValueError:
                        continue  # one of few words
                    assert url_for(rule.endpoint, **values, **more) == expected
                    seen += 1
    assert seen > 1_000


@pytest.mark.parametrize("wrong", [{}, {"application_id": None}, {"application": 3}])
def test_an_address_that_lacks_its_number_is_refused(plain_app, wrong):
    with plain_app.test_request_context("/"), pytest.raises(BuildError):
        url_for("applications.show", **wrong)


def test_a_number_below_nothing_and_one_in_words_are_made_as_the_map_makes_them(plain_app):
    with plain_app.test_request_context("/"):
        for value in (-1, "12", True):
            assert url_for("applications.show", application_id=value) == _flasks(
                plain_app, "applications.show", {"application_id": value}
            )


def test_a_route_that_is_none_is_refused(plain_app):
    with plain_app.test_request_context("/"), pytest.raises(BuildError):
        url_for("applications.nothing")


def test_the_map_is_asked_once_for_a_route(plain_app, monkeypatch):
    asked = []
    with plain_app.test_request_context("/"):
        url_for("applications.show", application_id=1)
        monkeypatch.setattr(
            "werkzeug.routing.MapAdapter.build", lambda *what, **how: asked.append(what) or "/"
        )
        assert url_for("applications.show", application_id=23, list="/x") == "/applications/23?list=/x"
    assert isinstance(plain_app, House)
    assert asked == []


def test_outside_a_page_the_address_says_where_the_house_is_or_is_refused(plain_app):
    with pytest.raises(RuntimeError):
        url_for("home.index")
