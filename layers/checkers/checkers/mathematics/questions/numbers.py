"""Questions about whole numbers: remainders, bases, digits, rounding, decimals, units."""

from __future__ import annotations

import re

import sympy as sp

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.build import build
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.formulas.rounding import rounded
from checkers.mathematics.formulas.units import UNITS
from checkers.mathematics.problem.notes import shape_of
from checkers.mathematics.questions.matched_numbers import integer, number
from checkers.mathematics.questions.registry import Ask, asked
from checkers.mathematics.questions.sequences import dotted_sum
from checkers.mathematics.questions.values import value_expected

__all__ = ["QUESTIONS"]

_METHOD = "number theory"

_WHAT = r"(?:what is|what's|find|compute|determine|calculate|evaluate|求|give)"


@asked(
    rf"{_WHAT} the (?:remainder|modulo <m> remainder) (?:when|of|if) <a> is divided by <m2>",
    rf"{_WHAT} the remainder (?:when|if) (?:we divide|dividing) <a> by <m2>",
    r"what is the remainder (?:when|of) <a> (?:divided|is divided) by <m2>",
    r"when <a> is divided by <m2>,? what is the remainder",
    r"<a> ?除以 ?<m2> ?的余数(?:是|为)?(?:多少)?[() _]*",
    rf"{_WHAT} the modulo <m2> remainder of (?:the sum )?<a>",
    rf"{_WHAT} the remainder of <a> when (?:it is )?divided by <m2>",
    words="when it remainder divided divide dividing we sum modulo 余数 除以",
)
def _remainder(ask: Ask) -> Expected:
    divisor = ask.tree("m2")
    made = build(divisor, ask.facts.context())
    if made.free_symbols:
        return _polynomial_remainder(ask)
    modulus = integer(ask, "m2")
    if not 1 < modulus <= 10**9:
        raise NotUnderstood("no modulus")
    return value_expected(ask, sp.Integer(residue(ask.tree("a"), modulus, ask)), None, method=_METHOD)


def _polynomial_remainder(ask: Ask) -> Expected:
    _, remainder = _divided(ask, "a", "m2")
    if not remainder.free_symbols:
        return value_expected(ask, remainder, None)
    return Expected("expression", (remainder,), "recomputation", form="expanded")


def _divided(ask: Ask, above: str, below: str) -> tuple[sp.Expr, sp.Expr]:
    context = ask.facts.context()
    tree = ask.tree(above)
    if tree.kind == "rel" and tree.text == "=" and tree.parts[0].kind == "apply":
        tree = tree.parts[1]
    dividend, divisor = build(tree, context), build(ask.tree(below), context)
    names = dividend.free_symbols | divisor.free_symbols
    if len(names) != 1 or not dividend.is_polynomial() or not divisor.is_polynomial() or ask.facts.equations:
        raise NotUnderstood("no polynomials in one name")
    quotient, remainder = sp.div(dividend, divisor, names.pop(), domain="QQ")
    return sp.expand(quotient), sp.expand(remainder)


@asked(
    r"(?:find|what is|compute|determine) the (?P<which>quotient|remainder) (?:when|if|of) <a> is divided by <m2>",
    r"(?:find|what is|compute|determine) the (?P<which>quotient|remainder) (?:when|of) (?:dividing )?<a> (?:divided by|by) <m2>",
    words="divided dividing",
)
def _division(ask: Ask) -> Expected:
    quotient, remainder = _divided(ask, "a", "m2")
    value = quotient if ask.word("which") == "quotient" else remainder
    if not value.free_symbols:
        return value_expected(ask, value, None)
    return Expected("expression", (value,), "recomputation", form="expanded")


