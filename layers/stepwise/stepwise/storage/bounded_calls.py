"""Run calls that may hang, with a hard limit on the caller's wait.

Timeouts of an HTTP client limit each step of a call and not the whole call: name resolution, each address, the TLS
handshake and each chunk of an answer have their own. So a call runs in its own thread, and the caller continues
without its result when the time is up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

__all__ = ["BoundedCalls", "CallLate"]


class CallLate(Exception):
    """There was no result in time, or no free thread; the outcome is unknown."""


class BoundedCalls:
    """Runs calls in daemon threads, at most *threads* at a time, that do not keep a process from ending."""

    def __init__(self, threads: int) -> None:
        self._free = threading.BoundedSemaphore(threads)

    def run[T](self, call: Callable[[], T], timeout: float) -> T:
        """The result of *call*, or its exception, within *timeout* seconds, the wait for a thread included.

        A late call continues in its thread, and its outcome is ignored.

        Raises:
            CallLate: it was not done in time, or not even begun.
        """
        end = time.monotonic() + timeout
        if not self._free.acquire(timeout=timeout):
            raise CallLate("as many calls as may are under way")
        outcome: _Outcome[T] = _Outcome()

        def work() -> None:
            try:
                outcome.result = call()
            except Exception as error:  # noqa: BLE001 - handed to the caller, whatever it is
                outcome.error = error
            finally:
                self._free.release()
                outcome.done.set()

        threading.Thread(target=work, name="bounded-call", daemon=True).start()
        if not outcome.done.wait(max(0.0, end - time.monotonic())):
            raise CallLate(f"not done in {timeout:g} s")
        return outcome.take()


class _Outcome[T]:
    def __init__(self) -> None:
        self.done = threading.Event()
        self.result: T | None = None
        self.error: Exception | None = None

    def take(self) -> T:
        if self.error is not None:
            raise self.error
        return self.result  # type: ignore[return-value]  # set whenever there is no error
