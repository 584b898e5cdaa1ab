"""Dependencies with fakes at the edges: a model with known answers, a table in memory, a queue that is a list."""

from __future__ import annotations

import contextlib
import hashlib
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from stepwise.answering import jobs
from stepwise.answering.caller import Caller
from stepwise.answering.dependencies import Dependencies
from stepwise.answering.preferences import Preferences
from stepwise.answering.tasks import Presentation
from stepwise.answering.verification import NoChecker
from stepwise.answering.work import Progress
from stepwise.answering.worker import Message, process_message
from stepwise.api.endpoint import respond
from stepwise.api.reply import Reply, job_reply
from stepwise.config import Settings
from stepwise.coordination.coordination import Coordination, coordination
from stepwise.coordination.places import NOWHERE, QueuePlace
from stepwise.coordination.runs import Run
from stepwise.coordination.slots import Slot
from stepwise.coordination.transitions import Held, SlotTaken
from stepwise.errors import ModelTimeout
from stepwise.ollama.port import Chunk, Finish, Prompt
from stepwise.plan import Plan
from stepwise.storage.answer_cache import AnswerCache
from stepwise.storage.work_queue import QueueUnavailable
from support.clock import Clock
from support.tables import MemoryTable

__all__ = [
    "PRESENTATION",
    "FakeModel",
    "FakeQueue",
    "Scene",
    "Sent",
    "answer",
    "answer_to",
    "caller",
    "cancel_job",
    "look_up",
    "made_run",
    "plan_of",
    "save",
    "solution_of",
    "take_slot",
    "wait_in_queue",
    "work",
]

SECONDS_PER_TOKEN = 0.05
PRESENTATION = {"include_reasoning": False, "verify": False, "problem": "q"}


def plan_of(question: str = "q", *, key: str | None = None, verify: bool = False, **changes: Any) -> Plan:
    """A plan whose answer is :func:`answer_to` *question*."""
    subject = {"problem": question, "language": "en", "steps": True, "verify": verify, "condensed": None}
    plan = Plan(
        kind="solve",
        messages=({"role": "user", "content": f"@{question}@"},),
        model="m",
        options={},
        num_predict=1_000,
        key=f"key-{question}" if key is None else key,
        store=True,
        subject=subject,
    )
    return replace(plan, **changes)


def solution_of(question: str, tokens: int = 60) -> str:
    """What a client sees of :func:`answer_to`."""
    return "".join(answer_to(question, tokens)).split("</think>")[1].strip()


