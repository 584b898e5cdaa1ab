"""Answers that were changed are never verified; the problems' own answers are."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from benchmarks.changed_answers import changed_answers
from checkers.mathematics import verify
from checkers.mathematics.answers.judge import judged
from checkers.mathematics.verify import CANNOT, recognised

DATA = Path(__file__).resolve().parents[3] / "data" / "mathematics"
ROWS = [json.loads(line) for line in (DATA / "problems.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["source"])
def test_the_own_answer_of_a_problem_is_verified(row: dict[str, Any]) -> None:
    request = {
        "problem": row["problem"],
        "final_answer": row["answer"],
        "solution": "",
        "language": row["language"],
    }
    assert verify(request)["status"] == "verified"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["source"])
def test_a_changed_answer_is_not_verified(row: dict[str, Any]) -> None:
    found = recognised(row["problem"])
    assert found is not None
    changes = changed_answers(row["problem"], row["answer"], random.Random(7))
    verified = []
    for kind, answer in changes:
        try:
            if judged(found[0], answer, found[1].context()):
                verified.append((kind, answer))
        except CANNOT:
            continue
    assert verified == []


def test_the_changes_are_of_every_kind() -> None:
    chance = random.Random(7)
    answers = ["3", "1, 2", "\\frac{2}{3}", "(1,2)", "[1,2)", "x \\le 3", "50\\%", "-5"]
    kinds = {kind for answer in answers for kind, _ in changed_answers("Find it.", answer, chance)}
    assert kinds == {
        "sign",
        "digit",
        "root lost",
        "root added",
        "numerator and denominator",
        "unit",
        "percent sign",
        "order of a pair",
        "strictness",
    }
