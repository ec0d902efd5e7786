"""The bare page: Flask, one query, as many bytes as the page it is compared with."""

import os

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["BANSO_DATABASE_URL"]
db = SQLAlchemy(app)


@app.get("/<int:size>")
def page(size: int) -> str:
    db.session.execute(text("SELECT name FROM organisations WHERE id = 1")).one()
    return "x" * size
