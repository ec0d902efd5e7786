"""A title that holds a line of its own and turns the next one around: refused at the door, harmless in every outlet."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import logging
import re
import subprocess
from datetime import datetime

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import insert, select, text

from app.applications import checking, submission
from app.applications.models import Application
from app.calendar import JST
from app.correspondence import letters, messages, outbox
from app.correspondence.models import Letter, Mail
from app.correspondence.rendering import Item
from app.db import db
from app.history import HistoryEntry
from app.lines import DIRECTIONS
from app.permissions import ADMINISTRATOR, APPROVER, DIRECTOR, EDITOR, OFFICER
from app.programmes.voice import house
from app.projects.announcing import announce
from app.selection import operations
from tests import factories
from tests.conventions.pages import main_of
from tests.correspondence.common import unwrapped
from tests.factories.applications import holder

FORGED = "支援金額　金１億円"
TITLE = f"雪道の見守り\n{FORGED}\u202e円億２金"
JSON = {"Accept": "application/json"}
TURNED = [*DIRECTIONS, *(sign.encode("unicode_escape").decode() for sign in DIRECTIONS)]
AFTER_CLOSING = datetime(2023, 4, 3, 10, 0, tzinfo=JST)


@pytest.fixture
def draft(app):
    return factories.application()


@pytest.fixture
def editor(draft, sign_in_as):
    return sign_in_as(tenure=holder(EDITOR, draft.organisation))[0]


def title_in_the_database(application: Application, title: str = TITLE) -> None:
    """Past the application, as it may stand there from before."""
    db.session.flush()
    values = {"title": title, "id": application.id}
    db.session.execute(
        text("UPDATE applications SET title = :title, submitted_title = :title WHERE id = :id"), values
    )
    db.session.expire(application)


def basics(title: str, draft: Application, **more: str) -> dict[str, str]:
    return {"version": str(draft.version_of("basics")), "title": title, "summary": "概要", **more}


@pytest.mark.parametrize("more", [{}, {"next": "1"}, {"for_now": "1"}])
@pytest.mark.parametrize(
    ("title", "told"), [(f"雪道\n{FORGED}", "改行は使えません"), ("雪道\u202e円億１金", "並ぶ向きを変える")]
)
def test_the_form_refuses_it_with_a_sentence_and_loses_nothing(editor, draft, title, told, more):
    answer = editor.post(f"/applications/{draft.id}/basics", data=basics(title, draft, **more))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and told in page
    assert 'href="#title"' in page, "the list of errors leads to the field"
    [shown] = re.findall(r'<input[^>]*name="title"[^>]*value="([^"]*)"', page)
    assert shown.startswith("雪道") and shown.endswith(("金１億円", "円億１金")) and "\n" not in shown
    assert draft.title == "雪道の見守りドローン"
    kept = editor.post(f"/applications/{draft.id}/basics", data=basics(shown, draft, **more))
    assert kept.status_code == 302 and draft.title == shown


def test_saving_by_itself_refuses_it_and_says_how_to_go_on(editor, draft):
    answer = editor.post(f"/applications/{draft.id}/basics", data=basics(TITLE, draft), headers=JSON)
    assert answer.status_code == 422
    assert "「事業名」に、改行又は" in answer.get_json()["sentence"]
    assert draft.title == "雪道の見守りドローン"


def test_a_line_end_that_came_along_at_the_end_is_no_reason_to_refuse(editor, draft):
    answer = editor.post(f"/applications/{draft.id}/basics", data=basics("雪道\r\n", draft), headers=JSON)
    assert answer.status_code == 200 and draft.title == "雪道"


def test_the_operation_keeps_it_on_one_line_and_so_does_its_history(draft, at):
    who = holder(EDITOR, draft.organisation)
    factories.save_basics(draft, title=TITLE, summary="一\u2028二\u202e", version=1, actor=who, at=at)
    db.session.commit()
    assert draft.title == f"雪道の見守り {FORGED}円億２金" and draft.summary == "一\n二"
    changes = db.session.scalars(select(HistoryEntry.changes).order_by(HistoryEntry.id.desc())).first()
    assert changes["title"][1] == draft.title
    assert not set(str(changes)) & {*DIRECTIONS, "\u2028"}


def test_an_office_that_gives_it_by_a_command_is_refused(app):
    words = [
        "users",
        "seat",
        "x@example.jp",
        "officer",
        "--organisation",
        "内閣府",
        "--section",
        TITLE,
        "--post",
        "係長",
    ]
    assert app.test_cli_runner().invoke(args=words).exit_code == 2


@pytest.fixture
def decided(app):
    """Approved letters about an application whose title was forged past every door."""
    call = factories.call(code="R5", selection_fy=2023, base_years=3)
    submitted = datetime(2023, 2, 20, 10, 0, tzinfo=JST)
    application = factories.application("under_review", call=call, at=submitted)
    title_in_the_database(application, f"雪道の見守り\n{FORGED}\u2028{FORGED}\u202e{'　' * 30}{FORGED}")
    at, office = AFTER_CLOSING, {"actor": holder(OFFICER), "at": AFTER_CLOSING}
    operations.record_result(
        application, selected=True, reasons="先導性\n　受付番号　R5-9999\u202e", **office
    )
    operations.decide(call, actor=holder(DIRECTOR), at=at)
    db.session.commit()
    return application


def printed(pdf: bytes) -> list[str]:
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return [line.strip() for line in said.stdout.decode().splitlines()]


def test_a_letter_quotes_it_on_one_line_within_brackets(decided):
    [letter] = letters.letters_of("selection")
    told = letters.content_of(letter).items[0].text
    assert told.split("\n")[1] == f"事業名　「雪道の見守り {FORGED} {FORGED}　{FORGED}」"
    letters.issue(letter, on=AFTER_CLOSING.date(), at=AFTER_CLOSING)
    pdf = letters.frozen_pdf(letter)
    assert not any(line.startswith("支援金額") for line in printed(pdf))
    assert not set("".join(printed(pdf))) & set(DIRECTIONS)
    [matter] = [text for text in paragraphs(pdf) if "事業名" in text]
    assert "「雪道の見守り" in matter and matter.count("「") == matter.count("」") == 1


def paragraphs(pdf: bytes) -> list[str]:
    """The texts of a letter's items, by the pages they are drawn on."""
    pages = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return [re.sub(r"\s", "", part) for part in re.split(r"\n(?=[１-９1-9] )", pages)]


