"""Parse a formula by recursive descent; nothing is evaluated.

From loosest to tightest: ``↔``, ``→`` (to the right), ``∨``, ``⊕``, ``∧``, then ``¬`` and the quantifiers. A quantifier
reaches as far as its brackets or its next atom (in a wide notation as far as it can); with a colon, full stop or comma behind the variable, or when the variable
would otherwise be left unbound, to the end of the brackets that it stands in. Commas between whole formulas mean "and".
Ambiguous notation is refused: a comma beside other connectives, chains of ``⊕`` or ``↔`` without brackets,
``并非 A 或 B`` and "A and B or C" in words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from checkers.logic.building import (
    STANDARD,
    Notation,
    compared,
    folded,
    junction,
    quantify,
    unbracketed_chain,
)
from checkers.logic.cursor import DEEPEST, Cursor
from checkers.logic.formulas import KEYWORDS, Formula, Junction, Not, Predicate, Term, Truth, depth
from checkers.logic.lexer import Token, tokens
from checkers.logic.textbook import unglued

__all__ = ["parse"]

DEEPEST_TREE = 150
"""Formulas inside one another, with the levels that need no brackets."""
MOST_QUANTIFIERS = 60

_VARIABLE = re.compile(r"[a-z]\w{0,2}'?\Z|[A-Z]\d?\Z")
_LISTED = re.compile(r"[a-z]\d?'?\Z")
_LABEL = re.compile(
    r"\s*(?:(?:[PCpc]\d{0,3}|premise\s*\d*|conclusion|前提\s*\d*|结论)\s*[:：]|∴|therefore\b|因此|所以)\s*",
    re.IGNORECASE,
)


def parse(
    text: str, textbook: frozenset[tuple[str, int]] = frozenset(), notation: Notation = STANDARD
) -> Formula:
    """Parse ``text``. Raises :class:`checkers.logic.errors.FormulaError` with the offset of the error.

    ``textbook`` names predicates that are written with their arguments glued on (``Fa`` for ``F(a)``), as letter and number
    of arguments: see :func:`checkers.logic.textbook.glued_predicates`.
    """
    label = _LABEL.match(text)
    start = label.end() if label else 0
    return _Parser(tokens(text[start:]), start, textbook, notation).whole()


class _Parser(Cursor):
    """The parser of one formula."""

    def __init__(
        self, found: Sequence[Token], offset: int, textbook: frozenset[tuple[str, int]], notation: Notation
    ) -> None:
        super().__init__(found, offset)
        self.textbook = textbook
        self.notation = notation
        self.depth = 0
        self.quantifiers = 0
        self.conditions = 0
        self.bound: list[str] = []

    # Formulas

    def whole(self) -> Formula:
        parts = [self.expression()]
        while self.skip("comma") and not self.at_end():
            parts.append(self.expression())
        self.skip("colon")
        if not self.at_end():
            self.fail("unexpected")
        if len(parts) > 1:
            self._refuse_comma_beside_connectives()
        formula = parts[0] if len(parts) == 1 else Junction("∧", tuple(parts))
        if depth(formula) > DEEPEST_TREE:
            self.fail("too_deep")
        return formula

    def _refuse_comma_beside_connectives(self) -> None:
        """``P, Q → R``: is the comma looser than the arrow, or tighter?"""
        at = 0
        while at < len(self.tokens):
            token = self.tokens[at]
            if token.kind in ("if", "then") or (token.kind == "sign" and token.value != "∧"):
                self.fail("ambiguous", token)
            at = self.partner.get(at, at) + 1

    def expression(self) -> Formula:
        operands = [self.unary()]
        signs: list[str] = []
        words: list[Token] = []
        while sign := self._connective():
            token = self.advance()
            if token.word:
                words.append(token)
            signs.append(sign)
            operands.append(self.unary())
        if chain := unbracketed_chain(signs):
            self.fail("chain", Token("sign", chain, self.here.at, glued=False))
        if words and len({"∧", "∨", "⊕"}.intersection(signs)) > 1:
            self.fail("ambiguous", words[0])
        return folded(operands, signs, self.notation)

    def _connective(self) -> str:
        here = self.here
        if here.kind == "sign":
            return self.notation.caret if here.value == "^" else here.value
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
                formula: Formula = self._negated(here)
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

    def _negated(self, sign: Token) -> Formula:
        """``并非 P 或 Q`` is refused, as the scope of the negation is ambiguous."""
        bracket = self.here.kind == "open"
        formula = Not(self.unary())
        if sign.word and not bracket and self._connective() in ("∧", "∨", "⊕"):
            self.fail("ambiguous", sign)
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
        if len(parts) < 2 or (sign.value not in "∧∨" and len(parts) != 2):
            self.fail("wrong_number_of_parts", sign)
        self.advance()
        return junction(self.notation.caret if sign.value == "^" else sign.value, parts)

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
        return quantify(sign.value, names, restriction, body)

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
        marked = self.ahead().kind in ("open", "colon", "comma", "close")
        usual = token.value in ("v", "V") or token.value.lower() not in KEYWORDS
        if token.kind != "name" or not usual or not (marked or _VARIABLE.match(token.value)):
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
        if self.here.kind != "quantifier" and self.used_behind(
            names, commas_end=len(self.bound) == len(names)
        ):
            return self.expression()
        return self.expression() if self.notation.wide and self._begins_with_atom() else self.unary()

    def _begins_with_atom(self) -> bool:
        """Whether no bracket and no other quantifier says how far this one reaches."""
        at = self.at
        while self.tokens[at].kind == "not":
            at += 1
        return self.tokens[at].kind in ("name", "number", "quoted", "truth")

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
        letter, letters = unglued(term.name)
        if not term.args and (letter, len(letters)) in self.textbook:
            return Predicate(letter, tuple(Term(name, variable=name in self.bound) for name in letters))
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
            parts.append(compared(left, relation.value, right, self.notation))
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
        variable = token.value in self.bound
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
