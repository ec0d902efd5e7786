"""One function per model: sensible defaults, everything overridable, flushed but not committed."""

from tests.factories.organisations import office, organisation, person, seat, tenure
from tests.factories.programmes import call, programme

__all__ = ["call", "office", "organisation", "person", "programme", "seat", "tenure"]
