"""A thinking that never ends gives an answer, over the real stack: at each effort, each way, and wherever it is cut."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import httpx
import pytest
from stepwise.prompts import answer_start
from support.drills import App, drilled_stack
from support.hosts.model_host import Fault, ModelHost, tokens_of

LOW, MEDIUM, RESERVE, CONTEXT = 120, 240, 200, 2_048
LETTERS = str.maketrans("0123456789", "abcdefghij")
ANSWER = (
    answer_start("solve", "en").strip()
    + "\n\nA product of two numbers.\n\n## Steps\n\n1. **Multiply**: six times seven is forty-two.\n\n"
    + "## Answer\n\n$\\boxed{42}$"
)
WRITTEN = len(tokens_of(ANSWER)) - len(tokens_of(answer_start("solve", "en").strip()))
"""Tokens of the answer behind its start, which the host does not write when the thinking is closed by prefill."""
CHAT = "Six times seven is forty-two, which is the answer to that question."


def endless(body: dict[str, Any]) -> list[str]:
    """A thinking without an end; behind its closing tag the answer of the task that was asked for."""
    last = body["messages"][-1]
    head, closed, tail = last["content"].partition("</think>")
    if last["role"] == "assistant" and closed:
        answer = ANSWER if tail.strip().startswith("##") else CHAT
        return [head + closed, *tokens_of("\n\n" + answer)]
    return ["<think>", *map(word, range(4_000))]


def word(number: int) -> str:
    """One token, also where the host reads it in a prompt: letters only."""
    return " w" + str(number).translate(LETTERS)


def thought(count: int) -> str:
    return "".join(map(word, range(count))).strip()


@pytest.fixture(scope="module")
def scripted() -> Iterator[ModelHost]:
    with ModelHost(endless) as host:
        yield host


@pytest.fixture(scope="module")
def app(scripted: ModelHost) -> Iterator[App]:
    settings = {
        "NUM_CTX": CONTEXT,
        "NUM_PREDICT": 800,
        "THINKING_BUDGET_LOW": LOW,
        "THINKING_BUDGET_MEDIUM": MEDIUM,
        "ANSWER_RESERVE": RESERVE,
        "IDLE_TIMEOUT_SECONDS": 5,
    }
    with drilled_stack(scripted.url, **{name: str(value) for name, value in settings.items()}) as stack:
        app = App(stack.base_url, stack=stack)
        # What the warm-up asks the host once is not to be counted.
        until(lambda: any(request["messages"] for request in scripted.requests))
        yield app
        app.http.close()


@pytest.fixture
def host(scripted: ModelHost) -> Iterator[ModelHost]:
    """The scripted model host, well again after each test."""
    scripted.tokens_per_second = 2_000
    scripted.requests.clear()
    yield scripted
    scripted.script, scripted.always = endless, None


def asked(app: App, problem: str, effort: str = "low", prefer: str = "", **more: Any) -> httpx.Response:
    body = {"problem": problem, "verify": False, "effort": effort, "include_reasoning": True, **more}
    return app.http.post("/v1/math/solve", json=body, headers={"Prefer": prefer} if prefer else {})


def as_job(app: App, reply: httpx.Response) -> dict[str, Any]:
    assert reply.status_code == 202, reply.text
    job = app.ended([reply.json()["id"]], 60)[reply.json()["id"]]
    assert job["status"] == "succeeded", job
    result: dict[str, Any] = job["result"]
    return result


def assert_whole(result: dict[str, Any], budget: int = LOW) -> None:
    """The answer is the undivided run's, behind a thinking of exactly the budget."""
    assert result["solution"] == ANSWER
    assert result["final_answer"] == "42"
    assert result["finish_reason"] == "stop"
    assert result["thinking"] == {"tokens": budget, "ended_by": "budget"}
    assert result["usage"]["thinking_tokens"] == budget
    assert result["reasoning"] == thought(budget - 1), "the opening tag is a token too"


def until(look: Callable[[], Any], seconds: float = 30) -> Any:
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


@pytest.mark.parametrize(("effort", "budget"), [("low", LOW), ("medium", MEDIUM)])
def test_a_thinking_without_an_end_gives_an_answer(
    app: App, host: ModelHost, effort: str, budget: int
) -> None:
    before = host.generated
    reply = asked(app, f"How much is six times seven at {effort} effort?", effort)

    assert reply.status_code == 200
    assert_whole(reply.json(), budget)
    # What is on its way when a call is closed was generated, and nobody has read it.
    assert budget + WRITTEN <= reply.json()["usage"]["completion_tokens"] <= host.generated - before


def test_at_high_effort_the_thinking_has_the_context_less_the_reserve(app: App, host: ModelHost) -> None:
    result = asked(app, "How much is six times seven at high effort?", "high").json()

    assert MEDIUM < result["thinking"]["tokens"] < CONTEXT - RESERVE
    assert_whole(result, result["thinking"]["tokens"])


