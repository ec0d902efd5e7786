"""Environment → settings. Imports nothing of `app`, so that a wrong setting is told before anything starts."""

from __future__ import annotations

import os
import secrets
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
MEBIBYTE = 1024 * 1024
LONGEST_SESSION = 24 * 31  # hours


class SettingError(SystemExit):
    """A setting that cannot be used: the process ends with one sentence that names it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"banso: {sentence}")


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
        "SECRET_KEY": setting("SECRET_KEY") or _kept_secret(data_dir),
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
        "MAX_CONTENT_LENGTH": 25 * MEBIBYTE,
        "MAX_FORM_MEMORY_SIZE": 5 * MEBIBYTE,
        "ATTACHMENT_MAX_BYTES": 20 * MEBIBYTE,
        "BABEL_DEFAULT_LOCALE": "ja",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Tokyo",
        "BASE_URL": base_url,
        "STORAGE_URL": setting("STORAGE_URL", f"file://{data_dir / 'files'}"),
        "SMTP_URL": setting("SMTP_URL"),
        "MAIL_FROM": setting("MAIL_FROM", "banso@example.jp"),
        "MAIL_FROM_NAME": setting("MAIL_FROM_NAME", "未来技術社会実装事業 事務局"),
        "NUMBER_MARK": setting("NUMBER_MARK", "未技"),
        "ISSUER": setting("ISSUER", "内閣府地方創生推進事務局長"),
        "ISSUER_SECTION": setting("ISSUER_SECTION", "内閣府地方創生推進事務局 未来技術実装担当"),
        "CONTACT_ADDRESS": setting("CONTACT_ADDRESS", "mirai@example.jp"),
        "CONTACT_HOURS": setting("CONTACT_HOURS", ""),  # shown as it is; nothing is said where it is empty
        "CONTACT_TELEPHONE": setting("CONTACT_TELEPHONE", "03-0000-0000" if env == "demo" else ""),
        "TRUSTED_PROXIES": int(setting("TRUSTED_PROXIES", 0)),
    }


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
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


def _engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 30}}
    return {
        "pool_pre_ping": True,
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


def _kept_secret(data_dir: Path) -> str:
    """A key made once and kept in the data folder, so that a restart signs nobody out."""
    file = data_dir / "secret_key"
    try:
        with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as new:
            new.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    except OSError as problem:
        raise SettingError(
            f"{file} cannot be written ({problem.strerror}); set BANSO_SECRET_KEY"
        ) from problem
    return file.read_text()
