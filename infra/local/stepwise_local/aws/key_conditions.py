"""Which items a query wants: a partition, and a range of its sort keys."""

from __future__ import annotations

from typing import Any

from stepwise_local.aws.attributes import Attribute, order_of
from stepwise_local.aws.errors import invalid
from stepwise_local.aws.evaluation import Placeholders
from stepwise_local.aws.expressions import parse_condition
from stepwise_local.aws.store import Range
from stepwise_local.aws.table_keys import KeySchema

__all__ = ["key_condition"]

_UNFIT = "Query condition missed key schema element, or is none that keys can be looked up by"


def key_condition(text: str, schema: KeySchema, placeholders: Placeholders) -> tuple[bytes, Range]:
    """The bytes of the partition key, and the range of sort keys, of a key condition expression.

    Raises:
        AwsError: ValidationException.
    """
    tree = parse_condition(text)
    placeholders.note(tree)
    partition: bytes | None = None
    wanted: Range | None = None
    for part in tree[1:] if tree[0] == "and" else [tree]:
        name, comparator, values = _simple(part, placeholders)
        if name == schema.hash and comparator == "=" and partition is None:
            partition = schema.bytes_of(name, values[0])
        elif name == schema.range and wanted is None:
            wanted = _range(comparator, [_bytes(value) for value in values])
        else:
            raise invalid(_UNFIT)
    if partition is None:
        raise invalid(_UNFIT)
    return partition, wanted or Range()


def _simple(tree: Any, placeholders: Placeholders) -> tuple[str, str, list[Attribute]]:
    """Name, comparator and values of one condition."""
    match tree:
        case ("call", "begins_with" as comparator, (("path", path), ("value", value))):
            names = [value]
        case ("between" as comparator, ("path", path), ("value", low), ("value", high)):
            names = [low, high]
        case (("=" | "<" | "<=" | ">" | ">=") as comparator, ("path", path), ("value", value)):
            names = [value]
        case _:
            raise invalid(_UNFIT)
    (name, *rest) = placeholders.path(path)
    if rest:
        raise invalid(_UNFIT)
    return str(name), comparator, [placeholders.value(each) for each in names]


def _bytes(attribute: Attribute) -> bytes:
    ((kind, value),) = attribute.items()
    if kind not in ("S", "B"):
        raise invalid(
            "One or more parameter values were invalid: Condition parameter type does not match schema type"
        )
    found: bytes = order_of(kind, value)
    return found


def _range(comparator: str, values: list[bytes]) -> Range:
    first, *rest = values
    match comparator:
        case "begins_with":
            return Range(prefix=first)
        case "between":
            return Range(low=first, high=rest[0])
        case "=":
            return Range(low=first, high=first)
        case "<" | "<=":
            return Range(high=first, high_in=comparator == "<=")
    return Range(low=first, low_in=comparator == ">=")
