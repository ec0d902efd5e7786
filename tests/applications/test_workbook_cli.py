"""flask applications: the form as a workbook out and in again, and what there is, for another program."""

from __future__ import annotations

import hashlib
import json

import openpyxl
import pytest

from app.applications import drafting
from app.applications.models import Application
from app.db import db
from app.history import HistoryEntry
from app.programmes.form import SUMMARY, TITLE
from tests import factories
from tests.applications.sheets import address, cell
from tests.factories.applications import PDF, holder


@pytest.fixture
def draft(app):
    return factories.application()


@pytest.fixture
def flask(app):
    """A command: its exit code, and what it says."""

    def run(*words: str):
        db.session.commit()
        done = app.test_cli_runner().invoke(args=["applications", *map(str, words)])
        db.session.expire_all()
        return done

    return run


def values_of(draft: Application) -> dict:
    db.session.expire_all()
    return dict(db.session.get_one(Application, draft.id).answered.values)


@pytest.fixture
def written(draft, flask, tmp_path):
    """The form as the command writes it, filled in by `fill`; the file's path."""

    def write(fill, what=None):
        path = tmp_path / "form.xlsx"
        done = flask("export-form", what or draft.call.code, path)
        assert done.exit_code == 0, done.output
        book = openpyxl.load_workbook(path)
        fill(book)
        book.save(path)
        return path, book

    return write


