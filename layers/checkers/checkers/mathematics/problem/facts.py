"""What a problem gives: definitions of functions, equations, inequalities and kinds of numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from checkers.mathematics.formulas.build import Context, Definition, build
from checkers.mathematics.formulas.compare import is_real, same
from checkers.mathematics.formulas.grammar import parse, parse_list
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.problem.degrees import DEGREES
from checkers.mathematics.problem.kinds import is_kind, kinds_of
from checkers.mathematics.problem.laws import Law, applied, names_in_law
from checkers.mathematics.problem.plainly import Plain, plain_sentence
from checkers.mathematics.problem.reading import Reading, pattern
from checkers.mathematics.problem.statements import STATEMENTS, Given, Statement, names_of
from checkers.mathematics.problem.vocabulary import fixed_words, unaccounted

__all__ = ["Facts", "Relation", "gathered", "holds", "is_kind"]


_EVERYWHERE = frozenset({"real", "positive", "nonzero", "nonnegative", "integer"})
"""The kinds of a variable whose values the instances of a law are chosen by."""


@dataclass(frozen=True)
class Relation:
    """`left` `sign` `right`, where the sign is one of =, !=, <, <=, >, >=."""

    left: Node
    sign: str
    right: Node


class Watched[T](dict[str, T]):
    """A dictionary that records which entries were read."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: set[str] = set()

    def __getitem__(self, key: str) -> T:
        self._seen.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None, /) -> Any:
        """The entry, which then counts as read."""
        self._seen.add(key)
        return super().get(key, default)

    def peek(self, key: str) -> T:
        """The entry; it does not count as read."""
        return super().__getitem__(key)

    def unseen(self) -> set[str]:
        """The keys that were not read."""
        return set(self) - self._seen


class WatchedList[T](list[T]):
    """A list that records whether it was iterated."""

    seen = False

    def __iter__(self) -> Iterator[T]:
        self.seen = True
        return super().__iter__()


