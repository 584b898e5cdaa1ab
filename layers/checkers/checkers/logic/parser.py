"""Parse a formula: a grammar of our own, nothing is evaluated.

From loosest to tightest: ``↔``, ``→`` (to the right), ``∨``, ``⊕``, ``∧``, then ``¬`` and the quantifiers. A quantifier
reaches as far as its brackets or its next atom; with a colon, full stop or comma behind the variable, or when the variable
would otherwise be left unbound, to the end of the brackets that it stands in. Commas between whole formulas mean "and".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NoReturn

from checkers.logic.errors import FormulaError
from checkers.logic.formulas import Equal, Formula, Junction, Not, Predicate, Quantified, Term, Truth, depth
from checkers.logic.lexer import Kind, Token, tokens

__all__ = ["DEEPEST", "glued_predicates", "parse"]

DEEPEST = 60
"""Brackets, negations, quantifiers and functions inside one another."""
DEEPEST_TREE = 150
"""The same with the levels that need no brackets."""
MOST_QUANTIFIERS = 60

_TIGHTEST_FIRST = ("∧", "⊕", "∨", "→", "↔")
_VARIABLE = re.compile(r"[a-z]\w{0,2}'?\Z|[A-Z]\d?\Z")
_LISTED = re.compile(r"[a-z]\d?'?\Z")
_LABEL = re.compile(
    r"\s*(?:(?:[PCpc]\d{0,3}|premise\s*\d*|conclusion|前提\s*\d*|结论)\s*[:：]|∴|therefore\b|因此|所以)\s*",
    re.IGNORECASE,
)
_TEXTBOOK = re.compile(r"([A-Z])([a-z]{1,3})\Z")


def parse(text: str, textbook: frozenset[tuple[str, int]] = frozenset()) -> Formula:
    """The formula that ``text`` spells. Raises :class:`FormulaError` with the place of what is wrong.

    ``textbook`` names predicates that are written with their arguments glued on (``Fa`` for ``F(a)``), as letter and number
    of arguments: see :func:`glued_predicates`.
    """
    label = _LABEL.match(text)
    start = label.end() if label else 0
    return _Parser(tokens(text[start:]), start, textbook).whole()


def glued_predicates(formula: Formula) -> frozenset[tuple[str, int]]:
    """Predicates of which a proposition such as ``Fx``, under a quantifier over ``x``, shows that they are glued."""
    found: set[tuple[str, int]] = set()

    def look(part: Formula, bound: frozenset[str]) -> None:
        match part:
            case Predicate(name, ()):
                glued = _TEXTBOOK.match(name)
                if glued and any(letter in bound for letter in glued[2]):
                    found.add((glued[1], len(glued[2])))
            case Not(inner):
                look(inner, bound)
            case Junction(_, parts):
                for each in parts:
                    look(each, bound)
            case Quantified(_, variable, body):
                look(body, bound | {variable})
            case _:
                pass

    look(formula, frozenset())
    return frozenset(found)


class _Parser:
    """One walk over the signs of one formula."""

    def __init__(self, found: Sequence[Token], offset: int, textbook: frozenset[tuple[str, int]]) -> None:
        self.tokens = found
        self.offset = offset
        self.textbook = textbook
        self.at = 0
        self.depth = 0
        self.quantifiers = 0
        self.conditions = 0
        self.bound: list[str] = []
        self.partner = self._brackets()

    # Signs

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def ahead(self, by: int = 1) -> Token:
        return self.tokens[min(self.at + by, len(self.tokens) - 1)]

    def advance(self) -> Token:
        token = self.here
        self.at += 1
        return token

    def fail(self, code: str, token: Token | None = None) -> NoReturn:
        token = token or self.here
        raise FormulaError(code, token.at + self.offset, token.value)

    def _brackets(self) -> dict[int, int]:
        """For each opening bracket the place of the one that closes it."""
        partner: dict[int, int] = {}
        opened: list[int] = []
        for at, token in enumerate(self.tokens):
            if token.kind == "open":
                opened.append(at)
                if len(opened) > DEEPEST:
                    self.fail("too_deep", token)
            elif token.kind == "close":
                if not opened or self.tokens[opened[-1]].value != token.value:
                    self.fail("bracket_not_opened", token)
                partner[opened.pop()] = at
        if opened:
            self.fail("bracket_not_closed", self.tokens[opened[-1]])
        return partner

    # Formulas

    def whole(self) -> Formula:
        parts = [self.expression()]
        while self.skip("comma") and not self.at_end():
            parts.append(self.expression())
        self.skip("colon")
        if not self.at_end():
            self.fail("unexpected")
        formula = parts[0] if len(parts) == 1 else Junction("∧", tuple(parts))
        if depth(formula) > DEEPEST_TREE:
            self.fail("too_deep")
        return formula

    def at_end(self) -> bool:
        return self.here.kind == "end"

    def skip(self, kind: Kind) -> bool:
        if self.here.kind != kind:
            return False
        self.advance()
        return True

    def expression(self) -> Formula:
        operands = [self.unary()]
        signs: list[str] = []
        while sign := self._connective():
            self.advance()
            signs.append(sign)
            operands.append(self.unary())
        return _folded(operands, signs)

    def _connective(self) -> str:
        here = self.here
        if here.kind == "sign":
            return here.value
        # "A v B", and "A，则 B" without an "if" before it.
        if here.kind == "name" and here.value in ("v", "V"):
            return "∨"
        return "→" if here.kind == "then" and not self.conditions else ""

    def unary(self) -> Formula:
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail("too_deep")
        formula = self._unary()
        self.depth -= 1
        return formula

    def _unary(self) -> Formula:
        here = self.here
        match here.kind:
            case "not" if self.ahead().kind != "number":
                self.advance()
                formula: Formula = Not(self.unary())
            case "quantifier":
                self.advance()
                formula = self.quantified(here)
            case "open":
                formula = self.bracketed()
            case "if":
                formula = self.conditional()
            case "truth":
                self.advance()
                formula = Truth(here.value == "⊤")
            case "sign" if self.ahead().kind == "open":
                formula = self.applied_connective()
            case "name" | "number" | "quoted" | "not":
                formula = self.atom()
            case _:
                self.fail("ends_early" if self.at_end() else "unexpected")
        return formula

    def bracketed(self) -> Formula:
        opened = self.at
        if self.ahead().kind == "quantifier" and self._is_prefix(opened):
            # "(∀x)(P(x) → Q(x))"
            self.advance()
            return self.quantified(self.advance(), closes=self.partner[opened])
        self.advance()
        outer, self.conditions = self.conditions, 0
        inside = self.expression()
        self.conditions = outer
        if self.at != self.partner[opened]:
            self.fail("unexpected")
        self.advance()
        return inside

    def _is_prefix(self, opened: int) -> bool:
        inside = self.tokens[opened + 2 : self.partner[opened]]
        return 0 < len(inside) <= 8 and all(token.kind in ("name", "comma") for token in inside)

    def conditional(self) -> Formula:
        self.advance()
        self.conditions += 1
        condition = self.expression()
        self.conditions -= 1
        self.skip("comma")
        if not self.skip("then"):
            self.fail("then_missing")
        return Junction("→", (condition, self.expression()))

    def applied_connective(self) -> Formula:
        """``Implies(A, B)``, ``And(A, B, C)``."""
        sign = self.advance()
        opened = self.at
        self.advance()
        parts = [self.expression()]
        while self.skip("comma"):
            parts.append(self.expression())
        if self.at != self.partner[opened]:
            self.fail("unexpected")
        if len(parts) < 2 or (sign.value == "→" and len(parts) != 2):
            self.fail("wrong_number_of_parts", sign)
        self.advance()
        return _junction(sign.value, parts)

    # Quantifiers

    def quantified(self, sign: Token, closes: int | None = None) -> Formula:
        """What follows a quantifier's sign; ``closes`` is the bracket that ends a prefix in brackets."""
        self.quantifiers += 1
        if self.quantifiers > MOST_QUANTIFIERS:
            self.fail("too_many_quantifiers", sign)
        applied = self.at if closes is None and self.here.kind == "open" else None
        if applied is not None:
            self.advance()
        names = self._variables(inside=closes is not None or applied is not None)
        restriction = self._restriction(names)
        if closes is not None:
            self.advance()
        self.bound.extend(names)
        try:
            body = self._scope(names, applied)
        finally:
            del self.bound[len(self.bound) - len(names) :]
        return _quantify(sign.value, names, restriction, body)

    def _variables(self, *, inside: bool) -> list[str]:
        listed = self.here.kind == "open"
        if listed:
            self.advance()
        names = [self._variable()]
        while True:
            comma = self.here.kind == "comma"
            candidate = self.ahead() if comma else self.here
            after = self.ahead(2 if comma else 1)
            if candidate.kind != "name" or not _LISTED.match(candidate.value):
                break
            follows = after.kind in ("name", "comma", "colon", "quantifier", "not") or (
                after.kind == "open" and not after.glued
            )
            if not (follows or (inside and after.kind == "close")):
                break
            if comma:
                self.advance()
            names.append(self._variable())
        if listed:
            if self.here.kind != "close":
                self.fail("unexpected")
            self.advance()
        return names

    def _variable(self) -> str:
        token = self.here
        if token.kind != "name" or (
            not _VARIABLE.match(token.value) and self.ahead().kind not in ("open", "colon", "comma", "close")
        ):
            self.fail("variable_missing")
        self.advance()
        return token.value

    def _restriction(self, names: list[str]) -> Formula | None:
        """``∀x ∈ People``, ``∃n > 0``: what the variable is bounded to."""
        if self.here.kind != "relation" or self.here.value == "=":
            return None
        self.bound.extend(names)
        parts = []
        relation = self.here
        after = self.at
        for name in names:
            self.at = after
            parts.append(self.related(Term(name, variable=True), relation))
        del self.bound[len(self.bound) - len(names) :]
        return parts[0] if len(parts) == 1 else Junction("∧", tuple(parts))

    def _scope(self, names: list[str], applied: int | None) -> Formula:
        if applied is not None:
            return self._applied_scope(applied)
        if self.here.kind in ("colon", "comma"):
            self.advance()
            return self.expression()
        if self.here.kind != "quantifier" and self._needs_more(names):
            return self.expression()
        return self.unary()

    def _applied_scope(self, applied: int) -> Formula:
        """The rest of ``ForAll(x, P(x))`` or of ``∀(x) P(x)``."""
        if self.at == self.partner[applied]:
            self.advance()
            return self.unary()
        if self.here.kind != "comma":
            self.fail("unexpected")
        self.advance()
        body = self.expression()
        if self.at != self.partner[applied]:
            self.fail("unexpected")
        self.advance()
        return body

    def _needs_more(self, names: list[str]) -> bool:
        """Whether a variable is used behind the next atom or bracket, where a narrow scope would leave it unbound."""
        at = self._behind_operand(self.at)
        while at < len(self.tokens):
            token = self.tokens[at]
            if token.kind in ("close", "end") or (token.kind == "comma" and not self.bound[: -len(names)]):
                return False
            if token.kind == "quantifier" and any(
                later.value in names for later in self.tokens[at + 1 : at + 3]
            ):
                return False
            if token.kind == "open":
                inside = self.tokens[at + 1 : self.partner[at]]
                if self._uses(inside, names):
                    return True
                at = self.partner[at]
            elif token.kind == "name" and token.value in names:
                return True
            at += 1
        return False

    def _uses(self, inside: Sequence[Token], names: list[str]) -> bool:
        for at, token in enumerate(inside):
            if token.kind == "quantifier" and any(later.value in names for later in inside[at + 1 : at + 3]):
                return False
            if token.kind == "name" and token.value in names:
                return True
        return False

    def _behind_operand(self, at: int) -> int:
        while self.tokens[at].kind == "not":
            at += 1
        if self.tokens[at].kind in ("name", "number", "quoted"):
            at += 1
        if self.tokens[at].kind == "open":
            at = self.partner[at] + 1
        if self.tokens[at].kind == "relation":
            at += 2
            if self.tokens[min(at, len(self.tokens) - 1)].kind == "open":
                at = self.partner[at] + 1
        return at

    # Atoms

    def atom(self) -> Formula:
        token = self.here
        term = self.term()
        if self.here.kind == "relation":
            return self.related(term, self.here)
        if token.kind in ("number", "not"):
            self.fail("number_is_no_statement", token)
        if term.variable:
            self.fail("variable_is_no_statement", token)
        glued = _TEXTBOOK.match(term.name)
        if glued and not term.args and (glued[1], len(glued[2])) in self.textbook:
            return Predicate(glued[1], tuple(Term(name, variable=name in self.bound) for name in glued[2]))
        return Predicate(term.name, term.args)

    def related(self, left: Term, relation: Token) -> Formula:
        """``left = right``, and chains such as ``0 < x ≤ 5``."""
        parts: list[Formula] = []
        while self.here.kind == "relation":
            relation = self.advance()
            if relation.value in ("∈", "∉"):
                parts.append(self._member(left, relation))
                break
            right = self.term()
            parts.append(_compared(left, relation.value, right))
            left = right
        return parts[0] if len(parts) == 1 else Junction("∧", tuple(parts))

    def _member(self, left: Term, relation: Token) -> Formula:
        """``x ∈ People`` says ``People(x)``."""
        name = self.advance()
        if name.kind not in ("name", "quoted") or name.value in self.bound:
            self.fail("set_name_missing", name)
        member = Predicate(name.value, (left,))
        return member if relation.value == "∈" else Not(member)

    def term(self) -> Term:
        token = self.advance()
        if token.kind == "not" and self.here.kind == "number":
            return Term("-" + self.advance().value)
        if token.kind == "number":
            return Term(token.value)
        if token.kind not in ("name", "quoted"):
            self.fail("ends_early" if token.kind == "end" else "name_missing", token)
        variable = token.kind == "name" and token.value in self.bound
        if self.here.kind != "open" or (variable and not self.here.glued):
            return Term(token.value, variable=variable)
        if variable:
            self.fail("variable_is_no_function", token)
        return Term(token.value, self._arguments())

    def _arguments(self) -> tuple[Term, ...]:
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail("too_deep")
        opened = self.at
        self.advance()
        args: list[Term] = []
        while self.at != self.partner[opened]:
            args.append(self.term())
            if self.here.kind in ("sign", "not", "quantifier", "relation"):
                self.fail("sign_among_arguments")
            if self.at != self.partner[opened]:
                if self.here.kind != "comma":
                    self.fail("unexpected")
                self.advance()
        self.advance()
        self.depth -= 1
        return tuple(args)


