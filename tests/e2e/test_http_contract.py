"""What every client of the API can rely on, whatever it sends."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

HOSTILE = Path(__file__).parents[1] / "data/hostile"
JSON = {"content-type": "application/json"}


def problem_of(reply: httpx.Response) -> dict[str, Any]:
    """The problem document in *reply*, with the members that each has."""
    assert reply.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = reply.json()
    assert {"type", "title", "status", "detail", "instance", "code"} <= set(body)
    assert body["status"] == reply.status_code
    assert body["instance"] == reply.headers["x-request-id"]
    return body


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status", "code"),
    [
        ("POST", "/v1/math/solve", {"x-api-key": ""}, "{}", 401, "missing_api_key"),
        ("POST", "/v1/math/solve", {"x-api-key": "nobody's"}, "{}", 401, "invalid_api_key"),
        ("POST", "/v1/nothing", {}, "{}", 404, "not_found"),
        ("GET", "/v1/jobs/job_nobodys", {}, None, 404, "not_found"),
        ("GET", "/v1/math/solve", {}, None, 405, "method_not_allowed"),
        ("POST", "/v1/math/solve", {"content-type": "text/plain"}, "hello", 415, "unsupported_media_type"),
        ("POST", "/v1/math/solve", {"content-encoding": "gzip"}, "{}", 415, "unsupported_media_type"),
        ("POST", "/v1/math/solve", {}, "{", 400, "malformed_json"),
        ("POST", "/v1/math/solve", {}, '{"problem": NaN}', 400, "malformed_json"),
        ("POST", "/v1/math/solve", {}, "[" * 100_000, 400, "malformed_json"),
        ("POST", "/v1/math/solve", {}, "[1]", 422, "invalid_request"),
        ("POST", "/v1/math/solve", {}, '{"problem": "' + "x" * 3_000_000 + '"}', 413, "payload_too_large"),
        ("POST", "/v1/math/solve", {}, '{"problem": "<script>alert(1)</script>"}', 400, "input_rejected"),
        (
            "POST",
            "/v1/general/chat",
            {},
            '{"messages": [{"role": "user", "content": "x"}], "model": "gpt-9"}',
            404,
            "model_not_found",
        ),
    ],
    ids=lambda value: None if not isinstance(value, str) or len(value) > 60 else value,
)
def test_each_refusal_is_a_problem_document(
    embedded: Any, method: str, path: str, headers: dict[str, str], body: str | None, status: int, code: str
) -> None:
    sent = {name: value for name, value in {"x-api-key": "demo-key", **JSON, **headers}.items() if value}
    with httpx.Client(base_url=embedded.stack.base_url, trust_env=False, timeout=30) as client:
        reply = client.request(method, path, headers=sent, content=body)

    assert reply.status_code == status
    assert problem_of(reply)["code"] == code
    if status == 405:
        assert reply.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/problem", "missing"),
        ({"problem": ""}, "/problem", "too_short"),
        ({"problem": "  \n"}, "/problem", "not_allowed"),
        ({"problem": "x" * 2_001}, "/problem", "too_long"),
        ({"problem": 1}, "/problem", "wrong_type"),
        ({"problem": None}, "/problem", "wrong_type"),
        ({"problem": "1+1", "steps": 1}, "/steps", "wrong_type"),
        ({"problem": "1+1", "steps": "true"}, "/steps", "wrong_type"),
        ({"problem": "1+1", "language": "fr"}, "/language", "not_allowed"),
        ({"problem": "1+1", "extra": 1}, "/extra", "unknown_field"),
        ({"problem": "1+1", "extra": None}, "/extra", "unknown_field"),
        ({"problem": "1+1", "a/b~c": 1}, "/a~1b~0c", "unknown_field"),
        ({"problem": "\ud800"}, "/problem", "not_unicode"),
    ],
)
def test_each_fault_of_a_request_is_pointed_at(embedded: Any, body: Any, pointer: str, code: str) -> None:
    reply = embedded.http.post("/v1/math/solve", content=json.dumps(body), headers=JSON)

    assert reply.status_code == 422
    (entry,) = problem_of(reply)["errors"]
    assert (entry["pointer"], entry["code"]) == (pointer, code)
    assert entry["message"]


def test_null_for_an_optional_field_is_the_same_as_leaving_it_out(embedded: Any) -> None:
    nothing = {"steps": None, "language": None, "context": None, "verify": None, "include_reasoning": None}

    body = embedded.solve("What is 20 + 22?", **nothing).json()

    assert body["final_answer"] == "42"
    assert body["verification"] is not None
    assert body["reasoning"] is None


def test_two_thousand_characters_beyond_the_basic_plane_are_two_thousand(embedded: Any) -> None:
    assert embedded.solve("𝑥" * 2_000).status_code == 200


@pytest.mark.parametrize(
    "path", ["/v1/math/solve", "/v1/logic/analyze", "/v1/general/chat", "/v1/chat/completions"]
)
def test_no_body_whatever_gives_an_error_of_the_server(embedded: Any, path: str) -> None:
    auth = {**JSON, "authorization": "Bearer demo-key"}
    bodies = [
        json.loads(line) for line in (HOSTILE / "json_bodies.jsonl").read_text(encoding="utf-8").splitlines()
    ]

    for row in bodies:
        reply = embedded.http.post(path, content=base64.b64decode(row["base64"]), headers=auth)

        assert reply.status_code in (400, 422), row["name"]
        if row["name"].startswith("n_") and "chat/completions" not in path:
            assert reply.json()["code"] == "malformed_json", row["name"]


def test_no_naughty_string_gives_an_error_of_the_server_or_is_echoed_where_it_should_not(
    embedded: Any,
) -> None:
    strings = json.loads((HOSTILE / "naughty_strings.json").read_text(encoding="utf-8"))

    for text in strings:
        reply = embedded.http.post("/v1/math/solve", content=json.dumps({"problem": text}), headers=JSON)

        assert reply.status_code in (200, 202, 400, 422), repr(text)[:80]
        assert reply.headers["x-content-type-options"] == "nosniff"
        if reply.status_code == 200:
            assert reply.json()["problem"] == text


def test_what_users_write_is_not_in_the_logs(embedded: Any) -> None:
    marker = "Zebulon bought 17 marbles"
    embedded.solve(f"{marker} and 5 more. How many has he?")
    embedded.http.post("/v1/math/solve", json={"problem": f"{marker} <script>x</script>"})
    embedded.http.post("/v1/math/solve", content=f'{{"problem": "{marker}", ', headers=JSON)

    assert marker not in embedded.stack.log()


def test_an_idempotency_key_gives_the_first_reply_again(embedded: Any) -> None:
    headers = {"Idempotency-Key": "order-1", "Prefer": "respond-async"}
    first = embedded.solve("What is 123456 + 654321?", headers=headers)

    again = embedded.solve("What is 123456 + 654321?", headers=headers)
    other = embedded.solve("What is 1 + 1?", headers=headers)

    assert first.status_code == again.status_code == 202
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert (other.status_code, problem_of(other)["code"]) == (422, "idempotency_mismatch")


def test_a_job_is_seen_only_with_the_key_that_made_it_and_can_be_waited_for(embedded: Any) -> None:
    made = embedded.solve("What is 987 + 13?", headers={"Prefer": "respond-async"})
    location = made.headers["location"]

    stranger = embedded.http.get(location, headers={"x-api-key": "demo-key-2"})
    job = embedded.http.get(location, headers={"Prefer": "wait=20"}).json()

    assert made.status_code == 202
    assert made.json()["status_url"] == location
    assert int(made.headers["retry-after"]) >= 1
    assert stranger.status_code == 404
    assert job["status"] == "succeeded"
    assert job["result"]["final_answer"] == "1000"
    assert embedded.solve("What is 987 + 13?", headers={"Prefer": "respond-async"}).status_code == 200


def test_no_cache_computes_anew_and_no_store_keeps_nothing(embedded: Any) -> None:
    embedded.solve("What is 31 + 11?")

    fresh = embedded.solve("What is 31 + 11?", headers={"Cache-Control": "no-cache"})
    secret = embedded.solve("What is 32 + 11?", headers={"Cache-Control": "no-store"})

    assert fresh.json()["cached"] is False
    assert "stored" in fresh.headers["cache-status"]
    assert "stored" not in secret.headers["cache-status"]
    assert embedded.solve("What is 32 + 11?").json()["cached"] is False


BODIES = {
    "/v1/math/solve": {"problem": "What is 77 + 3?"},
    "/v1/logic/analyze": {"text": "All cats are animals. Tom is a cat. Therefore Tom is an animal."},
    "/v1/general/chat": {"messages": [{"role": "user", "content": "What is 6 * 7?"}]},
    "/v1/chat/completions": {
        "model": "embedded-sympy",
        "messages": [{"role": "user", "content": "What is 6 * 7?"}],
    },
}
BEARER = {"authorization": "Bearer demo-key"}


@pytest.mark.parametrize("header", [{"x-api-key": "demo-key"}, BEARER], ids=["x-api-key", "bearer"])
@pytest.mark.parametrize("path", [*BODIES, "/v1/models", "/v1/jobs/job_nobodys", "/health/ready"])
def test_either_header_opens_every_path(embedded: Any, path: str, header: dict[str, str]) -> None:
    with httpx.Client(base_url=embedded.stack.base_url, timeout=60, trust_env=False) as http:
        method = "POST" if path in BODIES else "GET"
        refused = http.request(method, path, json=BODIES.get(path))
        opened = http.request(method, path, json=BODIES.get(path), headers=header)

    assert refused.status_code == 401
    assert opened.status_code == (404 if "jobs" in path else 200)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("path", list(BODIES))
def test_every_answer_of_the_model_has_its_id_and_says_where_it_came_from(
    embedded: Any, path: str, stream: bool
) -> None:
    native = path in ("/v1/math/solve", "/v1/logic/analyze")
    headers = {**BEARER, **({"accept": "text/event-stream"} if stream and native else {})}
    body = BODIES[path] | ({"stream": True} if stream and not native else {})

    replies = [embedded.http.post(path, json=body, headers=headers) for _ in range(2)]

    assert [reply.status_code for reply in replies] == [200, 200]
    assert len({reply.headers["x-request-id"] for reply in replies}) == 2
    assert all(reply.headers["content-type"].startswith("text/event-stream") is stream for reply in replies)
    if native:
        assert replies[1].headers["cache-status"].startswith("stepwise; hit; ttl=")
    else:
        assert replies[1].headers["cache-status"] == "stepwise; fwd=bypass"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("path", list(BODIES))
def test_any_post_with_an_idempotency_key_is_answered_once(embedded: Any, path: str, stream: bool) -> None:
    native = path in ("/v1/math/solve", "/v1/logic/analyze")
    headers = {**BEARER, "idempotency-key": f"once {path} {stream}"}
    headers |= {"accept": "text/event-stream"} if stream and native else {}
    body = BODIES[path] | ({"stream": True} if stream and not native else {})

    first, again = (embedded.http.post(path, json=body, headers=headers) for _ in range(2))
    other = embedded.http.post(path, json=body | {"model": "embedded-sympy:latest"}, headers=headers)

    assert first.status_code == again.status_code == 200
    assert again.content == first.content
    assert again.headers["content-type"] == first.headers["content-type"]
    assert other.status_code in (400, 422)


def test_a_preference_may_come_in_a_header_of_its_own(embedded: Any) -> None:
    headers = [("prefer", "respond-async"), ("prefer", 'note="a, wait=0", wait=20')]

    reply = embedded.http.post("/v1/math/solve", json={"problem": "What is 78 + 3?"}, headers=headers)

    assert reply.status_code == 200
    assert reply.headers["preference-applied"] == "respond-async, wait=20"


def test_a_stream_that_is_not_to_be_stored_is_not(embedded: Any) -> None:
    body = {"problem": "What is 79 + 3?"}
    headers = {"accept": "text/event-stream", "cache-control": "no-store"}

    streamed = embedded.http.post("/v1/math/solve", json=body, headers=headers)

    assert "hit" not in streamed.headers["cache-status"]
    assert embedded.solve(body["problem"]).json()["cached"] is False


def test_json_is_sent_to_who_likes_it_better_than_events(embedded: Any) -> None:
    headers = {"accept": "application/json, text/event-stream;q=0.5"}

    assert embedded.solve("What is 80 + 3?", headers=headers).json()["final_answer"] == "83"


def test_a_model_goes_by_its_name_with_and_without_its_tag(embedded: Any) -> None:
    names = ["embedded-sympy", "embedded-sympy:latest"]

    replies = [embedded.http.get(f"/v1/models/{name}", headers=BEARER) for name in names]

    assert [reply.json()["id"] for reply in replies] == ["embedded-sympy"] * 2


def test_the_page_is_found_with_a_slash_too(embedded: Any) -> None:
    reply = embedded.http.get("/docs/", follow_redirects=True)

    assert reply.url.path == "/docs"
    assert reply.headers["content-type"].startswith("text/html")
