"""The life of a request as a progress machine: whatever happens in whatever order, no accepted job is lost."""

from __future__ import annotations

import itertools
import threading
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from stepwise.answering.maintenance import sweep
from stepwise.answering.stream import live
from stepwise.answering.tasks import Presentation
from stepwise.answering.worker import Message, fail_dead_letter, process_message
from stepwise.config import Settings
from stepwise.coordination.hosts import HOSTS
from stepwise.coordination.jobs import status_of
from stepwise.errors import GenerationBroken, ModelUnavailable, NotFound, QueueFull, StepwiseError
from stepwise.storage.table import TableError
from stepwise.storage.work_queue import QueueUnavailable
from support.scene import Scene, Sent, answer, answer_to, caller, cancel_job, look_up, plan_of, solution_of
from support.tables import Crash

QUESTIONS = ["q1", "q2", "q3"]
PARTNERS = ["partner-a", "partner-b"]
MAX_RECEIVES = 10
FAULTS = st.tuples(
    st.sampled_from(
        ["none", "none", "crash", "crash before", "lost reply", "conflict", "no table", "no queue"]
    ),
    st.integers(0, 12),
)


class Life(RuleBasedStateMachine):
    late = 0
    """New answers that may be let in beyond the bound, as a summary of the queue does not tell all that wait again."""

    @initialize()
    def begin(self) -> None:
        self.scene = Scene(Settings(model_slots=2, max_queued=2))
        self.accepted: dict[str, tuple[str, str]] = {}
        self.ended: dict[str, str] = {}
        self.cancelled: set[str] = set()
        self.stalls = 0

    # What clients do

    @rule(
        question=st.sampled_from(QUESTIONS),
        partner=st.sampled_from(PARTNERS),
        wait=st.sampled_from([None, 0.0, 1.0, 25.0]),
        strict=st.booleans(),
        fault=FAULTS,
    )
    def submit(
        self, question: str, partner: str, wait: float | None, strict: bool, fault: tuple[str, int]
    ) -> None:
        who = caller(self.scene, partner, wait=wait, respond_async=wait is None, strict=strict)
        presentation = {"include_reasoning": False, "verify": False, "problem": question}
        self._begin_fault(*fault)
        try:
            reply = answer(self.scene.environment(), plan_of(question), presentation, who)
        except (Crash, StepwiseError, TableError, QueueUnavailable):
            return
        finally:
            self._end_fault()
        if reply.status == 202:
            self.accepted[reply.body["id"]] = (question, partner)
        else:
            assert reply.body["solution"] == solution_of(question)

    @rule(
        question=st.sampled_from(QUESTIONS),
        partner=st.sampled_from(PARTNERS),
        leaves_after=st.integers(1, 70),
        fault=FAULTS,
    )
    def stream(self, question: str, partner: str, leaves_after: int, fault: tuple[str, int]) -> None:
        """A client that streams, and goes away after so many pieces."""
        presentation = {"include_reasoning": False, "verify": False, "problem": question}
        self._begin_fault(*fault)
        asked = Presentation.from_dict(presentation)
        pieces = live(self.scene.environment(), plan_of(question), asked, caller(self.scene, partner))
        text = ""
        try:
            for piece in itertools.islice(pieces, leaves_after):
                text += piece.text if piece and piece.kind == "answer" else ""
            pieces.close()
        except (Crash, StepwiseError, TableError, QueueUnavailable):
            return
        finally:
            self._end_fault()
        assert solution_of(question).startswith(text.rstrip())

    @precondition(lambda self: self.accepted)
    @rule(data=st.data())
    def cancel(self, data: Any) -> None:
        job_id = data.draw(st.sampled_from(list(self.accepted)))
        _, partner = self.accepted[job_id]
        reply = cancel_job(self.shared, job_id, partner, instance="i")
        assert reply.body["status"] in ("cancelled", "succeeded", "failed")
        if reply.body["status"] == "cancelled":
            self.cancelled.add(job_id)

    @precondition(lambda self: self.accepted)
    @rule(data=st.data())
    def another_key_sees_nothing(self, data: Any) -> None:
        job_id = data.draw(st.sampled_from(list(self.accepted)))
        other = next(partner for partner in PARTNERS if partner != self.accepted[job_id][1])
        with pytest.raises(NotFound):
            look_up(self.scene.deps, self.shared, job_id, other, until=0, instance="i")

    # What happens to workers

    @precondition(lambda self: self._deliverable())
    @rule(
        data=st.data(),
        happens=st.sampled_from(
            ["nothing", "crash", "host dies", "host is gone", "duplicate", "hand over", "stalls"]
        ),
        when=st.integers(0, 40),
        fault=FAULTS,
    )
    def deliver(self, data: Any, happens: str, when: int, fault: tuple[str, int]) -> None:
        message = data.draw(st.sampled_from(self._deliverable()))

        def at_token(number: int) -> None:
            if number != when:
                return
            self.scene.model.at_token = lambda _: None
            if happens == "crash":
                raise Crash
            if happens == "host dies":
                raise GenerationBroken
            if happens == "duplicate":
                self._work(message, remaining=900)
            if happens == "stalls":  # for so long that its lease runs out and another worker takes over
                self.scene.clock.advance(16)
                self.stalls += 1
                self._work(message, remaining=900)

        if happens == "host is gone":
            self.scene.model.at_token = self._gone
        else:
            self.scene.model.at_token = at_token
        self._begin_fault(*fault)
        remaining = 16.5 if happens == "hand over" else 900.0
        message.receives += 1
        if self._work(message, remaining=remaining):
            self.scene.queue.messages.remove(message)
        else:
            message.visible_at = self.scene.clock() + 30
        self.scene.model.at_token = lambda _: None
        self._end_fault()
        if message in self.scene.queue.messages and message.receives >= MAX_RECEIVES:
            self.scene.queue.messages.remove(message)
            fail_dead_letter(self.scene.deps, self.shared, message.run_id)

    @precondition(lambda self: self.scene.queue.messages)
    @rule(data=st.data())
    def deliver_twice(self, data: Any) -> None:
        message = data.draw(st.sampled_from(self.scene.queue.messages))
        self.scene.queue.send(message.run_id, message.group)

    @rule(seconds=st.sampled_from([0.5, 5.0, 16.0, 60.0]))
    def time_passes(self, seconds: float) -> None:
        self.scene.clock.advance(seconds)

    @rule(slots=st.lists(st.integers(1, 2), max_size=2))
    def hosts_come_and_go(self, slots: list[int]) -> None:
        """Each tells its slots; with none that does there are as many as the settings say."""
        self.scene.table.delete(*HOSTS)
        until = round(self.scene.clock()) + 60
        if slots:
            told = {f"host-{number}": {"slots": each, "until": until} for number, each in enumerate(slots)}
            self.scene.table.update(*HOSTS, set=told)

    # What always holds

    @invariant()
    def no_more_are_written_than_there_are_slots(self) -> None:
        assert len(self._held("slots")) <= 2

    @invariant()
    def an_end_is_an_end(self) -> None:
        for job_id, (question, partner) in self.accepted.items():
            body = self._look(job_id, partner)
            if job_id in self.ended:
                assert body["status"] == self.ended[job_id]
            elif body["status"] in ("succeeded", "failed", "cancelled"):
                self.ended[job_id] = body["status"]
            if body["status"] == "succeeded":
                assert body["result"]["solution"] == solution_of(question)
                assert body["result"]["usage"]["completion_tokens"] == len(answer_to(question))
            assert (body["status"] == "cancelled") == (job_id in self.cancelled)

    @invariant()
    def no_more_wait_than_may(self) -> None:
        # One that was admitted and fell silent for longer than its lease keeps its turn, over the bound if need be.
        now = round(self.scene.clock() * 1000)
        standing = [item for item in self._items("queue") if item["until"] >= now]
        assert len(standing) <= 2 + 2 + self.late + self.stalls

    def teardown(self) -> None:
        """Left alone, everything comes to its end, and nothing stays taken."""
        self._end_fault()
        self.scene.model.at_token = lambda _: None
        self._drain()
        assert self._waiting_jobs() == []
        self.scene.clock.advance(16)
        assert self._held("slots") == []
        # What a crash leaves of a run that nobody was promised, the schedule finds.
        sweep(self.scene.deps, self.shared)
        self._drain()
        assert self._held("queue") == self._held("taken") == []
        assert self.scene.model.running == 0

    # Helpers

    def _drain(self) -> None:
        for _ in range(60):
            self.scene.clock.advance(61)
            for message in self._deliverable():
                self.scene.queue.messages.remove(message)
                self._work(message, remaining=900)
            if not self.scene.queue.messages and not self._waiting_jobs():
                return

    def _held(self, pk: str) -> list[Any]:
        now = round(self.scene.clock() * 1000)
        return [item for item in self._items(pk) if item["until"] >= now]

    @property
    def shared(self) -> Any:
        return self.scene.deps.shared

    def _look(self, job_id: str, partner: str) -> Any:
        """The job, looked at without the healing that ``look_up`` does besides."""
        job = self.shared.jobs.get(job_id, partner)
        run = self.shared.runs.get(job.run_id)
        status = status_of(job, run)
        return {"status": status, "result": run.result}

    def _waiting_jobs(self) -> list[str]:
        return [
            job_id
            for job_id, (_, partner) in self.accepted.items()
            if self._look(job_id, partner)["status"] in ("queued", "running")
        ]

    def _items(self, pk: str) -> list[Any]:
        return [item for item in self.scene.table.items() if item["pk"].split("#")[0] == pk]

    def _deliverable(self) -> list[Any]:
        now = self.scene.clock()
        return [message for message in self.scene.queue.messages if message.visible_at <= now]

    def _work(self, message: Sent, *, remaining: float) -> bool:
        """Whether the worker came back."""
        end = self.scene.clock() + remaining
        try:
            process_message(
                self.scene.environment(),
                self.shared,
                Message(message.run_id, lambda _: None, message.fence),
                remaining=lambda: end - self.scene.clock(),
            )
        except (Crash, TableError, QueueUnavailable):
            return False
        return True

    def _gone(self, _: int) -> None:
        raise ModelUnavailable(retry_after=1)

    def _begin_fault(self, fault: str, after: int) -> None:
        """From the write or call number *after* on: the process dies, or the table or the queue is gone.

        Or one write has its effect and no reply, or meets other transactions until its attempts are used up.
        """
        left = [after]

        def count(_: object = None) -> None:
            if threading.current_thread() is not threading.main_thread():
                return  # the cache asks in a thread of its own
            left[0] -= 1
            if left[0] < 0 and fault in ("crash", "crash before"):
                raise Crash
            if left[0] == -1 and fault == "lost reply":
                self.scene.table.lose_next()
            if left[0] == -1 and fault == "conflict":
                self.scene.table.conflict_next()
            self.scene.table.down = left[0] < 0 and fault == "no table"

        if fault == "crash":
            self.scene.table.after_write = count
        elif fault in ("crash before", "lost reply", "conflict"):
            self.scene.table.before_write = count
        elif fault == "no table":
            self.scene.table.slow = count
        self.scene.queue.down = fault == "no queue"

    def _end_fault(self) -> None:
        self.scene.table.before_write = self.scene.table.after_write = self.scene.table.slow = None
        self.scene.table.lose_next(0)
        self.scene.table.conflict_next(0)
        self.scene.table.down = self.scene.queue.down = False
        # No two runs begin at the same moment: their ids are random, and nothing here may hang on them.
        self.scene.clock.advance(0.01)


