"""A letter of any form, of one page or of many, is a PDF/UA-1 and a PDF/A-2a file at once."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date

import pytest

from app.correspondence import rendering
from app.correspondence.rendering import FORMS, Item, LetterContent, render
from press import printing
from tests.correspondence.pdf_standards import artifacts, faults

POINTS = (
    "再申請について",
    "地域実装協議会の継続について",
    "メールマガジンの配信について、長くなるときは次の行に続ける。",
)
LETTER = LetterContent(
    form="通知",
    number="4未技第1号",
    issued_on=date(2023, 3, 31),
    addressee="島根県美郷町長",
    honorific="殿",
    issuer="内閣府地方創生推進事務局長",
    subject="未来技術社会実装事業に係る支援の終了について",
    body=("選定した下記1の事業については、令和5年3月31日をもって支援を終了しますので、通知します。",),
    items=(
        Item("支援終了日", "令和5年3月31日（金）"),
        Item("対象となる事業", "選定年度　平成30年度\n事業名　見本の事業"),
        Item("支援終了後の取扱い", "次のとおりです。", POINTS),
    ),
    contact=("内閣府地方創生推進事務局　未来技術担当", "電子メール：mirai@example.jp"),
)
LONG = replace(LETTER, items=LETTER.items * 8)
FONT = rendering.font_path()
NO_ITEMS = replace(LETTER, items=(), contact=())


def of_form(letter, form):
    return replace(letter, form=form, number=None if form == "事務連絡" else letter.number)


def as_draft(letter):
    return replace(letter, number=None, issued_on=None, draft=True)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "letter", [LETTER, LONG, NO_ITEMS], ids=["one page", "several pages", "without items"]
)
def test_a_letter_of_every_form_holds_both_standards(letter, form):
    for one in (of_form(letter, form), as_draft(of_form(letter, form))):
        rendered = render(one)
        assert (rendered.pages > 1) == (letter is LONG)
        assert faults(rendered.pdf) == []


def test_the_mark_of_a_draft_and_the_numbers_of_pages_are_no_part_of_the_text():
    assert artifacts(render(LETTER).pdf) == [""]
    assert artifacts(render(as_draft(LETTER)).pdf) == ["案"]
    pages = render(LONG).pages
    assert artifacts(render(LONG).pdf) == [f"{page} / {pages}" for page in range(1, pages + 1)]
    assert artifacts(render(as_draft(LONG)).pdf) == [f"案{page} / {pages}" for page in range(1, pages + 1)]


def test_each_item_has_its_number_as_label_and_a_list_within_its_body(tmp_path):
    file = tmp_path / "letter.pdf"
    file.write_bytes(render(LETTER).pdf)
    tree = subprocess.run(
        ["pdfinfo", "-struct-text", file], capture_output=True, text=True, check=True
    ).stdout
    lines = [line.strip().strip('"') for line in tree.splitlines()]
    kinds = [line.split()[0] for line in lines if line.startswith(("L (", "LI (", "Lbl (", "LBody ("))]
    assert kinds[:7] == ["L", "LI", "Lbl", "LBody", "LI", "Lbl", "LBody"]
    assert kinds[7:] == ["LI", "Lbl", "LBody", "L"] + ["LI", "Lbl", "LBody"] * 3
    assert [text for text in lines if text.strip() in ("1", "2", "3", "(1)", "(2)", "(3)")]


WRONG = {
    "<html><body><h1>件名</h1><p>本文": "it has no language",
    '<html lang="ja"><h1>件名</h1><h3>記</h3>': "headings of levels [1, 3]",
    '<html lang="ja"><h2>記</h2>': "headings of levels [2]",
    '<html lang="ja"><h1>件名</h1><ol><li><p>項目</p></li></ol>': "/LI holds /P",
}


@pytest.mark.parametrize("html", WRONG)
def test_what_is_wrong_with_a_file_is_found(html):
    pdf, _, _ = printing.print_pdf(
        html.replace("<h1", "<title>件名</title><meta name=author content=局長><h1"), FONT
    )
    assert WRONG[html] in " ".join(faults(pdf))


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("finish", lambda document, pdf: None, "/LI holds /Div"),
        ("finish", lambda document, pdf: None, "belongs to nothing in the tree"),
        ("finish", lambda document, pdf: None, "'pdfuaid:part': None"),
        ("VARIANT", "pdf/ua-1", "not one output intent for PDF/A"),
    ],
)
def test_without_the_last_touch_a_letter_holds_neither(monkeypatch, name, value, told):
    monkeypatch.setattr(printing, name, value)
    monkeypatch.setattr(printing, "_press", printing._Press)  # no styles prepared for the other variant
    assert told in " ".join(faults(render(as_draft(LETTER)).pdf))
