"""Map failed calls of the model host to errors of ``stepwise.errors``, each with a ``reason`` for the log.

=====================================================  ==============================================
refused, unknown name, no connection in time, 503,     ``ModelUnavailable`` (refused and 503 after retries)
the connection lost before a word of an answer
the breaker is open                                    ``ModelUnavailable`` at once
any other status (a missing model's 404 too: it is     ``ModelError``
our deployment that asked for it), not the protocol,
an error line or the end before the first token
error line, no ``done: true``, not the protocol,       ``GenerationBroken``
a reset or silence after the first token
silence before the first token, or past the deadline   ``ModelTimeout``
=====================================================  ==============================================
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from stepwise.errors import GenerationBroken, ModelError, ModelUnavailable, StepwiseError
from stepwise.ollama.exchange import End, Failed, Head, LineTooLong
from stepwise.ollama.protocol import Garbage, UpstreamError, refusal_reason

__all__ = ["Unreachable", "check", "failure", "in_protocol", "unavailable"]

LOST = "connection_lost"
RETRY_AFTER_SECONDS = 5
"""``Retry-After`` of the error for a host that cannot be reached."""


class Unreachable(Exception):
    """The host cannot be reached; ``again`` says whether a retry may help."""

    def __init__(self, reason: str, *, again: bool) -> None:
        self.reason = reason
        self.again = again
        super().__init__(reason)


def failure[E: StepwiseError](kind: type[E], reason: str, *, retry_after: int | None = None) -> E:
    """An error of *kind* with a ``reason`` for the log, a fixed word and never text of the host."""
    error = kind(retry_after=retry_after)
    error.reason = reason
    return error


def unavailable(error: Unreachable) -> ModelUnavailable:
    """The error for a host that cannot be reached."""
    return failure(ModelUnavailable, error.reason, retry_after=RETRY_AFTER_SECONDS)


def check(item: Head | bytes | End | Failed, *, begun: bool = False) -> bool:
    """True if *item* is the end of the response; *begun* if a token has come.

    Raises:
        Unreachable: the host cannot be reached.
        ModelError, GenerationBroken: the request failed in another way.
    """
    match item:
        case Head(status=503):
            raise Unreachable("status_503", again=True)
        case Head(status=status, refusal=refusal) if status != 200:
            raise failure(ModelError, f"status_{status}:{refusal_reason(refusal)}")
        case Failed(error=httpx.ConnectError() as error):
            refused = "refused" in str(error).lower()
            raise Unreachable("refused" if refused else "unreachable", again=refused) from error
        case Failed(error=(httpx.ConnectTimeout() | httpx.PoolTimeout()) as error):
            raise Unreachable(_word(error), again=False) from error
        case Failed(error=LineTooLong() as error):
            raise failure(GenerationBroken if begun else ModelError, "line_too_long") from error
        case Failed(error=httpx.TransportError() as error, answered=False) if _word(error) == LOST:
            raise Unreachable(LOST, again=False) from error
        case Failed(error=httpx.TransportError() as error):
            raise failure(GenerationBroken if begun else ModelError, _word(error)) from error
        case Failed(error=error):
            raise error
        case End():
            return True
        case _:
            return False


@contextmanager
def in_protocol(*, begun: bool = False) -> Iterator[None]:
    """Raise protocol errors inside the block as errors of ``stepwise.errors``."""
    kind = GenerationBroken if begun else ModelError
    try:
        yield
    except Garbage as error:
        raise failure(kind, f"garbage:{error}") from error
    except UpstreamError as error:
        raise failure(kind, f"error_line:{error}") from error


def _word(error: Exception) -> str:
    """The word for a transport error in the log. Its message may contain an address, and its type is often random:
    a host that dies causes an end of file or a reset."""
    if isinstance(error, httpx.RemoteProtocolError):
        text = str(error).lower()
        return LOST if "disconnected" in text or "peer closed" in text else "not_http"
    return LOST if isinstance(error, httpx.NetworkError) else type(error).__name__
