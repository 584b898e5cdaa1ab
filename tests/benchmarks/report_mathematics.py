"""Prints what the mathematics checker makes of sets of problems: verdicts, changed answers, real model answers.

    python tests/benchmarks/report_mathematics.py FOLDER [--seed N] [--changes N] [--limit SECONDS]

FOLDER holds `math_en.jsonl`, `math_zh.jsonl` (problem, answer, source, subject) and `model_answers.jsonl` (problem,
answer, output, extracted, correct), one JSON object a line; a file that is missing is left out. Exit status 1 when a
right answer is refuted or a changed one verified.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "layers" / "checkers"))

from checkers.mathematics import equivalent, verify
from checkers.mathematics.answers.judge import judged
from checkers.mathematics.steps.false_steps import false_step
from checkers.mathematics.verify import CANNOT, recognised

__all__ = ["changed_answers", "main"]

Row = dict[str, Any]

WRONG = Path(__file__).resolve().parents[1] / "data" / "mathematics" / "wrong_answers.json"
"""Rows whose own answer is believed to be wrong: source, answer, right, why."""


class TooSlow(BaseException):
    """The limit of one check, raised out of whatever is computing."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """What the sandbox does with a kill, here with an alarm: thousands of checks need no new process each."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def changed_answers(problem: str, answer: str, chance: random.Random) -> list[tuple[str, str]]:
    """Answers that mean something else, each with the kind of its change."""
    made: list[tuple[str, str]] = []
    for kind, change in _CHANGES.items():
        made += [(kind, text) for text in change(problem, answer, chance) if text != answer]
    return list(dict.fromkeys(made))


def _sign(problem: str, answer: str, chance: random.Random) -> list[str]:
    if (
        r"\pm" in answer
        or "±" in answer
        or re.fullmatch(r"[\s$]*0[\s$]*", answer)
        or not re.search(r"\d", answer)
    ):
        return []
    places = [
        match.start()
        for match in re.finditer(r"(?<![\d.\w}])\d|(?<=[-=(,\[ ])\d", answer)
        if match.start() == 0 or answer[match.start() - 1] != "\\"
    ]
    flipped = []
    for place in places[:3]:
        before = answer[:place]
        if re.search(r"(?:frac\{?|sqrt\{?|\^\{?|_\{?|\{)\s*$", before) or (
            answer[place:].startswith("0") and not answer[place:].startswith("0.")
        ):
            continue
        stripped = before.rstrip()
        if stripped.endswith("-"):
            lead = stripped[:-1].rstrip()
            flipped.append(stripped[:-1] + ("" if not lead or lead[-1] in "=(,[{" else "+") + answer[place:])
        elif not stripped or stripped[-1] in "=(,[":
            flipped.append(before + "-" + answer[place:])
        elif stripped.endswith("+"):
            flipped.append(stripped[:-1] + "-" + answer[place:])
    if answer.startswith(r"\frac"):
        flipped.append("-" + answer)
    if answer.startswith(r"-\frac"):
        flipped.append(answer[1:])
    return flipped


def _digit(problem: str, answer: str, chance: random.Random) -> list[str]:
    places = [match.start() for match in re.finditer(r"\d", answer)]
    chance.shuffle(places)
    made = []
    for place in places[:6]:
        other = chance.choice([digit for digit in "0123456789" if digit != answer[place]])
        made.append(answer[:place] + other + answer[place + 1 :])
    return made


def _root_lost(problem: str, answer: str, chance: random.Random) -> list[str]:
    parts = _top_level(answer)
    if len(parts) < 2 or re.match(r"\s*[(\[]", answer) or re.search(r"\d,\\?!?\d{3}", answer):
        return []
    return [",".join(parts[:place] + parts[place + 1 :]) for place in range(len(parts))]


def _root_added(problem: str, answer: str, chance: random.Random) -> list[str]:
    if not re.search(r"\d", answer) or re.match(r"\s*\\?[\[{]|.*(?:begin|cup|infty)", answer, re.DOTALL):
        return []
    return [f"{answer}, {chance.randint(10, 99)}", f"{answer} or {chance.randint(100, 999)}"]


