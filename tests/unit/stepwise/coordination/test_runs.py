"""Runs: one owner at a time, and one end."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from stepwise.coordination.runs import KEPT_SECONDS, Run, Runs
from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.plan import Plan
from stepwise.storage.table import TransactionFailed, Write
from support.clock import Clock
from support.tables import MemoryTable

PLAN = Plan("solve", ({"role": "user", "content": "问题 π"},), "m", {"temperature": 0.3}, 10, key="k")


class Life:
    """Runs on a clock, and one run that somebody has begun."""

    def __init__(self) -> None:
        self.table, self.clock = MemoryTable(), Clock()
        self.runs = Runs(self.table, clock=self.clock)
        writes, self.first = self.runs.creating("run", PLAN, group="g", waiter_id="job_a")
        self.table.transact(writes)

    def do(self, write: Write) -> bool:
        """Do a write; False if its condition does not hold."""
        try:
            self.table.transact([write])
        except TransactionFailed:
            return False
        return True

    def save(self, run: Run, progress: dict[str, Any], tokens: int, *, advanced: bool = True) -> bool:
        return self.do(self.runs.saving(run, progress, tokens=tokens, advanced=advanced, place=-1))

    def hand_over(self, run: Run, progress: dict[str, Any], tokens: int) -> bool:
        return self.do(self.runs.handing_over(run, progress, tokens=tokens, advanced=True, place=3))

    def succeed(self, run: Run) -> bool:
        return self.do(self.runs.succeeding(run, {"solution": "42"}, tokens=9))

    def fail(self, run: Run) -> bool:
        return self.do(self.runs.failing(run, {"code": "internal_error"}))

    @property
    def now(self) -> Run:
        run = self.runs.get("run")
        assert run is not None
        return run


@pytest.fixture
def life() -> Life:
    return Life()


def test_a_new_run_belongs_to_who_made_it(life: Life) -> None:
    assert (life.now.status, life.now.fence, life.now.waiters) == ("running", 1, {"job_a"})
    assert life.now.owned(life.clock())
    assert life.runs.take("run") is None


def test_a_plan_comes_back_as_it_was(life: Life) -> None:
    assert life.runs.plan("run") == PLAN
    assert life.runs.plan("no such run") is None


def test_what_is_handed_over_goes_to_the_next_with_all_that_is_there(life: Life) -> None:
    assert life.hand_over(life.first, {"draft": {"text": "半"}}, 7)

    taken = life.runs.take("run")

    assert taken is not None
    assert (taken.fence, taken.tokens, taken.progress) == (2, 7, {"draft": {"text": "半"}})
    assert taken.place == 3


def test_a_dead_owners_run_goes_to_the_next_with_what_was_saved(life: Life) -> None:
    assert life.save(life.first, {"a": 1}, 3)
    life.clock.advance(LEASE_SECONDS)
    assert life.runs.take("run") is None

    life.clock.advance(0.002)
    taken = life.runs.take("run")

    assert taken is not None
    assert (taken.progress, taken.attempts) == ({"a": 1}, 1)


def test_an_owner_that_gives_signs_of_life_stays_one(life: Life) -> None:
    for _ in range(4):
        life.clock.advance(LEASE_SECONDS - 1)
        assert life.save(life.first, {}, 0, advanced=False)

    assert life.runs.take("run") is None


@pytest.mark.parametrize(
    "write",
    [
        lambda life: life.save(life.first, {}, 1),
        lambda life: life.hand_over(life.first, {}, 1),
        lambda life: life.succeed(life.first),
        lambda life: life.fail(life.first),
    ],
    ids=["save", "hand over", "succeed", "fail"],
)
def test_a_late_owner_changes_nothing(life: Life, write: Callable[[Life], bool]) -> None:
    life.clock.advance(LEASE_SECONDS + 1)
    life.runs.take("run")
    before = life.table.items()

    assert not write(life)

    assert life.table.items() == before


def test_a_run_ends_once(life: Life) -> None:
    assert life.succeed(life.first)

    assert not life.fail(life.first)
    assert not life.runs.give_up("run", {})
    assert not life.runs.cancel("run", "job_a")
    assert life.runs.take("run") is None
    assert (life.now.status, life.now.result, life.now.tokens) == ("succeeded", {"solution": "42"}, 9)


def test_a_run_and_its_plan_are_read_at_once(life: Life) -> None:
    life.table.calls.clear()

    run, plan, _ = life.runs.with_plan("run")

    assert run is not None
    assert (run.id, plan) == ("run", PLAN)
    assert life.table.calls == ["batch_get"]
    assert life.runs.with_plan("no such run") == (None, None, {})


def test_a_run_is_taken_as_it_was_read(life: Life) -> None:
    life.hand_over(life.first, {"a": 1}, 7)
    write, taken = life.runs.taking(life.now, 5)

    assert life.do(write)

    assert life.now == taken
    assert (taken.status, taken.fence, taken.attempts, taken.place) == ("running", 2, 1, 5)


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda life: life.hand_over(life.first, {"a": 2}, 9),
        lambda life: life.save(life.first, {"a": 2}, 9),
        lambda life: life.save(life.first, {"a": 2}, 9) and life.clock.advance(LEASE_SECONDS + 1) is None,
        lambda life: life.runs.take("run"),
        lambda life: life.runs.cancel("run", "job_a"),
    ],
    ids=["handed over", "saved", "saved before it fell silent", "taken", "cancelled"],
)
def test_a_run_that_has_changed_since_it_was_read_is_not_taken(
    life: Life, meanwhile: Callable[[Life], object]
) -> None:
    """Else it would go on from an older draft."""
    life.clock.advance(LEASE_SECONDS + 1)
    seen = life.now
    assert meanwhile(life)

    write, _ = life.runs.taking(seen, -1)

    assert not life.do(write)


def test_a_run_that_somebody_works_on_is_not_taken(life: Life) -> None:
    assert not life.do(life.runs.taking(life.now, -1)[0])


def test_an_end_keeps_no_draft_and_is_kept_for_a_day(life: Life) -> None:
    life.save(life.first, {"draft": "long"}, 1)
    life.succeed(life.first)

    item = next(item for item in life.table.items() if item["sk"] == "run")
    assert "state" not in item
    assert item["expires_at"] == round(life.clock()) + KEPT_SECONDS


def test_one_can_join_what_has_not_ended(life: Life) -> None:
    joined = life.runs.join("run", "job_b")
    assert joined is not None
    assert joined.waiters == {"job_a", "job_b"}

    life.fail(life.first)
    assert life.runs.join("run", "job_c") is None
    assert life.runs.join("no such run", "job_c") is None


def test_a_run_is_cancelled_when_the_last_one_leaves_it(life: Life) -> None:
    life.runs.join("run", "job_b")

    assert not life.runs.cancel("run", "job_a")
    assert life.now.status == "running"
    assert life.runs.cancel("run", "job_b")
    assert (life.now.status, life.now.waiters) == ("cancelled", frozenset())


def test_leaving_after_the_end_leaves_no_trace(life: Life) -> None:
    life.succeed(life.first)

    assert not life.runs.cancel("run", "job_a")
    assert life.now.waiters == {"job_a"}


def test_whoever_joins_while_the_last_one_leaves_keeps_the_run_alive(life: Life) -> None:
    writes = 0

    def join_in_between(_: object) -> None:
        nonlocal writes
        writes += 1
        if writes == 1:
            assert life.runs.join("run", "job_b") is not None

    life.table.after_write = join_in_between

    assert not life.runs.cancel("run", "job_a")
    assert (life.now.status, life.now.waiters) == ("running", {"job_b"})


def test_nobody_gives_up_what_somebody_works_on(life: Life) -> None:
    assert not life.runs.give_up("run", {"code": "internal_error"})

    life.clock.advance(LEASE_SECONDS + 1)
    assert life.runs.give_up("run", {"code": "internal_error"})
    assert (life.now.status, life.now.error) == ("failed", {"code": "internal_error"})


def test_attempts_count_until_there_is_progress(life: Life) -> None:
    for expected in (1, 2, 3):
        life.clock.advance(LEASE_SECONDS + 1)
        taken = life.runs.take("run")
        assert taken is not None
        assert taken.attempts == expected

    life.hand_over(taken, {}, 1)
    taken = life.runs.take("run")
    assert taken is not None
    assert taken.attempts == 1


def test_of_two_that_would_wake_a_run_one_does(life: Life) -> None:
    seen = life.now

    assert life.runs.touch(seen)
    assert not life.runs.touch(seen)
    assert life.now.touched_at > 0


def test_an_ended_run_is_not_woken(life: Life) -> None:
    life.fail(life.first)

    assert not life.runs.touch(life.now)


def test_of_many_at_once_one_takes_a_run(life: Life) -> None:
    life.clock.advance(LEASE_SECONDS + 1)

    with ThreadPoolExecutor(32) as pool:
        taken = [run for run in pool.map(lambda _: life.runs.take("run"), range(64)) if run]

    assert [run.fence for run in taken] == [2]


def test_an_end_and_a_cancellation_at_once_make_one_end() -> None:
    for _ in range(30):
        life = Life()

        with ThreadPoolExecutor(2) as pool:
            ended = pool.submit(life.succeed, life.first)
            cancelled = pool.submit(life.runs.cancel, "run", "job_a")
        assert ended.result() != cancelled.result()
        assert life.now.status == ("succeeded" if ended.result() else "cancelled")
