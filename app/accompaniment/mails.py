"""The mail about an obstacle on which a local government has not acted in time."""

from __future__ import annotations

from datetime import datetime

from app import calendar
from app.accompaniment.models import Obstacle
from app.correspondence import outbox
from app.projects.naming import called

OVERDUE_NOTE = "地方公共団体が対応する課題の期限が過ぎたことを知らせ、対応又は期限の変更を依頼しました。必要に応じて支援をお願いします。"


def overdue(obstacle: Obstacle, *, occasion: str, at: datetime) -> None:
    """To each body of the project. The officers get the day's copy."""
    project, on = obstacle.project, calendar.day_of(at)
    outbox.send(
        "obstacle_overdue",
        to=outbox.contacts_of(project.bodies, on=on),
        about=obstacle,
        occasion=occasion,
        at=at,
        values={
            "obstacle": obstacle,
            "project": project,
            "number": project.reference,
            "url": outbox.absolute_url("accompaniment.obstacle", obstacle_id=obstacle.id),
        },
        of_body=lambda body: {"body": body, "called": called(project, body)},
        copy_note=OVERDUE_NOTE,
    )
