"""A form in its versions, and a draft that goes on with a newer one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.db import db
from app.questions import answering, carrying, freezing, publishing
from app.questions.definition import BadDefinition, Condition, Definition, Section, Words
from app.questions.kinds import KINDS
from tests.questions.forms import of_all_kinds, question


def told(response):
    return [(it.label, it.text) for it in carrying.former_answers(response)]


OF_TWO = Definition(
    (
        Section("a", Words("甲"), (question("short_text", "title"), question("long_text", "plan"))),
        Section("b", Words("乙"), (question("number", "people"), question("one_choice", "area"))),
    )
)


@pytest.fixture
def form():
    return OF_TWO


def test_a_version_that_nobody_answered_is_changed_itself(template, at):
    other = OF_TWO.with_section(Section("c", Words("丙"), (question("date", "due"),)))
    version = publishing.change(template, other, at=at)
    assert (version.number, version.form, len(template.versions)) == (1, other, 1)


def test_changing_nothing_makes_no_version(template, response, editor, at):
    answering.save_section(response, "a", {"title": "雪道"}, version=0, actor=editor, at=at)
    assert publishing.change(template, OF_TWO, at=at).number == 1


def test_a_form_that_could_not_be_answered_is_not_published(app, at, editor):
    empty = publishing.begin_form("見本", Definition(()), at=at)
    db.session.flush()
    with pytest.raises(BadDefinition):
        publishing.publish(empty, actor=editor, at=at)
    bad = OF_TWO.with_section(
        Section("c", Words("丙"), (question("date", "due", condition=Condition("none", ("x",))),))
    )
    with pytest.raises(BadDefinition):
        bad.check()
    later = Definition(tuple(reversed(OF_TWO.sections))).with_section(
        Section("a", Words("甲"), (question("date", "due", condition=Condition("area", ("ない",))),))
    )
    with pytest.raises(BadDefinition):
        later.check()


def test_a_published_form_is_not_changed_into_one_that_cannot_be_answered(template, at):
    with pytest.raises(BadDefinition):
        publishing.change(template, Definition(()), at=at)


FORBIDDEN = [
    "UPDATE form_versions SET definition = '{}'",
    "UPDATE form_versions SET sha256 = 'x'",
    "UPDATE form_versions SET answered_at = NULL",
    "UPDATE form_versions SET number = 7",
    "DELETE FROM form_versions",
    "UPDATE received_files SET sha256 = 'x'",
    "DELETE FROM received_files",
]


def test_the_database_itself_keeps_what_was_answered(app, at, editor, body):
    from tests.factories.applications import PDF
    from tests.questions.forms import Upload

    template = publishing.begin_form("見本", of_all_kinds(KINDS), at=at)
    version = publishing.publish(template, actor=editor, at=at)
    response = answering.start(version, about=body, at=at)
    section = version.form.section_of["file"]
    uploads = {"file": [Upload("計画.pdf", PDF)]}
    answering.save_section(response, section, uploads, version=0, actor=editor, at=at)
    db.session.commit()
    for statement in FORBIDDEN:
        with pytest.raises(DBAPIError, match=r"never changes|kept|append-only"):
            db.session.execute(text(statement))
        db.session.rollback()


def _second(template, form, editor, at):
    publishing.change(template, form, at=at)
    return publishing.publish(template, actor=editor, at=at)


def test_a_draft_goes_on_with_the_newer_version_and_nothing_typed_is_lost(
    template, response, editor, at, body
):
    save = {"actor": editor, "at": at}
    answering.save_section(response, "a", {"title": "雪道", "plan": "計画の本文"}, version=0, **save)
    answering.save_section(response, "b", {"people": "12", "area": "未定"}, version=0, **save)
    db.session.commit()
    newer = Definition(
        (
            Section("a", Words("甲"), (question("short_text", "title"), question("number", "people"))),
            Section(
                "b",
                Words("乙"),
                (question("one_choice", "area", settings={"choices": ["市内全域"]}), question("date", "due")),
            ),
        )
    )
    version = _second(template, newer, editor, at)
    outcome = carrying.carry_over(response, version, about=body, **save)
    db.session.commit()
    assert outcome == carrying.CarriedOver(moved=("people",), new=("due",), gone=("plan", "area"))
    assert response.values == {"title": "雪道", "people": "12"}
    assert told(response) == [
        ("long_textの問い", "計画の本文"),
        ("one_choiceの問い", "未定"),
    ]
    assert (response.carried["from"], response.carried["to"], response.carried["gone"]) == (
        1,
        2,
        ["plan", "area"],
    )
    assert response.version.number == 2
    with pytest.raises(answering.Stale):  # a page from before the change
        answering.save_section(response, "a", {"title": "別の名"}, version=1, **save)
    with pytest.raises(answering.OtherVersion) as other:
        answering.save_section(response, "a", {"title": "別の名"}, version=2, form=1, **save)
    assert other.value.superseded
    assert answering.save_section(response, "a", {"title": "別の名"}, version=2, form=2, **save)
    frozen = freezing.content_of(response)
    assert frozen["form"]["version"] == 2
    assert "plan" not in [it.key for it in freezing.answers_in(frozen)]

    third = _second(template, OF_TWO, editor, at)
    outcome = carrying.carry_over(response, third, **save)
    assert response.values == {"title": "別の名", "people": "12", "plan": "計画の本文", "area": "未定"}
    assert response.former == []
    assert outcome.moved == ("people",)


def test_an_answer_that_was_former_and_is_given_anew_leaves_the_old_one_readable(
    template, response, editor, at
):
    save = {"actor": editor, "at": at}
    answering.save_section(response, "b", {"area": "未定"}, version=0, **save)
    without = replace(OF_TWO, sections=OF_TWO.sections[:1])
    carrying.carry_over(response, _second(template, without, editor, at), **save)
    answering.save_section(response, "a", {"title": "雪道"}, version=0, **save)
    other = OF_TWO.with_section(Section("b", Words("乙"), (question("number", "area"),)))
    carrying.carry_over(response, _second(template, other, editor, at), **save)
    answering.save_section(response, "b", {"area": "3"}, version=response.version_of("b"), **save)
    db.session.commit()
    assert response.value_of("area") == "3"
    assert told(response) == [("one_choiceの問い", "未定")]


def test_a_response_goes_over_to_published_versions_of_its_own_form_only(template, response, editor, at):
    another = publishing.begin_form("別の様式", OF_TWO, at=at)
    publishing.publish(another, actor=editor, at=at)
    with pytest.raises(ValueError, match="its own form"):
        carrying.carry_over(response, another.published, actor=editor, at=at)
    answering.save_section(response, "a", {"title": "雪道"}, version=0, actor=editor, at=at)
    draft = publishing.change(template, replace(OF_TWO, sections=OF_TWO.sections[:1]), at=at)
    with pytest.raises(ValueError, match="published"):
        carrying.carry_over(response, draft, actor=editor, at=at)
    before = response.version
    assert carrying.carry_over(response, before, actor=editor, at=at) == carrying.CarriedOver()
    assert response.carried is None
