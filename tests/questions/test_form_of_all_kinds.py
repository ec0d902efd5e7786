"""One form that asks all kinds: answered, returned, mended, compared, frozen, exported and read back."""

from __future__ import annotations

import csv
import io
from datetime import date

import openpyxl
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.backup import record
from app.db import db
from app.proof.verification import verify
from app.questions import answering, freezing, open_data, workbooks
from app.questions.kind import Upload
from app.questions.kinds import KINDS
from app.questions.models import FrozenResponse
from app.questions.workbook_reading import read_workbook
from app.storage import storage
from app.web.sheets import write_sheet
from tests.factories.applications import PDF
from tests.questions import forms


def test_the_form_asks_something_of_every_kind(form):
    assert {question.kind for question in form.questions.values()} == set(KINDS)
    form.check()


def test_answered_returned_mended_compared_frozen_exported_and_read_back(
    response, form, fill, editor, at, body
):
    missing = answering.problems_of(response)
    assert {problem.section for problem in missing} == {"first", "second"}
    assert (
        len(missing) == len(KINDS) - 1
    )  # the file is not required; what depends on a choice is not asked yet
    with pytest.raises(freezing.Incomplete):
        freezing.freeze(response, actor=editor, at=at)

    fill(response)
    assert answering.problems_of(response) == []
    first = freezing.freeze(response, actor=editor, at=at)
    db.session.commit()
    assert first.is_intact
    said = {it.key: it.text for it in freezing.answers_in(first.content)}
    assert said == {
        "short_text": "雪道の見守り",
        "long_text": "冬の見守りを行う。\n二行目。",
        "number": "1,234人",
        "date": "令和5年3月31日（金）",
        "period": "令和5年4月1日（土）から令和6年3月31日（日）まで",
        "one_choice": "市内全域",
        "several_choices": "市内全域、未定",
        "technologies": "AI、ドローン、量子センサ 等",
        "local_governments": body.full_name,
        "table": "費目 / 金額（千円） / 期日 / 区分\n機材 / 1,200 / 令和5年6月30日（金） / 国費\n人件費 / -50 /  / 地方費",
        "file": "計画.pdf",
        "confirmation": "はい",
    }

    # Returned: it asks for the places, which stands open only once another answer is given.
    fill(response, one_choice="一部の地区", number="1,300", long_text="冬と春の見守りを行う。\n二行目。")
    assert [problem.anchor for problem in answering.problems_of(response)] == ["where"]
    fill(
        response,
        one_choice="一部の地区",
        number="1,300",
        long_text="冬と春の見守りを行う。\n二行目。",
        where="白根地区",
    )
    second = freezing.freeze(response, actor=editor, at=at)
    db.session.commit()

    differences = {it.key: it for it in freezing.compare(first.content, second.content)}
    assert {key: it.status for key, it in differences.items()} == {
        "long_text": "changed", "number": "changed", "one_choice": "changed", "where": "new",
    }  # fmt: skip
    marked = [(piece.text, piece.changed) for piece in differences["long_text"].new]
    assert marked == [("冬", False), ("と春", True), ("の見守りを行う。\n二行目。", False)]
    assert first.is_intact
    assert [frozen.sha256 for frozen in response.frozen] == [first.sha256, second.sha256]

    header, rows = open_data.header(form), list(open_data.rows(form, [first.content, second.content]))
    assert [len(row) for row in rows] == [len(header)] * 2
    told = dict(zip(header, rows[1], strict=True))
    assert told["numberの問い (人)"] == 1300
    assert told["dateの問い"] == date(2023, 3, 31)
    assert told["local_governmentsの問い コード"] == "192082"
    out = io.BytesIO()
    write_sheet(out, "回答", header, rows)
    sheet = openpyxl.load_workbook(out).active
    assert sheet.max_row == 3
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    assert "白根地区" in out.getvalue()

    book = workbooks.workbook(
        form, response.values, workbooks.Cover("見本", template=response.version.template_id, version=1)
    )
    read = read_workbook(form, Upload("様式.xlsx", book))
    assert (read.template, read.version) == (response.version.template_id, 1)
    values = dict(response.values)
    del values["file"]
    assert read.values == values
    assert read.refused == []  # files are no part of it


def test_the_file_lies_in_the_storage_and_is_named_by_the_frozen_copy(response, fill, editor, at):
    fill(response)
    frozen = freezing.freeze(response, actor=editor, at=at)
    db.session.commit()
    (told,) = next(it.value for it in freezing.answers_in(frozen.content) if it.key == "file")
    assert storage().get(told["path"]) == PDF
    assert (told["filename"], told["size"]) == ("計画.pdf", len(PDF))
    assert response.files[0].sha256 == told["sha256"]


def test_a_backup_takes_every_file_that_was_received_along(response, fill):
    fill(response)
    connection = db.session.connection()
    found = record.named_files(
        lambda statement: connection.exec_driver_sql(statement).all(), record.ANSWERS_HAVE_FILES
    )
    assert {file.path: file.sha256 for file in found.values()} == {
        response.files[0].path: response.files[0].sha256
    }


def test_the_history_proves_the_frozen_copies(response, fill, editor, at):
    fill(response)
    freezing.freeze(response, actor=editor, at=at)
    db.session.commit()
    parts = {part.name: part for part in verify()}
    assert [name for name, part in parts.items() if not part.holds] == []
    assert (parts["answers"].looked_at, parts["files"].looked_at) == (1, 1)


@pytest.mark.parametrize(
    "change", ["frozen_by = 'x'", "content = '{}'", "sha256 = 'x'", "frozen_at = '2001-01-01 00:00:00'"]
)
def test_a_frozen_copy_is_not_changed_and_when_it_is_the_proof_tells(response, fill, editor, at, change):
    fill(response)
    freezing.freeze(response, actor=editor, at=at)
    db.session.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(f"UPDATE frozen_responses SET {change}"))
    db.session.rollback()
    _past_the_guard(f"UPDATE frozen_responses SET {change}")
    assert [part.name for part in verify() if not part.holds] == ["answers"]


def test_a_frozen_copy_that_is_gone_is_missed(response, fill, editor, at):
    fill(response)
    freezing.freeze(response, actor=editor, at=at)
    db.session.commit()
    _past_the_guard("DELETE FROM frozen_responses")
    assert next(part.problems for part in verify() if part.name == "answers")


def _past_the_guard(statement: str) -> None:
    """As whoever owns the tables can; the guard stands again afterwards."""
    from app.guards import catalogue

    connection = db.session.connection()
    catalogue.drop_all(connection)
    db.session.execute(text(statement))
    catalogue.create_all(connection)
    db.session.commit()
    db.session.expire_all()


def test_frozen_copies_read_the_same_when_the_form_asks_something_else(response, fill, editor, at):
    """What was frozen carries its own words, units and heads."""
    fill(response)
    frozen = freezing.freeze(response, actor=editor, at=at)
    db.session.commit()
    before = [(str(it.label), it.text) for it in freezing.answers_in(frozen.content)]
    response.version.__dict__["_form"] = None
    again = db.session.get_one(FrozenResponse, frozen.id)
    assert [(str(it.label), it.text) for it in freezing.answers_in(again.content)] == before
    assert forms.question("number").asked.shown({"number": "5", "unit": "台"}) == "5台"
