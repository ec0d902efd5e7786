"""The door for gunicorn, with the templates that other processes of the run have compiled.

Each server that tests start compiled them all again, which took longer than answering.
"""

from tests.once import compiled_once
from wsgi import app

compiled_once(app)
