"""Continue runs that were handed over (SQS event source, partial batch responses)."""

import json
from collections.abc import Callable
from typing import Any

from stepwise import wiring
from stepwise.answering.worker import Message, fail_dead_letter, process_message
from stepwise.observability import count, log_exception, observed


def _record(record: dict[str, Any], remaining: Callable[[], float]) -> None:
    deps = wiring.dependencies()
    if deps.shared is None:
        raise RuntimeError("TABLE_NAME and QUEUE_URL are not set")
    dead = record["eventSourceARN"] == deps.settings.dead_letter_queue_arn
    try:
        body = json.loads(record["body"])
        run_id = str(body["run_id"])
    except (ValueError, KeyError, TypeError) as error:
        if not dead:
            raise  # it is delivered again, and in the end goes to the dead-letter queue
        # It belongs to no job. Returned to the queue, it would set off the alarm again and again for 14 days.
        log_exception(error, "a dead letter that cannot be read is dropped", message_id=record["messageId"])
        count("Errors", code="unreadable_dead_letter")
        return
    if dead:
        fail_dead_letter(deps, deps.shared, run_id)
        return
    queue = deps.shared.queue
    message = Message(
        run_id, lambda seconds: queue.hold(record["receiptHandle"], seconds), int(body.get("fence", 0))
    )
    process_message(deps, deps.shared, message, remaining=remaining)


def _handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    def remaining() -> float:
        return float(context.get_remaining_time_in_millis()) / 1000

    failures = []
    for record in event["Records"]:
        try:
            _record(record, remaining)
        except Exception as error:  # noqa: BLE001 - whatever befalls one message, the others have their turn
            log_exception(error, "the message comes again")
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


wiring.prepare(wiring.dependencies)
handler = observed(_handle, function="worker")
