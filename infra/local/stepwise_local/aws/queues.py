"""SQS's standard queues in memory, fair between message groups.

Source: "Amazon SQS API reference", and "Amazon SQS fair queues" in AWS's SQS developer guide.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stepwise_local.aws.errors import AwsError

__all__ = ["Queues", "fair_order"]

_LARGEST_MESSAGE = 1_048_576
_MOST_RECEIVED = 10
_DEFAULTS = {
    "VisibilityTimeout": "30",
    "DelaySeconds": "0",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
}


def fair_order(waiting: list[str | None], in_flight: Counter[str]) -> list[int]:
    """Indices of waiting messages in the order that they are received; *waiting* holds their groups.

    A message's rank is how many of its group are in flight or wait before it; within a rank the oldest is first.
    Messages without a group are groups of their own.
    """
    taken = Counter(in_flight)
    ranks = []
    for index, group in enumerate(waiting):
        ranks.append((taken[group] if group else 0, index))
        if group:
            taken[group] += 1
    return [index for _, index in sorted(ranks)]


@dataclass
class _Message:
    id: str
    body: str
    attributes: dict[str, Any]
    group: str | None
    sent: float
    visible_at: float
    received: int = 0
    first_received: float = 0.0
    handle: str = ""

    def in_flight(self, now: float) -> bool:
        return self.received > 0 and self.visible_at > now


@dataclass
class _Queue:
    name: str
    arn: str
    settings: dict[str, str]
    messages: dict[str, _Message] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def number(self, setting: str) -> float:
        return float(self.settings[setting])

    def wake(self) -> None:
        """Let those look again who wait for messages."""
        self.changed.set()
        self.changed = asyncio.Event()

    def next_change(self, now: float) -> float:
        """Seconds until a message becomes visible by itself."""
        return min(
            (each.visible_at - now for each in self.messages.values() if each.visible_at > now), default=60.0
        )


class Queues:
    """Answers operations of queues whose addresses begin with *url*."""

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        self.url = url
        self._clock = clock
        self._queues: dict[str, _Queue] = {}

    async def answer(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a request; ``ReceiveMessage`` may wait for it.

        Raises:
            AwsError: as SQS words it.
        """
        if operation == "ReceiveMessage":
            return await self._receive(request)
        found: Callable[[Mapping[str, Any]], dict[str, Any]] | None = getattr(self, f"_{operation}", None)
        if found is None:
            raise AwsError("InvalidAction", f"{operation} is not supported here")
        return found(request)

    def _CreateQueue(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - named as the operation
        name = str(request["QueueName"])
        if name.endswith(".fifo"):
            raise AwsError("UnsupportedOperation", "FIFO queues are not supported here")
        if name not in self._queues:
            settings = {**_DEFAULTS, **request.get("Attributes", {})}
            self._queues[name] = _Queue(name, f"arn:aws:sqs:us-east-1:123456789012:{name}", settings)
        return {"QueueUrl": self._url(name)}

    def _DeleteQueue(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        del self._queues[self._queue(request).name]
        return {}

    def _GetQueueUrl(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"QueueUrl": self._url(self._queue({"QueueUrl": request["QueueName"]}).name)}

    def _ListQueues(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        prefix = request.get("QueueNamePrefix", "")
        return {"QueueUrls": [self._url(name) for name in sorted(self._queues) if name.startswith(prefix)]}

    def _PurgeQueue(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        self._queue(request).messages.clear()
        return {}

    def _SetQueueAttributes(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        queue = self._queue(request)
        queue.settings |= request["Attributes"]
        queue.wake()
        return {}

    def _GetQueueAttributes(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        queue, now = self._queue(request), self._clock()
        self._forget_old(queue, now)
        counts: Counter[str] = Counter()
        for message in queue.messages.values():
            hidden = "NotVisible" if message.in_flight(now) else "Delayed"
            counts[hidden if message.visible_at > now else ""] += 1
        every = {
            **queue.settings,
            "QueueArn": queue.arn,
            **{
                f"ApproximateNumberOfMessages{kind}": str(counts[kind])
                for kind in ("", "NotVisible", "Delayed")
            },
        }
        wanted = request.get("AttributeNames", [])
        return {
            "Attributes": {name: text for name, text in every.items() if "All" in wanted or name in wanted}
        }

    def _SendMessage(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        return self._send(self._queue(request), request)

    def _SendMessageBatch(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        queue = self._queue(request)
        return _each(request, lambda entry: self._send(queue, entry))

    def _send(self, queue: _Queue, request: Mapping[str, Any]) -> dict[str, Any]:
        body, now = str(request["MessageBody"]), self._clock()
        if not body or len(body.encode()) > _LARGEST_MESSAGE:
            raise AwsError(
                "InvalidParameterValue", "One or more parameters are invalid: the length of the message"
            )
        delay = float(request.get("DelaySeconds", queue.number("DelaySeconds")))
        if not 0 <= delay <= 900:
            raise AwsError("InvalidParameterValue", "DelaySeconds must be >= 0 and <= 900")
        message = _Message(
            id=str(uuid.uuid4()),
            body=body,
            attributes=request.get("MessageAttributes", {}),
            group=request.get("MessageGroupId"),
            sent=now,
            visible_at=now + delay,
        )
        queue.messages[message.id] = message
        queue.wake()
        return {"MessageId": message.id, "MD5OfMessageBody": _md5(body)}

    async def _receive(self, request: Mapping[str, Any]) -> dict[str, Any]:
        queue = self._queue(request)
        most = int(request.get("MaxNumberOfMessages", 1))
        if not 1 <= most <= _MOST_RECEIVED:
            raise AwsError("InvalidParameterValue", "MaxNumberOfMessages must be between 1 and 10")
        wait = float(request.get("WaitTimeSeconds", queue.number("ReceiveMessageWaitTimeSeconds")))
        until = self._clock() + min(20.0, wait)
        while not (received := self._take(queue, request, most)):
            now = self._clock()
            if now >= until:
                return {}
            pause = max(0.0, min(until - now, queue.next_change(now)))
            try:
                await asyncio.wait_for(queue.changed.wait(), pause + 0.001)
            except TimeoutError:
                continue  # a message may have become visible by itself; the next round looks
        return {"Messages": received}

    def _take(self, queue: _Queue, request: Mapping[str, Any], most: int) -> list[dict[str, Any]]:
        now = self._clock()
        self._forget_old(queue, now)
        self._bury(queue, now)
        visible = [message for message in queue.messages.values() if message.visible_at <= now]
        in_flight = Counter(
            message.group for message in queue.messages.values() if message.group and message.in_flight(now)
        )
        order = fair_order([message.group for message in visible], in_flight)[:most]
        hidden = float(request.get("VisibilityTimeout", queue.number("VisibilityTimeout")))
        return [self._received(visible[index], request, now, hidden) for index in order]

    def _received(
        self, message: _Message, request: Mapping[str, Any], now: float, hidden: float
    ) -> dict[str, Any]:
        message.visible_at = now + hidden
        message.received += 1
        message.first_received = message.first_received or now
        message.handle = str(uuid.uuid4())
        every = {
            "SenderId": "AIDAIT2UOQQY3AUEKVGXU",
            "SentTimestamp": str(int(message.sent * 1000)),
            "ApproximateReceiveCount": str(message.received),
            "ApproximateFirstReceiveTimestamp": str(int(message.first_received * 1000)),
            **({"MessageGroupId": message.group} if message.group else {}),
        }
        wanted = {*request.get("AttributeNames", []), *request.get("MessageSystemAttributeNames", [])}
        system = {name: text for name, text in every.items() if "All" in wanted or name in wanted}
        named = request.get("MessageAttributeNames", [])
        own = {name: each for name, each in message.attributes.items() if {"All", ".*", name} & set(named)}
        return {
            "MessageId": message.id,
            "ReceiptHandle": message.handle,
            "MD5OfBody": _md5(message.body),
            "Body": message.body,
            **({"Attributes": system} if system else {}),
            **({"MessageAttributes": own} if own else {}),
        }

    def _bury(self, queue: _Queue, now: float) -> None:
        """Move what was received too often to the dead-letter queue."""
        policy = json.loads(queue.settings.get("RedrivePolicy") or "{}")
        dead = self._queues.get(str(policy.get("deadLetterTargetArn", "")).rpartition(":")[2])
        if dead is None:
            return
        for message in list(queue.messages.values()):
            if message.visible_at <= now and message.received >= int(policy["maxReceiveCount"]):
                del queue.messages[message.id]
                message.received, message.first_received = 0, 0.0
                dead.messages[message.id] = message
                dead.wake()

    def _forget_old(self, queue: _Queue, now: float) -> None:
        oldest = now - queue.number("MessageRetentionPeriod")
        for message in list(queue.messages.values()):
            if message.sent >= oldest:
                break
            del queue.messages[message.id]

    def _DeleteMessage(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        return self._delete(self._queue(request), request)

    def _DeleteMessageBatch(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        queue = self._queue(request)
        return _each(request, lambda entry: self._delete(queue, entry))

    def _delete(self, queue: _Queue, request: Mapping[str, Any]) -> dict[str, Any]:
        message = _of_handle(queue, request)
        if message:
            del queue.messages[message.id]
        return {}

    def _ChangeMessageVisibility(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        return self._hide(self._queue(request), request)

    def _ChangeMessageVisibilityBatch(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        queue = self._queue(request)
        return _each(request, lambda entry: self._hide(queue, entry))

    def _hide(self, queue: _Queue, request: Mapping[str, Any]) -> dict[str, Any]:
        seconds = float(request["VisibilityTimeout"])
        if not 0 <= seconds <= 43_200:
            raise AwsError("InvalidParameterValue", "VisibilityTimeout must be between 0 and 43200")
        message, now = _of_handle(queue, request), self._clock()
        if message is None:
            raise AwsError("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
        if not message.in_flight(now):
            raise AwsError("MessageNotInflight", "The message is not in flight.")
        message.visible_at = now + seconds
        queue.wake()
        return {}

    def _queue(self, request: Mapping[str, Any]) -> _Queue:
        name = str(request["QueueUrl"]).rpartition("/")[2]
        if name not in self._queues:
            raise AwsError("QueueDoesNotExist", "The specified queue does not exist.")
        return self._queues[name]

    def _url(self, name: str) -> str:
        return f"{self.url}/123456789012/{name}"


def _each(request: Mapping[str, Any], act: Callable[[Mapping[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """A batch's answer: each of its entries by itself."""
    entries = request["Entries"]
    if not 1 <= len(entries) <= _MOST_RECEIVED:
        raise AwsError("TooManyEntriesInBatchRequest", "A batch has 1 to 10 entries")
    answer: dict[str, list[dict[str, Any]]] = {"Successful": [], "Failed": []}
    for entry in entries:
        try:
            answer["Successful"].append({"Id": entry["Id"], **act(entry)})
        except AwsError as error:
            failure = {"Id": entry["Id"], "Code": error.code, "Message": error.message, "SenderFault": True}
            answer["Failed"].append(failure)
    return answer


def _of_handle(queue: _Queue, request: Mapping[str, Any]) -> _Message | None:
    handle = request["ReceiptHandle"]
    return next((each for each in queue.messages.values() if handle and each.handle == handle), None)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
