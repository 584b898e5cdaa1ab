"""Measures what the levels of `confidence` are worth with a deployment's model, on problems with known answers.

    python tests/benchmarks/calibrate.py SET.jsonl --url URL --key KEY [--effort LEVEL] [--limit N] [--at-once N]
        [--on NAME] [--records FILE] [--out FILE]

SET.jsonl has `problem` and `answer`, one JSON object a line. Each problem is asked anew, past the cache; a long answer
is waited for as a job. Every outcome is appended to `--records` (SET.records.jsonl), and what stands there is not asked
again: an interrupted run goes on where it was. The figures go to `--out` (calibration.json): for each class of problems
and level the share of right answers with Wilson's interval of 95 %, and the share of the class that has the level.

Deployed as layers/stepwise/stepwise/answering/calibration/calibration.json the file fills `measured`, and a class with
fewer than 100 corroborated answers, or a lower bound under 90 %, gets no `corroborated`. An answer whose form could not
be compared counts as wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    for folder in ("layers/checkers", "layers/stepwise", "tests"):
        sys.path.insert(0, str(ROOT / folder))

from benchmarks.recorded.intervals import wilson  # noqa: E402
from checkers.witness import same_answer  # noqa: E402
from stepwise.answering.calibration.problem_class import CLASSES, problem_class  # noqa: E402

__all__ = ["figures", "main", "outcome_of"]

LEVELS = ("proved", "corroborated", "single", "disputed", "refuted")
PATIENCE_SECONDS = 1_800.0
WAIT = {"Prefer": "wait=20"}


def outcome_of(row: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of one answer: whether it is right, its class and its level.

    Where a class had lost its `corroborated`, the level is what the witnesses said.
    """
    given = body["final_answer"] or ""
    confidence = body["confidence"] or {"level": "single", "evidence": []}
    level = confidence["level"]
    if level == "single" and confidence["evidence"]:
        level = "corroborated"
    same = same_answer({"one": given, "other": str(row["answer"]), "problem": row["problem"]})["same"]
    return {
        "problem": row["problem"],
        "answer": row["answer"],
        "final_answer": given,
        "right": same is True,
        "compared": same is not None,
        "class": problem_class(row["problem"], given),
        "level": level,
        "model": body["model"],
        "tokens": body["usage"]["completion_tokens"],
    }


def figures(outcomes: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
    """Precision and coverage of each class and level."""
    counted: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    for each in outcomes:
        key = (each["class"], each["level"])
        counted[key] += 1
        right[key] += bool(each["right"])
    table: dict[str, dict[str, dict[str, Any]]] = {}
    for kind in CLASSES:
        whole = sum(n for (found, _), n in counted.items() if found == kind)
        for level in LEVELS:
            n, hits = counted[kind, level], right[kind, level]
            if n == 0:
                continue
            low, high = wilson(hits, n)
            table.setdefault(kind, {})[level] = {
                "n": n,
                "right": hits,
                "precision": round(hits / n, 4),
                "low": round(low, 4),
                "high": round(high, 4),
                "coverage": round(n / whole, 4),
            }
    return table


def asked(http: httpx.Client, problem: str, effort: str) -> dict[str, Any]:
    """The 200 body for *problem*; of a 202 that of its job."""
    body = {"problem": problem, "effort": effort, "steps": True}
    reply = http.post("/v1/math/solve", json=body, headers={**WAIT, "Cache-Control": "no-cache"})
    end = time.monotonic() + PATIENCE_SECONDS
    while reply.status_code == 429 and time.monotonic() < end:
        time.sleep(float(reply.headers.get("retry-after", 1)))
        reply = http.post("/v1/math/solve", json=body, headers={**WAIT, "Cache-Control": "no-cache"})
    reply.raise_for_status()
    found: dict[str, Any] = reply.json()
    while reply.status_code == 202 or found.get("status") in ("queued", "running"):
        if time.monotonic() > end:
            raise TimeoutError(problem[:60])
        reply = http.get(f"/v1/jobs/{found['id']}", headers=WAIT)
        reply.raise_for_status()
        found = reply.json()
    if "result" in found:
        if found["result"] is None:
            raise RuntimeError(str(found["error"]))
        found = found["result"]
    return found


def outcomes(
    http: httpx.Client, rows: list[dict[str, Any]], records: Path, effort: str, at_once: int
) -> Iterator[dict[str, Any]]:
    """Those that are recorded already, then the others as they come; each is recorded at once."""
    known: dict[str, dict[str, Any]] = {}
    if records.exists():
        for line in records.read_text(encoding="utf-8").splitlines():
            try:
                each = json.loads(line)
            except ValueError:
                continue  # the run was interrupted in the middle of it
            known[each["problem"]] = each
    yield from (known[row["problem"]] for row in rows if row["problem"] in known)
    left = [row for row in rows if row["problem"] not in known]
    with ThreadPoolExecutor(at_once) as pool, records.open("a", encoding="utf-8") as kept:
        futures = [(row, pool.submit(asked, http, row["problem"], effort)) for row in left]
        for row, future in futures:
            try:
                found = outcome_of(row, future.result())
            except (httpx.HTTPError, RuntimeError, TimeoutError, KeyError) as error:
                print(f"not answered ({type(error).__name__}): {row['problem'][:60]}", file=sys.stderr)
                continue
            kept.write(json.dumps(found, ensure_ascii=False) + "\n")
            kept.flush()
            yield found


def table_of(found: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    lines = [f"{'class':<26}{'level':<15}{'n':>6}{'coverage':>10}{'precision':>11}   95 %"]
    for kind, levels in found.items():
        for level, entry in levels.items():
            interval = f"[{entry['low']:.1%}, {entry['high']:.1%}]"
            lines.append(
                f"{kind:<26}{level:<15}{entry['n']:>6}{entry['coverage']:>10.1%}{entry['precision']:>11.1%}   {interval}"
            )
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", type=Path)
    parser.add_argument("--url", default="http://127.0.0.1:3000")
    parser.add_argument("--key", default="demo-key")
    parser.add_argument("--effort", choices=("low", "medium", "high"), default="medium")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--on", default="")
    parser.add_argument("--records", type=Path)
    parser.add_argument("--out", type=Path, default=Path("calibration.json"))
    options = parser.parse_args(arguments)
    rows = [json.loads(line) for line in options.set.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows = list({row["problem"]: row for row in rows}.values())[: options.limit or None]
    records = options.records or options.set.with_suffix(".records.jsonl")
    done: list[dict[str, Any]] = []
    headers = {"x-api-key": options.key}
    with httpx.Client(base_url=options.url, headers=headers, timeout=60, trust_env=False) as http:
        for each in outcomes(http, rows, records, options.effort, options.at_once):
            done.append(each)
            print(f"\r{len(done)}/{len(rows)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    found = figures(done)
    models = sorted({each["model"] for each in done})
    if len(models) != 1:
        print(f"one model is measured at a time, and these answered: {', '.join(models)}", file=sys.stderr)
        return 1
    value = {
        "model": models[0],
        "on": options.on or options.set.stem,
        "effort": options.effort,
        "classes": found,
    }
    options.out.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(table_of(found))
    compared = sum(each["compared"] for each in done)
    print(f"{len(done)} answers, {compared} of them compared; {len(rows) - len(done)} not answered")
    return 0 if len(done) == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
