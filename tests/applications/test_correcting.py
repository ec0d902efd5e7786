"""A return opens what it asks for and nothing else; what is open, and what was mended, is told on both sides."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from app.applications import attachments, checking, correcting, drafting, submission
from app.applications.models import Application
from app.db import db
from app.programmes.form import JOINT, SUMMARY, TITLE
from app.questions import publishing
from app.questions.answering import Locked
from app.questions.definition import Condition, Question, Section, Words
from tests import factories
from tests.factories.applications import PDF, holder
from tests.reading import words_of

SIZE = Question("size", "one_choice", Words("規模"), settings={"choices": ["市全域", "一部"]})
WHERE = Question("where", "short_text", Words("対象地区"), condition=Condition("size", ("一部",)))
PLAN = Section("plan", Words("計画"), (SIZE, WHERE))


@pytest.fixture
def officer(app):
    return holder("officer")


@pytest.fixture
def submitted(app):
    return factories.application("submitted")


@pytest.fixture
def returned(submitted, officer, at):
    """Returned with a remark on the summary alone."""
    return ask(submitted, officer, at, summary="地域名を加える。")


def ask(application, officer, at, **defects):
    due = at + timedelta(days=7)
    checking.return_for_correction(application, defects=defects, due_at=due, actor=officer, at=at)
    return application


def editor_of(application):
    return holder("municipality_editor", application.organisation)


def save(application, at, section="basics", **values):
    version = application.version_of(section)
    drafting.save(application, section, values, version=version, actor=editor_of(application), at=at)


def test_only_what_was_remarked_on_may_be_changed(returned, at):
    save(returned, at, **{TITLE: returned.title, SUMMARY: "岩見沢市全域"})
    assert returned.summary == "岩見沢市全域"
    with pytest.raises(Locked) as refused:
        save(returned, at, **{TITLE: "別の題", SUMMARY: "別の概要"})
    assert (refused.value.key, refused.value.values["question"]) == (TITLE, "事業名")
    assert (returned.title, returned.summary) == ("雪道の見守りドローン", "岩見沢市全域")


def test_joint_applicants_and_files_are_locked_unless_they_are_remarked_on(returned, at):
    editor, body = editor_of(returned), factories.organisation()
    for act in (
        lambda: drafting.add_joint_applicant(returned, body, actor=editor, at=at),
        lambda: attachments.add_attachment(
            returned, "図.pdf", PDF + b"%", max_bytes=999, actor=editor, at=at
        ),
        lambda: attachments.remove_attachment(returned, returned.attachments[0].id, actor=editor, at=at),
    ):
        with pytest.raises(Locked):
            act()
    assert (returned.bodies[1:], [file.filename for file in returned.attachments]) == ([], ["計画.pdf"])


def test_joint_applicants_and_files_are_open_when_they_are_remarked_on(submitted, officer, at):
    application = ask(
        submitted, officer, at, **{JOINT: "共同の団体を加える。", "attachments": "図を加える。"}
    )
    editor, body = editor_of(application), factories.organisation()
    drafting.add_joint_applicant(application, body, actor=editor, at=at)
    attachments.add_attachment(application, "図.pdf", PDF + b"%", max_bytes=999, actor=editor, at=at)
    assert application.bodies[1:] == [body] and len(application.attachments) == 2
    with pytest.raises(Locked):
        save(application, at, **{SUMMARY: "別の概要"})


def test_a_remark_on_the_whole_opens_everything(submitted, officer, at):
    application = ask(submitted, officer, at, whole="全体に簡潔に。", title="短く。")
    assert correcting.locked(application) == frozenset()
    save(application, at, **{SUMMARY: "簡潔な概要"})
    assert correcting.is_mended(application, "whole") and not correcting.is_mended(application, TITLE)


def test_a_remark_on_a_section_as_it_was_made_before_opens_all_its_questions(submitted, officer, at):
    application = ask(submitted, officer, at, basics="実施地域を加える。")
    assert {TITLE, SUMMARY}.isdisjoint(correcting.locked(application))
    assert JOINT in correcting.locked(application)
    (remark,) = correcting.remarks_to_mend(application)
    assert (remark.label.ja, remark.text) == ("事業名・概要", "実施地域を加える。")


@pytest.fixture
def planned(app, officer, at):
    """Submitted to a call that asks `where` upon the answer to `size`."""
    call = factories.call()
    form = call.form.newest.form
    publishing.change(call.form, replace(form, sections=(*form.sections, PLAN)), at=at)
    db.session.commit()
    made = factories.application(call=call)
    save(made, at, "plan", size="市全域", where="")
    submission.submit(made, actor=holder("municipality_approver", made.organisation), at=at)
    return made


def test_what_depends_on_an_open_question_is_open_with_it(planned, officer, at):
    ask(planned, officer, at, size="一部ではないか。")
    assert {"size", "where"}.isdisjoint(correcting.locked(planned))
    save(planned, at, "plan", size="一部", where="白根地区")
    assert planned.answered.value_of("where") == "白根地区"


def test_what_depends_on_a_question_that_stays_stays_hidden(planned, officer, at):
    ask(planned, officer, at, summary="地域名を加える。")
    assert "size" in correcting.locked(planned)
    with pytest.raises(Locked):
        save(planned, at, "plan", size="一部", where="白根地区")


def test_what_could_not_be_handed_in_any_more_is_open_too(returned, at):
    assert TITLE in correcting.locked(returned)
    title = next(it for it in returned.answered.answers if it.question == TITLE)
    title.value = "長" * 201  # as if the form had become stricter since
    assert TITLE not in correcting.locked(returned)


def test_a_draft_has_nothing_locked(app, at):
    draft = factories.application()
    assert correcting.locked(draft) == frozenset()
    assert correcting.may_change(draft, TITLE)


def test_what_was_changed_and_changed_back_is_not_mended(returned, at):
    was = returned.summary
    assert not correcting.is_mended(returned, SUMMARY)
    save(returned, at, **{SUMMARY: "岩見沢市全域"})
    assert correcting.is_mended(returned, SUMMARY)
    save(returned, at, **{SUMMARY: was})
    assert not correcting.is_mended(returned, SUMMARY)


def test_a_body_that_was_renamed_is_no_change(submitted, officer, at):
    body = factories.organisation()
    application = factories.application("submitted", joint=[body])
    ask(application, officer, at, summary="地域名")
    body.name = f"新{body.name}"
    db.session.flush()
    assert correcting.changed_since_submission(application) == set()


# The pages


@pytest.fixture
def client(returned, sign_in_as):
    db.session.commit()
    return sign_in_as(tenure=editor_of(returned))[0]


def test_the_page_of_a_section_offers_what_is_open_and_shows_the_rest(returned, client):
    shown = words_of(client.get(f"/applications/{returned.id}/basics"))
    assert 'name="summary"' in shown and 'name="title"' not in shown
    assert returned.title in shown.split("提出した内容のまま")[-1] and "地域名を加える。" in shown
    of_own = words_of(client.get(f"/applications/{returned.id}/technologies"))
    assert "<textarea" not in of_own and 'type="checkbox"' not in of_own and "補正の依頼がない" in of_own


@pytest.mark.parametrize(
    ("page", "entry"), [("joint-applicants", 'name="q"'), ("attachments", 'name="file"')]
)
def test_the_pages_of_bodies_and_files_offer_nothing_that_is_locked(returned, client, page, entry):
    shown = words_of(client.get(f"/applications/{returned.id}/{page}"))
    assert entry not in shown and "補正の依頼がない" in shown


def test_a_file_that_is_sent_to_a_locked_page_is_refused_in_words(returned, client):
    sent = {"file": (io.BytesIO(PDF + b"%"), "図.pdf")}
    answer = client.post(f"/applications/{returned.id}/attachments", data=sent)
    assert answer.status_code == 422 and "補正の依頼がない" in words_of(answer)
    client.post(
        f"/applications/{returned.id}/joint-applicants", data={"organisation_id": returned.organisation_id}
    )
    gone = client.post(
        f"/applications/{returned.id}/attachments/{returned.attachments[0].id}/removal", follow_redirects=True
    )
    assert "補正の依頼がない" in words_of(gone)
    assert len(db.session.get(Application, returned.id).attachments) == 1


def test_a_page_opened_before_the_return_loses_nothing_and_says_what_is_locked(returned, client):
    version = returned.version_of("basics")
    data = {"version": version, "title": "別の題", "summary": "岩見沢市全域"}
    answer = client.post(f"/applications/{returned.id}/basics", data=data)
    shown = words_of(answer)
    assert answer.status_code == 422 and "別の題" in shown and "岩見沢市全域" in shown
    assert "「事業名」は、補正の依頼がない" in shown
    by_itself = client.post(
        f"/applications/{returned.id}/basics", data=data, headers={"Accept": "application/json"}
    )
    assert by_itself.status_code == 422 and "事業名" in by_itself.json["sentence"]
    assert db.session.get(Application, returned.id).title == "雪道の見守りドローン"


def test_what_is_open_is_saved_by_its_page(returned, client):
    data = {"version": returned.version_of("basics"), "summary": "岩見沢市全域"}
    assert client.post(f"/applications/{returned.id}/basics", data=data).status_code == 302
    saved = db.session.get(Application, returned.id)
    assert (saved.title, saved.summary) == ("雪道の見守りドローン", "岩見沢市全域")


def test_save_and_next_passes_over_what_may_not_be_changed(planned, officer, at, sign_in_as):
    """Only the summary is open: what follows it would be pages with nothing to do."""
    ask(planned, officer, at, summary="地域名を加える。")
    client, _ = sign_in_as(tenure=editor_of(planned))
    at_home = f"/applications/{planned.id}"
    data = {"version": planned.version_of("basics"), "summary": "岩見沢市全域", "next": "1"}
    assert client.post(f"{at_home}/basics", data=data).headers["Location"] == f"{at_home}/check"


def test_tasks_of_editor_and_approver_say_what_is_to_be_corrected_and_what_was_changed(
    submitted, officer, sign_in_as, at
):
    ask(submitted, officer, at, summary="地域名", attachments="図")
    db.session.commit()
    clients = [
        sign_in_as(tenure=holder(role, submitted.organisation))[0]
        for role in ("municipality_editor", "municipality_approver")
    ]
    for client in clients:
        assert "要補正：概要、添付資料" in words_of(client.get("/"))
    save(submitted, at, **{SUMMARY: "岩見沢市全域"})
    db.session.commit()
    for client in clients:
        told = words_of(client.get("/"))
        assert "要補正：添付資料" in told and "変更済み：概要" in told
        tasks = words_of(client.get(f"/applications/{submitted.id}"))
        assert tasks.index("図") < tasks.index("依頼後に変更した箇所") < tasks.index("地域名")


def test_the_mail_lists_the_remarks_by_question(submitted, officer, at):
    from tests.applications.test_checking import mails_about

    ask(submitted, officer, at, whole="簡潔に。", summary="地域名を加える。", attachments="図を加える。")
    (mail,) = mails_about(submitted, "補正し、再提出してください")
    assert re.findall(r"（(\d)）(.+)", mail.body)[:3] == [("1", "概要"), ("2", "添付資料"), ("3", "申請全体")]