@dataclass
class Facts:
    """What a problem gives; filled while its sentences are parsed, then only read.

    Reads are recorded, so that a problem with an unused part is noticed.
    """

    function_names: frozenset[str]
    functions: Watched[Definition] = field(default_factory=Watched)
    equations: list[Relation] = field(default_factory=list)
    constraints: WatchedList[Relation] = field(default_factory=WatchedList)
    kinds: Watched[set[str]] = field(default_factory=Watched)
    laws: list[Law] = field(default_factory=list)
    """Equations that hold for every value of a variable."""
    names: set[str] = field(default_factory=set)
    euler: bool = False
    log_base: int | None = None
    collections: Watched[str] = field(default_factory=Watched)
    """Sets that the problem defines, by their names, as they are written."""
    complex_numbers: bool = False
    """Whether the problem is about complex numbers: then a part need not be real."""
    operator: str = ""
    """The sign of an operation that the problem defines, such as \\star."""

    def given(self) -> frozenset[str]:
        """What the problem gives beside definitions: `equations`, `constraints`, `kinds`, `complex`, `laws`."""
        found = {"equations": bool(self.equations), "constraints": bool(self.constraints)}
        kinds = {kind for named in self.kinds.values() for kind in named}
        found |= {
            "kinds": bool(kinds - {"real", "complex"}),
            "complex": "complex" in kinds,
            "laws": bool(self.laws),
        }
        return frozenset(name for name, there in found.items() if there)

    def check_used(self) -> None:
        """Raise `NotUnderstood` if a definition, a kind or a condition was not used."""
        idle = {name for name in self.kinds.unseen() if self.kinds.peek(name) - {"real"}}
        if self.functions.unseen() or self.collections.unseen() or idle:
            raise NotUnderstood("something is given that was not used")
        if self.constraints and not self.constraints.seen:
            raise NotUnderstood("a condition that was not used")

    def context(self, **values: Any) -> Context:
        return Context(
            values=values,
            functions=self.functions,
            euler=self.euler,
            imaginary="i" not in self.names,
            log_base=self.log_base,
            real=not any("complex" in kinds for kinds in self.kinds.values()),
            strict=not self.complex_numbers,
        )

    def parse(self, formula: str) -> Node:
        return parse(self._spelled(formula), self.function_names)

    def _spelled(self, formula: str) -> str:
        return formula.replace(self.operator, r" \star ") if self.operator else formula

    def parse_list(self, formula: str) -> tuple[Node, ...]:
        tree = parse_list(self._spelled(formula), self.function_names)
        return tree.parts if tree.kind == "list" else (tree,)

    def add(self, formula: str) -> None:
        """Take a formula for given. Raises `NotUnderstood`."""
        if self._add_collections(formula):
            return
        for tree in self.parse_list(formula):
            self._add(tree)

    def add_plain(self, plain: Plain) -> None:
        """Take what a plain sentence gives. Raises `NotUnderstood`."""
        for formula in plain.relations:
            trees = self.parse_list(formula)
            if plain.variables and any(names_in_law(tree) & set(plain.variables) for tree in trees):
                for tree in trees:
                    self._add_law(tree, plain)
            else:
                self.add(formula)
        for name in plain.names:
            self.add(name)
        for name, kinds in plain.kinds:
            self.kinds.setdefault(name.removeprefix("\\"), set()).update(kinds)

    def _add_law(self, tree: Node, plain: Plain) -> None:
        if tree.kind != "rel" or tree.text != "=" or plain.variable_kinds - _EVERYWHERE:
            raise NotUnderstood("no equation, or of some numbers only")
        left, right = tree.parts
        if not plain.variable_kinds - {"real"} and self._define(left, right):
            return
        self.laws.append(Law(left, right, plain.variables, plain.variable_kinds))

    def _add_collections(self, formula: str) -> bool:
        """`A = {...}`, several of them in one formula included."""
        pieces = re.split(r"(?<=\\\})\s*[,;]\s*(?=[A-Z]\s*=)|,\s*(?=[A-Z]\s*=\s*\\\{)", formula)
        found = [
            re.fullmatch(
                r"\s*([A-Z])\s*=\s*(\\\{.*\\\}|\\math\w+\s*\{?\s*[RZN]\s*\}?|[RZN])\s*", piece, re.DOTALL
            )
            for piece in pieces
        ]
        if None in found:
            return False
        self.collections.update({match[1]: match[2] for match in found if match is not None})
        return True

    def _add(self, tree: Node) -> None:
        if tree.kind == "name":
            self.names.add(tree.text)
            return
        if tree.kind == "apply" and all(part.kind == "name" for part in tree.parts):
            return
        if tree.kind == "apply" and tree.text in self.function_names:
            return
        if tree.kind != "rel":
            raise NotUnderstood("a formula that says nothing")
        if tree.parts[0].kind == "apply" and tree.parts[0].text == "star" and tree.text == "=":
            self._define(*tree.parts)
            return
        signs = tree.text.split()
        if signs == ["in"]:
            self.add_membership(*tree.parts)
            return
        if not set(signs) <= {"=", "!=", "<", "<=", ">", ">="}:
            raise NotUnderstood("a relation that is not understood")
        for left, sign, right in zip(tree.parts, signs, tree.parts[1:], strict=False):
            if sign == "=" and (self._define(left, right) or _is_plain_truth(left, right)):
                continue
            (self.equations if sign == "=" else self.constraints).append(Relation(left, sign, right))

    def _define(self, left: Node, right: Node) -> bool:
        if left.kind != "apply" or not all(part.kind == "name" for part in left.parts) or "'" in left.text:
            return False
        if left.text in self.functions or any(call.text == left.text for call in applied(right)):
            return False
        arguments = tuple(part.text for part in left.parts)
        if len(set(arguments)) != len(arguments):
            raise NotUnderstood("a definition with one argument twice")
        self.functions[left.text] = Definition(arguments, right)
        return True

    def add_membership(self, left: Node, right: Node) -> None:
        """Take for given that a name is in an interval or a set of numbers. Raises `NotUnderstood`."""
        if left.kind != "name":
            raise NotUnderstood("a membership that is not understood")
        if right.kind == "tuple" and len(right.parts) == 2:
            low, high = right.parts
            if not _is_infinite(low):
                self.constraints.append(Relation(left, ">" if right.text[0] == "(" else ">=", low))
            if not _is_infinite(high):
                self.constraints.append(Relation(left, "<" if right.text[1] == ")" else "<=", high))
            return
        kind = {"R": "real", "Z": "integer", "N": "natural", "C": "complex"}.get(right.text)
        if right.kind != "name" or kind is None:
            raise NotUnderstood("a membership that is not understood")
        self.kinds.setdefault(left.text, set()).add(kind)


