"""The smoke test against replies that a sick deployment gives. tests/e2e/test_smoke.py has whole stacks."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from support.infra import script

smoke = script("smoke.py")

type Answer = Callable[[httpx.Request], httpx.Response]

READY = httpx.Response(200, json={"status": "ok", "checks": {"model": {"status": "ok"}}})


def _result(status: str = "verified", **more: Any) -> dict[str, Any]:
    return {"final_answer": "5", "verification": {"status": status}, "model": "m", "cached": False, **more}


def _job(status: str, **more: Any) -> httpx.Response:
    return httpx.Response(200, json={"status": status, "result": None, "error": None, **more})


def _accepted() -> httpx.Response:
    return httpx.Response(202, headers={"location": "/v1/jobs/job_1"})


def _problem(status: int, code: str, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"code": code}, headers=headers)


@pytest.fixture
def smoke_of() -> Iterator[Callable[..., Any]]:
    """Makes the checks over replies in the order in which they are asked for."""
    clients = []

    def made(*replies: httpx.Response, patience: float = 5) -> Any:
        left = iter(replies)
        client = httpx.Client(base_url="https://api", transport=httpx.MockTransport(lambda _: next(left)))
        clients.append(client)
        return smoke.Smoke(client, patience, lambda _: None, pause=0)

    yield made
    for client in clients:
        client.close()


SICK = httpx.Response(503, json={"checks": {"model": {"status": "unavailable", "detail": "Not loaded."}}})


def test_a_model_that_is_not_loaded_before_the_first_problem_has_to_be_after_the_last(smoke_of: Any) -> None:
    smoke_of(SICK).look()
    smoke_of(READY).ready()
    with pytest.raises(smoke.SmokeError, match=r"503\. model unavailable \(Not loaded\.\)"):
        smoke_of(SICK).ready()


def test_a_host_that_cannot_be_reached_is_waited_for(smoke_of: Any) -> None:
    away = _problem(503, "model_unavailable", **{"retry-after": "0"})

    smoke_of(away, httpx.Response(200, json=_result())).solve()
    with pytest.raises(smoke.SmokeError, match=r"503 \(model_unavailable\)"):
        smoke_of(away, patience=-1).solve()


def test_a_key_that_is_refused_is_not_tried_again(smoke_of: Any) -> None:
    with pytest.raises(smoke.SmokeError, match=r"401 \(invalid_api_key\)"):
        smoke_of(_problem(401, "invalid_api_key")).look()


def test_an_answer_that_became_a_job_is_followed(smoke_of: Any) -> None:
    smoke_of(_accepted(), _job("running"), _job("succeeded", result=_result())).solve()


def test_a_full_queue_is_waited_for(smoke_of: Any) -> None:
    smoke_of(_problem(429, "queue_full", **{"retry-after": "0"}), httpx.Response(200, json=_result())).solve()


def test_one_wrong_answer_of_a_small_model_is_no_failure_and_two_are(smoke_of: Any) -> None:
    wrong = httpx.Response(200, json=_result("refuted"))

    smoke_of(wrong, httpx.Response(200, json=_result())).solve()
    with pytest.raises(smoke.SmokeError, match="none is verified"):
        smoke_of(wrong, wrong).solve()


@pytest.mark.parametrize(
    ("replies", "reason"),
    [
        ([_problem(500, "internal_error")], r"answered 500 \(internal_error\)"),
        ([httpx.Response(502, text="<html>")], r"answered 502\."),
        ([httpx.Response(200, text="<html>")], "without a JSON object"),
        ([httpx.Response(200, json=_result(cached=True))], "came from the cache"),
        ([_accepted(), _problem(404, "not_found")], r"jobs/job_1 answered 404 \(not_found\)"),
        ([_accepted(), _job("failed", error={"code": "model_error"})], "failed: model_error"),
        ([_accepted(), _job("cancelled")], "cancelled"),
    ],
)
def test_what_is_no_answer_fails_with_what_came_instead(smoke_of: Any, replies: Any, reason: str) -> None:
    with pytest.raises(smoke.SmokeError, match=reason):
        smoke_of(*replies).solve()


def test_a_job_that_does_not_end_is_given_up(smoke_of: Any) -> None:
    with pytest.raises(smoke.SmokeError, match="still queued"):
        smoke_of(_accepted(), _job("queued"), patience=-1).job()


def test_an_answer_at_once_is_no_job(smoke_of: Any) -> None:
    with pytest.raises(smoke.SmokeError, match=r"asked for 202 and a job and answered 200\."):
        smoke_of(httpx.Response(200, json=_result())).job()


class _Aws:
    """CloudFormation and API Gateway of one stack."""

    def __init__(self, outputs: dict[str, str], *, denied: bool = False) -> None:
        self._outputs, self._denied = outputs, denied

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803 - boto3's
        listed = [{"OutputKey": key, "OutputValue": value} for key, value in self._outputs.items()]
        return {"Stacks": [{"StackName": StackName, "Outputs": listed}]}

    def get_api_key(self, apiKey: str, includeValue: bool) -> Any:  # noqa: N803 - boto3's
        if self._denied:
            error = {"Code": "AccessDeniedException", "Message": "not authorized to perform apigateway:GET"}
            raise ClientError({"Error": error}, "GetApiKey")
        assert includeValue
        return {"value": f"value-of-{apiKey}"}


def test_a_stack_says_where_it_answers_and_which_key_is_for_this(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []
    aws = _Aws({"ApiUrl": "https://api/live", "SmokeKeyId": "k1"})
    monkeypatch.setattr(smoke.boto3, "client", lambda _service: aws)
    monkeypatch.setattr(smoke, "run", lambda url, key, **_: asked.append((url, key)))

    assert smoke.main(["--stack", "staging"], {}, io.StringIO()) == 0
    assert asked == [("https://api/live", "value-of-k1")]


@pytest.mark.parametrize(
    ("aws", "said"),
    [
        (_Aws({"ApiUrl": "https://api/live"}), "no output 'SmokeKeyId': deploy it first"),
        (_Aws({"ApiUrl": "https://api/live", "SmokeKeyId": "k1"}, denied=True), "not authorized"),
    ],
)
def test_a_stack_without_a_key_that_can_be_read_fails_it(
    monkeypatch: pytest.MonkeyPatch, aws: _Aws, said: str
) -> None:
    out = io.StringIO()
    monkeypatch.setattr(smoke.boto3, "client", lambda _service: aws)

    assert smoke.main(["--stack", "staging"], {}, out) == 1
    assert said in out.getvalue()
