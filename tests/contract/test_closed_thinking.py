"""A thinking that we close, over the whole service with a scripted host: each effort, each way to ask, each death.

The host counts as Ollama does: the tokens of the prompt with what it holds of the answer, and those that it wrote. It
gives its counts only at the end of a call, so a call that was closed has none.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest
from stepwise.answering.drafting import proof_search
from stepwise.answering.stream import live
from stepwise.answering.tasks import Presentation
from stepwise.answering.work import Progress
from stepwise.api.planning import chat_plan, solve_plan
from stepwise.api.schemas import ChatRequest, Message, SolveRequest
from stepwise.config import Settings
from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.errors import GenerationBroken, ModelTimeout
from stepwise.ollama.port import Chunk, Finish, Prompt
from stepwise.plan import Plan
from stepwise.prompts import answer_start
from support.hosts.model_host import tokens_of
from support.scene import FakeModel, Scene, answer, caller, look_up, work

LOW = 40
START = answer_start("solve", "en")
ANSWER = (
    f"{START.strip()}\n\nA product.\n\n## Steps\n\n1. **Multiply**: six times seven is forty-two.\n\n"
    "## Answer\n\n$\\boxed{42}$"
)
QUESTION = "How much is six times seven?"
PROMPT_TOKENS = 100
CLOSING_BOUND = 8
"""The host counts the text that closes a thinking as prompt; how many tokens that is can only be estimated."""
SETTINGS = Settings(
    model_slots=1,
    num_ctx=2_048,
    num_predict=800,
    thinking_budget_low=LOW,
    thinking_budget_medium=80,
    answer_reserve=100,
    witness_tokens=0,
)
EVERYTHING = {"include_reasoning": True, "verify": False, "problem": QUESTION}


def endless() -> Iterator[str]:
    """A thinking without an end and without repetitions."""
    return itertools.chain(["<think>"], (f" w{number}" for number in itertools.count()))


class Host(FakeModel):
    """Thinks *thoughts*, and writes *answer* once its thinking is closed; goes on exactly from what it is given.

    ``before_token`` is called with the number of all tokens that it has written.
    """

    def __init__(self, scene: Scene, thoughts: Callable[[], Iterable[str]], answer: str | list[str]) -> None:
        super().__init__(scene.clock)
        self._scene = scene
        self._thoughts = thoughts
        self._answer = answer
        self.generated = 0
        self.seconds_per_token = 0.005
        self.tokens_in: Callable[[str], int] = lambda _: 1
        """How many tokens a chunk is."""
        self.last_counts = (0, 0)
        """What it counted of the prompt and of the answer of the last call."""
        self.before_token: Callable[[int], None] = lambda _: None
        scene.model = self

    def write(self, prompt: Prompt, deadline: float) -> Iterator[Chunk | Finish]:
        held, rest = self._rest(prompt.prefill)
        written, reason = 0, "stop"
        for count, token in enumerate(rest):
            if count == prompt.num_predict:
                reason = "length"
                break
            self.before_token(self.generated)
            if self._scene.clock() >= deadline:
                raise ModelTimeout
            self._scene.clock.advance(self.seconds_per_token)
            written += self.tokens_in(token)
            self.generated += self.tokens_in(token)
            yield Chunk(token)
        self.last_counts = (PROMPT_TOKENS + held, written)
        yield Finish(reason, *self.last_counts, 0, 0)  # type: ignore[arg-type]

    def _rest(self, prefill: str) -> tuple[int, Iterable[str]]:
        """How many tokens the *prefill* is, and those that follow it."""
        thinking, closed, begun = prefill.partition("</think>")
        if not closed:
            return self._after(self._thoughts(), thinking)
        answer = _tokens_behind_start(self._answer) if isinstance(self._answer, str) else self._answer
        held, rest = self._after(answer, begun.removeprefix("\n\n"))
        closing = len(tokens_of("\n</think>\n\n"))
        return self._after(self._thoughts(), thinking.removesuffix("\n"))[0] + closing + held, rest

    def _after(self, tokens: Iterable[str], text: str) -> tuple[int, Iterable[str]]:
        rest = iter(tokens)
        count = 0
        while text:
            token = next(rest)
            count += self.tokens_in(token)
            if text.startswith(token):
                text = text.removeprefix(token)
            else:
                assert token.startswith(text), "the prefill is not what was written"
                return count, itertools.chain([token.removeprefix(text)], rest)
        return count, rest


def _tokens_behind_start(text: str) -> list[str]:
    """The tokens of *text*, of which none begins in the answer's first heading, which we write, and ends behind it."""
    return [*tokens_of(START), *tokens_of(text.removeprefix(START))]


