"""Replies before they are HTTP."""

from __future__ import annotations

import pytest
from stepwise.answering.jobs import accepted
from stepwise.answering.outcomes import CacheUse
from stepwise.api.reply import cache_status, reply_to
from support.scene import PRESENTATION, Scene, answer, caller, made_run, plan_of


def test_a_202_says_where_to_look_and_when() -> None:
    scene = Scene()
    shared = scene.deps.shared
    assert shared is not None
    scene.table.put({"pk": "pace", "sk": "pace", "seconds": 8.0})
    body = answer(scene.deps, plan_of(), PRESENTATION, caller(scene, respond_async=True)).body
    job = shared.jobs.get(body["id"], "partner-a")
    run = shared.runs.get(job.run_id)
    assert run is not None

    reply = reply_to(accepted(scene.deps, shared, job, run, CacheUse()))

    assert reply.status == 202
    assert reply.body == {
        "id": job.id,
        "status": "queued",
        "queue_position": 0,
        "status_url": f"/v1/jobs/{job.id}",
    }
    assert reply.headers == {
        "Location": f"/v1/jobs/{job.id}",
        "Retry-After": "8",
        "Cache-Status": "stepwise; fwd=miss",
    }


def test_a_run_that_is_worked_on_has_no_position() -> None:
    scene = Scene()
    shared = scene.deps.shared
    assert shared is not None
    run = made_run(shared, scene.table, "r", plan_of())

    job = shared.jobs.create("job_t", owner="partner-a", kind="solve", run_id="r", presentation=PRESENTATION)

    assert accepted(scene.deps, shared, job, run, CacheUse()).queue_position is None


def test_a_client_is_never_told_to_come_back_later_than_in_half_a_minute() -> None:
    scene = Scene()
    assert scene.deps.shared is not None
    scene.table.put({"pk": "pace", "sk": "pace", "seconds": 500.0})

    reply = answer(scene.deps, plan_of(), PRESENTATION, caller(scene, respond_async=True))

    assert reply.headers["Retry-After"] == "30"


@pytest.mark.parametrize(("ttl", "value"), [(12.4, "stepwise; hit; ttl=12"), (-3, "stepwise; hit; ttl=0")])
def test_cache_status_of_a_hit(ttl: float, value: str) -> None:
    assert cache_status(CacheUse(hit=True, ttl=ttl)) == value


def test_cache_status_of_a_miss() -> None:
    assert cache_status(CacheUse()) == "stepwise; fwd=miss"
    assert cache_status(CacheUse(stored=True)) == "stepwise; fwd=miss; stored"
    assert cache_status(CacheUse(collapsed=True)) == "stepwise; fwd=miss; collapsed"
    assert cache_status(CacheUse(bypassed=True)) == "stepwise; fwd=bypass"