def test_a_letter_kept_from_before_turns_no_direction_when_it_leaves(app):
    content = factories.letter_content(items=(Item("支援終了日", "令和5年3月31日"),)).to_json()
    content["items"][0].update(
        {
            "text": "令和5年\u202e3月31日",
            "points": ["一\u2066二"],
            "heading": f"支援\n{FORGED}",
        }
    )
    content["body"], content["subject"] = ["下記\u202eのとおり"], f"終了について\n{FORGED}"
    letter = factories.letter(state="approved")
    letter.content = content
    db.session.flush()
    letters.issue(
        letter, on=datetime(2023, 2, 15, tzinfo=JST).date(), at=datetime(2023, 2, 15, 10, tzinfo=JST)
    )
    lines = printed(letters.frozen_pdf(letter))
    assert not set("".join(lines)) & set(DIRECTIONS) and not any(
        line.startswith("支援金額") for line in lines
    )
    assert "\n" not in PdfReader(io.BytesIO(letters.frozen_pdf(letter))).metadata.title


REASON = "計画の見直し\n\n――――――――――――――――\r\n【要対応】至急御返信ください\u2028　受付番号：R5-9999\u202e"


def test_a_mail_quotes_a_reason_line_by_line_behind_a_mark(app, at):
    application = factories.application("submitted")
    approver, _officer = holder(APPROVER, application.organisation), holder(OFFICER)
    submission.withdraw(application, reason=REASON, actor=approver, at=at)
    mails = db.session.scalars(select(Mail).where(Mail.key.contains("withdrawn"))).all()
    assert len(mails) == 2
    for mail in mails:
        lines = mail.body.split("\n")
        assert "　　　　　　＞【要対応】至急御返信ください" in lines
        assert sum(line.startswith("――――") for line in lines) == 1, "the office's own signature"
        assert [line for line in lines if "R5-9999" in line] == ["　　　　　　＞受付番号：R5-9999"]
        assert not set(mail.body) & set(DIRECTIONS)


