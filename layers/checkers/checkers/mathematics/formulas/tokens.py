"""Split a formula in LaTeX or plain text into tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from checkers.mathematics.formulas.nodes import NotUnderstood

__all__ = ["FUNCTIONS", "GREEK", "Token", "tokens"]

MOST_TOKENS = 1_500
LONGEST_NUMBER = 400
LONGEST_FORMULA = 6_000

FUNCTIONS = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "arcsin",
        "arccos",
        "arctan",
        "sinh",
        "cosh",
        "tanh",
        "log",
        "ln",
        "lg",
        "exp",
        "sqrt",
        "cbrt",
        "gcd",
        "lcm",
        "max",
        "min",
        "det",
        "floor",
        "ceil",
        "abs",
    ]
)
_ALIASES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "tg": "tan", "ctg": "cot", "cosec": "csc"}
GREEK = frozenset(
    [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "varepsilon",
        "zeta",
        "eta",
        "theta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "rho",
        "sigma",
        "tau",
        "phi",
        "varphi",
        "chi",
        "psi",
        "omega",
        "Delta",
        "Omega",
        "Phi",
        "Theta",
        "Lambda",
        "Sigma",
    ]
)
_COMMANDS = frozenset(
    [
        "frac",
        "binom",
        "sqrt",
        "times",
        "div",
        "cdot",
        "pm",
        "mp",
        "le",
        "ge",
        "ne",
        "approx",
        "equiv",
        "infty",
        "pi",
        "in",
        "cup",
        "cap",
        "emptyset",
        "sum",
        "prod",
        "int",
        "lim",
        "to",
        "ldots",
        "lfloor",
        "rfloor",
        "lceil",
        "rceil",
        "operatorname",
        "overline",
        "bar",
        "bmod",
        "pmod",
        "mod",
        "lbrace",
        "rbrace",
        "quad",
        "prime",
        "triangle",
        "star",
        "ast",
        "sim",
        "cong",
    ]
)

_NUMBER = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_GROUPED = re.compile(r"\d{1,3}(?:(?:\{,\}|,)\d{3})+(?![\d])(?:\.\d+)?")
_BRACED_GROUPS = re.compile(r"\d{1,3}(?:\{,\}\d{3})+(?![\d])(?:\.\d+)?")
_REPEATING = re.compile(r"(\d*\.\d*)\s*\\(?:overline|dot)\s*\{\s*(\d{1,40})\s*\}")
_WORD = re.compile(r"[A-Za-z]+")
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?")
_TEXT = re.compile(
    r"\\(?:text|textbf|operatorname|mathrm|mathbf|mathit|mathbb|boldsymbol|vec|overrightarrow)\s*\{([^{}]{0,60})\}"
)
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([a-zA-Z]+\*?)\}(?:\{[lcr| ]{0,10}\})?")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is num, repeating, name, fn, cmd, op, text, begin, end or stop; `spaced` whether space came before."""

    kind: str
    text: str
    spaced: bool = False


def tokens(formula: str) -> list[Token]:
    """The tokens of a normalized formula, followed by a stop. Raises `NotUnderstood`."""
    if len(formula) > LONGEST_FORMULA:
        raise NotUnderstood("too long")
    found: list[Token] = []
    brackets: list[str] = []
    at = 0
    spaced = False
    while at < len(formula):
        if len(found) > MOST_TOKENS:
            raise NotUnderstood("too many signs")
        space = _SPACE.match(formula, at)
        if space:
            at, spaced = space.end(), True
            continue
        new, at = _next(formula, at, spaced, in_list=bool(brackets) and brackets[-1] in "([S")
        for token in new:
            _follow_brackets(token, brackets)
        found.extend(new)
        spaced = False
    found.append(Token("stop", "", spaced))
    _refuse_run_together(formula, found)
    return found


def _refuse_run_together(formula: str, found: list[Token]) -> None:
    """Refuse `22,7,200` and `100,200 and 300`, where a comma groups digits or parts numbers."""
    grouped = any(
        token.kind == "num" and len(token.text) > 3 and token.text not in formula for token in found
    ) and re.search(r"\d,\d{3}(?!\d)", formula)
    depth = 0
    for token in found:
        if token.kind == "op" and token.text in ("(", "[", "{", r"\{"):
            depth += 1
        elif token.kind == "op" and token.text in (")", "]", "}", r"\}"):
            depth -= 1
        joint = (
            token.text in (",", ";")
            if token.kind == "op"
            else token.kind == "text" and token.text in ("and", "or")
        )
        if grouped and depth == 0 and joint:
            raise NotUnderstood("a comma that groups digits or parts numbers")


