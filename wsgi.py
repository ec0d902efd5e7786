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
# A page makes ten thousand objects, nearly all of which go by themselves: looking after every 700th for circles took a
# tenth of its time. In between, what waits to be found is a few megabytes.
gc.set_threshold(20_000, 20, 50)
gc.enable()
