"""Every helper that makes markup escapes what it is given: from the module itself, so that a new one is held to it too."""

from __future__ import annotations

import inspect
from datetime import date
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from flask import current_app
from markupsafe import Markup

from app.web import shown
from app.web.columns import Column, To, cell_maker

HOSTILE = """<script src="//x.example.jp"></script><b onclick="x()" id='y'>&amp;'"""
RECORD = SimpleNamespace(
    id=7, kind="application", state="submitted", full_name=HOSTILE, title=HOSTILE, shown_title=HOSTILE, is_sample=True
)  # fmt: skip
WITH = {  # helper → markup that it makes of a hostile value
    "addresses": lambda: shown.addresses("applications.index", "x", list=HOSTILE)(7),
    "joined": lambda: shown.joined([HOSTILE, Markup("<i>"), HOSTILE], HOSTILE),
    "options": lambda: shown.options({HOSTILE: HOSTILE}, HOSTILE),
    "link": lambda: shown.link(HOSTILE, HOSTILE, HOSTILE),
    "plain_list": lambda: shown.plain_list([HOSTILE]),
    "japanese": lambda: shown.japanese(HOSTILE),
    "own_direction": lambda: shown.own_direction(HOSTILE),
    "their_own": lambda: shown.their_own(HOSTILE, HOSTILE),
    "name": lambda: shown.name(HOSTILE),
    "body": lambda: shown.body(RECORD, HOSTILE),
    "body_named": lambda: shown.body_named(HOSTILE, HOSTILE, HOSTILE),
    "number": lambda: shown.number(HOSTILE),
    "unbroken": lambda: shown.unbroken(HOSTILE, HOSTILE),
    "as_typed": lambda: shown.as_typed(HOSTILE),
    "unseen": lambda: shown.unseen(HOSTILE),
    "quiet": lambda: shown.quiet(HOSTILE),
    "beneath": lambda: shown.beneath(HOSTILE),
    "tag": lambda: shown.tag(HOSTILE, HOSTILE),
    "message": lambda: shown.message(
        current_app.extensions["babel"].instance.domain_instance, "%(x)s", x=HOSTILE
    ),
    "project_title": lambda: shown.project_title(RECORD, HOSTILE),
}
# What makes markup of nothing that others wrote: of states, days, records' flags, of markup.
OF_OUR_OWN = {"component", "escaped", "markup", "moment", "no_title", "repeated", "sample", "state_tag"}


class Found(HTMLParser):
    """The elements, attributes and texts that a browser would find."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.values: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _value in attrs}
        self.values += [value or "" for _name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.values.append(data)


@pytest.fixture(autouse=True)
def request_(plain_app):
    with plain_app.test_request_context():
        yield


def held_harmless(made: str) -> None:
    found = Found(made)
    assert not found.elements & {"script", "b"}, made
    assert not found.attributes & {"onclick", "id", "src"}, made
    assert any("onclick" in value for value in found.values), "what was given is not shown at all"


@pytest.mark.parametrize("helper", WITH)
def test_a_helper_escapes_what_it_is_given(helper):
    made = WITH[helper]()
    assert isinstance(made, Markup)
    held_harmless(made)


def test_every_helper_of_the_module_is_held_to_it():
    public = {
        name
        for name, function in inspect.getmembers(shown, inspect.isfunction)
        if function.__module__ == shown.__name__ and not name.startswith("_")
    }
    assert public == {*WITH, *OF_OUR_OWN}


@pytest.mark.parametrize("of_page", [None, lambda row: HOSTILE])
@pytest.mark.parametrize("behind", [None, lambda row: HOSTILE])
def test_a_cell_escapes_its_text_its_label_and_what_stands_behind_it(of_page, behind):
    column = Column(
        "x", HOSTILE, lambda row: HOSTILE, shown=of_page, behind=behind, to=To("applications.show", "application_id")
    )  # fmt: skip
    for is_header in (True, False):
        held_harmless(cell_maker(column, f"/applications?q={HOSTILE}", is_header=is_header)(RECORD))


def test_what_is_markup_already_is_not_escaped_again():
    assert shown.joined([Markup("<br>"), "<"], Markup("<i>")) == "<br><i>&lt;"
    assert shown.link("/x?a=1&b=2", Markup("<br>")) == '<a href="/x?a=1&amp;b=2"><br></a>'
    assert (
        shown.repeated(shown.link(f"/x/{shown.PLACE}?a=1&b=2", "x"))(7) == '<a href="/x/7?a=1&amp;b=2">x</a>'
    )


def test_only_a_number_is_put_into_an_address():
    with pytest.raises(ValueError):
        shown.addresses("applications.show", "application_id")(HOSTILE)


def test_a_short_entry_is_not_broken_and_a_number_stands_to_the_right():
    def opening(**values) -> str:
        made = cell_maker(Column("x", "x", lambda row: row, **values), "/", is_header=False)
        return str(made("12345678")) + str(made("123456789"))

    assert opening().count("nowrap") == 1
    assert opening(short=True).count("nowrap") == 2
    assert opening(short=False).count("nowrap") == 0
    assert opening(numeric=True).count("table__number") == 2


@pytest.mark.parametrize("empty", [None, ""])
def test_an_empty_cell_is_a_dash_and_a_nought_is_none(empty):
    cell = cell_maker(Column("x", "x", lambda row: row), "/", is_header=False)
    assert ">–</td>" in cell(empty)
    assert ">0</td>" in cell(0)


def test_a_day_is_written_for_people_and_for_machines():
    assert shown.moment(date(2023, 3, 31)) == '<time datetime="2023-03-31">令和5年3月31日（金）</time>'
    assert shown.moment(None) == "–"