def _swapped(problem: str, answer: str, chance: random.Random) -> list[str]:
    made = [
        answer[: match.start()] + rf"\frac{{{match[2]}}}{{{match[1]}}}" + answer[match.end() :]
        for match in re.finditer(r"\\[dt]?frac\{([^{}]+)\}\{([^{}]+)\}", answer)
        if match[1].strip() != match[2].strip()
    ]
    made += [
        answer[: match.start()] + f"{match[2]}/{match[1]}" + answer[match.end() :]
        for match in re.finditer(r"(\d+)/(\d+)", answer)
        if match[1] != match[2]
    ]
    return made


def _unit(problem: str, answer: str, chance: random.Random) -> list[str]:
    if not re.fullmatch(r"-?[\d.,]+|-?\\[dt]?frac\{\d+\}\{\d+\}", answer):
        return []
    others = [unit for unit in ("kg", "m", "cm", "hours") if not re.search(rf"\b{unit}\b", problem)]
    return [f"{answer} {chance.choice(others)}", f"{answer} \\text{{ {chance.choice(others)}}}"]


def _percent(problem: str, answer: str, chance: random.Random) -> list[str]:
    if answer.rstrip().endswith("%"):
        return [answer.rstrip().rstrip("%").rstrip("\\")]
    if re.search(r"percent|%|百分", problem) or not re.fullmatch(
        r"-?[\d.,]*[1-9][\d.,]*|-?\\[dt]?frac\{\d+\}\{\d+\}", answer
    ):
        return []
    return [answer + r"\%", answer + "%"]


def _order(problem: str, answer: str, chance: random.Random) -> list[str]:
    match = re.fullmatch(r"(\s*(?:\\left)?\()(.+)((?:\\right)?\)\s*)", answer, re.DOTALL)
    if match is None:
        return []
    parts = _top_level(match[2])
    if len(parts) < 2 or len({part.strip() for part in parts}) < len(parts):
        return []
    return (
        [
            match[1] + ",".join(parts[1:] + parts[:1]) + match[3],
            match[1] + ",".join(reversed(parts)) + match[3],
        ]
        if len(parts) > 2
        else [match[1] + ",".join(reversed(parts)) + match[3]]
    )


def _strictness(problem: str, answer: str, chance: random.Random) -> list[str]:
    made = []
    if (
        re.search(r"[\[(][^()\[\]]*,[^()\[\]]*[\])]", answer)
        and not re.fullmatch(r"\s*(?:\\left)?\([^\[\]]*(?:\\right)?\)\s*", answer)
    ) or "infty" in answer:
        for match in re.finditer(r"[\[\]()]", answer):
            other = {"[": "(", "(": "[", "]": ")", ")": "]"}[match.group()]
            near = answer[max(0, match.start() - 8) : match.start() + 9]
            if "infty" not in near:
                made.append(answer[: match.start()] + other + answer[match.end() :])
    for one, other in (
        (r"\le ", "< "),
        (r"\leq", "<"),
        (r"\ge ", "> "),
        (r"\geq", ">"),
        ("<", r"\le "),
        (">", r"\ge "),
    ):
        if one in answer:
            made.append(answer.replace(one, other, 1))
    return made


_CHANGES: dict[str, Callable[[str, str, random.Random], list[str]]] = {
    "sign": _sign,
    "digit": _digit,
    "root lost": _root_lost,
    "root added": _root_added,
    "numerator and denominator": _swapped,
    "unit": _unit,
    "percent sign": _percent,
    "order of a pair": _order,
    "strictness": _strictness,
}


def _top_level(text: str) -> list[str]:
    """What commas separate outside of brackets."""
    parts, depth, last = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            parts.append(text[last:place])
            last = place + 1
    return [*parts, text[last:]]


def _group(row: Row) -> str:
    if row.get("subject"):
        return f"MATH-500 {row['subject']}"
    return re.split(r"(?: idx=| qid=| dev| grade| \d| test)", row["source"])[0].strip()[:44]


def _verdicts(rows: list[Row], language: str, limit: float) -> list[tuple[Row, str, dict[str, Any]]]:
    done = []
    for row in rows:
        worked = "GAOKAO" in row["source"]
        request = {
            "problem": row["problem"],
            "final_answer": None if worked else row["answer"],
            "solution": row["answer"] if worked else "",
            "language": language,
        }
        try:
            with limited(limit):
                verdict = verify(request)
        except TooSlow:
            verdict = {"status": "unverifiable", "method": "killed", "detail": ""}
        done.append((row, verdict["status"], verdict))
    return done


