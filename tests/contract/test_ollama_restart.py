"""A host that restarts while clients wait: no draft is lost while there is time. The long form is a drill."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from stepwise.answering.work import Progress
from support.hosts.model_host import ModelHost
from support.hosts.real_time import question_of, real_time
from support.scene import answer_to, solution_of

TOKENS = 40
ON_THEIR_WAY = 4


def test_fifty_waiting_clients_have_their_answers_from_a_host_that_restarts() -> None:
    clients = 50
    with (
        ModelHost(lambda body: answer_to(question_of(body), TOKENS), tokens_per_second=20) as host,
        real_time(host.url, slots=clients) as deployment,
        ThreadPoolExecutor(clients) as pool,
    ):
        whole = len(answer_to("q", TOKENS))
        asked = [
            pool.submit(deployment.ask, deployment.plan(f"q{number}"), 25.0) for number in range(clients)
        ]
        assert host.wait_for(lambda host: host.generated >= clients * 8, 20)
        # Whoever has a draft by now keeps it.
        host.kill()
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
        asked = pool.submit(deployment.ask, deployment.plan("q"), 1.2)
        assert host.wait_for(lambda host: host.generated >= 8)
        host.kill()

        assert asked.result().status == 202
        (run,) = deployment.runs()
        draft = Progress.from_dict(deployment.shared.runs.get(run["pk"].removeprefix("run#")).progress).draft  # type: ignore[union-attr]
        assert "".join(answer_to("q", TOKENS)).startswith(draft.text)
        assert draft.tokens >= 4

        host.start()
        deployment.work()
        (run,) = deployment.runs()
        assert (run["status"], run["tokens"]) == ("succeeded", len(answer_to("q", TOKENS)))
        assert host.generated <= len(answer_to("q", TOKENS)) + ON_THEIR_WAY
