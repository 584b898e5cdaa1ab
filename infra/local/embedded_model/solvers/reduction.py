"""Arithmetic on formula trees, one operation at a time, so that each can be shown."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from embedded_model.algebra.formula import Binary, Call, FormulaError, Name, Negative, Node, Number

__all__ = ["Operation", "decimal_text", "has_decimal", "operations", "value"]

_LARGEST_EXPONENT = 200
_MOST_BITS = 4_000


@dataclass(frozen=True)
class Operation:
    """One operation with both of its numbers known, and its result."""

    node: Node
    result: Fraction


def value(node: Node) -> Fraction | None:
    """The exact value of rational arithmetic, ``None`` for anything else (roots, names, functions)."""
    match node:
        case Number(text):
            return Fraction(text)
        case Negative(body):
            inner = value(body)
            return None if inner is None else -inner
        case Call("percent", (body,)):
            inner = value(body)
            return None if inner is None else inner / 100
        case Binary(op, left, right):
            first, second = value(left), value(right)
            return None if first is None or second is None else _apply(op, first, second)
    return None


def operations(node: Node, *, decimal: bool) -> list[Operation]:
    """The operations of a rational expression in an order in which they can be done by hand."""
    out: list[Operation] = []
    _reduce(node, decimal, out)
    return out


def has_decimal(node: Node) -> bool:
    """Whether a number in it was written with a decimal point."""
    match node:
        case Number(text):
            return "." in text
        case Name(_):
            return False
        case Negative(body):
            return has_decimal(body)
        case Binary(_, left, right):
            return has_decimal(left) or has_decimal(right)
        case Call(_, arguments):
            return any(has_decimal(argument) for argument in arguments)
    return False


def decimal_text(number: Fraction, places: int = 12) -> str | None:
    """The digits of a decimal that ends within *places*."""
    scaled = number * 10**places
    if scaled.denominator != 1:
        return None
    digits = str(abs(scaled.numerator)).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".")
    return f"-{text}" if number < 0 else text


def _apply(op: str, first: Fraction, second: Fraction) -> Fraction | None:
    if op == "+":
        return first + second
    if op == "-":
        return first - second
    if op == "*":
        return first * second
    if op == "/":
        if second == 0:
            raise FormulaError("a division by zero")
        return first / second
    return _raised(first, second)


def _raised(base: Fraction, exponent: Fraction) -> Fraction | None:
    if exponent.denominator != 1:
        return None
    power = exponent.numerator
    size = max(abs(base.numerator), base.denominator).bit_length() * abs(power)
    if abs(power) > _LARGEST_EXPONENT or size > _MOST_BITS or (base == 0 and power <= 0):
        raise FormulaError("too large a power, or one without a meaning")
    return base**power


def _reduce(node: Node, decimal: bool, out: list[Operation]) -> Node:
    """*node* as a plain number, its operations added to *out*."""
    match node:
        case Negative(body):
            return _negated(_reduce(body, decimal, out))
        case Call("percent", (body,)):
            return _done(Call("percent", (_reduce(body, decimal, out),)), True, out)
        case Binary(op, left, right):
            first, second = _reduce(left, decimal, out), _reduce(right, decimal, out)
            ready = Binary(op, first, second)
            if op == "/" and not decimal and _is_lowest(ready):
                return ready
            return _done(ready, decimal, out)
    return node


def _done(node: Node, decimal: bool, out: list[Operation]) -> Node:
    result = value(node)
    if result is None:
        raise FormulaError("not rational arithmetic")
    out.append(Operation(node, result))
    return _plain(result, decimal)


def _plain(number: Fraction, decimal: bool) -> Node:
    if number < 0:
        return Negative(_plain(-number, decimal))
    text = decimal_text(number) if decimal or number.denominator == 1 else None
    if text is not None:
        return Number(text)
    return Binary("/", Number(str(number.numerator)), Number(str(number.denominator)))


def _negated(node: Node) -> Node:
    return node.body if isinstance(node, Negative) else Negative(node)


def _is_lowest(node: Binary) -> bool:
    """A fraction of whole numbers that is a number already, and cannot be cancelled."""
    parts = (node.left, node.right)
    if not all(isinstance(part, Number) and "." not in part.text for part in parts):
        return False
    number = value(node)
    whole = node.right
    return number is not None and isinstance(whole, Number) and number.denominator == int(whole.text) > 1
