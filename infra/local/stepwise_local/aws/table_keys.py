"""A table's key: which attributes it is made of, and the bytes that sort as DynamoDB sorts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stepwise_local.aws.attributes import Attribute, checked, order_of
from stepwise_local.aws.errors import invalid
from stepwise_local.aws.store import Key

__all__ = ["KeySchema"]

_LONGEST = {"HASH": 2048, "RANGE": 1024}


class KeySchema:
    """The key of the table with *description*, of texts or bytes."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        types = {each["AttributeName"]: each["AttributeType"] for each in description["AttributeDefinitions"]}
        roles = {each["KeyType"]: each["AttributeName"] for each in description["KeySchema"]}
        self.hash = str(roles["HASH"])
        self.range: str | None = roles.get("RANGE")
        self.names = tuple(name for name in (self.hash, self.range) if name)
        self._types = {name: types.get(name) for name in self.names}
        if not set(self._types.values()) <= {"S", "B"}:
            raise invalid("Keys here are texts (S) or bytes (B)")

    def of(self, item: Mapping[str, Any]) -> Key:
        """The key of an item.

        Raises:
            AwsError: it lacks a part of it.
        """
        hashed, *ranged = (self.bytes_of(name, item.get(name)) for name in self.names)
        return Key(hashed, ranged[0] if ranged else b"")

    def exactly(self, key: Any) -> Key:
        """The key that a request gives by itself."""
        if not isinstance(key, dict) or set(key) != set(self.names):
            raise invalid("The provided key element does not match the schema")
        return self.of(key)

    def part_of(self, item: Mapping[str, Attribute]) -> dict[str, Attribute]:
        return {name: item[name] for name in self.names if name in item}

    def bytes_of(self, name: str, attribute: Any) -> bytes:
        if attribute is None:
            raise invalid(f"One of the required keys was not given a value: {name}")
        kind = self._types[name]
        ((given, value),) = checked(attribute).items()
        if given != kind:
            raise invalid(f"Type mismatch for key {name} expected: {kind} actual: {given}")
        found: bytes = order_of(kind, value)
        if not found:
            raise invalid(
                f"The AttributeValue for a key attribute cannot contain an empty value. Key: {name}"
            )
        if len(found) > _LONGEST["HASH" if name == self.hash else "RANGE"]:
            raise invalid("One or more parameter values were invalid: the key is too long")
        return found
