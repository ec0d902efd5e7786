"""Japanese first, English by a switch. Msgids are English; the `ja` catalogue is complete (a test proves it)."""

from __future__ import annotations

import os
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import flask_babel
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_app_context, has_request_context, request, session
from flask_babel import Babel, Domain, get_locale
from flask_babel import gettext as _

from app import calendar
from app.db import of_request
from app.explained import Sentence
from app.lifecycle import LIFECYCLES, State
from app.permissions import APPLICANT, OFFICE
from app.web.access import actor_or_none

LANGUAGES = {"ja": "日本語", "en": "English"}
CATALOGUE = Path(__file__).resolve().parent.parent / "translations" / "ja" / "LC_MESSAGES" / "messages.po"


class Catalogues(Domain):
    """Flask-Babel's own domain looks the language up for each of a page's hundreds of messages."""

    def gettext(self, string: str, **variables: Any) -> str:
        found: str = self.get_translations().ugettext(string)
        return found % variables if variables else found

    def get_translations(self) -> Any:
        of_page = of_request().get("_flask_babel") if has_app_context() else None
        # Flask-Babel empties this where another language is forced for a while.
        found = getattr(of_page, "babel_translations", None)
        if found is None:
            locale = get_locale()
            key = ("of a language", locale.language if locale else "")
            if key not in self.cache:
                self.cache[key] = super().get_translations()
            found = self.cache[key]
            if of_page is not None:
                of_page.babel_translations = found
        return found


def init_app(app: Flask) -> None:
    _compile_when_stale(CATALOGUE)
    Babel(app, locale_selector=chosen_language, default_translation_directories=str(CATALOGUE.parents[2]))
    app.extensions["babel"].instance.domain_instance = catalogues = Catalogues([str(CATALOGUE.parents[2])])
    # A page asks for thirty words in Python; Flask-Babel looks up for each whose catalogue it is. There is one.
    flask_babel.get_domain = lambda: catalogues
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda message: catalogues.get_translations().ugettext(message),
        ngettext=lambda one, many, count: catalogues.get_translations().ungettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals.update(
        get_locale=locale_name,
        languages=LANGUAGES,
        state_label=state_label,
        state_tone=state_tone,
        told=told,
        weekday_names=weekday_names,
    )
    app.jinja_env.filters.update(
        figure=shown_figure,
        ja_date=shown_date,
        ja_datetime=shown_instant,
        short_day=shown_day,
        short_time=shown_minute,
        lately=shown_lately,
        near_day=shown_near_day,
        month_name=shown_month,
        instant=datetime.fromisoformat,
        day=date.fromisoformat,
        era_year=shown_fiscal_year,
        era_letter=shown_fiscal_year_short,
        filesize=shown_size,
        thousands=shown_number,
        translated=translated,
    )


def chosen_language() -> str:
    """The switch's choice; Japanese for everybody who has not touched it."""
    if not has_request_context():
        return "ja"  # commands and jobs: what they write is for the record
    chosen = session.get("language") or request.cookies.get("language")
    return chosen if chosen in LANGUAGES else "ja"


def japanese() -> bool:
    found: bool | None = of_request().get("japanese")
    if found is None:
        locale = get_locale()
        found = g.japanese = locale is None or locale.language == "ja"
    return found


def locale_name() -> str:
    """The language of the page: ja or en. Looked up once a request."""
    found: str | None = of_request().get("locale_name")
    if found is None:
        found = g.locale_name = str(get_locale() or "ja")
    return found


def audience() -> str:
    """For whom a state is named on this page: the office, an applicant, or the public."""
    who = actor_or_none()
    if who is None:
        return "public"
    if who.role in OFFICE or who.role == "administrator":
        return "office"
    return "applicant" if who.role in APPLICANT else "public"


def standing(record: Any) -> str:
    """The state as the instant has it, where the record tells that; else the state."""
    found: str = getattr(record, "standing", record.state)
    return found


def state_label(record: Any, state: str | None = None, kind: str | None = None) -> str:
    """The name of a record's state (or of `state` of `kind`) for whoever reads this page."""
    return in_the_readers_words(_named(record, state, kind).labels[audience()])


def state_tone(record: Any, state: str | None = None, kind: str | None = None) -> str:
    """Its colour for whoever reads this page."""
    return _named(record, state, kind).tones[audience()]


def in_the_readers_words(msgid: str) -> str:
    """As `_`; a list asks for the same few words in each of its rows."""
    words: dict[str, str] = of_request().setdefault("words", {})
    if msgid not in words:
        words[msgid] = _(msgid)
    return words[msgid]


def _named(record: Any, state: str | None, kind: str | None) -> State:
    table = LIFECYCLES[kind or record.kind]
    return table.named(state) if state else table.standing_of(record)


def translated(text: str) -> str:
    """For templates: a text from the database that may be a msgid of ours or anybody's words.

    The templates' own `_()` takes its msgid for safe markup, so it must never be given what others wrote.
    """
    return _(text) if text else ""


