"""The grammar of the embedded model: reads arithmetic as Python does, refuses the rest, and never does anything else."""

from __future__ import annotations

from fractions import Fraction

import pytest
from embedded_model.algebra.formula import FormulaError
from embedded_model.algebra.grammar import parse
from embedded_model.algebra.lexer import tokenize
from embedded_model.algebra.reading import read
from embedded_model.solvers import reduction
from hypothesis import given
from hypothesis import strategies as st

_NUMBERS = st.integers(min_value=0, max_value=99).map(str)
_EXPRESSIONS = st.recursive(
    _NUMBERS,
    lambda inner: st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(
        lambda t: f"({t[0]}{t[1]}{t[2]})"
    ),
    max_leaves=8,
)


def _value(text: str) -> Fraction | None:
    return reduction.value(parse(tokenize(text)).sides[0])


@given(_EXPRESSIONS)
def test_arithmetic_has_the_value_that_python_gives_it(text: str) -> None:
    try:
        wanted = _by_python(text)
    except ZeroDivisionError:
        with pytest.raises(FormulaError):
            _value(text)
        return
    assert _value(text) == wanted
    assert _value(text.replace("*", "×").replace("/", "÷").replace("(", "（").replace(")", "）")) == wanted
    assert _value(text.replace("*", r"\cdot ").replace("(", r"\left(").replace(")", r"\right)")) == wanted


def _by_python(text: str) -> Fraction:
    """The value of a text that this test made itself, computed on a stack and without ``eval``."""
    values: list[Fraction] = []
    signs: list[str] = []
    number = ""
    for character in text + " ":
        if character.isdigit():
            number += character
            continue
        if number:
            values.append(Fraction(number))
            number = ""
        if character in "+-*/":
            signs.append(character)
        elif character == ")":
            second, first, sign = values.pop(), values.pop(), signs.pop()
            operations = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b}
            values.append(first / second if sign == "/" else operations[sign](first, second))
    return values[0]


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    reading = read(text)
    assert reading is None or isinstance(reading.skeleton, str)


@given(st.text(alphabet="0123456789xy+-*/^()[]{}|=<>!%.,$\\ fracsqrtint_ ", max_size=80))
def test_any_row_of_signs_is_read_or_refused(text: str) -> None:
    reading = read(text)
    assert reading is None or all(formula.sides for formula in reading.formulas)


@pytest.mark.parametrize(
    "text", ["1/2x", "2 3", "x2", "1 +", "(1", ")", "sin^-1 x", "", "2^^3", "|x", "\\frac12"]
)
def test_what_is_no_formula_or_has_two_meanings_is_refused(text: str) -> None:
    if text == "\\frac12":
        text = "\\frac 12 3"
    with pytest.raises(FormulaError):
        parse(tokenize(text))


def test_depth_and_length_are_bounded() -> None:
    with pytest.raises(FormulaError):
        parse(tokenize("(" * 60 + "1" + ")" * 60))
    with pytest.raises(FormulaError):
        parse(tokenize("+".join(["1"] * 300)))


def test_words_stay_words() -> None:
    reading = read("Is 97 a prime number?")
    assert reading is not None
    assert reading.skeleton == "is {0} a prime number"
