"""From what the model wrote to what each client sees of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from stepwise.answering.drafting.draft import Draft
from stepwise.answering.results import (
    REFUTED_TTL_SECONDS,
    Spent,
    read_result,
    shape,
    ttl_seconds,
)
from stepwise.answering.tasks import Presentation, task_for
from support.scene import plan_of

ANSWER = "## Analysis\n\nA sum.\n\n## Steps\n\n1. **Add**: it is five.\n\n## Answer\n\n$\\boxed{5}$"
PRESENTATION = {"include_reasoning": False, "verify": True, "problem": "２ + 3?"}


def result_of(text: str, reason: str = "stop", kind: str = "solve", **counts: int) -> dict[str, Any]:
    draft = replace(Draft(), text=text, reason=reason, **counts)  # type: ignore[arg-type]
    return read_result(plan_of(kind=kind), draft, thinking="auto")


def test_a_whole_answer_has_its_parts_and_its_thinking_apart() -> None:
    result = result_of(f"<think>hm</think>\n{ANSWER}\n")

    assert result["solution"] == ANSWER
    assert (result["final_answer"], result["reasoning"], result["finish_reason"]) == ("5", "hm", "stop")
    assert [step["title"] for step in result["steps"]] == ["Add"]
    assert task_for("solve").cacheable(result)


@pytest.mark.parametrize(
    ("text", "reason"), [("<think>on and on", "length"), ("<think>done</think>", "stop"), ("", "stop")]
)
def test_an_answer_that_never_left_its_thinking_is_none(text: str, reason: str) -> None:
    result = result_of(text, reason)

    assert (result["finish_reason"], result["solution"], result["final_answer"]) == ("length", "", None)
    assert not task_for("solve").cacheable(result)


def test_a_cut_answer_is_shown_and_not_kept() -> None:
    result = result_of(f"<think>hm</think>{ANSWER}", "length")

    assert result["solution"] == ANSWER
    assert not task_for("solve").cacheable(result)


def test_tokens_of_all_calls_are_counted() -> None:
    draft = replace(
        Draft(), text=ANSWER, reason="stop", tokens=30, spent=10, prompt_tokens=7, model_ms=900, thought=20
    )

    result = read_result(plan_of(), draft, thinking="auto", earlier=Spent(5, 3, 2, 100))

    assert result["usage"] == {
        "prompt_tokens": 10,
        "completion_tokens": 45,
        "thinking_tokens": 22,
        "duration_ms": 1_000,
    }


@pytest.mark.parametrize(("include", "reasoning"), [(True, "hm"), (False, None)])
def test_a_client_sees_its_own_problem_and_the_thinking_only_on_request(
    include: bool, reasoning: str | None
) -> None:
    result = result_of(f"<think>hm</think>{ANSWER}")

    body = shape(
        "solve", result, Presentation.from_dict(PRESENTATION | {"include_reasoning": include}), cached=True
    )

    assert (body["problem"], body["reasoning"], body["cached"]) == ("２ + 3?", reasoning, True)


def test_without_verify_there_is_no_verification() -> None:
    result = result_of(ANSWER) | {"verification": {"status": "verified", "method": "m", "detail": "d"}}

    assert (
        shape("solve", result, Presentation.from_dict(PRESENTATION), cached=False)["verification"]["status"]
        == "verified"
    )
    assert (
        shape("solve", result, Presentation.from_dict(PRESENTATION | {"verify": False}), cached=False)[
            "verification"
        ]
        is None
    )


def test_without_verify_an_analysis_has_the_models_verdict_only() -> None:
    result = result_of("## Premises\n\nP1. x", kind="analyze")
    result["validity"] = {"model": "valid", "solver": "invalid", "countermodel": {"A": True}}

    body = shape("analyze", result, Presentation.from_dict(PRESENTATION | {"verify": False}), cached=False)

    assert body["validity"] == {"model": "valid", "solver": "unknown", "countermodel": None}
    assert (
        shape("analyze", result, Presentation.from_dict(PRESENTATION), cached=False)["validity"]["solver"]
        == "invalid"
    )


def test_a_chat_tells_what_was_really_used() -> None:
    result = result_of("hello", kind="chat")

    body = shape(
        "chat",
        result,
        Presentation.from_dict(PRESENTATION | {"temperature": 0.0, "top_p": 1.0}),
        cached=False,
    )

    assert (body["response"], body["metadata"]) == ("hello", {"temperature": 0.0, "top_p": 1.0})
    assert set(body) == {
        "success",
        "response",
        "model",
        "metadata",
        "reasoning",
        "finish_reason",
        "thinking",
        "usage",
    }


def test_a_refuted_answer_is_reused_only_for_minutes() -> None:
    refuted = {"verification": {"status": "refuted"}}

    assert ttl_seconds(task_for("solve"), refuted, 604_800) == REFUTED_TTL_SECONDS
    assert ttl_seconds(task_for("solve"), refuted, 60) == 60
    assert ttl_seconds(task_for("solve"), {"verification": None}, 604_800) == 604_800


@pytest.mark.parametrize(
    ("result", "rank"),
    [
        ({"verification": {"status": "verified"}}, 3),
        ({"verification": {"status": "unverifiable"}, "confidence": {"level": "corroborated"}}, 2),
        ({"verification": {"status": "unverifiable"}, "confidence": {"level": "single"}}, 1),
        ({"verification": {"status": "unverifiable"}}, 1),
        ({"verification": {"status": "refuted"}, "confidence": {"level": "corroborated"}}, 0),
        ({"verification": None}, 0),
        ({"validity": {"solver": "valid"}}, 3),
        ({"validity": {"solver": "invalid"}}, 3),
        ({"validity": {"solver": "unknown"}}, 1),
    ],
)
def test_answers_rank_by_how_well_they_were_checked(result: dict[str, Any], rank: int) -> None:
    task = task_for("solve" if "verification" in result else "analyze")

    assert task.check_rank(result) == rank


@pytest.mark.parametrize(
    ("ended_by", "told"),
    [("", "model"), ("silent", "model"), ("proof", "proof"), ("budget", "budget"), ("loop", "budget")],
)
def test_a_client_learns_who_ended_the_thinking(ended_by: str, told: str) -> None:
    draft = replace(Draft(), text=ANSWER, reason="stop", thought=12, ended_by=ended_by)

    result = read_result(plan_of(), draft, thinking="auto")

    assert result["thinking"] == {"tokens": 12, "ended_by": told}
