"""Prints how well final answers are extracted from what a real model wrote.

    python tests/benchmarks/report_answers.py [model_answers.jsonl]

Each row of the file has ``output`` and ``extracted``; without an argument the sample of the tests is read. The normaliser
here compares spelling only (spaces, ``\\dfrac``, units, thousands separators), so it counts too few rather than too many.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "layers" / "stepwise"))

from stepwise.parsing.solution import read_solution  # noqa: E402  (the path comes first)

SAMPLE = ROOT / "tests" / "data" / "text" / "model_answers.jsonl"


def spelled(answer: str) -> str:
    """*answer* without what spelling varies in."""
    answer = re.sub(r"\\[dt]frac", r"\\frac", answer)
    answer = re.sub(r"\\(?:left|right|,|!|;|%|\$)|\^\{?\\circ\}?|%", "", answer)
    answer = re.sub(r"\\(?:text|mathrm|mbox)\{[^{}]*\}|\s", "", answer)
    answer = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", answer)
    answer = re.sub(r"\\frac(\d)(\d)", r"\\frac{\1}{\2}", answer)
    return re.sub(r"^[a-z]=|(?<=\.\d)0+$|\.$", "", answer)


def main(path: Path) -> int:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    found: Counter[str] = Counter()
    differing: list[tuple[str | None, str]] = []
    steps = 0
    started = time.perf_counter()
    for row in rows:
        solution = read_solution(row["output"], steps=True)
        steps += bool(solution.steps)
        same = spelled(solution.final_answer or "") == spelled(row["extracted"])
        found["same" if same else "none" if solution.final_answer is None else "other"] += 1
        if not same:
            differing.append((solution.final_answer, row["extracted"]))
    each = (time.perf_counter() - started) / len(rows) * 1000
    print(f"{'rows':<24}{len(rows):>8}")
    print(f"{'final answer the same':<24}{found['same']:>8}{found['same'] / len(rows):>9.1%}")
    print(f"{'another':<24}{found['other']:>8}")
    print(f"{'none':<24}{found['none']:>8}")
    print(f"{'with steps':<24}{steps:>8}{steps / len(rows):>9.1%}")
    print(f"{'ms each':<24}{each:>8.2f}")
    for answer, extracted in differing:
        print(f"  {answer!r} for {extracted!r}")
    return 0 if found["same"] >= 0.97 * len(rows) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE))