def _follow_brackets(token: Token, brackets: list[str]) -> None:
    if token.kind != "op":
        return
    if token.text in ("(", "[", "{"):
        brackets.append(token.text)
    elif token.text == r"\{":
        brackets.append("S")
    elif token.text in (")", "]", "}", r"\}") and brackets:
        brackets.pop()


def _next(formula: str, at: int, spaced: bool, *, in_list: bool) -> tuple[list[Token], int]:
    sign = formula[at]
    if sign == "." and _REPEATING.match(formula, at):
        return _number(formula, at, spaced, in_list=in_list)
    if (sign.isdigit() and sign.isascii()) or (sign == "." and formula[at + 1 : at + 2].isdigit()):
        return _number(formula, at, spaced, in_list=in_list)
    if sign == "\\":
        return _command(formula, at, spaced)
    if sign.isascii() and sign.isalpha():
        word = _WORD.findall(formula, at)[0]
        return _word(word, spaced), at + len(word)
    if formula.startswith("...", at):
        return [Token("cmd", "ldots", spaced)], at + 3
    for operator in ("<=", ">=", "!=", "==", "**", "->"):
        if formula.startswith(operator, at):
            text = {"==": "=", "**": "^", "<=": "le", ">=": "ge", "!=": "ne", "->": "to"}[operator]
            return [Token("op" if text in "=^" else "cmd", text, spaced)], at + 2
    if sign in "+-*/^_=<>(){}[]|!%,;:'&°$¥":
        return [Token("op", sign, spaced)], at + 1
    raise NotUnderstood(f"a sign that no formula has: {sign!r}")


def _number(formula: str, at: int, spaced: bool, *, in_list: bool) -> tuple[list[Token], int]:
    repeating = _REPEATING.match(formula, at)
    if repeating:
        return [Token("repeating", f"{repeating.group(1)}|{repeating.group(2)}", spaced)], repeating.end()
    grouped = (_BRACED_GROUPS if in_list else _GROUPED).match(formula, at)
    match = grouped or _NUMBER.match(formula, at)
    if match is None or len(match.group()) > LONGEST_NUMBER:
        raise NotUnderstood("a number that is too long")
    digits = match.group().replace("{,}", "").replace(",", "")
    return [Token("num", digits, spaced)], match.end()


def _command(formula: str, at: int, spaced: bool) -> tuple[list[Token], int]:
    environment = _ENVIRONMENT.match(formula, at)
    if environment:
        return [Token(environment.group(1), environment.group(2), spaced)], environment.end()
    text = _TEXT.match(formula, at)
    if text:
        words = text.group(1).strip()
        if len(words) == 1 and words.isascii() and words.isalpha():
            return [Token("name", words, spaced)], text.end()
        if words in FUNCTIONS or words in _ALIASES:
            return [Token("fn", _ALIASES.get(words, words), spaced)], text.end()
        return [Token("text", words, spaced)], text.end()
    if formula.startswith("\\\\", at):
        return [Token("op", "\\\\", spaced)], at + 2
    if formula[at + 1 : at + 2] in ("{", "}", "%", "$", "|", "&"):
        sign = formula[at + 1]
        text_of = {"{": r"\{", "}": r"\}", "|": "|", "%": "%", "$": "$", "&": "&"}[sign]
        return [Token("op", text_of, spaced)], at + 2
    command = _COMMAND.match(formula, at)
    if command is None:
        raise NotUnderstood("a backslash that begins nothing")
    name = command.group(1)
    if name in FUNCTIONS and name != "sqrt":
        return [Token("fn", name, spaced)], command.end()
    if name in _ALIASES:
        return [Token("fn", _ALIASES[name], spaced)], command.end()
    if name in GREEK:
        return [Token("name", name, spaced)], command.end()
    if name in _COMMANDS:
        return [Token("cmd", name, spaced)], command.end()
    raise NotUnderstood(f"a command that is not known: {name}")


def _word(word: str, spaced: bool) -> list[Token]:
    """A run of letters: a function's name, or a product of one-letter names."""
    if word in FUNCTIONS or word in _ALIASES:
        name = _ALIASES.get(word, word)
        return [Token("cmd" if name == "sqrt" else "fn", name, spaced)]
    if word == "lim":
        return [Token("cmd", "lim", spaced)]
    if word == "pi":
        return [Token("cmd", "pi", spaced)]
    if word in ("inf", "infinity", "oo"):
        return [Token("cmd", "infty", spaced)]
    if word in ("or", "and", "mod", "if"):
        return [Token("text", word, spaced)]
    if len(word) > 4:
        raise NotUnderstood("a word in a formula")
    return [Token("name", letter, spaced and place == 0) for place, letter in enumerate(word)]
