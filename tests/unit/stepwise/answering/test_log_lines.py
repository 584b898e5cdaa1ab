"""What happens to an answer leaves lines that operators can follow, and no line holds anybody's text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from stepwise.answering.stream import live
from stepwise.answering.tasks import Presentation
from stepwise.answering.verification import CheckNotRun
from stepwise.config import Settings
from stepwise.errors import GenerationBroken, ModelError, ModelUnavailable, QueueFull, StepwiseError
from stepwise.observability import correlated, observing
from stepwise.ollama.client import OllamaClient
from support.log_lines import LogLines, reading_log
from support.scene import PRESENTATION, Scene, answer, caller, cancel_job, plan_of, take_slot, work

RUNBOOK = Path(__file__).parents[4] / "infra/RUNBOOK.md"


class Says:
    """A checker that gives *found*, or raises it."""

    def __init__(self, found: dict[str, Any] | CheckNotRun) -> None:
        self._found = found

    def start(self, task: str) -> None:
        return

    def run(self, task: str, payload: dict[str, Any]) -> dict[str, Any]:
        if isinstance(self._found, CheckNotRun):
            raise self._found
        return self._found


@pytest.fixture
def log() -> Iterator[LogLines]:
    with reading_log() as lines:
        yield lines


@pytest.fixture
def scene() -> Scene:
    return Scene()


def ask(scene: Scene, **prefer: Any) -> Any:
    who = replace(caller(scene, **prefer), correlation_id="first-request")
    return answer(scene.environment(), plan_of(), PRESENTATION, who)


def fails_with(scene: Scene, error: StepwiseError) -> None:
    def at(_: int) -> None:
        raise error

    scene.model.at_token = at


def out_of_memory() -> ModelError:
    error = ModelError()
    error.reason = "status_500:out_of_memory"
    return error


def line(lines: list[dict[str, Any]], message: str) -> dict[str, Any]:
    (found,) = [each for each in lines if each["message"] == message]
    return found


def test_a_run_that_fails_in_a_worker_says_why_under_its_request_and_its_job(
    scene: Scene, log: LogLines
) -> None:
    fails_with(scene, out_of_memory())
    job_id = ask(scene, respond_async=True).body["id"]
    log.read()

    work(scene)

    failed = line(log.read(), "run failed")
    assert (failed["code"], failed["reason"]) == ("model_error", "status_500:out_of_memory")
    assert (failed["correlation_id"], failed["jobs"]) == ("first-request", job_id)
    assert failed["run_id"] == scene.run["pk"].removeprefix("run#")


def test_a_run_that_fails_in_a_stream_says_why(scene: Scene, log: LogLines) -> None:
    fails_with(scene, out_of_memory())

    with pytest.raises(ModelError):
        list(live(scene.environment(), plan_of(), Presentation(problem="q"), caller(scene)))

    failed = line(log.read(), "run failed")
    assert (failed["code"], failed["reason"]) == ("model_error", "status_500:out_of_memory")


def test_a_hand_over_a_retry_and_a_taking_over_have_lines(scene: Scene, log: LogLines) -> None:
    ask(scene, wait=1.0)
    fails_with(scene, ModelUnavailable())
    work(scene)

    lines = log.read()
    assert line(lines, "run created")["jobs"].startswith("job_")
    handed, again = [each for each in lines if each["message"] == "run handed over"]
    assert handed["tokens"] > 0
    assert line(lines, "run taken over")["tokens"] == handed["tokens"]
    retried = line(lines, "run retried later")
    assert (retried["code"], retried["reason"]) == ("model_unavailable", "ModelUnavailable")
    assert retried["delay_s"] == again["delay_s"] >= 1


def test_a_question_that_is_refused_or_joined_or_known_has_a_line(log: LogLines) -> None:
    scene = Scene(Settings(model_slots=1, max_queued=0))
    assert take_slot(scene.deps.shared) is not None

    with pytest.raises(QueueFull):
        ask(scene)

    refused = line(log.read(), "queue refused")
    assert refused["retry_after"] >= 1


def test_a_stream_that_finds_no_slot_is_refused_with_a_line(
    scene: Scene, log: LogLines, monkeypatch: pytest.MonkeyPatch
) -> None:
    deps = scene.environment()
    assert deps.shared is not None
    monkeypatch.setattr(deps.shared.slots, "free_in", lambda keys, items: [])
    monkeypatch.setattr(deps.shared.slots, "find", list)

    with pytest.raises(QueueFull):
        list(live(deps, plan_of(), Presentation(problem="q"), caller(scene)))

    assert line(log.read(), "queue refused")["retry_after"] >= 1


@pytest.mark.parametrize("streamed", [False, True])
def test_a_run_whose_last_client_leaves_is_cancelled_with_a_line(
    scene: Scene, log: LogLines, *, streamed: bool
) -> None:
    if streamed:
        pieces = live(scene.environment(), plan_of(), Presentation(problem="q"), caller(scene))
        next(piece for piece in pieces if piece is not None)
        pieces.close()
    else:
        job_id = ask(scene, respond_async=True).body["id"]
        assert scene.deps.shared is not None
        cancel_job(scene.deps.shared, job_id, "partner-a", instance="i")

    assert line(log.read(), "run cancelled")["run_id"]


def test_a_check_says_what_it_found_and_how_long_it_took(scene: Scene, log: LogLines) -> None:
    found = {"status": "verified", "method": "substitution", "detail": "It holds for 42."}
    deps = replace(scene.environment(), checker=Says(found))

    answer(deps, plan_of(verify=True), {**PRESENTATION, "verify": True}, caller(scene))

    checked = line(log.read(), "checked")
    assert (checked["task"], checked["status"], checked["method"]) == (
        "mathematics",
        "verified",
        "substitution",
    )
    assert checked["ms"] >= 0
    assert "It holds" not in json.dumps(checked)


def test_a_check_that_was_killed_says_why(scene: Scene, log: LogLines) -> None:
    killed = CheckNotRun("memory", "the check reached its memory limit")
    deps = replace(scene.environment(), checker=Says(killed))

    answer(deps, plan_of(verify=True), {**PRESENTATION, "verify": True}, caller(scene))

    failed = line(log.read(), "a check was not run")
    assert (failed["cause"], failed["reason"]) == ("memory", "the check reached its memory limit")


def test_one_correlation_id_is_on_every_line_from_the_request_to_the_end_of_its_job(
    scene: Scene, log: LogLines
) -> None:
    said = [{"message": {"content": word}, "done": False} for word in (r"It is $\boxed{", "42}$.")]
    said.append({"message": {"content": ""}, "done": True, "done_reason": "stop", "eval_count": 2})  # type: ignore[dict-item]
    content = "".join(json.dumps(each) + "\n" for each in said)
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text=content))
    deps = replace(
        scene.environment(),
        model=OllamaClient(scene.settings, transport=transport, clock=scene.clock, sleep=scene.clock.sleep),
        checker=Says({"status": "verified", "method": "substitution", "detail": "d"}),
    )
    with observing({"headers": {"X-Correlation-Id": "first-request"}}, None, function="solve"):
        job_id = ask(scene, respond_async=True).body["id"]
    requested = log.read()

    work(scene, deps=deps)

    worked = log.read()
    assert [each["message"] for each in requested] == ["run created", "run handed over", "done"]
    assert [each["message"] for each in worked] == [
        "run taken over",
        "generation began",
        "generation ended",
        "checked",
        "run succeeded",
    ]
    assert {each["correlation_id"] for each in requested + worked} == {"first-request"}
    assert {each["jobs"] for each in worked} == {job_id}


def test_each_answer_says_what_the_cache_decided(scene: Scene, log: LogLines) -> None:
    preferences: list[dict[str, Any]] = [{}, {}, {"no_cache": True}]
    for prefer in preferences:
        with observing({}, None):
            ask(scene, **prefer)

    assert [each["cache"] for each in log.read() if each["message"] == "done"] == ["miss", "hit", "bypass"]


def test_a_dead_letter_says_whose_job_it_was(scene: Scene, log: LogLines) -> None:
    from stepwise.answering.worker import fail_dead_letter

    job_id = ask(scene, respond_async=True).body["id"]
    log.read()
    assert scene.deps.shared is not None

    fail_dead_letter(scene.deps, scene.deps.shared, scene.queue.messages[0].run_id)

    failed = line(log.read(), "run failed")
    assert (failed["reason"], failed["jobs"], failed["correlation_id"]) == (
        "dead_letter",
        job_id,
        "first-request",
    )


def test_no_line_holds_the_question_or_the_answer(scene: Scene, log: LogLines) -> None:
    ask(scene, wait=1.0)
    scene.model.at_token = lambda number: (_ for _ in ()).throw(GenerationBroken()) if number == 3 else None
    work(scene)
    ask(scene)

    text = json.dumps(log.read())
    assert "boxed" not in text
    assert "@q@" not in text


def test_the_runbooks_query_names_fields_that_the_lines_have(scene: Scene, log: LogLines) -> None:
    (query,) = re.findall(r"```\n(fields @timestamp, message.*?)```", RUNBOOK.read_text("utf-8"), re.DOTALL)
    named = set(re.findall(r"\b[a-z_]+\b", query.split("|")[0].replace("@timestamp", ""))) - {"fields"}
    named.add(re.findall(r"filter (\w+) like", query)[0])
    fails_with(scene, ModelUnavailable())
    ask(scene, respond_async=True)
    seen: set[str] = set()
    with correlated("", function="worker"):
        for _ in range(12):
            work(scene)
            scene.clock.advance(120)
    lines = log.read()
    for each in lines:
        seen |= set(each)

    assert line(lines, "run failed")["code"] == "model_unavailable"
    assert {"code", "reason", "jobs", "correlation_id", "message"} <= named <= seen
