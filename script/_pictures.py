"""Which pictures script/screenshots draws: a page, the moment at which it has something to show, and a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from tests.browser.pages import ACCOUNTS, NOBODY


@dataclass(frozen=True)
class Picture:
    name: str  # of the files: name-role-width.png
    endpoint: str
    says: str
    state: str = ""  # of the sample, as tests/browser/pages.py names it; empty: the first there is
    moment: str = "march-1"
    english: bool = False  # in English too
    roles: tuple[str, ...] = ()  # whose; empty: of all who may see it


@dataclass(frozen=True)
class Chapter:
    title: str
    pictures: tuple[Picture, ...]


# fmt: off
CHAPTERS = (
    Chapter(
        "Coming in",
        (
            Picture("welcome", "home.index", "Before signing in: which call is open and for how long, the programme in figures.", roles=(NOBODY,), english=True),
            Picture("sign-in", "organisations.sign_in", "Signing in; in the demo every account is at hand."),
            Picture("password-forgotten", "accounts.forgotten_password", "A link is mailed, whether or not the address is known."),
            Picture("password-link", "accounts.set_password", "The page of the one-time link.", state="open"),
            Picture("password-link-gone", "accounts.set_password", "A link that is used up or unknown says so.", state="unknown"),
            Picture("home", "home.index", "The first page of each role: what waits, by due date, then the cases.", roles=tuple(ACCOUNTS), english=True),
            Picture("account", "accounts.account", "One's own seats and password.", roles=("officer",)),
            Picture("password-change", "accounts.change_password", "A new password; what is wanted of it stands beside it.", roles=("officer",)),
        ),
    ),
    Chapter(
        "Calls",
        (
            Picture("calls", "programmes.index", "The open calls and how long they are open, then all; without a sign-in too."),
            Picture("call", "programmes.show", "A call carries its own rules: times, support, questions, criteria.", state="published", english=True),
            Picture("call-new", "programmes.draft", "A new call. Dates are taken in any usual form."),
            Picture("call-edit", "programmes.edit", "A draft call is edited until it is published.", state="draft"),
            Picture("call-form", "programmes.edit_form", "What it asks: sections and questions, each edited on a page of its own.", state="published"),
            Picture("call-form-question", "programmes.edit_question", "A question with the settings of its kind, and how it looks."),
            Picture("call-publish", "programmes.publish", "Read once more, then published.", state="draft"),
            Picture("call-extend", "programmes.extend", "The deadline can be moved later, for everybody.", state="published"),
            Picture("programmes", "programmes.all_of_them", "Programmes side by side, each of a ministry."),
            Picture("programme", "programmes.programme", "What a programme says of itself in letters, mails and pages."),
            Picture("programme-new", "programmes.begin_programme", "A further programme, with its signature, mark and contact."),
            Picture("programme-edit", "programmes.edit_programme", "It holds for what is drafted and sent from now on."),
            Picture("call-extension-deadline", "programmes.set_extension_deadline", "By when an extension of support is asked for.", state="announced extendable"),
        ),
    ),
    Chapter(
        "Applying",
        (
            Picture("application-start", "applications.start", "Starting an application to an open call.", state="published"),
            Picture("applications", "applications.index", "The applications within one's reach."),
            Picture("application-tasks", "applications.show", "The task list: what is done, what is missing, until when.", state="draft", english=True),
            Picture("application-basics", "applications.section", "A section. It saves itself while one types.", state="draft basics"),
            Picture("application-technologies", "applications.section", "Technologies, from the programme's list.", state="draft technologies"),
            Picture("application-joint", "applications.joint_applicants", "Joint applicants are found by name, kana or code.", state="draft searched"),
            Picture("application-answer", "applications.section", "One of the call's questions; the characters are counted.", state="draft problem"),
            Picture("application-files", "applications.add_attachment", "Files: what may be sent, what has been.", state="draft"),
            Picture("application-check", "applications.check", "All answers on one page before they are handed on.", state="draft"),
            Picture("application-submit", "applications.submit", "The approver reads the same page and submits.", state="draft"),
            Picture("application-let-in", "applications.let_in", "The approver lets a consultant into this application alone, until a day.", state="draft"),
            Picture("delegation", "applications.delegation", "Who was let in, by whom and until when.", state="running"),
            Picture("delegation-day", "applications.choose_day", "A later or an earlier last day.", state="running"),
            Picture("application-send-back", "applications.send_back", "The approver sends it back to the editor, with what is to be mended first.", state="in_approval"),
            Picture("application-returned", "applications.show", "Returned: what is to be mended, and until when.", state="returned"),
            Picture("application-resubmit", "applications.resubmit", "The mended application before it is sent again.", state="returned"),
            Picture("application-receipt", "applications.receipt", "What was received, when, with the hashes.", state="submitted"),
            Picture("application", "applications.show", "The case: what was submitted, and what happened.", state="submitted", english=True),
            Picture("application-submission", "applications.submission", "What was handed in at one instant, word for word.", state="returned"),
            Picture("application-withdraw", "applications.withdraw", "Withdrawing asks for the reason first.", state="submitted"),
            Picture("application-return", "applications.return_for_correction", "The office says section by section what is wrong.", state="submitted"),
            Picture("application-more-time", "applications.extend_correction", "More time to correct.", state="returned"),
        ),
    ),
    Chapter(
        "Selecting",
        (
            Picture("selection", "selection.show", "A call's applications and their results, seen by the office alone.", state="closed", moment="march-20", english=True),
            Picture("result", "selection.record_result", "A provisional result with its reasons.", state="under_review"),
            Picture("decision-missing", "selection.decide", "What still stands between the call and its decision.", state="published"),
            Picture("decision", "selection.decide", "All results on one page, decided together.", state="closed", moment="march-20"),
            Picture("announcement", "selection.announce", "Before results, letters and mails are released in one act.", state="decided", moment="march-24"),
            Picture("selection-announced", "selection.show", "After the announcement.", state="announced", moment="april-3"),
            Picture("application-selected", "applications.show", "A selected application.", state="selected", moment="april-3"),
            Picture("application-not-selected", "applications.show", "One that was not selected, with the reasons.", state="not_selected", moment="april-3"),
        ),
    ),
    Chapter(
        "Supporting",
        (
            Picture("projects", "projects.index", "All projects within one's reach."),
            Picture("project", "projects.show", "A project: its support year, its end, its letters.", state="supported", english=True),
            Picture("project-ended", "projects.show", "One whose support has ended.", state="ended", moment="april-3"),
            Picture("project-cancelled", "projects.show", "One that was cancelled.", state="cancelled", moment="april-3"),
            Picture("project-cancel", "projects.cancel", "Cancelling asks for the reason first.", state="supported"),
            Picture("project-extension", "projects.record_extension", "What became of an extension is recorded before anything says that support ends.", state="supported extendable"),
            Picture("ending", "projects.ending", "What ends this fiscal year, and how far its letters are."),
            Picture("council", "councils.show", "A council: who was asked, who agreed.", state="forming"),
            Picture("council-active", "councils.show", "A council that is set up and has met.", state="active", moment="april-3"),
            Picture("council-none", "councils.show", "A project that has none yet.", state="none, supported"),
            Picture("council-ask", "councils.ask", "Naming a member, who is asked by mail.", state="forming"),
            Picture("council-ask-again", "councils.ask_again", "Asking once more.", state="asked"),
            Picture("council-meeting", "councils.record_meeting", "Recording a meeting.", state="forming"),
            Picture("member", "councils.reply", "The one page a council member sees: no account, one link.", state="asked", english=True),
            Picture("member-answered", "councils.reply", "The same link after the answer.", state="agreed", moment="april-3"),
            Picture("member-unknown", "councils.reply", "A link that nobody was sent.", state="unknown"),
        ),
    ),
    Chapter(
        "Letters and mail",
        (
            Picture("letters", "correspondence.letters", "The office's letters; for a municipality those it received."),
            Picture("letters-issued", "correspondence.letters", "After 31 March: numbered and issued.", moment="april-3"),
            Picture("letters-review", "correspondence.review", "Twelve drafted letters on one page, to be read and approved.", english=True),
            Picture("letter", "correspondence.letter", "A drafted letter.", state="drafted"),
            Picture("letter-issued", "correspondence.letter", "An issued letter, with its number and hash.", state="issued", moment="april-3"),
            Picture("letter-discard", "correspondence.discard", "Taking a letter from the list.", state="drafted"),
            Picture("letter-send-back", "correspondence.send_back", "The director sends a letter back and says why.", state="drafted"),
            Picture("letter-put-forward", "correspondence.put_forward", "The office answers, and asks for approval again.", state="sent_back", moment="march-20"),
            Picture("mails", "correspondence.mails", "The outbox."),
            Picture("mail", "correspondence.mail", "A mail as it was sent, with its letter.", state="kept", moment="april-3"),
            Picture("mail-parked", "correspondence.mail", "A mail that the server refused: what to do about it.", state="parked"),
            Picture("mail-set-aside", "correspondence.set_aside", "A mail that is not to be sent after all.", state="parked"),
        ),
    ),
    Chapter(
        "Running the office",
        (
            Picture("schedule", "schedule.index", "The rules of all reminders, and what they will send."),
            Picture("schedule-rule", "schedule.change_rule", "The days of a rule."),
            Picture("reminders", "schedule.ledger", "Every reminder that was sent."),
            Picture("work", "schedule.work", "Long work that could not be completed says why.", state="failed"),
            Picture("local-governments", "organisations.index", "All 1,788 local governments.", state="found"),
            Picture("local-government", "organisations.show", "One of them, with its seats.", state="city"),
            Picture("seats", "organisations.seats", "Access belongs to seats."),
            Picture("seat", "organisations.seat", "A seat and who has held it.", state="held"),
            Picture("seat-new", "organisations.new_seat", "A new seat.", state="city"),
            Picture("seat-edit", "organisations.edit_seat", "A section is renamed, a mailbox moves.", state="held"),
            Picture("seat-hand-over", "accounts.hand_over_seat", "Handing a seat over hands over everything.", state="held"),
            Picture("seat-close", "organisations.close_seat", "Closing a seat.", state="held"),
            Picture("tenure-end", "organisations.end_tenure", "Somebody leaves a seat."),
            Picture("clock", "demo.clock", "The demo's clock."),
        ),
    ),
    Chapter(
        "For everybody",
        (
            Picture("register", "reporting.register", "The selected projects, as the public sees them: figures, map, charts, list.", moment="april-3", english=True, roles=(NOBODY,)),
            Picture("register-project", "reporting.project", "What everybody may know of a project.", state="supported", english=True, roles=(NOBODY,)),
            Picture("contact", "home.contact", "Whom to ask.", roles=(NOBODY,)),
            Picture("privacy", "home.privacy", "What is kept about people, why and for how long.", roles=(NOBODY,)),
            Picture("accessibility", "home.accessibility", "What is aimed at, how it is tested, what is lacking.", roles=(NOBODY,)),
            Picture("styleguide", "styleguide.index", "Every component once.", roles=(NOBODY,)),
        ),
    ),
)
# fmt: on
KEPT = (  # the few that lie in docs/screens, for README and the documents; all others are drawn into a folder of their own
    "letter-support-end.png",
    "welcome-public-1280.png",
    "welcome-public-375.png",
    "home-officer-1280.png",
    "home-officer-1280-en.png",
    "home-officer-375.png",
    "home-editor-1280.png",
    "application-tasks-editor-1280.png",
    "application-tasks-editor-375.png",
    "application-answer-editor-1280.png",
    "application-returned-editor-1280.png",
    "application-return-officer-1280.png",
    "applications-officer-1280.png",
    "selection-officer-1280.png",
    "decision-director-1280.png",
    "project-officer-1280.png",
    "project-extension-officer-1280.png",
    "letters-review-director-1280.png",
    "mail-admin-1280.png",
    "local-government-officer-1280.png",
    "schedule-officer-1280.png",
    "register-public-1280.png",
    "register-public-375.png",
    "register-project-public-1280.png",
    "member-public-375.png",
)
PICTURES = tuple(picture for chapter in CHAPTERS for picture in chapter.pictures)
