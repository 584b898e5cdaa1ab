"""Who may call: the bundle's own authorizer functions, asked as API Gateway asks them, and the API keys of this machine.

Source: "Use API Gateway Lambda authorizers" and "Choose an API key source" in AWS's API Gateway developer guide.
"""

from __future__ import annotations

import asyncio
import fnmatch
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from stepwise_local.functions.invocation import FunctionError
from stepwise_local.functions.pool import Functions, Throttled
from stepwise_local.gateway.proxy import Request
from stepwise_local.template.model import Authorizer
from stepwise_local.template.yaml_values import ACCOUNT, PARTITION, REGION

__all__ = ["Authorizers", "Refused", "key_id", "method_arn"]


_MOST_REMEMBERED = 10_000
"""Callers, so that random keys do not fill this process's memory."""


class Refused(Exception):
    """The gateway's own answer; *kind* is a gateway response type."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


def key_id(key: str) -> str:
    """The id of an API key: ten letters and digits that tell nothing of the key."""
    return hashlib.sha256(key.encode()).hexdigest()[:10]


def method_arn(stage: str, method: str, path: str) -> str:
    return f"arn:{PARTITION}:execute-api:{REGION}:{ACCOUNT}:local/{stage}/{method}/{path.lstrip('/')}"


@dataclass(frozen=True)
class _Verdict:
    policy: dict[str, Any]
    context: dict[str, Any]
    key: str | None
    expires: float


class Authorizers:
    """Asks authorizer functions and remembers their answers as long as the template says."""

    def __init__(self, functions: Functions, clock: Callable[[], float] = time.monotonic) -> None:
        self._functions = functions
        self._clock = clock
        self._verdicts: dict[tuple[str, ...], _Verdict] = {}
        self._asking: dict[tuple[str, ...], asyncio.Lock] = {}

    async def authorize(
        self, authorizer: Authorizer, request: Request, event: dict[str, Any], arn: str
    ) -> tuple[dict[str, Any], str | None]:
        """What goes into ``requestContext.authorizer``, and the API key that the function named.

        Raises:
            Refused: nothing identifies the caller, the policy does not allow it, or the function failed.
        """
        identity = [request.header(name) for name in authorizer.headers]
        if not all(identity) and authorizer.ttl > 0:
            raise Refused("UNAUTHORIZED")
        index = (authorizer.name, *(value or "" for value in identity))
        if authorizer.ttl > 0:
            verdict = await self._remembered(index, authorizer, event, arn)
        else:
            verdict = await self._ask(authorizer, event, arn)
        if not _allows(verdict.policy, arn):
            raise Refused("ACCESS_DENIED")
        return verdict.context, verdict.key

    async def _remembered(
        self, index: tuple[str, ...], authorizer: Authorizer, event: dict[str, Any], arn: str
    ) -> _Verdict:
        if len(self._asking) > _MOST_REMEMBERED:
            self._asking.clear()
            self._verdicts.clear()
        async with self._asking.setdefault(index, asyncio.Lock()):
            verdict = self._verdicts.get(index)
            if verdict is None or verdict.expires <= self._clock():
                verdict = await self._ask(authorizer, event, arn)
                self._verdicts[index] = verdict
        return verdict

    async def _ask(self, authorizer: Authorizer, event: dict[str, Any], arn: str) -> _Verdict:
        question = {**event, "type": "REQUEST", "methodArn": arn}
        del question["body"], question["isBase64Encoded"]
        try:
            answer = json.loads(await self._functions.invoke(authorizer.function, _dump(question)).read())
            policy = answer["policyDocument"]
            principal = answer["principalId"]
        except FunctionError as error:
            raise Refused(
                "UNAUTHORIZED" if error.message == "Unauthorized" else "AUTHORIZER_FAILURE"
            ) from error
        except Throttled as error:
            raise Refused("THROTTLED") from error
        except (ValueError, TypeError, KeyError) as error:
            raise Refused("AUTHORIZER_CONFIGURATION_ERROR") from error
        context = {name: _text(value) for name, value in (answer.get("context") or {}).items()}
        return _Verdict(
            policy=policy,
            context={"principalId": principal, "integrationLatency": 0, **context},
            key=answer.get("usageIdentifierKey"),
            expires=self._clock() + authorizer.ttl,
        )


def _dump(event: dict[str, Any]) -> bytes:
    return json.dumps(event).encode()


def _text(value: Any) -> str:
    """Context values reach a proxy integration as text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _allows(policy: dict[str, Any], arn: str) -> bool:
    effects = {
        statement.get("Effect")
        for statement in policy.get("Statement", [])
        if any(
            fnmatch.fnmatchcase("execute-api:Invoke", pattern) for pattern in _listed(statement.get("Action"))
        )
        and any(fnmatch.fnmatchcase(arn, pattern) for pattern in _listed(statement.get("Resource")))
    }
    return effects == {"Allow"}


def _listed(value: Any) -> Sequence[str]:
    return [value] if isinstance(value, str) else value or []
