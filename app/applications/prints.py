"""A submission on paper: its receipt (受付), and the whole application as one document. Japanese only.

Both are drawn from what was frozen, each time they are asked for: the same submission gives the same file, so no file
has to be kept beside it, and a print can be compared with another years later. What proves the submission is the
SHA-256 of its content, which both of them name.
"""

from __future__ import annotations

from dataclasses import replace

from flask_babel import force_locale

from app.applications.mails import to_the_second
from app.applications.models import Application, Submission
from app.correspondence.letters import compose
from app.correspondence.rendering import Item, LetterContent, render, render_booklet
from app.questions.printed import printed_groups
from app.web.i18n import shown_size

RECEIPT_FORM, TO_A_BODY = "事務連絡", "御中"


def receipt_pdf(submission: Submission) -> bytes:
    """The receipt as a 事務連絡 of the day on which it was received. Raises MissingFont."""
    worded = submission.receipt or receipt(submission, submission.application).to_json()
    return render(LetterContent.from_json(worded)).pdf


def receipt(submission: Submission, application: Application) -> LetterContent:
    """What it says: the application's number, when it was received, its files with their SHA-256 (domain.md §6)."""
    handed_in = submission.said
    number = str(submission.content["number"])
    with force_locale("ja"):
        files = tuple(
            f"{file['filename']}（{shown_size(file['size'])}）\nSHA-256：{file['sha256']}"
            for file in handed_in.attachments
        )
    drafted = compose(
        about=application.call,
        form=RECEIPT_FORM,
        addressee=handed_in.lead["name"],
        honorific=TO_A_BODY,
        subject=f"{handed_in.call['title']}に係る申請の受付について",
        body=["下記のとおり申請を受け付けましたので、お知らせします。"],
        items=[
            Item("申請番号", number),
            Item("受付日時", to_the_second(submission.received_at)),
            Item("事業名", handed_in.title),
            Item("提出者", submission.submitted_by),
            Item("添付資料", "" if files else "なし", files),
            Item("申請の内容のハッシュ（SHA-256）", submission.sha256),
        ],
    )
    return replace(drafted, draft=False, issued_on=submission.received_at.date())


def application_pdf(submission: Submission) -> bytes:
    """The application as it was handed in: title page, table of contents, section by section, its files. Raises MissingFont."""
    handed_in = submission.said
    with force_locale("ja"):
        return render_booklet(
            "application.html",
            content=handed_in,
            number=submission.content["number"],
            received_at=submission.received_at,
            received=to_the_second(submission.received_at),
            submitted_by=submission.submitted_by,
            sha256=submission.sha256,
            place=submission.application.submissions.index(submission) + 1,
            groups=printed_groups(handed_in),
            consents=[{**it, "at": to_the_second(it["at"])} for it in handed_in.consents],
            files=[{**file, "size": shown_size(file["size"])} for file in handed_in.attachments],
        ).pdf
