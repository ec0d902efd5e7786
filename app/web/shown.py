"""What a page shows richer than its text, as markup: for the cells of lists, of which a page has hundreds.

The components of the same names (templates/components) are these, for what stands once on a page. Every value is escaped
here, unless it is markup already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.web.i18n import shown_date, shown_instant, state_label, state_tone

_PLACE = 2_147_483_647  # stands in an address where the number of a record will


def addresses(endpoint: str, argument: str, **values: Any) -> Callable[[int], Markup]:
    """The addresses of many records: made once, and for each only its number is put in.

    `url_for` takes longer than all the rest of a cell.
    """
    values[argument] = _PLACE
    made = url_for(endpoint, **values)
    before, _place, after = (escape(part) for part in made.partition(str(_PLACE)))
    return lambda number: Markup(f"{before}{number}{after}")


def joined(parts: Iterable[Any], between: str = "") -> Markup:
    """The parts as one, each escaped unless it is markup already."""
    return Markup(between).join(parts)


def link(url: Any, text: Any) -> Markup:
    return Markup(f'<a href="{escape(url)}">{escape(text)}</a>')


def japanese(text: Any) -> Markup:
    """What is said to be Japanese, for a screen reader."""
    return Markup(f'<span lang="ja">{escape(text)}</span>')


def own_direction(text: Any) -> Markup:
    """A text of somebody else's, in Japanese, that must not turn the direction of what follows."""
    return Markup(f'<bdi lang="ja">{escape(text)}</bdi>')


def name(text: Any) -> Markup:
    """The name of a body or a person: not broken where it need not be."""
    return Markup(f'<bdi class="name" lang="ja">{escape(text)}</bdi>')


def body(organisation: Any) -> Markup:
    """A body with its prefecture, since names repeat (府中市, 伊達市, 美郷町)."""
    return Markup(f'<span class="organisation">{name(organisation.full_name)}</span>')


def unbroken(text: Any) -> Markup:
    return Markup(f'<span class="nowrap">{escape(text)}</span>')


def tag(label: Any, tone: str = "neutral") -> Markup:
    """`tone` is neutral | info | progress | success | warning | error."""
    return Markup(f'<strong class="tag tag--{escape(tone)}">{escape(label)}</strong>')


def state_tag(record: Any) -> Markup:
    """Where it stands, in the words and the colour for whoever reads. A list shows the same few in all of its rows."""
    made: dict[Any, Markup] = g.setdefault("state_tags", {})
    name = getattr(record, "standing", record.state)
    if (record.kind, name) not in made:
        made[record.kind, name] = tag(state_label(record, name), state_tone(record, name))
    return made[record.kind, name]


def moment(value: date | datetime | None, weekday: bool = True) -> Markup:
    """A day or an instant as the reader's language writes it; the machine-readable one in `datetime`."""
    if value is None:
        return Markup("–")
    if isinstance(value, datetime):
        machine, text = value.isoformat(timespec="minutes"), shown_instant(value)
    else:
        machine, text = value.isoformat(), shown_date(value, weekday)
    return Markup(f'<time datetime="{machine}">{escape(text)}</time>')


def project_title(project: Any, url: Any = None) -> Markup:
    """Its title on record; else what it is called by its bodies, and a note that this is no title."""
    title = own_direction(project.shown_title)
    shown = link(url, title) if url else title
    return shown if project.title else shown + no_title()


def no_title() -> Markup:
    note = escape(_("(no title in the sources)"))
    return Markup(f' <span class="small quiet">{note}</span>')
