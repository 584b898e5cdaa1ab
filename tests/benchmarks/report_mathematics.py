"""Prints what the mathematics checker makes of sets of problems: verdicts, changed answers, real model answers.

    python tests/benchmarks/report_mathematics.py FOLDER [--seed N] [--changes N] [--limit SECONDS]
        [--json FILE] [--against FILE] [--checkers FOLDER] [--verdicts]

FOLDER holds `math_en.jsonl`, `math_zh.jsonl`, `math_en_more.jsonl`, `math_zh_more.jsonl` (problem, answer, source,
subject) and `model_answers.jsonl` (problem, answer, output, extracted, correct), one JSON object a line; a file that
is missing is left out.

Each set is parted in two by a hash of its problems: *look*, two thirds, whose problems may be read while the checker
is built, and *measure*, one third, of which only figures are printed. `--json` writes the verdicts' figures, and
`--against` prints those of another run beside today's, with the *look* problems whose verdict is another.
`--checkers` takes the layers/checkers of another checkout, for its verdicts alone.

Exit status 1 when a right answer is refuted or a changed one verified.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.changed_answers import changed_answers
from support.bounded_checks import CHECKERS, Check, TooSlow, checked, limited, mathematics_checker
from support.parts import PARTS, part_of

__all__ = ["main"]

Row = dict[str, Any]
Verdict = dict[str, Any]
Done = list[tuple[Row, Verdict]]

SETS = (("math_en", "en"), ("math_zh", "zh"), ("math_en_more", "en"), ("math_zh_more", "zh"))
STATUSES = ("verified", "refuted", "unverifiable")
COUNTED = ("all", *STATUSES, "killed", "failed")
WRONG = Path(__file__).resolve().parents[1] / "data" / "mathematics" / "wrong_answers.json"
"""Rows whose own answer is believed to be wrong: source, answer, right, why."""

_SET = re.compile(
    r"math500|MATH(?= (?:train|test))|gaokao2023en|svamp|olympiadbench|college_math|mawps|carp_en"
)


def _group(row: Row) -> str:
    """The set that a row is from, with its subject where the set has one."""
    known = _SET.match(row["source"])
    if known is None:
        return re.split(r"(?: idx=| qid=| dev| grade| \d| test)", row["source"])[0].strip()[:44]
    name = {"math500": "MATH-500", "MATH": "MATH, more"}.get(known[0], known[0])
    return f"{name} {row['subject']}"[:44] if known[0] in ("math500", "MATH") else name


def _is_worked(row: Row) -> bool:
    """Whether a row's answer is a worked solution."""
    return "GAOKAO-Bench" in row["source"]


def _verdicts(verify: Check, rows: list[Row], language: str, limit: float) -> Done:
    done = []
    for row in rows:
        answer, solution = (None, row["answer"]) if _is_worked(row) else (row["answer"], "")
        done.append((row, checked(verify, row["problem"], answer, language, limit, solution)))
    return done


def _known_to_be_wrong() -> dict[tuple[str, str], dict[str, str]]:
    return {(wrong["source"], wrong["answer"]): wrong for wrong in json.loads(WRONG.read_text("utf-8"))}


def figures(done: Done) -> dict[str, dict[str, dict[str, int]]]:
    """Verdicts counted: set → part → all, verified, refuted, unverifiable, and of these killed, failed."""
    table: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: {part: Counter() for part in PARTS})
    for row, verdict in done:
        counts = table[_group(row)][part_of(row["problem"])]
        lost = {method: int(verdict["method"] == method) for method in ("killed", "failed")}
        counts.update({"all": 1, verdict["status"]: 1} | lost)
    return {
        group: {part: {key: counts[key] for key in COUNTED} for part, counts in parts.items()}
        for group, parts in sorted(table.items())
    }


def _total(parts: list[dict[str, int]]) -> dict[str, int]:
    return {key: sum(part[key] for part in parts) for key in COUNTED}


def _cells(counts: dict[str, int], before: dict[str, int] | None) -> str:
    share = counts["verified"] / counts["all"] if counts["all"] else 0.0
    was = "" if before is None or not before["all"] else f"{before['verified'] / before['all']:>9.1%} →"
    return f"{counts['all']:>7}{was}{share:>8.1%}{counts['verified']:>7}{counts['refuted']:>5}{counts['killed']:>5}"


