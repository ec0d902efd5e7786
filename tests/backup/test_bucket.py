"""Files in object storage: in the backup as well, and brought back to another bucket."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.correspondence.models import Letter
from app.db import db
from app.storage import get_verified, storage_at
from tests.backup.conftest import manifest_of
from tests.object_storage import client_of, new_bucket, s3_server


@pytest.fixture
def endpoint(monkeypatch) -> Iterator[str]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a test's")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a test's")
    with s3_server() as address:
        yield address


@pytest.fixture
def in_a_bucket(endpoint, app) -> str:
    """The storage of the installation that is made after this."""
    app.config["STORAGE_URL"] = new_bucket(endpoint)
    return app.config["STORAGE_URL"]


def test_files_of_a_bucket_are_backed_up_and_brought_back_to_another(
    in_a_bucket, installation, run, place, endpoint, tmp_path
):
    done = run("backup", tmp_path / "banso.tar")
    assert done.exit_code == 0, done.output
    assert manifest_of(tmp_path / "banso.tar")["files"] == 3
    place.app.config["STORAGE_URL"] = another = new_bucket(endpoint)
    done = place.restore(tmp_path / "banso.tar")
    assert done.exit_code == 0, done.output
    with place.inside():
        for letter in db.session.scalars(select(Letter).where(Letter.state == "issued")):
            assert get_verified(letter.path, letter.sha256) == storage_at(another).get(letter.path)
    assert not (place.folder / "files").exists()


def test_a_file_that_is_gone_from_the_bucket_or_changed_in_it_is_told(
    in_a_bucket, installation, run, endpoint, tmp_path, sign_in_as
):
    gone, changed = db.session.scalars(select(Letter).where(Letter.state == "issued").order_by(Letter.id))
    store, client = storage_at(in_a_bucket), client_of(endpoint)
    bucket = urlsplit(in_a_bucket).netloc
    client.delete_object(Bucket=bucket, Key=store._key(gone.path))
    client.put_object(Bucket=bucket, Key=store._key(changed.path), Body=b"%PDF another")
    numbers = {f"letter {gone.number}", f"letter {changed.number}"}
    pages = [f"/letters/{gone.id}.pdf", f"/letters/{changed.id}.pdf"]
    done = run("backup", tmp_path / "banso.tar")
    assert done.exit_code == 1
    assert {it["of"] for it in manifest_of(tmp_path / "banso.tar")["damaged"]} == numbers
    officer, _ = sign_in_as("officer")
    assert [officer.get(page).status_code for page in pages] == [503, 503]


def test_a_bucket_that_is_away_while_backing_up_is_told_file_by_file(
    in_a_bucket, installation, run, tmp_path
):
    installation.config["STORAGE_URL"] = "s3://banso?endpoint=http://127.0.0.1:1&region=us-east-1"
    done = run("backup", tmp_path / "banso.tar")
    assert done.exit_code == 1 and "127.0.0.1:1" in done.output
    assert len(manifest_of(tmp_path / "banso.tar")["damaged"]) == 3
