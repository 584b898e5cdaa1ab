"""Puts conditions into problems that the checker recognises: one that it swallows leaves a wrong answer verified.

    python tests/drills/insert_conditions.py [FOLDER] [--count N] [--seed N] [--pairs N] [--limit SECONDS]

FOLDER holds `math_*.jsonl` (problem, answer); their *look* parts are used, and so many problems of the drill's grammar.
Into each problem whose own answer is verified, pairs of conditions are put that contradict each other, at places chosen
by hash. Prints each pair with which the answer is verified both times: one of the two conditions was not used, or it
changes nothing, which a person has to say.

Exit status 1 where there is such a pair.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from drills.lies.grammar import problems
from support.bounded_checks import Check, checked, mathematics_checker
from support.conditions import with_conditions
from support.parts import part_of

__all__ = ["main", "swallowed"]

SETS = (("math_en", "en"), ("math_zh", "zh"), ("math_en_more", "en"), ("math_zh_more", "zh"))


def swallowed(
    verify: Check, problem: str, answer: str, language: str, pairs: int, limit: float
) -> list[tuple[str, str]]:
    """The pairs of contradictory conditions that both leave the answer verified, of so many that are tried."""
    conditions = with_conditions(problem, random.Random(problem))

    def is_verified(text: str) -> bool:
        return bool(checked(verify, text, answer, language, limit)["status"] == "verified")

    tried = (next(conditions) for _ in range(pairs))
    return [pair for pair in tried if all(map(is_verified, pair))]


def _answered(folder: Path | None, seed: int, count: int) -> Iterator[tuple[str, str, str]]:
    """Problems with an answer and their language: of the sets, then of the grammar."""
    for name, language in SETS if folder else ():
        path = folder / f"{name}.jsonl" if folder else Path()
        for line in path.read_text("utf-8").splitlines() if path.exists() else ():
            row = json.loads(line)
            if part_of(row["problem"]) == "look" and len(row["answer"]) < 200:
                yield row["problem"], row["answer"], language
    for drilled in problems(seed, count):
        if drilled.right:
            yield drilled.text, drilled.right[0], drilled.language


def main(arguments: list[str] | None = None) -> int:
    """Try the conditions and print what was swallowed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--count", type=int, default=2_000, help="problems of the drill's grammar")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=12, help="pairs of conditions for each problem")
    parser.add_argument("--limit", type=float, default=4.0, help="seconds for one check")
    options = parser.parse_args(arguments)
    verify = mathematics_checker()
    recognised = found = 0
    for problem, answer, language in _answered(options.folder, options.seed, options.count):
        if checked(verify, problem, answer, language, options.limit)["status"] != "verified":
            continue
        recognised += 1
        for first, second in swallowed(verify, problem, answer, language, options.pairs, options.limit):
            found += 1
            print(f"{first!r}\n  and {second!r}\n  both leave {answer!r} verified", flush=True)
        if recognised % 100 == 0:
            print(f"{recognised} problems, {found} pairs", file=sys.stderr, flush=True)
    print(
        f"{recognised} problems recognised, {recognised * options.pairs} pairs tried, {found} both verified"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
