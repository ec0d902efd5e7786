"""A joint applicant (共同申請者): its approver consents to the application before the lead submits it (同意)."""

from __future__ import annotations

from typing import Any

from app.lifecycle.application import EDITABLE, WITH_APPLICANT
from app.lifecycle.table import APPLICANT, ASKS, JOINT_ACTS, LEAD_ACTS, N_, PRIMARY, Lifecycle, guard

JOINT_APPLICANT = Lifecycle("joint_applicant")
state, move, says = JOINT_APPLICANT.state, JOINT_APPLICANT.move, JOINT_APPLICANT.says

state("unasked", N_("Not asked to consent yet"))
state("asked", N_("Consent awaited"), "warning", JOINT_ACTS)
state("consented", N_("Consented"), "success")
state("declined", N_("Did not consent"), "error")
state("filed", N_("Consent filed as a document"), "success")
OUTDATED = JOINT_APPLICANT.derive("outdated", N_("Changed since it consented"), "warning", LEAD_ACTS)

JOINT_APPLICANT.path = ("unasked", "asked", "consented")
JOINT_APPLICANT.beside = {"declined": "consented", "filed": "consented", OUTDATED: "consented"}

group = JOINT_APPLICANT.group
ASKED = group("asked")
CONSENTED = group("consented")
DECLINED = group("declined")
FILED = group("filed")
TO_ASK = group("unasked", "consented", "declined", "filed")
TO_CONSENT = group("asked", "declined")
TO_DECLINE = group("asked", "consented")
TO_FILE = group("unasked", "asked", "declined", "filed")
KNOWS_OF_IT = group("asked", "consented", "declined")  # it was asked, so it reads the application


@guard(N_("The application does not wait to be submitted, or the time for it has passed."))
def awaited(joint: Any, _known: Any) -> bool:
    return joint.application in WITH_APPLICANT and not joint.application.is_late


@guard(N_("It lies with the approver: take it back to drafting first."))
def editable(joint: Any, _known: Any) -> bool:
    return joint.application in EDITABLE


OURS: dict[str, Any] = {"only": APPLICANT, "makes": "mail"}  # what bodies do among themselves stays with them

move("ask", TO_ASK, "asked", "joint_applicant.ask", awaited, event="consent_asked", **OURS)
says("ask", N_("Ask for consent"), N_("Consent asked for"), PRIMARY)

move("consent", TO_CONSENT, "consented", "joint_applicant.consent", awaited, **OURS)
says("consent", N_("Consent"), N_("Consented"), PRIMARY)

move("decline", TO_DECLINE, "declined", "joint_applicant.consent", awaited, event="consent_declined", **OURS)
says("decline", N_("Do not consent"), N_("Did not consent"), ASKS)

move("file", TO_FILE, "filed", "joint_applicant.ask", awaited, editable, only=APPLICANT)
says("file", N_("File the written consent"), N_("Written consent filed"), ASKS)
