"""What an answer is: a letter with its text, a form that is asked for, a unit; and measures of shapes."""

from __future__ import annotations

from fractions import Fraction

from drills.lies.drilled import Family, Posed
from drills.lies.notation import Pen
from drills.lies.oracle import Doubtful
from drills.lies.truths import latex, number, plain, word

__all__ = ["FAMILIES"]


def _choice(pen: Pen) -> Posed:
    """A question with four options: one letter is right, and nothing beside it may say otherwise."""
    chance = pen.chance
    a, b = chance.randint(2, 30), chance.randint(2, 30)
    value = a + b
    options = chance.sample([value, value + 1, value - 1, value + 10], 4)
    letters = "ABCD"
    right = letters[options.index(value)]
    other = letters[(options.index(value) + 1) % 4]
    third = letters[(options.index(value) + 2) % 4]
    listed = " ".join(f"{letter}. {option}" for letter, option in zip(letters, options, strict=True))
    text = pen.say(
        en=f"What is {pen.framed(f'{a} + {b}')}? {listed}",
        zh=f"计算 {pen.framed(f'{a} + {b}')} 的结果是（ ） {listed}",
    )
    truth = word(right, f"({right})", rf"\boxed{{{right}}}", f"{right}. {value}")
    said = {
        "another letter": other,
        "letter with another text": f"{right}. {options[letters.index(other)]}",
        "text with another letter": f"{other}. {value}",
        "two letters": f"{right} and {other}",
        "perhaps another": f"{right}, or maybe {other}",
        "the letter is denied": f"not {right}",
        "one is wrong, another right": f"{right}. is wrong, {other} is right",
        "either": f"{right} or {third}",
    }
    wrong = list(said.items())
    chance.shuffle(wrong)
    return Posed(text, truth, tuple((kind, word(answer)) for kind, answer in wrong))


def _decimal(pen: Pen) -> Posed:
    """A fraction as a decimal, a percentage or in lowest terms: another form of the same number is not asked for."""
    chance = pen.chance
    value = Fraction(chance.randint(1, 19), chance.choice((2, 4, 5, 8, 20, 25)))
    if value.denominator == 1:
        raise Doubtful
    k = chance.choice((2, 3))
    unreduced = f"{value.numerator * k}/{value.denominator * k}"
    decimal = f"{float(value):.4f}".rstrip("0")
    percent = plain(value * 100) if (value * 100).denominator == 1 else f"{float(value * 100):.1f}"
    shown = pen.either(latex(value), plain(value))
    choice = chance.randrange(3)
    if choice == 0:
        text = pen.say(en=f"Write {shown} as a decimal.", zh=f"把 {shown} 化成小数是多少？")
        wrong = [
            ("still a fraction", plain(value)),
            ("still a fraction", unreduced),
            ("place of the point", f"{float(value * 10):.4f}"),
        ]
        return Posed(
            text, word(decimal, f"${decimal}$"), tuple((kind, word(answer)) for kind, answer in wrong)
        )
    if choice == 1:
        text = pen.say(en=f"Express {shown} as a percent.", zh=f"把 {shown} 化成百分数是多少？")
        wrong = [
            ("no percentage", plain(value)),
            ("place of the point", f"{decimal}%"),
            ("upside down", f"{float(100 / value):.4f}%"),
        ]
        return Posed(
            text, word(f"{percent}%", rf"{percent}\%"), tuple((kind, word(answer)) for kind, answer in wrong)
        )
    text = pen.say(
        en=f"Express {pen.framed(decimal)} as a fraction in simplest form.",
        zh=f"把 {pen.framed(decimal)} 化成最简分数是多少？",
    )
    wrong = [("not reduced", unreduced), ("still a decimal", decimal), ("upside down", plain(1 / value))]
    return Posed(
        text,
        word(plain(value), latex(value)),
        tuple((kind, word(answer)) for kind, answer in wrong if answer != plain(value)),
    )


