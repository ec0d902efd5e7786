from flask import Blueprint

schedule = Blueprint("schedule", __name__)