def test_an_empty_form_is_filled_checked_and_taken_in(draft, flask, written):
    def fill(book):
        cell(book, TITLE).value = "雪道を見守る"
        cell(book, SUMMARY).value = "=1+1"

    path, book = written(fill)
    before = values_of(draft)
    done = flask("import-form", draft.id, path, "--check", "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 0 and set(told) == {"changes", "refused", "unready"}
    assert told["changes"] == [
        {
            "cell": address(book, TITLE),
            "question": TITLE,
            "was": "雪道の見守りドローン",
            "becomes": "雪道を見守る",
        }
    ]
    assert [(it["cell"], it["question"]) for it in told["refused"]] == [(address(book, SUMMARY), SUMMARY)]
    assert "数式" in told["refused"][0]["why"]
    assert values_of(draft) == before
    done = flask("import-form", draft.id, path, "--json")
    assert done.exit_code == 1  # something was refused, and what was not is saved
    assert json.loads(done.stdout) == told
    assert values_of(draft)[TITLE] == "雪道を見守る" and values_of(draft)[SUMMARY] == before[SUMMARY]
    entry = db.session.scalars(HistoryEntry.of(draft)).first()
    assert (entry.event, entry.actor_name) == ("section_saved", "Banso")
    done = flask("import-form", draft.id, path, "--check")
    assert "0 cells would change, 1 refused." in done.output


def test_a_text_over_its_limit_is_told_by_its_cell_while_nothing_is_stored(draft, flask, written):
    path, book = written(lambda book: setattr(cell(book, TITLE), "value", "雪" * 1_500))
    told = json.loads(flask("import-form", draft.id, path, "--check", "--json").stdout)
    assert [(it["cell"], it["question"]) for it in told["unready"]] == [(address(book, TITLE), TITLE)]
    assert told["refused"] == [] and values_of(draft)[TITLE] == "雪道の見守りドローン"
    done = flask("import-form", draft.id, path, "--check")
    assert f"{address(book, TITLE)}  {TITLE}: cannot be handed in yet." in done.output


def test_the_address_of_a_cell_is_that_in_the_workbook(draft, flask, written):
    path, book = written(lambda book: setattr(cell(book, TITLE), "value", "雪道を見守る"))
    told = json.loads(flask("import-form", draft.id, path, "--check", "--json").stdout)
    sheet, place = told["changes"][0]["cell"].split("!")
    assert book[sheet][place].value == "雪道を見守る"
    assert book.sheetnames[1:3] == ["1", "2"]


def test_a_filled_form_of_an_application_by_its_id_or_number(flask, written, app):
    returned = factories.application("returned")
    for named in (returned.id, returned.number):
        path, book = written(lambda book: None, named)
        assert cell(book, TITLE).value == returned.title
        done = flask("import-form", named, path)
        assert (done.exit_code, done.output) == (0, "0 cells changed, 0 refused.\n")


def test_somebody_in_a_seat_can_be_named(draft, flask, written):
    path, _book = written(lambda book: setattr(cell(book, TITLE), "value", "甲"))
    editor = holder("municipality_editor", draft.organisation)
    assert flask("import-form", draft.id, path, "--as", editor.person.email).exit_code == 0
    assert db.session.scalars(HistoryEntry.of(draft)).first().actor_name == editor.name
    done = flask("import-form", draft.id, path, "--as", "nobody@example.jp")
    assert done.exit_code == 2


def test_what_was_saved_since_is_not_overwritten(draft, flask, written, at):
    path, book = written(lambda book: setattr(cell(book, TITLE), "value", "ファイルの名称"), draft.id)
    editor = holder("municipality_editor", draft.organisation)
    version = draft.version_of("basics")
    drafting.save(draft, "basics", {TITLE: "画面の名称"}, version=version, actor=editor, at=at)
    done = flask("import-form", draft.id, path, "--json")
    assert done.exit_code == 1
    assert [it["cell"] for it in json.loads(done.stdout)["refused"]] == [address(book, TITLE)]
    assert values_of(draft)[TITLE] == "画面の名称"


def test_what_is_closed_to_editing_is_not_changed(flask, written, app):
    handed = factories.application("in_approval")
    path, _book = written(lambda book: setattr(cell(book, TITLE), "value", "甲"), handed.id)
    done = flask("import-form", handed.id, path)
    assert done.exit_code == 2 and "nothing was saved" in done.stderr
    assert values_of(handed)[TITLE] == "雪道の見守りドローン"


@pytest.mark.parametrize(
    "words",
    [
        ("form", "R0X"),
        ("list", "--call", "R0X"),
        ("list", "--state", "lost"),
        ("show", "999"),
        ("show", "R5-9999"),
        ("export-form", "R0X", "x.xlsx"),
        ("import-form", "999", "x.xlsx"),
    ],
    ids=" ".join,
)
def test_what_there_is_not_is_told_in_a_sentence(app, flask, words):
    done = flask(*words)
    assert done.exit_code == 2
    assert words[-1 if words[0] in ("form", "list", "show") else 1] in done.stderr and not done.stdout


def test_a_file_that_is_none_is_told_in_a_sentence(draft, flask, tmp_path):
    path = tmp_path / "form.xlsx"
    done = flask("import-form", draft.id, path)
    assert done.exit_code == 2 and "cannot be read" in done.stderr
    path.write_bytes(b"not a workbook")
    done = flask("import-form", draft.id, path)
    assert done.exit_code == 2 and "form.xlsx" in done.stderr
    done = flask("export-form", draft.id, tmp_path / "away" / "form.xlsx")
    assert done.exit_code == 2 and "cannot be written" in done.stderr


def test_applications_are_listed(app, flask):
    draft = factories.application()
    submitted = factories.application(
        "submitted", call=draft.call, organisation=factories.organisation("別府市", "442020")
    )
    rows = json.loads(flask("list", "--json").stdout)
    assert [set(row) for row in rows] == [{"id", "number", "state", "title", "body"}] * 2
    assert [(row["id"], row["state"], row["body"]) for row in rows] == [
        (draft.id, "draft", draft.organisation.full_name),
        (submitted.id, "submitted", submitted.organisation.full_name),
    ]
    assert rows[1]["number"] == submitted.number and rows[0]["number"] is None
    only = json.loads(flask("list", "--state", "submitted", "--call", draft.call.code, "--json").stdout)
    assert [row["id"] for row in only] == [submitted.id]
    assert submitted.number in flask("list").output


def test_an_application_is_shown_with_answers_files_submissions_and_corrections(app, flask):
    returned = factories.application("returned")
    told = json.loads(flask("show", returned.number, "--json").stdout)
    assert told["id"] == returned.id and told["answers"] == values_of(returned)
    assert [(it["filename"], it["sha256"]) for it in told["files"]] == [
        ("計画.pdf", hashlib.sha256(PDF).hexdigest())
    ]
    assert [it["sha256"] for it in told["submissions"]] == [returned.last_submission.sha256]
    (correction,) = told["corrections"]
    assert correction["defects"] == {"basics": "概要に実施地域を加えてください。"} and correction["due_at"]
    assert returned.title in flask("show", str(returned.id)).output
