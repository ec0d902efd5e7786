"""The mails of a survey: a project's bodies are asked, asked again, and told that their answers are open again."""

from __future__ import annotations

from datetime import datetime

from app import calendar
from app.correspondence import outbox
from app.projects.naming import called
from app.surveys.models import SurveyAnswer

LATE_NOTE = "回答期限を過ぎても調査への回答がないことを知らせ、回答を依頼しました。"


def asked(answer: SurveyAnswer, *, at: datetime) -> None:
    _send("survey_asked", answer, occasion="asked", at=at)


def reminded(answer: SurveyAnswer, *, occasion: str, at: datetime) -> None:
    """The request once more; once the time has passed the officers get the day's copy."""
    _send("survey_reminder", answer, occasion=occasion, at=at, note=LATE_NOTE if answer.is_late(at) else "")


def reopened(answer: SurveyAnswer, *, at: datetime) -> None:
    _send("survey_reopened", answer, occasion=f"reopened:{at.isoformat()}", at=at)


def _send(template: str, answer: SurveyAnswer, *, occasion: str, at: datetime, note: str = "") -> None:
    project = answer.project
    outbox.send(
        template,
        to=outbox.contacts_of(project.bodies, on=calendar.day_of(at)),
        about=answer,
        occasion=occasion,
        at=at,
        values={
            "survey": answer.survey,
            "due": answer.due_at,
            "late": answer.is_late(at),
            "reason": answer.reopened_for,
            "initiatives": sum(part.initiative_id is not None for part in answer.counted),
            "url": outbox.absolute_url("surveys.answer", survey_answer_id=answer.id),
        },
        of_body=lambda body: {"body": body, "called": called(project, body)},
        copy_note=note,
    )
