"""The calibration: each answer is kept at once, an interrupted run goes on, and its file is what is deployed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from benchmarks import calibrate
from benchmarks.recorded.intervals import wilson
from stepwise.answering.calibration.figures import Calibration, read_calibration

PROBLEM = "Tom has 12 red apples and buys {n} more apples. How many apples does he have?"


def body(answer: str, level: str = "corroborated", **evidence: Any) -> dict[str, Any]:
    said = [{"kind": "formalisation", "agrees": level != "disputed", "answer": answer, "detail": ""}]
    return {
        "final_answer": answer,
        "model": "m",
        "usage": {"completion_tokens": 100},
        "confidence": {"level": level, "evidence": said, "measured": None},
    }


class Deployment:
    """Answers problem n with 12 + n, but number 3 with 99; number 2 as a job, number 4 not at all while it is *ill*."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.ill = True

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/jobs/j":
            return httpx.Response(200, json={"status": "succeeded", "result": body("14 apples")})
        number = int(json.loads(request.content)["problem"].split("buys ")[1].split()[0])
        self.asked.append(number)
        assert request.headers["cache-control"] == "no-cache"
        if number == 2:
            return httpx.Response(202, json={"id": "j", "status": "queued"})
        if number == 4 and self.ill:
            return httpx.Response(502, json={})
        if number == 3:
            return httpx.Response(200, json=body("99", "disputed"))
        return httpx.Response(200, json=body(str(12 + number), "single" if number == 5 else "corroborated"))


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    return [{"problem": PROBLEM.format(n=n), "answer": str(12 + n)} for n in range(1, 7)]


def run(deployment: Deployment, rows: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    transport = httpx.MockTransport(deployment)
    with httpx.Client(base_url="http://there", transport=transport) as http:
        return list(calibrate.outcomes(http, rows, folder / "records.jsonl", "medium", 1))


def test_an_interrupted_run_asks_only_what_is_not_recorded(
    rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    deployment = Deployment()

    first = run(deployment, rows, tmp_path)
    with (tmp_path / "records.jsonl").open("a") as records:
        records.write('{"problem": "torn')
    deployment.ill = False
    deployment.asked.clear()
    (tmp_path / "records.jsonl").write_text((tmp_path / "records.jsonl").read_text() + "\n")
    second = run(deployment, rows, tmp_path)

    assert [len(first), len(second)] == [5, 6]
    assert deployment.asked == [4]
    assert [each["right"] for each in second] == [True, True, False, True, True, True]


def test_the_figures_are_those_of_each_class_and_level(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    deployment = Deployment()
    deployment.ill = False

    found = calibrate.figures(run(deployment, rows, tmp_path))

    corroborated = found["arithmetic_word_problem"]["corroborated"]
    assert (corroborated["n"], corroborated["right"], corroborated["precision"]) == (5, 5, 1.0)
    assert corroborated["coverage"] == pytest.approx(5 / 6, abs=1e-4)
    assert found["arithmetic_word_problem"]["disputed"]["right"] == 0


def test_wilsons_interval_is_as_published() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(205, 217) == pytest.approx((0.9058, 0.9681), abs=1e-3)


def test_the_file_is_read_by_the_product_and_by_no_other_models(tmp_path: Path) -> None:
    entry = {"n": 200, "right": 198, "precision": 0.99, "low": 0.96, "high": 0.99, "coverage": 0.7}
    file = tmp_path / "calibration.json"
    file.write_text(
        json.dumps(
            {"model": "m", "on": "a set", "classes": {"number": {"corroborated": entry}, "made up": {}}}
        )
    )

    found = read_calibration(file, "m")

    assert found.corroborates("number")
    assert not found.corroborates("arithmetic_word_problem"), "what was not measured is not said"
    assert found.measured("number", "corroborated") == {
        "precision": 0.99,
        "low": 0.96,
        "high": 0.99,
        "n": 200,
        "on": "a set",
    }
    assert read_calibration(file, "another") == Calibration()
    file.write_text('{"model": "m", "classes": {"number": {"single": {}}}, "on": ""}')
    assert read_calibration(file, "m") == Calibration()
    assert read_calibration(tmp_path / "none.json", "m").corroborates("arithmetic_word_problem")
