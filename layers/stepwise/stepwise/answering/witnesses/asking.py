"""Ask witnesses of an answer that the check cannot decide, and conclude how far it can be relied on.

A formalisation is a short generation without thinking; a second answer is a whole one. None of them sees the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from stepwise import prompts
from stepwise.answering.calibration.problem_class import has_one_number, problem_class
from stepwise.answering.dependencies import Dependencies
from stepwise.answering.drafting.draft import Draft
from stepwise.answering.drafting.writing import Writing, write
from stepwise.answering.results import read_result
from stepwise.answering.verification import CheckNotRun, check, run_check
from stepwise.answering.witnesses.levels import confidence_of
from stepwise.answering.witnesses.state import Testimony, Witnessing
from stepwise.answering.witnesses.votes import Count, count_votes
from stepwise.errors import ModelTimeout, StepwiseError
from stepwise.observability import count, log_event
from stepwise.plan import Plan
from stepwise.text.thinking import CLOSING, OPENING, split

__all__ = ["Asking", "ask_witnesses"]

_FORMALISATION, _SECOND_ANSWER = "formalisation", "second_answer"
_MOST_ANSWERS = {"medium": 2, "high": 3}
"""Whole answers to one problem, by effort."""
_NEAR = 0.5
"""A time limit that was passed by less than this was ours, not the model host's."""


@dataclass(frozen=True)
class Asking:
    """How witnesses are asked. ``heartbeat`` is called at every token, ``deadline`` is on the monotonic clock.

    ``spare`` says whether one more whole answer can be afforded where witnesses differ, ``replaceable`` whether another
    answer than the first may be given: not when somebody has seen it. ``goes_on``: after the deadline the work is
    handed over; else the answer is given with the witnesses that were heard by then.
    """

    heartbeat: Callable[[], None]
    deadline: float
    spare: Callable[[], bool]
    replaceable: bool
    goes_on: bool


def ask_witnesses(
    deps: Dependencies, plan: Plan, state: Witnessing, how: Asking
) -> Generator[None, None, dict[str, Any]]:
    """Ask the witnesses that the plan's effort pays for; the result that most of them give, with its confidence.

    Raises:
        ModelTimeout: the deadline has come and the work goes on elsewhere; *state* holds what there is by then.
        What ``how.heartbeat`` raises.
    """
    return (yield from _Witnesses(deps, plan, state, how).heard())


