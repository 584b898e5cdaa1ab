"""Single flight: which run answers a question just now, so that the same question is not computed twice."""

from __future__ import annotations

from collections.abc import Callable

from stepwise.plan import Plan
from stepwise.storage.table import ConditionFailed, Table, absent, any_of, equals

__all__ = ["SingleFlight", "flight_key"]


def flight_key(plan: Plan) -> str:
    """What makes questions the same while they are in flight; empty: the question is nobody else's.

    An answer that is not checked is of no use to those who want it checked.
    """
    checked = plan.subject.get("verify", True)
    return plan.key if checked or not plan.key else f"{plan.key}#unchecked"


class SingleFlight:
    """A pointer from a problem's key to its run. Whether the run still flies is told by the run itself."""

    def __init__(self, table: Table, *, clock: Callable[[], float]) -> None:
        self._table = table
        self._clock = clock

    def run_of(self, key: str) -> str | None:
        item = self._table.get(_pk(key), "flight", consistent=True)
        return item["run_id"] if item else None

    def begin(self, key: str, run_id: str, *, instead_of: str | None) -> bool:
        """Point *key* to *run_id*, in place of an ended run; False when another one was quicker."""
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
            # A retried write can meet itself.
            return bool(error.item and error.item["run_id"] == run_id)
        return True

    def end(self, key: str, run_id: str) -> None:
        try:
            self._table.delete(_pk(key), "flight", condition=equals("run_id", run_id))
        except ConditionFailed:
            return


def _pk(key: str) -> str:
    return f"flight#{key}"
