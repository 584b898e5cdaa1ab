"""A model host that fails in every way it can: each has its own error, and the next request works."""

from __future__ import annotations

import pytest
from stepwise.errors import (
    GenerationBroken,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    StepwiseError,
)
from support.clock import Clock
from support.hosts.generations import client_of, outcome, prompt_of
from support.hosts.model_host import Fault, ModelHost

SCRIPT = "<think>Two and three make five.</think>\n\nThe answer is \\boxed{5}."

# fault: error and reason before the first token, error and reason after some
FAULTS: dict[str, tuple[tuple[type[StepwiseError], str], tuple[type[StepwiseError], str]]] = {
    "silence": ((ModelTimeout, "silence"), (GenerationBroken, "silence")),
    "reset": ((ModelUnavailable, "connection_lost"), (GenerationBroken, "connection_lost")),
    "eof": ((ModelError, "no_done"), (GenerationBroken, "no_done")),
    "cut": ((ModelError, "connection_lost"), (GenerationBroken, "connection_lost")),
    "error": ((ModelError, "error_line:runner_died"), (GenerationBroken, "error_line:runner_died")),
    "garbage": ((ModelError, "garbage:not_json"), (GenerationBroken, "garbage:not_json")),
    "types": ((ModelError, "garbage:content_type"), (GenerationBroken, "garbage:content_type")),
    "huge": ((ModelError, "line_too_long"), (GenerationBroken, "line_too_long")),
}


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("after", [0, 5])
def test_a_generation_that_fails_has_its_error_and_the_next_one_works(kind: str, after: int) -> None:
    with ModelHost(SCRIPT) as host, client_of(host.url, idle_timeout=0.3) as client:
        host.faults.append(Fault(kind, after=after))  # type: ignore[arg-type]
        failed = outcome(client)
        well = outcome(client)

    error, reason = FAULTS[kind][after > 0]
    assert (type(failed.error), _reason(failed)) == (error, reason)
    assert failed.finishes == []
    assert len(failed.chunks) == after
    assert SCRIPT.startswith(failed.text)
    assert (well.error, well.text) == (None, SCRIPT)
    assert len(host.requests) == 2, "it is not tried again here"


@pytest.mark.parametrize("kind", ["silence", "eof", "cut", "error"])
def test_what_was_written_before_is_gone_on_from(kind: str) -> None:
    with ModelHost(SCRIPT) as host, client_of(host.url, idle_timeout=0.3) as client:
        host.faults.append(Fault(kind, after=7))  # type: ignore[arg-type]
        first = outcome(client)
        second = outcome(client, prompt_of(prefill=first.text))

    assert first.text
    assert first.text + second.text == SCRIPT


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 502, 504])
def test_another_status_is_a_model_error_at_once(status: int) -> None:
    with ModelHost() as host, client_of(host.url) as client:
        host.faults.append(Fault("status", status=status))
        failed = outcome(client)
        assert outcome(client).error is None

    assert type(failed.error) is ModelError
    assert _reason(failed) == f"status_{status}:unknown_error"
    assert len(host.requests) == 2


def test_a_page_instead_of_an_answer_is_a_model_error() -> None:
    with ModelHost() as host, client_of(host.url) as client:
        host.faults.append(Fault("html"))
        failed = outcome(client)
    assert (type(failed.error), _reason(failed)) == (ModelError, "garbage:not_json")


def test_a_model_that_the_host_does_not_have_is_our_fault_not_the_clients() -> None:
    with ModelHost(models=["another"]) as host, client_of(host.url) as client:
        failed = outcome(client)
    assert (type(failed.error), _reason(failed)) == (ModelError, "status_404:model_missing")


def test_a_503_is_tried_again_until_it_works() -> None:
    with ModelHost() as host, client_of(host.url) as client:
        host.faults.extend([Fault("status")] * 3)
        result = outcome(client)
    assert result.error is None
    assert len(host.requests) == 4


def test_a_503_that_stays_is_unavailable() -> None:
    with ModelHost() as host, client_of(host.url) as client:
        host.always = Fault("status")
        failed = outcome(client)
    assert type(failed.error) is ModelUnavailable
    assert failed.error.retry_after == 5
    assert _reason(failed) == "status_503"
    assert len(host.requests) == 5


def test_a_host_that_comes_back_while_we_try_again_answers() -> None:
    with ModelHost() as host:
        clock = Clock()
        host.refuse()

        def sleep(seconds: float) -> None:
            clock.advance(seconds)
            host.start()

        with client_of(host.url, clock=clock, sleep=sleep) as client:
            assert outcome(client).error is None


