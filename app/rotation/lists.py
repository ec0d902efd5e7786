"""Which bodies have confirmed their seats."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.actors import Actor
from app.db import db
from app.lifecycle import SEAT_CHECK
from app.organisations.models import Organisation
from app.rotation.models import SeatCheck
from app.web import shown
from app.web.filters import Late
from app.web.i18n import shown_date, shown_fiscal_year, standing, state_label
from app.web.lists import Choice, Column, Listing, To
from app.web.records import within_reach


def check_list(actor: Actor, args: MultiDict) -> Listing:
    """The newest year first, those that wait the longest at its top."""
    states = {name: state_label(None, name, "seat_check") for name in SEAT_CHECK.states}
    return Listing(
        within_reach(SeatCheck, actor),
        args,
        caption=_l("Checks of seats"),
        columns=[
            Column(
                "body",
                _l("Local government"),
                lambda it: it.organisation.full_name,
                sort=Organisation.code,
                join=SeatCheck.organisation,
                shown=lambda it: shown.own_direction(it.organisation.full_name),
                to=To("rotation.show", "seat_check_id", walked=False),
            ),
            Column(
                "year",
                _l("Fiscal year"),
                lambda it: shown_fiscal_year(it.fiscal_year),
                sort=SeatCheck.fiscal_year,
            ),
            Column(
                "state", _l("State"), state_label, sort=SeatCheck.state, shown=shown.state_tag, by=standing
            ),
            Column(
                "due_on",
                _l("Due"),
                lambda it: shown_date(it.due_on),
                sort=SeatCheck.due_on,
                typed=lambda it: it.due_on,
                shown=lambda it: shown.moment(it.due_on),
            ),
            Column("answered_by", _l("Answered by"), lambda it: it.answered_by),
        ],
        filters=[
            Choice("state", _l("State"), states, SeatCheck.state),
            Choice(
                "year", _l("Fiscal year"), Late(_years), where=lambda it: SeatCheck.fiscal_year == int(it)
            ),
        ],
        default_sort="-year",
        without=[SeatCheck.report],
        beside=[SeatCheck.organisation],
    )


def _years() -> dict[str, str]:
    years = select(SeatCheck.fiscal_year).distinct().order_by(SeatCheck.fiscal_year.desc())
    return {str(year): shown_fiscal_year(year) for year in db.session.scalars(years)}
