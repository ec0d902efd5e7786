"""How much a draft holds, and how little of it goes into the history."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.applications.models import Application
from app.db import db
from app.history import HistoryEntry
from app.questions import publishing, room
from tests import factories
from tests.factories.applications import holder

JSON = {"Accept": "application/json"}


@pytest.fixture
def draft(app):
    return factories.application(complete=False)


@pytest.fixture
def editor(draft, sign_in_as):
    client, _ = sign_in_as(tenure=holder("municipality_editor", draft.organisation))
    return client


def question_of(draft):
    return factories.own_questions(draft.call)[0]


def cap_of(draft) -> int:
    """Characters that the answer to its first question may hold."""
    return draft.answered.form.questions[question_of(draft).key].asked.room()


def answer_url(draft) -> str:
    return f"/applications/{draft.id}/answers/{question_of(draft).id}"


def bytes_of_history() -> int:
    return sum(len(json.dumps(it.changes).encode()) for it in db.session.scalars(select(HistoryEntry)))


def test_a_draft_is_kept_while_it_is_too_long_to_be_submitted(draft, editor):
    text = "長" * (question_of(draft).max_chars * 2)
    answer = editor.post(answer_url(draft), data={"text": text, "version": "0"}, headers=JSON)
    assert answer.status_code == 200
    assert factories.answer_to(draft, question_of(draft)) == text


def test_an_answer_beyond_its_cap_is_not_saved_and_says_that_nothing_is_lost(draft, editor):
    editor.post(answer_url(draft), data={"text": "先に保存した文", "version": "0"}, headers=JSON)
    text = "長" * (cap_of(draft) + 1)
    by_itself = editor.post(answer_url(draft), data={"text": text, "version": "1"}, headers=JSON)
    assert by_itself.status_code == 422
    assert "以前に保存した内容は保持されています" in by_itself.json["sentence"]
    for_now = editor.post(answer_url(draft), data={"text": text, "version": "1", "for_now": "1"})
    page = for_now.get_data(as_text=True)
    assert for_now.status_code == 422 and text in page and "以前に保存した内容は保持されています" in page
    assert factories.answer_to(draft, question_of(draft)) == "先に保存した文"


@pytest.mark.parametrize("section", ["basics", "technologies"])
def test_an_entry_of_one_line_that_was_cut_is_never_saved(draft, editor, section):
    name = "title" if section == "basics" else "technologies_other"
    url = f"/applications/{draft.id}/{section}"
    for more, headers in (({}, JSON), ({"for_now": "1"}, {}), ({}, {})):
        sent = {name: "題" * 5000, "version": "0", **more}
        answer = editor.post(url, data=sent, headers=headers)
        assert answer.status_code == 422
        if headers != JSON:
            page = answer.get_data(as_text=True)
            assert "題" * 2000 in page and "題" * 2001 not in page and "5,000" in page
    assert getattr(draft, name) == "" and draft.version_of(section) == 0


def _fill(draft, questions, tenure, at) -> None:
    for question in questions:
        factories.save_answer(draft, question, text="長" * 10_000, version=0, actor=tenure, at=at)


def test_the_whole_draft_has_a_cap_too_and_what_is_shortened_is_taken(draft, at):
    tenure = holder("municipality_editor", draft.organisation)
    first = len(factories.own_questions(draft.call))
    rows = [asdict(question) for question in factories.own_questions(draft.call)]
    rows += [{"label": f"設問{place}", "max_chars": 100} for place in range(1, 13)]
    publishing.change(draft.call.form, factories.application_form(rows), at=at)
    asked = factories.own_questions(draft.call)[first:]
    _fill(draft, asked[:9], tenure, at)
    with pytest.raises(room.TooMuch, match="the application would have"):
        _fill(draft, asked[9:], tenure, at)
    held = sum(len(value) for value in draft.answered.values.values())
    most = room.room_of_all(draft.answered.form)
    assert most - 10_000 < held <= most
    factories.save_answer(draft, asked[0], text="短くした文", version=1, actor=tenure, at=at)
    assert factories.answer_to(draft, asked[0]) == "短くした文"


@pytest.mark.slow
def test_an_hour_of_saving_writes_little_into_the_history_however_much_is_typed(draft, app, at):
    """Every ten seconds, first by itself, then by the button; each time with an answer as long as may be kept."""
    tenure = holder("municipality_editor", draft.organisation)
    question, cap = question_of(draft), cap_of(draft)
    written = {}
    for quietly in (True, False):
        before = bytes_of_history()
        for second in range(0, 3600, 10):
            text = ("長" * cap)[: cap - 10] + f"{second:05}{quietly:d}"
            factories.save_answer(
                draft, question, text=text, version=draft.version_of(f"answers-{question.id}"),
                quietly=quietly, actor=tenure, at=at + timedelta(seconds=second),
            )  # fmt: skip
        db.session.commit()
        written[quietly] = bytes_of_history() - before
    print(f"history of an hour: by itself {written[True]} bytes, by the button {written[False]} bytes")
    assert written[True] < 1000
    assert written[False] < 360 * 3000


def test_the_history_keeps_short_texts_whole_and_of_long_ones_the_place_that_changed(app):
    assert room.what_changed("旧題", "新題") == ["旧題", "新題"]
    old, new = "長" * 5000 + "旧い終わり", "長" * 5000 + "新しい終わり"
    was, now = room.what_changed(old, new)
    assert was.startswith("…") and was.endswith("旧い終わり") and now.endswith("新しい終わり")
    assert max(map(len, room.what_changed("甲" * 50_000, "乙" * 50_000))) <= room.EXCERPT + 2


def test_an_answer_that_is_changed_by_the_button_is_in_the_history_by_the_place_that_changed(draft, at):
    tenure, question = holder("municipality_editor", draft.organisation), question_of(draft)
    for version, text in enumerate(("長" * 500 + "旧い終わり", "長" * 500 + "新しい終わり")):
        factories.save_answer(draft, question, text=text, version=version, actor=tenure, at=at)
    db.session.commit()
    last = db.session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc())).first()
    assert last.event == "section_saved"
    assert last.changes["text"] == ["…" + "長" * 20 + "旧い終わり", "…" + "長" * 20 + "新しい終わり"]


def test_a_title_of_a_megabyte_is_neither_kept_nor_folded_nor_written_into_the_history(draft, editor):
    url = f"/applications/{draft.id}/basics"
    for more in ({}, {"for_now": "1"}):
        sent = {"title": "x" * 1_000_000, "summary": "x", "version": "0", **more}
        editor.post(url, data=sent, headers={} if more else JSON)
    db.session.expire_all()
    assert db.session.get(Application, draft.id).title == "" and bytes_of_history() < 2000
