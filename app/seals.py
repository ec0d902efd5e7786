"""The seal of a record: the SHA-256 of all that must not change of it, for the history entry that tells of it.

A seal begins with the number of its scheme, the list of columns it was taken of. A scheme is never changed, since
entries that carry it are not either: what is to be sealed besides is a further scheme. Pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

SCHEMES: dict[str, dict[str, tuple[str, ...]]] = {
    "letter": {
        "1": (
            "id", "key", "letter_kind", "state", "about_kind", "about_id", "about_number", "fiscal_year",
            "organisation_id", "addressee", "subject", "content", "number", "register_fy", "sequence", "issued_on",
            "sha256", "path", "pages", "approved_by", "approved_at", "remark", "remarked_by", "answer", "supersedes_id",
            "created_at",
        ),
    },
    "submission": {
        "1": ("application_id", "received_at", "submitted_by", "content", "sha256", "created_at"),
    },
    "frozen_response": {
        "1": ("response_id", "frozen_at", "frozen_by", "content", "sha256", "created_at"),
    },
    "message": {
        "1": ("id", "conversation_id", "key", "of_office", "author", "author_seat", "text", "written_at", "created_at"),
    },
    "clarification": {
        "1": (
            "id", "call_id", "number", "question", "answer", "published_at", "published_by", "edition", "edited_at",
            "withdrawn_at", "withdrawal_reason", "created_at",
        ),
    },
    "clarification_edition": {
        "1": ("id", "clarification_id", "number", "question", "answer", "written_at", "written_by", "created_at"),
    },
    "application_check": {
        "1": ("id", "submission_id", "item", "label", "verdict", "checked_at", "checked_by", "created_at"),
    },
    "mail": {
        "1": (
            "id", "key", "to_address", "to_name", "subject", "body", "attachments", "about_kind", "about_id",
            "organisation_id", "queued_at", "copy_note", "message_id", "created_at",
        ),
        "2": (
            "id", "key", "to_address", "to_name", "subject", "body", "attachments", "about_kind", "about_id",
            "organisation_id", "link_id", "queued_at", "next_attempt_at", "attempts", "claimed_at", "sent_at",
            "kept_path", "parked_at", "set_aside_at", "last_error", "copy_note", "audience", "message_id", "created_at",
        ),
    },
}  # fmt: skip


def seal(kind: str, value_of: Callable[[str], Any], scheme: str = "") -> str:
    """The seal of a record of `kind`, by what `value_of` gives for each column; of the newest scheme unless one is named.

    KeyError for an unknown scheme.
    """
    scheme = scheme or max(SCHEMES[kind], key=int)
    values = {column: _plain(value_of(column)) for column in SCHEMES[kind][scheme]}
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"{scheme}:{hashlib.sha256(text.encode()).hexdigest()}"


def seal_of(record: Any, **instead: Any) -> str:
    """The seal of a record as it stands; `instead` gives what a column is about to become."""
    return seal(record.kind, lambda column: instead.get(column, getattr(record, column)))


def holds(kind: str, sealed: str, value_of: Callable[[str], Any]) -> bool:
    """Whether the record is still what was sealed."""
    scheme = sealed.partition(":")[0]
    return scheme in SCHEMES[kind] and seal(kind, value_of, scheme) == sealed


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def canonical(content: Any) -> bytes:
    """JSON with sorted keys and no spaces, UTF-8: the same content is the same bytes on any machine."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
