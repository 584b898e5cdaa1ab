"""Witnesses: asked where the check cannot decide, handed over like an answer, and what their votes make of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from checkers.child import TASKS
from checkers.witness import examine, same_answer
from stepwise.answering.calibration.figures import Calibration
from stepwise.answering.dependencies import Dependencies
from stepwise.answering.stream import live
from stepwise.answering.tasks import Presentation
from stepwise.answering.verification import CheckNotRun
from stepwise.api.planning import solve_plan
from stepwise.api.schemas import SolveRequest
from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.errors import ModelError, ModelTimeout, ModelUnavailable
from stepwise.observability import flush
from stepwise.ollama.failures import failure
from stepwise.ollama.port import Chunk, Finish, Prompt
from stepwise.plan import Plan
from support.scene import SECONDS_PER_TOKEN, Scene, answer, caller, take_slot, wait_in_queue, work

PROBLEM = "Tom has 12 red apples. He buys 7 green apples and eats 4 apples. How many apples does he have now?"
WRITTEN = """\
given red = 12 "12 red apples"
given green = 7 "buys 7 green apples"
given eaten = 4 "eats 4 apples"
let bought = red + green
ask bought - eaten
unit apples
kind count
"""
WRONG = WRITTEN.replace("bought - eaten", "bought + eaten")
ASKED = {"include_reasoning": False, "verify": True, "problem": PROBLEM}


def solution(value: str, mark: str = "first") -> str:
    return f"<think>\nThe {mark} thought.\n</think>\n\n## Answer\n$\\boxed{{{value}}}$\n\nThis is the {mark} text."


class Model:
    """Writes its *answers* one after another, and *written* where the problem is to be written as equations.

    A continuation goes on from its prefill. ``at_token`` is called before each token of a call with whether it is a
    witness's formalisation and its number; ``refuses_prefill`` is what some templates do, and so is to begin anew
    instead of going on from a text that was begun (``begins_anew``).
    """

    def __init__(self, scene: Scene, answers: list[str], written: str) -> None:
        self._scene, self._answers, self._written = scene, answers, written
        self.calls: list[Prompt] = []
        self.at_token: Callable[[bool, int], None] = lambda _formal, _number: None
        self.refuses_prefill = False
        self.begins_anew = False

    def context_length(self) -> int | None:
        return None

    def generate(self, prompt: Prompt, *, deadline: float) -> Any:
        self.calls.append(prompt)
        return _Call(self._write(prompt, deadline))

    def is_formal(self, prompt: Prompt) -> bool:
        return "equations for a program" in prompt.messages[0]["content"]

    @property
    def formal_calls(self) -> list[Prompt]:
        return [call for call in self.calls if self.is_formal(call)]

    @property
    def whole_calls(self) -> list[Prompt]:
        return [call for call in self.calls if not self.is_formal(call)]

    def _write(self, prompt: Prompt, deadline: float) -> Iterator[Chunk | Finish]:
        if prompt.prefill and self.refuses_prefill:
            raise failure(ModelError, "status_400")
        formal = self.is_formal(prompt)
        if formal:
            text = f"<think>\n\n</think>\n\n{self._written}"
        else:
            begun = len([call for call in self.whole_calls if not call.prefill])
            text = self._answers[begun - 1]
        assert self.begins_anew or text.startswith(prompt.prefill)
        goes_on = not self.begins_anew or prompt.prefill.endswith("</think>\n\n")
        rest = text.removeprefix(prompt.prefill) if goes_on else text
        tokens = [rest[at : at + 4] for at in range(0, len(rest), 4)]
        for number, token in enumerate(tokens):
            if number == prompt.num_predict:
                yield Finish("length", 100, number, 0, 0)
                return
            self.at_token(formal, number)
            if self._scene.clock() >= deadline:
                raise ModelTimeout
            self._scene.clock.advance(SECONDS_PER_TOKEN)
            yield Chunk(token)
        yield Finish("stop", 100, len(tokens), 0, 0)


class _Call:
    def __init__(self, events: Iterator[Chunk | Finish]) -> None:
        self._events = events

    def __enter__(self) -> Iterator[Chunk | Finish]:
        return self._events

    def __exit__(self, *_: object) -> None:
        self._events.close()  # type: ignore[attr-defined]


class Checker:
    """The witnesses' tasks as they are; of an answer it says what *statuses* has for its final answer."""

    def __init__(self, statuses: dict[str, str]) -> None:
        self._statuses = statuses
        self.asked: list[str] = []

    def start(self, task: str) -> None:
        return

    def run(self, task: str, payload: dict[str, Any]) -> dict[str, Any]:
        assert task in TASKS
        self.asked.append(task)
        if task == "witness":
            return examine(payload)
        if task == "same_answer":
            return same_answer(payload)
        status = self._statuses.get(payload["final_answer"], "unverifiable")
        if status == "false line":
            return {
                "status": "unverifiable",
                "method": "none",
                "detail": "",
                "line": 3,
                "step": "Line 3: 2 = 3.",
            }
        if status == "killed":
            raise CheckNotRun("time", "too slow")
        return {"status": status, "method": "none", "detail": "So it is."}


