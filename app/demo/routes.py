from flask import Blueprint

demo = Blueprint("demo", __name__)
