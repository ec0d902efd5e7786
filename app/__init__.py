"""Banso (伴走): running alongside a supported project, from its application to the end of support."""

from __future__ import annotations

from typing import Any

from flask import Flask

from config import ROOT, settings


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """The application. `overrides` (DATABASE_URL, DATA_DIR, TESTING …) win over the environment: see config.py."""
    from app import assembly
    from app.web.addresses import House
    from app.web.entries import TypedRequest
    from app.web.templating import Templates

    app = House(__name__, template_folder=ROOT / "templates", static_folder=ROOT / "static")
    app.request_class, app.jinja_environment = TypedRequest, Templates
    app.config.update(settings(overrides))
    assembly.extensions(app)
    assembly.web(app)
    assembly.contexts(app)
    assembly.commands(app)
    return app