class Stage:
    """A scene with this model and checker."""

    def __init__(
        self,
        *answers: str,
        written: str = WRITTEN,
        statuses: dict[str, str] | None = None,
        calibration: Calibration | None = None,
    ) -> None:
        self.scene = Scene()
        self.model = Model(self.scene, list(answers), written)
        self.checker = Checker(statuses or {})
        self.calibration = calibration or Calibration()

    @property
    def deps(self) -> Dependencies:
        return replace(
            self.scene.environment(),
            model=self.model,  # type: ignore[arg-type]
            checker=self.checker,
            calibration=self.calibration,
        )

    def plan(self, effort: str = "medium", **changes: Any) -> Plan:
        request = SolveRequest.model_validate({"problem": PROBLEM, "effort": effort, **changes})
        return solve_plan(request, self.scene.settings)

    def reply(
        self, effort: str = "medium", *, wait: float = 29.0, strict: bool = False, **changes: Any
    ) -> Any:
        who = caller(self.scene, wait=wait, strict=strict)
        return answer(self.deps, self.plan(effort, **changes), ASKED, who)

    def result_of_job(self) -> Any:
        """The result of the one run, after workers have had its messages."""
        for _ in range(8):
            self.scene.clock.advance(LEASE_SECONDS)
            work(self.scene, deps=self.deps)
        assert self.scene.run["status"] == "succeeded"
        return self.reply(wait=0.0)


def kinds(body: Any) -> list[tuple[str, bool]]:
    return [(each["kind"], each["agrees"]) for each in body["confidence"]["evidence"]]


def level(body: Any) -> str:
    return str(body["confidence"]["level"])


def test_an_agreeing_formalisation_corroborates_an_answer_and_shows_its_equations() -> None:
    stage = Stage(solution("15"))

    body = stage.reply().body

    assert (level(body), kinds(body)) == ("corroborated", [("formalisation", True)])
    (evidence,) = body["confidence"]["evidence"]
    assert evidence["answer"] == "15 apples"
    assert "bought = red + green" in evidence["detail"]
    assert body["confidence"]["measured"] is None
    assert body["verification"]["status"] == "unverifiable"


def test_the_witness_sees_the_problem_alone_and_does_not_think() -> None:
    stage = Stage(solution("15"))
    stage.reply()

    (call,) = stage.model.formal_calls

    assert call.prefill == "<think>\n\n</think>\n\n"
    assert call.num_predict == 400
    assert PROBLEM[:-1] in call.messages[-1]["content"]
    told = "".join(message["content"] for message in call.messages)
    assert "boxed" not in told
    assert "The first" not in told


def test_what_the_witness_wrote_is_counted() -> None:
    stage = Stage(solution("15"))
    body = stage.reply().body

    whole = len(solution("15")) // 4 + 1
    assert body["usage"]["completion_tokens"] == pytest.approx(whole + len(WRITTEN) / 4, abs=2)
    assert body["usage"]["prompt_tokens"] > 100


