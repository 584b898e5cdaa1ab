"""The working of a word problem: operations on its numbers, each with its reason, and a check by the inverse."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from embedded_model.solvers.reduction import decimal_text
from embedded_model.values.formalisation import Operator
from embedded_model.values.solution import Say, Solution, Step
from embedded_model.word_problems.formalising import Operation, formalise

__all__ = ["Working", "number", "tex"]

_REASONS = {
    "total": ("What is put together is added", "求一共是多少，把各部分相加"),
    "left": ("What is gone is subtracted from what there was", "求剩下多少，从原有的数里减去用掉的数"),
    "undone": (
        "Backwards: what went is added again, what came is subtracted",
        "倒推：用去的加回来，增加的减回去",
    ),
    "difference": ("The difference is the larger number minus the smaller", "求相差多少，用大数减小数"),
    "more": ("More than a number: add", "比一个数多，用加法"),
    "fewer": ("Fewer than a number: subtract", "比一个数少，用减法"),
    "product": ("The amount for one, times how many there are", "每份的数乘份数，得总数"),
    "multiple": ("So many times a number: multiply", "求一个数的几倍，用乘法"),
    "share": ("Equal shares are found by division", "总数除以份数，得每份的数"),
    "one": ("First the amount for one", "先求一份是多少"),
    "fits": ("How many times one share fits into the whole", "总数里有几个这样的一份，用除法"),
    "area": ("The area of a rectangle is its length times its width", "长方形的面积等于长乘宽"),
    "half perimeter": ("Length and width together are half of the perimeter", "先求长与宽的和"),
    "perimeter": ("The perimeter is twice that", "周长是长与宽之和的 2 倍"),
    "measure": ("By the formula of the figure", "根据图形的计算公式"),
    "half": ("Half of it", "取它的一半"),
    "around": ("The diameter is the circumference divided by π (3.14)", "直径等于周长除以圆周率（取 3.14）"),
    "unit": ("In the unit that is asked for", "换算单位"),
    "twice": ("What was counted twice is taken away once", "重复数的部分减去一次"),
    "cuts": ("One cut less than there are pieces", "锯的次数比段数少 1"),
    "ends": ("Trees and gaps: count the ends", "棵数与间隔数的关系，考虑两端"),
    "part of work": (
        "The whole work is 1; so much of it in one day",
        "把总工作量看作 1，求单位时间的工作效率",
    ),
    "percent": ("Percent means hundredths", "百分数化为分母是 100 的数"),
    "square area": ("The area of a square is its side times itself", "正方形的面积等于边长乘边长"),
    "square perimeter": ("A square has four equal sides", "正方形的周长等于边长乘 4"),
}
# Measured decimals may have as many places as a binary fraction of 64 bits shows.
_PLACES = 20
_SIGNS = {"+": "+", "-": "-", "*": r"\times", "/": r"\div"}


@dataclass(frozen=True)
class _Line:
    why: str
    shown: str


class Working:
    """Collects the operations of the problem in *text*; where that has decimals, results that end are written as such."""

    def __init__(self, say: Say, text: str) -> None:
        self.say = say
        self._text = text
        self._decimal = re.search(r"\d[.．]\d", text) is not None
        self._lines: list[_Line] = []
        self._operations: list[Operation] = []
        self._check = ""
        self._formal = True

    def calculate(self, first: Fraction, op: Operator, second: Fraction, reason: str) -> Fraction:
        """One operation, written down with its *reason*, a key of the table above.

        Raises:
            ZeroDivisionError: as it says.
        """
        result = {"+": first + second, "-": first - second, "*": first * second}.get(op)
        if result is None:
            result = first / second
        show = self.show
        self._operations.append(Operation(first, op, second, result))
        self._lines.append(
            _Line(self.say(*_REASONS[reason]), f"{show(first)} {_SIGNS[op]} {show(second)} = {show(result)}")
        )
        back = {"+": "-", "-": "+", "*": "/", "/": "*"}[op]
        if second or back != "/":
            self._check = f"{show(result)} {_SIGNS[back]} {show(second)} = {show(first)}"
        return result

    def show(self, value: Fraction) -> str:
        """A number as LaTeX."""
        return tex(value, decimal=self._decimal)

    def decimals(self) -> None:
        """Write results as decimals, as one does with 3.14 for π."""
        self._decimal = True

    def rounded_up(self, value: Fraction, whole: Fraction) -> Fraction:
        """*value* as the next whole number: the last one need not be full."""
        why = self.say("The last one need not be full: round up", "最后不满也要算一个，用进一法")
        self._lines.append(_Line(why, rf"{self.show(value)} \rightarrow {self.show(whole)}"))
        self._formal = False
        return whole

    def solution(self, answer: Fraction) -> Solution:
        """The solution, its answer a plain number."""
        say = self.say
        formalisation = formalise(self._text, self._operations) if self._formal else None
        givens = formalisation.givens if formalisation is not None else ()
        listed = say(", ", "、").join(f"${self.show(given.value)}$" for given in givens)
        return Solution(
            kind=say("This is a word problem.", "这是一道应用题。"),
            information=say(
                f"The numbers given are {listed}; find what the question asks for.",
                f"已知的数有 {listed}，求题目所问的量。",
            ),
            steps=tuple(
                Step(
                    say("Calculate", "列式计算"), f"{line.why}{say(': ', '：')}${line.shown}${say('.', '。')}"
                )
                for line in self._lines
            ),
            answer=self.show(answer),
            check=say(
                f"Backwards, ${self._check}$, which is what the problem says.",
                f"逆运算验证：${self._check}$，与题目所给的数一致。",
            ),
            formalisation=formalisation,
        )


def number(text: str) -> Fraction:
    """A number as it stands in a text: ``1,200``, ``2.5``, ``3/4``."""
    return Fraction(text.replace(",", "").replace("，", ""))


def tex(value: Fraction, *, decimal: bool) -> str:
    """LaTeX of a number; whole ones and, with *decimal*, those that end are written with digits only."""
    text = decimal_text(value, _PLACES) if decimal or value.denominator == 1 else None
    if text is not None:
        return text
    sign = "-" if value < 0 else ""
    return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"
