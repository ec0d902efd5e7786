"""One function per model: sensible defaults, everything overridable, flushed but not committed."""

from tests.factories.accompaniment import knowledge_item, log_entry, obstacle
from tests.factories.applications import (
    answer_to,
    application,
    joint_applicant,
    save_answer,
    save_basics,
    save_technologies,
)
from tests.factories.changing import change_request
from tests.factories.continuation import continuation, extendable_project, filled
from tests.factories.conversations import clarification, message
from tests.factories.correspondence import letter, letter_content, mail
from tests.factories.councils import council, membership
from tests.factories.delegations import delegation
from tests.factories.evaluation import evaluation, evaluation_meeting
from tests.factories.graces import grace
from tests.factories.kpis import kpi, kpi_actual
from tests.factories.numbers import count_anew
from tests.factories.organisations import office, organisation, person, seat, signed_in, tenure
from tests.factories.programmes import application_form, call, own_questions, programme
from tests.factories.projects import project
from tests.factories.reports import report
from tests.factories.rooms import initiative, room
from tests.factories.rotation import seat_check
from tests.factories.surveys import survey, survey_answer
from tests.factories.wishes import wish

__all__ = [
    "answer_to",
    "application",
    "application_form",
    "call",
    "change_request",
    "clarification",
    "continuation",
    "council",
    "count_anew",
    "delegation",
    "evaluation",
    "evaluation_meeting",
    "extendable_project",
    "filled",
    "grace",
    "initiative",
    "joint_applicant",
    "knowledge_item",
    "kpi",
    "kpi_actual",
    "letter",
    "letter_content",
    "log_entry",
    "mail",
    "membership",
    "message",
    "obstacle",
    "office",
    "organisation",
    "own_questions",
    "person",
    "programme",
    "project",
    "report",
    "room",
    "save_answer",
    "save_basics",
    "save_technologies",
    "seat",
    "seat_check",
    "signed_in",
    "survey",
    "survey_answer",
    "tenure",
    "wish",
]
