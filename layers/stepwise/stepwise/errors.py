"""Errors of the API, named as in the HTTP contract, and their problem documents.

A problem document is RFC 9457's: ``type``, ``title``, ``status``, ``detail``, ``instance``, with ``code`` (a stable
snake_case word) and, for invalid input, ``errors``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

__all__ = [
    "Forbidden",
    "GenerationBroken",
    "IdempotencyInProgress",
    "IdempotencyMismatch",
    "InputRejected",
    "InternalError",
    "InvalidApiKey",
    "InvalidRequest",
    "MalformedJson",
    "MethodNotAllowed",
    "MissingApiKey",
    "ModelError",
    "ModelNotFound",
    "ModelTimeout",
    "ModelUnavailable",
    "NotFound",
    "PayloadTooLarge",
    "Pointer",
    "QueueFull",
    "RateLimited",
    "StepwiseError",
    "UnsupportedMediaType",
    "error_of",
    "problem",
    "stored",
]


@dataclass(frozen=True)
class Pointer:
    """One fault of the input: its place (RFC 6901 pointer), a stable code, and a message."""

    pointer: str
    code: str
    message: str

    def as_dict(self) -> dict[str, str]:
        return {"pointer": self.pointer, "code": self.code, "message": self.message}


class StepwiseError(Exception):
    """An error that is sent to the client.

    ``detail`` is shown to the client: it never contains text of the model host, host names, prompts or the client's
    own text. ``retry_after`` is in whole seconds.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Internal error"
    reason: str = ""
    """For the log: a fixed word, never text of a client, the model or its host."""
    default_detail: ClassVar[str] = (
        "An unexpected error occurred. Try again; if it persists, report the instance."
    )

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: tuple[Pointer, ...] = (),
        retry_after: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.detail = detail or self.default_detail
        self.errors = errors
        self.retry_after = retry_after
        self.headers = headers or {}
        super().__init__(self.detail)


class InternalError(StepwiseError):
    """500: an unexpected error."""


class MalformedJson(StepwiseError):
    """400: the body is not JSON."""

    status, code, title = 400, "malformed_json", "The body is not JSON"
    default_detail = "Send one JSON object in UTF-8."


class InputRejected(StepwiseError):
    """400: the text matches a rule of the screening."""

    status, code, title = 400, "input_rejected", "The text was refused"
    default_detail = "The text contains something that is not accepted here."


class MissingApiKey(StepwiseError):
    """401: no key."""

    status, code, title = 401, "missing_api_key", "No API key"
    default_detail = "Send your API key in the x-api-key header, or as Authorization: Bearer."


class InvalidApiKey(StepwiseError):
    """401: an unknown key."""

    status, code, title = 401, "invalid_api_key", "Unknown API key"
    default_detail = "The API key is not known here."


class Forbidden(StepwiseError):
    """403: the key's plan does not allow it."""

    status, code, title = 403, "forbidden", "Not allowed"
    default_detail = "The plan of this API key does not allow this."


class NotFound(StepwiseError):
    """404: unknown path or job, or somebody else's job."""

    status, code, title = 404, "not_found", "Not found"
    default_detail = "There is nothing at this address."


class ModelNotFound(StepwiseError):
    """404: a model that this deployment does not serve."""

    status, code, title = 404, "model_not_found", "Unknown model"
    default_detail = "This model is not served here. GET /v1/models lists those that are."


class MethodNotAllowed(StepwiseError):
    """405: the response has an ``Allow`` header."""

    status, code, title = 405, "method_not_allowed", "Method not allowed"
    default_detail = "This path does not support this method; Allow lists those that it supports."


class UnsupportedMediaType(StepwiseError):
    """415: the body is not declared as JSON."""

    status, code, title = 415, "unsupported_media_type", "Unsupported media type"
    default_detail = "Send Content-Type: application/json."


class IdempotencyInProgress(StepwiseError):
    """409: the first request with this Idempotency-Key has not ended yet."""

    status, code, title = 409, "idempotency_in_progress", "Still being worked on"
    default_detail = "The first request with this Idempotency-Key is still being processed. Repeat it later."


class PayloadTooLarge(StepwiseError):
    """413: body over the limit."""

    status, code, title = 413, "payload_too_large", "Body too large"
    default_detail = "The body is larger than the limit."


class InvalidRequest(StepwiseError):
    """422: a field is missing, of the wrong type, out of range or unknown."""

    status, code, title = 422, "invalid_request", "Invalid request"
    default_detail = "The request is invalid; errors lists each fault."


class IdempotencyMismatch(StepwiseError):
    """422: an Idempotency-Key came again with a different request."""

    status, code, title = 422, "idempotency_mismatch", "Idempotency-Key used for another request"
    default_detail = "This Idempotency-Key was used with another request. Use a new key for a new request."


class QueueFull(StepwiseError):
    """429: the queue has ``MAX_QUEUED`` answers."""

    status, code, title = 429, "queue_full", "The queue is full"
    default_detail = (
        "Too many requests wait for the model. Try again after the seconds that the header Retry-After gives."
    )


class RateLimited(StepwiseError):
    """429: the key's rate or quota is used up."""

    status, code, title = 429, "rate_limited", "Too many requests"
    default_detail = "This API key sends more requests than its plan allows. Try again after the seconds that the header Retry-After gives."


class ModelError(StepwiseError):
    """502: the model host answered with an error, or broke its protocol."""

    status, code, title = 502, "model_error", "The model failed"
    default_detail = "The model host failed while it generated the answer. Try again."


class GenerationBroken(ModelError):
    """502: a generation broke off after its first token; its text so far can be continued."""


class ModelUnavailable(StepwiseError):
    """503: the model host cannot be reached, or the circuit breaker is open."""

    status, code, title = 503, "model_unavailable", "The model cannot be reached"
    default_detail = (
        "The model host cannot be reached now. Try again after the seconds that the header Retry-After gives."
    )


class ModelTimeout(StepwiseError):
    """504: the answer was not ready in time and could not be handed over."""

    status, code, title = 504, "model_timeout", "The model took too long"
    default_detail = "The answer was not ready in time. Try again."


def problem(error: StepwiseError, instance: str) -> dict[str, Any]:
    """The problem document of *error* (RFC 9457); *instance* is the request id."""
    document: dict[str, Any] = {
        "type": f"urn:stepwise:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": instance,
        "code": error.code,
    }
    if error.errors:
        document["errors"] = [entry.as_dict() for entry in error.errors]
    return document


def _all_kinds(kind: type[StepwiseError] = StepwiseError) -> dict[str, type[StepwiseError]]:
    kinds = {kind.code: kind}
    for child in kind.__subclasses__():
        kinds = _all_kinds(child) | kinds  # a code that a parent and a child share is the parent's
    return kinds


def error_of(document: Mapping[str, Any]) -> StepwiseError:
    """The error of a stored document (see :func:`stored`); an unknown code gives an internal error."""
    kind = _all_kinds().get(str(document.get("code")), InternalError)
    return kind(str(document.get("detail") or "") or None, retry_after=document.get("retry_after"))


def stored(error: StepwiseError) -> dict[str, Any]:
    """*error* as a document that is stored with a run; :func:`error_of` reads it."""
    return {"code": error.code, "detail": error.detail, "retry_after": error.retry_after}
