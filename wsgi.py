"""The door for gunicorn and the flask command."""

import gc

import private

private.close_to_others()
# What is put together here stays: looking through it for garbage again and again would take a fifth of the start,
# and a part of every request after it.
gc.disable()

from app import create_app  # noqa: E402 (after the door is closed)

app = create_app()
gc.freeze()
gc.enable()
