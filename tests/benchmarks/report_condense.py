"""Needles in haystacks, and how long the condensing takes: `python tests/benchmarks/report_condense.py [DATA]`.

Haystacks are made of the sentences of other problems in DATA (`math_en.jsonl`, `math_zh.jsonl`, `logic.jsonl`), so that a
distractor has numbers and formulas too. Every figure is over seeded draws: the same command prints the same shares.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "layers" / "stepwise"))

from stepwise.text.condense import condense  # noqa: E402 - the path above makes it importable
from stepwise.text.condense.sentences import sentences  # noqa: E402
from stepwise.text.tokens import estimate  # noqa: E402

DRAWS = 200
DISTRACTORS = 200


def load(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def problems(rows: list[dict[str, str]], needle: str) -> list[list[str]]:
    """Problems of at least two sentences from the sources that contain ``needle``."""
    chosen = (split(row["problem"]) for row in rows if needle in row["source"])
    return [parts for parts in chosen if len(parts) >= 2]


def scattered(sets: list[list[str]], budget: int, seed: int) -> tuple[float, float, float]:
    """Shares of the problems' own sentences and of the questions that survive, and of the haystack that is kept.

    The sentences of one problem are scattered, in their order, among the sentences of others.
    """
    draw = random.Random(seed)
    kept = total = asked = 0
    size = 0.0
    for _ in range(DRAWS):
        own = draw.choice(sets)
        others: list[str] = []
        while len(others) < DISTRACTORS:
            other = draw.choice(sets)
            others += other if other is not own else []
        lines = others[:DISTRACTORS]
        for at, sentence in zip(sorted(draw.sample(range(DISTRACTORS), len(own))), own, strict=True):
            lines.insert(at, sentence)
        text = "\n".join(lines)
        result = condense(text, own[-1], budget)
        kept += sum(sentence in result.text for sentence in own[:-1])
        total += len(own) - 1
        asked += own[-1] in result.text
        size += estimate(result.text) / estimate(text)
    return kept / total, asked / DRAWS, size / DRAWS


def main() -> None:
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
    english, chinese = load(data / "math_en.jsonl"), load(data / "math_zh.jsonl")
    print("whole problems scattered among 200 sentences of other problems (names and numbers alike)")
    print(f"{'set':28} {'budget':>7} {'sentences kept':>15} {'questions':>10} {'of the text':>12}")
    sets = {
        "GSM8K": problems(english, "gsm8k"),
        "MATH-500": problems(english, "math500"),
        "Chinese word problems": problems(chinese, "cmath") + problems(chinese, "Math23k"),
        "Gaokao": problems(chinese, "gaokao") + problems(chinese, "GAOKAO"),
    }
    for name, problem_sentences in sets.items():
        for budget in (3000, 1500):
            kept, asked, size = scattered(problem_sentences, budget, seed=5)
            print(f"{name:28} {budget:7} {kept:15.1%} {asked:10.1%} {size:12.0%}")

    print("\n100,000 characters, milliseconds (best of 3)")
    logic = load(data / "logic.jsonl")
    long_english = "\n".join(row["text"] for row in logic)
    long_chinese = "\n".join(row["problem"] for row in chinese)
    hostile = {
        "English": long_english,
        "Chinese": long_chinese,
        "no sentence end": "abcdefghi " * 10_000,
        "no blank either": "a" * 100_000,
        "Chinese, no end": "山" * 100_000,
        "full stops": "." * 100_000,
        "questions": "a?" * 50_000,
        "lines": "a\n" * 50_000,
        "dollars": "$" * 100_000,
        "opening brackets": "\\[" * 50_000,
        "blanks": " " * 100_000,
        "blanks and a letter": (" " * 99_999) + "a",
        "digits": "7" * 100_000,
    }
    for name, text in hostile.items():
        text = (text * (1 + 100_000 // len(text)))[:100_000]
        best = float("inf")
        for _ in range(3):
            began = time.perf_counter()
            result = condense(text, "Which river does the old town lie on? 甲乙两地相距多少千米？", 3000)
            best = min(best, time.perf_counter() - began)
        print(
            f"{name:20} {best * 1000:7.0f} ms   {estimate(result.text):5} tokens, {result.kept} kept, {result.dropped} dropped"
        )


if __name__ == "__main__":
    main()
