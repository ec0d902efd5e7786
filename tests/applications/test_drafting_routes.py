"""Drafting in the browser: nothing typed is ever lost, whatever happens in between."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import datetime

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.applications.models import Application
from app.calendar import JST
from app.db import db
from app.history import HistoryEntry
from app.storage import Incoming, storage
from app.web.entries import MOST_FILES
from tests import factories
from tests.factories.applications import PDF, holder
from tests.reading import text_of

JSON = {"Accept": "application/json"}


def title_of(answer) -> str:
    return text_of(answer).split("<title>")[1].split("</title>")[0]


@pytest.fixture
def draft(app):
    return factories.application(complete=False)


@pytest.fixture
def editor(draft, sign_in_as):
    client, _ = sign_in_as(tenure=holder("municipality_editor", draft.organisation))
    return client


def test_an_application_is_started_from_an_open_call(sign_in_as):
    call = factories.call()
    client, tenure = sign_in_as("municipality_editor")
    assert "申請を始める" in text_of(client.get(f"/calls/{call.id}/applications"))
    answer = client.post(f"/calls/{call.id}/applications")
    made = db.session.scalars(select(Application)).one()
    assert answer.headers["Location"] == f"/applications/{made.id}"
    assert made.organisation_id == tenure.organisation_id


def test_a_second_application_is_warned_of_and_allowed_when_meant(sign_in_as):
    first = factories.application()
    client, _ = sign_in_as(tenure=holder("municipality_editor", first.organisation))
    at = f"/calls/{first.call_id}/applications"
    assert first.title in text_of(client.get(at))
    refused = client.post(at)
    assert refused.status_code == 422 and 'href="#another"' in text_of(refused)
    assert client.post(at, data={"another": "y"}).status_code == 302
    again = client.post(at, data={"another": "y"}, follow_redirects=True)
    assert "まだ何も入力していない申請があります" in text_of(again)
    assert len(db.session.scalars(select(Application)).all()) == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"closes_at": datetime(2023, 2, 15, 10, 0, tzinfo=JST)}, "現在申請を受け付けていません"),
        ({"eligible_kinds": ["village"]}, "代表団体として申請することができません"),
    ],
)
def test_a_closed_call_or_one_for_others_says_so_and_takes_no_application(sign_in_as, changes, sentence):
    call = factories.call(**changes)
    client, _ = sign_in_as("municipality_editor")
    for answer in (
        client.get(f"/calls/{call.id}/applications"),
        client.post(f"/calls/{call.id}/applications"),
    ):
        assert sentence in text_of(answer)
    assert db.session.scalar(select(Application)) is None


def test_the_task_list_shows_deadline_remaining_days_and_what_needs_action(draft, editor):
    shown = text_of(editor.get(f"/applications/{draft.id}"))
    assert "令和5年3月17日（金）12時" in shown and "残り30日" in shown
    assert shown.count("要対応") == 5 and "任意" in shown
    assert f'href="/applications/{draft.id}/answers/{factories.own_questions(draft.call)[0].id}"' in shown


def test_a_section_is_saved_and_leads_back_to_the_task_list(draft, editor):
    at = f"/applications/{draft.id}/basics"
    assert 'name="version" type="hidden" value="0"' in text_of(editor.get(at))
    answer = editor.post(at, data={"version": "0", "title": "  見守り　", "summary": "概要\r\n二行目"})
    assert answer.headers["Location"] == f"/applications/{draft.id}"
    saved = db.session.get(Application, draft.id)
    assert (saved.title, saved.summary) == ("見守り", "概要\n二行目")


@pytest.mark.parametrize(
    ("section", "fields"), [("basics", ["title", "summary"]), ("technologies", ["technologies-0"])]
)
def test_an_empty_form_names_each_required_field_and_saves_nothing(draft, editor, section, fields):
    answer = editor.post(f"/applications/{draft.id}/{section}", data={"version": "0"})
    assert answer.status_code == 422
    assert title_of(answer).startswith("エラー：")
    for name in fields:
        assert f'href="#{name}"' in text_of(answer)
    assert db.session.get(Application, draft.id).saves == {}


def test_an_unfinished_section_is_saved_for_now(draft, editor):
    answer = editor.post(
        f"/applications/{draft.id}/basics",
        data={"version": "0", "title": "題だけ", "summary": "", "for_now": "1"},
    )
    assert answer.status_code == 302
    assert db.session.get(Application, draft.id).title == "題だけ"


def test_too_long_a_text_is_refused_with_the_number_of_characters_and_kept(draft, editor):
    text = "長" * 1003
    question = factories.own_questions(draft.call)[0]
    answer = editor.post(
        f"/applications/{draft.id}/answers/{question.id}", data={"version": "0", "text": text}
    )
    assert answer.status_code == 422
    assert "3字" in text_of(answer) and text in text_of(answer)


def test_an_answer_to_another_calls_question_is_not_found(draft, editor):
    other = factories.own_questions(
        factories.call(questions=[{"label": f"設問{place}"} for place in range(3)])
    )[2]
    assert editor.get(f"/applications/{draft.id}/answers/{other.id}").status_code == 404


def test_a_stale_tab_is_shown_both_texts_and_may_save_its_own_knowingly(draft, editor):
    question = factories.own_questions(draft.call)[0]
    at = f"/applications/{draft.id}/answers/{question.id}"
    assert editor.post(at, data={"version": "0", "text": "同僚の文章"}).status_code == 302
    late = editor.post(at, data={"version": "0", "text": "あとから来た文章"})
    assert late.status_code == 409
    assert "同僚の文章" in text_of(late) and "あとから来た文章" in text_of(late)
    assert holder("municipality_editor", draft.organisation).name in text_of(late)
    assert factories.answer_to(db.session.get_one(Application, draft.id), question) == "同僚の文章"
    version = re.search(r'name="version" type="hidden" value="(\d+)"', text_of(late)).group(1)
    assert (
        editor.post(at, data={"version": version, "text": "まとめた文章", "for_now": "1"}).status_code == 302
    )
    assert factories.answer_to(db.session.get_one(Application, draft.id), question) == "まとめた文章"


def test_a_stale_tab_of_ones_own_is_not_laid_to_others(draft, editor, sign_in_as):
    at = f"/applications/{draft.id}/basics"
    editor.post(at, data={"version": "0", "title": "先の題", "summary": "先"})
    mine = editor.post(at, data={"version": "0", "title": "後の題", "summary": "後"})
    assert mine.status_code == 409 and "御自身が別のタブで先に保存しました" in text_of(mine)
    assert "他の利用者" not in text_of(mine)
    by_itself = editor.post(at, data={"version": "0", "title": "後の題", "summary": "後"}, headers=JSON)
    assert by_itself.get_json()["own"] is True

    colleague, _ = sign_in_as("municipality_editor", draft.organisation)
    theirs = colleague.post(at, data={"version": "0", "title": "後の題", "summary": "後"})
    assert "他の利用者が先に保存しました" in text_of(theirs) and "御自身" not in text_of(theirs)
    by_itself = colleague.post(at, data={"version": "0", "title": "後の題", "summary": "後"}, headers=JSON)
    assert by_itself.get_json()["own"] is False


def test_an_editor_who_is_late_or_not_done_reads_of_what_an_editor_can_do(draft, editor, move_clock):
    """Only the approver submits: the editor is told that it could not be handed on."""
    hand_over = f"/applications/{draft.id}/approval-request"
    incomplete = text_of(editor.post(hand_over))
    move_clock(draft.call.closes_at)
    late = text_of(editor.post(hand_over))
    for refused in (incomplete, late):
        assert "決裁に回付できませんでした" in refused and "提出できませんでした" not in refused


def test_an_approver_who_is_not_done_reads_that_it_could_not_be_submitted(draft, sign_in_as):
    approver, _ = sign_in_as(tenure=holder("municipality_approver", draft.organisation))
    refused = text_of(approver.post(f"/applications/{draft.id}/submission"))
    assert "提出できませんでした" in refused and "回付" not in refused


@pytest.mark.parametrize(
    ("section", "theirs", "yours", "shown"),
    [
        (
            "basics",
            {"title": "先の題", "summary": "先"},
            {"title": "後の題", "summary": "後"},
            ["先の題", "後の題"],
        ),
        (
            "technologies",
            {"technologies": ["AI", "5G"], "technologies_etc": "y"},
            {"technologies": ["IoT"], "technologies_other": "量子"},
            ["AI、5G", "はい", "量子"],
        ),
    ],
)
def test_a_stale_tab_of_any_section_keeps_both(draft, editor, section, theirs, yours, shown):
    at = f"/applications/{draft.id}/{section}"
    editor.post(at, data={"version": "0", **theirs})
    late = editor.post(at, data={"version": "0", **yours})
    assert late.status_code == 409
    for text in shown:
        assert text in text_of(late)


def test_saving_by_itself_keeps_what_is_unfinished_and_tells_the_next_version(draft, editor):
    at = f"/applications/{draft.id}/basics"
    first = editor.post(at, data={"version": "0", "title": "途中", "summary": ""}, headers=JSON)
    assert (first.status_code, first.get_json()) == (200, {"version": 1})
    second = editor.post(at, data={"version": "1", "title": "途中まで", "summary": "概" * 900}, headers=JSON)
    assert second.get_json() == {"version": 2}
    saved = db.session.get(Application, draft.id)
    assert (saved.title, len(saved.summary)) == ("途中まで", 900)
    stale = editor.post(at, data={"version": "0", "title": "古い", "summary": ""}, headers=JSON)
    assert (stale.status_code, stale.get_json()["error"]) == (409, "stale")
    assert db.session.get(Application, draft.id).title == "途中まで"


def test_saving_by_itself_after_the_session_ended_is_told_apart_and_loses_nothing(draft, app):
    answer = app.test_client().post(
        f"/applications/{draft.id}/basics", data={"version": "0", "title": "途中"}, headers=JSON
    )
    assert answer.status_code in (302, 401)
    assert db.session.get(Application, draft.id).title == ""


def test_control_characters_that_came_along_with_pasted_text_are_left_out(draft, editor):
    data = {"version": "0", "title": "見\x00守\x0bり", "summary": "一\t二\n三\x07"}
    assert editor.post(f"/applications/{draft.id}/basics", data=data).status_code == 302
    saved = db.session.get(Application, draft.id)
    assert (saved.title, saved.summary) == ("見守り", "一\t二\n三")


def test_a_version_that_is_no_number_is_treated_as_stale_not_as_a_fault(draft, editor):
    at = f"/applications/{draft.id}/basics"
    for version in ("", "x", "-1", "9" * 30):
        answer = editor.post(at, data={"version": version, "title": "題", "summary": "概要"})
        assert answer.status_code in (409, 422), version
        assert "題" in text_of(answer)
    assert db.session.get(Application, draft.id).title == ""


def test_text_sent_to_what_was_submitted_meanwhile_is_given_back(sign_in_as):
    application = factories.application("submitted")
    client, _ = sign_in_as(tenure=holder("municipality_editor", application.organisation))
    data = {"version": "1", "title": "別の題", "summary": "別の概要"}
    answer = client.post(f"/applications/{application.id}/basics", data=data)
    assert answer.status_code == 409
    assert "別の題" in text_of(answer) and "別の概要" in text_of(answer)
    assert db.session.get(Application, application.id).title == "雪道の見守りドローン"
    back = client.get(f"/applications/{application.id}/basics")
    assert back.headers["Location"] == f"/applications/{application.id}"


def test_joint_applicants_are_searched_added_and_confirmed_without_javascript(draft, editor):
    partner = factories.organisation("府中市", "132063", prefecture="東京都", kana="フチュウシ")
    at = f"/applications/{draft.id}/joint-applicants"
    found = text_of(editor.get(f"{at}?q=ふちゅう"))
    assert "東京都府中市" in found and f'name="organisation_id" value="{partner.id}"' in found
    assert "該当する団体がない" in text_of(editor.get(f"{at}?q=存在しない市"))
    editor.post(at, data={"organisation_id": str(partner.id)})
    assert "東京都府中市を削除する" in text_of(editor.get(at))
    assert editor.post(f"{at}/confirmation").headers["Location"] == f"/applications/{draft.id}"
    saved = db.session.get(Application, draft.id)
    assert ([body.name for body in saved.bodies[1:]], saved.joint_confirmed) == (["府中市"], True)
    editor.post(f"{at}/{partner.id}/removal")
    saved = db.session.get(Application, draft.id)
    assert (saved.joint_applicants, saved.joint_confirmed) == ([], False)


def test_a_wrong_check_digit_in_the_search_is_told(draft, editor):
    assert "notice--warning" in text_of(editor.get(f"/applications/{draft.id}/joint-applicants?q=132064"))


@pytest.mark.parametrize("chosen", ["", "x", "999999", "1" * 40])
def test_a_joint_applicant_that_does_not_exist_is_not_found(draft, editor, chosen):
    at = f"/applications/{draft.id}/joint-applicants"
    assert editor.post(at, data={"organisation_id": chosen}).status_code == 404


def test_the_lead_cannot_be_its_own_joint_applicant(draft, editor):
    at = f"/applications/{draft.id}/joint-applicants"
    answer = editor.post(at, data={"organisation_id": str(draft.organisation_id)}, follow_redirects=True)
    assert "追加できません" in text_of(answer)


def upload(client, application, name, content):
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(content), name)})
    kind = f"multipart/form-data; boundary={boundary}"
    return client.post(f"/applications/{application.id}/attachments", data=body, content_type=kind)


def test_a_file_is_attached_downloaded_and_removed(draft, editor):
    assert upload(editor, draft, "計画.pdf", PDF).status_code == 302
    file = db.session.get(Application, draft.id).attachments[0]
    at = f"/applications/{draft.id}/attachments"
    got = editor.get(f"{at}/{file.id}")
    assert (got.data, got.mimetype) == (PDF, "application/pdf")
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert "%E8%A8%88%E7%94%BB.pdf" in got.headers["Content-Disposition"]
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    for told in ("「計画.pdf」を削除しました", "既に削除されています"):
        assert told in text_of(editor.post(f"{at}/{file.id}/removal", follow_redirects=True))
    assert editor.get(f"{at}/{file.id}").data == PDF  # taken off, and still theirs to read
    assert "取り外しました" in text_of(editor.get(at))


@pytest.mark.parametrize("name", ["setup.exe", "setup.pdf"])
def test_a_program_is_refused_with_a_sentence_at_the_field(draft, editor, name):
    answer = upload(editor, draft, name, b"MZ\x90\x00\x03")
    assert answer.status_code == 422
    assert title_of(answer).startswith("エラー：")
    assert f"「{name}」は添付できません" in text_of(answer) and 'href="#file"' in text_of(answer)
    assert db.session.get(Application, draft.id).attachments == []


def test_a_large_file_comes_in_on_the_disk_and_nothing_but_it_stays_there(draft, editor, monkeypatch):
    content, kinds = PDF + bytes(3 * 2**20), []
    write = Incoming.write

    def noted(self, piece):
        kinds.append((self.path is not None, len(piece)))
        return write(self, piece)

    monkeypatch.setattr(Incoming, "write", noted)
    answer = upload(editor, draft, "../大きい😀.pdf", content)
    assert answer.status_code == 302
    assert {on_disk for on_disk, _ in kinds} == {True} and max(size for _, size in kinds) <= 2**20
    page = text_of(editor.get(answer.location))
    digest = hashlib.sha256(content).hexdigest()
    assert "「大きい😀.pdf」を受け取りました" in page and digest in page
    (file,) = db.session.get(Application, draft.id).attachments
    assert [it.path for it in storage().stored()] == [file.path]
    got = editor.get(f"/applications/{draft.id}/attachments/{file.id}")
    assert got.data == content and got.content_length == len(content)
    assert (
        "filename*=UTF-8''%E5%A4%A7%E3%81%8D%E3%81%84%F0%9F%98%80.pdf" in got.headers["Content-Disposition"]
    )


def test_a_file_of_the_same_name_is_the_next_version_and_the_earlier_one_stays_readable(draft, editor):
    at = f"/applications/{draft.id}/attachments"
    for content in (PDF, PDF + b"2", PDF + b"3"):
        assert upload(editor, draft, "計画.pdf", content).status_code == 302
    application = db.session.get(Application, draft.id)
    (current,) = application.attachments
    assert current.sha256 == hashlib.sha256(PDF + b"3").hexdigest()
    page = text_of(editor.get(at))
    assert page.count("差替え：") == 2 and "以前のファイル" in page
    first, second, _ = application.answered.files
    for file, content in ((first, PDF), (second, PDF + b"2")):
        assert f'href="{at}/{file.id}"' in page and editor.get(f"{at}/{file.id}").data == content
    assert "（以前のファイルと差替え）" in text_of(editor.get(f"/applications/{draft.id}"))
    assert upload(editor, draft, "計画.pdf", PDF).status_code == 302  # back to the first
    (current,) = db.session.get(Application, draft.id).attachments
    assert current.id == first.id


def test_a_file_of_another_body_is_nobody_elses_to_read(draft, editor, sign_in_as):
    upload(editor, draft, "計画.pdf", PDF)
    (file,) = db.session.get(Application, draft.id).attachments
    other = factories.application(complete=False)
    db.session.commit()
    stranger, _ = sign_in_as(tenure=holder("municipality_editor", other.organisation))
    assert stranger.get(f"/applications/{draft.id}/attachments/{file.id}").status_code == 404
    assert stranger.get(f"/applications/{other.id}/attachments/{file.id}").status_code == 404


def test_more_files_at_once_than_any_question_takes_are_not_opened(draft, editor):
    files = [(io.BytesIO(PDF), f"{number}.pdf") for number in range(MOST_FILES + 1)]
    answer = editor.post(f"/applications/{draft.id}/attachments", data={"file": files})
    assert answer.status_code == 413


def test_no_file_chosen_is_told(draft, editor):
    for data in ({}, {"file": (io.BytesIO(b""), "")}, {"file": "a text in its place"}):
        answer = editor.post(
            f"/applications/{draft.id}/attachments", data=data, content_type="multipart/form-data"
        )
        assert answer.status_code == 422 and "ファイルを選んでください" in text_of(answer)


def test_a_file_over_the_limit_is_told_at_the_field(draft, editor, app):
    app.config["ATTACHMENT_MAX_BYTES"] = 2**20
    answer = upload(editor, draft, "大きい.pdf", PDF + b"x" * 2**20)
    assert answer.status_code == 422 and "1 MBを超えています" in text_of(answer)


def test_an_upload_of_300_megabytes_is_refused_with_a_page_and_never_read_into_memory(draft, editor):
    size = 300 * 2**20
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-'
    stream = _Endless(head, size)
    answer = editor.post(
        f"/applications/{draft.id}/attachments",
        environ_overrides={
            "wsgi.input": stream,
            "CONTENT_LENGTH": str(size),
            "CONTENT_TYPE": "multipart/form-data; boundary=x",
        },
    )
    assert answer.status_code == 413
    assert "MB" in text_of(answer)
    assert stream.largest <= 2**20
    assert db.session.get(Application, draft.id).attachments == []


class _Endless:
    """`size` bytes that nobody ever holds at once."""

    def __init__(self, head: bytes, size: int) -> None:
        self.head, self.left, self.largest = head, size, 0

    def read(self, wanted: int = -1) -> bytes:
        self.largest = max(self.largest, wanted if wanted >= 0 else self.left)
        give = min(wanted if wanted >= 0 else self.left, self.left)
        self.left -= give
        start, self.head = self.head[:give], self.head[give:]
        return start + b"x" * (give - len(start))

    def readline(self, wanted: int = -1) -> bytes:
        return self.read(min(1024, self.left) if wanted < 0 else wanted)


def test_another_bodys_draft_is_not_there(draft, sign_in_as):
    client, _ = sign_in_as("municipality_editor")
    for path in ("", "/basics", "/check", "/attachments", "/joint-applicants", "/withdrawal"):
        assert client.get(f"/applications/{draft.id}{path}").status_code in (403, 404), path
    assert client.post(f"/applications/{draft.id}/basics", data={"title": "x"}).status_code == 404


def test_a_joint_applicants_seat_does_not_see_the_draft(app, sign_in_as):
    partner = factories.organisation()
    application = factories.application(joint=[partner])
    client, _ = sign_in_as("municipality_approver", partner)
    assert client.get(f"/applications/{application.id}").status_code == 404
    assert application.title not in text_of(client.get("/applications"))


def test_drafting_stays_with_the_municipality(sign_in_as):
    application = factories.application("submitted")
    officer, _ = sign_in_as("officer")
    assert "内容を修正" not in text_of(officer.get(f"/applications/{application.id}"))
    client, _ = sign_in_as(tenure=holder("municipality_editor", application.organisation))
    assert "内容を修正" in text_of(client.get(f"/applications/{application.id}"))
    entries = list(db.session.scalars(HistoryEntry.of(application)))
    assert {entry.audience for entry in entries if entry.event == "section_saved"} == {"applicant"}