def test_a_host_that_refuses_is_unavailable_and_the_next_request_after_its_return_works() -> None:
    with ModelHost() as host, client_of(host.url) as client:
        host.refuse()
        failures = [outcome(client).error for _ in range(12)]
        assert client.breaker.open
        host.start()
        assert outcome(client).error is None
        assert not client.breaker.open

    assert {type(error) for error in failures} == {ModelUnavailable}
    assert failures[0] is not None
    assert failures[0].retry_after == 5


def test_a_host_without_an_address_is_unavailable_at_once() -> None:
    with client_of("http://no-such-host.invalid:11434") as client:
        failed = outcome(client)
    assert (type(failed.error), _reason(failed)) == (ModelUnavailable, "unreachable")


def test_a_host_that_swallows_connections_is_unavailable_after_the_connect_timeout() -> None:
    with ModelHost() as host, client_of(host.url, connect_timeout=0.3) as client:
        host.swallow_connections()
        failed = outcome(client)
    assert (type(failed.error), _reason(failed)) == (ModelUnavailable, "ConnectTimeout")
    assert 0.25 < failed.seconds < 1.5
    assert failed.ticks >= 1


def test_the_deadline_counts_while_connecting() -> None:
    with ModelHost() as host, client_of(host.url, connect_timeout=30.0) as client:
        host.swallow_connections()
        failed = outcome(client, seconds=0.3)
    assert (type(failed.error), _reason(failed)) == (ModelTimeout, "deadline")
    assert failed.seconds < 1.0


def test_a_slow_first_token_is_no_failure() -> None:
    with ModelHost(SCRIPT) as host, client_of(host.url) as client:
        host.faults.append(Fault("slow", seconds=0.6))
        result = outcome(client)
    assert (result.error, result.text) == (None, SCRIPT)
    assert result.ticks >= 2


def test_an_answer_may_take_longer_than_the_longest_silence() -> None:
    host = ModelHost("a b c d e f g", tokens_per_second=10)
    with host, client_of(host.url, idle_timeout=0.35) as client:
        result = outcome(client)
    assert (result.error, result.text) == (None, "a b c d e f g")
    assert result.seconds > 0.6


def test_the_deadline_ends_a_generation_that_streams_well() -> None:
    with ModelHost(SCRIPT * 50, tokens_per_second=200) as host, client_of(host.url) as client:
        failed = outcome(client, seconds=0.3)
        assert host.wait_for(lambda host: host.running == 0, 0.5), "the host goes on generating"
    assert (type(failed.error), _reason(failed)) == (ModelTimeout, "deadline")
    assert failed.chunks
    assert 0.25 < failed.seconds < 0.8


def test_a_host_that_dribbles_without_end_is_ended_by_the_deadline() -> None:
    """Each byte resets a read timeout; only the wall clock helps."""
    with _Dribbler() as url, client_of(url, idle_timeout=0.5) as client:
        failed = outcome(client, seconds=0.8)
    assert (type(failed.error), _reason(failed)) == (ModelTimeout, "deadline")
    assert failed.seconds < 1.5


def test_a_deadline_that_has_passed_sends_nothing() -> None:
    with ModelHost() as host, client_of(host.url) as client:
        failed = outcome(client, seconds=-1)
    assert type(failed.error) is ModelTimeout
    assert host.requests == []


def test_an_answer_of_endless_text_is_given_up() -> None:
    with ModelHost(lambda _: ["x" * 200_000] * 1_000) as host, client_of(host.url) as client:
        failed = outcome(client)
    assert (type(failed.error), _reason(failed)) == (GenerationBroken, "too_much_text")
    assert host.generated < 200


def test_a_short_call_has_a_deadline_of_its_own() -> None:
    with _Dribbler() as url, client_of(url) as client, pytest.raises(ModelTimeout):
        client.version(timeout=0.3)


@pytest.mark.parametrize("call", ["load", "resident", "version"])
def test_a_short_call_to_a_host_that_refuses_is_unavailable(call: str) -> None:
    with ModelHost() as host, client_of(host.url) as client:
        host.refuse()
        with pytest.raises(ModelUnavailable):
            getattr(client, call)()


def _reason(result: object) -> str:
    return str(getattr(getattr(result, "error", None), "reason", ""))


class _Dribbler:
    """A host that begins an answer and then sends a byte every 0.1 s, and never a whole line."""

    def __enter__(self) -> str:
        self._host = ModelHost()
        self._host.always = Fault("dribble")
        self._host.start()
        return self._host.url

    def __exit__(self, *_: object) -> None:
        self._host.__exit__()
