"""README's code for clients, run as it stands there before the real stack: it loses nothing, and says what went wrong."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from support.drills import question_of
from support.hosts.model_host import Fault, ModelHost

README = Path(__file__).parents[2] / "README.md"
MOST_LINES = 250


class Unreliable(httpx.HTTPTransport):
    """A network that loses the next replies after the service has given them."""

    losses = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        if self.losses:
            self.losses -= 1
            response.close()
            raise httpx.ReadError("the connection broke")
        return response


@pytest.fixture
def client(app: Any) -> Iterator[SimpleNamespace]:
    """README's names, its client before the scripted stack; ``pauses`` are what it slept, ``on_pause`` is called then."""
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL):
        exec(compile(block, "README.md", "exec"), names)  # noqa: S102 - that it runs is the test
    names["api"].close()
    network = Unreliable()
    names["api"] = httpx.Client(
        base_url=app.http.base_url, headers={"x-api-key": "demo-key"}, timeout=40, transport=network
    )
    found = SimpleNamespace(**names, network=network, pauses=[], on_pause=lambda: None)

    def pause(seconds: float) -> None:
        found.pauses.append(seconds)
        found.on_pause()

    names["time"] = SimpleNamespace(monotonic=time.monotonic, sleep=pause)
    yield found
    found.api.close()


def generations(host: ModelHost, problem: str) -> list[str]:
    """What the host was asked about *problem*: the answer, and the witness of it."""
    return [json.dumps(request["messages"]) for request in host.requests if problem in question_of(request)]


def test_an_answer_that_is_ready_is_given(client: SimpleNamespace) -> None:
    assert client.solve("How much is two and three? README 1")["final_answer"] == "5"
    assert client.pauses == []


def test_a_long_answer_is_fetched_from_its_job(client: SimpleNamespace, host: ModelHost) -> None:
    host.tokens_per_second = 30
    client.api.headers["prefer"] = "wait=1"
    assert client.solve("How much is two and three? README 2")["final_answer"] == "5"


def test_a_busy_service_is_asked_again_when_it_says(client: SimpleNamespace, host: ModelHost) -> None:
    host.always = Fault("status", status=503)

    def well() -> None:
        host.always = None

    client.on_pause = well
    assert client.solve("How much is two and three? README 3")["final_answer"] == "5"
    assert client.pauses == [5.0]


def test_a_lost_reply_is_asked_for_again_and_nothing_is_computed_twice(
    client: SimpleNamespace, host: ModelHost
) -> None:
    client.network.losses = 2
    assert client.solve("How much is two and three? README 4")["final_answer"] == "5"
    assert client.pauses == [2, 2]
    asked = generations(host, "README 4")
    assert asked
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("ask", ["solve", "streamed"])
def test_a_request_that_cannot_be_right_is_not_repeated(client: SimpleNamespace, ask: str) -> None:
    calls: dict[str, Callable[[], Any]] = {
        "solve": lambda: client.solve(""),
        "streamed": lambda: list(client.streamed("")),
    }
    with pytest.raises(httpx.HTTPStatusError, match="422"):
        calls[ask]()
    assert client.pauses == []


def test_a_service_that_stays_busy_ends_the_patience(client: SimpleNamespace, host: ModelHost) -> None:
    host.always = Fault("status", status=503)
    with pytest.raises(TimeoutError, match="README 5"):
        client.solve("How much is two and three? README 5", patience=0.5)


def test_a_job_that_failed_says_why(client: SimpleNamespace, host: ModelHost) -> None:
    host.tokens_per_second = 10
    client.api.headers["prefer"] = "respond-async"
    job = client.api.post("/v1/math/solve", json={"problem": "README 6"}).headers["location"]
    client.api.delete(job)
    with pytest.raises(RuntimeError):
        client.finished(job, time.monotonic() + 20)


def test_a_stream_gives_the_text_piece_by_piece_and_then_the_whole(client: SimpleNamespace) -> None:
    events = list(client.streamed("How much is two and three? README 7"))
    assert {name for name, _ in events[:-1]} == {"delta"}
    assert events[-1][0] == "done"
    assert "".join(data["delta"] for name, data in events[:-1]).strip() == events[-1][1]["solution"]
    assert events[-1][1]["final_answer"] == "5"


def test_a_stream_that_fails_says_why(client: SimpleNamespace, host: ModelHost) -> None:
    host.always = Fault("garbage", after=25)
    with pytest.raises(RuntimeError, match="model_error"):
        list(client.streamed("How much is two and three? README 8"))


def test_it_is_short_enough_to_be_read() -> None:
    assert len(README.read_text("utf-8").splitlines()) < MOST_LINES