_RATIOS = (
    ("feet", "inches", 12),
    ("meters", "centimeters", 100),
    ("hours", "minutes", 60),
    ("yards", "feet", 3),
    ("kilograms", "grams", 1000),
    ("days", "hours", 24),
)


def _conversion(pen: Pen) -> Posed:
    large, small, ratio = pen.chance.choice(_RATIOS)
    n = pen.chance.randint(2, 12)
    text = pen.pick(
        f"Convert {pen.math(n)} {large} to {small}.", f"How many {small} are in {pen.math(n)} {large}?"
    )
    truth = word(f"{n * ratio}", f"{n * ratio} {small}", f"${n * ratio}$ {small}")
    wrong = [
        ("not converted", f"{n} {large}"),
        ("not converted", f"{n}"),
        ("other unit", f"{n * ratio} {large}"),
        ("wrong way", plain(Fraction(n, ratio))),
        ("wrong way", f"{n} {small}"),
    ]
    return Posed(text, truth, tuple((kind, word(answer)) for kind, answer in wrong))


_LENGTHS = (("cm", "meters", 100), ("inches", "feet", 12), ("feet", "yards", 3), ("mm", "cm", 10))


def _measure(pen: Pen) -> Posed:
    """Area or volume, which may be asked for in another unit than the lengths are given in."""
    chance = pen.chance
    given, wanted, ratio = chance.choice(_LENGTHS)
    times, converted = chance.randint(2, 9), chance.random() < 0.6
    size = times * ratio if converted else times
    unit = wanted if converted else given
    asked = times if converted else size
    if chance.random() < 0.5:
        text = f"What is the area, in square {unit}, of a circle with radius {pen.math(size)} {given}?"
        good, bad = (
            f"{asked**2}\\pi",
            [
                ("unit dropped", f"{size**2}\\pi"),
                ("converted once", f"{size**2 // ratio}\\pi"),
                ("circumference", f"{2 * asked}\\pi"),
                ("pi forgotten", f"{asked**2}"),
                ("other unit", f"{asked**2}\\pi square miles"),
            ],
        )
    else:
        text = f"What is the volume, in cubic {unit}, of a cube with edge length {pen.math(size)} {given}?"
        good, bad = (
            f"{asked**3}",
            [
                ("unit dropped", f"{size**3}"),
                ("converted once", f"{size**3 // ratio}"),
                ("surface", f"{6 * asked**2}"),
                ("other unit", f"{asked**3} cubic miles"),
            ],
        )
    return Posed(
        text, word(good, f"${good}$"), tuple((kind, word(answer)) for kind, answer in bad if answer != good)
    )


def _percent(pen: Pen) -> Posed:
    chance = pen.chance
    share, whole = chance.choice((5, 10, 20, 25, 40, 75, 120)), chance.choice((20, 40, 80, 200, 360))
    part = Fraction(share * whole, 100)
    if part.denominator != 1:
        raise Doubtful
    if chance.random() < 0.5:
        text = pen.say(
            en=f"What is {pen.either(rf'{share}\%', f'{share}%')} of {pen.math(whole)}?",
            zh=f"{pen.math(whole)} 的 {pen.either(rf'{share}\%', f'{share}%')} 是多少？",
        )
        return Posed(
            text,
            number(part, pen.language),
            (("not a part", number(share * whole)), ("more by it", number(whole + part))),
        )
    text = pen.say(
        en=f"What percent of {pen.math(whole)} is {pen.math(part)}?",
        zh=f"{pen.math(part)} 是 {pen.math(whole)} 的百分之几？",
    )
    return Posed(
        text,
        word(f"{share}%", rf"{share}\%"),
        (
            ("not a percentage", word(f"{share / 10000:.4f}")),
            ("upside down", word(f"{latex(Fraction(whole * 100) / part)}\\%")),
        ),
    )


FAMILIES: dict[str, Family] = {
    "multiple choice": _choice,
    "form that is asked for": _decimal,
    "conversion of units": _conversion,
    "measure of a shape": _measure,
    "percent": _percent,
}