def residue(tree: Node, modulus: int, ask: Ask) -> int:
    """The least non-negative residue; powers by modular exponentiation, so that large ones are no trouble."""
    if _has_dots(tree):
        return int(dotted_sum(tree, ask)) % modulus
    if tree.kind in ("add", "sub", "mul"):
        left, right = (residue(part, modulus, ask) for part in tree.parts)
        return {"add": left + right, "sub": left - right, "mul": left * right}[tree.kind] % modulus
    if tree.kind in ("neg", "pos"):
        inner = residue(tree.parts[0], modulus, ask)
        return (-inner if tree.kind == "neg" else inner) % modulus
    if tree.kind == "pow":
        exponent = build(tree.parts[1], ask.facts.context())
        if isinstance(exponent, sp.Integer) and 0 <= exponent < 10**18:
            return pow(residue(tree.parts[0], modulus, ask), int(exponent), modulus)
        raise NotUnderstood("no exponent")
    if tree.kind == "fact":
        top = build(tree.parts[0], ask.facts.context())
        if isinstance(top, sp.Integer) and 0 <= top <= 100_000:
            product = 1
            for factor in range(2, int(top) + 1):
                product = product * factor % modulus
            return product % modulus
        raise NotUnderstood("no factorial")
    value = build(tree, ask.facts.context())
    if not isinstance(value, sp.Integer):
        raise NotUnderstood("no integer")
    return int(value) % modulus


def _has_dots(tree: Node) -> bool:
    return tree.kind == "dots" or any(_has_dots(part) for part in tree.parts)