def test_a_differing_witness_disputes_an_answer_where_there_is_no_time_for_another() -> None:
    stage = Stage(solution("15"), written=WRONG)
    stage.model.at_token = lambda formal, number: stage.scene.clock.advance(11.0) if number == 0 else None

    body = stage.reply(wait=27.0).body

    assert (level(body), kinds(body)) == ("disputed", [("formalisation", False)])
    assert len(stage.model.whole_calls) == 1


def test_at_medium_effort_one_more_answer_is_asked_where_the_witness_differs() -> None:
    stage = Stage(solution("15"), solution("15", "second"), written=WRONG)

    body = stage.reply().body

    assert kinds(body) == [("formalisation", False), ("second_answer", True)]
    assert level(body) == "disputed", "a lead of one vote proves little"
    assert body["final_answer"] == "15"
    assert "first text" in body["solution"]


def test_an_answer_that_is_outvoted_gives_way_with_its_text() -> None:
    stage = Stage(solution("14"), solution("15", "second"))

    body = stage.reply().body

    assert kinds(body) == [("formalisation", True), ("second_answer", False)]
    assert body["final_answer"] == "15"
    assert "second text" in body["solution"]
    assert "first text" not in body["solution"]
    assert level(body) == "disputed"


def test_three_that_say_three_things_settle_nothing() -> None:
    stage = Stage(solution("14"), solution("16", "second"))

    body = stage.reply().body

    assert kinds(body) == [("formalisation", False), ("second_answer", False)]
    assert (level(body), body["final_answer"]) == ("disputed", "14")


def test_nobody_waits_in_vain_for_a_slot_that_settles_a_dispute() -> None:
    stage = Stage(solution("14"), solution("15", "second"))
    shared = stage.deps.shared
    assert shared is not None
    stage.model.at_token = lambda formal, at: (
        wait_in_queue(shared, stage.scene.table, "other", 0) and None if formal and at == 0 else None
    )
    take_slot(shared)

    assert level(stage.reply().body) == "disputed"
    assert len(stage.model.whole_calls) == 1


@pytest.mark.parametrize(
    "written",
    [
        "I cannot do this.",
        "",
        "given x = 1",
        WRITTEN.replace("12 red apples", "12 blue apples"),
        WRITTEN.replace("ask bought - eaten", "ask"),
        'given red = 12 "12 red apples"\n' * 60,
        "```\n" + "let a = b\n" * 40,
    ],
)
def test_without_a_usable_formalisation_an_answer_stands_alone(written: str) -> None:
    stage = Stage(solution("15"), written=written)

    body = stage.reply().body

    assert (level(body), kinds(body), body["final_answer"]) == ("single", [], "15")


def test_a_fault_of_the_checker_at_a_witness_costs_no_answer_and_is_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = Stage(solution("15"))
    run = stage.checker.run

    def fail(task: str, payload: dict[str, Any]) -> dict[str, Any]:
        if task == "witness":
            raise OSError("no process")
        return run(task, payload)

    monkeypatch.setattr(stage.checker, "run", fail)

    body = stage.reply().body
    flush()

    assert (level(body), body["final_answer"]) == ("single", "15")
    said = capsys.readouterr().out
    assert '"cause":"crashed"' in said
    assert "no process" not in said


def test_a_formalisation_that_is_cut_says_nothing() -> None:
    stage = Stage(solution("15"), written=WRITTEN + "equation red = red\n" * 200)

    assert level(stage.reply().body) == "single"
    assert stage.model.formal_calls[0].num_predict == 400


def test_low_effort_asks_nobody() -> None:
    stage = Stage(solution("15"))

    body = stage.reply("low").body

    assert (level(body), kinds(body)) == ("single", [])
    assert len(stage.model.calls) == 1


