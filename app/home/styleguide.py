"""The gallery of components, in development and in the demo: each macro once, with made-up content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from app import calendar
from app.lifecycle import LIFECYCLES
from app.organisations.codes import PREFECTURES
from app.programmes.models import Call
from app.reporting.charts import Bar, Periods, Tile
from app.reporting.statistics import Round
from app.reporting.tiles import CELLS, short_name
from app.web import shown
from app.web.access import needs
from app.web.counting import Part, SplitBar
from app.web.forms import AtMost, DateField, Form, InstantField, Required, choices
from app.web.i18n import state_label
from app.web.lists import Choice, Column, Listing, Search
from app.web.month import month_of
from app.web.paging import Paging

styleguide = Blueprint("styleguide", __name__)


@styleguide.get("/styleguide")
@needs("public")
def index() -> str:
    wrong = SampleForm(MultiDict(_AS_TYPED), meta={"csrf": False}, prefix="wrong-")
    wrong.validate()
    return render_template(
        "styleguide.html", form=SampleForm(None, meta={"csrf": False}), wrong=wrong, listing=_listing(),
        records=_records(), entries=_entries(), today=calendar.today(), now=calendar.now(),
        later=calendar.now() + timedelta(days=2, hours=3), tiles=_tiles(), periods=_periods(), **_drawn(),
    )  # fmt: skip


def _drawn() -> dict[str, Any]:
    """What the charts, the month and the tags of due days show."""
    now, today = calendar.now(), calendar.today()
    sample = [("draft", 2), ("submitted", 3), ("returned", 2), ("accepted", 2), ("under_review", 1)]
    return {
        "states": [Part(state_label(None, state, "application"), n, "#charts") for state, n in sample],
        "years": [
            SplitBar(
                _("Year %(year)s (%(fiscal_year)s)", year=year, fiscal_year=f"R{5 - year}"),
                n,
                ending,
                "#charts",
            )
            for year, n, ending in ((1, 10, 0), (2, 9, 0), (3, 12, 3), (4, 5, 5))
        ],
        "month": month_of(today, {today + timedelta(days=2): (_("Notice of selection"),)}),
        "dues": [
            now - timedelta(days=3),
            now - timedelta(hours=1),
            now + timedelta(minutes=1),
            today + timedelta(days=16),
            today + timedelta(days=30),
        ],
    }


class SampleForm(Form):
    title = StringField(
        _l("Title of the project"),
        [Required(), AtMost(60)],
        description=_l("As it will appear in the public list."),
    )
    opens_on = DateField(_l("Starts on"), [Required()])
    closes_at = InstantField(_l("Closing instant"))
    summary = TextAreaField(
        _l("Summary"), [Required(), AtMost(400)], description=_l("Problem, technology, result.")
    )
    prefecture = SelectField(
        _l("Prefecture"), choices=choices({"": "–", "01": "北海道", "13": "東京都", "27": "大阪府"})
    )
    stage = RadioField(
        _l("Stage"), [Required()], choices=choices({"trial": _l("Trial"), "service": _l("Regular service")})
    )
    technologies = SelectMultipleField(
        _l("Technologies"),
        choices=choices({"ai": "AI", "iot": "IoT", "5g": "5G", "drone": _l("Drones")}),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    attachment = FileField(_l("Attachment"), description=_l("PDF, at most 20 MB."))
    agreed = BooleanField(_l("The contents have been checked"), [Required()])


_AS_TYPED = {
    "wrong-opens_on": "令和5年2月30日",
    "wrong-closes_at": "R5.5.10 12:00",
    "wrong-summary": "山間部の移動手段を、" * 45,
    "wrong-prefecture": "01",
}


@dataclass(frozen=True)
class Sample:
    """Stands for a record: what the components ask of one, and no more."""

    id: int
    number: str
    title: str
    body: str
    bodies_count: int
    kind: str = "application"
    state: str = "submitted"


@dataclass(frozen=True)
class SampleEntry:
    at: datetime
    actor_name: str
    what: Any


_ROWS = (
    Sample(1, "R5-001", "自動運転バスによる中山間地域の移動支援", "北海道上士幌町", 1, state="submitted"),
    Sample(2, "R5-002", "ドローンと気象データによる農業の省力化", "新潟県新潟市", 2, state="returned"),
    Sample(3, "R5-003", "市民の健康を見守るデータ連携基盤", "福島県会津若松市", 1, state="under_review"),
    Sample(4, "R5-004", "離島への医薬品配送", "長崎県五島市", 3, state="selected"),
    Sample(5, "R5-005", "キャッシュレスによる観光振興", "愛媛県松山市", 1, state="withdrawn"),
)


class SampleListing(Listing):
    """A Listing over rows in memory: the gallery needs no database."""

    @cached_property
    def matching(self) -> list[Sample]:
        word, state = self.chosen.get("q", ""), self.chosen.get("state")
        key, down = self.sort
        found = [row for row in _ROWS if word in row.title + row.body and (not state or row.state == state)]
        return sorted(found, key=lambda row: getattr(row, key), reverse=down)

    @cached_property
    def paging(self) -> Paging:
        found = Paging(
            lambda: self.query,
            lambda: self.query,
            None,
            [],
            self.per_page,
            self.args.get("page", "1"),
            name="",
        )
        found.counted = len(self.matching)
        return found

    @cached_property
    def rows(self) -> list[Any]:
        start = (self.page - 1) * self.per_page
        return self.matching[start : start + self.per_page]


def _listing() -> SampleListing:
    states = {name: state_label(None, name, "application") for name in LIFECYCLES["application"].states}
    return SampleListing(
        query=None,  # type: ignore[arg-type]
        args=request.args,
        columns=[
            Column("number", _("No."), lambda row: row.number, sort=True),
            Column(
                "title",
                _("Title"),
                lambda row: row.title,
                sort=True,
                shown=lambda row: shown.link("#lists", row.title),
            ),
            Column(
                "body",
                _("Local government"),
                lambda row: row.body,
                shown=lambda row: shown.body_named(row.body),
            ),
            Column("bodies_count", _("Bodies"), lambda row: row.bodies_count, sort=True, numeric=True),
            Column("state", _("State"), state_label, shown=shown.state_tag),
        ],
        filters=[Search("q", _("Search"), []), Choice("state", _("State"), states)],
        default_sort="number",
        per_page=3,
        caption=_("Applications"),
    )


def _tiles() -> list[Tile]:
    """The map with a few numbers, one of each shade."""
    counts = {"01": 1, "11": 2, "23": 3, "27": 4}
    return [
        Tile(number, name, short_name(number), *CELLS[number], counts.get(number, 0), counts.get(number, 0))
        for number, name in PREFECTURES.items()
    ]


def _periods() -> Periods:
    """Two rounds: one that is over, one that may be extended."""
    year = calendar.fiscal_year(calendar.today())
    first = calendar.fiscal_year_start(year - 4)

    def bar(selected: int, years: int, more: int, standing: str) -> Bar:
        start, end, longest = (
            (calendar.fiscal_year_start(fiscal_year) - first).days
            for fiscal_year in (selected, selected + years, selected + years + more)
        )
        call = Call(selection_fy=selected, announced_count=selected % 7 + 2)
        return Bar(Round(call, 0, 0, 0, 0, 0), start, end, longest, standing)

    years = [(it, (calendar.fiscal_year_start(it) - first).days) for it in range(year - 4, year + 5)]
    return Periods(
        bars=[bar(year - 4, 3, 0, "ended"), bar(year, 3, 2, "supported")],
        years=years,
        days=(calendar.fiscal_year_start(year + 5) - first).days,
        on=(calendar.today() - first).days,
    )


def _records() -> list[Sample]:
    return [
        Sample(0, "", "", "", 1, kind=kind, state=state)
        for kind, table in LIFECYCLES.items()
        for state in table.states
    ]


def _entries() -> list[SampleEntry]:
    at = calendar.now()
    return [
        SampleEntry(at - timedelta(hours=2), "山田 太郎", _("Returned for correction")),
        SampleEntry(at - timedelta(days=1), "佐藤 花子", _("Submitted")),
        SampleEntry(at - timedelta(days=9), "Banso", _("Reminder sent: 14 days left")),
    ]
