"""Runs: one owner at a time, and one end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from stepwise.coordination.runs import ADMISSION_SECONDS, KEPT_SECONDS, Run, RunLost, Runs
from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.plan import Plan
from support.clock import Clock
from support.tables import MemoryTable

PLAN = Plan("solve", ({"role": "user", "content": "问题 π"},), "m", {"temperature": 0.3}, 10, key="k")


class Life:
    """Runs on a clock, and one run that somebody has begun."""

    def __init__(self) -> None:
        self.table, self.clock = MemoryTable(), Clock()
        self.runs = Runs(self.table, clock=self.clock)
        self.first = self.runs.create("run", PLAN, group="g", waiter_id="job_a")

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
    life.runs.hand_over(life.first, {"draft": {"text": "半"}}, tokens=7, advanced=True)

    taken = life.runs.take("run")

    assert taken is not None
    assert (taken.fence, taken.tokens, taken.progress) == (2, 7, {"draft": {"text": "半"}})


def test_a_dead_owners_run_goes_to_the_next_with_what_was_saved(life: Life) -> None:
    life.runs.save(life.first, {"a": 1}, tokens=3, advanced=True)
    life.clock.advance(LEASE_SECONDS)
    assert life.runs.take("run") is None

    life.clock.advance(0.002)
    taken = life.runs.take("run")

    assert taken is not None
    assert (taken.progress, taken.attempts) == ({"a": 1}, 1)


def test_an_owner_that_gives_signs_of_life_stays_one(life: Life) -> None:
    for _ in range(4):
        life.clock.advance(LEASE_SECONDS - 1)
        life.runs.save(life.first, {}, tokens=0, advanced=False)

    assert life.runs.take("run") is None


@pytest.mark.parametrize(
    "write",
    [
        lambda life: life.runs.place(life.first, 1, 1),
        lambda life: life.runs.save(life.first, {}, tokens=1, advanced=True),
        lambda life: life.runs.hand_over(life.first, {}, tokens=1, advanced=True),
        lambda life: life.runs.succeed(life.first, {"x": 1}, tokens=1),
        lambda life: life.runs.fail(life.first, {"code": "internal_error"}),
    ],
    ids=["place", "save", "hand over", "succeed", "fail"],
)
def test_a_late_owner_changes_nothing(life: Life, write: object) -> None:
    life.clock.advance(LEASE_SECONDS + 1)
    life.runs.take("run")
    before = life.table.items()

    with pytest.raises(RunLost):
        write(life)  # type: ignore[operator]

    assert life.table.items() == before


def test_a_run_ends_once(life: Life) -> None:
    life.runs.succeed(life.first, {"solution": "42"}, tokens=9)

    with pytest.raises(RunLost):
        life.runs.fail(life.first, {"code": "internal_error"})
    assert not life.runs.give_up("run", {})
    assert not life.runs.cancel("run", "job_a")
    assert life.runs.take("run") is None
    assert (life.now.status, life.now.result, life.now.tokens) == ("succeeded", {"solution": "42"}, 9)


def test_an_end_keeps_no_draft_and_is_kept_for_a_day(life: Life) -> None:
    life.runs.save(life.first, {"draft": "long"}, tokens=1, advanced=True)
    life.runs.succeed(life.first, {"solution": "42"}, tokens=9)

    item = next(item for item in life.table.items() if item["sk"] == "run")
    assert "state" not in item
    assert item["expires_at"] == round(life.clock()) + KEPT_SECONDS


def test_one_can_join_what_is_admitted_and_has_not_ended(life: Life) -> None:
    assert life.runs.join("run", "job_b") is None
    life.runs.place(life.first, 3, 5)
    joined = life.runs.join("run", "job_b")
    assert joined is not None
    assert joined.waiters == {"job_a", "job_b"}

    life.runs.fail(life.first, {"code": "internal_error"})
    assert life.runs.join("run", "job_c") is None
    assert life.runs.join("no such run", "job_c") is None


def test_a_run_is_cancelled_when_the_last_one_leaves_it(life: Life) -> None:
    life.runs.place(life.first, 0, 0)
    life.runs.join("run", "job_b")

    assert not life.runs.cancel("run", "job_a")
    assert life.now.status == "running"
    assert life.runs.cancel("run", "job_b")
    assert (life.now.status, life.now.waiters) == ("cancelled", frozenset())


def test_leaving_after_the_end_leaves_no_trace(life: Life) -> None:
    life.runs.succeed(life.first, {"solution": "42"}, tokens=9)

    assert not life.runs.cancel("run", "job_a")
    assert life.now.waiters == {"job_a"}


def test_whoever_joins_while_the_last_one_leaves_keeps_the_run_alive(life: Life) -> None:
    life.runs.place(life.first, 0, 0)
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


def test_only_what_was_never_admitted_is_abandoned(life: Life) -> None:
    life.clock.advance(ADMISSION_SECONDS)
    assert not life.runs.abandon("run", {})
    life.clock.advance(0.002)
    assert life.runs.abandon("run", {})


def test_what_was_admitted_is_not_abandoned(life: Life) -> None:
    life.runs.place(life.first, 0, 0)
    life.clock.advance(LEASE_SECONDS + 1)
    assert not life.runs.abandon("run", {})


def test_attempts_count_until_there_is_progress(life: Life) -> None:
    for expected in (1, 2, 3):
        life.clock.advance(LEASE_SECONDS + 1)
        taken = life.runs.take("run")
        assert taken is not None
        assert taken.attempts == expected

    life.runs.hand_over(taken, {}, tokens=1, advanced=True)
    taken = life.runs.take("run")
    assert taken is not None
    assert taken.attempts == 1


def test_of_two_that_would_wake_a_run_one_does(life: Life) -> None:
    seen = life.now

    assert life.runs.touch(seen)
    assert not life.runs.touch(seen)
    assert life.now.touched_at > 0


def test_an_ended_run_is_not_woken(life: Life) -> None:
    life.runs.fail(life.first, {})

    assert not life.runs.touch(life.now)


def test_of_many_at_once_one_takes_a_run(life: Life) -> None:
    life.clock.advance(LEASE_SECONDS + 1)

    with ThreadPoolExecutor(32) as pool:
        taken = [run for run in pool.map(lambda _: life.runs.take("run"), range(64)) if run]

    assert [run.fence for run in taken] == [2]


def test_an_end_and_a_cancellation_at_once_make_one_end() -> None:
    for _ in range(30):
        life = Life()

        def succeed(life: Life = life) -> bool:
            try:
                life.runs.succeed(life.first, {"solution": "42"}, tokens=1)
            except RunLost:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            ended = pool.submit(succeed)
            cancelled = pool.submit(life.runs.cancel, "run", "job_a")
        assert ended.result() != cancelled.result()
        assert life.now.status == ("succeeded" if ended.result() else "cancelled")
