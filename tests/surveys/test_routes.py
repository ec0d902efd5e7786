"""The pages: a body writes and hands in, nobody else sees what is being written; officers edit, export, publish."""

from __future__ import annotations

import csv
import io

from app.db import db
from app.questions.composing import ask, section
from app.questions.definition import Definition
from app.surveys import operations
from app.surveys.models import BODIES, INITIATIVES, Survey, SurveyAnswer
from tests import factories
from tests.factories.applications import holder
from tests.factories.surveys import part_of
from tests.reading import words_of


def _body(sign_in_as, project):
    return sign_in_as(tenure=holder("municipality_editor", project.lead))[0]


def _entries(client, address: str, **values: object) -> dict[str, object]:
    page = client.get(address)
    assert page.status_code == 200
    hidden = {
        name: page.text.split(f'name="{name}"')[1].split('value="')[1].split('"')[0]
        for name in ("version", "form_version")
    }
    return {**hidden, **values}


def test_a_body_answers_section_by_section_and_hands_in(app, at, sign_in_as):
    project = factories.project()
    factories.initiative(project, "自動運転バス")
    answer = factories.survey_answer(project)
    db.session.commit()
    client, address = _body(sign_in_as, project), f"/survey-answers/{answer.id}"
    assert "調査に回答する：見本の調査" in words_of(client.get("/"))
    page = client.get(address)
    assert "自動運転バス" in words_of(page)
    of_body, of_bus = (f"{address}/parts/{part_of(answer, of).id}" for of in (BODIES, INITIATIVES))
    refused = client.post(f"{address}/submission")
    assert refused.status_code == 422 and f"{of_body}/items#" in refused.text

    sent = _entries(client, f"{of_body}/items", funds="発生（対応中）")
    missing = client.post(f"{of_body}/items", data=sent)
    assert missing.status_code == 422 and "人" in words_of(missing), "one of two is not answered"
    sent["staff"] = "発生していない"
    assert client.post(f"{of_body}/items", data=sent).headers["Location"].startswith(f"{of_body}/more")
    stale = client.post(f"{of_body}/items", data={**sent, "funds": "発生（未対応）"})
    assert stale.status_code == 409 and "発生（未対応）" in words_of(stale), "both answers are there"
    saved = client.post(
        f"{of_bus}/bottlenecks",
        data=_entries(client, f"{of_bus}/bottlenecks", **{"held-up": ["人"]}),
        headers={"Accept": "application/json"},
    )
    assert saved.json == {"version": 1}, "as the page does by itself"
    other = _body(sign_in_as, factories.project())
    db.session.commit()
    assert other.get(address).status_code == 404
    office = sign_in_as("officer")[0]
    assert "発生（対応中）" not in words_of(office.get(address)), (
        "the office sees nothing of what is being written"
    )
    assert client.post(f"{address}/submission").status_code == 302
    told = words_of(office.get(address))
    assert "発生（対応中）" in told and "回答済み" in told
    client.post(f"{of_body}/more", data=_entries(client, f"{of_body}/more", words="まだ迷っています"))
    assert "まだ迷っています" not in office.get(address).text, "what was changed is handed in again first"
    assert "調査に回答する" not in words_of(client.get("/"))
    assert f'href="{address}"' in client.get(f"/projects/{project.id}/surveys").text


def test_officers_edit_what_is_asked_with_the_pages_of_any_form(app, at, sign_in_as):
    factories.project()
    asking = factories.survey()
    db.session.commit()
    client, _ = sign_in_as("officer")
    address = f"/surveys/{asking.id}/forms/initiatives"
    page = words_of(client.get(address))
    assert "個別取組への設問" in page and "ボトルネック" in page
    asked = {
        "label_ja": "開始の年",
        "section": "bottlenecks",
        "required": "y",
        "settings-max_chars": "40",
        "criterion": "",
    }
    answer = client.post(f"{address}/sections/bottlenecks/questions?kind=short_text", data=asked)
    assert answer.headers["Location"].startswith(address)
    db.session.expire_all()
    assert [*asking.initiatives_form.newest.form.questions] == ["held-up", "q1"]
    assert client.post(f"{address}/questions/q1/removal").status_code == 302
    assert client.get(f"/surveys/{asking.id}/forms/nobody").status_code == 404
    opened = client.post(f"/surveys/{asking.id}/opening", data={"closes_at": "2023-03-01 17:00"})
    assert opened.status_code == 302 and db.session.get_one(Survey, asking.id).state == "open"
    assert client.get(address).headers["Location"] == f"{address}/preview"
    again = client.post(f"{address}/questions/held-up/removal")
    assert again.status_code == 409, "what is asked stays as it is"