def test_high_effort_has_a_second_answer_as_a_witness_too() -> None:
    stage = Stage(solution("15"), solution("15", "second"))

    body = stage.reply("high").body

    assert kinds(body) == [("formalisation", True), ("second_answer", True)]
    assert level(body) == "corroborated"
    assert len(stage.model.whole_calls) == 2


def test_high_effort_asks_a_third_answer_where_two_differ() -> None:
    stage = Stage(solution("14"), solution("15", "second"), solution("15", "third"), written="nothing")

    body = stage.reply("high").body

    assert kinds(body) == [("second_answer", False), ("second_answer", True)]
    assert (level(body), body["final_answer"]) == ("disputed", "15")
    assert "second text" in body["solution"]
    assert len(stage.model.whole_calls) == 3


def test_three_answers_against_one_formalisation_settle_a_dispute() -> None:
    stage = Stage(solution("15"), solution("15", "second"), solution("15", "third"), written=WRONG)

    body = stage.reply("high").body

    assert kinds(body) == [("formalisation", False), ("second_answer", True), ("second_answer", True)]
    assert (level(body), body["final_answer"]) == ("corroborated", "15")


def test_a_further_answer_that_is_verified_is_proved() -> None:
    stage = Stage(solution("14"), solution("15", "second"), statuses={"15": "verified"})

    body = stage.reply("high").body

    assert (level(body), body["final_answer"]) == ("proved", "15")
    assert body["verification"]["status"] == "verified"
    assert ("recomputation", True) in kinds(body)


def test_a_refuted_further_answer_has_no_vote() -> None:
    stage = Stage(solution("15"), solution("14", "second"), statuses={"14": "refuted"})

    body = stage.reply("high").body

    assert kinds(body) == [("formalisation", True)]
    assert level(body) == "corroborated"


def test_a_false_line_in_the_working_has_the_problem_asked_once_more_and_refutes_nothing() -> None:
    stage = Stage(solution("15"), solution("16", "second"), statuses={"15": "false line"}, written=WRONG)

    body = stage.reply("low").body

    assert body["final_answer"] == "16"
    assert body["verification"]["status"] == "unverifiable"
    assert "In line 3 of the answer" in stage.model.calls[1].messages[-1]["content"]


def test_an_answer_with_a_false_line_is_disputed_at_best() -> None:
    stage = Stage(solution("15"), solution("15", "second"), statuses={"15": "false line"})

    body = stage.reply().body

    assert (level(body), kinds(body)) == ("disputed", [("formalisation", True), ("steps", False)])
    assert body["confidence"]["evidence"][1]["detail"] == "Line 3: 2 = 3."


@pytest.mark.parametrize(("status", "expected"), [("verified", "proved"), ("refuted", "refuted")])
def test_what_the_check_decides_needs_no_witness(status: str, expected: str) -> None:
    stage = Stage(solution("15"), solution("15"), statuses={"15": status})

    body = stage.reply().body

    assert (level(body), kinds(body)) == (expected, [("recomputation", status == "verified")])
    assert not stage.model.formal_calls


def test_a_check_that_was_not_run_has_witnesses() -> None:
    assert level(Stage(solution("15"), statuses={"15": "killed"}).reply().body) == "corroborated"


def test_who_wants_nothing_checked_waits_for_no_witness() -> None:
    stage = Stage(solution("15"))
    who = caller(stage.scene, wait=29.0)

    body = answer(stage.deps, stage.plan(verify=False), {**ASKED, "verify": False}, who).body

    assert body["confidence"] is None
    assert not stage.model.formal_calls


def test_a_problem_with_a_context_is_not_written_as_equations() -> None:
    stage = Stage(solution("15"))

    assert level(stage.reply(context="Tom lost all of his apples. " * 3).body) == "single"
    assert not stage.model.formal_calls


@pytest.mark.parametrize("final", [r"x \in (0, 1)", "A", "2, 3", r"\frac{x}{2}"])
def test_what_is_no_single_number_is_not_written_as_equations(final: str) -> None:
    stage = Stage(solution(final))

    assert level(stage.reply().body) == "single"
    assert not stage.model.formal_calls


