"""The blueprint of all pages of evaluation meetings."""

from __future__ import annotations

from flask import Blueprint

evaluation = Blueprint("evaluation", __name__)
