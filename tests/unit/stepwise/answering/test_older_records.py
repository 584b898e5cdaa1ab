"""Records that an earlier release wrote are read, so that both can run while a deployment goes on.

``tests/data/records/53c3c22.json`` is the whole table of a release whose records had no version: two answers handed
over half-written (one of them the second, after a refutation), one that had ended, a cached answer, an idempotent
reply. Its texts are those of :func:`support.scene.answer_to`.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from stepwise.answering.drafting.draft import Draft
from stepwise.answering.verification import NoChecker
from stepwise.answering.work import Progress
from stepwise.answering.worker import Message, process_message
from stepwise.api.idempotency import Idempotency
from stepwise.api.reply import Reply
from stepwise.coordination.coordination import Coordination
from stepwise.plan import Plan
from stepwise.storage.packing import VERSION, NewerRecord
from support.scene import PRESENTATION, Scene, answer, caller, plan_of, solution_of

RECORDS = json.loads((Path(__file__).parents[3] / "data/records/53c3c22.json").read_text("utf-8"))


def value_of(stored: Any) -> Any:
    match stored:
        case {"$bytes": text}:
            return base64.b64decode(text)
        case {"$set": members}:
            return set(members)
        case dict():
            return {name: value_of(each) for name, each in stored.items()}
    return stored


@pytest.fixture
def scene() -> Scene:
    scene = Scene()
    scene.clock.advance(RECORDS["now"] - scene.clock())
    for item in RECORDS["items"]:
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


def test_an_answer_that_was_handed_over_is_gone_on_with(scene: Scene) -> None:
    result = carry_on(scene, RECORDS["waiting_job"])

    assert result["solution"] == solution_of("waiting")
    assert scene.model.calls[0].prefill
    assert scene.model.produced["waiting"] == result["usage"]["completion_tokens"] - 21


def test_a_second_answer_still_knows_that_the_first_was_refuted_and_not_by_what(scene: Scene) -> None:
    result = carry_on(scene, RECORDS["second_job"])

    messages = scene.model.calls[0].messages
    assert "An independent check does not agree" in messages[-1]["content"]
    assert not any("41 is not 42" in message["content"] for message in messages)
    assert result["verification"]["status"] == "verified"
    assert result["usage"]["completion_tokens"] == 2 * 63


def test_an_answer_that_had_ended_is_there_for_its_job(scene: Scene) -> None:
    shared = shared_of(scene)
    job = shared.jobs.get(RECORDS["done_job"], "partner-a")
    run = shared.runs.get(job.run_id)

    assert job.presentation["problem"] == "done"
    assert run is not None
    assert run.result is not None
    assert run.result["solution"] == solution_of("done")


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


def test_a_run_of_a_later_format_is_left_to_the_release_that_can_read_it(scene: Scene) -> None:
    shared = shared_of(scene)
    run_id = shared.jobs.get(RECORDS["waiting_job"], "partner-a").run_id
    scene.table.update(f"run#{run_id}", "run", set={"version": VERSION + 1})

    with pytest.raises(NewerRecord):
        process_message(scene.environment(), shared, Message(run_id, lambda _: None), remaining=lambda: 900.0)

    assert scene.table.get(f"run#{run_id}", "run", consistent=True)["status"] == "queued"  # type: ignore[index]
