"""Answer cache: an LRU in memory of the environment in front of the table.

The cache is optional for every request: its calls wait for the table for at most ``timeout`` seconds in all, two
thirds for a read and the rest for a write, and after a failure the table is not called for a while.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stepwise.storage.bounded_calls import BoundedCalls, CallLate
from stepwise.storage.conditions import Condition, absent, any_of, at_most
from stepwise.storage.lru import Lru
from stepwise.storage.packing import NewerRecord, UnreadableRecord, pack, unpack
from stepwise.storage.table import ConditionFailed, InvalidCall, Item, Key, Put, Table

__all__ = ["AnswerCache", "CachedAnswer"]

SCHEMA = 1
"""Raise it when fields of stored answers change their meaning: older answers are misses then."""

_MAX_COMPRESSED = 256 * 1024
"""Bytes; far under the 400 KB of an item, and over every answer that a model of 16,384 tokens can write."""
_MEMORY_BYTES = 32 * 1024 * 1024
_SORT = "answer"
_READ_SHARE = 2 / 3
_PAUSE = 5.0
"""Seconds after a failure in which the table is not called."""
_THREADS = 4


@dataclass(frozen=True)
class CachedAnswer:
    """An answer as it was stored; times are epoch seconds."""

    answer: dict[str, Any]
    stored_at: float
    expires_at: float


@dataclass(frozen=True)
class _Entry:
    body: bytes
    stored_at: int
    expires_at: int
    rank: int = 0


class _Unreadable(Exception):
    """A stored item that this release cannot read; ``word`` is the word to report."""

    def __init__(self, word: str) -> None:
        self.word = word
        super().__init__(word)


class AnswerCache:
    """Answers by key, in an LRU of this environment and in the table.

    *report* is called with a word for each event: CacheHits or CacheMisses, and in addition CacheDamaged or
    CacheOutdated (the item cannot be read, or has another schema: a miss), CacheUnavailable (the table failed or was
    late), CacheUnstorable (too large, or not representable in JSON: not stored). Without a *table* only the memory is
    used. ``get`` returns copies of what was stored.
    """

    def __init__(
        self,
        table: Table | None,
        *,
        ttl_seconds: int,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        capacity: int = 1000,
        timeout: float = 0.3,
        report: Callable[[str], object] | None = None,
    ) -> None:
        self._table = table
        self._ttl = ttl_seconds
        self._clock = clock
        self._timeout = timeout
        self._report = report or (lambda _: None)
        self._memory: Lru[str, _Entry] = Lru(capacity, _MEMORY_BYTES)
        self._calls = BoundedCalls(_THREADS)
        self._breaker = _Breaker(monotonic)

    def get(self, key: str) -> CachedAnswer | None:
        """The unexpired answer to *key*, or None."""
        return self.get_with(key, ())[0]

    def get_with(self, key: str, also: Sequence[Key]) -> tuple[CachedAnswer | None, dict[Key, Item] | None]:
        """The same, and the items under the keys *also*, all by one read.

        The items are None where the table was not asked, as the answer was in memory, or gave no answer in time.
        """
        items: dict[Key, Item] | None = None
        try:
            entry = self._fresh(self._memory.get(key))
            if entry is None:
                items = self.read([(_partition(key), _SORT), *also])
                entry = self._entry_in(key, items or {})
            found = None
            if entry is not None:
                found = CachedAnswer(_unpacked(entry.body), entry.stored_at, entry.expires_at)
        except _Unreadable as unreadable:
            self._report(unreadable.word)
            found = None
        self._report("CacheMisses" if found is None else "CacheHits")
        return found, items

    def read(self, keys: Sequence[Key]) -> dict[Key, Item] | None:
        """The items under *keys*; None where the table gives no answer in time."""
        table = self._table
        if table is None:
            return None

        def read() -> dict[Key, Item]:
            if len(keys) > 1:
                return table.batch_get(keys)
            item = table.get(*keys[0])
            return {} if item is None else {keys[0]: item}

        return self._ask(read, self._timeout * _READ_SHARE, refused="CacheDamaged")

    def put(
        self, key: str, answer: Mapping[str, Any], *, ttl_seconds: int | None = None, rank: int = 0
    ) -> bool:
        """Store *answer* (JSON values) for *ttl_seconds*; returns whether a later request will find it.

        That is, whether it is in the table or, without a table, in memory. An unexpired answer of a higher *rank* is
        not replaced.
        """
        write = self.putting(key, answer, ttl_seconds=ttl_seconds, rank=rank)
        table = self._table
        if write is None or table is None:
            return write is not None

        def store() -> bool:
            try:
                table.put(write.item, condition=write.condition)
            except ConditionFailed as failed:
                if failed.item is None or _readable(key, failed.item):
                    self._memory.discard(key)  # the table has a better answer, which the next read returns
                    return False
                table.put(write.item)
            return True

        return self._ask(store, self._timeout * (1 - _READ_SHARE), refused="CacheUnstorable") is True

    def putting(
        self, key: str, answer: Mapping[str, Any], *, ttl_seconds: int | None = None, rank: int = 0
    ) -> Put | None:
        """Store *answer* in memory; the write that stores it in the table too, as :meth:`put` does.

        None where it is not to be stored.
        """
        ttl = self._ttl if ttl_seconds is None else ttl_seconds
        body = _packed(answer)
        if body is None or ttl <= 0:
            self._report("CacheUnstorable")
            return None
        now = int(self._clock())
        entry = _Entry(body, now, now + ttl, rank)
        held = self._fresh(self._memory.get(key))
        if held is not None and held.rank > rank:
            return None
        self._remember(key, entry)
        return Put(_item(key, entry), _replaceable(rank, now))

    def reachable(self) -> bool:
        """Whether the table answers; it is only called if there was no recent call.

        After a late read this waits for its end within the rest of ``timeout``: the first call of an environment is
        slower than others, as it opens the connection.
        """
        table = self._table
        if table is None:
            return False
        if self._breaker.heard_lately() or self._breaker.hears_soon(self._timeout * (1 - _READ_SHARE)):
            return True

        def ask() -> bool:
            table.get("health", "health")
            return True

        return self._ask(ask, self._timeout * _READ_SHARE, refused="CacheUnavailable") is True

    def _entry_in(self, key: str, items: Mapping[Key, Item]) -> _Entry | None:
        item = items.get((_partition(key), _SORT))
        entry = None if item is None else self._fresh(_entry(key, item))
        if entry is not None:
            self._remember(key, entry)
        return entry

    def _remember(self, key: str, entry: _Entry) -> None:
        self._memory.put(key, entry, len(key) + len(entry.body))

    def _ask[T](self, call: Callable[[], T], timeout: float, *, refused: str) -> T | None:
        """The table's answer within *timeout*, or None; *refused* is the word to report for an invalid call."""
        if not self._breaker.lets_through():
            return None

        def heard() -> T:
            result = call()
            self._breaker.close()  # also after the timeout: a late answer shows that the table works
            return result

        try:
            return self._calls.run(heard, timeout)
        except InvalidCall:
            self._report(refused)
        except CallLate:
            self._breaker.open(late=True)
            self._report("CacheUnavailable")
        except Exception:  # noqa: BLE001 - whatever befalls the table, the request goes on without it
            self._breaker.open(late=False)
            self._report("CacheUnavailable")
        return None

    def _fresh(self, entry: _Entry | None) -> _Entry | None:
        return entry if entry is not None and self._clock() < entry.expires_at else None