@dataclass
class _Witnesses:
    deps: Dependencies
    plan: Plan
    state: Witnessing
    how: Asking
    _examined: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def heard(self) -> Generator[None, None, dict[str, Any]]:
        try:
            yield from self._ask_all()
        except StepwiseError as error:
            late = isinstance(error, ModelTimeout) and self.deps.monotonic() >= self.how.deadline - _NEAR
            if late and self.how.goes_on:
                raise
            self._report("failed", error.reason or error.code)
            self.state.heard()
            self.state.ended = True
        return self._concluded()

    def _ask_all(self) -> Generator[None]:
        state, subject = self.state, self.plan.subject
        if not (_undecided(state.result) and state.result["final_answer"] and subject["verify"]):
            return
        effort = subject.get("effort", "low")
        if effort == "low":
            return
        kind = problem_class(subject["problem"], state.result["final_answer"])
        can_be_written = has_one_number(kind) and not subject.get("has_context")
        if state.formalisation is None and can_be_written and self.deps.settings.witness_tokens:
            yield from self._formalise()
        while not state.ended and (state.asked == _SECOND_ANSWER or self._one_more(effort)):
            yield from self._answer_again()

    def _one_more(self, effort: str) -> bool:
        """Whether one more whole answer is asked for."""
        whole = self.state.whole
        if len(whole) >= _MOST_ANSWERS[effort] or any(_status(each) == "verified" for each in whole):
            return False
        if effort == "high" and len(whole) == 1:
            return True
        return self._count().differ and self.how.replaceable and (effort == "high" or self.how.spare())

    def _formalise(self) -> Generator[None]:
        """Have the problem written in the formal language, without thinking, and solve that."""
        state, plan, settings = self.state, self.plan, self.deps.settings
        if state.asked != _FORMALISATION:
            opening = "" if settings.thinking == "implicit" else OPENING
            closed = f"{opening}\n\n{CLOSING}\n\n"
            state.ask(_FORMALISATION, Draft(text=closed, ended_by=_FORMALISATION, answer_from=len(closed)))
        messages = prompts.formalise_messages(plan.subject["problem"], language=plan.subject["language"])
        asked = replace(
            plan,
            messages=tuple(messages),
            num_predict=settings.witness_tokens,
            thinking_budget=0,
            answer_reserve=0,
            answer_start="",
        )
        draft = state.draft
        if draft.spent < settings.witness_tokens:  # else the host begins it anew each time, and none ends
            yield from self._write(asked)
        text = split(draft.text, thinking=settings.thinking).answer if draft.reason == "stop" else ""
        found = (
            self._examine(text, state.result["final_answer"]) if text else {"result": "none", "reason": "cut"}
        )
        heard = found["result"] != "none"
        state.formalisation = Testimony(text, found["answer"], found["detail"]) if heard else Testimony()
        self._report(found["result"], found["reason"])
        state.heard()

    def _answer_again(self) -> Generator[None]:
        """Have the problem answered once more, and check that answer."""
        state = self.state
        if state.asked != _SECOND_ANSWER:
            state.ask(_SECOND_ANSWER, Draft())
        yield from self._write(self.plan)
        result = read_result(self.plan, state.draft, thinking=self.deps.settings.thinking)
        check(self.deps.checker, self.plan, result)
        state.answers.append(result)
        same = self._same(state.result["final_answer"], result["final_answer"] or "")
        self._report({True: "agrees", False: "differs", None: "none"}[same])
        state.heard()

    def _write(self, plan: Plan) -> Generator[None]:
        deps = self.deps
        how = Writing(
            self.how.deadline,
            clock=deps.monotonic,
            sleep=deps.sleep,
            prefill=deps.settings.prefill != "never",
            thinking=deps.settings.thinking,
        )
        with closing(write(deps.model, plan, self.state.draft, how)) as writing:
            for _ in writing:
                self.how.heartbeat()
                yield None

    def _concluded(self) -> dict[str, Any]:
        """The result that is given, with its confidence and what all answers cost."""
        state, subject = self.state, self.plan.subject
        whole = state.whole
        votes = self._count()
        place = next((at for at, each in enumerate(whole) if _status(each) == "verified"), votes.chosen)
        if not self.how.replaceable:
            place = 0
        result = dict(whole[place])
        if _undecided(result) and not subject["verify"]:
            result["confidence"] = None
        else:
            result["confidence"] = confidence_of(
                result,
                subject["problem"],
                self.deps.calibration,
                evidence=votes.evidence(place, whole, state.formalisation, subject["language"]),
                settled=votes.settled and votes.chosen == place,
            )
            count("Confidence", level=result["confidence"]["level"])
        result["usage"] = self._usage()
        return result

    def _usage(self) -> dict[str, int]:
        first, state = self.state.result["usage"], self.state
        return {
            "prompt_tokens": first["prompt_tokens"] + state.prompt_tokens,
            "completion_tokens": first["completion_tokens"] + state.tokens,
            "thinking_tokens": first["thinking_tokens"] + state.thought,
            "duration_ms": first["duration_ms"] + state.ms,
        }

    def _count(self) -> Count:
        testimony = self.state.formalisation
        text = testimony.text if testimony is not None else ""
        return count_votes(
            [None if _status(each) == "refuted" else each["final_answer"] for each in self.state.whole],
            same=self._same,
            formalised=(lambda answer: str(self._examine(text, answer)["result"])) if text else None,
        )

    def _examine(self, text: str, answer: str) -> Mapping[str, Any]:
        if answer not in self._examined:
            request = {
                "problem": self.plan.subject["problem"],
                "formalisation": text,
                "final_answer": answer,
            }
            self._examined[answer] = self._run("witness", request, ("result", "answer", "detail", "reason"))
        return self._examined[answer]

    def _same(self, one: str, other: str) -> bool | None:
        request = {"one": one, "other": other, "problem": self.plan.subject["problem"]}
        verdict = self._run("same_answer", request, ("same",)).get("same")
        return verdict if isinstance(verdict, bool) else None

    def _run(self, task: str, request: dict[str, Any], fields: tuple[str, ...]) -> Mapping[str, Any]:
        """What the sandbox says; nothing where it says nothing."""
        try:
            return run_check(self.deps.checker, task, request, fields)
        except CheckNotRun as not_run:
            return {"result": "none", "answer": "", "detail": "", "reason": not_run.cause, "same": None}

    def _report(self, result: str, reason: str = "") -> None:
        """One line of the log and two metrics about the witness that was asked."""
        draft, kind = self.state.draft, self.state.asked
        tokens = draft.tokens + draft.spent
        count("Witness", kind=kind, result=result)
        count("WitnessTokens", tokens)
        log_event("witness heard", kind=kind, result=result, reason=reason, tokens=tokens, ms=draft.model_ms)


def _status(result: Mapping[str, Any]) -> str:
    return str((result["verification"] or {}).get("status", ""))


def _undecided(result: Mapping[str, Any]) -> bool:
    return _status(result) not in ("verified", "refuted")
