"""What a newcomer tries first, over HTTP on the local stack with the embedded model."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.toy_stack import eventually

SHARED = Path(__file__).parents[3] / "shared/data"


def test_a_quadratic_in_chinese_is_solved_in_chinese_verified_and_cached(embedded: Any) -> None:
    first = embedded.solve("解方程 x² + 2x - 3 = 0")

    body = first.json()
    assert first.status_code == 200
    assert body["problem"] == "解方程 x² + 2x - 3 = 0"
    assert set(re.findall(r"-?\d+", body["final_answer"].replace("x_{1}", "").replace("x_{2}", ""))) == {
        "1",
        "-3",
    }
    assert body["steps"]
    assert all(re.search(r"[\u4e00-\u9fff]", step["text"] + (step["title"] or "")) for step in body["steps"])
    assert body["verification"]["status"] == "verified"
    assert body["cached"] is False
    assert body["model"] == "embedded-sympy"

    again = embedded.solve("解方程 ｘ² ＋ 2x − 3 ＝ 0")

    assert again.json()["cached"] is True
    assert again.json()["problem"] == "解方程 ｘ² ＋ 2x − 3 ＝ 0"
    assert again.json()["solution"] == body["solution"]
    assert again.headers["cache-status"].startswith("stepwise; hit; ttl=")


def test_the_same_in_english_is_solved_in_english(embedded: Any) -> None:
    body = embedded.solve("Solve the equation x^2 + 2x - 3 = 0.").json()

    assert not re.search(r"[\u4e00-\u9fff]", body["solution"])
    assert {"1", "-3"} <= set(re.findall(r"-?\d+", body["final_answer"]))


def test_without_steps_there_is_only_the_answer_and_its_check(embedded: Any) -> None:
    body = embedded.solve("Solve 2x + 3 = 11", steps=False).json()

    assert body["steps"] == []
    assert "4" in body["final_answer"]


def test_a_syllogism_is_taken_apart_and_decided(embedded: Any) -> None:
    reply = embedded.post(
        "/v1/logic/analyze", {"text": "All men are mortal. Socrates is a man. Therefore Socrates is mortal."}
    )

    body = reply.json()
    assert [premise["id"] for premise in body["premises"]] == ["P1", "P2"]
    assert "mortal" in body["conclusion"]["text"]
    assert body["validity"] == {"model": "valid", "solver": "valid", "countermodel": None}


def test_a_chat_gets_its_answer(embedded: Any) -> None:
    body = embedded.post(
        "/v1/general/chat", {"messages": [{"role": "user", "content": "What is 6 * 7?"}]}
    ).json()

    assert "42" in body["response"]
    assert body["metadata"] == {"temperature": 0.8, "top_p": 0.95}


def test_the_open_endpoints_need_no_key(embedded: Any) -> None:
    with httpx.Client(base_url=embedded.stack.base_url, trust_env=False) as stranger:
        root = stranger.get("/").json()
        assert root["model"] == "embedded-sympy"
        assert {"/v1/math/solve", "/v1/logic/analyze", "/v1/general/chat"} <= set(root["endpoints"])
        assert stranger.get("/health").json() == {"status": "ok"}
        assert stranger.get("/openapi.json").json()["openapi"] == "3.1.0"
        page = stranger.get("/docs")
        assert page.headers["content-type"].startswith("text/html")
        for asset in re.findall(r'(?:src|href)="(docs/[^"]+)"', page.text):
            assert stranger.get("/" + asset).status_code == 200
        assert stranger.get("/health/ready").status_code == 401
    assert embedded.http.get("/health/ready").json()["status"] == "ok"


@pytest.mark.skipif(not SHARED.exists(), reason="the large problem sets are not beside the project")
@pytest.mark.parametrize("name", ["math_en.jsonl", "math_zh.jsonl"])
def test_real_problems_are_neither_refused_nor_crash_anything(embedded: Any, name: str) -> None:
    lines = (SHARED / name).read_text(encoding="utf-8").splitlines()
    problems = [json.loads(line)["problem"] for line in lines[:: len(lines) // 100][:100]]

    statuses = {embedded.solve(problem).status_code for problem in problems}

    assert statuses <= {200, 202}


def test_the_log_says_of_each_request_whether_it_was_cached_and_what_the_check_said(embedded: Any) -> None:
    for _ in range(2):
        embedded.solve("Solve 3x + 4 = 19.")
    embedded.solve("")
    embedded.post("/v1/logic/analyze", {"text": "If it rains, it pours. It rains. Therefore it pours."})

    def lines() -> list[tuple[Any, ...]]:
        written = [
            line.partition(" | ")[2] for line in embedded.stack.log().splitlines() if "gateway | {" in line
        ]
        names = ("method", "path", "status", "cached", "outcome")
        return [tuple(json.loads(line)[name] for name in names) for line in written][-4:]

    solve = ("POST", "/v1/math/solve")
    wanted = [
        (*solve, 200, False, "verified"),
        (*solve, 200, True, "verified"),
        (*solve, 422, None, "invalid_request"),
        ("POST", "/v1/logic/analyze", 200, False, "solver: valid"),
    ]
    eventually(lambda: lines() == wanted)