def test_a_long_quoted_line_keeps_its_mark_where_it_is_broken(app, at):
    application = factories.application("submitted")
    defects = {"basics": "一行目\n" + "【要対応】至急御返信ください。" * 8}
    due = at.replace(day=25)
    checking.return_for_correction(application, defects=defects, due_at=due, actor=holder(OFFICER), at=at)
    mail = db.session.scalars(select(Mail).where(Mail.key.contains("correction"))).one()
    quoted = [line for line in mail.body.split("\n") if "至急" in line or "要対応】至" in line]
    assert len(quoted) > 2 and all(line.startswith("　　　＞") for line in quoted)
    assert unwrapped(mail.body)


def test_a_mail_puts_every_name_on_the_line_that_is_for_it(app, at):
    application = factories.application("submitted")
    title_in_the_database(application)
    checking.accept(application, actor=holder(OFFICER), at=at)
    mail = db.session.scalars(select(Mail).where(Mail.key.contains("accepted"))).one()
    assert f"　事業名　：雪道の見守り {FORGED}円億２金" in mail.body.split("\n")


def test_a_mail_kept_from_before_has_one_subject_and_one_recipient(app, at):
    row = dict(
        db.session.execute(select(Mail.__table__).where(Mail.id == factories.mail().id)).mappings().one()
    )
    forged, body = "件名\r\nBcc: all@example.jp\u202e", "本文\u202e\x0bつぎ"
    row |= {"id": row["id"] + 1, "key": "kept", "message_id": "<kept@example.jp>"}
    row |= {"subject": forged, "to_name": forged, "body": body}
    db.session.execute(insert(Mail.__table__).values(row))
    mail = db.session.get_one(Mail, row["id"])
    assert (mail.subject, mail.body) == (forged, body)
    sent = email.message_from_bytes(
        messages.message_of(mail, mail.body, at=at).as_bytes(), policy=email.policy.default
    )
    assert sent["Subject"] == "件名 Bcc: all@example.jp" and sent["Bcc"] is None
    assert len(sent["To"].addresses) == 1
    assert sent.get_content().split() == ["本文", "つぎ"]


def test_no_value_of_any_mail_can_begin_a_line(app):
    _subject, body = outbox.compose(
        "password_reset",
        voice=house(),
        name=TITLE,
        until=AFTER_CLOSING,
        link=f"https://example.jp/\n{FORGED}",
    )
    assert not any(line.strip().startswith("支援金額") for line in body.split("\n"))


def test_no_page_and_no_file_of_anybody_turns_the_title_around(decided, sign_in_as, client, move_clock):
    move_clock(AFTER_CLOSING)
    announce({"call_id": decided.call_id}, actor=holder(OFFICER), at=AFTER_CLOSING, progress=lambda *_: None)
    title_in_the_database(decided)
    body = decided.organisation
    db.session.execute(text("UPDATE projects SET title = :title"), {"title": TITLE})
    db.session.execute(text("UPDATE letters SET addressee = :it WHERE state <> 'issued'"), {"it": TITLE})
    db.session.commit()
    project = db.session.execute(text("SELECT id, number FROM projects")).one()
    case = f"/applications/{decided.id}"
    asked = {
        client: ["/register", "/register.json", "/register?format=csv", f"/register/{project.number}"],
        sign_in_as(tenure=holder(APPROVER, body))[0]: ["/", "/applications", "/applications?format=csv", case],
        sign_in_as(tenure=holder(OFFICER))[0]: [
            "/", "/applications", "/applications?format=csv", case, "/projects", "/projects?format=csv", "/letters",
            f"/projects/{project.id}", f"/organisations/{body.id}", f"/calls/{decided.call_id}/selection", "/mails",
        ],
        sign_in_as(ADMINISTRATOR)[0]: ["/seats", "/mails?format=csv"],
    }  # fmt: skip
    seen = 0
    for who, paths in asked.items():
        for path in paths:
            answer = who.get(path)
            said = answer.get_data(as_text=True)
            assert answer.status_code == 200, path
            assert not [sign for sign in TURNED if sign in said], path
            seen += "雪道の見守り" in said or "\\u96ea\\u9053" in said
    assert seen > 8, "the title was there"


