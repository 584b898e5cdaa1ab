"""Gateway events in, responses out: headers, bodies, and every error as a problem document."""

from __future__ import annotations

import base64
import json
from types import SimpleNamespace
from typing import Any

import pytest
from stepwise.api.app import Api, Call
from stepwise.api.encoding import json_bytes
from stepwise.api.reply import Page, Reply
from stepwise.errors import ModelUnavailable, PayloadTooLarge, UnsupportedMediaType
from stepwise.runtime.streaming_response import StreamingResponse

CONTEXT = SimpleNamespace(
    get_remaining_time_in_millis=lambda: 30_000,
    aws_request_id="lambda-id",
    function_name="solve",
    memory_limit_in_mb=128,
    invoked_function_arn="arn",
)


def event(method: str = "POST", path: str = "/things", **fields: Any) -> dict[str, Any]:
    headers = fields.pop("headers", {"X-Thing": "1"})
    return {
        "httpMethod": method,
        "path": path,
        "resource": path,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "requestContext": {"requestId": "the-id", "identity": {"apiKeyId": "key-1"}},
        "body": '{"a": 1}',
        "isBase64Encoded": False,
    } | fields


def call_of(**fields: Any) -> Call:
    api = Api(lambda: None)
    seen: list[Call] = []

    @api.post("/things")
    def things(call: Call, _: None) -> Reply:
        seen.append(call)
        return Reply(200, {})

    api.resolve(event(**fields), CONTEXT)
    return seen[0]


def answer_to(error: Exception | None = None, **fields: Any) -> Any:
    api = Api(lambda: None)

    @api.post("/things")
    def things(_call: Call, _: None) -> Reply:
        if error is not None:
            raise error
        return Reply(200, {})

    return api.resolve(event(**fields), CONTEXT)


def header(answer: Any, name: str) -> str:
    (value,) = answer["multiValueHeaders"][name]
    return str(value)


def test_a_header_that_came_twice_is_one_list() -> None:
    call = call_of(multiValueHeaders={"Prefer": ["respond-async"], "prefer": ["wait=3"]})

    assert call.headers["prefer"] == "respond-async, wait=3"


def test_an_event_without_lists_of_headers_has_them_all_the_same() -> None:
    assert call_of(headers={"Prefer": "wait=3"}, multiValueHeaders=None).headers == {"prefer": "wait=3"}
    assert call_of(headers=None or {}, multiValueHeaders=None).headers == {}


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("text/event-stream", True),
        ("TEXT/Event-Stream", True),
        ("application/json, text/event-stream", True),
        ("text/event-stream;q=0.5, */*;q=0.1", True),
        ("application/json, text/event-stream;q=0.1", False),
        ("text/event-stream;q=0", False),
        ("text/event-stream;q=junk", True),
        ("*/*", False),
        (";;,,", False),
        ("", False),
    ],
)
def test_events_are_sent_to_who_wants_them_rather_than_json(accept: str, wanted: bool) -> None:
    assert call_of(headers={"Accept": accept}).wants_events is wanted


