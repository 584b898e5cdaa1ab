"""Search for a proved answer in a thinking while it is written.

The conclusions of paragraphs are checked in a thread beside the stream, at most eight for each answer. The model does
not get the checker's result: its thinking only ends earlier, and its answer is checked again.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from stepwise.parsing.candidates import candidate

__all__ = ["MOST_CHECKS", "ProofSearch"]

MOST_CHECKS = 8
_LONGEST_PARAGRAPH = 4_000


class ProofSearch:
    """The candidates of one thinking, checked one after another; a context manager that ends its thread.

    *verified* says whether the checker verifies a candidate. *checks* is the number of earlier checks, *text* the
    thinking up to now; its last paragraph is checked again, as an earlier owner may have left before the check's result.
    """

    def __init__(self, verified: Callable[[str], bool], *, checks: int = 0, text: str = "") -> None:
        self._verified = verified
        self._paragraph = _to_be_read(text)
        self._seen: set[str] = set()
        self._pool: ThreadPoolExecutor | None = None
        self._pending: list[Future[bool]] = []
        self.checks = checks

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    @property
    def proved(self) -> bool:
        """Whether a candidate was verified; never waits."""
        done = [future for future in self._pending if future.done()]
        self._pending = [future for future in self._pending if not future.done()]
        return any(
            not future.cancelled() and future.exception() is None and future.result() for future in done
        )

    def feed(self, delta: str) -> None:
        """Take more of the thinking."""
        *ended, rest = (self._paragraph + delta).split("\n")
        self._paragraph = rest[-_LONGEST_PARAGRAPH:]
        for paragraph in ended:
            found = candidate(paragraph[-_LONGEST_PARAGRAPH:])
            if found is not None and found not in self._seen and self.checks < MOST_CHECKS:
                self._seen.add(found)
                self.checks += 1
                self._submit(found)

    def _submit(self, found: str) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="proof-search")
        self._pending.append(self._pool.submit(self._verified, found))


def _to_be_read(text: str) -> str:
    """The last paragraph of *text* that has ended, and what follows it."""
    *ended, rest = text.split("\n")
    last = [paragraph[-_LONGEST_PARAGRAPH:] for paragraph in ended if paragraph.strip()][-1:]
    return "\n".join([*last, rest[-_LONGEST_PARAGRAPH:]])
