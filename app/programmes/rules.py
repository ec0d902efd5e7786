"""Rules of a call, as its data: about applying again (再申請, domain.md §1), and about the consent of joint applicants.

A rule about applying again refuses, only flags, or does not hold. What is found is looked for where applications are
known: app/applications/reapplication.py and consents.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.lifecycle import N_

REFUSE, FLAG, OFF = "refuse", "flag", "off"
OUTCOMES = {
    REFUSE: N_("Refuses: it cannot be submitted until it is changed, or an exception is recorded"),
    FLAG: N_("Flags: shown to the applicant and to the office, nothing is refused"),
    OFF: N_("Does not hold in this call"),
}
CONSENT, NO_CONSENT = "required", "not_asked"
CONSENTS = {
    CONSENT: N_("Each consents before the lead submits: its approver here, or in writing if it has none"),
    NO_CONSENT: N_("The lead acts for all of them; nobody is asked here"),
}


@dataclass(frozen=True)
class Rule:
    """`key` is also the column of the call in which its outcome stands; `says` is its sentence for those who set it."""

    key: str
    label: str
    says: str
    default: str


RULES: Mapping[str, Rule] = {
    rule.key: rule
    for rule in (
        Rule(
            "rule_upgrade",
            N_("Link to an earlier project without an upgrade"),
            N_(
                "Who links the application to a project of its bodies has to state the upgrade by new technology."
            ),
            REFUSE,
        ),
        Rule(
            "rule_same_content",
            N_("Same content as an earlier project"),
            N_(
                "Title or summary are essentially those of a project of the bodies, and no technology is new."
            ),
            REFUSE,
        ),
        Rule(
            "rule_active_project",
            N_("Project under support"),
            N_("A body of the application has a project that is still under support."),
            FLAG,
        ),
    )
}
