"""What officers set of a call, each field once: its form asks it, its page shows it, what is changed is saved and told.

A new field is a column of the same name (app/programmes/models.py) and a line here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField, widgets
from wtforms.validators import NumberRange, Optional, Regexp

from app.organisations.labels import BODY_KINDS
from app.organisations.models import HEAD_TITLES
from app.programmes.models import Call
from app.programmes.rules import CONSENT, CONSENTS, OUTCOMES, RULES, Rule
from app.web.forms import AtMost, Between, InstantField, Required, WholeNumberField, choices, half_width
from app.web.i18n import shown_fiscal_year

APPLICANT_KINDS = {kind: _l(label) for kind, label in BODY_KINDS.items() if kind in HEAD_TITLES}


class Asked(NamedTuple):
    """A column of a call as officers set it: the field of the form, and what the macro `field` draws it with.

    `fact` is its line among the facts of a call, under the field's label; without one it has none, or is told
    together with others (templates/programmes/_facts.html).
    """

    field: Any
    drawn: dict[str, Any] = {}
    fact: Callable[[Call], str] | None = None

    @property
    def label(self) -> Any:
        return self.field.args[0]


_NUMBER: dict[str, Any] = {"size": "short", "inputmode": "numeric"}


def _may_apply(call: Call) -> str:
    return _(", ").join(str(APPLICANT_KINDS[kind]) for kind in call.eligible_kinds) or "–"


def _rule(rule: Rule) -> Asked:
    """About applying again: whether it refuses, flags, or does not hold."""
    return Asked(
        RadioField(
            _l(rule.label),
            [Optional()],  # what is not sent is as the programme has it
            filters=[lambda sent: sent or rule.default],
            description=_l(rule.says),
            choices=choices({name: _l(label) for name, label in OUTCOMES.items()}),
            default=rule.default,
        ),
        {"mark": False},
        fact=lambda call: _(OUTCOMES[call.outcome_of(rule.key)]),
    )


FIELDS = {
    "title": Asked(StringField(_l("Title"), [Required(), AtMost(200)])),
    "code": Asked(
        StringField(
            _l("Code"),
            [
                Required(),
                AtMost(20),
                Regexp(r"^[A-Z0-9][A-Z0-9-]*$", message=_l("Use capital letters, digits and hyphens.")),
            ],
            description=_l("The first part of application numbers, such as R5."),
            filters=[half_width],
        ),
        {"size": "short"},
        fact=lambda call: call.code,
    ),
    "selection_fy": Asked(
        WholeNumberField(
            _l("Fiscal year of selection"),
            [
                Required(),
                NumberRange(
                    2018, 2100, message=_l("Write the Western year in which it begins, such as 2023.")
                ),
            ],
            description=_l("The Western year in which it begins. The support period is counted from here."),
            filters=[half_width],
        ),
        _NUMBER,
        fact=lambda call: shown_fiscal_year(call.selection_fy),
    ),
    "opens_at": Asked(InstantField(_l("Opens at"), [Required()])),
    "closes_at": Asked(
        InstantField(
            _l("Closes at"),
            [Required()],
            description=_l("An instant: what arrives at it or later is refused."),
        )
    ),
    "base_years": Asked(
        WholeNumberField(
            _l("Fiscal years of support"), [Required(), Between(1, 10)], default=3, filters=[half_width]
        ),
        {**_NUMBER, "unit": _l("years")},
    ),
    "extension_years": Asked(
        WholeNumberField(
            _l("Further years on application"), [Between(0, 10)], default=2, filters=[half_width]
        ),
        {**_NUMBER, "unit": _l("years")},
    ),
    "eligible_kinds": Asked(
        SelectMultipleField(
            _l("Who may apply"),
            [Required(_l("Choose at least one kind of local government."))],
            choices=choices(APPLICANT_KINDS),
            widget=widgets.ListWidget(prefix_label=False),
            option_widget=widgets.CheckboxInput(),
        ),
        fact=_may_apply,
    ),
    **{rule.key: _rule(rule) for rule in RULES.values()},
    "joint_consent": Asked(
        RadioField(
            _l("Consent of the joint applicants"),
            [Optional()],
            filters=[lambda sent: sent or CONSENT],
            description=_l("What joint applicants have consented to is frozen with the submission."),
            choices=choices({name: _l(label) for name, label in CONSENTS.items()}),
            default=CONSENT,
        ),
        {"mark": False},
        fact=lambda call: _(CONSENTS[call.joint_consent]),
    ),
    "description": Asked(TextAreaField(_l("Guidance for applicants"), [AtMost(4000)]), {"rows": 8}),
}
