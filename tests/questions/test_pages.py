"""The page of a section: drawn for every kind, saved by its buttons and by itself, and what is told when it is not."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import g
from flask_login import login_user

from app.db import db
from app.questions import answering, freezing, pages
from app.questions.definition import Condition, Definition, Section, Words
from app.questions.forms import condition_in_words, form_of, section_form, shown_questions
from app.questions.kind import Unreadable, Upload
from app.questions.kinds import KINDS
from app.web.access import actor
from app.web.entries import Entries
from tests.factories.applications import PDF
from tests.questions.forms import of_all_kinds, question

PAGE = """{% from "questions/_section.html" import section with context %}
{% for error in form.errors.values() %}{{ error }}{% endfor %}{{ section(form, shown) }}"""


@pytest.fixture
def form():
    asked = of_all_kinds(KINDS)
    everything = tuple(it for section in asked.sections for it in section.questions)
    later = question("short_text", "later", condition=Condition("confirmation", ("yes",)))
    return Definition(
        (Section("all", Words("すべて"), everything), Section("second", Words("次"), (later, question("long_text", "more"))))
    )  # fmt: skip


@pytest.fixture
def send(app, response, editor, at):
    """What the page of a section answers to a request of the editor."""

    def sent(section: str, data: dict[str, Any] | None = None, *, json: bool = False) -> tuple[str, int]:
        db.session.commit()
        headers = {"Accept": "application/json"} if json else {}
        method = "GET" if data is None else "POST"
        with app.test_request_context(method=method, data=data, headers=headers):
            login_user(editor, force=True)
            answer = pages.section_page(
                response, response.form.section(section), _frame(app, response, section, at)
            )
            answer = app.make_response(answer)
            g.pop("csrf_token", None)
            return answer.get_data(as_text=True), answer.status_code

    return sent


def _frame(app: Any, response: Any, section: str, at: Any) -> pages.Frame:
    def save(form: Any, by_itself: bool) -> None:
        answering.save_section(
            response, section, form.values, version=form.version.data, form=form.form_version.data,
            quietly=by_itself, actor=actor(), at=at,
        )  # fmt: skip

    def shown(form: Any) -> str:
        return app.jinja_env.from_string(PAGE).render(form=form, shown=shown_questions(response, form))

    def stale(form: Any, stale: Any, own: bool) -> str:
        return f"stale own={own} theirs={stale.theirs} yours={stale.yours} version={form.version.data}"

    return pages.Frame(save, shown, stale, after=lambda: "went on")


ENTRIES = {
    "version": "0",
    "form_version": "1",
    "short_text": "雪道",
    "long_text": "本文",
    "number": "１２人",
    "date": "令和5年3月31日",
    "period_from": "R5.4.1",
    "period_until": "R6.3.31",
    "one_choice": "市内全域",
    "several_choices": ["未定", "市内全域"],
    "technologies": ["AI"],
    "technologies_other": "量子センサ",
    "technologies_etc": "y",
    "local_governments": "南アルプス市",
    "table-0-item": "機材",
    "table-0-amount": "1,200",
    "table-0-due": "",
    "table-0-kind": "国費",
    "table-1-item": "",
    "confirmation": "y",
}


def test_every_kind_is_asked_through_the_page_and_shown_again(response, send):
    page, status = send("all")
    assert status == 200
    for name in (
        "short_text",
        "number",
        "period_from",
        "technologies_other",
        "table-0-item",
        "file",
        "confirmation",
    ):
        assert f'name="{name}"' in page
    file = {"file": (io.BytesIO(PDF), "計画.pdf")}
    assert send("all", {**ENTRIES, **file}) == ("went on", 200)
    assert {key for key, value in response.values.items() if value} == set(KINDS)
    assert response.value_of("table") == [{"item": "機材", "amount": "1200", "kind": "国費"}]
    assert response.value_of("technologies") == {"names": ["AI"], "etc": True, "other": "量子センサ"}
    page, _status = send("all")
    for shown in ('value="雪道"', "本文</textarea>", 'value="12"', 'value="2023-04-01"', "南アルプス市",
                  'value="機材"', "計画.pdf"):  # fmt: skip
        assert shown in page, shown


@pytest.mark.parametrize(
    ("kind", "required"),
    [*((kind, True) for kind in KINDS), *((kind, False) for kind in KINDS if kind != "confirmation")],
)
def test_every_kind_says_whether_it_has_to_be_answered(app, kind, required):
    section = Section("only", Words("一問"), (question(kind, required=required),))
    with app.test_request_context():
        form = form_of(section, {})
        form.form = Definition((section,))
        page = app.jinja_env.from_string(PAGE).render(form=form, shown=None)
    first = re.search(r'class="field__mark[^>]*>([^<]*)<', page)
    assert first and first[1] == ("※必須" if required else "任意")


def test_the_file_stays_ticked_and_goes_when_it_is_unticked(response, send):
    send("all", {**ENTRIES, "file": (io.BytesIO(PDF), "計画.pdf")})
    (told,) = response.value_of("file")
    send("all", {**ENTRIES, "version": "1", "short_text": "別", "file_kept": [told["sha256"]]})
    assert response.value_of("file") == [told]
    send("all", {**ENTRIES, "version": "2", "file_kept": ["f" * 64]})
    assert response.value_of("file") == []


def test_what_is_missing_is_asked_for_by_the_button_but_not_by_the_autosave_or_for_now(response, send):
    page, status = send("all", {"version": "0", "short_text": "雪道"})
    assert (status, response.values) == (422, {})
    assert 'aria-invalid="true"' in page
    assert send("all", {"version": "0", "short_text": "雪道"}, json=True) == ('{"version":1}\n', 200)
    assert send("all", {"version": "1", "short_text": "雪", "for_now": "1"})[1] == 302
    assert response.value_of("short_text") == "雪"


UNREADABLE = {
    "number": "多い",
    "date": "来週",
    "period_until": "R1.1.1",
    "one_choice": "ない",
    "several_choices": "ない",
    "technologies": "ない",
    "local_governments": "どこにもない市",
    "table-0-amount": "約100",
    "short_text": "二\n行",
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_told_at_its_entry_kept_on_the_page_and_not_saved(response, send, name):
    entries = {**ENTRIES, name: UNREADABLE[name]}
    page, status = send("all", {**entries, "for_now": "1"})
    assert (status, response.values) == (422, {})
    assert "field__error" in page
    typed = UNREADABLE[name].replace("\n", " ")
    assert typed in page or name in ("one_choice", "several_choices", "technologies")
    told, status = send("all", entries, json=True)
    assert (status, '"refused"' in told) == (422, True)


def test_a_file_that_is_none_is_refused_at_its_entry(response, send):
    page, status = send("all", {**ENTRIES, "file": (io.BytesIO(b"MZ\x90"), "計画.pdf")})
    assert (status, response.files) == (422, [])
    assert "計画.pdf" in page


def test_a_hidden_answer_is_refused_in_words_and_what_was_typed_stands_there(response, send):
    page, status = send("all", {**ENTRIES, "where": "白根地区"})
    assert (status, response.values) == (422, {})
    assert "白根地区" in page
    assert "一部の地区" in page
    assert send("all", {**ENTRIES, "where": "白根地区", "one_choice": "一部の地区"}) == ("went on", 200)
    assert 'name="later"' in send("second")[0]


def test_a_question_that_an_answer_elsewhere_hides_is_not_drawn(response, send):
    assert 'name="later"' not in send("second")[0]
    assert 'name="where"' in send("all")[0]  # an answer on the same page may bring it up
    told, status = send("second", {"version": "0", "later": "x", "more": ""}, json=True)
    assert (status, "refused" in told) == (422, True)
    assert response.values == {}


@pytest.mark.parametrize(("number", "words"), [("9", "その版は"), ("0", "その版は")])
def test_a_version_of_the_form_that_never_was_is_told(response, send, number, words):
    page, status = send("all", {**ENTRIES, "form_version": number})
    assert (status, response.values) == (409, {})
    assert words in page
    assert "雪道" in page


def test_a_stale_page_has_both_answers_and_the_version_to_go_on_from(response, send, at, editor):
    answering.save_section(response, "second", {"more": "別の本文"}, version=0, actor=editor, at=at)
    page, status = send("second", {"version": "0", "more": "私の本文"})
    assert status == 409
    assert (
        page
        == "stale own=True theirs={'later': '', 'more': '別の本文'} yours={'later': '', 'more': '私の本文'} version=1"
    )
    told, status = send("second", {"version": "0", "more": "私の本文"}, json=True)
    assert (status, '"stale"' in told) == (409, True)


def test_hostile_entries_are_text_and_nothing_more(response, send):
    hostile = "<script>alert(1)</script>{{ 7*7 }}\x00'; DROP TABLE responses; --"
    entries = Entries([("version", "0"), ("more", hostile)])
    assert send("second", dict(entries)) == ("went on", 200)
    assert response.value_of("more") == hostile.replace("\x00", "")
    page, _status = send("second")
    assert "<script>" not in page
    assert "49" not in page
    assert send("second", {"version": "1", "more": "字" * 2_000_000}, json=True)[1] == 422


def test_frozen_answers_of_every_kind_are_shown_in_both_languages(app, response, send):
    send("all", {**ENTRIES, "file": (io.BytesIO(PDF), "計画.pdf")})
    content = freezing.content_of(response)
    shown = """{% from "questions/_section.html" import answers_of with context %}{{ answers_of(answers, files) }}"""
    files = {content["sections"][0]["answers"][2]["value"][0]["sha256"]: "/somewhere"}
    for language, heading in (("ja", "fileの問い"), ("en", "A question of file")):
        with app.test_request_context(headers={"Cookie": f"language={language}"}):
            for kept in list(g):  # of the page before
                g.pop(kept)
            page = app.jinja_env.from_string(shown).render(
                answers=list(freezing.answers_in(content)), files=files
            )
        for text in (heading, "雪道", "12人", "/somewhere", "機材", "AI、量子センサ"):
            assert text in page, (language, text)


def test_differences_are_drawn_side_by_side(app, response, send):
    send("all", ENTRIES)
    before = freezing.content_of(response)
    send("all", {**ENTRIES, "version": "1", "long_text": "本文を改める"})
    differences = freezing.compare(before, freezing.content_of(response))
    with app.test_request_context():
        page = app.jinja_env.from_string(
            '{% from "questions/_section.html" import sides with context %}{% for it in d %}{{ sides(it) }}{% endfor %}'
        ).render(d=differences)
    assert "<ins>を改める</ins>" in page
    assert "<del>" not in page


def test_the_form_of_a_section_is_filled_from_the_answers_without_a_request_to_save(
    app, response, editor, at
):
    answering.save_section(response, "second", {"more": "本文"}, version=0, actor=editor, at=at)
    with app.test_request_context():
        made = section_form(response, response.form.section("second"))
    assert (made["more"].data, made.version.data, made.form_version.data) == ("本文", 1, 1)


def test_a_file_that_came_beside_what_is_missing_is_kept_and_stands_on_the_page(send, response):
    """A browser cannot send it again by itself: who mends the rest would lose it without a word."""
    data = {**ENTRIES, "short_text": "", "file": (io.BytesIO(PDF), "計画.pdf")}
    page, status = send("all", data)
    db.session.refresh(response)
    (kept,) = response.value_of("file")
    assert status == 422 and kept["filename"] == "計画.pdf"
    assert re.search(rf'<input[^>]*checked[^>]*value="{kept["sha256"]}"', page)
    again = {**ENTRIES, "version": str(response.version_of("all")), "file_kept": kept["sha256"]}
    assert send("all", again)[0] == "went on"
    db.session.refresh(response)
    assert response.value_of("file") == [kept]


def test_a_question_says_how_large_a_file_may_be(app, response):
    small = question("file", settings={"max_mb": 1}).asked
    assert small.max_bytes == 2**20
    with pytest.raises(Unreadable, match="larger than 1 MB"):
        small.parse(Upload("大きい.pdf", PDF + bytes(2**20)))
    assert question("file", settings={"max_mb": 500}).asked.max_bytes == app.config["ATTACHMENT_MAX_BYTES"]
    for wrong in (0, 2001, "many", 1.5, True):
        assert list(question("file", settings={"max_mb": wrong}).asked.faults()), wrong


def test_more_rows_than_can_be_handed_in_are_kept_and_shown_again(response, send):
    pasted = "\n".join(f"費目{number}\t{number}" for number in range(12))
    assert send("all", {**ENTRIES, "table-paste": pasted, "for_now": "1"})[1] == 302
    page, status = send("all")
    assert (status, len(response.value_of("table"))) == (200, 13)
    assert 'value="費目11"' in page and "費目11\t" not in page
    send(
        "all",
        {**ENTRIES, "version": "1", "table-paste": "\n".join("語" * 1 for _ in range(203)), "for_now": "1"},
    )
    assert send("all")[1] == 200


@pytest.mark.parametrize(
    ("answers", "told"),
    [(("未定",), "「未定」と回答"), (("市内全域", "未定"), "「市内全域、未定」のいずれか")],
)
def test_a_question_that_several_answers_open_says_that_one_of_them_is_enough(app, answers, told):
    area = question("one_choice", "area")
    due = question("date", "due", condition=Condition("area", answers))
    asked = Definition((Section("s", Words("区分"), (area, due)),))
    with app.test_request_context():
        assert told in condition_in_words(asked, due)
