"""Recorded programs of models as formalisations: straight assignments become statements; nothing is run."""

from __future__ import annotations

import ast
from fractions import Fraction

from checkers.witness.mentions import Mention, mentions, words_of

__all__ = ["NotTranslated", "formalisation_of"]

_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}
_BESIDE = 3
"""Words of the problem that are quoted on each side of a number."""


class NotTranslated(ValueError):
    """A program that is more than assignments of arithmetic."""


def formalisation_of(program: str, problem: str) -> str:
    """*program* in the formal language of witnesses, its numbers given by the words around them in *problem*.

    A number that the problem does not state stays in its expression. Raises NotTranslated.
    """
    try:
        tree = ast.parse(program)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise NotTranslated("no program") from error
    return _Translation(problem).translate(tree.body)


class _Translation:
    def __init__(self, problem: str) -> None:
        self._problem = problem
        self._words = words_of(problem)
        self._left = list(mentions(self._words))
        self._givens: dict[Fraction, str] = {}
        self._lines: list[str] = []
        self._names: dict[str, str] = {}

    def translate(self, body: list[ast.stmt]) -> str:
        asked = ""
        lets: list[str] = []
        for statement in body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    text = self._expression(value)
                    self._names[name] = f"v{len(lets)}_{name}"[:40]
                    lets.append(f"let {self._names[name]} = {text}")
                    asked = self._names[name]
                case ast.Expr(value=ast.Constant(value=str())):
                    continue
                case (
                    ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=[ast.Name(id=name)]))
                    | ast.Expr(value=ast.Name(id=name))
                ):
                    asked = self._name(name)
                case _:
                    raise NotTranslated(type(statement).__name__)
        if not asked:
            raise NotTranslated("nothing is asked")
        return "\n".join([*self._lines, *lets, f"ask {asked}", *self._kind()])

    def _kind(self) -> list[str]:
        money = "$" in self._problem and "how much" in self._problem.lower()
        return ["kind money", "unit dollars"] if money else []

    def _name(self, name: str) -> str:
        if name not in self._names:
            raise NotTranslated("a name without a value")
        return self._names[name]

    def _expression(self, value: ast.expr) -> str:
        match value:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return self._number(Fraction(str(number)))
            case ast.Name(id=name):
                return self._name(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"(0 - {self._expression(operand)})"
            case ast.BinOp(left=left, op=ast.FloorDiv(), right=right):
                return f"floor({self._expression(left)} / {self._expression(right)})"
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
                return f"({self._expression(left)} {_SIGNS[type(op)]} {self._expression(right)})"
        raise NotTranslated(type(value).__name__)

    def _number(self, number: Fraction) -> str:
        mention = next((each for each in self._left if number in each.values), None)
        if mention is not None:
            self._left.remove(mention)
            name = f"g{len(self._lines)}"
            self._lines.append(f'given {name} = {_written(number)} "{self._quoted(mention)}"')
            self._givens[number] = name
            return name
        return self._givens.get(number) or f"({_written(number)})"

    def _quoted(self, mention: Mention) -> str:
        return " ".join(self._words[max(0, mention.start - _BESIDE) : mention.end + _BESIDE])


def _written(number: Fraction) -> str:
    return str(number) if number.denominator < 1_000 else str(float(number))
