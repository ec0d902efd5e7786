"""A body asks to change its project: approved it is applied and told, refused it stays; an end that was told does not move."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app import calendar
from app.changing.models import ChangeRequest
from app.correspondence import letters
from app.correspondence.models import Mail
from app.db import db
from app.permissions import APPROVER, EDITOR
from app.projects.models import Project
from tests import factories
from tests.reading import events, words_of
from tests.stories.walking import post


@pytest.mark.tells(
    "change_request.edit", "change_request.submit", "change_request.approve", "change_request.refuse",
    "change_request.withdraw", "project.change",
)  # fmt: skip
def test_what_is_approved_is_applied_and_what_is_refused_is_not(app, sign_in_as):
    body = factories.organisation("更別村")
    project = factories.project([body], title="畑の見守り", technologies=["AI", "水中ドローン"])
    editor, approver = (sign_in_as(role, body)[0] for role in (EDITOR, APPROVER))
    officer, director = sign_in_as("officer")[0], sign_in_as("director")[0]
    project_id = project.id
    db.session.commit()

    # nothing changed is refused with what was typed; then a draft, which the office does not see
    start = f"/projects/{project_id}/change-requests/new"
    unchanged = {"title": "畑の見守り", "technologies": ["AI"], "reason": "国の事業と合わせるため"}
    nothing = editor.post(start, data={**unchanged, "title": "  畑の見守り "})
    assert nothing.status_code == 422 and "国の事業と合わせるため" in words_of(nothing)
    half = editor.post(start, data={**unchanged, "content_to": "2か所"})
    assert half.status_code == 422 and "変更前と変更後の両方" in words_of(half)
    entered = {"technologies": ["AI", "IoT"], "content_from": "1か所", "content_to": "2か所"}
    made = editor.post(start, data={**unchanged, **entered, "title": "畑と道の見守り"})
    address = made.location
    assert officer.get(address).status_code == 404
    edit = f"{address}/edit"
    stale = editor.post(edit, data={**unchanged, **entered, "title": "別の題", "version": "0"})
    assert (
        stale.status_code != 302 and db.session.scalar(select(ChangeRequest)).changes["title"][1] != "別の題"
    )
    post(
        editor,
        edit,
        **unchanged | entered | {"title": "畑と道の見守り", "version": "1", "reason": "範囲を広げるため"},
    )
    assert editor.post(f"{address}/submission").status_code == 403, "an approver submits"
    assert "変更申請を提出する" in words_of(approver.get("/"))
    post(approver, f"{address}/submission")
    assert officer.post(f"{address}/approval", data={"remark": ""}).status_code == 403, "a director decides"
    assert "変更申請の承認・不承認を決定する（1件）" in words_of(director.get("/"))
    post(director, f"{address}/approval", remark="")
    project = db.session.get_one(Project, project_id)
    assert (project.title, project.technologies) == ("畑と道の見守り", ["AI", "水中ドローン", "IoT"])
    assert "project_changed" in events(project)
    page = words_of(editor.get(f"/projects/{project_id}"))
    assert "畑の見守り → 畑と道の見守り" in page and "1か所 → 2か所" in page
    told = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert "承認し" in told.body and "変更後：畑と道の見守り" in told.body

    # another is refused: the project stays, its body reads why; a third is withdrawn
    for name, entries in (
        ("refusal", {"reason": "選定の内容と異なるため"}),
        ("withdrawal", {"reason": "不要となったため"}),
    ):
        other = editor.post(
            start, data={**unchanged, "title": "漁港の見守り", "technologies": ["AI"]}
        ).location
        post(approver, f"{other}/submission")
        who = director if name == "refusal" else approver
        assert who.post(f"{other}/{name}", data={"reason": " "}).status_code == 422
        post(who, f"{other}/{name}", **entries)
    assert db.session.get_one(Project, project_id).title == "畑と道の見守り"
    told = db.session.scalars(select(Mail).where(Mail.key.contains(":decided"))).all()
    assert any("選定の内容と異なるため" in it.body for it in told)


def test_a_period_is_changed_within_the_rule_and_never_before_a_notice_that_was_sent(app, sign_in_as):
    body = factories.organisation("更別村")
    project = factories.extendable_project(body, extended_years=2)
    client, director = sign_in_as(APPROVER, body)[0], sign_in_as("director")[0]
    start = f"/projects/{project.id}/change-requests/new"
    entered = {"title": project.title, "technologies": ["AI"], "reason": "予定より早く終わるため"}
    beyond = client.post(start, data={**entered, "years": "3"})
    assert beyond.status_code == 422 and "1年から2年まで" in words_of(beyond)
    address = client.post(start, data={**entered, "years": "1"}).location
    post(client, f"{address}/submission")
    post(director, f"{address}/approval", remark="")
    assert db.session.get_one(Project, project.id).ends_on == date(2024, 3, 31)

    # another asks for two again; a letter that tells the end goes out meanwhile: it is not moved, and the page says why
    address = client.post(start, data={**entered, "years": "2"}).location
    post(client, f"{address}/submission")
    told = factories.letter(
        state="approved",
        letter_kind="extension-certified",
        about_kind="project",
        about_id=project.id,
        organisation=body,
    )
    letters.issue(told, on=calendar.today(), at=calendar.now())
    db.session.commit()
    refused = director.post(f"{address}/approval", data={"remark": "よい"})
    assert (
        refused.status_code == 422
        and "終了日は変更できません" in words_of(refused)
        and "よい" in words_of(refused)
    )
    assert db.session.get_one(Project, project.id).ends_on == date(2024, 3, 31)
    assert db.session.get_one(ChangeRequest, int(address.rpartition("/")[2])).state == "submitted"


def test_a_project_that_was_changed_since_is_not_changed_by_an_old_request(app, sign_in_as):
    project = factories.project([factories.organisation("更別村")])
    first, second = (
        factories.change_request(project=project, state="submitted", asked={"title": [project.title, it]})
        for it in ("甲", "乙")
    )
    director = sign_in_as("director")[0]
    post(director, f"/change-requests/{first.id}/approval", remark="")
    refused = director.post(f"/change-requests/{second.id}/approval", data={"remark": ""})
    assert refused.status_code == 422 and "「事業名」が申請の「変更前」と異なります" in words_of(refused)
    assert db.session.get_one(Project, project.id).title == "甲"
