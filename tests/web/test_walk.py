"""From a filtered list to a case, to its neighbours, and back to the same list: for applications, projects, letters."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from app.db import db
from tests import factories
from tests.factories.applications import holder
from tests.reading import words_of


def links(shown: str) -> dict[str, str]:
    """The links of the walk and the back link, by their rel or class."""
    found = dict(re.findall(r'<a class="walk__link" rel="(prev|next)" href="([^"]+)"', shown))
    back = re.search(r'<a class="back__link" href="([^"]+)"', shown)
    return {**found, **({"back": back.group(1)} if back else {})}


def cases(shown: str, kind: str) -> list[str]:
    """The addresses of the cases in a list, in its order."""
    table = shown[shown.index("<tbody") : shown.index("</tbody>")]
    return list(dict.fromkeys(re.findall(rf'href="(/{kind}/\d+(?:\?[^"]*)?)"', table)))


@pytest.fixture
def call(made_once):
    return made_once("a call to walk through", _call)


def _call():
    made = factories.call(code="R5")
    for state in ("submitted", "accepted", "submitted", "submitted", "returned"):
        factories.application(state, call=made)
    db.session.commit()
    return made


@pytest.fixture
def officer(sign_in_as):
    return sign_in_as("officer")[0]


def test_a_case_knows_its_neighbours_in_the_filtered_list_and_the_way_back(call, officer):
    address = f"/applications?call={call.id}&state=submitted&sort=number"
    first, middle, last = cases(words_of(officer.get(address)), "applications")
    shown = words_of(officer.get(middle))
    assert links(shown) == {"prev": first, "next": last, "back": address}
    assert "2 / 3件" in shown and "申請（絞り込み中）" in shown
    assert "prev" not in links(words_of(officer.get(first))) and "next" not in links(
        words_of(officer.get(last))
    )


def test_the_walk_follows_the_order_of_the_list(call, officer):
    up, down = (
        cases(words_of(officer.get(f"/applications?call={call.id}&sort={sort}")), "applications")
        for sort in ("number", "-number")
    )
    ids = [[re.search(r"\d+", link).group() for link in way] for way in (up, down)]
    assert ids[0] == ids[1][::-1] and len(ids[0]) == 5
    assert links(words_of(officer.get(down[0])))["next"] == down[1]


def test_an_unfiltered_list_is_walked_too_and_a_case_opened_from_elsewhere_has_no_walk(call, officer):
    way = cases(words_of(officer.get("/applications")), "applications")
    shown = words_of(officer.get(way[0]))
    assert links(shown)["next"] == way[1] and "絞り込み中" not in shown
    plain = words_of(officer.get(way[0].partition("?")[0]))
    assert links(plain) == {"back": "/applications"} and "walk" not in plain.split("<main")[1]


def test_the_way_back_leads_to_the_page_of_the_list_on_which_the_case_stands(app, officer):
    call = factories.call()
    for _ in range(27):
        factories.application("submitted", call=call)
    db.session.commit()
    first = cases(words_of(officer.get("/applications?sort=number")), "applications")
    second = cases(words_of(officer.get("/applications?sort=number&page=2")), "applications")
    assert (len(first), len(second)) == (25, 2)
    assert "page=2" in links(words_of(officer.get(second[0])))["back"]
    across = links(words_of(officer.get(first[-1])))
    assert "page" not in across["back"]
    shown = words_of(officer.get(across["next"]))
    assert "26 / 27件" in shown and "page=2" in links(shown)["back"]


def test_a_case_that_has_left_the_list_still_knows_the_way_back(call, officer):
    address = f"/applications?call={call.id}&state=submitted"
    way = cases(words_of(officer.get(address)), "applications")
    application_id = int(re.search(r"\d+", way[0]).group())
    officer.post(f"/applications/{application_id}/acceptance")
    assert links(words_of(officer.get(way[0]))) == {"back": address}


def test_the_selection_page_is_walked_and_led_back_to(call, officer):
    address = f"/calls/{call.id}/selection?state=submitted"
    way = cases(words_of(officer.get(address)), "applications")
    assert len(way) == 3
    assert links(words_of(officer.get(way[1]))) == {"prev": way[0], "next": way[2], "back": address}


def test_projects_and_letters_are_walked_as_applications_are(app, officer):
    call = factories.call(state="announced")
    projects = [factories.project(call=call) for _ in range(3)]
    for project in projects:
        factories.letter(organisation=project.lead, about_id=project.id)
    db.session.commit()
    for kind, address in (("projects", "/projects?state=supported"), ("letters", "/letters?state=drafted")):
        way = cases(words_of(officer.get(address)), kind)
        shown = words_of(officer.get(way[1]))
        assert links(shown)["prev"] == way[0] and links(shown)["next"] == way[2], kind
        assert f'href="{address}"' in shown, kind


def test_a_municipality_walks_its_own_list_only(call, sign_in_as):
    mine = [factories.application("submitted", call=call) for _ in range(1)]
    second = factories.application("draft", call=call, organisation=mine[0].organisation)
    client, _ = sign_in_as(tenure=holder("municipality_editor", mine[0].organisation))
    way = cases(words_of(client.get("/applications")), "applications")
    assert len(way) == 2 and any(f"/{second.id}?" in link for link in way)
    for link in way:  # also on the task list of a draft
        assert "/ 2件" in words_of(client.get(link))


@pytest.mark.parametrize(
    "forged",
    [
        "https://example.jp/applications",
        "//example.jp/applications",
        "javascript:alert(1)",
        "/mails?x=1",
        "/sign-out",
        "/calls/999999/selection",
        "/calls/99999999999999999999/selection",
        "/projects",
        "/applications?q=%00%FF&page=%E3%81%82&state=nonsense&sort=-;drop",
        "/applications?" + "q=あ&" * 900,
        "/nothing",
        "?",
        "\x00",
    ],
)
def test_a_forged_list_leads_nowhere_else_and_breaks_nothing(call, officer, forged):
    application_id = int(
        re.search(r"\d+", cases(words_of(officer.get("/applications")), "applications")[0]).group()
    )
    answer = officer.get(f"/applications/{application_id}?list={quote(forged, safe='')}")
    assert answer.status_code == 200
    assert links(words_of(answer))["back"].startswith("/applications")
    posted = officer.post(f"/applications/{application_id}/acceptance?list={quote(forged, safe='')}")
    assert posted.status_code in (302, 409) and posted.headers.get("Location", "/").startswith("/")


def test_the_neighbours_cost_the_same_however_long_the_list_is(call, officer, count_queries):
    def asked():
        way = cases(words_of(officer.get("/applications?sort=number")), "applications")
        officer.get(way[1])
        return count_queries(lambda: officer.get(way[1]))

    few = asked()
    for _ in range(20):
        factories.application("submitted", call=call)
    db.session.commit()
    assert asked() == few
