"""The grammar of formulas: LaTeX and plain text to a tree, by recursive descent; nothing is evaluated here.

Ambiguous notation (1/2x, a number beside a number, sin x/2) is refused.
"""

from __future__ import annotations

from collections.abc import Callable

from checkers.mathematics.formulas import tokens as words
from checkers.mathematics.formulas.cursor import Cursor
from checkers.mathematics.formulas.nodes import Node, NotUnderstood
from checkers.mathematics.formulas.tokens import Token

__all__ = ["parse", "parse_list"]

_RELATIONS = {"le": "<=", "ge": ">=", "ne": "!=", "approx": "~", "equiv": "==", "in": "in", "cong": "=="}
_MATRICES = frozenset(["pmatrix", "bmatrix", "vmatrix", "matrix", "smallmatrix", "array"])
_OPENING = frozenset("([{|")
_STARTING_COMMANDS = frozenset(
    [
        "frac",
        "binom",
        "sqrt",
        "pi",
        "infty",
        "emptyset",
        "sum",
        "prod",
        "int",
        "lim",
        "lfloor",
        "lceil",
        "overline",
        "bar",
        "ldots",
    ]
)


def parse(formula: str, functions: frozenset[str] = frozenset()) -> Node:
    """The tree of one normalized formula or relation. `functions` are names that the problem defines as functions.

    Raises `NotUnderstood`.
    """
    return _whole(formula, functions, lambda parser: parser.relation())


def parse_list(formula: str, functions: frozenset[str] = frozenset()) -> Node:
    """As `parse`, but several relations joined by commas, semicolons, "and" or "or" make a list node."""
    return _whole(formula, functions, lambda parser: parser.listing())


def _whole(formula: str, functions: frozenset[str], read: Callable[[_Parser], Node]) -> Node:
    parser = _Parser(words.tokens(formula), functions)
    tree = read(parser)
    if parser.token.kind != "stop":
        raise NotUnderstood(f"something after the formula: {parser.token.text!r}")
    return tree


