from flask import Blueprint

correspondence = Blueprint("correspondence", __name__)
