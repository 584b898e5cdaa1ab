"""Prints what agreement between an answer and a witness is worth, on recorded pairs of real models.

    python tests/benchmarks/report_witness.py [witness_pairs.jsonl] [--rows]

Each row has a problem, its right answer (``gold``), a model's answer (``cot_answer``) and the result of a program that was
written for the same problem (``program_answer``). *recorded* compares the two results as the product compares answers;
*language* has the program written in the formal language of witnesses, bound to the problem, solved and compared by the
sandbox's task, filters included. *votes* lets a third answer, another row's for the same problem, decide where the
two differ. ``--rows`` also prints the *look* rows in which the comparison differs from what is recorded.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    for folder in ("layers/checkers", "layers/stepwise", "tests"):
        sys.path.insert(0, str(ROOT / folder))

from benchmarks.recorded.intervals import wilson  # noqa: E402
from benchmarks.recorded.programs import NotTranslated, formalisation_of  # noqa: E402
from checkers.mathematics.answers.equivalence import equivalent  # noqa: E402
from checkers.mathematics.formulas.nodes import NotUnderstood  # noqa: E402
from checkers.witness import examine  # noqa: E402
from checkers.witness.language import read  # noqa: E402
from checkers.witness.mentions import mentions, words_of  # noqa: E402
from support.parts import part_of  # noqa: E402

Row = dict[str, Any]
PAIRS = ROOT.parent / "shared" / "data" / "witness_pairs.jsonl"
FILTERS = ("integer", "nonneg", "no_foreign", "digits_used", "all_used", "no_dead")


def written(number: float | None) -> str:
    """A recorded result as a final answer."""
    return "" if number is None else f"{number:.10g}"


def recorded(row: Row) -> str:
    """Agrees, differs or none, by the comparison of answers alone."""
    if row["program_answer"] is None or row["outcome"] == "no_program_result":
        return "none"
    verdict = equivalent(written(row["cot_answer"]), written(row["program_answer"]))
    return {True: "agrees", False: "differs", None: "none"}[verdict]


def in_language(row: Row) -> str:
    """Agrees, differs or none, by the task of the sandbox."""
    try:
        text = formalisation_of(row["program_output"], row["problem"])
    except NotTranslated:
        return "none"
    request = {
        "problem": row["problem"],
        "formalisation": text,
        "final_answer": written(row["cot_answer"]),
    }
    return str(examine(request)["result"])


def is_right(row: Row, answer: float | None = None) -> bool:
    given = row["cot_answer"] if answer is None else answer
    return given is not None and abs(given - row["gold"]) <= 1e-6 * max(1.0, abs(row["gold"]))


def line(name: str, rows: list[Row], result: Callable[[Row], str]) -> str:
    """Coverage and precision with their interval, the wrong that pass, and A where the two differ."""
    agreeing = [row for row in rows if result(row) == "agrees"]
    differing = [row for row in rows if result(row) == "differs"]
    right = sum(map(is_right, agreeing))
    alone = sum(map(is_right, rows))
    low, high = wilson(right, len(agreeing))
    passed = (len(agreeing) - right) / max(1, len(rows) - alone)
    return (
        f"{name:<34}{len(rows):>5}{alone / max(1, len(rows)):>8.1%}{len(agreeing) / max(1, len(rows)):>9.1%}"
        f"{right / max(1, len(agreeing)):>10.1%} [{low:.1%}, {high:.1%}]{passed:>8.1%}"
        f"{sum(map(is_right, differing)) / max(1, len(differing)):>9.1%}"
    )


def votes(name: str, rows: list[Row], among: list[Row], result: Callable[[Row], str]) -> Iterable[str]:
    """The majority of answer, program and the answer of a row *among* others, where the first two differ."""
    by_problem: dict[str, list[Row]] = defaultdict(list)
    for row in among:
        by_problem[row["problem"]].append(row)
    counted: Counter[str] = Counter()
    for row in rows:
        others = [each for each in by_problem[row["problem"]] if each is not row]
        if result(row) != "differs" or not others:
            continue
        third = others[0]["cot_answer"]
        kept = equivalent(written(third), written(row["cot_answer"]))
        changed = equivalent(written(third), written(row["program_answer"]))
        outcome = "kept" if kept else "changed" if changed else "disputed"
        chosen = row["cot_answer"] if outcome != "changed" else third
        counted[outcome] += 1
        counted[f"{outcome} right"] += is_right(row, chosen)
        counted["first right"] += is_right(row)
    asked = sum(counted[name] for name in ("kept", "changed", "disputed"))
    yield f"{name + ': differ, a third answer':<34}{asked:>5}   first answer right {counted['first right']}"
    for name in ("kept", "changed", "disputed"):
        yield f"  {name:<32}{counted[name]:>5}   right {counted[name + ' right']}"


def main(path: Path, *, show: bool) -> int:
    rows = [json.loads(each) for each in path.read_text(encoding="utf-8").splitlines()]
    began = time.process_time()
    results = {id(row): in_language(row) for row in rows}
    milliseconds = (time.process_time() - began) * 1000 / len(rows)
    print(
        f"{'':<34}{'rows':>5}{'A alone':>8}{'coverage':>9}{'precision':>10}{'95 %':>16}{'pass':>9}{'differ':>9}"
    )
    for sample in ("natural", "hard"):
        for part in ("look", "measure", "all"):
            chosen = [
                row for row in rows if row["sample"] == sample and part in ("all", part_of(row["problem"]))
            ]
            print(line(f"{sample}, {part}: recorded", chosen, recorded))
            print(line(f"{sample}, {part}: language", chosen, lambda row: results[id(row)]))
    natural = [row for row in rows if row["sample"] == "natural"]
    for name in FILTERS:
        kept = lambda row, name=name: recorded(row) if row["filters"][name] else "none"  # noqa: E731
        print(line(f"natural, filter {name}", natural, kept))
    print(*votes("natural", natural, rows, recorded), *votes("all", rows, rows, recorded), sep="\n")
    print(foreign(rows))
    same = sum(recorded(row) == _outcome(row) for row in rows)
    print(f"comparison as recorded: {same} of {len(rows)}; language: {milliseconds:.1f} ms of CPU a row")
    for row in rows if show else ():
        if part_of(row["problem"]) == "look" and recorded(row) != _outcome(row):
            print(f"  {row['outcome']}: {row['cot_answer']} {row['program_answer']}")
    return 0 if same >= 0.99 * len(rows) else 1


def foreign(rows: list[Row]) -> str:
    """Holds each formalisation against all other problems: how many state the same numbers, and how many agree."""
    tried = same_digits = agreeing = 0
    problems = {row["problem"]: words_of(row["problem"]) for row in rows}
    values = {
        problem: {value for mention in mentions(words) for value in mention.values}
        for problem, words in problems.items()
    }
    seen: set[str] = set()
    for row in rows:
        try:
            text = formalisation_of(row["program_output"], row["problem"])
            numbers = {given.value for given in read(text).givens}
        except (NotTranslated, NotUnderstood):
            continue
        if text in seen:
            continue
        seen.add(text)
        for problem, stated in values.items():
            if problem == row["problem"]:
                continue
            tried += 1
            if not numbers <= stated:
                continue
            same_digits += 1
            request = {
                "problem": problem,
                "formalisation": text,
                "final_answer": written(row["program_answer"]),
            }
            agreeing += examine(request)["result"] == "agrees"
    return f"of another problem: {tried} tried, {same_digits} with the same numbers, {agreeing} agree"


def _outcome(row: Row) -> str:
    word = row["outcome"]
    return "none" if word.startswith("no_") else "agrees" if word.startswith("agree") else "differs"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pairs", nargs="?", type=Path, default=PAIRS)
    parser.add_argument("--rows", action="store_true")
    arguments = parser.parse_args()
    sys.exit(main(arguments.pairs, show=arguments.rows))