def _print_table(name: str, now: dict[str, Any], before: dict[str, Any] | None) -> None:
    """One line a set: in each part all, the share that is verified, then verified, refuted, and lost: killed or failed."""
    gap = " " * (11 if before is not None else 0)
    header = f"{'all':>7}{gap}{'share':>8}{'ver.':>7}{'ref.':>5}{'lost':>5}"
    print(f"\n{name}: the sets' own answers{' (before → now)' if before is not None else ''}")
    print(f"{'':46}{'look':^{len(header)}}  {'measure':^{len(header)}}\n{'set':46}{header}  {header}")
    rows = list(now.items())
    rows.append(("together", {part: _total([parts[part] for parts in now.values()]) for part in PARTS}))
    old = dict(before or {})
    if before is not None:
        old["together"] = {part: _total([parts[part] for parts in before.values()]) for part in PARTS}
    for group, parts in rows:
        was = old.get(group)
        print(f"{group:46}" + "  ".join(_cells(parts[part], was and was[part]) for part in PARTS))


def _key(problem: str) -> str:
    return hashlib.sha256(problem.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _looked_at(done: Done) -> dict[str, str]:
    """The verdicts of the part that may be looked at, by a hash of the problem."""
    return {
        _key(row["problem"]): verdict["status"] for row, verdict in done if part_of(row["problem"]) == "look"
    }


def _print_differences(done: Done, before: dict[str, str]) -> None:
    for row, verdict in done:
        was = before.get(_key(row["problem"]))
        if part_of(row["problem"]) == "look" and was is not None and was != verdict["status"]:
            print(f"  {was} → {verdict['status']}: {row['problem'][:300]!r} => {row['answer'][:60]!r}")


def _print_lost(done: Done) -> None:
    for row, verdict in done:
        if verdict["method"] in ("killed", "failed") and part_of(row["problem"]) == "look":
            print(f"  {verdict['method']} {verdict['detail']}: {row['problem'][:300]!r}")


def _print_refuted(done: Done) -> int:
    """Print each refuted answer that is not known to be wrong; of those to measure by, their number alone."""
    known = _known_to_be_wrong()
    refuted = unseen = 0
    for row, verdict in done:
        if verdict["status"] != "refuted":
            continue
        wrong = known.get((row["source"], row["answer"]))
        refuted += wrong is None
        if part_of(row["problem"]) == "measure":
            unseen += wrong is None
            continue
        remark = f"believed to be wrong, as {wrong['why']}" if wrong else verdict["detail"]
        print(f"  refuted: {row['source']}: {row['problem'][:100]!r} => {row['answer'][:60]!r}: {remark}")
    if unseen:
        print(f"  refuted in the part to measure by, and not known to be wrong: {unseen}")
    return refuted


def _print_changes(verify: Check, name: str, language: str, done: Done, options: argparse.Namespace) -> int:
    chance = random.Random(options.seed)
    tried: Counter[str] = Counter()
    sharp: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    bad = []
    known = _known_to_be_wrong()
    for row, own in done:
        # A change of a wrong answer may be the right one.
        if (
            _is_worked(row)
            or sum(tried.values()) >= options.changes
            or (row["source"], row["answer"]) in known
        ):
            continue
        for kind, answer in changed_answers(row["problem"], row["answer"], chance):
            tried[kind] += 1
            sharp[kind] += own["status"] == "verified"
            # What is too slow for its own answer is too slow for every other one.
            status = "unverifiable"
            if own["method"] not in ("killed", "failed"):
                status = checked(verify, row["problem"], answer, language, options.limit)["status"]
            verdicts[status] += 1
            if status == "verified":
                bad.append((kind, row["problem"], row["answer"], answer))
    print(
        f"\n{name}: changed answers (seed {options.seed})\n{'change':30}{'tried':>8}{'of verified problems':>24}"
    )
    for kind in tried:
        print(f"{kind:30}{tried[kind]:>8}{sharp[kind]:>24}")
    print(f"{'all':30}{sum(tried.values()):>8}{sum(sharp.values()):>24}   {dict(verdicts)}")
    for kind, problem, right, answer in bad:
        text = f"{problem[:160]!r}: {right!r} -> {answer!r}" if part_of(problem) == "look" else "(not shown)"
        print(f"  verified though changed ({kind}): {text}")
    return len(bad)


def _print_models(verify: Check, rows: list[Row], limit: float) -> int:
    from checkers.mathematics import equivalent
    from checkers.mathematics.steps.false_steps import false_step

    agreement: Counter[tuple[bool, object]] = Counter()
    checks: Counter[tuple[bool, str]] = Counter()
    steps: Counter[bool] = Counter()
    differing = []
    bad = 0
    for row in rows:
        try:
            with limited(limit):
                same = equivalent(row["answer"], row["extracted"])
                false = false_step(row["problem"], row["output"])
        except TooSlow:
            same, false = None, None
        status = checked(verify, row["problem"], row["extracted"], "en", limit)["status"]
        agreement[row["correct"], same] += 1
        checks[row["correct"], status] += 1
        if false is not None:
            steps[row["correct"]] += 1
        shown = row["problem"][:90] if part_of(row["problem"]) == "look" else "(not shown)"
        if same is not row["correct"]:
            differing.append((row["correct"], same, row["answer"], row["extracted"], shown))
        marked_wrongly = same is True and not row["correct"]
        if (status == "verified" and not row["correct"] and not marked_wrongly) or (
            row["correct"] and (status == "refuted" or false)
        ):
            bad += 1
            print("  to be read:", status, row["correct"], row["answer"], row["extracted"], shown, false)
    print(
        "\nmodel answers: the final answer compared with the gold one\n  correct by the set   same meaning   answers"
    )
    for (correct, same), count in sorted(agreement.items(), key=str):
        print(f"  {correct!s:21}{same!s:15}{count}")
    for correct, same, gold, extracted, problem in sorted(set(differing), key=str):
        print(
            f"    differs: correct={correct}, same={same}: gold {gold!r}, extracted {extracted!r}: {problem!r}"
        )
    print(
        "  checked against the problem:",
        {f"correct={c} {s}": n for (c, s), n in sorted(checks.items(), key=str)},
    )
    print("  answers with a false step:", {f"correct={c}": n for c, n in steps.items()})
    return bad


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--changes", type=int, default=20_000)
    parser.add_argument("--limit", type=float, default=4.0, help="seconds for one check")
    parser.add_argument("--json", type=Path, help="write the verdicts' figures")
    parser.add_argument("--against", type=Path, help="figures of another run, to print beside these")
    parser.add_argument("--checkers", type=Path, default=CHECKERS, help="layers/checkers of another checkout")
    parser.add_argument("--verdicts", action="store_true", help="neither changed nor model answers")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; 1 when something was judged wrongly."""
    options = _options(arguments)
    verify = mathematics_checker(options.checkers.resolve())
    verdicts_only = options.verdicts or options.checkers != CHECKERS
    before = json.loads(options.against.read_text("utf-8")) if options.against else None
    written: dict[str, dict[str, Any]] = {"figures": {}, "look": {}}
    wrong = 0
    for name, language in SETS:
        rows = _rows(options.folder / f"{name}.jsonl")
        if not rows:
            continue
        done = _verdicts(verify, rows, language, options.limit)
        written["figures"][name], written["look"][name] = figures(done), _looked_at(done)
        was = before and before["figures"].get(name)
        _print_table(name, written["figures"][name], was)
        if before:
            _print_differences(done, before["look"].get(name, {}))
        _print_lost(done)
        wrong += _print_refuted(done)
        if not verdicts_only:
            wrong += _print_changes(verify, name, language, done, options)
    if options.json:
        options.json.write_text(json.dumps(written, indent=1), "utf-8")
    models = _rows(options.folder / "model_answers.jsonl")
    if models and not verdicts_only:
        wrong += _print_models(verify, models, options.limit)
    return 1 if wrong else 0


def _rows(path: Path) -> list[Row]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    sys.exit(main())