def _is_infinite(tree: Node) -> bool:
    inner = tree.parts[0] if tree.kind in ("neg", "pos") else tree
    return inner.kind == "const" and inner.text == "oo"


def holds(relation: Relation, context: Context) -> bool:
    """Whether a relation holds where all names have values. Raises `NotUnderstood` when that cannot be said."""
    left, right = build(relation.left, context), build(relation.right, context)
    if left.free_symbols or right.free_symbols or left.is_Matrix or right.is_Matrix:
        raise NotUnderstood("a relation with names that have no value")
    equal = same(left, right)
    if equal is None:
        raise NotUnderstood("a relation that cannot be decided")
    if relation.sign in ("=", "!="):
        return equal == (relation.sign == "=")
    if not (is_real(left) and is_real(right)):
        return False
    if equal:
        return relation.sign in ("<=", ">=")
    return bool((left - right).evalf(40) > 0) == (relation.sign in (">", ">="))


_COMPLEX = re.compile(
    r"complex|imaginary|conjugate|\\mathbb\s*\{?\s*C|\\(?:Re|Im)\b|复数|复平面|虚数|虚部|共轭", re.IGNORECASE
)
_IMAGINARY_UNIT = re.compile(r"(?<![A-Za-z\\_])(?<!_\{)i(?![A-Za-z=])")
_OPERATION = re.compile(
    r"^\s*[a-zA-Z]\s*(\\(?:star|ast|circ|diamond|oplus|otimes|odot|ominus|triangle|Delta|square|bigstar|bullet|spadesuit|heartsuit|clubsuit|"
    r"blacklozenge|dagger|wedge|vee|nabla|lozenge|boxplus|&|\#|\$)|[*@#&★☆※◎◇△▲○⊕⊗⊙□◆●])\s*[a-zA-Z]\s*="
)


def _new_operator(formulas: tuple[str, ...]) -> str:
    for formula in formulas:
        match = _OPERATION.match(formula)
        if match:
            return match[1]
    return ""


