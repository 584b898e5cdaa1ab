"""Put, update and delete, alone or in a transaction, and their request parameters in DynamoDB's protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from stepwise.storage.attribute_values import InvalidCall, key_of, to_item
from stepwise.storage.conditions import Condition, Expression

__all__ = ["Delete", "Key", "Put", "Update", "Write", "check_writes", "key_in", "parameters_of"]

type Key = tuple[str, str]
"""The ``pk`` and ``sk`` of an item."""

_MOST_WRITES = 100


@dataclass(frozen=True)
class Put:
    """Write a whole item, replacing an existing one."""

    item: Mapping[str, Any]
    condition: Condition | None = None


@dataclass(frozen=True)
class Update:
    """Change attributes of an item; a missing item is created.

    ``set`` replaces attributes, ``add`` adds to numbers (a missing one is 0) or to sets, ``remove`` removes
    attributes, ``delete`` removes members of sets.
    """

    pk: str
    sk: str
    set: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, float | AbstractSet[str]] = field(default_factory=dict)
    remove: Iterable[str] = ()
    delete: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    condition: Condition | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "remove", tuple(self.remove))
        names = [*self.set, *self.add, *self.remove, *self.delete]
        if not names:
            raise InvalidCall("an update must change something")
        if len(names) != len(set(names)):
            raise InvalidCall("an update changes an attribute twice")
        if {"pk", "sk"} & set(names):
            raise InvalidCall("an update cannot change the key")


@dataclass(frozen=True)
class Delete:
    """Delete an item; a missing one is no error."""

    pk: str
    sk: str
    condition: Condition | None = None


type Write = Put | Update | Delete


def key_in(write: Write) -> Key:
    """The key of the item that *write* writes."""
    return (write.item["pk"], write.item["sk"]) if isinstance(write, Put) else (write.pk, write.sk)


def check_writes(writes: Sequence[Write]) -> None:
    """Refuse what no transaction can hold.

    Raises:
        InvalidCall: no writes or too many, or two of one item.
    """
    if not 1 <= len(writes) <= _MOST_WRITES:
        raise InvalidCall(f"a transaction takes 1 to {_MOST_WRITES} writes")
    if len({key_in(write) for write in writes}) != len(writes):
        raise InvalidCall("a transaction writes an item twice")


def parameters_of(write: Write) -> dict[str, Any]:
    """The request parameters of *write*, all but the table's name.

    Raises:
        InvalidCall: a key or a value that DynamoDB does not support.
    """
    expression = Expression()
    match write:
        case Put():
            parameters: dict[str, Any] = {"Item": to_item(write.item)}
        case Update():
            parameters = {"Key": key_of(write.pk, write.sk), "UpdateExpression": _changes(write, expression)}
        case Delete():
            parameters = {"Key": key_of(write.pk, write.sk)}
    if write.condition is not None:
        parameters["ConditionExpression"] = expression.condition(write.condition)
        parameters["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    return parameters | expression.parameters()


def _changes(write: Update, expression: Expression) -> str:
    name, value = expression.name, expression.value
    clauses = {
        "SET": [f"{name(attribute)} = {value(new)}" for attribute, new in write.set.items()],
        "ADD": [f"{name(attribute)} {value(more)}" for attribute, more in write.add.items()],
        "REMOVE": [name(attribute) for attribute in write.remove],
        "DELETE": [f"{name(attribute)} {value(members)}" for attribute, members in write.delete.items()],
    }
    return " ".join(f"{word} {', '.join(parts)}" for word, parts in clauses.items() if parts)
