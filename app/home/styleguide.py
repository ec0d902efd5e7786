"""The gallery of components, in development and in the demo."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.web.access import needs

styleguide = Blueprint("styleguide", __name__)


@styleguide.get("/styleguide")
@needs("public")
def index():
    return render_template("styleguide.html")
