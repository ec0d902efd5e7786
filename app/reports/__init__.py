"""Reports of a project's year (年次報告), and in the last base year and the last of all the final report (取りまとめ).

Each February the lead applicant is asked by letter and mail, with what is on record filled in; an editor drafts, the approver
submits, the office checks, returns question by question, accepts (ADR 50). A year of all projects is a book.
"""

from app.lifecycle import N_
from app.reports import (
    asking,
    book_routes,
    checking_routes,
    entry_labels,
    figures,
    letters,
    reminders,
    routes,
    writing_routes,
)
from app.reports.blueprint import reports
from app.reports.on_record import reports_of
from app.reports.tasks import tasks
from app.web.manifest import Job, Lateness, Manifest, Page, Part, Place

__all__ = [
    "MANIFEST",
    "book_routes",
    "checking_routes",
    "entry_labels",
    "reports_of",
    "routes",
    "writing_routes",
]

MANIFEST = Manifest(
    blueprint=reports,
    tasks=tasks,
    places=(Place("reports.index", N_("Reports of the year"), "report.list"),),
    pages={"report": Page("reports.show", "report_id")},
    parts={"project": (Part("reports.of_project", N_("Reports")),)},
    within={
        "reports": "projects.index",
        "reports.index": "reports.index",
        "reports.ask_all": "reports.index",
        "reports.book": "reports.index",
    },
    changes=figures.changes,
    counts=figures.counts,
    figures=figures.figures,
    late={"report": Lateness(N_("A report is past its day"), reminders.late_projects)},
    reminders={"report_due": (reminders.owed_subjects, reminders.remind)},
    jobs={
        "ask_for_reports": Job(lambda on, at: {"asked": asking.ask_all(on=on, at=at)}),
        "issue_report_letters": Job(
            lambda on, at: {"issued": letters.issue_letters(on=on, at=at)},
            held_back=N_("Requests for reports that are issued"),
            count=lambda on, at: letters.due_to_be_issued(),
        ),
    },
    work={"ask_for_reports": asking.ask_by_hand},
    composers={letters.KIND: letters.compose_anew},
)
