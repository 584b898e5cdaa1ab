"""Reads a final answer.

Numbers, lists of roots, pairs, intervals, inequalities, equations, words, with units.
"""

from __future__ import annotations

import re
from dataclasses import replace

import sympy as sp

from checkers.mathematics.answers.meanings import (
    Equation,
    Listed,
    Meaning,
    Named,
    Ordered,
    Quantity,
    Region,
    Word,
)
from checkers.mathematics.formulas.build import Context, build
from checkers.mathematics.formulas.compare import same
from checkers.mathematics.formulas.grammar import parse_list
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.formulas.regions import region_of
from checkers.mathematics.formulas.text import normalized
from checkers.mathematics.formulas.units import split_unit

__all__ = ["LONGEST_ANSWER", "cleaned", "meaning"]

LONGEST_ANSWER = 1_000

_DERIVATIVE = re.compile(r"^(?:[yf]'|dy\s*/\s*dx|\\frac\s*\{\s*dy\s*\}\s*\{\s*dx\s*\})\s*=\s*")
_BOXED = re.compile(r"^\\(?:boxed|fbox)\s*\{(.*)\}$", re.DOTALL)
_PHRASE = re.compile(
    r"^(?:(?:the|my|your|our)\s+)?(?:final\s+)?(?:answer|solution|result)s?\s*(?:is|are|:|=)\s*|"
    r"^(?:最终)?(?:答案|结果|解)\s*(?:是|为|:|=)\s*|^(?:答|解)\s*:\s*|^(?:therefore|thus|so|hence)\s*,?\s+|^(?:原)?(?:不等式组?|方程组?)?的?(?:解集?|根)\s*(?:是|为|:)\s*|^(?:所以|因此|故|即)\s*,?\s*",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"^(?:no (?:real )?solutions?|none|empty set|the empty set|无解|无实数解|无实数根|空集)$", re.IGNORECASE
)
_EVERYTHING = re.compile(
    r"^(?:all (?:real numbers|reals)|(?:[a-z]\s*\\in\s*)?(?:\\mathbb\s*\{\s*R\s*\}|\\mathbb\s+R|R)|全体实数|任意实数|一切实数)$",
    re.IGNORECASE,
)
_BUILDER = re.compile(
    r"^\\\{\s*([a-zA-Z])\s*(?:\\in\s*(?:\\mathbb\s*\{\s*R\s*\}|R)\s*)?[|:]\s*(.+?)\s*\\\}$", re.DOTALL
)
_LETTER = re.compile(r"^(?:\\text\s*\{\s*)?\(?\s*([A-F])\s*\)?(?:\s*\})?[.,:]?$")
_WORDS = re.compile(r"^(?:\\text\s*\{\s*)?([A-Za-z][A-Za-z' -]{2,40}|[\u4e00-\u9fff]{1,20})(?:\s*\})?$")
_DECIMAL = re.compile(r"^-?\s*\d[\d{},]*\.(\d+)$")
_SCIENTIFIC = re.compile(
    r"^-?\s*\d+(?:\.(?P<places>\d+))?\s*(?:\\times|\\cdot|\*)\s*10\s*\^\s*\{?\s*(?P<power>-?\s*\d{1,3})\s*\}?$"
)
_JOINED_GROUPS = re.compile(
    r"\d,\d{3}(?!\d).*(?:\band\b|\bor\b|\\text|,\s)|(?:\band\b|\bor\b|\\text|,\s).*\d,\d{3}(?!\d)", re.DOTALL
)
_COUNTED_LIST = re.compile(r"^\d+\s*:\s*-?\d+\s*,")
"""As in `4: 11, 13, 17, 19`; a ratio stands alone."""


