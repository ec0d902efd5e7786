"""Saving a section: stale pages, hidden questions, other forms, other versions, room, files, the history."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.db import db
from app.history import HistoryEntry
from app.questions import answering, copying, freezing, publishing, room
from app.questions.definition import Condition, Definition, Section, Words, asked_now
from app.questions.kind import Unreadable, Upload
from app.questions.models import ReceivedFile
from app.storage import path_of, storage
from tests import factories
from tests.factories.applications import PDF
from tests.questions.forms import question


@pytest.fixture
def form():
    on_one_page = question("short_text", "where", condition=Condition("one_choice", ("一部の地区",)))
    elsewhere = question("long_text", "why", condition=Condition("where_to", ("yes",)))
    return Definition(
        (
            Section("first", Words("前半"), (question("short_text"), question("one_choice"), on_one_page)),
            Section("second", Words("後半"), (question("confirmation", "where_to"), question("file"))),
            Section("third", Words("理由"), (elsewhere, question("long_text"))),
        )
    )


@pytest.fixture
def save(response, editor, at):
    def saved(section, values, version=None, **how):
        how = {"actor": editor, "at": at, **how}
        version = response.version_of(section) if version is None else version
        return answering.save_section(response, section, values, version=version, **how)

    return saved


def test_a_stale_page_overwrites_nothing_and_both_answers_are_told(response, save, editor, at):
    other = factories.tenure("municipality_editor", editor.organisation)
    save("first", {"short_text": "一"}, actor=other)
    db.session.commit()
    with pytest.raises(answering.Stale) as stale:
        save("first", {"short_text": "二"}, version=0)
    assert (stale.value.theirs, stale.value.yours) == ({"short_text": "一"}, {"short_text": "二"})
    assert (stale.value.saved_by, stale.value.saved_by_person) == (other.name, other.person_id)
    assert response.value_of("short_text") == "一"
    assert save("second", {"where_to": True}, version=0)  # another section is not disturbed


def test_the_same_answer_saved_twice_is_no_news_and_no_conflict(response, save):
    assert save("first", {"short_text": "一"})
    assert not save("first", {"short_text": "一"}, version=0)
    assert response.version_of("first") == 1


def test_the_answer_to_a_hidden_question_is_refused_and_what_was_answered_before_is_kept(response, save):
    with pytest.raises(answering.Hidden):
        save("first", {"one_choice": "未定", "where": "白根地区"})
    with pytest.raises(answering.Hidden):
        save("third", {"why": "理由"})
    assert response.values == {}
    save(
        "first", {"one_choice": "一部の地区", "where": "白根地区"}
    )  # on one page with the answer that brings it up
    save("second", {"where_to": True})
    save("third", {"why": "理由"})
    save("first", {"one_choice": "未定", "where": "白根地区"})
    assert response.value_of("where") == "白根地区"
    assert "where" not in asked_now(response.form, response.values)
    asked = [it["key"] for section in freezing.content_of(response)["sections"] for it in section["answers"]]
    assert "where" not in asked
    assert "why" in asked
    save("first", {"where": ""})  # what is not asked may be taken away


def test_what_depends_on_a_question_that_is_not_asked_is_not_asked(form):
    chain = Definition(
        (
            Section(
                "s",
                Words("節"),
                (
                    question("confirmation", "a"),
                    question("confirmation", "b", condition=Condition("a", ("yes",))),
                    question("confirmation", "c", condition=Condition("b", ("yes",))),
                ),
            ),
        )
    )
    chain.check()
    assert asked_now(chain, {"b": True, "c": True}) == {"a"}
    assert asked_now(chain, {"a": True, "b": True}) == {"a", "b", "c"}


def test_an_answer_to_another_forms_question_is_refused(response, save):
    for section, values in (
        ("first", {"of_another_form": "x"}),
        ("first", {"long_text": "x"}),  # of another section
        ("fourth", {"short_text": "x"}),
        ("", {}),
    ):
        with pytest.raises(answering.NotAsked):
            save(section, values)
    assert response.values == {}


def test_a_version_that_never_was_and_one_that_is_over_are_told_apart(response, save):
    for number, superseded in ((7, False), (0, False), (-1, False)):
        with pytest.raises(answering.OtherVersion) as other:
            save("first", {"short_text": "一"}, form=number)
        assert other.value.superseded is superseded
    assert save("first", {"short_text": "一"}, form=1)


def test_an_unpublished_version_is_not_answered(app, form, at):
    template = publishing.begin_form("見本", form, at=at)
    db.session.flush()
    with pytest.raises(ValueError, match="published"):
        answering.start(template.newest, at=at)


def test_what_is_too_long_to_be_kept_is_not_and_what_was_saved_stays(response, save):
    save("third", {"long_text": "字" * 10_000})
    with pytest.raises(room.TooMuch) as too_much:
        save("third", {"long_text": "字" * 10_001})
    assert too_much.value.name == "long_text"
    assert len(response.value_of("long_text")) == 10_000


def test_all_answers_together_have_room_for_twice_what_is_asked(form):
    several = tuple(question("long_text", f"q{number}", settings={"max_chars": 100}) for number in range(20))
    full = Definition((Section("s", Words("節"), several),))
    before = {f"q{number}": "字" * 10_000 for number in range(10)}
    room.refuse_too_much(full, before, {"q1": "字" * 9_000})
    with pytest.raises(room.TooMuch, match="100,000"):
        room.refuse_too_much(full, before, {"q11": "字"})
    assert form


def test_a_file_is_kept_once_its_answer_is(response, save, editor):
    save("second", {"file": [Upload("計画.pdf", PDF)]})
    (told,) = response.value_of("file")
    assert storage().get(told["path"]) == PDF
    assert told["id"] == response.files[0].id
    with pytest.raises(Unreadable, match="attached already"):
        save("second", {"file": [told, Upload("別名.pdf", PDF)]})
    save("second", {"file": []})
    assert response.value_of("file") == []
    assert [file.sha256 for file in response.files] == [told["sha256"]]  # an earlier copy may name it


def test_nothing_of_a_save_that_is_refused_is_kept(app, response, save):
    other = PDF + b"other"
    with pytest.raises(answering.Stale):
        save("second", {"where_to": True, "file": [Upload("計画.pdf", other)]}, version=7)
    assert db.session.scalars(select(ReceivedFile)).all() == []
    with pytest.raises(FileNotFoundError):
        storage().get(path_of(hashlib.sha256(other).hexdigest(), ".pdf"))


def test_nobody_answers_with_a_file_that_they_did_not_send(response, save, at, editor, template):
    save("second", {"file": [Upload("計画.pdf", PDF)]})
    (told,) = response.value_of("file")
    own = answering.start(template.published, at=at)
    with pytest.raises(Unreadable):
        answering.save_section(own, "second", {"file": [told]}, version=0, actor=editor, at=at)


def test_too_many_files_are_refused(response, save):
    files = [Upload(f"計画{number}.pdf", PDF + str(number).encode()) for number in range(11)]
    with pytest.raises(Unreadable, match="At most 10"):
        save("second", {"file": files})


def test_the_history_has_a_line_for_each_save_and_one_a_sitting_for_those_by_themselves(
    response, save, at, body
):
    save("first", {"short_text": "一"}, about=body, audience="applicant")
    for minute, entry in enumerate(("二", "三", "四"), start=1):
        save("first", {"short_text": entry}, about=body, quietly=True, at=at + timedelta(minutes=minute))
    save("first", {"short_text": "五"}, about=body, quietly=True, at=at + timedelta(hours=2))
    db.session.commit()
    saves = [entry for entry in db.session.scalars(HistoryEntry.of(body)) if entry.event == "section_saved"]
    assert [entry.changes for entry in reversed(saves)] == [
        {"section": "first", "short_text": ["", "一"]},
        {"section": "first"},
    ]
    assert saves[-1].audience == "applicant"


def test_what_was_answered_never_changes_its_form(response, save, template, at, editor, form):
    assert response.version.answered_at is None
    save("first", {"short_text": "一"})
    db.session.commit()
    assert response.version.answered_at == at
    other = replace(form, sections=form.sections[:2])
    version = publishing.change(template, other, at=at)
    db.session.commit()
    assert (version.number, version.published_at) == (2, None)
    assert template.published.number == 1
    assert template.versions[0].form == form


def test_sections_asked_of_one_response_alone_are_new_once(response):
    further = (Section("further", Words("追加"), (question("short_text", "more"),)),)
    assert answering.ask_further(response, further) is True
    assert answering.ask_further(response, further) is False
    assert response.form.sections[-1].key == "further"
    assert answering.ask_further(response, ()) is True
    assert answering.ask_further(response, ()) is False
    assert response.form.sections[-1].key == "third"


def test_an_answer_is_compared_by_its_words_and_whole_where_its_question_is_of_another_kind(app):
    def content(asked, value):
        return {"sections": [{"key": "first", "answers": [freezing.frozen_answer(asked, value)]}]}

    text = question("short_text", "same")
    before, after = content(text, "岩見沢市の雪"), content(text, "岩見沢市の風")
    [changed] = freezing.compare(before, after)
    assert changed.status == "changed"
    assert changed.in_one == [("", "岩見沢市の"), ("gone", "雪"), ("new", "風")]
    [other] = freezing.compare(before, content(question("long_text", "same"), "岩見沢市の風"))
    assert other.in_one == [("gone", "岩見沢市の雪"), ("new", "岩見沢市の風")]
    assert [it.status for it in freezing.compare({"sections": []}, before)] == ["new"]
    assert [it.status for it in freezing.compare(before, {"sections": []})] == ["gone"]


def test_what_is_copied_is_asked_also_because_of_what_was_answered_here(response, save):
    copied = {"where": "白根地区", "long_text": "理由"}
    assert copying.asked_with(response, copied) == {"long_text"}
    assert copying.asked_with(response, {**copied, "one_choice": "一部の地区"}) == {*copied, "one_choice"}
    save("first", {"one_choice": "一部の地区"})
    assert copying.asked_with(response, copied) == set(copied)
