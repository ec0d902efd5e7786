"""One function per model: sensible defaults, everything overridable, flushed but not committed."""

from tests.factories.correspondence import letter, letter_content, mail
from tests.factories.organisations import office, organisation, person, seat, tenure
from tests.factories.programmes import call, programme

__all__ = [
    "call",
    "letter",
    "letter_content",
    "mail",
    "office",
    "organisation",
    "person",
    "programme",
    "seat",
    "tenure",
]
