"""A thinking that never ends, runs in circles or is proved right is closed, and an answer follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stepwise.answering.drafting.draft import Draft
from stepwise.answering.drafting.proof_search import ProofSearch
from stepwise.answering.drafting.writing import Writing, write
from stepwise.answering.results import read_result
from stepwise.errors import GenerationBroken, ModelError, ModelTimeout, ModelUnavailable
from stepwise.ollama.failures import failure
from stepwise.ollama.port import Chunk, Finish, Prompt
from stepwise.plan import Plan
from stepwise.text.thinking import split
from support.hosts.scripted_model import ScriptedModel, finish

HEADING = "## Answer\n"
ANSWER = "\\boxed{42} it is"
CLOSED = f"\n</think>\n\n{HEADING}"


def plan(*, budget: int = 20, reserve: int = 30, total: int = 1_000) -> Plan:
    return Plan(
        "solve",
        ({"role": "user", "content": "q"},),
        "m",
        {},
        total,
        subject={"steps": False, "problem": "q", "verify": True, "language": "en"},
        thinking_budget=budget,
        answer_reserve=reserve,
        answer_start=HEADING,
    )


class Ruminant:
    """A model that thinks *thoughts* tokens (no two alike), then answers; goes on from a prefill, cut where you like."""

    def __init__(
        self, thoughts: int = 10_000, answer: str = ANSWER, *, cuts: Iterator[int] | None = None
    ) -> None:
        self.whole = ["<think>", *(f" {number}猫" for number in range(thoughts)), "</think>", "\n", HEADING]
        self.answer = [f"{word} " for word in answer.split()]
        self.cuts = cuts
        self.calls: list[Prompt] = []
        self.produced = 0

    def generate(self, prompt: Prompt, *, deadline: float) -> Any:
        self.calls.append(prompt)
        return _Generation(self, prompt)

    def rest(self, prefill: str) -> list[str]:
        if "</think>" in prefill and not "".join(self.whole).startswith(prefill.partition(HEADING)[0]):
            begun = prefill.rpartition("</think>")[2].lstrip().removeprefix(HEADING)
            return _after(self.answer, begun)
        return _after([*self.whole, *self.answer], prefill)


def _after(tokens: list[str], text: str) -> list[str]:
    joined = "".join(tokens)
    assert joined.startswith(text), text[-40:]
    left, at = len(text), 0
    while at < len(tokens) and left >= len(tokens[at]):
        left -= len(tokens[at])
        at += 1
    return [tokens[at][left:], *tokens[at + 1 :]] if at < len(tokens) else []


class _Generation:
    def __init__(self, model: Ruminant, prompt: Prompt) -> None:
        self._model, self._prompt = model, prompt

    def __enter__(self) -> Iterator[Chunk | Finish | None]:
        return self._play()

    def __exit__(self, *_: object) -> None:
        return

    def _play(self) -> Iterator[Chunk | Finish | None]:
        tokens = self._model.rest(self._prompt.prefill)
        cut = next(self._model.cuts, None) if self._model.cuts is not None else None
        for count, token in enumerate(tokens[: self._prompt.num_predict]):
            if count == cut:
                raise ModelTimeout
            self._model.produced += 1
            yield Chunk(token)
        reason = "stop" if len(tokens) <= self._prompt.num_predict else "length"
        produced = min(len(tokens), self._prompt.num_predict)
        yield finish(produced, reason=reason, prompt_tokens=100)


def written(model: Any, draft: Draft, plan: Plan, **options: Any) -> str:
    """All pieces, also over calls whose time was up, as hand-overs join them."""
    shown = ""
    while not draft.reason:
        try:
            for piece in write(model, plan, draft, Writing(1.0, clock=lambda: 0.0, **options)):
                shown += piece or ""
        except ModelTimeout:
            continue
    return shown


@pytest.mark.parametrize("budget", [1, 20, 333])
def test_a_thinking_that_never_ends_is_closed_at_its_budget_and_answered(budget: int) -> None:
    model, draft = Ruminant(), Draft()

    shown = written(model, draft, plan(budget=budget))

    assert split(draft.text).answer == HEADING + ANSWER
    assert (draft.reason, draft.ended_by, draft.thought) == ("stop", "budget", budget)
    assert shown == draft.text
    assert [call.num_predict for call in model.calls] == [1_000, 30]


def test_a_thinking_within_its_budget_is_left_alone() -> None:
    model, draft = Ruminant(thoughts=5), Draft()

    written(model, draft, plan())

    assert (len(model.calls), draft.ended_by, draft.thought) == (1, "", 7)
    assert split(draft.text).answer == HEADING + ANSWER


@settings(max_examples=60)
@given(
    st.integers(min_value=1, max_value=40),
    st.integers(min_value=0, max_value=60),
    st.lists(st.integers(min_value=1, max_value=25), max_size=12),
)
def test_the_joined_text_is_that_of_an_undivided_run_wherever_it_is_cut(
    budget: int, thoughts: int, cuts: list[int]
) -> None:
    undivided, divided = Draft(), Draft()
    written(Ruminant(thoughts), undivided, plan(budget=budget))
    model = Ruminant(thoughts, cuts=iter(cuts))

    shown = written(model, divided, plan(budget=budget))

    assert divided.text == undivided.text == shown
    assert (divided.thought, divided.ended_by) == (undivided.thought, undivided.ended_by)
    assert divided.thought <= budget + 2  # a whole thinking of just its budget has its closing tag besides
    assert divided.tokens + divided.spent >= model.produced
    assert "猫" not in split(divided.text).answer


def test_an_answer_longer_than_its_reserve_is_cut_and_says_so() -> None:
    draft = Draft()

    written(Ruminant(answer="word " * 100), draft, plan(reserve=10))
    result = read_result(plan(), draft, thinking="auto")

    assert result["finish_reason"] == "length"
    assert result["solution"].count("word") == 10
    assert result["thinking"] == {"tokens": 20, "ended_by": "budget"}


def test_a_host_that_refuses_prefill_is_asked_for_the_answer_at_once() -> None:
    refusal = failure(ModelError, "status_400:unknown_error")
    model = ScriptedModel(
        ["<think>", *(f" {number}" for number in range(30))], [refusal], [HEADING, "42", finish(2)]
    )
    draft = Draft()

    shown = written(model, draft, plan())

    assert split(draft.text).answer == HEADING + "42"
    assert shown == draft.text
    asked = model.calls[2]
    assert (asked.prefill, asked.num_predict) == ("", 30)
    assert "at once" in asked.messages[-1]["content"]


def test_a_deployment_without_prefill_makes_one_call_for_the_answer() -> None:
    model = ScriptedModel(["<think>", *(f" {number}" for number in range(30))], [HEADING, "42", finish(2)])
    draft = Draft()

    written(model, draft, plan(), prefill=False)

    assert len(model.calls) == 2
    assert split(draft.text).answer == HEADING + "42"


def test_a_thinking_that_runs_in_circles_is_cut_closed_and_answered() -> None:
    circle = ["Wait, ", "that is ", "not right. ", "Let me ", "try it ", "again. "]
    model = ScriptedModel(["<think>", "Well. ", *circle * 50], ["42", finish(1)])
    draft = Draft()

    written(model, draft, plan(budget=900))

    assert draft.ended_by == "loop"
    assert draft.text.count("Let me") <= 2
    assert split(draft.text).answer == HEADING + "42"
    assert read_result(plan(), draft, thinking="auto")["thinking"]["ended_by"] == "budget"


def test_an_answer_that_runs_in_circles_ends_before_it_repeats_itself() -> None:
    circle = ["从前", "有一只", "猫，", "它很", "喜欢", "在院子里", "晒太阳。"]
    model = ScriptedModel(["一个故事：", *circle * 50])
    draft = Draft()

    written(model, draft, plan())

    assert draft.reason == "length"
    assert draft.text.count("晒太阳") <= 2


def test_a_loop_that_the_host_broke_off_is_an_answer_and_no_error() -> None:
    model = ScriptedModel(["A story: ", *["meow "] * 30, GenerationBroken()])
    draft = Draft()

    written(model, draft, plan())

    assert (draft.reason, draft.text) == ("length", "A story: meow")


def test_equal_tokens_of_a_thinking_that_the_host_broke_off_close_it() -> None:
    model = ScriptedModel(["<think>", "Hm. ", *["no "] * 30, GenerationBroken()], ["42", finish(1)])
    draft = Draft()

    written(model, draft, plan(budget=900))

    assert draft.text == f"<think>Hm. no{CLOSED}42"


def test_a_proved_candidate_ends_the_thinking() -> None:
    thoughts = ["<think>", "2x = 84. ", "So x = 42.", "\n", *(f" {number}" for number in range(500))]
    model = ScriptedModel(thoughts, ["42", finish(1)])
    draft = Draft()

    with ProofSearch(lambda answer: answer == "x = 42") as proof:
        proof._submit = lambda found: proof._pending.append(_Done(found == "x = 42"))  # type: ignore[method-assign,assignment,arg-type]
        written(model, draft, plan(budget=900), proof=proof)

    assert (draft.ended_by, draft.checks) == ("proof", 1)
    assert draft.thought == 4
    assert split(draft.text).answer == HEADING + "42"


class _Done:
    """A check that has ended."""

    def __init__(self, found: bool) -> None:
        self._found = found

    def done(self) -> bool:
        return True

    def cancelled(self) -> bool:
        return False

    def exception(self) -> None:
        return None

    def result(self) -> bool:
        return self._found


def test_a_thinking_that_the_model_left_without_an_answer_is_closed() -> None:
    model = ScriptedModel(["<think>", "Hm.", finish(2)], ["42", finish(1)])
    draft = Draft()

    written(model, draft, plan())

    assert split(draft.text).answer == HEADING + "42"
    assert read_result(plan(), draft, thinking="auto")["thinking"] == {"tokens": 2, "ended_by": "model"}


def test_a_whole_answer_that_begins_like_thinking_aloud_is_an_answer() -> None:
    model = ScriptedModel(["Okay, ", "it is 42.", finish(2)])
    draft = Draft()

    written(model, draft, plan())

    assert (draft.text, draft.ended_by) == ("Okay, it is 42.", "")


def test_a_plan_of_an_earlier_release_thinks_without_a_budget() -> None:
    model, draft = Ruminant(thoughts=500), Draft()

    written(model, draft, replace(plan(), thinking_budget=0, answer_reserve=0, answer_start=""))

    assert (draft.ended_by, draft.reason) == ("", "stop")


def test_a_host_that_refuses_in_the_middle_is_tried_until_time_is_up() -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    gone = [[ModelUnavailable()] for _ in range(500)]
    model = ScriptedModel(["<think>", "Hm", ModelUnavailable()], *gone)
    draft = Draft()
    how = Writing(20.0, clock=lambda: now[0], sleep=sleep, jitter=lambda: 0.5, patience=float("inf"))

    with pytest.raises(ModelTimeout):
        list(write(model, plan(), draft, how))

    assert draft.text == "<think>Hm"
    assert 19.0 <= now[0] <= 20.5
    assert len(model.calls) < 30


def test_a_host_that_comes_back_goes_on_with_the_draft() -> None:
    model = ScriptedModel(
        ["<think>", "Hm", ModelUnavailable()], [ModelUnavailable()], [".</think>", "42", finish(2)]
    )
    draft = Draft()

    list(write(model, plan(), draft, Writing(9e9, sleep=lambda _: None, jitter=lambda: 0.0, patience=60)))

    assert split(draft.text).answer == "42"


def test_a_host_that_refuses_before_anything_was_written_is_an_error_at_once() -> None:
    model = ScriptedModel([ModelUnavailable()])

    with pytest.raises(ModelUnavailable):
        list(write(model, plan(), Draft(), Writing(9e9, patience=60)))

    assert len(model.calls) == 1


def test_a_model_that_only_goes_on_thinking_leaves_no_answer_behind() -> None:
    model = ScriptedModel(
        ["<think>", "Hm.", finish(2)], ["<think>", "Hm.", finish(2)], ["<think>", "Hm", finish(2)]
    )
    draft = Draft()

    written(model, draft, plan())
    result = read_result(plan(), draft, thinking="auto")

    assert (result["solution"], result["final_answer"], result["finish_reason"]) == ("", None, "length")
