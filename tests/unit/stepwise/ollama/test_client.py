"""What the client does with its clock: when it tries again, when it gives up, and what it tells."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import httpx
import pytest
from stepwise.config import Settings
from stepwise.errors import ModelError, ModelTimeout, ModelUnavailable, StepwiseError
from stepwise.ollama.client import OllamaClient
from stepwise.ollama.port import Chunk, Finish
from support.clock import Clock
from support.hosts.generations import Outcome, outcome, prompt_of

DONE = b'{"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","eval_count":1}\n'
TOKEN = b'{"message":{"role":"assistant","content":"5"},"done":false}\n'

type Answer = httpx.Response | Exception


class Host:
    """A host in memory: each request takes the next answer, the last one again and again."""

    def __init__(self, *answers: Callable[[], Answer], random: float = 1.0, **settings: float) -> None:
        self.clock = Clock()
        self.calls: list[str] = []
        self.sleeps: list[float] = []
        self._answers = list(answers)
        self.client = OllamaClient(
            Settings(**settings),  # type: ignore[arg-type]
            transport=httpx.MockTransport(self._answer),
            clock=self.clock,
            random=lambda: random,
            sleep=self._sleep,
        )

    def run(self, seconds: float = 25.0) -> Outcome:
        return outcome(self.client, seconds=seconds)

    def replace(self, *answers: Callable[[], Answer]) -> None:
        self._answers = list(answers)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request.url.path)
        answer = (self._answers.pop(0) if len(self._answers) > 1 else self._answers[0])()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.clock.advance(seconds)

    @property
    def waited(self) -> float:
        return round(sum(self.sleeps), 6)


def refused() -> Answer:
    return httpx.ConnectError("[Errno 111] Connection refused")


def busy() -> Answer:
    return httpx.Response(503, json={"error": "server busy"})


def well() -> Answer:
    return httpx.Response(200, content=TOKEN + DONE)


def reset() -> Answer:
    return httpx.ReadError("[Errno 104] Connection reset by peer")


def unresolved() -> Answer:
    return httpx.ConnectError("[Errno -2] Name or service not known")


def swallowed() -> Answer:
    return httpx.ConnectTimeout("timed out")


@pytest.mark.parametrize("failing", [refused, busy])
def test_a_refused_connection_and_a_503_are_tried_four_times_more(failing: Callable[[], Answer]) -> None:
    host = Host(failing)
    error = host.run().error
    assert type(error) is ModelUnavailable
    assert len(host.calls) == 5
    assert host.waited == 0.25 + 0.5 + 1 + 2


def test_the_waits_are_a_random_part_of_a_doubling_time() -> None:
    host = Host(refused, random=0.5)
    assert host.run().error is not None
    assert host.waited == 0.5 * (0.25 + 0.5 + 1 + 2)


def test_waits_are_cut_into_ticks_so_that_a_caller_can_leave() -> None:
    host = Host(refused)
    result = host.run()
    assert max(host.sleeps) <= 0.25
    assert result.ticks >= len(host.sleeps)


def test_a_caller_that_leaves_while_we_wait_ends_the_trying() -> None:
    host = Host(refused)
    with host.client.generate(prompt_of(), deadline=host.clock() + 25) as generation:
        for _ in generation:
            if len(host.sleeps) == 2:
                generation.close()
    # The second wait is of two ticks.
    assert (len(host.calls), len(host.sleeps)) == (2, 2)


@pytest.mark.parametrize("failing", [reset, unresolved, swallowed, lambda: httpx.Response(500)])
def test_nothing_else_is_tried_again(failing: Callable[[], Answer]) -> None:
    host = Host(failing)
    assert host.run().error is not None
    assert (len(host.calls), host.sleeps) == (1, [])


def test_trying_again_stays_inside_the_deadline() -> None:
    host = Host(refused)
    began = host.clock()
    error = host.run(seconds=0.9).error
    assert type(error) is ModelUnavailable
    assert host.clock() - began < 0.9
    assert len(host.calls) == 3


def test_a_host_that_recovers_meanwhile_answers() -> None:
    host = Host(refused, busy, refused, well)
    result = host.run()
    assert (result.error, result.text, result.finish.completion_tokens) == (None, "5", 1)


def test_the_deadline_is_on_the_given_clock() -> None:
    host = Host(well)
    with host.client.generate(prompt_of(), deadline=host.clock() + 25) as generation:
        host.clock.advance(25)
        with pytest.raises(ModelTimeout):
            next(generation)
    assert host.calls == []


def test_the_deadline_ends_a_stream_that_flows() -> None:
    host = Host()

    def flowing() -> Answer:
        def lines() -> Iterator[bytes]:
            while True:
                host.clock.advance(1)
                yield TOKEN

        return httpx.Response(200, content=lines())

    host.replace(flowing)
    result = host.run(seconds=10)
    assert type(result.error) is ModelTimeout


@pytest.mark.parametrize("failing", [swallowed, refused, busy, reset])
def test_after_five_calls_without_a_host_the_next_fails_at_once(failing: Callable[[], Answer]) -> None:
    host = Host(failing)
    for _ in range(5):
        host.run()
    host.calls.clear()
    error = host.run().error
    assert type(error) is ModelUnavailable
    assert error.retry_after == 5
    assert host.calls == ["/api/version"]


def test_a_probe_that_succeeds_lets_the_call_through() -> None:
    host = Host(swallowed)
    for _ in range(5):
        host.run()
    host.calls.clear()
    host.replace(lambda: httpx.Response(200, json={"version": "0.24.0"}), well)
    assert host.run().error is None
    assert host.calls == ["/api/version", "/api/chat"]
    assert not host.client.breaker.open


def test_a_connection_that_is_lost_before_an_answer_is_an_unavailable_host() -> None:
    error = Host(reset).run().error
    assert (type(error), getattr(error, "reason", "")) == (ModelUnavailable, "connection_lost")


def test_what_is_not_http_is_a_model_error() -> None:
    error = Host(lambda: httpx.RemoteProtocolError("illegal status line")).run().error
    assert (type(error), getattr(error, "reason", "")) == (ModelError, "not_http")


@pytest.mark.parametrize("failing", [lambda: httpx.Response(500), lambda: httpx.Response(404)])
def test_a_host_that_can_be_reached_does_not_open_the_breaker(failing: Callable[[], Answer]) -> None:
    host = Host(failing)
    for _ in range(10):
        assert type(host.run().error) is ModelError
    assert not host.client.breaker.open


def test_failures_before_and_after_an_answer_do_not_add_up() -> None:
    host = Host(*[swallowed] * 4, well, *[swallowed] * 4, well)
    results = [host.run().error is None for _ in range(10)]
    assert results == ([False] * 4 + [True]) * 2
    assert "/api/version" not in host.calls


def test_a_caller_that_was_away_is_not_taken_for_a_silent_host() -> None:
    host = Host()
    all_sent = threading.Event()

    def lines() -> Iterator[bytes]:
        yield TOKEN
        yield DONE
        all_sent.set()

    host.replace(lambda: httpx.Response(200, content=lines()))
    with host.client.generate(prompt_of(), deadline=host.clock() + 1_000) as generation:
        while not isinstance(next(generation), Chunk):
            pass
        assert all_sent.wait(5)
        host.clock.advance(500)
        rest = [event for event in generation if event is not None]
    assert [type(event) for event in rest] == [Finish]


def test_a_fault_of_our_own_is_not_called_the_hosts() -> None:
    host = Host(lambda: RuntimeError("ours"))
    with pytest.raises(RuntimeError, match="ours"):
        host.run()


def test_an_answer_in_one_line_has_all_its_tokens() -> None:
    line = b'{"message":{"content":"five"},"done":true,"done_reason":"stop","eval_count":7}'
    result = Host(lambda: httpx.Response(200, content=line)).run()
    assert [(chunk.text, chunk.tokens) for chunk in result.chunks] == [("five", 7)]
    assert result.finish.completion_tokens == 7


def test_blank_lines_and_what_follows_the_end_are_ignored() -> None:
    content = b"\n\r\n" + TOKEN + b"\n   \n" + DONE + b"garbage\n"
    result = Host(lambda: httpx.Response(200, content=content)).run()
    assert (result.error, result.text) == (None, "5")


@pytest.mark.parametrize(("tokens", "reason"), [(999, "stop"), (1_000, "length")])
def test_without_a_reason_the_count_tells_whether_it_was_cut(tokens: int, reason: str) -> None:
    line = b'{"message":{"content":"x"},"done":true,"eval_count":%d}' % tokens
    assert Host(lambda: httpx.Response(200, content=line)).run().finish.reason == reason


def test_without_a_count_the_lines_are_counted() -> None:
    content = TOKEN * 3 + b'{"done":true,"done_reason":"stop"}'
    assert Host(lambda: httpx.Response(200, content=content)).run().finish.completion_tokens == 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no_done"),
        (TOKEN[:30], "garbage:not_json"),
        (b'{"done":true,"done_reason":"load"}', "garbage:done_reason"),
        (b"[" * 100_000, "garbage:not_json"),
        (b"x" * 300_000, "line_too_long"),
        (b"x" * 300_000 + b"\n", "line_too_long"),
        (b"\xff\xfe\n", "garbage:not_json"),
    ],
)
def test_what_is_not_the_protocol_is_a_model_error(content: bytes, reason: str) -> None:
    error = Host(lambda: httpx.Response(200, content=content)).run().error
    assert (type(error), getattr(error, "reason", "")) == (ModelError, reason)


def test_a_body_of_a_refusal_is_read_to_a_limit_only() -> None:
    read = []

    def endless() -> Iterator[bytes]:
        while True:
            read.append(1)
            yield b"x" * 1_000

    error = Host(lambda: httpx.Response(500, content=endless())).run().error
    assert type(error) is ModelError
    assert len(read) < 10


@pytest.mark.parametrize("answer", [{"version": 1}, {}, {"error": "no"}, []])
def test_a_version_that_is_none_is_a_model_error(answer: object) -> None:
    host = Host(lambda: httpx.Response(200, json=answer))
    with pytest.raises(ModelError):
        host.client.version()


@pytest.mark.parametrize("failing", [refused, unresolved, swallowed, busy])
def test_a_short_call_is_unavailable_where_the_host_is(failing: Callable[[], Answer]) -> None:
    host = Host(failing)
    with pytest.raises(ModelUnavailable) as caught:
        host.client.resident()
    assert caught.value.retry_after == 5
    assert len(host.calls) == 1


def test_an_error_says_nothing_of_the_hosts_address_or_words() -> None:
    secrets = ("10.0.0.5", "secret prompt", "Errno")
    answers: list[Callable[[], Answer]] = [
        lambda: httpx.ConnectError("[Errno 111] refused by 10.0.0.5"),
        lambda: httpx.ReadError("10.0.0.5"),
        lambda: httpx.RemoteProtocolError("illegal header: secret prompt"),
        lambda: httpx.Response(500, json={"error": "secret prompt"}),
        lambda: httpx.Response(200, content=b"secret prompt\n"),
    ]
    for answer in answers:
        error = Host(answer).run().error
        assert isinstance(error, StepwiseError)
        told = f"{error.detail} {error} {getattr(error, 'reason', '')} {error.headers}"
        assert not any(secret in told for secret in secrets)
        assert len(error.reason) < 60  # type: ignore[attr-defined]
