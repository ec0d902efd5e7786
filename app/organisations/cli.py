"""flask users …: the people and their seats, from the machine itself; how the first administrator gets in."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from typing import Any, TextIO

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from app import calendar
from app.actors import Actor
from app.db import db
from app.organisations import links, operations, search, sign_in
from app.organisations.contacts import NoSuchTenure, tenure_of
from app.organisations.labels import ROLES
from app.organisations.models import Organisation, Person, Seat, Tenure
from app.permissions import SEATED, SYSTEM
from app.web import clock
from app.web.commands import say, say_json

users = AppGroup("users", help="People, their seats and their passwords.")


class _Day(click.ParamType):
    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        try:
            return value if isinstance(value, date) else calendar.parse_date(value)
        except ValueError as problem:
            self.fail(str(problem), param, ctx)


def _acting(email: str | None) -> Any:
    return tenure_of(email) if email else SYSTEM


@users.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_users(as_json: bool) -> None:
    """Everybody who can sign in, with the seats they hold today."""
    clock.sync()
    held = list(db.session.scalars(Tenure.current()))
    people = db.session.scalars(select(Person).order_by(Person.email))
    rows = [_told(person, [tenure for tenure in held if tenure.person_id == person.id]) for person in people]
    if as_json:
        say_json(rows)
        return
    for row in rows:
        say(f"{row['email']}  {row['name']}" + ("" if row["has_password"] else "  (no password yet)"))
        for seat in row["seats"]:
            say(f"    {seat['role']}  {seat['organisation']} {seat['seat']}  since {seat['since']}")


@users.command("directory")
def bring_in_directory() -> None:
    """Bring in every prefecture and municipality with code and kana; again whenever the postal data is newer."""
    clock.sync()
    touched = _doing(lambda: operations.load_directory(actor=SYSTEM, at=calendar.now()))
    db.session.commit()
    say(f"{touched} organisations were added or changed.")


@users.command("addresses")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@click.option("--as", "acting", metavar="EMAIL", help="The officer or administrator who does this.")
def bring_in_addresses(file: TextIO, acting: str | None) -> None:
    """Bring in the general addresses of bodies: a CSV file, the code or name of a body and its address in each line.

    A first line of words is passed over. Either all of it is taken, or each line that cannot be is named.
    """
    clock.sync()
    changed, problems = 0, []
    actor, at = _doing(lambda: _acting(acting)), calendar.now()
    for number, line in enumerate(csv.reader(file), start=1):
        try:
            if len(line) < 2:
                raise ValueError("it has no address")
            if number == 1 and "@" not in line[1]:
                continue
            body = search.by_code_or_name(line[0])
            changed += operations.set_general_address(body, line[1], actor=actor, at=at)
        except (ValueError, LookupError) as problem:
            problems.append(f"line {number}: {problem}")
    if problems:
        db.session.rollback()
        raise click.ClickException("nothing was taken. " + "; ".join(problems))
    db.session.commit()
    say(f"{changed} general addresses were entered or changed.")


@users.command("add")
@click.argument("email")
@click.argument("name")
@click.option("--link", is_flag=True, help="Print a link with which the person sets a password.")
def add_user(email: str, name: str, link: bool) -> None:
    """Add a person. They can sign in once they have a password and a seat."""
    clock.sync()
    person = _doing(lambda: operations.add_person(email, name, actor=SYSTEM, at=calendar.now()))
    token = _token(person) if link else None
    db.session.commit()
    say(f"{person.email} is added.")
    _print_link(token)


@users.command("seat")
@click.argument("email")
@click.argument("role", type=click.Choice([role for role in ROLES if role in SEATED]))
@click.option("--organisation", required=True, help="Its code or its name.")
@click.option("--section", required=True, help="部署")
@click.option("--post", required=True, help="役職")
@click.option("--mailbox", help="The seat's shared mailbox; the person's own address without it.")
@click.option("--on", type=_Day(), help="First day in the seat; today without it.")
@click.option("--add-organisation", is_flag=True, help="Add the ministry when there is none of that name.")
@click.option("--as", "acting", metavar="EMAIL", help="The administrator who does this.")
def seat_user(
    email: str, role: str, organisation: str, section: str, post: str, mailbox: str | None, on: date | None,
    add_organisation: bool, acting: str | None,
) -> None:  # fmt: skip
    """Make a seat for a person, or hand over the one that is there (same body, role, section and post)."""
    clock.sync()
    at, day = calendar.now(), on or calendar.today()

    def do() -> Tenure:
        actor = _acting(acting)
        person = _person(email)
        body = _body(organisation, add_organisation, actor)
        where = {
            "organisation_id": body.id,
            "role": role,
            "section": section,
            "post": post,
            "closed_on": None,
        }
        seat = db.session.scalar(select(Seat).filter_by(**where))
        seat = seat or operations.add_seat(
            body, role, section=section, post=post, mailbox=mailbox or person.email, actor=actor, at=at
        )
        return operations.hand_over(seat, person, on=day, actor=actor, at=at)

    tenure = _doing(do)
    db.session.commit()
    say(
        f"{tenure.person.email} holds {tenure.organisation_name} {tenure.seat_name} ({role})"
        f" from {tenure.started_on.isoformat()}."
    )


@users.command("password")
@click.argument("email")
@click.option(
    "--link", is_flag=True, help="Print a link with which the person sets it, instead of asking for it here."
)
def password(email: str, link: bool) -> None:
    """Set a person's password, or make a one-time link for it."""
    clock.sync()
    person = _doing(lambda: _person(email))
    if link:
        token = _token(person)
        db.session.commit()
        _print_link(token)
        return
    typed = click.prompt("New password", hide_input=True, confirmation_prompt=True)
    _doing(lambda: operations.set_password(person, typed, at=calendar.now()))
    db.session.commit()
    say(f"The password of {person.email} is set. Sessions opened with the old one have ended.")


