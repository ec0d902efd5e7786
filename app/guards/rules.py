"""The guarded tables: which rows stay, which columns of them never change, and from when on.

Conditions are SQL that both engines understand, over OLD and NEW. To guard another table add a line; to let a new
column of a guarded table change, name it under `open` (a convention test wants every column named).
"""

from __future__ import annotations

from dataclasses import dataclass

ALWAYS = "1 = 1"
GENESIS = "0" * 64  # what the first entry of the history follows


@dataclass(frozen=True)
class Freeze:
    """Columns that stay as they are from the moment that a row fulfils `when`."""

    when: str
    columns: tuple[str, ...]
    says: str


@dataclass(frozen=True)
class Refusal:
    """A change that no row may go through."""

    when: str
    says: str


@dataclass(frozen=True)
class Guard:
    """What is refused for one table. `keys` are what names a row, the primary key first: no row takes another's place."""

    table: str
    keys: tuple[tuple[str, ...], ...]
    append_only: bool = False
    frozen: tuple[str, ...] = ()  # from the beginning; the primary key is, without being named
    freezes: tuple[Freeze, ...] = ()
    open: tuple[str, ...] = ()  # may change as long as no freeze names them
    begins: tuple[Refusal, ...] = ()  # what a new row must not be
    refuses: tuple[Refusal, ...] = ()  # what an update must not do
    never_deleted: str = ALWAYS  # which rows, as a condition
    named: bool = False  # its primary key is no number: SQLite numbers such rows beside it, and REPLACE can name that number
    years: int = 0  # after which a row may be deleted, by its column `at`
    replaces: tuple[
        Refusal, ...
    ] = ()  # what a new row would throw away under REPLACE besides those with its keys

    @property
    def primary(self) -> str:
        return self.keys[0][0]

    @property
    def columns(self) -> set[str]:
        """Every column that something is said about."""
        named = {column for key in self.keys for column in key} | {*self.frozen, *self.open}
        return named | {column for freeze in self.freezes for column in freeze.columns}


def _append_only(
    table: str, *keys: tuple[str, ...], begins: tuple[Refusal, ...] = (), named: bool = False
) -> Guard:
    return Guard(table, keys or (("id",),), append_only=True, begins=begins, named=named)


# fmt: off
_OPEN_LETTER = "search_text", "version_id"
_FROZEN_LETTER = (
    "key", "letter_kind", "state", "about_kind", "about_id", "about_number", "fiscal_year", "organisation_id",
    "programme_id", "addressee", "subject", "content", "number", "mark", "register_fy", "sequence", "issued_on", "sha256",
    "path", "pages", "approved_by", "approved_at", "remark", "remarked_by", "answer", "supersedes_id", "created_at",
)
_DELIVERY = (
    "to_address", "next_attempt_at", "attempts", "claimed_at", "sent_at", "kept_path", "parked_at", "set_aside_at",
    "last_error",
)

