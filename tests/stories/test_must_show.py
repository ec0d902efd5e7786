"""The programme's real history: on 31 March 2023 twelve bodies get a numbered letter and a mail, by themselves."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader

from app import calendar
from app.db import db
from tests.correspondence.pdf_standards import faults

TWELVE = {
    "010006": "北海道知事",
    "012106": "北海道岩見沢市長",
    "016390": "北海道更別村長",
    "041009": "宮城県仙台市長",
    "121002": "千葉県千葉市長",
    "232017": "愛知県豊橋市長",
    "232068": "愛知県春日井市長",
    "270008": "大阪府知事",
    "272167": "大阪府河内長野市長",
    "281000": "兵庫県神戸市長",
    "310000": "鳥取県知事",
    "440001": "大分県知事",
}

JOINT = {1: "共同提案団体北海道、岩見沢市、更別村", 25: "共同提案団体大阪府、河内長野市"}


@pytest.fixture
def flask(app: Flask, made_once):
    """Run a command as in a shell: its own context, the demo's own clock."""
    app.config["PINNED_CLOCK"] = None
    calendar.pin(None)

    def run(*words: str, exit_code: int = 0):
        db.session.remove()
        result = app.test_cli_runner().invoke(args=list(words), catch_exceptions=False)
        assert result.exit_code == exit_code, result.output
        return json.loads(result.output) if "--json" in words else result.output

    made_once("the demo on its first day", lambda: run("demo", "load"))
    return run


def jobs(flask, day: str) -> dict:
    return flask("jobs", "run", "--on", day, "--json")["jobs"]


def mails_with_a_letter(flask) -> list[dict]:
    return [mail for mail in flask("mails", "list", "--json") if mail["attachments"]]


def test_the_twelve_letters_of_fiscal_year_2022(flask):
    assert jobs(flask, "2023-03-01")["draft_support_end_letters"] == {"drafted": 12}
    assert "12" in flask(
        "letters", "approve", "--kind", "support-end", "--fiscal-year", "2022", "--as", "director@example.jp"
    )
    assert jobs(flask, "2023-03-30")["issue_support_end_letters"] == {"issued": 0, "mails_queued": 0}
    before = len(mails_with_a_letter(flask))
    assert jobs(flask, "2023-03-31")["issue_support_end_letters"] == {"issued": 12, "mails_queued": 12}
    mails = mails_with_a_letter(flask)
    assert len(mails) == before + 12
    assert jobs(flask, "2023-03-31")["issue_support_end_letters"] == {"issued": 0, "mails_queued": 0}
    assert len(mails_with_a_letter(flask)) == before + 12

    letters = flask("letters", "list", "--kind", "support-end", "--fiscal-year", "2022", "--json")
    assert {letter["addressee_code"]: letter["addressee"] for letter in letters} == TWELVE
    assert sorted(letter["number"] for letter in letters) == sorted(f"4未技第{n}号" for n in range(1, 13))
    assert [letter["addressee_code"] for letter in letters if letter["project_no"] == 1] == [
        "010006",
        "012106",
        "016390",
    ]
    assert [letter["addressee_code"] for letter in letters if letter["project_no"] == 25] == [
        "270008",
        "272167",
    ]
    for letter in letters:
        _is_a_sound_letter(letter)
    sent = {mail["to"]: mail for mail in mails if mail["attachments"]}
    assert set(sent) == {f"{code}@example.jp" for code in TWELVE}
    assert "all hold" in flask("history", "verify")

    assert jobs(flask, "2023-04-01")["end_projects"] == {"ended": 9}


def test_the_notices_of_fiscal_year_2019s_selection_issue_on_friday_29_march_2024(flask):
    jobs(flask, "2023-04-01")
    assert jobs(flask, "2024-03-01")["draft_support_end_letters"] == {"drafted": 5}
    flask(
        "letters", "approve", "--kind", "support-end", "--fiscal-year", "2023", "--as", "director@example.jp"
    )
    assert jobs(flask, "2024-03-28")["issue_support_end_letters"]["issued"] == 0
    assert jobs(flask, "2024-03-29")["issue_support_end_letters"] == {"issued": 5, "mails_queued": 5}
    letters = flask("letters", "list", "--kind", "support-end", "--fiscal-year", "2023", "--json")
    assert {letter["issued_on"] for letter in letters} == {"2024-03-29"}
    assert "令和6年3月31日" in _text(letters[0])


def test_unapproved_letters_are_told_of_each_working_day_of_the_last_week_and_none_is_dropped(flask):
    jobs(flask, "2023-03-01")
    told = [
        jobs(flask, f"2023-03-{day}")["escalate_unapproved_letters"]["mails_queued"] for day in range(24, 32)
    ]
    assert told[:3] == [0, 0, 0] and all(told[3:]), told  # the 25th and 26th are a weekend
    again = jobs(flask, "2023-03-31")["escalate_unapproved_letters"]["mails_queued"]
    assert again == 0
    jobs(flask, "2023-04-03")
    flask(
        "letters", "approve", "--kind", "support-end", "--fiscal-year", "2022", "--as", "director@example.jp"
    )
    assert jobs(flask, "2023-04-03")["issue_support_end_letters"]["issued"] == 12  # late rather than never


MISUNDERSTOOD = {
    "jobs run --on 2023-02-30": "There is no day 30 in 2/2023",
    "jobs run --on tomorrow": "tomorrow",
    "demo clock 2020-01-01": "only moves forward",
    "demo load": "already",
    "letters list --kind no-such": "no-such",
    "letters approve --kind no-such --fiscal-year 2022 --as director@example.jp": "no-such",
    "letters approve --kind support-end --fiscal-year 22x --as director@example.jp": "22x",
    "letters approve --kind support-end --fiscal-year 2022 --as nobody@example.jp": "nobody@example.jp",
    "letters approve --kind support-end --fiscal-year 2022 --as officer@example.jp": "officer@example.jp",
}


def test_a_word_that_is_not_understood_ends_with_a_sentence_and_changes_nothing(flask):
    before = flask("history", "verify")
    for words, told in MISUNDERSTOOD.items():
        output = flask(*words.split(), exit_code=2)
        assert told in output and "Traceback" not in output, words
    assert flask("history", "verify") == before


def _text(letter: dict) -> str:
    done = subprocess.run(["pdftotext", letter["path"], "-"], capture_output=True, check=True, text=True)
    return done.stdout


def _is_a_sound_letter(letter: dict) -> None:
    text = _text(letter)
    flat = "".join(text.split())
    assert f"{letter['addressee']}殿" in flat
    assert letter["number"] in flat and "令和5年3月31日" in flat and "（通知）" in flat
    assert "支援終了日令和5年3月31日" in flat
    assert (letter["project_no"] in JOINT) == ("共同提案団体" in flat)
    assert JOINT.get(letter["project_no"], "") in flat
    assert "一覧番号（令和4年12月時点）" in flat and "近未来技術等社会実装事業" in flat
    assert faults(Path(letter["path"]).read_bytes()) == []
    assert Path(letter["path"]).name == f"{letter['sha256']}.pdf"
    pdf = PdfReader(letter["path"])
    assert len(pdf.pages) == letter["pages"] == 1
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    for page in pdf.pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")), font
