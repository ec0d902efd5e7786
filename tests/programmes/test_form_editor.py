"""An officer edits what a call asks, page by page; nothing typed is lost, and what the product needs stays."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.db import db
from app.history import HistoryEntry
from app.programmes.default_form import CRITERIA, default_form
from app.programmes.form import NEEDED, check_form
from app.programmes.models import Call, Criterion
from app.questions.kinds import KINDS
from tests import factories
from tests.reading import events


@pytest.fixture
def call(app):
    made = factories.call(
        state="draft",
        form=default_form(),
        criteria=[Criterion(position=place, label=name) for place, name in enumerate(CRITERIA, start=1)],
    )
    db.session.commit()
    return made


@pytest.fixture
def officer(sign_in_as):
    return sign_in_as("officer")[0]


def page(answer) -> str:
    return answer.get_data(as_text=True)


def form_of(call):
    db.session.expire_all()
    return db.session.get_one(Call, call.id).form.newest.form


def entries_of(html: str) -> dict:
    """What a browser sends from the page's own form when nothing was typed."""
    own = html[html.index('data-preview="preview"') :]
    own = own[: own.index("</form>")]
    found: dict = {}
    for tag in re.findall(r"<input[^>]*>", own):
        name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag) and name[1] != "csrf_token":
            found.setdefault(name[1], []).append(value[1] if value else "")
    for name, text in re.findall(
        r'<textarea[^>]* name="([^"]*)"[^>]*>\r?\n?(.*?)</textarea>', own, re.DOTALL
    ):
        found[name] = [text]
    for name, options in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', own, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', options) or re.search(
            r'<option value="([^"]*)"', options
        )
        found[name] = [chosen[1] if chosen else ""]
    return found


def test_the_default_form_can_be_asked_and_asks_something_of_every_kind():
    form = default_form()
    check_form(form)
    assert {it.kind for it in form.questions.values()} == set(KINDS)
    assert {it.criterion for it in form.questions.values()} - {""} == set(CRITERIA)
    assert "様式" not in str(form.to_json())


@pytest.mark.parametrize("key", [*default_form().questions])
def test_a_question_saved_as_it_stands_is_the_question_that_it_was(call, officer, key):
    address = f"/calls/{call.id}/form/questions/{key}"
    before = form_of(call).questions[key]
    answer = officer.post(address, data=entries_of(page(officer.get(address))))
    assert answer.status_code == 302, page(answer)
    after = form_of(call).questions[key]
    assert after.to_json() | {"settings": after.asked.settings} == before.to_json() | {
        "settings": before.asked.settings
    }


def test_a_section_and_its_questions_are_added_moved_and_removed(call, officer):
    base = f"/calls/{call.id}/form"
    added = officer.post(
        f"{base}/sections", data={"label_ja": "広報", "label_en": "Publicity", "help_ja": "案内の文"}
    )
    section = form_of(call).sections[-1]
    assert added.headers["Location"] == f"{base}/sections/{section.key}/questions"
    assert (section.label.ja, section.label.en, section.help.ja) == ("広報", "Publicity", "案内の文")
    assert "「広報」" in page(officer.get(base))  # a section without questions cannot be published
    new = f"{base}/sections/{section.key}/questions?kind=one_choice"
    typed = {"label_ja": "広報の方法", "section": section.key, "required": "y", "criterion": "横展開可能性"}
    refused = officer.post(new, data=typed)  # without choices
    assert refused.status_code == 422 and "広報の方法" in page(refused)
    assert officer.post(new, data={**typed, "settings-choices": "広報紙\n動画\n\n広報紙"}).status_code == 302
    first = form_of(call).sections[-1].questions[0]
    assert (first.settings["choices"], first.criterion, first.required) == (
        ["広報紙", "動画"],
        "横展開可能性",
        True,
    )
    depends = {
        "label_ja": "動画の内容", "section": section.key, "settings-max_chars": "300", "criterion": "", "condition": f"{first.key}=動画",
    }  # fmt: skip
    answer = officer.post(f"{base}/sections/{section.key}/questions?kind=long_text", data=depends)
    assert answer.status_code == 302, re.findall(r"field__error.*", page(answer))
    second = form_of(call).sections[-1].questions[1]
    assert (second.condition.question, second.condition.answers) == (first.key, ("動画",))
    assert second.key not in (first.key, section.key)

    kept = officer.post(f"{base}/questions/{first.key}/removal")
    assert kept.status_code == 422 and "動画の内容" in page(kept)
    move(officer, call, "section", section.key, "up")
    assert form_of(call).sections[-2].key == section.key
    move(officer, call, "question", second.key, "down")  # past the end of its section: into the next one
    assert form_of(call).section_of[second.key] == "attachments"
    assert officer.post(f"{base}/questions/{second.key}/removal").status_code == 302
    assert officer.post(f"{base}/sections/{section.key}/removal").status_code == 302
    assert form_of(call) == default_form()
    entries = list(db.session.scalars(HistoryEntry.of(call)))
    assert [entry.changes["what"] for entry in reversed(entries)] == [
        "section_added", "question_added", "question_added", "section_moved", "question_moved", "question_removed",
        "section_removed",
    ]  # fmt: skip
    assert {entry.audience for entry in entries} == {"office"}
    assert "広報の方法" in page(officer.get(f"/calls/{call.id}"))


