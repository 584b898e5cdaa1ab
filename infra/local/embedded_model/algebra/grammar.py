"""A grammar for school mathematics: tokens into a small tree, which keeps the form in which it was written.

    relation := sum (("=" | "<" | ">" | "<=" | ">=" | "!=") sum)*
    sum      := ["+" | "-"] product (("+" | "-") product)*
    product  := power (("*" | "/" | nothing) power)*
    power    := atom ["!" | "%" | "°"]* ["^" exponent]

Refused as ambiguous: ``1/2x``. Bounded: tokens, depth, digits; see ``algebra`` for the size of values.
"""

from __future__ import annotations

from collections.abc import Sequence

from embedded_model.algebra.formula import Binary, Call, FormulaError, Name, Negative, Node, Number, Relation
from embedded_model.algebra.lexer import Token

__all__ = ["parse"]

_MOST_TOKENS = 400
_DEEPEST = 40
_MOST_DIGITS = 60
_RELATIONS = frozenset({"=", "<", ">", "<=", ">=", "!="})
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def parse(tokens: Sequence[Token]) -> Relation:
    """The relation or expression that *tokens* are.

    Raises:
        FormulaError: they are not one, all of them.
    """
    if not tokens or len(tokens) > _MOST_TOKENS:
        raise FormulaError("no formula, or too long a one")
    parser = _Parser(tokens)
    relation = parser.relation()
    parser.expect_end()
    return relation


