"""Letters and mail: what leaves the house.

A letter is drafted, approved and issued; issuing gives it the next number of the year's register, freezes its PDF
under its SHA-256 and queues the mail, all in one transaction. Mail waits in the outbox until the job hands it to
SMTP: a rollback sends nothing, a crash loses nothing, a retry never sends twice what was accepted. This context
imports no case: what a letter is about is a kind and an id. Of the kinds of letters that the contexts above it draft, it
has the names (LETTER_KINDS), and the day by which notices of the end of support have to be approved.
"""

from datetime import date, datetime

from app.correspondence import copies, delivery, superseding, tasks
from app.correspondence.about import about_body
from app.correspondence.models import WITHDRAWAL
from app.correspondence.routes import correspondence
from app.lifecycle import N_
from app.web.manifest import Job, Manifest, Page, Place


def _issue(on: date, at: datetime) -> dict[str, int]:
    count = superseding.issue_approved(on=on, at=at)
    return {"issued": count, "mails_queued": count}


MANIFEST = Manifest(
    blueprint=correspondence,
    tasks=tasks.tasks,
    places=(
        Place("correspondence.letters", N_("Letters"), "letter.view"),
        Place("correspondence.mails", N_("Mail"), "mail.list"),
    ),
    pages={
        "letter": Page("correspondence.letter", "letter_id"),
        "mail": Page("correspondence.mail", "mail_id"),
    },
    within={
        "correspondence": "correspondence.letters",
        "correspondence.mails": "correspondence.mails",
        "correspondence.mail": "correspondence.mails",
        "correspondence.set_aside": "correspondence.mails",
    },
    about_body=about_body,
    jobs={
        "issue_letters_at_once": Job(
            _issue,
            held_back=N_(
                "Letters that replace or withdraw others, or are about an extension or a cancellation"
            ),
            count=lambda on, at: superseding.count_approved(),
        ),
        "copy_to_officers": Job(lambda on, at: {"mails_queued": copies.send(on=on, at=at)}),
        "deliver_mails": Job(
            lambda on, at: delivery.deliver_due(at=at),
            held_back=N_("Mails that wait to be sent"),
            count=lambda on, at: delivery.count_waiting(),
        ),
    },
    composers={WITHDRAWAL: superseding.compose_anew},
)
