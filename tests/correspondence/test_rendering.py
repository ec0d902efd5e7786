"""Letters as files: what a reader, a screen reader and a search see, and that the bytes stay the same."""

import io
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.correspondence import rendering
from app.correspondence.rendering import Item, LetterContent, MissingFont, japanese_font_available, render
from press import printing
from tests.reading import pdf_text

SUPPORT_END = LetterContent(
    form="通知",
    number="4未技第1号",
    issued_on=date(2023, 3, 31),
    addressee="北海道岩見沢市長",
    honorific="殿",
    issuer="内閣府地方創生推進事務局長",
    subject="未来技術社会実装事業に係る支援の終了について",
    body=(
        "　平素より、地方創生の推進に御理解と御協力を賜り、厚く御礼申し上げます。",
        "平成30年度に選定した下記の事業については、令和5年3月31日をもって支援を終了しますので、下記のとおり通知します。",
        "なお、本通知に伴い、貴団体において行っていただく手続はありません。",
    ),
    items=(
        Item("対象事業", "（事業名は資料に記載なし）"),
        Item("支援終了日", "令和5年3月31日（金）"),
        Item("支援終了後の取扱い", points=("再申請について", "地域実装協議会の継続について")),
    ),
    contact=("内閣府地方創生推進事務局　未来技術担当", "電子メール：mirai@example.jp"),
)
DRAFT = replace(SUPPORT_END, number=None, issued_on=None, draft=True)
NOTICE = replace(SUPPORT_END, form="事務連絡", number=None, addressee="関係地方公共団体", honorific="御中")


