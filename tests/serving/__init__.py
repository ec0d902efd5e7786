"""The server itself: slow clients, arrivals, large bodies, stopping. Each test has real sockets."""