@asked(
    rf"{_WHAT} the (?:units|ones|last|unit's|one's) digit (?:of|in) (?:the number )?<a>",
    rf"{_WHAT} the (?P<tens>tens) digit (?:of|in) (?:the (?:number )?)?<a>",
    r"<a> ?的个位(?:数字|数)(?:是|为)?(?:多少|几)?[() _]*",
    words="units ones last unit's one's unit one s 个位 个位数字 个位数 数字",
)
def _digit(ask: Ask) -> Expected:
    tree = ask.tree("a")
    if _holds_base(tree):
        raise NotUnderstood("digits in another base")
    if _may_be_negative(tree) and not build(tree, ask.facts.context()) >= 0:
        raise NotUnderstood("the digit of a negative number")
    last = residue(tree, 100, ask)
    return value_expected(ask, sp.Integer(last // 10 if ask.has("tens") else last % 10), None, method=_METHOD)


def _may_be_negative(tree: Node) -> bool:
    return tree.kind in ("sub", "neg") or any(_may_be_negative(part) for part in tree.parts)


_BASES = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_BASE = r"(?:base[ -](?:<b>|(?P<bw>two|three|four|five|six|seven|eight|nine|ten))|(?P<sys>binary|octal|decimal|hexadecimal)(?: form| notation)?|a base[ -]<b3> (?:integer|number|numeral))"


@asked(
    rf"(?:express|convert|write|rewrite|what is) (?:the )?(?:(?P<from>base[ -](?:<a0>|ten|10)|decimal|binary) )?(?:number |integer )?<n>(?P<from2> \(?in base[ -](?:<f>|ten)\)?)? (?:in|to|as)(?: a number in)? {_BASE}",
    rf"(?:the (?P<from>binary |base[ -]<a0> )?number )?<n> is equal to what number in {_BASE}",
    rf"what is <n>(?: written| expressed)? in {_BASE}",
    words="base numeral",
)
def _converted(ask: Ask) -> Expected:
    tree = ask.tree("n")
    value = build(tree, ask.facts.context())
    if not isinstance(value, sp.Integer) or value < 1 or tree.kind not in ("num", "based"):
        raise NotUnderstood("no number to convert")
    source = _base_of(ask)
    if tree.kind == "num" and source is not None:
        value = _in_base(tree.text, source)
    elif source is not None and value != _in_base(tree.text.split("_")[0], source):
        raise NotUnderstood("two bases of one number")
    base = _asked_base(ask)
    if base == 10:
        # Not by the words of the question, which name the other base too.
        return Expected("value", (value,), "conversion")
    return Expected("digits", (value,), "conversion", base=base)


def _base_of(ask: Ask) -> int | None:
    """The base that the words beside the number name."""
    words, more = ask.word("from"), ask.word("from2")
    if words and more:
        raise NotUnderstood("two bases of one number")
    if words == "binary":
        return 2
    if not words + more:
        return None
    group = "a0" if ask.has("a0") else "f"
    return int(ask.formula(group)) if ask.has(group) else 10


def _asked_base(ask: Ask) -> int:
    if ask.has("b") or ask.has("b3"):
        text = ask.formula("b" if ask.has("b") else "b3")
        if not text.isdigit() or not 2 <= int(text) <= 36:
            raise NotUnderstood("no base")
        return int(text)
    if ask.has("bw"):
        return _BASES[ask.word("bw")]
    return {"binary": 2, "octal": 8, "decimal": 10, "hexadecimal": 16}[ask.word("sys")]


def _in_base(digits: str, base: int) -> sp.Integer:
    return sp.Integer(int(digits, base))


@asked(
    r"(?:compute|find|what is|determine|evaluate) (?:the (?:multiplicative )?inverse of )?<a>(?: modulo <m>)?",
    words="inverse multiplicative modulo",
)
def _inverse(ask: Ask) -> Expected:
    match = re.fullmatch(r"(.+?)\s*\^\s*\{?-1\}?\s*(?:\\pmod|\\bmod|\\mod)\s*\{?(\d+)\}?", ask.formula("a"))
    if match:
        base, modulus = match[1].strip("{} "), int(match[2])
    elif "inverse" in ask.text and ask.has("m"):
        base, modulus = ask.formula("a"), integer(ask, "m")
    else:
        raise NotUnderstood("no inverse")
    if not base.isdigit() or not 2 <= modulus <= 10**6 or sp.igcd(int(base), modulus) != 1:
        raise NotUnderstood("no inverse")
    return value_expected(ask, sp.Integer(pow(int(base), -1, modulus)), None, method=_METHOD)


@asked(
    r"(?:if|(?:what|find the|determine the|find the unique|what is the) (?P<kind>integer))?,? ?<n>,? ?(?:satisfies|that satisfies|such that|satisfying)? ?<r> and <c>",
    r"if <c>,? (?:and|where) <r>,? (?:what is|find)(?: the value of)? <n>",
    words="unique",
)
def _congruence(ask: Ask) -> Expected:
    ask.kinds()
    bounds = re.fullmatch(r"(\d+)\s*\\le\s*([a-z])\s*(\\le|<)\s*(\d+)", ask.formula("r").strip())
    congruence = re.fullmatch(
        r"(.+?)\s*\\equiv\s*(.+?)\s*\\pmod\s*\{?(\d+)\}?", ask.formula("c").strip().rstrip("?. ").strip()
    )
    if bounds is None or congruence is None or ask.formula("n").strip() != bounds[2]:
        raise NotUnderstood("no congruence")
    modulus = int(congruence[3])
    if not 2 <= modulus <= 10**6 or int(bounds[4]) > 10**6:
        raise NotUnderstood("no modulus")
    name = bounds[2]
    left, right = ask.facts.parse(congruence[1]), ask.facts.parse(congruence[2])
    if left != Node("name", text=name) and right == Node("name", text=name):
        left, right = right, left
    if left != Node("name", text=name):
        raise NotUnderstood("a congruence that is not solved")
    wanted = residue(right, modulus, ask)
    high = int(bounds[4]) + (bounds[3] == r"\le")
    found = [k for k in range(int(bounds[1]), high) if k % modulus == wanted]
    if len(found) != 1:
        raise NotUnderstood("not one number")
    return value_expected(ask, sp.Integer(found[0]), left, method=_METHOD)


@asked(
    r"round <n> to the nearest (?P<place>[a-z -]+)",
    r"what is <n> rounded to the nearest (?P<place>[a-z -]+)",
    words="rounded",
)
def _rounded(ask: Ask) -> Expected:
    shape = shape_of(ask.read, f"to the nearest {ask.word('place')}")
    if shape.decimals is None:
        raise NotUnderstood("no place")
    value = rounded(number(ask, "n"), shape.decimals)
    return Expected("value", (value,), "recomputation", decimals=shape.decimals)


@asked(
    r"how many (?:zeroes|zeros) (?:are (?:there )?at the end of|does the decimal representation of) <n>(?: end with| have at the end)?",
    r"how many (?:trailing zeros|trailing zeroes) does <n> have",
    r"how many (?:zeroes|zeros) does <n> end with",
    words="zeroes zeros end trailing decimal representation",
)
def _zeros(ask: Ask) -> Expected:
    value = number(ask, "n")
    if not isinstance(value, sp.Integer) or value < 1:
        raise NotUnderstood("no integer")
    digits = str(int(value))
    return value_expected(ask, sp.Integer(len(digits) - len(digits.rstrip("0"))), None, method=_METHOD)


@asked(
    r"(?:write|express|convert) <a> (?:as|to|into) a (?P<as>decimal|fraction|common fraction|percent|percentage|mixed number|improper fraction|terminating decimal|repeating decimal)(?P<form> in (?:simplest form|lowest terms))?",
    r"what is <a> (?:expressed|written) as a (?P<as>decimal|fraction|common fraction|percent)(?P<form> in (?:simplest form|lowest terms))?",
    r"what (?P<as>percent|percentage) is equal to <a>",
    r"(?:把|将)? ?<a> ?(?:化成|化为|写成|改写成)(?:最简)?(?P<as>分数|小数|百分数)(?:是|为)?(?:多少)?[() _]*",
    r"(?:write|express|convert) (?:the )?(?:number )?<a> (?:in|to|into|using) (?P<as>scientific notation)",
    r"(?:将|把)?(?:数据|数字|数)? ?[\"'(]? ?<a> ?[\"')]? ?用(?P<as>科学记数法|科学计数法)(?:可)?表示(?:为|是)?[() _]*",
    words="expressed written convert using notation 最简 化成 化为 改写成 用 表示 可表示 数据 数字",
)
def _rewritten(ask: Ask) -> Expected:
    tree = ask.tree("a")
    value = number(ask, "a")
    if not isinstance(value, sp.Rational):
        raise NotUnderstood("no fraction")
    if ask.word("as").startswith(("percent", "百分")):
        return Expected(
            "value", (value * 100,), "conversion", unit=UNITS["percent"], form="percent", question=tree
        )
    return Expected("value", (value,), "conversion", form=_form(ask.word("as"), value), question=tree)


def _form(words: str, value: sp.Rational) -> str:
    """How the number is to be written; a whole number has one form only."""
    if words.startswith(("scientific", "科学")):
        return "scientific"
    if value.q == 1:
        return ""
    if "mixed" in words:
        return "mixed"
    return "fraction" if "fraction" in words or words == "分数" else "decimal"


@asked(
    r"(?:if )?<a> is congruent to <n> modulo <m>, where <r>, what is(?: the value of)? <n2>",
)
def _congruent(ask: Ask) -> Expected:
    modulus, name = integer(ask, "m"), ask.formula("n").strip()
    bounds = re.sub(r"\s", "", ask.formula("r"))
    if not 2 <= modulus <= 10**9 or bounds != f"0\\le{name}<{modulus}" or ask.formula("n2").strip() != name:
        raise NotUnderstood("no congruence")
    return value_expected(
        ask, sp.Integer(residue(ask.tree("a"), modulus, ask)), ask.tree("n"), method=_METHOD
    )


@asked(
    r"(?:if )?<a> is (?:written|expressed) as a (?P<common>common )?fraction (?P<lowest>in lowest terms )?<f> (?:with|where) <x> and <y> (?:being|are) (?P<coprime>relatively prime )?(?P<kind>positive integers)(?P<gcd> with a greatest common divisor of <one>)?, what is <g>",
    r"<a> can be (?:written|expressed) as (?:a (?P<common>common) fraction )?<f>,? where <x> and <y> are (?P<coprime>relatively prime )(?P<kind>positive integers)[.,] (?:find|what is|compute) <g>",
    words="written expressed being",
)
def _lowest_terms(ask: Ask) -> Expected:
    value = number(ask, "a")
    fraction = ask.tree("f")
    if not isinstance(value, sp.Rational) or value <= 0 or fraction.kind != "div":
        raise NotUnderstood("no fraction")
    if any(part.kind != "name" for part in fraction.parts) or (ask.has("one") and ask.formula("one") != "1"):
        raise NotUnderstood("no names above and below")
    names = [part.text for part in fraction.parts]
    if {ask.tree("x").text, ask.tree("y").text} != set(names):
        raise NotUnderstood("other names")
    ask.word("common"), ask.word("lowest"), ask.word("coprime"), ask.word("kind"), ask.word("gcd")
    if "relatively" not in ask.text and not ask.has("one"):
        raise NotUnderstood("a fraction that need not be in lowest terms")
    values = dict(zip(names, (sp.Integer(value.p), sp.Integer(value.q)), strict=True))
    return value_expected(ask, build(ask.tree("g"), ask.facts.context(**values)), None)


@asked(
    r"when converting <a> to a decimal, the decimal turns out to be a repeating decimal\. how many digits repeat in this repeating decimal",
    r"how many digits (?:are (?:there )?in|does) the (?:repeating block|repetend|period)(?: of)?(?: the decimal (?:expansion|representation) of)? <a>(?: have)?",
    words="digits repeating block repetend period decimal expansion representation there",
)
def _period(ask: Ask) -> Expected:
    value = number(ask, "a")
    if not isinstance(value, sp.Rational) or value.q > 10**6:
        raise NotUnderstood("no fraction")
    rest = value.q
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest == 1:
        raise NotUnderstood("a decimal that ends")
    return value_expected(ask, sp.Integer(sp.n_order(10, rest)), None, method=_METHOD)


@asked(
    rf"{_WHAT} the sum of (?:all )?(?:of )?the digits (?:in|of) (?:the )?(?:(?:terminating )?decimal (?:representation|expansion) of )?(?:the )?(?:fraction |number |value of )?<a>",
    words="digits terminating decimal representation expansion",
)
def _digit_sum(ask: Ask) -> Expected:
    value = number(ask, "a")
    if not isinstance(value, sp.Rational) or value < 0 or _holds_base(ask.tree("a")):
        raise NotUnderstood("no number")
    rest, places = value.q, 0
    while 10**places % rest and places < 400:
        places += 1
    if 10**places % rest:
        raise NotUnderstood("a decimal that does not end")
    digits = str(int(value * 10**places))
    return value_expected(ask, sp.Integer(sum(int(digit) for digit in digits)), None, method=_METHOD)


def _holds_base(tree: Node) -> bool:
    """Whether a number in it names another base than ten: its digits are then not those of its value."""
    return tree.kind == "based" or any(_holds_base(part) for part in tree.parts)


_UNITS = "|".join(
    sorted((re.escape(name) for name in UNITS if len(name) > 2 and name.isascii()), key=len, reverse=True)
)


@asked(
    rf"how many (?P<to>{_UNITS}) (?:are )?(?:there )?(?:in|equal|make) <n> (?P<from>{_UNITS})",
    rf"how many (?P<to>{_UNITS}) are (?:equivalent|equal) to <n> (?P<from>{_UNITS})",
    rf"(?:convert|express) <n> (?P<from>{_UNITS}) (?:to|into|in) (?P<to>{_UNITS})",
    rf"what fraction of <a> (?P<to>{_UNITS}) is <n> (?P<from>{_UNITS})",
    words="there make convert equal equivalent fraction",
)
def _unit(ask: Ask) -> Expected:
    source, target = UNITS[ask.word("from")], UNITS[ask.word("to")]
    if source.dimension != target.dimension or source.dimension.startswith("count"):
        raise NotUnderstood("units that do not convert")
    value = number(ask, "n") * sp.Rational(source.factor / target.factor)
    if ask.has("a"):
        return Expected("value", (value / number(ask, "a"),), "conversion", form="simplified")
    return Expected("value", (value,), "conversion", unit=target, form="unit")


_RESIDUE = re.compile(r"(.+?)\s*\\pmod\s*\{?\s*(\d+)\s*\}?|(.+?)\s*\(?\\bmod\s*\{?\s*(\d+)\s*\}?\)?")


@asked(rf"{_WHAT} the (?:residue of|remainder of) <c>", words="residue")
def _residue_told(ask: Ask) -> Expected:
    """`the residue of -1311 (mod 12)`."""
    match = _RESIDUE.fullmatch(ask.formula("c").strip())
    if match is None:
        raise NotUnderstood("no residue")
    left, modulus = match[1] or match[3], int(match[2] or match[4])
    if not 1 < modulus <= 10**9:
        raise NotUnderstood("no modulus")
    return value_expected(ask, sp.Integer(residue(ask.facts.parse(left), modulus, ask)), None, method=_METHOD)


_NTH = re.compile(r"(\d{1,5})\s*\^?\s*\{?\s*(?:\\text\s*\{)?(?:st|nd|rd|th)\}?\}?")
_AFTER = r"(?:after|to the right of|past|beyond) the decimal point"


@asked(
    rf"what is the <k> digit {_AFTER} (?:in|of|when) (?:the )?(?:(?:repeating )?decimal(?: (?:representation|expansion|form|equivalent) of)? )?(?:the fraction )?<a>",
    rf"what digit is in the <k> (?:place {_AFTER} in|decimal place (?:in|of)) (?:the )?(?:(?:repeating )?decimal(?: (?:representation|expansion|form|equivalent) of)? )?(?:the fraction )?<a>",
    words="in of the after to right past beyond repeating decimal representation expansion form equivalent fraction place point",
)
def _decimal_place(ask: Ask) -> Expected:
    """One digit after the decimal point."""
    match, value = _NTH.fullmatch(ask.formula("k").strip()), number(ask, "a")
    if match is None or int(match[1]) < 1 or not isinstance(value, sp.Rational) or value < 0:
        raise NotUnderstood("no place, or no fraction")
    digit = int(value.p) * 10 ** int(match[1]) // int(value.q) % 10
    return Expected("value", (sp.Integer(digit),), _METHOD)


@asked(
    rf"{_WHAT} the sum of the digits (?:in|of) the base[ -]<b> representation of <a>",
    words="digits base representation",
)
def _digits_in_base(ask: Ask) -> Expected:
    value, base = integer(ask, "a"), integer(ask, "b")
    if value < 1 or not 2 <= base <= 36:
        raise NotUnderstood("no number to write in a base")
    return value_expected(ask, sp.Integer(sum(sp.ntheory.digits(value, base)[1:])), None, method=_METHOD)


_LENGTHS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_LENGTH = "|".join(_LENGTHS)


@asked(
    rf"(?:what's|what is|find) the (?P<what>largest|greatest|smallest|least) (?P<kind>positive )?(?P<digits>{_LENGTH})-digit base[- ]<b> (?P<kind2>integer|number)",
    rf"(?:what's|what is|find) the (?P<what>largest|greatest|smallest|least) (?P<kind>positive )?(?P<digits>{_LENGTH})-digit (?P<kind2>integer|number) in base <b>",
    words="digit base",
)
def _end_of_length(ask: Ask) -> Expected:
    """The largest or smallest number of so many digits in a base, written in base 10."""
    base, length = integer(ask, "b"), _LENGTHS[ask.word("digits")]
    ask.word("kind"), ask.word("kind2")
    if not 2 <= base <= 36 or shape_of(ask.read, "").base != 10:
        raise NotUnderstood("an answer that may be written in either base")
    largest = ask.word("what") in ("largest", "greatest")
    value = sp.Integer(base**length - 1 if largest else base ** (length - 1))
    return Expected("digits", (value,), _METHOD, base=10)


QUESTIONS = (
    _remainder,
    _division,
    _digit,
    _converted,
    _inverse,
    _congruence,
    _rounded,
    _zeros,
    _rewritten,
    _congruent,
    _lowest_terms,
    _period,
    _digit_sum,
    _unit,
    _residue_told,
    _decimal_place,
    _digits_in_base,
    _end_of_length,
)
