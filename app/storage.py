"""Where files lie: a folder by default, S3-compatible object storage by configuration (BANSO_STORAGE_URL).

Files are named by the SHA-256 of their bytes, so that writing one twice is harmless and none is ever overwritten.
    file:///srv/banso/files
    s3://bucket/prefix?endpoint=https://objects.example.jp&region=jp   (keys by the usual AWS_* variables)
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit


class Storage(Protocol):
    def put(self, content: bytes, suffix: str = "") -> str:
        """Keep `content`; its path within the storage: ab/abcdef….pdf."""

    def get(self, path: str) -> bytes:
        """The bytes at `path`. Raises FileNotFoundError."""


def storage() -> Storage:
    from flask import current_app

    return storage_at(current_app.config["STORAGE_URL"])


@lru_cache(maxsize=8)
def storage_at(url: str) -> Storage:
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Folder(Path(parts.path))
    if parts.scheme == "s3":
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        return Bucket(parts.netloc, parts.path.strip("/"), query.get("endpoint"), query.get("region"))
    raise ValueError(f"BANSO_STORAGE_URL must start with file: or s3:, not {parts.scheme or url!r}")


def name_of(content: bytes, suffix: str) -> str:
    digest = hashlib.sha256(content).hexdigest()
    return f"{digest[:2]}/{digest}{suffix}"


class Folder:
    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, content: bytes, suffix: str = "") -> str:
        path = name_of(content, suffix)
        target = self.root / path
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            # A crash half-way must not leave half a file under its final name.
            handle, fresh = tempfile.mkstemp(dir=target.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, target)
        return path

    def get(self, path: str) -> bytes:
        target = (self.root / path).resolve()
        if not target.is_relative_to(self.root.resolve()):
            raise FileNotFoundError(path)
        return target.read_bytes()


class Bucket:
    def __init__(self, bucket: str, prefix: str, endpoint: str | None, region: str | None) -> None:
        import boto3  # slow to import, and only installations with object storage need it

        self.bucket, self.prefix = bucket, prefix
        self.client = boto3.client("s3", endpoint_url=endpoint, region_name=region)

    def put(self, content: bytes, suffix: str = "") -> str:
        path = name_of(content, suffix)
        self.client.put_object(Bucket=self.bucket, Key=self._key(path), Body=content)
        return path

    def get(self, path: str) -> bytes:
        try:
            return self.client.get_object(Bucket=self.bucket, Key=self._key(path))["Body"].read()
        except self.client.exceptions.NoSuchKey:
            raise FileNotFoundError(path) from None

    def _key(self, path: str) -> str:
        return f"{self.prefix}/{path}" if self.prefix else path
