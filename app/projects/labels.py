"""What the values of this context are called on the screen, as msgids' translations."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.projects.models import CERTIFIED, NOT_ASKED, REFUSED

EXTENSIONS = {
    NOT_ASKED: _l("Not asked for"),
    CERTIFIED: _l("Asked for and certified"),
    REFUSED: _l("Asked for and refused"),
}

CANCEL_GROUNDS = {
    "by_body": _l("Asked for by the local governments"),
    "not_carried_out": _l("The project is not carried out any more"),
    "not_eligible": _l("It no longer meets what it was selected for"),
    "false_statement": _l("False statements in the application"),
    "other": _l("Other"),
}

ASKED_BY = {"body": _l("The local governments"), "office": _l("The office")}
