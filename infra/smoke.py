"""Smoke test of a running Stepwise: is it ready, does it solve a problem, and does a job of it end.

    SMOKE_KEY=demo-key python infra/smoke.py --url http://127.0.0.1:3000     # what make run started
    python infra/smoke.py --stack stepwise                                   # what make deploy deployed

The problems are made anew each time, so that no cache answers. A small model may be wrong, so a problem that was answered
but not verified is asked once more with other numbers. Exit status: 0 when all of it works, else 1 with the reason.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

import boto3
import httpx
from botocore.exceptions import BotoCoreError, ClientError

__all__ = ["Smoke", "SmokeError", "main", "run"]

_HOST_SECONDS = 60.0
"""For a model host that cannot be reached; a full queue is waited for as long as an answer."""
_ASKED = 2
"""Problems of each kind, where the first was answered but not verified."""


class SmokeError(Exception):
    """What does not work, as one sentence."""


@dataclass
class Smoke:
    """The checks, in their order, over an HTTP client that knows the address and the key.

    *patience* is how many seconds one answer may take, its waiting for the model included.
    """

    http: httpx.Client
    patience: float
    say: Callable[[str], None]
    pause: float = 2.0
    numbers: random.Random = field(default_factory=random.SystemRandom)

    def look(self) -> None:
        """Say what is ready. A model that is not loaded yet is loaded by the first problem, so it is no failure here.

        Raises:
            SmokeError: there is no such reply, as where the key is refused.
        """
        reply = self._request("GET", "/health/ready")
        if reply.status_code not in (200, 503):
            raise SmokeError(f"/health/ready answered {_why(reply)}")
        self.say(f"before: {_checks(reply)}")

    def ready(self) -> None:
        """Ask for readiness, which has to be there after the answers.

        Raises:
            SmokeError: the model host or the table is not ready.
        """
        reply = self._request("GET", "/health/ready")
        if reply.status_code != 200:
            raise SmokeError(f"/health/ready answered {_why(reply)} {_checks(reply)}".rstrip())
        self.say(f"ready: {_checks(reply)}")

    def solve(self) -> None:
        """Ask for an answer as an app does, and follow it where it becomes a job.

        Raises:
            SmokeError: there is no answer, or none that is verified.
        """
        self._until_verified("solve", {"Prefer": "wait=20"}, job=False)

    def job(self) -> None:
        """Ask for a job and follow it.

        Raises:
            SmokeError: no job was made, it did not succeed, or no answer is verified.
        """
        self._until_verified("job", {"Prefer": "respond-async"}, job=True)

    def _until_verified(self, name: str, headers: Mapping[str, str], *, job: bool) -> None:
        for attempt in range(1, _ASKED + 1):
            first, second = self.numbers.randint(1000, 9999), self.numbers.randint(1000, 9999)
            problem = f"What is {first} + {second}?"
            begun = time.monotonic()
            answer = self._answer(problem, headers, job=job)
            status = answer["verification"]["status"]
            self.say(
                f"{name}: {problem} {answer['final_answer']} ({status}, {answer['model']}, "
                f"{time.monotonic() - begun:.1f} s)"
            )
            if answer["cached"]:
                raise SmokeError(f"{name}: a problem that is asked for the first time came from the cache.")
            if status == "verified":
                return
            if attempt == _ASKED:
                raise SmokeError(f"{name}: {_ASKED} problems were answered and none is verified.")

    def _answer(self, problem: str, headers: Mapping[str, str], *, job: bool) -> dict[str, Any]:
        began = time.monotonic()
        until = began + self.patience
        patience = {429: self.patience, 503: min(_HOST_SECONDS, self.patience)}
        body = {"problem": problem, "effort": "low"}
        while True:
            reply = self._request("POST", "/v1/math/solve", json=body, headers=headers)
            left = began + patience.get(reply.status_code, 0.0) - time.monotonic()
            if left <= 0:
                break
            time.sleep(min(_retry_after(reply, self.pause), left))
        if reply.status_code == 202:
            return self._result(reply.headers["location"], until)
        if reply.status_code != 200 or job:
            wanted = "202 and a job" if job else "an answer"
            raise SmokeError(f"/v1/math/solve was asked for {wanted} and answered {_why(reply)}")
        return _object(reply)

    def _result(self, location: str, until: float) -> dict[str, Any]:
        while True:
            reply = self._request("GET", location, headers={"Prefer": "wait=20"})
            if reply.status_code != 200:
                raise SmokeError(f"{location} answered {_why(reply)}")
            job = _object(reply)
            if job["status"] == "succeeded":
                result: dict[str, Any] = job["result"]
                return result
            if job["status"] in ("failed", "cancelled"):
                raise SmokeError(f"{location} {job['status']}: {(job['error'] or {}).get('code')}")
            if time.monotonic() > until:
                raise SmokeError(f"{location} is still {job['status']} after {self.patience:.0f} s.")
            time.sleep(min(_retry_after(reply, self.pause), max(0.0, until - time.monotonic())))

    def _request(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            return self.http.request(method, path, **request)
        except httpx.HTTPError as error:
            raise SmokeError(f"{method} {path}: {type(error).__name__}: {error}") from error


def _object(reply: httpx.Response) -> dict[str, Any]:
    try:
        read = reply.json()
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise SmokeError(f"{reply.request.url.path} answered {reply.status_code} without a JSON object.")
    return read


def _checks(reply: httpx.Response) -> str:
    """What readiness found, as a sentence's part; empty where the reply is another one."""
    try:
        checks = _object(reply)["checks"].items()
        return ", ".join(
            f"{name} {found['status']}" + (f" ({found['detail']})" if "detail" in found else "")
            for name, found in checks
        )
    except (SmokeError, KeyError, AttributeError):
        # Not a reply of readiness but the gateway's, whose status and code _why() shows.
        return ""


