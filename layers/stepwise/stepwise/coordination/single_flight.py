"""Single flight: a pointer from a question to its current run, so that it is not computed twice at a time."""

from __future__ import annotations

from collections.abc import Callable

from stepwise.plan import Plan
from stepwise.storage.table import ConditionFailed, Table, absent, any_of, equals

__all__ = ["SingleFlight", "flight_key"]


def flight_key(plan: Plan) -> str:
    """The key of a plan's question in flight; empty if its answer is not shared.

    It depends on whether the answer is checked: an unchecked one cannot serve clients that want verification.
    """
    checked = plan.subject.get("verify", True)
    return plan.key if checked or not plan.key else f"{plan.key}#unchecked"


class SingleFlight:
    """Pointers from a flight key to a run; whether the run has ended is stored in the run only."""

    def __init__(self, table: Table, *, clock: Callable[[], float]) -> None:
        self._table = table
        self._clock = clock

    def run_of(self, key: str) -> str | None:
        item = self._table.get(_pk(key), "flight", consistent=True)
        return item["run_id"] if item else None

    def begin(self, key: str, run_id: str, *, instead_of: str | None) -> bool:
        """Point *key* to *run_id*, replacing that of an ended run; returns False if another run was quicker."""
        free = any_of(absent("pk"), equals("run_id", instead_of)) if instead_of else absent("pk")
        item = {
            "pk": _pk(key),
            "sk": "flight",
            "run_id": run_id,
            "expires_at": round(self._clock()) + 172_800,
        }
        try:
            self._table.put(item, condition=free)
        except ConditionFailed as error:
            # A retried write finds its own first attempt.
            return bool(error.item and error.item["run_id"] == run_id)
        return True

    def end(self, key: str, run_id: str) -> None:
        try:
            self._table.delete(_pk(key), "flight", condition=equals("run_id", run_id))
        except ConditionFailed:
            return  # the flight is another run's


def _pk(key: str) -> str:
    return f"flight#{key}"