def move(officer, call, what, key, to, seen=None):
    seen = seen or re.search(r'name="seen" value="([^"]*)"', page(officer.get(f"/calls/{call.id}/form")))[1]
    return officer.post(f"/calls/{call.id}/form/order", data={"seen": seen, what: key, "to": to})


@pytest.mark.parametrize("key", NEEDED)
def test_what_the_product_needs_cannot_be_removed_and_says_why(call, officer, key):
    base, why = (
        f"/calls/{call.id}/form",
        {"title": "一覧", "summary": "概要", "technologies": "統計", "joint_applicants": "通知"},
    )
    for address in (f"questions/{key}/removal", f"sections/{form_of(call).section_of[key]}/removal"):
        shown = page(officer.get(f"{base}/{address}"))
        assert "削除できません" in shown and why[key] in shown
        assert officer.post(f"{base}/{address}").status_code == 422
    entries = entries_of(page(officer.get(f"{base}/questions/{key}")))
    assert "required" not in entries and "condition" not in entries
    officer.post(f"{base}/questions/{key}", data={**entries, "condition": "area=団体の全域"})
    assert form_of(call).questions[key].required and form_of(call).questions[key].condition is None


def test_the_columns_of_a_table_are_edited_and_keep_their_keys(call, officer):
    address = f"/calls/{call.id}/form/questions/budget"
    entries = entries_of(page(officer.get(address)))
    more = officer.post(address, data={**entries, "add": "columns"})
    assert more.status_code == 200 and 'name="settings-columns-6-label"' in page(more)
    entries |= {
        "settings-columns-1-label": "",  # left out
        "settings-columns-2-label": "金額（税込）",
        "settings-columns-5-label": "確定",
        "settings-columns-5-kind": "one_choice",
        "settings-columns-5-choices": "確定\n未定",
    }
    assert officer.post(address, data=entries).status_code == 302, "refused"
    columns = form_of(call).questions["budget"].settings["columns"]
    assert [(it["key"], it["label"]["ja"]) for it in columns] == [
        ("year", "年度"), ("amount", "金額（税込）"), ("source", "財源"), ("note", "備考"), ("c1", "確定"),
    ]  # fmt: skip
    assert columns[1]["settings"] == {"unit": "千円", "places": 0} and columns[4]["settings"]["choices"] == [
        "確定",
        "未定",
    ]


def test_two_who_edit_one_question_are_told_and_both_texts_stand(call, sign_in_as):
    first, second = sign_in_as("officer")[0], sign_in_as("officer")[0]
    address = f"/calls/{call.id}/form/questions/problem"
    entries, late = entries_of(page(first.get(address))), entries_of(page(second.get(address)))
    assert first.post(address, data={**entries, "label_ja": "先の文"}).status_code == 302
    answer = second.post(address, data={**late, "label_ja": "後の文"})
    assert answer.status_code == 409 and "先の文" in page(answer) and "後の文" in page(answer)
    assert form_of(call).questions["problem"].label.ja == "先の文"
    assert second.post(address, data={**entries_of(page(answer)), "label_ja": "二つの文"}).status_code == 302
    assert form_of(call).questions["problem"].label.ja == "二つの文"
    words = f"/calls/{call.id}/form/sections/problem"
    seen = re.search(r'name="seen" type="hidden" value="([^"]*)"', page(first.get(words)))[1]
    assert first.post(words, data={"seen": seen, "label_ja": "先の節"}).status_code == 302
    answer = second.post(words, data={"seen": seen, "label_ja": "後の節"})
    assert answer.status_code == 409 and "先の節" in page(answer) and "後の節" in page(answer)
    assert form_of(call).section("problem").label.ja == "先の節"


