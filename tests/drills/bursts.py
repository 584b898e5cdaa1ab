"""Drill: many at once.

    python tests/drills/bursts.py [identical|repeating|slow] [--requests N]

identical: 50 times the same question at once: one generation. repeating: 1,000 requests of which 30 % repeat an
earlier one: at most one generation a distinct question. slow: 150 slow requests with four slots: the model host never
sees more than four, 429 only beyond the limit, and every 202 ends. All three take about four minutes.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / part) for part in ("tests", "infra/local", "layers/stepwise")]

from support.drills import App, drilled_stack, items_of, long_answer, problems_left, question_of  # noqa: E402 - the path comes first
from support.hosts.model_host import ModelHost  # noqa: E402

SLOTS = 4


def at_once(app: App, problems: list[str], prefer: str, threads: int) -> list[tuple[str, Any]]:
    """Each problem with the reply that it got."""
    with ThreadPoolExecutor(threads) as pool:
        return list(
            zip(problems, pool.map(lambda problem: app.solve(problem, prefer), problems), strict=True)
        )


def drill(
    problems: list[str],
    *,
    speed: float,
    tokens: int,
    prefer: str,
    threads: int,
    seconds: float,
    **settings: str,
) -> dict[str, Any]:
    """Send *problems*, wait for every job, and count what happened."""
    script = long_answer(tokens)
    with (
        ModelHost(lambda _: script, tokens_per_second=speed) as host,
        drilled_stack(host.url, MODEL_SLOTS=str(SLOTS), **settings) as stack,
    ):
        app = App(stack.base_url)
        begun = time.monotonic()
        replies = at_once(app, problems, prefer, threads)
        sent = time.monotonic() - begun
        jobs = {reply.json()["id"] for _, reply in replies if reply.status_code == 202}
        ends = app.ended(jobs, seconds)
        done = time.monotonic() - begun
        time.sleep(1)
        fresh = Counter(question_of(body) for body in host.requests if body["messages"][-1]["role"] == "user")
        left = problems_left(items_of(stack), time.time())
        codes = Counter(
            reply.json().get("code") for _, reply in replies if reply.status_code not in (200, 202)
        )
        return {
            "requests": len(problems),
            "distinct": len(set(problems)),
            "replies": dict(Counter(reply.status_code for _, reply in replies)),
            "refusals": dict(codes),
            "jobs": dict(Counter(end["status"] for end in ends.values())),
            "generations begun": sum(fresh.values()),
            "most of one question": max(fresh.values(), default=0),
            "tokens produced": host.generated,
            "tokens needed": tokens * len(fresh),
            "most at a time": host.peak,
            "left": dict(left),
            "sent in s": round(sent, 1),
            "done after s": round(done, 1),
        }


def identical(requests: int) -> dict[str, Any]:
    problems = ["How much is six times seven?"] * requests
    return drill(problems, speed=40, tokens=200, prefer="wait=20", threads=requests, seconds=120)


def repeating(requests: int) -> dict[str, Any]:
    chance = random.Random(4)
    distinct = [f"How much is {number} plus {number}?" for number in range(round(requests * 0.7))]
    problems = distinct + chance.choices(distinct, k=requests - len(distinct))
    chance.shuffle(problems)
    return drill(
        problems, speed=0, tokens=30, prefer="wait=25", threads=24, seconds=300, MAX_QUEUED=str(requests)
    )


def slow(requests: int) -> dict[str, Any]:
    problems = [f"How much is {number} times seven?" for number in range(requests)]
    return drill(problems, speed=100, tokens=200, prefer="respond-async", threads=requests, seconds=400)


def faults(name: str, row: dict[str, Any]) -> list[str]:
    """What of the promise does not hold."""
    found = []
    if row["most of one question"] > 1:
        found.append("a question was computed more than once")
    if row["most at a time"] > SLOTS:
        found.append("the model host saw more than its slots")
    if set(row["jobs"]) - {"succeeded"}:
        found.append("a job did not succeed")
    if set(row["replies"]) - {200, 202, 429}:
        found.append("a reply that nobody expects")
    refused = row["replies"].get(429, 0)
    if name != "slow" and refused:
        found.append("refused below the limit")
    if name == "slow" and refused > row["requests"] - 100:
        found.append("refused below the limit")
    if row["left"]:
        found.append("something stays taken")
    return found


def main() -> int:
    drills = {"identical": (identical, 50), "repeating": (repeating, 1000), "slow": (slow, 150)}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("drills", nargs="*", metavar="drill", default=list(drills))
    parser.add_argument("--requests", type=int, help="instead of the drill's own number")
    arguments = parser.parse_args()
    failed = False
    for name in arguments.drills:
        run, requests = drills[name]
        row = run(arguments.requests or requests)
        found = faults(name, row)
        print(
            name,
            *(f"{what}: {value}" for what, value in row.items()),
            *map(str.upper, found),
            sep="\n  ",
            flush=True,
        )
        failed = failed or bool(found)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
