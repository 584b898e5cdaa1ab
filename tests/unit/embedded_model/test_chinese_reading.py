"""Chinese word problems are read by their units, their comparisons, what came and went, their figures and their kinds."""

from __future__ import annotations

import pytest
from embedded_model.values.solution import Say
from embedded_model.word_problems import chinese


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("一箱牛奶有12盒，小店进了8箱，一共进了多少盒牛奶？", "96"),
        ("小店有9箱汽水，每箱24瓶，卖了50瓶，还剩多少瓶？", "166"),
        ("王师傅加工了84个零件，拿走12个，剩下的每8个装一盒，可以装多少盒？", "9"),
        ("一支毛笔6元，一盒有5支毛笔，王老师买了4盒，一共需要多少元？", "120"),
        ("学校买来6盒粉笔，每盒20支，平均发给8个班，每个班分得几支粉笔？", "15"),
        ("小林4分钟走280米，照这样计算，小林9分钟走多少米？", "630"),
        ("每6个橘子装一袋，装了9袋，还剩4个，一共有多少个橘子？", "58"),
        ("把50千克油装进每桶8千克的桶里，至少要用多少个桶？", "7"),
        ("4人一组，每组种7棵树，一共种了56棵树。参加种树的一共有多少人？", "32"),
        ("一个星期共卖出书包84个，平均每天卖出多少个？", "12"),
    ],
)
def test_units_tell_what_to_multiply_and_divide(problem: str, answer: str) -> None:
    solution = chinese.solve(problem, Say("zh"))
    assert solution is not None
    assert solution.answer == answer
    assert solution.steps


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("小红折了15只纸鹤，小兰比小红多折6只，小青比小兰少折4只，小青折了多少只纸鹤？", "17"),
        ("白兔有24只，灰兔的只数是白兔的3倍少5只，灰兔有多少只？", "67"),
        ("一本词典36元，一本画册9元，词典的价钱是画册的多少倍？", "4"),
        ("图书角有童话书63本，是科技书的7倍，科技书有多少本？", "9"),
        ("小明有30元，买书用去12.5元，买笔用去4.5元，还剩多少元？", "13"),
        ("小林看一本书，已经看了45页，还剩38页没看，这本书一共有多少页？", "83"),
        ("鱼缸里有20条鱼，捞走了一些后，还剩13条。捞走了几条鱼？", "7"),
        ("停车场有50辆车，开走一些后，还剩18辆。开走了多少辆？", "32"),
        ("两个小队一共收集了75个瓶子，其中红队收集了41个，蓝队收集了多少个？", "34"),
        ("王叔叔家有白兔70只，黑兔20只，灰兔40只。白兔和黑兔共有多少只？", "90"),
        ("池塘里有6只青蛙，又跳走了3只，还剩下多少只青蛙？", "3"),
        ("小云买一把伞，付了50元，找回14元，这把伞多少元？", "36"),
    ],
)
def test_comparisons_and_stories(problem: str, answer: str) -> None:
    solution = chinese.solve(problem, Say("zh"))
    assert solution is not None
    assert solution.answer == answer


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("一个长方形的周长是30厘米，长是9厘米，它的宽是多少厘米？", "6"),
        ("一个平行四边形的底是8分米，高是5分米，它的面积是多少平方分米？", "40"),
        ("一个梯形的上底是3米，下底是7米，高是4米，它的面积是多少平方米？", "20"),
        ("一个长方体长6厘米，宽5厘米，高4厘米，它的体积是多少立方厘米？", "120"),
        ("一块长方形地长400米，宽250米，这块地的面积是多少公顷？", "10"),
        ("一个圆柱的底面半径是2厘米，高是5厘米，它的体积是多少立方厘米？", "62.8"),
        ("同学们排成一队，从前往后数小明排第8个，从后往前数小明排第12个，这一队一共有多少人？", "19"),
        ("一根木头锯成5段，每锯一次要4分钟，一共要多少分钟？", "16"),
        ("一件工作，甲单独做10天完成，乙单独做15天完成，两人合作几天完成？", "6"),
        (
            "两车同时从两地相对开出，客车每小时行60千米，货车每小时行50千米，3小时后相遇，两地相距多少千米？",
            "330",
        ),
    ],
)
def test_figures_and_kinds(problem: str, answer: str) -> None:
    solution = chinese.solve(problem, Say("zh"))
    assert solution is not None
    assert solution.answer == answer


@pytest.mark.parametrize(
    "problem",
    [
        "每只鸡有2只脚，每只兔有4只脚，笼子里有8只，一共有多少只脚？",
        "有30人，平均分成5组，每组男女各一半，每组有女生多少人？",
        "妈妈今年34岁，小红今年4岁，明年妈妈的年龄是小红的多少倍？",
        "一块长方形稻田，长240米，宽90米，它的面积是多少平方米，合多少公顷？",
        "两车同时从两地相对开出，客车每小时行60千米，货车每小时比客车多行10千米，3小时后相遇，两地相距多少千米？",
        "池塘里有6只青蛙，又跳走了一些，还剩下多少只青蛙？",
        "小明有12本书，小红有8本书，小明给小红2本后，两人一共有多少本？",
        "一辆汽车3小时行180千米，照这样计算，再行5小时，一共行多少千米？",
        "有50个苹果，每7个装一袋，可以装多少袋？",
        "每2人通一次电话，4个人一共通多少次？",
        "一个圆锥和一个圆柱等底等高，圆柱的体积是30立方厘米，圆锥的体积是多少立方厘米？",
        "苹果树和梨树一共48棵，苹果树是梨树的3倍，梨树有多少棵？",
    ],
)
def test_what_is_not_read_whole_is_left_alone(problem: str) -> None:
    assert chinese.solve(problem, Say("zh")) is None
