"""Letters as the pages show them: those that were chosen, those that wait, and the mails of one; and the outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import Integer, Select, String, bindparam, func, or_, select
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

from app.actors import Actor
from app.correspondence import outbox
from app.correspondence.labels import MAIL_STATES
from app.correspondence.letters import LETTER_KINDS
from app.correspondence.models import SUPERSEDED, Letter, Mail
from app.correspondence.voice import in_list
from app.db import db, each_value
from app.lifecycle import LETTER
from app.lifecycle.letter import ISSUED, TO_APPROVE
from app.memory import CASES, remembered
from app.organisations.search import BodySearch
from app.permissions import MUNICIPAL
from app.statements import records
from app.web import shown
from app.web.filters import Late
from app.web.i18n import shown_date, shown_fiscal_year, shown_instant, standing, state_label, translated
from app.web.lists import Choice, Column, Listing, Search, To
from app.web.records import reader, shared_by, within_reach

NOT_SHOWN_OF_LETTERS = [  # texts of any length, and what another query is for
    Letter.content,
    Letter.search_text,
    Letter.remark,
    Letter.answer,
    Letter.superseder_id,
]
NOT_SHOWN_OF_MAILS = [Mail.body, Mail.search_text, Mail.copy_note]
# What has no number or date yet comes after what has: the engines put an empty value at different ends.
BY_NUMBER = func.coalesce(Letter.register_fy * 100_000 + Letter.sequence, 10**9)
BY_ISSUE = func.coalesce(Letter.issued_on, date.max)
ON_ONE_PAGE = 100  # each is read in full before it is approved


def listing_for(actor: Actor, args: MultiDict) -> Listing:
    """The letters that `actor` may see: for a municipality what was issued to it."""
    kinds = {name: _(label) for name, label in LETTER_KINDS.items()}
    years = Late(lambda: {str(year): shown_fiscal_year(year) for year in fiscal_years(actor)})
    filters: list[Search | Choice] = [
        BodySearch(
            "q",
            _l("Number, addressee or subject"),
            [Letter.search_text],
            of_bodies=Letter.organisation_id.in_,
        ),
        Choice("kind", _l("Kind"), kinds, Letter.letter_kind),
        Choice("fiscal_year", _l("Fiscal year"), years, where=lambda year: Letter.fiscal_year == int(year)),
    ]
    programmes = in_list(Letter.programme_id)
    filters += programmes.filters
    columns = [
        Column(
            "number",
            _l("Document number"),
            lambda row: row.number,
            sort=BY_NUMBER,
            shown=lambda row: shown.unbroken(row.number or "–", "ja"),
        ),
        Column(
            "addressee",
            _l("Addressee"),
            lambda row: row.addressee,
            sort=Letter.addressee,
            shown=lambda row: shown.name(row.addressee),
            to=To("correspondence.letter", "letter_id"),
        ),
        Column(
            "subject",
            _l("Subject"),
            lambda row: row.subject,
            sort=Letter.subject,
            shown=lambda row: shown.japanese(row.subject),
            short=False,
            behind=programmes.beneath,
        ),
        Column(
            "kind",
            _l("Kind"),
            lambda row: kinds[row.letter_kind],
            sort=Letter.letter_kind,
            by=lambda row: row.letter_kind,
        ),
        *(replace(column, only_file=True) for column in programmes.columns),
        Column("about_number", _l("Case no."), lambda row: row.about_number),
        Column(
            "fiscal_year",
            _l("Fiscal year"),
            lambda row: shown_fiscal_year(row.fiscal_year),
            sort=Letter.fiscal_year,
            by=lambda row: row.fiscal_year,
        ),
        Column(
            "issued_on",
            _l("Issued on"),
            lambda row: row.issued_on and shown_date(row.issued_on),
            sort=BY_ISSUE,
            typed=lambda row: row.issued_on,
            shown=lambda row: shown.moment(row.issued_on),
            short=False,
            by=lambda row: row.issued_on,
        ),
        Column("state", _l("State"), state_label, sort=Letter.state, shown=shown.state_tag, by=standing),
        Column(
            "pdf",
            _l("PDF"),
            lambda row: outbox.absolute_url("correspondence.letter_pdf", letter_id=row.id),
            shown=_link_to_pdf(),
            short=False,
        ),
    ]
    named = [*LETTER.states, *LETTER.derived] if actor.role not in MUNICIPAL else [*ISSUED, *LETTER.derived]
    states = {
        name: state_label(None, name, "letter") for name in named
    }  # a municipality sees what was issued
    filters.append(Choice("state", _l("State"), states, where=_stands))
    return Listing(
        within_reach(Letter, actor),
        args,
        caption=_l("Letters"),
        columns=columns,
        filters=filters,
        default_sort="-fiscal_year",
        without=NOT_SHOWN_OF_LETTERS,
    )


def _link_to_pdf() -> Callable[[Letter], Markup]:
    to_file = shown.addresses("correspondence.letter_pdf", "letter_id")
    issued, preview = _("PDF"), _("PDF preview")

    def link(letter: Letter) -> Markup:
        text = shown.joined([issued if letter in ISSUED else preview, shown.unseen(letter.addressee)])
        return shown.link(to_file(letter.id), text, "nowrap")

    return link


def _stands(name: str) -> Any:
    """The condition of a letter's being in the state, or of standing, `name`."""
    kinds = [kind for kind, standing in SUPERSEDED.items() if standing == name]
    return Letter.superseded_as.in_(kinds) if kinds else LETTER.group(name).of(Letter)


