from flask import Blueprint

applications = Blueprint("applications", __name__)
