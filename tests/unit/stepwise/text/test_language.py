"""Which language an answer is written in when the client leaves it open."""

import json
from pathlib import Path

import pytest
from stepwise.text.language import detect

PROBLEMS = Path(__file__).parents[3] / "data" / "text" / "problems.jsonl"


@pytest.mark.parametrize(
    "row",
    [json.loads(line) for line in PROBLEMS.read_text(encoding="utf-8").splitlines()],
    ids=lambda row: row["source"],
)
def test_the_language_of_a_real_problem_is_recognised(row: dict[str, str]) -> None:
    assert detect(row["text"]) == row["language"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("解方程 x² + 2x - 3 = 0", "zh"),
        ("Solve x² + 2x - 3 = 0", "en"),
        ("求 sin x + cos x + tan x 的最大值", "zh"),
        ("Xiao Ming (小明) has 5 apples. How many are left?", "en"),
        (r"$\text{若 } x=1$", "zh"),
        ("98/16×112=．", "zh"),
        ("2+3=", "en"),
        ("", "en"),
    ],
)
def test_prose_decides_and_mathematics_does_not(text: str, language: str) -> None:
    assert detect(text) == language
