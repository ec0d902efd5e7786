"""Each kind by itself: what is understood, what is refused, and that nothing hostile gets further than a sentence."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.questions.definition import BadDefinition, Definition, Question, Section, Words
from app.questions.kind import Kind, Unreadable, Upload
from app.questions.kinds import KINDS
from app.storage import path_of
from app.web.i18n import sentence_of
from tests import factories
from tests.factories.applications import PDF, office_file
from tests.questions.forms import TAGS, question

pytestmark = pytest.mark.usefixtures("app")
A_FILE = {
    "filename": "計画.pdf", "media_type": "application/pdf", "size": 26, "sha256": "a" * 64, "path": path_of("a" * 64, ".pdf"),
}  # fmt: skip

UNDERSTOOD = [
    ("short_text", " 雪道の見守り　", "雪道の見守り"),
    ("short_text", "葛󠄀城市", "葛󠄀城市"),
    ("short_text", "雪👨‍👩‍👧道", "雪👨‍👩‍👧道"),
    ("short_text", 2023, "2023"),
    ("short_text", 20.0, "20"),
    ("short_text", None, ""),
    ("short_text", "a\x00b\ufeffc\ud800", "abc"),
    ("short_text", "あ" * 5000, "あ" * 5000),
    ("long_text", "一行目\r\n二行目\n\n", "一行目\n二行目"),
    ("long_text", "a\x00b\u202ec\u200bd", "abcd"),
    ("long_text", "\u2028一\u2029二", "\n一\n二".strip("\n")),
    ("number", "１，２３４．５０", "1234.5"),
    ("number", "1,234人", "1234"),
    ("number", " 1 234 ", "1234"),
    ("number", "▲12", "-12"),
    ("number", "△１．５", "-1.5"),
    ("number", "−3", "-3"),
    ("number", "-0", "0"),
    ("number", "007", "7"),
    ("number", 12, "12"),
    ("number", 12.5, "12.5"),
    ("number", Decimal("3.10"), "3.1"),
    ("number", "", ""),
    ("number", None, ""),
    ("number", "人", ""),
    ("date", "令和５年３月３１日（金）", "2023-03-31"),
    ("date", "R5.3.31", "2023-03-31"),
    ("date", "20230331", "2023-03-31"),
    ("date", date(2023, 3, 31), "2023-03-31"),
    ("date", datetime(2023, 3, 31, 12), "2023-03-31"),
    ("date", 45016, "2023-03-31"),
    ("date", 45016.0, "2023-03-31"),
    ("date", 20230331, "2023-03-31"),
    ("date", "　", ""),
    ("period", "R5.4.1～R6.3.31", {"from": "2023-04-01", "until": "2024-03-31"}),
    ("period", "令和5年4月1日から令和6年3月31日まで", {"from": "2023-04-01", "until": "2024-03-31"}),
    ("period", {"from": date(2023, 4, 1), "until": ""}, {"from": "2023-04-01", "until": ""}),
    ("period", ["2023-04-01", "2023-04-01"], {"from": "2023-04-01", "until": "2023-04-01"}),
    ("period", "", ""),
    ("one_choice", "市内全域", "市内全域"),
    ("one_choice", " 未定 ", "未定"),
    ("one_choice", "", ""),
    ("several_choices", "未定、市内全域", ["市内全域", "未定"]),
    ("several_choices", ["未定", "未定"], ["未定"]),
    ("several_choices", [], []),
    ("several_choices", "", []),
    ("technologies", "ＡＩ、ドローン等", {"names": ["AI", "ドローン"], "etc": True, "other": ""}),
    ("technologies", "ドローン、量子センサ", {"names": ["ドローン"], "etc": False, "other": "量子センサ"}),
    ("technologies", {"names": ["AI"]}, {"names": ["AI"], "etc": False, "other": ""}),
    ("technologies", None, {"names": [], "etc": False, "other": ""}),
    ("local_governments", "", {"bodies": [], "complete": False}),
    ("table", "", []),
    ("table", [["機材", "1,200", "R5.6.30", "国費"]], [{"item": "機材", "amount": "1200", "due": "2023-06-30", "kind": "国費"}]),
    ("table", "機材\t1,200\n\t\n", [{"item": "機材", "amount": "1200"}]),
    ("table", [{"item": "機材", "unknown": "x"}], [{"item": "機材"}]),
    ("file", [], []),
    ("file", [A_FILE], [A_FILE]),
    ("confirmation", True, True),
    ("confirmation", "はい", True),
    ("confirmation", "○", True),
    ("confirmation", "", False),
    ("confirmation", None, False),
]  # fmt: skip

REFUSED = [
    ("short_text", "二\n行"), ("short_text", "\u202e逆"), ("short_text", ["x"]), ("short_text", True), ("short_text", {}),
    ("long_text", b"bytes"), ("long_text", []), ("long_text", "あ" * 10_000_001),
    ("number", "約5,000"), ("number", "1万2千"), ("number", "5～10"), ("number", "1,23"), ("number", "1.2.3"),
    ("number", "１２３" * 20), ("number", "NaN"), ("number", float("nan")), ("number", float("inf")), ("number", True),
    ("number", 10**5000), ("number", "九"), ("number", "=1+1"), ("number", "0x10"), ("number", "1e5"), ("number", "٣"),
    ("number", []), ("number", "5台"),
    ("date", "令和5年2月30日"), ("date", "平成35年4月1日"), ("date", "来週"), ("date", 1.5), ("date", 3), ("date", -1),
    ("date", True), ("date", date(1800, 1, 1)), ("date", float("nan")), ("date", float("inf")), ("date", ["2023-01-01"]),
    ("date", "9" * 1000), ("date", 10**400), ("date", 99999999),
    ("period", "R6.3.31～R5.4.1"), ("period", "2023-04-01"), ("period", 5), ("period", ["2023-04-01"]),
    ("period", {"from": "x", "until": ""}), ("period", "～" * 10_000),
    ("one_choice", "ない"), ("one_choice", ["市内全域"]), ("one_choice", "市内全域\x00市外"), ("one_choice", "x" * 100_000),
    ("several_choices", "ない"), ("several_choices", [1]), ("several_choices", {"市内全域": True}),
    ("several_choices", ["市内全域"] * 5000), ("several_choices", "、" * 1_000_000), ("several_choices", 5),
    ("technologies", {"names": ["ない"]}), ("technologies", {"names": [], "etc": "y"}), ("technologies", 7),
    ("technologies", {"names": "AI", "other": "二\n行"}), ("technologies", {"other": "\u202e"}), ("technologies", ["AI"]),
    ("local_governments", "どこにもない市"), ("local_governments", "999999"), ("local_governments", "010006"),
    ("local_governments", [{"id": 10**12}]), ("local_governments", [{"id": "1"}]), ("local_governments", [{"id": True}]),
    ("local_governments", {"bodies": [], "complete": "y"}), ("local_governments", [None]), ("local_governments", 5),
    ("local_governments", "市" * 100_000), ("local_governments", ["あ" * 5000]), ("local_governments", ["ﷺ" * 90]),
    ("table", [["機材", "多い"]]), ("table", [["機材", "1", "", "", "はみ出し"]]), ("table", ["x"]), ("table", {"0": []}),
    ("table", [[]] * 5000), ("table", "語\n" * 5000), ("table", 5), ("table", [[["入れ子"]]]), ("table", "x" * 1_000_000),
    ("file", "計画.pdf"), ("file", [{}]), ("file", [A_FILE | {"path": "../../etc/passwd"}]), ("file", [A_FILE | {"sha256": "x"}]),
    ("file", [A_FILE | {"filename": "../計画.pdf"}]), ("file", [A_FILE | {"size": "1"}]), ("file", [b"%PDF-"]),
    ("file", Upload("計画.exe", PDF)), ("file", Upload("計画.pdf", b"MZ\x90")), ("file", Upload("", PDF)),
    ("file", Upload("計画.pdf", b"")), ("file", Upload("計画.pdf", b"<html>")), ("file", Upload("計画.zip", b"PK\x03\x04")),
    ("file", Upload("表.xlsx", office_file("xl/", "xl/vbaProject.bin"))), ("file", Upload("\u202efdp.exe", PDF)),
    ("confirmation", "たぶん"), ("confirmation", 2), ("confirmation", []), ("confirmation", "y" * 1_000_000),
    ("confirmation", 1.5),
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_understood(kind):
    asked = question(kind).asked
    for entered, value in _of(kind, UNDERSTOOD):
        assert asked.parse(entered) == value, repr(entered)[:200]
        json.dumps(value)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_refused_is_told_in_a_sentence_and_nothing_else(kind):
    asked, tried = question(kind).asked, 0
    for (entered,) in _of(kind, REFUSED):
        try:
            value = asked.parse(entered)
        except Unreadable as refused:
            said = sentence_of(refused)
        else:
            pytest.fail(f"{repr(entered)[:200]} was read as {repr(value)[:200]}")
        assert 0 < len(said) < 1000, repr(entered)[:200]
        tried += 1
    assert tried >= 3


def _of(kind: str, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    found = [row[1:] for row in rows if row[0] == kind]
    assert found
    return found


ANYTHING: list[Any] = [
    None, "", " ", "\x00", "\ud800", "\u202e\u2066", "👨‍👩‍👧", "ｱｲｳ", "<script>alert(1)</script>", "{{ 7*7 }}", "%s%n%(x)s", "=1+1",
    "'; DROP TABLE responses; --", "0", "-1", "1e999", 0, -1, 1.5, float("nan"), float("-inf"), 10**30, True, False,
    [], [[]], [None], [{}], {}, {"": None}, {"id": 1}, (), set(), b"\x00", object(), date.min, date.max, datetime.max, Decimal("NaN"),
    Decimal("Infinity"), Decimal("1E+1000000"), Upload("a\x00.pdf", PDF), Upload("x", b""), "﷽" * 100, "a" * 10_000_000,
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_sent_is_read_or_refused_and_what_is_read_can_be_kept_and_shown(kind):
    asked = question(kind).asked
    for entered in ANYTHING:
        try:
            value = asked.parse(entered)
        except Unreadable:
            continue
        if isinstance(value, list) and any(isinstance(it, Upload) for it in value):
            continue
        assert "\x00" not in json.dumps(value, ensure_ascii=False)
        json.dumps(value).encode()
        list(asked.problems(value, "s"))
        frozen = asked.freeze(value)
        json.dumps(frozen)
        assert isinstance(asked.shown(frozen), str)
        assert len(asked.data(frozen)) == len(asked.columns())
        assert asked.length(value) >= 0


@pytest.mark.parametrize("kind", KINDS)
def test_no_answer_is_empty_shows_nothing_and_is_missed_where_it_is_required(kind):
    asked = question(kind, required=True).asked
    assert asked.is_empty(asked.empty)
    assert [problem.anchor for problem in asked.problems(asked.empty, "s")]
    assert list(question(kind).asked.problems(asked.empty, "s")) == []
    assert asked.parse(None) == asked.empty
    assert kind == "confirmation" or asked.shown(asked.freeze(asked.empty)) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_a_cell_gives_back_what_was_put_into_it(kind):
    asked = question(kind).asked
    for _entered, value in _of(kind, UNDERSTOOD):
        if kind == "file":
            with pytest.raises(Unreadable, match="not in a spreadsheet"):
                asked.read(asked.cells(value))
        else:
            assert asked.read(asked.cells(value)) == value


def test_a_local_government_is_told_by_name_code_or_both_and_never_guessed():
    fuchu = factories.organisation("府中市", "132063", prefecture="東京都")
    factories.organisation("府中市", "342084", prefecture="広島県")
    alone = factories.organisation("小樽市", "012033", prefecture="北海道")
    office = factories.office()
    asked = question("local_governments").asked
    for text in ("小樽市", "北海道小樽市", "012033", "12033", "０１２０３３", "北海道小樽市（012033）"):
        assert [body["id"] for body in asked.parse(text)["bodies"]] == [alone.id], text
    assert [it["id"] for it in asked.parse("東京都府中市\n小樽市、小樽市")["bodies"]] == [fuchu.id, alone.id]
    with pytest.raises(Unreadable, match=r"132063.*342084"):
        asked.parse("府中市")
    with pytest.raises(Unreadable):
        asked.parse(office.name)
    assert asked.read(asked.cells(asked.parse("小樽市"))) == asked.parse("小樽市")
    assert asked.shown(asked.freeze(asked.parse("小樽市"))) == "北海道小樽市"
    alone.name = "新小樽市"
    before = asked.parse([{"id": alone.id}])
    alone.name = "小樽市"
    assert asked.freeze(before)["bodies"] == [{"code": "012033", "name": "北海道小樽市"}]


def test_a_list_of_bodies_may_have_to_be_declared_complete_also_when_it_is_empty():
    asked = question("local_governments", settings={"confirm": True, "most": 1}).asked
    assert [problem.anchor for problem in asked.problems(asked.empty, "s")] == ["local_governments_complete"]
    assert list(asked.problems({"bodies": [], "complete": True}, "s")) == []
    two = [{"id": 1, "code": None, "name": "甲"}, {"id": 2, "code": None, "name": "乙"}]
    assert [it.values["most"] for it in asked.problems({"bodies": two, "complete": True}, "s")] == [1]


LIMITS = [
    ("short_text", {"max_chars": 3}, "四文字だ", "over"),
    ("long_text", {"max_chars": 3}, "四文字だ", "over"),
    ("number", {"least": "5"}, "4.9", "limit"),
    ("number", {"most": "5"}, "5.1", "limit"),
    ("number", {"places": 1}, "5.25", "places"),
    ("technologies", {}, {"names": [], "etc": False, "other": "長" * 201}, "over"),
    ("table", {"most": 1}, [["甲"], ["乙"]], "most"),
    ("one_choice", {"choices": ["甲"]}, None, "question"),
    ("several_choices", {"choices": ["甲"]}, None, "question"),
]


@pytest.mark.parametrize(("kind", "settings", "entered", "named"), LIMITS)
def test_a_limit_is_told_and_does_not_keep_a_draft_from_being_kept(kind, settings, entered, named):
    asked = question(kind, settings=settings).asked
    value = (
        asked.parse(entered) if entered is not None else {"one_choice": "乙", "several_choices": ["乙"]}[kind]
    )
    (problem,) = asked.problems(value, "s")
    assert problem.values[named]
    assert problem.sentence
    assert list(asked.problems(asked.empty, "s")) == []


def test_a_required_column_is_asked_for_in_each_row_with_the_cell_named():
    asked = question("table").asked
    (problem,) = asked.problems(asked.parse([["機材", "5"], ["", "6"]]), "s")
    assert problem.anchor == "table-1-item"
    assert "tableの問い（2） 費目" in problem.sentence


def test_a_confirmation_is_asked_for_as_a_tick_and_not_as_an_answer():
    (problem,) = question("confirmation", required=True).asked.problems(False, "s")
    assert problem.sentence == "「confirmationの問い」を確認し、チェックを入れてください。"
    assert list(question("confirmation", required=True).asked.problems(True, "s")) == []


def test_a_form_may_say_in_its_own_words_what_is_missing():
    own = Question(
        "title", "short_text", Words("名"), required=True, words={"missing": Words("事業名を。", "A title.")}
    )
    assert [problem.sentence for problem in own.asked.problems("", "s")] == ["事業名を。"]


BAD = [
    question("long_text", settings={"max_chars": 0}), question("short_text", settings={"max_chars": "5"}),
    question("one_choice", settings={"choices": []}), question("one_choice", settings={"choices": ["甲", "甲"]}),
    question("several_choices", settings={"choices": "甲乙"}), question("technologies", settings={"choices": ["", "甲"]}),
    question("number", settings={"least": "5", "most": "4"}), question("number", settings={"least": "x"}),
    question("number", settings={"places": 99}), question("table", settings={"columns": []}),
    question("table", settings={"columns": [{"key": "a", "kind": "table", "label": "列"}]}),
    question("table", settings={"columns": [{"key": "a", "kind": "number", "label": ""}]}),
    question("table", settings={"columns": [{"key": "a", "kind": "number", "label": "列"}] * 2}),
    question("table", settings={"most": 10_000}), question("file", settings={"most": 0}),
    question("local_governments", settings={"most": 1000}), question("date", key="日付"), question("date", key="data"),
    question("date", key="csrf_token"), question("date", label=Words("")), Question("x", "nothing", Words("問い")),
]  # fmt: skip


def test_a_question_that_could_not_be_answered_is_no_part_of_a_form():
    for asked in BAD:
        with pytest.raises(BadDefinition) as bad:
            Definition((Section("s", Words("節"), (asked,)),)).check()
        assert all(msgid % values for msgid, values in bad.value.faults), asked


def test_a_definition_is_the_same_after_it_was_kept():
    from tests.questions.forms import of_all_kinds

    form = of_all_kinds(KINDS)
    again = Definition.of(json.loads(json.dumps(form.to_json())))
    assert (again, again.sha256) == (form, form.sha256)


def test_each_kind_has_a_name_and_settings_of_its_own(app):
    for name, kind in KINDS.items():
        assert name == kind.name == kind.__module__.rsplit(".", 1)[1]
        assert issubclass(kind, Kind)
        assert list(question(name).asked.faults()) == []
        with app.test_request_context():
            assert set(kind.settings_form()._fields) <= set(kind.defaults)
    assert TAGS
