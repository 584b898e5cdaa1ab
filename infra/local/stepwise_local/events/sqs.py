"""SQS event sources: messages become invocations, and are deleted when their function has dealt with them.

A message of a batch that fails stays hidden until its visibility timeout is over, as on AWS.
Source: "Using Lambda with Amazon SQS" in AWS's Lambda developer guide.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx

from stepwise_local.aws.client import Aws
from stepwise_local.functions.invocation import FunctionError, Invocation
from stepwise_local.functions.pool import Functions, Throttled
from stepwise_local.processes.log import Log
from stepwise_local.template.model import EventSource
from stepwise_local.template.yaml_values import REGION

__all__ = ["failed_messages", "poll", "sqs_event"]

_WAIT_SECONDS = 10
_PAUSE_SECONDS = 0.1
"""Between polls while the queue does not answer."""
_THROTTLED_SECONDS = 1.0
_MOST_AT_ONCE = 10
"""Invocations at a time of an event source that sets no MaximumConcurrency."""


async def poll(source: EventSource, queue_url: str, aws: Aws, functions: Functions, log: Log) -> None:
    """For ever: receive messages as long as fewer than *source.most_at_once* batches are being worked on."""
    working: set[asyncio.Task[None]] = set()
    most = source.most_at_once or _MOST_AT_ONCE
    try:
        while True:
            if len(working) >= most:
                # The next message is received as soon as one of these ends: its slot of the model host is idle now.
                await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
            messages = await _receive(source, queue_url, aws, log)
            if messages:
                task = asyncio.create_task(_work(source, queue_url, messages, aws, functions, log))
                working.add(task)
                task.add_done_callback(working.discard)
            elif messages is None:
                await asyncio.sleep(_PAUSE_SECONDS)
    finally:
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)


async def _receive(source: EventSource, queue_url: str, aws: Aws, log: Log) -> list[dict[str, Any]] | None:
    """Messages, as soon as there are some; None: the queue did not answer."""
    try:
        answer = await aws.sqs(
            "ReceiveMessage",
            QueueUrl=queue_url,
            MaxNumberOfMessages=min(10, source.batch_size),
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
            WaitTimeSeconds=_WAIT_SECONDS,
        )
    except httpx.HTTPError as error:
        log.write("event-source", f"{source.function} cannot receive: {type(error).__name__}")
        return None
    messages: list[dict[str, Any]] = answer.get("Messages", [])
    return messages


async def _work(
    source: EventSource,
    queue_url: str,
    messages: list[dict[str, Any]],
    aws: Aws,
    functions: Functions,
    log: Log,
) -> None:
    event = sqs_event(messages, source.queue_arn)
    try:
        answer = await (await _invocation(source, event, functions)).read()
        failed = failed_messages(answer, messages) if source.reports_failures else set()
    except FunctionError as error:
        log.write("event-source", f"{source.function} failed: {error.kind}")
        return
    done = [message for message in messages if message["MessageId"] not in failed]
    if done:
        entries = [
            {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
            for number, message in enumerate(done)
        ]
        try:
            await aws.sqs("DeleteMessageBatch", QueueUrl=queue_url, Entries=entries)
        except httpx.HTTPError as error:
            log.write("event-source", f"{source.function} cannot delete: {type(error).__name__}")


async def _invocation(source: EventSource, event: dict[str, Any], functions: Functions) -> Invocation:
    """Invoke the function, as soon as its concurrency allows it: an event source tries again, as Lambda's does."""
    while True:
        try:
            return functions.invoke(source.function, json.dumps(event).encode())
        except Throttled:
            await asyncio.sleep(_THROTTLED_SECONDS)


def sqs_event(messages: list[dict[str, Any]], queue_arn: str) -> dict[str, Any]:
    """The event that Lambda makes of received messages."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message.get("Attributes", {}),
                "messageAttributes": {
                    name: _attribute(value) for name, value in message.get("MessageAttributes", {}).items()
                },
                "md5OfBody": message.get("MD5OfBody", ""),
                "eventSource": "aws:sqs",
                "eventSourceARN": queue_arn,
                "awsRegion": REGION,
            }
            for message in messages
        ]
    }


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    return {name[0].lower() + name[1:]: item for name, item in value.items()}


def failed_messages(answer: bytes, messages: list[dict[str, Any]]) -> set[str]:
    """Ids that a partial batch response names; all of them when it is none, as on Lambda."""
    everything = {message["MessageId"] for message in messages}
    try:
        document = json.loads(answer)
        failures = (document or {}).get("batchItemFailures") or []
        named = {failure["itemIdentifier"] for failure in failures}
    except (ValueError, AttributeError, TypeError, KeyError):
        return everything
    return everything if named - everything else named
