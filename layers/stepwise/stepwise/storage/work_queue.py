"""SQS queue of runs that wait for a worker."""

from __future__ import annotations

import functools
import hashlib
import json
from typing import Any

from stepwise.observability import count, log_exception
from stepwise.storage import aws_client

__all__ = ["QueueUnavailable", "WorkQueue", "sqs_client"]

_MAX_DELAY = 900


class QueueUnavailable(Exception):
    """The message could not be sent."""


class WorkQueue:
    """Messages that make a worker continue a run. Duplicates are harmless; a lost message loses an answer."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, run_id: str, group: str, *, delay: float = 0, fence: int = 0) -> None:
        """Send a message for *run_id*, delivered after *delay* seconds; *fence* is that of an owner that hands over.

        ``MessageGroupId`` on a standard queue makes it fair between partners (Amazon SQS fair queues).

        Raises:
            QueueUnavailable: it was not sent, or that is unknown.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=json.dumps({"run_id": run_id, "fence": fence}),
                MessageGroupId=hashlib.sha256(group.encode()).hexdigest()[:32],
                DelaySeconds=min(_MAX_DELAY, max(0, round(delay))),
            )
        except (BotoCoreError, ClientError) as error:
            raise QueueUnavailable(type(error).__name__) from error

    def hold(self, receipt_handle: str, seconds: float) -> None:
        """Extend a received message's visibility timeout to *seconds* from now."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt_handle, VisibilityTimeout=max(0, round(seconds))
            )
        except (BotoCoreError, ClientError) as error:
            # A second worker may receive the message; the run's lease keeps it from working on the run.
            count("HoldFailed")
            log_exception(error, "the message could not be held")


@functools.cache
def sqs_client() -> Any:
    """The environment's SQS client: three attempts of two seconds each."""
    return aws_client.client("sqs", timeout=2, attempts=3)
