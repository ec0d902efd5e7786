"""A project (事業): under support for its years, then ended; or cancelled before."""

from __future__ import annotations

from typing import Any

from app.lifecycle.table import APPLICANT_ACTS, ASKS, CAUTION, N_, Lifecycle, guard

PROJECT = Lifecycle("project")
state, move, act, says = PROJECT.state, PROJECT.move, PROJECT.act, PROJECT.says

state("supported", N_("Supported"), "success", APPLICANT_ACTS)
state("ended", N_("Support ended"))
state("cancelled", N_("Cancelled"), "error")

PROJECT.path = ("supported", "ended")

UNDER_SUPPORT = PROJECT.group("supported")
OVER = PROJECT.all_but(UNDER_SUPPORT)
ENDED = PROJECT.group("ended")
CANCELLED = PROJECT.group("cancelled")
CARRIED_THROUGH = PROJECT.all_but(CANCELLED)  # or being so


@guard(N_("The call of this project offers no extension of support."))
def extendable(project: Any, _known: Any) -> bool:
    return project.may_be_extended


@guard(
    N_(
        "A letter that tells when support ends has been issued: the end is not moved any more. Withdraw that letter first."
    )
)
def not_told(project: Any, _known: Any) -> bool:
    """A first record may come late; one that a letter was issued on is not corrected."""
    return project.awaits_extension or not project.end_is_told


@guard(N_("Its period of support is over, and its call offers no extension."))
def may_go_on(project: Any, known: Any) -> bool:
    return project.goes_on_at(known.at) or project.may_be_extended


act("record_extension", UNDER_SUPPORT, "project.record_extension", extendable, not_told, makes="new end")
says("record_extension", N_("Record the extension"), N_("Extension recorded"), ASKS)

act("change", UNDER_SUPPORT, "project.change", event="project_changed", makes="mail")
says("change", N_("Change the project"), N_("Project changed as was requested"))

move("end", UNDER_SUPPORT, "ended", "project.end")
says("end", N_("End support"), N_("Support ended"))

move("cancel", UNDER_SUPPORT, "cancelled", "project.cancel", makes="letter: cancellation")
says("cancel", N_("Cancel the project"), N_("Project cancelled"), ASKS, CAUTION)

move("reinstate", OVER, "supported", "project.reinstate", may_go_on, makes="letter: withdrawal")
says("reinstate", N_("Reinstate the project"), N_("Project reinstated"), ASKS)
