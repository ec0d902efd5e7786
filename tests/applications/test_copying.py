"""Answers are copied from an earlier application of the body: chosen one by one, files too, and nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.applications import attachments, copying
from app.applications.copying import ChangedMeanwhile
from app.db import db
from app.lifecycle import NotAllowed
from app.permissions import EDITOR
from app.questions import publishing
from app.questions.definition import Question, Section, Words
from app.storage import storage
from tests import factories
from tests.factories.applications import PDF, holder
from tests.factories.programmes import own_questions
from tests.reading import events, words_of

ASKED = [{"label": "地域の課題"}, {"label": "体制"}]


@pytest.fixture
def body(app):
    return factories.organisation("岩見沢市")


@pytest.fixture
def earlier(body):
    """Of another call, which numbered its questions the other way round."""
    call = factories.call(
        title="前の募集", questions=[{"label": "体制"}, {"label": "前だけの設問"}, {"label": "地域の課題"}]
    )
    return factories.application(
        "not_selected", call=call, organisation=body, title="前の事業", summary="前の概要",
        joint=[factories.organisation("更別村")],
    )  # fmt: skip


@pytest.fixture
def draft(body, earlier):
    call = factories.call(title="今回の募集", questions=ASKED)
    return factories.application(call=call, organisation=body, complete=False)


@pytest.fixture
def copy(draft, at):
    def do(source, *keys, seen=None):
        return copying.copy(
            draft,
            source,
            keys,
            seen=copying.versions_of(draft) if seen is None else seen,
            actor=holder(EDITOR, draft.organisation),
            at=at,
        )

    return do


def the_source(draft):
    (source,) = copying.sources_for(draft)
    return source


def keys_of(draft, source) -> dict[str, str]:
    return {it.key: it.earlier.label.ja for it in copying.offered(draft, source).offers}


def test_each_answer_goes_to_the_question_of_the_same_words_though_it_has_another_number(
    draft, earlier, copy
):
    source = the_source(draft)
    assert source.application is earlier and source.submission is earlier.last_submission
    first, second = own_questions(draft.call)
    offered = keys_of(draft, source)
    assert offered[first.key] == "地域の課題" and offered[second.key] == "体制"
    assert [it.label.ja for it in copying.offered(draft, source).unfit] == ["前だけの設問"]
    copy(source, *offered)
    assert draft.answered.values[first.key] == "地域の課題についての回答"
    assert draft.title == "前の事業"
    assert draft.summary == "前の概要" and draft.technologies == ["AI", "ドローン"]
    assert "answers_copied" in events(draft)


def test_only_what_was_chosen_is_copied_and_what_was_typed_stays(draft, earlier, copy, at):
    editor = holder(EDITOR, draft.organisation)
    factories.save_basics(draft, title="今回の事業", summary="", version=0, actor=editor, at=at)
    copy(the_source(draft), "summary")
    assert (draft.title, draft.summary) == ("今回の事業", "前の概要")
    offers = {it.key: it for it in copying.offered(draft, the_source(draft)).offers}
    assert offers["title"].overwrites and offers["summary"].is_same
    copy(the_source(draft), "title")
    assert draft.title == "前の事業", "it was asked for"


def test_files_are_sent_anew_and_added_to_those_that_are_there(draft, earlier, copy, at):
    editor = holder(EDITOR, draft.organisation)
    attachments.add_attachment(draft, "今回.pdf", PDF + b"1", max_bytes=2**20, actor=editor, at=at)
    copy(the_source(draft), "attachments")
    names = {file.filename: file for file in draft.attachments}
    assert set(names) == {"今回.pdf", "計画.pdf"}
    assert storage().get(names["計画.pdf"].path) == storage().get(earlier.attachments[0].path)
    assert names["計画.pdf"].id not in {file.id for file in earlier.attachments}
    assert copy(the_source(draft), "attachments").done == ["attachments"] and len(draft.attachments) == 2


def test_a_file_that_the_storage_has_lost_is_told_by_its_name(draft, earlier, copy):
    path = storage().root / earlier.attachments[0].path
    path.chmod(0o600)
    path.write_bytes(b"x")
    outcome = copy(the_source(draft), "attachments", "title")
    assert outcome.lost == ["計画.pdf"] and "title" in outcome.done and draft.attachments == []


def test_joint_applicants_are_copied_and_confirmed_anew(draft, copy):
    copy(the_source(draft), "joint_applicants")
    assert [it.name for it in draft.bodies[1:]] == ["更別村"] and not draft.joint_confirmed


def test_a_question_of_another_kind_or_unit_does_not_fit(draft, earlier, at):
    def asks(application, kind, unit):
        section = Section(
            "size",
            Words("規模"),
            (Question("size", kind, Words("事業規模"), settings={"unit": unit} if unit else {}),),
        )
        form = application.answered.form.with_section(section)
        version = publishing.change(application.call.form, form, at=at)
        publishing.publish(application.call.form, actor=holder(EDITOR, application.organisation), at=at)
        application.response.version = version

    other = factories.application(organisation=draft.organisation, call=factories.call(questions=ASKED))
    asks(other, "number", "千円")
    copying.drafting.save(
        other, "size", {"size": "1200"}, version=0, actor=holder(EDITOR, draft.organisation), at=at
    )
    source = next(it for it in copying.sources_for(draft) if it.application is other)
    for kind, unit, fits in (
        ("number", "百万円", False),
        ("short_text", "", False),
        ("number", "千円", True),
    ):
        asks(draft, kind, unit)
        assert ("size" in keys_of(draft, source)) is fits, (kind, unit)
        assert ("事業規模" in [it.label.ja for it in copying.offered(draft, source).unfit]) is not fits


def test_what_somebody_saved_meanwhile_is_not_overwritten(draft, copy, at):
    seen = copying.versions_of(draft)
    editor = holder(EDITOR, draft.organisation)
    factories.save_basics(draft, title="同時に入力", summary="", version=0, actor=editor, at=at)
    with pytest.raises(ChangedMeanwhile):
        copy(the_source(draft), "title", "technologies", seen=seen)
    assert draft.title == "同時に入力" and draft.technologies == []
    copy(the_source(draft), "technologies", seen=seen)


def test_what_was_changed_since_it_was_submitted_is_offered_in_both_states(body, draft, at):
    returned = factories.application(
        "returned", call=factories.call(), organisation=body, title="提出時", at=at
    )
    later, editor = at + timedelta(hours=1), holder(EDITOR, body)
    version = returned.version_of("basics")
    factories.save_basics(returned, title="補正後", summary="", version=version, actor=editor, at=later)
    titles = [it.title for it in copying.sources_for(draft) if it.application is returned]
    assert titles == ["補正後", "提出時"]


def test_another_body_s_are_not_offered_and_an_empty_one_neither(draft, earlier):
    factories.application("submitted")
    factories.application(organisation=draft.organisation, complete=False)
    assert [it.application for it in copying.sources_for(draft)] == [earlier]


def test_it_is_copied_by_whoever_may_edit_it_while_it_is_open(draft, at, copy):
    with pytest.raises(NotAllowed):
        copying.copy(
            draft,
            the_source(draft),
            {"title"},
            seen=copying.versions_of(draft),
            actor=factories.tenure(EDITOR),
            at=at,
        )


# Pages


@pytest.fixture
def editor(draft, sign_in_as):
    return sign_in_as(tenure=holder(EDITOR, draft.organisation))[0]


def entries(page: str) -> dict[str, object]:
    """What a browser would send of the page as it stands."""
    ticked = re.findall(r'name="question" value="([^"]+)"[^>]*? checked', page)
    return {"question": ticked, "seen": re.search(r'name="seen"[^>]*value="([^"]*)"', page)[1]}


def test_the_page_ticks_what_is_empty_and_copies_what_is_ticked(draft, earlier, editor, at):
    factories.save_basics(
        draft, title="今回の事業", summary="", version=0, actor=holder(EDITOR, draft.organisation), at=at
    )
    db.session.commit()
    tasks = words_of(editor.get(f"/applications/{draft.id}"))
    assert f"/applications/{draft.id}/copy" in tasks
    choose = words_of(editor.get(f"/applications/{draft.id}/copy"))
    address = re.search(rf"/applications/{draft.id}/copy\?from=[^\"]+", choose)[0]
    page = words_of(editor.get(address))
    assert "前だけの設問" in page, "what does not fit is there to be read"
    sent = entries(page)
    assert "title" not in sent["question"] and "summary" in sent["question"]
    assert editor.post(address, data=sent).status_code == 302
    saved = db.session.get(type(draft), draft.id)
    assert (saved.title, saved.summary) == ("今回の事業", "前の概要")
    nothing = editor.post(address, data={"seen": sent["seen"]})
    assert nothing.status_code == 422 and "写していません" in words_of(nothing)


def test_an_empty_section_offers_its_own_answers_and_leads_back_to_it(draft, earlier, editor):
    section = f"/applications/{draft.id}/technologies"
    assert f"/applications/{draft.id}/copy?section=technologies" in words_of(editor.get(section))
    address = f"/applications/{draft.id}/copy?section=technologies&from={earlier.id}-submitted"
    sent = entries(words_of(editor.get(address)))
    assert sent["question"] == ["technologies"]
    assert editor.post(address, data=sent).headers["Location"] == section
    assert f"/applications/{draft.id}/copy" not in words_of(editor.get(section))


def test_what_changed_meanwhile_is_told_and_the_ticks_stay(draft, earlier, editor, at):
    address = f"/applications/{draft.id}/copy?from={earlier.id}-submitted"
    sent = entries(words_of(editor.get(address)))
    factories.save_basics(
        draft, title="同時に", summary="", version=0, actor=holder(EDITOR, draft.organisation), at=at
    )
    db.session.commit()
    answer = editor.post(address, data=sent)
    assert answer.status_code == 422 and "他の利用者がいずれかの項目を保存しました" in words_of(answer)
    assert entries(words_of(answer))["question"] == sent["question"]
    assert db.session.get(type(draft), draft.id).title == "同時に"


def test_of_another_body_nothing_is_copied(draft, editor):
    theirs = factories.application("submitted")
    db.session.commit()
    assert editor.get(f"/applications/{draft.id}/copy?from={theirs.id}-submitted").status_code == 404
    assert editor.get(f"/applications/{theirs.id}/copy").status_code == 404
