"""The gateway's own answers, worded by the template's gateway responses.

Source: "Gateway response types" and "Set up gateway responses" in AWS's API Gateway developer guide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from stepwise_local.template.model import GatewayResponse

__all__ = ["render"]

_DEFAULTS = {
    "ACCESS_DENIED": (403, "User is not authorized to access this resource"),
    "API_CONFIGURATION_ERROR": (500, "Internal server error"),
    "AUTHORIZER_CONFIGURATION_ERROR": (500, "Internal server error"),
    "AUTHORIZER_FAILURE": (500, "Internal server error"),
    "INTEGRATION_FAILURE": (504, "Network error communicating with endpoint"),
    "INTEGRATION_TIMEOUT": (504, "Endpoint request timed out"),
    "INVALID_API_KEY": (403, "Forbidden"),
    "MISSING_AUTHENTICATION_TOKEN": (403, "Missing Authentication Token"),
    "REQUEST_TOO_LARGE": (413, "Request Too Long"),
    "RESOURCE_NOT_FOUND": (404, "Not Found"),
    "THROTTLED": (429, "Too Many Requests"),
    "UNAUTHORIZED": (401, "Unauthorized"),
}
_VARIABLE = re.compile(r"\$context\.([A-Za-z.]+[A-Za-z])")


def render(
    kind: str, responses: Mapping[str, GatewayResponse], context: Mapping[str, str], status: int | None = None
) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of the gateway's answer of type *kind*.

    *context* is what ``$context.`` names, without ``error.``; *status* the one that it has where the template sets
    none. A type that the template does not word falls back to ``DEFAULT_4XX`` or ``DEFAULT_5XX``.
    """
    own_status, message = _DEFAULTS[kind]
    own_status = status or own_status
    response = responses.get(kind) or responses.get(f"DEFAULT_{own_status // 100}XX")
    variables = {
        **context,
        "error.message": message,
        "error.messageString": json.dumps(message),
        "error.responseType": kind,
    }
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": _error_type(kind)}
    if response is None:
        return own_status, headers, json.dumps({"message": message})
    for name, value in response.headers.items():
        headers[name] = _parameter(value, variables)
    template = response.templates.get("application/json", '{"message":$context.error.messageString}')
    body = _VARIABLE.sub(lambda found: variables.get(found[1], ""), template)
    return response.status or own_status, headers, body


def _parameter(value: str, variables: Mapping[str, str]) -> str:
    """A header's value: a text in quotes or a ``context.`` variable."""
    if value.startswith("'"):
        return value.strip("'")
    return variables.get(value.removeprefix("context."), "")


def _error_type(kind: str) -> str:
    return "".join(word.capitalize() for word in kind.split("_")) + "Exception"
