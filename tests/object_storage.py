"""A real S3 server in the test process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import boto3


@contextmanager
def s3_server() -> Iterator[str]:
    """Its address."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def client_of(endpoint: str) -> Any:
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")


def new_bucket(endpoint: str) -> str:
    """BANSO_STORAGE_URL of a bucket that is new. The test gives the AWS_* variables."""
    name = f"banso-{uuid4().hex}"
    client_of(endpoint).create_bucket(Bucket=name)
    return f"s3://{name}/files?endpoint={endpoint}&region=us-east-1"
