"""Write the OpenAPI 3.1 document of all functions: `make openapi`.

Requests come from the models that the functions check them with, answers from the types of the tasks' bodies; the other
responses are described here, and the tests hold the functions to them. The document is committed, and `make check` fails when it has drifted.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args, get_type_hints, is_typeddict

from pydantic import ConfigDict, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode
from pydantic_core import core_schema
from stepwise import __version__
from stepwise.answering.tasks import TASKS
from stepwise.api.openai_schemas import CompletionRequest
from stepwise.api.schemas import AnalyzeRequest, ChatRequest, SolveRequest
from stepwise.errors import StepwiseError

__all__ = ["document", "main"]

OUTPUT = Path(__file__).parent.parent / "functions/status/openapi.json"

# In words, as a schema cannot express that a key belongs to one body.
_IDEMPOTENCY = (
    "The header Idempotency-Key (1 to 255 printable ASCII characters) makes the request safe to repeat for 24 hours:"
    " the first reply comes again; 409 while it is being worked on, 422 when the key comes with another request."
)
# Texts that the screening accepts: no control characters except white space, and not only white space.
_CONTROL = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
_TEXT = {"pattern": f"^[^{_CONTROL}]*$"}
_NOT_BLANK = {"pattern": rf"^[^{_CONTROL}]*[^{_CONTROL}\s][^{_CONTROL}]*$"}

_HELLO = {"role": "user", "content": "What is a prime number?"}
_EXAMPLES: dict[str, Any] = {
    "SolveRequest": {
        "chinese": {"summary": "In Chinese", "value": {"problem": "解方程 x² + 2x - 3 = 0"}},
        "english": {
            "summary": "In English, only the answer",
            "value": {"problem": "Solve x^2 + 2x - 3 = 0.", "steps": False},
        },
    },
    "AnalyzeRequest": {
        "syllogism": {
            "summary": "A syllogism",
            "value": {"text": "All men are mortal. Socrates is a man. Therefore Socrates is mortal."},
        },
    },
    "ChatRequest": {
        "plain": {"summary": "In one piece", "value": {"messages": [_HELLO]}},
        "streamed": {"summary": "As it is written", "value": {"messages": [_HELLO], "stream": True}},
    },
    "CompletionRequest": {
        "plain": {"summary": "One turn", "value": {"model": "phi4-mini-reasoning", "messages": [_HELLO]}},
    },
}

type Schema = dict[str, Any]

STRING: Schema = {"type": "string"}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
BOOLEAN: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
COUNT_OR_NULL: Schema = {"type": ["integer", "null"], "minimum": 0}
POSITION: Schema = COUNT_OR_NULL | {
    "description": "Answers that wait before this one; an estimate, some seconds old, where more than 128 may wait."
}
TEXTS: Schema = {"type": "array", "items": STRING}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def either_null(schema: Schema) -> Schema:
    return {"oneOf": [schema, {"type": "null"}]}


def record(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def listed(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def one_of(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


def document() -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Stepwise",
            "version": __version__,
            "description": (
                "Solves mathematics and analyses logic step by step. An answer that takes longer than the request"
                " waits becomes a job; every final answer is checked by something that is not the model."
            ),
        },
        "servers": [{"url": "./", "description": "Where this document is."}],
        "security": [{"key": []}, {"bearer": []}],
        "tags": [
            {"name": "answers", "description": "Problems in, answers out."},
            {"name": "jobs", "description": "Answers that take longer."},
            {"name": "openai", "description": "For clients of OpenAI's API."},
            {"name": "status", "description": "Open to everybody, but for /health/ready."},
        ],
        "paths": _paths(),
        "components": {
            "securitySchemes": {
                "key": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "x-api-key",
                    "description": "The API key; it counts where both headers are sent.",
                },
                "bearer": {"type": "http", "scheme": "bearer", "description": "The same API key."},
            },
            "headers": _headers(),
            "parameters": _parameters(),
            "responses": _error_responses(),
            "schemas": _schemas(),
        },
    }


def _paths() -> dict[str, Any]:
    return {**_answer_paths(), **_job_paths(), **_openai_paths(), **_status_paths()}


def _answer_paths() -> dict[str, Any]:
    waiting = ["Prefer"]
    return {
        "/v1/math/solve": {
            "post": _model_backed(
                "solve", "Solve a mathematics problem", "SolveRequest", "Solution", [*waiting, "CacheControl"]
            )
        },
        "/v1/logic/analyze": {
            "post": _model_backed(
                "analyze", "Analyse an argument", "AnalyzeRequest", "Analysis", [*waiting, "CacheControl"]
            )
        },
        "/v1/general/chat": {
            "post": _model_backed("chat", "Talk to the model", "ChatRequest", "ChatReply", waiting)
        },
    }


def _job_paths() -> dict[str, Any]:
    return {
        "/v1/jobs/{id}": {
            "get": _operation(
                "getJob",
                "Look a job up",
                "jobs",
                parameters=["JobId", "PreferWait"],
                responses={"200": _answer("The job.", "Job", "RetryAfter")},
                errors=[401, 404, 405, 429, 500],
            ),
            "delete": _operation(
                "cancelJob",
                "Cancel a job",
                "jobs",
                parameters=["JobId"],
                responses={"200": _answer("The job; one that has ended stays as it is.", "Job")},
                errors=[401, 404, 405, 429, 500],
            ),
        },
    }


def _openai_paths() -> dict[str, Any]:
    return {
        "/v1/chat/completions": {"post": _completions()},
        "/v1/models": {"get": _openai("listModels", "The models served here", "ModelList", [401, 429, 500])},
        "/v1/models/{model}": {
            "get": _openai("getModel", "One model", "Model", [401, 404, 429, 500], parameters=["ModelName"])
        },
    }


def _status_paths() -> dict[str, Any]:
    return {
        "/": {"get": _root()},
        "/health": {"get": _open("health", "Whether the functions run", "Health")},
        "/health/ready": {
            "get": _operation(
                "ready",
                "Whether the model host and the table answer",
                "status",
                responses={
                    "200": _answer("They do.", "Readiness"),
                    "503": _answer("One of them does not.", "Readiness"),
                },
                errors=[401, 405, 429, 500],
            )
        },
        "/openapi.json": {
            "get": _open("openapi", "This document", "Document"),
        },
        "/docs": {"get": _page("docs", "A page that shows this document")},
        "/playground": {"get": _page("playground", "A page where people try it")},
    }


def _root() -> dict[str, Any]:
    operation = _open("root", "What this is", "Root")
    operation["responses"]["303"] = {
        "description": "The playground, for a browser (Accept: text/html).",
        "headers": {
            "x-request-id": {"$ref": "#/components/headers/RequestId"},
            "Location": {"description": "Where the playground is.", "schema": STRING},
        },
    }
    return operation


def _page(name: str, summary: str) -> dict[str, Any]:
    page = {
        "description": "The page.",
        "headers": {"x-request-id": {"$ref": "#/components/headers/RequestId"}},
        "content": {"text/html": {"schema": STRING}},
    }
    return _operation(name, summary, "status", responses={"200": page}, errors=[405, 500], security=[])


def _operation(
    name: str,
    summary: str,
    tag: str,
    *,
    responses: dict[str, Any],
    errors: list[int],
    parameters: list[str] | None = None,
    body: str = "",
    security: list[Any] | None = None,
    error: str = "Problem",
) -> dict[str, Any]:
    operation: dict[str, Any] = {"operationId": name, "summary": summary, "tags": [tag]}
    if security is not None:
        operation["security"] = security
    if parameters:
        operation["parameters"] = [{"$ref": f"#/components/parameters/{each}"} for each in parameters]
    if body:
        content = {"schema": ref(body), "examples": _EXAMPLES[body]}
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    failures = {str(status): {"$ref": f"#/components/responses/{error}{status}"} for status in errors}
    operation["responses"] = {**responses, **failures}
    return operation


def _model_backed(name: str, summary: str, body: str, reply: str, parameters: list[str]) -> dict[str, Any]:
    ok = _answer("The answer.", reply, "CacheStatus", "Age", "PreferenceApplied")
    ok["content"]["text/event-stream"] = {"schema": ref("EventStream")}
    later = _answer(
        "The answer comes later, under Location.",
        "Accepted",
        "Location",
        "RetryAfter",
        "CacheStatus",
        "PreferenceApplied",
    )
    operation = _operation(
        name,
        summary,
        "answers",
        parameters=parameters,
        body=body,
        responses={"200": ok, "202": later},
        errors=[400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 502, 503, 504],
    )
    return operation | {"description": _IDEMPOTENCY}


def _completions() -> dict[str, Any]:
    operation = _openai(
        "createCompletion",
        "The next turn of a conversation",
        "Completion",
        [400, 401, 404, 429, 500, 502, 503, 504],
        body="CompletionRequest",
    )
    operation["responses"]["200"]["content"]["text/event-stream"] = {"schema": ref("EventStream")}
    operation["responses"]["200"]["headers"]["Cache-Status"] = {"$ref": "#/components/headers/CacheStatus"}
    return operation


def _openai(
    name: str,
    summary: str,
    reply: str,
    errors: list[int],
    *,
    body: str = "",
    parameters: list[str] | None = None,
) -> dict[str, Any]:
    return _operation(
        name,
        summary,
        "openai",
        parameters=parameters,
        body=body,
        responses={"200": _answer("As OpenAI's API answers.", reply)},
        errors=[*errors, 405],
        error="OpenAIError",
    )


def _open(name: str, summary: str, reply: str) -> dict[str, Any]:
    return _operation(
        name,
        summary,
        "status",
        responses={"200": _answer(summary + ".", reply)},
        errors=[405, 500],
        security=[],
    )


def _answer(description: str, schema: str, *headers: str) -> dict[str, Any]:
    names = {
        "CacheStatus": "Cache-Status",
        "Age": "Age",
        "PreferenceApplied": "Preference-Applied",
        "RetryAfter": "Retry-After",
        "Location": "Location",
    }
    return {
        "description": description,
        "headers": {"x-request-id": {"$ref": "#/components/headers/RequestId"}}
        | {names[header]: {"$ref": f"#/components/headers/{header}"} for header in headers},
        "content": {"application/json": {"schema": ref(schema)}},
    }


def _headers() -> dict[str, Any]:
    return {
        "RequestId": {
            "description": "Id of this request, in every error too.",
            "schema": STRING,
            "required": True,
        },
        "CacheStatus": {"description": "RFC 9211: whether the answer was there already.", "schema": STRING},
        "Age": {
            "description": "RFC 9111: seconds since an answer that was there already was stored.",
            "schema": {"type": "integer", "minimum": 0},
        },
        "PreferenceApplied": {"description": "RFC 7240: what of Prefer was honoured.", "schema": STRING},
        "RetryAfter": {"description": "Seconds after which to ask again.", "schema": STRING},
        "Location": {"description": "Where the job is.", "schema": STRING},
        "Allow": {"description": "The methods that this address takes.", "schema": STRING},
    }


def _parameters() -> dict[str, Any]:
    def header(name: str, description: str, schema: Schema = STRING) -> dict[str, Any]:
        return {"name": name, "in": "header", "required": False, "description": description, "schema": schema}

    return {
        "Prefer": header(
            "Prefer",
            "RFC 7240: wait=N waits up to N seconds, respond-async does not wait, handling=strict takes no job.",
        ),
        "PreferWait": header("Prefer", "RFC 7240: wait=N waits up to N seconds for the job to end."),
        "CacheControl": header(
            "Cache-Control",
            "RFC 9111: no-cache does not take a stored answer, no-store does not store one either.",
        ),
        "JobId": {"name": "id", "in": "path", "required": True, "schema": STRING},
        "ModelName": {"name": "model", "in": "path", "required": True, "schema": STRING},
    }


def _error_responses() -> dict[str, Any]:
    codes: dict[int, list[str]] = {}
    for kind in _kinds(StepwiseError):
        if kind.code not in codes.setdefault(kind.status, []):
            codes[kind.status].append(kind.code)
    codes[400] = [*codes[400], "invalid_request"]
    responses = {}
    for status, words in sorted(codes.items()):
        headers: dict[str, Any] = {"x-request-id": {"$ref": "#/components/headers/RequestId"}}
        if status in (409, 429, 503):
            headers["Retry-After"] = {"$ref": "#/components/headers/RetryAfter"}
        if status == 405:
            headers["Allow"] = {"$ref": "#/components/headers/Allow"}
        description = ", ".join(sorted(words)) + "."
        problem = {"application/problem+json": {"schema": ref("Problem")}}
        responses[f"Problem{status}"] = {"description": description, "headers": headers, "content": problem}
        # The gateway's own refusals are problem documents on these paths too.
        openai = {"application/json": {"schema": ref("OpenAIError")}, **problem}
        responses[f"OpenAIError{status}"] = {
            "description": description,
            "headers": headers,
            "content": openai,
        }
    return responses


def _kinds(kind: type[StepwiseError]) -> list[type[StepwiseError]]:
    return [kind, *(each for child in kind.__subclasses__() for each in _kinds(child))]


def _schemas() -> dict[str, Schema]:
    return {
        **_requests(),
        **_typed_replies(),
        **_job_replies(),
        **_openai_replies(),
        "Problem": {
            **record(
                type=STRING,
                title=STRING,
                status={"type": "integer", "minimum": 400, "maximum": 599},
                detail=STRING,
                instance={"type": "string", "description": "Id of the request."},
                code={"type": "string", "pattern": "^[a-z_]+$"},
            ),
            "description": "RFC 9457.",
        },
        "EventStream": {
            "type": "object",
            "properties": {"event": STRING, "data": STRING},
            "description": (
                "Server-sent events: reasoning {delta} (only with include_reasoning), delta {delta}, then one of done"
                " (the body of a plain answer; a chat's without response) and error (a problem document)."
                " On /v1/chat/completions chat.completion.chunk objects as OpenAI sends them."
            ),
        },
        "NotAssistant": {"properties": {"role": {"not": {"const": "assistant"}}}},
        "Document": {"type": "object"},
        "Root": record(message=STRING, version=STRING, model=STRING, endpoints=TEXTS),
        "Health": record(status={"const": "ok"}),
        "Readiness": record(
            status=one_of("ok", "unavailable"),
            checks=record(model=ref("Check"), cache=ref("Check")),
        ),
        "Check": {
            "type": "object",
            "properties": {
                "status": one_of("ok", "unavailable"),
                "detail": STRING,
                "name": STRING,
                "took_ms": COUNT,
            },
            "required": ["status", "took_ms"],
        },
    }


def _requests() -> dict[str, Schema]:
    schemas: dict[str, Schema] = {}
    for model in (SolveRequest, AnalyzeRequest, ChatRequest, CompletionRequest):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {})
        schemas[model.__name__] = schema
    for name, field, pattern in (
        ("SolveRequest", "problem", _NOT_BLANK),
        ("AnalyzeRequest", "text", _NOT_BLANK),
        ("Message", "content", _TEXT),
        ("_TextPart", "text", _TEXT),
    ):
        schemas[name]["properties"][field] |= pattern
    for name, field in (("SolveRequest", "context"), ("AnalyzeRequest", "question"), ("_Turn", "content")):
        schemas[name]["properties"][field]["anyOf"][0] |= _TEXT
    for name in ("ChatRequest", "CompletionRequest"):
        messages = schemas[name]["properties"]["messages"]
        messages |= _conversation(messages["maxItems"])
    return {name.lstrip("_"): _null_allowed(_renamed(schema)) for name, schema in schemas.items()}


def _conversation(longest: int) -> Schema:
    """At least one turn of the user, and the last not of the assistant.

    JSON Schema cannot refer to the last item, so there is an alternative for each number of turns: those after them are
    not the assistant's, and there is at least one.
    """
    user = {"properties": {"role": {"const": "user"}}}
    anyone_first = [
        {"prefixItems": [True] * count, "items": ref("NotAssistant"), "minItems": count + 1}
        for count in range(longest)
    ]
    return {"contains": user, "anyOf": anyone_first}


def _renamed(schema: Any) -> Any:
    """References without the underscore that marks a class as private."""
    return json.loads(json.dumps(schema).replace("#/components/schemas/_", "#/components/schemas/"))


def _null_allowed(schema: Schema) -> Schema:
    """Allow null for optional fields."""
    required = set(schema.get("required", []))
    properties = {}
    for name, field in schema.get("properties", {}).items():
        nullable = name in required or any(each.get("type") == "null" for each in field.get("anyOf", []))
        if nullable:
            properties[name] = field
            continue
        outer = {key: field[key] for key in ("default", "title", "description") if key in field}
        inner = {key: value for key, value in field.items() if key not in outer}
        properties[name] = {"anyOf": [inner, {"type": "null"}], **outer}
    return {**schema, "properties": properties}


class _ReplySchema(GenerateJsonSchema):
    """Schemas of replies: every integer is a count, and no field has a title beside its name."""

    def int_schema(self, schema: core_schema.IntSchema) -> Schema:
        return COUNT

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _typed_replies() -> dict[str, Schema]:
    """Schemas of the tasks' bodies, from their types and docstrings."""
    bodies = [task.body for task in TASKS.values()]
    for each in _typed_dicts(bodies):
        each.__pydantic_config__ = ConfigDict(use_attribute_docstrings=True)
    adapters: list[tuple[Any, JsonSchemaMode, TypeAdapter[Any]]] = [
        (body.__name__, "serialization", TypeAdapter(body)) for body in bodies
    ]
    template = "#/components/schemas/{model}"
    _, found = TypeAdapter.json_schemas(adapters, ref_template=template, schema_generator=_ReplySchema)
    schemas: dict[str, Schema] = found["$defs"]
    for schema in schemas.values():
        schema.pop("title", None)
        for field in schema["properties"].values():
            if "description" in field:  # a docstring that is broken into lines
                field["description"] = " ".join(field["description"].split())
    return schemas


