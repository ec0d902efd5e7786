"""A mail keeps no token of a one-time link: it names the link, and the token is put in as the mail leaves.

What went out before has the token taken from its text; the link stays as good as it was, since its hash is kept. A
mail that has still to leave gets a new link beside the old one, whose token the server makes as it hands the mail over:
here as app/organisations/links.py did at the time of this migration, since a migration stands alone.
"""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TOKEN = re.compile(r"(/(?:password|c)/)([A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])")
TEXTS = sa.table("mails", sa.column("id"), sa.column("body"), sa.column("link_id"))
LINKS = sa.table(
    "one_time_links",
    *(sa.column(name) for name in ("id", "purpose", "subject_id", "token_hash", "nonce", "used_at")),
    *(sa.column(name, sa.DateTime(timezone=True)) for name in ("expires_at", "created_at")),
)


def upgrade() -> None:
    # With their constraints, so that no table is made anew.
    op.execute(
        "ALTER TABLE one_time_links ADD COLUMN nonce VARCHAR(43) CONSTRAINT ck_one_time_links_used_is_forgotten "
        "CHECK (used_at IS NULL OR nonce IS NULL)"
    )
    op.execute(
        "ALTER TABLE mails ADD COLUMN link_id INTEGER CONSTRAINT fk_mails_link_id_one_time_links "
        "REFERENCES one_time_links (id)"
    )
    connection = op.get_bind()
    holding = sa.text(
        "SELECT id, body, sent_at IS NULL AND kept_path IS NULL AND set_aside_at IS NULL AS waits FROM mails "
        "WHERE body LIKE '%/password/%' OR body LIKE '%/c/%' ORDER BY id"
    )
    for mail in connection.execute(holding).all():
        if found := TOKEN.search(mail.body):
            _take_out(connection, mail, found[2])


def downgrade() -> None:
    connection = op.get_bind()
    waiting = sa.text(
        "SELECT mails.id, body, purpose, nonce, token_hash FROM mails JOIN one_time_links ON one_time_links.id = "
        "link_id WHERE nonce IS NOT NULL AND sent_at IS NULL AND kept_path IS NULL AND set_aside_at IS NULL"
    )
    for mail in connection.execute(waiting).all():
        body = mail.body.replace(_place(mail.token_hash), _token(mail.purpose, mail.nonce))
        connection.execute(sa.update(TEXTS).where(TEXTS.c.id == mail.id).values(body=body))
    if connection.dialect.name == "postgresql":
        op.drop_constraint("fk_mails_link_id_one_time_links", "mails")
        op.drop_constraint("ck_one_time_links_used_is_forgotten", "one_time_links")
    op.drop_column("mails", "link_id")
    op.drop_column("one_time_links", "nonce")


def _take_out(connection: sa.Connection, mail: sa.Row, token: str) -> None:
    """The mail names the link of its token, or the new one beside it that it has still to carry."""
    link = connection.execute(sa.select(LINKS).where(LINKS.c.token_hash == _hash(token))).one_or_none()
    if link is None:
        return  # somebody's own words
    named, token_hash = link.id, link.token_hash
    if mail.waits and link.used_at is None:
        nonce = secrets.token_urlsafe(32)
        token_hash = _hash(_token(link.purpose, nonce))
        same = {name: getattr(link, name) for name in ("purpose", "subject_id", "expires_at", "created_at")}
        new = sa.insert(LINKS).values(**same, token_hash=token_hash, nonce=nonce)
        named = connection.execute(new.returning(LINKS.c.id)).scalar_one()
    values = {"body": mail.body.replace(token, _place(token_hash)), "link_id": named}
    connection.execute(sa.update(TEXTS).where(TEXTS.c.id == mail.id).values(**values))


def _place(token_hash: str) -> str:
    return f"~{token_hash[:24]}~"


def _token(purpose: str, nonce: str) -> str:
    key = hmac.digest(current_app.config["SECRET_KEY"].encode(), b"banso one-time links", "sha256")
    made = hmac.digest(key, f"{purpose}\0{nonce}".encode(), "sha256")
    return urlsafe_b64encode(made).rstrip(b"=").decode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
