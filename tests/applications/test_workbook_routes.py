"""The form as an Excel workbook on its pages: nothing is stored before it was looked at, nothing is overwritten unseen."""

from __future__ import annotations

import html
import io
import re
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.applications import drafting
from app.applications.models import Application
from app.db import db
from app.history import HistoryEntry
from app.programmes.form import JOINT, SUMMARY, TECHNOLOGY, TITLE
from app.questions import waiting
from app.questions.waiting import WaitingWorkbook
from tests import factories
from tests.applications.sheets import address, cell, empty, filled, opened, saved, sent
from tests.factories.applications import holder
from tests.reading import page_at, text_of, words_of


@pytest.fixture
def draft(app):
    return factories.application()


@pytest.fixture
def editor(draft, sign_in_as):
    client, _ = sign_in_as(tenure=holder("municipality_editor", draft.organisation))
    return client


@pytest.fixture
def at_home(draft):
    return f"/applications/{draft.id}"


def values_of(draft: Application) -> dict:
    db.session.expire_all()
    return dict(db.session.get_one(Application, draft.id).answered.values)


def chosen_on(page: str) -> dict:
    """What the page would send as it is."""
    boxes = re.findall(r"<input[^>]*type=\"checkbox\"[^>]*>", page)
    return {
        "take": [re.search(r'value="([^"]+)"', it)[1] for it in boxes if "checked" in it],
        "seen": html.unescape(re.search(r'name="seen"[^>]*value="([^"]*)"', page)[1]),
    }


def uploaded(editor, at_home, book, name="様式.xlsx") -> str:
    answer = editor.post(f"{at_home}/workbook", data=sent(book, name))
    assert answer.headers.get("Location") == f"{at_home}/workbook/changes", words_of(answer)[:3000]
    return page_at(editor, answer.headers["Location"])


def test_the_task_list_leads_to_both_and_the_file_is_filled_so_far(draft, editor, at_home):
    page = page_at(editor, at_home)
    assert f'href="{at_home}/workbook.xlsx"' in page and f'href="{at_home}/workbook"' in page
    answer = editor.get(f"{at_home}/workbook.xlsx")
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert "attachment" in answer.headers["Content-Disposition"]
    book = opened(answer.data)
    assert cell(book, TITLE).value == draft.title
    texts = [str(it.value) for row in book.worksheets[0].iter_rows() for it in row if it.value]
    assert draft.call.title in texts and any("第1版" in it for it in texts)
    assert any("添付資料はこのブックに含まれません" in it for it in texts)


def test_nothing_is_stored_until_it_is_confirmed_and_then_as_if_it_were_typed(draft, editor, at_home):
    book, before = filled(draft), values_of(draft)
    cell(book, TITLE).value = "雪道を見守る"
    cell(book, TECHNOLOGY).value = "AI、量子センサ"
    where = address(book, TITLE)
    page = uploaded(editor, at_home, book)
    assert ">変更前</h4>" in page and ">変更後</h4>" in page
    assert where in page and "雪道" in page and "<ins>" in page and "<del>" in page
    assert values_of(draft) == before
    waits = f'href="{at_home}/workbook/changes"'
    assert waits in page_at(editor, at_home)  # whoever went away meanwhile finds it again
    versions = {key: draft.version_of(key) for key in draft.saves}
    answer = editor.post(f"{at_home}/workbook/changes", data=chosen_on(page))
    assert answer.headers["Location"] == at_home
    page = page_at(editor, at_home)
    assert "2件の回答を保存しました" in page and waits not in page
    after = values_of(draft)
    assert after[TITLE] == "雪道を見守る" and draft.title == "雪道を見守る"
    assert after[TECHNOLOGY] == {"names": ["AI"], "etc": False, "other": "量子センサ"}
    assert {key: it for key, it in after.items() if key not in (TITLE, TECHNOLOGY)} == {
        key: it for key, it in before.items() if key not in (TITLE, TECHNOLOGY)
    }
    changed = {key for key in versions if draft.version_of(key) != versions[key]}
    assert changed == {"basics", "technologies"}  # only sections that changed
    told = db.session.scalars(HistoryEntry.of(draft)).first()
    assert (told.event, told.actor_name) == (
        "section_saved",
        holder("municipality_editor", draft.organisation).name,
    )
    assert db.session.scalar(select(func.count()).select_from(WaitingWorkbook)) == 0


def test_what_cannot_be_read_is_told_by_its_cell_and_the_rest_can_be_saved(draft, editor, at_home):
    book = filled(draft)
    cell(book, TITLE).value = "=A1"
    cell(book, SUMMARY).value = "概要を改めた。"
    page = uploaded(editor, at_home, book)
    assert address(book, TITLE) in page and "数式" in page
    editor.post(f"{at_home}/workbook/changes", data=chosen_on(page))
    after = values_of(draft)
    assert after[SUMMARY] == "概要を改めた。" and after[TITLE] == "雪道の見守りドローン"