def test_a_host_that_refuses_prefill_is_asked_to_answer_at_once() -> None:
    stage = Stage(solution("15"))
    stage.model.refuses_prefill = True

    assert level(stage.reply().body) == "corroborated"
    first, second = stage.model.formal_calls
    assert first.prefill
    assert not second.prefill
    assert "without thinking" in second.messages[-1]["content"]


@pytest.mark.parametrize("error", [ModelUnavailable(), ModelError(), ModelTimeout()])
def test_a_host_that_fails_a_witness_costs_no_answer(error: Exception) -> None:
    stage = Stage(solution("15"))

    def fail(formal: bool, number: int) -> None:
        if formal and number == 3:
            raise error

    stage.model.at_token = fail

    body = stage.reply("high").body

    assert (level(body), body["final_answer"]) == ("single", "15")
    assert len(stage.model.whole_calls) == 1, "a host that is ill is not asked for another answer"


def test_a_witness_is_handed_over_in_its_middle_and_nothing_is_done_twice() -> None:
    stage = Stage(solution("15"))
    wait = len(solution("15")) / 4 * SECONDS_PER_TOKEN + 1.0

    reply = stage.reply(wait=wait)

    assert reply.status == 202
    body = stage.result_of_job().body
    assert level(body) == "corroborated"
    first, second = stage.model.formal_calls
    assert second.prefill.startswith(first.prefill + "given red")
    assert len(stage.model.whole_calls) == 1
    assert body["usage"]["completion_tokens"] == pytest.approx(
        len(solution("15")) / 4 + len(WRITTEN) / 4, abs=3
    )


def test_a_witness_that_is_begun_anew_by_each_worker_ends_within_its_tokens() -> None:
    stage = Stage(solution("15"), written="".join(f"given g{at} = {at * at}\n" for at in range(200)))
    stage.model.begins_anew = True
    needed = len(solution("15")) / 4
    stage.scene.settings = stage.scene.settings.model_copy(
        update={"generation_timeout": 150 * SECONDS_PER_TOKEN}
    )

    assert stage.reply(wait=(needed + 100) * SECONDS_PER_TOKEN).status == 202
    body = stage.result_of_job().body

    assert level(body) == "single"
    most = stage.scene.settings.witness_tokens
    assert body["usage"]["completion_tokens"] < needed + 2 * most


def test_a_second_answer_is_handed_over_in_its_middle() -> None:
    stage = Stage(solution("15"), solution("15", "second"))
    wait = (len(solution("15")) + len(WRITTEN)) / 4 * SECONDS_PER_TOKEN + 1.0

    assert stage.reply("high", wait=wait).status == 202
    for _ in range(4):
        stage.scene.clock.advance(LEASE_SECONDS)
        work(stage.scene, deps=stage.deps)
    body = stage.reply("high").body

    assert kinds(body) == [("formalisation", True), ("second_answer", True)]
    assert len(stage.model.formal_calls) == 1
    assert [bool(call.prefill) for call in stage.model.whole_calls] == [False, False, True]


class Killed(BaseException):
    pass


def test_a_worker_that_is_killed_in_the_middle_of_a_witness_loses_what_it_had_not_saved() -> None:
    stage = Stage(solution("15"))
    stage.scene.clock.advance(0)

    def die(formal: bool, number: int) -> None:
        if formal and number == 30:
            stage.model.at_token = lambda _formal, _number: None
            raise Killed

    stage.model.at_token = die
    assert stage.reply(wait=0.5).status == 202
    stage.scene.clock.advance(2)
    with pytest.raises(Killed):
        work(stage.scene, deps=stage.deps)
    shared = stage.deps.shared
    assert shared is not None
    shared.queue.send(stage.scene.run["pk"].removeprefix("run#"), "partner-a")

    body = stage.result_of_job().body

    assert level(body) == "corroborated"
    assert all(call.prefill for call in stage.model.whole_calls[1:])