class _Breaker:
    """Circuit breaker of the table: open for a while after a failure, then probed."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._healthy = True
        self._late = False
        self._heard_at = -_PAUSE
        self._probe_at = 0.0
        self._changed = threading.Condition()

    def lets_through(self) -> bool:
        with self._changed:
            if self._healthy:
                return True
            now = self._monotonic()
            if now < self._probe_at:
                return False
            self._probe_at = now + _PAUSE
            return True

    def open(self, *, late: bool) -> None:
        """Note that a call failed, or is *late* and may still succeed."""
        with self._changed:
            self._healthy = False
            self._late = late
            self._probe_at = self._monotonic() + _PAUSE
            self._changed.notify_all()

    def close(self) -> None:
        """Note that a call was answered."""
        with self._changed:
            self._healthy = True
            self._heard_at = self._monotonic()
            self._changed.notify_all()

    def heard_lately(self) -> bool:
        with self._changed:
            return self._healthy and self._monotonic() < self._heard_at + _PAUSE

    def hears_soon(self, seconds: float) -> bool:
        """Wait up to *seconds* for the answer to a late call; False at once if there is none."""
        with self._changed:
            if self._healthy or not self._late:
                return False
            waited, self._late = self._changed.wait_for(lambda: self._healthy, seconds), False
            return waited


def _partition(key: str) -> str:
    return f"answer#{key}"


def _replaceable(rank: int, now: int) -> Condition:
    """Condition: there is no item, it has expired, or its rank is not higher than *rank*."""
    return any_of(absent("pk"), absent("rank"), at_most("rank", rank), at_most("expires_at", now))


def _readable(key: str, item: Mapping[str, Any]) -> bool:
    try:
        _entry(key, item)
    except _Unreadable:
        return False  # the reader reports it
    return True


def _item(key: str, entry: _Entry) -> dict[str, Any]:
    return {
        "pk": _partition(key),
        "sk": _SORT,
        "schema": SCHEMA,
        "stored_at": entry.stored_at,
        "expires_at": entry.expires_at,
        "rank": entry.rank,
        "body": entry.body,
        "digest": _digest(key, entry),
    }


def _entry(key: str, item: Mapping[str, Any]) -> _Entry:
    """The entry in *item*, if :func:`_item` made it for this *key*."""
    match item:
        case {"schema": int(schema)} if schema != SCHEMA:
            raise _Unreadable("CacheOutdated")
        case {
            "schema": int(),
            "stored_at": int(stored_at),
            "expires_at": int(expires_at),
            "body": bytes(body),
            "digest": bytes(digest),
        }:
            rank = item.get("rank")
            entry = _Entry(body, stored_at, expires_at, rank if isinstance(rank, int) else 0)
            if digest == _digest(key, entry):
                return entry
    raise _Unreadable("CacheDamaged")


def _digest(key: str, entry: _Entry) -> bytes:
    """SHA-256 of the entry and its key; an item under another key counts as damaged too."""
    head = f"{SCHEMA}\n{key}\n{entry.stored_at}\n{entry.expires_at}\n".encode()
    return hashlib.sha256(head + entry.body).digest()


def _packed(answer: Mapping[str, Any]) -> bytes | None:
    """*answer* as it is stored, or None if it is too large or not representable in JSON."""
    try:
        body = pack(dict(answer))
    except InvalidCall:
        return None  # the writer reports it
    return body if len(body) <= _MAX_COMPRESSED else None


def _unpacked(body: bytes) -> dict[str, Any]:
    try:
        answer = unpack(body)
    except NewerRecord:
        raise _Unreadable("CacheOutdated") from None
    except UnreadableRecord:
        raise _Unreadable("CacheDamaged") from None
    if not isinstance(answer, dict):
        raise _Unreadable("CacheDamaged")
    return answer
