"""Finds the API key of a request for the gateway's usage plan: in ``x-api-key``, or in ``Authorization: Bearer``.

The gateway itself knows which keys there are: it checks the one that is named here (``usageIdentifierKey``), counts it
against its plan, and refuses one that it does not know. It could remember an answer only by headers that every request
has, and a request has one of two; so it remembers none and asks each time.
"""

from typing import Any


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """A policy for the method that is asked for, with the key; ``x-api-key`` counts where both headers are there."""
    headers = {str(name).lower(): str(value).strip() for name, value in (event.get("headers") or {}).items()}
    scheme, _, token = headers.get("authorization", "").partition(" ")
    key = headers.get("x-api-key") or (token.strip() if scheme.lower() == "bearer" else "")
    if not key:
        raise PermissionError("Unauthorized")  # the word that makes the gateway answer 401
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}
    return {
        "principalId": "partner",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "usageIdentifierKey": key,
    }
