"""Places of the answers that wait, in partitions of 64.

A new answer has a numbered one, so that no more wait than may. One that was admitted before and waits again has one
under its own name, which nobody else can have. A place's number says where it is stored.
"""

from __future__ import annotations

from dataclasses import dataclass

from stepwise.storage.table import Item, Key

__all__ = [
    "AGAIN",
    "NOWHERE",
    "TAKEN",
    "TAKEN_PK",
    "Entry",
    "QueuePlace",
    "entry_in",
    "numbers_of",
    "partition_key",
    "parts_of",
    "place_key",
]

NOWHERE = -1
"""The number of a place that an answer does not have."""
TAKEN = -2
"""The number of the note of an answer that a worker has taken."""
AGAIN = -3
"""The number of the place of an answer that waits again, in the first partition; those in the next ones are below it."""
TAKEN_PK = "taken"

_PARTITION = 64
"""Places under one partition key; the first one is that of releases that had only one."""


@dataclass(frozen=True)
class QueuePlace:
    number: int
    run_id: str
    since: int
    """Epoch milliseconds; the queue is sorted by it."""
    fence: int = 1
    """Of the run's owner."""

    @property
    def again(self) -> bool:
        """Whether it is that of an answer that was admitted before."""
        return self.number <= AGAIN

    @property
    def waits(self) -> bool:
        """Whether it is a place in the queue."""
        return self.number >= 0 or self.again


@dataclass(frozen=True)
class Entry:
    """One place in the table."""

    place: QueuePlace
    key: Key
    """Where it is stored; the release before has all places in one partition."""
    waiting: bool
    """False: a worker has it, or another owner of the release before, which had a place too."""
    standing: bool
    """False if its lease has expired."""


def place_key(place: QueuePlace) -> Key:
    """Where *place* is stored."""
    if place.number == TAKEN:
        return TAKEN_PK, place.run_id
    if place.again:
        return partition_key(AGAIN - place.number), f"run#{place.run_id}"
    return partition_key(place.number // _PARTITION), f"place#{place.number:05d}"


def partition_key(part: int) -> str:
    """The partition key of the places of partition *part*."""
    return f"queue#{part}" if part else "queue"


def numbers_of(part: int, most: int) -> range:
    """The numbers of partition *part* of *most* numbered places."""
    return range(part * _PARTITION, min((part + 1) * _PARTITION, most))


def parts_of(most: int) -> int:
    """Number of partitions of *most* places."""
    return -(-most // _PARTITION)


def entry_in(item: Item, now: int) -> Entry:
    """The place in *item*, at *now* (epoch milliseconds)."""
    return Entry(
        QueuePlace(item["number"], item["run_id"], item["since"], item["fence"]),
        (item["pk"], item["sk"]),
        item["waiting"],
        item["until"] >= now,
    )
