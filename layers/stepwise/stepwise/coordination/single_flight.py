"""Single flight: a pointer from a question to its current run, so that it is not computed twice at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stepwise.plan import Plan
from stepwise.storage.table import Delete, Item, Key, Put, Update, absent, any_of, equals

__all__ = ["Flight", "SingleFlight", "flight_key"]


def flight_key(plan: Plan) -> str:
    """The key of a plan's question in flight; empty if its answer is not shared.

    It depends on whether the answer is checked: an unchecked one cannot serve clients that want verification.
    """
    checked = plan.subject.get("verify", True)
    return plan.key if checked or not plan.key else f"{plan.key}#unchecked"


@dataclass(frozen=True)
class Flight:
    run_id: str
    ended_at: int = 0
    """Epoch milliseconds; 0: whether the run has ended is known to the run only."""


class SingleFlight:
    """Pointers from a flight key to a run. *clock* gives epoch seconds."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock

    def key(self, key: str) -> Key:
        """Where the flight of *key* is stored."""
        return f"flight#{key}", "flight"

    def read(self, item: Item | None) -> Flight | None:
        """The flight in *item*."""
        return Flight(item["run_id"], int(item.get("ended_at", 0))) if item else None

    def pointing(self, key: str, run_id: str, *, instead_of: str | None) -> Put:
        """The write that points *key* to *run_id*, replacing an ended run; only if no other run was quicker."""
        pk, sk = self.key(key)
        item = {"pk": pk, "sk": sk, "run_id": run_id, "expires_at": round(self._clock()) + 172_800}
        return Put(item, any_of(absent("pk"), equals("run_id", instead_of)) if instead_of else absent("pk"))

    def ending(self, key: str, run_id: str) -> Update:
        """The write that notes that the run has succeeded; the flight stays for requests that came before."""
        return Update(
            *self.key(key),
            set={"ended_at": round(self._clock() * 1000)},
            condition=equals("run_id", run_id),
        )

    def removing(self, key: str, run_id: str) -> Delete:
        """The write that removes the flight of a run that has failed or was cancelled."""
        return Delete(*self.key(key), any_of(absent("pk"), equals("run_id", run_id)))
