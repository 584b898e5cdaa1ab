"""What becomes of a run when its owner's work ends, for every kind of owner and every kind of end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from stepwise.answering.joining import begin
from stepwise.answering.owner_life import Client, Decision, NoFreeSlot, Worker, decide, owned
from stepwise.answering.work import Progress
from stepwise.coordination.runs import RunLost
from stepwise.errors import (
    GenerationBroken,
    InternalError,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    QueueFull,
)
from support.scene import Scene, plan_of

PATIENT = Client("job_1", takes_job=True)
LEAVING = Client("job_1", takes_job=False)
WORKER = Worker(deadline=100.0)


@pytest.mark.parametrize(
    ("error", "patient", "leaving", "worker"),
    [
        (RunLost("r"), Decision.RELEASE, Decision.RELEASE, Decision.RELEASE),
        (ModelTimeout(), Decision.HAND_OVER, Decision.ABANDON, Decision.RETRY),
        (ModelUnavailable(), Decision.ABANDON, Decision.ABANDON, Decision.RETRY),
        (GenerationBroken(), Decision.ABANDON, Decision.ABANDON, Decision.RETRY),
        (ModelError(), Decision.FAIL, Decision.FAIL, Decision.FAIL),
        (QueueFull(), Decision.ABANDON, Decision.ABANDON, Decision.FAIL),
        (NoFreeSlot(), Decision.HAND_OVER, Decision.HAND_OVER, Decision.EXPIRE),
        (ValueError(), Decision.FAIL, Decision.FAIL, Decision.EXPIRE),
        (GeneratorExit(), Decision.ABANDON, Decision.ABANDON, Decision.EXPIRE),
    ],
)
def test_each_end_has_its_decision(
    error: BaseException, patient: Decision, leaving: Decision, worker: Decision
) -> None:
    assert decide(error, PATIENT, 50.0) == patient
    assert decide(error, LEAVING, 50.0) == leaving
    assert decide(error, WORKER, 50.0) == worker


def test_a_worker_whose_own_time_is_up_hands_over_at_once() -> None:
    assert decide(ModelTimeout(), WORKER, 99.6) == Decision.HAND_OVER
    assert decide(ModelTimeout(), WORKER, 99.4) == Decision.RETRY


def ownership_in(scene: Scene) -> Any:
    assert scene.deps.shared is not None
    begun = begin(scene.deps, scene.deps.shared, plan_of(), group="g", waiter_id="job_1", since=scene.clock())
    assert begun.ownership is not None
    return begun.ownership


@pytest.mark.parametrize(
    ("error", "status"),
    [(ModelTimeout(), "queued"), (ModelError(), "failed"), (ValueError("private"), "failed")],
)
def test_a_request_that_ends_without_an_answer_leaves_its_run_with_somebody(
    error: Exception, status: str
) -> None:
    scene = Scene()
    ownership = ownership_in(scene)

    try:
        with owned(scene.deps, ownership, Progress(), PATIENT):
            raise error
    except type(error):
        assert status == "failed"

    assert scene.run["status"] == status
    assert scene.items("slots") == []
    assert len(scene.queue.messages) == (status == "queued")


def test_a_bug_is_an_internal_error_to_those_who_wait() -> None:
    scene = Scene()

    with (
        pytest.raises(ValueError, match="private"),
        owned(scene.deps, ownership_in(scene), Progress(), PATIENT),
    ):
        raise ValueError("private")

    assert scene.run["error"]["code"] == InternalError.code
    assert "private" not in str(scene.run["error"])


def test_after_its_end_a_run_is_left_alone_when_the_client_goes() -> None:
    scene = Scene()
    ownership = ownership_in(scene)

    def stream() -> Iterator[str]:
        with owned(scene.deps, ownership, Progress(), LEAVING) as succeed:
            succeed({"solution": "42", "finish_reason": "length", "usage": {"duration_ms": 5}})
            yield "done"

    pieces = stream()
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]

    assert scene.run["status"] == "succeeded"
