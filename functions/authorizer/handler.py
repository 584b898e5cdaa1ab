"""Finds the API key of a request for the gateway's usage plan: in ``x-api-key``, or in ``Authorization: Bearer``.

The gateway itself knows which keys there are: it checks the one that is named here (``usageIdentifierKey``), counts it
against its plan, and refuses one that it does not know. It keeps the answer by the one header that the authorizer is
declared with, so each of the two looks at its own header only.
"""

from typing import Any


def from_key_header(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """The key in ``x-api-key``."""
    return _allowed(event, _header(event, "x-api-key"))


def from_bearer(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """The key in ``Authorization: Bearer``, as clients of OpenAI's API send it."""
    scheme, _, token = _header(event, "authorization").partition(" ")
    return _allowed(event, token.strip() if scheme.lower() == "bearer" else "")


def _header(event: dict[str, Any], wanted: str) -> str:
    headers = event.get("headers") or {}
    return next((str(value).strip() for name, value in headers.items() if str(name).lower() == wanted), "")


def _allowed(event: dict[str, Any], key: str) -> dict[str, Any]:
    """A policy for the whole stage, as the gateway keeps it for other paths too."""
    if not key:
        raise PermissionError("Unauthorized")  # the word that makes the gateway answer 401
    api, stage = str(event["methodArn"]).split("/")[:2]
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": f"{api}/{stage}/*"}
    return {
        "principalId": "partner",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "usageIdentifierKey": key,
    }
