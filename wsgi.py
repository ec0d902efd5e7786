"""The door for gunicorn and the flask command."""

import private

private.close_to_others()

from app import create_app  # noqa: E402 (after the door is closed)

app = create_app()
