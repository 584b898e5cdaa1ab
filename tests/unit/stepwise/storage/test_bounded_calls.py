from __future__ import annotations

import threading
import time

import pytest
from stepwise.storage.bounded_calls import BoundedCalls, CallLate


def test_a_call_in_time_gives_its_result() -> None:
    assert BoundedCalls(1).run(lambda: 42, 5) == 42


def test_an_exception_comes_through() -> None:
    def fail() -> int:
        raise KeyError("k")

    calls = BoundedCalls(1)
    with pytest.raises(KeyError):
        calls.run(fail, 5)

    assert calls.run(lambda: 1, 5) == 1


def test_a_call_that_hangs_costs_its_caller_the_timeout_and_no_more() -> None:
    release = threading.Event()
    calls = BoundedCalls(1)
    started = time.monotonic()

    with pytest.raises(CallLate):
        calls.run(lambda: release.wait(10), 0.05)

    assert time.monotonic() - started < 0.2
    release.set()


def test_when_all_threads_hang_a_further_call_is_late_without_a_thread_of_its_own() -> None:
    release = threading.Event()
    calls = BoundedCalls(2)
    before = threading.active_count()
    for _ in range(5):
        with pytest.raises(CallLate):
            calls.run(lambda: release.wait(10), 0.01)

    assert threading.active_count() - before <= 2
    release.set()


def test_a_thread_that_comes_back_takes_calls_again() -> None:
    release = threading.Event()
    calls = BoundedCalls(1)
    with pytest.raises(CallLate):
        calls.run(lambda: release.wait(10), 0.01)
    release.set()

    assert calls.run(lambda: "again", 5) == "again"


def test_a_hanging_call_does_not_keep_the_process_alive() -> None:
    release = threading.Event()
    with pytest.raises(CallLate):
        BoundedCalls(1).run(lambda: release.wait(10), 0.01)

    hanging = [thread for thread in threading.enumerate() if thread.name == "bounded-call"]
    assert hanging
    assert all(thread.daemon for thread in hanging)
    release.set()
