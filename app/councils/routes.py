from flask import Blueprint

councils = Blueprint("councils", __name__)
