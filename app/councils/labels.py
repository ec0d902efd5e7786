"""What the roles in a council are called, as msgids (S0; the Japanese is what is kept)."""

from __future__ import annotations

from app.lifecycle import N_

ROLE_LABELS = {
    "会長": N_("Chair"),
    "副会長": N_("Vice chair"),
    "構成員": N_("Member"),
    "顧問": N_("Adviser"),
    "オブザーバー": N_("Observer"),
    "事務局": N_("Secretariat"),
}