def _typed_dicts(types: Iterable[Any]) -> set[Any]:
    """Those of *types* that are TypedDicts, and all that they hold."""
    found: set[Any] = set()
    waiting = list(types)
    while waiting:
        each = waiting.pop()
        if is_typeddict(each) and each not in found:
            found.add(each)
            waiting += get_type_hints(each).values()
        waiting += get_args(each)
    return found


def _job_replies() -> dict[str, Schema]:
    status = one_of("queued", "running", "succeeded", "failed", "cancelled")
    results = [ref(task.body.__name__) for task in TASKS.values()]
    return {
        "Accepted": record(id=STRING, status=status, queue_position=POSITION, status_url=STRING),
        "Job": record(
            id=STRING,
            kind=one_of(*TASKS),
            status=status,
            queue_position=POSITION,
            created_at={"type": "string", "format": "date-time"},
            progress=record(completion_tokens=COUNT),
            result={"oneOf": [*results, {"type": "null"}]},
            error=either_null(ref("Problem")),
        ),
    }


def _openai_replies() -> dict[str, Schema]:
    return {
        "Model": record(id=STRING, object={"const": "model"}, created=COUNT, owned_by=STRING),
        "ModelList": record(object={"const": "list"}, data=listed(ref("Model"))),
        "Completion": record(
            id=STRING,
            object={"const": "chat.completion"},
            created=COUNT,
            model=STRING,
            choices=listed(
                record(
                    index=COUNT,
                    message={
                        "type": "object",
                        "properties": {"role": STRING, "content": STRING, "reasoning_content": STRING},
                        "required": ["role", "content"],
                    },
                    finish_reason=one_of("stop", "length"),
                )
            ),
            usage=record(
                prompt_tokens=COUNT,
                completion_tokens=COUNT,
                total_tokens=COUNT,
                completion_tokens_details=record(reasoning_tokens=COUNT),
            ),
        ),
        "OpenAIError": record(
            error=record(message=STRING, type=STRING, param=TEXT_OR_NULL, code=TEXT_OR_NULL)
        ),
    }


def _written(value: dict[str, Any]) -> str:
    """JSON that can be read, with lists of nothing but true on one line."""
    text = json.dumps(value, indent=1, ensure_ascii=False) + "\n"
    return re.sub(r"\[\s+true(?:,\s+true)*\s+\]", lambda match: re.sub(r"\s+", "", match[0]), text)


def main() -> int:
    """Write the document, or with --check say whether the committed one is it."""
    text = _written(document())
    if "--check" not in sys.argv[1:]:
        OUTPUT.write_text(text, encoding="utf-8")
        return 0
    if OUTPUT.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write("functions/status/openapi.json has drifted: run make openapi and commit it.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