def test_two_who_edit_different_questions_do_not_disturb_each_other_and_an_old_order_moves_nothing(
    call, officer
):
    seen = re.search(r'name="seen" value="([^"]*)"', page(officer.get(f"/calls/{call.id}/form")))[1]
    one, two = (f"/calls/{call.id}/form/questions/{key}" for key in ("problem", "spread"))
    entries = {address: entries_of(page(officer.get(address))) for address in (one, two)}
    for address in (one, two):
        assert officer.post(address, data={**entries[address], "label_ja": "別の文"}).status_code == 302
    before = form_of(call)
    move(officer, call, "section", "problem", "down", seen=seen)
    assert form_of(call) == before
    move(officer, call, "section", "problem", "down")
    assert form_of(call) != before


def test_what_is_typed_is_seen_as_applicants_see_it_before_it_is_saved(call, officer):
    address = f"/calls/{call.id}/form/questions/area"
    entries = {**entries_of(page(officer.get(address))), "label_ja": "どこで", "settings-choices": "山\n海"}
    looked = page(officer.post(address, data={**entries, "look": "1"}))
    assert 'value="海"' in looked.split('id="preview"')[1] and "どこで" in looked.split('id="preview"')[1]
    answer = officer.post(address, data=entries, headers={"Accept": "application/json"})
    assert 'value="山"' in answer.json["html"] and "どこで" in answer.json["html"]
    unfinished = officer.post(
        address, data={**entries, "settings-choices": ""}, headers={"Accept": "application/json"}
    )
    assert unfinished.status_code == 200 and "団体の全域" in unfinished.json["html"]
    assert form_of(call) == default_form()
    whole = page(officer.get(f"/calls/{call.id}/form/preview"))
    assert all(section.label.ja in whole for section in default_form().sections)


def test_a_condition_names_answers_of_one_question_that_stands_before(call, officer):
    address = f"/calls/{call.id}/form/questions/area_name"
    shown = page(officer.get(address))
    assert 'value="area=一部の地区"' in shown and 'value="linkage=APIの公開"' not in shown
    entries = entries_of(shown)
    for wrong in (
        ["area=一部の地区", "readiness=実証中"],
        ["linkage=APIの公開"],
        ["area=ない"],
        ["nothing=ない"],
        ["="],
    ):
        answer = officer.post(address, data={**entries, "condition": wrong})
        assert answer.status_code == 422, wrong
    assert form_of(call) == default_form()


def test_the_form_of_an_earlier_call_of_the_programme_is_taken_over_into_a_draft(call, officer):
    earlier = factories.call(title="昨年度の募集", selection_fy=2021)
    another = factories.call(programme=factories.programme("another"), title="他事業の募集")
    db.session.commit()
    shown = page(officer.get(f"/calls/{call.id}/form/copy"))
    assert "昨年度の募集" in shown and "他事業の募集" not in shown
    assert officer.post(f"/calls/{call.id}/form/copy", data={"earlier": str(another.id)}).status_code == 422
    assert officer.post(f"/calls/{call.id}/form/copy", data={"earlier": str(earlier.id)}).status_code == 302
    assert form_of(call) == form_of(earlier)
    assert events(call) == ["form_edited"]
    other = f"/calls/{earlier.id}/form/copy"  # it is published
    assert officer.post(other, data={"earlier": str(call.id)}).status_code == 302
    assert form_of(earlier) != default_form()


def test_a_form_that_cannot_be_asked_keeps_the_call_from_being_published(call, officer):
    officer.post(f"/calls/{call.id}/form/sections", data={"label_ja": "空の節"})
    answer = officer.post(f"/calls/{call.id}/publication")
    assert answer.status_code == 422 and "空の節" in page(answer)
    assert db.session.scalar(select(Call.state).where(Call.id == call.id)) == "draft"


def test_parts_that_are_not_there_are_not_found(call, officer):
    base = f"/calls/{call.id}/form"
    for address in (
        "questions/nothing",
        "questions/nothing/removal",
        "sections/nothing",
        "sections/nothing/removal",
    ):
        assert officer.get(f"{base}/{address}").status_code == 404
    assert officer.get(f"{base}/sections/nothing/questions").status_code == 404
    assert move(officer, call, "question", "nothing", "up").status_code == 404
    assert move(officer, call, "question", "title", "sideways").status_code == 404
