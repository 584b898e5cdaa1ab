"""The witness of an answer, over the real stack with the embedded model."""

from __future__ import annotations

from typing import Any

import pytest
from support.local_stack import local_stack

from .conftest import client_of

ENGLISH = "There are 17 sheep. The farmer buys 5 sheep and sells 3 sheep. How many sheep are there now?"
CHINESE = "小明有3元零花钱，奶奶又给了8元，小明现在有多少元零花钱？"


@pytest.mark.parametrize(
    ("problem", "answer", "equation"),
    [(ENGLISH, "19 sheep", "x2 = x1 - g3"), (CHINESE, "11 元", "x1 = g1 + g2")],
)
def test_a_word_problem_is_corroborated_with_its_equations(
    embedded: Any, problem: str, answer: str, equation: str
) -> None:
    body = embedded.solve(problem).json()

    assert body["verification"]["status"] == "unverifiable"
    assert body["confidence"]["level"] == "corroborated"
    (evidence,) = body["confidence"]["evidence"]
    assert (evidence["kind"], evidence["agrees"], evidence["answer"]) == ("formalisation", True, answer)
    assert equation in evidence["detail"]
    assert body["confidence"]["measured"] is None


def test_an_answer_whose_witness_differs_is_disputed() -> None:
    with local_stack(settings={"EMBEDDED_TOKENS_PER_SECOND": "0", "EMBEDDED_WITNESS": "differs"}) as stack:
        client = client_of(stack)
        with client.http:
            body = client.solve(ENGLISH, effort="medium").json()

    assert body["final_answer"].startswith("19")
    assert body["confidence"]["level"] == "disputed"
    assert body["confidence"]["evidence"][0]["agrees"] is False
    assert body["confidence"]["evidence"][0]["answer"] == "20 sheep"