def test_a_stream_holds_the_answer_and_says_how_its_thinking_ended(app: App, host: ModelHost) -> None:
    body = {
        "problem": "How much is six times seven, streamed?",
        "verify": False,
        "effort": "low",
        "include_reasoning": True,
    }
    text = app.http.post("/v1/math/solve", json=body, headers={"Accept": "text/event-stream"}).text

    lines = text.splitlines()
    events = [
        (name.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for name, data in pairwise(lines)
        if name.startswith("event: ")
    ]
    assert events[-1][0] == "done", text[-500:]
    assert_whole(events[-1][1])
    for kind, whole in (("delta", ANSWER), ("reasoning", thought(LOW - 1))):
        assert "".join(data["delta"] for name, data in events if name == kind).strip() == whole


def test_a_job_gives_the_same_answer(app: App, host: ModelHost) -> None:
    assert_whole(as_job(app, asked(app, "How much is six times seven, as a job?", prefer="respond-async")))


@pytest.mark.parametrize("after", [LOW - 60, LOW - 1, LOW, LOW + 1, LOW + 20])
def test_a_generation_broken_around_the_closing_changes_nothing(
    app: App, host: ModelHost, after: int
) -> None:
    host.faults.extend(_breaks_after(after))
    assert_whole(asked(app, f"How much is six times seven, broken off at {after}?").json())
    assert not host.faults


def _breaks_after(after: int) -> list[Fault]:
    """One break after so many tokens, in the thinking or, past the budget, in the answer's call."""
    if after < LOW:
        return [Fault("reset", after=after)]
    return [Fault("slow", seconds=0), Fault("reset", after=after - LOW + 1)]


@pytest.mark.parametrize(("moment", "speed"), [("before", LOW / 2), ("at", LOW), ("behind", LOW * 1.15)])
def test_an_answer_handed_over_around_the_closing_is_that_of_one_run(
    app: App, host: ModelHost, moment: str, speed: float
) -> None:
    host.tokens_per_second = speed
    before = host.generated
    result = as_job(app, asked(app, f"How much is six times seven, handed over {moment}?", prefer="wait=1"))

    assert_whole(result)
    assert LOW + WRITTEN <= result["usage"]["completion_tokens"] <= host.generated - before


def test_workers_killed_before_at_and_behind_the_closing_still_give_the_answer(
    app: App, host: ModelHost
) -> None:
    """One after the other, as what a killed worker leaves is taken up only after half a minute."""
    host.tokens_per_second = 60
    jobs = []
    for moment, tokens in (("before", LOW // 2), ("at", LOW), ("behind", LOW + 15)):
        started = host.generated
        jobs.append(asked(app, f"How much is six times seven, killed {moment}?", prefer="respond-async"))
        until(lambda started=started, tokens=tokens: host.generated >= started + tokens)
        busy = [one for one in app.running.environments("WorkerFunction") if one["state"] == "busy"]
        assert busy
        for one in busy:
            os.kill(one["pid"], signal.SIGKILL)
        until(lambda: host.running == 0)

    for job in jobs:
        assert_whole(as_job(app, job))


def test_openai_clients_see_the_tokens_of_a_closed_thinking(app: App, host: ModelHost) -> None:
    body = {
        "model": "phi4-mini-reasoning",
        "reasoning_effort": "minimal",
        "messages": [{"role": "user", "content": "How much is six times seven?"}],
    }
    reply = app.http.post("/v1/chat/completions", json=body).json()

    assert reply["choices"][0]["message"]["content"] == CHAT
    assert reply["choices"][0]["finish_reason"] == "stop"
    usage = reply["usage"]
    assert usage["completion_tokens_details"]["reasoning_tokens"] == LOW
    answer = len(tokens_of("\n\n" + CHAT))
    assert abs(usage["completion_tokens"] - LOW - answer) <= 2


@pytest.mark.parametrize("prefer", ["", "respond-async"])
def test_a_story_that_loops_is_cut_the_same_waited_for_and_as_a_job(
    app: App, host: ModelHost, prefer: str
) -> None:
    story = "<think>A short story.</think>\n\nOnce there was a cat."
    host.script = lambda _: [*tokens_of(story), *[" cat"] * 60]
    host.always = Fault("eof", after=len(tokens_of(story)) + 30)
    body = {
        "messages": [{"role": "user", "content": "请用中文写一个关于猫的故事。"}],
        "temperature": 0,
        "max_tokens": 120,
    }
    reply = app.http.post("/v1/general/chat", json=body, headers={"Prefer": prefer} if prefer else {})
    result = as_job(app, reply) if prefer else reply.json()

    assert result["finish_reason"] == "length", result
    assert result["response"].startswith("Once there was a cat.")
    assert result["response"].count(" cat") <= 2, "the repetition is dropped"


def test_a_context_too_small_is_said_with_both_numbers(app: App, host: ModelHost) -> None:
    body = {"messages": [{"role": "user", "content": "How much is that? " * 900}]}
    reply = app.http.post("/v1/general/chat", json=body)

    assert reply.status_code == 422
    (error,) = reply.json()["errors"]
    assert error["code"] == "too_long"
    numbers = [
        int(word) for word in error["message"].replace(";", "").replace(".", "").split() if word.isdigit()
    ]
    assert len(numbers) == 2
    assert numbers[0] > numbers[1] == CONTEXT
