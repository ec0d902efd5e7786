"""Drafting: who may start, what is kept, and what happens when two people save the same section."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.applications import drafting
from app.applications.models import Application
from app.applications.sections import problems_of, sections_of
from app.db import db
from app.history import HistoryEntry
from app.lifecycle import NotAllowed
from app.questions.answering import Stale
from app.questions.models import ResponseAnswer
from tests import factories
from tests.factories.applications import holder


def history(record) -> list[HistoryEntry]:
    return list(db.session.scalars(HistoryEntry.of(record)))


@pytest.fixture
def body(app):
    return factories.organisation("岩見沢市", "012106", prefecture="北海道")


@pytest.fixture
def editor(body):
    return holder("municipality_editor", body)


@pytest.fixture
def draft(body, editor):
    return factories.application(organisation=body, complete=False)


def test_an_editor_starts_an_application_of_their_own_body(body, editor, at):
    call = factories.call()
    application = drafting.start(call, body, actor=editor, at=at)
    db.session.commit()
    assert (application.state, application.number, application.bodies) == ("draft", None, [body])
    (entry,) = history(application)
    assert (entry.event, entry.audience, entry.actor_name) == ("started", "applicant", editor.name)


def test_nobody_starts_an_application_for_another_body(body, at):
    stranger = factories.tenure("municipality_editor")
    with pytest.raises(NotAllowed):
        drafting.start(factories.call(), body, actor=stranger, at=at)
    with pytest.raises(NotAllowed):
        drafting.start(factories.call(), body, actor=factories.tenure("officer"), at=at)
    assert db.session.scalar(select(Application)) is None


def test_a_call_takes_applications_only_within_its_window(body, editor, at):
    call = factories.call(opens_at=at, closes_at=at + timedelta(days=1))
    for outside in (at - timedelta(seconds=1), at + timedelta(days=1)):
        with pytest.raises(drafting.NotOpen):
            drafting.start(call, body, actor=editor, at=outside)
    assert drafting.start(call, body, actor=editor, at=at + timedelta(hours=23))


def test_only_the_kinds_of_body_that_the_call_names_may_lead(body, editor, at):
    with pytest.raises(drafting.NotEligible):
        drafting.start(factories.call(eligible_kinds=["town", "village"]), body, actor=editor, at=at)


def test_a_second_application_to_the_same_call_must_be_meant(body, editor, at):
    first = factories.application(organisation=body)
    with pytest.raises(drafting.AlreadyStarted) as already:
        drafting.start(first.call, body, actor=editor, at=at)
    assert already.value.applications == [first]
    second = drafting.start(first.call, body, another=True, actor=editor, at=at)
    with pytest.raises(
        drafting.AlreadyStarted
    ):  # the second is still empty: a double click, not a third project
        drafting.start(first.call, body, another=True, actor=editor, at=at)
    assert drafting.started_by(body, first.call) == [first, second]


def test_a_withdrawn_application_does_not_stand_in_the_way_of_a_new_one(body, editor, at):
    gone = factories.application("withdrawn", organisation=body)
    assert drafting.start(gone.call, body, actor=editor, at=at).id != gone.id


def test_a_save_keeps_the_text_and_says_who_saved_which_section(draft, editor, at):
    factories.save_basics(draft, title="見守り", summary="長い概要", version=0, actor=editor, at=at)
    db.session.commit()
    assert (draft.title, draft.summary, draft.version_of("basics")) == ("見守り", "長い概要", 1)
    entry = history(draft)[0]
    assert (entry.event, entry.audience) == ("section_saved", "applicant")
    assert entry.changes == {
        "section": "basics",
        "title": ["", "見守り"],
        "summary": ["", "長い概要"],
    }


def test_saving_by_itself_writes_one_line_a_sitting(draft, editor, at):
    for number in range(5):
        text = "あ" * (number + 1)
        factories.save_basics(
            draft,
            title="見守り",
            summary=text,
            version=number,
            quietly=True,
            actor=editor,
            at=at + timedelta(seconds=number * 5),
        )
    factories.save_basics(
        draft, title="翌日", summary="", version=5, quietly=True, actor=editor, at=at + timedelta(days=1)
    )
    db.session.commit()
    assert [entry.event for entry in history(draft)] == ["section_saved", "section_saved", "started"]
    assert (draft.title, draft.version_of("basics")) == ("翌日", 6)


def test_a_stale_save_overwrites_nothing_and_carries_both_texts(draft, editor, at):
    factories.save_basics(draft, title="先に保存", summary="先", version=0, actor=editor, at=at)
    colleague = factories.tenure("municipality_editor", draft.organisation)
    with pytest.raises(Stale) as stale:
        factories.save_basics(draft, title="後から", summary="後", version=0, actor=colleague, at=at)
    assert stale.value.theirs == {"title": "先に保存", "summary": "先"}
    assert stale.value.yours == {"title": "後から", "summary": "後"}
    assert (stale.value.saved_by, stale.value.saved_at, stale.value.version) == (editor.name, at, 1)
    assert (draft.title, draft.version_of("basics")) == ("先に保存", 1)


def test_two_people_on_two_sections_do_not_disturb_each_other(draft, editor, at):
    first, second = factories.own_questions(draft.call)
    factories.save_answer(draft, first, text="一", version=0, actor=editor, at=at)
    factories.save_answer(draft, second, text="二", version=0, actor=editor, at=at)
    assert not draft.technologies_etc, "nobody has said so yet"
    factories.save_technologies(
        draft, technologies=["AI"], etc=True, other="", version=0, actor=editor, at=at
    )
    db.session.commit()
    assert [factories.answer_to(draft, question) for question in factories.own_questions(draft.call)] == [
        "一",
        "二",
    ]
    assert (draft.technologies, draft.technologies_etc) == (["AI"], True)


def test_the_same_text_saved_twice_is_no_conflict_and_no_news(draft, editor, at):
    question = factories.own_questions(draft.call)[0]
    for _ in range(2):
        factories.save_answer(draft, question, text="同じ", version=0, actor=editor, at=at)
    db.session.commit()
    assert draft.version_of(f"answers-{question.id}") == 1
    assert [entry.event for entry in history(draft)] == ["section_saved", "started"]
    assert db.session.scalars(select(ResponseAnswer)).one().value == "同じ"


@pytest.mark.parametrize("state", ["in_approval", "submitted", "accepted", "withdrawn"])
def test_what_lies_with_the_approver_or_the_office_cannot_be_edited(app, at, state):
    application = factories.application(state)
    editor = holder("municipality_editor", application.organisation)
    with pytest.raises(NotAllowed):
        factories.save_basics(application, title="変更", summary="", version=1, actor=editor, at=at)
    with pytest.raises(NotAllowed):
        drafting.add_joint_applicant(application, factories.organisation(), actor=editor, at=at)
    assert application.title == "雪道の見守りドローン"


def test_joint_applicants_are_added_removed_and_confirmed(draft, editor, at):
    partner, other = factories.organisation("滝川市"), factories.organisation("更別村", body_kind="village")
    for body in (partner, other, partner):
        drafting.add_joint_applicant(draft, body, actor=editor, at=at)
    assert [body.name for body in draft.bodies] == ["岩見沢市", "滝川市", "更別村"]
    drafting.confirm_joint_applicants(draft, actor=editor, at=at)
    assert draft.joint_confirmed
    drafting.remove_joint_applicant(draft, partner.id, actor=editor, at=at)
    assert not draft.joint_confirmed  # the list changed: it has to be confirmed anew
    assert draft.belongs_to(draft.organisation_id) and not draft.belongs_to(other.id)
    db.session.commit()
    said = [entry.changes for entry in history(draft) if entry.changes.get("section") == "joint-applicants"]
    assert said[0]["removed"] == "北海道滝川市" and said[1]["confirmed"] == ["北海道滝川市", "北海道更別村"]


def test_neither_the_lead_nor_a_ministry_can_be_a_joint_applicant(draft, editor, at):
    for body in (draft.organisation, factories.office()):
        with pytest.raises(ValueError):
            drafting.add_joint_applicant(draft, body, actor=editor, at=at)
    assert draft.joint_applicants == []


def test_joint_applicants_are_found_by_name_hiragana_or_code(draft, at):
    found = factories.organisation("府中市", "132063", prefecture="東京都", kana="フチュウシ")
    for words in ("府中", "ふちゅう", "132063", "東京都 府中"):
        assert drafting.joint_candidates(draft, words, at=at, limit=5) == [found], words
    assert drafting.joint_candidates(draft, "岩見沢", at=at, limit=5) == []  # the lead itself


def test_the_task_list_says_what_is_done_and_what_is_missing(draft, editor, at):
    assert [(section.key, section.is_done) for section in sections_of(draft)][:3] == [
        ("basics", False),
        ("technologies", False),
        ("joint-applicants", False),
    ]
    assert {problem.section for problem in problems_of(draft)} == {
        "basics",
        "technologies",
        "joint-applicants",
        *(f"answers-{question.id}" for question in factories.own_questions(draft.call)),
    }
    complete = factories.application()
    assert problems_of(complete) == []
    assert all(section.is_done for section in sections_of(complete))


def test_a_text_that_is_too_long_is_kept_but_needs_action(draft, editor, at):
    question = factories.own_questions(draft.call)[0]
    text = "長" * (question.max_chars + 3)
    factories.save_answer(draft, question, text=text, version=0, actor=editor, at=at)
    factories.save_basics(draft, title="題" * 201, summary="概" * 801, version=0, actor=editor, at=at)
    factories.save_technologies(
        draft, technologies=[], etc=False, other="他" * 201, version=0, actor=editor, at=at
    )
    db.session.commit()
    assert factories.answer_to(draft, question) == text
    over = {problem.values["over"] for problem in problems_of(draft) if "over" in problem.values}
    assert over == {1, 3}