_KIND_WORDS = (
    r"(?P<kind>(?:(?:positive|negative|non-?negative|non-?positive|non-?zero|distinct|different|two|three|the|even|odd|prime|"
    r"composite|two-digit|three-digit|real|complex|rational|irrational|natural|whole|integral),? )*"
    r"(?:integers?|numbers?|constants?|reals?|primes?)|positive|negative|non-?negative|non-?zero|real|even|odd|prime|integral|"
    r"acute angles?|acute|obtuse angles?|obtuse|(?:两个|互不相等的|不同的)?(?:非|正|负|零|有理|无理|整|实|复|自然|质|素|合|奇|偶|常|一位|两位|三位)+数|锐角|钝角)"
)
_VERB = (
    r"(?:let|suppose(?: that)?|given(?: that)?|if|assume(?: that)?|for|when|where|consider|define|and|also|now|"
    r"已知函数|已知方程|已知集合|设集合|已知全集|设全集|若集合|集合|已知|若函数|若|设函数|设|如果|当|令|函数|方程|其中|且|在)"
)
_GIVING = frozenset(
    [
        "over",
        "some",
        "arithmetic",
        "mean",
        "average",
        "angle",
        "parabola",
        "circle",
        "contains",
        "goes",
        "through",
        "passes",
        "operation",
        "new",
        "binary",
        "equal",
        "equals",
        "same",
        "lies",
        "hold",
        "result",
        "note",
        "must",
    ]
)
"""Words of the sentences below that are outside of their groups."""
_LEADING = (
    pattern(r"(?:let|suppose|if|given that) <es+> satisfy <fs+>[.,] ?(?:then,? )?"),
    pattern(r"(?:let|if|given(?: that)?|suppose(?: that)?|when) <es+>,? (?=what |find |then |compute |determine |evaluate |solve )(?:then,? )?"),
    pattern(r"(?:if |suppose )?the (?:arithmetic )?(?:mean|average)(?: \(mean\))? of (?:the )?(?:numbers )?<ms+> is <mv>[.,] ?(?:then,? )?"),
    pattern(r"(?:let|suppose|if) <es+> (?:be|is) an? (?P<kind>acute|obtuse)? ?angle (?:such that|with|for which) <fs+>[.,] ?(?:then,? )?"),
    pattern(r"(?:a|the|if the|if a) (?:parabola|line|graph|curve|circle)(?: with equation| whose equation is| given by| of)? <on>,? (?:passes through|contains|goes through) (?:the )?(?:points? )?<pts+>[.,] ?(?:then,? )?"),
    pattern(r"(?:设|若|已知|在复平面内,? ?)? ?(?P<kind>复数) ?<es+> ?满足:? ?<fs+>[,.] ?(?:则|那么|求)? ?"),
    pattern(r"\(? ?(?:其中)? ?<unit> ?(?:是|为) ?虚数单位 ?\)?[,.]? ?"),
    pattern(r"(?:已知|设)?点 ?<pt> ?在(?:反比例函数|一次函数|二次函数|正比例函数|函数|直线|抛物线|曲线)? ?<on> ?(?:的图[象像])?上[,.] ?(?:则|那么|求)? ?"),
    pattern(r"(?:the )?point <pt> (?:is|lies) on (?:the )?(?:line|graph|curve|parabola|graph of)?(?: with equation| whose equation is| of| given by| of the equation)? ?<on>\. ?"),
    pattern(r"(?:if|let|suppose(?: that)?|given(?: that)?) <es+> (?:and|where) <as> is (?:an? )?(?P<kind>acute|obtuse)(?: angle)?[.,] ?(?:then,? )?"),
    pattern(r"(?:if |when |suppose )?<l> (?:is equal to|is the same as|equals|is|,? the result is(?: the same as| equal to)?) <r>[.,] ?(?:then,? )?"),
    pattern(r"(?:the |an |a |for )?(?:new |binary )?operation (?:<sign> )?is defined (?:for (?:all )?(?P<nkind>(?:positive |nonzero |real )*(?:integers|numbers|real numbers)) <ns+> )?(?:as|by)(?: the (?:equation|formula|rule))?:? <es+>[.,]? ?(?:then,? )?"),
    pattern(r"(?:if|let|define|suppose)(?: the operation)? <sign> (?:is defined |be defined )?(?:by|as|to be|such that) <es+>[.,] ?(?:then,? )?"),
    pattern(r"(?:对于?(?:任意)?(?:的)?(?:两个|两)?(?P<nkind>数字|数|实数|有理数|自然数|非零自然数)? ?(?:<ns+>)?,? ?)?(?:我们)?(?:规定|定义|如果规定|若规定|如果定义)(?:一种)?(?:新)?(?:的)?(?:运算)?(?:符号)?(?: ?[\"']?<sign>[\"']?)?(?:为|是)?[:,]? ?<es+>[,.;] ?(?:则|那么|求|请计算|请问)? ?"),
    pattern(r"(?:for|let) some (?P<nkind>real )?values? of <es+>[,.] ?"),
    pattern(rf"{_VERB}? ?<es+> (?:be|is|are|denote|为|是) ?(?:a |an |any |两个|均为|都是)?{_KIND_WORDS}(?! (?:roots?|solutions?|zeros|zeroes|functions?)|的?[解根])(?:,? (?:such that|so that|for which|with|satisfying|where|and|满足) <fs+>)?(?:,|\.|;| and| then|,? then)* ?"),
    pattern(r"(?:for|let|suppose|assume|if|given(?: that)?|there exist|there are)? ?(?:all |any )?(?P<kind>(?:(?:positive|negative|non-?negative|nonzero|distinct|two|three|real|complex|rational|natural|whole|even|odd|prime) )*(?:numbers?|integers?|constants?)) <es+>(?:,? (?:satisfy|satisfies|such that|with|are such that) <fs+>)?(?:,|\.)+(?! ?(?:and )?⟦) ?"),
    pattern(r"(?:let|suppose|if)?(?: that)? ?(?:the |a )?functions? <es+> (?:be|is|are)? ?(?:defined|given)? ?(?:by|as|to be)(?: the (?:formula|equation|rule))? <fs+>[.,]? ?"),
    pattern(r"(?:let|suppose) <es+> (?:be|is) (?:a |the )?functions? (?:defined|given|such that|for which)? ?(?:by|as|that)? ?<fs+>[.,]? ?"),
    pattern(r"(?:let|if|suppose|given) <es+> (?:be )?(?:defined|given) by <fs+>[.,]? ?"),
    pattern(r"(?:let|suppose(?: that)?|given(?: that)?|if|assume(?: that)?|for|when|where|define|consider) (?:the )?(?:functions?|equations?|expressions?|values?(?: of)?)? ?<es+>(?: both)?(?: hold)?(?:\.|,? then|,)(?: and)? ?"),
    pattern(r"(?:suppose that )?the values of <ns+> are given by <es+>[.,]? ?"),
    pattern(r"(?:已知向量|设向量|若向量|向量|已知集合|设集合|已知全集|设全集|若集合|集合|已知函数|已知方程组|已知方程|已知|若函数|若|设函数|设|如果|当|令|函数|其中|且)\s*<es+>\s*(?:时|满足)?\s*(?:,|\.|;)(?! ?⟦\d+⟧ ?(?:是|为|互|均|都)) ?(?:则|那么)? ?"),
)  # fmt: skip
_TRAILING = (
    pattern(rf"[.,:]? ?\(? ?(?:where|if|given that|given|assume(?: that)?|note that|suppose(?: that)?|with)? ?<es+> (?:is|are|must be) (?:a |an |any |all )?{_KIND_WORDS}[.]?\)?[.?]?$"),
    pattern(r"[.,:]? ?\( ?(?:where|if|given that|given|assume(?: that)?|assuming(?: that)?|note that|suppose(?: that)?|with|for)? ?<es+>[.]?\)[.?]?$"),
    pattern(r"[.,:?] ?(?:assume(?: that)?|assuming(?: that)?|suppose(?: that)?|given that) <es+>[.?]?$"),
    pattern(r",? where <es+> (?:is|denotes) the base[- ]<logbase> logarithm(?: function)?[.?]?$"),
    pattern(r",? (?:for|over) (?:all )?(?P<kind>(?:(?:positive|negative|non-?negative|nonzero|real|even|odd) )*(?:numbers|reals|integers)) <es+>[.?]?$"),
    pattern(r",? (?:if|when|where|given that|given|such that|so that|provided that|assuming(?: that)?|(?<!possible values )for) <es+>(?: and <fs>)?[.?]?$"),
)  # fmt: skip


