"""Rows copied in a spreadsheet: read as they were copied, added to those there are, refused by their line."""

from __future__ import annotations

import pytest

from app.questions.definition import Question, Words
from app.questions.kind import Unreadable
from app.questions.pasting import rows_of
from app.web.i18n import sentence_of

COLUMNS = [
    {"key": "item", "kind": "short_text", "label": {"ja": "項目"}},
    {"key": "amount", "kind": "number", "label": {"ja": "金額"}, "settings": {"unit": "円"}},
    {"key": "due", "kind": "date", "label": {"ja": "期日"}},
]
HEADS = ["項目", "金額（円）", "期日"]


@pytest.fixture
def table(plain_app):
    with plain_app.test_request_context():
        yield Question("plan", "table", Words("計画"), settings={"columns": COLUMNS, "most": 5}).asked


def read(table, pasted, rows=()):
    return table.parse(table.gather({"plan": list(rows), "plan-paste": pasted}, []))


def test_rows_are_read_as_a_spreadsheet_copies_them():
    text = '項目\t金額（円）\t期日\r\n"二行の\n項目"\t1\t\r\n\t\t\r\n"「""」"\t2\tR5.3.31\r\n'
    found = rows_of(text, HEADS)
    assert [list(row) for row in found] == [["二行の\n項目", "1", ""], ['「"」', "2", "R5.3.31"]]
    assert [row.line for row in found] == [2, 4]


def test_an_empty_first_cell_stays_empty(table):
    assert read(table, "\t１，２００\t\n機材\t\t令和5年3月31日") == [
        {"amount": "1200"},
        {"item": "機材", "due": "2023-03-31"},
    ]


def test_they_are_added_to_the_rows_that_are_typed(table):
    typed = {"item": "工事", "amount": "5", "due": ""}
    assert [row["item"] for row in read(table, "機材\t7", [typed])] == ["工事", "機材"]
    assert [row["item"] for row in read(table, "", [typed])] == ["工事"]
    assert [row["item"] for row in read(table, None, [typed])] == ["工事"]


@pytest.mark.parametrize(
    ("pasted", "told"),
    [
        ("機材\t7\n工事\t七", "2行目"),
        ("機材\t7\t2023-02-30", "期日"),
        ("機材\t7\t\t余り", "1行目"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_line(table, pasted, told):
    with pytest.raises(Unreadable) as caught:
        read(table, pasted)
    assert caught.value.entry == "plan-paste"
    assert told in sentence_of(caught.value)


def test_a_quotation_mark_that_nothing_closes_loses_nothing(table):
    rows = read(table, '"機材\t7\n工事\t8')
    assert "機材" in str(rows) and "工事" in str(rows)


def test_what_is_too_long_for_any_table_is_refused(table):
    with pytest.raises(Unreadable):
        read(table, "長" * 200_001)
    with pytest.raises(Unreadable):
        read(table, "機材\n" * 300)
