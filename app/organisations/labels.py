"""What roles and kinds of bodies are called, as msgids."""

from __future__ import annotations

from app.lifecycle import N_
from app.permissions import (
    ADMINISTRATOR,
    APPROVER,
    CONSULTANT,
    DIRECTOR,
    EDITOR,
    MEMBER,
    MINISTRY,
    OFFICER,
    REVIEWER,
)

ROLES = {
    EDITOR: N_("Municipality: editor"),
    APPROVER: N_("Municipality: approver"),
    CONSULTANT: N_("Consultant of an applicant"),
    OFFICER: N_("Cabinet Office: officer"),
    DIRECTOR: N_("Cabinet Office: director"),
    REVIEWER: N_("Expert reviewer"),
    MINISTRY: N_("Ministry officer"),
    ADMINISTRATOR: N_("Administrator"),
    MEMBER: N_("Council member"),
}

BODY_KINDS = {
    "prefecture": N_("Prefecture"),
    "designated_city": N_("Designated city"),
    "special_ward": N_("Special ward"),
    "city": N_("City"),
    "town": N_("Town"),
    "village": N_("Village"),
    "ministry": N_("Ministry or agency"),
}
