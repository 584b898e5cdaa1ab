"""The document says what the functions take: its schemas are the models that requests are checked with."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import pytest
from stepwise.answering.tasks import TASKS, Task
from support.infra import bundle

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """infra/openapi.py, which is a command and no package."""
    spec = importlib.util.spec_from_file_location("openapi_document", ROOT / "infra/openapi.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def document(generator: ModuleType) -> Any:
    return json.loads(json.dumps(generator.document()))


def test_the_committed_document_has_not_drifted(document: Any) -> None:
    assert json.loads((ROOT / "functions/status/openapi.json").read_text("utf-8")) == document


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS.keys())
def test_a_tasks_body_is_described_by_its_type(document: Any, task: Task[Any]) -> None:
    schemas = document["components"]["schemas"]
    schema = schemas[task.body.__name__]

    assert schema["properties"].keys() == get_type_hints(task.body).keys() == set(schema["required"])
    assert {"$ref": f"#/components/schemas/{task.body.__name__}"} in schemas["Job"]["properties"]["result"][
        "oneOf"
    ]
    assert task.name in schemas["Job"]["properties"]["kind"]["enum"]


def test_what_a_type_says_of_a_field_is_in_the_document(document: Any) -> None:
    schemas = document["components"]["schemas"]

    assert "the thinking was verified" in schemas["Thinking"]["properties"]["ended_by"]["description"]
    assert schemas["Usage"]["properties"]["duration_ms"] == {"type": "integer", "minimum": 0}


def test_every_reference_leads_somewhere(document: Any) -> None:
    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if "$ref" in value else []
            return own + [found for inner in value.values() for found in references(inner)]
        return [found for inner in value for found in references(inner)] if isinstance(value, list) else []

    for reference in references(document):
        target = document
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]
        assert target, reference


def test_every_response_of_every_operation_has_the_requests_id(document: Any) -> None:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                whole = (
                    document["components"]["responses"][response["$ref"].split("/")[-1]]
                    if "$ref" in response
                    else response
                )
                assert "x-request-id" in whole.get("headers", {}), (path, status)


@pytest.mark.parametrize(
    "name", ["SolveRequest", "AnalyzeRequest", "ChatRequest", "Message", "CompletionRequest"]
)
def test_unknown_fields_are_not_allowed(document: Any, name: str) -> None:
    assert document["components"]["schemas"][name]["additionalProperties"] is False


def test_each_example_is_a_request_that_is_taken(generator: ModuleType, document: Any) -> None:
    models = {name: getattr(generator, name) for name in generator._EXAMPLES}

    for path in ("/v1/math/solve", "/v1/logic/analyze", "/v1/general/chat", "/v1/chat/completions"):
        content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        model = models[content["schema"]["$ref"].split("/")[-1]]
        for example in content["examples"].values():
            assert model.model_validate(example["value"])


def test_the_document_has_every_address_of_the_template_but_the_files_of_pages(document: Any) -> None:
    served = {
        event["Properties"]["Path"]
        for function in bundle()["Resources"].values()
        for event in function.get("Properties", {}).get("Events", {}).values()
        if event["Type"] == "Api"
    }

    assert served - document["paths"].keys() == {"/docs/{asset}", "/playground/{version}/{name}"}


def test_only_what_is_open_needs_no_key(document: Any) -> None:
    open_to_all = [
        path
        for path, operations in document["paths"].items()
        if operations.get("get", {}).get("security") == []
    ]

    assert open_to_all == ["/", "/health", "/openapi.json", "/docs", "/playground"]
