"""Every field of every form, every argument of every command, every column: one line stays one line."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import click
import pytest
from sqlalchemy import Column, String, Text, select, text
from werkzeug.datastructures import MultiDict
from wtforms import Form as PlainForm
from wtforms import PasswordField, StringField, TextAreaField

import app as house
from app.correspondence.models import Mail
from app.db import Composed, OneLine, add_once, db
from app.history import HistoryEntry
from app.lines import DIRECTIONS, LINE_ENDS
from app.permissions import SYSTEM
from app.web.commands import Words
from app.web.forms import Form, Row
from tests import factories

TYPED = "見本\r\n支援金額　金１億円\u2028\u202e円億１金\u2069\u200f葛\U000e0100"
BREAKS = ("\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\x0b")


for _module in pkgutil.walk_packages(house.__path__, "app."):
    if _module.name.endswith((".forms", ".styleguide")):
        importlib.import_module(_module.name)


def _forms() -> Iterator[type]:
    waiting, seen = [PlainForm], set()
    while waiting:
        kind = waiting.pop()
        if kind in seen:
            continue
        seen.add(kind)
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("app."):
            yield kind


def _fields(kind: type) -> Iterator[tuple[str, type]]:
    for name in dir(kind):
        field = getattr(getattr(kind, name), "field_class", None)
        if isinstance(field, type) and issubclass(field, StringField):
            yield name, field


ONE_LINE = [
    pytest.param(kind, name, id=f"{kind.__module__}.{kind.__name__}.{name}")
    for kind in _forms()
    for name, field in _fields(kind)
    if not issubclass(field, TextAreaField)
]
SEVERAL = [
    pytest.param(kind, name, id=f"{kind.__module__}.{kind.__name__}.{name}")
    for kind in _forms()
    for name, field in _fields(kind)
    if issubclass(field, TextAreaField)
]


def filled(plain_app, kind: type, name: str, entry: str):
    with plain_app.test_request_context(method="POST"):
        options = {"meta": {"csrf": False}} if issubclass(kind, Form) else {}
        return kind(MultiDict({name: entry}), **options)[name]


def test_every_form_is_one_of_ours_or_a_row_of_one(plain_app):
    assert [kind for kind in _forms() if not issubclass(kind, Form | Row)] == []
    assert len(ONE_LINE) > 25 and len(SEVERAL) > 10


@pytest.mark.parametrize(("kind", "name"), ONE_LINE)
def test_a_line_break_and_a_turned_direction_are_refused_in_a_field_of_one_line(plain_app, kind, name):
    for what in (*(f"見{end}本" for end in BREAKS), *(f"見{control}本" for control in DIRECTIONS)):
        field = filled(plain_app, kind, name, what)
        assert any("取り除きました" in str(told) for told in field.process_errors), f"{what!r} is taken"
        if isinstance(field.data, str) and not isinstance(field, PasswordField):
            assert not set(field.data) & {*LINE_ENDS, *DIRECTIONS}, "what is shown again can be sent as it is"


@pytest.mark.parametrize(("kind", "name"), ONE_LINE)
def test_a_line_end_behind_a_text_of_one_line_is_taken_off_without_a_word(plain_app, kind, name):
    field = filled(plain_app, kind, name, " 見本\r\n")
    assert not any("取り除きました" in str(told) for told in field.process_errors)


@pytest.mark.parametrize(("kind", "name"), SEVERAL)
def test_a_text_of_several_lines_is_made_neutral(plain_app, kind, name):
    field = filled(plain_app, kind, name, TYPED)
    assert not field.process_errors
    assert field.data == "見本\n支援金額　金１億円\n円億１金葛\U000e0100"


def test_every_column_of_texts_keeps_them_neutral(plain_app):
    asked = 0
    for mapper in db.Model.registry.mappers:
        for column in mapper.columns:
            if not isinstance(column, Column) or not isinstance(column.type, String | Composed):
                continue
            asked += 1
            record = mapper.class_()
            setattr(record, mapper.get_property_by_column(column).key, TYPED)
            kept = getattr(record, mapper.get_property_by_column(column).key)
            several = isinstance(column.type, Text) and not isinstance(column.type, OneLine)
            assert not set(kept) & ({*LINE_ENDS, *DIRECTIONS} - ({"\n"} if several else set())), column
    assert asked > 80


def test_what_goes_into_a_table_without_a_record_is_neutral_too(app, at):
    named = {"key": "k", "message_id": "<k@example.jp>", "to_address": "a@example.jp", "queued_at": at}
    mail = add_once(Mail, subject=TYPED, to_name=TYPED, body=TYPED, next_attempt_at=at, **named)
    for column, ends in (("subject", LINE_ENDS), ("to_name", LINE_ENDS), ("body", LINE_ENDS[1:])):
        kept = db.session.scalar(text(f"SELECT {column} FROM mails WHERE id = :id"), {"id": mail.id})
        assert kept.startswith("見本") and not set(kept) & {*ends, *DIRECTIONS}, column


def test_what_the_history_keeps_of_a_change_is_neutral(app, at):
    factories.call().record(
        "noted", actor=SYSTEM, at=at, changes={"reason": ["一\u2028二", {"\u202e": "\u2067三"}]}
    )
    db.session.commit()
    kept = db.session.scalars(select(HistoryEntry.changes).where(HistoryEntry.event == "noted")).one()
    assert kept == {"reason": ["一\n二", {"": "三"}]}


def test_every_text_that_a_command_takes_is_one_line(plain_app):
    def texts(command: click.Command) -> Iterator[click.Parameter]:
        yield from (param for param in command.params if param.type.name == "text")
        for below in getattr(command, "commands", {}).values():
            yield from texts(below)

    commands = plain_app.cli
    ctx = click.Context(commands)
    found = [it for name in commands.list_commands(ctx) for it in texts(commands.get_command(ctx, name))]
    assert len(found) > 8
    assert [param.name for param in found if not isinstance(param.type, Words)] == []


@pytest.mark.parametrize("name", ["見本\n管理者", "見本\u202e花子"])
def test_a_command_refuses_a_name_that_is_not_one_line(plain_app, name):
    result = plain_app.test_cli_runner().invoke(args=["users", "add", "hanako@example.jp", name])
    assert result.exit_code == 2 and "leave it out" in result.output
    assert len(result.output.splitlines()) == 4 and "\u202e" not in result.output