def test_a_sheet_turns_nothing_around_and_a_row_of_a_csv_is_one_line(decided, sign_in_as):
    title_in_the_database(decided)
    officer, _ = sign_in_as(tenure=holder(OFFICER))
    rows = list(csv.reader(io.StringIO(officer.get("/applications?format=csv").get_data(as_text=True))))
    assert len(rows) == 2 and not set("".join(rows[1])) & set(DIRECTIONS)
    book = openpyxl.load_workbook(io.BytesIO(officer.get("/applications?format=xlsx").get_data()))
    cells = [str(cell.value) for row in book.active.rows for cell in row]
    assert FORGED in "".join(cells) and not set("".join(cells)) & set(DIRECTIONS)


def test_the_name_of_a_file_to_keep_turns_nothing_around(app, sign_in_as):
    application = factories.application("submitted", files={"計画.pdf": b"%PDF-1.7\n%%EOF\n"})
    editor, _ = sign_in_as(tenure=holder(EDITOR, application.organisation))
    columns = "response_id, question, media_type, size, sha256, received_at, received_from, created_at"
    received = text(
        f"INSERT INTO received_files (filename, {columns}) SELECT :name, {columns} FROM received_files RETURNING id"
    )
    attachment = db.session.scalar(received, {"name": "計画\u202efdp\u2028.pdf"})
    named = editor.get(f"/applications/{application.id}/attachments/{attachment}").headers[
        "Content-Disposition"
    ]
    assert "fdp.pdf" in named and "%E2%80%AE" not in named and "%E2%80%A8" not in named


def test_a_notice_after_an_act_turns_nothing_around(app, sign_in_as):
    administrator, _ = sign_in_as(ADMINISTRATOR)
    seat = factories.seat(OFFICER)
    known = factories.person("花子", "hanako@example.jp")
    db.session.execute(
        text("UPDATE people SET name = :it WHERE id = :id"), {"it": "花\u202e子", "id": known.id}
    )
    data = {"email": known.email, "name": "花子", "on": "2023-02-15", "newest": "0"}
    page = administrator.post(f"/seats/{seat.id}/holder", data=data, follow_redirects=True).get_data(
        as_text=True
    )
    assert "花子" in page and "\u202e" not in page


def test_what_a_command_prints_of_a_record_is_one_line(app):
    factories.person("花子", "hanako@example.jp")
    db.session.execute(text("UPDATE people SET name = :it"), {"it": "花子\nroot@example.jp  管理者\u202e"})
    db.session.commit()
    run = app.test_cli_runner().invoke
    lines = run(args=["users", "list"]).output.splitlines()
    assert len(lines) == 1 and "\u202e" not in lines[0]
    assert "\u202e" not in run(args=["users", "list", "--json"]).output


def test_nobody_writes_a_line_of_the_log(app, caplog):
    with caplog.at_level(logging.WARNING):
        logging.getLogger("app.correspondence.delivery").warning(
            "mail %s deferred: %s", 1, "550 no\nERROR: all lost\u202e"
        )
    assert caplog.messages == ["mail 1 deferred: 550 no ERROR: all lost"]


def test_a_search_shows_what_was_searched_for_in_its_own_direction(client):
    page = main_of(client, "/register?q=%E2%80%AE%E9%9B%AA%E9%81%93")
    assert "雪道" in page and "\u202e" not in page


def test_letters_found_in_the_list_are_shown_neutral(app, sign_in_as):
    letter = factories.letter()
    db.session.execute(
        text("UPDATE letters SET subject = :it WHERE id = :id"), {"it": TITLE, "id": letter.id}
    )
    assert db.session.scalar(select(Letter.subject)) == TITLE
    officer, _ = sign_in_as(OFFICER)
    assert "\u202e" not in main_of(officer, "/letters")
