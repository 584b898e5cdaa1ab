"""A host that restarts while clients wait: no draft is lost while there is time. The long form is a drill."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from stepwise.answering.work import Progress
from stepwise.ollama.port import Chunk, Event, Prompt
from support.hosts.model_host import Fault, ModelHost
from support.hosts.real_time import RealTime, question_of, real_time
from support.scene import answer_to, solution_of

TOKENS = 40
ON_THEIR_WAY = 4


class _Reading:
    """Knows how many answers of a deployment have their first token."""

    def __init__(self, deployment: RealTime) -> None:
        self._generate = deployment.deps.model.generate
        self._begun: set[str] = set()
        self._changed = threading.Condition()
        deployment.deps.model.generate = self.generate  # type: ignore[method-assign]

    @contextmanager
    def generate(self, prompt: Prompt, *, deadline: float) -> Iterator[Iterator[Event | None]]:
        with self._generate(prompt, deadline=deadline) as generation:
            yield (self._seen(prompt, event) for event in generation)

    def _seen(self, prompt: Prompt, event: Event | None) -> Event | None:
        if isinstance(event, Chunk):
            with self._changed:
                self._begun.add(str(prompt.messages))
                self._changed.notify_all()
        return event

    def wait_for(self, clients: int) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: len(self._begun) == clients, 20)


def test_fifty_waiting_clients_have_their_answers_from_a_host_that_restarts() -> None:
    clients = 50
    with (
        ModelHost(lambda body: answer_to(question_of(body), TOKENS), tokens_per_second=20) as host,
        real_time(host.url, slots=clients) as deployment,
        ThreadPoolExecutor(clients) as pool,
    ):
        whole = len(answer_to("q", TOKENS))
        reading = _Reading(deployment)
        host.always = Fault("silence", after=8)  # until it is killed, so that each has a draft by then
        asked = [
            pool.submit(deployment.ask, deployment.plan(f"q{number}"), 25.0) for number in range(clients)
        ]
        assert reading.wait_for(clients)
        host.kill()
        host.always = None
        time.sleep(0.5)
        host.start()
        replies = [each.result() for each in asked]

        assert [reply.status for reply in replies] == [200] * clients
        for number, reply in enumerate(replies):
            assert reply.body["solution"] == solution_of(f"q{number}", TOKENS)
            assert abs(reply.body["usage"]["completion_tokens"] - whole) <= ON_THEIR_WAY
        assert host.generated <= clients * (whole + ON_THEIR_WAY)


def test_a_draft_whose_clients_time_is_up_while_the_host_is_down_becomes_a_job() -> None:
    with (
        ModelHost(lambda body: answer_to(question_of(body), TOKENS), tokens_per_second=20) as host,
        real_time(host.url, slots=1) as deployment,
        ThreadPoolExecutor(1) as pool,
    ):
        reading = _Reading(deployment)
        asked = pool.submit(deployment.ask, deployment.plan("q"), 1.5)
        assert reading.wait_for(1)
        host.kill()

        assert asked.result().status == 202
        (run,) = deployment.runs()
        draft = Progress.from_dict(deployment.shared.runs.get(run["pk"].removeprefix("run#")).progress).draft  # type: ignore[union-attr]
        assert "".join(answer_to("q", TOKENS)).startswith(draft.text)
        assert draft.tokens >= 1

        host.start()
        deployment.work()
        (run,) = deployment.runs()
        assert (run["status"], run["tokens"]) == ("succeeded", len(answer_to("q", TOKENS)))
        assert host.generated <= len(answer_to("q", TOKENS)) + ON_THEIR_WAY