def _folded(operands: list[Formula], signs: list[str]) -> Formula:
    """Operands joined by signs, the tightest first; ``→`` from the right."""
    for sign in _TIGHTEST_FIRST:
        joined: list[Formula] = []
        kept: list[str] = []
        group = [operands[0]]
        for between, operand in zip([*signs, ""], [*operands[1:], None], strict=True):
            if between == sign and operand is not None:
                group.append(operand)
                continue
            joined.append(_joined(sign, group))
            kept.append(between)
            group = [operand] if operand is not None else []
        operands, signs = joined, kept[:-1]
    return operands[0]


def _joined(sign: str, group: list[Formula]) -> Formula:
    if len(group) == 1:
        return group[0]
    if sign != "→":
        return _junction(sign, group)
    formula = group[-1]
    for condition in reversed(group[:-1]):
        formula = Junction("→", (condition, formula))
    return formula


def _junction(sign: str, parts: Sequence[Formula]) -> Formula:
    match sign:
        case "∧" | "∨" | "⊕" | "→" | "↔":
            return Junction(sign, tuple(parts))
        case _:
            raise AssertionError(sign)


def _compared(left: Term, relation: str, right: Term) -> Formula:
    match relation:
        case "=":
            return Equal(left, right)
        case "≠":
            return Not(Equal(left, right))
        case "<":
            return Predicate("<", (left, right))
        case ">":
            return Predicate("<", (right, left))
        case "≤":
            return Not(Predicate("<", (right, left)))
        case _:
            return Not(Predicate("<", (left, right)))


def _quantify(sign: str, names: Sequence[str], restriction: Formula | None, body: Formula) -> Formula:
    if restriction is not None:
        body = Junction("→" if sign == "∀" else "∧", (restriction, body))
    for name in reversed(names):
        match sign:
            case "∀" | "∃!":
                body = Quantified("∀" if sign == "∀" else "∃!", name, body)
            case _:
                body = Quantified("∃", name, body)
    return Not(body) if sign == "¬∃" else body