class _Parser:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._bars = 0

    def expect_end(self) -> None:
        if self._at < len(self._tokens):
            raise FormulaError(f"{self._tokens[self._at].text!r} was not expected")

    def relation(self) -> Relation:
        sides, signs = [self._sum()], []
        while self._peek() in _RELATIONS:
            signs.append(self._take())
            sides.append(self._sum())
        return Relation(tuple(sides), tuple(signs))

    def _token(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _peek(self) -> str:
        token = self._token()
        return token.text if token is not None and token.kind in {"sign", "comma"} else ""

    def _take(self) -> str:
        token = self._token()
        if token is None:
            raise FormulaError("the formula ends too early")
        self._at += 1
        return token.text

    def _eat(self, text: str) -> None:
        if self._peek() != text:
            raise FormulaError(f"{text!r} is missing")
        self._at += 1

    def _sum(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise FormulaError("nested too deeply")
        negative = False
        while self._peek() in {"+", "-"}:
            negative ^= self._take() == "-"
        node = self._product()
        if negative:
            node = Negative(node)
        while self._peek() in {"+", "-"}:
            op = self._take()
            node = Binary(op, node, self._signed_product())
        self._depth -= 1
        return node

    def _signed_product(self) -> Node:
        if self._peek() == "-":
            self._take()
            return Negative(self._product())
        return self._product()

    def _product(self) -> Node:
        node = self._power()
        divided = False
        while True:
            if self._peek() in {"*", "/"}:
                op = self._take()
                node = Binary(op, node, self._signed_power())
                divided = op == "/"
            elif self._starts_factor():
                if divided:
                    raise FormulaError("a quotient followed by a factor can be read in two ways")
                fraction = (token := self._token()) is not None and token.text == "frac"
                right = self._power()
                mixed = _mixed(node, right) if fraction else None
                node = mixed or Binary("*", node, right, implicit=True)
            else:
                return node

    def _signed_power(self) -> Node:
        if self._peek() == "-":
            self._take()
            return Negative(self._power())
        return self._power()

    def _starts_factor(self) -> bool:
        token = self._token()
        if token is None:
            return False
        if token.kind == "number":
            # "2 3" is no product, and neither is "x2".
            return False
        if token.kind == "name":
            return not _is_differential(token)
        if token.kind == "function":
            return token.text != "mod"
        return token.text in {"(", "[", "{"} or (token.text == "|" and not self._bars)

    def _power(self) -> Node:
        node = self._atom()
        while self._peek() in {"!", "%", "°"}:
            node = Call({"!": "factorial", "%": "percent", "°": "degree"}[self._take()], (node,))
        if self._peek() == "^":
            self._take()
            if self._peek() == "°":
                self._take()
                return Call("degree", (node,))
            exponent = self._exponent()
            node = (
                exponent
                if isinstance(exponent, Call) and exponent.name == "degree"
                else Binary("^", node, exponent)
            )
        while self._peek() in {"!", "%", "°"}:
            node = Call({"!": "factorial", "%": "percent", "°": "degree"}[self._take()], (node,))
        return node

    def _exponent(self) -> Node:
        if self._peek() in {"+", "-"}:
            sign = self._take()
            node = self._exponent()
            return Negative(node) if sign == "-" else node
        node = self._group() if self._peek() == "{" else self._atom()
        if self._peek() == "^":
            self._take()
            return Binary("^", node, self._exponent())
        return node

    def _atom(self) -> Node:
        token = self._token()
        if token is None:
            raise FormulaError("the formula ends too early")
        if token.kind == "number":
            self._at += 1
            if len(token.text) > _MOST_DIGITS:
                raise FormulaError("too many digits")
            return Number(token.text)
        if token.kind == "name":
            self._at += 1
            return self._name(token.text)
        if token.kind == "function":
            self._at += 1
            return self._function(token.text)
        if token.text in _CLOSING:
            return self._group()
        if token.text == "|":
            self._at += 1
            self._bars += 1
            body = self._sum()
            self._bars -= 1
            self._eat("|")
            return Call("abs", (body,))
        raise FormulaError(f"{token.text!r} was not expected")

    def _name(self, text: str) -> Node:
        if self._peek() == "_":
            self._take()
            token = self._token()
            if token is not None and token.text == "{":
                self._take()
                inner = self._take()
                self._eat("}")
            else:
                inner = self._take()
            if not inner.isalnum():
                raise FormulaError("a strange index")
            text = f"{text}_{inner}"
        return Name(text)

    def _group(self) -> Node:
        opening = self._take()
        bars, self._bars = self._bars, 0
        node = self._sum()
        self._bars = bars
        self._eat(_CLOSING[opening])
        return node

    def _function(self, name: str) -> Node:
        if name == "frac":
            if self._is_derivative_sign():
                return self._derivative()
            return Binary("/", self._braced(), self._braced())
        if name == "int":
            return self._integral()
        if name == "lim":
            return self._limit()
        if name == "sqrt" and self._peek() == "[":
            self._take()
            degree = self._sum()
            self._eat("]")
            return Call("root", (self._braced(), degree))
        power: Node | None = None
        base: Node | None = None
        if self._peek() == "_":
            self._take()
            base = self._group() if self._peek() == "{" else self._atom()
        if self._peek() == "^":
            self._take()
            power = self._exponent()
            if isinstance(power, Negative):
                raise FormulaError("an inverse function or a power: unclear")
        arguments = self._arguments(name)
        if base is not None:
            if name != "log":
                raise FormulaError("an index where there is none")
            arguments = (*arguments, base)
        call = Call(name, arguments)
        return Binary("^", call, power) if power is not None else call

    def _braced(self) -> Node:
        """The argument of a LaTeX command: a group, or one single digit or name."""
        if self._peek() in _CLOSING:
            return self._group()
        token = self._token()
        if token is not None and token.kind == "number" and len(token.text) > 1:
            raise FormulaError("a command without braces")
        return self._atom()

    def _arguments(self, name: str) -> tuple[Node, ...]:
        if self._peek() in _CLOSING:
            opening = self._take()
            arguments = [self._sum()]
            while self._peek() in {",", "，", "、"}:
                self._take()
                arguments.append(self._sum())
            self._eat(_CLOSING[opening])
            return tuple(arguments)
        if name in {"sqrt", "cbrt"}:
            return (self._atom(),)
        # sin 2x, log 5 sqrt 5: the product that follows without a sign.
        node = self._power()
        while (
            self._starts_factor()
            and (token := self._token()) is not None
            and (token.kind == "name" or token.text == "sqrt")
        ):
            node = Binary("*", node, self._power(), implicit=True)
        return (node,)

    def _integral(self) -> Node:
        bounds: dict[str, Node] = {}
        while self._peek() in {"_", "^"}:
            which = self._take()
            bounds[which] = self._bound()
        body = self._sum() if not self._is_differential() else Number("1")
        token = self._token()
        if token is None or not self._is_differential():
            raise FormulaError("an integral without its differential")
        variable = Name(self._take()[1])
        if bounds and set(bounds) != {"_", "^"}:
            raise FormulaError("an integral with one bound")
        limits = (bounds["_"], bounds["^"]) if bounds else ()
        return Call("integral", (body, variable, *limits))

    def _bound(self) -> Node:
        if self._peek() == "-":
            self._take()
            return Negative(self._atom())
        return self._atom()

    def _is_differential(self) -> bool:
        token = self._token()
        return token is not None and _is_differential(token)

    def _limit(self) -> Node:
        if self._peek() != "(":
            self._eat("_")
        opening = self._peek()
        if opening in _CLOSING:
            self._take()
        variable = Name(self._take())
        self._eat("->")
        target = self._sum()
        if opening in _CLOSING:
            self._eat(_CLOSING[opening])
        return Call("limit", (self._product(), variable, target))

    def _is_derivative_sign(self) -> bool:
        texts = [token.text for token in self._tokens[self._at : self._at + 6]]
        return texts[:3] == ["{", "d", "}"] and texts[3] == "{" and len(texts[4]) == 2 and texts[5] == "}"

    def _derivative(self) -> Node:
        variable = Name(self._tokens[self._at + 4].text[1])
        self._at += 6
        return Call("derivative", (self._product(), variable))


def _is_differential(token: Token) -> bool:
    return token.kind == "name" and len(token.text) == 2 and token.text[0] == "d" and token.text != "pi"


def _mixed(whole: Node, fraction: Node) -> Node | None:
    """A whole number before a fraction of whole numbers, as in 2⅓: their sum, as schools write it."""
    if not isinstance(whole, Number) or "." in whole.text or not isinstance(fraction, Binary):
        return None
    parts = (fraction.left, fraction.right)
    if fraction.op == "/" and all(isinstance(part, Number) and "." not in part.text for part in parts):
        return Binary("+", whole, fraction)
    return None