def test_a_strict_client_gets_its_answer_by_the_deadline_without_the_witness() -> None:
    stage = Stage(solution("15"))
    wait = len(solution("15")) / 4 * SECONDS_PER_TOKEN + 1.0

    reply = stage.reply(wait=wait, strict=True)

    assert reply.status == 200
    assert level(reply.body) == "single"


def test_a_stream_shows_the_whole_answer_before_its_witness_is_asked() -> None:
    stage = Stage(solution("15"))
    shown = ""
    seen_before: list[str] = []

    def look(formal: bool, number: int) -> None:
        if formal and number == 1:
            seen_before.append(shown)

    stage.model.at_token = look
    last: Any = None
    for piece in live(stage.deps, stage.plan(), Presentation.from_dict(ASKED), caller(stage.scene)):
        if piece is not None and piece.kind == "answer":
            shown += piece.text
        last = piece or last

    assert last.kind == "done"
    assert level(last.body) == "corroborated"
    assert shown == last.body["solution"]
    assert seen_before == [shown]


def test_a_streams_answer_is_not_replaced_after_it_was_shown() -> None:
    stage = Stage(solution("14"), solution("15", "second"), solution("15", "third"))

    pieces = list(live(stage.deps, stage.plan("high"), Presentation.from_dict(ASKED), caller(stage.scene)))
    body: Any = pieces[-1].body if pieces[-1] else None

    assert (level(body), body["final_answer"]) == ("disputed", "14")
    assert kinds(body) == [("formalisation", False), ("second_answer", False)]


def test_a_cancelled_run_stops_its_witness() -> None:
    stage = Stage(solution("15"))
    shared = stage.deps.shared
    assert shared is not None
    assert stage.reply(wait=0.5).status == 202

    def cancel(formal: bool, number: int) -> None:
        if formal and number == 0:
            run = shared.runs.get(stage.scene.run["pk"].removeprefix("run#"))
            assert run is not None
            for waiter in run.waiters:
                shared.runs.cancel(run.id, waiter)

    stage.model.at_token = cancel
    stage.scene.clock.advance(2)
    work(stage.scene, deps=stage.deps)

    assert not [item for item in stage.scene.items("run#") if item.get("status") == "succeeded"]
    assert not stage.scene.items("slots")


def test_the_answer_in_the_cache_has_its_confidence() -> None:
    stage = Stage(solution("15"))
    first = stage.reply().body

    again = stage.reply().body

    assert again["cached"] is True
    assert again["confidence"] == first["confidence"]


def test_a_cached_answer_without_confidence_is_given_at_once_and_renewed() -> None:
    stage = Stage(solution("15"))
    plan = stage.plan(verify=False)
    answer(stage.deps, plan, {**ASKED, "verify": False}, caller(stage.scene, wait=29.0))

    first = stage.reply().body
    for _ in range(3):
        stage.scene.clock.advance(LEASE_SECONDS)
        work(stage.scene, deps=stage.deps)
    second = stage.reply().body

    assert first["confidence"] is None
    assert first["cached"] is second["cached"] is True
    assert level(second) == "corroborated"
    assert len(stage.model.whole_calls) == 1


def measured(n: int, low: float) -> Calibration:
    figure = {"precision": 0.97, "low": low, "high": 0.99, "n": n, "on": "a set"}
    return Calibration({"arithmetic_word_problem": {"corroborated": figure}})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("n", "low", "expected"), [(400, 0.95, "corroborated"), (99, 0.95, "single"), (400, 0.89, "single")]
)
def test_a_class_that_was_measured_is_corroborated_where_that_was_worth_it(
    n: int, low: float, expected: str
) -> None:
    body = Stage(solution("15"), calibration=measured(n, low)).reply().body

    assert level(body) == expected
    if expected == "corroborated":
        assert body["confidence"]["measured"] == {
            "precision": 0.97,
            "low": low,
            "high": 0.99,
            "n": n,
            "on": "a set",
        }
    else:
        assert body["confidence"]["measured"] is None
