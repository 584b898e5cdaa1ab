"""Numbers in bases: converted, summed by their digits, or added."""

from __future__ import annotations

from drills.lies.drilled import Family, Posed
from drills.lies.notation import Pen
from drills.lies.oracle import digits
from drills.lies.truths import Truth, number

__all__ = ["FAMILIES"]


def _numeral(written: str, base: int) -> Truth:
    """A numeral with its base, where the problem asks for one."""
    return Truth(
        ("digits", written), (f"{written}_{base}", f"{written}_{{{base}}}", f"${written}_{{{base}}}$")
    )


def _bare(written: str) -> Truth:
    """Digits without a base."""
    return Truth(("digits", written), (written,))


def _bases(pen: Pen) -> tuple[int, int]:
    base, other = pen.chance.sample((2, 3, 4, 5, 6, 7, 8, 9), 2)
    return base, other


def _based(pen: Pen, written: str, base: int) -> str:
    return pen.either(
        f"{written}_{{{base}}}" if pen.chance.random() < 0.5 else f"{written}_{base}", f"{written}_{base}"
    )


def _to_ten(pen: Pen) -> Posed:
    n, (base, _) = pen.chance.randint(5, 300), _bases(pen)
    written = digits(n, base)
    text = pen.pick(
        f"Convert {pen.framed(written)} in base {pen.math(base)} to base {pen.math(10)}.",
        f"What is {_based(pen, written, base)} in base {pen.math(10)}?",
    )
    return Posed(text, number(n), (("left as it is", number(int(written))), ("one off", number(n + base))))


def _from_ten(pen: Pen) -> Posed:
    n, (base, other) = pen.chance.randint(9, 300), _bases(pen)
    written, shown = digits(n, other), pen.math(n)
    text = pen.pick(
        f"Convert {shown} to base {pen.math(other)}.", f"Express {shown} in base {pen.math(other)}."
    )
    decoys = (
        ("off by one", _numeral(digits(n + 1, other), other)),
        ("digits reversed", _numeral(written[::-1].lstrip("0"), other)),
        ("not converted", _bare(str(n))),
        ("another base", _bare(digits(n, base))),
    )
    return Posed(text, _numeral(written, other), decoys)


def _between(pen: Pen) -> Posed:
    n, (base, other) = pen.chance.randint(9, 300), _bases(pen)
    written = digits(n, base)
    text = f"Convert {pen.framed(written)} in base {pen.math(base)} to base {pen.math(other)}."
    decoys = (
        ("read in base ten", _numeral(digits(int(written), other), other)),
        ("left as it is", _bare(written)),
    )
    return Posed(text, _numeral(digits(n, other), other), decoys)


def _digit_sum(pen: Pen) -> Posed:
    n, (base, _) = pen.chance.randint(5, 300), _bases(pen)
    written = digits(n, base)
    in_ten = number(sum(map(int, str(n))))
    text = f"What is the sum of the digits of {_based(pen, written, base)}?"
    return Posed(text, number(sum(map(int, written))), (("digits in base ten", in_ten),))


def _added(pen: Pen) -> Posed:
    """All numbers of the problem are in one base."""
    (base, _), one, two = _bases(pen), pen.chance.randint(3, 60), pen.chance.randint(3, 60)
    a, b = digits(one, base), digits(two, base)
    plain = pen.framed(f"{a} + {b}")
    text = pen.pick(
        f"All numbers in this problem are in base {pen.math(base)}. What is {plain}?",
        f"What is {plain} in base {pen.math(base)}? (The numbers are in base {pen.math(base)}.)",
        f"Compute {pen.framed(f'{a}_{base} + {b}_{base}')} in base {pen.math(base)}.",
    )
    decoys = (
        ("added in base ten", _bare(str(int(a) + int(b)))),
        ("value in base ten", _bare(str(one + two))),
    )
    return Posed(text, _numeral(digits(one + two, base), base), decoys)


FAMILIES: dict[str, Family] = {
    "base ten": _to_ten,
    "number to a base": _from_ten,
    "base to base": _between,
    "digits of a base": _digit_sum,
    "sum in a base": _added,
}