def test_a_letter_reads_in_the_order_of_its_form():
    text = text_of(SUPPORT_END)
    parts = [
        "4未技第1号",
        "令和5年3月31日",
        "北海道岩見沢市長\n",
        "\n殿\n",
        "内閣府地方創生推進事務局長",
        "（公印省略）",
        "未来技術社会実装事業に係る支援の終了について（通知）",
        "平素より、",
        "平成30年度に選定した",
        "なお、本通知に伴い、",
        "\n記\n",
        "1 対象事業 （事業名は資料に記載なし）",
        "2 支援終了日 令和5年3月31日（金）",
        "3 支援終了後の取扱い",
        "(1) 再申請について",
        "(2) 地域実装協議会の継続について",
        "\n以上\n",
        "【担当・問合せ先】",
        "mirai@example.jp",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_an_issued_letter_bears_no_mark_of_a_draft_and_no_page_number():
    text = text_of(SUPPORT_END)
    assert "未定" not in text
    assert "\n案\n" not in text
    assert not re.search("^1 ?/ ?1$", text, re.MULTILINE)
    assert render(SUPPORT_END).pages == 1


def test_a_draft_is_marked_and_says_what_is_not_yet_known():
    text = text_of(DRAFT)
    assert text.startswith("案\n")
    assert "\n（文書番号未定）\n" in text and "\n（発信年月日未定）\n" in text
    assert "北海道岩見沢市長\n" in text


def test_an_administrative_notice_has_neither_number_nor_seal():
    text = text_of(NOTICE)
    flat = "".join(text.split())
    assert flat.startswith("事務連絡令和5年3月31日関係地方公共団体御中内閣府地方創生推進事務局長")
    assert "公印省略" not in text
    assert "号" not in text.split("記")[0]
    assert "支援の終了について\n" in text


@pytest.mark.parametrize("form", ["通知", "依頼", "照会"])
def test_the_subject_ends_in_the_form_once(form):
    for subject in ("会議の開催について", f"会議の開催について（{form}）"):
        letter = replace(SUPPORT_END, form=form, subject=subject)
        assert text_of(letter).count(f"会議の開催について（{form}）") == 1
        assert text_of(letter).count(f"（{form}）") == 1


def test_a_letter_without_items_has_no_record_section():
    text = text_of(replace(SUPPORT_END, items=()))
    assert "\n記\n" not in text
    assert "以上" not in text


def test_the_file_is_tagged_titled_and_in_japanese():
    reader = PdfReader(io.BytesIO(render(SUPPORT_END).pdf))
    catalog = reader.root_object
    assert catalog["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a BooleanObject of the file
    assert catalog["/Lang"] == "ja"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert reader.metadata.title == "未来技術社会実装事業に係る支援の終了について（通知）"
    assert reader.metadata.author == "内閣府地方創生推進事務局長"
    assert reader.metadata.creation_date.isoformat() == "2023-03-31T00:00:00+09:00"
    assert b'pdfuaid:part="1"' in catalog["/Metadata"].get_data()
    assert {"/H1", "/H2", "/P", "/L", "/LI", "/Lbl", "/LBody"} <= structure_types(catalog["/StructTreeRoot"])


@pytest.mark.parametrize("letter", [SUPPORT_END, DRAFT, NOTICE], ids=["issued", "draft", "notice"])
def test_every_font_is_an_embedded_subset(letter):
    fonts = fonts_of(render(letter).pdf)
    assert fonts
    for name, embedded in fonts:
        assert re.match(r"/[A-Z]{6}\+", name)
        assert embedded


def test_the_same_letter_gives_the_same_bytes_whatever_was_printed_before():
    first = render(SUPPORT_END)
    render(NOTICE)
    render(replace(SUPPORT_END, addressee="更別村長", number="4未技第3号"))
    assert render(SUPPORT_END) == first
    assert first.sha256 == sha256(first.pdf).hexdigest()
    assert render(replace(SUPPORT_END, number="4未技第2号")).sha256 != first.sha256


def test_letters_printed_in_many_threads_are_the_same_letters():
    letters = [replace(SUPPORT_END, number=f"4未技第{n}号") for n in range(1, 7)]
    expected = [render(letter).sha256 for letter in letters]
    with ThreadPoolExecutor(4) as pool:
        assert [letter.sha256 for letter in pool.map(render, letters)] == expected


def test_another_process_without_any_system_font_gives_the_same_bytes(tmp_path):
    printed = render_without_system_fonts(tmp_path, SUPPORT_END)
    assert printed == {"sha256": render(SUPPORT_END).sha256, "missing": ""}


def test_characters_that_no_font_has_are_reported(tmp_path):
    printed = render_without_system_fonts(tmp_path, replace(SUPPORT_END, subject="参加者☑ ≒ 100名の件☑"))
    assert printed["missing"] == "≒☑"


def test_rare_characters_of_names_are_drawn_and_can_be_read_back(tmp_path):
    names = "髙﨑 𠮷 渡邉󠄂 葛󠄀城 ㋿ ①㈱ Ⅲ"
    letter = replace(SUPPORT_END, addressee="葛󠄀城市長", body=(names,))
    text = text_of(letter)
    for name in ("髙﨑", "𠮷", "渡邉", "葛", "城市長\n", "㋿", "①㈱", "Ⅲ"):
        assert name in text
    assert render_without_system_fonts(tmp_path, letter)["missing"] == ""


def test_what_people_type_is_text_and_never_markup():
    typed = "<b>太字</b> & <script>alert(1)</script> {{ 7 * 7 }} &lt;"
    letter = replace(
        SUPPORT_END,
        addressee="<i>市</i>長",
        issuer="<u>局長</u>",
        subject=typed,
        body=(typed,),
        items=(Item(typed, typed, (typed,)),),
        contact=(typed,),
    )
    text = re.sub(r"\s", "", text_of(letter))
    assert text.count(re.sub(r"\s", "", typed)) == 6
    assert "<i>市</i>長殿" in text
    assert "<u>局長</u>" in text
    assert PdfReader(io.BytesIO(render(letter).pdf)).metadata.title == typed + "（通知）"


def test_pasted_control_characters_do_not_spoil_the_file():
    letter = replace(SUPPORT_END, subject="会議\x0bの\x00開催\tについて")
    reader = PdfReader(io.BytesIO(render(letter).pdf))
    assert reader.metadata.title == "会議 の開催 について（通知）"
    assert reader.xmp_metadata.dc_title == {"x-default": reader.metadata.title}


def test_the_press_opens_no_file_but_the_font(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("himitsu")
    style = tmp_path / "style.css"
    style.write_text("p::after { content: 'himitsu' }")
    html = (
        f'<html lang="ja"><title>x</title><link rel="attachment" href="{secret.as_uri()}">'
        f'<link rel="stylesheet" href="{style.as_uri()}"><p>本文</p><img alt="" src="{secret.as_uri()}">'
    )
    pdf, pages, _ = printing.print_pdf(html, rendering.font_path())
    reader = PdfReader(io.BytesIO(pdf))
    assert (pages, dict(reader.attachments)) == (1, {})
    assert "himitsu" not in pdf_text(pdf)


def test_a_long_letter_keeps_its_parts_together_over_numbered_pages():
    letter = replace(
        SUPPORT_END,
        addressee="福島県会津若松市・喜多方市・西会津町・会津美里町広域実装推進連絡会議事務局代表市長",
        subject="自動運転サービスの導入支援事業との連携案件に係る支援期間の満了及び支援終了後の協議会の取扱い等について",
        items=tuple(Item(f"第{n}の事項", "内容の説明を行う。" * (12 if n % 2 else 1)) for n in range(1, 21)),
    )
    rendered = render(letter)
    text = pdf_text(rendered.pdf)
    assert rendered.pages == len(PdfReader(io.BytesIO(rendered.pdf)).pages) > 1
    for page in range(1, rendered.pages + 1):
        assert re.search(rf"^{page} ?/ ?{rendered.pages}$", text, re.MULTILINE)
    assert "市長殿" in "".join(text.split())
    assert "（通知）" in text
    headings = [text.index(f"{n} 第{n}の事項") for n in range(1, 21)]
    assert headings == sorted(headings)
    assert text.index("20 第20の事項") < text.index("以上") < text.index("【担当・問合せ先】")


def test_a_date_is_not_cut_in_two_at_the_end_of_a_line():
    for length in range(20, 40):
        body = "あ" * length + "令和5年12月31日（日）に終了する。"
        assert "令和5年12月31日（日）" in text_of(replace(SUPPORT_END, body=(body,)))


@pytest.mark.parametrize("name", ["FONT_PACKAGE", "FONT_FILE"])
def test_no_letter_is_rendered_without_a_japanese_font(monkeypatch, name):
    assert "NotoSerifJP" in japanese_font_available()
    monkeypatch.setattr(rendering, name, "not_there")
    assert japanese_font_available() is None
    with pytest.raises(MissingFont, match="cannot be read"):
        render(SUPPORT_END)


def test_a_damaged_font_counts_as_none(monkeypatch, tmp_path):
    package = tmp_path / "damaged_fonts"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / rendering.FONT_FILE).write_bytes(b"<html>404</html>")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(rendering, "FONT_PACKAGE", "damaged_fonts")
    assert japanese_font_available() is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"form": "回答"}, "no form of letter"),
        ({"honorific": "様"}, "no honorific"),
        ({"addressee": " "}, "addressee and a subject"),
        ({"subject": ""}, "addressee and a subject"),
        ({"number": None}, "needs its document number"),
        ({"issued_on": None}, "needs its date"),
        ({"form": "事務連絡"}, "has no document number"),
    ],
)
def test_a_letter_that_lacks_what_its_form_needs_is_refused(changes, reason):
    with pytest.raises(ValueError, match=reason):
        replace(SUPPORT_END, **changes)