class LifeWithSweeps(Life):
    """The same with the schedule that heals what is left behind."""

    @rule()
    def the_schedule_sweeps(self) -> None:
        sweep(self.scene.deps, self.shared)


class LifeInALongQueue(LifeWithSweeps):
    late = 2


TestLife = Life.TestCase
TestLifeWithSweeps = LifeWithSweeps.TestCase


class TestLifeInALongQueue(LifeInALongQueue.TestCase):
    """The same where a place is a partition of its own, so that the queue is seen by its summary."""

    def setUp(self) -> None:
        for name, value in {"waiting_line._WHOLE": 0, "places._PARTITION": 1}.items():
            patched = mock.patch(f"stepwise.coordination.{name}", value)
            patched.start()
            self.addCleanup(patched.stop)


TestLife.settings = TestLifeWithSweeps.settings = TestLifeInALongQueue.settings = settings(
    max_examples=40,
    print_blob=True,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


def test_the_queue_refuses_beyond_its_bound_and_says_when_to_come_back() -> None:
    scene = Scene(Settings(model_slots=1, max_queued=2))
    presentation = {"include_reasoning": False, "verify": False, "problem": "q"}
    for question in ("one", "two", "finds a slot"):
        assert (
            answer(scene.deps, plan_of(question), presentation, caller(scene, respond_async=True)).status
            == 202
        )
    with pytest.raises(QueueFull) as refused:
        answer(scene.deps, plan_of("three"), presentation, caller(scene, respond_async=True))
    assert refused.value.retry_after is not None
    assert refused.value.retry_after >= 1