class _Parser(Cursor):
    """The grammar's rules."""

    # From the loosest binding to the tightest.

    def listing(self) -> Node:
        parts = [self.relation()]
        joints: list[str] = []
        while self._is("op", ",", ";") or self._is("text", "or", "and"):
            joint = self._take(self.token.kind).text
            if self._is("text", "or", "and"):
                joint = self._take("text").text
            joints.append(joint)
            parts.append(self.relation())
        return Node("list", tuple(parts), " ".join(joints)) if joints else parts[0]

    def relation(self) -> Node:
        parts = [self._union()]
        signs: list[str] = []
        while True:
            if self._is("op", "=", "<", ">"):
                signs.append(self._take("op").text)
            elif self._is("cmd", *_RELATIONS):
                signs.append(_RELATIONS[self._take("cmd").text])
            else:
                break
            parts.append(self._union())
        return Node("rel", tuple(parts), " ".join(signs)) if signs else parts[0]

    def _union(self) -> Node:
        left = self._sum()
        while self._is("cmd", "cup", "cap"):
            kind = self._take("cmd").text
            left = Node(kind, (left, self._sum()))
        return left

    def _sum(self) -> Node:
        self._deeper()
        left = self._product()
        while self._is("op", "+", "-") or self._is("cmd", "pm", "mp"):
            sign = self._take(self.token.kind).text
            right = self._product()
            if sign in ("pm", "mp"):
                left = Node("pm", (left, right), sign)
            else:
                left = Node("add" if sign == "+" else "sub", (left, right))
        self._depth -= 1
        return left

    def _product(self) -> Node:
        left = self._signed()
        divided = by_sign = False
        while True:
            if self._is("op", "*") or self._is("cmd", "times", "cdot", "ast"):
                sign = self._take(self.token.kind).text
                left, divided, by_sign = (
                    Node("mul", (left, self._signed()), sign if sign in ("times", "cdot") else ""),
                    False,
                    False,
                )
            elif self._is("op", "/") or self._is("cmd", "div"):
                slash = self._take(self.token.kind).text == "/"
                if slash and by_sign:
                    # a ÷ b/c divides by b, or by the fraction b/c.
                    raise NotUnderstood("a fraction after a division sign can be read in two ways")
                by_sign = by_sign or not slash
                left, divided = Node("div", (left, self._signed())), True
            elif self._is("op", ":"):
                self._at += 1
                left, divided = Node("ratio", (left, self._signed())), True
            elif self._starts_operand():
                if divided:
                    raise NotUnderstood("a product right after a division can be read in two ways")
                left = self._beside(left)
            else:
                return left

    def _beside(self, left: Node) -> Node:
        """What stands beside `left` without a sign between: a mixed number or a product."""
        if (
            left.kind == "neg"
            and left.parts[0].kind == "num"
            and (self._is("num") or self._is("cmd", "frac"))
        ):
            # -15 3/5 is minus fifteen and three fifths.
            return Node("neg", (self._beside(left.parts[0]),))
        if self._is("num"):
            return self._after_number(left)
        if left.kind == "num" and self._is("op", "("):
            return self._before_bracket(left)
        if left.kind == "num" and "." not in left.text and self._is("cmd", "frac"):
            right = self._power()
            if (
                right.kind == "div"
                and all(part.kind == "num" for part in right.parts)
                and not _improper(right)
            ):
                return Node("mixed", (left, *right.parts))
            return Node("mul", (left, right), "beside")
        return Node("mul", (left, self._power()), "beside")

    def _before_bracket(self, left: Node) -> Node:
        """`5(a + b)`; 5(5/12) is five and five twelfths, or five times them."""
        right = self._power()
        if (
            "." not in left.text
            and right.kind == "div"
            and all(part.kind == "num" and "." not in part.text for part in right.parts)
            and not _improper(right)
        ):
            raise NotUnderstood("a mixed number or a product")
        return Node("mul", (left, right), "beside")

    def _after_number(self, left: Node) -> Node:
        """`3 1/2`, or `(3)5`, the only places where a number may follow without a sign."""
        if self._stream[self._at - 1].text == ")":
            return Node("mul", (left, self._power()), "beside")
        if (
            left.kind == "num"
            and self.token.spaced
            and self._peek(1).text == "/"
            and self._peek(2).kind == "num"
        ):
            above = Node("num", text=self._take("num").text)
            self._take("op", "/")
            below = Node("num", text=self._take("num").text)
            mixed = Node("mixed", (left, above, below))
            if "." not in left.text and not _improper(Node("div", (above, below))):
                return mixed
        raise NotUnderstood("a number beside something without a sign between")

    def _starts_operand(self) -> bool:
        token = self.token
        if token.kind in ("num", "name", "fn", "repeating"):
            return True
        if token.kind == "cmd":
            return token.text in _STARTING_COMMANDS
        if token.kind == "op":
            return (token.text in _OPENING or token.text == r"\{") and not (
                token.text == "|" and self._bars > 0
            )
        return token.kind == "begin"

    def _signed(self) -> Node:
        self._deeper()
        try:
            if self._accept("op", "-"):
                return Node("neg", (self._signed(),))
            if self._accept("op", "+"):
                return Node("pos", (self._signed(),))
            if self._is("cmd", "pm", "mp"):
                sign = self._take("cmd").text
                return Node("pm", (Node("num", text="0"), self._signed()), sign)
            left = self._power()
            if self._accept("cmd", "star"):
                left = Node("apply", (left, self._power()), "star")
                if self._is("cmd", "star"):
                    raise NotUnderstood("a new operation twice without brackets")
            return left
        finally:
            self._depth -= 1

    def _power(self) -> Node:
        base = self._primary()
        while True:
            if self._is("op", "^"):
                self._at += 1
                base = Node("pow", (base, self._exponent()))
            elif self._is("op", "!"):
                self._at += 1
                if base.kind == "pow" or self._is("op", "!"):
                    raise NotUnderstood("a factorial that can be read in two ways")
                base = Node("fact", (base,))
            elif self._is("op", "%"):
                self._at += 1
                base = Node("pct", (base,))
            elif self._is("op", "°"):
                self._at += 1
                base = Node("deg", (base,))
            else:
                return base

    def _exponent(self) -> Node:
        self._deeper()
        try:
            if self._is("op", "{"):
                return self._braced()
            if self._accept("op", "-"):
                return Node("neg", (self._exponent(),))
            if self._is("op", "*") or self._is("cmd", "ast"):
                raise NotUnderstood("a star for an exponent")
            exponent = self._primary()
            if self._accept("op", "^"):
                return Node("pow", (exponent, self._exponent()))
            return exponent
        finally:
            self._depth -= 1

    def _braced(self) -> Node:
        self._take("op", "{")
        bars, self._bars = self._bars, 0
        inside = self.relation()
        self._bars = bars
        self._take("op", "}")
        return inside

    def _argument(self) -> Node:
        """What a LaTeX command takes: a group, or the one sign that follows."""
        if self._is("op", "{"):
            return self._braced()
        if self._is("num"):
            token = self.token
            if len(token.text) > 1 and "." not in token.text:
                self._stream[self._at] = Token("num", token.text[1:])
                return Node("num", text=token.text[0])
            self._at += 1
            return Node("num", text=token.text)
        return self._primary()

    def _primary(self) -> Node:
        self._deeper()
        try:
            token = self.token
            if token.kind == "num":
                return self._numeral()
            if token.kind == "repeating":
                self._at += 1
                return Node("repeating", text=token.text)
            if token.kind == "name":
                return self._named()
            if token.kind == "fn":
                return self._function()
            if token.kind == "cmd":
                return self._command()
            if token.kind == "begin":
                return self._matrix()
            if token.kind == "op":
                return self._bracketed()
        finally:
            self._depth -= 1
        raise NotUnderstood(f"{token.text!r} begins nothing")

    def _numeral(self) -> Node:
        digits = self._take("num").text
        if not self._is("op", "_"):
            return Node("num", text=digits)
        self._at += 1
        base = self._argument()
        if base.kind != "num" or "." in digits:
            raise NotUnderstood("a base that is no number")
        return Node("based", text=f"{digits}_{base.text}")

    def _named(self) -> Node:
        name = self._take("name").text
        if name == "e" and not self._is("op", "_"):
            return Node("const", text="e")
        if self._accept("op", "_"):
            if name in ("A", "C", "P") and self._counts_choices():
                raise NotUnderstood("a number of choices, or the power of a name")
            name = f"{name}_{self._subscript()}"
        callable_name = name in self._functions or (name in "fgh" and not self._functions)
        if callable_name:
            applied = self._application(name)
            if applied is not None:
                return applied
        return Node("name", text=name)

    def _counts_choices(self) -> bool:
        """Whether a power follows the subscript, as in C_5^2."""
        start = self._at
        self._subscript()
        follows = self._is("op", "^")
        self._at = start
        return follows

    def _subscript(self) -> str:
        if not self._accept("op", "{"):
            if self._is("num") or self._is("name"):
                return self._take(self.token.kind).text
            raise NotUnderstood("a subscript that is no name")
        inside = ""
        while self._is("num") or self._is("name") or self._is("text"):
            inside += self._take(self.token.kind).text
        self._take("op", "}")
        return inside

    def _application(self, name: str) -> Node | None:
        """`f(2)`, `f'(2)` or `f^{-1}(2)`, or None when the name stands alone."""
        start = self._at
        marks = ""
        while self._accept("op", "'"):
            marks += "'"
        if self._accept("op", "^"):
            exponent = self._exponent()
            if exponent != Node("neg", (Node("num", text="1"),)):
                raise NotUnderstood("a power of a function")
            marks += "^-1"
        if self._is("op", "("):
            inside = self._bracketed()
            arguments = inside.parts if inside.kind == "tuple" else (inside,)
            return Node("apply", arguments, name + marks)
        if marks:
            raise NotUnderstood("a function without its argument")
        self._at = start
        return None

    def _function(self) -> Node:
        name = self._take("fn").text
        base: tuple[Node, ...] = ()
        power: Node | None = None
        if name == "log" and self._accept("op", "_"):
            base = (self._argument(),)
        if self._accept("op", "^"):
            power = self._exponent()
        arguments = self._function_arguments(name)
        call = Node("call", arguments + base, name if not base else "logbase")
        if power is None:
            return call
        if power == Node("neg", (Node("num", text="1"),)):
            if name in ("sin", "cos", "tan"):
                return Node("call", arguments, "arc" + name)
            raise NotUnderstood("an inverse of a function")
        return Node("pow", (call, power))

    def _function_arguments(self, name: str) -> tuple[Node, ...]:
        if self._is("op", "(", "[") or self._is("op", "{"):
            inside = self._braced() if self._is("op", "{") else self._bracketed()
            return inside.parts if inside.kind == "tuple" else (inside,)
        if name in ("gcd", "lcm", "max", "min"):
            raise NotUnderstood("a function without brackets")
        argument = self._power()
        while self._is("name") or self._is("cmd", "pi", "frac", "sqrt"):
            argument = Node("mul", (argument, self._power()), "beside")
        if self._is("op", "/") or self._is("cmd", "div") or self._is("num"):
            raise NotUnderstood("a function's argument that can be read in two ways")
        return (argument,)

    def _bracketed(self) -> Node:
        if self._is("op", "{"):
            return self._braced()
        if self._is("op", "|"):
            return self._absolute()
        opening = self._take("op").text
        if opening not in ("(", "[", r"\{"):
            raise NotUnderstood(f"{opening!r} begins nothing")
        bars, self._bars = self._bars, 0
        closing = (r"\}",) if opening == r"\{" else (")", "]")
        if opening == r"\{" and self._accept("op", r"\}"):
            return Node("set")
        parts = [self.relation()]
        while self._accept("op", ",", ";"):
            parts.append(self.relation())
        end = self._take("op", *closing).text
        self._bars = bars
        if opening == r"\{":
            return Node("set", tuple(parts))
        if len(parts) > 1:
            return Node("tuple", tuple(parts), opening + end)
        if (opening, end) not in (("(", ")"), ("[", "]")):
            raise NotUnderstood("brackets that do not match")
        return parts[0]

    def _absolute(self) -> Node:
        self._take("op", "|")
        self._bars += 1
        inside = self._sum()
        self._take("op", "|")
        self._bars -= 1
        return Node("abs", (inside,))

    def _command(self) -> Node:
        command = self._take("cmd").text
        if command in ("pi", "infty"):
            return Node("const", text={"pi": "pi", "infty": "oo"}[command])
        if command == "emptyset":
            return Node("set")
        if command == "ldots":
            return Node("dots")
        if command == "frac":
            return self._fraction()
        if command == "binom":
            return Node("call", (self._argument(), self._argument()), "binom")
        if command in ("overline", "bar", "bar"):
            return Node("call", (self._argument(),), "conjugate")
        if command == "sqrt":
            return self._root()
        if command in ("lfloor", "lceil"):
            bars, self._bars = self._bars, 0
            inside = self._sum()
            self._bars = bars
            self._take("cmd", "rfloor" if command == "lfloor" else "rceil")
            return Node("call", (inside,), "floor" if command == "lfloor" else "ceil")
        if command in ("sum", "prod"):
            return self._ranged(command)
        if command == "lim":
            return self._limit()
        if command == "int":
            return self._integral()
        raise NotUnderstood(f"{command} begins nothing")

    def _fraction(self) -> Node:
        above, below = self._argument(), self._argument()
        derived = _differential(above, below)
        if derived:
            return Node("diff", (Node("name", text=derived), self._signed()))
        return Node("div", (above, below))

    def _root(self) -> Node:
        degree = Node("num", text="2")
        if self._accept("op", "["):
            degree = self._sum()
            self._take("op", "]")
        if self._is("op", "{", "("):
            return Node("call", (self._bracketed(), degree), "root")
        token = self.token
        if token.kind == "num" and len(token.text) > 1 and not token.spaced:
            raise NotUnderstood("a root that can be read in two ways")
        inside = self._primary()
        if self._is("name") and not self.token.spaced and inside.kind == "num":
            raise NotUnderstood("a root that can be read in two ways")
        return Node("call", (inside, degree), "root")

    def _ranged(self, command: str) -> Node:
        self._take("op", "_")
        low = self._braced() if self._is("op", "{") else self._argument()
        self._take("op", "^")
        high = self._exponent()
        if low.kind != "rel" or low.text != "=" or low.parts[0].kind != "name":
            raise NotUnderstood("a sum without a range")
        return Node(command, (low.parts[0], low.parts[1], high, self._product()))

    def _limit(self) -> Node:
        self._take("op", "_")
        self._take("op", "{")
        name = Node("name", text=self._take("name").text)
        self._take("cmd", "to")
        target = self._sum()
        side = ""
        if self._accept("op", "^"):
            side = self._take("op", "+", "-").text
        self._take("op", "}")
        return Node("lim", (name, target, self._product()), side)

    def _integral(self) -> Node:
        bounds: tuple[Node, ...] = ()
        if self._accept("op", "_"):
            low = self._argument()
            self._take("op", "^")
            bounds = (low, self._exponent())
        end = self._at
        while not (self._stream[end].text == "d" and self._stream[end + 1].kind == "name"):
            end += 1
            if end >= len(self._stream) - 1:
                raise NotUnderstood("an integral without its differential")
        name = self._stream[end + 1].text
        inner = _Parser([*self._stream[self._at : end], Token("stop", "")], self._functions)
        inner._depth = self._depth
        body = inner._sum()
        if inner.token.kind != "stop":
            raise NotUnderstood("an integrand that is not understood")
        self._at = end + 2
        return Node("int", (Node("name", text=name), body, *bounds))

    def _matrix(self) -> Node:
        environment = self._take("begin").text
        if environment == "cases":
            return self._cases()
        if environment not in _MATRICES:
            raise NotUnderstood(f"an environment that is not known: {environment}")
        rows: list[list[Node]] = [[]]
        while not self._is("end"):
            rows[-1].append(self._sum())
            if self._accept("op", "&"):
                continue
            if self._accept("op", "\\\\") and not self._is("end"):
                rows.append([])
        self._at += 1
        if len({len(row) for row in rows}) != 1:
            raise NotUnderstood("a matrix with rows of different lengths")
        matrix = Node("matrix", tuple(cell for row in rows for cell in row), f"{len(rows)} {len(rows[0])}")
        return Node("call", (matrix,), "det") if environment == "vmatrix" else matrix

    def _cases(self) -> Node:
        """Formulas with the condition under which each holds."""
        parts: list[Node] = []
        while not self._is("end"):
            parts.append(self._sum())
            self._accept("op", ",")
            self._accept("op", "&")
            self._accept("text", "if", "for", "when", "若", "当")
            if self._accept("text", "otherwise"):
                parts.append(Node("text", text="otherwise"))
            else:
                parts.append(self.relation())
            self._accept("op", ",", ".", ";")
            if not self._accept("op", "\\\\"):
                break
        self._take("end")
        return Node("cases", tuple(parts))


def _improper(fraction: Node) -> bool:
    above, below = (part.text for part in fraction.parts)
    return "." in above + below or int(above) >= int(below)


def _differential(above: Node, below: Node) -> str:
    """The variable of d/dx, or nothing."""
    d = Node("name", text="d")
    if above == d and below.kind == "mul" and below.parts[0] == d and below.parts[1].kind == "name":
        return below.parts[1].text
    return ""
