"""Messages about applications, and questions of calls with their answers."""

from __future__ import annotations

import secrets

from app import calendar
from app.applications.models import Application
from app.conversations import operations
from app.conversations.models import Message
from app.permissions import EDITOR, OFFICER
from app.programmes import clarifications
from app.programmes.models import Call, Clarification
from tests.factories.applications import holder
from tests.factories.organisations import tenure


def message(application: Application, text: str = "見本の連絡", *, of_office: bool = False) -> Message:
    """Of the body's editor, or of an officer."""
    who = holder(OFFICER) if of_office else holder(EDITOR, application.organisation)
    made, _mailed = operations.write(
        application,
        text=text,
        key=secrets.token_hex(16),
        actor=who,
        at=calendar.now(),
    )
    return made


def clarification(call: Call, question: str = "見本の質疑", answer: str = "見本の回答") -> Clarification:
    return clarifications.publish(
        call, question=question, answer=answer, actor=tenure("officer"), at=calendar.now()
    )
