"""Drill: an answer of 1,200 tokens at 20 tokens a second, with one and with three forced hand-overs.

    python tests/drills/hand_over.py [--tokens 1200] [--tokens-per-second 20]

The client has its 202 within ``wait`` + 1 s, the job succeeds with the whole text, and the model host has produced
each token once, but for the few in flight at each hand-over. Takes about two minutes and a half.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / part) for part in ("tests", "infra/local", "layers/stepwise")]

from support.drills import App, drilled_stack, items_of, long_answer  # noqa: E402 - the path comes first
from support.hosts.model_host import ModelHost  # noqa: E402

WAIT = 5.0


def drill(tokens: int, speed: float, hand_overs: int) -> dict[str, Any]:
    """One answer; the first hand-over is at the end of the client's wait, the others at the workers' ends."""
    left = tokens / speed - WAIT
    each = left / hand_overs + 2  # the last worker needs a little less than it has
    if hand_overs == 1:
        each = left + 60
    script = long_answer(tokens)
    with (
        ModelHost(lambda _: script, tokens_per_second=speed) as host,
        drilled_stack(host.url, GENERATION_TIMEOUT_SECONDS=f"{each:.1f}") as stack,
    ):
        app = App(stack.base_url)
        app.solve("Warm up the function: 1 + 1", "wait=0, handling=strict")
        before = host.generated
        begun = time.monotonic()
        reply = app.solve("How much is six times seven?", f"wait={WAIT:g}")
        replied = time.monotonic() - begun
        job: dict[str, Any] = {"status": f"http {reply.status_code}"}
        if reply.status_code == 202:
            job = app.ended([reply.json()["id"]], tokens / speed * 2 + 60)[reply.json()["id"]]
        seconds = time.monotonic() - begun
        result = job.get("result") or {}
        (run,) = [item for item in items_of(stack) if item["sk"] == "run" and item["status"] == "succeeded"]
        return {
            "hand-overs": int(run["fence"]) - 1,
            "reply": reply.status_code,
            "reply after s": round(replied, 2),
            "job": job["status"],
            "done after s": round(seconds, 1),
            "host produced": host.generated - before,
            "counted": (result.get("usage") or {}).get("completion_tokens"),
            "text whole": result.get("solution") == "".join(script).split("</think>")[1].strip(),
        }


def faults(row: dict[str, Any], tokens: int, hand_overs: int) -> list[str]:
    """What of the promise does not hold."""
    found = []
    if row["reply"] != 202 or row["reply after s"] > WAIT + 1:
        found.append(f"no 202 within {WAIT + 1:g} s")
    if row["job"] != "succeeded" or not row["text whole"]:
        found.append("the job has not the whole answer")
    if not tokens <= row["host produced"] <= tokens + 10 * row["hand-overs"]:
        found.append("tokens were produced twice, or not at all")
    if abs((row["counted"] or 0) - tokens) > 10 * row["hand-overs"]:
        found.append("the count of tokens is not that of one answer")
    if row["hand-overs"] < hand_overs:
        found.append("not as many hand-overs as wanted")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tokens", type=int, default=1200)
    parser.add_argument("--tokens-per-second", type=float, default=20.0)
    arguments = parser.parse_args()
    failed = False
    for hand_overs in (1, 3):
        row = drill(arguments.tokens, arguments.tokens_per_second, hand_overs)
        found = faults(row, arguments.tokens, hand_overs)
        print("  ".join(f"{name}: {value}" for name, value in row.items()), *found, sep="\n  ", flush=True)
        failed = failed or bool(found)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
