"""The gateway and the functions of the local stack, over HTTP, with a small bundle of its own."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from support.local_stack import LocalStack
from support.toy_stack import alive, eventually, toy_stack

KEY = {"x-api-key": "demo-key"}


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    with toy_stack() as running:
        yield running


@pytest.fixture(scope="module")
def http(stack: LocalStack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.base_url, timeout=30.0, trust_env=False) as client:
        yield client


def test_an_open_endpoint_needs_no_key(http: httpx.Client) -> None:
    response = http.get("/open")
    assert response.status_code == 200
    assert response.json()["event"]["requestContext"]["identity"]["apiKey"] is None


def test_a_function_gets_the_whole_request(http: httpx.Client) -> None:
    response = http.put(
        "/do/it?a=1&a=2&b=%E6%96%B9", headers={**KEY, "x-Own": "é".encode()}, content="方程".encode()
    )
    event = response.json()["event"]
    assert event["httpMethod"] == "PUT"
    assert event["path"] == "/do/it"
    assert event["resource"] == "/do/{what}"
    assert event["pathParameters"] == {"what": "it"}
    assert event["queryStringParameters"] == {"a": "2", "b": "方"}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": ["方"]}
    assert event["body"] == "方程"
    assert event["isBase64Encoded"] is False
    context = event["requestContext"]
    assert context["identity"]["apiKey"] == "demo-key"
    assert "demo-key" not in context["identity"]["apiKeyId"]
    assert context["stage"] == "toy"
    assert context["path"] == "/toy/do/it"
    assert context["requestId"] == response.headers["x-request-id"] == response.headers["x-amzn-requestid"]
    assert response.headers.get_list("x-many") == ["a", "b"]


def test_a_body_that_is_no_text_arrives_in_base64(http: httpx.Client) -> None:
    event = http.post("/do/it", headers=KEY, content=b"\xff\x00").json()["event"]
    assert (event["body"], event["isBase64Encoded"]) == ("/wA=", True)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "code"),
    [
        ("GET", "/do/it", {}, 401, "missing_api_key"),
        ("GET", "/do/it", {"x-api-key": "unknown"}, 401, "invalid_api_key"),
        ("GET", "/do/it", {"Authorization": "Bearer demo-key"}, 401, "missing_api_key"),
        ("POST", "/stream/numbers", KEY, 401, "missing_api_key"),
        ("GET", "/nowhere", KEY, 404, "not_found"),
        ("POST", "/open", {}, 404, "not_found"),
        ("GET", "/do/fail", KEY, 502, "internal_error"),
        ("GET", "/do/exit", KEY, 502, "internal_error"),
        ("GET", "/do/nonsense", KEY, 502, "internal_error"),
        ("POST", "/stream/fail", {"Authorization": "Bearer demo-key"}, 502, "internal_error"),
        ("POST", "/stream/breaks-at-once", {"Authorization": "Bearer demo-key"}, 502, "internal_error"),
        ("GET", "/do/it", {"x-api-key": "broken"}, 500, "internal_error"),
    ],
)
def test_what_the_gateway_answers_itself_is_worded_by_the_template(
    http: httpx.Client, method: str, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    response = http.request(method, path, headers=headers)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-request-id"]
    assert response.json()["code"] == code
    assert "secret" not in response.text


def test_a_policy_that_denies_is_a_403(http: httpx.Client) -> None:
    response = http.get("/do/it", headers={"x-api-key": "denied"})
    assert response.status_code == 403


def test_an_authorizer_is_asked_once_for_each_key(http: httpx.Client) -> None:
    first, second, other = (
        http.get("/do/it", headers={"x-api-key": key}).json()["event"]["requestContext"]
        for key in ("demo-key", "demo-key", "demo-key-2")
    )
    assert first["authorizer"]["asked"] == second["authorizer"]["asked"] != other["authorizer"]["asked"]
    assert first["identity"]["apiKeyId"] != other["identity"]["apiKeyId"]


def test_an_authorizer_that_keeps_nothing_is_asked_for_every_request(http: httpx.Client) -> None:
    headers = [{"x-api-key": "demo-key"}, {"Authorization": "Bearer demo-key-2"}, {"x-api-key": "demo-key"}]
    asked = [http.get("/either", headers=each).json()["event"]["requestContext"] for each in headers]

    assert len({each["authorizer"]["asked"] for each in asked}) == 3
    assert asked[0]["identity"]["apiKeyId"] == asked[2]["identity"]["apiKeyId"]
    assert asked[0]["identity"]["apiKeyId"] != asked[1]["identity"]["apiKeyId"]


def test_a_body_over_ten_megabytes_is_refused(http: httpx.Client) -> None:
    response = http.post("/do/it", headers=KEY, content=b"x" * (10 * 1024 * 1024 + 1))
    assert (response.status_code, response.json()["code"]) == (413, "payload_too_large")


def test_a_function_runs_with_lambdas_environment_and_the_templates(
    http: httpx.Client, stack: LocalStack
) -> None:
    body = http.get("/do/it", headers=KEY).json()
    environment = body["environment"]
    assert environment["GREETING"] == "hello"
    assert environment["OLLAMA_HOST"] == stack.model["host"]
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "PlainFunction"
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert environment["LAMBDA_TASK_ROOT"].endswith("functions/plain")
    assert environment["QUEUE_URL"].startswith(environment["AWS_ENDPOINT_URL"])
    assert "HOME" not in environment
    assert body["arn"].endswith(":function:PlainFunction")


def test_an_environment_is_used_again_and_more_are_started_for_calls_at_the_same_time(
    http: httpx.Client, stack: LocalStack
) -> None:
    http.get("/do/it", headers=KEY)
    known = {one["pid"] for one in stack.environments("PlainFunction")}
    assert http.get("/do/it", headers=KEY).json()["pid"] in known
    with ThreadPoolExecutor(3) as threads:
        pids = list(
            threads.map(lambda _: http.post("/do/nap", headers=KEY, content="1.5").json()["pid"], range(3))
        )
    assert len(set(pids)) == 3
    assert {one["pid"] for one in stack.environments("PlainFunction")} >= set(pids)


def test_one_call_after_another_needs_one_environment(http: httpx.Client, stack: LocalStack) -> None:
    http.get("/do/it", headers=KEY)
    before = len(stack.environments("PlainFunction"))
    pids = {http.get("/do/it", headers=KEY).json()["pid"] for _ in range(20)}
    assert len(stack.environments("PlainFunction")) == before
    assert len(pids) <= before


def test_a_function_that_takes_longer_than_its_timeout_is_killed(
    http: httpx.Client, stack: LocalStack
) -> None:
    started = time.monotonic()
    response = http.get("/do/sleep", headers=KEY)
    assert response.status_code == 502
    assert 2.5 < time.monotonic() - started < 6
    assert "Task timed out after 3.00 seconds" in stack.log()
    assert http.get("/do/it", headers=KEY).status_code == 200


def test_an_integration_timeout_is_a_504_while_the_function_runs_on(
    http: httpx.Client, stack: LocalStack
) -> None:
    response = http.request("GET", "/hasty", content="2")
    assert response.status_code == 504
    assert response.json() == {"code": "model_timeout", "detail": "Endpoint request timed out"}
    assert [one["state"] for one in stack.environments("PlainFunction")].count("busy") == 1
    eventually(lambda: all(one["state"] == "idle" for one in stack.environments("PlainFunction")))


def test_a_killed_environment_is_an_error_and_the_next_call_works(
    http: httpx.Client, stack: LocalStack
) -> None:
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(http.post, "/do/nap", headers=KEY, content="2.5")
        busy = eventually(
            lambda: [one for one in stack.environments("PlainFunction") if one["state"] == "busy"]
        )
        os.kill(busy[0]["pid"], signal.SIGKILL)
        assert call.result().status_code == 502
    response = http.get("/do/it", headers=KEY)
    assert response.status_code == 200
    assert response.json()["pid"] != busy[0]["pid"]


def test_an_idle_environment_that_was_killed_is_not_used_again(http: httpx.Client, stack: LocalStack) -> None:
    pid = http.get("/do/it", headers=KEY).json()["pid"]
    eventually(lambda: all(one["state"] == "idle" for one in stack.environments("PlainFunction")))
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not alive(pid))
    response = http.get("/do/it", headers=KEY)
    assert response.status_code == 200
    assert response.json()["pid"] != pid


def test_what_functions_print_is_in_the_log_line_by_line(http: httpx.Client, stack: LocalStack) -> None:
    long_line = "x" * 100_000
    http.post("/do/print", headers=KEY, content=long_line)
    whole = f"PlainFunction | {json.dumps({'message': long_line})}"
    eventually(lambda: whole in stack.log().splitlines())
    assert "PlainFunction | to standard error" in stack.log().splitlines()


def test_no_key_and_no_body_is_in_the_log(http: httpx.Client, stack: LocalStack) -> None:
    http.post("/do/it", headers=KEY, content="a-text-of-a-user")
    assert "a-text-of-a-user" not in stack.log()
    assert "demo-key" not in stack.log()
