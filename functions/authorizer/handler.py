"""Finds the API key in ``x-api-key`` or in ``Authorization: Bearer``, for the gateway's usage plan.

The gateway itself knows which keys there are: it checks the one that this function names (``usageIdentifierKey``),
counts it against its plan, and refuses one that it does not know.
"""

from typing import Any


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """A policy that allows the whole stage: the gateway keeps it for other paths too."""
    key = _key({str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()})
    if not key:
        raise PermissionError("Unauthorized")  # the word that makes the gateway answer 401
    arn, _, _ = str(event["methodArn"]).partition("/")
    stage = str(event["methodArn"]).split("/")[1]
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": f"{arn}/{stage}/*"}
    return {
        "principalId": "partner",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "usageIdentifierKey": key,
    }


def _key(headers: dict[str, str]) -> str:
    key = headers.get("x-api-key", "").strip()
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return key or (token.strip() if scheme.lower() == "bearer" else "")
