"""A form that is changed after applicants have begun: drafts go on with it, and nothing that was typed is lost."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from app.applications import drafting, new_versions
from app.calendar import JST
from app.correspondence.models import Mail
from app.db import db
from app.history import HistoryEntry
from app.programmes import form_editing
from app.programmes.default_form import default_form
from app.questions import answering, publishing
from app.questions.definition import Words
from app.questions.editing import mark_of, with_question, with_question_moved, without_question
from tests import factories
from tests.factories.applications import holder
from tests.questions.forms import question
from tests.reading import events


@pytest.fixture
def reading(app):
    """Within a request, as whoever reads a page."""
    with app.test_request_context(headers={"Accept-Language": "ja"}):
        yield


@pytest.fixture
def call(app):
    made = factories.call(form=default_form())
    db.session.commit()
    return made


@pytest.fixture
def draft(call):
    made = factories.application(call=call)
    db.session.commit()
    return made


def page(answer) -> str:
    return answer.get_data(as_text=True)


def edited(call, at):
    """The summary of what is tried here: one question gone, one new, one moved, one reworded."""
    form = without_question(call.asks, "leadership")
    form = with_question(
        form, "novelty", question("short_text", "q1", label=Words("特許の有無"), required=True)
    )
    form = with_question(form, "problem", replace(form.questions["effect"], help=Words("数値で。")))
    form = with_question(form, "spread", replace(form.questions["spread"], label=Words("広がり")))
    publishing.edit(call.form, form, at=at)
    db.session.commit()
    return form


def publish(client, call):
    address = f"/calls/{call.id}/form/publication"
    shown = page(client.get(address))
    seen = re.search(r'name="seen" type="hidden" value="([^"]*)"', shown)[1]
    return shown, client.post(address, data={"seen": seen})


def fresh(record):
    db.session.expire_all()
    return db.session.get_one(type(record), record.id)


def test_a_changed_form_is_compared_published_and_taken_on_by_drafts_with_a_mail_to_each(
    call, draft, sign_in_as, at
):
    officer, _ = sign_in_as("officer")
    handed_in, mailboxes = factories.application("submitted", call=call), _mailboxes(draft)
    edited(call, at)
    before = dict(draft.answered.values)
    editor, _ = sign_in_as(tenure=holder("municipality_editor", draft.organisation))
    assert "特許の有無" not in page(editor.get(f"/applications/{draft.id}/sections/novelty"))
    shown, answer = publish(officer, call)
    for words in (
        "特許の有無",
        "先進性（先導性）",
        "<ins>",
        "技術と取組の内容 → 地域の課題",
        "作成中の申請1件",
    ):
        assert words in shown, words
    assert answer.status_code == 302
    draft, handed_in = fresh(draft), fresh(handed_in)
    assert (draft.answered.version.number, handed_in.answered.version.number) == (2, 1)
    assert events(fresh(call))[0] == "form_published"
    told = {it.event: it.audience for it in db.session.scalars(HistoryEntry.of(draft))}
    assert told["form_changed"] == "applicant", "the office does not know the draft"
    mails = list(
        db.session.scalars(select(Mail).where(Mail.about_id == draft.id, Mail.about_kind == "application"))
    )
    assert {it.to_address for it in mails} == mailboxes
    assert all("・特許の有無" in it.body and "1件" in it.body for it in mails)
    values = draft.answered.values
    assert values == {key: value for key, value in before.items() if key != "leadership"}

    tasks = page(editor.get(f"/applications/{draft.id}"))
    (new,) = [
        key for key, it in fresh(draft).answered.form.questions.items() if "特許の有無" in str(it.label)
    ]
    where = draft.answered.form.section_of[new]
    assert (
        f'<a href="/applications/{draft.id}/sections/{where}">特許の有無' in tasks
    )  # to where it is answered
    assert "第1版から第2版" in tasks and "特許の有無" in tasks and "1件" in tasks
    former = page(editor.get(f"/applications/{draft.id}/former-answers"))
    assert "先進性（先導性）" in former and before["leadership"] in former and "第1版" in former
    changes = page(editor.get(f"/applications/{draft.id}/form-changes"))
    assert "広がり" in changes
    editor.post(
        f"/applications/{draft.id}/form-changes", data={"number": "1"}
    )  # of an older page: still told
    assert "特許の有無" in page(editor.get(f"/applications/{draft.id}"))
    editor.post(f"/applications/{draft.id}/form-changes", data={"number": "2"})
    looked = page(editor.get(f"/applications/{draft.id}"))
    assert "変更点を確認済みにしました" in looked
    assert ">確認しました<" in tasks and ">確認しました<" not in looked and "以前の回答" in looked
    stranger, _ = sign_in_as("municipality_editor")
    for address in ("former-answers", "form-changes"):
        assert stranger.get(f"/applications/{draft.id}/{address}").status_code == 404


def _mailboxes(draft):
    roles = "municipality_editor", "municipality_approver"
    return {holder(role, draft.organisation).seat.mailbox for role in roles}


def test_what_was_not_looked_at_is_told_together_with_what_comes_next(call, draft, at, reading):
    officer, editor = factories.tenure("officer"), holder("municipality_editor", draft.organisation)
    edited(call, at)
    new_versions.publish_form(call, seen=mark_of(call.form.newest.form), actor=officer, at=at)
    third = with_question(call.asks, "spread", question("short_text", "q2", label=Words("近隣の団体")))
    publishing.edit(call.form, third, at=at)
    new_versions.publish_form(call, seen=mark_of(third), actor=officer, at=at)
    news = new_versions.news_of(draft)
    assert (news.since, news.number) == (1, 3)
    assert [it.question.key for it in news.changes.new] == ["q1", "q2"]
    assert [it.question.key for it in news.changes.moved] == ["effect"] and news.lost == ("leadership",)
    new_versions.look_at(draft, 3, actor=editor, at=at)
    assert new_versions.news_of(draft) is None
    back = with_question(third, "novelty", default_form().questions["leadership"])
    publishing.edit(call.form, back, at=at)
    new_versions.publish_form(call, seen=mark_of(back), actor=officer, at=at)
    news = new_versions.news_of(draft)
    assert (news.since, news.number, news.lost) == (3, 4, ())
    assert draft.answered.values["leadership"] and not draft.answered.former


def test_before_the_call_opens_the_version_itself_is_changed_until_somebody_drafts(app, at, sign_in_as):
    ahead = factories.call(form=default_form(), opens_at=datetime(2023, 3, 1, 9, tzinfo=JST))
    officer, _ = sign_in_as("officer")
    edited(ahead, at)
    shown, answer = publish(officer, ahead)
    assert "第1版をそのまま変更" in shown and answer.status_code == 302
    ahead = fresh(ahead)
    assert ahead.form.published.number == 1 and "q1" in ahead.asks.questions and not ahead.form.is_edited
    told = "様式を改めて公開（第1版）"
    assert told in page(officer.get(f"/calls/{ahead.id}"))
    ahead.opens_at = datetime(2023, 2, 1, 9, tzinfo=JST)
    publishing.edit(ahead.form, without_question(ahead.asks, "q1"), at=at)
    db.session.commit()
    publish(officer, ahead)
    assert fresh(ahead).form.published.number == 2


def test_what_was_changed_after_the_comparison_is_not_published(call, sign_in_as, at):
    officer, _ = sign_in_as("director")
    form = edited(call, at)
    address = f"/calls/{call.id}/form/publication"
    seen = re.search(r'name="seen" type="hidden" value="([^"]*)"', page(officer.get(address)))[1]
    publishing.edit(call.form, without_question(form, "area_name"), at=at)
    db.session.commit()
    late = officer.post(address, data={"seen": seen})
    assert late.status_code == 422 and "他の利用者が様式を変更" in page(late)
    assert fresh(call).form.published.number == 1
    assert officer.get(f"/calls/{call.id}/form").status_code == 403  # who publishes does not edit


def test_what_cannot_be_asked_is_not_published_and_what_is_given_up_is_gone(call, sign_in_as, at):
    officer, _ = sign_in_as("officer")
    broken = with_question_moved(call.asks, "area_name", -2)  # before what it depends on
    publishing.edit(call.form, broken, at=at)
    db.session.commit()
    address = f"/calls/{call.id}/form/publication"
    refused = page(officer.get(address))
    assert (
        "地区の名称" in refused and f'class="button button--primary" href="/calls/{call.id}/form"' in refused
    )  # to mend it
    assert officer.post(address, data={"seen": mark_of(broken)}).status_code == 422
    assert officer.post(f"/calls/{call.id}/form/taking-back").status_code == 302
    assert not fresh(call).form.is_edited and form_editing.edited(fresh(call)) == default_form()
    assert officer.get(address).status_code == 302


def test_a_draft_that_is_submitted_meanwhile_stays_with_its_version(call, draft, at):
    officer = factories.tenure("officer")
    edited(call, at)
    drafts = new_versions.drafts_of(call)
    draft.state, draft.number, draft.submitted_at = "submitted", "T-1", at
    db.session.commit()
    version = form_editing.publish(call, seen=mark_of(call.form.newest.form), anew=True, actor=officer, at=at)
    for one in drafts:
        new_versions.carry_over(one, version, actor=officer, at=at)
    assert fresh(draft).answered.version.number == 1


def test_a_page_from_before_and_answers_that_are_not_asked_are_refused_in_words(call, draft, sign_in_as, at):
    editor, _ = sign_in_as(tenure=holder("municipality_editor", draft.organisation))
    edited(call, at)
    new_versions.publish_form(
        call, seen=mark_of(call.form.newest.form), actor=factories.tenure("officer"), at=at
    )
    db.session.commit()
    address = f"/applications/{draft.id}/sections/novelty"
    version = str(draft.answered.version_of("novelty"))
    typed = {"version": version, "innovation": "書いた文", "q1": "なし"}
    old = editor.post(address, data={**typed, "form_version": "1"})
    assert old.status_code == 409 and "様式が変更された" in page(old) and "書いた文" in page(old)
    assert 'name="form_version" type="hidden" value="2"' in page(old)
    never = editor.post(address, data={**typed, "form_version": "77"})
    assert never.status_code == 409 and "その版はありません" in page(never) and "書いた文" in page(never)
    hidden = editor.post(
        f"/applications/{draft.id}/sections/problem",
        data={"version": str(draft.answered.version_of("problem")), "problem": "書いた文", "area": "団体の全域",
              "area_name": "山の地区", "effect": "効果"},
    )  # fmt: skip
    assert hidden.status_code == 422 and "対象外" in page(hidden) and "山の地区" in page(hidden)
    other = editor.post(address, data={**typed, "form_version": "2", "budget_of_another_call": "よその答え"})
    assert other.status_code == 422 and "よその答え" in page(other) and "書いた文" in page(other)
    with pytest.raises(answering.NotAsked):
        drafting.save(
            draft, "novelty", {"leadership": "古い設問"}, version=int(version), actor=holder("municipality_editor", draft.organisation), at=at,
        )  # fmt: skip
    assert "q1" not in fresh(draft).answered.values
    assert editor.post(address, data={**typed, "form_version": "2"}).status_code == 302


def test_old_addresses_and_moved_questions_of_their_own_pages_keep_working(call, draft, sign_in_as, at):
    editor, _ = sign_in_as(tenure=holder("municipality_editor", draft.organisation))
    form = with_question(call.asks, "basics", call.asks.questions["joint_applicants"])
    form = replace(form, sections=tuple(it for it in form.sections if it.questions))
    form = without_question(form, "attachments")
    form = replace(form, sections=tuple(it for it in form.sections if it.questions))
    publishing.edit(call.form, form, at=at)
    new_versions.publish_form(call, seen=mark_of(form), actor=factories.tenure("officer"), at=at)
    db.session.commit()
    base = f"/applications/{draft.id}"
    assert editor.get(f"{base}/joint-applicants").headers["Location"] == f"{base}/basics"
    assert editor.get(f"{base}/attachments").status_code == 404
    assert editor.get(f"{base}/basics").status_code == 200
    assert editor.get(f"{base}/technologies").status_code == 200
    shown = page(editor.get(f"{base}/check"))
    assert "雪道の見守りドローン" in shown
    file = page(editor.get(f"{base}/former-answers"))
    assert (link := re.search(r'href="(/applications/\d+/attachments/\d+)"', file)) and "計画.pdf" in file
    assert editor.get(link[1]).status_code == 200


def test_the_form_of_a_call_is_printed_for_other_programs(call, app, at):
    runner = app.test_cli_runner()
    edited(call, at)
    printed = json.loads(runner.invoke(args=["applications", "form", call.code, "--json"]).output)
    assert printed == {"version": 1, **default_form().to_json()}
    assert "title (short_text) *" in runner.invoke(args=["applications", "form", call.code]).output
    missing = runner.invoke(args=["applications", "form", "X9"])
    assert missing.exit_code == 2 and "X9" in missing.output


def test_a_new_application_to_a_changed_call_begins_with_the_newest_version(call, at, reading):
    edited(call, at)
    body = factories.organisation()
    first = drafting.start(call, body, actor=holder("municipality_editor", body), at=at)
    assert first.answered.version.number == 1
    new_versions.publish_form(
        call, seen=mark_of(call.form.newest.form), actor=factories.tenure("officer"), at=at
    )
    other = factories.organisation()
    second = drafting.start(call, other, actor=holder("municipality_editor", other), at=at)
    assert (first.answered.version.number, second.answered.version.number) == (2, 2)
    assert new_versions.news_of(first) and not new_versions.news_of(second)
