"""AWS in memory: moto as DynamoDB and SQS, in a process of its own. ``python -m stepwise_local.aws.server``

It prints its address.

Moto's conditional writes and receives are not atomic across threads, so one call is answered at a time. Standard queues
are made fair between message groups, as those of SQS are: messages of groups that have fewer in flight come first.
Source: "Amazon SQS fair queues" in AWS's SQS developer guide.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.sqs.models import SQSBackend
from werkzeug.serving import WSGIRequestHandler, make_server

__all__ = ["fair_order", "main"]


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


class _OneAtATime:
    """WSGI: one request after the other."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        with self._lock:
            return list(self._application(environ, start_response))


class _QuietHandler(WSGIRequestHandler):
    """Keeps connections open, and writes no access log."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, *_: Any) -> None:
        pass


def _make_queues_fair() -> None:
    receive = SQSBackend.receive_message

    def receive_fairly(backend: Any, queue_name: str, *arguments: Any, **keywords: Any) -> Any:
        queue = backend.get_queue(queue_name)
        if not queue.fifo_queue:
            visible = [message for message in queue._messages if message.visible]
            hidden = [message for message in queue._messages if not message.visible]
            in_flight = Counter(message.group_id for message in hidden if message.group_id)
            order = fair_order([message.group_id for message in visible], in_flight)
            queue._messages = [*hidden, *(visible[index] for index in order)]
        return receive(backend, queue_name, *arguments, **keywords)

    SQSBackend.receive_message = receive_fairly  # type: ignore[assignment,method-assign]  # moto has no hook for it


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    _make_queues_fair()
    application = _OneAtATime(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_QuietHandler)
    server.daemon_threads = True  # type: ignore[attr-defined]  # a threaded server has it
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
