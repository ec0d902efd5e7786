"""Every list finds a name however it was typed: old kanji, kana, widths, the code of a body; and says how it read it."""

import csv
import io
import re
from datetime import date

import openpyxl
import pytest

from app import calendar
from app.db import db
from app.schedule.models import Reminder
from tests import factories


@pytest.fixture
def written(app):
    """One record on every list, all about 四條畷市, with an old kanji in each text."""
    body = factories.organisation(
        "四條畷市", "272299", prefecture="大阪府", kana="シジョウナワテシ", body_kind="city"
    )
    other = factories.organisation(
        "府中市", "132063", prefecture="東京都", kana="フチュウシ", body_kind="city"
    )
    factories.tenure("municipality_approver", body, person=factories.person("齋藤 一郎"))
    call = factories.call(code="R4-澤", title="四條畷のための募集")
    application = factories.application("submitted", organisation=body, call=call, title="櫻の見守り")
    announced = factories.call(state="announced", announced_on=date(2022, 9, 1), selection_fy=2022)
    factories.message(application)
    project = factories.project([other, body], call=announced, title="櫻の見守り")
    factories.kpi_actual(factories.kpi(project, name="櫻の来場者數", target="5人"))
    council = factories.council(project)
    factories.membership(council, organisation_name="國立の大學", mailbox="m@example.jp")
    factories.letter(organisation=body, subject="櫻の件（通知）")
    factories.mail(subject="櫻の件", organisation=body)
    reminder = Reminder(
        key="k", rule="support_end", subject_kind="project", subject_id=project.id, subject_name="櫻の見守り",
        due_on=calendar.today(), handled_at=calendar.now(),
    )  # fmt: skip
    db.session.add(reminder)
    db.session.commit()
    return {"call": call, "application": application, "project": project}


DATE = re.compile("(令和|平成)(元|[0-9]+)年[0-9]+月")
LISTS = (  # role, address, what is typed
    ("officer", "/organisations", ["四条畷", "しじょうなわて", "272299", "27229-9"]),
    ("officer", "/applications", ["桜", "四条畷", "シジヨウ", "272299", "２７２２９９"]),
    ("officer", "/conversations", ["四条畷", "しじょうなわて", "272299"]),
    ("officer", "/calls/{call}/selection", ["桜", "四条畷", "しじょう", "272299"]),
    ("officer", "/projects", ["桜", "四条畷", "しじょう", "272299"]),
    ("officer", "/kpis", ["桜", "来場者数", "四条畷", "しじょう", "272299"]),
    ("officer", "/letters", ["桜", "四条畷", "しじょう", "272299"]),
    ("officer", "/mails", ["桜", "四条畷", "しじょう", "272299"]),
    ("officer", "/calls", ["四条畷", "r4-沢"]),
    ("officer", "/projects/{project}/council", ["国立の大学"]),
    ("officer", "/schedule/reminders", ["桜"]),
    ("administrator", "/seats", ["斉藤", "斎藤", "四条畷", "しじょう", "272299"]),
    (None, "/register", ["桜", "四条畷", "しじょう", "272299"]),
)


@pytest.mark.parametrize(("role", "address", "typed"), [pytest.param(*row, id=row[1]) for row in LISTS])
def test_every_list_finds_by_old_kanji_kana_and_code(written, client, sign_in_as, role, address, typed):
    if role:
        client, _ = sign_in_as(role)
    place = address.format(**{name: record.id for name, record in written.items()})
    for text in typed:
        assert _found(client, place, text) >= 1, text
    assert _found(client, place, "存在しない") == 0


@pytest.mark.parametrize(("role", "address"), [pytest.param(*row[:2], id=row[1]) for row in LISTS])
def test_every_list_gives_a_spreadsheet_with_days_that_are_days(written, client, sign_in_as, role, address):
    if role:
        client, _ = sign_in_as(role)
    place = address.format(**{name: record.id for name, record in written.items()})
    book = openpyxl.load_workbook(io.BytesIO(client.get(place, query_string={"format": "xlsx"}).get_data()))
    rows = list(book.active.iter_rows(min_row=2, values_only=True))
    assert rows
    assert not [cell for row in rows for cell in row if isinstance(cell, str) and DATE.match(cell)]


def test_the_office_does_not_find_what_is_being_mended(written, sign_in_as):
    client, _ = sign_in_as("officer")
    written["application"].title = "鷗の見守り"
    db.session.commit()
    assert _found(client, "/applications", "鴎") == 0
    assert _found(client, "/applications", "桜") == 1


def test_marks_alone_are_answered_in_words(written, sign_in_as):
    client, _ = sign_in_as("officer")
    for address in ("/organisations", "/applications", "/projects", "/letters", "/mails", "/register"):
        page = client.get(address, query_string={"q": "゛ー"}).get_data(as_text=True)
        assert "文字が含まれていないため、検索できません" in page, address
        assert _found(client, address, "゛ー") == 0


def test_an_old_kanji_says_what_it_was_read_as(written, sign_in_as):
    client, _ = sign_in_as("officer")
    page = client.get("/projects", query_string={"q": "四條畷"}).get_data(as_text=True)
    assert "異体字を区別せずに検索しました：「條」は「条」。" in page
    page = client.get("/projects", query_string={"q": "齊藤"}).get_data(as_text=True)
    assert re.search("「齊」は「斉・斎・齋」|「齊」は「斉・齋・斎」", page)
    assert "異体字" not in client.get("/projects", query_string={"q": "四条畷"}).get_data(as_text=True)


def _found(client, address, text):
    answer = client.get(address, query_string={"q": text, "format": "csv"})
    assert answer.status_code == 200
    return len(list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))) - 1
