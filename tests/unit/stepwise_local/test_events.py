"""Queues and schedules of the local stack, without processes."""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepwise_local.aws.queues import fair_order
from stepwise_local.events.schedules import next_run
from stepwise_local.events.sqs import failed_messages, poll, sqs_event
from stepwise_local.functions.invocation import Invocation
from stepwise_local.processes.log import Log
from stepwise_local.template.model import EventSource
from stepwise_local.template.yaml_values import TemplateError

MESSAGES = [{"MessageId": "a"}, {"MessageId": "b"}]
NOW = datetime(2026, 11, 24, 7, 18, 30, tzinfo=UTC)


def test_a_group_with_fewer_in_flight_comes_first() -> None:
    waiting = ["noisy", "noisy", "quiet", "noisy"]
    assert fair_order(waiting, Counter()) == [0, 2, 1, 3]
    assert fair_order(waiting, Counter(noisy=3)) == [2, 0, 1, 3]


def test_messages_without_a_group_are_first_come_first_served() -> None:
    assert fair_order([None, None, "a", "a", None], Counter(a=1)) == [0, 1, 4, 2, 3]


@given(
    st.lists(st.sampled_from(["a", "b", "c", None])),
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 5)),
)
def test_nothing_is_lost_and_a_group_keeps_its_order(
    waiting: list[str | None], in_flight: dict[str, int]
) -> None:
    order = fair_order(waiting, Counter(in_flight))
    assert sorted(order) == list(range(len(waiting)))
    for group in {"a", "b", "c", None}:
        indices = [index for index in order if waiting[index] == group]
        assert indices == sorted(indices)


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (b"null", set()),
        (b"{}", set()),
        (b'{"batchItemFailures": []}', set()),
        (b'{"batchItemFailures": [{"itemIdentifier": "b"}]}', {"b"}),
        (b'{"batchItemFailures": [{"itemIdentifier": "unknown"}]}', {"a", "b"}),
        (b'{"batchItemFailures": [{}]}', {"a", "b"}),
        (b'"text"', {"a", "b"}),
        (b"", {"a", "b"}),
    ],
)
def test_a_partial_batch_response_names_what_failed_and_nonsense_fails_all(
    answer: bytes, failed: set[str]
) -> None:
    assert failed_messages(answer, MESSAGES) == failed


class OneQueue:
    """An SQS whose queue always has a message, and functions whose invocations the test ends."""

    def __init__(self) -> None:
        self.received = 0
        self.deleted: list[str] = []
        self.invocations: list[Invocation] = []

    async def sqs(self, action: str, **request: Any) -> dict[str, Any]:
        if action == "ReceiveMessage":
            self.received += 1
            number = str(self.received)
            return {"Messages": [{"MessageId": number, "ReceiptHandle": number, "Body": "{}"}]}
        self.deleted += [entry["ReceiptHandle"] for entry in request["Entries"]]
        return {}

    def invoke(self, _: str, event: bytes) -> Invocation:
        self.invocations.append(Invocation(event))
        return self.invocations[-1]


async def _without_waiting() -> None:
    """Let everything happen that needs no time."""
    for _ in range(50):
        await asyncio.sleep(0)


def test_the_next_message_is_received_when_an_invocation_ends_and_not_before() -> None:
    queue = OneQueue()

    async def scene() -> list[int]:
        source = EventSource("f", "arn", batch_size=1, most_at_once=2)
        polling = asyncio.create_task(poll(source, "url", queue, queue, Log(io.StringIO())))  # type: ignore[arg-type]
        counts = []
        for ended in (None, 0, 1):
            if ended is not None:
                queue.invocations[ended].finish()
            await _without_waiting()
            counts.append(len(queue.invocations))
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
        return counts

    assert asyncio.run(scene()) == [2, 3, 4]
    assert queue.deleted == ["1", "2"]


def test_a_message_has_lambdas_names_in_its_event() -> None:
    message = {
        "MessageId": "a",
        "ReceiptHandle": "r",
        "Body": "{}",
        "Attributes": {"MessageGroupId": "g"},
        "MessageAttributes": {"kind": {"StringValue": "x", "DataType": "String"}},
    }
    (record,) = sqs_event([message], "arn")["Records"]
    assert record["messageId"] == "a"
    assert record["attributes"] == {"MessageGroupId": "g"}
    assert record["messageAttributes"] == {"kind": {"stringValue": "x", "dataType": "String"}}
    assert record["eventSourceARN"] == "arn"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("rate(1 minute)", NOW + timedelta(minutes=1)),
        ("rate(5 minutes)", NOW + timedelta(minutes=5)),
        ("rate(2 hours)", NOW + timedelta(hours=2)),
        ("rate(1 day)", NOW + timedelta(days=1)),
        ("cron(0/5 * * * ? *)", datetime(2026, 11, 24, 7, 20, tzinfo=UTC)),
        ("cron(0 6 * * ? *)", datetime(2026, 11, 25, 6, 0, tzinfo=UTC)),
        ("cron(15,45 8-9 ? * 1 *)", datetime(2026, 11, 29, 8, 15, tzinfo=UTC)),
        ("cron(0 0 1 1 ? 2027)", datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_schedule_runs_when_it_says(expression: str, expected: datetime) -> None:
    assert next_run(expression, NOW) == expected


@pytest.mark.parametrize(
    "expression", ["rate(0 minutes)", "rate(5)", "at(2027-01-01)", "cron(0 0 L * ? *)", ""]
)
def test_a_schedule_that_is_not_understood_is_refused_by_name(expression: str) -> None:
    with pytest.raises(TemplateError, match="not understood"):
        next_run(expression, NOW)
