"""DynamoDB's attribute values: what is valid, equal, less, and how large it is.

An attribute is a dictionary of one entry, ``{"S": "text"}``, as it is on the wire.
Sources: "Supported data types" and "DynamoDB item sizes and formats" in AWS's DynamoDB developer guide.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from stepwise_local.aws.errors import invalid

__all__ = ["Attribute", "Item", "canonical", "checked", "compare", "item_size", "number_text"]

type Attribute = dict[str, Any]
type Item = dict[str, Attribute]

_DEEPEST = 32
_DIGITS = 38
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?")
_ORDERED = {"N", "S", "B"}
_SETS = {"SS": "S", "NS": "N", "BS": "B"}


def checked(attribute: Any, depth: int = 0) -> Attribute:
    """*attribute*, its numbers in DynamoDB's own form.

    Raises:
        AwsError: ValidationException, for what no table holds.
    """
    if not isinstance(attribute, dict) or len(attribute) != 1:
        raise invalid("Supplied AttributeValue has more than one datatypes set or is empty")
    if depth > _DEEPEST:
        raise invalid("Nesting Levels have exceeded supported limits")
    ((kind, value),) = attribute.items()
    match kind, value:
        case "S", str():
            return attribute
        case "N", str():
            return {"N": number_text(value)}
        case "B", str():
            _bytes(value)
            return attribute
        case "BOOL", bool():
            return attribute
        case "NULL", True:
            return attribute
        case "L", list():
            return {"L": [checked(entry, depth + 1) for entry in value]}
        case "M", dict():
            return {"M": {name: checked(entry, depth + 1) for name, entry in value.items()}}
        case (("SS" | "NS" | "BS"), list()):
            return {kind: _members(kind, value)}
    raise invalid(f"The parameter cannot be converted to an attribute value: {kind}")


def _members(kind: str, value: list[Any]) -> list[Any]:
    members = [checked({_SETS[kind]: member})[_SETS[kind]] for member in value]
    if not members:
        raise invalid("An set  may not be empty")
    if len(set(members)) != len(members):
        raise invalid("Input collection contains duplicates")
    return members


def number_text(text: str) -> str:
    """A number as DynamoDB gives it back: without zeros that say nothing."""
    if not _NUMBER.fullmatch(text):
        raise invalid(f"The parameter cannot be converted to a numeric value: {text[:50]}")
    try:
        number = Decimal(text)
    except InvalidOperation as error:  # pragma: no cover - the pattern leaves nothing else
        raise invalid("The parameter cannot be converted to a numeric value") from error
    if not number:
        return "0"
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 - the pattern has no NaN and no infinity
    significant = "".join(map(str, digits)).strip("0")
    if len(significant) > _DIGITS:
        raise invalid("Attempting to store more than 38 significant digits in a Number")
    if not -130 <= number.adjusted() <= 125:
        size = "overflow" if number.adjusted() > 125 else "underflow"
        raise invalid(f"Number {size}. Attempting to store a number out of the supported range")
    # Not normalize(): it rounds to the context's 28 digits.
    whole = format(Decimal((sign, digits, exponent)), "f")
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


def canonical(attribute: Attribute) -> Any:
    """A value that is equal for equal attributes."""
    ((kind, value),) = attribute.items()
    match kind:
        case "N":
            return kind, Decimal(value)
        case "NS":
            return kind, frozenset(map(Decimal, value))
        case "SS" | "BS":
            return kind, frozenset(value)
        case "L":
            return kind, tuple(canonical(entry) for entry in value)
        case "M":
            return kind, frozenset((name, canonical(entry)) for name, entry in value.items())
    return kind, value


def compare(left: Attribute, right: Attribute) -> int | None:
    """Less than, equal to or greater than 0 as *left* is to *right*; None: they have no order."""
    ((kind, one),), ((other, two),) = left.items(), right.items()
    if kind != other or kind not in _ORDERED:
        return None
    first, second = order_of(kind, one), order_of(kind, two)
    return 0 if first == second else -1 if first < second else 1


def order_of(kind: str, value: str) -> Any:
    if kind == "N":
        return Decimal(value)
    return value.encode() if kind == "S" else _bytes(value)


def _bytes(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid("Invalid base64") from error


def item_size(item: Mapping[str, Attribute]) -> int:
    """Bytes that count towards the 400 KB of an item."""
    return sum(len(name.encode()) + _size(attribute) for name, attribute in item.items())


def _size(attribute: Attribute) -> int:
    kind, value = next(iter(attribute.items()))
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            digits = value.lstrip("-").replace(".", "").strip("0")
            return (len(digits) + 1) // 2 + 1 + int(value.startswith("-"))
        case "B":
            return len(_bytes(value))
        case "L":
            return 3 + sum(1 + _size(entry) for entry in value)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _size(entry) for name, entry in value.items())
        case "SS" | "NS" | "BS":
            return sum(_size({_SETS[kind]: member}) for member in value)
    return 1
