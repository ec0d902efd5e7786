"""How the states of a mail are called, and in which colour; a mail's state is derived, so it is in no lifecycle."""

from __future__ import annotations

from app.lifecycle import N_

MAIL_STATES = {
    "queued": (N_("Waiting to be sent"), "info"),
    "sending": (N_("Being sent"), "progress"),
    "sent": (N_("Sent"), "success"),
    "kept": (N_("Kept as a file"), "success"),
    "parked": (N_("Not delivered"), "error"),
    "set_aside": (N_("Set aside"), "neutral"),
}