def _why(reply: httpx.Response) -> str:
    """Status and code of a reply that is not what was asked for."""
    try:
        code = _object(reply).get("code")
    except SmokeError:
        code = None
    return f"{reply.status_code}{f' ({code})' if code else ''}."


def _retry_after(reply: httpx.Response, otherwise: float) -> float:
    given = reply.headers.get("retry-after", "")
    return float(given) if given.isdecimal() else otherwise


def run(url: str, key: str, *, patience: float, say: Callable[[str], None], pause: float = 2.0) -> None:
    """Run all checks against *url*.

    Raises:
        SmokeError: the first that fails.
    """
    # Longer than the gateway's 29 s, which then says itself what is wrong.
    with httpx.Client(base_url=url, headers={"x-api-key": key}, timeout=40, trust_env=False) as http:
        smoke = Smoke(http, patience, say, pause)
        try:
            for check in (smoke.look, smoke.solve, smoke.job, smoke.ready):
                check()
        except KeyError as error:
            raise SmokeError(f"An answer has no field {error}.") from error


def main(argv: Sequence[str], environ: Mapping[str, str], out: TextIO = sys.stdout) -> int:
    """Run the smoke test; returns the exit status."""
    parser = argparse.ArgumentParser(prog="smoke", description="Smoke test of a running Stepwise.")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--url", help="address of the API; the key is in the variable SMOKE_KEY")
    where.add_argument("--stack", help="name of a deployed stack, whose smoke key is read from API Gateway")
    parser.add_argument("--patience", type=float, default=300, help="seconds for one answer (%(default)s)")
    parser.add_argument("--pause", type=float, default=2, help="seconds between two tries (%(default)s)")
    arguments = parser.parse_args(argv)

    def say(line: str) -> None:
        out.write(f"{line}\n")
        out.flush()

    try:
        url, key = _address(arguments.url, arguments.stack, environ)
        say(f"smoke test of {url}")
        run(url, key, patience=arguments.patience, say=say, pause=arguments.pause)
    except SmokeError as error:
        say(f"smoke test FAILED: {error}")
        return 1
    say("smoke test passed")
    return 0


def _address(url: str | None, stack: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """Address and key of the API at *url* or, where there is none, of *stack*."""
    if url:
        key = environ.get("SMOKE_KEY", "")
        if not key:
            raise SmokeError("Set SMOKE_KEY to an API key.")
        return url, key
    try:
        (found,) = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
        key = boto3.client("apigateway").get_api_key(apiKey=outputs["SmokeKeyId"], includeValue=True)["value"]
        return outputs["ApiUrl"], key
    except KeyError as error:
        raise SmokeError(f"The stack {stack} has no output {error}: deploy it first.") from error
    except (BotoCoreError, ClientError) as error:
        raise SmokeError(str(error)) from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
