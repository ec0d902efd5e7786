"""Where files lie: a folder by default, S3-compatible object storage by configuration (BANSO_STORAGE_URL).

Files are named by the SHA-256 of their bytes, so that writing one twice is harmless. None is ever overwritten but by
the bytes that its name says, where they are damaged.
    file:///srv/banso/files
    s3://bucket/prefix?endpoint=https://objects.example.jp&region=jp   (keys by the usual AWS_* variables)
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import private

log = logging.getLogger(__name__)

CHECK = "check"  # no file is named so: each begins with its hash


class Storage(Protocol):
    def put(self, content: bytes, suffix: str = "") -> str:
        """Keep `content`; its path within the storage: ab/abcdef….pdf."""

    def get(self, path: str) -> bytes:
        """The bytes at `path`. Raises FileNotFoundError, and any other OSError while the storage is away."""

    def check(self) -> None:
        """Raises OSError unless something could be kept now. Nothing stays behind that was not there."""

    def address(self, path: str) -> str:
        """Where `path` is, for people and other programs: an absolute path, or s3://bucket/…"""


class Damaged(Exception):
    """A file on record that is gone, or no longer has its SHA-256: it must not be given out as the one on record."""


class Missing(Damaged):
    """It is gone."""


def get_verified(path: str, sha256: str) -> bytes:
    """The bytes on record at `path`. Raises Damaged when they are not those, OSError while nobody can know."""
    try:
        content = storage().get(path)
    except FileNotFoundError as problem:
        raise Missing(f"{path} is gone from the storage") from problem
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Damaged(f"{path} in the storage does not have the SHA-256 on record")
    return content


def storage() -> Storage:
    from flask import current_app

    return storage_at(current_app.config["STORAGE_URL"])


@lru_cache(maxsize=8)
def storage_at(url: str) -> Storage:
    if url.startswith("file://"):
        # Taken as it stands: a folder's name may hold # and %.
        return Folder(Path(url.removeprefix("file://")))
    parts = urlsplit(url)
    if parts.scheme == "s3":
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        return Bucket(parts.netloc, parts.path.strip("/"), query.get("endpoint"), query.get("region"))
    raise ValueError(f"BANSO_STORAGE_URL must start with file:// or s3://, not {parts.scheme or url!r}")


HALF = ".half-"  # begins the name of a file until it is whole


def name_of(content: bytes, suffix: str) -> str:
    return path_of(hashlib.sha256(content).hexdigest(), suffix)


def path_of(sha256: str, suffix: str) -> str:
    """Where the bytes with this hash lie within the storage."""
    return f"{sha256[:2]}/{sha256}{suffix}"


class Folder:
    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    def put(self, content: bytes, suffix: str = "") -> str:
        path = name_of(content, suffix)
        target = self.root / path
        if not self._holds(target, content):
            private.folder(target.parent)
            # A crash half-way must not leave half a file under its final name.
            handle, fresh = tempfile.mkstemp(prefix=HALF, dir=target.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                Path(fresh).replace(target)
            except OSError:  # the disk is full: leave nothing behind that makes it fuller
                Path(fresh).unlink(missing_ok=True)
                raise
            private.sync_folder(target.parent)
        return path

    def _holds(self, target: Path, content: bytes) -> bool:
        """Whether they lie there already. Others than the name's are a damage, which writing the right ones mends."""
        try:
            held = target.read_bytes()
        except FileNotFoundError:
            return False
        if held != content:
            log.error("%s was damaged, and is written anew", target)
        return held == content

    def get(self, path: str) -> bytes:
        target = (self.root / path).resolve()
        if not target.is_relative_to(self.root.resolve()):
            raise FileNotFoundError(path)
        return target.read_bytes()

    def check(self) -> None:
        private.folder(self.root)
        with tempfile.TemporaryFile(dir=self.root) as file:
            file.write(b"?")
            file.flush()

    def address(self, path: str) -> str:
        return str(self.root / path)


class StorageAway(OSError):
    """The object storage cannot be reached, or refuses us."""


class Bucket:
    def __init__(self, bucket: str, prefix: str, endpoint: str | None, region: str | None) -> None:
        # Slow to import, and only installations with object storage need it.
        import boto3
        from botocore.config import Config

        self.bucket, self.prefix = bucket, prefix
        self.client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=region,
            # A person waits for the answer: better soon an error than a page that hangs for minutes.
            config=Config(connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 2}),
        )

    def put(self, content: bytes, suffix: str = "") -> str:
        path = name_of(content, suffix)
        with _told_as_os_errors(path):
            self.client.put_object(Bucket=self.bucket, Key=self._key(path), Body=content)
        return path

    def get(self, path: str) -> bytes:
        with _told_as_os_errors(path):
            return self.client.get_object(Bucket=self.bucket, Key=self._key(path))["Body"].read()

    def check(self) -> None:
        with _told_as_os_errors(CHECK):
            self.client.put_object(Bucket=self.bucket, Key=self._key(CHECK), Body=b"?")
            self.client.delete_object(Bucket=self.bucket, Key=self._key(CHECK))

    def address(self, path: str) -> str:
        return f"s3://{self.bucket}/{self._key(path)}"

    def _key(self, path: str) -> str:
        return f"{self.prefix}/{path}" if self.prefix else path


@contextmanager
def _told_as_os_errors(path: str) -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as problem:
        if problem.response["Error"]["Code"] in ("NoSuchKey", "404"):
            raise FileNotFoundError(path) from None
        raise StorageAway(str(problem)) from problem
    except BotoCoreError as problem:
        raise StorageAway(str(problem)) from problem
