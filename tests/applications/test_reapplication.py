"""Applying again: the draft asks for the link and the upgrade, and what the rules find is told to both sides."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.applications import drafting, exceptions, new_versions, submission
from app.applications.exceptions import AlreadyExcepted
from app.applications.reapplication import (
    PROJECT,
    SECTION,
    UPGRADE,
    findings_on,
    findings_on_draft,
    nothing_of_it,
    projects_of,
)
from app.correspondence.models import Mail
from app.db import db
from app.lifecycle import NotAllowed
from app.permissions import APPROVER, EDITOR, MINISTRY, OFFICER
from app.programmes.operations import edit_call
from app.questions import publishing
from app.questions.carrying import carry_over
from app.questions.freezing import Incomplete
from tests import factories
from tests.factories.applications import holder
from tests.reading import events, page_at, text_of, words_of

TITLE, SUMMARY = "雪道の見守りドローン", "ドローンとAIで冬の見守りを行い、除雪の効率を上げる。"


@pytest.fixture
def body(app):
    return factories.organisation("岩見沢市")


@pytest.fixture
def call(app):
    return factories.call(code="R5")


@pytest.fixture
def project(body):
    """An ended one that came from an application here."""
    came_of = factories.application("selected", organisation=body, title=TITLE, summary=SUMMARY)
    return factories.project(
        [body], application=came_of, title=TITLE, technologies=["AI", "ドローン"], state="ended"
    )


def apply(call, body, state="draft", **values):
    values = {"title": "別の事業", "summary": "まったく別のことを行う。"} | values
    return factories.application(state, call=call, organisation=body, **values)


def name_of(project) -> str:
    (found,) = projects_of(project.bodies)
    return found.name


def rules(findings) -> dict[str, bool]:
    return {it.rule: it.keeps_back for it in findings}


def save(application, at, **answers):
    drafting.save(
        application,
        SECTION,
        answers,
        version=application.version_of(SECTION),
        actor=holder(EDITOR, application.organisation),
        at=at,
    )


def sections(application) -> list[str]:
    return [section.key for section in application.answered.form.sections]


@pytest.mark.parametrize(("state", "asked"), [("supported", True), ("ended", True), ("cancelled", False)])
def test_the_section_is_asked_when_a_body_has_a_supported_or_ended_project(call, body, state, asked):
    assert SECTION not in sections(apply(call, body))
    factories.project([body], state=state)
    application = apply(factories.call(), body, complete=False)
    assert (sections(application)[-1] == SECTION) is asked


def test_a_joint_body_s_project_asks_for_it_and_the_answer_outlives_its_leaving(call, project, at):
    lead = factories.organisation("更別村")
    application, editor = apply(call, lead, complete=False), holder(EDITOR, lead)
    (joint,) = project.bodies
    drafting.add_joint_applicant(application, joint, actor=editor, at=at)
    assert SECTION in sections(application)
    save(application, at, **{PROJECT: name_of(project), UPGRADE: "衛星を使う。"})
    drafting.remove_joint_applicant(application, joint.id, actor=editor, at=at)
    assert SECTION not in sections(application)
    drafting.add_joint_applicant(application, joint, actor=editor, at=at)
    assert application.answered.values[UPGRADE] == "衛星を使う。"


def test_it_is_required_and_frozen_with_the_submission(call, body, project, at):
    application = apply(call, body, complete=True)
    save(application, at, **{PROJECT: ""})
    with pytest.raises(Incomplete):
        submission.submit(application, actor=holder(APPROVER, body), at=at)
    save(application, at, **{PROJECT: name_of(project), UPGRADE: "衛星を使う。"})
    sent = submission.submit(application, actor=holder(APPROVER, body), at=at)
    said = sent.said.section(SECTION)
    assert [answer.value for answer in said.answers] == [name_of(project), "衛星を使う。"]


def test_a_newer_version_of_the_form_goes_on_asking_it(call, body, project, at):
    application = apply(call, body, earlier=name_of(project))
    form = publishing.change(call.form, application.answered.version.form.with_section(
        application.answered.version.form.sections[0].__class__.of(
            {"key": "more", "label": "追加", "questions": [{"key": "more", "kind": "short_text", "label": "追加"}]}
        )
    ), at=at)  # fmt: skip
    publishing.publish(call.form, actor=holder(OFFICER), at=at)
    outcome = carry_over(application.answered, form, about=application, actor=holder(OFFICER), at=at)
    assert outcome.gone == () and {SECTION, "more"} <= set(sections(application))
    assert application.answered.values[PROJECT] == name_of(project)


def test_a_link_without_an_upgrade_is_refused_until_it_is_stated(call, body, project, at):
    application = apply(call, body)
    save(application, at, **{PROJECT: name_of(project), UPGRADE: " "})
    assert rules(findings_on_draft(application)) == {"rule_upgrade": True}
    for hand_in, actor in ((submission.hand_over, EDITOR), (submission.submit, APPROVER)):
        with pytest.raises(Incomplete) as refused:
            hand_in(application, actor=holder(actor, body), at=at)
        (problem,) = refused.value.problems
        assert (problem.section, problem.anchor) == (SECTION, UPGRADE)
    save(application, at, **{UPGRADE: "衛星を使う。"})
    assert findings_on_draft(application) == []
    submission.submit(application, actor=holder(APPROVER, body), at=at)


def test_its_page_says_that_the_upgrade_is_required_as_long_as_the_rule_refuses(
    call, body, project, sign_in_as, at
):
    application, (editor, _) = apply(call, body), sign_in_as(tenure=holder(EDITOR, body))
    address = f"/applications/{application.id}/sections/{SECTION}"
    sent = {PROJECT: name_of(project), UPGRADE: "", "version": application.version_of(SECTION)}
    assert page_at(editor, address).count("※必須") == 2
    answer = editor.post(address, data=sent)
    assert answer.status_code == 422 and f'href="#{UPGRADE}"' in text_of(answer)
    exceptions.grant(call, body, rule="rule_upgrade", reason="事情", actor=holder(OFFICER), at=at)
    db.session.commit()
    assert page_at(editor, address).count("※必須") == 1
    assert editor.post(address, data=sent).status_code == 302


@pytest.mark.parametrize(
    ("title", "summary", "technologies", "refused"),
    [
        (TITLE, "別の概要", ["AI"], True),
        (f" {TITLE.replace('ー', 'ー')}。", "別の概要", ["AI", "ドローン"], True),
        ("別の事業名", SUMMARY.replace("。", "").replace("を上げる", "をあげる"), ["AI"], True),
        (TITLE, SUMMARY, ["AI", "5G"], False),
        ("別の事業名", "まったく別の内容で、観光地を案内する。", ["AI"], False),
    ],
)
def test_the_same_content_is_refused_also_when_no_link_is_given(
    call, body, project, title, summary, technologies, refused
):
    application = apply(call, body, title=title, summary=summary, technologies=technologies)
    assert rules(findings_on_draft(application)) == ({"rule_same_content": True} if refused else {})


def test_a_project_under_support_is_shown_and_refuses_nothing(call, body, project, at):
    project.state = "supported"
    application = apply(call, body, joint=[factories.organisation("更別村")])
    (finding,) = findings_on_draft(application)
    assert (finding.rule, finding.keeps_back) == ("rule_active_project", False)
    assert finding.values["body"] == body.full_name, "not the one that has none"
    submission.submit(application, actor=holder(APPROVER, body), at=at)


@pytest.mark.parametrize(("outcome", "found"), [("refuse", True), ("flag", False), ("off", None)])
def test_what_becomes_of_it_is_data_of_the_call(call, body, project, outcome, found, at):
    call.rule_same_content = call.rule_active_project = outcome
    project.state = "supported"
    application = apply(call, body, title=TITLE)
    expected = {} if found is None else {"rule_same_content": found, "rule_active_project": found}
    assert rules(findings_on_draft(application)) == expected
    if found:
        with pytest.raises(Incomplete):
            submission.submit(application, actor=holder(APPROVER, body), at=at)
    else:
        submission.submit(application, actor=holder(APPROVER, body), at=at)


def test_an_exception_lets_this_body_pass_this_rule_and_no_other(call, body, project, at):
    application = apply(call, body, title=TITLE)
    other = factories.organisation("更別村")
    officer = holder(OFFICER)
    for whose, rule in ((other, "rule_same_content"), (body, "rule_upgrade")):
        exceptions.grant(call, whose, rule=rule, reason="事情", actor=officer, at=at)
        assert rules(findings_on_draft(application)) == {"rule_same_content": True}
    made = exceptions.grant(call, body, rule="rule_same_content", reason="災害復旧", actor=officer, at=at)
    (finding,) = findings_on_draft(application)
    assert finding.exception is made and not finding.keeps_back
    sent = submission.submit(application, actor=holder(APPROVER, body), at=at)
    (for_the_office,) = findings_on(application, sent.said)
    assert for_the_office.exception is made
    assert events(call)[0] == "exception_recorded"
    told = db.session.scalars(
        select(Mail).where(Mail.key.contains("exception"), Mail.organisation_id == body.id)
    )
    assert [("災害復旧" in mail.body) for mail in told] == [False, True]
    with pytest.raises(AlreadyExcepted):
        exceptions.grant(call, body, rule="rule_same_content", reason="x", actor=officer, at=at)


def test_exceptions_are_the_officers_and_end_with_the_decision(call, body, at):
    with pytest.raises(NotAllowed):
        exceptions.grant(call, body, rule="rule_upgrade", reason="x", actor=factories.tenure(MINISTRY), at=at)
    with pytest.raises(ValueError):
        exceptions.grant(call, body, rule="rule_upgrade", reason=" ", actor=holder(OFFICER), at=at)
    with pytest.raises(KeyError):
        exceptions.grant(call, body, rule="rule_x", reason="x", actor=holder(OFFICER), at=at)
    call.state = "decided"
    with pytest.raises(NotAllowed):
        exceptions.grant(call, body, rule="rule_upgrade", reason="x", actor=holder(OFFICER), at=at)


def test_the_none_of_them_choice_asks_for_no_upgrade(call, body, project, at):
    application = apply(call, body, earlier=nothing_of_it())
    assert application.answered.values[PROJECT] == nothing_of_it()
    assert findings_on_draft(application) == []


# Pages


def test_the_applicant_and_the_office_read_the_same_findings(call, body, project, sign_in_as, at):
    project.state = "supported"
    application = apply(call, body, title=TITLE)
    editor, _ = sign_in_as(tenure=holder(EDITOR, body))
    officer, _ = sign_in_as(tenure=holder(OFFICER))
    section = page_at(editor, f"/applications/{application.id}/sections/{SECTION}")
    assert name_of(project) in section
    shown = page_at(editor, f"/applications/{application.id}/check")
    assert "ほぼ同じ" in shown and "現在支援中の事業があります" in shown
    assert editor.post(f"/applications/{application.id}/approval-request").status_code == 422
    address = f"/calls/{call.id}/exceptions?organisation_id={body.id}"
    assert f"/calls/{call.id}/exceptions" in page_at(officer, f"/calls/{call.id}")
    assert officer.post(address, data={"rule": "rule_same_content", "reason": ""}).status_code == 422
    assert officer.post(address, data={"rule": "rule_same_content", "reason": "災害復旧"}).status_code == 302
    again = officer.post(address, data={"rule": "rule_same_content", "reason": "災害復旧"})
    assert again.status_code == 422 and "既に登録されています" in text_of(again)
    assert "災害復旧" in page_at(officer, f"/calls/{call.id}") and "災害復旧" not in page_at(
        editor, f"/calls/{call.id}"
    )
    told = page_at(editor, f"/applications/{application.id}/check")
    assert "例外が登録されています" in told and "災害復旧" in told
    submission.submit(application, actor=holder(APPROVER, body), at=at)
    case = words_of(officer.get(f"/applications/{application.id}"))
    for words in ("ほぼ同じ", "例外が登録されています", "現在支援中の事業があります"):
        assert words in case
    assert body.name in page_at(officer, f"/calls/{call.id}/exceptions")


def test_officers_set_the_rules_of_a_call_they_draft(sign_in_as):
    call = factories.call(state="draft")
    officer, _ = sign_in_as(tenure=holder(OFFICER))
    page = page_at(officer, f"/calls/{call.id}/edit")
    assert 'name="rule_same_content"' in page
    rows = {"criteria": []}
    edit_call(call, rule_same_content="flag", actor=holder(OFFICER), at=call.created_at, **rows)
    db.session.commit()
    assert "注意を表示する" in page_at(officer, f"/calls/{call.id}")


def test_a_change_of_the_form_does_not_tell_of_the_section_that_is_no_part_of_it(app, call, body, project):
    application = apply(call, body, complete=False)
    number = application.answered.version.number
    application.answered.carried = {"from": number, "to": number, "gone": []}
    with app.test_request_context():
        news = new_versions.news_of(application)
    assert SECTION in sections(application) and not news.changes


def test_names_in_japanese_say_so_on_a_page_in_english(call, body, project, sign_in_as):
    application = apply(call, body, title=TITLE)
    editor, _ = sign_in_as(tenure=holder(EDITOR, body))
    editor.get("/language/en")
    shown = page_at(editor, f"/applications/{application.id}/check")
    assert f'essentially those of “<bdi lang="ja">{name_of(project)}</bdi>”' in shown
    section = page_at(editor, f"/applications/{application.id}/sections/{SECTION}")
    assert nothing_of_it() in section and "None of them: the content" in section  # kept so, and read so
    assert f">{nothing_of_it()}<" not in section
