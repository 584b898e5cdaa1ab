"""Runs: the computations of answers, with their owner and their progress.

A run is queued, running, or ended (succeeded, failed, cancelled). A running run has an owner with a fence: a number
that increases with every change of the owner and is in the condition of each of its writes, so that writes of an
earlier owner fail. If the owner dies its lease expires, and the next owner continues from the saved draft. A run ends
only once, as every ending has the condition that the run has not ended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.plan import Plan
from stepwise.storage.packing import VERSION, pack, refuse_newer, unpack
from stepwise.storage.table import (
    Condition,
    ConditionFailed,
    Item,
    Table,
    absent,
    all_of,
    any_of,
    equals,
    is_in,
    less,
    present,
)

__all__ = ["ADMISSION_SECONDS", "KEPT_SECONDS", "Run", "RunLost", "Runs"]

KEPT_SECONDS = 86_400
"""Seconds for which an ended run is kept."""

ADMISSION_SECONDS = 3.0
"""Seconds for which a new run may be without a place; one write gives it one, so after that its owner is dead."""

_ABANDONED_SECONDS = 172_800
_UNFINISHED = ["queued", "running"]


class RunLost(Exception):
    """The run was cancelled, has ended, or has another owner."""


@dataclass(frozen=True)
class Run:
    """A run as it was read. Times are epoch milliseconds."""

    id: str
    kind: str
    group: str
    status: str
    fence: int
    lease_until: int
    created_at: int
    progress: Mapping[str, Any] = field(default_factory=dict)
    """What a worker needs to continue; see :mod:`stepwise.answering.work`."""
    tokens: int = 0
    attempts: int = 0
    """Times that it was taken since the last progress."""
    place: int = -1
    since: int = 0
    touched_at: int = 0
    """When the last message was sent for it, as far as the table knows."""
    waiters: frozenset[str] = frozenset()
    ended_at: int = 0
    result: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None
    correlation_id: str = ""
    """That of the request that began the run; it is on every log line about the run."""

    @property
    def ended(self) -> bool:
        return self.status not in _UNFINISHED

    def owned(self, now: float) -> bool:
        """Whether its owner's lease is valid at *now* (epoch seconds)."""
        return self.status == "running" and self.lease_until >= round(now * 1000)


