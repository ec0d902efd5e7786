"""One function per model: sensible defaults, everything overridable, flushed but not committed."""

from tests.factories.applications import application, save_answer, save_basics, save_technologies
from tests.factories.correspondence import letter, letter_content, mail
from tests.factories.councils import council, membership
from tests.factories.numbers import count_anew
from tests.factories.organisations import office, organisation, person, seat, signed_in, tenure
from tests.factories.programmes import call, programme
from tests.factories.projects import project

__all__ = [
    "application",
    "call",
    "council",
    "count_anew",
    "letter",
    "letter_content",
    "mail",
    "membership",
    "office",
    "organisation",
    "person",
    "programme",
    "project",
    "save_answer",
    "save_basics",
    "save_technologies",
    "seat",
    "signed_in",
    "tenure",
]
