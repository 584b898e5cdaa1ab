"""Items of tables in SQLite: in memory, or in a file that outlives the program.

One thread uses it, so every call, and every ``transaction``, is a step of its own. Keys are kept as the bytes that
DynamoDB sorts them by.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Key", "Range", "Store", "StoredTable"]

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS tables (name TEXT PRIMARY KEY, description TEXT NOT NULL, expiry TEXT);
    CREATE TABLE IF NOT EXISTS items (
        name TEXT NOT NULL, hash BLOB NOT NULL, range BLOB NOT NULL, item TEXT NOT NULL, size INTEGER NOT NULL, expires REAL,
        PRIMARY KEY (name, hash, range)
    );
    CREATE INDEX IF NOT EXISTS expiring ON items (expires) WHERE expires IS NOT NULL;
"""
_OLDEST_SECONDS = 5 * 365 * 86_400.0
"""What expired longer ago is not deleted; DynamoDB takes it for no time at all."""


class Key(NamedTuple):
    hash: bytes
    range: bytes


@dataclass(frozen=True)
class Range:
    """Which sort keys a query wants: from *low* to *high*, each in or out; *prefix* is how they begin."""

    low: bytes = b""
    high: bytes | None = None
    low_in: bool = True
    high_in: bool = True
    prefix: bytes = b""


@dataclass(frozen=True)
class StoredTable:
    """A table's description as ``CreateTable`` gave it, and the name of its TTL attribute."""

    description: dict[str, Any]
    expiry: str | None


class Store:
    """Tables and their items; *path* None keeps them in memory."""

    def __init__(self, path: Path | None = None) -> None:
        self._database = sqlite3.connect(path or ":memory:", isolation_level=None)
        # A killed program loses nothing; a machine that loses its power may lose the last seconds.
        self._database.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;" + _SCHEMA)

    def close(self) -> None:
        self._database.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes of the block, or none where it raises."""
        self._database.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def tables(self) -> dict[str, StoredTable]:
        rows = self._database.execute("SELECT name, description, expiry FROM tables ORDER BY name")
        return {name: StoredTable(json.loads(text), expiry) for name, text, expiry in rows}

    def keep_table(self, name: str, table: StoredTable) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO tables VALUES (?, ?, ?)",
            (name, json.dumps(table.description), table.expiry),
        )

    def drop_table(self, name: str) -> None:
        with self.transaction():
            self._database.execute("DELETE FROM items WHERE name = ?", (name,))
            self._database.execute("DELETE FROM tables WHERE name = ?", (name,))

    def count(self, name: str) -> int:
        (found,) = self._database.execute("SELECT count(*) FROM items WHERE name = ?", (name,)).fetchone()
        return int(found)

    def get(self, name: str, key: Key) -> str | None:
        """An item as JSON text."""
        found = self._database.execute(
            "SELECT item FROM items WHERE name = ? AND hash = ? AND range = ?", (name, *key)
        ).fetchone()
        return None if found is None else str(found[0])

    def put(self, name: str, key: Key, item: str, size: int, expires: float | None) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?, ?)", (name, *key, item, size, expires)
        )

    def delete(self, name: str, key: Key) -> None:
        self._database.execute("DELETE FROM items WHERE name = ? AND hash = ? AND range = ?", (name, *key))

    def query(
        self, name: str, partition: bytes, wanted: Range, after: bytes | None, *, forward: bool
    ) -> Iterator[tuple[str, int]]:
        """Items of one partition as JSON text with their sizes, in the order of their sort keys."""
        tests = ["name = ?", "hash = ?"]
        values: list[Any] = [name, partition]
        low, low_in, high, high_in = (
            max(wanted.low, wanted.prefix),
            wanted.low_in,
            wanted.high,
            wanted.high_in,
        )
        if after is not None and forward and after >= low:
            low, low_in = after, False
        if after is not None and not forward and (high is None or after <= high):
            high, high_in = after, False
        tests.append("range >= ?" if low_in else "range > ?")
        values.append(low)
        if high is not None:
            tests.append("range <= ?" if high_in else "range < ?")
            values.append(high)
        if wanted.prefix:
            tests.append("substr(range, 1, ?) = ?")
            values += [len(wanted.prefix), wanted.prefix]
            if after_prefix := _after_prefix(wanted.prefix):
                tests.append("range < ?")
                values.append(after_prefix)
        order = "" if forward else "DESC"
        # Only placeholders are put together; all values are parameters.
        text = f"SELECT item, size FROM items WHERE {' AND '.join(tests)} ORDER BY range {order}"  # noqa: S608 # nosec B608
        yield from self._database.execute(text, values)

    def scan(self, name: str, after: Key | None) -> Iterator[tuple[str, int]]:
        """All items of a table in the order of their keys."""
        hashed, ranged = after or (b"", b"")
        yield from self._database.execute(
            "SELECT item, size FROM items WHERE name = ? AND (hash, range) > (?, ?) ORDER BY hash, range",
            (name, hashed, ranged),
        )

    def expire(self, now: float) -> int:
        """Delete what has expired; how many items that were."""
        done = self._database.execute(
            "DELETE FROM items WHERE expires < ? AND expires > ?", (now, now - _OLDEST_SECONDS)
        )
        return done.rowcount


def _after_prefix(prefix: bytes) -> bytes:
    """The least bytes that are greater than all that begin with *prefix*; empty: there are none."""
    shortened = prefix.rstrip(b"\xff")
    return shortened[:-1] + bytes([shortened[-1] + 1]) if shortened else b""
