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
    """Wake-up messages for runs. A duplicate does no harm; a lost one loses an answer."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, run_id: str, group: str, *, delay: float = 0, fence: int = 0) -> None:
        """Wake a worker for *run_id* after *delay* seconds; *fence* is that of an owner who is handing it over.

        ``MessageGroupId`` on a standard queue makes it fair between partners (Amazon SQS fair queues).

        Raises:
            QueueUnavailable: nothing was sent, or nobody knows whether it was.
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
            # The message may come to a second worker, whom the run's lease keeps out.
            count("HoldFailed")
            log_exception(error, "the message could not be held")


@functools.cache
def sqs_client() -> Any:
    """The environment's SQS client: three attempts of two seconds each."""
    return aws_client.client("sqs", timeout=2, attempts=3)
