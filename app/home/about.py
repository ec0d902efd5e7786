"""What everybody may ask of the site itself: whom to contact, what is kept of a person, how accessible it is."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template

from app.home.routes import home
from app.organisations import devices
from app.organisations.throttle import KEPT_FOR as ATTEMPTS_KEPT_FOR
from app.security import KEPT_FOR_YEARS
from app.web.access import needs
from app.web.everybodys import same_for_everybody
from app.web.keeping import KEPT_FOR_A_PERSON as ENTRIES_KEPT_FOR


@home.get("/contact")
@needs("public")
@same_for_everybody
def contact() -> str:
    return render_template("home/contact.html")


@home.get("/privacy")
@needs("public")
@same_for_everybody
def privacy() -> str:
    """Says what the code does: times come from where they are decided."""
    return render_template(
        "home/privacy.html",
        log_kept=KEPT_FOR_YEARS,
        attempts_kept=_hours(ATTEMPTS_KEPT_FOR),
        entries_kept=_hours(ENTRIES_KEPT_FOR),
        device_cookie=devices.COOKIE,
        device_days=devices.KNOWN_FOR.days,
    )


@home.get("/accessibility")
@needs("public")
@same_for_everybody
def accessibility() -> str:
    return render_template("home/accessibility.html")


def _hours(span: timedelta) -> int:
    return int(span.total_seconds() // 3600)
