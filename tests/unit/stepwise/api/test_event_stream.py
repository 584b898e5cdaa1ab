"""Answers as server-sent events."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

import pytest
from stepwise.answering.stream import Live
from stepwise.answering.tasks import Presentation
from stepwise.api.event_stream import prime, stream
from stepwise.api.sse import HEARTBEAT, HEARTBEAT_SECONDS
from stepwise.errors import GenerationBroken, ModelUnavailable
from support.scene import PRESENTATION, Scene, caller, plan_of, solution_of


@pytest.fixture
def scene() -> Scene:
    return Scene()


def chunks_of(scene: Scene, *, kind: str = "solve", reasoning: bool = False) -> list[bytes]:
    asked = {**PRESENTATION, "include_reasoning": reasoning, "temperature": 0.8, "top_p": 0.95}
    presentation = Presentation.from_dict(asked)
    plan = plan_of() if kind == "solve" else plan_of(kind=kind, key="", store=False, subject={})
    response = stream(scene.environment(), plan, presentation, caller(scene), "request-7")
    assert response.status == 200
    assert response.headers["Content-Type"].startswith("text/event-stream")
    assert response.headers["x-request-id"] == "request-7"
    return list(response.body)


def events(chunks: list[bytes]) -> list[tuple[str, Any]]:
    found = []
    for block in b"".join(chunks).decode().split("\n\n"):
        if block and not block.startswith(":"):
            name, data = block.split("\n")
            found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_the_deltas_join_to_the_answer_and_the_last_event_has_the_whole_body(scene: Scene) -> None:
    found = events(chunks_of(scene))

    assert {name for name, _ in found[:-1]} == {"delta"}
    assert "".join(data["delta"] for _, data in found[:-1]) == solution_of("q")
    name, body = found[-1]
    assert (name, body["solution"], body["reasoning"]) == ("done", solution_of("q"), None)


def test_thinking_comes_only_where_it_was_asked_for(scene: Scene) -> None:
    found = events(chunks_of(scene, reasoning=True))

    names = [name for name, _ in found]
    assert names == sorted(names, key=["reasoning", "delta", "done"].index)
    assert "<think>" not in "".join(data.get("delta", "") for _, data in found)
    assert names.count("reasoning") > 20


def test_a_chats_last_event_does_not_repeat_the_answer(scene: Scene) -> None:
    name, body = events(chunks_of(scene, kind="chat"))[-1]

    assert name == "done"
    assert "response" not in body
    assert body["metadata"] == {"temperature": 0.8, "top_p": 0.95}


def test_an_error_before_the_first_piece_has_a_status_of_its_own(scene: Scene) -> None:
    def gone(_: int) -> None:
        raise ModelUnavailable(retry_after=5)

    scene.model.at_token = gone

    with pytest.raises(ModelUnavailable):
        chunks_of(scene)


def test_an_error_later_is_the_last_event_and_a_problem_document(scene: Scene) -> None:
    def broken(number: int) -> None:
        if number == 20:
            raise GenerationBroken

    scene.model.at_token = broken

    found = events(chunks_of(scene, reasoning=True))

    assert [name for name, _ in found].count("error") == 1
    name, body = found[-1]
    assert (name, body["status"], body["code"], body["instance"]) == (
        "error",
        502,
        "model_error",
        "request-7",
    )


def test_what_nobody_expected_is_an_internal_error_without_its_text(scene: Scene) -> None:
    def bug(number: int) -> None:
        if number == 40:
            raise ValueError("something private")

    scene.model.at_token = bug

    chunks = chunks_of(scene, reasoning=True)

    assert events(chunks)[-1][1]["code"] == "internal_error"
    assert b"private" not in b"".join(chunks)


def test_while_the_model_thinks_unseen_a_comment_keeps_the_connection_alive() -> None:
    scene = Scene(tokens=1_000)

    chunks = chunks_of(scene)

    thinking_seconds = 500 * 0.05
    assert chunks.count(HEARTBEAT) == thinking_seconds // HEARTBEAT_SECONDS


def test_each_piece_is_a_chunk_of_its_own_and_a_silent_moment_an_empty_one(scene: Scene) -> None:
    chunks = chunks_of(scene)

    assert b"" in chunks
    assert max(chunk.count(b"event: ") for chunk in chunks) == 1


def test_a_client_that_leaves_stops_the_model(scene: Scene) -> None:
    response = stream(scene.environment(), plan_of(), Presentation(problem="q"), caller(scene), "i")
    body: Any = response.body
    for _ in range(5):
        next(body)

    body.close()

    assert scene.model.running == 0
    assert scene.items("slots") == scene.items("queue") == []


def test_priming_waits_for_the_first_piece_but_not_for_ever(scene: Scene) -> None:
    taken = [0]

    def pieces() -> Generator[Live | None]:
        for _ in range(100):
            scene.clock.advance(0.25)
            taken[0] += 1
            yield None

    primed = prime(scene.deps, pieces())

    assert taken[0] == 7
    assert len(list(primed)) == 94


def test_priming_loses_nothing(scene: Scene) -> None:
    def pieces() -> Generator[Live | None]:
        yield None
        yield Live("answer", "a")
        yield Live("answer", "b")

    assert [piece.text for piece in prime(scene.deps, pieces()) if piece] == ["a", "b"]
