from flask import Blueprint

from app.web.access import needs

home = Blueprint("home", __name__)


@home.get("/")
@needs("public")
def index():
    return ""
