"""Drill: a model that runs in circles, in its thinking and in its answer.

    python tests/drills/loop.py

The cycles are 1 to 150 tokens long; one of 1 the host breaks off after 30 tokens, as Ollama does, the others go on for
ever. Each is asked for plain, as a job and as a stream. No client gets an error, all three have the same answer, the
repetition is in none of them, and the model stops soon after it began to repeat itself. Takes about a minute.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / part) for part in ("tests", "infra/local", "layers/stepwise")]

from support.drills import App, drilled_stack  # noqa: E402 - the path comes first
from support.hosts.model_host import Fault, ModelHost, tokens_of  # noqa: E402

PERIODS = (1, 2, 7, 40, 150)
ENDLESS = 4_000
BROKEN_OFF_AFTER = 30
REPEATED = 6
"""Times that a cycle may be written until the model has stopped: four show it, and some tokens are on their way."""
WAYS = ("plain", "job", "stream")
ANSWER = "Six times seven is forty-two."
STORY = "Once there was a cat."


def circles(period: int, mark: str) -> list[str]:
    return [f" {mark}{number % period}" for number in range(ENDLESS)]


def script(place: str, period: int) -> Any:
    """What the host writes: a loop in *place*, and an answer where a thinking was closed."""
    if place == "thinking":

        def answered(body: dict[str, Any]) -> list[str]:
            last = body["messages"][-1]
            if last["role"] == "assistant" and "</think>" in last["content"]:
                return [last["content"], *tokens_of(ANSWER)]
            return ["<think>", *tokens_of("Let me see."), *circles(period, "at")]

        return answered
    beginning = tokens_of("<think>A story.</think>\n\n" + STORY)
    return lambda _: [*beginning, *circles(period, "on")]


def ask(app: App, way: str, question: str) -> tuple[int, dict[str, Any], str]:
    """Status, the 200 body, and the text that the client has."""
    body = {"messages": [{"role": "user", "content": question}], "temperature": 0}
    url = "/v1/general/chat"
    if way == "stream":
        with app.http.stream("POST", url, json={**body, "stream": True}) as response:
            events = list(_events(response.iter_lines()))
        done = next((data for name, data in events if name == "done"), {})
        text = "".join(data["delta"] for name, data in events if name == "delta")
        return 200 if done else 502, done, text
    headers = {"Prefer": "respond-async" if way == "job" else "wait=25"}
    response = app.http.post(url, json=body, headers=headers)
    if response.status_code != 202:
        return response.status_code, response.json(), response.json().get("response") or ""
    job = app.ended([response.json()["id"]], 120)[response.json()["id"]]
    result = job.get("result") or {}
    return 200 if job["status"] == "succeeded" else 502, result, result.get("response") or ""


def _events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def drill(app: App, host: ModelHost, place: str, period: int) -> dict[str, Any]:
    """One loop, asked for in each way."""
    host.script = script(place, period)
    head = tokens_of("<think>Let me see." if place == "thinking" else "<think>A story.</think>\n\n" + STORY)
    if period == 1:
        host.faults.clear()
    row: dict[str, Any] = {"loop in": place, "period": period}
    answers, produced = {}, {}
    for way in WAYS:
        if period == 1:
            # Only the call that loops is broken off, not the one that writes the answer.
            host.faults.append(Fault("eof", after=len(head) + BROKEN_OFF_AFTER))
        before = host.generated
        status, result, text = ask(app, way, f"Tell me of {place} {period}, {way}.")
        produced[way] = host.generated - before
        answers[way] = (status, text.strip(), result.get("finish_reason"), result.get("thinking"))
    row["statuses"] = [answers[way][0] for way in WAYS]
    row["answer"] = answers["plain"][1][:60]
    row["finish"] = answers["plain"][2]
    row["same each way"] = len({str(answers[way][:3]) for way in ("plain", "job")}) == 1
    row["stream's text"] = answers["stream"][1][:60]
    row["stream begins the same"] = answers["stream"][1].startswith(answers["plain"][1])
    row["tokens produced"] = list(produced.values())
    row["most"] = len(head) + REPEATED * period + len(tokens_of(ANSWER)) + 60
    return row


def faults(row: dict[str, Any]) -> list[str]:
    """What of the promise does not hold."""
    found = []
    if set(row["statuses"]) != {200}:
        found.append("a client got an error")
    if not row["same each way"] or not row["stream begins the same"]:
        found.append("not the same answer each way")
    if row["loop in"] == "thinking" and (row["answer"] != ANSWER or row["finish"] != "stop"):
        found.append("no answer after the thinking")
    if row["loop in"] == "answer" and (not row["answer"].startswith(STORY) or row["finish"] != "length"):
        found.append("not what stands before the repetition")
    if max(row["tokens produced"]) > row["most"]:
        found.append("the model went on in circles")
    return found


def main() -> int:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    failed = False
    with ModelHost("", tokens_per_second=1_000) as host, drilled_stack(host.url) as stack:
        app = App(stack.base_url)
        _wait_for_warm_up(host)
        for place in ("thinking", "answer"):
            for period in PERIODS:
                row = drill(app, host, place, period)
                found = faults(row)
                print("  ".join(f"{name}: {value}" for name, value in row.items()), flush=True)
                print(*(f"  {each.upper()}" for each in found), sep="\n", end="\n" if found else "")
                failed = failed or bool(found)
    return int(failed)


def _wait_for_warm_up(host: ModelHost) -> None:
    """What the warm-up asks the host once is no part of the drill."""
    host.wait_for(lambda host: any(request["messages"] for request in host.requests), 60)
    time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
