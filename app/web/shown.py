"""What a page shows richer than its text, as markup: for the cells of lists, of which a page has hundreds.

The components of the same names (templates/components) are these, for what stands once on a page. Every value is escaped
here, unless it is markup already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.db import of_request
from app.explained import N_
from app.memory import lasting
from app.web.i18n import in_the_readers_words, shown_date, shown_instant, standing, state_label, state_tone

_new: Any = str.__new__
_MARKS = re.compile("[&<>'\"]")
PLACE = 2_147_483_647  # stands in an address where the number of a record will


def markup(text: str) -> Markup:
    """As `Markup(text)`, which asks the text whether it is markup already: a page has a thousand of them."""
    return _new(Markup, text)


def escaped(value: Any) -> str:
    """What may stand within markup: `escape` without making Markup of each part, which takes longer than all the rest."""
    if type(value) is Markup:
        return value
    text = str(value)
    return escape(text) if _MARKS.search(text) else text


def addresses(endpoint: str, argument: str, **values: Any) -> Callable[[int], Markup]:
    """The addresses of many records: made once, and for each only its number is put in.

    `url_for` takes longer than all the rest of a cell.
    """
    values = {argument: PLACE, **{key: value for key, value in values.items() if value is not None}}
    if len(values) == 1:
        made = lasting(("addresses", endpoint, request.script_root), lambda: url_for(endpoint, **values))
    else:
        made = url_for(endpoint, **values)
    return repeated(escape(made))


def repeated(made: Markup) -> Callable[[int], Markup]:
    """Markup made once with PLACE in it, for many records: for each only its number is put in."""
    before, _place, after = made.partition(str(PLACE))
    return lambda number: markup(f"{escaped(before)}{number:d}{escaped(after)}")


def component(name: str) -> Any:
    """A macro of templates/components, for what is made once for all rows: see `repeated`."""
    return getattr(current_app.jinja_env.get_template(f"components/{name}.html").module, name)


def message(catalogues: Any, msgid: str, **values: Any) -> Markup:
    """The templates' `_`, whose msgids are safe markup: as Jinja's own, which makes the markup of each anew."""
    translations = catalogues.get_translations()
    known: dict[str, Markup] = translations.__dict__.setdefault("marked", {})
    found = known.get(msgid)
    if found is None:
        found = known[msgid] = markup(translations.ugettext(msgid))
    return found % values if values or "%" in found else found


NOTHING = Markup("")
NEW_LINE = Markup("<br>")
_CHOSEN = Markup(" selected")


def joined(parts: Iterable[Any], between: Any = "") -> Markup:
    """The parts as one, with `between` between them; each escaped unless it is markup already."""
    return markup(str.join(escaped(between), map(escaped, parts)))


def link(url: Any, text: Any, kind: str = "") -> Markup:
    """`kind` is a class of its looks."""
    looks = markup(f' class="{escaped(kind)}"') if kind else NOTHING
    return markup(f'<a{escaped(looks)} href="{escaped(url)}">{escaped(text)}</a>')


def options(choices: Mapping[str, Any], chosen: str | None) -> Markup:
    """Those of a field to choose one from, of which `chosen` is."""
    return joined(
        Markup(
            f'<option value="{escaped(value)}"{escaped(_CHOSEN if value == chosen else NOTHING)}>{escaped(label)}</option>'
        )
        for value, label in choices.items()
    )


def plain_list(items: Iterable[Any]) -> Markup:
    """A list without dots."""
    each = joined(markup(f"<li>{escaped(it)}</li>") for it in items)
    return markup(f'<ul class="plain">{escaped(each)}</ul>')


def japanese(text: Any) -> Markup:
    """What is said to be Japanese, for a screen reader."""
    return markup(f'<span lang="ja">{escaped(text)}</span>')


def own_direction(text: Any) -> Markup:
    """A text of somebody else's, in Japanese, that must not turn the direction of what follows."""
    return markup(f'<bdi lang="ja">{escaped(text)}</bdi>')