def test_a_text_over_its_limit_is_told_by_its_cell_before_it_is_saved_and_can_be_saved(
    draft, editor, at_home
):
    book = filled(draft)
    cell(book, TITLE).value = "雪" * 1_500
    page = uploaded(editor, at_home, book)
    where = page.index("このままでは提出できません")
    assert address(book, TITLE) in page[where : page.index('id="take"')] and f'href="#change-{TITLE}"' in page
    assert "超過" in page[where : page.index('id="take"')]
    assert values_of(draft)[TITLE] == "雪道の見守りドローン"
    editor.post(f"{at_home}/workbook/changes", data=chosen_on(page))
    assert values_of(draft)[TITLE] == "雪" * 1_500


def test_only_what_is_chosen_is_saved_and_choosing_nothing_is_told(draft, editor, at_home):
    book = filled(draft)
    cell(book, TITLE).value, cell(book, SUMMARY).value = "甲", "乙"
    sent_back = chosen_on(uploaded(editor, at_home, book))
    assert set(sent_back["take"]) == {TITLE, SUMMARY}
    answer = editor.post(f"{at_home}/workbook/changes", data={**sent_back, "take": []})
    assert answer.status_code == 422 and "保存する回答を選択するか" in text_of(answer)
    editor.post(f"{at_home}/workbook/changes", data={**sent_back, "take": [SUMMARY]})
    assert (values_of(draft)[TITLE], values_of(draft)[SUMMARY]) == ("雪道の見守りドローン", "乙")
    assert "選択しなかった1件は、元のままです" in page_at(editor, at_home)


def save_title(draft, title, at) -> None:
    db.session.expire_all()
    who = factories.tenure("municipality_editor", draft.organisation)
    drafting.save(draft, "basics", {TITLE: title}, version=draft.version_of("basics"), actor=who, at=at)
    db.session.commit()


def test_what_somebody_saves_between_upload_and_confirmation_is_shown_and_not_overwritten(
    draft, editor, at_home, at
):
    book = filled(draft)
    cell(book, TITLE).value, cell(book, SUMMARY).value = "ファイルの名称", "ファイルの概要"
    first = chosen_on(uploaded(editor, at_home, book))
    save_title(draft, "画面の名称", at)
    answer = editor.post(f"{at_home}/workbook/changes", data=first)
    page = words_of(answer)
    assert answer.status_code == 409 and "保存しました" in page
    assert "画面" in page and "ファイル" in page
    assert values_of(draft)[TITLE] == "画面の名称" and values_of(draft)[SUMMARY] != "ファイルの概要"
    again = chosen_on(text_of(answer))
    assert again["take"] == [SUMMARY]  # what was saved meanwhile is left as it is, unless it is chosen
    editor.post(f"{at_home}/workbook/changes", data=again)
    assert (values_of(draft)[TITLE], values_of(draft)[SUMMARY]) == ("画面の名称", "ファイルの概要")


def test_what_nobody_touched_in_the_file_does_not_take_back_what_was_saved_since(draft, editor, at_home, at):
    book = filled(draft)
    save_title(draft, "画面の名称", at)
    cell(book, SUMMARY).value = "ファイルの概要"
    page = uploaded(editor, at_home, book)
    assert chosen_on(page)["take"] == [SUMMARY] and "以前の回答が残っています" in page
    editor.post(f"{at_home}/workbook/changes", data=chosen_on(page))
    assert values_of(draft)[TITLE] == "画面の名称"


def test_what_was_changed_in_both_is_chosen_only_on_purpose(draft, editor, at_home, at):
    book = filled(draft)
    save_title(draft, "画面の名称", at)
    cell(book, TITLE).value = "ファイルの名称"
    page = uploaded(editor, at_home, book)
    assert chosen_on(page)["take"] == [] and "ファイルの作成後に" in page
    editor.post(f"{at_home}/workbook/changes", data={**chosen_on(page), "take": [TITLE]})
    assert values_of(draft)[TITLE] == "ファイルの名称"


def test_a_joint_applicant_in_the_file_is_one_on_the_lists(draft, editor, at_home):
    body = factories.organisation("南アルプス市", "192082")
    book = filled(draft)
    cell(book, JOINT).value = "南アルプス市"
    editor.post(f"{at_home}/workbook/changes", data=chosen_on(uploaded(editor, at_home, book)))
    db.session.expire_all()
    assert [it.id for it in draft.bodies[1:]] == [body.id]


def test_the_form_of_another_call_or_application_is_refused(draft, editor, at_home):
    other = factories.application(call=factories.call(code="R9S"))
    for book, why in ((filled(other), "別の公募"), (empty(other.call), "別の公募")):
        answer = editor.post(f"{at_home}/workbook", data=sent(book))
        assert answer.status_code == 422 and why in text_of(answer)
    twin = factories.application(call=draft.call, organisation=draft.organisation)
    answer = editor.post(f"{at_home}/workbook", data=sent(filled(twin)))
    assert answer.status_code == 422 and "別の申請" in text_of(answer)
    assert db.session.scalar(select(func.count()).select_from(WaitingWorkbook)) == 0


