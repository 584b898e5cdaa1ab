"""From a request to what the model is asked, and to the name under which its answer is reused."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from stepwise.api.endpoint import read_screened
from stepwise.api.openai_schemas import CompletionRequest
from stepwise.api.planning import (
    analyze_plan,
    chat_plan,
    completion_plan,
    refuse_by_length,
    served_model,
    solve_plan,
)
from stepwise.api.schemas import AnalyzeRequest, ChatRequest, Message, SolveRequest
from stepwise.config import Settings
from stepwise.errors import InvalidRequest, ModelNotFound
from stepwise.plan import Plan

SETTINGS = Settings()
HELLO = [Message(role="user", content="hello")]


def solve_key(**fields: Any) -> str:
    return solve_plan(SolveRequest(**{"problem": "Solve x^2 = 4", **fields}), SETTINGS).key


def completion(**fields: Any) -> Plan:
    turns = [{"role": "user", "content": "hello"}]
    request = CompletionRequest.model_validate({"model": SETTINGS.model_name, "messages": turns, **fields})
    return completion_plan(request, SETTINGS)


@pytest.mark.parametrize(
    "fields", [{"problem": "Solve x^2 = 5"}, {"steps": False}, {"language": "zh"}, {"context": "Let x > 0."}]
)
def test_what_changes_an_answer_gives_it_another_key(fields: dict[str, Any]) -> None:
    assert solve_key(**fields) != solve_key()


@pytest.mark.parametrize(
    "fields",
    [
        {"problem": "Solve  x² = 4"},
        {"language": "en"},
        {"verify": False},
        {"include_reasoning": True},
        {"context": ""},
    ],
)
def test_what_does_not_change_an_answer_leaves_its_key(fields: dict[str, Any]) -> None:
    assert solve_key(**fields) == solve_key()


def test_a_deployments_model_and_limits_are_part_of_the_key() -> None:
    request = SolveRequest(problem="Solve x^2 = 4")
    others = [Settings(model_name="other"), Settings(num_predict=1_000), Settings(context_budget=1_000)]

    assert len({solve_plan(request, settings).key for settings in [SETTINGS, *others]}) == 4


def test_a_question_is_part_of_an_analysis() -> None:
    text = "All men are mortal."
    keys = {
        analyze_plan(AnalyzeRequest(text=text, question=question), SETTINGS).key
        for question in (None, "a", "b")
    }

    assert len(keys) == 3


@pytest.mark.parametrize(("problem", "language"), [("解方程 x = 1", "zh"), ("Solve x = 1", "en")])
def test_the_language_is_picked_from_the_text(problem: str, language: str) -> None:
    assert solve_plan(SolveRequest(problem=problem), SETTINGS).subject["language"] == language


def test_a_long_context_is_condensed_and_a_short_one_is_not() -> None:
    sentences = " ".join(f"Fact {number} is about the number {number}." for number in range(2_000))

    long = solve_plan(SolveRequest(problem="What is fact 7 about?", context=sentences), SETTINGS)
    short = solve_plan(SolveRequest(problem="What is fact 7 about?", context="Fact 7."), SETTINGS)

    assert long.subject["condensed"]["dropped"] > 0
    assert short.subject["condensed"] is None


def test_a_chat_is_shared_with_nobody() -> None:
    plan = chat_plan(ChatRequest(messages=HELLO, temperature=0.5, top_p=0.25), SETTINGS)

    assert (plan.key, plan.store) == ("", False)
    assert plan.options == {"temperature": 0.5, "top_p": 0.25}
    assert plan.num_predict == SETTINGS.num_predict


def test_max_tokens_bounds_the_answer_up_to_the_deployments_limit() -> None:
    assert chat_plan(ChatRequest(messages=HELLO, max_tokens=5), SETTINGS).num_predict == 5
    with pytest.raises(InvalidRequest) as caught:
        chat_plan(ChatRequest(messages=HELLO, max_tokens=SETTINGS.num_predict + 1), SETTINGS)
    assert caught.value.errors[0].pointer == "/max_tokens"


def test_a_conversation_that_the_context_cannot_hold_is_refused() -> None:
    with pytest.raises(InvalidRequest) as caught:
        chat_plan(ChatRequest(messages=[Message(role="user", content="题" * 60_000)]), SETTINGS)
    assert (caught.value.errors[0].pointer, caught.value.errors[0].code) == ("/messages", "too_long")


LONG = "x" * (int(SETTINGS.num_ctx / 0.16) + 10)


@pytest.mark.parametrize(
    "request_",
    [
        ChatRequest(messages=[Message(role="user", content=LONG)]),
        ChatRequest(messages=[Message(role="system", content=LONG), *HELLO]),
        CompletionRequest.model_validate({"model": "m", "messages": [{"role": "user", "content": LONG}]}),
    ],
)
def test_what_is_too_long_whatever_it_says_is_refused_by_its_length(
    request_: ChatRequest | CompletionRequest,
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        refuse_by_length(request_, SETTINGS)
    assert (caught.value.errors[0].pointer, caught.value.errors[0].code) == ("/messages", "too_long")


def test_a_body_is_refused_by_its_length_before_it_is_screened() -> None:
    body = {"messages": [{"role": "user", "content": LONG + "\u0000"}]}
    call: Any = SimpleNamespace(json_body=lambda limit: json.dumps(body).encode())

    with pytest.raises(InvalidRequest):
        read_screened(ChatRequest, call, SETTINGS)


def test_the_thinking_of_earlier_turns_makes_no_conversation_too_long() -> None:
    earlier = Message(role="assistant", content=f"<think>{LONG}</think>Hello")
    request = ChatRequest(messages=[*HELLO, earlier, *HELLO])

    refuse_by_length(request, SETTINGS)

    assert chat_plan(request, SETTINGS).num_predict > 0


def test_an_answer_has_the_room_that_its_prompt_leaves() -> None:
    plan = chat_plan(ChatRequest(messages=[Message(role="user", content="题" * 15_000)]), SETTINGS)

    assert 64 <= plan.num_predict < SETTINGS.num_predict


@pytest.mark.parametrize("name", [None, "phi4-mini-reasoning", "phi4-mini-reasoning:latest"])
def test_the_model_goes_by_its_name_with_and_without_its_tag(name: str | None) -> None:
    assert served_model(name, SETTINGS) == "phi4-mini-reasoning"
    assert served_model(name, Settings(model_name="phi4-mini-reasoning:latest")).endswith(":latest")


@pytest.mark.parametrize("name", ["gpt-9", "phi4-mini-reasoning:3.8b", "PHI4-mini-reasoning"])
def test_another_model_is_not_found(name: str) -> None:
    with pytest.raises(ModelNotFound):
        served_model(name, SETTINGS)


def test_a_completion_hands_its_sampling_on_and_only_what_was_given() -> None:
    given = completion(seed=7, presence_penalty=0.5, frequency_penalty=-0.5, stop="END")

    assert given.options["seed"] == 7
    assert (given.options["presence_penalty"], given.options["frequency_penalty"]) == (0.5, -0.5)
    assert given.subject["stop"] == ["END"]
    assert set(completion().options) == {"temperature", "top_p"}


def test_a_limit_that_is_too_high_is_pointed_at_by_the_name_that_was_used() -> None:
    for name in ("max_tokens", "max_completion_tokens"):
        with pytest.raises(InvalidRequest) as caught:
            completion(**{name: 100_000})
        assert caught.value.errors[0].pointer == f"/{name}"


def test_a_plan_can_wait_in_a_table() -> None:
    plan = solve_plan(SolveRequest(problem="Solve x^2 = 4"), SETTINGS)

    assert Plan.from_dict(plan.as_dict()) == plan
