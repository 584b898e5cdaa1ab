"""Calls every route of a deployed API as a partner does, and says what came back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

__all__ = ["Calls", "every_route"]

PROBLEM = "Solve the equation x^2 + 2x - 3 = 0."
ARGUMENT = "All men are mortal. Socrates is a man. Therefore Socrates is mortal."
MESSAGES = [{"role": "user", "content": "What is 6 * 7?"}]


@dataclass
class Calls:
    """The calls that were made: routes as the template writes them, and what went wrong."""

    http: httpx.Client
    key: str
    say: Callable[[str], None]
    routes: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def call(
        self,
        route: str,
        method: str,
        path: str = "",
        *,
        key: str | None = "",
        status: int = 200,
        holds: str = "",
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Call *route* at *path*, or at itself; a fault is another status, or a body that does not match *holds*.

        The key is the partner's where *key* is empty, and none where it is ``None``.
        """
        sent = dict(headers or {})
        if key is not None:
            sent["x-api-key"] = key or self.key
        reply = self.http.request(method, path or route, json=body, headers=sent)
        fault = ""
        if reply.status_code != status:
            fault = f"{reply.status_code} instead of {status}: {reply.text[:200]}"
        elif not re.search(holds, reply.text):
            fault = f"nothing like {holds!r}: {reply.text[:600]}"
        self.routes.add(route)
        line = f"{method} {path or route} {reply.status_code} {reply.elapsed.total_seconds():.2f} s"
        self.say(f"{line} {'FAULT ' + fault if fault else ''}".rstrip())
        if fault:
            self.faults.append(f"{line} {fault}")
        return reply


def every_route(calls: Calls, model: str) -> None:
    """Call each route of the bundle at least once: with a key, the closed ones also without and with a wrong one."""
    call = calls.call
    call("/", "GET", key=None, holds='"endpoints"')
    call("/health", "GET", key=None, holds='"ok"')
    call("/openapi.json", "GET", key=None, holds='"openapi"')
    call("/docs", "GET", key=None, holds="<html")
    call("/docs/{asset}", "GET", "/docs/start.js", key=None, holds="openapi")
    page = call("/playground", "GET", key=None, holds="<html").text
    asset = re.search(r'playground/([^/"]+/[^"?]+\.js)', page)
    call("/playground/{version}/{name}", "GET", f"/playground/{asset[1] if asset else '?/?'}", key=None)
    # The emulator has API Gateway's own statuses and bodies here, and not the template's.
    call("/health/ready", "GET", key=None, status=401)
    call("/health/ready", "GET", key="no-such-key", status=403)
    # The first problem loads the model.
    call("/v1/math/solve", "POST", body={"problem": PROBLEM}, holds='"status": ?"verified"')
    call("/health/ready", "GET", holds='"checks"')
    call("/v1/math/solve", "POST", body={"problem": PROBLEM}, holds='"cached": ?true')
    call("/v1/math/solve", "POST", body={"problem": ""}, status=422, holds="invalid_request")
    call("/v1/math/solve", "GET", status=405)
    call("/v1/logic/analyze", "POST", body={"text": ARGUMENT}, holds='"solver": ?"valid"')
    call("/v1/general/chat", "POST", body={"messages": MESSAGES}, holds="42")
    asked = {"model": model, "messages": MESSAGES}
    call("/v1/chat/completions", "POST", body=asked, holds="chat.completion")
    call("/v1/models", "GET", holds=re.escape(model))
    call("/v1/models/{model}", "GET", f"/v1/models/{model}", holds=re.escape(model))
    call("/v1/models/{model}", "GET", "/v1/models/none", status=404)
    _job(calls)


def _job(calls: Calls) -> None:
    ask = {"problem": "What is 4821 + 7390?"}
    made = calls.call("/v1/math/solve", "POST", body=ask, headers={"prefer": "respond-async"}, status=202)
    where = made.headers.get("location", "/v1/jobs/none")
    call = calls.call
    call("/v1/jobs/{id}", "GET", where, headers={"prefer": "wait=20"}, holds='"status": ?"succeeded"')
    call("/v1/jobs/{id}", "DELETE", where, holds='"status": ?"succeeded"')
    call("/v1/jobs/{id}", "GET", "/v1/jobs/job_nobody", status=404)
