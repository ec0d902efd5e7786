"""What the roles in a council are called (S0; the Japanese is what is kept)."""

from __future__ import annotations

from flask_babel import gettext as _

from app.lifecycle import N_

ROLE_LABELS = {
    "会長": N_("Chair"),
    "副会長": N_("Vice chair"),
    "構成員": N_("Member"),
    "顧問": N_("Adviser"),
    "オブザーバー": N_("Observer"),
    "事務局": N_("Secretariat"),
}


def council_role(role: str) -> str:
    """A role's name in the reader's language."""
    return _(ROLE_LABELS.get(role, role))
