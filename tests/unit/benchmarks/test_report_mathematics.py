"""The report of the mathematics checker: two parts, one of which is never shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from benchmarks.report_mathematics import main
from support.parts import part_of

SUMS = [
    {"problem": f"Compute $2+{n}$.", "answer": str(2 + n), "source": "math500 own", "subject": "Sums"}
    for n in range(60)
]


def _written(folder: Path, rows: list[dict[str, Any]]) -> str:
    (folder / "math_en.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return str(folder)


def _in(part: str) -> list[dict[str, Any]]:
    return [row for row in SUMS if part_of(str(row["problem"])) == part]


def test_about_a_third_of_the_problems_is_for_measuring() -> None:
    parts = [part_of(f"What is {n} + {n}?") for n in range(3_000)]
    assert 900 < parts.count("measure") < 1_100


def test_the_part_of_a_problem_does_not_depend_on_its_whitespace() -> None:
    assert all(part_of(f" Compute\n {n}  +  1. ") == part_of(f"Compute {n} + 1.") for n in range(100))


def test_the_report_prints_its_tables_and_finds_nothing_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = SUMS[3] | {"output": "2 + 3 = 6", "extracted": "6", "correct": False}
    (tmp_path / "model_answers.jsonl").write_text(json.dumps(model), "utf-8")
    assert main([_written(tmp_path, SUMS[:6])]) == 0
    printed = capsys.readouterr().out
    assert "MATH-500 Sums" in printed
    assert "answers with a false step: {'correct=False': 1}" in printed


def test_a_refuted_answer_is_printed_only_where_it_may_be_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    looked, measured = _in("look")[0], _in("measure")[0]
    folder = _written(tmp_path, [row | {"answer": "99"} for row in (looked, measured)])
    assert main([folder, "--verdicts"]) == 1
    printed = capsys.readouterr().out
    assert looked["problem"] in printed
    assert measured["problem"] not in printed
    assert "refuted in the part to measure by, and not known to be wrong: 1" in printed


def test_figures_stand_beside_those_of_another_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    looked, measured = _in("look")[:2], _in("measure")[:2]
    before = tmp_path / "before.json"
    wrong = [row | {"answer": "no number at all, at all"} for row in (looked[0], measured[0])]
    main([_written(tmp_path, [*wrong, looked[1], measured[1]]), "--verdicts", "--json", str(before)])
    counts = json.loads(before.read_text("utf-8"))["figures"]["math_en"]["MATH-500 Sums"]
    assert (counts["look"]["verified"], counts["measure"]["verified"]) == (1, 1)

    capsys.readouterr()
    main([_written(tmp_path, [*looked, *measured]), "--verdicts", "--against", str(before)])
    printed = capsys.readouterr().out
    assert "50.0% →  100.0%" in printed
    assert f"unverifiable → verified: {looked[0]['problem']!r}" in printed
    assert measured[0]["problem"] not in printed