def mail_list(actor: Actor, args: MultiDict) -> Listing:
    """The outbox, the mail that was queued last first."""
    names = {name: _(label) for name, (label, _tone) in MAIL_STATES.items()}
    tags = {name: shown.tag(names[name], tone) for name, (_label, tone) in MAIL_STATES.items()}
    programmes = in_list(Mail.programme_id)

    def recipient(row: Mail) -> str:
        return row.to_address or _("no address")

    return Listing(
        within_reach(Mail, actor),
        args,
        caption=_l("Mails"),
        columns=[
            Column(
                "queued_at",
                _l("Queued"),
                lambda row: shown_instant(row.queued_at),
                sort=Mail.queued_at,
                typed=lambda row: row.queued_at,
                shown=lambda row: shown.moment(row.queued_at),
                short=False,
            ),
            Column(
                "subject",
                _l("Subject"),
                lambda row: row.subject,
                sort=Mail.subject,
                shown=lambda row: shown.japanese(row.subject),
                to=To("correspondence.mail", "mail_id", walked=False),
            ),
            Column(
                "to",
                _l("Recipient"),
                recipient,
                sort=Mail.to_address,
                shown=lambda row: shown.joined(
                    [shown.japanese(row.to_name), recipient(row)] if row.to_name else [recipient(row)],
                    shown.NEW_LINE,
                ),
            ),
            *programmes.columns,
            Column("attachments", _l("Attachments"), lambda row: len(row.attachments), numeric=True),
            Column(
                "state",
                _l("State"),
                lambda row: names[row.state],
                sort=Mail.state,
                shown=lambda row: tags[row.state],
                by=lambda row: row.state,
            ),
            Column("problem", _l("Problem"), lambda row: translated(row.last_error)),
        ],
        filters=[
            BodySearch(
                "q", _l("Address, name or subject"), [Mail.search_text], of_bodies=Mail.organisation_id.in_
            ),
            Choice("state", _l("State"), names, where=Mail.stands_in),
            *programmes.filters,
        ],
        default_sort="-queued_at",
        without=NOT_SHOWN_OF_MAILS,
    )


def chosen(ids: Iterable[int]) -> list[Letter]:
    """The letters with these ids, for the office; ids that name none are passed over."""
    known = [number for number in ids if 0 < number < 2**31]
    return _to_read(select(Letter).where(Letter.id.in_(known))) if known else []


def waiting(within: Select[Letter]) -> list[Letter]:
    """Those of a query that wait for approval, at most as many as one page can show."""
    return _to_read(_drafted(within).limit(ON_ONE_PAGE))


def count_waiting(within: Select[Letter]) -> int:
    counted = _drafted(within).with_only_columns(func.count(), maintain_column_froms=True)
    return db.session.scalar(counted) or 0


def fiscal_years(actor: Actor) -> list[int]:
    """The fiscal years that the letters which `actor` may see are about, the newest first."""

    def ask() -> list[int]:
        return list(db.session.scalars(each_value(Letter.fiscal_year, within_reach(Letter, actor))))[::-1]

    return remembered(("fiscal years of letters", shared_by(actor)), ask, CASES)


def letters_about(actor: Actor, *cases: tuple[str, int]) -> list[Letter]:
    """The letters about these cases (kind, id) that `actor` may read, in the order they were drafted."""

    def build() -> Select[Letter]:
        about = [
            (Letter.about_kind == bindparam(f"kind_{place}", type_=String))
            & (Letter.about_id == bindparam(f"id_{place}", type_=Integer))
            for place in range(len(cases))
        ]
        found: Select[Letter] = within_reach(Letter, actor).where(or_(*about)).order_by(Letter.id)
        return found

    named: dict[str, Any] = {}
    for place, (kind, case_id) in enumerate(cases):
        named |= {f"kind_{place}": kind, f"id_{place}": case_id}
    key = "letters about", len(cases), reader(actor)
    return records(Letter, key, build, named, without=(Letter.content, Letter.search_text))


def mails_of(letter: Letter) -> list[Mail]:
    about = select(Mail).where(Mail.about_kind == letter.kind, Mail.about_id == letter.id).order_by(Mail.id)
    return list(db.session.scalars(about))


def _drafted(within: Select[Letter]) -> Select[Letter]:
    return within.where(TO_APPROVE.of(Letter)).order_by(None)


def _to_read(query: Select[Letter]) -> list[Letter]:
    in_order = query.order_by(Letter.letter_kind, Letter.fiscal_year, Letter.id)
    return list(db.session.scalars(in_order.options(joinedload(Letter.organisation))))