class Runs:
    """Runs in the table. *clock* gives epoch seconds."""

    def __init__(self, table: Table, *, clock: Callable[[], float]) -> None:
        self._table = table
        self._clock = clock

    def create(self, run_id: str, plan: Plan, *, group: str, waiter_id: str, correlation_id: str = "") -> Run:
        """Create a run, owned by the caller; *correlation_id* is that of the request that begins it."""
        now = self._now()
        expires_at = now // 1000 + _ABANDONED_SECONDS
        self._table.put(
            {"pk": _pk(run_id), "sk": "plan", "plan": pack(plan.as_dict()), "expires_at": expires_at}
        )
        item = {
            "pk": _pk(run_id),
            "sk": "run",
            "version": VERSION,
            "kind": plan.kind,
            "group": group,
            "status": "running",
            "fence": 1,
            "lease_until": now + _LEASE,
            "created_at": now,
            "tickets": {waiter_id},
            "correlation_id": correlation_id,
            "expires_at": expires_at,
        }
        self._table.put(item, condition=absent("pk"))
        return _run(item)

    def get(self, run_id: str) -> Run | None:
        item = self._table.get(_pk(run_id), "run", consistent=True)
        return _run(item) if item else None

    def plan(self, run_id: str) -> Plan | None:
        item = self._table.get(_pk(run_id), "plan", consistent=True)
        return Plan.from_dict(unpack(item["plan"])) if item else None

    def join(self, run_id: str, waiter_id: str) -> Run | None:
        """Add a waiter to a run that is admitted and has not ended; returns None if there is no such run."""
        admitted = all_of(is_in("status", _UNFINISHED), present("place"))
        return self._changed(run_id, admitted, add={"tickets": {waiter_id}})

    def take(self, run_id: str) -> Run | None:
        """Become the owner of a run that is queued or whose lease has expired; None if it is neither."""
        now = self._now()
        return self._changed(
            run_id,
            _free(now),
            set={"status": "running", "lease_until": now + _LEASE},
            add={"fence": 1, "attempts": 1},
        )

    def place(self, run: Run, number: int, since: int) -> Run:
        """Store which place in the queue the run has.

        This and every other write of an owner raises :class:`RunLost` if it is not the owner any more.
        """
        return self._own(run, set={"place": number, "since": since})

    def save(self, run: Run, progress: Mapping[str, Any], *, tokens: int, advanced: bool) -> None:
        """Save the progress and renew the lease."""
        values = {"lease_until": self._now() + _LEASE, "state": pack(progress), "tokens": tokens}
        self._own(run, set=values | ({"attempts": 0} if advanced else {}))

    def hand_over(self, run: Run, progress: Mapping[str, Any], *, tokens: int, advanced: bool) -> None:
        """Queue the run with its progress, without an owner."""
        values = {"status": "queued", "lease_until": 0, "touched_at": self._now()}
        values |= {"state": pack(progress), "tokens": tokens} | ({"attempts": 0} if advanced else {})
        self._own(run, set=values)

    def succeed(self, run: Run, result: Mapping[str, Any], *, tokens: int) -> None:
        self._own(
            run, set=self._ending("succeeded") | {"result": pack(result), "tokens": tokens}, remove=["state"]
        )

    def fail(self, run: Run, error: Mapping[str, Any]) -> None:
        self._own(run, set=self._ending("failed") | {"error": dict(error)}, remove=["state"])

    def give_up(self, run_id: str, error: Mapping[str, Any]) -> bool:
        """Fail a run without an owner; returns False if it has one or has ended."""
        values = self._ending("failed") | {"error": dict(error)}
        return self._changed(run_id, _free(self._now()), set=values, remove=["state"]) is not None

    def abandon(self, run_id: str, error: Mapping[str, Any]) -> bool:
        """Fail a run that was never admitted; returns False if there is no such run any more."""
        overdue = self._now() - round(ADMISSION_SECONDS * 1000)
        dead = all_of(absent("place"), equals("status", "running"), less("created_at", overdue))
        values = self._ending("failed") | {"error": dict(error)}
        return self._changed(run_id, dead, set=values) is not None

    def cancel(self, run_id: str, waiter_id: str) -> bool:
        """Remove a waiter from a run that has not ended; without waiters it is cancelled. Returns whether it was."""
        left = self._changed(run_id, is_in("status", _UNFINISHED), delete={"tickets": {waiter_id}})
        if left is None or left.waiters:
            return False
        ending = self._ending("cancelled")
        condition = all_of(is_in("status", _UNFINISHED), absent("tickets"))
        return self._changed(run_id, condition, set=ending, remove=["state"]) is not None

    def touch(self, run: Run) -> bool:
        """Note that a message is being sent; returns False if another function has just noted it."""
        same = equals("touched_at", run.touched_at) if run.touched_at else absent("touched_at")
        unfinished = is_in("status", _UNFINISHED)
        return self._changed(run.id, all_of(same, unfinished), set={"touched_at": self._now()}) is not None

    def _own(self, run: Run, **changes: Any) -> Run:
        changed = self._changed(
            run.id, all_of(equals("status", "running"), equals("fence", run.fence)), **changes
        )
        if changed is None:
            raise RunLost(run.id)
        return changed

    def _changed(self, run_id: str, condition: Condition, **changes: Any) -> Run | None:
        try:
            return _run(self._table.update(_pk(run_id), "run", condition=condition, **changes))
        except ConditionFailed:
            return None  # the run has changed meanwhile; the caller says what that means

    def _ending(self, status: str) -> dict[str, Any]:
        now = self._now()
        return {"status": status, "ended_at": now, "lease_until": 0, "expires_at": now // 1000 + KEPT_SECONDS}

    def _now(self) -> int:
        return round(self._clock() * 1000)


_LEASE = round(LEASE_SECONDS * 1000)


def _free(now: int) -> Condition:
    """Condition: the run is queued, or its lease has expired."""
    return any_of(equals("status", "queued"), all_of(equals("status", "running"), less("lease_until", now)))


def _pk(run_id: str) -> str:
    return f"run#{run_id}"


def _run(item: Item) -> Run:
    refuse_newer(item)
    return Run(
        id=item["pk"].removeprefix("run#"),
        kind=item["kind"],
        group=item["group"],
        status=item["status"],
        fence=int(item["fence"]),
        lease_until=int(item["lease_until"]),
        created_at=int(item["created_at"]),
        progress=unpack(item["state"]) if item.get("state") else {},
        tokens=int(item.get("tokens", 0)),
        attempts=int(item.get("attempts", 0)),
        place=int(item.get("place", -1)),
        since=int(item.get("since", 0)),
        touched_at=int(item.get("touched_at", 0)),
        waiters=frozenset(item.get("tickets") or ()),
        ended_at=int(item.get("ended_at", 0)),
        result=unpack(item["result"]) if item.get("result") else None,
        error=item.get("error"),
        correlation_id=str(item.get("correlation_id", "")),
    )