def cleaned(text: str) -> str:
    """A final answer without boxes, dollar signs, introducing words and the full stop."""
    if len(text) > LONGEST_ANSWER:
        raise NotUnderstood("too long")
    if "\n" in text.strip() and r"\begin" not in text:
        # Answers on lines of their own are several answers.
        text = ", ".join(line.strip().rstrip(",;") for line in text.strip().splitlines() if line.strip())
    # A dollar sign that means money, apart from those that enclose formulas.
    text = normalized(text).replace(r"\$", "﹩").strip()
    for _ in range(6):
        before = text
        boxed = _BOXED.match(text)
        if boxed and _balanced(boxed[1]):
            text = boxed[1].strip()
        for opening, closing in (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]")):
            inner = text[len(opening) : -len(closing)]
            if (
                len(text) > len(opening) + len(closing)
                and text.startswith(opening)
                and text.endswith(closing)
                and opening not in inner
            ):
                text = inner.strip()
        text = _PHRASE.sub("", text, count=1).strip().removeprefix("=").strip()
        text = re.sub(r"(?:(?<!\.)\.|[;。])$", "", text).strip()
        if text.startswith("{") and text.endswith("}") and _balanced(text[1:-1]):
            text = r"\{" + text[1:-1] + r"\}"
        text = re.sub(r"\*\*(.+)\*\*$", r"\1", text) if text.startswith("**") else text
        if text == before:
            break
    text = re.sub(r"\\[()]", " ", text)
    cases = re.fullmatch(
        r"(?:\\\{)?\s*\\begin\{(?:cases|array|aligned)\}(?:\{[lcr]*\})?(.*)\\end\{(?:cases|array|aligned)\}",
        text,
        re.DOTALL,
    )
    if cases is not None and "=" in cases[1]:
        text = re.sub(r"\s*(?:,\s*)?\\\\\s*", ", ", cases[1].replace("&", " ")).strip(" ,.")
    return re.sub(r"(\\in\s*)\{([^{}\\]*)\}", r"\1\\{\2\\}", text).strip()


def meaning(text: str, context: Context | None = None) -> Meaning:
    """What the answer says. Raises `NotUnderstood`."""
    context = context or Context()
    text = cleaned(text)
    if not text:
        raise NotUnderstood("nothing")
    if _NOTHING.match(text):
        return Region(sp.S.EmptySet)
    if _EVERYTHING.match(text):
        return Region(sp.S.Reals)
    letter = _LETTER.match(text)
    if letter:
        return Word(letter[1])
    if text.lower() in ("yes", "no", "true", "false"):
        return Word(text.lower())
    word = _WORDS.match(text)
    # `x - y` is a difference.
    if word and word[1] != "pi" and not re.fullmatch(r"[A-Za-z](?:\s*-\s*[A-Za-z])+", word[1].strip()):
        return Word(word[1].strip().lower())
    builder = _BUILDER.match(text)
    if builder:
        conditions = re.sub(r",?\s*[a-zA-Z]\s*\\in\s*(?:\\mathbb\s*\{?\s*R\s*\}?|R)\s*$", "", builder[2])
        inside = meaning(conditions, context)
        if isinstance(inside, Region) and inside.name in ("", builder[1]):
            return Region(inside.numbers)
        raise NotUnderstood("a set that is not understood")
    return _formula(text, context)


def _formula(text: str, context: Context) -> Meaning:
    approximate = False
    text = _DERIVATIVE.sub("", text)
    if re.match(r"^(?:\\approx|约为?|大约|about|approximately)\s*", text):
        text = re.sub(r"^(?:\\approx|约为?|大约|about|approximately)\s*", "", text)
        approximate = True
    # 1((4)/(15)) is how some Chinese sets write one and four fifteenths.
    text = re.sub(r"^(\d+)\(\((\d+)\)/\((\d+)\)\)$", r"\1\\frac{\2}{\3}", text)
    text = re.sub(r"或者?", r" \\text{or} ", text)
    text = re.sub(r"且", r" \\text{and} ", text)
    text = re.sub(r"[和与]", ", ", text)
    # Dollar signs between the items of a list.
    if text.count("$") > 1 and not text.startswith("$-"):
        text = re.sub(r"(?<!\\)\$", " ", text)
    if _COUNTED_LIST.match(text):
        raise NotUnderstood("a number and what was counted")
    if _JOINED_GROUPS.search(text) and not text.startswith(("(", "[", r"\{")):
        raise NotUnderstood("a comma that groups digits or parts numbers")
    body, unit = split_unit(text)
    if unit is not None and text.endswith(("°", "%")):
        # The grammar knows these two, in lists as well.
        tree, unit = parse_list(text), None
    else:
        tree = parse_list(body)
    said = _said(tree, context)
    if isinstance(said, Named) and isinstance(said.value, Quantity):
        nearly = approximate or said.value.approximate
        return replace(said, value=replace(said.value, unit=unit or said.value.unit, approximate=nearly))
    if isinstance(said, Quantity):
        return replace(
            said, unit=unit or said.unit, approximate=approximate, decimals=_decimals(body.strip())
        )
    if unit is not None or approximate:
        raise NotUnderstood("a unit of something that is no number")
    return said