def test_the_file_of_all_answers_has_a_column_for_each_question(app, at, sign_in_as):
    project = factories.project()
    factories.initiative(project, "自動運転バス")
    answer = factories.survey_answer(project, "handed_in", words="=1+1", held_up=["資金", "人"])
    db.session.commit()
    client, _ = sign_in_as("director")

    def rows(of: str) -> list[list[str]]:
        text = client.get(f"/surveys/{answer.survey_id}/data/{of}?format=csv").get_data().decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text)))

    head, only = rows("bodies")
    assert head[-3:] == ["資金", "人", "意見"] and only[-3:] == ["発生していない", "発生していない", "'=1+1"]
    head, only = rows("initiatives")
    assert head[-1] == "ボトルネック" and only[-1] == "資金、人" and "自動運転バス" in only
    page = client.get(f"/surveys/{answer.survey_id}/tally")
    assert "N=1団体" in words_of(page) and "N=1取組（1団体）" in words_of(page)


def test_everybody_sees_published_figures_and_nothing_before(app, at, sign_in_as, client):
    projects = [factories.project() for _ in range(4)]
    asking = factories.survey("open", title="公表する調査")
    for place, project in enumerate(projects):
        occurred = "発生（対応中）" if place else "発生していない"
        factories.survey_answer(
            project, "handed_in", survey=asking, funds=occurred, staff="発生していない", words="内緒の話"
        )
    operations.close(asking, actor=holder("officer"), at=at)
    db.session.commit()
    address = f"/survey-results/{asking.id}"
    assert client.get(address).status_code == 404 and "公表する調査" not in words_of(
        client.get("/survey-results")
    )
    office = sign_in_as("officer")[0]
    assert "非公表" in words_of(office.get(f"/surveys/{asking.id}/publication"))
    assert office.post(f"/surveys/{asking.id}/publication").status_code == 302
    assert "公表する調査" in words_of(client.get("/survey-results"))
    shown = client.get(address)
    assert (
        "非公表" in words_of(shown)
        and "内緒の話" not in shown.text
        and projects[0].lead.name not in shown.text
    )
    office.post(f"/surveys/{asking.id}/taking-back", data={"reason": "表題の誤り"})
    assert client.get(address).status_code == 404


def test_a_survey_is_copied_from_last_year_s(app, at, sign_in_as):
    project = factories.project()
    last = factories.survey_answer(project, "handed_in").survey
    db.session.commit()
    client, _ = sign_in_as("officer")
    values = {"title": "今年の調査", "fiscal_year": "2023", "selected_until": "2022", "introduction": ""}
    assert client.post("/surveys/new", data={**values, "start": "nothing"}).status_code == 422
    made = client.post("/surveys/new", data={**values, "start": f"copy-{last.id}"})
    copied = db.session.get_one(Survey, int(made.headers["Location"].rpartition("/")[2]))
    assert copied.before_id == last.id
    assert copied.bodies_form.newest.form == last.bodies_form.newest.form
    assert copied.bodies_form_id != last.bodies_form_id, "a form of its own"
    assert db.session.query(SurveyAnswer).count() == 1, "nobody is asked by a draft"
    standard = client.post("/surveys/new", data={**values, "start": "problems"})
    asks = db.session.get_one(Survey, int(standard.headers["Location"].rpartition("/")[2]))
    assert asks.bodies_form.newest.form.faults == [] and len(asks.bodies_form.newest.form.questions) == 12


def test_a_file_that_answers_a_question_is_the_body_s_until_it_is_handed_in(app, at, sign_in_as):
    asked = Definition((section("files", "資料", "", ask("plan", "file", "計画", "", most=2)),))
    project = factories.project()
    answer = factories.survey_answer(project, survey=factories.survey("open", forms={BODIES: asked}))
    part = part_of(answer, BODIES)
    db.session.commit()
    client, address = _body(sign_in_as, project), f"/survey-answers/{answer.id}/parts/{part.id}"
    sent = _entries(client, f"{address}/files", plan=(io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "計画.pdf"))
    assert client.post(f"{address}/files", data=sent).status_code == 302
    file = f"{address}/files/{part.answered.files[0].id}"
    assert client.get(file).data.startswith(b"%PDF")
    office = sign_in_as("officer")[0]
    assert office.get(file).status_code == 404
    client.post(f"/survey-answers/{answer.id}/submission")
    assert office.get(file).data.startswith(b"%PDF")
    assert f'href="{file}"' in office.get(f"/survey-answers/{answer.id}").text
    other = _body(sign_in_as, factories.project())
    db.session.commit()
    assert other.get(file).status_code == 404