def hosted(
    thoughts: Callable[[], Iterable[str]] = endless, answer: str | list[str] = ANSWER
) -> tuple[Scene, Host]:
    scene = Scene(SETTINGS)
    return scene, Host(scene, thoughts, answer)


def plan(effort: str = "low", **fields: Any) -> Plan:
    return solve_plan(SolveRequest(problem=QUESTION, effort=effort, verify=False, **fields), SETTINGS)  # type: ignore[arg-type]


def waited_for(scene: Scene, asked: Plan, deps: Any = None) -> Any:
    reply = answer(deps or scene.environment(), asked, EVERYTHING, caller(scene))
    assert reply.status == 200
    return reply.body


def streamed(scene: Scene, asked: Plan) -> Any:
    presentation = Presentation.from_dict(EVERYTHING)
    deps, who = scene.environment(), caller(scene)
    pieces = [piece for piece in live(deps, asked, presentation, who, until=float("inf")) if piece]
    done = pieces[-1].body
    assert pieces[-1].kind == "done"
    for kind, field in (("answer", "solution"), ("thinking", "reasoning")):
        shown = "".join(piece.text for piece in pieces if piece.kind == kind)
        assert shown.strip() == done[field], kind
    return done


def begun_as_job(scene: Scene, asked: Plan, presentation: Any = EVERYTHING) -> str:
    reply = answer(scene.environment(), asked, presentation, caller(scene, respond_async=True))
    assert reply.status == 202
    return str(reply.body["id"])


def ended_job(scene: Scene, job_id: str, deps: Any = None) -> Any:
    for _ in range(20):
        work(scene, deps=deps)
        scene.clock.advance(1)
    shared = scene.deps.shared
    assert shared is not None
    reply = look_up(scene.deps, shared, job_id, "partner-a", until=0, instance="/")
    assert reply.body["status"] == "succeeded", reply.body
    return reply.body["result"]


def as_job(scene: Scene, asked: Plan) -> Any:
    return ended_job(scene, begun_as_job(scene, asked))


def handed_over(scene: Scene, asked: Plan) -> Any:
    """The answer of a worker that goes on with a request whose time was up after ten tokens."""
    host = scene.model
    assert isinstance(host, Host)
    host.before_token = _once_at({10}, ModelTimeout)
    reply = answer(scene.environment(), asked, EVERYTHING, caller(scene, wait=20.0))
    assert reply.status == 202
    return ended_job(scene, reply.body["id"])


def _once_at(moments: set[int], error: type[BaseException]) -> Callable[[int], None]:
    left = set(moments)

    def before_token(number: int) -> None:
        if number in left:
            left.remove(number)
            raise error

    return before_token


def saved(scene: Scene) -> Progress:
    shared = scene.deps.shared
    assert shared is not None
    run = shared.runs.get(scene.run["pk"].removeprefix("run#"))
    assert run is not None
    return Progress.from_dict(run.progress)


def without_time(result: Any) -> Any:
    usage = {name: value for name, value in result["usage"].items() if name != "duration_ms"}
    return {**result, "usage": usage}


@pytest.mark.parametrize("ask", [waited_for, streamed, as_job, handed_over])
@pytest.mark.parametrize("effort", ["low", "medium", "high"])
def test_a_thinking_without_an_end_gives_an_answer_at_each_effort_and_in_each_way(
    effort: str, ask: Callable[[Scene, Plan], Any]
) -> None:
    scene, host = hosted()
    asked = plan(effort)

    result = ask(scene, asked)

    budget = {"low": LOW, "medium": 80, "high": asked.thinking_budget}[effort]
    assert asked.thinking_budget == budget
    assert effort != "high" or 1_000 < budget <= SETTINGS.num_ctx - SETTINGS.answer_reserve
    assert (result["solution"], result["final_answer"], result["finish_reason"]) == (ANSWER, "42", "stop")
    assert result["thinking"] == {"tokens": budget, "ended_by": "budget"}
    assert result["reasoning"] == "".join(f" w{number}" for number in range(budget - 1)).strip()
    assert result["usage"]["completion_tokens"] == host.generated
    assert abs(result["usage"]["prompt_tokens"] - PROMPT_TOKENS) <= CLOSING_BOUND


class Killed(Exception):
    """The process of a worker ends here."""


UNSAVED, SAVED = 0.005, 3.0
"""Seconds per token: an owner that dies has saved nothing yet, or all but its last token."""


