"""Runs: the computations of answers, with their owner and their progress.

A run is queued, running, or ended (succeeded, failed, cancelled). A running run has an owner with a fence: a number
that increases with every change of the owner and is in the condition of each of its writes, so that writes of an
earlier owner fail. If the owner dies its lease expires, and the next owner continues from the saved draft. A run ends
only once, as every ending has the condition that the run has not ended.

Steps that change more than the run's own items are in :mod:`stepwise.coordination.transitions`; the methods with a
name in -ing give the run's part of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.plan import Plan
from stepwise.storage.packing import VERSION, pack, refuse_newer, unpack
from stepwise.storage.table import (
    Condition,
    ConditionFailed,
    Item,
    Key,
    Put,
    Table,
    Update,
    absent,
    all_of,
    any_of,
    equals,
    is_in,
    less,
)

__all__ = ["KEPT_SECONDS", "Run", "RunLost", "Runs"]

KEPT_SECONDS = 86_400
"""Seconds for which an ended run is kept."""

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

    def creating(
        self,
        run_id: str,
        plan: Plan,
        *,
        group: str,
        waiter_id: str,
        place: int = -1,
        correlation_id: str = "",
    ) -> tuple[list[Put], Run]:
        """The writes of a new run, owned by the caller, and the run.

        *place* is its place in the queue, *correlation_id* that of the request that begins it.
        """
        now = self._now()
        expires_at = now // 1000 + _ABANDONED_SECONDS
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
            # The release before takes a run without the attribute for one that is not admitted, and ends it.
            "place": place,
            "since": now,
            "tickets": {waiter_id},
            "correlation_id": correlation_id,
            "expires_at": expires_at,
        }
        kept = {"pk": _pk(run_id), "sk": "plan", "plan": pack(plan.as_dict()), "expires_at": expires_at}
        return [Put(item, absent("pk")), Put(kept)], _run(item)

    def get(self, run_id: str) -> Run | None:
        item = self._table.get(_pk(run_id), "run", consistent=True)
        return _run(item) if item else None

    def plan(self, run_id: str) -> Plan | None:
        item = self._table.get(_pk(run_id), "plan", consistent=True)
        return _plan(item)

    def with_plan(
        self, run_id: str, also: Sequence[Key] = ()
    ) -> tuple[Run | None, Plan | None, dict[Key, Item]]:
        """The run, its plan, and what was found in the same call, *also* under other keys."""
        keys = [(_pk(run_id), "run"), (_pk(run_id), "plan")]
        found = self._table.batch_get([*keys, *also], consistent=True)
        run, plan = (found.get(key) for key in keys)
        return (_run(run) if run else None), _plan(plan), found

    def join(self, run_id: str, waiter_id: str) -> Run | None:
        """Add a waiter to a run that has not ended; returns None if there is no such run."""
        return self._changed(run_id, is_in("status", _UNFINISHED), add={"tickets": {waiter_id}})

    def take(self, run_id: str) -> Run | None:
        """Become the owner of a run that is queued or whose lease has expired; None if it is neither."""
        now = self._now()
        return self._changed(
            run_id,
            _free(now),
            set={"status": "running", "lease_until": now + _LEASE},
            add={"fence": 1, "attempts": 1},
        )

    def taking(self, run: Run, place: int) -> tuple[Update, Run]:
        """The write that takes *run* as :meth:`take` does, if it still is as it was read; and the run as it is then.

        *place* is its place then.
        """
        now = self._now()
        values = {"status": "running", "lease_until": now + _LEASE, "place": place}
        as_read = all_of(
            equals("status", run.status),
            equals("fence", run.fence),
            equals("lease_until", run.lease_until),
            _free(now),
        )
        taken = replace(
            run,
            status="running",
            fence=run.fence + 1,
            attempts=run.attempts + 1,
            lease_until=now + _LEASE,
            place=place,
        )
        return self._update(run, as_read, set=values, add={"fence": 1, "attempts": 1}), taken

    def saving(
        self, run: Run, progress: Mapping[str, Any], *, tokens: int, advanced: bool, place: int
    ) -> Update:
        """The write that saves the progress and renews the lease.

        This and every other write of an owner has the condition that it still is the owner.
        """
        values = {"lease_until": self._now() + _LEASE, **_saved(progress, tokens, advanced=advanced)}
        return self._own(run, set={**values, "place": place})

    def handing_over(
        self, run: Run, progress: Mapping[str, Any], *, tokens: int, advanced: bool, place: int
    ) -> Update:
        """The write that queues the run with its progress, without an owner."""
        values = {"status": "queued", "lease_until": 0, "touched_at": self._now(), "place": place}
        return self._own(run, set={**values, **_saved(progress, tokens, advanced=advanced)})

    def succeeding(self, run: Run, result: Mapping[str, Any], *, tokens: int) -> Update:
        values = self._ending("succeeded") | {"result": pack(result), "tokens": tokens}
        return self._own(run, set=values, remove=["state"])

    def failing(self, run: Run, error: Mapping[str, Any]) -> Update:
        return self._own(run, set=self._ending("failed") | {"error": dict(error)}, remove=["state"])

    def give_up(self, run_id: str, error: Mapping[str, Any]) -> bool:
        """Fail a run without an owner; returns False if it has one or has ended."""
        values = self._ending("failed") | {"error": dict(error)}
        return self._changed(run_id, _free(self._now()), set=values, remove=["state"]) is not None

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

    def _own(self, run: Run, **changes: Any) -> Update:
        return self._update(run, all_of(equals("status", "running"), equals("fence", run.fence)), **changes)

    @staticmethod
    def _update(run: Run, condition: Condition, **changes: Any) -> Update:
        return Update(_pk(run.id), "run", condition=condition, **changes)

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


def _saved(progress: Mapping[str, Any], tokens: int, *, advanced: bool) -> dict[str, Any]:
    return {"state": pack(progress), "tokens": tokens} | ({"attempts": 0} if advanced else {})


def _pk(run_id: str) -> str:
    return f"run#{run_id}"


def _plan(item: Item | None) -> Plan | None:
    return Plan.from_dict(unpack(item["plan"])) if item else None


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
