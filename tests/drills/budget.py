"""Drill: a thinking that never ends, at each effort and in each way.

    python tests/drills/budget.py [--each 4]

The model thinks for ever unless its thinking is closed. It is asked plain, as a stream, as a job, with a short wait so
that the answer is handed over in its thinking, and over a host that breaks off once before, at or behind the closing,
at low, medium and high effort, so many times each. Every client has the answer of an undivided run, its thinking had
its budget and not a token more, and what is counted is what the host wrote. Takes about two minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / part) for part in ("tests", "infra/local", "layers/stepwise")]

from stepwise.prompts import answer_start  # noqa: E402 - the path comes first
from support.drills import App, drilled_stack  # noqa: E402
from support.hosts.model_host import Fault, ModelHost, tokens_of  # noqa: E402

BUDGETS = {"low": 200, "medium": 500}
CONTEXT, RESERVE = 2_048, 200
WAYS = ("plain", "stream", "job", "handed over", "broken before", "broken at", "broken behind")
SPEED, SLOW = 2_000.0, 150.0
SHORT_WAIT = 1.0
ON_THEIR_WAY = 15
"""Tokens that the host has written when a call is closed, and nobody reads."""
ANSWER = answer_start("solve", "en").strip() + "\n\nA product.\n\n## Answer\n\n$\\boxed{42}$"


def endless(body: dict[str, Any]) -> list[str]:
    """A thinking without an end; behind its closing tag the answer."""
    last = body["messages"][-1]
    head, closed, _ = last["content"].partition("</think>")
    if last["role"] == "assistant" and closed:
        return [head + closed, *tokens_of("\n\n" + ANSWER)]
    return ["<think>", *(f" w{number}" for number in range(CONTEXT * 2))]


def ask(app: App, host: ModelHost, way: str, effort: str, question: str) -> tuple[int, dict[str, Any], bool]:
    """Status, the 200 body, and whether what had to happen on the way did."""
    body = {"problem": question, "verify": False, "effort": effort}
    host.tokens_per_second = SLOW if way == "handed over" else SPEED
    budget = BUDGETS.get(effort, 0)  # of the ways that break off
    after = {"broken before": budget - 50, "broken at": budget, "broken behind": budget + 5}.get(way)
    if after is not None:
        in_answer = after > budget  # which is the second call
        host.faults.extend([Fault("slow", seconds=0)] if in_answer else [])
        host.faults.append(Fault("reset", after=after - budget if in_answer else after - 1))
    if way == "stream":
        headers = {"Accept": "text/event-stream"}
        lines = app.http.post("/v1/math/solve", json=body, headers=headers).text.splitlines()
        done = next((data for name, data in pairwise(lines) if name == "event: done"), "")
        return (200, json.loads(done.removeprefix("data: ")), True) if done else (502, {}, True)
    prefer = {"job": "respond-async", "handed over": f"wait={SHORT_WAIT:g}"}.get(way, "wait=25")
    reply = app.http.post("/v1/math/solve", json=body, headers={"Prefer": prefer})
    happened = not host.faults and (way != "handed over" or reply.status_code == 202)
    if reply.status_code != 202:
        return reply.status_code, reply.json(), happened
    job = app.ended([reply.json()["id"]], 200)[reply.json()["id"]]
    return (200 if job["status"] == "succeeded" else 502), job.get("result") or {}, happened


def drill(app: App, host: ModelHost, way: str, effort: str, each: int) -> dict[str, Any]:
    """So many answers, one after the other, so that what the host wrote is known of each."""
    row: dict[str, Any] = {"effort": effort, "way": way, "answers": 0, "whole": 0, "happened": 0}
    thoughts, endings, miscounts, seconds = set(), set(), [], []
    for number in range(each):
        before, began = host.generated, time.monotonic()
        question = f"How much is {number} plus forty-two, {effort}, {way}?"
        status, result, happened = ask(app, host, way, effort, question)
        seconds.append(time.monotonic() - began)
        host.faults.clear()
        row["answers"] += status == 200
        row["happened"] += happened
        if status != 200:
            continue
        row["whole"] += (result["solution"], result["finish_reason"]) == (ANSWER, "stop")
        thoughts.add(result["thinking"]["tokens"])
        endings.add(result["thinking"]["ended_by"])
        miscounts.append(host.generated - before - result["usage"]["completion_tokens"])
    row["thinking"] = sorted(thoughts)
    row["ended by"] = sorted(endings)
    row["host wrote more than counted"] = [min(miscounts), max(miscounts)] if miscounts else []
    row["slowest s"] = round(max(seconds), 1)
    return row


def faults(row: dict[str, Any], each: int) -> list[str]:
    """What of the promise does not hold."""
    found = []
    if row["answers"] < each or row["whole"] < each:
        found.append("a client has no whole answer")
    if row["happened"] < each:
        found.append("what was to happen on the way did not")
    budget = BUDGETS.get(row["effort"])
    if budget and row["thinking"] != [budget]:
        found.append("the thinking had not its budget")
    if not budget and not all(BUDGETS["medium"] < tokens < CONTEXT - RESERVE for tokens in row["thinking"]):
        found.append("the thinking had not what the context allows")
    if row["ended by"] != ["budget"]:
        found.append("the thinking did not end by its budget")
    calls = 3 if row["way"].startswith(("broken", "handed")) else 2
    low, high = row["host wrote more than counted"] or (0, 0)
    if low < -1 or high > ON_THEIR_WAY * calls:
        found.append("the count of tokens is not the host's")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=4, help="answers at each effort in each way")
    arguments = parser.parse_args()
    settings = {
        "NUM_CTX": CONTEXT,
        "NUM_PREDICT": 1_500,
        "THINKING_BUDGET_LOW": BUDGETS["low"],
        "THINKING_BUDGET_MEDIUM": BUDGETS["medium"],
        "ANSWER_RESERVE": RESERVE,
    }
    failed = False
    with (
        ModelHost(endless, tokens_per_second=SPEED) as host,
        drilled_stack(host.url, **{name: str(value) for name, value in settings.items()}) as stack,
    ):
        app = App(stack.base_url)
        # What the warm-up asks the host once is no part of the drill.
        host.wait_for(lambda host: any(request["messages"] for request in host.requests), 60)
        time.sleep(0.5)
        for effort in ("low", "medium", "high"):
            # At high effort the budget is what the context leaves: no number of tokens to break off at.
            for way in WAYS if effort in BUDGETS else WAYS[:4]:
                row = drill(app, host, way, effort, arguments.each)
                found = faults(row, arguments.each)
                print("  ".join(f"{name}: {value}" for name, value in row.items()), flush=True)
                print(*(f"  {each.upper()}" for each in found), sep="\n", end="\n" if found else "")
                failed = failed or bool(found)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
