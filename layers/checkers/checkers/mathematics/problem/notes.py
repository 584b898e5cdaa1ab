"""What a problem says of how the answer is to be written: rounding, base, unit, fraction, decimal.

A note is a list of phrases from one closed table; a note with any other word makes the problem one that is not
recognised.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.formulas.units import UNITS, Unit
from checkers.mathematics.problem.reading import Reading

__all__ = ["Shape", "in_shape", "shape_of"]


@dataclass(frozen=True)
class Shape:
    """`decimals` to round to, `base` to write in, `unit` that a bare number counts, and how it is `written`."""

    decimals: int | None = None
    base: int = 0
    unit: Unit | None = None
    radians: bool = False
    written: frozenset[str] = frozenset()
    """Of fraction, decimal, mixed, simplified, radical, factored, expanded, interval, integer, primitive and explicit those that are asked for."""


_PLACES = {
    "ten thousandth": 4, "ten-thousandth": 4, "thousandth": 3, "hundredth": 2, "tenth": 1, "whole number": 0, "integer": 0,
    "whole": 0, "unit": 0, "one": 0, "cent": 2, "ten": -1, "hundred": -2, "thousand": -3, "ten thousand": -4,
    "hundred thousand": -5, "million": -6, "degree": 0, "whole percent": 0, "percent": 0, "dollar": 0,
}  # fmt: skip
_NEAREST = re.compile(
    r"(?:to|rounded to|nearest) the nearest ([a-z -]+?)(?= degree| percent| inch| mile|[.,)]|$)"
)
_OPENING = (
    r"(?:please )?(?:express|give|write|enter|leave|provide|state|submit|simplify|list|separate|round|rounded)(?![a-z])(?: all| both)?(?: of)?"
    r"(?: your| the| these| it| them)?(?: final)?(?: possible| real)*(?: (?:answers?|solutions?|results?|equations?|roots?|values?|integers|numbers))?(?: of ⟦\d+⟧)?"
    r"|if there is more than one (?:such )?(?:value|solution)|all (?:functions|angles) are|结果|答案"
)
_PHRASES = {
    r"(?:an? )?(?:common |improper |proper |simplified |reduced |single )?fractions?(?: in (?:lowest terms|simplest form|simplest terms|reduced form))?": "fraction",
    r"simplest fractional form": "fraction",
    r"lowest terms|(?:simplest|simplified|reduced) (?:form|terms)|最简(?:形式|分数)": "simplified",
    r"(?:simplest|simplified) radical(?: form)?": "radical",
    r"(?:a )?decimals?(?: form| number)?": "decimal",
    r"(?:a )?mixed numbers?": "mixed",
    r"(?:completely )?factored(?: form)?": "factored",
    r"expanded(?: form)?|(?:a )?polynomial in expanded form": "expanded",
    r"to the nearest [a-z -]+?(?= degree| percent|[.,)]|$)|保留[一两二三四123]位小数": "rounded",
    r"base[ -](?:⟦\d+⟧|\d+|two|three|four|five|six|seven|eight|nine|ten)": "base",
    r"degrees": "degrees",
    r"radians": "radians",
    r"(?:a )?percent(?:age|s)?": "percent",
    r"interval notation|(?:an? )?intervals?|(?:or )?as a union of (?:disjoint )?intervals": "interval",
    r"scientific notation": "scientific",
    r"standard primitive": "primitive",
    r"standard explicit|slope[- ]intercept form": "explicit",
    r"an? integers?|integers": "integer",
    r"set notation|exact(?: form| value)?|comma[- ]separated|(?:a )?(?:comma[- ]separated )?list(?: of (?:numbers|values|solutions))?"
    r"|(?:separated by|with|by|using) commas?|ordered (?:pairs?|triples?|triplets?)|(?:an? )?ordered (?:pairs?|triples?|triplets?)|(?:a )?coordinates?|(?:a )?matrix"
    r"|if (?:necessary|needed|possible)|list (?:all|them|them all|all of them|all solutions|all values|all possible values|your answers)|numbers?|数字(?:作答|表示)?": "",
    r"terms of (?:⟦\d+⟧|pi|π)(?:(?:,| and|, and) ⟦\d+⟧)*": "terms",
}  # fmt: skip
_GLUE = re.compile(r"(?:expressed|rounded|as|in|to|using|with|and|用|请|写成|保留|为)(?![a-z])|[\s,.;:!()]")
_GENERIC = frozenset({"", "terms"})


def shape_of(read: Reading, words: str, form: str = "") -> Shape:
    """What the notes and the question's words ask for; `form` are those that speak of the form only.

    Raises `NotUnderstood` for what is not known.
    """
    demands = _demands(_without_known_forms(read.notes, read)) | _demands(form)
    text = f"{words} {read.notes}"
    written = demands & _WRITTEN
    return Shape(_decimals(text), _base(text, read), _unit(text), "radians" in text, frozenset(written))


_WRITTEN = frozenset(
    [
        "fraction",
        "decimal",
        "mixed",
        "simplified",
        "factored",
        "expanded",
        "radical",
        "interval",
        "integer",
        "scientific",
        "primitive",
        "explicit",
    ]
)
_KNOWN_FORMS = frozenset(
    [
        r"(r,\theta)",
        r"(r,\theta,z)",
        r"(\rho,\theta,\phi)",
        "a+bi",
        "r>0",
        r"\rho>0",
        r"0\le\theta<2\pi",
        r"0\le\phi\le\pi",
    ]
)
"""Names of coordinates and their usual ranges, as the conversions give them anyway."""


_WRITTEN_FORMS = {
    "ax+by+cz+d=0": ("primitive", "abcd", {"a>0", r"\gcd(|a|,|b|,|c|,|d|)=1"}),
    "ax+by+c=0": ("primitive", "abc", {"a>0", r"\gcd(|a|,|b|,|c|)=1"}),
    "y=mx+b": ("explicit", "mb", set()),
    "y=ax+b": ("explicit", "ab", set()),
    "y=ax^2+bx+c": ("explicit", "abc", set()),
}
"""Forms of an equation: what is asked of it, its letters, and what must be said of them, if anything is."""
_WRITTEN_FORM = re.compile(
    r'(?:the )?form "? ?⟦(?P<f>\d+)⟧ ?"?(?P<where>,? ?where (?P<ns>⟦\d+⟧(?:(?:,|,? and) ⟦\d+⟧)*) are (?P<kind>integers|constants)'
    r"(?:,? (?:such that|with|where) (?P<cs>⟦\d+⟧(?:(?:,|,? and) ⟦\d+⟧)*)|(?P<more>(?:,|,? and) ⟦\d+⟧(?:(?:,|,? and) ⟦\d+⟧)*))?)?"
)


def _with_written_forms(notes: str, read: Reading) -> str:
    """The notes with a word for each form of an equation that is known."""

    def plain(slots: str | None) -> set[str]:
        texts = (read.formulas[int(number)] for number in re.findall(r"\d+", slots or ""))
        return {re.sub(r"\s|\\,", "", text).lower() for text in texts}

    def known(match: re.Match[str]) -> str:
        (form,) = plain(match["f"])
        name, letters, conditions = _WRITTEN_FORMS.get(form, ("", "", set()))
        told = plain(match["cs"]) | plain(match["more"])
        fits = told == conditions and (not match["where"] or plain(match["ns"]) == set(letters))
        if name == "explicit":
            fits = fits and match["kind"] in (None, "constants")
        return f"standard {name}" if name and fits else match.group()

    return _WRITTEN_FORM.sub(known, notes)


def _without_known_forms(notes: str, read: Reading) -> str:
    notes = _with_written_forms(notes, read)

    def known(match: re.Match[str]) -> str:
        formulas = [read.formulas[int(number)] for number in re.findall(r"⟦(\d+)⟧", match.group())]
        plain = {re.sub(r"\s|\\,", "", formula).replace(r"\leq", r"\le") for formula in formulas}
        return "" if plain <= _KNOWN_FORMS else match.group()

    return re.sub(r"the form ⟦\d+⟧(?:,? where ⟦\d+⟧(?:(?:,|,? and) ⟦\d+⟧)*)?", known, notes)


def _demands(notes: str) -> set[str]:
    """The demands of the notes, every word of which must be known."""
    found: set[str] = set()
    left = notes.strip()
    fresh = True
    while left:
        glue = _GLUE.match(left)
        opening = re.match(_OPENING, left) if fresh or re.match(r"[.(]", left) else None
        if opening and opening.group():
            left, fresh = left[opening.end() :], False
            continue
        best, demand = "", ""
        for shape, name in _PHRASES.items():
            match = re.match(rf"(?:{shape})(?![a-z])", left)
            if match and len(match.group()) > len(best):
                best, demand = match.group(), name
        if best:
            found.add(demand)
            left, fresh = left[len(best) :], True
        elif glue:
            left, fresh = left[glue.end() :], fresh or glue.group() in ".;(!"
        else:
            raise NotUnderstood(f"a note that is not understood: {left}")
    return found - _GENERIC


def in_shape(expected: Expected, shape: Shape) -> Expected:
    """The expected answer, to be written as the notes ask. Raises `NotUnderstood` where that is not checked."""
    if shape.decimals is not None and (expected.kind != "value" or expected.decimals != shape.decimals):
        raise NotUnderstood("a rounding that is not checked")
    if shape.base and (expected.kind != "digits" or expected.base != shape.base):
        raise NotUnderstood("a base that is not checked")
    if shape.unit is not None and expected.unit != shape.unit:
        raise NotUnderstood("a unit that is not checked")
    written = set(shape.written)
    if "integer" in written:
        if expected.kind not in ("value", "roots") or not all(value.is_Integer for value in expected.values):
            raise NotUnderstood("an integer that is none")
        written -= {"integer"}
    if not written:
        return expected
    if expected.kind == "value" and not written & {
        "factored",
        "expanded",
        "interval",
        "primitive",
        "explicit",
    }:
        written -= {"simplified"}
        if len(written) > 1 or (written and expected.form not in ("", "simplified", *written)):
            raise NotUnderstood("two forms at once")
        if written == {"decimal"} and shape.decimals is None and not _ends(expected):
            raise NotUnderstood("a decimal without end")
        if not written and expected.form in ("decimal", "fraction", "mixed", "radical", "scientific"):
            return expected
        return replace(expected, form=_number_form(written, expected))
    if written <= {"simplified"} and expected.kind in ("expression", "roots", "pair", "system"):
        return expected
    if expected.kind == "expression" and written <= {expected.form, "simplified"}:
        return expected
    if expected.kind == "equation" and len(written) == 1 and written <= {"primitive", "explicit"}:
        return replace(expected, form=next(iter(written)))
    if expected.kind == "region" and written == {"interval"}:
        return replace(expected, form="interval")
    if expected.kind == "roots" and len(written) == 1 and not written & {"interval", "primitive", "explicit"}:
        return replace(expected, form=next(iter(written)))
    raise NotUnderstood("a form that is not checked")


def _number_form(written: set[str], expected: Expected) -> str:
    """The form of one number; a whole number has one only, and no other number than a rational one is a fraction."""
    value = expected.values[0]
    form = next(iter(written), "simplified")
    if form in ("radical", "scientific"):
        return form
    if value.is_Integer:
        return expected.form if expected.form in ("unit", "plain", "percent") else "simplified"
    if not value.is_Rational:
        if form in ("decimal", "mixed"):
            raise NotUnderstood("a number that is no fraction")
        return "simplified"
    return form


def _ends(expected: Expected) -> bool:
    """Whether the value is a decimal with an end."""
    value = expected.values[0]
    if not value.is_Rational:
        return False
    below = int(value.q)
    for prime in (2, 5):
        while below % prime == 0:
            below //= prime
    return below == 1


def _decimals(text: str) -> int | None:
    nearest = _NEAREST.search(text)
    if nearest:
        place = nearest[1].strip().rstrip("s")
        if place not in _PLACES:
            raise NotUnderstood("a place that is not known")
        return _PLACES[place]
    if "nearest" in text or "保留" in text or "精确到" in text or "decimal place" in text:
        places = re.search(r"(?:保留)([一两二三四123])位小数", text)
        if places:
            return {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3}[places[1]]
        raise NotUnderstood("a rounding that is not understood")
    return None


_NUMERALS = {
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


def _base(text: str, read: Reading) -> int:
    match = re.search(r"\b(?:in|as|using)(?: an?)? base[ -](?:⟦(\d+)⟧|(\d+)|([a-z]+))", text)
    if match is None:
        return 0
    base = read.formulas[int(match[1])] if match[1] else match[2] or str(_NUMERALS.get(match[3], ""))
    if not base.isdigit() or not 2 <= int(base) <= 36:
        raise NotUnderstood("a base that is not known")
    return int(base)


def _unit(text: str) -> Unit | None:
    if re.search(r"\bin degrees\b|\bdegree measure\b|\bnumber of degrees\b|\bhow many degrees\b", text):
        return UNITS["degree"]
    if re.search(r"\b(?:what|as a|by what) percent(?:age)?\b|百分之几|百分比", text):
        return UNITS["percent"]
    return None
