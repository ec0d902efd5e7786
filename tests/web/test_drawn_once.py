"""What is drawn once a process differs by all it shows, by language and by where the house stands; it is nobody's own."""

from __future__ import annotations

from flask import g

from app.web.templating import drawn_once
from tests import factories

FOOTER = "layouts/_brand.html"


def test_it_is_drawn_once_for_what_it_shows(plain_app):
    with plain_app.test_request_context("/"):
        assert drawn_once(FOOTER, "one <programme>") is drawn_once(FOOTER, "one <programme>")
        assert "one &lt;programme&gt;" in drawn_once(FOOTER, "one <programme>")
        assert "another" in drawn_once(FOOTER, "another")


def test_it_differs_by_language_and_by_where_the_house_stands(plain_app):
    drawn = set()
    for place in ("", "/banso"):
        for language in ("ja", "en"):
            headers = {"Cookie": f"language={language}"}
            where = {"SCRIPT_NAME": place}
            with plain_app.test_request_context("/", headers=headers, environ_overrides=where):
                for name in list(g):
                    g.pop(name)
                drawn.add(drawn_once("layouts/_footer.html", _head()))
    assert len(drawn) == 4


def test_a_page_of_one_person_shows_nothing_of_another(app, sign_in_as):
    organisation = factories.organisation()
    one, own = sign_in_as("municipality_editor", organisation)
    other, tenure = sign_in_as("officer")
    assert tenure.name in other.get("/").get_data(as_text=True)
    page = one.get("/").get_data(as_text=True)
    assert tenure.name not in page
    assert own.name in page


def _head():
    from app.programmes.voice import Masthead

    return Masthead("programme", ("owner",), "mado@example.jp")
