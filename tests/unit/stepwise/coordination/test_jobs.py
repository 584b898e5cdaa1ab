"""Jobs: claims on runs that only their makers see."""

from __future__ import annotations

import pytest
from stepwise.coordination.jobs import Jobs, new_job_id, status_of
from stepwise.coordination.runs import KEPT_SECONDS, Run
from stepwise.errors import NotFound
from support.clock import Clock
from support.tables import MemoryTable

PRESENTATION = {"problem": "1 + 1 等于几？", "verify": True}


@pytest.fixture
def jobs() -> Jobs:
    return Jobs(MemoryTable(), clock=Clock())


def run_with(status: str, *waiters: str, ended_at: int = 0) -> Run:
    return Run("r", "solve", "g", status, 1, 0, 0, waiters=frozenset(waiters), ended_at=ended_at)


def test_ids_cannot_be_guessed_and_do_not_repeat() -> None:
    ids = {new_job_id() for _ in range(1_000)}

    assert len(ids) == 1_000
    assert {len(each) for each in ids} == {len("job_") + 32}


def test_a_job_comes_back_to_its_maker_as_it_was(jobs: Jobs) -> None:
    made = jobs.create("job_a", owner="me", kind="solve", run_id="r", presentation=PRESENTATION)

    assert jobs.get("job_a", "me") == made


def test_somebody_elses_job_is_not_there(jobs: Jobs) -> None:
    jobs.create("job_a", owner="me", kind="solve", run_id="r", presentation=PRESENTATION)

    with pytest.raises(NotFound):
        jobs.get("job_a", "you")


@pytest.mark.parametrize("job_id", ["job_b", "", "run#r", "job_" + "x" * 100, "job_é", "answer#k"])
def test_what_is_no_job_is_not_there(jobs: Jobs, job_id: str) -> None:
    with pytest.raises(NotFound):
        jobs.get(job_id, "me")


@pytest.mark.parametrize("status", ["queued", "running", "succeeded", "failed"])
def test_a_job_is_as_its_run_is(jobs: Jobs, status: str) -> None:
    job = jobs.create("job_a", owner="me", kind="solve", run_id="r", presentation=PRESENTATION)

    assert status_of(job, run_with(status, "job_a", "job_b")) == status


@pytest.mark.parametrize("status", ["queued", "running", "succeeded", "failed", "cancelled"])
def test_a_job_that_gave_up_its_claim_is_cancelled_whatever_becomes_of_the_run(
    jobs: Jobs, status: str
) -> None:
    job = jobs.create("job_a", owner="me", kind="solve", run_id="r", presentation=PRESENTATION)

    assert status_of(job, run_with(status, "job_b")) == "cancelled"


def test_a_job_is_gone_a_day_after_its_end(jobs: Jobs) -> None:
    clock = Clock()
    jobs = Jobs(MemoryTable(), clock=clock)
    run = run_with("succeeded", "job_a", ended_at=round(clock() * 1000))

    clock.advance(KEPT_SECONDS)
    assert not jobs.gone(run)
    clock.advance(1)
    assert jobs.gone(run)


def test_a_job_that_waits_is_never_gone(jobs: Jobs) -> None:
    assert not jobs.gone(run_with("queued", "job_a"))
    assert jobs.gone(None)
