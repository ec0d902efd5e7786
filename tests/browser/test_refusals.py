"""Pages that say no: a form sent empty, and what could not be done. Each as clear, and as accessible, as the others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from app import create_app
from app.web.access import needs
from tests.browser import axe
from tests.browser.instance import Instance
from tests.browser.pages import parts_of
from tests.browser.people import open_context, window_of
from tests.browser.steps import headed, press, told
from tests.browser.survey import ROLES, Visit
from tests.browser.words import said

pytestmark = pytest.mark.browser

MOMENT = "march-1"
LANGUAGES = pytest.mark.parametrize("language", ["ja", "en"])
# A call may have no checklist, a year nothing that was measured, a room a plan without a row.
MAY_BE_EMPTY = {
    "programmes.change_checklist",
    "kpis.actuals",
    "rooms.section",
    "organisations.general_address",
    "wishes.give",
    "evaluation.write",
    "evaluation.record",
    "reports.section",
    "changing.edit",
    "changing.approve",
}
_ASKS = "main form[method=post][novalidate]:has(input:not([type=hidden]), textarea)"
_EMPTY = """form => {
    for (const field of form.elements) {
        if (["checkbox", "radio"].includes(field.type)) field.checked = false;
        else if (field.type !== "hidden" && field.name) field.value = "";
    }
    form.querySelector("button[type=submit]:not([name=add])").click();
}"""


def test_every_form_that_is_sent_empty_says_what_is_missing(
    browser: Browser, instance: Instance, visits: list[Visit]
):
    problems: list[str] = []
    asked = 0
    # What a page was made of before it was sent is examined in test_every_page.
    known = {it for visit in visits for it in visit.parts.elements}
    pages: dict[str, Visit] = {}
    for visit in visits:
        if visit.page.endpoint in MAY_BE_EMPTY:
            continue
        if visit.moment == MOMENT and visit.status == 200 and visit.media_type == "text/html":
            pages.setdefault(visit.page.endpoint, visit)
    for role in ROLES:
        window = window_of(browser, instance, role)
        for visit in pages.values():
            if visit.role == role and visit.asks:
                window.goto(visit.page.path)
                if window.locator(_ASKS).count():
                    asked += 1
                    problems += [
                        f"{role} at {visit.page.path}: {problem}" for problem in _sent_empty(window, known)
                    ]
        window.context.close()
    assert not problems, "\n".join(problems)
    assert asked > 20


def _sent_empty(window: Page, known: set[str]) -> Iterator[str]:
    with window.expect_navigation() as answer:
        window.locator(_ASKS).first.evaluate(_EMPTY)
    if answer.value.status != 422:
        yield f"taken as it was, {answer.value.status}"
        return
    window.wait_for_selector("html[data-enhanced]", state="attached")
    if not window.title().startswith(said("Error: ")):
        yield f"the title is {window.title()}"
    if not window.locator(".error-summary").evaluate("summary => summary === document.activeElement"):
        yield "the summary has not the focus"
    elements = parts_of(window.content()).elements
    if not elements <= known:
        yield from axe.examined(window)
    known |= elements


@LANGUAGES
@pytest.mark.parametrize(
    ("role", "path"), [("public", "/nothing"), ("officer", "/nothing"), ("municipality_editor", "/seats")]
)
def test_what_is_not_there_and_what_is_not_theirs(browser: Browser, instance: Instance, role, path, language):
    window = window_of(browser, instance, role, language=language)
    answer = window.goto(path)
    assert answer and answer.status == (404 if path == "/nothing" else 403)
    assert not axe.examined(window)
    window.context.close()


def test_a_page_that_was_open_for_too_long_keeps_what_was_typed(browser: Browser, instance: Instance):
    window = window_of(browser, instance, "officer")
    window.goto("/calls/new")
    window.locator("[name=title]").fill("長く開いていた募集")
    window.locator("main [name=csrf_token]").first.evaluate("token => { token.value = 'of yesterday'; }")
    press(window, "Save the draft")
    headed(window, said("This page had been open for too long"))
    told(window, "長く開いていた募集")
    assert not axe.examined(window)
    press(window, "Send again")
    expect(window.locator("[name=title]")).to_have_value("長く開いていた募集")
    window.context.close()


def test_guessing_is_slowed_down_and_says_until_when(browser: Browser, instance: Instance):
    window = open_context(browser, instance).new_page()
    window.goto("/sign-in")
    for _ in range(30):
        window.locator("#email").fill("nobody@example.jp")
        window.locator("#password").fill("a guess of mine")
        with window.expect_navigation() as answer:
            window.locator("#password").press("Enter")
        if answer.value.status == 429:
            break
    assert answer.value.status == 429
    expect(window.locator(".error-summary")).to_be_focused()
    assert not axe.examined(window)
    window.context.close()


@LANGUAGES
@pytest.mark.parametrize(("fault", "path", "status"), [("away", "/sign-in", 503), ("ours", "/fault", 500)])
def test_a_fault_on_our_side_keeps_what_was_typed(
    browser: Browser, instance: Instance, tmp_path: Path, fault: str, path: str, status: int, language: str
):
    client = _application_without_a_database(tmp_path) if fault == "away" else _faulty(instance)
    client.get(f"/language/{language}")
    answer = client.post(path, data={"email": "nobody@example.jp", "password": "not to be kept"})
    assert answer.status_code == status
    window = open_context(browser, instance).new_page()
    window.route(
        "**/fault",
        lambda route: route.fulfill(
            status=status, headers=dict(answer.headers), body=answer.get_data(as_text=True)
        ),
    )
    window.goto("/fault")
    told(window, "nobody@example.jp")
    assert "not to be kept" not in window.content()
    assert not axe.examined(window)
    window.context.close()


def _application_without_a_database(folder: Path) -> FlaskClient:
    return _client(folder, f"sqlite:///{folder}/nowhere/banso.sqlite")


def _faulty(instance: Instance) -> FlaskClient:
    return _client(instance.folder, f"sqlite:///{instance.folder}/banso.sqlite")


def _client(folder: Path, database_url: str) -> FlaskClient:
    app = create_app({"ENV": "demo", "DATA_DIR": folder, "DATABASE_URL": database_url})
    app.config.update(PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)

    @needs("public")
    def fault() -> str:
        raise RuntimeError("a fault of the test's")

    app.add_url_rule("/fault", view_func=fault, methods=["POST"])
    return app.test_client()
