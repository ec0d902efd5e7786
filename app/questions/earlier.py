"""Files that answered a question before: replaced by another of the same name, or taken off. None is ever thrown away."""

from __future__ import annotations

from dataclasses import dataclass

from app.questions.models import ReceivedFile, Response


@dataclass(frozen=True)
class Earlier:
    """A file that the answer does not name any more, and the one that came in its place."""

    file: ReceivedFile
    replaced_by: ReceivedFile | None
    gave_way: bool = False  # to a version that had been sent before it


def earlier_files(response: Response, question: str) -> list[Earlier]:
    """Of one question, the newest first."""
    value = response.values.get(question, ())
    current, names = {file["sha256"] for file in value}, {file["filename"] for file in value}
    received = [file for file in response.files if file.question == question]
    found = []
    for place, file in enumerate(received):
        if file.sha256 not in current:
            later = (it for it in received[place + 1 :] if it.filename == file.filename)
            found.append(Earlier(file, next(later, None), file.filename in names))
    return found[::-1]
