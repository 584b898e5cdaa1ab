"""Composable DynamoDB condition expressions: what must hold for a write to happen.

A missing attribute compares as DynamoDB compares it: unequal to everything, and neither less nor greater.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from stepwise.storage.attribute_values import Attribute, InvalidCall, to_attribute

__all__ = [
    "Condition",
    "Expression",
    "absent",
    "all_of",
    "any_of",
    "at_most",
    "equals",
    "is_in",
    "less",
]

Operator = Literal["absent", "=", "<", "<=", "in", "all", "any"]


@dataclass(frozen=True)
class Condition:
    """One condition: an attribute's *name* and *operands*, or the *parts* of a compound one."""

    operator: Operator
    name: str = ""
    operands: tuple[Any, ...] = ()
    parts: tuple[Condition, ...] = ()


def absent(name: str) -> Condition:
    """The item has no such attribute; ``absent("pk")``: there is no item."""
    return Condition("absent", name)


def equals(name: str, value: object) -> Condition:
    """The attribute is there and equal to *value*."""
    return Condition("=", name, (value,))


def less(name: str, value: float | str | bytes) -> Condition:
    """The attribute is there, of the same type, and less than *value*."""
    return Condition("<", name, (value,))


def at_most(name: str, value: float | str | bytes) -> Condition:
    """The attribute is there, of the same type, and at most *value*."""
    return Condition("<=", name, (value,))


def is_in(name: str, values: Iterable[object]) -> Condition:
    """The attribute is there and equal to one of *values* (1–100)."""
    operands = tuple(values)
    if not 1 <= len(operands) <= 100:
        raise InvalidCall("is_in takes 1 to 100 values")
    return Condition("in", name, operands)


def all_of(*parts: Condition) -> Condition:
    """All *parts* hold."""
    return _compound("all", parts)


def any_of(*parts: Condition) -> Condition:
    """At least one of *parts* holds."""
    return _compound("any", parts)


def _compound(operator: Literal["all", "any"], parts: tuple[Condition, ...]) -> Condition:
    if not parts:
        raise InvalidCall(f"{operator}_of takes at least one condition")
    return parts[0] if len(parts) == 1 else Condition(operator, parts=parts)


class Expression:
    """Collects the placeholders of one request while its expressions are written.

    Placeholders stand for every name and value, so that reserved words and any text can be used.
    """

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.values: dict[str, Attribute] = {}

    def name(self, name: str) -> str:
        """The placeholder of an attribute's name."""
        for placeholder, known in self.names.items():
            if known == name:
                return placeholder
        placeholder = f"#n{len(self.names)}"
        self.names[placeholder] = name
        return placeholder

    def value(self, value: object) -> str:
        """The placeholder of a value."""
        placeholder = f":v{len(self.values)}"
        self.values[placeholder] = to_attribute(value)
        return placeholder

    def condition(self, condition: Condition) -> str:
        """*condition* in DynamoDB's expression language."""
        match condition.operator:
            case "all" | "any" as compound:
                word = " AND " if compound == "all" else " OR "
                return "(" + word.join(self.condition(part) for part in condition.parts) + ")"
        name = self.name(condition.name)
        operands = [self.value(operand) for operand in condition.operands]
        match condition.operator:
            case "absent":
                return f"attribute_not_exists({name})"
            case "in":
                return f"{name} IN ({', '.join(operands)})"
            case comparison:
                return f"{name} {comparison} {operands[0]}"

    def parameters(self) -> dict[str, Any]:
        """The placeholders as request parameters; DynamoDB refuses empty ones."""
        parameters: dict[str, Any] = {}
        if self.names:
            parameters["ExpressionAttributeNames"] = self.names
        if self.values:
            parameters["ExpressionAttributeValues"] = self.values
        return parameters