GUARDS = (
    _append_only(
        "history",
        ("id",),
        ("hash",),
        begins=(
            Refusal(
                "NEW.id <> COALESCE((SELECT max(id) FROM history), 0) + 1 OR NEW.previous_hash <> "
                f"COALESCE((SELECT hash FROM history WHERE id = NEW.id - 1), '{GENESIS}')",
                "history goes on from its last entry",
            ),
        ),
    ),
    _append_only("submissions"),
    _append_only("application_notes"),
    Guard(
        "application_checks",
        (("id",), ("submission_id", "item")),
        frozen=("submission_id", "item", "created_at"),
        open=("label", "verdict", "checked_at", "checked_by"),
    ),
    _append_only("letter_openings", ("key",), named=True),
    _append_only("frozen_responses"),
    _append_only("received_files"),
    _append_only("clarification_editions", ("id",), ("clarification_id", "number")),
    Guard(
        "clarifications",
        (("id",), ("call_id", "number")),
        frozen=("call_id", "number", "published_at", "published_by", "created_at"),
        freezes=(
            Freeze(
                "OLD.withdrawn_at IS NOT NULL",
                ("question", "answer", "edition", "edited_at", "withdrawn_at", "withdrawal_reason"),
                "what was withdrawn never changes",
            ),
        ),
        open=("position", "version_id"),
    ),
    Guard(
        "conversations",
        (("id",), ("application_id",)),
        frozen=("application_id", "organisation_id", "call_id", "created_at"),
        open=("last_at", "last_of_office", "unread_by_body", "unread_by_office"),
    ),
    Guard(
        "messages",
        (("id",), ("key",)),
        frozen=("conversation_id", "key", "of_office", "author", "author_seat", "text", "written_at", "created_at"),
        freezes=(
            Freeze("OLD.read_at IS NOT NULL", ("read_at", "read_by"), "a message is read first by one person"),
            Freeze("OLD.clarification_id IS NOT NULL", ("clarification_id",), "a message is published once"),
        ),
    ),
    Guard(
        "form_versions",
        (("id",), ("template_id", "number")),
        frozen=("template_id", "number", "created_at"),
        freezes=(
            Freeze(
                "OLD.answered_at IS NOT NULL",
                ("definition", "sha256", "published_at", "published_by", "answered_at"),
                "a form that was answered never changes",
            ),
        ),
        begins=(
            Refusal("NEW.answered_at IS NOT NULL", "a form begins as one that nobody answered"),
        ),
    ),
    Guard(
        "security_events",
        (("id",), ("key",)),
        frozen=(
            "key", "at", "kind", "person_id", "seat_id", "name", "role", "address_mark", "origin", "about", "detail",
        ),
        open=("search_text",),
        years=3,
    ),
    Guard(
        "letters",
        (("id",), ("key",), ("number",), ("mark", "register_fy", "sequence")),
        freezes=(Freeze("OLD.state = 'issued'", _FROZEN_LETTER, "an issued letter never changes"),),
        open=_OPEN_LETTER,
        begins=(
            Refusal(
                "NEW.state <> 'drafted' OR NEW.number IS NOT NULL OR NEW.issued_on IS NOT NULL",
                "a letter begins as a draft",
            ),
        ),
        refuses=(
            Refusal(
                "NEW.state = 'issued' AND OLD.state NOT IN ('approved', 'issued')",
                "a letter is issued once it is approved",
            ),
            Refusal("OLD.state = 'discarded' AND NEW.state <> 'discarded'", "a discarded letter stays so"),
        ),
        never_deleted="OLD.state = 'issued'",
        frozen=("supersedes_id", "programme_id"),
        replaces=(
            Refusal(
                "EXISTS (SELECT 1 FROM letters WHERE supersedes_id = NEW.supersedes_id AND state <> 'discarded')",
                "a letter is superseded once",
            ),
        ),
    ),
    Guard(
        "number_registers",
        (("id",), ("mark", "fiscal_year")),
        frozen=("mark", "fiscal_year"),
        open=("last",),
        refuses=(Refusal("NEW.last < OLD.last", "a register of numbers never goes back"),),
    ),
    Guard(
        "mails",
        (("id",), ("key",), ("message_id",)),
        frozen=(
            "key", "to_name", "subject", "body", "attachments", "about_kind", "about_id", "programme_id",
            "organisation_id", "link_id", "queued_at", "copy_note", "audience", "message_id", "created_at",
        ),
        freezes=(
            Freeze(
                "OLD.parked_at IS NULL OR OLD.set_aside_at IS NOT NULL",
                ("to_address",),
                "a mail goes where it was queued for",
            ),
            Freeze(
                "OLD.sent_at IS NOT NULL OR OLD.kept_path IS NOT NULL",
                _DELIVERY,
                "a mail that is sent never changes",
            ),
        ),
        open=("search_text", "copied_at"),
    ),
    Guard(
        "corrections",
        (("id",),),
        frozen=("application_id", "defects", "asked_at", "asked_by", "created_at"),
        open=("due_at", "mended_at", "mended_by", "resubmitted_at", "opened_at", "opened_by"),
    ),
    Guard(
        "reports",
        (("id",), ("project_id", "fiscal_year"), ("response_id",)),
        frozen=("project_id", "fiscal_year", "report_kind", "response_id", "requested_at", "created_at"),
        open=(
            "state", "due_at", "handed_over_at", "handed_over_by", "sent_back_at", "sent_back_by", "sent_back_reason",
            "submitted_at", "accepted_at", "version_id",
        ),
    ),
    Guard(
        "report_corrections",
        (("id",),),
        frozen=("report_id", "defects", "due_at", "asked_at", "asked_by", "created_at"),
        freezes=(
            Freeze(
                "OLD.resubmitted_at IS NOT NULL", ("resubmitted_at",), "a correction that was answered never changes"
            ),
        ),
    ),
    _append_only("rule_exceptions", ("id",), ("call_id", "organisation_id", "rule")),
    Guard(
        "graces",
        (("id",),),
        frozen=("call_id", "organisation_id", "until", "reason", "asked_at", "asked_by", "created_at"),
        freezes=(
            Freeze(
                "OLD.state <> 'asked'",
                ("state", "decided_at", "decided_by", "remark"),
                "a decided grace never changes",
            ),
        ),
    ),
    Guard(
        "delegations",
        (("id",), ("seat_id",)),
        frozen=(
            "application_id", "organisation_id", "seat_id", "name", "company", "email", "purpose", "let_in_at", "let_in_by",
            "created_at",
        ),
        freezes=(
            Freeze(
                "OLD.state = 'ended'", ("state", "until", "ended_at", "ended_by"), "an ended delegation never changes"
            ),
        ),
    ),
    _append_only("evaluation_publications", ("id",), ("meeting_id",)),
    _append_only("log_editions", ("id",), ("log_entry_id", "number")),
    Guard(
        "log_entries",
        (("id",),),
        frozen=(
            "project_id", "side", "organisation_id", "seat_id", "author", "author_seat", "written_at", "created_at",
        ),
        freezes=(
            Freeze(
                "OLD.withdrawn_at IS NOT NULL",
                (
                    "entry_kind", "held_on", "participants", "text", "next_step", "within_office", "edition", "edited_at",
                    "withdrawn_at", "withdrawn_by", "withdrawal_reason",
                ),
                "what was withdrawn never changes",
            ),
        ),
        open=("search_text", "version_id"),
        refuses=(
            Refusal("NEW.within_office AND NOT OLD.within_office", "what was shown is not taken back"),
        ),
    ),
    Guard(
        "obstacles",
        (("id",),),
        frozen=("project_id", "raised_at", "raised_by", "raised_seat", "created_at"),
        open=(
            "state", "obstacle_kind", "title", "text", "ministry_id", "acts", "acts_name", "due_on", "outcome", "settled_at",
            "settled_by", "search_text", "version_id",
        ),
    ),
    _append_only("knowledge_editions", ("id",), ("knowledge_item_id", "number")),
    Guard(
        "knowledge_items",
        (("id",),),
        frozen=("log_entry_id", "obstacle_id", "published_at", "published_by", "created_at"),
        freezes=(
            Freeze(
                "OLD.withdrawn_at IS NOT NULL",
                (
                    "topic", "question", "answer", "technologies_text", "edition", "edited_at", "withdrawn_at",
                    "withdrawal_reason",
                ),
                "what was withdrawn never changes",
            ),
        ),
        open=("search_text", "version_id"),
    ),
    Guard(
        "results",
        (("id",), ("application_id",)),
        frozen=("application_id", "created_at"),
        open=("selected", "reasons", "recorded_at", "recorded_by", "version_id"),
    ),
    Guard(
        "applications",
        (("id",), ("number",), ("call_id", "sequence")),
        freezes=(
            Freeze(
                "OLD.number IS NOT NULL",
                ("number", "sequence", "call_id", "organisation_id", "created_at"),
                "the number of an application never changes",
            ),
            Freeze(
                "OLD.state IN ('selected', 'not_selected', 'withdrawn')",
                ("state",),
                "the outcome of an application never changes",
            ),
        ),
        open=(
            "response_id", "title", "technologies", "technologies_etc", "technologies_other", "search_text",
            "submitted_title", "submitted_search_text", "submitted_at", "correction_due_at", "grace_until", "withdrawal_reason",
            "sent_back_at", "sent_back_by", "sent_back_reason", "version_id", "lead_code", "assignee_id",
        ),
        never_deleted="OLD.number IS NOT NULL",
    ),
    Guard(
        "calls",
        (("id",), ("code",)),
        freezes=(
            Freeze(
                "OLD.state = 'announced'",
                ("programme_id", "code", "selection_fy", "state", "announced_count", "announced_on"),
                "an announced call never changes",
            ),
        ),
        open=(
            "title", "programme_name", "opens_at", "closes_at", "base_years", "extension_years", "extension_due_on",
            "eligible_kinds", "description", "checklist", "rule_upgrade", "rule_same_content", "rule_active_project", "joint_consent", "form_id", "numbers_skipped_through", "unlisted_ended_on", "window_note", "is_sample", "search_text",
            "version_id", "created_at",
        ),
        refuses=(
            Refusal(
                "NEW.numbers_skipped_through < OLD.numbers_skipped_through",
                "a register of numbers never goes back",
            ),
        ),
        never_deleted="OLD.state <> 'draft'",
    ),
    Guard(
        "projects",
        (("id",), ("programme_id", "number"), ("application_id",)),
        frozen=("programme_id", "number", "listed_as_of", "call_id", "application_id"),
        open=(
            "created_at",
            "state", "title", "technologies", "technologies_etc", "technologies_raw", "road_linked", "opened_on",
            "extension", "extension_on", "extension_remark", "extended_years", "reinstatements", "cancelled_on", "cancel_reason",
            "cancel_ground", "cancel_asked_by",
            "search_text", "version_id", "lead_code",
        ),
    ),
)
# fmt: on
