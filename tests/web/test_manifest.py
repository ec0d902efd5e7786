"""What the contexts bring: all of it is put in, once, and leads where it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app import jobs
from app.projects import end_of_support
from app.web.access import declared_permission
from app.web.counting import Figure
from app.web.manifest import Job, Manifest, Page, answer, brought, manifests, refuse_doubles
from tests.conventions.brought import written_manifests


def test_every_manifest_of_the_house_is_put_in_once(app):
    written = written_manifests()
    assert len(written) > 12
    assert sorted(map(id, written)) == sorted(map(id, manifests()))


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("pages", {"letter": Page("home.index")}),
        ("reminders", {"deadline": (lambda at: [], None)}),
        ("jobs", {"send_reminders": Job(lambda on, at: {})}),
        ("work", {"announce": lambda arguments: None}),
        ("composers", {end_of_support.KIND: lambda letter: None}),
        ("answers", {"run_daily": lambda on: {}}),
        ("within", {"home.index": "schedule.index"}),
        ("remarks", {"projects supported": lambda counted: ""}),
    ],
)
def test_what_two_contexts_bring_under_one_name_is_refused(app, table, found):
    assert getattr(manifests()[0], table) is not None
    refuse_doubles(manifests())
    with pytest.raises(ValueError, match=f"{table}: brought by two contexts: {next(iter(found))}"):
        refuse_doubles([*manifests(), Manifest(**{table: found})])


def test_a_job_without_a_place_in_the_day_and_a_place_without_a_job_are_refused(app):
    jobs.refuse_unplaced(manifests())
    with pytest.raises(ValueError, match="sweep_the_floor"):
        jobs.refuse_unplaced([*manifests(), Manifest(jobs={"sweep_the_floor": Job(lambda on, at: {})})])
    without = [replace(each, jobs={}) if "end_projects" in each.jobs else each for each in manifests()]
    with pytest.raises(ValueError, match="end_projects"):
        jobs.refuse_unplaced(without)


def test_the_daily_jobs_run_in_the_order_of_their_page(app, at, monkeypatch):
    ran: list[str] = []

    def noting(name: str) -> Job:
        return Job(lambda on, at: {name: ran.append(name) or 1})

    found = [replace(each, jobs={name: noting(name) for name in each.jobs}) for each in manifests()]
    monkeypatch.setitem(app.extensions, "manifests", tuple(found))
    done = jobs.run_daily(at.date(), at=at)
    assert ran == list(jobs.DAILY) == list(done)
    assert done["end_projects"] == {"end_projects": 1}


def test_every_place_asks_for_the_permission_that_its_page_asks_for(app):
    places = [place for each in manifests() for place in (*each.places, *each.outside)]
    assert len(places) > 12
    for place in places:
        declared = declared_permission(app, place.endpoint)
        assert place.permission == declared or place.endpoint == "home.index", place


def test_every_page_belongs_to_a_place_that_there_is(app):
    places = {place.endpoint for each in manifests() for place in (*each.places, *each.outside)}
    for page, place in brought("within").items():
        assert page in app.view_functions or page in app.blueprints, page
        assert place in places, place


def test_the_menu_stands_in_the_order_of_the_contexts_and_what_is_last_behind_it(app, sign_in_as, client):
    director, _ = sign_in_as("director")
    assert _menu(director) == [
        "/", "/calls", "/applications", "/projects", "/kpis", "/obstacles", "/knowledge", "/surveys", "/evaluation-meetings", "/reports", "/letters", "/schedule", "/organisations", "/security",
    ]  # fmt: skip
    administrator, _ = sign_in_as("administrator")
    assert "/seats" in _menu(administrator) and _menu(administrator)[-1] == "/security"
    assert _menu(client) == ["/", "/calls", "/register", "/contact"]


def test_a_context_puts_its_remark_beside_a_figure_of_one_below(app, sign_in_as, monkeypatch):
    shown = Manifest(
        figures=lambda counted, at: [
            Figure("支援", 7, "件", "", "/", name="a"),
            Figure("終了", 8, "件", "自分の注記", "/", name="b"),
        ],
        remarks={"a": lambda counted: "隣の注記", "b": lambda counted: "使われない注記"},
    )
    monkeypatch.setitem(app.extensions, "manifests", (*manifests(), shown))
    client, _ = sign_in_as("officer")
    page = client.get("/").get_data(as_text=True)
    assert "隣の注記" in page and "自分の注記" in page
    assert "使われない注記" not in page


def test_nobody_answers_to_an_unknown_name(app):
    with pytest.raises(KeyError):
        answer("what nobody knows")


def _menu(client) -> list[str]:
    page = client.get("/calls").get_data(as_text=True)
    menu = page.split('id="main-nav"')[1].split("</nav>")[0]
    return [part.split('"')[0] for part in menu.split('href="')[1:] if not part.startswith("/calls?")]
