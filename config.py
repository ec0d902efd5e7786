"""Environment → settings. Imports nothing of `app`, so that a wrong setting is told before anything starts."""

from __future__ import annotations

import os
import secrets
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import private

ROOT = Path(__file__).resolve().parent
MEBIBYTE = 1024 * 1024
LARGEST_FILE, MOST_FILE = 20, 2000  # MB of a file that is attached: without BANSO_MAX_FILE_MB, and at most
BESIDE_FILES = 5 * MEBIBYTE  # what a request carries besides
SHORTEST_KEY = 32  # characters; ours have 64
SAID_BY_PROGRAMMES = (
    "MAIL_FROM_NAME", "NUMBER_MARK", "ISSUER", "ISSUER_SECTION", "CONTACT_ADDRESS", "CONTACT_HOURS", "CONTACT_TELEPHONE",
)  # fmt: skip
LONGEST_SESSION = 24 * 31  # hours
MOST_PRESSES = 16  # each takes 90 MB while letters are issued


class SettingError(SystemExit):
    """A setting that cannot be used: the process ends with one sentence that names it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"banso: {sentence}")


def largest_file(value: Any) -> int:
    """Bytes of the largest file that is taken, by BANSO_MAX_FILE_MB."""
    try:
        megabytes = int(value or LARGEST_FILE)
    except ValueError:
        megabytes = 0
    if not 0 < megabytes <= MOST_FILE:
        raise SettingError(f"BANSO_MAX_FILE_MB must be a whole number up to {MOST_FILE}, not {value!r}")
    return megabytes * MEBIBYTE


# Of a request; the server in front (serving/) keeps no more either.
LARGEST_BODY = largest_file(os.environ.get("BANSO_MAX_FILE_MB")) + BESIDE_FILES


def settings(overrides: dict[str, Any] | None = None) -> dict[str, Any]:
    """All settings of the application, as Flask's config wants them.

    `overrides` takes the plain names (DATABASE_URL, DATA_DIR, TODAY …) and wins over the environment.
    Raises SettingError for a value that cannot be used.
    """
    overrides = overrides or {}

    def setting(name: str, default: Any = None) -> Any:
        if name in overrides:
            return overrides[name]
        return os.environ.get(f"BANSO_{name}") or default

    env = setting("ENV", "production")
    data_dir = Path(setting("DATA_DIR", ROOT / "var")).resolve()
    _make_folder(data_dir)
    storage_url = setting("STORAGE_URL", f"file://{data_dir / 'files'}")
    private.narrow(
        data_dir, *(Path(url) for url in [storage_url.removeprefix("file://")] if url != storage_url)
    )
    database_url = _database_url(setting("DATABASE_URL", f"sqlite:///{data_dir / 'banso.sqlite'}"))
    base_url = setting("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
    return {
        "ENV": env,
        "TESTING": bool(setting("TESTING", False)),
        "DEMO": env == "demo" or setting("TODAY") is not None,
        "DATA_DIR": data_dir,
        "TODAY": _day(setting("TODAY")),
        "SQLALCHEMY_DATABASE_URI": database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(database_url),
        "SECRET_KEY": setting("SECRET_KEY") or kept_key(data_dir, "secret_key", _HOW_TO_SIGN_ANEW),
        # What the head of the history is signed with (app/head.py): outside the database, whose account may be stolen.
        "HISTORY_KEY": setting("HISTORY_KEY") or kept_key(data_dir, "history_key"),
        "HISTORY_MAIL": setting("HISTORY_MAIL", ""),
        # Set where `flask db upgrade` and `flask database grant` are run, never where the server runs.
        "DATABASE_OWNER_URL": _owner_url(setting("DATABASE_OWNER_URL")),
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": base_url.startswith("https://"),
        "SESSION_COOKIE_NAME": "banso",
        "SESSION_IDLE": (idle := _hours("SESSION_IDLE", setting("SESSION_IDLE", 12))),
        "SESSION_ABSOLUTE": (absolute := _hours("SESSION_ABSOLUTE", setting("SESSION_ABSOLUTE", 24))),
        # The cookie outlives the session: it says whose it was, and whose entries are kept.
        "PERMANENT_SESSION_LIFETIME": max(idle, absolute) + timedelta(hours=24),
        # A day of typing must outlive the token of the page it is typed into.
        "WTF_CSRF_TIME_LIMIT": 24 * 3600,
        "MAX_CONTENT_LENGTH": (largest := largest_file(setting("MAX_FILE_MB"))) + BESIDE_FILES,
        "MAX_FORM_MEMORY_SIZE": 5 * MEBIBYTE,
        "ATTACHMENT_MAX_BYTES": largest,
        # Where clamd listens that checks what is attached for malware: host:port, or its socket's path (app/safekeeping).
        "CLAMD": setting("CLAMD", ""),
        "BABEL_DEFAULT_LOCALE": "ja",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Tokyo",
        "BASE_URL": base_url,
        "STORAGE_URL": storage_url,
        "SMTP_URL": setting("SMTP_URL"),
        "MAIL_FROM": setting("MAIL_FROM", "banso@example.jp"),
        # From here what the first programme says of itself when it is made; then its own page has it (docs/adr/0027).
        "MAIL_FROM_NAME": setting("MAIL_FROM_NAME", "未来技術社会実装事業 事務局"),
        "NUMBER_MARK": setting("NUMBER_MARK", "未技"),
        "ISSUER": setting("ISSUER", "内閣府地方創生推進事務局長"),
        "ISSUER_SECTION": setting("ISSUER_SECTION", "内閣府地方創生推進事務局 未来技術実装担当"),
        "CONTACT_ADDRESS": setting("CONTACT_ADDRESS", "mirai@example.jp"),
        "CONTACT_HOURS": setting("CONTACT_HOURS", ""),  # shown as it is; nothing is said where it is empty
        "CONTACT_TELEPHONE": setting("CONTACT_TELEPHONE", "03-0000-0000" if env == "demo" else ""),
        "SAID_BY_SETTINGS": tuple(name for name in SAID_BY_PROGRAMMES if setting(name) is not None),
        "PRESSES": _presses(setting("PRESSES", min(len(os.sched_getaffinity(0)), MOST_PRESSES))),
        "TRUSTED_PROXIES": int(setting("TRUSTED_PROXIES", 0)),
        "ARRIVAL_HEADER": setting(
            "ARRIVAL_HEADER", ""
        ),  # in which the nearest trusted proxy says when (app/web/arrival.py)
    }


def _make_folder(folder: Path) -> None:
    try:
        private.folder(folder)
    except OSError as problem:
        raise SettingError(
            f"the data folder {folder} cannot be made ({problem.strerror}); "
            "name another with BANSO_DATA_DIR or free some space"
        ) from problem


def _database_url(url: str) -> str:
    """The one form of a URL that SQLAlchemy takes: psycopg 3 for PostgreSQL."""
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    if not url.startswith(("sqlite:", "postgresql+psycopg:")):
        raise SettingError(
            f"BANSO_DATABASE_URL must be an sqlite: or postgresql: address, not {url.split(':')[0]}:"
        )
    return url


def _owner_url(url: str | None) -> str | None:
    return _database_url(url) if url else None


def _engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 30}}
    return {
        "pool_size": 10,
        "max_overflow": 10,
        "pool_timeout": 10,
        "connect_args": {"connect_timeout": 5},
    }


def _day(text: str | date | None) -> date | None:
    if text is None or isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingError(f"BANSO_TODAY must be a date such as 2023-02-15, not {text!r}") from None


def _hours(name: str, value: Any) -> timedelta:
    try:
        hours = float(value)
    except ValueError:
        hours = 0
    if not 0 < hours <= LONGEST_SESSION:
        raise SettingError(f"BANSO_{name} must be a number of hours up to {LONGEST_SESSION}, not {value!r}")
    return timedelta(hours=hours)


def _presses(value: Any) -> int:
    try:
        presses = int(value)
    except ValueError:
        presses = -1
    if not 0 <= presses <= MOST_PRESSES:
        raise SettingError(f"BANSO_PRESSES must be a whole number up to {MOST_PRESSES}, not {value!r}")
    return presses


_HOW_TO_SIGN_ANEW = (
    "delete it, and the next start makes another (everybody has to sign in again); "
    "or bring back the one in your backup, or set BANSO_SECRET_KEY"
)


def kept_key(data_dir: Path, name: str, mend: str = "bring back the one in your backup") -> str:
    """A key made once and kept in the data folder as `name`; of processes that start at once all get the same.

    It gets its name only when it is whole on the disk. Raises SettingError when it cannot be written, and when the
    one that is there is no key (a full disk, a crash): the sentence ends with `mend`.
    """
    file = data_dir / name
    try:
        if not file.exists():
            _make_key(file)
        key = file.read_text()
    except (OSError, UnicodeDecodeError) as problem:
        why = problem.strerror if isinstance(problem, OSError) else "it is not text"
        raise SettingError(f"the key {file} cannot be written or read ({why}); {mend}") from problem
    if len(key.strip()) < SHORTEST_KEY:
        raise SettingError(
            f"{file} is empty or too short to be a key, as a crash or a full disk leaves it; {mend}"
        )
    return key


def _make_key(file: Path) -> None:
    handle, fresh = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "w") as new:
            new.write(secrets.token_hex(32))
            new.flush()
            os.fsync(new.fileno())
        private.name_once(Path(fresh), file)  # another process may have been first: then its key is the one
    finally:
        Path(fresh).unlink(missing_ok=True)
