"""What is asked of whom, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _

from app.explained import N_
from app.surveys.models import BODIES, INITIATIVES

WHOM = {BODIES: N_("each body"), INITIATIVES: N_("each initiative")}
OF_WHAT = {BODIES: N_("Bodies"), INITIATIVES: N_("Initiatives")}


def in_words(of: str) -> str:
    return _(WHOM[of])


def in_plural(of: str) -> str:
    return _(OF_WHAT[of])


def denominator(of: str, n: int, bodies: int = 0) -> str:
    """N=35自治体; of initiatives with the bodies beside them, as seed 004 has it."""
    if of == BODIES:
        return _("N=%(n)s bodies", n=n)
    return _("N=%(n)s initiatives (%(bodies)s bodies)", n=n, bodies=bodies)