def answer_to(question: str, tokens: int = 60) -> list[str]:
    """The tokens of the answer to *question*, without repetitions."""
    seed = hashlib.sha256(question.encode()).hexdigest()[:6]
    thinking = ["<think>", *(f" t{seed}-{number}" for number in range(tokens // 2)), " </think>"]
    return [*thinking, *(f" a{seed}-{number}" for number in range(tokens // 2)), r" $\boxed{42}$"]


class FakeModel:
    """Writes :func:`answer_to` the last user message, after the prefill; the clock advances with every token.

    ``at_token`` is called before each token with the number of tokens written in this call; it may raise what a
    model host or a dying process would.
    """

    def __init__(self, clock: Clock, *, tokens: int = 60) -> None:
        self._clock = clock
        self._tokens = tokens
        self.at_token: Callable[[int], None] = lambda _: None
        self.produced: dict[str, int] = {}
        self.calls: list[Prompt] = []
        self.running = 0
        self.peak = 0

    def context_length(self) -> int | None:
        return None

    def generate(self, prompt: Prompt, *, deadline: float) -> Any:
        self.calls.append(prompt)
        return _Writing(self, prompt, deadline)

    def write(self, prompt: Prompt, deadline: float) -> Iterator[Chunk | Finish]:
        question = question_in(prompt)
        tokens = answer_to(question, self._tokens)
        text = ""
        start = 0
        while text != prompt.prefill:
            text += tokens[start]
            start += 1
            if not prompt.prefill.startswith(text):
                raise AssertionError("the prefill is not the beginning of the answer")
        count = 0
        for token in tokens[start:]:
            if count == prompt.num_predict:
                yield Finish("length", 100 + start, count, 0, 0)
                return
            self.at_token(count)
            if self._clock() >= deadline:
                raise ModelTimeout
            self._clock.advance(SECONDS_PER_TOKEN)
            count += 1
            self.produced[question] = self.produced.get(question, 0) + 1
            yield Chunk(token)
        yield Finish("stop", 100 + start, count, 0, 0)


class _Writing:
    def __init__(self, model: FakeModel, prompt: Prompt, deadline: float) -> None:
        self._model = model
        self._chunks = model.write(prompt, deadline)

    def __enter__(self) -> Iterator[Chunk | Finish]:
        self._model.running += 1
        self._model.peak = max(self._model.peak, self._model.running)
        return self._chunks

    def __exit__(self, *_: object) -> None:
        self._model.running -= 1
        self._chunks.close()  # type: ignore[attr-defined]


def question_in(prompt: Prompt) -> str:
    """The word between two ``@`` in a message."""
    return next(str(each["content"]).split("@")[1] for each in prompt.messages if "@" in each["content"])


@dataclass
class Sent:
    run_id: str
    group: str
    visible_at: float
    fence: int = 0
    receives: int = 0


class FakeQueue:
    """A queue whose messages are delivered by the test, also more than once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.messages: list[Sent] = []
        self.down = False

    def send(self, run_id: str, group: str, *, delay: float = 0, fence: int = 0) -> None:
        if self.down:
            raise QueueUnavailable("down")
        self.messages.append(Sent(run_id, group, self._clock() + delay, fence))

    def hold(self, receipt_handle: str, seconds: float) -> None:
        return


def caller(
    scene: Scene, partner: str = "partner-a", *, remaining: float = 300.0, **preferences: Any
) -> Caller:
    started = scene.clock()
    return Caller(
        partner=partner,
        preferences=Preferences(**preferences),
        started=started,
        remaining=lambda: remaining - (scene.clock() - started),
    )


def answer(deps: Dependencies, plan: Plan, presentation: Mapping[str, Any], who: Caller) -> Reply:
    """The reply to one request, as the api makes it."""
    return respond(deps, plan, Presentation.from_dict(presentation), who)


def look_up(
    deps: Dependencies, shared: Coordination, job_id: str, partner: str, *, until: float, instance: str
) -> Reply:
    """The reply about a job, as the api makes it."""
    return job_reply(jobs.look_up(deps, shared, job_id, partner, until=until), instance)


def cancel_job(shared: Coordination, job_id: str, partner: str, *, instance: str) -> Reply:
    """The reply to a cancelled job's client, as the api makes it."""
    return job_reply(jobs.cancel_job(shared, job_id, partner), instance)


def take_slot(shared: Coordination | None) -> Slot | None:
    """A slot for somebody that no run knows; None if all are taken."""
    assert shared is not None
    for slot in shared.slots.find():
        with contextlib.suppress(SlotTaken):
            shared.transitions.take_slot(slot, QueuePlace(NOWHERE, "", 0))
            return slot
    return None


def made_run(shared: Coordination | None, table: MemoryTable, run_id: str, plan: Plan, **more: Any) -> Run:
    """A run whose owner has begun it, without a slot or a place."""
    assert shared is not None
    writes, run = shared.runs.creating(run_id, plan, **{"group": "g", "waiter_id": "job_1", **more})
    table.transact(writes)
    return run


def save(shared: Coordination | None, run: Run, progress: Progress) -> None:
    """Save *progress* as the owner of *run* does, which has no slot."""
    assert shared is not None
    held = Held(QueuePlace(run.place, run.id, run.since, run.fence))
    shared.transitions.save(run, progress.as_dict(), held, tokens=progress.tokens, advanced=True)


def wait_in_queue(shared: Coordination | None, table: MemoryTable, run_id: str, since: float) -> QueuePlace:
    """A place of an answer that waits *since* then (epoch seconds)."""
    assert shared is not None
    place = QueuePlace(shared.admission.free_number(0), run_id, round(since * 1000))
    table.transact([shared.admission.placing(place, "others", owned=False)])
    shared.admission.line.mark()
    return place


@dataclass
class Scene:
    """The table, queue, model and clock of a test, and dependencies that use them."""

    settings: Settings = field(default_factory=lambda: Settings(model_slots=2, max_queued=5))
    tokens: int = 60
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.chance = random.Random(0)
        self.table = MemoryTable()
        self.queue = FakeQueue(self.clock)
        self.model = FakeModel(self.clock, tokens=self.tokens)
        self.deps = self.environment()

    def environment(self) -> Dependencies:
        """The dependencies of a new execution environment: the same table, queue and model, an own memory."""
        return Dependencies(
            settings=self.settings,
            model=self.model,
            cache=AnswerCache(
                self.table,
                ttl_seconds=self.settings.cache_ttl_seconds,
                clock=self.clock,
                monotonic=self.clock,
                timeout=5.0,
            ),
            checker=NoChecker(),
            shared=coordination(
                self.table,
                self.queue,  # type: ignore[arg-type]
                self.settings,
                clock=self.clock,
                chance=self.chance,
            ),
            clock=self.clock,
            monotonic=self.clock,
            sleep=self.clock.sleep,
        )

    def items(self, pk: str) -> list[Any]:
        """The items whose partition key begins with *pk*."""
        return [item for item in self.table.items() if item["pk"].startswith(pk)]

    @property
    def run(self) -> Any:
        """The only run that is not cancelled."""
        (item,) = [
            item for item in self.items("run#") if item["sk"] == "run" and item["status"] != "cancelled"
        ]
        return item


def work(scene: Scene, *, remaining: float = 900.0, deps: Dependencies | None = None) -> int:
    """Let workers process all visible messages; returns their number."""
    due = [message for message in scene.queue.messages if message.visible_at <= scene.clock()]
    for message in due:
        scene.queue.messages.remove(message)
        end = scene.clock() + remaining
        at_work = deps or scene.environment()
        assert at_work.shared is not None
        process_message(
            at_work,
            at_work.shared,
            Message(message.run_id, lambda _: None, message.fence),
            remaining=lambda end=end: end - scene.clock(),  # type: ignore[misc]
        )
    return len(due)
