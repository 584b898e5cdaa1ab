"""Jobs: a client's claim on a run whose answer was not ready in time."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stepwise.coordination.runs import KEPT_SECONDS, Run
from stepwise.errors import NotFound
from stepwise.storage.packing import VERSION, pack, refuse_newer, unpack
from stepwise.storage.table import Table

__all__ = ["Job", "Jobs", "new_job_id", "status_of"]

_KEPT_AT_MOST = 172_800


def new_job_id() -> str:
    """A new id of 192 random bits."""
    return f"job_{secrets.token_urlsafe(24)}"


@dataclass(frozen=True)
class Job:
    """A claim of *owner* (a digest of the API key's id) on a run; *presentation* has the options of its request.

    Its id is its waiter_id in the run.
    """

    id: str
    owner: str
    kind: str
    run_id: str
    created_at: int
    presentation: Mapping[str, Any]


class Jobs:
    """Jobs in the table. *clock* gives epoch seconds."""

    def __init__(self, table: Table, *, clock: Callable[[], float]) -> None:
        self._table = table
        self._clock = clock

    def create(
        self, job_id: str, *, owner: str, kind: str, run_id: str, presentation: Mapping[str, Any]
    ) -> Job:
        now = round(self._clock() * 1000)
        self._table.put(
            {
                "pk": f"job#{job_id}",
                "sk": "job",
                "version": VERSION,
                "owner": owner,
                "kind": kind,
                "run_id": run_id,
                "created_at": now,
                "asked": pack(presentation),
                "expires_at": now // 1000 + _KEPT_AT_MOST,
            }
        )
        return Job(job_id, owner, kind, run_id, now, presentation)

    def get(self, job_id: str, owner: str) -> Job:
        """The job.

        Raises:
            NotFound: there is none, or it is somebody else's.
        """
        if not job_id.startswith("job_") or len(job_id) > 64 or not job_id.isascii():
            raise NotFound
        item = self._table.get(f"job#{job_id}", "job", consistent=True)
        if item is None or not secrets.compare_digest(item["owner"], owner):
            raise NotFound
        refuse_newer(item)
        return Job(
            id=job_id,
            owner=owner,
            kind=item["kind"],
            run_id=item["run_id"],
            created_at=int(item["created_at"]),
            presentation=unpack(item["asked"]),
        )

    def gone(self, run: Run | None) -> bool:
        """Whether *run* ended more than a day ago."""
        if run is None:
            return True
        return run.ended and self._clock() > run.ended_at / 1000 + KEPT_SECONDS


def status_of(job: Job, run: Run) -> str:
    """The status of a job: that of its run, or ``cancelled`` once the job has withdrawn from the run.

    A waiter_id is only removed from a run that has not ended, so the status of an ended job never changes.
    """
    return run.status if job.id in run.waiters else "cancelled"