def told(kind: str, event: str) -> str | None:
    """What a timeline says of a move, for whoever reads it; None for an event that is no move."""
    table = LIFECYCLES.get(kind)
    step = table.told_by(event) if table else None
    return _(step.told[audience()]) if step else None


def sentence_of(problem: Sentence) -> str:
    """What an error of ours or a note tells, in the language of whoever reads it; days and years as they are written there."""
    return _(problem.msgid, **{name: _named_there(value) for name, value in problem.values.items()})


def _named_there(value: Any) -> Any:
    if isinstance(value, date):
        return shown_date(value)
    return shown_fiscal_year(value) if isinstance(value, calendar.FiscalYear) else value


def shown_date(value: date | datetime | None, weekday: bool = True) -> str:
    if value is None:
        return "–"
    day = calendar.day_of(value)
    if japanese():
        return calendar.era_date(day, weekday=weekday)
    return f"{day.day} {day:%B %Y}" + (f" ({day:%a})" if weekday else "")


def shown_instant(value: datetime | None) -> str:
    if value is None:
        return "–"
    local = value.astimezone(calendar.JST)
    if japanese():
        return calendar.era_instant(local)
    return f"{shown_date(local)}, {local:%H:%M} JST"


def shown_time(value: datetime) -> str:
    """A time of day to the second, on a day that is known: 6時44分3秒, 12時, or 06:44:03 JST."""
    local = value.astimezone(calendar.JST)
    if not japanese():
        return f"{local:%H:%M:%S} JST"
    minute = f"{local.minute}分" if local.minute or local.second else ""
    return f"{local.hour}時{minute}" + (f"{local.second}秒" if local.second else "")


def shown_day(value: date | datetime) -> str:
    """3月17日: a day near enough that its year goes without saying; any other in full."""
    day = calendar.day_of(value)
    if abs(calendar.days_until(day)) > 300:
        return shown_date(day, weekday=False)
    return f"{day.month}月{day.day}日" if japanese() else f"{day.day} {day:%b}"


def shown_minute(value: datetime) -> str:
    """A time of day as deadlines and lists tell it: 12時, 17時30分."""
    local = value.astimezone(calendar.JST)
    if not japanese():
        return f"{local:%H:%M}"
    return f"{local.hour}時" + (f"{local.minute}分" if local.minute else "")


def shown_near_day(value: date, today: date) -> str:
    """17日（金） within the month of `today`, 4月1日（土） beyond it."""
    if not japanese():
        return f"{value:%a} {value.day} {value:%b}"
    month = "" if (value.year, value.month) == (today.year, today.month) else f"{value.month}月"
    return f"{month}{value.day}日（{calendar.WEEKDAYS[value.weekday()]}）"


def shown_month(first: date) -> str:
    """令和5年3月."""
    return calendar.era_date(first).removesuffix("1日") if japanese() else f"{first:%B %Y}"


def weekday_names() -> list[tuple[str, str]]:
    """From Sunday: short and long."""
    if japanese():
        return [(day, f"{day}曜日") for day in "日月火水木金土"]
    return [(f"{day:%a}", f"{day:%A}") for day in (date(2023, 1, number) for number in range(1, 8))]


def shown_lately(value: datetime) -> str:
    """When something happened, as people say it: the time for today, yesterday, else the day."""
    days = -calendar.days_until(value)
    if days == 0:
        return shown_minute(value)
    return _("Yesterday") if days == 1 else shown_day(value)


def shown_fiscal_year(year: int | None) -> str:
    if year is None:
        return "–"
    return calendar.era_fiscal_year(year) if japanese() else f"FY{year}"


def shown_fiscal_year_short(year: int) -> str:
    """H30, R4 as the programme's tables write it; FY2018 in English. Where there is little room, as in charts."""
    return calendar.era_short(year) if japanese() else f"FY{year}"


def shown_size(size: float) -> str:
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{_short(size)} {unit}"
        size /= 1024
    return f"{_short(size)} GB"


def _short(number: float) -> str:
    """One decimal where it says something: 1.8, but 20."""
    return f"{number:.1f}".removesuffix(".0")


def shown_number(number: int) -> str:
    """1,000: a count or a limit, never a year or a code."""
    return f"{number:,}"


def shown_figure(number: Decimal) -> str:
    """1,234.5 with a real minus: what was measured, to its last digit."""
    return f"{number:,f}".replace("-", "−")


def _compile_when_stale(po: Path) -> None:
    """gettext reads the compiled catalogue; make it whenever the readable one is newer."""
    mo = po.with_suffix(".mo")
    if not po.exists() or (mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns):
        return
    fresh = mo.with_name(f".{mo.name}.{os.getpid()}")
    try:
        with po.open("rb") as source, fresh.open("wb") as target:
            write_mo(target, read_po(source, locale="ja"))
        fresh.chmod(0o644)  # part of the program, not of the data: every user who runs it may read it
        fresh.replace(mo)
    except OSError:
        fresh.unlink(missing_ok=True)  # a read-only installation brings its own compiled catalogue
