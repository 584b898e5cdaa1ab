"""Wrong answers that pupils and adversaries give, by the class of their mistake; and right answers to the same problems."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from checkers.mathematics import verify

FILE = Path(__file__).resolve().parents[3] / "data" / "mathematics" / "pupils.txt"
"""`# class`, then for each problem `P:` its text, `R:` right answers and `W:` wrong ones."""


class Problem(NamedTuple):
    text: str
    right: list[str]
    wrong: list[str]


def _classes() -> dict[str, list[Problem]]:
    found: dict[str, list[Problem]] = {}
    problems: list[Problem] = []
    for line in FILE.read_text("utf-8").splitlines():
        sign, _, rest = line.partition(" ")
        if sign == "#":
            problems = found.setdefault(rest, [])
        elif sign == "P:":
            problems.append(Problem(rest, [], []))
        elif sign == "R:":
            problems[-1].right.append(rest)
        elif sign == "W:":
            problems[-1].wrong.append(rest)
    return found


CLASSES = _classes()


def _status(problem: str, answer: str) -> Any:
    language = "zh" if any("\u4e00" <= sign <= "\u9fff" for sign in problem) else "en"
    request = {"problem": problem, "final_answer": answer, "solution": "", "language": language}
    return verify(request)["status"]


@pytest.mark.parametrize("name", CLASSES)
def test_no_wrong_answer_of_a_class_is_verified_and_no_right_one_refuted(name: str) -> None:
    problems = CLASSES[name]
    verified = [
        (p.text, answer) for p in problems for answer in p.wrong if _status(p.text, answer) == "verified"
    ]
    right = {(p.text, answer): _status(p.text, answer) for p in problems for answer in p.right}

    assert verified == []
    assert [each for each, status in right.items() if status == "refuted"] == []
    assert "verified" in right.values()
    assert len(problems) >= 10
