"""Word problems that the embedded model reads, and those that only look like them."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from embedded_model.values.solution import Say
from embedded_model.word_problems import chinese, english


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("小明有12个苹果，吃了5个，还剩多少个？", "7"),
        ("小明有5个苹果，妈妈又给了他3个，小明现在有多少个苹果？", "8"),
        ("牡丹花有117棵，菊花有59棵，兰花有83棵，这三种花一共有多少棵？", "259"),
        ("商店里的笔每盒7元，老师买了8盒，老师应付多少元？", "56"),
        ("汽车每小时行60千米，3小时行多少千米？", "180"),
        ("一辆汽车3小时行180千米，平均每小时行多少千米？", "60"),
        ("小红有15颗糖，平均分给5个小朋友，每个小朋友分到几颗？", "3"),
        ("妈妈今年35岁，小明比妈妈小27岁，小明今年多少岁？", "8"),
        ("小明有9只纸船，比小军多3只。小军有多少只纸船？", "6"),
        ("果园里有桃树120棵，梨树的棵数是桃树的3倍，梨树有多少棵？", "360"),
        ("一个长方形的长是8厘米，宽是5厘米，它的面积是多少平方厘米？", "40"),
    ],
)
def test_chinese_problems_of_one_step(problem: str, answer: str) -> None:
    solution = chinese.solve(problem, Say("zh"))
    assert solution is not None
    assert solution.answer == answer
    assert "逆运算" in solution.check


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("Tom has 12 apples. He eats 5 of them. How many apples does he have left?", "7"),
        ("Tom has 5 apples and Mary has 7 apples. How many apples do they have altogether?", "12"),
        (
            "Lily has 4 stickers. Her friend gives her 9 more stickers. How many stickers does she have now?",
            "13",
        ),
        ("There are 15 birds on a tree. 6 birds flew away. How many birds are left?", "9"),
        ("A pen costs $3. How much do 4 pens cost?", "12"),
        ("24 candies are shared equally among 6 children. How many candies does each child get?", "4"),
        ("A train travels at 60 km/h for 3 hours. How far does it travel?", "180"),
        ("A car travels 180 miles in 3 hours. What is its average speed?", "60"),
        ("Anna has 8 books. Ben has 5 more books than Anna. How many books does Ben have?", "13"),
        ("Anna is 12 years old. Ben is 3 years younger than Anna. How old is Ben?", "9"),
        (
            "Sara has 5 marbles. Tom has 3 times as many marbles as Sara. How many marbles does Tom have?",
            "15",
        ),
        ("Tom is nine years old. How old will he be in 5 years?", "14"),
        ("There are 6 boxes with 8 pencils in each box. How many pencils are there in total?", "48"),
    ],
)
def test_english_problems_of_one_step(problem: str, answer: str) -> None:
    solution = english.solve(problem, Say("en"))
    assert solution is not None
    assert solution.answer == answer
    assert solution.steps


@pytest.mark.parametrize(
    "problem",
    [
        "小红有15颗糖，平均分给4个小朋友，每个小朋友分到几颗？",
        "小明有12个苹果，吃了一半，还剩多少个？",
        "李奶奶养了3只公鸡，15只母鸡。6只鸡住一个鸡笼，一共需要多少个鸡笼？",
        "从一楼跑到五楼有96个台阶，从一楼跑到20楼要跑多少个台阶？",
        "挂钟6点钟敲6下，10秒敲完，9点钟敲9下，几秒敲完？",
    ],
)
def test_chinese_problems_with_a_turn_are_left_alone(problem: str) -> None:
    assert chinese.solve(problem, Say("zh")) is None


@pytest.mark.parametrize(
    "problem",
    [
        "Tom has 12 apples. He eats 5 pears. How many apples does he have left?",
        "Tom has 12 apples. He eats half of them. How many apples does he have left?",
        "Tom has 12 apples. He eats 5 of them each day. How many apples does he have left after 2 days?",
        "Tom has 5 apples and Mary has 7 pears. How many apples do they have altogether?",
        "25 candies are shared equally among 6 children. How many candies does each child get?",
    ],
)
def test_english_problems_with_a_turn_are_left_alone(problem: str) -> None:
    assert english.solve(problem, Say("en")) is None


@pytest.mark.parametrize(("name", "language"), [("math_zh", "zh"), ("math_en", "en")])
def test_no_problem_of_the_collections_gets_a_wrong_number(name: str, language: str) -> None:
    path = Path(__file__).parents[4] / "shared" / "data" / f"{name}.jsonl"
    if not path.exists():
        pytest.skip("the collections of problems are not beside the project")
    solve, say = (chinese.solve, Say("zh")) if language == "zh" else (english.solve, Say("en"))
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    answered = [(row, solution) for row in rows if (solution := solve(row["problem"], say)) is not None]
    wrong = [
        row["problem"] for row, solution in answered if Fraction(solution.answer) != Fraction(row["answer"])
    ]
    assert wrong == []
