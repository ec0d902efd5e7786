from flask import Blueprint

programmes = Blueprint("programmes", __name__)
