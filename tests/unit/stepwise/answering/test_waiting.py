"""When a waiter looks at a run again: within bounds, often enough, and cheaply for a thousand of them."""

from __future__ import annotations

import random
import statistics
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepwise.answering.timings import TIMINGS
from stepwise.answering.waiting import next_pause, retry_after, seconds_to_end
from stepwise.coordination.average_duration import AnswerAverage
from stepwise.coordination.runs import Run
from stepwise.coordination.slots import LEASE_SECONDS

AVERAGE = AnswerAverage(seconds=60.0, tokens=4_500.0)
SAVED_AT = 1_800_000_000.0
any_seconds = st.floats(-1e6, 1e6)


def run_of(tokens: int, *, saved_at: float = SAVED_AT, status: str = "running") -> Run:
    lease = round((saved_at + LEASE_SECONDS) * 1000)
    return Run("r", "solve", "g", status, 1, lease, 0, tokens=tokens)


# The expected end


@pytest.mark.parametrize(
    ("tokens", "since_saved", "expected"), [(0, 0, 60), (2_250, 0, 30), (2_250, 3, 27), (5_250, 1, -11)]
)
def test_the_expected_end_follows_from_the_tokens_so_far(
    tokens: int, since_saved: float, expected: float
) -> None:
    assert seconds_to_end(run_of(tokens), AVERAGE, SAVED_AT + since_saved) == pytest.approx(expected)


def test_a_queued_run_does_not_come_nearer_to_its_end() -> None:
    queued = replace(run_of(2_250, status="queued"), lease_until=0)

    assert seconds_to_end(queued, AVERAGE, SAVED_AT + 1_000) == 30


def test_without_an_average_of_tokens_the_average_seconds_count() -> None:
    assert seconds_to_end(run_of(2_250), AnswerAverage(20.0), SAVED_AT + 3) == 17


@pytest.mark.parametrize(("since_saved", "expected"), [(0, 30), (45, 15), (60, 1), (64, 4)])
def test_a_client_is_sent_back_for_the_expected_end(since_saved: float, expected: int) -> None:
    assert retry_after(run_of(0), AVERAGE, SAVED_AT + since_saved) == expected


# The next pause


@given(any_seconds, st.floats(1e-3, 900), st.floats(0, 900), st.integers(1, 2_000))
def test_a_pause_is_never_beyond_two_seconds_nor_beyond_the_end_of_the_wait(
    to_end: float, left: float, waited: float, reads: int
) -> None:
    pause = next_pause(to_end, left, waited=waited, reads=reads)

    assert 0 < pause <= min(2.0, left)


@given(st.floats(0.01, 120), st.lists(any_seconds | st.floats(-3, 3), min_size=1))
def test_whatever_is_expected_a_wait_costs_at_most_half_a_read_a_second_and_six(
    wait: float, expected: list[float]
) -> None:
    waited, reads = 0.0, 1
    while waited < wait:
        pause = next_pause(expected[reads % len(expected)], wait - waited, waited=waited, reads=reads)
        waited, reads = waited + pause, reads + 1

    assert reads <= wait / 2 + 6


def test_the_first_look_after_a_far_one_is_at_the_expected_end() -> None:
    assert [next_pause(to_end, 25, waited=20, reads=10) for to_end in (40, 2.5, 1.3)] == [2, 2, 1.3]


def test_an_overdue_run_is_looked_at_soon_and_then_more_rarely() -> None:
    pauses, overdue = [], 0.0
    for reads in range(3, 8):
        pauses.append(next_pause(-overdue, 25, waited=2 * reads, reads=reads))
        overdue += pauses[-1]

    assert pauses == [0.25, 0.25, 0.5, 1.0, 2.0]


# A thousand waiters, simulated


@dataclass(frozen=True)
class Cost:
    reads_a_second: float
    """Of a thousand waiters."""
    median_delay: float
    """Seconds from the end of a run to the look that finds it."""


def thousand_waiters(lengths: list[float], *, wait: float, average: AnswerAverage) -> Cost:
    """Waiters that come at any moment of runs of *lengths* (tokens), which save every three seconds."""
    chance = random.Random(14)
    pace = average.tokens / average.seconds
    reads, waited, delays = 0, 0.0, []
    for length in lengths:
        end = length / pace
        began = chance.uniform(0.0, end)
        mine, spent = 0, 0.0
        while began + spent < end and spent < wait:
            now, mine = began + spent, mine + 1
            saved = now // TIMINGS.save * TIMINGS.save
            run = run_of(int(saved * pace), saved_at=SAVED_AT + saved)
            to_end = seconds_to_end(run, average, SAVED_AT + now)
            spent += next_pause(to_end, wait - spent, waited=spent, reads=mine)
        reads, waited = reads + mine + 1, waited + spent
        if began + spent >= end:
            delays.append(began + spent - end)
    return Cost(1_000 * reads / waited, statistics.median(delays))


def lengths_of(chance: random.Random, spread: str) -> list[float]:
    drawn = {
        "any of 3,000 to 6,000": lambda: chance.uniform(3_000, 6_000),
        "alike": lambda: chance.gauss(4_500, 100),
    }
    return [drawn[spread]() for _ in range(1_000)]


@pytest.mark.parametrize("spread", ["any of 3,000 to 6,000", "alike"])
@pytest.mark.parametrize("seconds", [60.0, 90.0])
def test_a_thousand_waiters_for_long_answers_cost_hardly_more_than_500_reads_a_second(
    spread: str, seconds: float
) -> None:
    """Each wait's first and last look are counted: 14 in 25 s for one that is looked at every two seconds."""
    lengths = lengths_of(random.Random(7), spread)

    cost = thousand_waiters(lengths, wait=25, average=AnswerAverage(seconds, 4_500))

    assert cost.reads_a_second <= 600
    assert cost.median_delay <= 0.02 * seconds


def test_short_answers_that_are_alike_are_found_at_once() -> None:
    lengths = lengths_of(random.Random(7), "alike")

    assert thousand_waiters(lengths, wait=25, average=AnswerAverage(3.0, 4_500)).median_delay <= 0.2
