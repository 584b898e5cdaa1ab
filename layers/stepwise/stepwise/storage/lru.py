"""Least-recently-used map, bounded in entries and in weight."""

from __future__ import annotations

import threading
from collections import OrderedDict

__all__ = ["Lru"]


class Lru[K, V]:
    """Least-recently-used map of at most *capacity* entries that together weigh at most *max_weight*.

    The unit of the weight is the caller's, usually bytes. Thread-safe.
    """

    def __init__(self, capacity: int, max_weight: int) -> None:
        self._capacity = capacity
        self._max_weight = max_weight
        self._weight = 0
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def weight(self) -> int:
        """The total weight of all entries."""
        return self._weight

    def get(self, key: K) -> V | None:
        """The value of *key*, which becomes the most recently used, or None."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry[0]

    def put(self, key: K, value: V, weight: int) -> None:
        """Store *value*, and remove the least recently used entries; a value over *max_weight* is not stored."""
        with self._lock:
            self._discard(key)
            if weight > self._max_weight or self._capacity < 1:
                return
            self._entries[key] = value, weight
            self._weight += weight
            while len(self._entries) > self._capacity or self._weight > self._max_weight:
                self._discard(next(iter(self._entries)))

    def discard(self, key: K) -> None:
        """Remove *key*, if it is there."""
        with self._lock:
            self._discard(key)

    def _discard(self, key: K) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._weight -= entry[1]
