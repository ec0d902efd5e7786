"""The commands: each context registers its own group here."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Register every command group."""