def _decimals(written: str) -> int | None:
    """How many decimals a number is written with.

    Fewer than none where a power of ten moves them.
    """
    decimal = _DECIMAL.match(written)
    if decimal:
        return len(decimal[1])
    scientific = _SCIENTIFIC.match(written)
    if scientific is None:
        return None
    return len(scientific["places"] or "") - int(scientific["power"].replace(" ", ""))


def _said(tree: Node, context: Context) -> Meaning:
    if tree.kind == "list":
        return _list(tree, context)
    if tree.kind == "set":
        return (
            Listed(tuple(_item(part, context) for part in tree.parts), braces=True)
            if tree.parts
            else Region(sp.S.EmptySet)
        )
    if tree.kind == "rel":
        return _relation(tree, context)
    if tree.kind == "tuple":
        return _tuple(tree, context)
    if tree.kind in ("cup", "cap"):
        return Region(region_of(tree, context))
    if _has(tree, "pm"):
        return Listed(tuple(Quantity(build(branch, context), tree=branch) for branch in _branches(tree)))
    return _quantity(tree, context)


def _quantity(tree: Node, context: Context) -> Quantity:
    if tree.kind == "pct":
        return Quantity(build(tree.parts[0], context), split_unit("1%")[1], tree)
    if tree.kind in ("deg", "neg") and _has(tree, "deg"):
        inner = tree.parts[0] if tree.kind == "deg" else Node("neg", tree.parts[0].parts)
        if tree.kind == "deg" or tree.parts[0].kind == "deg":
            return Quantity(build(inner, context), split_unit("1°")[1], tree)
    if tree.kind == "based":
        return Quantity(build(tree, context), tree=tree, base=int(tree.text.split("_")[1]))
    return Quantity(build(tree, context), tree=tree)


def _item(tree: Node, context: Context) -> Meaning:
    item = _said(tree, context)
    if isinstance(item, Listed) and not _has(tree, "pm"):
        raise NotUnderstood("a list in a list")
    return item


def _list(tree: Node, context: Context) -> Meaning:
    items: list[Meaning] = []
    for part in tree.parts:
        item = _item(part, context)
        items.extend(item.items if isinstance(item, Listed) else (item,))
    regions = [item for item in items if isinstance(item, Region)]
    joined = set(tree.text.split())
    if regions and len(regions) == len(items) and len(joined) == 1 and joined <= {"or", "and"}:
        names = {region.name for region in regions}
        if len(names) > 1:
            raise NotUnderstood("regions of several variables")
        combine = sp.Union if joined == {"or"} else sp.Intersection
        numbers = combine(*(region.numbers for region in regions))
        if numbers == sp.S.EmptySet:
            raise NotUnderstood(
                "both of two conditions that exclude each other, where one of them may be meant"
            )
        return Region(numbers, names.pop())
    if regions:
        raise NotUnderstood("regions beside one another")
    return Listed(tuple(items), joined=joined.pop() if len(joined) == 1 else ",")


