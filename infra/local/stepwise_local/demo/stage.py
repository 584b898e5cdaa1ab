"""What the scenes have to play with: the API, the model's pace, and the terminal."""

from __future__ import annotations

import asyncio
import os
import signal
import textwrap
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, TextIO

import httpx

from stepwise_local.demo.model import TourModel

__all__ = ["NotSeen", "Stage"]

_WIDTH = 96
_POLL_SECONDS = 0.5
_TRIES = 3
_JOB_SECONDS = 120.0


class NotSeen(Exception):
    """What a scene promised did not happen; the text says what did."""


@dataclass
class Stage:
    """A running stack, seen by a client; *hurry* divides the times that the model takes."""

    http: httpx.AsyncClient
    admin_url: str
    model: TourModel
    out: TextIO
    hurry: float = 1.0
    pause: float = 0.0
    """Seconds to read what a scene is about."""

    def pace(self, tokens_per_second: float) -> None:
        self.model.pace(tokens_per_second * self.hurry)

    def bold(self, text: str) -> str:
        return f"\033[1m{text}\033[0m" if self._coloured else text

    def faint(self, text: str) -> str:
        return f"\033[2m{text}\033[0m" if self._coloured else text

    @property
    def _coloured(self) -> bool:
        return self.out.isatty() and "NO_COLOR" not in os.environ

    def write(self, text: str) -> None:
        """*text* as it is, without a line's end."""
        self.out.write(text)
        self.out.flush()

    def say(self, text: str) -> None:
        """A paragraph."""
        self.write(textwrap.fill(text, _WIDTH, initial_indent="  ", subsequent_indent="    ") + "\n")

    async def rest(self) -> None:
        await asyncio.sleep(self.pause)

    async def solve(self, problem: str, **headers: str) -> tuple[httpx.Response, float]:
        """The reply, and how many milliseconds it took."""
        began = time.monotonic()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        reply = await self.http.post("/v1/math/solve", json={"problem": problem}, headers=named)
        took = (time.monotonic() - began) * 1000
        self.say(self.faint(f"POST /v1/math/solve  {problem!r}  →  {reply.status_code} in {took:.0f} ms"))
        return reply, took

    async def solution(self, problem: str) -> dict[str, Any]:
        """The body of the answer, also where a busy machine makes a job of it."""
        reply, _ = await self.solve(problem)
        if reply.status_code == 202:
            body = (await self.ended(reply.json()["id"], _JOB_SECONDS))["result"]
        else:
            body = reply.json()
        if not (body or {}).get("success"):
            raise NotSeen(f"there is no answer: {reply.status_code}")
        found: dict[str, Any] = body
        return found

    async def events(self, problem: str) -> AsyncIterator[tuple[str, str]]:
        """The events of a streamed answer: each with its name and its line of JSON."""
        accept = {"accept": "text/event-stream"}
        async with self.http.stream(
            "POST", "/v1/math/solve", json={"problem": problem}, headers=accept
        ) as reply:
            name = ""
            async for line in reply.aiter_lines():
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    yield name, line.removeprefix("data: ")

    async def job(self, job_id: str) -> dict[str, Any]:
        """The job; a machine that is busy may need a second try."""
        for _ in range(_TRIES):
            reply = await self.http.get(f"/v1/jobs/{job_id}")
            if reply.status_code not in (503, 504):
                break
        found: dict[str, Any] = reply.raise_for_status().json()
        return found

    async def ended(self, job_id: str, seconds: float) -> dict[str, Any]:
        """The job when it has ended; how many tokens it has shows meanwhile."""
        until = time.monotonic() + seconds
        last = -1
        while True:
            job = await self.job(job_id)
            tokens = job["progress"]["completion_tokens"]
            if tokens != last:
                last = tokens
                self.write(f"\r  {job['status']}, {tokens} tokens ")
            if job["status"] not in ("queued", "running"):
                self.write("\n")
                return job
            if time.monotonic() > until:
                raise NotSeen(f"the job is still {job['status']} after {seconds:.0f} s")
            await asyncio.sleep(_POLL_SECONDS)

    async def kill(self, function: str) -> int:
        """Kill -9 the environment of *function* that is at work; its process id."""
        reply = await self.http.get(f"{self.admin_url}/_local/environments")
        busy = [one for one in reply.json() if one["function"] == function and one["state"] == "busy"]
        if not busy:
            raise NotSeen(f"no environment of {function} is at work")
        pid: int = busy[0]["pid"]
        os.kill(pid, signal.SIGKILL)
        return pid