def _print_verdicts(name: str, done: list[tuple[Row, str, dict[str, Any]]]) -> int:
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for row, status, verdict in done:
        table[_group(row)][status] += 1
        table[_group(row)]["killed"] += verdict["method"] == "killed"
    print(
        f"\n{name}: the sets' own answers\n{'set':46}{'all':>6}{'verified':>10}{'share':>8}{'refuted':>9}{'killed':>8}"
    )
    for group, counts in sorted(table.items()):
        whole = counts["verified"] + counts["refuted"] + counts["unverifiable"]
        print(
            f"{group:46}{whole:>6}{counts['verified']:>10}{counts['verified'] / whole:>8.0%}{counts['refuted']:>9}{counts['killed']:>8}"
        )
    known = {(wrong["source"], wrong["answer"]): wrong for wrong in json.loads(WRONG.read_text("utf-8"))}
    refuted = 0
    for row, status, verdict in done:
        if status != "refuted":
            continue
        wrong = known.get((row["source"], row["answer"]))
        refuted += wrong is None
        remark = f"believed to be wrong, as {wrong['why']}" if wrong else verdict["detail"]
        print(f"  refuted: {row['source']}: {row['problem'][:100]!r} => {row['answer'][:60]!r}: {remark}")
    return refuted


def _print_changes(
    name: str, done: list[tuple[Row, str, dict[str, Any]]], seed: int, most: int, limit: float
) -> int:
    chance = random.Random(seed)
    tried: Counter[str] = Counter()
    sharp: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    bad = []
    for row, status, _ in done:
        if "GAOKAO" in row["source"] or sum(tried.values()) >= most:
            continue
        changes = changed_answers(row["problem"], row["answer"], chance)
        found = None
        if changes:
            try:
                with limited(limit):
                    found = recognised(row["problem"])
            except TooSlow:
                found = None
        for kind, answer in changes:
            tried[kind] += 1
            sharp[kind] += status == "verified"
            verdict = None
            if found is not None:
                try:
                    with limited(limit):
                        verdict = judged(found[0], answer, found[1].context())
                except (*CANNOT, TooSlow):
                    verdict = None
            verdicts[{True: "verified", False: "refuted", None: "unverifiable"}[verdict]] += 1
            if verdict is True:
                bad.append((kind, row["problem"], row["answer"], answer))
    print(f"\n{name}: changed answers (seed {seed})\n{'change':30}{'tried':>8}{'of verified problems':>24}")
    for kind in tried:
        print(f"{kind:30}{tried[kind]:>8}{sharp[kind]:>24}")
    print(f"{'all':30}{sum(tried.values()):>8}{sum(sharp.values()):>24}   {dict(verdicts)}")
    for kind, problem, right, answer in bad:
        print(f"  verified though changed ({kind}): {problem[:160]!r}: {right!r} -> {answer!r}")
    return len(bad)


def _print_models(rows: list[Row], limit: float) -> int:
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
                status = verify(
                    {
                        "problem": row["problem"],
                        "final_answer": row["extracted"],
                        "solution": "",
                        "language": "en",
                    }
                )["status"]
        except TooSlow:
            same, false, status = None, None, "killed"
        agreement[row["correct"], same] += 1
        checks[row["correct"], status] += 1
        if false is not None:
            steps[row["correct"]] += 1
        if same is not row["correct"]:
            differing.append((row["correct"], same, row["answer"], row["extracted"], row["problem"][:90]))
        marked_wrongly = same is True and not row["correct"]
        if (status == "verified" and not row["correct"] and not marked_wrongly) or (
            row["correct"] and (status == "refuted" or false)
        ):
            bad += 1
            print(
                "  to be read:",
                status,
                row["correct"],
                row["answer"],
                row["extracted"],
                row["problem"][:90],
                false,
            )
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


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; 1 when something was judged wrongly."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--changes", type=int, default=20_000)
    parser.add_argument("--limit", type=float, default=4.0, help="seconds for one check")
    options = parser.parse_args(arguments)
    wrong = 0
    for name, language in (("math_en", "en"), ("math_zh", "zh")):
        rows = _rows(options.folder / f"{name}.jsonl")
        if rows:
            done = _verdicts(rows, language, options.limit)
            wrong += _print_verdicts(name, done)
            wrong += _print_changes(name, done, options.seed, options.changes, options.limit)
    models = _rows(options.folder / "model_answers.jsonl")
    if models:
        wrong += _print_models(models, options.limit)
    return 1 if wrong else 0


def _rows(path: Path) -> list[Row]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    sys.exit(main())
