"""A thinking that never ends over a real connection: wherever it is cut and handed over, the answer is that of one run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from stepwise.answering.drafting.draft import Draft
from stepwise.answering.work import Progress
from stepwise.errors import InvalidRequest
from stepwise.plan import Plan
from support.hosts.model_host import Fault, ModelHost, tokens_of
from support.hosts.real_time import RealTime, question_of, real_time
from support.scene import answer_to

BUDGET = 20
START = "## Answer\n"
ANSWER = "It is forty-two 猫, of course.\n\n$\\boxed{42}$"
WAIT = 1.0
"""Each stall of the host lasts until the client's time is up, so the hand-over is where the host stalled."""


def endless(body: dict[str, Any]) -> list[str]:
    """A thinking without an end; some of its characters are two tokens, of which the first shows nothing yet."""
    last = body["messages"][-1]
    head, closed, _ = last["content"].partition("</think>")
    if last["role"] == "assistant" and closed:
        return [head + closed, *tokens_of("\n\n" + START + ANSWER)]
    return ["<think>", *(piece for number in range(500) for piece in ("", f"猫{number}", f" w{number}"))]


@pytest.fixture(scope="module")
def host() -> Iterator[ModelHost]:
    with ModelHost(endless) as host:
        yield host


@pytest.fixture(scope="module")
def deployment(host: ModelHost) -> Iterator[RealTime]:
    with real_time(host.url, slots=1) as deployment:
        yield deployment


@pytest.fixture(scope="module")
def undivided(host: ModelHost, deployment: RealTime) -> dict[str, Any]:
    assert deployment.ask(plan(deployment, "undivided"), 20.0).status == 200
    (run,) = deployment.runs()
    ended = deployment.shared.runs.get(run["pk"].removeprefix("run#"))
    assert ended is not None
    assert ended.result is not None
    return dict(ended.result)


def plan(deployment: RealTime, question: str) -> Plan:
    return deployment.plan(question, thinking_budget=BUDGET, answer_reserve=60, answer_start=START)


def handed_over(deployment: RealTime, question: str) -> tuple[Draft, dict[str, Any]]:
    """The draft as it was handed over, and the result of the job."""
    before = {run["pk"] for run in deployment.runs()}
    reply = deployment.ask(plan(deployment, question), WAIT)
    assert reply.status == 202
    (run_id,) = [run["pk"].removeprefix("run#") for run in deployment.runs() if run["pk"] not in before]
    run = deployment.shared.runs.get(run_id)
    assert run is not None
    draft = Progress.from_dict(run.progress).draft
    deployment.work()
    run = deployment.shared.runs.get(run_id)
    assert run is not None
    assert run.result is not None, run.error
    return draft, dict(run.result)


def test_the_undivided_answer_is_whole(undivided: dict[str, Any]) -> None:
    assert undivided["solution"] == START + ANSWER
    assert undivided["thinking"] == {"tokens": BUDGET, "ended_by": "budget"}
    assert undivided["reasoning"] == "".join(f"猫{number} w{number}" for number in range(10))[: -len(" w9")]


@pytest.mark.parametrize(
    ("moment", "faults", "closed"),
    [
        ("before the first token", [Fault("silence", after=0)], False),
        ("in the thinking", [Fault("silence", after=9)], False),
        ("inside a character", [Fault("silence", after=8)], False),
        ("just before the closing", [Fault("silence", after=BUDGET - 1)], False),
        ("just behind the closing", [Fault("slow", seconds=0), Fault("silence", after=1)], True),
        ("in the answer", [Fault("slow", seconds=0), Fault("silence", after=9)], True),
    ],
)
def test_an_answer_that_is_handed_over_is_that_of_an_undivided_run(
    host: ModelHost,
    deployment: RealTime,
    undivided: dict[str, Any],
    moment: str,
    faults: list[Fault],
    closed: bool,
) -> None:
    host.faults.extend(faults)

    draft, result = handed_over(deployment, moment)

    assert bool(draft.ended_by) is closed, "handed over at another moment"
    assert (draft.text == "") is (moment == "before the first token")
    for field in ("solution", "final_answer", "reasoning", "finish_reason", "thinking"):
        assert result[field] == undivided[field], field
    # Of a closed call the host gives no count, and a token that shows nothing is missed there: in both runs the same.
    assert result["usage"]["completion_tokens"] == undivided["usage"]["completion_tokens"]


@pytest.mark.parametrize("cut", [1, 4, 7])
def test_an_answer_that_is_handed_over_inside_its_closing_tag_shows_nothing_of_it(
    host: ModelHost, deployment: RealTime, cut: int
) -> None:
    tag = "</think>"
    whole = ["<think>", "so", tag[:cut], tag[cut:], "\n\n", *tokens_of(ANSWER)]
    host.script = lambda _: whole
    host.faults.append(Fault("silence", after=3))
    try:
        draft, result = handed_over(deployment, f"cut after {cut}")
    finally:
        host.script = endless

    assert draft.text == f"<think>so{tag[:cut]}", "handed over at another moment"
    assert (result["reasoning"], result["solution"]) == ("so", ANSWER)
    # The host wrote the rest of the tag as a token of its own in the second call.
    assert result["usage"]["completion_tokens"] == len(whole)


def test_a_host_that_does_not_go_on_is_asked_for_the_answer_at_once(
    host: ModelHost, deployment: RealTime
) -> None:
    def refuses(body: dict[str, Any]) -> list[str]:
        if "at once" in str(body["messages"]):
            return tokens_of(START + ANSWER)
        return endless({"messages": [{"role": "user", "content": ""}]})

    host.script, host.continues = refuses, False
    try:
        reply = deployment.ask(plan(deployment, "refused"), 20.0)
    finally:
        host.script, host.continues = endless, True

    assert reply.body["solution"] == START + ANSWER
    assert reply.body["thinking"]["ended_by"] == "budget"


def test_a_prompt_too_long_for_the_models_own_context_is_refused_with_both_numbers() -> None:
    with (
        ModelHost(lambda body: answer_to(question_of(body)), most_context=512) as small,
        real_time(small.url, slots=1) as deployment,
    ):
        deployment.deps.model.load()  # type: ignore[attr-defined]
        long = deployment.plan("q", messages=({"role": "user", "content": "@q@ " + "word " * 900},))
        with pytest.raises(InvalidRequest) as refused:
            deployment.ask(long, 20.0)

    (fault,) = refused.value.errors
    assert (refused.value.status, fault.code) == (422, "too_long")
    prompt, context = [int(word.strip(".;")) for word in fault.message.split() if word.strip(".;").isdigit()]
    assert prompt > context == 512
