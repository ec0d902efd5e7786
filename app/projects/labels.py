"""What the values of this context are called on the screen, as msgids' translations."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.projects.models import CERTIFIED, NOT_ASKED, REFUSED

EXTENSIONS = {
    NOT_ASKED: _l("Not asked for"),
    CERTIFIED: _l("Asked for and certified"),
    REFUSED: _l("Asked for and refused"),
}
