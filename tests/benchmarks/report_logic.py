"""FOLIO's formulas against its labels, with each difference: `python tests/benchmarks/report_logic.py [DATA]`.

Prints what does not parse, each verdict that is not the label, and what a decision costs in time and memory.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "layers" / "checkers"))

REASONS = ROOT / "tests" / "data" / "logic" / "folio_differences.json"
LABELS = {"entailed": "True", "contradicted": "False", "neither": "Uncertain"}


def request(row: dict[str, Any]) -> dict[str, Any]:
    premises = [
        {"id": f"P{at}", "text": text, "formula": formula}
        for at, (text, formula) in enumerate(zip(row["premises"], row["premises_fol"], strict=False), start=1)
    ]
    conclusion = {"text": row["conclusion"], "formula": row["conclusion_fol"]}
    return {"premises": premises, "conclusion": conclusion, "missing": [], "language": "en"}


def bombs(decide: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """What a solver without limits would never finish: time, verdict and memory, all in one process."""
    print("\nbombs")
    for line in (ROOT / "tests" / "data" / "logic" / "bombs.jsonl").read_text(encoding="utf-8").splitlines():
        bomb = json.loads(line)
        began = time.perf_counter()
        result = decide(
            {
                "premises": [
                    {"id": f"P{at}", "formula": each} for at, each in enumerate(bomb["premises"], start=1)
                ],
                "conclusion": {"formula": bomb["conclusion"]},
                "missing": [{"formula": each} for each in bomb["missing"]],
            }
        )
        took = time.perf_counter() - began
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"  {bomb['name']:36} {took:5.2f} s  {memory:4.0f} MB  {result['verdict']}")


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
    rows = [json.loads(line) for line in (path / "folio_fol.jsonl").read_text(encoding="utf-8").splitlines()]
    began = time.perf_counter()
    from checkers.logic import decide

    imported = time.perf_counter() - began
    reasons = {each["conclusion"]: each["reason"] for each in json.loads(REASONS.read_text(encoding="utf-8"))}
    took: list[float] = []
    parsed = agreed = 0
    for number, row in enumerate(rows):
        began = time.perf_counter()
        result = decide(request(row))
        took.append(time.perf_counter() - began)
        unread = result["verdict"] == "unknown" and "(character" in result["detail"]
        parsed += not unread
        label = LABELS.get(result["verdict"], result["verdict"])
        agreed += label == row["label"]
        if label != row["label"]:
            print(f"\nrow {number}: label {row['label']}, here {result['verdict']}\n  {result['detail']}")
            print(f"  why: {reasons.get(row['conclusion_fol'], 'not looked into yet')}")
            for at, formula in enumerate(row["premises_fol"], start=1):
                print(f"  P{at} {formula}    [{row['premises'][at - 1].strip()}]")
            print(f"  C  {row['conclusion_fol']}    [{row['conclusion'].strip()}]")
            if result["countermodel"]:
                print(f"  countermodel: {result['countermodel']['summary']}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    took.sort()
    print(
        f"\nparsed {parsed} of {len(rows)} ({parsed / len(rows):.1%}); verdict is the label in {agreed} ({agreed / parsed:.1%})"
    )
    print(
        f"import {imported * 1000:.0f} ms; a decision: median {took[len(took) // 2] * 1000:.0f} ms, most {took[-1] * 1000:.0f} ms"
    )
    print(f"memory of the process: {memory:.0f} MB")
    bombs(decide)


if __name__ == "__main__":
    main()
