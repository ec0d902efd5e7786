"""The blueprint that the pages of letters (routes.py) and of mails (mail_routes.py) are registered on."""

from __future__ import annotations

from flask import Blueprint

correspondence = Blueprint("correspondence", __name__)
