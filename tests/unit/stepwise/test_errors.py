from __future__ import annotations

import pytest
from stepwise import errors
from stepwise.errors import (
    GenerationBroken,
    InputRejected,
    InternalError,
    InvalidRequest,
    ModelError,
    Pointer,
    QueueFull,
    StepwiseError,
    error_of,
    problem,
    stored,
)

CONTRACT = {
    # The table of the HTTP contract: code → status
    "malformed_json": 400,
    "input_rejected": 400,
    "missing_api_key": 401,
    "invalid_api_key": 401,
    "forbidden": 403,
    "not_found": 404,
    "model_not_found": 404,
    "method_not_allowed": 405,
    "unsupported_media_type": 415,
    "idempotency_in_progress": 409,
    "payload_too_large": 413,
    "invalid_request": 422,
    "idempotency_mismatch": 422,
    "queue_full": 429,
    "rate_limited": 429,
    "model_error": 502,
    "model_unavailable": 503,
    "model_timeout": 504,
    "internal_error": 500,
}

KINDS = [
    kind
    for name in errors.__all__
    if isinstance(kind := getattr(errors, name), type) and issubclass(kind, StepwiseError)
]


def test_there_is_an_error_for_every_code_of_the_contract_and_no_other_code() -> None:
    assert {kind.code: kind.status for kind in KINDS} == CONTRACT


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_has_a_title_and_a_sentence_of_its_own(kind: type[StepwiseError]) -> None:
    document = problem(kind(), "r-1")

    assert document == {
        "type": f"urn:stepwise:problem:{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": kind.default_detail,
        "instance": "r-1",
        "code": kind.code,
    }
    assert kind.default_detail.endswith(".")
    assert not kind.title.endswith(".")


def test_titles_tell_the_codes_apart() -> None:
    titles = {kind.code: kind.title for kind in KINDS}

    assert len(set(titles.values())) == len(titles)


def test_the_faults_of_an_input_are_listed_in_their_order() -> None:
    error = InvalidRequest(
        errors=(Pointer("/problem", "too_long", "At most 2000."), Pointer("", "unknown_field", "No."))
    )

    assert problem(error, "r")["errors"] == [
        {"pointer": "/problem", "code": "too_long", "message": "At most 2000."},
        {"pointer": "", "code": "unknown_field", "message": "No."},
    ]


def test_a_detail_of_its_own_goes_before_the_default_one() -> None:
    error = InputRejected("Refused at offset 12.")

    assert problem(error, "r")["detail"] == str(error) == "Refused at offset 12."


def test_headers_and_retry_after_are_no_part_of_the_document() -> None:
    document = problem(QueueFull(retry_after=7, headers={"Allow": "GET"}), "r")

    assert set(document) == {"type", "title", "status", "detail", "instance", "code"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_stored_error_comes_back_with_the_same_problem_document(kind: type[StepwiseError]) -> None:
    error = kind("A sentence.", retry_after=9)

    again = error_of(stored(error))

    assert problem(again, "r") == problem(error, "r")
    assert again.retry_after == 9


def test_what_is_no_stored_error_is_an_internal_error() -> None:
    for document in ({}, {"code": "from_the_future", "detail": None}, {"code": None, "detail": ""}):
        error = error_of(document)
        assert (type(error), error.detail) == (InternalError, InternalError.default_detail)


def test_a_generation_that_broke_off_is_a_model_error_to_clients() -> None:
    assert issubclass(GenerationBroken, ModelError)
    assert GenerationBroken.code == "model_error"
