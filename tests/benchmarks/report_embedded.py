"""Prints what the embedded model makes of sets of problems: solved, said that it cannot, wrong.

    python tests/benchmarks/report_embedded.py DATA [--first N] [--all] [--limit SECONDS]

DATA is a folder with `math_en_more.jsonl` and `math_zh_more.jsonl` (problem, answer, source), one JSON object a line.
The sets are the first N (200) problems of svamp, of mawps and of math_zh_more, and all of the latter; with `--all` every
problem of both files and of `math_en.jsonl` and `math_zh.jsonl`, which is a wider search for wrong answers.

Each set is parted in two by a hash of its problems, as in report_mathematics.py: *look*, two thirds, whose problems
may be read while the model is built, and *measure*, one third, of which only figures are printed.

An answer of the data that is wrong itself counts as "doubted", where the problem is listed below with the reason.

Exit status 1 when an answer is wrong.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    _ROOT = Path(__file__).resolve().parents[2]
    sys.path.insert(0, str(_ROOT / "tests"))
    sys.path.insert(0, str(_ROOT / "infra" / "local"))
    sys.path.insert(0, str(_ROOT / "layers" / "checkers"))

from embedded_model.answering import mathematics
from embedded_model.values.solution import Language, Say
from support.bounded_checks import TooSlow, limited
from support.parts import PARTS, part_of

__all__ = ["main", "outcome"]

Row = dict[str, Any]
OUTCOMES = ("solved", "cannot", "wrong")
# Answers of the data that are wrong or cannot be compared, by how their problems begin, with the reason. Only problems
# of the part to look at are read; these are all.
DOUBTED = {
    "Given $m + 1 = 3 ( m - 1 )$, what is": "m + 1 = 3m - 3 gives 2, the data says 4",
    "Given $\\frac { a } { 2 } = \\frac { b } { 3 } = \\frac { c } { 4 }$, $2 a + 5 b": "a is 6, the data says x ≠ -3",
    "Solve the equation: $x + 3 = 19$": "x is 16, the data says 11",
    "Given $m + 3 n - 4 = 0$, what is the value of $2 ^ m": "it is 2^4 = 16, the data says 120",
    "Given $\\frac { 1 } { 3 m } - \\frac { 1 } { 2 n } = 1$, find": "it is -5/4, the data says 0",
    "If $x = 3$, what is the value of $\\sqrt { x ^ 2 + 6 x + 5 }$": "it is the root of 32, the data says a = 1",
    "Find the derivative of the function: $\\sqrt{\\left(x^{2}+1": "the data's formula is broken in two at its fraction stroke",
    "Find the solution to the system of equations, $7 x+14 y+15 z=22": "the same line with another parameter",
}


def outcome(row: Row, language: Language, limit: float = 4.0) -> str:
    """Solve *row*'s problem: ``solved``, ``cannot``, ``wrong`` or ``doubted``; more than *limit* seconds is ``cannot``."""
    try:
        with limited(limit):
            solution = mathematics.solve(row["problem"], Say(language))
    except (TooSlow, RecursionError, MemoryError, ArithmeticError, ValueError):
        return "cannot"
    if solution is None:
        return "cannot"
    if _same(row["answer"], solution.answer):
        return "solved"
    return "doubted" if row["problem"].startswith(tuple(DOUBTED)) else "wrong"


def _plain(gold: str) -> str:
    """An answer of the data without what stands around it: *Solution is: […]*, the expression before its value."""
    gold = gold.strip().strip("$")
    gold = re.sub(r"^Solution is:\s*\$?\[(.*?)\]\$?$", r"\1", gold)
    gold = re.sub(r"(?<=[\d}]): ?[\[(][^:]*$", "", re.sub(r"\\mathrm\{(\w+)\}", r"\1", gold))
    left, sign, right = gold.rpartition("=")
    return right if sign and "=" not in left and re.search(r"\\(?:log|frac|sqrt)", left) else gold


def _same(gold: str, answer: str) -> bool:
    from checkers.mathematics import equivalent

    gold = _plain(gold)
    try:
        # Sets with decimals round their answers to ten places.
        if abs(float(gold) - float(answer)) <= 1e-8:
            return True
    except ValueError:
        pass
    return equivalent(gold, answer) is True


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _sets(options: argparse.Namespace) -> list[tuple[str, Language, list[Row]]]:
    english = _rows(options.data / "math_en_more.jsonl")
    chinese = _rows(options.data / "math_zh_more.jsonl")
    sets: list[tuple[str, Language, list[Row]]] = []
    for source in ("svamp", "mawps"):
        rows = [row for row in english if row["source"].startswith(source)]
        sets.append((f"{source}, first {options.first}", "en", rows[: options.first]))
    sets.append((f"math_zh_more, first {options.first}", "zh", chinese[: options.first]))
    sets.append(("math_zh_more", "zh", chinese))
    if options.all:
        sets.append(("math_en_more", "en", english))
        sets.append(("math_en", "en", _rows(options.data / "math_en.jsonl")))
        sets.append(("math_zh", "zh", _rows(options.data / "math_zh.jsonl")))
    return sets


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 1 when an answer is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--first", type=int, default=200)
    parser.add_argument("--all", action="store_true", help="every problem of the four files")
    parser.add_argument("--limit", type=float, default=4.0, help="seconds for one problem")
    options = parser.parse_args(arguments)
    header = f"{'all':>6}{'share':>8}{'solved':>8}{'cannot':>8}{'wrong':>7}"
    print(f"{'':28}{'look':^{len(header)}}  {'measure':^{len(header)}}  together")
    print(f"{'set':28}{header}  {header}  {'share':>8}")
    wrong = 0
    for name, language, rows in _sets(options):
        counts: dict[str, Counter[str]] = {part: Counter() for part in PARTS}
        for row in rows:
            result = outcome(row, language, options.limit)
            part = part_of(row["problem"])
            counts[part].update({"all": 1, result: 1})
            if result == "wrong" and part == "look":
                print(f"  wrong: {row['problem'][:300]!r} => {row['answer'][:60]!r}")
        wrong += sum(count["wrong"] for count in counts.values())
        solved = sum(count["solved"] for count in counts.values())
        cells = "  ".join(_cells(counts[part]) for part in PARTS)
        print(f"{name:28}{cells}  {solved / max(len(rows), 1):>8.1%}", flush=True)
    return 1 if wrong else 0


def _cells(counts: Counter[str]) -> str:
    share = counts["solved"] / max(counts["all"], 1)
    return f"{counts['all']:>6}{share:>8.1%}" + "".join(
        f"{counts[kind]:>{width}}" for kind, width in zip(OUTCOMES, (8, 8, 7), strict=True)
    )


if __name__ == "__main__":
    sys.exit(main())
