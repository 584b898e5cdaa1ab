"""The scenes of the tour. Each raises NotSeen where what it shows did not happen."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from stepwise_local.demo.stage import NotSeen, Stage

__all__ = ["MAX_QUEUED", "MODEL_SLOTS", "SCENES", "Scene"]

MODEL_SLOTS, MAX_QUEUED = 2, 3
_PATIENCE = 90.0
"""Seconds; a killed worker's message is held from the others for up to 30."""
_TOO_MANY = 8


@dataclass(frozen=True)
class Scene:
    """*play* shows it and gives the sentence that says what was seen."""

    name: str
    title: str
    look: str
    play: Callable[[Stage], Awaitable[str]]


def _expect(holds: object, otherwise: str) -> None:
    if not holds:
        raise NotSeen(otherwise)


async def _solve(stage: Stage) -> str:
    stage.pace(0)
    body = await stage.solution("Solve the equation x^2 + 2x - 3 = 0.")
    for number, step in enumerate(body["steps"], 1):
        stage.say(f"{number}. {step['title'] or ''}: {step['text']}")
    stage.say(stage.bold(f"Answer: {body['final_answer']}"))
    verification = body["verification"]
    stage.say(f"{verification['status']} by {verification['method']}: {verification['detail']}")
    _expect(verification["status"] == "verified", f"the check says {verification['status']}")
    return "solved in steps, and verified by something that is not the model"


async def _cache(stage: Stage) -> str:
    asked = stage.model.asked
    reply, took = await stage.solve("solve the equation  x² ＋ 2x − 3 ＝ 0。")
    body = reply.json()
    stage.say(f"Cache-Status: {reply.headers['cache-status']}   Age: {reply.headers.get('age')} s")
    _expect(body.get("cached") is True, "it was computed again")
    _expect(stage.model.asked == asked, "the model was asked again")
    return f"the same problem in another spelling: {took:.0f} ms, and the model was not asked"


async def _stream(stage: Stage) -> str:
    stage.pace(80)
    began, first, written = time.monotonic(), 0.0, ""
    done: dict[str, object] = {}
    stage.write("  ")
    async for name, data in stage.events("Solve the equation x^2 - 7x + 12 = 0."):
        if name == "delta":
            first = first or time.monotonic() - began
            text = json.loads(data)["delta"]
            written += text
            stage.write(stage.faint(text.replace("\n", "\n  ")))
        elif name in ("done", "error"):
            done = json.loads(data)
    total = time.monotonic() - began
    stage.write("\n")
    _expect(done.get("success"), "the stream did not end with the answer")
    _expect(written.strip() == str(done["solution"]).strip(), "the pieces are not the whole")
    _expect(first < total * 0.9, "it came in one piece")
    return f"after the thinking the answer begins at {first:.1f} s, and is whole at {total:.1f} s"


async def _refute(stage: Stage) -> str:
    stage.pace(0)
    stage.say("The model misreads 9x as 12x, every time:")
    stage.model.misread("9x", "12x", 9)
    body = await stage.solution("Solve the equation x^2 - 9x + 20 = 0.")
    verification = body["verification"]
    stage.say(stage.bold(f"Answer: {body['final_answer']}   {verification['status']}"))
    stage.say(verification["detail"])
    _expect(verification["status"] == "refuted", f"the wrong answer is {verification['status']}")
    stage.say("It misreads 11x as 19x, once: a refuted answer is asked for again before anybody sees it:")
    stage.model.misread("11x", "19x", 1)
    asked = stage.model.asked
    body = await stage.solution("Solve the equation x^2 - 11x + 18 = 0.")
    verification = body["verification"]
    stage.say(stage.bold(f"Answer: {body['final_answer']}   {verification['status']}"))
    _expect(verification["status"] == "verified", f"the second try is {verification['status']}")
    _expect(stage.model.asked >= asked + 2, "the model was not asked again")
    return "a wrong answer is refuted; where the second try is right, only that is given"


