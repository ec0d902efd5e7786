"""The ledger of reminders as a list."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from app.actors import Actor
from app.schedule.models import Reminder
from app.schedule.rules import RULES
from app.web import shown
from app.web.i18n import shown_date, shown_fiscal_year, shown_instant
from app.web.lists import Choice, Column, Listing, Search
from app.web.records import within_reach


def ledger(actor: Actor, args: MultiDict) -> Listing:
    """Everything that was sent, or overtaken, the last first."""
    rules = {name: _(rule.label) for name, rule in RULES.items()}
    sent, overtaken = _("Sent"), _("Overtaken by a later one")
    return Listing(
        within_reach(Reminder, actor),
        args,
        caption=_l("Reminders sent"),
        columns=[
            Column(
                "handled_at",
                _l("Sent at"),
                lambda row: shown_instant(row.handled_at),
                sort=Reminder.handled_at,
                typed=lambda row: row.handled_at,
                shown=lambda row: shown.moment(row.handled_at),
                short=False,
            ),
            Column(
                "due_on",
                _l("Was due"),
                lambda row: shown_date(row.due_on),
                sort=Reminder.due_on,
                typed=lambda row: row.due_on,
                shown=lambda row: shown.moment(row.due_on),
                short=False,
            ),
            Column("rule", _l("Rule"), lambda row: rules.get(row.rule, row.rule), sort=Reminder.rule),
            Column("subject", _l("About"), told_subject, sort=Reminder.subject_name),
            Column(
                "overtaken",
                _l("Outcome"),
                lambda row: overtaken if row.overtaken else sent,
            ),
        ],
        filters=[
            Search("q", _l("Words in “about”"), [Reminder.search_text]),
            Choice("rule", _l("Rule"), rules, Reminder.rule),
            Choice(
                "outcome",
                _l("Outcome"),
                {"sent": sent, "overtaken": overtaken},
                where=lambda chosen: Reminder.overtaken.is_(chosen == "overtaken"),
            ),
        ],
        default_sort="-handled_at",
    )


def told_subject(row: Reminder) -> str:
    """What a reminder is about."""
    return subject_named(row.subject_kind, row.subject_id, row.subject_name)


def subject_named(kind: str, number: int, name: str) -> str:
    """What a reminder is about. A fiscal year is kept by its Japanese name, and shown in the reader's language."""
    if kind == "fiscal_year":
        return shown_fiscal_year(number)
    return name or f"{kind} {number}"
