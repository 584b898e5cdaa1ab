"""The queue's messages, as SQS gets them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from stepwise.observability import flush
from stepwise.storage.work_queue import QueueUnavailable, WorkQueue
from support.log_lines import reading_log


class Sqs:
    """SQS as far as it is used: notes its calls, and fails when told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls: list[dict[str, Any]] = []
        self._error = error

    def send_message(self, **call: Any) -> None:
        self._note(call)

    def change_message_visibility(self, **call: Any) -> None:
        self._note(call)

    def _note(self, call: dict[str, Any]) -> None:
        self.calls.append(call)
        if self._error:
            raise self._error


def test_a_message_names_the_run_and_the_owner_who_hands_it_over() -> None:
    sqs = Sqs()

    WorkQueue(sqs, "url").send("run-1", "partner", fence=3)

    assert json.loads(sqs.calls[0]["MessageBody"]) == {"run_id": "run-1", "fence": 3}


def test_partners_are_groups_of_their_own_and_not_named() -> None:
    sqs = Sqs()
    queue = WorkQueue(sqs, "url")

    for partner in ("a", "a", "b"):
        queue.send("run", partner)

    first, second, other = [call["MessageGroupId"] for call in sqs.calls]
    assert first == second != other
    assert len(first) == 32


@pytest.mark.parametrize(("wanted", "sent"), [(0, 0), (-3, 0), (2.4, 2), (5_000, 900)])
def test_a_delay_is_one_that_sqs_takes(wanted: float, sent: int) -> None:
    sqs = Sqs()

    WorkQueue(sqs, "url").send("run", "g", delay=wanted)

    assert sqs.calls[0]["DelaySeconds"] == sent


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "ThrottlingException"}}, "SendMessage"),
        EndpointConnectionError(endpoint_url="u"),
    ],
)
def test_a_message_that_was_not_sent_is_told(error: Exception) -> None:
    with pytest.raises(QueueUnavailable):
        WorkQueue(Sqs(error), "url").send("run", "g")


@pytest.mark.parametrize("code", ["MessageNotInflight", "AccessDenied"])
def test_a_message_that_cannot_be_held_is_no_error_but_said_and_counted(
    code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sqs = Sqs(ClientError({"Error": {"Code": code}}, "ChangeMessageVisibility"))

    with reading_log() as lines:
        WorkQueue(sqs, "url").hold("receipt", 30)
        flush()

    assert sqs.calls[0]["VisibilityTimeout"] == 30
    assert "the message could not be held" in json.dumps(lines.read())
    assert "HoldFailed" in capsys.readouterr().out
