"""The blueprint that the pages of letters (routes.py) and of mails (mail_routes.py) are registered on."""

from __future__ import annotations

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from app.correspondence.smtp import Server
from config import SettingError

correspondence = Blueprint("correspondence", __name__)


@correspondence.record_once
def _check_the_mail_server(state: BlueprintSetupState) -> None:
    """A wrong address is told when the application starts, not when the first letter should leave."""
    if url := state.app.config["SMTP_URL"]:
        try:
            Server.at(url)
        except ValueError as problem:
            raise SettingError(str(problem)) from problem
