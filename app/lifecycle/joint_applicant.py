"""A joint applicant (共同申請者): its approver consents to the application before the lead submits it (同意)."""

from __future__ import annotations

from typing import Any

from app.lifecycle.application import WITH_APPLICANT
from app.lifecycle.table import APPLICANT, APPLICANT_ACTS, ASKS, N_, PRIMARY, Lifecycle, guard

JOINT_APPLICANT = Lifecycle("joint_applicant")
state, move, says = JOINT_APPLICANT.state, JOINT_APPLICANT.move, JOINT_APPLICANT.says

state("unasked", N_("Not asked to consent yet"))
state("asked", N_("Consent awaited"), "warning", APPLICANT_ACTS)
state("consented", N_("Consented"), "success")
state("declined", N_("Did not consent"), "error")
state("filed", N_("Consent filed as a document"), "success")
OUTDATED = JOINT_APPLICANT.derive("outdated", N_("Changed since it consented"), "warning", APPLICANT_ACTS)

JOINT_APPLICANT.path = ("unasked", "asked", "consented")
JOINT_APPLICANT.beside = {"declined": "consented", "filed": "consented", OUTDATED: "consented"}

group = JOINT_APPLICANT.group
ASKED = group("asked")
CONSENTED = group("consented")
DECLINED = group("declined")
FILED = group("filed")
KNOWS_OF_IT = group("asked", "consented", "declined")  # it was asked, so it reads the application


@guard(N_("The application does not wait to be submitted."))
def awaited(joint: Any, _known: Any) -> bool:
    return joint.application in WITH_APPLICANT


@guard(N_("The time for the application has passed."))
def in_time(joint: Any, _known: Any) -> bool:
    return not joint.application.is_late


move(
    "ask", ("unasked", "consented", "declined", "filed"), "asked", "joint_applicant.ask", awaited, in_time,
    event="consent_asked", only=APPLICANT, makes="mail: to its approvers",
)  # fmt: skip
says("ask", N_("Ask for consent"), N_("Consent asked for"), PRIMARY)

move(
    "consent", ("asked", "declined"), "consented", "joint_applicant.consent", awaited, in_time,
    only=APPLICANT, makes="mail: to the lead",
)  # fmt: skip
says("consent", N_("Consent"), N_("Consented"), PRIMARY)

move(
    "decline", ("asked", "consented"), "declined", "joint_applicant.consent", awaited,
    event="consent_declined", only=APPLICANT, makes="mail: to the lead",
)  # fmt: skip
says("decline", N_("Do not consent"), N_("Did not consent"), ASKS)

move(
    "file", ("unasked", "asked", "declined", "filed"), "filed", "joint_applicant.ask", awaited, in_time,
    event="consent_filed", only=APPLICANT,
)  # fmt: skip
says("file", N_("File the written consent"), N_("Written consent filed"), ASKS)
