"""Put, update and delete, and their request parameters in DynamoDB's protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from stepwise.storage.attribute_values import InvalidCall, key_of, to_item
from stepwise.storage.conditions import Condition, Expression

__all__ = ["Delete", "Put", "Update", "Write", "parameters_of"]


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