@pytest.mark.parametrize(
    ("context", "arrived"),
    [
        ({"requestTimeEpoch": 1_800_000_000_250}, 1_800_000_000.25),
        ({}, None),
        ({"requestTimeEpoch": "?"}, None),
    ],
)
def test_a_call_knows_when_it_reached_the_gateway(context: dict[str, Any], arrived: float | None) -> None:
    assert call_of(requestContext=context).arrived == arrived


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8", None])
def test_a_json_body_is_one_by_its_type(kind: str | None) -> None:
    assert call_of(headers={"Content-Type": kind} if kind else {}).json_body(100) == b'{"a": 1}'


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/problem+json", "", "application/json, text/plain"]
)
def test_another_type_is_refused(kind: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        call_of(headers={"Content-Type": kind}).json_body(100)


def test_a_compressed_body_is_refused_by_its_encoding() -> None:
    with pytest.raises(UnsupportedMediaType):
        call_of(headers={"Content-Encoding": "gzip"}).json_body(100)
    assert call_of(headers={"Content-Encoding": "identity"}).json_body(100)


def test_a_body_over_the_limit_is_refused() -> None:
    with pytest.raises(PayloadTooLarge):
        call_of().json_body(7)
    assert call_of().json_body(8)


def test_a_body_in_base64_is_read_and_a_broken_one_is_empty() -> None:
    encoded = base64.b64encode(b"\xff\xfe").decode()

    assert call_of(body=encoded, isBase64Encoded=True).body == b"\xff\xfe"
    assert call_of(body="!", isBase64Encoded=True).body == b""
    assert call_of(body=None).body == b""


def test_a_body_is_decoded_once_however_often_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[bytes] = []
    decode = base64.b64decode
    monkeypatch.setattr(base64, "b64decode", lambda text: decoded.append(decode(text)) or decoded[-1])
    api = Api(lambda: None)
    seen: list[bytes] = []

    @api.post("/x")
    def look(call: Call, _: None) -> Reply:
        seen.extend(call.body for _ in range(3))
        return Reply(200, {})

    for body in (b"one", b"two"):
        text = base64.b64encode(body).decode()
        api.resolve(event("POST", "/x", body=text, isBase64Encoded=True), CONTEXT)

    assert seen == [b"one"] * 3 + [b"two"] * 3
    assert decoded == [b"one", b"two"]


def test_a_partner_is_known_by_a_digest_of_the_key() -> None:
    partner = call_of().partner

    assert "key-1" not in partner
    assert partner == call_of(path="/things").partner
    assert partner != call_of(requestContext={"identity": {"apiKeyId": "key-2"}}).partner


def test_a_domain_error_is_a_problem_document_with_its_headers() -> None:
    answer = answer_to(ModelUnavailable(retry_after=7, headers={"Cache-Status": "stepwise; fwd=miss"}))

    body = json.loads(answer["body"])
    assert answer["statusCode"] == 503
    assert header(answer, "Content-Type") == "application/problem+json"
    assert header(answer, "Retry-After") == "7"
    assert header(answer, "Cache-Status") == "stepwise; fwd=miss"
    assert header(answer, "x-request-id") == body["instance"] == "the-id"
    assert body["code"] == "model_unavailable"


def test_an_unexpected_error_tells_nothing_of_itself() -> None:
    answer = answer_to(RuntimeError("the secret host 10.0.0.5"))

    assert answer["statusCode"] == 500
    assert json.loads(answer["body"])["code"] == "internal_error"
    assert "10.0.0.5" not in json.dumps(answer)


def test_an_unknown_path_and_another_method_are_told_apart() -> None:
    unknown, method = answer_to(path="/nothing"), answer_to(method="GET")

    assert (unknown["statusCode"], method["statusCode"]) == (404, 405)
    assert header(method, "Allow") == "POST"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/things/1/parts/a%20b", ("1", "a%20b")),
        ("/things/题/parts/a b|c", ("题", "a b|c")),
        ("/things/1/parts/2//", ("1", "2")),
        ("/things/1/parts/", None),
        ("/things/1/2/parts/3", None),
        ("/things/1/parts/\ud800", None),
        ("/more/things/1/parts/2", None),
    ],
)
def test_a_part_of_a_path_is_one_segment_of_it(path: str, found: tuple[str, str] | None) -> None:
    api = Api(lambda: None)

    @api.get("/things/<thing>/parts/<part>")
    def part(_call: Call, _: None, thing: str, part: str) -> Reply:
        return Reply(200, {"found": [thing, part]})

    answer = api.resolve(event("GET", path), CONTEXT)

    assert isinstance(answer, dict)
    if found is None:
        assert answer["statusCode"] == 404
    else:
        assert json.loads(answer["body"]) == {"found": list(found)}


def test_a_page_keeps_its_type_and_has_the_headers_that_all_responses_have() -> None:
    api = Api(lambda: None)

    @api.get("/page")
    def page(_call: Call, _: None) -> Page:
        return Page(200, "text/html", "<p>题", {"ETag": '"1"'})

    answer = api.resolve(event("GET", "/page"), CONTEXT)

    assert isinstance(answer, dict)
    assert (answer["body"], answer["isBase64Encoded"]) == ("<p>题", False)
    assert header(answer, "Content-Type") == "text/html"
    assert header(answer, "ETag") == '"1"'
    assert header(answer, "X-Content-Type-Options") == "nosniff"
    assert header(answer, "x-request-id") == "the-id"


def test_a_stream_is_handed_on_as_it_is_and_only_for_its_own_call() -> None:
    api = Api(lambda: None)
    streamed = StreamingResponse(200, {}, iter([b"x"]))

    @api.post("/things")
    def things(_call: Call, _: None) -> StreamingResponse:
        return streamed

    @api.get("/things")
    def plain(_call: Call, _: None) -> Reply:
        return Reply(204, {})

    assert api.resolve(event(), CONTEXT) is streamed
    answer = api.resolve(event("GET"), CONTEXT)
    assert isinstance(answer, dict)
    assert answer["statusCode"] == 204


def test_half_of_a_surrogate_pair_becomes_a_question_mark() -> None:
    assert json_bytes({"a": "\ud800b", "c": "题"}) == '{"a":"?b","c":"题"}'.encode()
