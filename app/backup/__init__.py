"""Everything that an installation keeps, as one file, and back: `flask backup FILE`, `flask restore FILE`.

`archive` is the file: a tar, with a manifest of hashes at its end. `sqlite` and `postgresql` take a snapshot of the
database while it is written to, and fill an empty one; `record` says what the snapshot tells (tables, files that it
names, last numbers). `making` and `restoring` put these together. `since` is what has to be done because the restored
database does not know what has happened since the backup. Settings of the environment are not in it (ADR 0019).
"""

from __future__ import annotations


class BackupProblem(Exception):
    """It cannot be done; the text is the one sentence that whoever asked for it is told."""
