"""flask applications: what a call asks and what is answered, for whoever works on it with another program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import calendar
from app.actors import Actor
from app.applications import workbooks
from app.applications.models import ANSWERED, JOINT_BODIES, Application
from app.db import db
from app.explained import Explained
from app.lifecycle import APPLICATION, NotAllowed
from app.organisations.contacts import NoSuchTenure, tenure_of
from app.permissions import SYSTEM
from app.programmes.models import Call
from app.questions.answering import Stale
from app.questions.importing import Comparison
from app.questions.kind import Upload
from app.questions.models import FormVersion
from app.questions.workbook_reading import LARGEST
from app.storage import Incoming
from app.web import clock
from app.web.commands import say, say_json
from app.web.i18n import sentence_of

applications = AppGroup("applications", help="Applications and the forms of their calls.")
LONGEST_ID = 10  # digits
ELSEWHERE = (
    "Somebody saved this question after the file was made. Look at both on the page of the application."
)


class Unknown(click.ClickException):
    """What was named is not there, or cannot be read: nothing was done."""

    exit_code = 2


@applications.command("form")
@click.argument("call")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show_form(call: str, as_json: bool) -> None:
    """What the call with this code (R4S) asks of applicants now; of a draft what it is to ask."""
    version = version_of(call_of(call))
    if as_json:
        say_json({"version": version.number, **version.form.to_json()})
        return
    say(f"version {version.number}")
    for section in version.form.sections:
        say(f"{section.key}: {section.label.ja}")
        for question in section.questions:
            required = " *" if question.required else ""
            say(f"  {question.key} ({question.kind}){required}: {question.label.ja}")


@applications.command("list")
@click.option("--call", help="Only those to the call with this code.")
@click.option("--state", type=click.Choice(list(APPLICATION.states)), help="Only those that stand there.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def list_applications(call: str | None, state: str | None, as_json: bool) -> None:
    """Every application, also drafts, the first started first."""
    query = select(Application).options(joinedload(Application.organisation)).order_by(Application.id)
    if call is not None:
        query = query.where(Application.call_id == call_of(call).id)
    if state is not None:
        query = query.where(APPLICATION.group(state).of(Application))
    rows = [_row(application) for application in db.session.scalars(query)]
    if as_json:
        say_json(rows)
        return
    for row in rows:
        say(f"{row['id']}  {row['number'] or '–'}  {row['state']}  {row['title'] or '–'}  {row['body']}")


@applications.command("show")
@click.argument("application")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show_application(application: str, as_json: bool) -> None:
    """The application with this id or number: its answers, files, submissions and corrections."""
    found = application_of(application)
    form, values = found.answered.form, found.answered.values
    row = {
        **_row(found),
        "call": found.call.code,
        "version": found.answered.version.number,
        "answers": {key: values[key] for key in form.questions if key in values},
        "files": [_file(question.key, it) for question in form.questions.values() if question.asked.sends_files
                  for it in values.get(question.key, ())],
        "submissions": [
            {"id": it.id, "received_at": it.received_at.isoformat(), "by": it.submitted_by, "sha256": it.sha256}
            for it in found.submissions
        ],
        "corrections": [_correction(it) for it in found.corrections],
    }  # fmt: skip
    if as_json:
        say_json(row)
        return
    say(f"{row['id']}  {row['number'] or '–'}  {row['state']}  {row['title'] or '–'}  {row['body']}")
    for key, question in form.questions.items():
        asked = question.asked
        say(f"  {question.label.ja}: {asked.shown(asked.freeze(values.get(key, asked.empty)))}")
    for file in row["files"]:
        say(f"  file {file['filename']}  SHA-256 {file['sha256']}")
    for it in row["submissions"]:
        say(f"  submitted {it['received_at']}  SHA-256 {it['sha256']}")
    for it in row["corrections"]:
        say(f"  returned {it['asked_at']}  due {it['due_at']}")


@applications.command("export-form")
@click.argument("what")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def export_form(what: str, path: Path) -> None:
    """Write a form as an Excel workbook to PATH: that of a call (its code, R4S), empty, or that of an application (its id or
    number), filled so far."""
    clock.sync()
    call = _call(what)
    if call is not None:
        content = workbooks.empty_workbook(call, version_of(call))
    elif (application := _application(what)) is not None:
        content = workbooks.filled_workbook(application, at=calendar.now())
    else:
        raise Unknown(f"there is no call with the code {what}, nor an application with this id or number.")
    try:
        path.write_bytes(content)
    except OSError as problem:
        raise Unknown(f"{path} cannot be written: {problem.strerror}.") from problem
    say(f"{path} is written.")


@applications.command("import-form")
@click.argument("application")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only tell what it would do.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--as", "email", help="Who acts: the address of somebody in a seat; otherwise the system.")
def import_form(application: str, path: Path, check: bool, as_json: bool, email: str | None) -> None:
    """Save what a filled workbook answers otherwise than the application, and tell what of it was refused.

    What is refused keeps nothing else from being saved. What can be saved, but not handed in yet (a text over its limit),
    is told by its cell too. Exit code 0; 1 when anything was refused and it is no --check;
    2 when nothing was done.
    """
    clock.sync()
    found, actor = application_of(application), _acting(email)
    comparison, refused = _read(found, path)
    if not check:
        _save(found, comparison, actor)
    _tell(comparison, refused, as_json=as_json, check=check)
    if refused and not check:
        raise SystemExit(1)


def _read(found: Application, path: Path) -> tuple[Comparison, list[dict[str, str]]]:
    """What the file would change, without what somebody saved since; and each cell that was refused, with its question."""
    try:
        if path.stat().st_size > LARGEST:
            raise Unknown(f"{path} is larger than {LARGEST // 1024 // 1024} MB.")
        content = path.read_bytes()
    except OSError as problem:
        raise Unknown(f"{path} cannot be read: {problem.strerror}.") from problem
    try:
        read = workbooks.read_upload(found, Upload(path.name, Incoming.of(content)))
    except Explained as problem:
        raise Unknown(f"{path.name}: {sentence_of(problem)}") from problem
    comparison = workbooks.compared(found, read)
    refused = [{"cell": it.cell, "question": it.key, "why": it.why} for it in comparison.refused]
    for change in [it for it in comparison.changes if it.elsewhere]:
        comparison.changes.remove(change)
        refused += [{"cell": it.cell, "question": change.key, "why": ELSEWHERE} for it in change.cells]
    return comparison, refused


def _save(found: Application, comparison: Comparison, actor: Actor) -> None:
    try:
        workbooks.take(
            found,
            comparison,
            [it.key for it in comparison.changes],
            versions=workbooks.versions_of(found),
            form=found.answered.version.number,
            actor=actor,
            at=calendar.now(),
        )
    except Explained as problem:
        db.session.rollback()
        raise Unknown(f"nothing was saved: {sentence_of(problem)}") from problem
    except Stale as problem:
        db.session.rollback()
        raise Unknown("nothing was saved: somebody saved the application at the same moment.") from problem
    except NotAllowed as problem:
        db.session.rollback()
        raise Unknown(f"nothing was saved: it cannot be edited ({problem}).") from problem
    db.session.commit()


def _tell(comparison: Comparison, refused: list[dict[str, str]], *, as_json: bool, check: bool) -> None:
    changes = [
        {"cell": it.cell, "question": change.key, "was": it.was, "becomes": it.becomes}
        for change in comparison.changes
        for it in change.cells
    ]
    chosen = {it.key for it in comparison.changes}
    unready = [
        {"cell": it.cell, "question": it.key, "why": it.why} for it in comparison.unready if it.key in chosen
    ]
    if as_json:
        say_json({"changes": changes, "refused": refused, "unready": unready})
        return
    for row in changes:
        say(f"{row['cell']}  {row['question']}: {row['was'] or '–'} → {row['becomes'] or '–'}")
    for row in refused:
        say(f"{row['cell']}  {row['question']}: refused. {row['why']}")
    for row in unready:
        say(f"{row['cell']}  {row['question']}: cannot be handed in yet. {row['why']}")
    done = "would change" if check else "changed"
    say(f"{len(changes)} cells {done}, {len(refused)} refused.")


def call_of(code: str) -> Call:
    """Raises Unknown."""
    if (call := _call(code)) is None:
        raise Unknown(f"there is no call with the code {code}.")
    return call


def version_of(call: Call) -> FormVersion:
    """The version that the call asks now. Raises Unknown."""
    version = call.form and (call.form.published or call.form.newest)
    if not version:
        raise Unknown(f"the call {call.code} has no form.")
    return version


def application_of(named: str) -> Application:
    """Raises Unknown."""
    if (found := _application(named)) is None:
        raise Unknown(f"there is no application with the id or number {named}.")
    return found


def _call(code: str) -> Call | None:
    return db.session.scalars(select(Call).where(Call.code == code)).one_or_none()


def _application(named: str) -> Application | None:
    by_id = named.isascii() and named.isdecimal() and len(named) < LONGEST_ID
    which = Application.id == int(named) if by_id else Application.number == named
    query = select(Application).where(which).options(joinedload(Application.call), JOINT_BODIES, *ANSWERED)
    return db.session.scalars(query).one_or_none()


def _acting(email: str | None) -> Actor:
    try:
        return tenure_of(email) if email else SYSTEM
    except NoSuchTenure as problem:
        raise Unknown(str(problem)) from problem


def _row(application: Application) -> dict[str, Any]:
    return {
        "id": application.id,
        "number": application.number,
        "state": application.state,
        "title": application.title,
        "body": application.organisation.full_name,
    }


def _file(question: str, it: dict[str, Any]) -> dict[str, Any]:
    return {
        "question": question,
        **{name: it[name] for name in ("id", "filename", "media_type", "size", "sha256")},
    }


def _correction(it: Any) -> dict[str, Any]:
    return {
        "id": it.id,
        "asked_at": it.asked_at.isoformat(),
        "asked_by": it.asked_by,
        "due_at": it.due_at.isoformat(),
        "defects": it.defects,
        "mended_at": it.mended_at.isoformat() if it.mended_at else None,
        "resubmitted_at": it.resubmitted_at.isoformat() if it.resubmitted_at else None,
    }
