from flask import Blueprint

selection = Blueprint("selection", __name__)
