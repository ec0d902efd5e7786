"""How requests come in: gunicorn's processes, waitress's connections (ADR 0016).

gunicorn starts, watches and ends the worker processes, as before. In each of them one loop reads all connections at
once, and a thread takes a request only when its last byte is there; what a thread answers is sent by the loop too.
So a client that is slow to send or to read holds a connection and nothing else. This package knows no more of the
application than the size of the largest body it takes.

worker.py        the worker class for gunicorn, named in gunicorn.conf.py
connections.py   one client's connection: its requests, when each arrived, its line in the access log
patience.py      how long a slow client is borne with. Pure.
"""

ARRIVED_AT = (
    "banso.arrived_at"  # in the WSGI environment, where no client's header can get: seconds since 1970
)