@pytest.mark.parametrize("letter", [SUPPORT_END, DRAFT, NOTICE], ids=["issued", "draft", "notice"])
def test_a_letter_is_kept_as_json_and_comes_back_the_same(letter):
    assert LetterContent.from_json(json.loads(json.dumps(letter.to_json()))) == letter


def text_of(letter):
    return pdf_text(render(letter).pdf)


def fonts_of(pdf):
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            yield font.get_object()["/BaseFont"], "/FontFile3" in descriptor or "/FontFile2" in descriptor


def structure_types(element):
    element = element.get_object()
    if not hasattr(element, "get"):
        return set()
    kids = element.get("/K", [])
    below = [structure_types(kid) for kid in (kids if isinstance(kids, list) else [kids])]
    return {element.get("/S")}.union(*below)


def render_without_system_fonts(tmp_path, letter):
    config = tmp_path / "fonts.conf"
    config.write_text(f'<?xml version="1.0"?><fontconfig><cachedir>{tmp_path}/cache</cachedir></fontconfig>')
    program = (
        "import json, sys; from app.correspondence.rendering import LetterContent, render;"
        "letter = render(LetterContent.from_json(json.load(sys.stdin)));"
        "print(json.dumps({'sha256': letter.sha256, 'missing': letter.missing}))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        input=json.dumps(letter.to_json()),
        env={**os.environ, "FONTCONFIG_FILE": str(config)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)
