"""A table in memory with the interface of ``stepwise.storage.table.Table``, and with faults that tests switch on.

It stores attribute values as the real port sends them, so both convert and validate in the same way.
``tests/integration/test_table_moto.py`` runs the same tests on both.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from stepwise.storage.attribute_values import (
    Attribute,
    InvalidCall,
    Item,
    from_item,
    key_of,
    to_attribute,
    to_item,
)
from stepwise.storage.table import (
    Condition,
    ConditionFailed,
    Delete,
    Key,
    Put,
    Table,
    TableUnavailable,
    TransactionFailed,
    Update,
    Write,
)
from stepwise.storage.writes import check_writes, key_in

__all__ = ["Crash", "MemoryTable", "holds"]

type Attributes = dict[str, Attribute]
type Hook = Callable[[tuple[Write, ...]], None]


class Crash(BaseException):
    """Raised by a hook to simulate the end of a process; ``except Exception`` does not catch it."""


class MemoryTable(Table):
    """A table in memory; a lock makes every call atomic.

    Faults: ``down`` (no call gets an answer), ``fail_next(n)`` (the next n calls get none), ``lose_next(n)``
    (the next n writes take effect, but their answers are lost), ``conflict_next(n)`` (the next n transactions meet
    another one that does not end), ``slow`` (called before each call, outside the
    lock; for example to wait for an event or to move a clock), ``before_write`` and ``after_write`` (called
    with the writes of a call, outside the lock; they may raise :class:`Crash`), ``stale`` (a read that is not
    consistent sees each item as it was before its last write, as DynamoDB's may).
    """

    def __init__(self) -> None:
        self._items: dict[Key, Attributes] = {}
        self._before: dict[Key, Attributes | None] = {}
        self._lock = threading.RLock()
        self._failures = 0
        self._losses = 0
        self._conflicts = 0
        self.down = False
        self.stale = False
        self.slow: Callable[[], None] | None = None
        self.before_write: Hook | None = None
        self.after_write: Hook | None = None
        self.calls: list[str] = []

    def fail_next(self, count: int = 1) -> None:
        """Let the next *count* calls fail before they take effect."""
        self._failures = count

    def lose_next(self, count: int = 1) -> None:
        """Let the next *count* writes take effect and then fail."""
        self._losses = count

    def conflict_next(self, count: int = 1) -> None:
        """Let the next *count* transactions fail, as another one is writing the same items."""
        self._conflicts = count

    def items(self) -> list[Item]:
        """All items of the table, sorted by key."""
        with self._lock:
            return [from_item(copy.deepcopy(self._items[key])) for key in sorted(self._items)]

    def expire(self, now: float) -> int:
        """Delete the items that expired before *now*, as DynamoDB's TTL does; returns their number."""
        with self._lock:
            gone = [
                key
                for key, item in self._items.items()
                if "N" in item.get("expires_at", {}) and Decimal(item["expires_at"]["N"]) < Decimal(now)
            ]
            for key in gone:
                del self._items[key]
            return len(gone)

    def get(self, pk: str, sk: str, *, consistent: bool = False) -> Item | None:
        key_of(pk, sk)
        with self._enter("get"):
            attributes = self._seen(consistent).get((pk, sk))
            return None if attributes is None else from_item(copy.deepcopy(attributes))

    def batch_get(self, keys: Sequence[Key], *, consistent: bool = False) -> dict[Key, Item]:
        if not 1 <= len(keys) <= 100 or len(set(keys)) != len(keys):
            raise InvalidCall("a batch takes 1 to 100 keys, each once")
        for key in keys:
            key_of(*key)
        with self._enter("batch_get"):
            items = self._seen(consistent)
            return {key: from_item(copy.deepcopy(items[key])) for key in keys if key in items}

    def put(self, item: Mapping[str, Any], *, condition: Condition | None = None) -> None:
        self._apply("put", Put(item, condition))

    def update(
        self,
        pk: str,
        sk: str,
        *,
        set: Mapping[str, Any] | None = None,  # noqa: A002 - as in the port
        add: Mapping[str, Any] | None = None,
        remove: Iterable[str] = (),
        delete: Mapping[str, Any] | None = None,
        condition: Condition | None = None,
    ) -> Item:
        write = Update(pk, sk, set or {}, add or {}, remove, delete or {}, condition)
        return from_item(copy.deepcopy(self._apply("update", write)))

    def delete(self, pk: str, sk: str, *, condition: Condition | None = None) -> None:
        self._apply("delete", Delete(pk, sk, condition))

    def query(
        self, pk: str, *, begins_with: str | None = None, consistent: bool = True, limit: int | None = None
    ) -> list[Item]:
        if limit is not None and limit < 1:
            raise InvalidCall("limit must be at least 1")
        key_of(pk, begins_with or "x")
        with self._enter("query"):
            items = self._seen(consistent)
            keys = sorted(
                (key for key in items if key[0] == pk and key[1].startswith(begins_with or "")),
                key=lambda key: key[1].encode(),
            )
            return [from_item(copy.deepcopy(items[key])) for key in keys[:limit]]

    def transact(self, writes: Sequence[Write]) -> None:
        check_writes(writes)
        self._apply("transact", *writes)

    def _apply(self, name: str, *writes: Write) -> Attributes:
        """Apply all *writes* or none; returns the last item as it is afterwards."""
        for write in writes:
            _check_values(write)
        if self.before_write:
            self.before_write(writes)
        with self._enter(name):
            if name == "transact" and self._conflicts:
                self._conflicts -= 1
                raise TableUnavailable("TransactionConflict")
            olds = [self._items.get(key_in(write)) for write in writes]
            self._check_conditions(name, writes, olds)
            changed = [_applied(write, old) for write, old in zip(writes, olds, strict=True)]
            for write, old, attributes in zip(writes, olds, changed, strict=True):
                self._before[key_in(write)] = old
                if attributes is None:
                    self._items.pop(key_in(write), None)
                else:
                    self._items[key_in(write)] = attributes
            lost, self._losses = self._losses > 0, max(0, self._losses - 1)
        if self.after_write:
            self.after_write(writes)
        if lost:
            raise TableUnavailable("the answer was lost")
        return changed[-1] or {}

    @staticmethod
    def _check_conditions(name: str, writes: Sequence[Write], olds: Sequence[Attributes | None]) -> None:
        failed = {
            number: from_item(copy.deepcopy(old)) if old else None
            for number, (write, old) in enumerate(zip(writes, olds, strict=True))
            if write.condition is not None and not holds(write.condition, old or {})
        }
        if failed and name == "transact":
            raise TransactionFailed(failed)
        if failed:
            raise ConditionFailed(failed[0])

    def _seen(self, consistent: bool) -> dict[Key, Attributes]:
        if consistent or not self.stale:
            return self._items
        older = self._items | self._before
        return {key: attributes for key, attributes in older.items() if attributes is not None}

    def _enter(self, name: str) -> threading.RLock:
        """Count the call, apply the faults, and return the lock."""
        if self.slow:
            self.slow()
        with self._lock:
            self.calls.append(name)
            if self._failures:
                self._failures -= 1
                raise TableUnavailable("made to fail")
            if self.down:
                raise TableUnavailable("down")
        return self._lock


def holds(condition: Condition, item: Attributes) -> bool:
    """Whether *condition* holds for the attributes of *item* (empty: no item)."""
    match condition.operator:
        case "all":
            return all(holds(part, item) for part in condition.parts)
        case "any":
            return any(holds(part, item) for part in condition.parts)
        case "absent":
            return condition.name not in item
    operands = [to_attribute(operand) for operand in condition.operands]
    attribute = item.get(condition.name)
    if attribute is None:
        return False
    match condition.operator:
        case "=":
            return _same(attribute, operands[0])
        case "in":
            return any(_same(attribute, operand) for operand in operands)
    left, right = _ordered(attribute), _ordered(operands[0])
    if left is None or right is None or left[0] != right[0]:
        return False
    match condition.operator:
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
    raise AssertionError(f"an operator that this table does not know: {condition.operator}")


def _ordered(attribute: Attribute) -> tuple[str, Any] | None:
    (kind, value) = next(iter(attribute.items()))
    match kind:
        case "N":
            return kind, Decimal(value)
        case "S":
            return kind, value.encode()
        case "B":
            return kind, value
    return None


def _same(left: Attribute, right: Attribute) -> bool:
    return _canonical(left) == _canonical(right)


def _canonical(attribute: Attribute) -> tuple[str, Any]:
    (kind, value) = next(iter(attribute.items()))
    match kind:
        case "N":
            return kind, Decimal(value)
        case "SS":
            return kind, frozenset(value)
        case "L":
            return kind, [_canonical(entry) for entry in value]
        case "M":
            return kind, {name: _canonical(entry) for name, entry in value.items()}
    return kind, value


def _check_values(write: Write) -> None:
    """Refuse what the real port refuses before it calls the table."""
    match write:
        case Put():
            to_item(write.item)
        case Update():
            key_of(write.pk, write.sk)
            for value in (*write.set.values(), *write.add.values(), *write.delete.values()):
                to_attribute(value)
        case Delete():
            key_of(write.pk, write.sk)


def _applied(write: Write, old: Attributes | None) -> Attributes | None:
    """The attributes after *write*; None if there is no item."""
    match write:
        case Put():
            return to_item(write.item)
        case Delete():
            return None
    item: Attributes = dict(old) if old else key_of(write.pk, write.sk)
    for name, value in write.set.items():
        item[name] = to_attribute(value)
    for name, value in write.add.items():
        item[name] = _added(item.get(name), to_attribute(value))
    for name in write.remove:
        item.pop(name, None)
    for name, value in write.delete.items():
        _take_out(item, name, to_attribute(value))
    to_item(from_item(item))
    return item


def _added(old: Attribute | None, more: Attribute) -> Attribute:
    (kind, value) = next(iter(more.items()))
    if kind not in ("N", "SS") or (old is not None and kind not in old):
        raise InvalidCall("add takes a number or a set, of the attribute's own type")
    if old is None:
        return more
    if kind == "SS":
        return {"SS": sorted({*old["SS"], *value})}
    return {"N": str(Decimal(old["N"]) + Decimal(value))}


def _take_out(item: Attributes, name: str, members: Attribute) -> None:
    if "SS" not in members or (name in item and "SS" not in item[name]):
        raise InvalidCall("delete takes a set from a set")
    if name not in item:
        return
    left = sorted(set(item[name]["SS"]) - set(members["SS"]))
    if left:
        item[name] = {"SS": left}
    else:
        del item[name]
