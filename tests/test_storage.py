"""Files by their hash: in a folder, and in a bucket of a real S3 server in the test process."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage import Bucket, Folder, StorageAway, storage_at
from app.storage import incoming as module
from tests.object_storage import new_bucket, s3_server

CONTENT = "%PDF-1.7 更別村長殿".encode()
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with s3_server() as endpoint:
        yield endpoint


@pytest.fixture(params=["folder", "bucket"])
def store(request, tmp_path, monkeypatch):
    if request.param == "folder":
        return storage_at(f"file://{tmp_path}/files of 100% #1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a test's")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a test's")
    return storage_at(new_bucket(request.getfixturevalue("s3")))


def test_a_file_is_named_by_its_hash_and_comes_back_as_it_was(store):
    path = store.put(CONTENT, ".pdf")
    assert path == f"{DIGEST[:2]}/{DIGEST}.pdf"
    assert store.get(path) == CONTENT


def test_writing_a_file_twice_is_harmless(store):
    assert store.put(CONTENT, ".pdf") == store.put(CONTENT, ".pdf")
    assert store.get(store.put(CONTENT, ".pdf")) == CONTENT


def test_writing_a_file_again_mends_one_that_was_damaged(store):
    path = store.put(CONTENT, ".pdf")
    if isinstance(store, Folder):
        Path(store.address(path)).write_bytes(CONTENT[:-1] + b"?")
    else:
        store.client.put_object(Bucket=store.bucket, Key=f"{store.prefix}/{path}", Body=CONTENT[:-1] + b"?")
    assert store.get(path) != CONTENT
    assert store.get(store.put(CONTENT, ".pdf")) == CONTENT


def test_an_empty_file_is_a_file(store):
    assert store.get(store.put(b"")) == b""


def test_a_file_that_is_not_there_is_told(store):
    with pytest.raises(FileNotFoundError):
        store.get("ab/none.pdf")


def test_the_address_of_a_file_can_be_used_by_others(store):
    path = store.put(CONTENT, ".pdf")
    address = store.address(path)
    if isinstance(store, Folder):
        assert Path(address).is_absolute()
        assert Path(address).read_bytes() == CONTENT
    else:
        bucket, _, key = address.removeprefix("s3://").partition("/")
        assert store.client.get_object(Bucket=bucket, Key=key)["Body"].read() == CONTENT


def test_nothing_outside_the_folder_is_given_out(tmp_path):
    (tmp_path / "secret_key").write_text("secret")
    store = storage_at(f"file://{tmp_path}/files")
    store.put(CONTENT)
    for path in ("../secret_key", f"{tmp_path}/secret_key", "ab/../../secret_key"):
        with pytest.raises(FileNotFoundError):
            store.get(path)


def test_a_full_disk_leaves_no_half_file(tmp_path, monkeypatch):
    store = storage_at(f"file://{tmp_path}/files")

    class Full(io.BytesIO):
        def write(self, content):
            raise OSError(28, "No space left on device")

    def full(handle, _mode):
        os.close(handle)
        return Full()

    with monkeypatch.context() as disk:
        disk.setattr(module.os, "fdopen", full)
        with pytest.raises(OSError, match="No space left"):
            store.put(CONTENT, ".pdf")
    assert [file for file in (tmp_path / "files").rglob("*") if file.is_file()] == []
    assert store.get(store.put(CONTENT, ".pdf")) == CONTENT


def test_a_bucket_that_cannot_be_reached_is_told_as_a_disk_would(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a test's")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a test's")
    away = Bucket("banso", "", "http://127.0.0.1:1", "us-east-1")
    with pytest.raises(StorageAway):
        away.get("ab/file")
    with pytest.raises(OSError, match=r"127\.0\.0\.1:1"):
        away.put(CONTENT)


def test_a_bucket_that_does_not_exist_is_not_a_missing_file(s3, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a test's")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a test's")
    with pytest.raises(StorageAway, match="NoSuchBucket"):
        Bucket("no-such-bucket", "", s3, "us-east-1").get("ab/file")


@pytest.mark.parametrize("url", ["/srv/files", "ftp://files.example.jp", "C:\\files"])
def test_an_address_that_is_no_storage_is_told(url):
    with pytest.raises(ValueError, match="BANSO_STORAGE_URL"):
        storage_at(url)
