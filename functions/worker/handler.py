"""Goes on with answers that did not fit in a request (SQS event source, partial batch responses)."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from stepwise import wiring
from stepwise.answering.worker import Message, fail_dead_letter, process_message
from stepwise.observability import log_exception, observed

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


def _record(record: SQSRecord, remaining: Callable[[], float]) -> None:
    deps = wiring.dependencies()
    if deps.shared is None:
        raise RuntimeError("TABLE_NAME and QUEUE_URL are not set")
    body = record.json_body
    run_id = str(body["run_id"])
    if record.event_source_arn == deps.settings.dead_letter_queue_arn:
        fail_dead_letter(deps, deps.shared, run_id)
        return
    queue = deps.shared.queue
    message = Message(
        run_id, lambda seconds: queue.hold(record.receipt_handle, seconds), int(body.get("fence", 0))
    )
    process_message(deps, deps.shared, message, remaining=remaining)


def _logged(record: SQSRecord, remaining: Callable[[], float]) -> None:
    try:
        _record(record, remaining)
    except Exception as error:
        log_exception(error, "the message comes again")
        raise


def _handle(event: dict[str, Any], context: Any) -> Any:
    def remaining() -> float:
        return float(context.get_remaining_time_in_millis()) / 1000

    return process_partial_response(
        event=event,
        record_handler=lambda record: _logged(record, remaining),
        processor=processor,
        context=context,
    )


wiring.prepare(wiring.dependencies)
handler = observed(_handle, function="worker")
