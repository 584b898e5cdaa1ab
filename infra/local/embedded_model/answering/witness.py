"""A word problem in the bundle's formal language for witnesses, from its equations."""

from __future__ import annotations

from fractions import Fraction

from embedded_model.values.formalisation import Formalisation, Operand

__all__ = ["formal"]

_MONEY = frozenset(["dollar", "dollars", "cents", "元", "角"])


def formal(problem: Formalisation, *, differs: bool = False) -> str:
    """The lines of *problem*; with *differs* its result is one more than it should be, to show what a dispute is."""
    lines = [f'given {given.name} = {given.value} "{given.words}"' for given in problem.givens]
    lines += [
        f"let {each.unknown} = {_operand(each.left)} {each.operator} {_operand(each.right)}"
        for each in problem.equations
    ]
    lines.append(f"ask {problem.asked}{' + 1' if differs else ''}")
    if problem.unit:
        lines.append(f"unit {problem.unit}")
    if problem.unit in _MONEY:
        lines.append("kind money")
    return "\n".join(lines)


def _operand(value: Operand) -> str:
    return f"({value})" if isinstance(value, Fraction) and value.denominator > 1 else str(value)
