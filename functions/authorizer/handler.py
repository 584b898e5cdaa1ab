"""Read a request's API key from ``x-api-key`` or ``Authorization: Bearer`` for the gateway.

The gateway checks the key that is returned here (``usageIdentifierKey``), counts it against its usage plan, and refuses
an unknown one. Policies are not cached: a cache key could only be made of headers that every request has, and a request
has only one of these two.
"""

from typing import Any


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """A policy that allows the requested method, with the key; of two headers ``x-api-key`` counts."""
    headers = {str(name).lower(): str(value).strip() for name, value in (event.get("headers") or {}).items()}
    scheme, _, token = headers.get("authorization", "").partition(" ")
    key = headers.get("x-api-key") or (token.strip() if scheme.lower() == "bearer" else "")
    if not key:
        raise PermissionError("Unauthorized")  # this message makes the gateway answer 401
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}
    return {
        "principalId": "partner",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "usageIdentifierKey": key,
    }