@users.command("free")
@click.argument("email")
def free(email: str) -> None:
    """Forget the wrong passwords typed for this address, so that its next attempt is heard at once."""
    for throttle in (sign_in.SIGN_IN, sign_in.PRESENT_PASSWORD, operations.RESET):
        throttle.forget_everywhere(sign_in.normal_address(email))
    db.session.commit()
    say(f"Attempts at {email} are forgotten.")


@users.command("sign-out")
@click.argument("email")
@click.option("--as", "acting", metavar="EMAIL", help="The administrator who does this.")
def sign_out(email: str, acting: str | None) -> None:
    """End every session of this person, wherever they are signed in."""
    clock.sync()
    person = _doing(lambda: _person(email))
    count = _doing(lambda: operations.end_sessions(person, actor=_acting(acting), at=calendar.now()))
    db.session.commit()
    say(f"{person.email} is signed out everywhere ({count} sessions).")


def _doing(act: Any) -> Any:
    """What was refused ends the command with its sentence; nothing is kept by half."""
    try:
        return act()
    except (ValueError, LookupError, NoSuchTenure) as problem:
        db.session.rollback()
        raise click.ClickException(str(problem)) from problem


def _person(email: str) -> Person:
    person = operations.person_with(email)
    if person is None:
        raise LookupError(f"nobody has the address {email}; add them with: flask users add {email} NAME")
    return person


def _body(text: str, add: bool, actor: Actor) -> Organisation:
    try:
        return search.by_code_or_name(text)
    except LookupError as problem:
        if add:
            body = operations.add_organisation(
                name=text, body_kind="ministry", actor=actor, at=calendar.now()
            )
            db.session.flush()
            return body
        raise LookupError(f"{problem}; a ministry is added with --add-organisation") from problem


def _token(person: Person) -> str:
    """Told here and nowhere else."""
    at = calendar.now()
    link = operations.password_link(person, expires_at=at + operations.INVITED_FOR, at=at)
    token = links.token_of(link)
    links.forget(link.id)
    return token


def _print_link(token: str | None) -> None:
    if token is None:
        return
    with current_app.test_request_context(base_url=current_app.config["BASE_URL"]):
        from flask import url_for

        say(f"Good once, for {operations.INVITED_FOR // timedelta(days=1)} days:")
        say(url_for("accounts.set_password", token=token, _external=True))


def _told(person: Person, held: list[Tenure]) -> dict[str, Any]:
    return {
        "email": person.email,
        "name": person.name,
        "has_password": person.password_hash is not None,
        "seats": [
            {
                "role": tenure.role,
                "organisation": tenure.organisation_name,
                "seat": tenure.seat_name,
                "mailbox": tenure.seat.mailbox,
                "since": tenure.started_on.isoformat(),
            }
            for tenure in held
        ],
    }