def test_the_empty_form_of_the_call_leaves_alone_what_it_does_not_answer(draft, editor, at_home):
    book = empty(draft.call)
    cell(book, TITLE).value = "空の様式から"
    page = uploaded(editor, at_home, book)
    assert chosen_on(page)["take"] == [TITLE]


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"", "", "選択してください"),
        (b"%PDF-1.7", "様式.pdf", "Excel"),
        (b"<html>", "様式.xlsx", "様式.xlsx"),
        (b"PK\x03\x04" + b"x" * 90, "様式.xlsm", "マクロ"),
        (b"", "空.xlsx", "空です"),
    ],
    ids=range(5),
)
def test_what_is_no_form_is_told_in_words(draft, editor, at_home, content, name, why):
    answer = editor.post(f"{at_home}/workbook", data=sent(content, name))
    assert answer.status_code == 422 and why in text_of(answer)


def test_macros_within_are_refused(draft, editor, at_home):
    out = io.BytesIO(saved(filled(draft)))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    answer = editor.post(f"{at_home}/workbook", data=sent(out.getvalue()))
    assert answer.status_code == 422 and "マクロ" in text_of(answer)


def test_it_waits_for_whoever_uploaded_it_alone_and_not_for_ever(draft, editor, at_home, at, app, sign_in_as):
    book = filled(draft)
    cell(book, TITLE).value = "甲"
    uploaded(editor, at_home, book)
    colleague, _ = sign_in_as("municipality_editor", draft.organisation)
    answer = colleague.get(f"{at_home}/workbook/changes")
    assert answer.headers["Location"] == f"{at_home}/workbook"
    stranger, _ = sign_in_as("municipality_editor", factories.organisation("別府市", "442020"))
    assert stranger.get(f"{at_home}/workbook.xlsx").status_code == 404
    app.config["PINNED_CLOCK"] = at + waiting.KEPT_FOR
    answer = editor.get(f"{at_home}/workbook/changes")
    assert answer.headers["Location"] == f"{at_home}/workbook"
    assert "確認待ちのファイルはありません" in page_at(editor, f"{at_home}/workbook")
    waiting.sweep(at=at + waiting.KEPT_FOR + timedelta(seconds=1))
    assert db.session.scalar(select(func.count()).select_from(WaitingWorkbook)) == 0
    db.session.commit()


def test_another_upload_takes_the_place_of_the_first_and_it_can_be_put_aside(draft, editor, at_home):
    book = filled(draft)
    cell(book, TITLE).value = "甲"
    uploaded(editor, at_home, book)
    cell(book, TITLE).value = "乙"
    page = uploaded(editor, at_home, book)
    assert "乙" in page
    assert f'href="{at_home}/workbook/changes"' in page_at(editor, f"{at_home}/workbook")
    assert db.session.scalar(select(func.count()).select_from(WaitingWorkbook)) == 1
    db.session.commit()
    assert editor.post(f"{at_home}/workbook/removal").headers["Location"] == at_home
    assert db.session.scalar(select(func.count()).select_from(WaitingWorkbook)) == 0
    assert values_of(draft)[TITLE] == "雪道の見守りドローン"


def test_what_is_not_open_to_editing_is_neither_read_nor_saved(at, app, sign_in_as):
    handed = factories.application("in_approval")
    client, _ = sign_in_as(tenure=holder("municipality_editor", handed.organisation))
    here = f"/applications/{handed.id}"
    assert client.get(f"{here}/workbook.xlsx").headers["Location"] == here
    assert client.get(f"{here}/workbook").headers["Location"] == here
    answer = client.post(f"{here}/workbook", data=sent(filled(handed)))
    assert answer.status_code == 409
    assert f"{here}/workbook" not in page_at(client, here)


def test_a_returned_application_can_be_mended_from_a_file(sign_in_as):
    returned = factories.application("returned")
    client, _ = sign_in_as(tenure=holder("municipality_editor", returned.organisation))
    here = f"/applications/{returned.id}"
    book = filled(returned)
    cell(book, SUMMARY).value = "実施地域を加えた概要。"
    client.post(f"{here}/workbook/changes", data=chosen_on(uploaded(client, here, book)))
    assert values_of(returned)[SUMMARY] == "実施地域を加えた概要。"


def test_a_page_that_names_no_versions_overwrites_nothing(draft, editor, at_home):
    book = filled(draft)
    cell(book, TITLE).value = "甲"
    uploaded(editor, at_home, book)
    answer = editor.post(f"{at_home}/workbook/changes", data={"take": TITLE, "seen": ""})
    assert answer.status_code == 409 and values_of(draft)[TITLE] == "雪道の見守りドローン"
