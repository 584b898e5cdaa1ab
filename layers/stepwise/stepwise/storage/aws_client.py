"""Clients of AWS services, all made from one botocore session.

boto3 would also import S3's transfer manager, which costs 0.1 s of a cold start. A session for each client would read
the same endpoint data again, 0.06 s for each (``tests/benchmarks/cold_start.py``).
"""

from __future__ import annotations

import functools
import os
import threading
from typing import Any

__all__ = ["client", "load"]

_making = threading.Lock()
"""Held while a client is made: a session is not thread-safe (boto3 guide, "Multithreading … with clients")."""


def load() -> None:
    """Import botocore, which takes long."""
    _session()


def client(
    service: str, *, timeout: float, attempts: int, endpoint: str | None = None, region: str | None = None
) -> Any:
    """A new client that opens its first connection at the first call.

    *timeout* (seconds) limits the connecting and the wait for an answer of each attempt; *attempts* includes the first
    one, and the pauses between them are those of boto3's ``standard`` mode. *region* defaults to that of the
    environment (Lambda sets ``AWS_REGION``).
    """
    from botocore.config import Config

    config = Config(
        connect_timeout=timeout,
        read_timeout=timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
        tcp_keepalive=True,
    )
    region = region or os.environ.get("AWS_REGION")
    with _making:
        return _session().create_client(service, region_name=region, endpoint_url=endpoint, config=config)


@functools.cache
def _session() -> Any:
    from botocore.session import Session

    return Session()
