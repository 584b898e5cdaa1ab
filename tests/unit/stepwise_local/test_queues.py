"""The local stack's SQS: who receives what, when it comes again, and where it ends."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from stepwise_local.aws.errors import AwsError
from stepwise_local.aws.queues import Queues

URL = "http://127.0.0.1:1/123456789012/work"
DEAD = URL.replace("work", "dead")


class Here:
    """Queues whose time stands still unless a test moves it."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.queues = Queues("http://127.0.0.1:1", clock=lambda: self.now)
        self("CreateQueue", QueueName="dead")
        policy = '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 2}'
        attributes = {"VisibilityTimeout": "30", "RedrivePolicy": policy}
        self("CreateQueue", QueueName="work", Attributes=attributes)

    def __call__(self, operation: str, **request: Any) -> dict[str, Any]:
        return asyncio.run(self.queues.answer(operation, {"QueueUrl": URL, **request}))

    def receive(self, **request: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self("ReceiveMessage", MaxNumberOfMessages=10, **request).get(
            "Messages", []
        )
        return found


@pytest.fixture
def here() -> Here:
    return Here()


def test_a_message_is_hidden_while_it_is_worked_on_and_gone_when_deleted(here: Here) -> None:
    sent = here("SendMessage", MessageBody="解", MessageGroupId="g")
    (message,) = here.receive(MessageSystemAttributeNames=["All"])
    assert (message["Body"], message["MessageId"]) == ("解", sent["MessageId"])
    assert (message["Attributes"]["MessageGroupId"], message["Attributes"]["ApproximateReceiveCount"]) == (
        "g",
        "1",
    )
    assert here.receive() == []
    here.now += 31
    (again,) = here.receive()
    assert again["ReceiptHandle"] != message["ReceiptHandle"]
    here("DeleteMessageBatch", Entries=[{"Id": "0", "ReceiptHandle": again["ReceiptHandle"]}])
    here.now += 31
    assert here.receive() == []


def test_a_message_that_is_received_too_often_goes_to_the_dead_letter_queue(here: Here) -> None:
    here("SendMessage", MessageBody="x")
    for _ in range(2):
        assert len(here.receive()) == 1
        here.now += 31
    assert here.receive() == []
    assert [message["Body"] for message in here.receive(QueueUrl=DEAD)] == ["x"]


def test_a_message_waits_out_its_delay_and_its_worker_may_hold_it_longer_or_shorter(here: Here) -> None:
    here("SendMessage", MessageBody="x", DelaySeconds=10)
    assert here.receive() == []
    here.now += 10
    (message,) = here.receive()
    here("ChangeMessageVisibility", ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=100)
    here.now += 60
    assert here.receive() == []
    here("ChangeMessageVisibility", ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    assert len(here.receive()) == 1


def test_a_group_with_fewer_in_flight_comes_first(here: Here) -> None:
    for body, group in (("1", "noisy"), ("2", "noisy"), ("3", "quiet")):
        here("SendMessage", MessageBody=body, MessageGroupId=group)
    assert [message["Body"] for message in here.receive()] == ["1", "3", "2"]


def test_a_long_poll_ends_when_a_message_comes() -> None:
    async def run() -> list[str]:
        queues = Queues("http://127.0.0.1:1")
        await queues.answer("CreateQueue", {"QueueName": "work"})
        polling = asyncio.create_task(
            queues.answer("ReceiveMessage", {"QueueUrl": URL, "WaitTimeSeconds": 20})
        )
        await asyncio.sleep(0)
        assert not polling.done()
        await queues.answer("SendMessage", {"QueueUrl": URL, "MessageBody": "x"})
        answer = await asyncio.wait_for(polling, 5)
        return [message["Body"] for message in answer["Messages"]]

    assert asyncio.run(run()) == ["x"]


@pytest.mark.parametrize(
    ("operation", "request_", "code"),
    [
        ("SendMessage", {"MessageBody": ""}, "InvalidParameterValue"),
        ("SendMessage", {"MessageBody": "x", "DelaySeconds": 901}, "InvalidParameterValue"),
        ("SendMessage", {"MessageBody": "x", "QueueUrl": "http://x/none"}, "QueueDoesNotExist"),
        (
            "ChangeMessageVisibility",
            {"ReceiptHandle": "none", "VisibilityTimeout": 1},
            "ReceiptHandleIsInvalid",
        ),
        ("CreateQueue", {"QueueName": "x.fifo"}, "UnsupportedOperation"),
        ("AddPermission", {}, "InvalidAction"),
    ],
)
def test_what_is_wrong_or_not_there_is_refused(
    here: Here, operation: str, request_: dict[str, Any], code: str
) -> None:
    with pytest.raises(AwsError) as caught:
        here(operation, **request_)
    assert caught.value.code == code