async def _resume(stage: Stage) -> str:
    stage.pace(40)
    before = stage.model.produced
    reply, took = await stage.solve("Solve the equation x^2 - 13x + 40 = 0.", prefer="wait=2")
    _expect(reply.status_code == 202, f"the reply is {reply.status_code}, not 202")
    job_id = reply.json()["id"]
    stage.say(f"Location: {reply.headers['location']}   (nothing that was written is thrown away)")
    await _until_a_worker_has_written(stage, job_id, since=await _tokens(stage, job_id))
    saved = await _tokens(stage, job_id)
    pid = await stage.kill("WorkerFunction")
    stage.say(stage.bold(f"kill -9 {pid}: the worker dies at its work, with {saved} tokens saved"))
    stage.say("Its lease runs out; another worker goes on from the last saved token (up to half a minute):")
    job = await stage.ended(job_id, _PATIENCE)
    _expect(job["status"] == "succeeded", f"the job {job['status']}")
    tokens = job["result"]["usage"]["completion_tokens"]
    again = stage.model.produced - before - tokens
    stage.say(
        stage.bold(f"Answer: {job['result']['final_answer']}   {job['result']['verification']['status']}")
    )
    _expect(again < tokens / 2, f"{again} of {tokens} tokens were written twice")
    return f"202 after {took / 1000:.1f} s, the worker killed, and {tokens} tokens whole; {max(again, 0)} were written twice"


async def _tokens(stage: Stage, job_id: str) -> int:
    found: int = (await stage.job(job_id))["progress"]["completion_tokens"]
    return found


async def _until_a_worker_has_written(stage: Stage, job_id: str, *, since: int) -> None:
    until = time.monotonic() + _PATIENCE
    while await _tokens(stage, job_id) <= since + 10:
        _expect(time.monotonic() < until, "no worker has taken it over")
        await asyncio.sleep(0.3)


async def _queue(stage: Stage) -> str:
    stage.model.pace(1)  # whatever the hurry: nothing ends before all are sent
    problems = [f"Solve the equation x^2 - {n + 20}x + {n + 19} = 0." for n in range(_TOO_MANY)]
    sent = await asyncio.gather(*(stage.solve(problem, prefer="respond-async") for problem in problems))
    accepted = [reply.json()["id"] for reply, _ in sent if reply.status_code == 202]
    refused = [reply for reply, _ in sent if reply.status_code == 429]
    _expect(0 < len(accepted) <= MODEL_SLOTS + MAX_QUEUED, f"{len(accepted)} were accepted")
    _expect(len(refused) == _TOO_MANY - len(accepted), f"{len(refused)} were refused")
    for job_id in accepted:
        job = await stage.job(job_id)
        place = job["queue_position"]
        stage.say(f"job {job_id[:8]}…  {job['status']}" + ("" if place is None else f", {place} before it"))
    problem = refused[0].json()
    stage.say(
        f"429 {problem['code']}, Retry-After: {refused[0].headers['retry-after']} s. {problem['detail']}"
    )
    stage.say("The model may write as fast as it can now; every job that was accepted ends:")
    stage.pace(0)
    ends = [(await stage.ended(job_id, _PATIENCE))["status"] for job_id in accepted]
    _expect(set(ends) == {"succeeded"}, f"they ended as {', '.join(ends)}")
    return (
        f"{len(accepted)} accepted and answered, {len(refused)} told when to come again; nothing in between"
    )


SCENES = (
    Scene("solve", "A problem is solved", "the steps, and the check that does not ask the model", _solve),
    Scene("cache", "The same problem again, spelt another way", "the milliseconds, and Cache-Status", _cache),
    Scene("stream", "An answer as it is written", "the text: it comes while the model writes it", _stream),
    Scene("refute", "The model is wrong", "the verdict, and that a second try is asked for", _refute),
    Scene("queue", "More problems than the queue holds", "202 or 429, and each place in the queue", _queue),
    Scene(
        "resume", "A long answer is handed over, and its worker killed", "the tokens: none is lost", _resume
    ),
)
