"""Chinese stories: one balance, a total, or a comparison of two of the things that are told of."""

from __future__ import annotations

import pytest
from embedded_model.values.solution import Say
from embedded_model.word_problems import chinese


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("农场有17只羊，又买来5只，卖掉3只，现在有多少只羊？", "19"),
        ("车上原来有27名乘客，又上来10人，车上现在一共有多少名乘客？", "37"),
        ("小刚有9块糖，他吃了4块后还剩下几块糖？", "5"),
        ("王奶奶家养了33只鸡，30只鸭，9只鹅。鸡比鸭多多少只？", "3"),
        ("篮子里的梨吃了6个，又吃了3个，还剩10个，篮子里原来有多少个？", "19"),
    ],
)
def test_a_chinese_story_is_read_clause_by_clause(problem: str, answer: str) -> None:
    solution = chinese.solve(problem, Say("zh"))
    assert solution is not None
    assert solution.answer == answer
    assert "逆运算" in solution.check


@pytest.mark.parametrize(
    "problem",
    [
        "农场有17只羊，又买来5只，每只卖3元，现在有多少只羊？",
        "农场有17只羊，又买来5头牛，现在有多少只羊？",
        "王奶奶家养了33只鸡，又买来5只鸡，30只鸭。鸡比鸭多多少只？",
        "小刚有9块糖，吃了一半后还剩下几块糖？",
    ],
)
def test_a_chinese_story_with_a_clause_in_doubt_is_left_alone(problem: str) -> None:
    assert chinese.solve(problem, Say("zh")) is None
