from app.db import db
from app.organisations.models import Tenure


def load_tenure(key: str) -> Tenure | None:
    return db.session.scalars(Tenure.current().where(Tenure.id == int(key))).unique().one_or_none()