def _is_plain_truth(left: Node, right: Node) -> bool:
    """Whether two numbers without names are plainly equal, so that a reminder such as 6! = 720 gives nothing new."""
    if names_of(left) | names_of(right):
        return False
    try:
        values = [build(side, Context()) for side in (left, right)]
    except (NotUnderstood, ArithmeticError, AttributeError, TypeError, ValueError):
        return False
    return all(value.is_Rational for value in values) and values[0] == values[1]


def gathered(read: Reading) -> tuple[str, Facts]:
    """What is asked once all that is given has been taken out, and what is given. Raises `NotUnderstood`."""
    facts = Facts(_function_names(read.formulas))
    facts.operator = _new_operator(read.formulas)
    facts.complex_numbers = bool(_COMPLEX.search(read.source)) or any(
        _IMAGINARY_UNIT.search(formula) for formula in read.formulas
    )
    facts.euler = bool(re.search(r"\be\s*\^|\\ln|\bln\b|natural log|自然对数", read.source))
    base = re.search(
        r"base[\s-]*\$?(\d+)\$?\s*log|logarithms? (?:is|are|to|with|has|in)? ?(?:the )?base \$?(\d+)",
        read.source,
    )
    if base:
        facts.log_base = int(base[1] or base[2])
    text = re.sub(r"^(given|known|if|已知|若) ?: ?", r"\1 ", read.sentences)
    for _ in range(8):
        stated = _stated(facts, text, read)
        if stated:
            text = text[stated:].lstrip()
            continue
        plain = plain_sentence(text, read)
        if plain is not None and plain.variables:
            facts.add_plain(plain)
            text = text[plain.length :].lstrip()
            continue
        for shape in _LEADING:
            match = shape.match(text)
            if match and not _lost_words(match) and _relates(match, read):
                _take(facts, match, read)
                text = text[match.end() :].lstrip()
                break
        else:
            if plain is None:
                break
            facts.add_plain(plain)
            text = text[plain.length :].lstrip()
    for shape in _TRAILING:
        match = shape.search(text)
        if match and not _lost_words(match) and _relates(match, read) and not _is_of_numbers(match, read):
            _take(facts, match, read)
            text = text[: match.start()]
    return _without_interval(facts, text.strip(), read), facts


