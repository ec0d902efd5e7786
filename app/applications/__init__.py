"""Applications (申請): from the first draft to the office's desk.

An editor drafts, the approver submits before the closing instant, and what was submitted is frozen as a
*submission* with its receipt. The office accepts it or returns it with defects and a due instant; the mended one
is another submission. Nothing here knows of results: selection, above, moves applications on.
"""

from app import calendar
from app.applications import cases, checking, figures, quarantine, reminders, tasks
from app.applications.about import about_body
from app.applications.grace_routes import about_call
from app.applications.models import OF_RESULTS
from app.applications.routes import applications
from app.lifecycle import N_
from app.web.manifest import Job, Manifest, Page, Place

MANIFEST = Manifest(
    blueprint=applications,
    tasks=lambda actor, at: [*tasks.tasks(actor, at), *quarantine.tasks(actor, at)],
    cases=cases.cases,
    places=(Place("applications.index", N_("Applications"), "application.list"),),
    pages={
        "application": Page("applications.show", "application_id"),
        "delegation": Page("applications.delegation", "delegation_id"),
        "grace": Page("applications.grace", "grace_id"),
    },
    within={"applications": "applications.index", "applications.publish_form": "programmes.index"},
    about_body=about_body,
    about_call=about_call,
    changes=cases.changes,
    results=OF_RESULTS,
    figures=figures.figures,
    charts=figures.charts,
    reminders={
        "deadline": (reminders.deadline_subjects, reminders.remind_of_deadline),
        "joint_consent": (reminders.consent_subjects, reminders.remind_of_consent),
        "correction": (reminders.correction_subjects, reminders.remind_of_correction),
        "correction_unopened": (reminders.unopened_subjects, reminders.remind_of_unopened),
    },
    jobs={
        "check_files": Job(lambda on, at: quarantine.check_files(at=at)),
        # On working days: each applicant is told by mail. That nothing comes in any more does not wait for it.
        "lapse_corrections": Job(
            lambda on, at: {"lapsed": checking.lapse_overdue(at=at) if calendar.is_business_day(on) else 0},
            held_back=N_("Applications whose time for a correction is over"),
            count=lambda on, at: checking.count_overdue(at),
        ),
    },
)
