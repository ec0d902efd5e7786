"""The files whose lines are rules, and the tests that would notice if one were wrong: those that a developer runs beside it."""

from __future__ import annotations

_PERMISSIONS = ("test_reach", "conventions/test_permissions")
_LIFECYCLE = (
    "test_lifecycle",
    "conventions/test_audiences",
    "conventions/test_lifecycle",
    "conventions/test_states",
)
_COUNCILS = ("councils/test_guards", "councils/test_operations", "councils/test_routes")

# file → tests (from the folder of tests); they are run quickest first, those that have noticed something before all others
RULES: dict[str, tuple[str, ...]] = {
    "app/calendar.py": ("test_calendar",),
    "app/history.py": ("conventions/test_history", "proof/test_head"),
    "app/permissions.py": _PERMISSIONS,
    "app/reach.py": _PERMISSIONS,
    "app/lifecycle/table.py": (*_LIFECYCLE, "web/test_tones"),
    "app/lifecycle/moving.py": _LIFECYCLE,
    "app/lifecycle/application.py": (
        *_LIFECYCLE, "web/test_tones", "applications/test_guards", "applications/test_checking",
        "applications/test_submission", "applications/test_sending_back", "applications/test_lapsing",
        "selection/test_operations",
    ),
    "app/lifecycle/call.py": (
        *_LIFECYCLE, "web/test_tones", "programmes/test_routes", "programmes/test_public_calls",
        "selection/test_operations", "projects/test_extension",
    ),
    "app/lifecycle/council.py": (*_LIFECYCLE, *_COUNCILS),
    "app/lifecycle/membership.py": (*_LIFECYCLE, *_COUNCILS),
    "app/lifecycle/letter.py": (
        *_LIFECYCLE, "correspondence/test_approval", "correspondence/test_superseding", "correspondence/test_letters",
        "correspondence/test_tasks",
    ),
    "app/lifecycle/evaluation.py": (*_LIFECYCLE, "evaluation/test_operations"),
    "app/lifecycle/evaluation_meeting.py": (*_LIFECYCLE, "evaluation/test_operations"),
    "app/lifecycle/continuation.py": (*_LIFECYCLE, "continuation/test_reminders", "stories/test_going_on"),
    "app/lifecycle/change_request.py": (*_LIFECYCLE, "stories/test_changing_a_project"),
    "app/continuation/handing_in.py": ("continuation/test_reminders", "stories/test_going_on"),
    "app/continuation/deciding.py": ("stories/test_going_on",),
    "app/changing/operations.py": ("stories/test_changing_a_project",),
    "app/lifecycle/obstacle.py": (*_LIFECYCLE, "accompaniment/test_operations"),
    "app/accompaniment/entries.py": ("accompaniment/test_operations", "accompaniment/test_routes"),
    "app/accompaniment/names.py": ("accompaniment/test_operations",),
    "app/accompaniment/knowledge.py": ("accompaniment/test_operations", "accompaniment/test_routes"),
    "app/lifecycle/project.py": (
        *_LIFECYCLE, "projects/test_guards", "projects/test_operations", "projects/test_extension",
    ),
    "app/web/timeline.py": ("web/test_timeline", "selection/test_embargo"),
    "app/selection/operations.py": (
        "selection/test_on_record", "selection/test_operations", "selection/test_routes", "selection/test_closed_days",
    ),
    "app/applications/submission.py": (
        "applications/test_submission", "applications/test_sending_back", "applications/test_arrival",
        "applications/test_lapsing", "applications/test_guards", "applications/test_before_the_opening",
    ),
    "app/applications/checking.py": (
        "applications/test_checking", "applications/test_return_form", "applications/test_lapsing",
        "applications/test_guards",
    ),
    "app/lifecycle/delegation.py": (*_LIFECYCLE, "applications/test_delegations"),
    "app/lifecycle/grace.py": (*_LIFECYCLE, "applications/test_graces"),
    "app/lifecycle/joint_applicant.py": (*_LIFECYCLE, "applications/test_consents"),
    "app/applications/checklist.py": ("applications/test_intake", "proof/test_words"),
    "app/applications/consents.py": ("applications/test_consents",),
    "app/applications/copying.py": ("applications/test_copying",),
    "app/applications/correcting.py": ("applications/test_correcting", "applications/test_return_form", "applications/test_intake"),
    "app/applications/delegations.py": ("applications/test_delegations", "applications/test_delegation_routes"),
    "app/applications/drafting.py": (
        "applications/test_drafting", "applications/test_drafting_routes", "applications/test_sending_back",
        "applications/test_unsubmitted",
    ),
    "app/applications/exceptions.py": ("applications/test_reapplication",),
    "app/applications/graces.py": ("applications/test_graces",),
    "app/applications/new_versions.py": ("applications/test_new_versions",),
    "app/applications/reapplication.py": ("applications/test_reapplication",),
    "app/conversations/operations.py": ("conversations/test_messages",),
    "app/programmes/clarifications.py": ("programmes/test_clarifications", "proof/test_words"),
    "app/mergers/operations.py": ("mergers/test_mergers",),
    "app/organisations/successors.py": ("mergers/test_mergers",),
    "app/questions/answering.py": ("questions/test_answering", "questions/test_pages", "applications/test_correcting"),
    "app/questions/copying.py": ("applications/test_copying", "questions/test_answering"),
    "app/questions/freezing.py": ("questions/test_answering", "questions/test_form_of_all_kinds", "questions/test_versions"),
    "app/questions/importing.py": ("questions/test_importing", "applications/test_workbook_routes"),
    "app/projects/end_of_support.py": (
        "projects/test_end_of_support", "projects/test_extension", "projects/test_letters",
    ),
    "app/projects/endings.py": ("projects/test_routes", "projects/test_extension_routes", "projects/test_from_application"),
    "app/projects/extension.py": ("projects/test_extension", "projects/test_extension_routes", "projects/test_guards"),
    "app/schedule/reminders.py": (
        "schedule/test_reminders", "schedule/test_closed_days", "applications/test_reminders", "projects/test_reminders",
    ),
    "app/correspondence/outbox.py": (
        "correspondence/test_outbox", "correspondence/test_send", "correspondence/test_mail_routes",
    ),
    "app/correspondence/delivery.py": (
        "correspondence/test_outcomes", "correspondence/test_delivery", "correspondence/test_clock_set_back", "correspondence/test_send",
    ),
}  # fmt: skip