def their_own(text: Any, kind: str = "") -> Markup:
    """A text of somebody else's, in whichever language, that must not turn the direction of what follows."""
    looks = markup(f' class="{escaped(kind)}"') if kind else NOTHING
    return markup(f"<bdi{escaped(looks)}>{escaped(text)}</bdi>")


def name(text: Any) -> Markup:
    """The name of a body or a person: not broken where it need not be."""
    return markup(f'<bdi class="name" lang="ja">{escaped(text)}</bdi>')


def body(organisation: Any, url: Any = None) -> Markup:
    """A body with its prefecture, since names repeat (府中市, 伊達市, 美郷町)."""
    return body_named(organisation.full_name, url)


def body_named(full_name: Any, url: Any = None, code: Any = None) -> Markup:
    shown = link(url, name(full_name)) if url else name(full_name)
    number = markup(f' <span class="quiet number">{escaped(code)}</span>') if code else NOTHING
    return markup(f'<span class="organisation">{escaped(shown)}{escaped(number)}</span>')


def number(text: Any) -> Markup:
    """One whose digits stand below each other."""
    return markup(f'<span class="number">{escaped(text or "–")}</span>')


def unbroken(text: Any, language: str = "") -> Markup:
    """What is not broken over two lines; `language` where it is not that of the page."""
    lang = markup(f' lang="{escaped(language)}"') if language else NOTHING
    return markup(f'<span class="nowrap"{escaped(lang)}>{escaped(text)}</span>')


def as_typed(text: Any) -> Markup:
    """A text of several lines."""
    return markup(f'<span class="as-typed">{escaped(text)}</span>')


def unseen(text: Any) -> Markup:
    """What is for a screen reader alone: which of many links alike this one is."""
    return markup(f'<span class="visually-hidden"> {escaped(text)}</span>')


def quiet(text: Any) -> Markup:
    return markup(f'<span class="quiet">{escaped(text)}</span>')


def beneath(text: Any) -> Markup:
    """A line under an entry, of less weight."""
    return markup(f'<br><span class="small quiet">{escaped(text)}</span>')


def tag(label: Any, tone: str = "neutral") -> Markup:
    """`tone` is neutral | info | progress | success | warning | error."""
    return markup(f'<strong class="tag tag--{escaped(tone)}">{escaped(label)}</strong>')


def state_tag(record: Any) -> Markup:
    """Where it stands, in the words and the colour for whoever reads. A list shows the same few in all of its rows."""
    made: dict[Any, Markup] = of_request().setdefault("state_tags", {})
    stands = standing(record)
    if (record.kind, stands) not in made:
        made[record.kind, stands] = tag(state_label(record, stands), state_tone(record, stands))
    return made[record.kind, stands]


def moment(value: date | datetime | None, weekday: bool = True) -> Markup:
    """A day or an instant as the reader's language writes it; the machine-readable one in `datetime`."""
    if value is None:
        return Markup("–")
    if isinstance(value, datetime):
        machine, text = value.isoformat(timespec="minutes"), shown_instant(value)
    else:
        machine, text = value.isoformat(), shown_date(value, weekday)
    return markup(f'<time datetime="{escaped(machine)}">{escaped(text)}</time>')


def project_title(project: Any, url: Any = None) -> Markup:
    """Its title on record; else what it is called by its bodies, and a note that this is no title."""
    title = own_direction(project.shown_title)
    return (link(url, title) if url else title) + no_title(project)


def no_title(project: Any) -> Markup:
    """The note that what a project is called is no title, where the sources give none."""
    if project.title:
        return NOTHING
    return markup(f' <span class="small quiet">{escaped(_("(no title in the sources)"))}</span>')


def sample(record: Any) -> Markup:
    """The note behind what was made up for the demo."""
    return joined([" ", tag(in_the_readers_words(N_("Sample")), "warning")]) if record.is_sample else NOTHING