def _relation(tree: Node, context: Context) -> Meaning:
    signs = tree.text.split()
    left, right = tree.parts[0], tree.parts[-1]
    if signs in (["="], ["~"]) and (name := _name(left)):
        return _named(name, right, context, approximate=signs == ["~"])
    if signs == ["="] and (name := _name(right)) and not _name(left):
        return _named(name, left, context)
    if (
        signs == ["="]
        and left.kind == "tuple"
        and right.kind == "tuple"
        and len(left.parts) == len(right.parts)
    ):
        return _named_places(left, right, context)
    if set(signs) <= {"=", "~"} and len(signs) > 1 and (name := _name(left)):
        values = [_said(part, context) for part in tree.parts[1:]]
        exact = [value.value for value in values if isinstance(value, Quantity)]
        if len(exact) != len(values) or (
            "~" not in signs and not all(same(value, exact[-1]) for value in exact)
        ):
            raise NotUnderstood("a chain whose members differ")
        return _named(name, right, context, approximate="~" in signs)
    if signs == ["="]:
        return Equation(build(left, context) - build(right, context), tree=tree)
    if signs == ["in"] and (name := _name(left)):
        inside = _said(right, context)
        if isinstance(inside, Ordered):
            return Region(region_of(right, context), name)
        if isinstance(inside, Region):
            return Region(inside.numbers, name)
        if isinstance(inside, Listed) and inside.braces:
            return inside
        raise NotUnderstood("a set that is not understood")
    names = sorted(_names(tree))
    if len(names) == 1:
        return Region(region_of(tree, context), names[0])
    if len(signs) == 1 and signs[0] in ("<", ">", "<=", ">="):
        return Equation(build(left, context) - build(right, context), signs[0], tree)
    raise NotUnderstood("a relation that is not understood")


def _named(name: str, tree: Node, context: Context, *, approximate: bool = False) -> Meaning:
    value = _said(tree, context)
    if isinstance(value, Listed) and not value.braces:
        return Listed(tuple(Named(name, item) for item in value.items if isinstance(item, Quantity)))
    if isinstance(value, Quantity):
        return Named(name, replace(value, approximate=approximate))
    if isinstance(value, Ordered):
        return Named(name, value)
    raise NotUnderstood("a name for something that has none")


def _named_places(names: Node, values: Node, context: Context) -> Meaning:
    """`(x, y) = (2, 1)`."""
    if not all(_name(part) for part in names.parts):
        raise NotUnderstood("places without names")
    pairs = zip(names.parts, values.parts, strict=True)
    return Listed(tuple(Named(_name(name), _element(value, context)) for name, value in pairs))


def _tuple(tree: Node, context: Context) -> Meaning:
    if tree.text in ("()", "[]"):
        if tree.text == "[]" and len(tree.parts) == 2:
            return Region(region_of(tree, context))
        if any((part.kind == "const" and part.text == "oo") or _has(part, "oo") for part in tree.parts):
            return Region(region_of(tree, context))
        return Ordered(tuple(_element(part, context) for part in tree.parts), tree.text)
    return Region(region_of(tree, context))


def _element(tree: Node, context: Context) -> Quantity:
    if _has(tree, "pm") or tree.kind in ("tuple", "set", "rel"):
        raise NotUnderstood("an element that is not understood")
    return _quantity(tree, context)


def _name(tree: Node) -> str:
    if tree.kind == "name":
        return tree.text
    if tree.kind == "apply" and all(part.kind == "name" for part in tree.parts):
        return tree.text
    return ""


def _names(tree: Node) -> set[str]:
    found: set[str] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if node.kind == "name":
            found.add(node.text)
        waiting.extend(node.parts)
    return found


def _has(tree: Node, kind: str) -> bool:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if node.kind == kind or (node.kind == "const" and node.text == kind):
            return True
        waiting.extend(node.parts)
    return False


def _branches(tree: Node) -> list[Node]:
    """Both readings of a plus-minus; several of them go together."""
    return [_branch(tree, upper=True), _branch(tree, upper=False)]


def _branch(tree: Node, *, upper: bool) -> Node:
    parts = tuple(_branch(part, upper=upper) for part in tree.parts)
    if tree.kind == "pm" and parts[0] == Node("num", text="0"):
        return parts[1] if upper == (tree.text == "pm") else Node("neg", parts[1:])
    if tree.kind == "pm":
        return Node("add" if upper == (tree.text == "pm") else "sub", parts)
    return Node(tree.kind, parts, tree.text)


def _balanced(text: str) -> bool:
    depth = 0
    for place, sign in enumerate(text):
        if sign in "{}" and (place == 0 or text[place - 1] != "\\"):
            depth += 1 if sign == "{" else -1
            if depth < 0:
                return False
    return depth == 0
