"""Who may do what to the table and the queue, by the policies of template.yaml."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from stepwise.answering.maintenance import sweep
from stepwise.answering.tasks import Presentation
from stepwise.answering.worker import Message, fail_dead_letter, process_message
from stepwise.api.event_stream import stream
from stepwise.api.idempotency import Idempotency
from stepwise.config import Settings
from stepwise.errors import ModelUnavailable, NotFound
from stepwise.plan import Plan
from support.rights import FUNCTIONS, GuardedScene, keys_of, may, statements
from support.scene import answer, caller, cancel_job, look_up

WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_right_is_wider_than_its_use(function: str) -> None:
    for statement in statements(function):
        assert "*" not in "".join(statement["Action"])
        assert statement["Resource"] in [
            {"Fn::GetAtt": ["Table", "Arn"]},
            {"Fn::GetAtt": ["Queue", "Arn"]},
        ], statement["Sid"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_right_to_the_table_is_bound_to_keys(function: str) -> None:
    for statement in statements(function):
        if any(action.startswith("dynamodb:") for action in statement["Action"]):
            assert statement["Resource"] == {"Fn::GetAtt": ["Table", "Arn"]}
            assert keys_of(statement)
            assert "*" not in keys_of(statement)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nobody_may_read_the_whole_table_or_change_it(function: str) -> None:
    rights = {action for statement in statements(function) for action in statement["Action"]}

    # ForAllValues holds where a request names no key at all, as a scan does: it must not be allowed in the first place.
    assert rights <= {
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
        *WRITES,
        "dynamodb:ConditionCheckItem",
        "sqs:SendMessage",
        "sqs:ChangeMessageVisibility",
    }


def test_what_only_reads_a_header_may_do_nothing() -> None:
    authorizers = [name for name in FUNCTIONS if "Authorizer" in name]

    assert authorizers
    assert [name for name in authorizers if list(statements(name))] == []


@pytest.mark.parametrize("key", ["answer#0", "job#0", "idempotency#0"])
def test_the_warm_up_writes_no_answers_and_no_jobs(key: str) -> None:
    assert not [action for action in WRITES if may("WarmupFunction", action, key)]


@pytest.mark.parametrize("key", ["answer#0", "run#0", "job#0", "idempotency#0", "queue", "slots"])
def test_the_status_sees_nothing_of_anybody(key: str) -> None:
    assert not [
        action
        for action in (*WRITES, "dynamodb:GetItem", "dynamodb:Query")
        if may("StatusFunction", action, key)
    ]


def test_a_chat_is_never_in_the_shared_cache() -> None:
    assert not may("ChatFunction", "dynamodb:PutItem", "answer#0")
    assert not may("ChatFunction", "dynamodb:GetItem", "answer#0")


@pytest.mark.parametrize("action", [*WRITES, "dynamodb:GetItem", "dynamodb:Query"])
def test_who_asks_for_a_job_gets_at_neither_the_cache_nor_idempotency_keys(action: str) -> None:
    assert not may("JobsFunction", action, "answer#0")
    assert not may("JobsFunction", action, "idempotency#0")


@pytest.mark.parametrize("action", [*WRITES, "dynamodb:GetItem"])
def test_the_worker_has_no_use_for_idempotency_keys(action: str) -> None:
    assert not may("WorkerFunction", action, "idempotency#0")


def test_those_who_answer_may_store_answers() -> None:
    # The other side of the tests above: this reading of policies can tell a right from none.
    for function in ("SolveFunction", "AnalyzeFunction", "WorkerFunction"):
        assert may(function, "dynamodb:PutItem", "answer#0")


# The same policies are enough: the parts of the bundle at their work, each held to its function's rights.

PRESENTATION = {"include_reasoning": False, "verify": False, "problem": "q", "text": "q", "stream": False}


def _plan(kind: str = "solve") -> Plan:
    subject = {"problem": "q", "language": "en", "steps": True, "verify": False, "condensed": None}
    return Plan(
        kind=kind,
        messages=({"role": "user", "content": "@q@"},),
        model="m",
        options={},
        num_predict=1_000,
        key="key-q" if kind == "solve" else "",
        store=kind == "solve",
        subject=subject,
    )


def _job(scene: GuardedScene, **preferences: Any) -> Any:
    with scene.acting("SolveFunction"):
        return answer(
            scene.environment(), _plan(), PRESENTATION, caller(scene, respond_async=True, **preferences)
        ).body["id"]


def _work(scene: GuardedScene, *, remaining: float = 900.0) -> None:
    end = scene.clock() + remaining
    with scene.acting("WorkerFunction"):
        for message in list(scene.queue.messages):
            scene.queue.messages.remove(message)
            process_message(
                scene.environment(),
                _shared(scene),
                Message(message.run_id, lambda _: None),
                remaining=lambda: end - scene.clock(),
            )


def _shared(scene: GuardedScene) -> Any:
    return scene.deps.shared


def _status(scene: GuardedScene, job: str) -> Any:
    with scene.acting("JobsFunction"):
        return look_up(scene.deps, _shared(scene), job, "partner-a", until=0, instance="i").body["status"]


def _answered_at_once(scene: GuardedScene) -> None:
    for function in ("SolveFunction", "AnalyzeFunction"):
        with scene.acting(function):
            assert answer(scene.environment(), _plan(), PRESENTATION, caller(scene)).status == 200
    with scene.acting("ChatFunction"):
        presentation = {**PRESENTATION, "temperature": 0.8, "top_p": 0.95}
        assert answer(scene.environment(), _plan("chat"), presentation, caller(scene)).status == 200


def _answered_by_a_worker(scene: GuardedScene) -> None:
    job = _job(scene)
    assert _status(scene, job) == "queued"
    _work(scene, remaining=16.5)
    scene.clock.advance(61)
    _work(scene)
    assert _status(scene, job) == "succeeded"


def _answered_in_two_parts(scene: GuardedScene) -> None:
    with scene.acting("SolveFunction"):
        job = answer(scene.environment(), _plan(), PRESENTATION, caller(scene, wait=1.0)).body["id"]
    scene.clock.advance(5)
    _work(scene)
    assert _status(scene, job) == "succeeded"


def _kept_out_of_the_cache(scene: GuardedScene) -> None:
    for function in ("SolveFunction", "AnalyzeFunction", "ChatFunction"):
        with scene.acting(function):
            plan = replace(_plan(), key="", store=False)
            assert (
                answer(scene.environment(), plan, PRESENTATION, caller(scene, no_store=True, wait=1.0)).status
                == 202
            )
    scene.clock.advance(5)
    _work(scene)
    assert scene.queue.messages == []


def _streamed(scene: GuardedScene) -> None:
    with scene.acting("SolveFunction"):
        response = stream(scene.environment(), _plan(), Presentation(problem="q"), caller(scene), "i")
        assert b"event: done" in b"".join(response.body)


def _asked_twice_with_one_key(scene: GuardedScene) -> None:
    with scene.acting("SolveFunction"):
        for _ in range(2):
            once = Idempotency(scene.table, clock=scene.clock, patience=60.0)
            reply = once.once(
                "partner-a",
                "k",
                b"request",
                lambda: answer(scene.environment(), _plan(), PRESENTATION, caller(scene, respond_async=True)),
            )
            assert reply.status == 202
    assert len(scene.queue.messages) == 1


def _cancelled(scene: GuardedScene) -> None:
    job = _job(scene)
    with scene.acting("JobsFunction"):
        assert cancel_job(_shared(scene), job, "partner-a", instance="i").body["status"] == "cancelled"
    _work(scene)
    assert _status(scene, job) == "cancelled"


def _healed_by_who_looks(scene: GuardedScene) -> None:
    job = _job(scene)
    scene.queue.messages.clear()
    scene.clock.advance(120)
    assert _status(scene, job) == "queued"
    assert len(scene.queue.messages) == 1


def _healed_by_the_schedule(scene: GuardedScene) -> None:
    _job(scene)
    scene.queue.messages.clear()
    scene.clock.advance(120)
    with scene.acting("WarmupFunction"):
        assert sweep(scene.deps, _shared(scene)) == 1
    assert len(scene.queue.messages) == 1


def _given_up(scene: GuardedScene) -> None:
    job = _job(scene)
    (message,) = scene.queue.messages
    with scene.acting("WorkerFunction"):
        fail_dead_letter(scene.deps, _shared(scene), message.run_id)
    assert _status(scene, job) == "failed"


def _tried_again_when_the_host_is_back(scene: GuardedScene) -> None:
    def gone(_: int) -> None:
        raise ModelUnavailable(retry_after=1)

    job = _job(scene)
    scene.model.at_token = gone
    _work(scene)
    scene.model.at_token = lambda _: None
    scene.clock.advance(61)
    _work(scene)
    assert _status(scene, job) == "succeeded"


def _asked_whether_it_is_ready(scene: GuardedScene) -> None:
    with scene.acting("StatusFunction"):
        scene.table.get("health", "health")


@pytest.mark.parametrize(
    "scenario",
    [
        _answered_at_once,
        _answered_by_a_worker,
        _answered_in_two_parts,
        _kept_out_of_the_cache,
        _streamed,
        _asked_twice_with_one_key,
        _cancelled,
        _healed_by_who_looks,
        _healed_by_the_schedule,
        _given_up,
        _tried_again_when_the_host_is_back,
        _asked_whether_it_is_ready,
    ],
    ids=lambda scenario: scenario.__name__.strip("_"),
)
def test_every_function_may_do_what_it_does(scenario: Callable[[GuardedScene], None]) -> None:
    scene = GuardedScene(Settings(model_slots=2, max_queued=5))

    try:
        scenario(scene)
    finally:
        assert scene.denied == set()


def test_what_is_not_allowed_is_noticed() -> None:
    scene = GuardedScene(Settings(model_slots=2, max_queued=5))
    job = _job(scene)

    with scene.acting("StatusFunction"), pytest.raises(Exception, match="not allowed"):
        look_up(scene.deps, _shared(scene), job, "partner-a", until=0, instance="i")

    assert scene.denied == {"StatusFunction dynamodb:GetItem job"}


def test_another_partners_job_is_one_that_does_not_exist() -> None:
    scene = GuardedScene(Settings(model_slots=2, max_queued=5))
    job = _job(scene)

    with scene.acting("JobsFunction"):
        with pytest.raises(NotFound):
            look_up(scene.deps, _shared(scene), job, "partner-b", until=0, instance="i")
        with pytest.raises(NotFound):
            cancel_job(_shared(scene), job, "partner-b", instance="i")
    assert _status(scene, job) == "queued"
