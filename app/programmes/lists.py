"""The list of calls."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from app import calendar
from app.actors import Actor
from app.lifecycle import CALL
from app.lifecycle.call import ANNOUNCED
from app.programmes.apart import in_list
from app.programmes.models import Call
from app.programmes.phases import PHASES, phase_on_record, shown_standing, told_by_state
from app.web import shown
from app.web.access import can
from app.web.i18n import shown_fiscal_year, shown_instant, state_label
from app.web.lists import Choice, Column, Listing, Search, To
from app.web.records import within_reach


def call_list(actor: Actor | None, args: MultiDict) -> Listing:
    """The calls that this person may see, for everybody those that are published; the newest first."""
    standing, choices = _standings()
    programmes = in_list(Call.programme_id)
    return Listing(
        within_reach(Call, actor),
        args,
        caption=_l("Calls"),
        columns=[
            Column(
                "title",
                _l("Call"),
                lambda call: call.title,
                sort=Call.title,
                shown=lambda call: shown.japanese(call.title),
                to=To("programmes.show", "call_id", walked=False),
                behind=shown.sample,
            ),
            *programmes.columns,
            Column(
                "selection_fy",
                _l("Fiscal year"),
                lambda c: shown_fiscal_year(c.selection_fy),
                sort=Call.selection_fy,
            ),
            Column(
                "closes_at",
                _l("Closes"),
                lambda call: shown_instant(call.closes_at) if call.closes_at else call.window_note,
                sort=Call.closes_at,
                typed=lambda call: call.closes_at or call.window_note,
                shown=lambda call: (
                    shown.moment(call.closes_at) if call.closes_at else call.window_note or "–"
                ),
            ),
            Column(
                "state",
                _l("State"),
                lambda call: shown_standing(call)[0],
                sort=standing,
                shown=lambda call: shown.tag(*shown_standing(call)),
                behind=_open_tag,
            ),
            Column("announced_count", _l("Projects selected"), _announced_count, numeric=True),
        ],
        filters=[
            Search("q", _l("Words in the title"), [Call.search_text]),
            *programmes.filters,
            Choice("state", _l("State"), choices, where=lambda it: standing == it),
        ],
        default_sort="-selection_fy",
    )


def _standings() -> tuple[Any, dict[str, str]]:
    """What the list is sorted and narrowed by: states for the office, phases for everybody else."""
    if told_by_state():
        return Call.state, {name: state_label(None, name, "call") for name in CALL.states}
    return phase_on_record(calendar.now()), {name: _(label) for name, (label, _tone) in PHASES.items()}


def _open_tag(call: Call) -> Markup:
    """For the office, whose tag tells the state: that submissions come in now."""
    is_told = can("call.manage") and call.is_open
    return shown.joined([" ", shown.tag(_("Open"), "success")]) if is_told else shown.NOTHING


def _announced_count(call: Call) -> int | None:
    """Not before it is announced: a demo knows the future, its people do not."""
    return call.announced_count if call in ANNOUNCED else None
