"""A call (公募): drafted, published, decided by a director, announced to all at once."""

from __future__ import annotations

from typing import Any

from app.lifecycle.table import APPLICANT_ACTS, ASKS, N_, OFFICE, OFFICE_ACTS, PRIMARY, Lifecycle, guard

CALL = Lifecycle("call")
state, move, act, says = CALL.state, CALL.move, CALL.act, CALL.says

state("draft", N_("Draft call"), "neutral", OFFICE_ACTS)
state("published", N_("Published"), "info", APPLICANT_ACTS)
state("decided", N_("Decided"), "progress", OFFICE_ACTS, outside=N_("Under review"))
state("announced", N_("Announced"), "success")
CLOSED = CALL.derive("closed", N_("Under review"), "progress", OFFICE_ACTS)

CALL.path = tuple(CALL.states)
CALL.beside = {CLOSED: "decided"}

UNPUBLISHED = CALL.group("draft")
PUBLIC = CALL.all_but(UNPUBLISHED)
UNDECIDED = CALL.group("published")  # from its publication until its results are decided
DECIDED = CALL.group("decided")  # and not announced
IN_PROCESS = CALL.group("published", "decided")  # its results are not told yet
ANNOUNCED = CALL.group("announced")
CHECKED = CALL.group("draft", "published")  # its applications are to be checked, or are checked now


@guard(N_("Something is still missing before the results can be decided."))
def nothing_missing(_call: Any, known: Any) -> bool:
    """What is missing, the selection knows."""
    return not known.missing


@guard(N_("This call offers no extension of support."))
def extends(call: Any, _known: Any) -> bool:
    return call.extension_years > 0


act("edit", UNPUBLISHED, "call.manage", event="edited", only=OFFICE)
says("edit", N_("Edit"), N_("Edited"), ASKS)

act("change_checklist", CHECKED, "call.manage", event="checklist_changed", only=OFFICE)
says("change_checklist", N_("Change the checklist"), N_("Checklist changed"), ASKS)

move("publish", UNPUBLISHED, "published", "call.publish")
says("publish", N_("Publish"), N_("Call published"), ASKS, PRIMARY)

move("decide", UNDECIDED, "decided", "selection.decide", nothing_missing, only=OFFICE, makes="letters")
says("decide", N_("Decide the results"), N_("Results decided"), ASKS, PRIMARY, outside=N_("Review finished"))

move("announce", DECIDED, "announced", "selection.announce", makes="letters, mails, projects, register")
says("announce", N_("Announce the results"), N_("Results announced"), ASKS, PRIMARY)

move("record_opening", UNPUBLISHED, "published", "call.record_past")
says("record_opening", N_("Record the opening"), N_("Call published (entered from the published record)"))

move("record_past", ("draft", "published"), "announced", "call.record_past")
says("record_past", N_("Record a past call"), N_("Entered from the published record"))

act("edit_form", ("draft", "published"), "call.edit_form", event="form_edited", only=OFFICE)
says("edit_form", N_("Edit the form"), N_("Form edited"), ASKS)

act("publish_form", UNDECIDED, "call.publish_form", event="form_published", makes="mails")
says("publish_form", N_("Publish the form"), N_("Form published"), ASKS)

act("extend", UNDECIDED, "call.extend", event="deadline_extended")
says("extend", N_("Extend the deadline"), N_("Deadline extended"), ASKS)

act("ask_grace", UNDECIDED, "grace.ask", event="grace.grace_asked", only=OFFICE, makes="grace")
says("ask_grace", N_("Grant one applicant more time"), N_("Grace asked for"), ASKS)

act("record_exception", UNDECIDED, "call.record_exception", event="exception_recorded", only=OFFICE)
says("record_exception", N_("Record an exception"), N_("Exception recorded"), ASKS)

act("set_extension_deadline", PUBLIC, "call.set_extension_deadline", extends, event="extension_deadline_set")
says("set_extension_deadline", N_("Deadline for extensions"), N_("Deadline for extensions set"), ASKS)
