"""Records that an earlier release wrote are read, so that both can run while a deployment goes on.

``tests/data/records/`` has whole tables: of 53c3c22, whose records had no version, and of db821c6, the last release whose
steps were several writes. Each has two answers handed over half-written (one of them the second, after a refutation), one
that had ended, a cached answer and an idempotent reply; the later one also an answer whose owner died, with a slot and a
place, and a run that was not admitted yet. Their texts are those of :func:`support.scene.answer_to`.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from stepwise.answering.drafting.draft import Draft
from stepwise.answering.maintenance import sweep
from stepwise.answering.verification import NoChecker
from stepwise.answering.work import Progress
from stepwise.answering.worker import Message, process_message
from stepwise.api.idempotency import Idempotency
from stepwise.api.reply import Reply
from stepwise.coordination.coordination import Coordination
from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.plan import Plan
from stepwise.storage.packing import VERSION, NewerRecord
from support.scene import PRESENTATION, Scene, answer, answer_to, caller, plan_of, solution_of, work

FOLDER = Path(__file__).parents[3] / "data/records"
RELEASES = ("53c3c22", "db821c6")


def value_of(stored: Any) -> Any:
    match stored:
        case {"$bytes": text}:
            return base64.b64decode(text)
        case {"$set": members}:
            return set(members)
        case dict():
            return {name: value_of(each) for name, each in stored.items()}
    return stored


@pytest.fixture(params=RELEASES)
def records(request: pytest.FixtureRequest) -> Any:
    return json.loads((FOLDER / f"{request.param}.json").read_text("utf-8"))


@pytest.fixture
def scene(records: Any) -> Scene:
    scene = Scene()
    scene.clock.advance(records["now"] - scene.clock())
    for item in records["items"]:
        scene.table.put(value_of(item))
    return scene


def shared_of(scene: Scene) -> Coordination:
    shared = scene.environment().shared
    assert shared is not None
    return shared


class Verifies(NoChecker):
    def run(self, task: str, payload: dict[str, Any]) -> dict[str, Any]:
        return {"status": "verified", "method": "substitution", "detail": "It fits."}


def carry_on(scene: Scene, job_id: str) -> Any:
    """Let a worker have the run of a job; the result, by the job's own words."""
    shared = shared_of(scene)
    job = shared.jobs.get(job_id, "partner-a")
    deps = replace(scene.environment(), checker=Verifies())
    process_message(deps, shared, Message(job.run_id, lambda _: None), remaining=lambda: 900.0)
    run = shared.runs.get(job.run_id)
    assert run is not None
    assert run.status == "succeeded"
    return run.result


def test_an_answer_that_was_handed_over_is_gone_on_with(scene: Scene, records: Any) -> None:
    result = carry_on(scene, records["waiting_job"])

    assert result["solution"] == solution_of("waiting")
    assert scene.model.calls[0].prefill
    assert scene.model.produced["waiting"] == result["usage"]["completion_tokens"] - 21


def test_a_second_answer_still_knows_that_the_first_was_refuted_and_not_by_what(
    scene: Scene, records: Any
) -> None:
    result = carry_on(scene, records["second_job"])

    messages = scene.model.calls[0].messages
    assert "An independent check does not agree" in messages[-1]["content"]
    assert not any("41 is not 42" in message["content"] for message in messages)
    assert result["verification"]["status"] == "verified"
    assert result["usage"]["completion_tokens"] == 2 * 63


def test_an_answer_that_had_ended_is_there_for_its_job(scene: Scene, records: Any) -> None:
    shared = shared_of(scene)
    job = shared.jobs.get(records["done_job"], "partner-a")
    run = shared.runs.get(job.run_id)

    assert job.presentation["problem"] == "done"
    assert run is not None
    assert run.result is not None
    assert run.result["solution"] == solution_of("done")


@pytest.mark.parametrize("records", RELEASES[1:], indirect=True)
def test_an_answer_whose_owner_died_is_gone_on_with_and_nothing_stays_taken(
    scene: Scene, records: Any
) -> None:
    scene.clock.advance(LEASE_SECONDS + 1)

    result = carry_on(scene, records["dying_job"])

    assert result["solution"] == solution_of("dying")
    now = round(scene.clock() * 1000)
    left = [item for pk in ("slots", "queue", "taken") for item in scene.items(pk) if item["until"] >= now]
    assert {item["run_id"] for item in left} == {
        shared_of(scene).jobs.get(records[job], "partner-a").run_id for job in ("waiting_job", "second_job")
    }


@pytest.mark.parametrize("records", RELEASES[1:], indirect=True)
def test_a_run_that_was_not_admitted_when_its_owner_died_is_taken_over(scene: Scene, records: Any) -> None:
    presentation = {**PRESENTATION, "problem": "early"}

    reply = answer(scene.environment(), plan_of("early"), presentation, caller(scene))

    assert reply.body["solution"] == solution_of("early")
    assert scene.model.produced["early"] == len(answer_to("early"))


@pytest.mark.parametrize("records", RELEASES[1:], indirect=True)
def test_the_sweep_frees_the_places_of_that_release(scene: Scene, records: Any) -> None:
    for job in ("waiting_job", "second_job"):
        carry_on(scene, records[job])
    scene.clock.advance(LEASE_SECONDS + 60)

    sweep(scene.environment(), shared_of(scene))
    work(scene)
    sweep(scene.environment(), shared_of(scene))

    assert scene.items("queue") == scene.items("taken") == []


def test_a_cached_answer_is_a_hit(scene: Scene) -> None:
    presentation = {**PRESENTATION, "problem": "done"}
    reply = answer(scene.environment(), plan_of("done"), presentation, caller(scene))

    assert (reply.status, reply.body["cached"]) == (200, True)
    assert reply.body["solution"] == solution_of("done")
    assert scene.model.calls == []


def test_an_idempotent_reply_comes_again(scene: Scene) -> None:
    idempotency = Idempotency(scene.table, clock=scene.clock, patience=60.0)

    reply = idempotency.once("partner-a", "key-1", b"body", lambda: pytest.fail("computed again"))

    assert reply == Reply(202, {"id": "job_x", "text": "π"}, {"Location": "/v1/jobs/job_x"})


def test_fields_of_a_later_release_are_left_out_and_missing_ones_have_their_defaults() -> None:
    plan = plan_of("q")
    progress = Progress(Draft("text", 3), wrong="w")

    assert Plan.from_dict({**plan.as_dict(), "priority": 1}) == plan
    assert Plan.from_dict({k: v for k, v in plan.as_dict().items() if k != "options"}) == plan
    assert Progress.from_dict({**progress.as_dict(), "seen": 1}) == progress
    assert Progress.from_dict({"draft": {"text": "text", "tokens": 3, "new": 1}, "wrong": "w"}) == progress
    assert Progress.from_dict({}) == Progress()


def test_a_run_of_a_later_format_is_left_to_the_release_that_can_read_it(scene: Scene, records: Any) -> None:
    shared = shared_of(scene)
    run_id = shared.jobs.get(records["waiting_job"], "partner-a").run_id
    scene.table.update(f"run#{run_id}", "run", set={"version": VERSION + 1})

    with pytest.raises(NewerRecord):
        process_message(scene.environment(), shared, Message(run_id, lambda _: None), remaining=lambda: 900.0)

    assert scene.table.get(f"run#{run_id}", "run", consistent=True)["status"] == "queued"  # type: ignore[index]
