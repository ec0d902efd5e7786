"""Every kind of page, for every role that may see it: there, without a fault that axe finds, on a desk and on a phone."""

from __future__ import annotations

import itertools
import runpy
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from app.permissions import CONSULTANT
from config import ROOT
from tests.browser import axe
from tests.browser.instance import Instance, served
from tests.browser.moments import MOMENTS
from tests.browser.pages import NOBODY, roles_of, rules_to_get
from tests.browser.people import window_of
from tests.browser.survey import ROLES, Visit

pytestmark = pytest.mark.browser

LEADS_ELSEWHERE = {
    "web.language", "web.kept_entries",  # told by journeys
    "applications.answer",  # the old address of a question; the demo's open call asks in sections
    "programmes.publish_form", "applications.publish_form", "applications.workbook_changes",
    "surveys.publish", "surveys.reopen", "surveys.file",  # told by a story, and tests of their own
    "kpis.look", "kpis.look_several",  # told by their own stories, where a file waits
}  # fmt: skip
# What the demo's consultant is let into is a draft; the story of a consultant opens these.
ONCE_SUBMITTED = {
    f"applications.{name}"
    for name in (
        "application_pdf",
        "receipt",
        "receipt_pdf",
        "submission",
        "submission_json",
        "submitted_file",
    )
}
FOR_THOSE_NOT_SIGNED_IN = {"organisations.sign_in"}
# The first moment has most of the pages: they are dealt out to several tests, so that no process is left with them alone.
PARTS = [
    (moment, part, of) for moment in MOMENTS for of in [6 if moment == "march-1" else 1] for part in range(of)
]
WORK = {axe.examined: 4, axe.examined_as_built: 2, axe.fits_a_phone: 1}

Look = tuple[Visit, Callable[[Page], axe.Problems]]


@pytest.fixture(scope="module")
def serve(
    folder_at: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Instance]]:
    """The demo at a moment: served until another is asked for, since a start costs as much as a dozen pages."""
    with ExitStack() as running:
        now: dict[str, Instance] = {}

        def at(moment: str) -> Instance:
            if moment not in now:
                running.close()
                now.clear()
                folder = shutil.copytree(folder_at(moment), tmp_path_factory.mktemp("served") / "data")
                now[moment] = running.enter_context(served(Path(folder)))
            return now[moment]

        yield at


def test_every_rule_of_the_url_map_has_a_page_for_every_role_that_may_see_it(visits, folder_at):
    got = {(visit.page.endpoint, visit.role) for visit in visits if visit.answers}
    with Instance(folder_at("march-1"), "http://127.0.0.1:8000").inside() as app:
        wanted = {(rule.endpoint, role) for rule in rules_to_get(app) for role in roles_of(app, rule)}
    wanted = {
        (endpoint, role)
        for endpoint, role in wanted
        if endpoint not in LEADS_ELSEWHERE
        and not (role == CONSULTANT and endpoint in ONCE_SUBMITTED)
        and (endpoint not in FOR_THOSE_NOT_SIGNED_IN or role == NOBODY)
    }
    assert not wanted - got, f"no sample of: {sorted(wanted - got)}"


def test_no_page_fails(visits):
    failed = [visit for visit in visits if visit.status >= 500 or visit.status in (400, 403)]
    assert not failed


def test_every_picture_has_a_page_at_its_moment_or_before(visits):
    """What script/screenshots draws; it ends with 1 where nobody can open one."""
    moments = list(MOMENTS)
    pictures = runpy.run_path(str(ROOT / "script" / "_pictures.py"), run_name="pictures")["PICTURES"]
    lacking = [
        picture.name
        for picture in pictures
        if not any(
            visit.is_page
            and visit.page.endpoint == picture.endpoint
            and picture.state in ("", visit.page.state)
            and visit.role in (picture.roles or ROLES)
            and moments.index(visit.moment) <= moments.index(picture.moment)
            for visit in visits
        )
    ]
    assert not lacking


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(("moment", "part", "parts"), PARTS)
def test_axe_finds_nothing_and_nothing_sticks_out(
    browser: Browser, serve, moment, part, parts, visits, language
):
    instance, problems = serve(moment), []
    of_moment = [look for look in _to_see(visits, language) if look[0].moment == moment]
    of_part = _part(of_moment, part, parts)
    for role in ROLES:
        stops = [
            (f"{role}: {visit.page.kind}", visit.page.path, examine)
            for visit, examine in of_part
            if visit.role == role
        ]
        if stops:
            window = window_of(browser, instance, role, language=language)
            problems += axe.tour(window, stops)
            window.context.close()
    assert not problems, "\n".join(problems)


def _part(to_see: list[Look], number: int, parts: int) -> list[Look]:
    """What one of the tests of a moment sees: role after role, about as much work as the others have."""
    in_turn = sorted(to_see, key=lambda look: ROLES.index(look[0].role))
    done = [0, *itertools.accumulate(WORK[examine] for _visit, examine in in_turn)]
    return [look for look, before in zip(in_turn, done, strict=False) if before * parts // done[-1] == number]


def _to_see(visits: list[Visit], language: str) -> Iterator[Look]:
    """Each page with a part that no page had before it, or none of its rule; and how closely to look at it.

    What axe finds in a part it finds wherever the part is, in either language. In English only the words are longer.
    """
    pages: dict[str, set[str]] = {}
    elements: set[str] = set()
    small: set[str] = set()
    for visit in visits:
        page, parts = visit.page, visit.parts
        if not visit.is_page:
            continue
        first = page.endpoint not in pages
        of_rule = pages.setdefault(page.endpoint, set())
        if first or not parts.small <= small:
            closely = axe.examined_as_built if parts.elements <= elements else axe.examined
            yield visit, closely if language == "ja" else axe.fits_a_phone
        elif language == "ja" and not parts.elements <= of_rule:
            yield visit, axe.fits_a_phone
        of_rule |= parts.elements
        elements |= parts.elements
        small |= parts.small
