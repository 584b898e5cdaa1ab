"""Plain Python values as DynamoDB attribute values, and back.

A whole number is read back as an int, other numbers as floats (so a float over 2**53 may be read as a nearby int); a
tuple as a list; a frozenset as a set.
Limits of numbers, keys and items: Amazon DynamoDB developer guide, "Quotas in Amazon DynamoDB".
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

__all__ = [
    "MAX_ITEM_BYTES",
    "InvalidCall",
    "Item",
    "ItemTooLarge",
    "TableError",
    "from_item",
    "key_of",
    "to_attribute",
    "to_item",
]

MAX_ITEM_BYTES = 400 * 1024
"""Largest item, names included."""

_MAX_DIGITS = 38
_SMALLEST, _LARGEST = 1e-130, 9.9999999999999999e125
_MAX_DEPTH = 32
_MAX_KEY_BYTES = {"pk": 2048, "sk": 1024}

type Item = dict[str, Any]
"""An item as plain values: str, int, float, bool, None, bytes, set of str, list, dict."""

type Attribute = dict[str, Any]
"""A value as DynamoDB's protocol writes it, such as ``{"S": "text"}``."""


class TableError(Exception):
    """Base of the errors of the table."""


class InvalidCall(TableError, ValueError):
    """An invalid call: a fault of the caller that no retry can help."""


class ItemTooLarge(InvalidCall):
    """The item is over 400 KB."""


def to_attribute(value: object, depth: int = 0) -> Attribute:
    """The attribute value of *value*.

    Raises:
        InvalidCall: a type, number, text or depth that DynamoDB does not support.
    """
    if depth > _MAX_DEPTH:
        raise InvalidCall(f"values are nested deeper than {_MAX_DEPTH}")
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int() | float():
            return {"N": _number(value)}
        case str():
            return {"S": _text(value)}
        case bytes() | bytearray():
            return {"B": bytes(value)}
        case set() | frozenset():
            return {"SS": _string_set(value)}
        case list() | tuple():
            return {"L": [to_attribute(entry, depth + 1) for entry in value]}
        case Mapping():
            return {"M": {_name(name): to_attribute(entry, depth + 1) for name, entry in value.items()}}
    raise InvalidCall(f"a table holds no {type(value).__name__}")


def from_attribute(attribute: Attribute) -> Any:
    """The plain value of an attribute value.

    Raises:
        InvalidCall: a kind of attribute that this package never writes.
    """
    (kind, value) = next(iter(attribute.items()))
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            number = Decimal(value)
            return int(number) if number == number.to_integral_value() else float(number)
        case "NULL":
            return None
        case "B":
            return bytes(value)
        case "SS":
            return set(value)
        case "L":
            return [from_attribute(entry) for entry in value]
        case "M":
            return {name: from_attribute(entry) for name, entry in value.items()}
    raise InvalidCall(f"a table attribute of the unknown kind {kind}")


def to_item(item: Mapping[str, Any]) -> dict[str, Attribute]:
    """The attributes of *item*; its key and size are checked.

    Raises:
        InvalidCall: an invalid key, or a value that DynamoDB does not support.
        ItemTooLarge: over 400 KB.
    """
    key_of(item.get("pk"), item.get("sk"))
    attributes: dict[str, Attribute] = to_attribute(item)["M"]
    size = sum(len(name.encode()) + _size(attribute) for name, attribute in attributes.items())
    if size > MAX_ITEM_BYTES:
        raise ItemTooLarge(f"the item takes {size} bytes, {MAX_ITEM_BYTES} are the most")
    return attributes


def from_item(attributes: Mapping[str, Attribute]) -> Item:
    """The plain values of an item's attributes."""
    return {name: from_attribute(attribute) for name, attribute in attributes.items()}


def key_of(pk: object, sk: object) -> dict[str, Attribute]:
    """The key attributes of an item.

    Raises:
        InvalidCall: a part that is no text, empty or too long (2,048 bytes for pk, 1,024 for sk).
    """
    for name, part in (("pk", pk), ("sk", sk)):
        if not isinstance(part, str) or not part:
            raise InvalidCall(f"{name} must be a text that is not empty")
        if len(_text(part).encode()) > _MAX_KEY_BYTES[name]:
            raise InvalidCall(f"{name} is longer than {_MAX_KEY_BYTES[name]} bytes")
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _number(value: float) -> str:
    if isinstance(value, float) and value != 0 and not _SMALLEST <= abs(value) <= _LARGEST:
        raise InvalidCall("a number outside of what a table holds")
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if len(number.normalize().as_tuple().digits) > _MAX_DIGITS or abs(number) > Decimal(_LARGEST):
        raise InvalidCall(f"a number of more than {_MAX_DIGITS} digits")
    return format(number, "f") if number == number.to_integral_value() else str(number)


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidCall("a text with half a surrogate pair") from None
    return value


def _name(name: object) -> str:
    if not isinstance(name, str) or not name:
        raise InvalidCall("an attribute's name must be a text that is not empty")
    return _text(name)


def _string_set(value: set[Any] | frozenset[Any]) -> list[str]:
    if not value or not all(isinstance(entry, str) for entry in value):
        raise InvalidCall("a set must hold texts, and at least one")
    return sorted(_text(entry) for entry in value)


def _size(attribute: Attribute) -> int:
    """Bytes of an attribute's value, counted as DynamoDB counts or a little more.

    Source: developer guide, "DynamoDB item sizes and formats".
    """
    (kind, value) = next(iter(attribute.items()))
    match kind:
        case "S":
            return len(value.encode())
        case "B":
            return len(value)
        case "N":
            return (len(value) + 1) // 2 + 2
        case "SS":
            return sum(len(entry.encode()) for entry in value)
        case "L":
            return 3 + sum(1 + _size(entry) for entry in value)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _size(entry) for name, entry in value.items())
    return 1
