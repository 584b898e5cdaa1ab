"""An API key is found in either header, and no other text is taken for one."""

from __future__ import annotations

from typing import Any

import pytest
from support.handlers import handler_of

ARN = "arn:aws:execute-api:eu-central-1:1:api/prod/POST/v1/math/solve"
authorize = handler_of("authorizer").handler


def event(headers: dict[str, str] | None) -> dict[str, Any]:
    return {"type": "REQUEST", "methodArn": ARN, "headers": headers}


@pytest.mark.parametrize(
    "headers",
    [
        {"x-api-key": "the-key"},
        {"X-Api-Key": " the-key "},
        {"Authorization": "Bearer the-key"},
        {"authorization": "bearer   the-key"},
        {"x-api-key": "the-key", "Authorization": "Bearer another"},
        {"x-api-key": "the-key", "Authorization": "Basic dTpw"},
        {"x-api-key": "", "Authorization": "Bearer the-key"},
    ],
)
def test_the_key_is_found_in_either_header(headers: dict[str, str]) -> None:
    reply = authorize(event(headers), None)

    assert reply["usageIdentifierKey"] == "the-key"
    assert reply["policyDocument"]["Statement"] == [
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": ARN}
    ]


@pytest.mark.parametrize(
    "headers", [None, {}, {"x-api-key": " "}, {"Authorization": "Basic dTpw"}, {"Authorization": "Bearer "}]
)
def test_without_a_key_the_gateway_is_told_to_answer_401(headers: dict[str, str] | None) -> None:
    with pytest.raises(PermissionError, match=r"^Unauthorized$"):
        authorize(event(headers), None)
