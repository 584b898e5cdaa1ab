"""Clients of AWS services, all made from one botocore session.

boto3 on top would add S3's transfer manager to the imports, and a session of its own for each client would read the
same descriptions of endpoints again: 0.1 s and 0.06 s a client of a start (``tests/benchmarks/cold_start.py``).
"""

from __future__ import annotations

import functools
import os
import threading
from typing import Any

__all__ = ["client", "load"]

_making = threading.Lock()
"""A session makes one client at a time (boto3 guide, "Multithreading or multiprocessing with clients")."""


def load() -> None:
    """Import what takes long."""
    _session()


def client(
    service: str, *, timeout: float, attempts: int, endpoint: str | None = None, region: str | None = None
) -> Any:
    """A new client that opens its first connection at the first call.

    *timeout* (seconds) bounds the connecting and the wait for an answer of each attempt; *attempts* counts the first
    one, and the pauses between them are those of boto3's ``standard`` mode. Without *region* it is the environment's
    (Lambda sets ``AWS_REGION``).
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
