"""Local governments, each told by its name or code; where it is asked for, with a word that the list is complete."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from wtforms import BooleanField, TextAreaField
from wtforms.validators import Optional

from app.db import db
from app.lifecycle import N_
from app.lines import one_line
from app.organisations.codes import CodeError
from app.organisations.models import HEAD_TITLES, Organisation
from app.organisations.search import by_code_or_name, read_code
from app.questions.kind import Fault, Grid, Kind, Problem, Settings, Unreadable, joined
from app.questions.limits import TEXT, Limit
from app.web.forms import Between, Required, WholeNumberField, half_width
from app.web.i18n import sentence_of
from app.widths import TooLong, plain

MOST = 50
LONGEST_NAME = 100  # characters
NOTHING: dict[str, Any] = {"bodies": [], "complete": False}
_SEPARATORS = re.compile(r"[、,，;；\n\r\t]")
_CODE_BESIDE = re.compile(r"(.*?)\s*[（(]\s*([0-9０-９]{5,6})\s*[)）]")


class BodySettings(Settings):
    most = WholeNumberField(_l("At most (bodies)"), [Optional(), Between(1, MOST)], filters=[half_width])
    confirm = BooleanField(_l("Ask for a word that the list is complete"))


class BodiesField(TextAreaField):
    """One body on each line."""

    def __init__(self, *args: Any, kind: LocalGovernments, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "\n".join(_named(body) for body in self.data or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = []
        if valuelist:
            try:
                self.data = self.kind.parse(valuelist[0])["bodies"]
            except Unreadable as problem:
                raise ValueError(sentence_of(problem)) from problem


class LocalGovernments(Kind):
    name = "local_governments"
    label = N_("Local governments")
    partial = "local_governments"
    settings_form = BodySettings
    defaults = {"most": MOST, "confirm": False}
    empty: Any = NOTHING
    nothing = N_("None")

    @property
    def names(self) -> tuple[str, ...]:
        name = self.question.name
        return (name, f"{name}_complete") if self.settings["confirm"] else (name,)

    def told_to_applicants(self) -> list[str]:
        return [_("At most %(most)s bodies", most=self.settings["most"])]

    def fields(self) -> dict[str, Any]:
        asked = self.as_asked
        if self.settings["confirm"]:
            asked["validators"] = []
        found: dict[str, Any] = {self.names[0]: BodiesField(**asked, kind=self)}
        if self.settings["confirm"]:
            found[self.names[1]] = BooleanField(_l("The list is complete"), [Required()])
        return found

    def entries(self, value: Any) -> dict[str, Any]:
        value = {**NOTHING, **(value or {})}
        return dict(zip(self.names, (value["bodies"], value["complete"]), strict=False))

    def gather(self, entries: dict[str, Any], now: Any) -> Any:
        complete = self.settings["confirm"] and bool(entries.get(self.names[1]))
        return {"bodies": entries.get(self.names[0]) or [], "complete": complete}

    def faults(self) -> Iterator[Fault]:
        most = self.settings["most"]
        if type(most) is not int or not 1 <= most <= MOST:
            yield N_("“%(question)s” takes from 1 to %(most)s bodies."), {"most": MOST}

    def parse(self, entered: Any) -> Any:
        """From {"bodies", "complete"}, a list, or a text. A body is a name, a code, or {"id"} of one we know."""
        complete = False
        if isinstance(entered, Mapping):
            entered, complete = entered.get("bodies"), entered.get("complete", False)
        if entered is None or entered == "":
            entered = []
        if isinstance(entered, str):
            if len(entered) > MOST * (LONGEST_NAME + 2):
                raise Unreadable(N_("This is too long for a list of bodies."))
            entered = [line for line in _SEPARATORS.split(entered) if line.strip(" 　")]
        if not isinstance(entered, list | tuple) or not isinstance(complete, bool):
            raise Unreadable(N_("This is not a list of local governments."))
        if len(entered) > 2 * MOST:
            raise Unreadable(N_("These are more bodies than can be named here."))
        bodies = {body.id: _in_answer(body) for body in _all(list(entered))}
        return {"bodies": list(bodies.values()), "complete": complete}

    def is_empty(self, value: Any) -> bool:
        return not value or not (value["bodies"] or value["complete"])

    def problems(self, value: Any, section: str = "") -> Iterator[Problem]:
        value = {**NOTHING, **(value or {})}
        if self.settings["confirm"]:
            if not value["complete"]:
                sentence = N_("“%(question)s”: say that the list is complete, also when it is empty.")
                yield self.problem(section, "missing", sentence, anchor=self.names[1])
        elif self.question.required and not value["bodies"]:
            yield self.problem(section, "missing", N_("Answer “%(question)s”."))
        if len(value["bodies"]) > self.settings["most"]:
            most = self.settings["most"]
            yield self.problem(section, "", N_("“%(question)s” takes at most %(most)s bodies."), most=most)

    def fits(self, value: Any) -> bool:
        return isinstance(value, Mapping)

    def length(self, value: Any) -> int:
        return 0

    def freeze(self, value: Any) -> Any:
        """The bodies by their names of now."""
        value = {**NOTHING, **(value or {})}
        ids = [body["id"] for body in value["bodies"]]
        now = {it.id: it for it in _by_id(ids)} if ids else {}
        bodies = [_in_answer(now[body["id"]]) if body["id"] in now else body for body in value["bodies"]]
        return {**value, "bodies": [{"code": body["code"], "name": body["name"]} for body in bodies]}

    def thaw(self, frozen: Any) -> Any:
        """The bodies by their codes; that the list is complete has to be said anew."""
        bodies = (frozen or NOTHING)["bodies"]
        return {"bodies": [body["code"] or body["name"] for body in bodies], "complete": False}

    def is_same(self, frozen: Any, value: Any) -> bool:
        """By their codes: under another name a body is the same, and nobody is asked for it."""
        before, now = ({**NOTHING, **(it or {})} for it in (frozen, value))
        return all(
            before[name] == now[name]
            if name != "bodies"
            else [it["code"] for it in before[name]] == [it["code"] for it in now[name]]
            for name in {*before, *now}
        )

    def shown(self, frozen: Any) -> str:
        return joined(body["name"] for body in frozen["bodies"]) if frozen else ""

    def changed(self, old: Any, new: Any) -> tuple[str, str]:
        before, after = ("\n".join(_named(body) for body in (it or NOTHING)["bodies"]) for it in (old, new))
        return before, after

    @property
    def heads(self) -> list[str]:
        return [
            _("One body on each line"),
            *([_("The list is complete")] if self.settings["confirm"] else []),
        ]

    def cells(self, value: Any) -> Grid:
        value = {**NOTHING, **(value or {})}
        cell = "\n".join(_named(body) for body in value["bodies"]) or None
        if self.settings["confirm"]:
            return [[cell, "はい" if value["complete"] else None]]
        return [[cell]]

    def read(self, cells: Grid) -> Any:
        from app.questions.kinds.confirmation import Confirmation

        row = [*cells[0], None, None] if cells else [None, None]
        complete = Confirmation(self.question).parse(row[1]) if self.settings["confirm"] else False
        if row[0] is not None and not isinstance(row[0], str):
            row[0] = str(row[0])
        return self.parse({"bodies": row[0], "complete": complete})

    def offered(self, place: int) -> list[str]:
        return ["はい", "いいえ"] if place == 1 else []

    def limit(self, place: int) -> Limit | None:
        return Limit(TEXT)

    def columns(self) -> list[str]:
        return ["", _("Codes")]

    def data(self, frozen: Any) -> list[Any]:
        bodies = (frozen or NOTHING)["bodies"]
        return [joined(body["name"] for body in bodies), joined(body["code"] or "" for body in bodies)]


def _in_answer(body: Organisation) -> dict[str, Any]:
    return {"id": body.id, "code": body.code, "name": body.full_name}


def _named(body: Mapping[str, Any]) -> str:
    return f"{body['name']}（{body['code']}）" if body["code"] else str(body["name"])


def _all(entered: list[Any]) -> Iterator[Organisation]:
    ids = [it["id"] for it in entered if isinstance(it, Mapping) and type(it.get("id")) is int]
    known = {body.id: body for body in _by_id(ids)} if ids else {}
    for it in entered:
        if isinstance(it, Mapping):
            if it.get("id") not in known:
                raise Unreadable(N_("There is no such local government."))
            yield known[it["id"]]
        else:
            yield _one(it)


def _by_id(ids: list[int]) -> list[Organisation]:
    sound = [number for number in ids if 0 < number < 2**31]
    return list(db.session.scalars(select(Organisation).where(Organisation.id.in_(sound))))


def _one(text: Any) -> Organisation:
    """The body that a name or a code means, among those that are local governments. Raises Unreadable."""
    if not isinstance(text, str):
        raise Unreadable(N_("This is not a list of local governments."))
    try:
        name = plain(one_line(text[: LONGEST_NAME + 1]), most=LONGEST_NAME).strip()
    except TooLong as problem:
        raise Unreadable(N_("“%(text)s” is too long for a name."), text=text[:20]) from problem
    if beside := _CODE_BESIDE.fullmatch(name):
        name = beside[2]
    if read_code(name) is not None:
        try:
            body = by_code_or_name(name)
        except CodeError as problem:
            raise Unreadable.of(problem) from problem
        except LookupError as problem:
            raise Unreadable(N_("No local government has the code %(code)s."), code=name) from problem
        if body.body_kind not in HEAD_TITLES:
            raise Unreadable(N_("No local government has the code %(code)s."), code=name)
        return body
    full_name = Organisation.prefecture + Organisation.name
    query = select(Organisation).where(
        or_(Organisation.name == name, full_name == name), Organisation.body_kind.in_(tuple(HEAD_TITLES))
    )
    found = list(db.session.scalars(query.order_by(Organisation.code).limit(11)))
    if not found:
        raise Unreadable(N_("No local government is called “%(text)s”."), text=name[:LONGEST_NAME])
    if len(found) > 1:
        which = joined(f"{body.full_name}（{body.code}）" for body in found[:10])
        raise Unreadable(N_("Several are called “%(text)s”: say which (%(which)s)."), text=name, which=which)
    return found[0]