_INTERVAL = re.compile(
    r",? (?:(?:that lie |which lie |lying )?(?:in|on)) the (?:closed |open )?interval ⟦(\d+)⟧(?= ?[.,?]*$| to| of| such that| for which)"
)


def _without_interval(facts: Facts, text: str, read: Reading) -> str:
    """The text without an interval that the one unknown of the problem is in, which becomes a condition."""
    match = _INTERVAL.search(text)
    if match is None or len(_INTERVAL.findall(text)) != 1:
        return text
    tree = facts.parse(read.formulas[int(match[1])])
    if tree.kind == "rel":
        facts.add(read.formulas[int(match[1])])
    else:
        names = set().union(
            *(
                names_in_law(part) - {"i"}
                for number, formula in enumerate(read.formulas)
                if number != int(match[1])
                for part in facts.parse_list(formula)
            )
        )
        if len(names) != 1 or tree.kind != "tuple" or facts.functions:
            raise NotUnderstood("an interval of several unknowns")
        facts.add_membership(Node("name", text=names.pop()), tree)
    return text[: match.start()] + text[match.end() :]


def _stated(facts: Facts, text: str, read: Reading) -> int:
    """Take what the first sentence states in words, and return its length; 0 where it is no such sentence."""
    for statement in (*STATEMENTS, *DEGREES):
        for shape in statement.patterns:
            match = shape.match(text)
            if match:
                _add_statement(facts, statement, match, read)
                return match.end()
    return 0


def _add_statement(facts: Facts, statement: Statement, match: re.Match[str], read: Reading) -> None:
    trees, words = {}, {}
    for group, held in match.groupdict().items():
        if held is None:
            continue
        if re.fullmatch(r"\d+", held):
            trees[group] = facts.parse_list(read.formulas[int(held)])
        elif "⟦" in held:
            numbers = re.findall(r"\d+", held)
            trees[group] = tuple(
                tree for number in numbers for tree in facts.parse_list(read.formulas[int(number)])
            )
        else:
            words[group] = held.strip()
    for left, sign, right in statement.relations(Given(trees, words)):
        (facts.equations if sign == "=" else facts.constraints).append(Relation(left, sign, right))


_RELATION = re.compile(r"[=<>]|\\(?:leq?|geq?|neq?|lt|gt|in|equiv)(?![a-z])")


def _relates(match: re.Match[str], read: Reading) -> bool:
    """Whether what is given of names is a relation: `c such that x^2 + c` goes on with what holds for it."""
    held = match.groupdict().get("fs") or ""
    formulas = [read.formulas[int(number)] for number in re.findall(r"\d+", held)]
    return all(_RELATION.search(formula) or len(formula) < 4 for formula in formulas)


def _is_of_numbers(match: re.Match[str], read: Reading) -> bool:
    """Whether it says a kind of plain numbers: `the integers from 1 to 50 are prime` gives nothing of 50."""
    held = [read.formulas[int(number)] for number in re.findall(r"\d+", match.groupdict().get("es") or "")]
    return bool(match.groupdict().get("kind")) and all(formula.strip().isdigit() for formula in held)


def _lost_words(match: re.Match[str]) -> bool:
    """Whether a sentence that gives something says more than its groups, which are all taken, hold."""
    spans = []
    for group, words in match.groupdict().items():
        if words:
            start, end = match.span(group)
            spans.append((start - 1, end + 1) if "⟦" not in words and words.isdigit() else (start, end))
    return bool(unaccounted(match.group(), spans_in(spans, match.start()), fixed_words(match.re) | _GIVING))


def spans_in(spans: list[tuple[int, int]], offset: int) -> list[tuple[int, int]]:
    """The spans, relative to the start of the match."""
    return [(start - offset, end - offset) for start, end in spans]


def _function_names(formulas: tuple[str, ...]) -> frozenset[str]:
    names = {
        match[1]
        for formula in formulas
        for match in re.finditer(
            r"(?:^|[,;=]|\s)\s*([a-zA-Z])\s*\(\s*[a-z]\s*(?:,\s*[a-z]\s*)*\)\s*=", formula
        )
    }
    bare = {
        formula[0] for formula in formulas if re.fullmatch(r"[a-zA-Z]\s*\(\s*[a-z]\s*\)", formula.strip())
    }
    return frozenset(names) | frozenset(bare) | frozenset("fgh")


