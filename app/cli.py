"""The commands (being put together)."""

from __future__ import annotations

import importlib

from flask import Flask


def register(app: Flask) -> None:
    """Register every command group that exists."""
    for module, name in (
        ("correspondence", "letters"),
        ("correspondence", "mails"),
        ("organisations", "users"),
        ("demo", "demo"),
    ):
        try:
            app.cli.add_command(getattr(importlib.import_module(f"app.{module}.cli"), name))
        except (ImportError, AttributeError):
            continue
