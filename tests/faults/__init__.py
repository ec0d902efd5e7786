"""script/faults: what may go wrong around the product is made to happen to a running server, and counted.

A fault is a module of this package:

    PROMISE = "Slow clients do not keep others waiting."      # one sentence: listed by `script/faults`
    def prepare(server: Server) -> None: ...                  # optional: what must be there before the server starts
    def run(server: Server) -> list[str]: ...                 # make it happen, print figures
    ENVIRONMENT = {"BANSO_THREADS": "8"}                      # optional: settings the server is started with

`run` gets a server that is started (see server.py: its address, its database, how to kill and start it again), on
SQLite first and then on PostgreSQL, each new and empty but for what `prepare` put there. It returns one sentence for
each promise that was broken, so an empty list means that all held. `visitor.py` is a client that signs in by the form.
"""