def _take(facts: Facts, match: re.Match[str], read: Reading) -> None:
    groups = match.groupdict()
    if groups.get("unit"):
        if read.formulas[int(groups["unit"])] != "i":
            raise NotUnderstood("another imaginary unit")
        return
    if groups.get("logbase"):
        if read.formulas[int(groups["logbase"])] != str(facts.log_base) or "log" not in groups[
            "es"
        ] + "".join(read.formulas):
            raise NotUnderstood("a base that is not understood")
        return
    if groups.get("sign") and read.formulas[int(groups["sign"])].strip() != facts.operator.strip():
        raise NotUnderstood("another operation than the one that is defined")
    if groups.get("nkind") and kinds_of(groups["nkind"].replace("数字", "数")) - {"real"}:
        raise NotUnderstood("an operation on some numbers only")
    if groups.get("pt"):
        _add_point(facts, read.formulas[int(groups["pt"])], read.formulas[int(groups["on"])])
        return
    if groups.get("ms"):
        values = [read.formulas[int(number)] for number in re.findall(r"⟦(\d+)⟧", groups["ms"])]
        if len(values) < 2:
            raise NotUnderstood("an average of one number")
        whole = " + ".join(f"({value})" for value in values)
        facts.add(f"{whole} = {len(values)} ({read.formulas[int(groups['mv'])]})")
        return
    if groups.get("pts"):
        for number in re.findall(r"⟦(\d+)⟧", groups["pts"]):
            _add_point(facts, read.formulas[int(number)], read.formulas[int(groups["on"])])
        return
    if groups.get("l"):
        facts.add(f"{read.formulas[int(groups['l'])]} = {read.formulas[int(groups['r'])]}")
        return
    listed = [int(number) for number in re.findall(r"⟦(\d+)⟧", groups.get("es") or "")]
    if groups.get("ns"):
        for number in re.findall(r"⟦(\d+)⟧", groups["ns"]):
            facts.add(read.formulas[int(number)])
    for number in listed:
        facts.add(read.formulas[number])
    if groups.get("kind"):
        named = [int(groups["as"])] if groups.get("as") else listed
        _add_kinds(facts, groups["kind"], [read.formulas[number] for number in named])
    more = groups.get("fs")
    for number in re.findall(r"⟦?(\d+)⟧?", more) if more else ():
        facts.add(read.formulas[int(number)])


def _add_point(facts: Facts, point: str, curve: str) -> None:
    """The point's coordinates solve the curve's equation."""
    place, relation = facts.parse(point), facts.parse(re.sub(r"\([a-z]\s*\\ne\s*0\)\s*$", "", curve))
    if place.kind == "mul" and place.parts[0].kind == "name":
        place = place.parts[1]
    if place.kind != "tuple" or len(place.parts) != 2 or relation.kind != "rel" or relation.text != "=":
        raise NotUnderstood("no point on a curve")
    values = dict(zip(("x", "y"), place.parts, strict=True))
    left, right = (_put_in(side, values) for side in relation.parts)
    facts.equations.append(Relation(left, "=", right))


def _put_in(tree: Node, values: dict[str, Node]) -> Node:
    if tree.kind == "name":
        return values.get(tree.text, tree)
    if tree.kind == "apply":
        if tree.text not in "fgh" or tree.parts != (Node("name", text="x"),):
            raise NotUnderstood("a function on a curve")
        return values["y"]
    return Node(tree.kind, tuple(_put_in(part, values) for part in tree.parts), tree.text)


def _add_kinds(facts: Facts, words: str, formulas: list[str]) -> None:
    """What the words say of each name in the formulas; a count of them must be right."""
    trees = [tree for formula in formulas for tree in facts.parse_list(formula)]
    counted = re.search(r"\b(two|three)\b|两个", words)
    if counted and len(trees) != (3 if counted[1] == "three" else 2):
        raise NotUnderstood("another number of names")
    kinds = kinds_of(re.sub(r"\b(?:two|three)\b|两个", " ", words))
    for tree in trees:
        name = tree.text if tree.kind == "name" else tree.parts[0].text if tree.kind == "rel" else ""
        if not name:
            raise NotUnderstood("a kind of something without a name")
        facts.kinds.setdefault(name, set()).update(kinds)
