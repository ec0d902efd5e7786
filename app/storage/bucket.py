"""Files in S3-compatible object storage."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from app.storage.incoming import Incoming, Stored, path_of

CHECK = "check"  # no file is named so: each begins with its hash


class StorageAway(OSError):
    """The object storage cannot be reached, or refuses us."""


class Bucket:
    def __init__(self, bucket: str, prefix: str, endpoint: str | None, region: str | None) -> None:
        # Slow to import, and only installations with object storage need it.
        import boto3
        from boto3.s3.transfer import TransferConfig
        from botocore.config import Config

        self.bucket, self.prefix = bucket, prefix
        self._in_parts = TransferConfig(use_threads=False)
        self.client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=region,
            # A person waits for the answer: better soon an error than a page that hangs for minutes.
            config=Config(connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 2}),
        )

    def incoming(self) -> Incoming:
        return Incoming(tempfile.TemporaryFile())

    def put(self, content: bytes | Incoming, suffix: str = "") -> str:
        coming = content if isinstance(content, Incoming) else Incoming.of(content)
        path = path_of(coming.sha256, suffix)
        coming.seek(0)
        with _told_as_os_errors(path):
            # In parts, one after the other: a large file is never whole in memory.
            self.client.upload_fileobj(_Lent(coming), self.bucket, self._key(path), Config=self._in_parts)
        return path

    def open(self, path: str) -> IO[bytes]:
        with _told_as_os_errors(path):
            body = self.client.get_object(Bucket=self.bucket, Key=self._key(path))["Body"]
        return _Coming(body, path)  # type: ignore[return-value]

    def get(self, path: str) -> bytes:
        with self.open(path) as file:
            return file.read()

    def stored(self) -> Iterator[Stored]:
        pages = self.client.get_paginator("list_objects_v2")
        prefix = self._key("")
        with _told_as_os_errors(prefix):
            for page in pages.paginate(Bucket=self.bucket, Prefix=prefix):
                for each in page.get("Contents", ()):
                    yield Stored(each["Key"].removeprefix(prefix), each["LastModified"].timestamp())

    def tidy(self, is_named: Callable[[str], bool]) -> int:
        """Nothing: what comes in has no name until the bucket has all of it."""
        return 0

    def check(self) -> None:
        with _told_as_os_errors(CHECK):
            self.client.put_object(Bucket=self.bucket, Key=self._key(CHECK), Body=b"?")
            if self.client.get_object(Bucket=self.bucket, Key=self._key(CHECK))["Body"].read() != b"?":
                raise StorageAway("it gives back other bytes than it was given")
            self.client.delete_object(Bucket=self.bucket, Key=self._key(CHECK))

    def address(self, path: str) -> str:
        return f"s3://{self.bucket}/{self._key(path)}"

    def _key(self, path: str) -> str:
        return f"{self.prefix}/{path}" if self.prefix else path


class _Lent:
    """A file that is read by others, and not closed by them."""

    def __init__(self, file: Incoming) -> None:
        self.read, self.seek, self.tell = file.read, file.seek, file.tell

    def close(self) -> None:
        """Left to whoever lent it."""


class _Coming:
    """What comes from a bucket: read in order; a line that breaks is told as a disk would tell it."""

    def __init__(self, body: Any, path: str) -> None:
        self._body, self._path = body, path

    def read(self, size: int = -1) -> bytes:
        with _told_as_os_errors(self._path):
            content: bytes = self._body.read(None if size < 0 else size)
        return content

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        self._body.close()

    def __enter__(self) -> _Coming:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()


@contextmanager
def _told_as_os_errors(path: str) -> Iterator[None]:
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as problem:
        if problem.response["Error"]["Code"] in ("NoSuchKey", "404"):
            raise FileNotFoundError(path) from None
        raise StorageAway(str(problem)) from problem
    except (BotoCoreError, Boto3Error) as problem:
        raise StorageAway(str(problem)) from problem