@pytest.mark.parametrize("pace", [UNSAVED, SAVED])
@pytest.mark.parametrize(
    ("moment", "deaths"),
    [
        ("before the first token", {0}),
        ("in the thinking", {LOW // 2}),
        ("just before the closing", {LOW - 1}),
        ("between the closing and the answer", {LOW}),
        ("behind the first token of the answer", {LOW + 1}),
        ("in the answer", {LOW + 15}),
        ("at each of them", {0, LOW // 2, LOW - 1, LOW, LOW + 1, LOW + 15}),
    ],
)
def test_who_dies_around_the_closing_leaves_the_answer_of_an_undivided_run(
    moment: str, deaths: set[int], pace: float
) -> None:
    undivided = without_time(waited_for(hosted()[0], plan()))
    scene, host = hosted()
    host.seconds_per_token = pace
    job_id = begun_as_job(scene, plan())
    die = _once_at(deaths, Killed)
    lost = 0
    closed = False

    def may_die(number: int) -> None:
        nonlocal lost, closed
        try:
            die(number)
        except Killed:
            lost += number - lost - saved(scene).tokens
            closed = bool(saved(scene).draft.ended_by)
            raise

    host.before_token = may_die
    killed = 0
    for _ in range(len(deaths) + 1):
        try:
            work(scene)
        except Killed:
            killed += 1
            scene.clock.advance(LEASE_SECONDS + 1)
            scene.queue.send(scene.run["pk"].removeprefix("run#"), "partner-a")

    result = without_time(ended_job(scene, job_id))

    assert killed == len(deaths), moment
    assert closed is (pace == SAVED and max(deaths) > LOW), "it died at another moment"
    assert result == undivided
    assert result["usage"]["completion_tokens"] == host.generated - lost, "what is lost is written again"


@pytest.mark.parametrize("moment", [LOW // 2, LOW - 1, LOW, LOW + 1, LOW + 15])
def test_a_stream_that_stalls_for_good_around_the_closing_leaves_the_answer_of_an_undivided_run(
    moment: int,
) -> None:
    undivided = without_time(waited_for(hosted()[0], plan()))
    scene, host = hosted()
    host.seconds_per_token = SAVED
    presentation = Presentation.from_dict(EVERYTHING)
    stalled = live(scene.environment(), plan(), presentation, caller(scene), until=float("inf"))
    while host.generated < moment:
        next(stalled)
    scene.clock.advance(LEASE_SECONDS + 1)
    run_id = scene.run["pk"].removeprefix("run#")
    scene.queue.send(run_id, "partner-a")
    work(scene)

    shared = scene.deps.shared
    assert shared is not None
    run = shared.runs.get(run_id)
    assert run is not None
    assert run.fence == 2
    result = without_time(run.result)
    for name in ("solution", "final_answer", "reasoning", "finish_reason", "thinking", "usage"):
        assert result[name] == undivided[name], name
    stalled.close()


class Checker:
    """Verifies the *right* answers, and refutes all others."""

    def __init__(self, *right: str) -> None:
        self._right = right
        self.checked: list[tuple[str, bool]] = []
        """The answers in their order, and whether each came with a solution."""

    def start(self, task: str) -> None:
        return

    def run(self, task: str, payload: dict[str, Any]) -> dict[str, Any]:
        self.checked.append((payload["final_answer"], bool(payload["solution"])))
        status = "verified" if payload["final_answer"] in self._right else "refuted"
        return {"status": status, "method": "substitution", "detail": "It was put in."}


class AtOnce:
    """An executor that has run what it is given when it returns, so that no test depends on threads."""

    def __init__(self, **_: object) -> None:
        return

    def submit(self, call: Callable[[str], bool], found: str) -> Future[bool]:
        future: Future[bool] = Future()
        future.set_result(call(found))
        return future

    def shutdown(self, **_: object) -> None:
        return


HELD_BACK = 32 + 8
"""Characters of a continuation that are looked at only when it is clear that the host goes on with the draft, and its
leading white space and last token."""
CONCLUSION = ["\n", "So", " x", " =", " 42", ".", "\n"]
PROVED_AT = 1 + 12 + len(CONCLUSION)


def concluding() -> Iterator[str]:
    thoughts = endless()
    return itertools.chain(itertools.islice(thoughts, 13), CONCLUSION, thoughts)


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof_search, "ThreadPoolExecutor", AtOnce)


@pytest.mark.usefixtures("no_threads")
@pytest.mark.parametrize("cut", [None, 14, 17, PROVED_AT - 1, PROVED_AT, PROVED_AT + 9])
def test_a_proved_candidate_closes_the_thinking_wherever_it_is_handed_over(cut: int | None) -> None:
    scene, host = hosted(concluding)
    checker = Checker("x = 42", "42")
    deps = replace(scene.environment(), checker=checker)
    if cut is None:
        result = waited_for(scene, plan(), deps)
    else:
        host.before_token = _once_at({cut}, ModelTimeout)
        reply = answer(deps, plan(), EVERYTHING, caller(scene, wait=20.0))
        assert reply.status == 202
        result = ended_job(scene, reply.body["id"], deps)

    thinking = "".join(itertools.islice(concluding(), result["thinking"]["tokens"]))
    proved = "".join(itertools.islice(concluding(), PROVED_AT))
    assert result["thinking"]["ended_by"] == "proof"
    assert len(proved) <= len(thinking) <= len(proved) + (HELD_BACK if cut else 0)
    assert result["reasoning"] == thinking.removeprefix("<think>").strip()
    assert (result["solution"], result["final_answer"]) == (ANSWER, "42")
    assert checker.checked == [("x = 42", False), ("42", True)], "the answer itself is checked again"
    assert result["usage"]["completion_tokens"] == host.generated


@pytest.mark.usefixtures("no_threads")
@pytest.mark.parametrize("moment", [PROVED_AT - 1, PROVED_AT, PROVED_AT + 1, PROVED_AT + 9])
def test_who_dies_around_a_proof_leaves_it_to_be_found_again(moment: int) -> None:
    scene, host = hosted(concluding)
    host.seconds_per_token = SAVED
    deps = replace(scene.environment(), checker=Checker("x = 42", "42"))
    job_id = begun_as_job(scene, plan())
    host.before_token = _once_at({moment}, Killed)
    with pytest.raises(Killed):
        work(scene, deps=deps)
    scene.clock.advance(LEASE_SECONDS + 1)
    scene.queue.send(scene.run["pk"].removeprefix("run#"), "partner-a")

    result = ended_job(scene, job_id, deps)

    thinking = "".join(itertools.islice(concluding(), result["thinking"]["tokens"]))
    assert result["thinking"]["ended_by"] == "proof"
    assert len(thinking) <= len("".join(itertools.islice(concluding(), PROVED_AT))) + HELD_BACK
    assert (result["solution"], result["final_answer"]) == (ANSWER, "42")


@pytest.mark.usefixtures("no_threads")
def test_a_proof_in_the_thinking_makes_no_other_answer_verified() -> None:
    scene, _ = hosted(concluding, ANSWER.replace("42", "43"))
    checker = Checker("x = 42")
    deps = replace(scene.environment(), checker=checker)

    result = answer(deps, plan(), {**EVERYTHING, "verify": True}, caller(scene)).body

    assert result["thinking"]["ended_by"] == "proof"
    assert result["final_answer"] == "43"
    assert result["verification"]["status"] == "refuted"
    assert checker.checked == [("x = 42", False), ("43", True)]


CIRCLE = ["Wait, ", "that is ", "not right. ", "Let me ", "try it ", "again. "]


def circling() -> Iterator[str]:
    return itertools.chain(["<think>", "Well. "], itertools.cycle(CIRCLE))


def stuck() -> Iterator[str]:
    """A thinking of equal tokens, which Ollama breaks off after thirty."""
    yield from ("<think>", "Well. ", *["no "] * 30)
    raise GenerationBroken


STORY = ["从前", "有一只", "猫，", "它很", "喜欢", "在院子里", "晒太阳。"]


def telling() -> Iterator[str]:
    """No thinking, and a story in circles."""
    return itertools.chain(["一个故事：\n"], itertools.cycle(STORY))


def meowing() -> Iterator[str]:
    """No thinking, and an answer of equal tokens, which Ollama breaks off after thirty."""
    yield from ("A story:", *[" meow"] * 30)
    raise GenerationBroken


def story() -> Plan:
    request = ChatRequest(
        messages=[Message(role="user", content="请用中文写一个关于猫的故事。")], temperature=0
    )
    return chat_plan(request, SETTINGS)


@pytest.mark.parametrize("thoughts", [circling, stuck])
def test_a_loop_in_the_thinking_is_closed_and_answered_the_same_waited_for_and_as_a_job(
    thoughts: Callable[[], Iterator[str]],
) -> None:
    asked = plan("high")
    scene, host = hosted(thoughts)
    waited, later = waited_for(scene, asked), as_job(hosted(thoughts)[0], asked)

    assert without_time(waited) == without_time(later)
    assert (waited["solution"], waited["finish_reason"]) == (ANSWER, "stop")
    assert waited["thinking"]["ended_by"] == "budget"
    assert waited["reasoning"].count("Let me") <= 1
    assert waited["reasoning"].count("no ") <= 1
    assert waited["usage"]["completion_tokens"] == host.generated, "the repetition was written, too"


def test_who_dies_where_a_loop_is_noticed_leaves_the_answer_of_an_undivided_run() -> None:
    undivided = waited_for(hosted(circling)[0], plan("high"))
    noticed = undivided["thinking"]["tokens"]
    for moment in (noticed - 1, noticed, noticed + 1):
        scene, host = hosted(circling)
        host.seconds_per_token = SAVED
        job_id = begun_as_job(scene, plan("high"))
        host.before_token = _once_at({moment}, Killed)
        with pytest.raises(Killed):
            work(scene)
        scene.clock.advance(LEASE_SECONDS + 1)
        scene.queue.send(scene.run["pk"].removeprefix("run#"), "partner-a")

        result = ended_job(scene, job_id)

        for name in ("solution", "reasoning", "final_answer", "finish_reason"):
            assert result[name] == undivided[name], (name, moment)


@pytest.mark.parametrize(
    ("thoughts", "kept"), [(telling, "一个故事：\n" + "".join(STORY)), (meowing, "A story: meow")]
)
def test_a_loop_in_the_answer_is_cut_the_same_waited_for_and_as_a_job(
    thoughts: Callable[[], Iterator[str]], kept: str
) -> None:
    scene, host = hosted(thoughts)
    waited, later = waited_for(scene, story()), as_job(hosted(thoughts)[0], story())

    assert without_time(waited) == without_time(later)
    assert (waited["response"], waited["finish_reason"]) == (kept, "length")
    assert waited["usage"]["completion_tokens"] == host.generated


def test_a_loop_in_the_thinking_and_one_in_the_answer_end_in_what_stands_before_it() -> None:
    looping = [*tokens_of(f"{START}\n\nIt is 42."), *[*tokens_of(" And so on it goes, as before.")] * 30]
    scene, host = hosted(circling, looping)
    waited, later = waited_for(scene, plan("high")), as_job(hosted(circling, looping)[0], plan("high"))

    assert without_time(waited) == without_time(later)
    assert waited["solution"].startswith(f"{START}\n\nIt is 42.")
    assert waited["solution"].count("And so on") <= 1
    assert waited["finish_reason"] == "length"
    assert waited["usage"]["completion_tokens"] == host.generated


def wide(token: str) -> int:
    """Tokens of a chunk: an ideograph is two, of which the first shows nothing."""
    return 1 + sum(character >= "\u4e00" for character in token)


def in_chinese() -> Iterator[str]:
    return itertools.chain(["<think>"], (f"想{number}" for number in itertools.count()))


CHINESE = [f"{START}\n", *(f"乘{number}" for number in range(60))]


def test_a_closed_thinking_is_counted_as_the_host_counts_the_same_writing_in_its_answer() -> None:
    scene, host = hosted(in_chinese, CHINESE)
    host.tokens_in = wide

    usage = waited_for(scene, plan())["usage"]

    assert usage["completion_tokens"] == host.generated
    assert abs(usage["prompt_tokens"] - PROMPT_TOKENS) <= CLOSING_BOUND


@pytest.mark.parametrize(
    ("thoughts", "answer_", "uncounted"), [(in_chinese, ANSWER, LOW - 1), (endless, CHINESE, 0)]
)
def test_where_the_host_gives_no_count_prompt_and_answer_still_add_up_to_what_it_counted(
    thoughts: Callable[[], Iterator[str]], answer_: str | list[str], uncounted: int
) -> None:
    """It counts a closed call only as a part of the next prompt, and never the first prompt by itself.

    So where the answer does not tell how the model's tokens are written in the thinking, each chunk is one token; what
    that misses is in ``prompt_tokens``.
    """
    scene, host = hosted(thoughts, answer_)
    host.tokens_in = wide

    usage = waited_for(scene, plan())["usage"]

    assert usage["completion_tokens"] == host.generated - uncounted
    counted = sum(host.last_counts)
    assert abs(usage["prompt_tokens"] + usage["completion_tokens"] - counted) <= CLOSING_BOUND
