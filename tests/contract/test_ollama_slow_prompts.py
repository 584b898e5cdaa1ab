"""A host that reads a prompt for long, and does not notice meanwhile that whoever sent it has gone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from stepwise.errors import ModelTimeout
from support.hosts.generations import client_of, outcome, prompt_of
from support.hosts.model_host import Fault, ModelHost
from support.hosts.real_time import MODEL, question_of, real_time
from support.scene import answer_to

LONG = "How much is it? " * 20
EACH = 0.006


def test_a_silence_as_long_as_the_prompt_is_read_is_waited_for() -> None:
    with ModelHost(seconds_per_prompt_token=EACH) as host, client_of(host.url, idle_timeout=0.2) as client:
        patient = outcome(client, prompt_of(LONG, reading_seconds=2.0))
        assert patient.error is None
        assert patient.finish.prompt_ms >= 1000 * EACH * len(LONG.split()) * 0.9

        impatient = outcome(client, prompt_of(LONG + "And that?"))
        assert isinstance(impatient.error, ModelTimeout)
        assert impatient.error.reason == "silence"


def test_once_the_host_writes_a_silence_is_as_short_as_ever() -> None:
    with ModelHost() as host, client_of(host.url, idle_timeout=0.3) as client:
        host.faults.append(Fault("silence", after=2))
        silent = outcome(client, prompt_of(reading_seconds=60.0))
    assert silent.error is not None
    assert silent.seconds < 2


@pytest.mark.parametrize("slots", [1, 2])
def test_no_prompt_is_sent_again_while_the_host_reads_it_and_none_above_its_slots(slots: int) -> None:
    """A request's time is up while its prompt is read; a worker goes on when the host can have it."""
    with (
        ModelHost(lambda body: answer_to(question_of(body)), seconds_per_prompt_token=0.3) as host,
        real_time(host.url, slots=slots) as deployment,
    ):
        deployment.shared.prompt_speed.learn(MODEL, tokens=100, seconds=45.0)
        plans = [deployment.plan(f"q{number}") for number in range(slots + 1)]
        with ThreadPoolExecutor(len(plans)) as pool:
            replies = list(pool.map(lambda plan: deployment.ask(plan, wait=0.4), plans))
        deployment.work()

        assert {reply.status for reply in replies} == {202}
        assert host.read_twice == 0
        assert host.peak <= slots
        assert host.aborted >= 1, "a call was closed while its prompt was read"
        assert {run["status"] for run in deployment.runs()} == {"succeeded"}
