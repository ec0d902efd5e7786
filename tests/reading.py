"""What tests read alike: the text of an answer, a page, what the history says of a record."""

from __future__ import annotations

import re
import subprocess
from html import unescape

from app.db import db
from app.history import HistoryEntry


def text_of(answer) -> str:
    """An answer's body as it was sent."""
    return answer.get_data(as_text=True)


def words_of(answer) -> str:
    """The same as a reader has it: an apostrophe is one, and no &#39;."""
    return unescape(text_of(answer))


def pdf_text(pdf: bytes) -> str:
    """What a reader copies out of a PDF."""
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def as_it_reads_now(page: str) -> str:
    """A page on which the office sees what changed, as it would be without the marks of it."""
    return re.sub(r"</?ins>", "", re.sub(r"<del>.*?</del>", "", page, flags=re.DOTALL))


def page_at(client, url: str) -> str:
    """The page at `url`, which has to be there."""
    answer = client.get(url)
    assert answer.status_code == 200, f"{url}: {answer.status}"
    return text_of(answer)


def events(record) -> list[str]:
    """What the history says of `record`, newest first. What was done until now is committed: before that it is no history."""
    db.session.commit()
    return [entry.event for entry in db.session.scalars(HistoryEntry.of(record))]
