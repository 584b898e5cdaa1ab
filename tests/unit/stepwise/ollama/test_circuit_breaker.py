from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st
from stepwise.ollama.circuit_breaker import Breaker
from support.clock import Clock


class Probe:
    """A probe whose host is alive or not, and that takes its time."""

    def __init__(self, clock: Clock, *, takes: float = 1.0) -> None:
        self.alive = False
        self.takes = takes
        self.count = 0
        self._clock = clock

    def __call__(self) -> bool:
        self.count += 1
        self._clock.advance(self.takes)
        return self.alive


def _open(takes: float = 1.0) -> tuple[Breaker, Probe, Clock]:
    clock = Clock()
    probe = Probe(clock, takes=takes)
    breaker = Breaker(probe, clock=clock)
    for _ in range(5):
        breaker.failed()
    return breaker, probe, clock


def test_four_failures_in_a_row_change_nothing() -> None:
    clock = Clock()
    probe = Probe(clock)
    breaker = Breaker(probe, clock=clock)
    for _ in range(4):
        breaker.failed()
    assert breaker.admits()
    assert (breaker.open, probe.count) == (False, 0)


def test_the_fifth_failure_in_a_row_opens_it() -> None:
    breaker, probe, _ = _open()
    assert breaker.open
    assert not breaker.admits()
    assert probe.count == 1


def test_a_success_between_failures_starts_the_count_again() -> None:
    breaker = Breaker(lambda: False, clock=Clock())
    for _ in range(4):
        breaker.failed()
    breaker.succeeded()
    for _ in range(4):
        breaker.failed()
    assert breaker.admits()


def test_a_slow_probe_is_made_once_a_second_at_most() -> None:
    breaker, probe, clock = _open(takes=1.0)
    for _ in range(100):
        assert not breaker.admits()
        clock.advance(0.05)
    # 100 calls in 5 s of waiting: a probe every second of it, which each take another.
    assert 4 <= probe.count <= 6


def test_the_first_call_after_the_hosts_return_goes_out() -> None:
    breaker, probe, _ = _open(takes=0.001)
    assert not breaker.admits()
    probe.alive = True
    assert breaker.admits()
    breaker.succeeded()
    assert not breaker.open


def test_after_a_probe_that_lied_one_failure_opens_it_again() -> None:
    breaker, probe, _ = _open(takes=0.001)
    probe.alive = True
    assert breaker.admits()
    breaker.failed()
    assert breaker.open


def test_while_one_probes_the_others_do_not_wait() -> None:
    clock = Clock()
    probing, go = threading.Event(), threading.Event()

    def probe() -> bool:
        probing.set()
        return go.wait(5)

    breaker = Breaker(probe, clock=clock)
    for _ in range(5):
        breaker.failed()
    admitted: list[bool] = []
    first = threading.Thread(target=lambda: admitted.append(breaker.admits()))
    first.start()
    assert probing.wait(5)
    assert not breaker.admits()
    go.set()
    first.join(5)
    assert admitted == [True]


def test_a_probe_that_raises_leaves_the_breaker_usable() -> None:
    answers = iter([RuntimeError("broken probe"), None])

    def probe() -> bool:
        answer = next(answers)
        if answer is not None:
            raise answer
        return True

    breaker = Breaker(probe, clock=Clock())
    for _ in range(5):
        breaker.failed()
    raised = False
    try:
        breaker.admits()
    except RuntimeError:
        raised = True
    assert raised
    assert breaker.admits()


@given(st.lists(st.booleans()))
def test_it_is_open_exactly_after_five_failures_without_a_success(results: list[bool]) -> None:
    breaker = Breaker(lambda: False, clock=Clock())
    in_a_row = 0
    for well in results:
        if well:
            breaker.succeeded()
        else:
            breaker.failed()
        in_a_row = 0 if well else in_a_row + 1
        assert breaker.open == (in_a_row >= 5)
